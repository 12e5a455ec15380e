/**
 * A recording without the names in it: tasks, pids, cgroups, marks, addresses, and texts of the host that could name it.
 * Callers are symbols of the kernel and stay, unless those are to go too. Sizes, places and times stay: a replay of what
 * comes out is that of what went in.
 */

import type { Problem } from "../problem.ts";
import type { EventBatch, EventNames, RecordedText } from "../trace/events.ts";
import { EventAnonymiser } from "./anonymise-events.ts";
import { anonymiseText } from "./anonymise-texts.ts";
import { Vocabulary } from "./vocabulary.ts";

/** How many different names of each sort were replaced, and what was left out. */
export interface StrippedNames {
  readonly tasks: number;
  readonly pids: number;
  readonly cgroups: number;
  readonly callSites: number;
  readonly marks: number;
  readonly stages: number;
  readonly chunkAddresses: number;
  /** Keys of texts that were left out. */
  readonly textsLeftOut: readonly string[];
}

export class Anonymiser {
  readonly #vocabulary = new Vocabulary();
  readonly #events: EventAnonymiser;
  readonly #stripsSymbols: boolean;
  readonly #textsLeftOut = new Set<string>();

  /** @param stripsSymbols callers and caches are numbered too */
  constructor(stripsSymbols: boolean) {
    this.#stripsSymbols = stripsSymbols;
    this.#events = new EventAnonymiser(this.#vocabulary, stripsSymbols);
  }

  /** Names of the events that `events` answers. */
  get names(): EventNames {
    return this.#events.names;
  }

  get stripped(): StrippedNames {
    const { tasks, cgroups, callSites, marks, stages } = this.#vocabulary;
    return {
      tasks: tasks.nr,
      pids: this.#events.nrPids,
      cgroups: cgroups.nr,
      callSites: callSites.nr,
      marks: marks.nr,
      stages: stages.nr,
      chunkAddresses: this.names.chunks.length,
      textsLeftOut: [...this.#textsLeftOut],
    };
  }

  /** The batch under new names; the answer is reused. */
  events(batch: EventBatch, names: EventNames): EventBatch {
    return this.#events.anonymise(batch, names);
  }

  /** The text without names; undefined when it is left out. */
  text(text: RecordedText): RecordedText | undefined {
    const changed = anonymiseText(text, {
      vocabulary: this.#vocabulary,
      stripsSymbols: this.#stripsSymbols,
      chunkAddress: (address) => this.#events.chunkAddress(address),
    });
    if (changed === undefined) this.#textsLeftOut.add(text.key);
    return changed;
  }

  /** That there was a problem, of which severity and where; what it quoted goes. */
  problem({ severity, file, line }: Problem): Problem {
    const message = "a problem of the import; its words are not kept";
    return { severity, file: this.#vocabulary.inputs.of(file), line, message, expected: "", found: "", toDo: "" };
  }
}
