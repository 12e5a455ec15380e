/** A browser that opens pages of `ebb serve`, for the journeys. */

import { join } from "node:path";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { inject } from "vitest";
import { BROWSER_ARGUMENTS } from "../demo/chromium.ts";
import { Served } from "./served.ts";

/** Why the journeys cannot run; undefined when they can. */
export const NO_BROWSER = inject("chromium") === "" ? inject("whyNoBrowser") : undefined;

export class Visit {
  readonly #served: Served[] = [];
  #browser: Browser | undefined = undefined;

  async browser(): Promise<Browser> {
    this.#browser ??= await chromium.launch({ executablePath: inject("chromium"), args: [...BROWSER_ARGUMENTS] });
    return this.#browser;
  }

  /** Starts `ebb serve`; answers the address it prints. */
  async serve(...args: readonly string[]): Promise<Served> {
    const served = await Served.start(join(inject("built"), "ebb.mjs"), args);
    this.#served.push(served);
    return served;
  }

  /** A page of its own at the address; what the page writes to the console as an error is collected. */
  async open(url: string, options: BrowserContextOptions = {}): Promise<{ page: Page; errors: string[] }> {
    const context = await (await this.browser()).newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    await page.goto(url);
    return { page, errors };
  }

  async end(): Promise<void> {
    await this.#browser?.close();
    await Promise.all(this.#served.map((served) => served.stop()));
  }
}

/** Waits until both sides can be looked at and show an instant. */
export async function ready(page: Page): Promise<void> {
  await page.getByTestId("ready").waitFor({ state: "attached" });
  await page.getByTestId("hash-A").waitFor();
  await page.getByTestId("hash-B").waitFor();
}

/** What axe finds serious or critical: rule, and where. */
export async function accessibilityFindings(page: Page): Promise<readonly string[]> {
  // Not as a script element: the page's security policy allows none.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { readonly axe: typeof import("axe-core") }).axe.run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id} ${target.join(" ")}: ${failureSummary}`),
      );
  });
}
