#!/bin/bash
# SPDX-License-Identifier: MIT
#
# How much percpu memory comes back when most cgroups go and a few stay?
#
# Makes KEEP groups of one lasting and CHURN short-lived memory cgroups, in the order in which a busy host would make
# them, then removes the short-lived ones. Three readings of Percpu: before, full, and 10 seconds after the removal.
# The survivors own 1/(CHURN + 1) of what was added; whatever else is still there is held by fragmentation.
#
#   ebb compare experiments/percpu-churn.sh
#   KEEP=200 CHURN=4 ./percpu-churn.sh          on a Linux host with cgroup v2, as root

set -eu

KEEP=${KEEP:-1000}
CHURN=${CHURN:-10}
root=/sys/fs/cgroup
top=$root/percpu-churn

if ! grep -qw memory "$root/cgroup.controllers"; then
  echo "percpu-churn: $root has no memory controller to hand out (is this cgroup v2?)" >&2
  exit 1
fi

grep -qw memory "$root/cgroup.subtree_control" || echo +memory > "$root/cgroup.subtree_control"
mkdir "$top"
echo +memory > "$top/cgroup.subtree_control"

grep Percpu /proc/meminfo

for ((i = 1; i <= KEEP; i++)); do
  mkdir "$top/keep-$i"
  for ((j = 1; j <= CHURN; j++)); do
    mkdir "$top/churn-$i-$j"
  done
done

grep Percpu /proc/meminfo

for ((i = 1; i <= KEEP; i++)); do
  for ((j = 1; j <= CHURN; j++)); do
    rmdir "$top/churn-$i-$j"
  done
done
sleep 10

grep Percpu /proc/meminfo

for ((i = 1; i <= KEEP; i++)); do
  rmdir "$top/keep-$i"
done
rmdir "$top"
