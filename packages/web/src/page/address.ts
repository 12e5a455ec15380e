/** The page's address: where it is, without what was said in it. */

/** `ebb serve` has something for the page. */
export function given(): boolean {
  return new URLSearchParams(location.search).has("given");
}

/** The address of this page with another fragment, for others to open; it asks for nothing that was given here. */
export function addressWith(fragment: string): string {
  return `${location.origin}${location.pathname}${fragment}`;
}
