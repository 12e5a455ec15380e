/** Profile files: what they may say, and what is told when they say something else. */

import { kernelProfile } from "@ebb/model";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseProfileFile, printProfileFile } from "./profile-file.ts";

const FORMAT = "ebb-profile/1";

function parse(value: object) {
  return parseProfileFile(JSON.stringify({ format: FORMAT, base: "6.1", ...value }), "mine.json");
}

test("a file that changes nothing is its base", () => {
  expect(parse({})).toEqual(kernelProfile("6.1"));
});

test("what is printed is read again", () => {
  const base = kernelProfile("6.1");
  const { cgroupAreas = [], bootAreas = { repeats: 1, pattern: [] } } = base ?? {};
  const text = printProfileFile({ base: "6.1", name: "mine", nrCpus: 3, notes: ["a", "b"], cgroupAreas, bootAreas });
  expect(parseProfileFile(text, "mine.json")).toEqual({
    ...base,
    name: "mine",
    nrCpus: 3,
    bootAreas: { freed: [], ...bootAreas },
  });
});

test("a configuration changes what the base says of it", () => {
  const withPsi = parse({ config: { numa: true, psi: true, bpf: false } });
  if ("severity" in withPsi) throw new Error(withPsi.message);
  expect(withPsi.cgroupAreas.map(({ what }) => what)).toContain("PSI group");
});

describe("what is wrong is told with its place", () => {
  const AREA = { what: "a", sizeBytes: 8, alignBytes: 8, controller: "core", freedBy: "kill", freeOrder: 0 };
  test.each([
    ["base", { base: "2.4" }, '"2.4"'],
    ["format", { format: "ebb-profile/9" }, '"ebb-profile/9"'],
    ["nrCpus", { nrCpus: 0 }, "0"],
    ["nrNodes", { nrCpus: 2, nrNodes: 3 }, "3"],
    ["name", { name: "\u0007" }, '"\\u0007"'],
    ["config.psi", { config: { numa: true, bpf: false } }, "nothing"],
    ["config", { config: { numa: false, psi: false, bpf: false } }, "{"],
    ["cgroupAreas", { cgroupAreas: 3 }, "3"],
    ["cgroupAreas[1].sizeBytes", { cgroupAreas: [AREA, { ...AREA, sizeBytes: "8" }] }, '"8"'],
    ["cgroupAreas[0].alignBytes", { cgroupAreas: [{ ...AREA, alignBytes: 3 }] }, "3"],
    ["cgroupAreas[0].freedBy", { cgroupAreas: [{ ...AREA, freedBy: "never" }] }, '"never"'],
    ["bootAreas.pattern[0]", { bootAreas: { pattern: [[8, 8]] } }, "[8,8]"],
    ["bootAreas", { bootAreas: { repeats: 1000, pattern: [[8, 8, 2000]] } }, "{"],
    ["bootAreas.freed[0][1]", { bootAreas: { pattern: [[8, 8, 2]], freed: [[1, 1]] } }, "1"],
    [
      "bootAreas.freed[1][1]",
      {
        bootAreas: {
          pattern: [[8, 8, 2]],
          freed: [
            [1, 0],
            [2, 0],
          ],
        },
      },
      "0",
    ],
  ])("%s", (place, value, found) => {
    const result = parse(value);
    expect(result).toMatchObject({ severity: "error", file: "mine.json", message: `${place}: not as it has to be` });
    expect("found" in result ? result.found : "").toContain(found);
  });

  test("text that is no JSON", () => {
    expect(parseProfileFile("{", "mine.json")).toMatchObject({ severity: "error", message: "not JSON" });
  });
});

test("any JSON is a profile or a problem", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (cgroupAreas, bootAreas) => {
      const result = parse({ cgroupAreas, bootAreas });
      expect("severity" in result ? result.severity : "profile").toMatch(/^(error|profile)$/);
    }),
  );
});
