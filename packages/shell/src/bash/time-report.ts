/** What `time` prints: real time is virtual; no processor time is accounted. */

import type { Shell } from "./shell.ts";

const NS_PER_MS = 1_000_000;
const MS_PER_SECOND = 1000;
const SECONDS_PER_MINUTE = 60;

/** The report of a pipeline that took `elapsedNs`. */
export function timeReport(shell: Shell, style: "bash" | "posix", elapsedNs: number): string {
  const ms = Math.floor(elapsedNs / NS_PER_MS);
  const format = shell.variables.get("TIMEFORMAT");
  if (style === "posix") return `real ${plainSeconds(ms, 2)}\nuser 0.00\nsys 0.00\n`;
  if (format === undefined) return `\nreal\t${minutes(ms, 3)}\nuser\t0m0.000s\nsys\t0m0.000s\n`;
  return format === "" ? "" : `${formatted(format, ms)}\n`;
}

function formatted(format: string, ms: number): string {
  return format.replace(
    /%(%|([0-3])?(l)?([RUS])|P)/g,
    (whole: string, what: string, digits: string | undefined, long: string | undefined, kind: string | undefined) => {
      if (what === "%") return "%";
      if (kind === undefined) return "0.00";
      const value = kind === "R" ? ms : 0;
      const nrDigits = digits === undefined ? 3 : Number(digits);
      return whole === "" ? "" : long === undefined ? plainSeconds(value, nrDigits) : minutes(value, nrDigits);
    },
  );
}

function minutes(ms: number, nrDigits: number): string {
  const whole = Math.floor(ms / MS_PER_SECOND / SECONDS_PER_MINUTE);
  return `${whole}m${plainSeconds(ms - whole * SECONDS_PER_MINUTE * MS_PER_SECOND, nrDigits)}s`;
}

function plainSeconds(ms: number, nrDigits: number): string {
  const seconds = Math.floor(ms / MS_PER_SECOND);
  if (nrDigits === 0) return String(seconds);
  return `${seconds}.${String(ms % MS_PER_SECOND)
    .padStart(3, "0")
    .slice(0, nrDigits)}`;
}
