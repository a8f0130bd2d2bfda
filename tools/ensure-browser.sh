#!/bin/sh
# The journeys drive a real Chromium. Install it where that is allowed, else say what to run; never skip.
set -eu
if command -v "${CHROMIUM:-chromium}" >/dev/null 2>&1; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium for the browser tests ..."
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
    exit 0
fi
echo "The tests need Chromium. Run:  sudo apt-get install chromium" >&2
echo "or set CHROMIUM to the path of a Chromium or Chrome, then repeat 'make test'." >&2
exit 1
