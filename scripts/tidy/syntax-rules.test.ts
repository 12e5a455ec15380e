import { describe, expect, test } from "vitest";
import { bannedGlobals } from "./banned-globals.ts";
import { fileLength } from "./file-length.ts";
import { functionLength } from "./function-length.ts";
import { kernelTags } from "./kernel-tags.ts";
import { leftovers } from "./leftovers.ts";
import { modelBits } from "./model-bits.ts";
import { skippedTests } from "./skipped-tests.ts";
import { offences, offendingLines, repositoryOf } from "./testing.ts";

const MODEL = "packages/model/src/a.ts";

describe("banned globals", () => {
  const uses = [
    "const a = Date.now();",
    "const b = Math.random();",
    "setTimeout(f, process.pid);",
    "const c = { performance };",
    "let d: Date;",
  ];

  test("are found in the model and only there", () => {
    expect(offendingLines(bannedGlobals, MODEL, uses)).toEqual([1, 2, 3, 3, 4, 5]);
    expect(offendingLines(bannedGlobals, "packages/model/src/a.test.ts", uses)).toEqual([]);
    expect(offendingLines(bannedGlobals, "packages/shell/src/a.ts", uses)).toEqual([]);
  });

  test("are not members that happen to have the name, nor words in text", () => {
    const lines = [
      "x.process(); // Date",
      'const y = { performance: "Date" };',
      "interface I { console: 1; setTimeout(): void }",
      "const { process: p } = x; Math.min(1);",
    ];
    expect(offendingLines(bannedGlobals, MODEL, lines)).toEqual([]);
  });
});

describe("bits", () => {
  const shifts = ["a << 1;", "b >>>= 2;", "c & 1;", "d |= 1;", "~e;", "f ^ g;"];

  test("belong in bits.ts", () => {
    expect(offendingLines(modelBits, MODEL, shifts)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(offendingLines(modelBits, "packages/model/src/bits.ts", shifts)).toEqual([]);
    expect(offendingLines(modelBits, "packages/shell/src/a.ts", shifts)).toEqual([]);
  });

  test("are not types, logic or bigints", () => {
    const lines = ["type T = 1 | 2 & 3;", "a && b || !c;", "d & 0xffn;", "f<Array<Array<number>>>();"];
    expect(offendingLines(modelBits, MODEL, lines)).toEqual([]);
  });
});

test("file length: a warning, then an offence", () => {
  expect(offences(fileLength, { "a.ts": "x\n".repeat(500) })).toEqual([]);
  const isWarning = (nrLines: number): boolean | undefined =>
    fileLength.check(repositoryOf({ "a.ts": "x\n".repeat(nrLines) }))[0]?.warning;
  expect([isWarning(501), isWarning(800), isWarning(801)]).toEqual([true, true, false]);
});

describe("function length", () => {
  const body = (nrLines: number): string => `{\n${"x;\n".repeat(nrLines - 2)}}`;

  test("seventy lines are the limit, for every kind of function", () => {
    expect(offences(functionLength, { "a.ts": `function f() ${body(70)}` })).toEqual([]);
    const long = [`function f() ${body(71)}`, `const g = () => ${body(71)};`, `class C { m() ${body(71)} }`];
    for (const text of long) expect(offences(functionLength, { "a.ts": `\n${text}` })).toEqual(["a.ts:2"]);
  });

  test("a suite is no function, its tests are", () => {
    const suite = `describe("s", () => {\n${"x;\n".repeat(80)}\ntest("t", () => ${body(71)});\n});`;
    expect(offences(functionLength, { "a.test.ts": suite })).toEqual(["a.test.ts:83"]);
  });
});

test("kernel tags name file and version", () => {
  const lines = [
    "/** @kernel mm/percpu.c pcpu_isolate_chunk(), v6.1 */",
    "/** @kernel mm/percpu.c pcpu_isolate_chunk() */",
    "/** @kernel pcpu_isolate_chunk(), v6.1 */",
    "/**",
    " * @kernel Documentation/admin-guide/cgroup-v2.rst,",
    " *         v5.11 to v6.1",
    " * @kernel",
    " * @post v6.1 of mm/percpu.c",
    " */",
    'const text = "/** @kernel */";',
  ];
  expect(offendingLines(kernelTags, MODEL, lines)).toEqual([2, 3, 7]);
});

test("leftovers: notes in comments and in scripts, prints outside the cli", () => {
  const note = `${"TO"}DO later`;
  const lines = [
    `// ${note}`,
    `const text = "${note}";`,
    "/* one",
    ` * ${"XX"}X two */`,
    'console.log("x");',
    "mktemp_XXXXXX;",
  ];
  expect(offendingLines(leftovers, MODEL, lines)).toEqual([1, 4, 5]);
  expect(offendingLines(leftovers, "packages/cli/src/a.ts", ['console.log("x");'])).toEqual([]);
  expect(offendingLines(leftovers, "experiments/a.sh", ["mktemp XXXXXX", `# ${note}`])).toEqual([2]);
  expect(offendingLines(leftovers, "fixtures/a/b.sh", [`# ${note}`])).toEqual([]);
});

test("tests that are skipped, exclusive or expected to fail", () => {
  const lines = [
    'it.skip("x", f);',
    'describe.concurrent.only("x", f);',
    'test.todo("x");',
    'test.skipIf(true)("x", f);',
    'stream.skip(1); test.each([])("x", f); "it.skip";',
  ];
  expect(offendingLines(skippedTests, "a.test.ts", lines)).toEqual([1, 2, 3, 4]);
  expect(offendingLines(skippedTests, "a.ts", lines)).toEqual([]);
});
