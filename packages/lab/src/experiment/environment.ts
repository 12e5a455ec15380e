/** The variables a user gives a script. */

import type { Problem } from "@ebb/formats";

/** `NAME=value` texts as variables; byte strings, both. */
export function environmentOf(texts: readonly string[]): ReadonlyMap<string, string> | Problem {
  const variables = new Map<string, string>();
  for (const text of texts) {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(text);
    if (match === null) return notAVariable(text);
    variables.set(match[1] ?? "", match[2] ?? "");
  }
  return variables;
}

function notAVariable(text: string): Problem {
  return {
    severity: "error",
    file: `--env ${text}`,
    line: 0,
    message: "not a variable",
    expected: "NAME=value, the name of letters, digits and _",
    found: text,
    toDo: "write it as in --env KEEP=100",
  };
}
