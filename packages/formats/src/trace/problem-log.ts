/**
 * Problems of an import. The first of each sort is told at once, with its line; the rest is counted, and the count
 * told at the end with the last line: a damaged trace of any length gives a short list.
 */

import type { Problem } from "../problem.ts";

/** Sorts told apart; the ones beyond share one count. */
const MAX_SORTS = 200;

interface Sort {
  readonly problem: Problem;
  nr: number;
  lastFile: string;
  lastLine: number;
}

export class ProblemLog {
  private readonly tell: (problem: Problem) => void;
  private readonly sorts = new Map<string, Sort>();
  private nrBeyond = 0;

  constructor(tell: (problem: Problem) => void) {
    this.tell = tell;
  }

  /**
   * One more problem of a sort.
   *
   * @param sort what is counted together
   * @param what built only for the first of its sort
   */
  add(sort: string, file: string, line: number, what: () => Omit<Problem, "file" | "line">): void {
    const known = this.sorts.get(sort);
    if (known !== undefined) {
      known.nr++;
      known.lastFile = file;
      known.lastLine = line;
      return;
    }
    if (this.sorts.size >= MAX_SORTS) {
      this.nrBeyond++;
      return;
    }
    const problem = { ...what(), file, line };
    this.sorts.set(sort, { problem, nr: 1, lastFile: file, lastLine: line });
    this.tell(problem);
  }

  /** Tells the counts of what came more than once. */
  end(): void {
    for (const { problem, nr, lastFile, lastLine } of this.sorts.values()) {
      if (nr === 1) continue;
      const message = `${problem.message}: ${nr} in all, this is the last`;
      this.tell({ ...problem, file: lastFile, line: lastLine, message, found: "" });
    }
    if (this.nrBeyond === 0) return;
    this.tell({
      severity: "data-loss",
      file: "",
      line: 0,
      message: `${this.nrBeyond} more problems of other sorts`,
      expected: "",
      found: "",
      toDo: "look at the ones above first",
    });
  }
}
