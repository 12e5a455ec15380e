/** The virtual machine as files and processes: /proc, /sys/fs/cgroup, and a bash that runs in virtual time. */

export { InteractiveShell, type LineResult } from "./bash/interactive.ts";
export type { Finding } from "./bash/machine.ts";
export { type ScriptEnd, type ScriptSyntaxError, startScript } from "./bash/run-script.ts";
export { createCommands } from "./commands/index.ts";
export { callAgain, callName, DEFERRED_CALL, exitTask, startTask } from "./machine/calls.ts";
export { createVirtualMachine } from "./machine/virtual-machine.ts";
export type { Command, CommandContext, Running } from "./process/command.ts";
