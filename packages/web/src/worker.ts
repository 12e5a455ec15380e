/** The worker of one side: takes requests of the page, answers in their order. */

import { PROTOCOL_VERSION, type SideRequest } from "./protocol.ts";
import { SideSession } from "./worker/side-session.ts";

const session = new SideSession((answer) => postMessage(answer));

addEventListener("message", ({ data }: MessageEvent<SideRequest>) => {
  if (data.version === PROTOCOL_VERSION) session.take(data);
});
addEventListener("error", ({ message }) => session.failed(message));
addEventListener("unhandledrejection", ({ reason }) => session.failed(String(reason)));
