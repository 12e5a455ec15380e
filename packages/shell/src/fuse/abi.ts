/**
 * The FUSE protocol as far as it is served here: numbers and sizes of version 7.31, which Linux 5.4 and later speak.
 * All integers are little-endian; sizes are bytes.
 *
 * Source: the fields and constants documented for user space in linux/fuse.h and fuse(4).
 */

export const VERSION_MAJOR = 7;
export const VERSION_MINOR = 31;

export const IN_HEADER_BYTES = 40;
export const OUT_HEADER_BYTES = 16;

/** Node number of the root. */
export const ROOT_NODE = 1;

export const OP_LOOKUP = 1;
export const OP_FORGET = 2;
export const OP_GETATTR = 3;
export const OP_SETATTR = 4;
export const OP_READLINK = 5;
export const OP_SYMLINK = 6;
export const OP_MKNOD = 8;
export const OP_MKDIR = 9;
export const OP_UNLINK = 10;
export const OP_RMDIR = 11;
export const OP_RENAME = 12;
export const OP_LINK = 13;
export const OP_OPEN = 14;
export const OP_READ = 15;
export const OP_WRITE = 16;
export const OP_STATFS = 17;
export const OP_RELEASE = 18;
export const OP_FSYNC = 20;
export const OP_INIT = 26;
export const OP_OPENDIR = 27;
export const OP_READDIR = 28;
export const OP_RELEASEDIR = 29;
export const OP_FSYNCDIR = 30;
export const OP_CREATE = 35;
export const OP_INTERRUPT = 36;
export const OP_DESTROY = 38;
export const OP_BATCH_FORGET = 42;
export const OP_RENAME2 = 45;

/** What the kernel is asked to do: O_TRUNC comes with the open; writes of more than a page; parallel lookups; large ones. */
export const INIT_ATOMIC_O_TRUNC = 1 << 3;
export const INIT_BIG_WRITES = 1 << 5;
export const INIT_PARALLEL_DIROPS = 1 << 18;
export const INIT_MAX_PAGES = 1 << 22;

/** Answers to an open: every read and write is asked for; what was read before is still true. */
export const OPEN_DIRECT_IO = 1;
export const OPEN_KEEP_CACHE = 2;

/** Which attributes a setattr sets. */
export const SET_MODE = 1;
export const SET_SIZE = 8;
export const SET_MTIME = 32;
export const SET_FH = 64;
export const SET_MTIME_NOW = 256;

/** Flags of rename2. */
export const RENAME_NOREPLACE = 1;

/** Flags of open(2) on x86 and arm64. */
export const O_ACCMODE = 3;
export const O_WRONLY = 1;
export const O_RDWR = 2;
export const O_EXCL = 0o200;
export const O_TRUNC = 0o1000;
export const O_APPEND = 0o2000;

/** File types in a mode, and in a directory entry (those bits, shifted). */
export const S_IFMT = 0o170000;
export const S_IFIFO = 0o010000;
export const S_IFCHR = 0o020000;
export const S_IFDIR = 0o040000;
export const S_IFREG = 0o100000;
export const S_IFLNK = 0o120000;

/** Largest write that comes in one request, and what is read at once. */
export const MAX_WRITE_BYTES = 1 << 20;
/** A request with the largest write: what a read buffer needs. */
export const REQUEST_BYTES = MAX_WRITE_BYTES + 4096;
