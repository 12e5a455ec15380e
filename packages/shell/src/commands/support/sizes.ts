/** Sizes and durations with suffixes, read and written as coreutils does. */

const POWERS = "KMGTPEZY";

/** Factor of a suffix: K, KiB 1024, kB 1000, b 512 and so on; undefined when it is none. */
function suffixFactor(suffix: string): number | undefined {
  if (suffix === "") return 1;
  if (suffix === "b") return 512;
  if (suffix === "c") return 1;
  if (suffix === "w") return 2;
  const power = POWERS.indexOf(suffix.charAt(0).toUpperCase()) + 1;
  if (power === 0) return undefined;
  if (suffix.charAt(0) !== "k" && suffix.charAt(0) !== suffix.charAt(0).toUpperCase()) return undefined;
  const rest = suffix.slice(1);
  if (rest === "" || rest === "iB") return 1024 ** power;
  return rest === "B" ? 1000 ** power : undefined;
}

/** A size such as 12, 4K, 1MB; undefined when it is none. Products with `x` are dd's alone. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+)([A-Za-z]*)$/.exec(text);
  if (match === null) return undefined;
  const factor = suffixFactor(match[2] ?? "");
  return factor === undefined ? undefined : Number(match[1]) * factor;
}

/** `du -h`, `ls -h`: rounded up, one decimal below ten. */
export function humanSize(sizeBytes: number, base: number): string {
  if (sizeBytes < base) return String(sizeBytes);
  const letters = base === 1000 ? "kMGTPE" : "KMGTPE";
  let power = 0;
  let unit = 1;
  while (sizeBytes >= unit * base && power < letters.length) {
    unit *= base;
    power++;
  }
  const tenths = Math.ceil((sizeBytes * 10) / unit);
  if (tenths < 100) return `${Math.floor(tenths / 10)}.${tenths % 10}${letters[power - 1] ?? ""}`;
  const whole = Math.ceil(sizeBytes / unit);
  if (whole >= base && power < letters.length) return `1.0${letters[power] ?? ""}`;
  return `${whole}${letters[power - 1] ?? ""}`;
}

const SECONDS: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["s", 1],
  ["m", 60],
  ["h", 3600],
  ["d", 86_400],
]);

/** A duration such as 1, 0.5, 2m, inf as ns; undefined when it is none. */
export function parseDurationNs(text: string): number | undefined {
  const match = /^\+?(\d*\.?\d*(?:[eE][-+]?\d+)?|inf(?:inity)?)([smhd]?)$/i.exec(text);
  const digits = match?.[1] ?? "";
  if (match === null || !/\d|inf/i.test(digits)) return undefined;
  const factor = SECONDS.get(match[2] ?? "");
  if (factor === undefined) return undefined;
  if (/^inf/i.test(digits)) return Number.POSITIVE_INFINITY;
  const fraction = /^(\d*)\.?(\d*)$/.exec(digits);
  if (fraction === null) return Math.ceil(Number(digits) * factor * 1e9);
  const wholeNs = Number(fraction[1] || "0") * factor * 1e9;
  const decimals = (fraction[2] ?? "").padEnd(9, "0").slice(0, 9);
  return wholeNs + Number(decimals) * factor;
}
