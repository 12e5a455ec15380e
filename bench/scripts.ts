/** Whole processes: the command on the 11,000-cgroup script, start-up included. */

import { spawnSync } from "node:child_process";
import { wallSeconds } from "./timing.ts";

export interface ScriptTime {
  readonly command: string;
  readonly seconds: number;
}

export function benchScripts(smoke: boolean): ScriptTime[] {
  const commands = [
    ["run", "--quiet", "experiments/percpu-churn.sh"],
    ["compare", "experiments/percpu-churn.sh"],
  ];
  return commands.map((args) => ({
    command: `ebb ${args.join(" ")}`,
    seconds: wallSeconds(() => {
      const done = spawnSync(process.execPath, ["packages/cli/bin/ebb.js", ...args], { stdio: "ignore" });
      if (done.status !== 0) throw new Error(`ebb ${args.join(" ")} ended with status ${done.status}`);
    }, smoke),
  }));
}
