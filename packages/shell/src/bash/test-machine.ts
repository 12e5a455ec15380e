/** A small machine for tests: a file tree, a clock that moves only when told, and tasks that are just numbers. */

import { createCommands } from "../commands/index.ts";
import { EAGAIN } from "../errno.ts";
import type { Command, TaskHost } from "../process/command.ts";
import { createDevices } from "../vfs/devices.ts";
import { FileTree } from "../vfs/file-tree.ts";
import { createTmpfs } from "../vfs/tmpfs.ts";
import type { CommandEvent } from "./machine.ts";
import { runScript, type ScriptResult } from "./run-script.ts";

const SCRIPT_PID = 1000;
const EXEC_NS = 1_000_000;
const BOOT_EPOCH_SECONDS = 1_700_000_000;
const DIRECTORY_MODE = 0o755;

interface TestRun {
  readonly result: ScriptResult;
  readonly stdout: string;
  readonly stderr: string;
  readonly events: readonly CommandEvent[];
  readonly elapsedNs: number;
  /** Tasks made and not ended. */
  readonly nrTasksLeft: number;
}

interface TestRunOptions {
  readonly stdin?: string;
  readonly args?: readonly string[];
  readonly commands?: ReadonlyMap<string, Command>;
  /** Largest number of tasks at once; more are refused. */
  readonly maxTasks?: number;
  readonly prepare?: (tree: FileTree) => void;
}

/** Runs `source` as script.sh in an empty directory. */
export function runOnTestMachine(source: string, options: TestRunOptions = {}): TestRun {
  const clock = { nowNs: 0 };
  const tasks = new Set<number>();
  const tree = new FileTree(createTmpfs(() => clock.nowNs));
  for (const path of ["/dev", "/tmp", "/tmp/w", "/root", "/proc"]) tree.mkdir(path, "/", DIRECTORY_MODE);
  const dev = createDevices(() => clock.nowNs, 1);
  tree.mount({ path: "/dev", type: "devtmpfs", source: "devtmpfs", options: "rw", root: dev });
  options.prepare?.(tree);
  const out = { stdout: "", stderr: "" };
  const events: CommandEvent[] = [];
  const result = runScript({
    source,
    name: "script.sh",
    args: options.args ?? [],
    vfs: tree,
    host: testHost(clock, tasks, options.maxTasks ?? Number.MAX_SAFE_INTEGER),
    commands: options.commands ?? testCommands(),
    env: new Map([
      ["HOME", "/root"],
      ["PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      ["LC_ALL", "C"],
    ]),
    cwd: "/tmp/w",
    pid: SCRIPT_PID,
    stdin: options.stdin ?? "",
    stdout: (text) => {
      out.stdout += text;
    },
    stderr: (text) => {
      out.stderr += text;
    },
    onCommand: (event) => events.push(event),
  });
  return { result, ...out, events, elapsedNs: clock.nowNs, nrTasksLeft: tasks.size };
}

let commands: ReadonlyMap<string, Command> | undefined;

function testCommands(): ReadonlyMap<string, Command> {
  commands ??= createCommands({ mountFileSystem: () => undefined });
  return commands;
}

function testHost(clock: { nowNs: number }, tasks: Set<number>, maxTasks: number): TaskHost {
  let lastPid = SCRIPT_PID;
  return {
    nowNs: () => clock.nowNs,
    advanceTo: (timeNs) => {
      clock.nowNs = Math.max(clock.nowNs, timeNs);
    },
    bootEpochSeconds: BOOT_EPOCH_SECONDS,
    nrCpus: 4,
    hostName: "ebb",
    kernelRelease: "6.1.0",
    execNs: EXEC_NS,
    callNs: 0,
    returnFromCall: () => undefined,
    cpusOf: () => [0, 4],
    setCpus: () => undefined,
    fork: () => {
      if (tasks.size >= maxTasks) return EAGAIN;
      lastPid++;
      tasks.add(lastPid);
      return lastPid;
    },
    exec: () => undefined,
    exit: (pid) => {
      if (!tasks.delete(pid)) throw new Error(`task ${pid} left twice`);
    },
  };
}
