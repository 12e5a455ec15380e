/** Texts that real programs run in place of what would ask the host: they ask ebb (see guest-commands.ts). */

import { CONTROL } from "./guest-proc.ts";

/** Commands whose real ones would ask the host, or change it. */
export const SHIMMED_COMMANDS: readonly string[] = [
  "mount",
  "umount",
  "taskset",
  "nproc",
  "sync",
  "swapon",
  "swapoff",
  "uname",
];
/** And those that ask for the time or let it pass. */
export const SHIMMED_CLOCKS: readonly string[] = ["sleep", "usleep", "date", "uptime"];

/** The shim of any command: it goes by the name it was called by. A builtin printf, so that no process is made. */
export const COMMAND_SHIM = `#!/bin/sh
printf '%s\\0' "\${0##*/}" "$PWD" "$@" > /proc/${CONTROL}/call
. /proc/${CONTROL}/answer
`;

/** What an interactive bash reads first: the prompt is read anew before each line, without a process. */
export const BASH_START = `PROMPT_COMMAND='IFS= read -r PS1 < /proc/${CONTROL}/prompt'
`;

/** Python 2 and 3: sleeping, and the CPUs a process may run on. */
export function pythonShim(virtualTime: boolean): string {
  const sleep = `
def _sleep(seconds):
    _call("sleep", repr(float(seconds)))

time.sleep = _sleep
`;
  return `import os
import time


def _bytes(text):
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")


def _call(name, *args):
    fd = os.open("/proc/${CONTROL}/call", os.O_WRONLY)
    os.write(fd, b"".join(_bytes(word) + b"\\0" for word in (name, os.getcwd()) + args))
    os.close(fd)
    fd = os.open("/proc/${CONTROL}/answer", os.O_RDONLY)
    text = os.read(fd, 1 << 16)
    os.close(fd)
    if not text.rstrip().endswith(b"exit 0"):
        raise OSError("ebb: " + text.decode("utf-8", "replace"))


def _sched_setaffinity(pid, cpus):
    _call("taskset", "-pc", ",".join(str(c) for c in sorted(cpus)), str(pid or os.getpid()))

if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity = _sched_setaffinity
${virtualTime ? sleep : ""}`;
}
