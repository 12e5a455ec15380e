/** Links, the keyboard, files: on an experiment that takes no time. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { accessibilityFindings, NO_BROWSER, ready, Visit } from "./testing.ts";

const HOLLOW = "experiments/hollow-chunks.sh";

const visit = new Visit();
afterAll(() => visit.end());
beforeEach((context) => {
  if (NO_BROWSER !== undefined) context.skip(NO_BROWSER);
});

async function hashesOf(page: Page): Promise<readonly string[]> {
  return [await page.getByTestId("hash-A").innerText(), await page.getByTestId("hash-B").innerText()];
}

test("a link opened elsewhere comes to the same state hashes", async () => {
  const { url } = await visit.serve(HOLLOW);
  const { page, errors } = await visit.open(url);
  await ready(page);
  const atEnd = await hashesOf(page);
  await page.getByLabel("Event", { exact: true }).press("PageDown");
  await expect.poll(() => hashesOf(page)).not.toEqual(atEnd);
  await page.getByRole("button", { name: "Copy link" }).click();
  await expect.poll(() => new URL(page.url()).hash).toMatch(/^#1\./);
  const hashes = await hashesOf(page);
  const other = await visit.serve();
  const there = await visit.open(`${other.url.replace("?given", "")}${new URL(page.url()).hash}`);
  await ready(there.page);
  expect(await hashesOf(there.page)).toEqual(hashes);
  expect(await there.page.getByLabel("Script").first().inputValue()).toBe(HOLLOW);
  expect([errors, there.errors]).toEqual([[], []]);
});

test("a damaged link is told, with what to do", async () => {
  const { url } = await visit.serve();
  const { page } = await visit.open(`${url.replace("?given", "")}#1.abc`);
  expect(await page.getByRole("alert").innerText()).toMatch(/link: error: .*\n +expected .*\n +got .*\n +to do /);
});

test("a syntax error is told with its line", async () => {
  const { url } = await visit.serve();
  const { page } = await visit.open(url);
  await page.getByTestId("open-file").setInputFiles({
    name: "broken.sh",
    mimeType: "text/x-sh",
    buffer: Buffer.from("echo one\nif true; then\n"),
  });
  await expect.poll(() => page.getByRole("alert").innerText()).toMatch(/^broken\.sh:\d+:\d+: error: syntax error/);
});

test("Stop ends a script that would run for ever, and another one runs afterwards", async () => {
  const { url } = await visit.serve();
  const { page } = await visit.open(url);
  const buffer = Buffer.from("while :; do mkdir /sys/fs/cgroup/a; rmdir /sys/fs/cgroup/a; done\n");
  await page.getByTestId("open-file").setInputFiles({ name: "ever.sh", mimeType: "text/x-sh", buffer });
  await page.getByTestId("state").getByText("commands").first().waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByTestId("state").getByText("A: stopped").waitFor();
  await page.getByLabel("Script").first().selectOption(HOLLOW);
  await page.getByRole("button", { name: "Run" }).click();
  await ready(page);
});

test("the keyboard alone: choose, run, step, move on the map, choose a page", async () => {
  const { url } = await visit.serve();
  const { page, errors } = await visit.open(url);
  await tabTo(page, "Script");
  await page.keyboard.type(HOLLOW);
  await tabTo(page, "Run");
  await page.keyboard.press("Enter");
  await ready(page);
  await tabTo(page, "Event");
  const before = Number(await page.getByTestId("position").innerText());
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => page.getByTestId("position").innerText()).toBe(String(before - 1));
  await tabTo(page, /^A: /);
  for (const key of ["ArrowDown", "ArrowDown", "ArrowRight", "Enter"]) await page.keyboard.press(key);
  await page.getByTestId("page-detail").getByText("page 1").first().waitFor();
  expect(errors).toEqual([]);
});

test("a click on a hollow page shows the area that pins it", async () => {
  const { url } = await visit.serve(HOLLOW);
  const { page } = await visit.open(url);
  await ready(page);
  const map = page.getByLabel("Side A").locator(".ebb-canvas-stage");
  const { width, height } = (await map.boundingBox()) ?? { width: 0, height: 0 };
  const detail = page.getByTestId("page-detail");
  const areas = detail.locator("tr[data-area]");
  // Below the first chunk and the full one are hollow ones: most of their pages have nothing, some one area or a few.
  let nrAreas = 0;
  for (let share = 0.35; share < 0.95 && nrAreas === 0; share += 0.02) {
    await map.click({ position: { x: width * share, y: height * 0.72 } });
    await detail
      .getByText(/page \d/)
      .first()
      .waitFor();
    nrAreas = await areas.count();
  }
  expect(nrAreas).toBeGreaterThan(0);
  expect(await areas.first().innerText()).toMatch(/\bk?B\t.* old/);
  expect(await areas.first().getByRole("button").innerText()).toMatch(/\S/);
});

test.each(["light", "dark"] as const)("no serious finding of accessibility, %s", async (colorScheme) => {
  const { url } = await visit.serve(HOLLOW);
  const { page } = await visit.open(url, { colorScheme });
  await ready(page);
  expect(await accessibilityFindings(page)).toEqual([]);
});

test.each(["light", "dark"] as const)("before anything ran neither, %s", async (colorScheme) => {
  const { url } = await visit.serve();
  const { page, errors } = await visit.open(url, { colorScheme });
  await page.getByRole("textbox", { name: "Script" }).waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test("on a narrow screen nothing is wider than it", async () => {
  const { url } = await visit.serve(HOLLOW);
  const { page } = await visit.open(url, { viewport: { width: 420, height: 800 } });
  await ready(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(420);
});

test("a garbage file gives the message with its place and what to do", async () => {
  const { url } = await visit.serve();
  const { page } = await visit.open(url);
  const buffer = Buffer.from("# tracer: nop\n#\nwhat is this\n  and 1234 this: percpu_alloc_percpu: nonsense\n");
  await page.getByTestId("open-file").setInputFiles({ name: "garbage.trace.txt", mimeType: "text/plain", buffer });
  await expect
    .poll(() => page.getByRole("alert").innerText())
    .toMatch(/garbage\.trace\.txt:3: .*\n +expected .*\n +got .*\n +to do /);
});

describe("a recorded trace that is dropped on the page", () => {
  const PREFIX = "6.1-slub-vanilla-32cpu-seed000";
  const recorded = (ending: string) => {
    const name = `${PREFIX}.${ending}`;
    return { name, bytes: readFileSync(join("fixtures/replay", name)) };
  };

  test("opens with what was saved beside it, and can be looked at at any instant", async () => {
    const { url } = await visit.serve();
    const { page, errors } = await visit.open(url);
    await drop(page, [recorded("trace.ebb"), recorded("percpu_stats.boot.txt"), recorded("stages.txt")]);
    await ready(page);
    const hashes = await hashesOf(page);
    await page.getByLabel("Event", { exact: true }).press("PageDown");
    await expect.poll(() => hashesOf(page)).not.toEqual(hashes);
    await page.getByRole("button", { name: "To the end" }).click();
    await expect.poll(() => hashesOf(page)).toEqual(hashes);
    expect(errors).toEqual([]);
  });

  test("alone, it is told what is missing", async () => {
    const { url } = await visit.serve();
    const { page } = await visit.open(url);
    await drop(page, [recorded("trace.ebb")]);
    await expect
      .poll(() => page.getByRole("alert").innerText())
      .toMatch(
        /trace\.ebb: error: the trace cannot be replayed\n +expected .*percpu_stats.*\n +got .*\n +to do .*drop/,
      );
  });
});

/** Presses Tab until the element with this accessible name has the focus. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let nr = 0; nr < 80; nr++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const { activeElement: element } = document;
      if (element === null) return "";
      const labels = "labels" in element ? (element.labels as NodeListOf<HTMLElement> | null) : null;
      return element.getAttribute("aria-label") ?? labels?.[0]?.textContent ?? element.textContent ?? "";
    });
    if (typeof name === "string" ? focused === name : name.test(focused)) return;
  }
  throw new Error(`Tab does not come to ${name}`);
}

interface DroppedFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Drops files on the page, as from a file manager. */
async function drop(page: Page, files: readonly DroppedFile[]): Promise<void> {
  const packed = files.map(({ name, bytes }) => ({ name, letters: bytes.toString("base64") }));
  const transfer = await page.evaluateHandle((all) => {
    const dropped = new DataTransfer();
    for (const { name, letters } of all) {
      dropped.items.add(new File([Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0))], name));
    }
    return dropped;
  }, packed);
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
}
