#!/bin/sh
# build.sh PRESET [TARGET...]: configures a preset of CMakePresets.json and builds it (everything, or the targets).
# At most one compiler a core, and one for every 1.5 GB of memory.
set -eu
cd "$(dirname "$0")/.."
preset=$1
shift
memory=$(awk '/MemTotal/ { print int($2 / 1500000) }' /proc/meminfo)
cores=$(nproc)
jobs=$((memory < 1 ? 1 : memory < cores ? memory : cores))

log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! cmake --preset "$preset" >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
cmake --build --preset "$preset" --parallel "$jobs" ${1:+--target "$@"}
