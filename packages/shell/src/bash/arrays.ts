/** Indexed (sparse) and associative arrays, iterated in bash's order. */

export class IndexedArray {
  readonly #elements = new Map<number, string>();
  #maxIndex = -1;
  /** False after an element was put below the last one: keys must then be sorted. */
  #inOrder = true;

  get length(): number {
    return this.#elements.size;
  }

  get(index: number): string | undefined {
    return this.#elements.get(index < 0 ? this.#maxIndex + 1 + index : index);
  }

  /** False when a negative `index` lies before the start. */
  set(index: number, value: string): boolean {
    const at = index < 0 ? this.#maxIndex + 1 + index : index;
    if (at < 0) return false;
    if (at > this.#maxIndex) this.#maxIndex = at;
    else if (!this.#elements.has(at)) this.#inOrder = false;
    this.#elements.set(at, value);
    return true;
  }

  push(value: string): void {
    this.set(this.#maxIndex + 1, value);
  }

  delete(index: number): void {
    const at = index < 0 ? this.#maxIndex + 1 + index : index;
    this.#elements.delete(at);
    if (at !== this.#maxIndex) return;
    this.#maxIndex = -1;
    for (const key of this.#elements.keys()) if (key > this.#maxIndex) this.#maxIndex = key;
  }

  get maxIndex(): number {
    return this.#maxIndex;
  }

  keys(): number[] {
    const keys = [...this.#elements.keys()];
    return this.#inOrder ? keys : keys.sort((a, b) => a - b);
  }

  values(): string[] {
    if (this.#inOrder) return [...this.#elements.values()];
    return this.keys().map((key) => this.#elements.get(key) ?? "");
  }

  clone(): IndexedArray {
    const copy = new IndexedArray();
    for (const key of this.keys()) copy.set(key, this.#elements.get(key) ?? "");
    return copy;
  }

  static of(values: readonly string[]): IndexedArray {
    const array = new IndexedArray();
    for (const value of values) array.push(value);
    return array;
  }
}

const FIRST_BUCKETS = 1024;
const FNV_OFFSET = 2166136261;
const FNV_PRIME = 16777619;

/** Scripts print associative arrays in the order of bash's hash table, so this keeps that order. */
export class AssociativeArray {
  readonly #elements = new Map<string, string>();
  #keys: string[] | undefined;

  get length(): number {
    return this.#elements.size;
  }

  get(key: string): string | undefined {
    return this.#elements.get(key);
  }

  set(key: string, value: string): void {
    if (this.#keys !== undefined && !this.#elements.has(key)) this.#keys = undefined;
    this.#elements.set(key, value);
  }

  delete(key: string): void {
    if (this.#elements.delete(key)) this.#keys = undefined;
  }

  /** In the order of bash's table: by bucket, the newest first within one. */
  keys(): readonly string[] {
    if (this.#keys !== undefined) return this.#keys;
    let nrBuckets = FIRST_BUCKETS;
    while (this.#elements.size > nrBuckets * 2) nrBuckets *= 4;
    const entries = [...this.#elements.keys()].map((key, age) => ({ key, age, bucket: hashOf(key) & (nrBuckets - 1) }));
    entries.sort((a, b) => a.bucket - b.bucket || b.age - a.age);
    this.#keys = entries.map((entry) => entry.key);
    return this.#keys;
  }

  values(): string[] {
    return this.keys().map((key) => this.#elements.get(key) ?? "");
  }

  clone(): AssociativeArray {
    const copy = new AssociativeArray();
    for (const [key, value] of this.#elements) copy.set(key, value);
    return copy;
  }
}

/** FNV-1, as bash's hashlib.c hashes strings. */
function hashOf(key: string): number {
  let hash = FNV_OFFSET;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash, FNV_PRIME) ^ key.charCodeAt(i);
  return hash >>> 0;
}
