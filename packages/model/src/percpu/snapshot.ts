/**
 * The percpu allocator's state as a value: copied out, copied back, and folded to a hash.
 *
 * A snapshot holds the rows in use, whatever the table has room for, and resumes exactly, also between two steps of the
 * balance work. Callbacks (`events`) and the scratch word `windowBits` are no state.
 *
 * The hash covers what can decide anything later: geometry and policy by what they made of the state, the words of
 * `globals` and `totals`, list heads and tails, the live rows, and the order of the rows free for use (it decides the
 * numbers of later areas). Not covered, so that they cannot matter: what freed rows held, room in the table, the words of
 * a balance work that does not run, and what follows from the maps and records (`freeBlocks`, `largestHole`,
 * `areasInBlock`).
 */

import { assert } from "../assert.ts";
import { setBit } from "../bits.ts";
import { COPY, type Cut } from "../cut.ts";
import { foldTotal, foldWord, foldWords, type HashFold, hashDigits, newHash } from "../hash.ts";
import { NO_CHUNK } from "./constants.ts";
import { CHUNK_FIELDS, type Percpu, ROW_FIELDS, rowWords } from "./state.ts";
import { FREE_ROW, NR_GLOBALS, NR_ROWS, WORK_KIND, WORK_PHASE } from "./words.ts";

export interface PercpuSnapshot {
  readonly policyName: string;
  readonly unitBytes: number;
  readonly nrUnits: number;
  readonly globals: Int32Array;
  readonly totals: Float64Array;
  readonly listHead: Int32Array;
  readonly listTail: Int32Array;
  /** Rows in use, the words of each row side by side, in the order of CHUNK_FIELDS and of ROW_FIELDS. */
  readonly chunkFields: readonly Int32Array[];
  readonly rowFields: readonly Int32Array[];
}

/**
 * A copy of the whole state.
 *
 * @param cut `VIEW` for a snapshot that holds only until the state changes
 */
export function snapshotPercpu(t: Percpu, cut: Cut = COPY): PercpuSnapshot {
  const nrRows = t.globals[NR_ROWS];
  return {
    policyName: t.policy.name,
    unitBytes: t.unitBytes,
    nrUnits: t.geometry.nrUnits,
    globals: cut.ints(t.globals, t.globals.length),
    totals: cut.floats(t.totals, t.totals.length),
    listHead: cut.ints(t.listHead, t.listHead.length),
    listTail: cut.ints(t.listTail, t.listTail.length),
    chunkFields: CHUNK_FIELDS.map((field) => cut.ints(t[field], nrRows)),
    rowFields: ROW_FIELDS.map((field) => cut.ints(t[field], nrRows * rowWords(t, field))),
  };
}

/**
 * Puts `t` into the state that `snapshot` holds. Areas keep their numbers.
 *
 * @pre `t` has the configuration the snapshot was taken under; the room in its table does not matter
 */
export function restorePercpu(t: Percpu, snapshot: PercpuSnapshot): void {
  assert(snapshot.policyName === t.policy.name, "a snapshot is restored under its own policy");
  assert(snapshot.unitBytes === t.unitBytes, "a snapshot is restored with its own unit size");
  assert(snapshot.nrUnits === t.geometry.nrUnits, "a snapshot is restored with its own number of units");
  assert(snapshot.listHead.length === t.listHead.length, "a snapshot is restored with its own kinds");
  t.globals.set(snapshot.globals);
  t.totals.set(snapshot.totals);
  t.listHead.set(snapshot.listHead);
  t.listTail.set(snapshot.listTail);
  t.usedLists.fill(0);
  for (let list = 0; list < t.listHead.length; list++) {
    if (t.listHead[list] !== NO_CHUNK) setBit(t.usedLists, 0, list);
  }
  CHUNK_FIELDS.forEach((field, i) => {
    t[field] = refilled(t[field], snapshot.chunkFields[i]);
  });
  ROW_FIELDS.forEach((field, i) => {
    t[field] = refilled(t[field], snapshot.rowFields[i]);
  });
  t.windowBits = 0;
  t.windowExact = 0;
}

/** `array` with the words of `rows` in front and 0 behind, or a copy of `rows` when it is too small. */
function refilled(array: Int32Array, rows: Int32Array): Int32Array {
  if (array.length < rows.length) return rows.slice();
  array.set(rows);
  return array.fill(0, rows.length);
}

/** Sixteen hexadecimal digits that stand for the whole state. */
export function hashPercpu(t: Percpu): string {
  const hash = newHash();
  const globals = t.globals;
  const nrWords = globals[WORK_PHASE] === 0 ? WORK_KIND : NR_GLOBALS;
  for (let i = 0; i < nrWords; i++) if (i !== FREE_ROW) foldWord(hash, globals[i]);
  for (const total of t.totals) foldTotal(hash, total);
  for (let list = 0; list < t.listHead.length; list++) {
    foldWord(hash, t.listHead[list]);
    foldWord(hash, t.listTail[list]);
  }
  foldFreeRows(t, hash);
  for (let row = 0; row < globals[NR_ROWS]; row++) {
    if (t.ordinal[row] !== NO_CHUNK || row === t.reservedChunk) foldRow(t, row, hash);
  }
  return hashDigits(hash);
}

function foldFreeRows(t: Percpu, hash: HashFold): void {
  for (let row = t.globals[FREE_ROW]; row !== NO_CHUNK; row = t.next[row]) foldWord(hash, row);
  foldWord(hash, NO_CHUNK);
}

/** Folds one live row. */
function foldRow(t: Percpu, row: number, hash: HashFold): void {
  foldWord(hash, row);
  for (const field of CHUNK_FIELDS) foldWord(hash, t[field][row]);
  foldWords(hash, t.hints, row * t.hintWords, (row + 1) * t.hintWords);
  foldWords(hash, t.populated, row * t.pageWords, (row + 1) * t.pageWords);
  const base = row * t.allocMapWords;
  for (let i = 0; i < t.allocMapWords; i++) {
    foldWord(hash, t.allocMap[base + i]);
    foldWord(hash, t.boundMap[base + i]);
  }
}
