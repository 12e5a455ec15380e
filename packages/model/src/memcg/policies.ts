/** What a kernel tree decides about dying memcgs. The mechanism is one. */

export interface MemcgPolicy {
  readonly name: string;
  /** One line for `ebb policies`. */
  readonly title: string;
  /** The statistics of an offline memcg are folded into shared sums and their percpu areas freed. */
  readonly releasesStatsEarly: boolean;
}

/** @public The policy of every mainline kernel. */
export const KEEP_STATS: MemcgPolicy = {
  name: "keep-stats",
  title: "percpu statistics of a memcg live as long as it does (mainline)",
  releasesStatsEarly: false,
};

export const MEMCG_POLICIES: readonly MemcgPolicy[] = [
  KEEP_STATS,
  {
    name: "early-release",
    title: "percpu statistics of a dying memcg are freed once it is offline (mail 001)",
    releasesStatsEarly: true,
  },
];

/** The policy called `name`, or undefined. */
export function memcgPolicy(name: string): MemcgPolicy | undefined {
  return MEMCG_POLICIES.find((policy) => policy.name === name);
}
