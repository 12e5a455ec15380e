/** The kernel profiles by name. */

import type { KernelProfile } from "./profile.ts";
import { V5_12 } from "./v5-12.ts";
import { V6_1 } from "./v6-1.ts";

export const KERNEL_PROFILES: readonly KernelProfile[] = [V5_12, V6_1];

/** The profile called `name`, or undefined. */
export function kernelProfile(name: string): KernelProfile | undefined {
  return KERNEL_PROFILES.find((profile) => profile.name === name);
}
