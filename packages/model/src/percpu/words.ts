/**
 * Names of the words of the state's arrays: fields of a hint record, of `globals`, of `totals`. See state.ts.
 *
 * They stand in a file of their own, without imports: the bundler then writes them as literals where they are used.
 */

/** Words of a hint record, and its fields. */
export const HINT_WORDS = 8;
export const CONTIG_HINT = 0;
export const CONTIG_START = 1;
export const SCAN_HINT = 2;
export const SCAN_START = 3;
export const LEFT_FREE = 4;
export const RIGHT_FREE = 5;
export const FIRST_FREE = 6;
/** Bits the record covers: a block's 1024 or the chunk's. */
export const WIDTH = 7;

/** Words of `globals`. */
export const PENDING = 0;
export const ATOMIC_FAILED = 1;
export const NR_MARKED = 2;
/** Empty populated pages that count, in total or (with counts per kind) of kind 0; kind 1 follows. */
export const EMPTY_POP = 3;
export const NR_POPULATED = 5;
export const NR_CHUNKS = 6;
export const NR_MAX_CHUNKS = 7;
export const MIN_ALLOC_SIZE = 8;
export const MAX_ALLOC_SIZE = 9;
export const NEXT_ORDINAL = 10;
export const NR_ROWS = 11;
/** Head of the list of rows free for use, linked through `next`. */
export const FREE_ROW = 12;
/** Areas that live now, and the most there ever were. */
export const NR_CUR_ALLOC = 13;
export const NR_MAX_ALLOC = 14;
/** Balance work: where it stands. See balance.ts. */
export const WORK_PHASE = 15;
export const WORK_KIND = 16;
export const WORK_STAGE = 17;
export const WORK_SLOT = 18;
export const WORK_CHUNK = 19;
export const WORK_PAGE = 20;
export const WORK_RUN_START = 21;
export const WORK_RUN_END = 22;
export const WORK_TARGET = 23;
export const WORK_NR_DEPOPULATED = 24;
export const WORK_STOP = 25;
export const NR_GLOBALS = 26;

/** Words of `totals`: counts that may pass 2^31, as safe integers. */
/** Areas ever served; those freed are the ones no longer live. */
export const NR_ALLOC = 0;
export const CHARGED_BYTES = 1;
export const NR_TOTALS = 2;
