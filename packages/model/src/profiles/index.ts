/** The kernel profiles by name, oldest first. */

import type { KernelProfile } from "./profile.ts";
import { V3_8 } from "./v3-8.ts";
import { V4_12 } from "./v4-12.ts";
import { V5_0 } from "./v5-0.ts";
import { V5_4 } from "./v5-4.ts";
import { V5_12 } from "./v5-12.ts";
import { V6_1 } from "./v6-1.ts";
import { V7_1 } from "./v7-1.ts";

export const KERNEL_PROFILES: readonly KernelProfile[] = [V3_8, V4_12, V5_0, V5_4, V5_12, V6_1, V7_1];

/** The profile called `name`, with or without a v before it; or undefined. */
export function kernelProfile(name: string): KernelProfile | undefined {
  return KERNEL_PROFILES.find((profile) => profile.name === name || `v${profile.name}` === name);
}
