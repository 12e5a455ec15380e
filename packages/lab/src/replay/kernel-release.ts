/** Percpu policies that may have been at work in a recorded kernel. */

import { type PercpuPolicy, percpuPolicy } from "@ebb/model";

/** The first release with partial depopulation. */
const DEPOPULATES_FROM = [5, 14] as const;

/**
 * The kernel's own policy first. A kernel that depopulates may have it switched off; what the release is, may be unknown.
 *
 * @param release as `uname -r` prints it; "" when unknown
 */
export function policiesOfRelease(release: string): readonly PercpuPolicy[] {
  const [, major = "", minor = ""] = /^(\d+)\.(\d+)/.exec(release) ?? [];
  const [fromMajor, fromMinor] = DEPOPULATES_FROM;
  const isBefore =
    release !== "" && (Number(major) < fromMajor || (Number(major) === fromMajor && Number(minor) < fromMinor));
  const names = isBefore ? ["vanilla"] : ["upstream", "vanilla"];
  return names.map(percpuPolicy).filter((policy) => policy !== undefined);
}
