/** The README's code blocks that show a command show what it prints. */

import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { BundledEbb } from "./testing/bundled-ebb.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const PROMPT = "$ npx ebb ";

const ebb = new BundledEbb();
for (const folder of ["experiments", "fixtures/replay"]) {
  cpSync(join(ROOT, folder), join(ebb.folder, folder), { recursive: true });
}
afterAll(() => ebb.remove());

/** Command and output of each fenced block that begins with the prompt. */
function shownCommands(text: string): { readonly args: string; readonly output: string }[] {
  return text.split("```").flatMap((block) => {
    const body = block.trimStart();
    if (!body.startsWith(PROMPT)) return [];
    const end = body.indexOf("\n");
    return [{ args: body.slice(PROMPT.length, end), output: body.slice(end + 1).trim() }];
  });
}

const shown = shownCommands(readFileSync(join(ROOT, "README.md"), "utf8"));

test("the README shows commands", () => {
  expect(shown.length).toBeGreaterThan(2);
});

test.each(shown)("ebb $args", ({ args, output }) => {
  const { status, stdout, stderr } = ebb.run(args.split(" "));
  // `why` answers 1 when it found dying cgroups, which is what the README shows it for.
  expect(status).toBe(args.startsWith("why ") ? 1 : 0);
  expect(Buffer.from(`${stdout}${stderr}`, "latin1").toString("utf8").trim()).toBe(output);
});
