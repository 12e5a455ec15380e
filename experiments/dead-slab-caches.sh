#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What do the slab caches of removed containers wait for?
#
# In Linux 3.8 a memory cgroup whose kernel memory is limited has copies of the slab caches it uses. When it is removed
# its copies are dead: nobody allocates from them, and each goes when its last slab is given back. SLUB keeps empty slabs
# without looking at them again, so a copy may wait for ever, and its cgroup with it. The kernel mail of October 2012
# shrinks dead caches, and tries again every 60 s.
#
# N cgroups each make 40 files; those with even numbers delete all of them before they are removed, those with odd
# numbers keep one. 150 s after the removal the files that were kept are deleted too.
#
#   ebb compare experiments/dead-slab-caches.sh --kernel 3.8 --policy dead-caches-kept,s003-v5,v3.8-merged
#   ebb compare experiments/dead-slab-caches.sh --kernel 3.8 --set allocator=SLAB --policy dead-caches-kept,s003-v5
#
# bash-builtins gives the loadable commands, so that no process of the script leaves memory in the cgroups.

set -u
N=${N:-100}
FILES=${FILES:-40}

for command in mkdir rmdir unlink; do
	enable -f /usr/lib/bash/$command $command || exit 1
done
if [ ! -d /mnt/cgroup/memory ]; then mkdir -p /mnt/cgroup/memory; fi
mount -t cgroup -o memory memory /mnt/cgroup/memory || exit 1
cd /mnt/cgroup/memory || exit 1

look() { # cgroups as v1 counts them, dying ones too; memory of slabs
	read -r _ _ cgroups _ < <(grep ^memory /proc/cgroups)
	echo "$1: $((cgroups - 1)) cgroups"
	grep ^Slab: /proc/meminfo
}

look "before"
for ((i = 0; i < N; i++)); do
	mkdir $i
	echo 1G >$i/memory.kmem.limit_in_bytes
	echo $$ >$i/cgroup.procs
	: >/tmp/first # of each cache: served by the root's, and asks for the copy
	unlink /tmp/first
	for ((f = 0; f < FILES; f++)); do : >/tmp/$i-$f; done
	for ((f = i % 2; f < FILES; f++)); do unlink /tmp/$i-$f; done
	echo $$ >cgroup.procs
done
look "lived in"

for ((i = 0; i < N; i++)); do rmdir $i; done
now=0
until_second() {
	sleep $(($1 - now))
	now=$1
}
until_second 1
look "1 s after"
for second in 59 61 121; do
	until_second $second
	look "$second s after"
done
until_second 150
for ((i = 1; i < N; i += 2)); do unlink /tmp/$i-0; done
look "150 s after, files deleted"
for second in 179 181 600; do
	until_second $second
	look "$second s after"
done
