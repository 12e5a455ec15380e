import { expect, test } from "vitest";
import { importDirection } from "./import-direction.ts";
import { manifest, offences } from "./testing.ts";

const REST = {
  "package.json": JSON.stringify({ devDependencies: { vitest: "1" } }),
  "packages/shell/package.json": manifest("@ebb/shell", "@ebb/model", "unbash"),
  "packages/model/package.json": manifest("@ebb/model"),
};

/** True when a file at `path` may import `specifier`. */
function check(path: string, specifier: string, expected: boolean): void {
  const found = offences(importDirection, { ...REST, [path]: `import { x } from "${specifier}";\n` });
  expect([path, specifier, found]).toEqual([path, specifier, expected ? [] : [`${path}:1`]]);
}

test("packages import what their line allows", () => {
  check("packages/shell/src/a.ts", "@ebb/model", true);
  check("packages/shell/src/a.ts", "@ebb/lab", false);
  check("packages/model/src/a.ts", "@ebb/formats", false);
  check("packages/formats/src/a.ts", "@ebb/model", false);
  check("packages/cli/src/a.ts", "@ebb/host", true);
  check("packages/cli/src/a.ts", "@ebb/web", false);
  check("packages/web/src/a.ts", "@ebb/shell", true);
  check("packages/web/src/a.ts", "@ebb/shell/fuse", false);
  check("packages/new/src/a.ts", "@ebb/model", false);
  check("scripts/a.ts", "@ebb/web", true);
});

test("relative imports stay in the package", () => {
  check("packages/shell/src/vfs/a.ts", "../errno.ts", true);
  check("packages/shell/src/vfs/a.ts", "../../../model/src/index.ts", false);
});

test("the test kit is for tests", () => {
  check("packages/model/src/a.test.ts", "@ebb/testkit", true);
  check("packages/model/src/a.ts", "@ebb/testkit", false);
  check("bench/a.ts", "@ebb/testkit", false);
  check("packages/model/src/a.test.ts", "@ebb/model", true);
  check("packages/model/src/a.test.ts", "@ebb/shell", false);
});

test("Node's modules are for the outer parts", () => {
  for (const path of ["packages/cli/src/a.ts", "packages/testkit/src/a.ts", "scripts/a.ts", "bench/a.ts"]) {
    check(path, "node:fs", true);
  }
  check("packages/shell/src/fuse/server.ts", "node:net", true);
  check("packages/shell/src/a.ts", "node:fs", false);
  check("packages/model/src/a.test.ts", "node:fs", false);
  check("packages/web/src/a.ts", "fs", false);
});

test("packages from outside stand in the package.json", () => {
  check("packages/shell/src/a.ts", "unbash", true);
  check("packages/shell/src/a.ts", "unbash/deep", true);
  check("packages/shell/src/a.ts", "vitest", false);
  check("packages/shell/src/a.test.ts", "vitest", true);
  check("packages/model/src/a.ts", "unbash", false);
});

test("every way to name a module counts", () => {
  const text = `
    export * from "@ebb/lab";
    type T = import("@ebb/lab").T;
    const later = () => import("@ebb/lab");
    import type { U } from "@ebb/lab";`;
  const found = offences(importDirection, { ...REST, "packages/shell/src/a.ts": text });
  expect(found).toEqual([2, 3, 4, 5].map((line) => `packages/shell/src/a.ts:${line}`));
});
