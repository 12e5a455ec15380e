/**
 * Makes the pictures of the page that the documents show: docs/images/page-*.png, from the page and the command as they
 * are built now. `npm run build && npm run build:web && npx tsx scripts/screenshots.ts`; needs Debian's Chromium.
 */

import { mkdirSync, statSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { BROWSER_ARGUMENTS, CHROMIUM } from "../packages/web/demo/chromium.ts";
import { Served } from "../packages/web/journeys/served.ts";

const FOLDER = "docs/images";
const PROGRAM = "packages/cli/bin/ebb.js";
/** Pictures stay small: they go with every clone. */
const MAX_BYTES = 150_000;

interface Picture {
  readonly name: string;
  /** What `ebb serve` is given. */
  readonly args: readonly string[];
  readonly colorScheme: "light" | "dark";
  readonly height: number;
  /** From the page as it opens to what is shown. */
  readonly show: (page: Page) => Promise<void>;
}

const PICTURES: readonly Picture[] = [
  {
    name: "page-compare",
    args: ["experiments/percpu-churn.sh", "--policy", "vanilla,upstream"],
    colorScheme: "light",
    height: 800,
    show: async () => undefined,
  },
  {
    name: "page-areas",
    args: ["experiments/hollow-chunks.sh", "--policy", "vanilla,upstream"],
    colorScheme: "light",
    height: 800,
    async show(page) {
      await page.getByLabel("Owner").first().check();
      const map = page.getByLabel("Side A").locator(".ebb-canvas-stage");
      const { width, height } = (await map.boundingBox()) ?? { width: 0, height: 0 };
      await map.click({ position: { x: width * 0.405, y: height * 0.72 } });
      // To the maps, with what is below them.
      await page
        .getByLabel("Side A")
        .locator("xpath=..")
        .evaluate((maps) => maps.scrollIntoView());
    },
  },
  {
    name: "page-trace",
    args: ["fixtures/replay/6.1-slub-vanilla-32cpu-seed000.trace.ebb", "--policy", "vanilla,upstream"],
    colorScheme: "dark",
    height: 800,
    async show(page) {
      await page.getByLabel("Go to a mark").selectOption({ index: 4 });
      await page.getByTestId("state").hover();
    },
  },
];

mkdirSync(FOLDER, { recursive: true });
const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...BROWSER_ARGUMENTS] });
for (const picture of PICTURES) await take(browser, picture);
await browser.close();

async function take(opener: Browser, { name, args, colorScheme, height, show }: Picture): Promise<void> {
  const served = await Served.start(PROGRAM, args);
  const page = await opener.newPage({ viewport: { width: 1280, height }, colorScheme });
  await page.goto(served.url);
  await page.getByTestId("ready").waitFor({ state: "attached" });
  await page.getByTestId("hash-A").waitFor();
  await page.getByTestId("hash-B").waitFor();
  await show(page);
  // The last instant that was asked for comes, and is drawn.
  await page.waitForTimeout(1500);
  const path = `${FOLDER}/${name}.png`;
  await page.screenshot({ path });
  await page.close();
  await served.stop();
  const { size } = statSync(path);
  process.stdout.write(`${path}: ${size} bytes${size > MAX_BYTES ? ", too large" : ""}\n`);
  if (size > MAX_BYTES) process.exitCode = 1;
}
