/**
 * Where a file system tells of its regular files, so that somebody can count the memory they take. Which bytes a file
 * holds is not told. Without one (tests, /dev) files cost nothing.
 */

/** Files as the memory model sees them. */
export interface PageCache {
  /** A new file, made by process `pid`. */
  create(pid: number): CachedFile;
}

/** One file. Ranges are page numbers, half open; a call answers the page after the last one that memory was had for. */
export interface CachedFile {
  /** Process `pid` opens it; what is returned closes it again. */
  open(pid: number): () => void;
  write(fromPage: number, endPage: number, pid: number): number;
  read(fromPage: number, endPage: number, pid: number): number;
  /** Pages from `keptPages` on are gone. */
  truncate(keptPages: number, pid: number): void;
  /** Process `pid` keeps it in memory (n = 1), or no longer does (n = -1). */
  lock(n: number, pid: number): void;
  /** Its pages that can go without loss go. */
  evict(pid: number): void;
  /** Pages in memory. */
  nrResident(): number;
  /** The last name and the last handle are gone. */
  delete(pid: number): void;
}

/** Of processes that are nobody: what the machine does by itself. */
export const NO_PID = 0;
