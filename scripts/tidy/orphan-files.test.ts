import { expect, test } from "vitest";
import { orphanFiles } from "./orphan-files.ts";
import { manifest, offences } from "./testing.ts";

test("a file must be reached from an entry point or a test", () => {
  const found = offences(orphanFiles, {
    "packages/lab/package.json": manifest("@ebb/lab"),
    "packages/lab/src/index.ts": 'export { a } from "./a.ts"; new Worker(new URL("./worker.ts", import.meta.url));',
    "packages/lab/src/a.ts": 'import "./b/c.ts"; export const a = 1;',
    "packages/lab/src/b/c.ts": "",
    "packages/lab/src/worker.ts": "",
    "packages/lab/src/ring.ts": 'import "./ring-other.ts";',
    "packages/lab/src/ring-other.ts": 'import "./ring.ts";',
    "packages/lab/src/only-tested.ts": "",
    "packages/lab/src/only-tested.test.ts": 'import "./only-tested.ts";',
    "packages/cli/src/main.ts": 'import "./command.ts";',
    "packages/cli/src/command.ts": "",
    "scripts/tidy.ts": 'import "./tidy/rule.ts";',
    "scripts/tidy/rule.ts": "",
    "scripts/tidy/lost.ts": "",
    "vitest.config.ts": "",
  });
  expect(found).toEqual(["packages/lab/src/ring.ts:1", "packages/lab/src/ring-other.ts:1", "scripts/tidy/lost.ts:1"]);
});
