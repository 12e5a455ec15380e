/** Without root: ebb goes on in a user namespace of its own, in which it may mount. */

import { spawn, spawnSync } from "node:child_process";
import type { Problem } from "@ebb/formats";
import { onSignals, statusOf } from "./child-end.ts";
import { cannotServe } from "./unavailable.ts";

const UNSHARE = ["--user", "--map-root-user", "--"];

/** True where ebb may not mount as it is. */
export function needsUserNamespace(): boolean {
  return process.getuid?.() !== 0;
}

/** Runs this very command again in a user namespace, with our streams; answers its exit status. */
export async function runInUserNamespace(): Promise<number | Problem> {
  const probe = spawnSync("unshare", [...UNSHARE, "true"], { encoding: "utf8" });
  if (probe.error !== undefined) return cannotServe(probe.error.message);
  if (probe.status !== 0) return cannotServe(`no root, and ${probe.stderr}`);
  const words = [
    "setpriv",
    "--pdeathsig",
    "KILL",
    "--",
    process.execPath,
    ...process.execArgv,
    ...process.argv.slice(1),
  ];
  const child = spawn("unshare", [...UNSHARE, ...words], { stdio: "inherit" });
  const stop = onSignals((signal) => child.kill(signal));
  const status = await statusOf(child);
  stop();
  return typeof status === "string" ? cannotServe(status) : status;
}
