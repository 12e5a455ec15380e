/**
 * The start of a perf.data, and what is needed of its end.
 *
 *   "PERFILE2"  size (8)  size of an attribute (8)  attributes: place, size (8, 8)  records: place, size  …  features
 *
 * An attribute tells what the samples of one event hold; behind the records stand, for each feature in order, its place
 * and size. One feature has the kernel's texts in the form of trace.dat. All samples' fields are 8 bytes wide.
 *
 * Source: perf_event_open(2); tools/perf/Documentation/perf.data-file-format.txt.
 */

import { ByteReader, type ByteSource } from "./byte-source.ts";
import { idDigits } from "./perf-samples.ts";
import { noTexts, readTexts, type TracingTexts } from "./tracing-texts.ts";

export const PERF_DATA_MAGIC = "PERFILE2";
const TRACING_MAGIC = "\x17\x08Dtracing";

/** What the samples of one event hold. */
export interface PerfAttribute {
  /** Set of the fields of a sample, and of what a READ field has. */
  readonly sampleType: number;
  readonly readFormat: number;
  /** Records that are no samples end in the fields of a sample too: task, time, ids, CPU. */
  readonly hasSampleIds: boolean;
}

export interface PerfHeader {
  readonly recordsAt: number;
  readonly recordsEnd: number;
  readonly attributes: readonly PerfAttribute[];
  /** By id, as `idDigits` writes it. */
  readonly attributeOfId: ReadonlyMap<string, PerfAttribute>;
  readonly texts: TracingTexts;
  /** CPUs of the machine; 0 when the file does not say. */
  readonly nrCpus: number;
}

const FLAG_SAMPLE_ID_ALL = 18;
const SECTION_BYTES = 16;
const NR_FEATURE_BYTES = 32;
const FEATURE_TRACING_DATA = 1;
const FEATURE_NR_CPUS = 7;
const MAX_ATTRIBUTES = 65_536;

/** The header, or what is wrong with it. */
export function readPerfHeader(source: ByteSource): PerfHeader | string {
  const reader = new ByteReader(source);
  if (reader.text(PERF_DATA_MAGIC.length) !== PERF_DATA_MAGIC) return "it does not start as one";
  const sizeBytes = reader.u64();
  const attributeBytes = reader.u64();
  if (sizeBytes === SECTION_BYTES) return "it was written through a pipe";
  const attributesAt = reader.u64();
  const attributesBytes = reader.u64();
  const recordsAt = reader.u64();
  const recordsBytes = reader.u64();
  reader.take(SECTION_BYTES);
  const features = reader.take(NR_FEATURE_BYTES);
  if (!reader.isWhole || attributeBytes < 64 + SECTION_BYTES) return "its start is cut off";
  const nrAttributes = Math.floor(attributesBytes / attributeBytes);
  if (nrAttributes > MAX_ATTRIBUTES) return `${nrAttributes} events`;
  const attributes: PerfAttribute[] = [];
  const attributeOfId = new Map<string, PerfAttribute>();
  for (let i = 0; i < nrAttributes; i++) {
    const at = new ByteReader(source, attributesAt + i * attributeBytes);
    const attribute = readAttribute(at);
    const idsAt = new ByteReader(source, attributesAt + (i + 1) * attributeBytes - SECTION_BYTES);
    const ids = new ByteReader(source, idsAt.u64());
    const nrIds = Math.floor(idsAt.u64() / 8);
    for (let id = 0; id < nrIds && ids.isWhole; id++) attributeOfId.set(idDigits(ids.u32(), ids.u32()), attribute);
    if (!at.isWhole || !idsAt.isWhole || !ids.isWhole) return "its attributes are cut off";
    attributes.push(attribute);
  }
  const recordsEnd = recordsAt + recordsBytes;
  if (recordsBytes === 0) return "it has no records: perf record was not ended as it should be";
  if (recordsEnd > source.sizeBytes) return "the file ends before its records do";
  const texts = readTracingData(source, features, recordsEnd);
  if (typeof texts === "string") return texts;
  const nrCpus = featureReader(source, features, recordsEnd, FEATURE_NR_CPUS)?.u32() ?? 0;
  return { recordsAt, recordsEnd, attributes, attributeOfId, texts, nrCpus };
}

function readAttribute(reader: ByteReader): PerfAttribute {
  reader.take(8 + 8 + 8);
  const sampleType = reader.u64();
  const readFormat = reader.u64();
  const flags = reader.u64();
  return {
    sampleType,
    readFormat,
    hasSampleIds: Math.floor(flags / 2 ** FLAG_SAMPLE_ID_ALL) % 2 === 1,
  };
}

/** A reader of the feature's section; undefined when the file has none. */
function featureReader(
  source: ByteSource,
  features: Uint8Array,
  recordsEnd: number,
  feature: number,
): ByteReader | undefined {
  const isSet = (bit: number) => ((features[bit >> 3] ?? 0) >> (bit & 7)) % 2 === 1;
  if (!isSet(feature)) return undefined;
  let nrBefore = 0;
  for (let bit = 0; bit < feature; bit++) if (isSet(bit)) nrBefore++;
  const place = new ByteReader(source, recordsEnd + nrBefore * SECTION_BYTES);
  const reader = new ByteReader(source, place.u64());
  return place.isWhole ? reader : undefined;
}

function readTracingData(source: ByteSource, features: Uint8Array, recordsEnd: number): TracingTexts | string {
  const reader = featureReader(source, features, recordsEnd, FEATURE_TRACING_DATA);
  if (reader === undefined) return "it has no formats of tracepoints";
  if (reader.text(TRACING_MAGIC.length) !== TRACING_MAGIC) return "its formats of tracepoints are cut off";
  const version = reader.zeroEnded();
  reader.take(1 + 1 + 4);
  const texts = noTexts();
  readTexts(reader, texts, Number(version) >= 0.6);
  return reader.isWhole ? texts : "its formats of tracepoints are cut off";
}
