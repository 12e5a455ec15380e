/** The kernel's symbols, read when the first caller needs one, and again when modules may have come since. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Symbols } from "@ebb/formats";

const ADDRESS = /^0x([0-9a-f]{8})([0-9a-f]{8})$/;
/** An address without a symbol makes the list be read again, but not more often than this. */
const AGAIN_AFTER_MS = 10_000;

export class KernelSymbols {
  readonly #path: string;
  #symbols: Symbols | undefined;
  #readAtMs = 0;

  /** @param root folder below which proc is */
  constructor(root: string) {
    this.#path = join(root, "proc/kallsyms");
  }

  /** The symbol for an address that a raw page had; anything else, and what has no symbol, stays as it is. */
  nameOf(name: string): string {
    const [, high, low] = ADDRESS.exec(name) ?? [];
    if (high === undefined || low === undefined) return name;
    const find = () => this.#read().at(Number.parseInt(high, 16), Number.parseInt(low, 16));
    const found = find();
    if (!ADDRESS.test(found) || performance.now() - this.#readAtMs < AGAIN_AFTER_MS) return found;
    this.#symbols = undefined;
    return find();
  }

  #read(): Symbols {
    if (this.#symbols === undefined) {
      this.#readAtMs = performance.now();
      this.#symbols = new Symbols(kallsyms(this.#path));
    }
    return this.#symbols;
  }
}

function kallsyms(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // A kernel without the list: callers stay addresses.
    return "";
  }
}
