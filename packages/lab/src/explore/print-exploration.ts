/**
 * A report as text and as JSON. Keys are stable within the format number; a value that does not exist is null.
 *
 *     ebb-explore/1  format, scenario, settings {name: text}, states, transitions, orders (digits, as text: it may pass
 *                    2^53; null after a violation), broken[] (rules), columns[], story[] of who, did, state[] (one for
 *                    each column)
 */

import type { ExploreReport } from "./request.ts";

export function explorationJson(report: ExploreReport): string {
  const { scenario, settings, exploration, columns, story } = report;
  const value = {
    format: "ebb-explore/1",
    scenario,
    settings: Object.fromEntries(settings),
    states: exploration.nrStates,
    transitions: exploration.nrTransitions,
    orders: exploration.nrOrders?.toString() ?? null,
    broken: exploration.violation?.rules ?? [],
    columns,
    story,
  };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

export function printExploration(report: ExploreReport): string {
  const { scenario, settings, exploration } = report;
  const { nrStates, nrTransitions, nrOrders, violation } = exploration;
  const upTo = violation === undefined ? "" : ", up to the first violation";
  const figures: (readonly [string, string])[] = [
    ["states", `${nrStates}${upTo}`],
    ["transitions", `${nrTransitions}`],
  ];
  if (nrOrders !== undefined) figures.push(["orders", nrOrders.toString()]);
  const results = violation?.rules ?? ["every rule holds in every state"];
  const rules = results.map((rule, i) => [i > 0 ? "" : violation === undefined ? "result" : "broken", rule] as const);
  const width = Math.max(...[...settings, ...figures].map(([name]) => name.length)) + 2;
  const print = (rows: ExploreReport["settings"]) =>
    rows.map(([name, text]) => `${name.padEnd(width)}${text}\n`).join("");
  return `${scenario}\n${print(settings)}\n${print([...figures, ...rules])}${printStory(report)}`;
}

function printStory({ columns, story }: ExploreReport): string {
  if (story.length === 0) return "";
  const rows = [
    ["#", "who", "did", ...columns],
    ...story.map(({ who, did, state }, i) => [`${i + 1}`, who, did, ...state.map(String)]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const isText = (column: number) => column === 1 || column === 2 || column === 3;
  const lines = rows.map((row) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return isText(column) ? cell.padEnd(width) : cell.padStart(width);
    });
    return `${cells.join("  ")}\n`;
  });
  return `\n${lines.join("")}`;
}
