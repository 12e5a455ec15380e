/** Snapshots packed and unpacked: what was put in comes out, however many were thinned away; and births by area. */

import { Random } from "@ebb/testkit";
import { expect, test } from "vitest";
import { Births, NOT_BORN } from "./births.ts";
import { SnapshotPacker } from "./snapshot-packer.ts";
import { Snapshots } from "./snapshots.ts";

interface State {
  readonly nr: number;
  readonly names: string[];
  readonly ints: readonly Int32Array[];
  readonly floats: Float64Array;
  readonly bytes: Uint8Array;
  readonly missing: undefined;
  readonly pairs: readonly (readonly [number, readonly number[]])[];
}

/** A state that grows and changes here and there; minus zero and NaN among its numbers. */
function next(random: Random, s: State): State {
  const grownBy = random.below(900);
  const ints = s.ints.map((column) => {
    const wider = new Int32Array(column.length + grownBy);
    wider.set(column);
    for (let i = random.below(4); i > 0; i--)
      wider[random.below(wider.length + 1)] = random.between(-2147483648, 2147483647);
    return wider;
  });
  const floats = new Float64Array(Math.max(1, s.floats.length + random.between(-300, 400)));
  floats.set(s.floats.subarray(0, floats.length));
  floats[random.below(floats.length)] = random.pick([-0, 0, Number.NaN, 2 ** 53, 0.5]);
  const bytes = s.bytes.slice();
  bytes[random.below(bytes.length)] = random.below(256);
  const pairs = [...s.pairs, [random.below(9), [random.below(9)]] as const].slice(-3);
  return { nr: s.nr + 1, names: [...s.names, `n${s.nr}`], ints, floats, bytes, missing: undefined, pairs };
}

const START: State = {
  nr: 0,
  names: [],
  ints: [new Int32Array(5000), new Int32Array(10)],
  floats: new Float64Array(3000),
  bytes: new Uint8Array(3001),
  missing: undefined,
  pairs: [],
};

function copyOf(s: State): State {
  return { ...s, ints: s.ints.map((column) => column.slice()), floats: s.floats.slice(), bytes: s.bytes.slice() };
}

test.each([1, 2, 3])("packed states come out as they went in, in any order, seed %i", (seed) => {
  const random = new Random(seed);
  const packer = new SnapshotPacker<State>();
  const states: State[] = [];
  const packed = [];
  for (let state = START, i = 0; i < 40; i++, state = next(random, state)) {
    states.push(state);
    const lent = copyOf(state);
    packed.push(packer.pack(lent));
    for (const column of lent.ints) column.fill(7);
  }
  for (let tried = 0; tried < 60; tried++) {
    const at = random.below(states.length);
    const one = packed[at];
    if (one === undefined) throw new Error("there are as many packed");
    expect(copyOf(packer.unpack(one))).toEqual(states[at]);
  }
  const all = packed.reduce((sum, { bytes }) => sum + bytes, 0);
  expect(packer.bytes).toBeLessThan(all / 2);
  for (const one of packed) packer.drop(one);
  expect(packer.bytes).toBe(0);
});

test("snapshots stay within their limits, and the last one before a position is found", () => {
  const random = new Random(4);
  const snapshots = new Snapshots<State>({ bytesPerPosition: 100, most: 12, mostBytes: 300_000 });
  const all = new Map<number, State>();
  let state = START;
  const LAST = 30_000;
  for (let position = 0; position <= LAST; position++) {
    if (!snapshots.isDue(position)) continue;
    all.set(position, state);
    snapshots.add(position, state);
    state = next(random, state);
    expect(snapshots.bytes).toBeLessThanOrEqual(300_000);
  }
  const used = new Set<number>();
  for (let tried = 0; tried < 300; tried++) {
    const wanted = random.below(LAST + 1);
    const { position, snapshot } = snapshots.before(wanted);
    expect(position).toBeLessThanOrEqual(wanted);
    expect(snapshots.nearest(wanted)).toBe(position);
    expect(snapshot).toEqual(all.get(position));
    used.add(position);
  }
  expect(used.size).toBeGreaterThan(2);
  expect(used.size).toBeLessThanOrEqual(12);
  expect(snapshots.before(0).position).toBe(0);
});

test("the birth of an area is the last one at or before the position", () => {
  const random = new Random(5);
  const births = new Births();
  const history: (readonly [area: number, position: number])[] = [];
  for (let position = 0; position < 3000; position++) {
    const area = random.below(60) * 1_000_003;
    history.push([area, position]);
    births.add(area, position);
  }
  for (let tried = 0; tried < 500; tried++) {
    const position = random.below(3000);
    const area = random.below(62) * 1_000_003;
    const known = history.findLast(([born, at]) => born === area && at <= position);
    const birth = births.birthOf(area, births.nrUpTo(position));
    expect(birth === NOT_BORN ? undefined : births.positionOf(birth)).toBe(known?.[1]);
  }
});
