/**
 * Operation scripts of the percpu allocator: one request a line, text to columns.
 *
 *   c embed cpus=16 nodes=1 static=212992      configuration, before the first operation
 *   a ID SIZE ALIGN ATOMIC [KIND]              allocate          r ID SIZE ALIGN   from the reserved chunk
 *   f ID                                       free              w | p             run the balance work (if pending)
 *   s | b | d                                  print a snapshot, the block records, the percpu_stats text
 *   @ FILE                                     the content of FILE stands here
 *
 * Source: fixtures/percpu-golden/README.md.
 */

import type { Problem } from "../problem.ts";

/** Values of the `code` column. */
export const OP_ALLOC = 0;
export const OP_ALLOC_RESERVED = 1;
export const OP_FREE = 2;
export const OP_WORK = 3;
export const OP_WORK_IF_PENDING = 4;
export const OP_SNAPSHOT = 5;
export const OP_BLOCKS = 6;
export const OP_DEBUGFS = 7;

export type PercpuScriptConfig =
  | {
      readonly form: "explicit";
      readonly units: number;
      readonly unitBytes: number;
      readonly staticBytes: number;
      readonly reservedBytes: number;
      readonly dynamicBytes: number;
      readonly atomBytes: number;
      readonly kinds: 1 | 2;
      readonly empty: "global" | "perkind";
    }
  | {
      readonly form: "embed";
      readonly cpus: number;
      readonly nodes: number;
      readonly staticBytes: number;
      readonly kinds: 1 | 2;
      readonly empty: "global" | "perkind";
    };

/** One row per operation; `slot` numbers the areas of the script from 0 (allocations and frees). */
export interface PercpuOperations {
  readonly config: PercpuScriptConfig;
  /** Where the configuration stands: file, line from 1, and its text. */
  readonly configPlace: { readonly file: string; readonly line: number; readonly text: string };
  readonly nrOperations: number;
  readonly nrAreas: number;
  readonly code: Uint8Array;
  readonly slot: Int32Array;
  /** Sizes and alignments beyond 2^31 - 1 stand as that: the kernel refuses them all the same. */
  readonly sizeBytes: Int32Array;
  readonly alignBytes: Int32Array;
  readonly atomic: Uint8Array;
  readonly kind: Uint8Array;
}

/** Finds the text of an included file; undefined when it cannot be read. */
type ReadInclude = (name: string) => string | undefined;

const EXPLICIT_KEYS = ["units", "unit_size", "static", "reserved", "dyn", "atom"] as const;
const EMBED_KEYS = ["cpus", "nodes", "static"] as const;
const MAX_INCLUDE_DEPTH = 8;
const MAX_INT32 = 0x7fffffff;

/** The columns, or the first problem: an operation script is taken whole or not at all. */
export function parsePercpuOperations(
  text: string,
  file: string,
  readInclude: ReadInclude,
): PercpuOperations | Problem {
  const reader = new OperationReader(readInclude);
  const problem = reader.readText(text, file, 0);
  return problem ?? reader.finish(file);
}

class OperationReader {
  private readonly readInclude: ReadInclude;
  private config: PercpuScriptConfig | undefined;
  private configPlace = { file: "", line: 0, text: "" };
  private readonly slots = new Map<number, number>();
  private n = 0;
  private code = new Uint8Array(1024);
  private slot = new Int32Array(1024);
  private sizeBytes = new Int32Array(1024);
  private alignBytes = new Int32Array(1024);
  private atomic = new Uint8Array(1024);
  private kind = new Uint8Array(1024);
  private file = "";
  private line = 0;
  private row = "";

  constructor(readInclude: ReadInclude) {
    this.readInclude = readInclude;
  }

  readText(text: string, file: string, depth: number): Problem | undefined {
    let line = 0;
    let from = 0;
    while (from < text.length) {
      let end = text.indexOf("\n", from);
      if (end < 0) end = text.length;
      line++;
      this.file = file;
      this.line = line;
      this.row = text.charCodeAt(end - 1) === 13 ? text.slice(from, end - 1) : text.slice(from, end);
      const problem = this.readRow(depth);
      if (problem !== undefined) return problem;
      from = end + 1;
    }
    if (text.length > 0 && !text.endsWith("\n")) return this.truncated();
    return undefined;
  }

  finish(file: string): PercpuOperations | Problem {
    if (this.config === undefined) {
      this.file = file;
      this.line = 0;
      return this.problem("no configuration line", "c embed … or c explicit …", "the end of the script");
    }
    const n = this.n;
    return {
      config: this.config,
      configPlace: this.configPlace,
      nrOperations: n,
      nrAreas: this.slots.size,
      code: this.code.subarray(0, n),
      slot: this.slot.subarray(0, n),
      sizeBytes: this.sizeBytes.subarray(0, n),
      alignBytes: this.alignBytes.subarray(0, n),
      atomic: this.atomic.subarray(0, n),
      kind: this.kind.subarray(0, n),
    };
  }

  private readRow(depth: number): Problem | undefined {
    const row = this.row;
    if (row === "" || row.startsWith("#")) return undefined;
    const words = row.split(" ");
    const op = words[0] ?? "";
    if (op === "c") return this.readConfig(words);
    if (op === "@") return this.readIncluded(words[1] ?? "", depth);
    if (this.config === undefined) {
      return this.problem("an operation before the configuration", "c embed … or c explicit … first", row);
    }
    if (op === "a") return this.readAlloc(words);
    if (op === "r") return this.readReserved(words);
    if (op === "f") return this.readFree(words);
    const code = PLAIN_OPERATIONS.get(row);
    if (code === undefined) {
      return this.problem("not an operation", "one of a r f w p s b d c @ or a # comment", row);
    }
    this.push(code, -1, 0, 0, 0, 0);
    return undefined;
  }

  private readAlloc(words: readonly string[]): Problem | undefined {
    const [id, size, align, atomic, kind] = words.slice(1).map(wholeNumber);
    const form = "a ID SIZE ALIGN ATOMIC [KIND], ID positive, ATOMIC and KIND 0 or 1";
    if (words.length < 5 || words.length > 6 || !id || size === undefined || align === undefined) {
      return this.problem("not an allocation", form, this.row);
    }
    if (!isFlag(atomic) || (words.length === 6 && !isFlag(kind))) {
      return this.problem("not an allocation", form, this.row);
    }
    return this.pushNewArea(OP_ALLOC, id, size, align, atomic ?? 0, kind ?? 0);
  }

  private readReserved(words: readonly string[]): Problem | undefined {
    const [id, size, align] = words.slice(1).map(wholeNumber);
    if (words.length !== 4 || !id || size === undefined || align === undefined) {
      return this.problem("not a reserved allocation", "r ID SIZE ALIGN, ID positive", this.row);
    }
    return this.pushNewArea(OP_ALLOC_RESERVED, id, size, align, 0, 0);
  }

  private readFree(words: readonly string[]): Problem | undefined {
    const id = wholeNumber(words[1] ?? "");
    if (words.length !== 2 || !id) return this.problem("not a free", "f ID, ID positive", this.row);
    const slot = this.slots.get(id);
    if (slot === undefined) {
      return this.problem("frees an area that was never asked for", "an ID of an a or r line above", `f ${id}`);
    }
    this.push(OP_FREE, slot, 0, 0, 0, 0);
    return undefined;
  }

  private pushNewArea(code: number, id: number, size: number, align: number, atomic: number, kind: number) {
    if (this.slots.has(id)) return this.problem("an ID is used twice", "IDs are used once", this.row);
    const slot = this.slots.size;
    this.slots.set(id, slot);
    this.push(code, slot, size, align, atomic, kind);
    return undefined;
  }

  private push(code: number, slot: number, size: number, align: number, atomic: number, kind: number): void {
    if (this.n === this.code.length) this.grow();
    const n = this.n++;
    this.code[n] = code;
    this.slot[n] = slot;
    this.sizeBytes[n] = Math.min(size, MAX_INT32);
    this.alignBytes[n] = Math.min(align, MAX_INT32);
    this.atomic[n] = atomic;
    this.kind[n] = kind;
  }

  private grow(): void {
    const n = this.n * 2;
    const bytes = (old: Uint8Array) => {
      const larger = new Uint8Array(n);
      larger.set(old);
      return larger;
    };
    const words = (old: Int32Array) => {
      const larger = new Int32Array(n);
      larger.set(old);
      return larger;
    };
    this.slot = words(this.slot);
    this.code = bytes(this.code);
    this.atomic = bytes(this.atomic);
    this.kind = bytes(this.kind);
    this.sizeBytes = words(this.sizeBytes);
    this.alignBytes = words(this.alignBytes);
  }

  private readIncluded(name: string, depth: number): Problem | undefined {
    if (name === "" || depth >= MAX_INCLUDE_DEPTH) {
      return this.problem("cannot include", `@ FILE, at most ${MAX_INCLUDE_DEPTH} deep`, this.row);
    }
    const text = this.readInclude(name);
    if (text === undefined) {
      return this.problem("cannot read an included file", `the file ${name} beside the script`, this.row);
    }
    return this.readText(text, name, depth + 1);
  }

  private readConfig(words: readonly string[]): Problem | undefined {
    if (this.config !== undefined || this.n > 0) {
      return this.problem("a second configuration", "one c line, before the first operation", this.row);
    }
    const form = words[1];
    const keys: readonly string[] = form === "embed" ? EMBED_KEYS : form === "explicit" ? EXPLICIT_KEYS : [];
    const expected = `c embed ${EMBED_KEYS.map((k) => `${k}=N`).join(" ")} or c explicit ${EXPLICIT_KEYS.map((k) => `${k}=N`).join(" ")}, then kinds=2 empty=global|perkind if wanted`;
    const values = new Map<string, string>();
    for (const word of words.slice(2)) {
      const eq = word.indexOf("=");
      values.set(word.slice(0, eq), word.slice(eq + 1));
    }
    const kinds = values.get("kinds") ?? "1";
    const empty = values.get("empty") ?? "perkind";
    values.delete("kinds");
    values.delete("empty");
    const numbers = keys.map((key) => wholeNumber(values.get(key) ?? ""));
    const known = keys.length > 0 && values.size === keys.length && numbers.every((n) => n !== undefined);
    const kindsKnown = (kinds === "1" || kinds === "2") && (empty === "global" || empty === "perkind");
    if (!known || !kindsKnown) return this.problem("not a configuration", expected, this.row);
    this.configPlace = { file: this.file, line: this.line, text: this.row };
    const n = numbers.map((value) => value ?? 0);
    const shared = { kinds: kinds === "2" ? 2 : 1, empty: empty === "global" ? "global" : "perkind" } as const;
    this.config =
      form === "embed"
        ? { form, cpus: n[0] ?? 0, nodes: n[1] ?? 0, staticBytes: n[2] ?? 0, ...shared }
        : {
            form: "explicit",
            units: n[0] ?? 0,
            unitBytes: n[1] ?? 0,
            staticBytes: n[2] ?? 0,
            reservedBytes: n[3] ?? 0,
            dynamicBytes: n[4] ?? 0,
            atomBytes: n[5] ?? 0,
            ...shared,
          };
    return undefined;
  }

  private truncated(): Problem {
    return this.problem("the file ends inside a line", "a newline at the end", this.row);
  }

  private problem(message: string, expected: string, found: string): Problem {
    return {
      severity: "error",
      file: this.file,
      line: this.line,
      message,
      expected,
      found,
      toDo: "correct the line; `ebb percpu --help` shows the format",
    };
  }
}

const PLAIN_OPERATIONS: ReadonlyMap<string, number> = new Map([
  ["w", OP_WORK],
  ["p", OP_WORK_IF_PENDING],
  ["s", OP_SNAPSHOT],
  ["b", OP_BLOCKS],
  ["d", OP_DEBUGFS],
]);

function isFlag(x: number | undefined): boolean {
  return x === 0 || x === 1;
}

/** The value of a word of digits; undefined for anything else. */
function wholeNumber(word: string): number | undefined {
  if (word.length === 0 || word.length > 15) return undefined;
  let value = 0;
  for (let i = 0; i < word.length; i++) {
    const digit = word.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}
