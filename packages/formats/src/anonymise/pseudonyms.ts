/** New names for old ones: the same for the same, by number, in the order of their first use. */

export class Pseudonyms {
  readonly #prefix: string;
  readonly #names = new Map<string, string>();

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Different names so far. */
  get nr(): number {
    return this.#names.size;
  }

  of(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const fresh = `${this.#prefix}${this.#names.size + 1}`;
    this.#names.set(name, fresh);
    return fresh;
  }
}
