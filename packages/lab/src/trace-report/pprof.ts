/**
 * A profile for pprof, not yet packed: areas, their bytes, and the bytes of pages with nobody else, by caller.
 *
 * Source: profile.proto of github.com/google/pprof, written by the library pprof-format.
 */

import { Function as Called, Line, Location, Profile, Sample, StringTable, ValueType } from "pprof-format";
import { heldStacks } from "./held-stacks.ts";
import type { TraceReport } from "./report-session.ts";

const VALUES = [
  ["inuse_objects", "count"],
  ["inuse_space", "bytes"],
  ["pinned_space", "bytes"],
] as const;

export function pprof(report: TraceReport): Uint8Array {
  const stringTable = new StringTable();
  const text = (words: string) => stringTable.dedup(words);
  const locations = new Map<string, number>();
  const locationOf = (frame: string): number => {
    const id = locations.get(frame) ?? locations.size + 1;
    locations.set(frame, id);
    return id;
  };
  const sample = heldStacks(report).map(
    ({ frames, nrAreas, bytes, sizeBytes, pinnedBytes }) =>
      new Sample({
        locationId: frames.map(locationOf).reverse(),
        value: [nrAreas, bytes, pinnedBytes],
        label: [{ key: text("bytes"), num: sizeBytes, numUnit: text("bytes") }],
      }),
  );
  const sampleType = VALUES.map(([type, unit]) => new ValueType({ type: text(type), unit: text(unit) }));
  const profile = new Profile({
    sampleType,
    sample,
    location: [...locations.values()].map((id) => new Location({ id, line: [new Line({ functionId: id })] })),
    function: [...locations].map(([frame, id]) => new Called({ id, name: text(frame), systemName: text(frame) })),
    stringTable,
    timeNanos: report.names.originNs,
    durationNanos: report.collected.lastNs,
    defaultSampleType: text("inuse_space"),
    comment: [text(report.traceName)],
  });
  return profile.encode();
}
