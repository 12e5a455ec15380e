/** A check from the first byte to the report: it begins at the first event, with what is known of the machine then. */

import type { EventBatch, EventNames, ImportTotals, Problem, RecordedText } from "@ebb/formats";
import type { PercpuPolicy } from "@ebb/model";
import { RULE_USUAL } from "./balance-lead.ts";
import { type CheckReport, checkReport } from "./check-report.ts";
import { policiesOfRelease } from "./kernel-release.ts";
import type { RecordedMachine } from "./recorded-machine.ts";
import { TraceCheck } from "./trace-check.ts";
import { type TraceOptions, TraceSetup } from "./trace-setup.ts";

export class CheckSession {
  private readonly setup: TraceSetup;
  private readonly policies: readonly PercpuPolicy[] | undefined;
  private readonly rule: number;
  private machine: RecordedMachine | string | undefined;
  private check: TraceCheck | undefined;

  /**
   * @param policies undefined: those that the kernel may have had
   * @param rule RULE_ of inferred runs of the balance work, to begin with
   */
  constructor(options: TraceOptions, policies: readonly PercpuPolicy[] | undefined, rule = RULE_USUAL) {
    this.setup = new TraceSetup(options, (stats) => this.check?.addStats(stats));
    this.policies = policies;
    this.rule = rule;
  }

  /** False when events of a second recording follow, whose names are others. */
  opened(names: EventNames): boolean {
    if (this.check !== undefined) return false;
    this.setup.names = names;
    return true;
  }

  /** False when nothing says how the machine is laid out: `end` says why. */
  batch(batch: EventBatch): boolean {
    this.begin();
    this.check?.feed(batch);
    return this.check !== undefined;
  }

  text(text: RecordedText): void {
    this.setup.text(text);
  }

  problem(problem: Problem): void {
    this.setup.problems.push(problem);
  }

  /** The report, or in words why there is none. */
  end(totals: ImportTotals): CheckReport | string {
    this.begin();
    const { check, machine, setup } = this;
    if (typeof machine === "string") return machine;
    if (check === undefined || machine === undefined) return "there is no event to begin with";
    const { best, asGood } = check.end();
    return checkReport(setup.options.traceName, machine, best, asGood, totals, setup.problems, this.rule);
  }

  private begin(): void {
    const { setup } = this;
    if (this.machine !== undefined || setup.names === undefined) return;
    const machine = setup.machine();
    this.machine = machine;
    if (typeof machine === "string") return;
    const policies = this.policies ?? policiesOfRelease(setup.log?.release ?? "");
    const { names, stats } = setup;
    const { before } = setup.options;
    this.check = new TraceCheck({ machine, policies, before, names, stats: [...stats], rule: this.rule });
  }
}
