/** What a control file of a cgroup is, in either hierarchy, and how the numbers written to it are read. */

import { type Machine, NO_PAGE_LIMIT, PAGE_BYTES } from "@ebb/model";
import type { Errno } from "../errno.ts";

export interface ControlFile {
  readonly name: string;
  /** Absent in the root cgroup. */
  readonly notInRoot: boolean;
  /** Missing: always. */
  readonly isThere?: (m: Machine, cgroup: number) => boolean;
  readonly read?: (m: Machine, cgroup: number) => string;
  readonly write?: (m: Machine, cgroup: number, text: string, pid: number) => Errno | undefined;
}

const SUFFIXES = "KMGTPE";

/** Bytes as the kernel's memparse() reads them: decimal, octal or hexadecimal, one suffix in powers of 1024. */
function parseBytes(word: string): number | undefined {
  const match = /^(0[xX][0-9a-fA-F]+|[0-9]+)([kKmMgGtTpPeE]?)$/.exec(word);
  if (match === null) return undefined;
  const digits = match[1] ?? "";
  const value = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return value * 1024 ** (SUFFIXES.indexOf((match[2] ?? "").toUpperCase()) + 1);
}

/** Whole pages in a number of bytes as written to a control file; `unlimited` is the word for no limit. */
export function parsePages(text: string, unlimited: string): number | undefined {
  const word = text.trim();
  if (word === unlimited) return NO_PAGE_LIMIT;
  const bytes = parseBytes(word);
  return bytes === undefined ? undefined : Math.min(NO_PAGE_LIMIT, Math.floor(bytes / PAGE_BYTES));
}

/** Pages as bytes on a line of their own, in exact digits; `unlimited` for none. */
export function printPages(nrPages: number | undefined, unlimited: string): string {
  return nrPages === undefined || nrPages >= NO_PAGE_LIMIT ? `${unlimited}\n` : `${nrPages * PAGE_BYTES}\n`;
}
