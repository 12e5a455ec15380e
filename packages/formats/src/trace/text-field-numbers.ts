/** What fields and bodies of text events are, by number: one list for the table of events and for their readers. */

/** What a field is. */
export const FIELD_CALL_SITE = 0;
export const FIELD_RESERVED = 1;
export const FIELD_ATOMIC = 2;
export const FIELD_SIZE = 3;
export const FIELD_ALIGN = 4;
export const FIELD_CHUNK = 5;
export const FIELD_OFF = 6;
export const FIELD_GFP = 7;
/** First page and end of the pages of a probe event. */
export const FIELD_START = 8;
export const FIELD_END = 9;
/** To the end of the line. */
export const FIELD_PATH = 10;
/** Known, and of no use here. */
export const FIELD_UNUSED = 11;

/** How the rest of the line is read. */
export const BODY_FIELDS = 0;
export const BODY_TEXT = 1;
/** A mark as trace-cmd prints it: `tracing_mark_write: TEXT`. */
export const BODY_PRINTED_TEXT = 2;
/** A stack: neither an event nor foreign. */
export const BODY_STACK = 3;
