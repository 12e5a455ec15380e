/**
 * The event file of ebb, `.ebb`: percpu events in columns, with the names and the texts that a replay needs.
 *
 *   magic | block | block | block | …          a file grows at its end only
 *   block = header (16 bytes) | payload
 *
 *   START     who wrote it, absolute time of the first event
 *   NAMES     strings that events refer to by number; CHUNKS: addresses of chunks, likewise
 *   EVENTS    up to 4096 events in columns, readable without any other block but NAMES and CHUNKS
 *   TEXT      what a file of the recorded host said (percpu_stats, meminfo, …) at some time
 *   PROBLEM   what could not be read when the events were imported
 *   TOTALS    what has been read and written so far; the last one of a finished file says so
 *
 * Header and payload have a checksum each, so that a torn or damaged block is told from a whole one and reading goes on
 * behind it. Integers are little-endian. docs/formats/ebb-file.md has every byte.
 */

/** Version of the layout, the last byte of the magic: a reader of another version does not guess. */
const EBB_FILE_VERSION = 1;

/** First bytes of each file; not text, so that a transfer as text is noticed at once. */
export const EBB_MAGIC: readonly number[] = [0x89, 0x45, 0x42, 0x42, 0x0d, 0x0a, 0x1a, EBB_FILE_VERSION];

/** First bytes of each block, where reading goes on behind damage; the kind follows. */
export const BLOCK_MARKER: readonly number[] = [0xeb, 0xb0, 0x0c];

/** Marker and kind (4), bytes of the payload (4), checksum of the payload (4), checksum of these twelve (4). */
export const HEADER_BYTES = 16;
export const LENGTH_AT = 4;
export const PAYLOAD_CHECKSUM_AT = 8;
export const HEADER_CHECKSUM_AT = 12;

export const BLOCK_START = 1;
export const BLOCK_NAMES = 2;
export const BLOCK_CHUNKS = 3;
export const BLOCK_EVENTS = 4;
export const BLOCK_TEXT = 5;
export const BLOCK_PROBLEM = 6;
export const BLOCK_TOTALS = 7;

/** Events in one block: columns of this length stay in a processor's second cache, and damage takes no more. */
export const MAX_BLOCK_EVENTS = 4096;

/** A block with more is damaged; no writer makes one. */
export const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

/** UTF-16 units of one string: with three bytes each, still one block. */
export const MAX_STRING_UNITS = 4 * 1024 * 1024;

/** Strings of one block together, unless a single one is longer. */
export const NAMES_BLOCK_UNITS = 256 * 1024;

/** Encodings of a column; `docs/formats/ebb-file.md` says what follows each. */
export const COLUMN_CONSTANT = 0;
export const COLUMN_BYTES = 1;
export const COLUMN_VARINTS = 2;
export const COLUMN_ZIGZAGS = 3;
export const COLUMN_RUNS = 4;

/** Encodings of a text: as it is, or by lines against the text before it of the same key. */
export const TEXT_WHOLE = 0;
export const TEXT_LINES = 1;

/** Severities of problems, by number. */
export const SEVERITIES = ["info", "data-loss", "error"] as const;
