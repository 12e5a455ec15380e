/** What the page knows beside the sides: the settings, what runs, and what follows from it. Components read and call it. */

import type { Problem } from "@ebb/formats";
import { type Comparison, compareExperiments } from "@ebb/lab";
import { computed, signal } from "@preact/signals";
import { toByteString } from "../byte-strings.ts";
import { type OpenRequest, PROTOCOL_VERSION, type RunRequest, type SentFile, type SentMachine } from "../protocol.ts";
import { sentMachineOptions } from "../sent-machine.ts";
import { EXAMPLES } from "./examples.ts";
import { type Settings, settingsOfExample, words } from "./settings.ts";
import { Side } from "./side.ts";

const FIRST_EXAMPLE = "experiments/percpu-churn.sh";

/** What is shown, or about to be: a run of a script, or a recording with its name. */
type Subject =
  | { readonly kind: "script"; readonly settings: Settings }
  | { readonly kind: "recording"; readonly name: string; readonly policies: Settings["policies"] };

export const settings = signal<Settings>(
  settingsOfExample(EXAMPLES.some(({ name }) => name === FIRST_EXAMPLE) ? FIRST_EXAMPLE : (EXAMPLES[0]?.name ?? "")),
);

export const subject = signal<Subject | undefined>(undefined);

/** Files of the recording that Run opens; undefined when it runs the script. */
export const recordingFiles = signal<readonly SentFile[] | undefined>(undefined);

export const sides: readonly [Side, Side] = [new Side("A"), new Side("B")];

export const isRunning = computed(() => sides.some(({ phase }) => phase.value === "running"));

/** Both sides can be looked at. */
export const isReady = computed(() => sides.every(({ phase }) => phase.value === "ready"));

/** What side `i` runs under, by its name; "" for the machine's own. */
export function policyOf(i: number): string {
  const now = subject.value;
  const asked = now?.kind === "script" ? now.settings.policies[i] : now?.policies[i];
  return sides[i]?.opened.value?.policy ?? asked ?? "";
}

/** Wall time from Run to the comparison, and to both timelines, ms; undefined while they are not there. */
export const comparedMs = signal<number | undefined>(undefined);
export const readyMs = signal<number | undefined>(undefined);

/** Problems of the page itself: a link, a file that was handed over. */
export const ownProblems = signal<readonly Problem[]>([]);

/** What has come of the run so far, side by side; undefined before the first reading. */
export const comparison = computed<Comparison | undefined>(() => {
  const now = subject.value;
  if (now?.kind !== "script") return undefined;
  const runs = sides.flatMap((side, i) => {
    const options = sentMachineOptions(machineOf(now.settings, i));
    const run = side.ran.value?.run ?? runSoFar(side, now.settings.scriptName);
    return run.readings.length === 0 || "severity" in options ? [] : [{ ...run, options }];
  });
  return runs.length === 0 ? undefined : compareExperiments(runs);
});

/** Both sides' and the page's; what is wrong with the input of both is said once. */
export const problems = computed<readonly Problem[]>(() => {
  const all = [...ownProblems.value, ...sides.flatMap((side) => side.problems.value)];
  return [...new Map(all.map((problem) => [JSON.stringify(problem), problem])).values()];
});

/** Problems beyond those: the two sides read the same files. */
export const nrMoreProblems = computed(() => Math.max(...sides.map((side) => side.nrMoreProblems.value)));

/** What the scripts complained about, by side; "" for nothing. */
export const complaints = computed(() => sides.map(({ ran }) => ran.value?.complaints ?? ""));

export function change(part: Partial<Settings>): void {
  settings.value = { ...settings.value, ...part };
}

/** The script that is chosen, or a text of the user's own. */
export function chooseScript(part: Partial<Settings>): void {
  recordingFiles.value = undefined;
  change(part);
}

/** Runs the script of the settings on both sides, or opens the recording under the policies of both. */
export function run(): void {
  const now = settings.value;
  const files = recordingFiles.value;
  if (files === undefined) start({ kind: "script", settings: now }, (i) => runRequest(now, i));
  else {
    const { policies } = now;
    const name = namesOf(files);
    start({ kind: "recording", name, policies }, (i) => openRequest(files, policies[i]));
  }
}

export function openRecording(files: readonly SentFile[]): void {
  recordingFiles.value = files;
  run();
}

/** A byte string. */
export function namesOf(files: readonly SentFile[]): string {
  return files.map(({ name }) => name).join(" ");
}

export function stop(): void {
  for (const side of sides) side.stop();
}

let stopWatching: () => void = () => undefined;

function start(next: Subject, request: (i: number) => RunRequest | OpenRequest): void {
  stopWatching();
  ownProblems.value = [];
  comparedMs.value = undefined;
  readyMs.value = undefined;
  const startMs = performance.now();
  for (const [i, side] of sides.entries()) side.start(request(i));
  subject.value = next;
  const took = computed(() => [sides.every(({ ran }) => ran.value !== undefined), isReady.value] as const);
  stopWatching = took.subscribe(([isCompared, areOpen]) => {
    if (isCompared) comparedMs.value ??= performance.now() - startMs;
    if (areOpen) readyMs.value ??= performance.now() - startMs;
  });
}

function runRequest(now: Settings, i: number): RunRequest {
  return {
    version: PROTOCOL_VERSION,
    kind: "run",
    machine: machineOf(now, i),
    scriptName: toByteString(now.scriptName),
    source: toByteString(now.script),
    env: words(now.env).map(toByteString),
  };
}

function openRequest(files: readonly SentFile[], policy: string | undefined): OpenRequest {
  return { version: PROTOCOL_VERSION, kind: "open", files, policy: policy === "" ? undefined : policy };
}

/** The machine of side `i`. */
function machineOf(now: Settings, i: number): SentMachine {
  return {
    kernel: now.kernel,
    policy: givenOrNot(now.policies[i]),
    cpus: givenOrNot(now.cpus),
    nodes: givenOrNot(now.nodes),
    settings: words(now.set),
  };
}

function givenOrNot(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

/** A run that has not ended, as one that has: its readings are those taken so far. */
function runSoFar(side: Side, scriptName: string) {
  const readings = side.readings.value;
  return { scriptName, status: 0, endNs: readings.at(-1)?.timeNs ?? 0, findings: [], deadlocked: [], readings };
}
