/** Runs the experiments of mails again. A script that serves several mails runs once under each policy. */

import type { Problem } from "@ebb/formats";
import { isSound } from "../experiment/compare.ts";
import { machineOptions } from "../experiment/machine-options.ts";
import { type Experiment, runExperiment } from "../experiment/run-experiment.ts";
import { MAILS, type Mail } from "./mails.ts";

/** What one policy of a mail came to here. */
export interface MailFigure {
  readonly policy: string;
  readonly value: number;
  readonly published: number | undefined;
}

export interface MailResult {
  readonly mail: Mail;
  readonly nrCpus: number;
  readonly nrNodes: number;
  readonly before: MailFigure;
  readonly withMail: MailFigure;
  readonly merged: MailFigure | undefined;
  /** Policies under which the script failed or asked for what there is not; the figures are then not to be trusted. */
  readonly unsound: readonly string[];
}

interface MailOptions {
  /** The scripts of `experiments/` by name, byte strings. */
  readonly scripts: ReadonlyMap<string, string>;
  /** Called after each command of a script, with what runs. */
  readonly onProgress: (what: string, nrCommands: number, timeNs: number) => void;
}

/** The mails called `names`, all for none, or what is wrong with a name. */
export function mailsNamed(names: readonly string[]): readonly Mail[] | Problem {
  for (const name of names) {
    if (!MAILS.some((mail) => mail.name === name)) return noSuchMail(name);
  }
  return names.length === 0 ? MAILS : MAILS.filter(({ name }) => names.includes(name));
}

/** Runs each mail's experiment; a Problem when a script has a syntax error. */
export function runMails(mails: readonly Mail[], options: MailOptions): readonly MailResult[] | Problem {
  const runs = new MailRuns(options);
  const results: MailResult[] = [];
  for (const mail of mails) {
    const result = resultOf(mail, runs);
    if ("severity" in result) return result;
    results.push(result);
  }
  return results;
}

function resultOf(mail: Mail, runs: MailRuns): MailResult | Problem {
  const unsound: string[] = [];
  const figures: MailFigure[] = [];
  let machine: Experiment["options"] | undefined;
  for (const { policy, published } of policiesOf(mail)) {
    const run = runs.run(mail, policy);
    if ("severity" in run) return run;
    figures.push({ policy, value: mail.measure(run), published });
    machine = run.options;
    if (!isSound(run)) unsound.push(policy);
  }
  const [before, withMail, merged] = figures;
  if (before === undefined || withMail === undefined) throw new Error("a mail has two policies");
  return {
    mail,
    nrCpus: machine?.nrCpus ?? 0,
    nrNodes: machine?.nrNodes ?? 0,
    before,
    withMail,
    merged,
    unsound,
  };
}

/** Without the mail, with it, and as merged where something was. */
function policiesOf({ before, withMail, merged }: Mail): readonly Mail["before"][] {
  return merged === undefined
    ? [before, withMail]
    : [before, withMail, { policy: merged.policy, published: undefined }];
}

class MailRuns {
  readonly #options: MailOptions;
  readonly #done = new Map<string, Experiment>();

  constructor(options: MailOptions) {
    this.#options = options;
  }

  run({ name, script, kernel }: Mail, policy: string): Experiment | Problem {
    const key = `${script} ${kernel} ${policy}`;
    const known = this.#done.get(key);
    if (known !== undefined) return known;
    const machine = machineOptions({ kernel, policy, cpus: undefined, nodes: undefined, settings: [] });
    if ("severity" in machine) return machine;
    const source = this.#options.scripts.get(script);
    if (source === undefined) throw new Error(`there is no experiment ${script}`);
    const run = runExperiment({
      machine,
      source,
      name: script,
      args: [],
      onProgress: (nrCommands, timeNs) => this.#options.onProgress(`mail ${name}, ${policy}`, nrCommands, timeNs),
    });
    if (!("severity" in run)) this.#done.set(key, run);
    return run;
  }
}

function noSuchMail(name: string): Problem {
  return {
    severity: "error",
    file: name === "" ? '""' : name,
    line: 0,
    message: "no such mail",
    expected: MAILS.map((mail) => mail.name).join(", "),
    found: name === "" ? "nothing" : name,
    toDo: "name one of these, or none for all",
  };
}
