/**
 * The five kernel mails ebb starts from: what each measured or promised, the experiment of ours that measures it again,
 * and on which machine. A published figure is quoted, never used.
 *
 * Source of published figures: the mails; for 002 the cover letter of the posting that answered the review.
 */

import type { Experiment } from "../experiment/run-experiment.ts";

/** One policy of a mail, and what was published for it. */
interface MailPolicy {
  readonly policy: string;
  readonly published: number | undefined;
}

export interface Mail {
  /** `000` to `004`. */
  readonly name: string;
  readonly title: string;
  /** When it was posted. */
  readonly date: string;
  /** What the figure counts, with its unit. */
  readonly figure: string;
  /** Name of the script in `experiments/`. */
  readonly script: string;
  readonly kernel: string;
  readonly before: MailPolicy;
  readonly withMail: MailPolicy;
  /** What Linux merged in the end, and in which release; undefined where nothing was. */
  readonly merged: { readonly policy: string; readonly release: string } | undefined;
  /** The figure of one run. */
  readonly measure: (run: Experiment) => number;
}

const PERCPU_LEFT = "Percpu kB after ten of eleven cgroups went";

/** Percpu at the last reading, kB. */
function percpuLeft({ readings }: Experiment): number {
  return readings.findLast(({ percpuKb }) => percpuKb !== undefined)?.percpuKb ?? Number.NaN;
}

/** Percpu at its highest reading, kB. */
function percpuMost({ readings }: Experiment): number {
  return Math.max(...readings.map(({ percpuKb }) => percpuKb ?? Number.NEGATIVE_INFINITY));
}

/** Interrupts CPU 0 had received at the first reading of memory. */
function ipisOfCpu0({ readings }: Experiment): number {
  return readings[0]?.figures.nrIpisCpu0 ?? Number.NaN;
}

export const MAILS: readonly Mail[] = [
  {
    name: "000",
    title: "partial depopulation of percpu chunks",
    date: "March 2021",
    figure: PERCPU_LEFT,
    script: "percpu-churn.sh",
    kernel: "5.12",
    before: { policy: "vanilla", published: 481_024 },
    withMail: { policy: "rfc", published: 153_920 },
    merged: { policy: "upstream", release: "5.14" },
    measure: percpuLeft,
  },
  {
    name: "001",
    title: "early release of a dying memcg's percpu data",
    date: "2019",
    figure: "Percpu kB held by a thousand dying cgroups",
    script: "dying-memcg.sh",
    kernel: "5.0",
    before: { policy: "vanilla", published: 64_128 },
    withMail: { policy: "early-release", published: 26_880 },
    merged: undefined,
    measure: percpuMost,
  },
  {
    name: "002",
    title: "what the review of 000 asked for",
    date: "March 2021",
    figure: PERCPU_LEFT,
    script: "percpu-churn.sh",
    kernel: "5.12",
    before: { policy: "vanilla", published: 481_024 },
    withMail: { policy: "v3", published: 135_552 },
    merged: { policy: "upstream", release: "5.14" },
    measure: percpuLeft,
  },
  {
    name: "003",
    title: "dead slab caches shrunk, again every 60 s",
    date: "October 2012",
    figure: "memcgs still dying 600 s after 100 were removed",
    script: "dead-slab-caches.sh",
    kernel: "3.8",
    before: { policy: "dead-caches-kept", published: undefined },
    withMail: { policy: "s003-v5", published: undefined },
    merged: { policy: "v3.8-merged", release: "3.8" },
    measure: ({ figures }) => figures.nrDying,
  },
  {
    name: "004",
    title: "no IPIs when SLAB arrays are first set up",
    date: "April 2017",
    figure: "IPIs to CPU 0 while 10,000 memcgs were made",
    script: "slab-ipis.sh",
    kernel: "4.12",
    before: { policy: "always-ipi", published: 47_741 },
    withMail: { policy: "no-first-ipi", published: 101 },
    merged: { policy: "no-first-ipi", release: "4.12" },
    measure: ipisOfCpu0,
  },
];
