/** What must hold after every step of the replacement of arrays, and the text that stands for a state. */

import { cpuArrayOf, type SlabAllocator, verifySlabAllocator } from "@ebb/model";
import { type ArrayCache, CACHE } from "./array-cache.ts";

/** Lists of slabs of a node: full, partial, free. */
const NR_LISTS = 3;

/** The rules that the scenario's present state breaks, with their figures; all of the model's between two tunings. */
export function brokenRules({ state, slab, isSettled }: ArrayCache): readonly string[] {
  const out = state.complaint === "" ? [] : [state.complaint];
  if (slab.nrLostObjects > 0) out.push(`no object is lost with its array: expected 0, found ${slab.nrLostObjects}`);
  if (out.length > 0 || !isSettled) return out;
  return verifySlabAllocator(slab).map(({ rule, expected, found }) => `${rule}: expected ${expected}, found ${found}`);
}

/**
 * All of the present state that can matter later, as text. Which rows and numbers stand for what cannot: slabs are named
 * in the order in which they come up, objects by their slab and place. Nor can `touched`, as a batch is one object here
 * and no reaper comes by.
 */
export function stateKey({ state, slab, generation, config }: ArrayCache): string {
  const words: (number | string)[] = [state.next, state.complaint];
  const names = new SlabNames(slab);
  for (const cpu of state.cpus) {
    words.push(cpu.at, Number(cpu.isElsewhere), cpu.nrElsewhere, cpu.nrSections, cpu.generation);
    words.push(Number(cpu.isFreed), Number(cpu.isAwaited), names.object(cpu.object));
  }
  if (generation === 0) return words.join(" ");
  for (let cpu = 0; cpu < config.nrCpus; cpu++) words.push(names.array(cpuArrayOf(slab, CACHE, cpu)));
  for (const array of state.old) words.push(names.array(array));
  for (const head of slab.caches.listHead.subarray(0, NR_LISTS)) words.push(names.list(head));
  return words.join(" ");
}

class SlabNames {
  private readonly slab: SlabAllocator;
  private readonly names = new Map<number, number>();

  constructor(slab: SlabAllocator) {
    this.slab = slab;
  }

  object(object: number): string {
    if (object < 0) return "-";
    const { slabOf, slabs } = this.slab.pool;
    const slab = slabOf[object] ?? -1;
    return `${this.slabName(slab)}.${object - (slabs.firstObject[slab] ?? 0)}`;
  }

  /** Its limit and its entries. */
  array(array: number): string {
    const { arrays, entries } = this.slab;
    const start = arrays.start[array] ?? 0;
    const held = entries.subarray(start, start + (arrays.avail[array] ?? 0));
    return `${arrays.limit[array]}[${Array.from(held, (object) => this.object(object)).join()}]`;
  }

  /** Its slabs and their free objects. */
  list(head: number): string {
    const { slabs, nextFree } = this.slab.pool;
    let text = "/";
    for (let slab = head; slab >= 0; slab = slabs.next[slab] ?? -1) {
      text += `${this.slabName(slab)}(`;
      for (let object = slabs.freeHead[slab] ?? -1; object >= 0; object = nextFree[object] ?? -1) {
        text += `${this.object(object)},`;
      }
      text += ")";
    }
    return text;
  }

  private slabName(slab: number): number {
    const known = this.names.get(slab);
    if (known !== undefined) return known;
    this.names.set(slab, this.names.size);
    return this.names.size - 1;
  }
}
