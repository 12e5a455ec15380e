/** The experiments by name, byte strings: built into the command and into the page. */

import { readdirSync, readFileSync } from "node:fs";

export function experimentTexts(): Readonly<Record<string, string>> {
  const names = readdirSync("experiments").filter((name) => name.endsWith(".sh"));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(`experiments/${name}`, "latin1")]));
}
