/** Bytes that can be read at any place, and a reader that never reads beyond them. */

/** A file, or what was unpacked of one. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** `nrBytes` bytes at `offsetBytes`, fewer where the bytes end; they stay as they are. */
  read(offsetBytes: number, nrBytes: number): Uint8Array;
}

export function sourceOfBytes(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.length,
    read: (offsetBytes, nrBytes) => bytes.subarray(offsetBytes, offsetBytes + nrBytes),
  };
}

const LITTLE = true;
const TWO_32 = 4_294_967_296;
/** Read ahead of small numbers. */
const WINDOW_BYTES = 65_536;
/** More than any list of symbols or formats is long; a size beyond it is damage. */
const MAX_TAKEN_BYTES = 268_435_456;
const MAX_ZERO_ENDED_BYTES = 65_536;

/**
 * Reads numbers and texts one after the other. Behind the end all are 0 and "", and `isWhole` turns false: a caller
 * reads on and asks once.
 */
export class ByteReader {
  private readonly source: ByteSource;
  private window: DataView = new DataView(new ArrayBuffer(0));
  private windowStart = 0;
  at: number;
  /** Nothing was asked for that is not there. */
  isWhole = true;

  constructor(source: ByteSource, at = 0) {
    this.source = source;
    this.at = at;
  }

  get nrLeft(): number {
    return this.source.sizeBytes - this.at;
  }

  u8(): number {
    return this.look(1) ? this.window.getUint8(this.passed(1)) : 0;
  }

  u16(): number {
    return this.look(2) ? this.window.getUint16(this.passed(2), LITTLE) : 0;
  }

  u32(): number {
    return this.look(4) ? this.window.getUint32(this.passed(4), LITTLE) : 0;
  }

  /** An offset or a size: one beyond 2^53 is not exact, and stands behind the end of any file. */
  u64(): number {
    const low = this.u32();
    return this.u32() * TWO_32 + low;
  }

  take(nrBytes: number): Uint8Array {
    if (!this.has(nrBytes)) return new Uint8Array(0);
    this.at += nrBytes;
    return this.source.read(this.at - nrBytes, nrBytes);
  }

  text(nrBytes: number): string {
    return textOf(this.take(nrBytes));
  }

  /** Up to a zero, which is passed over. */
  zeroEnded(): string {
    let text = "";
    for (let byte = this.u8(); byte !== 0; byte = this.u8()) {
      text += String.fromCharCode(byte);
      if (text.length > MAX_ZERO_ENDED_BYTES) this.isWhole = false;
      if (!this.isWhole) return "";
    }
    return text;
  }

  private has(nrBytes: number): boolean {
    if (nrBytes <= this.nrLeft && nrBytes <= MAX_TAKEN_BYTES) return true;
    this.isWhole = false;
    return false;
  }

  /** The window has the next bytes. */
  private look(nrBytes: number): boolean {
    if (!this.has(nrBytes)) return false;
    const from = this.at - this.windowStart;
    if (from >= 0 && from + nrBytes <= this.window.byteLength) return true;
    const bytes = this.source.read(this.at, WINDOW_BYTES);
    this.window = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.windowStart = this.at;
    return bytes.length >= nrBytes;
  }

  private passed(nrBytes: number): number {
    this.at += nrBytes;
    return this.at - nrBytes - this.windowStart;
  }
}

/** One character a byte. */
export function textOf(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let from = 0; from < bytes.length; from += 4096) {
    pieces.push(String.fromCharCode(...bytes.subarray(from, from + 4096)));
  }
  return pieces.join("");
}
