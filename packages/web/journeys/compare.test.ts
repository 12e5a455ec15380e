/** Mail 000's experiment on the page: from Run to the final figures, back in time, down to an area, and to others. */

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { NO_BROWSER, Visit } from "./testing.ts";

const SCRIPT = "experiments/percpu-churn.sh";
/** Generous: other tests run at the same time. On a quiet machine it is 3 s. */
const RESULT_WITHIN_MS = 30_000;
const MAX_MEMORY_BYTES = 500e6;

const visit = new Visit();
afterAll(() => visit.end());
beforeEach((context) => {
  if (NO_BROWSER !== undefined) context.skip(NO_BROWSER);
});

/** The cells of what `ebb compare` prints, row by row. */
function compared(): readonly string[] {
  const args = [join(inject("built"), "ebb.mjs"), "compare", SCRIPT, "--policy", "vanilla,upstream"];
  return rowsOf(execFileSync(process.execPath, args, { encoding: "utf8" })).slice(2);
}

/** Lines of text with single blanks. */
function rowsOf(text: string): readonly string[] {
  return text
    .trim()
    .split("\n")
    .map((line) => line.trim().replaceAll(/\s+/g, " "));
}

/** Percpu of the last reading, by policy. */
function finalPercpu(rows: readonly string[]): readonly string[] {
  return (rows.findLast((row) => row.startsWith("line ")) ?? "").split(" ").slice(-2);
}

describe("the 11,000 cgroups of mail 000", () => {
  let page: Page;
  let errors: string[];
  let url: string;

  beforeAll(async () => {
    if (NO_BROWSER !== undefined) return;
    url = (await visit.serve()).url;
    ({ page, errors } = await visit.open(url));
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByTestId("ready").waitFor({ state: "attached", timeout: RESULT_WITHIN_MS });
  });

  test("the final figures are those of `ebb compare`", async () => {
    const table = page.getByRole("region", { name: "Comparison" }).getByRole("table");
    expect(rowsOf(await table.innerText())).toEqual(compared());
    const ms = await page.getByTestId("compared").getAttribute("data-ms");
    expect(Number(ms)).toBeLessThan(RESULT_WITHIN_MS);
    process.stderr.write(`result ${ms} ms after Run\n`);
  });

  test("the page stands where the last figures were read, and shows them on both sides", async () => {
    const row = page.locator("[data-figure=Percpu]");
    const shown = ["A", "B"].map((side) => row.locator(`[data-side=${side}]`).getAttribute("data-value"));
    expect(await Promise.all(shown)).toEqual(finalPercpu(compared()));
  });

  test("back to the creation: there were no chunks of cgroups yet", async () => {
    const hashes = await hashesOf(page);
    await page.getByRole("button", { name: "To the start" }).click();
    await expect.poll(() => page.getByTestId("position").innerText()).toBe("0");
    await page.getByRole("button", { name: "One event forward" }).click();
    await expect.poll(() => page.getByTestId("position").innerText()).toBe("1");
    await page.getByRole("button", { name: "One event back" }).click();
    await expect.poll(() => page.getByTestId("position").innerText()).toBe("0");
    expect(await hashesOf(page)).not.toEqual(hashes);
    await page.getByLabel("Go to a mark").selectOption({ index: 3 });
    await expect.poll(() => page.getByTestId("hash-A").innerText()).toBe(hashes[0]);
  });

  test("the tab stays small", async () => {
    // The page is isolated from others, so the browser tells what all its workers hold.
    const bytes = await page.evaluate(async () => {
      const { measureUserAgentSpecificMemory: measure } = performance as unknown as {
        measureUserAgentSpecificMemory: () => Promise<{ readonly bytes: number }>;
      };
      return (await measure.call(performance)).bytes;
    });
    process.stderr.write(`memory ${Math.round(bytes / 1e6)} MB\n`);
    expect(bytes).toBeLessThan(MAX_MEMORY_BYTES);
  });

  test("nothing went wrong on the way", () => {
    expect(errors).toEqual([]);
  });
});

async function hashesOf(page: Page): Promise<readonly string[]> {
  return [await page.getByTestId("hash-A").innerText(), await page.getByTestId("hash-B").innerText()];
}
