/** What `ebb serve` was given on the command line, where the page comes from it. */

import type { Problem } from "@ebb/formats";
import { toByteString } from "../byte-strings.ts";
import { beginAt } from "./instant.ts";
import { policiesOfKernel, type Settings } from "./settings.ts";
import { isRecord, isText } from "./share-link.ts";
import { change, chooseScript, openRecording, ownProblems, run, settings } from "./store.ts";

const FORMAT = "ebb-given/1";

/** Asks for it, takes it over, and runs or opens what there is. */
export async function takeGiven(): Promise<void> {
  const given = await fetchJson("given.json");
  if (!isRecord(given) || given.format !== FORMAT || !isRecord(given.machine)) {
    ownProblems.value = [notGiven()];
    return;
  }
  const kernel = isText(given.machine.kernel) ? given.machine.kernel : settings.peek().kernel;
  const { script, recording, machine } = given;
  change(machinePart(machine, kernel));
  if (isRecord(script) && isText(script.name) && isText(script.text)) {
    chooseScript({ scriptName: script.name, script: script.text });
    beginAt(undefined);
    run();
  } else if (isRecord(recording) && isText(recording.name) && isText(recording.file)) {
    await openGiven(recording.name, recording.file);
  }
}

function machinePart(machine: Readonly<Record<string, unknown>>, kernel: string): Partial<Settings> {
  const [a, b] = texts(machine.policies);
  const [ownA, ownB] = policiesOfKernel(kernel);
  return {
    kernel,
    policies: a === undefined ? [ownA, ownB] : [a, b ?? ownOther(a, [ownA, ownB])],
    cpus: isText(machine.cpus) ? machine.cpus : "",
    nodes: isText(machine.nodes) ? machine.nodes : "",
    set: texts(machine.settings).join(" "),
    env: texts(machine.env).join(" "),
  };
}

/** Beside one policy that was named, the kernel's last, or its first. */
function ownOther(named: string, [first, last]: readonly [string, string]): string {
  return named === last ? first : last;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(isText) : [];
}

async function openGiven(name: string, file: string): Promise<void> {
  const response = await fetch(file);
  if (!response.ok) {
    ownProblems.value = [notGiven()];
    return;
  }
  beginAt(undefined);
  openRecording([{ name: toByteString(name), content: await response.blob() }]);
}

async function fetchJson(file: string): Promise<unknown> {
  try {
    const response = await fetch(file);
    return response.ok ? await response.json() : undefined;
  } catch {
    // The server has ended.
    return undefined;
  }
}

function notGiven(): Problem {
  return {
    severity: "error",
    file: "ebb serve",
    line: 0,
    message: "what was given on the command line did not come",
    expected: "the server that sent this page",
    found: "no answer",
    toDo: "start `ebb serve` again and open the address it prints",
  };
}
