/** What can go wrong while a host is recorded, in words. */

import type { Problem } from "@ebb/formats";

export function cannotRecord(file: string, found: string): Problem {
  return {
    severity: "error",
    file,
    line: 0,
    message: "this host cannot be recorded",
    expected: "a kernel with percpu events (4.13 and later), and root's rights on its tracing files",
    found,
    toDo: "run as root, outside of containers that have no access to tracing",
  };
}

/** @param byCpu lost on each CPU */
export function eventsLost(nrLost: number, byCpu: readonly number[], bufferKb: number): Problem {
  const worst = byCpu.indexOf(Math.max(...byCpu));
  return {
    severity: "data-loss",
    file: "buffers",
    line: 0,
    message: `${nrLost} events were lost, most of them on CPU ${worst}`,
    expected: "buffers that are read before they are full",
    found: `${bufferKb} kB for each CPU`,
    toDo: "record with a larger --buffer-kb",
  };
}

export function notRemoved(name: string, found: string): Problem {
  return {
    severity: "error",
    file: name,
    line: 0,
    message: "the trace instance could not be removed",
    expected: "that nobody else has its files open",
    found,
    toDo: "end who reads it, then run ebb record --cleanup",
  };
}

export function noPercpuStats(file: string): Problem {
  return {
    severity: "info",
    file,
    line: 0,
    message: "cannot be read: the recording has no state of the allocator to start from",
    expected: "debugfs, and a kernel with CONFIG_PERCPU_STATS",
    found: "no such file",
    toDo: "nothing: events are recorded; a replay cannot tell what lived before",
  };
}
