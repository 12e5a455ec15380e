/** The percpu policies by name, oldest first. */

import type { PercpuPolicy } from "../policy.ts";
import { rfc } from "./rfc.ts";
import { upstream } from "./upstream.ts";
import { v1 } from "./v1.ts";
import { v3 } from "./v3.ts";
import { vanilla } from "./vanilla.ts";

export const PERCPU_POLICIES: readonly PercpuPolicy[] = [vanilla, rfc, v1, v3, upstream];

/** The policy called `name`, or undefined. */
export function percpuPolicy(name: string): PercpuPolicy | undefined {
  return PERCPU_POLICIES.find((policy) => policy.name === name);
}
