/**
 * How smoothly the map moves: in each frame the page itself turns the wheel or drags a little further, and the times at
 * which the browser calls for the next frame are taken. Chromium without a GPU: all is drawn by software.
 */

import type { Page } from "playwright-core";

export interface FrameFigures {
  readonly movement: "zoom" | "pan";
  readonly nrFrames: number;
  readonly framesPerSecond: number;
  /** Time between two frames that one in twenty exceeds, ms. */
  readonly slowMs: number;
  /** The page's own thread at work, for each frame, ms. */
  readonly busyMs: number;
}

const NR_FRAMES = 240;

/** Runs in the page: `movement` by frame, answers the times of the frames, ms. */
const SCRIPT = `(async (movement, nrFrames) => {
  const stage = document.querySelector(".ebb-canvas-stage");
  const box = stage.getBoundingClientRect();
  const at = { clientX: box.left + box.width * 0.6, clientY: box.top + box.height * 0.5, bubbles: true, cancelable: true };
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const pointer = (type, dx, dy) =>
    stage.dispatchEvent(new PointerEvent(type, { ...at, clientX: at.clientX + dx, clientY: at.clientY + dy, pointerId: 1 }));
  stage.setPointerCapture = () => {};
  const wheel = (deltaY) => stage.dispatchEvent(new WheelEvent("wheel", { ...at, deltaY }));
  if (movement === "pan") {
    for (let i = 0; i < 12; i++) wheel(-100);
    pointer("pointerdown", 0, 0);
  }
  for (let i = 0; i < 10; i++) await frame();
  const times = [];
  for (let i = 0; i < nrFrames; i++) {
    times.push(await frame());
    const turn = (i / nrFrames) * 6 * Math.PI;
    if (movement === "zoom") wheel(i % 120 < 60 ? -40 : 40);
    else pointer("pointermove", 300 * Math.sin(turn), 160 * Math.cos(turn));
  }
  if (movement === "pan") pointer("pointerup", 0, 0);
  return times;
})`;

/** @param page on the demo, its first map on the screen */
export async function measureFrames(page: Page, movement: FrameFigures["movement"]): Promise<FrameFigures> {
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: /^Show all: A/ }).click();
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const busySeconds = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
  };
  const busyBefore = await busySeconds();
  const times = await page.evaluate<readonly number[]>(`${SCRIPT}("${movement}", ${NR_FRAMES})`);
  const busyMs = ((await busySeconds()) - busyBefore) * 1000;
  await session.detach();
  const gaps = times.slice(1).map((ms, i) => ms - (times[i] ?? 0));
  const lengthMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const sorted = gaps.sort((a, b) => a - b);
  return {
    movement,
    nrFrames: gaps.length,
    framesPerSecond: (gaps.length * 1000) / lengthMs,
    slowMs: sorted[Math.floor(sorted.length * 0.95)] ?? 0,
    busyMs: busyMs / gaps.length,
  };
}
