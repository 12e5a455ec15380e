/** Going to an instant by the slider, timed in the page. */

import type { Page } from "playwright-core";

/** From the moving of the slider until the position and the state of side A there are shown, ms. */
export function msTo(page: Page, position: number): Promise<number> {
  // No function has a name in here: the loader of scripts would want to note it.
  return page.evaluate(async (wanted) => {
    const slider = document.querySelector<HTMLInputElement>('input[type="range"]');
    const hash = document.querySelector('[data-testid="hash-A"]');
    const shown = document.querySelector('[data-testid="position"]');
    if (slider === null || hash === null || shown === null) throw new Error("the page shows no instant");
    const before = hash.textContent;
    const from = performance.now();
    slider.value = String(wanted);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    while (shown.textContent?.replace(/\D/g, "") !== String(wanted) || hash.textContent === before) {
      await new Promise(requestAnimationFrame);
    }
    return performance.now() - from;
  }, position);
}
