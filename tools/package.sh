#!/bin/sh
# package.sh: builds the Debian package and prints where it lies: build/package/nightjar_VERSION_ARCHITECTURE.deb
set -eu
cd "$(dirname "$0")/.."
tools/build.sh package nightjar
cd build/package
rm -f nightjar_*.deb
log=$(mktemp)
trap 'rm -f "$log"' EXIT
cpack --config CPackConfig.cmake -G DEB >"$log" 2>&1 || { cat "$log" >&2 && exit 1; }
for package in nightjar_*.deb; do
  echo "build/package/$package"
done
