/** Marks in a trace. */

/** NAME of a mark's text `stage NAME`: its last word. */
export function markName(text: string): string {
  return text.slice(text.lastIndexOf(" ") + 1);
}
