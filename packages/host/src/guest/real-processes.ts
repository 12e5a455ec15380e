/** Processes of this host, as /proc shows them: those whose files a virtual machine serves. Written from proc(5). */

import { closeSync, openSync, readlinkSync, readSync } from "node:fs";
import { namesIn } from "../host-files.ts";
import { fieldsBehindName } from "./process-stat.ts";

interface RealProcess {
  readonly id: number;
  readonly parentId: number;
  readonly ownPid: number;
  readonly started: string;
  readonly comm: string;
}

/** Where in /proc/PID/stat, counted behind the name in brackets, the start time stands. */
const START_FIELD = 19;
/** Kernel functions in which a process waits for the server of a FUSE file system. */
const FUSE_WAIT = /request_wait_answer|fuse/;
const buffer = Buffer.allocUnsafe(1 << 16);

export class RealProcesses {
  readonly #root: string;

  /** @param root where /proc is, for tests */
  constructor(root = "/proc") {
    this.#root = root;
  }

  look(threadId: number): RealProcess | undefined {
    const status = this.#read(`${threadId}/status`);
    if (status === undefined) return undefined;
    const id = Number(field(status, "Tgid"));
    const stat = this.#read(`${id}/stat`);
    if (stat === undefined || id === 0) return undefined;
    return {
      id,
      parentId: Number(field(status, "PPid")),
      ownPid: Number(field(status, "NSpid").split("\t").at(-1)) || id,
      started: fieldsBehindName(stat)[START_FIELD] ?? "",
      comm: field(status, "Name"),
    };
  }

  /** One whose parent has not asked yet how it ended has ended all the same. */
  stateOf({ id, started }: Pick<RealProcess, "id" | "started">): "gone" | "waits" | "runs" {
    const stat = this.#read(`${id}/stat`);
    if (stat === undefined) return "gone";
    const fields = fieldsBehindName(stat);
    if (fields[START_FIELD] !== started) return "gone";
    const [state] = fields;
    if (state === "Z" || state === "X") return "gone";
    return state === "R" || state === "D" ? "runs" : "waits";
  }

  childrenOf(id: number): readonly number[] {
    const children: number[] = [];
    for (const thread of namesIn(`${this.#root}/${id}/task`)) {
      const text = this.#read(`${id}/task/${thread}/children`) ?? "";
      for (const word of text.split(" ")) if (word !== "") children.push(Number(word));
    }
    return children;
  }

  /** As below; false where the host does not tell. */
  waitsForAnswer(id: number): boolean {
    return FUSE_WAIT.test(this.#read(`${id}/wchan`) ?? "");
  }

  /** Told by the name of the kernel function it sleeps in. */
  waitsForChildren(id: number): boolean | undefined {
    const where = this.#read(`${id}/wchan`);
    return where === undefined || where === "" || where === "0"
      ? undefined
      : where.includes("wait4") || where === "do_wait";
  }

  /** A byte string. */
  linkOf(id: number, name: string): string | undefined {
    try {
      return readlinkSync(`${this.#root}/${id}/${name}`, "latin1");
    } catch {
      return undefined;
    }
  }

  filesOf(id: number): readonly string[] {
    return namesIn(`${this.#root}/${id}`);
  }

  #read(path: string): string | undefined {
    let fd: number | undefined;
    try {
      fd = openSync(`${this.#root}/${path}`, "r");
      return buffer.toString("latin1", 0, readSync(fd, buffer));
    } catch {
      // It has ended meanwhile.
      return undefined;
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }
}

/** The value of a row of /proc/PID/status. */
function field(status: string, name: string): string {
  const at = status.startsWith(`${name}:`) ? 0 : status.indexOf(`\n${name}:`) + 1;
  if (at === 0 && !status.startsWith(`${name}:`)) return "";
  return status.slice(at + name.length + 1, status.indexOf("\n", at)).trim();
}
