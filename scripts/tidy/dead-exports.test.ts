import { expect, test } from "vitest";
import { deadExports } from "./dead-exports.ts";
import { manifest, offences, type Texts } from "./testing.ts";

const A = "packages/model/src/a.ts";
const INDEX = "packages/model/src/index.ts";

function check(texts: Texts, expected: readonly string[]): void {
  expect(offences(deadExports, { "packages/model/package.json": manifest("@ebb/model"), ...texts })).toEqual(expected);
}

test("an export used by no other file is dead, whatever its kind", () => {
  const text = [
    "export function f() { return g; }",
    "export const g = 1, { h, i: [j] } = k;",
    "export interface I { x: 1 }",
    "export type T = I;",
    "export class C {}",
    "const late = 1; export { late };",
  ].join("\n");
  check(
    { [A]: text },
    [1, 2, 2, 2, 3, 4, 5, 6].map((line) => `${A}:${line}`),
  );
});

test("an import from any file or test is a use", () => {
  const exporting = "export const a = 1; export const b = 1; export type C = 1; export const d = 1;";
  check(
    {
      [A]: exporting,
      "packages/model/src/b.ts": 'import { a as z } from "./a.ts"; type T = import("./a.ts").C;',
      "packages/model/src/a.test.ts": 'import { b } from "./a.ts";',
    },
    [`${A}:1`],
  );
  check({ [A]: exporting, "packages/model/src/b.ts": 'import * as all from "./a.ts";' }, []);
  check({ [A]: exporting, "packages/model/src/b.ts": 'const all = await import("./a.ts");' }, []);
});

test("index.ts passes on; only others than its own package use it", () => {
  const passing = { [A]: "export const a = 1;", [INDEX]: 'export { a } from "./a.ts";' };
  check(passing, [`${A}:1`]);
  check({ ...passing, "packages/model/src/b.ts": 'import { a } from "./index.ts";' }, [`${A}:1`]);
  check({ ...passing, "packages/model/src/b.ts": 'import { a } from "./a.ts";' }, [`${INDEX}:1`]);
  check({ ...passing, "packages/model/src/b.test.ts": 'import { a } from "./index.ts";' }, []);
  check({ ...passing, "packages/shell/src/b.ts": 'import { a } from "@ebb/model";' }, []);
  check({ ...passing, "bench/b.ts": 'import { a } from "@ebb/model";' }, []);
});

test("names are followed through renaming and stars", () => {
  check(
    {
      [A]: "export const a = 1; export const b = 1;",
      "packages/model/src/all.ts": 'export * from "./a.ts"; export * as everything from "./c.ts";',
      "packages/model/src/c.ts": "export const c = 1;",
      [INDEX]: 'export { a as renamed, everything } from "./all.ts";',
      "scripts/s.ts": 'import { renamed, everything } from "@ebb/model";',
    },
    [`${A}:1`],
  );
});

test("a declaration tagged as public API is exempt, also where it is passed on", () => {
  check(
    { [A]: "/** @public for users of the library */\nexport const a = 1;", [INDEX]: 'export { a } from "./a.ts";' },
    [],
  );
});

test("only packages promise", () => {
  check({ "scripts/s.ts": "export const a = 1;" }, []);
});
