/** Operation scripts: printed and read back, and every way a script can be wrong. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { printProblem } from "../problem.ts";
import {
  OP_ALLOC,
  OP_ALLOC_RESERVED,
  OP_BLOCKS,
  OP_DEBUGFS,
  OP_FREE,
  OP_SNAPSHOT,
  OP_WORK,
  OP_WORK_IF_PENDING,
  type PercpuOperations,
  parsePercpuOperations,
} from "./operations.ts";

const CONFIG = "c embed cpus=4 nodes=1 static=1000\n";
const NO_FILES = () => undefined;

function parsed(text: string, files: ReadonlyMap<string, string> = new Map()): PercpuOperations {
  const result = parsePercpuOperations(text, "t.ops", (name) => files.get(name));
  if (!("config" in result)) throw new Error(printProblem(result));
  return result;
}

/** The problem of a script: its place and message. */
function problemOf(text: string, files: ReadonlyMap<string, string> = new Map()): string {
  const result = parsePercpuOperations(text, "t.ops", (name) => files.get(name));
  if ("config" in result) return "no problem";
  expect(result.severity).toBe("error");
  return `${result.file}:${result.line}: ${result.message}`;
}

function print(ops: PercpuOperations): string {
  let text = CONFIG;
  for (let i = 0; i < ops.nrOperations; i++) {
    const id = (ops.slot[i] ?? 0) + 1;
    const size = `${ops.sizeBytes[i]} ${ops.alignBytes[i]}`;
    const rows = [
      `a ${id} ${size} ${ops.atomic[i]} ${ops.kind[i]}`,
      `r ${id} ${size}`,
      `f ${id}`,
      "w",
      "p",
      "s",
      "b",
      "d",
    ];
    text += `${rows[ops.code[i] ?? 0]}\n`;
  }
  return text;
}

test("codes, slots and columns", () => {
  const ops = parsed(`# a comment\n\n${CONFIG}a 7 100 8 1\nr 3 64 4\nf 7\nw\np\ns\nb\nd\na 9 1 2 0 1\r\n`);
  expect([...ops.code]).toEqual([
    OP_ALLOC,
    OP_ALLOC_RESERVED,
    OP_FREE,
    OP_WORK,
    OP_WORK_IF_PENDING,
    OP_SNAPSHOT,
    OP_BLOCKS,
    OP_DEBUGFS,
    OP_ALLOC,
  ]);
  expect([ops.nrOperations, ops.nrAreas]).toEqual([9, 3]);
  expect([...ops.slot]).toEqual([0, 1, 0, -1, -1, -1, -1, -1, 2]);
  expect([ops.sizeBytes[0], ops.alignBytes[0], ops.atomic[0], ops.kind[0]]).toEqual([100, 8, 1, 0]);
  expect([ops.sizeBytes[8], ops.alignBytes[8], ops.atomic[8], ops.kind[8]]).toEqual([1, 2, 0, 1]);
});

test("parse(print(x)) is x", () => {
  const row = fc.tuple(fc.nat({ max: 7 }), fc.nat({ max: 40000 }), fc.nat({ max: 5000 }), fc.nat({ max: 3 }));
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
      let nrAreas = 0;
      let text = CONFIG;
      for (const [code, size, align, flags] of rows) {
        if (code === 0) text += `a ${++nrAreas} ${size} ${align} ${flags % 2} ${Math.floor(flags / 2)}\n`;
        else if (code === 1) text += `r ${++nrAreas} ${size} ${align}\n`;
        else if (code === 2 && nrAreas > 0) text += `f ${1 + (size % nrAreas)}\n`;
        else if (code > 2) text += `${"wpsbd".charAt(code - 3)}\n`;
      }
      const ops = parsed(text);
      expect(print(ops)).toBe(text);
      expect(parsed(print(ops))).toEqual(ops);
    }),
  );
});

test("both forms of configuration", () => {
  expect(parsed(CONFIG).config).toEqual({
    form: "embed",
    cpus: 4,
    nodes: 1,
    staticBytes: 1000,
    kinds: 1,
    empty: "perkind",
  });
  const text = "c explicit units=2 unit_size=65536 static=5 reserved=8 dyn=12291 atom=4096 kinds=2 empty=global\n";
  expect(parsed(text).config).toEqual({
    form: "explicit",
    units: 2,
    unitBytes: 65536,
    staticBytes: 5,
    reservedBytes: 8,
    dynamicBytes: 12291,
    atomBytes: 4096,
    kinds: 2,
    empty: "global",
  });
});

test.each([
  "c",
  "c other cpus=1",
  "c embed cpus=4 nodes=1",
  "c embed cpus=4 nodes=1 static=x",
  "c embed cpus=4 nodes=1 static=-1",
  "c embed cpus=4 nodes=1 static=1 units=4",
  "c embed cpus=4 nodes=1 static=1 kinds=3",
  "c embed cpus=4 nodes=1 static=1 kinds=2 empty=both",
  "c explicit units=2 unit_size=65536 static=5 reserved=8 dyn=12291",
])("not a configuration: %s", (line) => {
  expect(problemOf(`${line}\n`)).toBe("t.ops:1: not a configuration");
});

test.each([
  ["a 1 8 8", "not an allocation"],
  ["a 1 8 8 2", "not an allocation"],
  ["a 1 8 8 0 2", "not an allocation"],
  ["a 1 8 8 0 0 0", "not an allocation"],
  ["a 0 8 8 0", "not an allocation"],
  ["a 1 -8 8 0", "not an allocation"],
  ["a 1 8.5 8 0", "not an allocation"],
  ["a 1  8 8 0", "not an allocation"],
  ["a 1 8888888888888888 8 0", "not an allocation"],
  ["a 2 8 8 0", "an ID is used twice"],
  ["r 1 8", "not a reserved allocation"],
  ["r 1 8 8 0", "not a reserved allocation"],
  ["r 2 8 8", "an ID is used twice"],
  ["f", "not a free"],
  ["f x", "not a free"],
  ["f 1 2", "not a free"],
  ["f 5", "frees an area that was never asked for"],
  ["x", "not an operation"],
  ["w now", "not an operation"],
  [" w", "not an operation"],
  ["@", "cannot include"],
  ["@ missing.gz", "cannot read an included file"],
  [CONFIG.trim(), "a second configuration"],
])("illegal line: %s", (line, message) => {
  expect(problemOf(`${CONFIG}a 2 8 8 0\n${line}\ns\n`)).toBe(`t.ops:3: ${message}`);
});

test("scripts that lack something", () => {
  expect(problemOf("")).toBe("t.ops:0: no configuration line");
  expect(problemOf("# nothing\n")).toBe("t.ops:0: no configuration line");
  expect(problemOf("s\n")).toBe("t.ops:1: an operation before the configuration");
  expect(problemOf(`${CONFIG}s\nb`)).toBe("t.ops:3: the file ends inside a line");
});

test("included files stand in place of their line", () => {
  const files = new Map([
    ["body", "a 1 8 8 0\n@ more\n"],
    ["more", "f 1\ns\n"],
    ["self", "@ self\n"],
    ["wrong", "s\nq\n"],
    ["short", "s"],
  ]);
  expect([...parsed(`${CONFIG}@ body\nw\n`, files).code]).toEqual([OP_ALLOC, OP_FREE, OP_SNAPSHOT, OP_WORK]);
  expect(problemOf(`${CONFIG}@ self\n`, files)).toBe("self:1: cannot include");
  expect(problemOf(`${CONFIG}@ wrong\n`, files)).toBe("wrong:2: not an operation");
  expect(problemOf(`${CONFIG}@ short\n`, files)).toBe("short:1: the file ends inside a line");
});

test("a long script grows the columns", () => {
  const rows = Array.from({ length: 5000 }, (_, i) => `a ${i + 1} ${i + 4} 8 ${i % 2} ${i % 2}\n`);
  const ops = parsed(CONFIG + rows.join(""));
  expect([ops.nrOperations, ops.nrAreas]).toEqual([5000, 5000]);
  expect([ops.sizeBytes[4999], ops.slot[4999], ops.atomic[4999], ops.kind[4999]]).toEqual([5003, 4999, 1, 1]);
});

test("any text gives operations or a problem, never a throw", () => {
  const word = fc.constantFrom("a", "r", "f", "w", "@", "c", "1", "2", "8", "embed", "cpus=1", "\n", "\r\n", " ", "#");
  fc.assert(
    fc.property(fc.array(fc.oneof(word, fc.string()), { maxLength: 40 }), (words) => {
      const result = parsePercpuOperations(CONFIG + words.join(" "), "t.ops", NO_FILES);
      expect("config" in result || result.message.length > 0).toBe(true);
    }),
  );
});
