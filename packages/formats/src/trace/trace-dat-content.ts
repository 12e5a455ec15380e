/** What a trace.dat holds: the texts of the kernel, and the pages of each buffer's CPUs, to be read piece by piece. */

import type { ByteSource } from "./byte-source.ts";
import { ByteReader } from "./byte-source.ts";
import type { TracingTexts } from "./tracing-texts.ts";

/** The next pages of a CPU; undefined when there are no more; what is wrong when they cannot be read. */
type ReadPiece = () => Uint8Array | undefined | string;

export interface DatCpu {
  readonly cpu: number;
  readonly readPiece: ReadPiece;
}

export interface DatBuffer {
  /** "" for the kernel's own. */
  readonly name: string;
  readonly clock: string;
  /** Of a page; 0 for what header_page says. */
  readonly pageBytes: number;
  readonly cpus: readonly DatCpu[];
}

export interface DatContent {
  readonly texts: TracingTexts;
  /** CPUs of the machine; 0 when the file does not say. */
  readonly nrCpus: number;
  readonly buffers: readonly DatBuffer[];
}

/**
 * Unpacks `bytes` to exactly `nrBytes` bytes; undefined when it cannot.
 *
 * @param algorithm "zstd" or "zlib", as trace.dat names them
 */
export type Decompress = (algorithm: string, bytes: Uint8Array, nrBytes: number) => Uint8Array | undefined;

/** The last that the column of CPUs has room for. */
export const MAX_CPU = 65_535;
/** Of all buffers' CPUs; more is damage. */
export const MAX_STREAMS = 8192;

/** Each stream holds one. */
const PIECE_BYTES = 65_536;
/** trace-cmd packs ten pages at a time; far more is damage. */
const MAX_UNPACKED_BYTES = 67_108_864;

/** Pages that stand as they are. */
export function plainPieces(source: ByteSource, offsetBytes: number, sizeBytes: number): ReadPiece {
  let at = offsetBytes;
  const end = Math.min(source.sizeBytes, offsetBytes + sizeBytes);
  return () => {
    if (at >= end) {
      return end === offsetBytes + sizeBytes ? undefined : "the file ends before the pages of a CPU do";
    }
    const piece = source.read(at, Math.min(PIECE_BYTES, end - at));
    if (piece.length === 0) return "the file ends before the pages of a CPU do";
    at += piece.length;
    return piece;
  };
}

/** Pages packed in chunks: how many, then of each its packed and unpacked size and the packed bytes. */
export function packedPieces(
  source: ByteSource,
  offsetBytes: number,
  algorithm: string,
  decompress: Decompress,
): ReadPiece {
  const reader = new ByteReader(source, offsetBytes);
  let nrLeft = -1;
  return () => {
    if (nrLeft < 0) nrLeft = reader.u32();
    if (nrLeft === 0) return undefined;
    nrLeft--;
    const unpacked = readPacked(reader, algorithm, decompress);
    return reader.isWhole ? unpacked : "the file ends before the packed pages of a CPU do";
  };
}

/** One packed chunk: sizes, then bytes. What is wrong when it cannot be unpacked. */
export function readPacked(reader: ByteReader, algorithm: string, decompress: Decompress): Uint8Array | string {
  const nrPacked = reader.u32();
  const nrUnpacked = reader.u32();
  const bytes = reader.take(nrPacked);
  if (!reader.isWhole) return "a packed part is cut off";
  if (nrPacked === 0 && nrUnpacked === 0) return bytes;
  if (nrUnpacked > MAX_UNPACKED_BYTES) return `a packed part of ${nrUnpacked} bytes`;
  const unpacked = decompress(algorithm, bytes, nrUnpacked);
  if (unpacked?.length !== nrUnpacked) return `a part packed with ${algorithm} cannot be unpacked`;
  return unpacked;
}

/** `local` of `[local] global counter …`. */
export function clockOf(text: string): string {
  return /\[([^\]]+)\]/.exec(text)?.[1] ?? text.replace(/\0.*/s, "");
}
