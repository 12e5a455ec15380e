/**
 * The project's benchmarks, printed as tables; run through `npm run bench`, which bundles this file as the command is
 * bundled. Options: `--goldens DIR` (default: the fixtures), `--smoke` (one short run each), `--only SECTION[,SECTION]`
 * (sections.ts has their names), `--record` (writes bench/results/CPU-NODE.json).
 */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { type BenchOptions, SECTIONS, type Section } from "./sections.ts";
import { type Row, tableOf } from "./table.ts";

const RESULTS = "bench/results";

const { values } = parseArgs({
  options: {
    goldens: { type: "string", default: "fixtures/percpu-golden" },
    smoke: { type: "boolean", default: false },
    record: { type: "boolean", default: false },
    only: { type: "string" },
    // Of the processes that are started: one timing of one section.
    section: { type: "string" },
    timing: { type: "string", default: "" },
  },
});
const options: BenchOptions = { goldens: values.goldens, smoke: values.smoke };
const print = (text: string) => process.stdout.write(text);

if (values.section !== undefined) print(JSON.stringify(sectionNamed(values.section).run(values.timing, options)));
else benchSections(values.only === undefined ? SECTIONS : values.only.split(",").map(sectionNamed));

function sectionNamed(name: string): Section {
  const found = SECTIONS.find((section) => section.name === name);
  if (found === undefined) throw new Error(`no section ${name}; there are ${SECTIONS.map((s) => s.name).join(", ")}`);
  return found;
}

function benchSections(sections: readonly Section[]): void {
  const machine = `${cpus()[0]?.model ?? "unknown CPU"}, Node ${process.version}`;
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  print(`${machine}, commit ${commit}; third fastest of eight runs, each timing in a process of its own\n`);
  const results: Record<string, unknown> = {};
  for (const section of sections) results[section.name] = benchSection(section);
  if (!values.record) return;
  mkdirSync(RESULTS, { recursive: true });
  const file = `${RESULTS}/${machine.replace(/[^A-Za-z0-9.]+/g, "-")}.json`;
  writeFileSync(file, `${JSON.stringify({ machine, commit, ...results }, undefined, 2)}\n`);
  print(`\nrecorded in ${file}\n`);
}

/** Prints the section's table; answers the results of its timings. */
function benchSection(section: Section): readonly unknown[] {
  const rows: Row[] = [];
  const results = section.timings(options).map((timing) => {
    const { result, rows: more } = section.rowsOfJson(inOwnProcess(section.name, timing));
    rows.push(...more);
    return result;
  });
  print(`\n${tableOf(rows)}`);
  return results;
}

/** Runs one timing in a process of its own; answers the JSON it prints. */
function inOwnProcess(section: string, timing: string): string {
  const args = ["--section", section, "--timing", timing, "--goldens", values.goldens];
  const all = [...process.execArgv, process.argv[1] ?? "", ...args, ...(values.smoke ? ["--smoke"] : [])];
  const child = spawnSync(process.execPath, all, { encoding: "utf8" });
  if (child.status !== 0) throw new Error(`${section} ${timing}: ${child.stderr}`);
  return child.stdout;
}
