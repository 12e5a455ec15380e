/** `npm run build:web`: the page into dist/web, and beside the command, for `ebb serve`. */

import { cpSync, rmSync } from "node:fs";
import { buildWebPage } from "./build/web-page.ts";

const FOLDER = "dist/web";
const BESIDE_COMMAND = "packages/cli/dist/web";

await buildWebPage(FOLDER);
rmSync(BESIDE_COMMAND, { recursive: true, force: true });
cpSync(FOLDER, BESIDE_COMMAND, { recursive: true });
