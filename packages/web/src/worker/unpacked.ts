/** The bytes of a file as they come, unpacked where it is gzip or zstd, which its first bytes tell. */

import { FORM_BYTES, type TraceForm, traceForm } from "@ebb/formats";
import { FlateErrorCode, Gunzip, unzlibSync } from "fflate";
import { decompress as unzstd, ZstdErrorCode, Decompress as ZstdStream } from "fzstd";

type Packing = Extract<TraceForm, "gzip" | "zstd">;

/** What unpacking throws where the bytes end too early, or are no packed bytes. */
export class DamagedFile extends Error {
  readonly packing: Packing;
  readonly isCutOff: boolean;

  constructor(packing: Packing, isCutOff: boolean, cause: unknown) {
    super(packing, { cause });
    this.packing = packing;
    this.isCutOff = isCutOff;
  }
}

const NO_BYTES = new Uint8Array(0);

/** Throws DamagedFile; what came before has been given. */
export async function* unpackedPieces(content: Blob): AsyncGenerator<Uint8Array> {
  const start = new Uint8Array(await content.slice(0, FORM_BYTES).arrayBuffer());
  const form = traceForm(start);
  const pieces = content.stream();
  if (form !== "gzip" && form !== "zstd") yield* pieces;
  else yield* unpacked(pieces, form);
}

/** Packed parts inside a trace.dat; undefined for what cannot be unpacked. */
export function decompress(algorithm: string, bytes: Uint8Array): Uint8Array | undefined {
  try {
    if (algorithm === "zstd") return unzstd(bytes);
    if (algorithm === "zlib") return unzlibSync(bytes);
  } catch {
    // Damage: the importer says where.
    return undefined;
  }
  return undefined;
}

async function* unpacked(pieces: AsyncIterable<Uint8Array>, packing: Packing): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = [];
  const take = (piece: Uint8Array) => ready.push(piece);
  const stream = packing === "gzip" ? new Gunzip(take) : new ZstdStream(take);
  const push = (piece: Uint8Array, isLast: boolean) => {
    try {
      stream.push(piece, isLast);
    } catch (error) {
      throw new DamagedFile(packing, isCutOff(packing, error), error);
    }
  };
  for await (const piece of pieces) {
    push(piece, false);
    yield* ready;
    ready = [];
  }
  push(NO_BYTES, true);
  yield* ready;
}

function isCutOff(packing: Packing, error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === (packing === "gzip" ? FlateErrorCode.UnexpectedEOF : ZstdErrorCode.UnexpectedEOF);
}
