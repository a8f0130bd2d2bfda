#!/bin/sh
# Spark needs Java 17 or newer. Install it where that is allowed, else say what to run; never skip.
set -eu
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
version=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1) || version=
if [ "${version:-0}" -ge 17 ]; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Java for the Spark tests ..."
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends default-jre-headless >/dev/null
    exit 0
fi
echo "The tests need Java 17 or newer. Run:  sudo apt-get install default-jre-headless" >&2
echo "or set JAVA_HOME to the folder of one, then repeat 'make test'." >&2
exit 1
