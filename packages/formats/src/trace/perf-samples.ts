/** Where the fields of perf's records stand; places are in words of 4 bytes. Source: perf_event_open(2). */

import type { PerfAttribute, PerfHeader } from "./perf-header.ts";

/** The record has no such field. */
export const NOT_THERE = -1;

const HEADER_WORDS = 2;
const FIELD_WORDS = 2;

/** Bits of an attribute's sample type: what a sample holds. */
const IDENTIFIER = 0x10000;
const IP = 0x1;
const TID = 0x2;
const TIME = 0x4;
const ADDR = 0x8;
const ID = 0x40;
const STREAM_ID = 0x200;
const CPU = 0x80;
const PERIOD = 0x100;
const READ = 0x10;
const CALLCHAIN = 0x20;
const RAW = 0x400;

/** Fields of FIELD_WORDS, in the order in which a sample has them; READ, CALLCHAIN and RAW follow. */
const SAMPLE_FIELDS: readonly number[] = [IDENTIFIER, IP, TID, TIME, ADDR, ID, STREAM_ID, CPU, PERIOD];
/** What records that are no samples end in. */
const TRAILER_FIELDS: readonly number[] = [TID, TIME, ID, STREAM_ID, CPU, IDENTIFIER];

/** Bits of a read format. */
const READ_TIME_ENABLED = 0x1;
const READ_TIME_RUNNING = 0x2;
const READ_ID = 0x4;
const READ_GROUP = 0x8;
const READ_LOST = 0x10;

/** Where the samples of one event have what matters. */
interface SampleLayout {
  readonly attribute: PerfAttribute;
  readonly timeAt: number;
  readonly cpuAt: number;
  readonly variableAt: number;
}

export class PerfSamples {
  /** By id of the event, when not all are alike. */
  private readonly layouts = new Map<string, SampleLayout>();
  /** Of all events, or of the first. */
  private readonly first: SampleLayout | undefined;
  private readonly areAlike: boolean;
  /** Where a sample has its event's id; NOT_THERE when events differ in that. */
  private readonly idAt: number;

  constructor({ attributes, attributeOfId }: PerfHeader) {
    const [first] = attributes;
    this.first = first && layoutOf(first);
    this.areAlike = attributes.every(
      (one) => one.sampleType === first?.sampleType && one.readFormat === first.readFormat,
    );
    for (const [id, attribute] of attributeOfId) this.layouts.set(id, layoutOf(attribute));
    const places = new Set(attributes.map(idPlace));
    const [place] = places;
    this.idAt = places.size === 1 && place !== undefined ? place : NOT_THERE;
  }

  timeAt(sample: Int32Array): number {
    return this.layout(sample)?.timeAt ?? NOT_THERE;
  }

  /** 0 when it is not recorded. */
  cpuOf(sample: Int32Array): number {
    const at = this.layout(sample)?.cpuAt ?? NOT_THERE;
    return at === NOT_THERE ? 0 : (sample[at] ?? 0) & 0xffff;
  }

  /** Where the raw data start, behind the word that has their size. */
  rawAt(sample: Int32Array): number {
    const layout = this.layout(sample);
    if (layout === undefined || !has(layout.attribute.sampleType, RAW)) return NOT_THERE;
    const { sampleType, readFormat } = layout.attribute;
    let at = layout.variableAt;
    if (has(sampleType, READ)) at += readWords(sample, at, readFormat);
    if (has(sampleType, CALLCHAIN)) at += FIELD_WORDS * (1 + ((sample[at] ?? 0) >>> 0));
    return at + 1;
  }

  /** Where a record that is no sample has its time. */
  trailerTimeAt(record: Int32Array): number {
    const attribute = this.first?.attribute;
    if (attribute === undefined || !attribute.hasSampleIds) return NOT_THERE;
    const start = record.length - nrFields(attribute.sampleType, TRAILER_FIELDS) * FIELD_WORDS;
    return start < HEADER_WORDS ? NOT_THERE : fieldAt(attribute.sampleType, TRAILER_FIELDS, TIME, start);
  }

  private layout(sample: Int32Array): SampleLayout | undefined {
    if (this.areAlike || this.idAt === NOT_THERE) return this.first;
    return this.layouts.get(idDigits(sample[this.idAt] ?? 0, sample[this.idAt + 1] ?? 0));
  }
}

/** An id as text, from its halves. */
export function idDigits(low: number, high: number): string {
  return `${high >>> 0}:${low >>> 0}`;
}

function layoutOf(attribute: PerfAttribute): SampleLayout {
  const { sampleType } = attribute;
  return {
    attribute,
    timeAt: fieldAt(sampleType, SAMPLE_FIELDS, TIME, HEADER_WORDS),
    cpuAt: fieldAt(sampleType, SAMPLE_FIELDS, CPU, HEADER_WORDS),
    variableAt: HEADER_WORDS + nrFields(sampleType, SAMPLE_FIELDS) * FIELD_WORDS,
  };
}

function idPlace({ sampleType }: PerfAttribute): number {
  const identifier = fieldAt(sampleType, SAMPLE_FIELDS, IDENTIFIER, HEADER_WORDS);
  return identifier === NOT_THERE ? fieldAt(sampleType, SAMPLE_FIELDS, ID, HEADER_WORDS) : identifier;
}

function readWords(sample: Int32Array, at: number, readFormat: number): number {
  const times = (has(readFormat, READ_TIME_ENABLED) ? 1 : 0) + (has(readFormat, READ_TIME_RUNNING) ? 1 : 0);
  const each = 1 + (has(readFormat, READ_ID) ? 1 : 0) + (has(readFormat, READ_LOST) ? 1 : 0);
  if (!has(readFormat, READ_GROUP)) return FIELD_WORDS * (times + each);
  return FIELD_WORDS * (1 + times + each * ((sample[at] ?? 0) >>> 0));
}

function fieldAt(sampleType: number, order: readonly number[], field: number, start: number): number {
  if (!has(sampleType, field)) return NOT_THERE;
  return start + nrFields(sampleType, order.slice(0, order.indexOf(field))) * FIELD_WORDS;
}

function nrFields(sampleType: number, fields: readonly number[]): number {
  return fields.filter((field) => has(sampleType, field)).length;
}

/** Sets may have bits beyond 31. */
function has(set: number, bit: number): boolean {
  return Math.floor(set / bit) % 2 === 1;
}
