/** Without root: ebb goes on in a user namespace of its own, in which it may mount. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { constants } from "node:os";
import type { Problem } from "@ebb/formats";
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
  return await statusOf(child);
}

function statusOf(child: ChildProcess): Promise<number | Problem> {
  const leave = () => undefined;
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of ["SIGINT", "SIGQUIT"] as const) process.on(signal, leave);
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, pass);
  return new Promise((resolve) => {
    child.on("error", (error) => resolve(cannotServe(error.message)));
    child.on("close", (code, signal) => resolve(signal === null ? (code ?? 0) : 128 + constants.signals[signal]));
  });
}
