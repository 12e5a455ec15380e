/** Debian's Chromium, as whatever drives the page starts it. */

export const CHROMIUM = "/usr/bin/chromium";

/** Nothing may reach the network, and software draws. */
export const BROWSER_ARGUMENTS: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Memory is measured when it is asked for, not at the next collection of garbage.
  "--enable-blink-features=ForceEagerMeasureMemory",
];
