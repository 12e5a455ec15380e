/** Before the journeys: the page and the command as they are now, in a folder of their own, and a browser. */

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { buildWebPage } from "../../../scripts/build/web-page.ts";
import { CHROMIUM } from "../demo/chromium.ts";

const INSTALL_TIMEOUT_MS = 300_000;

declare module "vitest" {
  interface ProvidedContext {
    /** Folder with `ebb.mjs` and, in `web`, the page. */
    readonly built: string;
    /** Path of the browser; "" when there is none. */
    readonly chromium: string;
    /** Why there is none. */
    readonly whyNoBrowser: string;
  }
}

export async function setup(project: TestProject): Promise<() => void> {
  const whyNoBrowser = installBrowser();
  if (whyNoBrowser !== "") process.stderr.write(`\nThe journeys through the page do not run: ${whyNoBrowser}\n\n`);
  project.provide("chromium", whyNoBrowser === "" ? CHROMIUM : "");
  project.provide("whyNoBrowser", whyNoBrowser);
  const folder = mkdtempSync(join(tmpdir(), "ebb-journeys-"));
  await buildWebPage(join(folder, "web"));
  execFileSync(process.execPath, ["--import", "tsx", "scripts/build.ts", join(folder, "ebb.mjs")]);
  project.provide("built", folder);
  return () => rmSync(folder, { recursive: true });
}

/** Why there is no browser; "" when there is one. */
function installBrowser(): string {
  if (existsSync(CHROMIUM)) return "";
  const { status, stderr } = spawnSync("sh", ["scripts/install-package.sh", CHROMIUM, "chromium"], {
    encoding: "utf8",
    timeout: INSTALL_TIMEOUT_MS,
  });
  return status === 0 ? "" : `${CHROMIUM} is missing: ${stderr.trim().split("\n").at(-1) ?? "not installed"}`;
}
