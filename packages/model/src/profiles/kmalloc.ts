/** Which of kmalloc's caches a size comes from, and what a kernel calls it. Source: recorded /proc/slabinfo. */

import type { CacheSpec } from "./profile.ts";

const KMALLOC_BYTES = [8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192];

/** How kmalloc names its caches and how small they get. */
export interface KmallocNaming {
  readonly minBytes: number;
  /** "kmalloc-1024" and not "kmalloc-1k": before 4.20. */
  readonly longNames: boolean;
}

/** Cache that kmalloc takes `sizeBytes` from. */
export function kmallocCache(sizeBytes: number, { minBytes, longNames }: KmallocNaming): string {
  const bytes = KMALLOC_BYTES.find((one) => one >= sizeBytes && one >= minBytes) ?? sizeBytes;
  return bytes >= 1024 && !longNames ? `kmalloc-${bytes / 1024}k` : `kmalloc-${bytes}`;
}

export const KMALLOC_NAMES_SLUB: KmallocNaming = { minBytes: 8, longNames: false };
export const KMALLOC_NAMES_SLAB: KmallocNaming = { minBytes: 32, longNames: false };

/** How a kernel with these caches names kmalloc's. */
export function kmallocNaming(caches: readonly CacheSpec[]): KmallocNaming {
  const has = (name: string) => caches.some((cache) => cache.name === name);
  return { minBytes: has("kmalloc-8") ? 8 : 32, longNames: has("kmalloc-1024") };
}
