#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Debian's Chromium, for the tests that drive the page. Does nothing when there is one; says why when it cannot.

set -eu

if [ -x /usr/bin/chromium ]; then
  exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "no /usr/bin/chromium, and only root may install it: apt-get install chromium" >&2
  exit 1
fi
if ! command -v apt-get > /dev/null; then
  echo "no /usr/bin/chromium, and no apt-get to install it with" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -q -y --no-install-recommends chromium
