/** A made-up timeline of any length: cgroups made, most of them removed, and what the policy gives back. */

import type { TimelineCurves, TimelineMark } from "@ebb/lab/timeline-view";

const END_NS = 42_500_000_000;

/** @param givesBack share of what was freed that comes back at the end */
export function syntheticCurves(nrSamples: number, givesBack: number): TimelineCurves {
  const at = (i: number) => i / (nrSamples - 1);
  const column = (valueAt: (share: number, i: number) => number) =>
    Float64Array.from({ length: nrSamples }, (_, i) => Math.round(valueAt(at(i), i)));
  const made = (share: number) => Math.min(1, share / 0.5);
  const gone = (share: number) => Math.max(0, Math.min(1, (share - 0.6) / 0.3));
  const live = (share: number) => 11_000 * made(share) - 10_000 * gone(share);
  const marks: TimelineMark[] = [
    mark("reading", 0.01, "grep Percpu /proc/meminfo"),
    mark("reading", 0.55, "grep Percpu /proc/meminfo"),
    mark("mark", 0.6, "echo removing"),
    mark("reading", 0.98, "grep Percpu /proc/meminfo"),
  ];
  for (let i = 0; i < 200; i++) marks.push(mark("deferred", 0.3 + i * 0.0033, "balance work"));
  return {
    timeNs: column(at).map((_, i) => Math.round(at(i) * END_NS)),
    position: column((_, i) => i),
    series: [
      { name: "Percpu", unit: "kB", values: column((s) => 7360 + 473_792 * (made(s) - givesBack * gone(s))) },
      { name: "live areas", unit: "kB", values: column((s) => 5200 + 40 * live(s)) },
      {
        name: "empty populated",
        unit: "kB",
        values: column((s, i) => 40_000 * gone(s) * (1.2 - givesBack) + (i % 7) * 64),
      },
      { name: "Slab", unit: "kB", values: column((s) => 62_000 + 12 * live(s)) },
      { name: "chunks", unit: "", values: column((s) => 2 + 116 * (made(s) - givesBack * 0.4 * gone(s))) },
      { name: "live cgroups", unit: "", values: column(live) },
      { name: "dying cgroups", unit: "", values: column((s) => 900 * Math.sin(Math.PI * gone(s))) },
    ],
    marks,
  };
}

function mark(kind: TimelineMark["kind"], share: number, label: string): TimelineMark {
  return { timeNs: Math.round(share * END_NS), position: Math.round(share * 1000), kind, label };
}
