/** Sizes of the percpu allocator, in the units their names end with. Source: spec/percpu.md 1, 7, 13. */

/** Bytes one bit of the allocation map stands for. */
export const MIN_ALLOC_BYTES = 4;
export const PAGE_BYTES = 4096;
/** Bits of the allocation map one page takes: one block is exactly one page. */
export const BITS_PER_BLOCK = 1024;
/** Words of the allocation map one block takes. */
export const WORDS_PER_BLOCK = 32;
export const MIN_UNIT_BYTES = 32768;
/** Largest request, whatever the unit size. */
export const MAX_ALLOC_BYTES = 32768;
export const MAX_ALIGN_BYTES = 4096;
/** Embedded first chunk: bytes for modules, least bytes for dynamic areas, allocation granule. */
export const EMBED_RESERVED_BYTES = 8192;
export const EMBED_DYNAMIC_BYTES = 28672;
export const EMBED_ATOM_BYTES = 2097152;
/** Least dynamic bytes of the first chunk in any geometry. */
export const MIN_DYNAMIC_BYTES = 12288;
/** Balance work is asked for when fewer empty populated pages are left, and fills up to the high mark. */
export const EMPTY_POP_PAGES_LOW = 2;
export const EMPTY_POP_PAGES_HIGH = 4;
/** A chunk that disappoints a request in a lower slot is parked in slot 0. */
export const PARK_BELOW_SLOT = 3;

/** Row of the first chunk. */
export const FIRST_CHUNK = 0;
/** "No chunk": ends a list, answers a search without result. */
export const NO_CHUNK = -1;
/** No place in a chunk for a request. */
export const NO_FIT = -1;
/** The kernel refuses the request: size or alignment. */
export const ILLEGAL = -2;
/** No room: an atomic request without a populated place, or a full reserved chunk. */
export const NO_SPACE = -3;
