/** `ebb mails`: the five kernel mails' experiments, run again. */

import { MAILS, type MailResult, mailsJson, mailsNamed, printMails, runMails } from "@ebb/lab";
import { buildCommand } from "@stricli/core";
import { toggle } from "./machine-flags.ts";
import { EXIT_FINDING, failUsage, untilClosed, writeError, writeOut } from "./output.ts";
import { Progress } from "./progress.ts";

interface MailsFlags {
  readonly json?: boolean;
}

/** The scripts of `experiments/`, byte strings, put here by the build. */
declare const EBB_EXPERIMENTS: Readonly<Record<string, string>>;

const LISTED = MAILS.map(({ name, date, title }) => `  ${name}  ${title} (${date})`).join("\n");

const DESCRIPTION = `Runs the experiments of the kernel mails ebb starts from again, each on a model of its machine: without the mail,
with it, and as Linux merged it. Beside them stand the figures the mails published. Below the table: the command
that shows each experiment whole. All five take about half a minute.

MAILS
${LISTED}

The figures published for 002 are those of the posting that answered the review. Background interrupts of a real
machine, such as most of the 101 of mail 004, are not modelled.

EXAMPLES
  ebb mails
  ebb mails 003 004
  ebb mails --json`;

export const mailsCommand = buildCommand({
  func(flags: MailsFlags, ...names: string[]) {
    untilClosed(() => mails(flags, names));
  },
  parameters: {
    flags: { json: toggle("One JSON document instead of the table") },
    positional: {
      kind: "array",
      parameter: { parse: String, placeholder: "MAIL", brief: "Which mails [all]" },
    },
  },
  docs: {
    brief: "Run the experiments of five kernel mails again",
    fullDescription: DESCRIPTION,
    customUsage: ["[MAIL]... [--json]"],
  },
});

/** Answers the exit code. */
function mails(flags: MailsFlags, names: readonly string[]): number {
  const wanted = mailsNamed(names);
  if ("severity" in wanted) return failUsage(wanted);
  const progress = new Progress();
  const results = runMails(wanted, {
    scripts: new Map(Object.entries(EBB_EXPERIMENTS)),
    onProgress: (what, nrCommands, timeNs) => progress.tickScript(nrCommands, timeNs, `${what}: `),
  });
  progress.clear();
  if ("severity" in results) return failUsage(results);
  writeOut(flags.json === true ? mailsJson(results) : printMails(results));
  return results.map(reportUnsound).every(Boolean) ? 0 : EXIT_FINDING;
}

/** True when there was nothing to report. */
function reportUnsound({ mail, unsound }: MailResult): boolean {
  for (const policy of unsound) writeError(`mail ${mail.name} under ${policy}: the script failed\n`);
  return unsound.length === 0;
}
