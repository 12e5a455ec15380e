/**
 * The inputs of a machine that a user may set one by one, `name=value`: what each means, what it may be, and what it
 * changes. The table is what `--help` prints.
 */

import type { Problem } from "@ebb/formats";
import {
  configuredProfile,
  FILE_SYSTEMS,
  type KernelProfile,
  type MachineOptions,
  type PercpuVariant,
  SLAB_FAULTS,
  STATS_FAULTS,
  withAllocator,
} from "@ebb/model";

/** What settings change, on its way from the profile's values to the machine's. */
export interface MachineInputs {
  readonly profile: KernelProfile;
  /** What is set of it; the rest is the policy's on this kernel. */
  readonly variant: Partial<PercpuVariant>;
  readonly gracePeriodNs: number;
  readonly destroyItemNs: number;
  readonly balanceDelayNs: number;
  readonly execNs: number;
  readonly faults: MachineOptions["faults"];
  readonly slabFaults: MachineOptions["slabFaults"];
}

interface MachineSetting {
  readonly name: string;
  /** What the value may be, in words. */
  readonly values: string;
  readonly meaning: string;
  /** The inputs with the value in them; undefined when it is not a value; in words why it cannot be one here. */
  readonly apply: (inputs: MachineInputs, value: string) => MachineInputs | string | undefined;
}

const NS_PER_MS = 1_000_000;
const MAX_MS = 1_000_000;
/** Two percpu units of the largest size there is must hold it, and a chunk's map must stay small. */
const MAX_STATIC_BYTES = 1_048_576;
const MAX_BOOT_REPEATS = 10_000;
const FAULTS = [...STATS_FAULTS, ...SLAB_FAULTS];
/** Less and not even the script's own shell would find room. */
const MIN_FREE_KB = 4096;

type TimeInput = "gracePeriodNs" | "destroyItemNs" | "balanceDelayNs" | "execNs";

export const MACHINE_SETTINGS: readonly MachineSetting[] = [
  {
    name: "kinds",
    values: "1 or 2",
    meaning: "the kinds of percpu chunk: 2 keeps accounted areas in chunks of their own (kernels 5.9 to 5.13)",
    apply: (inputs, value) =>
      value === "1" || value === "2" ? withVariant(inputs, { kinds: value === "1" ? 1 : 2 }) : undefined,
  },
  {
    name: "empty",
    values: "global or perkind",
    meaning: "the count of empty pages: over all chunks, or for each kind",
    apply: (inputs, value) =>
      value === "global" || value === "perkind" ? withVariant(inputs, { emptyCount: value }) : undefined,
  },
  timeSetting("grace-period-ms", "gracePeriodNs", 1, "the length of an RCU grace period"),
  timeSetting("destroy-item-ms", "destroyItemNs", 0, "what one item of the cgroup destroy queue takes"),
  timeSetting("balance-delay-ms", "balanceDelayNs", 0, "the time from asking for the percpu balance work to its run"),
  timeSetting("exec-ms", "execNs", 0, "what starting one program takes"),
  profileTimeSetting("copy-delay-ms", (ns) => ({ copyDelayNs: ns }), "the time until a worker makes a copy of a cache"),
  profileTimeSetting("barrier-ms", (ns) => ({ barrierNs: [[1, ns]] }), "what interrupting all other CPUs takes"),
  profileTimeSetting("call-ms", (ns) => ({ callNs: ns }), "what a call of a loaded builtin takes (enable -f)"),
  {
    name: "static-percpu",
    values: `1 to ${MAX_STATIC_BYTES}`,
    meaning: "the bytes of the kernel's static percpu variables, in the first chunk",
    apply: (inputs, value) => {
      const staticPercpuBytes = wholeNumber(value, 1, MAX_STATIC_BYTES);
      return staticPercpuBytes === undefined ? undefined : withProfile(inputs, { staticPercpuBytes });
    },
  },
  {
    name: "free-kb",
    values: `${MIN_FREE_KB} to 999999999`,
    meaning: "the memory that is free when the script begins, kB; when it runs out everything reclaimable goes",
    apply: (inputs, value) => {
      const memFreeKb = wholeNumber(value, MIN_FREE_KB, 999_999_999);
      return memFreeKb === undefined ? undefined : withProfile(inputs, { memFreeKb });
    },
  },
  {
    name: "faults",
    values: `none, or some of ${FAULTS.join(", ")} with commas between`,
    meaning:
      "the known defects that the kernel has: of memcg statistics H1 and H2 of 4.16 to 5.12, S1 to S4 of mail 001; " +
      "G1, dead caches without the guard of mail 003",
    apply: (inputs, value) => {
      const names: readonly string[] = value === "none" ? [] : value.split(",");
      const faults = new Set(STATS_FAULTS.filter((fault) => names.includes(fault)));
      const slabFaults = new Set(SLAB_FAULTS.filter((fault) => names.includes(fault)));
      const areKnown = names.every((name) => FAULTS.some((fault) => fault === name));
      return areKnown ? { ...inputs, faults, slabFaults } : undefined;
    },
  },
  {
    name: "boot-repeats",
    values: `0 to ${MAX_BOOT_REPEATS}`,
    meaning: "how many times the profile's pattern of areas lives in the chunks before the script begins",
    apply: (inputs, value) => {
      const repeats = wholeNumber(value, 0, MAX_BOOT_REPEATS);
      const bootAreas = { ...inputs.profile.bootAreas, repeats: repeats ?? 0 };
      return repeats === undefined ? undefined : withProfile(inputs, { bootAreas });
    },
  },
  configSetting("psi", "pressure stall information: a percpu structure in each cgroup"),
  configSetting("numa", "a kernel that knows NUMA: some statistics more, also on one node"),
  {
    name: "allocator",
    values: "SLAB or SLUB",
    meaning: "the slab allocator the kernel is built with; 3.8, 4.12, 5.0 and 5.12, whose caches are computed",
    apply(inputs, value) {
      if (value !== "SLAB" && value !== "SLUB") return undefined;
      const built = withAllocator(inputs.profile, value);
      return typeof built === "string" ? built : { ...inputs, profile: built };
    },
  },
  {
    name: "tmp",
    values: Object.keys(FILE_SYSTEMS).join(", "),
    meaning: "the file system under /tmp; only ext4's files make writeback structures",
    apply(inputs, value) {
      const tmpFileSystem = Object.values(FILE_SYSTEMS).find(({ name }) => name === value);
      return tmpFileSystem === undefined ? undefined : withProfile(inputs, { tmpFileSystem });
    },
  },
];

/** Applies `name=value` settings in their order, or says what is wrong with the first that is none. */
export function applySettings(inputs: MachineInputs, settings: readonly string[]): MachineInputs | Problem {
  let result = inputs;
  for (const text of settings) {
    const eq = text.indexOf("=");
    const setting = MACHINE_SETTINGS.find(({ name }) => name === (eq < 0 ? text : text.slice(0, eq)));
    if (setting === undefined) return unknownSetting(text);
    const applied = eq < 0 ? undefined : setting.apply(result, text.slice(eq + 1));
    if (applied === undefined) return wrongValue(text, setting);
    if (typeof applied === "string") return notHere(text, applied, inputs.profile);
    result = applied;
  }
  return result;
}

function timeSetting(name: string, field: TimeInput, minNs: number, meaning: string): MachineSetting {
  return {
    name,
    values: `${minNs > 0 ? "more than 0" : "0"} to ${MAX_MS}`,
    meaning: `${meaning}, ms of virtual time`,
    apply: (inputs, value) => {
      const ns = milliseconds(value);
      return ns === undefined || ns < minNs ? undefined : { ...inputs, [field]: ns };
    },
  };
}

/** A time that stands in the profile. */
function profileTimeSetting(
  name: string,
  change: (ns: number) => Partial<KernelProfile>,
  meaning: string,
): MachineSetting {
  return {
    name,
    values: `0 to ${MAX_MS}`,
    meaning: `${meaning}, ms of virtual time`,
    apply: (inputs, value) => {
      const ns = milliseconds(value);
      return ns === undefined ? undefined : withProfile(inputs, change(ns));
    },
  };
}

function configSetting(name: "psi" | "numa", meaning: string): MachineSetting {
  return {
    name,
    values: "0 or 1",
    meaning,
    apply({ profile, ...rest }, value) {
      if (value !== "0" && value !== "1") return undefined;
      const configured = configuredProfile(profile, { ...profile.config, [name]: value === "1" });
      return typeof configured === "string" ? configured : { ...rest, profile: configured };
    },
  };
}

function withVariant(inputs: MachineInputs, variant: Partial<PercpuVariant>): MachineInputs {
  return { ...inputs, variant: { ...inputs.variant, ...variant } };
}

function withProfile(inputs: MachineInputs, profile: Partial<KernelProfile>): MachineInputs {
  return { ...inputs, profile: { ...inputs.profile, ...profile } };
}

function wholeNumber(text: string, min: number, max: number): number | undefined {
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : -1;
  return value >= min && value <= max ? value : undefined;
}

/** Milliseconds with up to six places, as whole nanoseconds. */
function milliseconds(text: string): number | undefined {
  const match = /^([0-9]{1,7})(?:\.([0-9]{1,6}))?$/.exec(text);
  if (match === null) return undefined;
  const ns = Number(match[1]) * NS_PER_MS + Number((match[2] ?? "").padEnd(6, "0"));
  return ns <= MAX_MS * NS_PER_MS ? ns : undefined;
}

function unknownSetting(text: string): Problem {
  return {
    severity: "error",
    file: `--set ${text === "" ? '""' : text}`,
    line: 0,
    message: "no such setting",
    expected: MACHINE_SETTINGS.map(({ name, values }) => `${name}=${values}`).join("\n            "),
    found: text,
    toDo: "name one of these, as in --set grace-period-ms=20",
  };
}

function wrongValue(text: string, setting: MachineSetting): Problem {
  return {
    severity: "error",
    file: `--set ${text === "" ? '""' : text}`,
    line: 0,
    message: "not a value of this setting",
    expected: `${setting.name}=${setting.values}`,
    found: text,
    toDo: `give such a value; it sets ${setting.meaning}`,
  };
}

function notHere(text: string, why: string, { name, config }: KernelProfile): Problem {
  const asBuilt = Object.entries(config).map(([option, on]) => `${option}=${on ? 1 : 0}`);
  return {
    severity: "error",
    file: `--set ${text}`,
    line: 0,
    message: why,
    expected: `${name} as it is: ${asBuilt.join(" ")}`,
    found: text,
    toDo: "leave the setting out, or choose another --kernel; `ebb kernels` lists them",
  };
}
