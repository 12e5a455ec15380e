/** The recorded traces of fixtures/percpu-golden, each compared whole. */

import { parsePercpuOperations } from "@ebb/formats";
import { percpuPolicy, verifyPercpu } from "@ebb/model";
import { firstDifference, fixtureFolder, goldenTraces, readFixture } from "@ebb/testkit";
import { expect, test } from "vitest";
import { geometryOfScript, percpuOfScript } from "./geometry-of-script.ts";
import { runOperations } from "./run-operations.ts";

const FOLDER = fixtureFolder("percpu-golden");
/** Scripts up to this many operations are verified after each; the state's soundness in longer ones at the end. */
const VERIFIED_OPERATIONS = 100;

function check(scriptName: string, policyName: string, outputName: string): void {
  const ops = parsePercpuOperations(readFixture(FOLDER, scriptName) ?? "", scriptName, (name) =>
    readFixture(FOLDER, name),
  );
  if (!("config" in ops)) throw new Error(ops.message);
  const policy = percpuPolicy(policyName);
  if (policy === undefined) throw new Error(`there is no policy ${policyName}`);
  const geometry = geometryOfScript(ops.config);
  if (typeof geometry === "string") throw new Error(geometry);
  const t = percpuOfScript(geometry, ops.config, policy);
  const pieces: string[] = [];
  runOperations(
    t,
    ops,
    (text) => pieces.push(text),
    (index) => {
      const verified = ops.nrOperations <= VERIFIED_OPERATIONS || index === ops.nrOperations - 1;
      if (verified) expect(verifyPercpu(t)).toEqual([]);
    },
  );
  const got = pieces.join("");
  const want = readFixture(FOLDER, outputName) ?? "";
  expect(got === want, firstDifference(got, want)).toBe(true);
}

for (const trace of goldenTraces(FOLDER)) {
  for (const output of trace.outputs) {
    test(`${trace.name} under ${output.policyName}`, () => check(trace.scriptName, output.policyName, output.fileName));
  }
}

test("the folder holds every family of small traces", () => {
  const families = new Set(goldenTraces(FOLDER).map((trace) => trace.name.slice(0, 3)));
  for (const family of ["010", "240", "400", "600", "700", "805", "910", "990", "996", "997"]) {
    expect(families).toContain(family);
  }
});
