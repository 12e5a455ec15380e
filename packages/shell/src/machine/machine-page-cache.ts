/** The files of a file system as files of the model: what they take is charged to whoever touches it first. */

import { type Machine, nrResidentPages } from "@ebb/model";
import type { CachedFile, PageCache } from "../vfs/page-cache.ts";
import {
  closeFile,
  createFile,
  deleteFile,
  dropFilePages,
  lockFile,
  openFile,
  readFilePages,
  truncateFile,
  writeFilePages,
} from "./calls.ts";

/** The page cache of one file system: of one whose files live in memory alone, or of the kind /tmp is of. */
export function machinePageCache(m: Machine, inMemory: boolean): PageCache {
  return { create: (pid) => new ModelFile(m, createFile(m, inMemory, pid)) };
}

/** CPU of a task; of one that has ended and whose CPU has gone, and of nobody, the first that is online. */
export function cpuOf(m: Machine, pid: number): number {
  const cpu = m.tasks.cpu[pid] ?? 0;
  return m.cpuOnline[cpu] === 0 ? m.cpuOnline.indexOf(1) : cpu;
}

class ModelFile implements CachedFile {
  readonly #machine: Machine;
  readonly #file: number;

  constructor(machine: Machine, file: number) {
    this.#machine = machine;
    this.#file = file;
  }

  open(pid: number): () => void {
    const handle = openFile(this.#machine, this.#file, pid);
    return () => closeFile(this.#machine, handle, cpuOf(this.#machine, pid));
  }

  write(fromPage: number, endPage: number, pid: number): number {
    return writeFilePages(this.#machine, this.#file, fromPage, endPage, pid);
  }

  read(fromPage: number, endPage: number, pid: number): number {
    return readFilePages(this.#machine, this.#file, fromPage, endPage, pid);
  }

  truncate(keptPages: number, pid: number): void {
    truncateFile(this.#machine, this.#file, keptPages, cpuOf(this.#machine, pid));
  }

  lock(n: number, pid: number): void {
    lockFile(this.#machine, this.#file, n, cpuOf(this.#machine, pid));
  }

  evict(pid: number): void {
    dropFilePages(this.#machine, this.#file, cpuOf(this.#machine, pid));
  }

  nrResident(): number {
    return nrResidentPages(this.#machine, this.#file);
  }

  delete(pid: number): void {
    deleteFile(this.#machine, this.#file, cpuOf(this.#machine, pid));
  }
}
