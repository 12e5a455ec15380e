/** Opens an address in the user's browser, where there is a display to show it on. */

import { spawn } from "node:child_process";

/** False when there is nothing to open it with. What the browser then does is its own matter. */
export function openBrowser(url: string): boolean {
  const opener = openerOfSystem();
  if (opener === undefined) return false;
  const child = spawn(opener, [url], { stdio: "ignore", detached: true });
  // Not installed: the address stands on the terminal.
  child.on("error", () => undefined);
  child.unref();
  return true;
}

function openerOfSystem(): string | undefined {
  if (process.platform === "darwin") return "open";
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  return (DISPLAY ?? "") === "" && (WAYLAND_DISPLAY ?? "") === "" ? undefined : "xdg-open";
}
