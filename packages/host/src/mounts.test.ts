/** Mount points as /proc/mounts tells them. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mountPoint } from "./mounts.ts";

test("the first of a type, with its name unescaped", () => {
  const root = mkdtempSync(join(tmpdir(), "ebb-mounts-"));
  expect(mountPoint(root, "tracefs")).toBeUndefined();
  mkdirSync(join(root, "proc"));
  const rows = ["proc /proc proc rw 0 0", "t /a\\040b\\303\\251 tracefs rw 0 0", "t /c tracefs rw 0 0", "broken"];
  writeFileSync(join(root, "proc/mounts"), `${rows.join("\n")}\n`);
  expect(mountPoint(root, "tracefs")).toBe(join(root, "/a bé"));
  expect(mountPoint(root, "debugfs")).toBeUndefined();
  rmSync(root, { recursive: true });
});
