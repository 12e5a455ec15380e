/** How fast the page goes to any instant of a long recording: from the moving of the slider to what is shown. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EbbWriter, type EventBatch, printPercpuStats } from "@ebb/formats";
import { percpuPolicy, percpuStats } from "@ebb/model";
import { chromium } from "playwright-core";
import { MadeUpRecording } from "../../bench/made-up-recording.ts";
import { BROWSER_ARGUMENTS, CHROMIUM } from "../../packages/web/demo/chromium.ts";
import { msTo } from "../../packages/web/demo/measure-scrub.ts";
import { Served } from "../../packages/web/journeys/served.ts";
import { buildWebPage } from "../build/web-page.ts";

const NR_EVENTS = 1_000_000;
const NR_INSTANTS = 40;
const MOST_MS = 200;
const READY_TIMEOUT_MS = 120_000;
/** Steps of this share of the whole length come everywhere. */
const GOLDEN_SHARE = 0.6180339887498949;

/** Prints the times; whether the middle one is short enough. */
export async function runScrub(print: (row: string) => void): Promise<boolean> {
  const scratch = mkdtempSync(join(tmpdir(), "ebb-scrub-"));
  const program = join(scratch, "ebb.mjs");
  const recording = join(scratch, "made-up.ebb");
  await buildWebPage(join(scratch, "web"));
  execFileSync(process.execPath, ["--import", "tsx", "scripts/build.ts", program]);
  writeFileSync(recording, madeUpFile());
  const served = await Served.start(program, ["--policy", "vanilla,upstream", recording]);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...BROWSER_ARGUMENTS] });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(served.url);
    await page.getByTestId("ready").waitFor({ state: "attached", timeout: READY_TIMEOUT_MS });
    const nrEvents = Number(await page.getByLabel("Event", { exact: true }).getAttribute("max"));
    const ms: number[] = [];
    for (let i = 1; i <= NR_INSTANTS; i++) ms.push(await msTo(page, Math.floor(((i * GOLDEN_SHARE) % 1) * nrEvents)));
    const sorted = ms.toSorted((a, b) => a - b);
    const middle = sorted[Math.floor(NR_INSTANTS / 2)] ?? Number.NaN;
    const most = sorted.at(-1) ?? Number.NaN;
    print(`scrub: ${nrEvents} positions, ${NR_INSTANTS} instants: ${middle.toFixed(0)} ms, most ${most.toFixed(0)} ms`);
    return most <= MOST_MS;
  } finally {
    await browser.close();
    await served.stop();
    rmSync(scratch, { recursive: true });
  }
}

/** A recording of a million requests, with the allocator's state before them. */
function madeUpFile(): Uint8Array {
  const policy = percpuPolicy("vanilla");
  if (policy === undefined) throw new Error("no policy vanilla");
  const made = new MadeUpRecording(policy);
  const pieces: Uint8Array[] = [];
  const writer = new EbbWriter((bytes) => pieces.push(bytes.slice()), "scrub");
  writer.text(
    { key: "/sys/kernel/debug/percpu_stats", stage: "", timeNs: 0, text: printPercpuStats(percpuStats(made.t)) },
    0n,
  );
  made.make(NR_EVENTS, (batch: EventBatch) => writer.events(batch, made.names));
  const { nrEvents } = made;
  writer.end({ nrRead: nrEvents, nrEvents, nrOther: 0, nrForeign: 0, nrBad: 0, nrLost: 0 });
  return Buffer.concat(pieces);
}
