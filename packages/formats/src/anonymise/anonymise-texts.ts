/**
 * Texts of the host without what names it. Only texts that are known are kept: numbers of memory and of percpu stay as
 * they are, what stands beside them is looked at row by row.
 */

import type { RecordedText } from "../trace/events.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** Numbers and the kernel's own words alone. */
const KEPT: ReadonlySet<string> = new Set([
  "/proc/meminfo",
  "/proc/cgroups",
  "/sys/kernel/debug/percpu_stats",
  "/sys/devices/system/cpu/possible",
  "/sys/devices/system/cpu/online",
  "/sys/devices/system/node/possible",
]);
const KERNEL_LOG = "/dev/kmsg";
const PERCPU_ROW = /^(?:\[[ .\d]*\] )?(?:setup_percpu:|percpu:|pcpu-alloc:)[ \w.:/*\][=-]*$/;
const RELEASE = /^Linux version (\d+(?:\.\d+)*)/;
/** Of the command line, what changes memory. */
const BOOT_OPTION =
  /^(?:percpu_alloc|possible_cpus|nr_cpus|maxcpus|cgroup\.memory|cgroup_disable|swapaccount|slub_\w+|slab_\w+|nosmp)(?:=[\w,.-]*)?$/;

const EARLY_ALLOCS = "early-allocs";
/** A row of allocations before the trace, as the trace's own rows are. */
const EARLY_ROW =
  /^(?:\[[ .\d]*\] )?(?:percpu-early: )?(?:alloc|free)(?: (?:call_site|caller)=\S+)*(?: (?:reserved|is_atomic|size|align|off)=\d+| base_addr=[0-9a-f]+)*$/;

/** How names and addresses of events are replaced. */
interface TextRenaming {
  readonly vocabulary: Vocabulary;
  readonly stripsSymbols: boolean;
  chunkAddress(address: string): string;
}

/** The text under its new key; undefined when it is not kept. */
export function anonymiseText(text: RecordedText, renaming: TextRenaming): RecordedText | undefined {
  const { key } = text;
  const { vocabulary } = renaming;
  const changed = { ...text, stage: vocabulary.stage(text.stage) };
  if (KEPT.has(key)) return changed;
  const rewritten = rewrite(text, renaming);
  if (rewritten !== undefined) return { ...changed, text: rewritten };
  const cgroupKey = vocabulary.cgroupKey(key);
  return cgroupKey === undefined ? undefined : { ...changed, key: cgroupKey };
}

function rewrite({ key, text }: RecordedText, renaming: TextRenaming): string | undefined {
  switch (key) {
    case "/proc/version":
      return `${RELEASE.exec(text)?.[0] ?? "Linux version"}\n`;
    case "/proc/cmdline":
      return `${text
        .split(/\s+/)
        .filter((option) => BOOT_OPTION.test(option))
        .join(" ")}\n`;
    case KERNEL_LOG:
      return rows(text, (row) => (PERCPU_ROW.test(row) ? row : undefined));
    case "/proc/slabinfo":
      return rows(text, (row) => slabRow(row, renaming));
    case EARLY_ALLOCS:
      return rows(text, (row) => earlyRow(row, renaming));
    default:
      return undefined;
  }
}

/** Old kernels have copies of caches named after their memcg: `dentry(123:name)`. */
function slabRow(row: string, { vocabulary, stripsSymbols }: TextRenaming): string {
  const found = /^(\S+?)(?:\((\d+):(.*?)\))?( .*)$/.exec(row);
  if (found === null || row.startsWith("slabinfo") || row.startsWith("#")) return row;
  const [, cache = "", id, memcg, numbers = ""] = found;
  const name = stripsSymbols ? vocabulary.callSites.of(cache) : cache;
  return memcg === undefined ? name + numbers : `${name}(${id}:${vocabulary.cgroups.of(memcg)})${numbers}`;
}

function earlyRow(row: string, { vocabulary, stripsSymbols, chunkAddress }: TextRenaming): string | undefined {
  if (!EARLY_ROW.test(row)) return undefined;
  return row
    .replace(/\bbase_addr=(\S+)/, (_, address) => `base_addr=${chunkAddress(address)}`)
    .replace(/\b(call_site|caller)=(\S+)/g, (whole, field, name) => {
      return stripsSymbols ? `${field}=${vocabulary.callSites.of(name)}` : whole;
    });
}

function rows(text: string, change: (row: string) => string | undefined): string {
  return text
    .split("\n")
    .map((row) => (row === "" ? row : change(row)))
    .filter((row) => row !== undefined)
    .join("\n");
}
