/** The virtual machine as files and processes: /proc, /sys/fs/cgroup, and a bash that runs in virtual time. */

export type { Finding } from "./bash/machine.ts";
export { runScript, type ScriptResult } from "./bash/run-script.ts";
export { createCommands } from "./commands/index.ts";
export { createVirtualMachine } from "./machine/virtual-machine.ts";
