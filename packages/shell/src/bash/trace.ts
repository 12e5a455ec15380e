/** `set -x`: commands on stderr before they run. */

import { textDocument } from "./compile.ts";
import { expandDocumentNow } from "./expand.ts";
import type { Shell } from "./shell.ts";

/** Prints `text` after PS4, whose first character stands once for each level of substitution. */
export function trace(shell: Shell, text: string): void {
  const ps4 = shell.variables.get("PS4") ?? "";
  let prefix = ps4;
  if (ps4.includes("$") || ps4.includes("`")) {
    const document = textDocument(ps4, shell.line);
    shell.options.set("xtrace", false);
    prefix = document.waits ? ps4 : expandDocumentNow(shell, document);
    shell.options.set("xtrace", true);
  }
  shell.writeError(`${prefix.charAt(0).repeat(shell.traceLevel)}${prefix}${text}\n`);
}
