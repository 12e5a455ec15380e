import { expect, test } from "vitest";
import { readRepository } from "./repository.ts";

test("reads what git tracks or would add, and nothing it ignores", () => {
  const repository = readRepository(process.cwd());
  const self = repository.file("scripts/tidy/repository.test.ts");
  expect(self?.text).toContain("nothing it ignores");
  expect(self?.isTest).toBe(true);
  expect(repository.files().some((file) => file.path.startsWith("node_modules/"))).toBe(false);
});
