#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What tests of real programs on a virtual machine run beside bash: its loadable builtins. Does nothing when they are
# there; says why when it cannot.

set -eu

if [ -e /usr/lib/bash/mkdir ]; then
  exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "no /usr/lib/bash/mkdir, and only root may install it: apt-get install bash-builtins" >&2
  exit 1
fi
if ! command -v apt-get > /dev/null; then
  echo "no /usr/lib/bash/mkdir, and no apt-get to install it with" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -o DPkg::Lock::Timeout=300 update -q
apt-get -o DPkg::Lock::Timeout=300 install -q -y --no-install-recommends bash-builtins
