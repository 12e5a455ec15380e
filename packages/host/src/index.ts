/** A real Linux host: its percpu events and memory files, recorded. Nothing is changed on it but a trace instance of our own. */

export { cleanUp } from "./cleanup.ts";
export { HostRecorder } from "./recorder.ts";
export { BOOT_ID } from "./snapshots.ts";
