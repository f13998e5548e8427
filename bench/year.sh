#!/bin/sh
# year.sh: the modelled year 2017 of 64 addresses, its reflectors and its honeypot written and then ingested, in turn with a dense day of
# bench/run.sh: the lake's rate is that day's rows of flows a second. RUNS (3), JOBS (one a core). Needs 8 GB of disk.
set -eu
cd "$(dirname "$0")/.."
. bench/measure.sh
runs=${RUNS:-3} jobs=${JOBS:-$(nproc)}
nightjar=build/release/nightjar
captures=build/bench/year lake=build/bench/year-lake truth=build/bench/year-truth.json

packets_of_day=20000000
day=build/bench/day-$packets_of_day.pcap day_lake=build/bench/year-day-lake

# rows LAKE: its packets and its rows of flows, with a comma between. Packets that pots sent themselves are not among them.
rows() {
  "$nightjar" sql --lake "$1" --format csv --quiet "SELECT sum(packets) AS packets, count(*) AS n FROM flows" | tail -n 1
}

tools/build.sh release nightjar bench_generate
mkdir -p build/bench
if [ ! -f "$day" ]; then
  build/release/bench_generate "$day.part" --packets "$packets_of_day"
  mv "$day.part" "$day"
fi
printf '\nThe modelled year 2017, 64 addresses, 8,000 attacks\n'
printf '%-4s %12s %12s %9s %12s %12s %9s %12s\n' run "written s" "CPU s" "peak MB" "ingested s" "CPU s" "peak MB" "dense day s"
written= peaks= ingested= ingest_peaks= slower=
for run in $(seq "$runs"); do
  rm -rf "$captures" "$lake" "$day_lake"
  measured "$nightjar" simulate nicter-2017 --out "$captures" --truth "$truth" --quiet
  written="$written $seconds" peaks="$peaks $peak_mb"
  printf '%-4s %12s %12s %9s' "$run" "$seconds" "$cpu_seconds" "$peak_mb"
  measured "$nightjar" ingest "$captures" --lake "$lake" --jobs "$jobs" --quiet
  ingested="$ingested $seconds" ingest_peaks="$ingest_peaks $peak_mb" year_seconds=$seconds
  printf ' %12s %12s %9s' "$seconds" "$cpu_seconds" "$peak_mb"
  cat "$day" >/dev/null # into the page cache
  measured "$nightjar" ingest "$day" --lake "$day_lake" --jobs "$jobs" --quiet
  printf ' %12s\n' "$seconds"
  counted=$(rows "$lake") counted_of_day=$(rows "$day_lake")
  slower="$slower $(calc "($year_seconds / ${counted#*,}) / ($seconds / ${counted_of_day#*,})")"
done

packets=${counted%,*} rows=${counted#*,}
bytes=$(find "$captures" -name '*.pcap' -printf '%s\n' | awk '{ sum += $1 } END { printf "%.0f", sum }')
printf '\n%s packets observed, %s rows of flows, %s MB of captures\n' "$packets" "$rows" "$((bytes / 1000000))"
judge "year written, with its truth, median" "$(median "$written")" s 20
judge "peak memory of simulate, highest" "$(printf '%s\n' $peaks | sort -g | tail -n 1)" MB 1000
printf 'year ingested, median: %s s, %s packets/s, %s rows of flows/s\n' "$(median "$ingested")" \
  "$(calc "$packets / $(median "$ingested")" 0)" "$(calc "$rows / $(median "$ingested")" 0)"
judge "time a row of flows, year / dense day, median" "$(median "$slower")" times 1.5
judge "peak memory of ingesting the year, highest" "$(printf '%s\n' $ingest_peaks | sort -g | tail -n 1)" MB 2000
rm -rf "$captures" "$lake" "$day_lake"
