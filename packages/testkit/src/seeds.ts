/** Seeds of random runs that once found a fault. They stay in the suite; each says what it found. */

interface KeptSeed {
  readonly seed: number;
  readonly policyName: string;
  readonly reason: string;
}

export const KEPT_SEEDS: readonly KeptSeed[] = [
  {
    seed: 34,
    policyName: "rfc",
    reason: "an atomic area landed, between two steps, on the run of pages that the balance work was to give back",
  },
];
