/** What the page begins with: a link's run, what `ebb serve` was given, or nothing yet. */

import { given } from "./address.ts";
import { takeFiles } from "./dropped-files.ts";
import { takeGiven } from "./given.ts";
import { beginAt, startInstants } from "./instant.ts";
import { chooseLens } from "./map-choice.ts";
import { readFragment } from "./share-link.ts";
import { chooseScript, ownProblems, run } from "./store.ts";

/** Call once. */
export async function startPage(): Promise<void> {
  startInstants();
  startDrops();
  addEventListener("hashchange", () => void openLink());
  if (await openLink()) return;
  if (given()) await takeGiven();
}

/** Files may be dropped anywhere on the page. */
function startDrops(): void {
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    void takeFiles([...(event.dataTransfer?.files ?? [])]);
  });
}

/** Opens the link that the address is; false when it is none. */
async function openLink(): Promise<boolean> {
  const shared = await readFragment(location.hash);
  if (shared === undefined) return false;
  if ("severity" in shared) {
    ownProblems.value = [shared];
    return true;
  }
  chooseScript(shared.settings);
  chooseLens(shared.lens);
  beginAt(shared.positions);
  run();
  return true;
}
