/**
 * trace.dat version 7 behind its start: "algorithm\0" "its version\0", then the place of the first section of options.
 *
 *   section   id (2)  flags (2)  name (4)  size (8)  data; bit 0 of the flags: data is packed size (4), size (4), bytes
 *   option    type (2)  size (4)  data; the last has type 0 and the place of the next section of options, or 0
 *   buffer    option with place of its section (8), "name\0", "clock\0", page size (4), nr of CPUs (4),
 *             then of each CPU its number (4), place (8) and size (8) of its pages
 *
 * Other options have the places of the sections of texts. Source: trace-cmd.dat.v7(5).
 */

import { ByteReader, type ByteSource, sourceOfBytes } from "./byte-source.ts";
import {
  clockOf,
  type DatBuffer,
  type DatContent,
  type Decompress,
  MAX_CPU,
  MAX_STREAMS,
  packedPieces,
  plainPieces,
  readPacked,
} from "./trace-dat-content.ts";
import { noTexts, readEventFormats, readFtraceFormats, readHeaderTexts, type TracingTexts } from "./tracing-texts.ts";

const OPTION_DONE = 0;
const OPTION_BUFFER = 3;
const OPTION_CPU_COUNT = 8;
const OPTION_HEADER_INFO = 16;
const OPTION_FTRACE_EVENTS = 17;
const OPTION_EVENT_FORMATS = 18;
const OPTION_KALLSYMS = 19;
const OPTION_CMDLINES = 21;
const FLAG_PACKED = 1;
/** A chain of options longer than this goes round in a circle. */
const MAX_OPTION_SECTIONS = 1000;

/** The content, or what is wrong with it. */
export function readVersion7(source: ByteSource, reader: ByteReader, decompress: Decompress): DatContent | string {
  const algorithm = reader.zeroEnded();
  reader.zeroEnded();
  const firstOptions = reader.u64();
  if (!reader.isWhole) return "its start is cut off";
  return new Version7(source, algorithm, decompress).read(firstOptions);
}

class Version7 {
  private readonly source: ByteSource;
  private readonly algorithm: string;
  private readonly decompress: Decompress;
  private readonly texts: TracingTexts = noTexts();
  private readonly buffers: DatBuffer[] = [];
  private readonly textsRead = new Set<number>();
  private nrCpus = 0;
  private nrStreams = 0;

  constructor(source: ByteSource, algorithm: string, decompress: Decompress) {
    this.source = source;
    this.algorithm = algorithm;
    this.decompress = decompress;
  }

  read(firstOptions: number): DatContent | string {
    let place = firstOptions;
    for (let nr = 0; place !== 0; nr++) {
      if (nr === MAX_OPTION_SECTIONS) return "its options do not end";
      const next = this.options(place);
      if (typeof next === "string") return next;
      place = next;
    }
    return { texts: this.texts, nrCpus: this.nrCpus, buffers: this.buffers };
  }

  /** Reads a section of options: where the next one stands, or what is wrong. */
  private options(place: number): number | string {
    const section = this.section(place);
    if (typeof section === "string") return section;
    while (section.isWhole) {
      const type = section.u16();
      const option = new ByteReader(sourceOfBytes(section.take(section.u32())));
      if (!section.isWhole) break;
      if (type === OPTION_DONE) return option.u64();
      const wrong = this.option(type, option);
      if (wrong !== undefined) return wrong;
      if (!option.isWhole) return "an option is cut off";
    }
    return "a section of options is cut off";
  }

  /** What is wrong, if anything. */
  private option(type: number, option: ByteReader): string | undefined {
    switch (type) {
      case OPTION_BUFFER:
        return this.buffer(option);
      case OPTION_CPU_COUNT:
        this.nrCpus = option.u32();
        return undefined;
      case OPTION_HEADER_INFO:
        return this.textsAt(type, option, (reader) => readHeaderTexts(reader, this.texts));
      case OPTION_FTRACE_EVENTS:
        return this.textsAt(type, option, (reader) => readFtraceFormats(reader, this.texts));
      case OPTION_EVENT_FORMATS:
        return this.textsAt(type, option, (reader) => readEventFormats(reader, this.texts));
      case OPTION_KALLSYMS:
        return this.textsAt(type, option, (reader) => {
          this.texts.kallsyms = reader.take(reader.u32());
        });
      case OPTION_CMDLINES:
        return this.textsAt(type, option, (reader) => {
          this.texts.tasks = reader.text(reader.u64());
        });
      default:
        return undefined;
    }
  }

  private textsAt(type: number, option: ByteReader, read: (section: ByteReader) => void): string | undefined {
    // Once each: a chain of options that repeats them would never end.
    if (this.textsRead.has(type)) return undefined;
    this.textsRead.add(type);
    const section = this.section(option.u64());
    if (typeof section === "string") return section;
    read(section);
    return section.isWhole ? undefined : "the kernel's texts are cut off";
  }

  private buffer(option: ByteReader): string | undefined {
    const section = new ByteReader(this.source, option.u64());
    section.u16();
    const isPacked = (section.u16() & FLAG_PACKED) !== 0;
    const name = option.zeroEnded();
    const clock = clockOf(option.zeroEnded());
    const pageBytes = option.u32();
    const nrCpus = option.u32();
    const cpus = [];
    for (let i = 0; i < nrCpus && option.isWhole; i++) {
      const cpu = option.u32();
      const offsetBytes = option.u64();
      const sizeBytes = option.u64();
      if (sizeBytes === 0) continue;
      this.nrStreams++;
      if (cpu > MAX_CPU || this.nrStreams > MAX_STREAMS) return `buffer ${name} has too many CPUs`;
      const readPiece = isPacked
        ? packedPieces(this.source, offsetBytes, this.algorithm, this.decompress)
        : plainPieces(this.source, offsetBytes, sizeBytes);
      cpus.push({ cpu, readPiece });
    }
    this.buffers.push({ name, clock, pageBytes, cpus });
    return section.isWhole ? undefined : `buffer ${name} has no section`;
  }

  /** What a section holds, unpacked; what is wrong when it cannot be read. */
  private section(place: number): ByteReader | string {
    const reader = new ByteReader(this.source, place);
    reader.u16();
    const isPacked = (reader.u16() & FLAG_PACKED) !== 0;
    reader.u32();
    const sizeBytes = reader.u64();
    if (!reader.isWhole) return "a section stands behind the end of the file";
    const data = isPacked ? readPacked(reader, this.algorithm, this.decompress) : reader.take(sizeBytes);
    if (typeof data === "string") return data;
    return reader.isWhole ? new ByteReader(sourceOfBytes(data)) : "a section is cut off";
  }
}
