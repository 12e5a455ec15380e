/** The commands under one name, with our words for what a caller gets wrong. */

import { buildApplication, buildRouteMap, text_en } from "@stricli/core";
import { anonymiseCommand } from "./anonymise-command.ts";
import { compareCommand } from "./compare-command.ts";
import { convertCommand } from "./convert-command.ts";
import { costCommand } from "./cost-command.ts";
import { execCommand } from "./exec-command.ts";
import { exploreCommand } from "./explore-command.ts";
import { kernelsCommand, policiesCommand } from "./list-commands.ts";
import { mailsCommand } from "./mails-command.ts";
import { percpuCommand } from "./percpu-command.ts";
import { profileCommands } from "./profile-command.ts";
import { recordCommand } from "./record-command.ts";
import { replayCommand } from "./replay-command.ts";
import { reportCommand } from "./report-command.ts";
import { runCommand } from "./run-command.ts";
import { serveCommand } from "./serve-command.ts";
import { shellCommand } from "./shell-command.ts";
import { whyCommand } from "./why-command.ts";

const DESCRIPTION = `Simulates the Linux kernel's percpu allocator, memory cgroups and slab caches. Shell scripts run on the machine in
virtual time; the same input gives the same bytes.

EXAMPLES
  ebb mails
  ebb compare experiments/percpu-churn.sh
  ebb run experiments/percpu-churn.sh --policy vanilla --map
  ebb serve experiments/percpu-churn.sh
  ebb why experiments/dying-memcg.sh --kernel 5.0
  ebb cost --kernel 5.0 --cpus 64 --nodes 2

Exit codes: 0 fine, 1 a finding or a mismatch, 2 called wrongly; \`ebb run\` answers with the script's own.`;

const TO_DO = "  to do     see `ebb --help`, or `--help` after a command";

/** The program as stricli runs it. */
export function ebbApplication(version: string) {
  const root = buildRouteMap({
    routes: {
      mails: mailsCommand,
      run: runCommand,
      compare: compareCommand,
      serve: serveCommand,
      why: whyCommand,
      exec: execCommand,
      shell: shellCommand,
      percpu: percpuCommand,
      replay: replayCommand,
      report: reportCommand,
      profile: profileCommands,
      cost: costCommand,
      explore: exploreCommand,
      record: recordCommand,
      convert: convertCommand,
      anonymise: anonymiseCommand,
      kernels: kernelsCommand,
      policies: policiesCommand,
    },
    docs: { brief: "Simulate percpu memory, memory cgroups and slab caches", fullDescription: DESCRIPTION },
  });
  return buildApplication(root, {
    name: "ebb",
    versionInfo: { currentVersion: version },
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    documentation: { disableAnsiColor: true, onlyRequiredInUsageLine: true },
    localization: {
      text: {
        ...text_en,
        noCommandRegisteredForInput: (problem) => said(text_en.noCommandRegisteredForInput(problem)),
        exceptionWhileParsingArguments(exception, ansiColor) {
          return said(text_en.exceptionWhileParsingArguments.call(this, exception, ansiColor));
        },
        exceptionWhileRunningCommand(exception, ansiColor) {
          const text = text_en.exceptionWhileRunningCommand.call(this, exception, ansiColor);
          return `ebb: error: a fault of ebb itself. ${text}`;
        },
      },
    },
  });
}

function said(message: string): string {
  return `ebb: error: ${message}\n${TO_DO}`;
}
