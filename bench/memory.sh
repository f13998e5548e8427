#!/bin/sh
# memory.sh: peak memory of `ingest` when SOURCES (70 million) distinct sources knock in one hour, one packet each. The
# traffic comes through a pipe: nothing but the lake needs room on the disk.
set -eu
cd "$(dirname "$0")/.."
. bench/measure.sh
sources=${SOURCES:-70000000}
nightjar=build/release/nightjar
lake=build/bench/memory-lake

tools/build.sh release nightjar bench_generate
rm -rf "$lake"
mkdir -p build/bench/pipe
pipe=build/bench/pipe/hour.$$
mkfifo "$pipe"
trap 'rm -f "$pipe"' EXIT
# One hour is 1/24 of a day; a second less keeps the last packet inside it.
build/release/bench_generate "$pipe" --packets "$sources" --distinct-sources --days 0.04165 2>/dev/null &
measured sh -c "exec $nightjar ingest - --lake $lake --quiet <$pipe"
wait

found=$("$nightjar" sql 'SELECT count(DISTINCT src) FROM flows' --format csv --lake "$lake" | tail -n 1)
printf '%s sources in one hour: %s s, %s packets/s, %s sources in the lake\n' "$sources" "$seconds" \
  "$(calc "$sources / $seconds" 0)" "$found"
judge "peak memory of ingest" "$peak_mb" MB 4000
judge "sources missing in the lake" "$((sources - found))" "" 0
