/** What programs the tasks run, for /proc: the kernel's `comm`. */

const COMM_BYTES = 15;

interface NamedTask {
  readonly parentPid: number;
  readonly comm: string;
}

export class TaskNames {
  readonly #tasks = new Map<number, NamedTask>();

  /** A child has its parent's name until it starts a program. */
  fork(pid: number, parentPid: number): void {
    this.#tasks.set(pid, { parentPid, comm: this.commOf(parentPid) });
  }

  exec(pid: number, program: string): void {
    const comm = program.slice(program.lastIndexOf("/") + 1).slice(0, COMM_BYTES);
    this.#tasks.set(pid, { parentPid: this.parentOf(pid), comm });
  }

  exit(pid: number): void {
    this.#tasks.delete(pid);
  }

  /** Pids of all tasks, ascending. */
  pids(): readonly number[] {
    return [...this.#tasks.keys()].sort((a, b) => a - b);
  }

  has(pid: number): boolean {
    return this.#tasks.has(pid);
  }

  commOf(pid: number): string {
    return this.#tasks.get(pid)?.comm ?? "bash";
  }

  parentOf(pid: number): number {
    return this.#tasks.get(pid)?.parentPid ?? 1;
  }
}
