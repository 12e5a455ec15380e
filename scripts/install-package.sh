#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A Debian package that tests need, when a file of it is missing; says why when it cannot be installed.
#
#   scripts/install-package.sh /usr/bin/chromium chromium            journeys through the page
#   scripts/install-package.sh /usr/lib/bash/mkdir bash-builtins     scripts that load builtins into a real bash

set -eu

file=$1
package=$2
if [ -e "$file" ]; then
  exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "no $file, and only root may install it: apt-get install $package" >&2
  exit 1
fi
if ! command -v apt-get > /dev/null; then
  echo "no $file, and no apt-get to install it with" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -o DPkg::Lock::Timeout=300 update -q
apt-get -o DPkg::Lock::Timeout=300 install -q -y --no-install-recommends "$package"
