/** What a user asks an exploration for, and the report that comes of it: the same for every scenario. */

import type { Problem } from "@ebb/formats";
import type { Exploration } from "./explorer.ts";

/** Numbers as the user wrote them; what is undefined is the scenario's own. */
export interface ExploreRequest {
  /** Comma-separated. */
  readonly fault: string | undefined;
  readonly writers: string | undefined;
  readonly cpus: string | undefined;
  readonly hotplugs: string | undefined;
  readonly readers: string | undefined;
  readonly variant: string | undefined;
}

/** A request that leaves everything to the scenario. */
export const NOTHING_ASKED: ExploreRequest = {
  fault: undefined,
  writers: undefined,
  cpus: undefined,
  hotplugs: undefined,
  readers: undefined,
  variant: undefined,
};

export interface StoryStep {
  readonly who: string;
  readonly did: string;
  /** After the step; one for each column of the report. */
  readonly state: readonly (string | number)[];
}

export interface ExploreReport {
  readonly scenario: string;
  /** The configuration in words. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  readonly exploration: Exploration;
  readonly columns: readonly string[];
  /** A shortest way to the violation; empty without one. */
  readonly story: readonly StoryStep[];
}

/** What is wrong with a request that asks a scenario for something it does not have. */
export function notAskedFor(
  scenario: string,
  request: ExploreRequest,
  foreign: readonly (keyof ExploreRequest)[],
): Problem | undefined {
  for (const option of foreign) {
    const text = request[option];
    if (text === undefined) continue;
    return wrong(`--${option} ${text}`, `not an option of ${scenario}`, "no such option", text, "leave it out");
  }
  return undefined;
}

/** The number asked for, `otherwise` when none was, or what is wrong with it. */
export function countOf(
  option: string,
  text: string | undefined,
  otherwise: number,
  least: number,
  most: number,
): number | Problem {
  if (text === undefined) return otherwise;
  const count = /^[0-9]{1,3}$/.test(text) ? Number(text) : -1;
  if (count >= least && count <= most) return count;
  const where = `${option} ${text === "" ? '""' : text}`;
  const expected = least === most ? `${least}` : `${least} to ${most}`;
  return wrong(where, "not a number that can be explored", expected, text, "give a whole number in that range");
}

/** Faults by their names, with commas between, or what is wrong with one. */
export function faultsNamed<F extends string>(text: string | undefined, known: readonly F[]): Set<F> | Problem {
  const faults = new Set<F>();
  if (text === undefined) return faults;
  for (const name of text.split(",")) {
    const fault = known.find((one) => one === name);
    if (fault === undefined) {
      const where = `--fault ${name === "" ? '""' : name}`;
      const toDo = "name one of these, or several with commas between";
      return wrong(where, "no such fault", known.join(", "), name, toDo);
    }
    faults.add(fault);
  }
  return faults;
}

/** The policy asked for as variant, or what is wrong with it. */
export function variantNamed<P extends { readonly name: string }>(text: string, policies: readonly P[]): P | Problem {
  const where = `--variant ${text === "" ? '""' : text}`;
  const known = policies.map(({ name }) => name).join(", ");
  return (
    policies.find(({ name }) => name === text) ?? wrong(where, "no such variant", known, text, "name one of these")
  );
}

/** What is wrong with one word of the request. */
export function wrong(file: string, message: string, expected: string, found: string, toDo: string): Problem {
  return { severity: "error", file, line: 0, message, expected, found: found === "" ? "nothing" : found, toDo };
}
