/** The views over made-up data: by pointer, by keyboard, in both themes, narrow, and under axe. */

import axe from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { measureFrames } from "../demo/measure-frames.ts";
import { type OpenDemo, openDemo } from "../demo/open-demo.ts";
import { NO_BROWSER } from "./testing.ts";

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 420, height: 800 };
const STANDSTILL_FRAMES_PER_SECOND = 10;
const START_TIMEOUT_MS = 120_000;

interface AxeFinding {
  readonly id: string;
  readonly impact?: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

let demo: OpenDemo | undefined;

beforeAll(async () => {
  if (NO_BROWSER === undefined) demo = await openDemo();
}, START_TIMEOUT_MS);

beforeEach((context) => {
  if (NO_BROWSER !== undefined) context.skip(NO_BROWSER);
});

afterAll(async () => {
  await demo?.close();
});

async function open(query = "", options: Parameters<OpenDemo["open"]>[1] = { viewport: WIDE }): Promise<Page> {
  if (demo === undefined) throw new Error("no demo");
  return demo.open(query, options);
}

/** Serious and critical findings of axe, as `rule: element`. */
async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const json = await page.evaluate<string>("axe.run().then(({ violations }) => JSON.stringify(violations))");
  const violations: readonly AxeFinding[] = JSON.parse(json);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

/** Texts of the page's status lines, with ordinary spaces. */
async function statusText(page: Page): Promise<string> {
  const texts = await page.locator(".ebb-map [role=status]").allTextContents();
  return texts.join(" ").replaceAll(/[\u00a0\u202f]/g, " ");
}

describe("the views", () => {
  describe.each(["light", "dark"] as const)("in %s", (colorScheme) => {
    it.each([
      ["wide", WIDE],
      ["narrow", NARROW],
    ] as const)("%s: axe has nothing serious, and nothing is wider than the screen", async (_name, viewport) => {
      const page = await open("", { viewport, colorScheme });
      await page.locator(".ebb-canvas-stage").first().press("Enter");
      expect(await page.locator(".ebb-page-detail").count()).toBe(1);
      expect(await seriousFindings(page)).toEqual([]);
      const widthPx = await page.evaluate<number>("document.documentElement.scrollWidth");
      expect(widthPx).toBeLessThanOrEqual(viewport.width);
      await page.close();
    });
  });

  it("the toggle overrides what the system prefers", async () => {
    const page = await open("", { viewport: WIDE, colorScheme: "dark" });
    const background = () => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    expect(await background()).toBe("rgb(20, 23, 28)");
    await page.getByRole("button", { name: "Light colours" }).click();
    expect(await background()).toBe("rgb(255, 255, 255)");
    await page.close();
  });

  it("the map by keyboard: cursor, zoom to areas, choice", async () => {
    const page = await open();
    const map = page.locator(".ebb-canvas-stage").first();
    await map.focus();
    for (const key of ["ArrowDown", "ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
    expect(await statusText(page)).toContain("c1 slot 2, page 1");
    await page.keyboard.press("Enter");
    const detail = page.locator(".ebb-page-detail");
    expect(await detail.locator("h2 + span").textContent()).toBe("c1 slot 2, page 1");
    const nrAreas = await detail.locator("tr[data-area]").count();
    expect(nrAreas).toBeGreaterThan(0);
    expect(await detail.locator("p").first().textContent()).toContain("free bytes of this page");
    for (let i = 0; i < 6; i++) await page.keyboard.press("+");
    await page.waitForFunction("document.querySelector('.ebb-map [role=status]').textContent.includes('here:')");
    await page.keyboard.press("Escape");
    expect(await detail.count()).toBe(0);
    await page.close();
  });

  it("the map by pointer: tooltip, wheel, drag, click", async () => {
    const page = await open();
    const map = page.locator(".ebb-canvas-stage").first();
    await map.scrollIntoViewIfNeeded();
    const box = (await map.boundingBox()) ?? { x: 0, y: 0 };
    await page.mouse.move(box.x + 500, box.y + 75);
    await page.waitForSelector(".ebb-tooltip");
    const before = await page.locator(".ebb-tooltip").textContent();
    expect(before).toMatch(/^c1 slot 2, page \d+/);
    for (let i = 0; i < 8; i++) await page.mouse.wheel(0, -120);
    await page.mouse.move(box.x + 501, box.y + 75);
    await page.waitForFunction("document.querySelector('.ebb-tooltip')?.textContent.includes('here:')");
    await page.mouse.down();
    await page.mouse.move(box.x + 901, box.y + 75, { steps: 4 });
    await page.mouse.up();
    expect(await page.locator(".ebb-page-detail").count()).toBe(0);
    await page.mouse.move(box.x + 501, box.y + 75);
    await page.waitForSelector(".ebb-tooltip");
    expect(await page.locator(".ebb-tooltip").textContent()).not.toBe(before);
    await page.mouse.down();
    await page.mouse.up();
    expect(await page.locator(".ebb-page-detail").count()).toBe(1);
    await page.close();
  });

  it("the timeline: keys step, a click seeks, a drag zooms", async () => {
    const page = await open();
    const slider = page.getByRole("slider");
    const now = async () => Number(await slider.getAttribute("aria-valuenow"));
    await slider.focus();
    const end = await now();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Shift+ArrowLeft");
    expect(await now()).toBe(end - 11 * 25_000_000);
    await page.keyboard.press("Home");
    expect(await now()).toBe(0);
    const plot = (await page.locator(".u-over").boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.click(plot.x + plot.width * 0.45, plot.y + plot.height / 2);
    const clicked = await now();
    expect(Math.abs(clicked - 0.45 * end)).toBeLessThan(0.02 * end);
    await page.mouse.move(plot.x + plot.width * 0.4, plot.y + 40);
    await page.mouse.down();
    await page.mouse.move(plot.x + plot.width * 0.5, plot.y + 40, { steps: 5 });
    await page.mouse.up();
    expect(await now()).toBe(clicked);
    await page.mouse.click(plot.x + plot.width * 0.98, plot.y + plot.height / 2);
    expect(Math.abs((await now()) - 0.498 * end)).toBeLessThan(0.01 * end);
    await page.close();
  });

  it("who holds it: keys move, fold and choose among 11,000", async () => {
    const page = await open("?cgroups=11000&chunks=60");
    const tree = page.getByRole("treegrid");
    expect(await tree.getAttribute("aria-rowcount")).toBe("11005");
    expect(await tree.locator("tr[data-index]").count()).toBeLessThan(60);
    await tree.focus();
    await page.keyboard.press("End");
    await page.waitForSelector("tr[data-index='11003'].is-current");
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction("document.querySelector('[role=treegrid]').ariaRowCount === '5'");
    await page.keyboard.press("Enter");
    expect(await page.locator(".ebb-holders .ebb-readout").textContent()).toBe("/ › percpu-test");
    await page.close();
  });

  it("figures: both policies to the digit, what differs marked", async () => {
    const page = await open();
    const row = page.locator("tr[data-figure=Percpu]");
    const value = async (side: string) => Number(await row.locator(`td[data-side=${side}]`).getAttribute("data-value"));
    expect(await value("A")).toBeGreaterThan(await value("B"));
    expect(await row.getAttribute("class")).toBe("is-different");
    expect(await page.locator("tr[data-figure=chunks]").getAttribute("class")).toBe("");
    await page.close();
  });

  it.each([
    ["Save A vanilla as SVG", "chunk-map.svg", "<svg"],
    ["Save A vanilla as CSV", "pages.csv", "chunk,slot"],
    ["Save A vanilla as PNG", "chunk-map.png", "\u0089PNG"],
    ["Save Timeline as PNG", "timeline.png", "\u0089PNG"],
    ["Save Who holds it as CSV", "holders.csv", "holder,kind"],
  ])("%s", async (button, fileName, start) => {
    const page = await open();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: button, exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(fileName);
    const stream = await download.createReadStream();
    const [first] = await stream.take(1).toArray();
    stream.destroy();
    expect(Buffer.from(first).toString("latin1").startsWith(start)).toBe(true);
    await page.close();
  });

  it("1,000 chunks of 256 pages move; how fast is told, and asked in test:long -- --frames", async () => {
    const page = await open("?chunks=1000&pages=256&cgroups=11000&only-a");
    for (const movement of ["zoom", "pan"] as const) {
      const { framesPerSecond } = await measureFrames(page, movement);
      process.stderr.write(`${movement}: ${framesPerSecond.toFixed(0)} frames/s\n`);
      // Other tests take frames away: a sixth of what the page does alone.
      expect(framesPerSecond).toBeGreaterThan(STANDSTILL_FRAMES_PER_SECOND);
    }
    await page.close();
  });
});
