/** Unpacking of inputs as they are read: gzip by Node, zstd by a library (Node 20 has none). */

import { pipeline, Readable } from "node:stream";
import { createGunzip, inflateSync } from "node:zlib";
import type { Decompress } from "@ebb/formats";
import { decompress as unzstd, ZstdErrorCode, Decompress as ZstdStream } from "fzstd";

type Pieces = AsyncIterable<Uint8Array>;

const NO_BYTES = new Uint8Array(0);

/** What is packed in the pieces. Throws where they are cut off or damaged; what came before has been given. */
export async function* unpacked(pieces: Pieces, packing: "gzip" | "zstd"): Pieces {
  if (packing === "zstd") yield* unpackedZstd(pieces);
  else {
    const gunzip = createGunzip();
    // What goes wrong on either side comes out where the pieces are taken.
    pipeline(Readable.from(pieces, { objectMode: false }), gunzip, () => undefined);
    yield* gunzip;
  }
}

async function* unpackedZstd(pieces: Pieces): Pieces {
  let ready: Uint8Array[] = [];
  const stream = new ZstdStream((piece) => ready.push(piece));
  for await (const piece of pieces) {
    pushZstd(stream, piece, false);
    yield* ready;
    ready = [];
  }
  pushZstd(stream, NO_BYTES, true);
  yield* ready;
}

/** The library's errors, named as zlib's are. */
function pushZstd(stream: ZstdStream, piece: Uint8Array, isLast: boolean): void {
  try {
    stream.push(piece, isLast);
  } catch (error) {
    const isCutOff = error instanceof Error && "code" in error && error.code === ZstdErrorCode.UnexpectedEOF;
    throw Object.assign(new Error("zstd", { cause: error }), { code: isCutOff ? "ZSTD_CUT_OFF" : "ZSTD_DAMAGED" });
  }
}

/** Packed parts inside a trace.dat. */
export const decompress: Decompress = (algorithm, bytes, nrBytes) => {
  try {
    if (algorithm === "zstd") return unzstd(bytes);
    if (algorithm === "zlib") return inflateSync(bytes, { maxOutputLength: Math.max(1, nrBytes) });
  } catch {
    // Damage: the importer says where.
    return undefined;
  }
  return undefined;
};
