/** What has to be known of the real processes that use a machine's files: given by who can look at them. */

export interface SeenProcess {
  /** Its number where we are; that of the first thread for any of its threads. */
  readonly id: number;
  readonly parentId: number;
  /** Its number as it and its kin know it. */
  readonly ownPid: number;
  /** When it was started, in the host's words: tells it from another with the same number. */
  readonly started: string;
  /** The kernel's `comm`. */
  readonly comm: string;
}

/** A process waits when it is asleep, or has ended and its parent has not yet asked how. */
type ProcessState = "gone" | "waits" | "runs";

export interface HostProcesses {
  /** The process of a thread; undefined when it is gone. */
  look(threadId: number): SeenProcess | undefined;
  stateOf(process: Pick<SeenProcess, "id" | "started">): ProcessState;
  childrenOf(id: number): readonly number[];
  /** It waits for the answer to a request it has made of a file system like ours. */
  waitsForAnswer(id: number): boolean;
  /** A process that waits does so for its children; undefined where the host does not tell. */
  waitsForChildren(id: number): boolean | undefined;
  /** Target of a link below /proc of the process: `exe`, `cwd`, `root`. */
  linkOf(id: number, name: string): string | undefined;
  /** Names of files in /proc of the process. */
  filesOf(id: number): readonly string[];
}
