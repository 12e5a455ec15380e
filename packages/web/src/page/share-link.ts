/**
 * A link to what the page shows: script, machine, policies, instant and lens, in the fragment, which never leaves the
 * browser. Same link, same state hash: everything the run depends on is in it.
 *
 *     #1.PACKED     version, then JSON in packed letters
 */

import type { Problem } from "@ebb/formats";
import { packText, unpackText } from "./packed-text.ts";
import type { Settings } from "./settings.ts";

const VERSION = "1";

/** What a link holds. */
export interface Shared {
  readonly settings: Settings;
  /** Events done on each side; undefined for the end. */
  readonly positions: readonly [a: number, b: number] | undefined;
  /** Name of a lens of the map; "" for the first. */
  readonly lens: string;
}

/** The fragment, with its `#`. */
export async function fragmentOf(shared: Shared): Promise<string> {
  return `#${VERSION}.${await packText(JSON.stringify(shared))}`;
}

/** What the fragment of an address holds; undefined when there is none. */
export async function readFragment(fragment: string): Promise<Shared | Problem | undefined> {
  if (fragment === "" || fragment === "#") return undefined;
  const [, version, packed = ""] = /^#([0-9]+)\.([A-Za-z0-9_-]+)$/.exec(fragment) ?? [];
  if (version !== VERSION) return badLink("an address whose fragment starts with #1.", fragment.slice(0, 24));
  const text = await unpackText(packed);
  if (text === undefined) return badLink("a packed text", "letters that do not unpack");
  return sharedOf(parsed(text)) ?? badLink("script, machine, policies and instant", text.slice(0, 60));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sharedOf(value: unknown): Shared | undefined {
  if (!isRecord(value) || !isRecord(value.settings)) return undefined;
  const { scriptName, script, kernel, policies, cpus, nodes, set, env } = value.settings;
  const texts = [scriptName, script, kernel, cpus, nodes, set, env];
  if (!texts.every(isText) || !isPair(policies, isText)) return undefined;
  const positions = isPair(value.positions, isPosition) ? value.positions : undefined;
  return {
    settings: {
      scriptName: String(scriptName),
      script: String(script),
      kernel: String(kernel),
      policies,
      cpus: String(cpus),
      nodes: String(nodes),
      set: String(set),
      env: String(env),
    },
    positions,
    lens: isText(value.lens) ? value.lens : "",
  };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isPosition(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isPair<T>(value: unknown, isPart: (part: unknown) => part is T): value is readonly [T, T] {
  return Array.isArray(value) && value.length === 2 && value.every(isPart);
}

function badLink(expected: string, found: string): Problem {
  return {
    severity: "error",
    file: "link",
    line: 0,
    message: "this link cannot be opened",
    expected,
    found,
    toDo: "copy the whole address again; mail programs cut long ones",
  };
}
