#!/bin/bash
# SPDX-License-Identifier: MIT
#
# How many CPUs does the birth of a container interrupt?
#
# With the SLAB allocator a memory cgroup gets copies of the caches its tasks use, one by one, and each copy gets an
# array of objects for every CPU. Until Linux 4.12 setting those arrays up interrupted all other CPUs, though nobody could
# be using arrays that had not been there. This makes N memory cgroups (cgroup v1), lives in each for a moment as the
# script of the kernel mail of April 2017 does, and prints what each CPU was interrupted for: making, then
# what tuning a cache through /proc/slabinfo costs, then removing them and dropping what the kernel remembers of them.
#
#   ebb compare experiments/slab-ipis.sh --kernel 4.12 --policy always-ipi,no-first-ipi
#   ebb run experiments/slab-ipis.sh --kernel 5.4 --cpus 8 --env N=1000 --policy always-ipi
#   ebb run experiments/slab-ipis.sh --kernel 4.12 --env PINNED=1    a task that stays on CPU 0: its column says nothing
#
# It runs on a real machine as well (root, memory controller on v1, SLAB); there bash-builtins gives the loadable
# commands, so that no process is made in the loop.

set -u
N=${N:-10000}
SETTLE=${SETTLE:-20}

for command in mkdir rmdir unlink; do
	enable -f /usr/lib/bash/$command $command || exit 1
done

ipis() { # of CPU 0, and of all CPUs
	local word total=0
	while read -r -a word; do
		[ "${word[0]}" = CAL: ] || continue
		first=${word[1]}
		for ((c = 1; c < ${#word[@]} - 3; c++)); do total=$((total + word[c])); done
	done </proc/interrupts
	all=$total
}

report() { # what happened since the last report
	ipis
	echo "$1: CPU 0 +$((first - first_before)), all CPUs +$((all - all_before)) ipis"
	first_before=$first all_before=$all
}

settle() { # until nothing has moved for a while: workers make and destroy caches behind our back
	local last=-1
	while ((all != last)); do
		last=$all
		sleep "$SETTLE"
		ipis
	done
}

if [ "${PINNED:-0}" = 1 ]; then taskset -pc 0 $$ >/dev/null; fi
if [ ! -d /mnt/cgroup/memory ]; then mkdir -p /mnt/cgroup/memory; fi
mount -t cgroup -o memory memory /mnt/cgroup/memory || exit 1
cd /mnt/cgroup/memory || exit 1

ipis
first_before=$first all_before=$all
for ((i = 0; i < N; i++)); do
	mkdir $i
	echo 1G >$i/memory.limit_in_bytes
	echo 1G >$i/memory.kmem.limit_in_bytes
	echo $$ >$i/cgroup.procs
	: >/tmp/x
	unlink /tmp/x
done
echo $$ >cgroup.procs # what follows starts programs: not in the last one
ipis
settle
report "$N memory cgroups made"
if ((N > 0)); then
	echo "caches of the first one:"
	while read -r name rest; do
		case $name in slabinfo | "#") ;; *) echo "  $name" ;; esac
	done <0/memory.kmem.slabinfo
fi
grep -E '^(Percpu|Slab):' /proc/meminfo
report "looking at them"

echo "dentry 120 60 8" >/proc/slabinfo
report "one cache tuned, with all its copies"

for ((i = 0; i < N; i++)); do rmdir $i; done
ipis
settle
report "all removed"
grep -E '^(Percpu|Slab):' /proc/meminfo

echo 2 >/proc/sys/vm/drop_caches
ipis
settle
report "dentries dropped"
grep -E '^(Percpu|Slab):' /proc/meminfo
cd /
umount /mnt/cgroup/memory
