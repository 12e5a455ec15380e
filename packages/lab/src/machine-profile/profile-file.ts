/**
 * A machine profile in a file: a profile that ebb has, by name, and what is different on this machine.
 *
 *     ebb-profile/1   docs/formats/profile.md
 *
 * What a file leaves out is the base's. A file is an input like any other: what is wrong in it is a problem with the place.
 */

import type { Problem } from "@ebb/formats";
import {
  type BootAreas,
  configuredProfile,
  KERNEL_PROFILES,
  type KernelProfile,
  kernelProfile,
  type PercpuAreaSpec,
} from "@ebb/model";

const FORMAT = "ebb-profile/1";

/** What a file has; the keys are those of KernelProfile. */
export interface ProfileFile {
  readonly base: string;
  readonly name: string;
  readonly title: string;
  readonly release: string;
  readonly source: string;
  /** How it came to be what it is, for people. */
  readonly notes: readonly string[];
  readonly nrCpus: number;
  readonly nrNodes: number;
  readonly staticPercpuBytes: number;
  readonly reservedPercpuBytes: number;
  readonly config: { readonly numa: boolean; readonly psi: boolean; readonly bpf: boolean };
  readonly cgroupAreas: readonly PercpuAreaSpec[];
  readonly bootAreas: BootAreas;
}

/** One line for each area, so that people can read and compare files. */
export function printProfileFile(file: Partial<ProfileFile> & Pick<ProfileFile, "base">): string {
  const { notes, cgroupAreas, bootAreas, ...plain } = file;
  const fields: string[] = Object.entries({ format: FORMAT, ...plain }).map(field);
  const list = (rows: readonly unknown[]) => `[\n${rows.map((row) => `    ${JSON.stringify(row)}`).join(",\n")}\n  ]`;
  if (notes !== undefined) fields.push(`  "notes": ${list(notes)}`);
  if (cgroupAreas !== undefined) fields.push(`  "cgroupAreas": ${list(cgroupAreas.map(inOrder))}`);
  if (bootAreas !== undefined) fields.push(`  "bootAreas": ${JSON.stringify(bootAreas)}`);
  return `{\n${fields.join(",\n")}\n}\n`;
}

/** With the keys in one order, whatever the object was made of. */
function inOrder(area: PercpuAreaSpec): PercpuAreaSpec {
  const { what, sizeBytes, alignBytes, accounted, controller, perNode, freedBy, freeOrder, v2Only, earlyRelease } =
    area;
  return { what, sizeBytes, alignBytes, accounted, controller, perNode, freedBy, freeOrder, v2Only, earlyRelease };
}

function field([key, value]: readonly [string, unknown]): string {
  return `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
}

/** The profile that the file describes, or the first thing that is wrong with it. */
export function parseProfileFile(text: string, file: string): KernelProfile | Problem {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return problem(file, "not JSON", "a machine profile in JSON", error instanceof Error ? error.message : "");
  }
  try {
    return profileOf(new Reader(value, "the file"));
  } catch (error) {
    if (error instanceof Wrong) return problem(file, error.what, error.expected, error.found);
    throw error;
  }
}

function profileOf(file: Reader): KernelProfile {
  file.get("format").oneOf([FORMAT]);
  const base = kernelProfile(file.get("base").oneOf(KERNEL_PROFILES.map(({ name }) => name)));
  if (base === undefined) throw new Error("a name of the list is a profile");
  const config = file.has("config") ? configOf(file.get("config")) : base.config;
  const configured = configuredProfile(base, config);
  if (typeof configured === "string") throw file.get("config").wrong(configured);
  const nrCpus = file.has("nrCpus") ? file.get("nrCpus").wholeNumber(1, 8192) : base.nrCpus;
  const nrNodes = file.has("nrNodes") ? file.get("nrNodes").wholeNumber(1, nrCpus) : Math.min(base.nrNodes, nrCpus);
  const string = (key: "name" | "title" | "release" | "source") => (file.has(key) ? file.get(key).string() : base[key]);
  const hasAreas = file.has("cgroupAreas");
  return {
    ...configured,
    name: string("name"),
    title: string("title"),
    release: string("release"),
    source: string("source"),
    nrCpus,
    nrNodes,
    staticPercpuBytes: file.has("staticPercpuBytes")
      ? file.get("staticPercpuBytes").wholeNumber(1, MAX_STATIC_BYTES)
      : base.staticPercpuBytes,
    ...(file.has("reservedPercpuBytes")
      ? { reservedPercpuBytes: file.get("reservedPercpuBytes").wholeNumber(0, MAX_STATIC_BYTES) }
      : {}),
    // Areas of a file are what they are: no configuration computes them anew.
    era: hasAreas ? undefined : configured.era,
    cgroupAreas: hasAreas ? file.get("cgroupAreas").list(MAX_AREAS).map(areaOf) : configured.cgroupAreas,
    bootAreas: file.has("bootAreas") ? bootOf(file.get("bootAreas")) : base.bootAreas,
  };
}

/** As `--set static-percpu` has it. */
const MAX_STATIC_BYTES = 1_048_576;
const MAX_AREAS = 256;
/** The most one area can have, and the most an area can be aligned to: a page. */
const MAX_AREA_BYTES = 32_768;
const ALIGNS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096] as const;
const MAX_BOOT_ROWS = 65_536;
const MAX_BOOT_AREAS = 1_000_000;

function configOf(config: Reader): KernelProfile["config"] {
  const flag = (key: string) => config.get(key).boolean();
  return { numa: flag("numa"), psi: flag("psi"), bpf: flag("bpf") };
}

function areaOf(area: Reader): PercpuAreaSpec {
  const flag = (key: string) => area.has(key) && area.get(key).boolean();
  return {
    what: area.get("what").string(),
    sizeBytes: area.get("sizeBytes").wholeNumber(1, MAX_AREA_BYTES),
    alignBytes: area.get("alignBytes").number(ALIGNS),
    accounted: flag("accounted"),
    controller: area.get("controller").oneOf(["core", "memory", "perf_event"] as const),
    perNode: flag("perNode"),
    freedBy: area.get("freedBy").oneOf(["kill", "objcg", "css", "cgroup"] as const),
    freeOrder: area.get("freeOrder").wholeNumber(0, MAX_AREAS),
    v2Only: flag("v2Only"),
    earlyRelease: flag("earlyRelease"),
  };
}

function bootOf(boot: Reader): BootAreas {
  const pattern = boot
    .get("pattern")
    .list(MAX_BOOT_ROWS)
    .map((row) => {
      const [size, align, count] = row.list(3);
      if (size === undefined || align === undefined || count === undefined) throw row.wrong("[bytes, align, how many]");
      return [size.wholeNumber(1, MAX_AREA_BYTES), align.number(ALIGNS), count.wholeNumber(1, MAX_BOOT_ROWS)] as const;
    });
  const nrAreas = pattern.reduce((sum, [, , count]) => sum + count, 0);
  const repeats = boot.has("repeats") ? boot.get("repeats").wholeNumber(0, 10_000) : 1;
  if (nrAreas * repeats > MAX_BOOT_AREAS) throw boot.wrong(`at most ${MAX_BOOT_AREAS} areas`);
  let before = 0;
  const gone = new Set<number>();
  const freed = !boot.has("freed")
    ? []
    : boot
        .get("freed")
        .list(MAX_BOOT_ROWS)
        .map((row) => {
          const [taken, area] = row.list(2);
          if (taken === undefined || area === undefined) throw row.wrong("[areas taken before, area freed]");
          before = taken.wholeNumber(Math.max(1, before), nrAreas);
          const number = area.wholeNumber(0, before - 1);
          if (gone.has(number)) throw area.wrong("an area that is not freed yet");
          gone.add(number);
          return [before, number] as const;
        });
  return { repeats, pattern, freed };
}

/** What is not as it has to be in a file, and where. */
class Wrong extends Error {
  readonly what: string;
  readonly expected: string;
  readonly found: string;

  constructor(what: string, expected: string, found: string) {
    super(what);
    this.what = what;
    this.expected = expected;
    this.found = found;
  }
}

/** A value of the file with its place; asks for what it has to be. */
class Reader {
  private readonly value: unknown;
  private readonly place: string;

  constructor(value: unknown, place: string) {
    this.value = value;
    this.place = place;
  }

  has(key: string): boolean {
    return isObject(this.value) && Object.hasOwn(this.value, key);
  }

  get(key: string): Reader {
    if (!isObject(this.value)) throw this.wrong("an object");
    const place = this.place === "the file" ? key : `${this.place}.${key}`;
    return new Reader(Object.hasOwn(this.value, key) ? this.value[key] : undefined, place);
  }

  list(most: number): readonly Reader[] {
    if (!Array.isArray(this.value) || this.value.length > most) throw this.wrong(`a list of at most ${most}`);
    return this.value.map((one: unknown, i) => new Reader(one, `${this.place}[${i}]`));
  }

  string(): string {
    if (typeof this.value !== "string" || !/^[\x20-\x7e]*$/.test(this.value)) throw this.wrong("printable ASCII text");
    return this.value;
  }

  boolean(): boolean {
    if (typeof this.value !== "boolean") throw this.wrong("true or false");
    return this.value;
  }

  wholeNumber(least: number, most: number): number {
    const { value } = this;
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
    throw this.wrong(`a whole number from ${least} to ${most}`);
  }

  oneOf<T extends string>(all: readonly T[]): T {
    const found = all.find((one) => one === this.value);
    if (found === undefined) throw this.wrong(all.join(", "));
    return found;
  }

  number(all: readonly number[]): number {
    const found = all.find((one) => one === this.value);
    if (found === undefined) throw this.wrong(all.join(", "));
    return found;
  }

  wrong(expected: string): Wrong {
    const found = this.value === undefined ? "nothing" : JSON.stringify(this.value);
    return new Wrong(this.place, expected, found.length > 60 ? `${found.slice(0, 59)}…` : found);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function problem(file: string, what: string, expected: string, found: string): Problem {
  return {
    severity: "error",
    file,
    line: 0,
    message: what === "not JSON" ? what : `${what}: not as it has to be`,
    expected,
    found,
    toDo: "see docs/formats/profile.md; `ebb profile learn TRACE` writes such files",
  };
}
