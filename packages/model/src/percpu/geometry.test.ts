/** Geometry: the table of spec/percpu.md 2.2, and what an explicit geometry must keep to. */

import { expect, test } from "vitest";
import { embeddedGeometry, explicitGeometry, explicitGeometryFault } from "./geometry.ts";

test.each([
  [2, 1, 212992, 1048576, 2, 28672],
  [8, 1, 212992, 262144, 8, 28672],
  [32, 1, 180000, 262144, 32, 28896],
  [128, 2, 300000, 524288, 128, 31776],
  [5, 1, 212992, 1048576, 6, 28672],
  [12, 2, 212992, 262144, 16, 28672],
])("%i cpus on %i nodes with %i static bytes", (cpus, nodes, staticBytes, unitBytes, nrUnits, dynamicBytes) => {
  const g = embeddedGeometry(cpus, nodes, staticBytes);
  expect(g).toMatchObject({ nrCpus: cpus, unitBytes, nrUnits, staticBytes, dynamicBytes, reservedBytes: 8192 });
});

test("an explicit geometry is checked fact by fact", () => {
  const sound = {
    nrUnits: 4,
    unitBytes: 65536,
    staticBytes: 5001,
    reservedBytes: 6000,
    dynamicBytes: 20003,
    atomBytes: 4096,
  };
  expect(explicitGeometryFault(sound)).toBe("");
  expect(explicitGeometry(sound)).toMatchObject({ nrCpus: 4, nrGroups: 1, allocBytes: 65536 });
  const faults: readonly (readonly [Partial<typeof sound>, string])[] = [
    [{ nrUnits: 0 }, "units"],
    [{ unitBytes: 28672 }, "unit_size"],
    [{ unitBytes: 65537 }, "unit_size"],
    [{ staticBytes: 0 }, "static"],
    [{ reservedBytes: 6002 }, "reserved"],
    [{ reservedBytes: -4 }, "reserved"],
    [{ dynamicBytes: 12284 }, "dyn"],
    [{ dynamicBytes: 60003 }, "fit"],
    [{ dynamicBytes: 20004 }, "padding"],
    [{ atomBytes: 6000 }, "atom"],
    [{ atomBytes: 2048 }, "atom"],
  ];
  for (const [change, word] of faults) expect(explicitGeometryFault({ ...sound, ...change })).toContain(word);
});
