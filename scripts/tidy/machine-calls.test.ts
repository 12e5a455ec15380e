import { expect, test } from "vitest";
import { machineCalls } from "./machine-calls.ts";
import { offences } from "./testing.ts";

const CALLS = 'import { cgroupMkdir as mkdir, nextDueNs, type Machine, ROOT_MEMCG } from "@ebb/model";\n';

/** Lines that the rule finds in a file of the shell beside calls.ts. */
function check(path: string, text: string, expected: readonly string[]): void {
  expect(offences(machineCalls, { "packages/shell/src/machine/calls.ts": CALLS, [path]: text })).toEqual(expected);
}

test("a call of the model that calls.ts has is taken from there", () => {
  const path = "packages/shell/src/machine/a.ts";
  check(path, '\nimport { cgroupMkdir } from "@ebb/model";\n', [`${path}:2`]);
  check(path, 'import { cgroupMkdir } from "./calls.ts";\n', []);
  check(path, 'import { type Machine, nextDueNs, ROOT_MEMCG, percpuKb } from "@ebb/model";\n', []);
  check("packages/shell/src/machine/a.test.ts", 'import { cgroupMkdir } from "@ebb/model";\n', []);
  check("packages/lab/src/a.ts", 'import { cgroupMkdir } from "@ebb/model";\n', []);
});
