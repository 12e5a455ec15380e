/** Background jobs of one shell. */

import type { Process } from "../process/scheduler.ts";

export interface Job {
  readonly number: number;
  /** Processes of the pipeline; the last one gives the status. */
  readonly processes: readonly Process[];
  readonly text: string;
  /** `wait -n` has returned it already. */
  reported: boolean;
}

export class JobTable {
  readonly #jobs: Job[] = [];

  /** Live and ended jobs not yet forgotten, oldest first. */
  get all(): readonly Job[] {
    return this.#jobs;
  }

  add(processes: readonly Process[], text: string): Job {
    let number = 1;
    for (const job of this.#jobs) if (job.number >= number) number = job.number + 1;
    const job: Job = { number, processes, text, reported: false };
    this.#jobs.push(job);
    return job;
  }

  remove(job: Job): void {
    const at = this.#jobs.indexOf(job);
    if (at >= 0) this.#jobs.splice(at, 1);
  }

  byPid(pid: number): Job | undefined {
    return this.#jobs.find((job) => job.processes.some((process) => process.pid === pid));
  }

  /** `%1`, `%+`, `%-`, `%%`, `%text`, `%?text`. */
  bySpec(spec: string): Job | undefined {
    const body = spec.slice(1);
    if (body === "" || body === "%" || body === "+") return this.#jobs.at(-1);
    if (body === "-") return this.#jobs.at(-2) ?? this.#jobs.at(-1);
    if (/^[0-9]+$/.test(body)) return this.#jobs.find((job) => job.number === Number(body));
    if (body.startsWith("?")) return this.#jobs.find((job) => job.text.includes(body.slice(1)));
    return this.#jobs.find((job) => job.text.startsWith(body));
  }
}

/** The process whose status is the job's. */
export function lastProcess(job: Job): Process | undefined {
  return job.processes.at(-1);
}

export function isRunning(job: Job): boolean {
  return job.processes.some((process) => process.alive);
}
