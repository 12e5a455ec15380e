/**
 * Results of mails as one table, and as JSON.
 *
 *     ebb-mails/1   format, mails[] of mail, title, date, figure, script, kernel, cpus, nodes, before, with, merged (null
 *                   where nothing was), unsound[]; before, with and merged of policy, value, published (null: not
 *                   published), merged also of release
 */

import { alignTable, count } from "../experiment/print-comparison.ts";
import type { MailFigure, MailResult } from "./run-mails.ts";

const NOTHING = "-";

/** The table, below it what ran; a newline at the end of each line. */
export function printMails(results: readonly MailResult[]): string {
  const table = alignTable([
    ["", "without", "with it", "as merged", "the mail: without", "with it"],
    ...results.flatMap(rowsOf),
  ]);
  const ran = results.map(ranLine).join("");
  return `${table}\n${ran}`;
}

function rowsOf({ mail, before, withMail, merged }: MailResult): readonly (readonly string[])[] {
  const published = ({ published: figure }: MailFigure) => (figure === undefined ? NOTHING : String(figure));
  return [
    [`${mail.name}  ${mail.title} (${mail.date})`],
    [
      `     ${mail.figure}`,
      String(before.value),
      String(withMail.value),
      merged === undefined ? NOTHING : String(merged.value),
      published(before),
      published(withMail),
    ],
  ];
}

function ranLine({ mail, nrCpus, nrNodes, before, withMail, merged }: MailResult): string {
  const policies = [...new Set([before, withMail, merged].map((figure) => figure?.policy))].filter(Boolean).join(",");
  const machine = `${count(nrCpus, "CPU")}, ${count(nrNodes, "node")}`;
  return `${mail.name}  ebb compare experiments/${mail.script} --kernel ${mail.kernel} --policy ${policies}  (${machine})\n`;
}

export function mailsJson(results: readonly MailResult[]): string {
  return `${JSON.stringify({ format: "ebb-mails/1", mails: results.map(resultValue) }, undefined, 2)}\n`;
}

function resultValue({ mail, nrCpus, nrNodes, before, withMail, merged, unsound }: MailResult): object {
  const { name, title, date, figure, script, kernel } = mail;
  return {
    mail: name,
    title,
    date,
    figure,
    script: `experiments/${script}`,
    kernel,
    cpus: nrCpus,
    nodes: nrNodes,
    before: figureValue(before),
    with: figureValue(withMail),
    merged: merged === undefined ? null : { ...figureValue(merged), release: mail.merged?.release },
    unsound,
  };
}

function figureValue({ policy, value, published }: MailFigure): object {
  return { policy, value, published: published ?? null };
}
