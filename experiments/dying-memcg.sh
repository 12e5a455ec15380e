#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What does a removed cgroup cost as long as a file keeps it?
#
# Makes N memory cgroups one after the other; in each a program writes a file of PAGES pages, then the cgroup is removed.
# The pages stay charged to it, so it is dying, not gone. Four readings of the number of dying cgroups, of Percpu and of
# Slab: before, after the last removal, after half of the files have been deleted, and after the rest.
#
#   ebb compare experiments/dying-memcg.sh --kernel 5.0
#   ebb why experiments/dying-memcg.sh --kernel 5.0 --env LEAVE=1
#   N=200 DIR=/dev/shm ./dying-memcg.sh         on a Linux host with cgroup v2, as root
#
# With LEAVE=1 it ends before the first file is deleted.

set -eu

N=${N:-1000}
PAGES=${PAGES:-1}
DIR=${DIR:-/tmp}
WAIT=${WAIT:-2}
LEAVE=${LEAVE:-0}
root=/sys/fs/cgroup
top=$root/dying-memcg
files=$DIR/dying-memcg

if ! grep -qw memory "$root/cgroup.controllers"; then
  echo "dying-memcg: $root has no memory controller to hand out (is this cgroup v2?)" >&2
  exit 1
fi

reading() {
  sleep "$WAIT"
  grep nr_dying_descendants "$top/cgroup.stat"
  grep -E '^(Percpu|Slab):' /proc/meminfo
}

grep -qw memory "$root/cgroup.subtree_control" || echo +memory > "$root/cgroup.subtree_control"
mkdir "$top" "$files"
echo +memory > "$top/cgroup.subtree_control"
# No task may be where the controller is handed on; where the script came from it goes back to.
home=$root$(cut -d: -f3 /proc/self/cgroup)

reading

for ((i = 1; i <= N; i++)); do
  mkdir "$top/$i"
  echo $$ > "$top/$i/cgroup.procs"
  head -c $((PAGES * 4096)) /dev/zero > "$files/$i"
  echo $$ > "$home/cgroup.procs"
  rmdir "$top/$i"
done

reading
if [ "$LEAVE" = 1 ]; then exit 0; fi

for ((i = 1; i <= N; i += 2)); do
  rm "$files/$i"
done
reading

for ((i = 2; i <= N; i += 2)); do
  rm "$files/$i"
done
reading

rmdir "$files" "$top"
