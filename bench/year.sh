#!/bin/sh
# year.sh: the modelled year 2017 of 64 addresses, its reflectors and its honeypot written and then ingested. RUNS (3), JOBS (one a core).
# Needs 6 GB of disk.
set -eu
cd "$(dirname "$0")/.."
. bench/measure.sh
runs=${RUNS:-3} jobs=${JOBS:-$(nproc)}
nightjar=build/release/nightjar
captures=build/bench/year lake=build/bench/year-lake truth=build/bench/year-truth.json

tools/build.sh release nightjar
mkdir -p build/bench
printf '\nThe modelled year 2017, 64 addresses, 8,000 attacks\n'
printf '%-4s %12s %12s %9s %12s %12s %9s\n' run "written s" "CPU s" "peak MB" "ingested s" "CPU s" "peak MB"
written= peaks= ingested=
for run in $(seq "$runs"); do
  rm -rf "$captures" "$lake"
  measured "$nightjar" simulate nicter-2017 --out "$captures" --truth "$truth" --quiet
  written="$written $seconds" peaks="$peaks $peak_mb"
  printf '%-4s %12s %12s %9s' "$run" "$seconds" "$cpu_seconds" "$peak_mb"
  measured "$nightjar" ingest "$captures" --lake "$lake" --jobs "$jobs" --quiet
  ingested="$ingested $seconds"
  printf ' %12s %12s %9s\n' "$seconds" "$cpu_seconds" "$peak_mb"
done

# Packets and rows out of the lake itself; packets that pots sent themselves are not among them.
counted=$("$nightjar" sql --lake "$lake" --format csv --quiet "SELECT sum(packets) AS packets, count(*) AS n FROM flows" | tail -n 1)
packets=${counted%,*} rows=${counted#*,}
bytes=$(find "$captures" -name '*.pcap' -printf '%s\n' | awk '{ sum += $1 } END { printf "%.0f", sum }')
printf '\n%s packets observed, %s rows of flows, %s MB of captures\n' "$packets" "$rows" "$((bytes / 1000000))"
judge "year written, with its truth, median" "$(median "$written")" s 20
judge "peak memory of simulate, highest" "$(printf '%s\n' $peaks | sort -g | tail -n 1)" MB 1000
printf 'year ingested, median: %s s, %s packets/s, %s rows of flows/s\n' "$(median "$ingested")" \
  "$(calc "$packets / $(median "$ingested")" 0)" "$(calc "$rows / $(median "$ingested")" 0)"
rm -rf "$captures" "$lake"
