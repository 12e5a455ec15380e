/** The descriptors of one process. */

import { type OpenFile, release, retain } from "./open-file.ts";

/** Where the shell keeps what it must put back, and `{name}>` takes its numbers from. */
const FIRST_HIGH_FD = 10;

export class FdTable {
  readonly #files: (OpenFile | undefined)[];

  constructor(files: (OpenFile | undefined)[] = []) {
    this.#files = files;
  }

  get(fd: number): OpenFile | undefined {
    return this.#files[fd];
  }

  /** Makes `fd` refer to `file`, closing what it referred to; `undefined` closes it. */
  set(fd: number, file: OpenFile | undefined): void {
    const before = this.#files[fd];
    if (file !== undefined) retain(file);
    this.#files[fd] = file;
    if (before !== undefined) release(before);
  }

  /** Lowest free descriptor from 10 on. */
  nextHigh(): number {
    let fd = FIRST_HIGH_FD;
    while (this.#files[fd] !== undefined) fd++;
    return fd;
  }

  /** A copy for a child: the same open files, one reference more each. */
  fork(): FdTable {
    for (const file of this.#files) if (file !== undefined) retain(file);
    return new FdTable([...this.#files]);
  }

  closeAll(): void {
    for (let fd = 0; fd < this.#files.length; fd++) {
      const file = this.#files[fd];
      this.#files[fd] = undefined;
      if (file !== undefined) release(file);
    }
  }
}
