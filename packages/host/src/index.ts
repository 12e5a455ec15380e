/** A real Linux host: its percpu events and memory files, recorded; programs run in namespaces of their own. Nothing is changed on it but a trace instance of our own. */

export { cleanUp } from "./cleanup.ts";
export { closeFuse, openFuse, sendReply, serve } from "./guest/fuse-device.ts";
export { startInNamespace } from "./guest/namespace.ts";
export { RealProcesses } from "./guest/real-processes.ts";
export { stayOnCpu } from "./guest/shared-cpu.ts";
export { HostRecorder } from "./recorder.ts";
export { BOOT_ID } from "./snapshots.ts";
