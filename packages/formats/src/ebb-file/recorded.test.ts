/** A recording of a real host, written when the layout was new: it is read as it was then. */

import { fixtureFolder, importTrace, readFixture } from "@ebb/testkit";
import { expect, test } from "vitest";
import {
  EVENT_ALLOC,
  EVENT_CGROUP_MKDIR,
  EVENT_CGROUP_RMDIR,
  EVENT_FREE,
  EVENT_MARK,
  type RecordedText,
} from "../trace/events.ts";
import { EbbReader } from "./ebb-reader.ts";

const FILE = readFixture(fixtureFolder("ebb-file"), "6.18-churn.v1.ebb") ?? "";

test("version 1, from a 6.18 host", () => {
  const texts: RecordedText[] = [];
  const bytes = Uint8Array.from(FILE, (character) => character.charCodeAt(0));
  const { events, problems, totals, names } = importTrace(
    (sink) => new EbbReader("churn.ebb", { ...sink, text: (text) => texts.push(text) }),
    bytes,
  );
  expect(problems).toEqual([]);
  expect(totals).toEqual({ nrRead: 1158, nrEvents: 1152, nrOther: 6, nrForeign: 0, nrBad: 0, nrLost: 0 });
  expect(names.originNs).toBe(4_313_758_064_726n);
  expect(names.chunks).toEqual(["0000000000000001"]);
  const count = (kind: number) => events.filter((event) => event.kind === kind).length;
  const kinds = [EVENT_ALLOC, EVENT_FREE, EVENT_MARK, EVENT_CGROUP_MKDIR, EVENT_CGROUP_RMDIR];
  expect(kinds.map(count)).toMatchInlineSnapshot(`
    [
      534,
      534,
      4,
      40,
      40,
    ]
  `);
  expect(events.filter(({ text }) => text === "/c7")).toMatchObject([
    { kind: EVENT_CGROUP_MKDIR, sizeBytes: -1, chunk: -1 },
    { kind: EVENT_CGROUP_RMDIR, sizeBytes: -1, chunk: -1 },
  ]);
  const memcg = events.filter(({ callSite }) => callSite.startsWith("mem_cgroup_css_alloc"));
  expect(new Set(memcg.map(({ sizeBytes, alignBytes, gfp }) => `${sizeBytes} ${alignBytes} ${gfp}`))).toEqual(
    new Set(["1216 64 GFP_KERNEL_ACCOUNT", "528 8 GFP_KERNEL_ACCOUNT"]),
  );
  const sum = events.reduce((all, e) => (all * 31 + e.timeNs + e.offBytes + e.pid + e.cpu + e.line) % 1_000_000_007, 7);
  expect(sum).toMatchInlineSnapshot(`213084974`);
  expect(texts.filter(({ stage }) => stage === "end").map(({ key }) => key)).toEqual([
    "/sys/kernel/debug/percpu_stats",
    "/proc/meminfo",
    "/proc/slabinfo",
    "/proc/cgroups",
    "/sys/fs/cgroup/unified/cgroup.stat",
  ]);
});
