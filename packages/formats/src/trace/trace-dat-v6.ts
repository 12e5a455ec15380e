/**
 * trace.dat version 6 behind its start: the texts, then
 *
 *   nr of CPUs (4)  "options  \0"  (type (2) size (4) data)… 0 (2)  "flyrecord\0"  (offset (8) size (8)) of each CPU
 *
 * An instance's buffer is an option with the place of its own "flyrecord\0" and its name. Source: trace-cmd.dat.v6(5).
 */

import { ByteReader, type ByteSource, sourceOfBytes } from "./byte-source.ts";
import { clockOf, type DatBuffer, type DatContent, MAX_CPU, MAX_STREAMS, plainPieces } from "./trace-dat-content.ts";
import { noTexts, readTexts } from "./tracing-texts.ts";

const OPTIONS = "options  ";
const LATENCY = "latency  ";
const FLYRECORD = "flyrecord";
const OPTION_BUFFER = 3;
const OPTION_CLOCK = 4;

/** The content, or what is wrong with it. */
export function readVersion6(source: ByteSource, reader: ByteReader): DatContent | string {
  const texts = noTexts();
  readTexts(reader, texts, true);
  const nrCpus = reader.u32();
  if (!reader.isWhole) return "the kernel's texts are cut off";
  if (nrCpus > MAX_CPU) return `${nrCpus} CPUs`;
  const instances: { readonly offsetBytes: number; readonly name: string }[] = [];
  let clock = "";
  let part = reader.zeroEnded();
  if (part === OPTIONS) {
    for (let type = reader.u16(); type !== 0; type = reader.u16()) {
      const option = new ByteReader(sourceOfBytes(reader.take(reader.u32())));
      if (type === OPTION_CLOCK) clock = clockOf(option.text(option.nrLeft));
      if (type === OPTION_BUFFER) instances.push({ offsetBytes: option.u64(), name: option.zeroEnded() });
    }
    part = reader.zeroEnded();
  }
  if (!reader.isWhole) return "the options are cut off";
  if (part === LATENCY) return "it holds the text of a latency trace";
  if (part !== FLYRECORD) return "where the pages stand is not told";
  const buffers = [readBuffer(source, reader, "", clock, nrCpus)];
  if ((instances.length + 1) * nrCpus > MAX_STREAMS) return `${instances.length} buffers`;
  for (const { offsetBytes, name } of instances) {
    const at = new ByteReader(source, offsetBytes);
    if (at.zeroEnded() !== FLYRECORD) return `where the pages of buffer ${name} stand is not told`;
    buffers.push(readBuffer(source, at, name, clock, nrCpus));
  }
  return reader.isWhole ? { texts, nrCpus, buffers } : "where the pages stand is cut off";
}

function readBuffer(source: ByteSource, reader: ByteReader, name: string, clock: string, nrCpus: number): DatBuffer {
  const cpus = [];
  for (let cpu = 0; cpu < nrCpus && reader.isWhole; cpu++) {
    const offsetBytes = reader.u64();
    const sizeBytes = reader.u64();
    if (sizeBytes > 0) cpus.push({ cpu, readPiece: plainPieces(source, offsetBytes, sizeBytes) });
  }
  return { name, clock, pageBytes: 0, cpus };
}
