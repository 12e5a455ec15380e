#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How many CPUs does the birth of a container interrupt? slab-ipis.sh in Python 3.

One process makes N memory cgroups (cgroup v1), lives in each for a moment and removes them, as the script of the kernel
mail of April 2017 does. It prints the function-call interrupts of CPU 0 and of all CPUs: making the cgroups, tuning one
cache through /proc/slabinfo, removing them, dropping what the kernel remembers of them.

  N=10000 ./slab-ipis.py       on a Linux host with the SLAB allocator and the memory controller on v1, as root
  PINNED=1 ./slab-ipis.py      the task stays on CPU 0: its column says nothing
"""

import os
import subprocess

N = int(os.environ.get("N", "10000"))
SETTLE = os.environ.get("SETTLE", "20")
ROOT = "/mnt/cgroup/memory"


def ipis():
    """Of each CPU."""
    with open("/proc/interrupts") as f:
        for line in f:
            words = line.split()
            if words[0] == "CAL:":
                return [int(word) for word in words[1:-3]]
    return [0]


def run(*command):
    subprocess.run(command, check=True)


def echo(text, path):
    with open(path, "w") as f:
        f.write(text + "\n")


def settle():
    """Until nothing has moved for a while: workers make and destroy caches behind our back."""
    last, now = None, ipis()
    while now != last:
        last = now
        run("sleep", SETTLE)
        now = ipis()


class Reporter:
    """Prints what happened since the last report."""

    def __init__(self):
        self.before = ipis()

    def report(self, what):
        now = ipis()
        first, total = now[0] - self.before[0], sum(now) - sum(self.before)
        print("%s: CPU 0 +%d, all CPUs +%d ipis" % (what, first, total), flush=True)
        self.before = now


def print_memory():
    run("grep", "-E", "^(Percpu|Slab):", "/proc/meminfo")


def live_in_each():
    for i in range(N):
        os.mkdir(str(i))
        echo("1G", "%d/memory.limit_in_bytes" % i)
        echo("1G", "%d/memory.kmem.limit_in_bytes" % i)
        echo(str(os.getpid()), "%d/cgroup.procs" % i)
        open("/tmp/x", "w").close()
        os.unlink("/tmp/x")
    echo(str(os.getpid()), "cgroup.procs")


def print_caches(path):
    print("caches of the first one:", flush=True)
    with open(path) as f:
        for line in f:
            if not line.startswith(("slabinfo", "#")):
                print("  " + line.split()[0], flush=True)


def main():
    if os.environ.get("PINNED") == "1":
        os.sched_setaffinity(0, {0})
    os.makedirs(ROOT, exist_ok=True)
    run("mount", "-t", "cgroup", "-o", "memory", "memory", ROOT)
    os.chdir(ROOT)

    reporter = Reporter()
    live_in_each()
    settle()
    reporter.report("%d memory cgroups made" % N)
    if N > 0:
        print_caches("0/memory.kmem.slabinfo")
    print_memory()
    reporter.report("looking at them")

    echo("dentry 120 60 8", "/proc/slabinfo")
    reporter.report("one cache tuned, with all its copies")

    for i in range(N):
        os.rmdir(str(i))
    settle()
    reporter.report("all removed")
    print_memory()

    echo("2", "/proc/sys/vm/drop_caches")
    settle()
    reporter.report("dentries dropped")
    print_memory()
    os.chdir("/")
    run("umount", ROOT)


main()
