/**
 * A host made of files: proc, dev and sys below a folder, and what the kernel does by itself in tracefs. Making a folder
 * in `instances` fills it, removing it takes all of it, and is refused while somebody has its pipes open.
 *
 * What a CPU's buffer is to have is put into `fake/cpuN.bin` before; it stands in each new instance's pipe.
 */

import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventFormat, HEADER_EVENT, HEADER_PAGE, PERCPU_EVENTS } from "./raw-pages.ts";

/** This file, for `node --import`: the program's kernel is then the fake one of the folder in EBB_FAKE_ROOT. */
export const FAKE_HOST_MODULE = fileURLToPath(import.meta.url);

const TRACEFS = "sys/kernel/tracing";
const INSTANCES = `${TRACEFS}/instances`;
const CPUS = [0, 1];
const MOUNTS = `nodev /${TRACEFS} tracefs rw 0 0
nodev /sys/kernel/debug debugfs rw 0 0
none /sys/fs/cgroup cgroup2 rw 0 0
`;

/** Files of the host, by path below its root. */
const FILES: Readonly<Record<string, string>> = {
  "proc/mounts": MOUNTS,
  "proc/version": "Linux version 6.18.0 (fake)\n",
  "proc/meminfo": "MemTotal: 1000 kB\nPercpu: 408 kB\n",
  "proc/slabinfo": "slabinfo - version: 2.1\n",
  "proc/kallsyms": "ffffffff81000000 T _text\n",
  "proc/sys/kernel/random/boot_id": "0123\n",
  "dev/kmsg": "6,1,109260,-;percpu: Embedded 53 pages/cpu s185560 r0 d31528 u1048576\n6,2,109261,-;other\n",
  "sys/fs/cgroup/cgroup.stat": "nr_descendants 0\nnr_dying_descendants 0\n",
  "sys/kernel/debug/percpu_stats": "Percpu Memory Statistics\n",
  [`${TRACEFS}/saved_cmdlines`]: "7 worker\n8 <...>\n",
  [`${TRACEFS}/tracing_on`]: "1\n",
  [`${INSTANCES}/other/tracing_on`]: "1\n",
  [`${TRACEFS}/events/header_page`]: HEADER_PAGE,
  [`${TRACEFS}/events/header_event`]: HEADER_EVENT,
};

/** Builds the host below `root`. */
export function buildFakeHost(root: string): void {
  for (const [path, text] of Object.entries(FILES)) put(join(root, path), text);
  for (const event of PERCPU_EVENTS) put(join(root, TRACEFS, `events/percpu/${event}/format`), eventFormat(event));
}

/** What the buffer of a CPU has in instances that will be made, and what its `stats` say. */
export function fillFakeBuffer(root: string, cpu: number, bytes: Uint8Array, stats = "overrun: 0\n"): void {
  put(join(root, `fake/cpu${cpu}.bin`), bytes);
  put(join(root, `fake/cpu${cpu}.stats`), stats);
}

export function fakeInstances(root: string): readonly string[] {
  return fs.readdirSync(join(root, INSTANCES)).sort();
}

/** From here on the folders of instances behave as the kernel's; the answer takes that back. */
export function startFakeKernel(root: string): () => void {
  const { mkdirSync, rmdirSync } = fs;
  const isInstance = (path: string) => dirname(path) === join(root, INSTANCES);
  const removeTree = (folder: string): void => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) removeTree(join(folder, entry.name));
      else fs.unlinkSync(join(folder, entry.name));
    }
    rmdirSync(folder);
  };
  const changed = {
    mkdirSync(path: string, options?: fs.MakeDirectoryOptions) {
      const made = mkdirSync(path, options);
      if (isInstance(path) && options === undefined) fillInstance(root, path);
      return made;
    },
    rmdirSync(path: string | Uint8Array) {
      if (typeof path !== "string" || !isInstance(path)) return rmdirSync(Buffer.from(path));
      if (openFiles().some((file) => file.startsWith(`${path}/per_cpu/`))) throw busy(path);
      removeTree(path);
    },
  };
  Object.assign(fs, changed);
  syncBuiltinESMExports();
  return () => {
    Object.assign(fs, { mkdirSync, rmdirSync });
    syncBuiltinESMExports();
  };
}

function busy(path: string): Error {
  return Object.assign(new Error(`EBUSY: resource busy or locked, rmdir '${path}'`), { code: "EBUSY" });
}

function fillInstance(root: string, folder: string): void {
  for (const name of ["tracing_on", "trace_clock", "trace_marker", "buffer_size_kb"]) put(join(folder, name), "");
  for (const name of ["percpu/enable", "cgroup/cgroup_mkdir/enable"]) put(join(folder, "events", name), "0");
  for (const cpu of CPUS) {
    const kept = (name: string) => (fs.existsSync(join(root, name)) ? fs.readFileSync(join(root, name)) : "");
    put(join(folder, `per_cpu/cpu${cpu}/trace_pipe_raw`), kept(`fake/cpu${cpu}.bin`));
    put(join(folder, `per_cpu/cpu${cpu}/stats`), kept(`fake/cpu${cpu}.stats`));
  }
}

/** Paths of the files that this process has open. */
function openFiles(): readonly string[] {
  return fs.readdirSync("/proc/self/fd").map((fd) => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      // The one that was the reading of this folder.
      return "";
    }
  });
}

function put(path: string, text: string | Uint8Array): void {
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.writeFileSync(path, text);
}

// When this is the `--import` of a program.
const ROOT = process.env.EBB_FAKE_ROOT;
if (ROOT !== undefined) startFakeKernel(ROOT);
