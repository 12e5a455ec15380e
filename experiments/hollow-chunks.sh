#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What do the chunks look like when most of what filled them is gone?
#
# Makes COUNT memory cgroups, removes all but every eleventh, waits, and leaves the survivors for a look at the map:
#
#   ebb run experiments/hollow-chunks.sh --map --policy vanilla
#   ebb run experiments/hollow-chunks.sh --map --policy upstream

set -eu

COUNT=${COUNT:-330}
top=/sys/fs/cgroup/hollow

mkdir "$top"
echo +memory > "$top/cgroup.subtree_control"

for ((i = 0; i < COUNT; i++)); do
  mkdir "$top/c$i"
done
for ((i = 0; i < COUNT; i++)); do
  if ((i % 11)); then rmdir "$top/c$i"; fi
done
sleep 10
