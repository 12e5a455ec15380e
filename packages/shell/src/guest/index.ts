/** `@ebb/shell/fuse`, real programs on a virtual machine: apart from the rest of the shell, since no browser has them. */

export { GuestMachine } from "./guest-machine.ts";
export { SHIMMED_CLOCKS, SHIMMED_COMMANDS } from "./shims.ts";
