/** Positions in a source text as lines and columns, and the errors found while compiling it. */

export interface SourceError {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly sourceLine: string;
}

/** One text that is compiled: a script, or a piece of one that the parser was given on its own. */
export class SourceMap {
  readonly source: string;
  /** Line number of the first line of `source`. */
  readonly firstLine: number;
  /** Shared by all pieces of one script. */
  readonly errors: SourceError[];
  #lineStarts: number[] | undefined;

  constructor(source: string, firstLine: number, errors: SourceError[]) {
    this.source = source;
    this.firstLine = firstLine;
    this.errors = errors;
  }

  /** 1-based line that contains offset `pos`. */
  lineAt(pos: number): number {
    return this.firstLine + this.#lineIndex(pos);
  }

  /** 1-based column of offset `pos` in its line. */
  columnAt(pos: number): number {
    return pos - (this.#starts()[this.#lineIndex(pos)] ?? 0) + 1;
  }

  /** Notes that the text is wrong at `pos`. */
  fail(pos: number, message: string): void {
    const index = this.#lineIndex(pos);
    const start = this.#starts()[index] ?? 0;
    const newline = this.source.indexOf("\n", start);
    const sourceLine = this.source.slice(start, newline < 0 ? undefined : newline);
    this.errors.push({ line: this.firstLine + index, column: pos - start + 1, message, sourceLine });
  }

  #starts(): readonly number[] {
    if (this.#lineStarts === undefined) {
      this.#lineStarts = [0];
      for (let at = this.source.indexOf("\n"); at >= 0; at = this.source.indexOf("\n", at + 1)) {
        this.#lineStarts.push(at + 1);
      }
    }
    return this.#lineStarts;
  }

  #lineIndex(pos: number): number {
    const starts = this.#starts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= pos) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
