/**
 * Constants of the loops that run once per line of text: bytes of ASCII, and answers. They stand apart because the
 * bundler puts constants where they are used only from files that import nothing; elsewhere they are read from memory
 * each time.
 */

export const TAB = 9;
export const NEWLINE = 10;
export const CARRIAGE_RETURN = 13;
export const BLANK = 32;
export const HASH = 0x23;
export const PARENTHESIS = 0x28;
export const PARENTHESIS_END = 0x29;
export const DASH = 0x2d;
export const DOT = 0x2e;
export const SLASH = 0x2f;
export const ZERO = 0x30;
export const COLON = 0x3a;
export const LESS = 0x3c;
export const EQUALS = 0x3d;
export const BRACKET = 0x5b;
export const BRACKET_END = 0x5d;

/** How far behind its last newline a text may be read. */
export const PADDING_BYTES = 4;
/** Longest line taken, without its newline, in bytes. */
export const MAX_LINE_BYTES = 65_536;

export const NS_PER_S = 1_000_000_000;
/** Digits of an address as the kernel prints it. */
export const ADDRESS_DIGITS = 16;

/** The line has no task, CPU and time. */
export const NO_PLACE = -1;
/** A field is not as it should be. */
export const MALFORMED = -1;
/** A line is none of those that are known and hold no event. */
export const NOT_OTHER = -1;

/** What a line is. */
export const LINE_OTHER = 0;
export const LINE_EVENT = 1;
export const LINE_FOREIGN = 2;
export const LINE_BAD = 3;
