/** What is open through the mount. */

import type { FileHandle, Node } from "../vfs/node.ts";

interface OpenEntry {
  readonly node: Node;
  readonly handle: FileHandle;
  readonly append: boolean;
  /** Of a directory: its entries when it was opened, so that reading on finds each once. */
  readonly entries: readonly (readonly [name: string, type: number])[];
}

export class Handles {
  readonly #open = new Map<number, OpenEntry>();
  #nextId = 1;

  get size(): number {
    return this.#open.size;
  }

  add(entry: OpenEntry): number {
    const id = this.#nextId++;
    this.#open.set(id, entry);
    return id;
  }

  get(id: number): OpenEntry | undefined {
    return this.#open.get(id);
  }

  close(id: number): void {
    const entry = this.#open.get(id);
    if (entry === undefined) return;
    this.#open.delete(id);
    entry.handle.close();
  }

  closeAll(): void {
    for (const id of [...this.#open.keys()]) this.close(id);
  }
}
