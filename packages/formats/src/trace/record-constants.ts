/**
 * Constants of the loops that run once per binary record. They stand apart because the bundler puts constants where they
 * are used only from files that import nothing; elsewhere they are read from memory each time.
 */

/** A record is seen as words of 4 bytes. */
export const WORD_BYTES = 4;
export const TWO_32 = 4_294_967_296;
/** Numbers beyond stand as this in the columns. */
export const MAX_INT32 = 0x7fffffff;

/** 2^32 divided by the golden ratio, as a 32-bit number with sign. */
export const HASH_FACTOR = -0x61c88647;

/** Answers of the decoder for a record that is no event to keep; other answers are kinds of events. */
export const RECORD_FOREIGN = -1;
export const RECORD_OTHER = -2;
export const RECORD_BAD = -3;

/** A number that has no name yet. */
export const UNNAMED = -2;

/** A record's header: type, then time since the record before. */
export const TYPE_MASK = 31;
export const TYPE_BITS = 5;
/** 2^27: what the array of a time record counts in. */
export const TIME_UNIT = 134_217_728;
