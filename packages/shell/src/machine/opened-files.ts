/** Open files whose text the kernel makes, as the machine counts them: slab objects of the task that opens, if one does. */

import type { Machine } from "@ebb/model";
import type { OpenedFile } from "../vfs/generated.ts";
import { NO_PID } from "../vfs/page-cache.ts";
import { bufferWrite, closeFile, openControlFile, openKernelFile } from "./calls.ts";
import { cpuOf } from "./machine-page-cache.ts";

/** Task `pid` opens a file of /proc or /sys. */
export function openedKernelFile(m: Machine, pid: number): OpenedFile | undefined {
  return pid === NO_PID ? undefined : opened(m, openKernelFile(m, pid), pid);
}

/** Task `pid` opens control file number `file` of a cgroup. */
export function openedControlFile(m: Machine, cgroup: number, file: number, pid: number): OpenedFile | undefined {
  return pid === NO_PID ? undefined : opened(m, openControlFile(m, cgroup, file, pid), pid);
}

function opened(m: Machine, handle: number, pid: number): OpenedFile {
  return {
    wrote: () => bufferWrite(m, handle, pid),
    closed: () => closeFile(m, handle, cpuOf(m, pid)),
  };
}
