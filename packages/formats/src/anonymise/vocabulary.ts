/** The names of a recording that are told apart, and what becomes of each sort. Events and texts share them. */

import { Pseudonyms } from "./pseudonyms.ts";

/** Words of stages that say nothing of the host: those of `ebb record` and of the recordings that ebb is tested with. */
const PLAIN_STAGES: ReadonlySet<string> = new Set([
  ...["start", "end", "boot", "before", "after", "created", "removed", "released", "dropped"],
]);
const STAGE_MARK = /^(stage |ebb: stage )(\S+)( was read)?\n?$/;
/** Below where cgroups are mounted, on hosts with version 1 beside version 2 too. */
const STAT_KEY = /^(\/sys\/fs\/cgroup(?:\/unified)?)((?:\/.*)?)\/cgroup\.stat$/;

export class Vocabulary {
  readonly tasks = new Pseudonyms("task");
  readonly cgroups = new Pseudonyms("c");
  readonly callSites = new Pseudonyms("site");
  readonly marks = new Pseudonyms("mark");
  readonly stages = new Pseudonyms("stage");
  readonly inputs = new Pseudonyms("input");

  /** Names that the kernel itself puts there stay: the idle task, and a name it had forgotten. */
  task(name: string): string {
    return name === "<idle>" || name === "<...>" ? name : this.tasks.of(name);
  }

  /** Each part of a path for itself, so that what lies in what is still seen. */
  cgroupPath(path: string): string {
    return path
      .split("/")
      .map((part) => (part === "" ? "" : this.cgroups.of(part)))
      .join("/");
  }

  stage(word: string): string {
    return word === "" || /^\d+$/.test(word) || PLAIN_STAGES.has(word) ? word : this.stages.of(word);
  }

  /** Marks that tie snapshots to events keep doing so. */
  mark(text: string): string {
    const found = STAGE_MARK.exec(text);
    if (found === null) return this.marks.of(text);
    return `${found[1]}${this.stage(found[2] ?? "")}${found[3] ?? ""}`;
  }

  /** The key of a cgroup's file; undefined when it is none. */
  cgroupKey(key: string): string | undefined {
    const found = STAT_KEY.exec(key);
    return found === null ? undefined : `${found[1]}${this.cgroupPath(found[2] ?? "")}/cgroup.stat`;
  }
}
