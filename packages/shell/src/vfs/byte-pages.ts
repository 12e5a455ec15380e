/**
 * The bytes of one regular file as the page cache keeps them: byte strings of at most one page, by page number. A
 * missing page and the missing tail of a short one read as zeros, so a hole costs nothing and a write far beyond the
 * end is cheap. Appending adds to the last page only; nothing ever copies the whole file.
 */

export const PAGE_BYTES = 4096;

/** Every page of zeros in every file is this one string. */
const ZERO_PAGE = "\0".repeat(PAGE_BYTES);

export function zeros(nrBytes: number): string {
  return nrBytes <= PAGE_BYTES ? ZERO_PAGE.slice(0, nrBytes) : "\0".repeat(nrBytes);
}

export class BytePages {
  readonly #pages = new Map<number, string>();
  #sizeBytes = 0;

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Pages that hold something: what the file takes of its file system. */
  get nrPages(): number {
    return this.#pages.size;
  }

  /** Cuts the file, or makes it longer by a hole. */
  truncate(sizeBytes: number): void {
    if (sizeBytes < this.#sizeBytes) {
      const last = Math.floor(sizeBytes / PAGE_BYTES);
      const kept = sizeBytes - last * PAGE_BYTES;
      for (const page of [...this.#pages.keys()])
        if (page > last || (page === last && kept === 0)) this.#pages.delete(page);
      const cut = this.#pages.get(last);
      if (cut !== undefined) this.#pages.set(last, cut.slice(0, kept));
    }
    this.#sizeBytes = sizeBytes;
  }

  /** Bytes at `[offset, offset + maxBytes)`, cut at the end of the file. */
  read(offset: number, maxBytes: number): string {
    const end = Math.min(offset + maxBytes, this.#sizeBytes);
    let bytes = "";
    let at = offset;
    while (at < end) {
      const page = Math.floor(at / PAGE_BYTES);
      const base = page * PAGE_BYTES;
      const until = Math.min(end - base, PAGE_BYTES);
      const piece = (this.#pages.get(page) ?? "").slice(at - base, until);
      bytes += piece + zeros(until - (at - base) - piece.length);
      at = base + until;
    }
    return bytes;
  }

  write(offset: number, bytes: string): void {
    let taken = 0;
    while (taken < bytes.length) {
      const page = Math.floor((offset + taken) / PAGE_BYTES);
      const start = offset + taken - page * PAGE_BYTES;
      const nrBytes = Math.min(bytes.length - taken, PAGE_BYTES - start);
      const piece = bytes.slice(taken, taken + nrBytes);
      this.#pages.set(page, nrBytes === PAGE_BYTES ? share(piece) : splice(this.#pages.get(page) ?? "", start, piece));
      taken += nrBytes;
    }
    if (bytes.length > 0) this.#sizeBytes = Math.max(this.#sizeBytes, offset + bytes.length);
  }

  /** Of `nrBytes` at `offset`, how many can be written if at most `nrNewPages` pages may be added. */
  fitting(offset: number, nrBytes: number, nrNewPages: number): number {
    let left = nrNewPages;
    let taken = 0;
    while (taken < nrBytes) {
      const page = Math.floor((offset + taken) / PAGE_BYTES);
      if (!this.#pages.has(page)) {
        if (left === 0) return taken;
        left--;
      }
      taken = Math.min(nrBytes, (page + 1) * PAGE_BYTES - offset);
    }
    return taken;
  }
}

/** A slice keeps the whole string alive that it was cut from; a page of zeros need not. */
function share(page: string): string {
  return page === ZERO_PAGE ? ZERO_PAGE : page;
}

/** `page` with `piece` put at `start`; the gap to a start beyond its end is zeros. */
function splice(page: string, start: number, piece: string): string {
  if (start === page.length) return page + piece;
  if (start > page.length) return page + zeros(start - page.length) + piece;
  return page.slice(0, start) + piece + page.slice(start + piece.length);
}
