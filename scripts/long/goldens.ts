/** Every recorded trace of a folder against the model. */

import { parsePercpuOperations, printProblem } from "@ebb/formats";
import { geometryOfScript, percpuOfScript, runOperations } from "@ebb/lab";
import { percpuPolicy } from "@ebb/model";
import { firstDifference, type GoldenTrace, goldenTraces, readFixture } from "@ebb/testkit";

/** What became of the outputs of a folder. */
interface Counts {
  matched: number;
  failed: number;
  /** Outputs of policies the command line left out. */
  notAsked: number;
  /** Outputs of policies that do not exist here, by policy. */
  readonly unknown: Map<string, number>;
  linesCompared: number;
}

/** Prints a line for each output that differs and a summary; true when all outputs asked for match. */
export function runGoldens(folder: string, policyNames: readonly string[], print: (row: string) => void): boolean {
  const counts: Counts = { matched: 0, failed: 0, notAsked: 0, unknown: new Map(), linesCompared: 0 };
  const traces = goldenTraces(folder);
  for (const trace of traces) runTrace(folder, trace, policyNames, counts, print);
  for (const [name, nr] of counts.unknown) print(`${folder}: ${nr} outputs of an unknown policy ${name}, not compared`);
  const left = counts.notAsked > 0 ? `, ${counts.notAsked} of other policies left out` : "";
  print(
    `${folder}: ${traces.length} traces, ${counts.matched} outputs matched (${counts.linesCompared} lines), ` +
      `${counts.failed} failed${left}`,
  );
  if (counts.matched + counts.failed === 0) print(`${folder}: nothing was compared`);
  return counts.failed === 0 && counts.unknown.size === 0 && counts.matched > 0;
}

function runTrace(
  folder: string,
  trace: GoldenTrace,
  policyNames: readonly string[],
  counts: Counts,
  print: (row: string) => void,
): void {
  for (const { policyName, fileName } of trace.outputs) {
    if (percpuPolicy(policyName) === undefined) {
      counts.unknown.set(policyName, (counts.unknown.get(policyName) ?? 0) + 1);
    } else if (!policyNames.includes(policyName)) counts.notAsked++;
    else {
      const fault = compare(folder, trace.scriptName, policyName, fileName, counts);
      if (fault === "") counts.matched++;
      else {
        counts.failed++;
        print(`${trace.name} under ${policyName}: ${fault}`);
      }
    }
  }
  if (trace.outputs.length === 0) {
    counts.failed++;
    print(`${trace.name}: has no output to compare with`);
  }
}

/** What is wrong with one output, "" when it matches. */
function compare(folder: string, scriptName: string, policyName: string, fileName: string, counts: Counts): string {
  try {
    const got = runScript(folder, scriptName, policyName);
    const want = readFixture(folder, fileName) ?? "";
    if (got !== want) return firstDifference(got, want);
    counts.linesCompared += want.split("\n").length - 1;
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function runScript(folder: string, scriptName: string, policyName: string): string {
  const text = readFixture(folder, scriptName) ?? "";
  const ops = parsePercpuOperations(text, scriptName, (name) => readFixture(folder, name));
  if (!("config" in ops)) throw new Error(printProblem(ops));
  const geometry = geometryOfScript(ops.config);
  if (typeof geometry === "string") throw new Error(geometry);
  const policy = percpuPolicy(policyName);
  if (policy === undefined) throw new Error(`no policy ${policyName}`);
  const pieces: string[] = [];
  runOperations(percpuOfScript(geometry, ops.config, policy), ops, (piece) => pieces.push(piece));
  return pieces.join("");
}
