#!/bin/sh
# year.sh: the modelled year 2017 of 64 addresses, its reflectors and its honeypot written and then ingested, in turn with its darknet alone
# and with a dense day of bench/run.sh: the lake's rate is that day's rows of flows a second. The day is a darknet's, so the year's darknet
# is judged by it; the whole year is printed beside it. RUNS (3), JOBS (one a core). Needs 8 GB of disk.
set -eu
cd "$(dirname "$0")/.."
. bench/measure.sh
runs=${RUNS:-3} jobs=${JOBS:-$(nproc)}
nightjar=build/release/nightjar
captures=build/bench/year lake=build/bench/year-lake truth=build/bench/year-truth.json

packets_of_day=20000000
day=build/bench/day-$packets_of_day.pcap day_lake=build/bench/year-day-lake dark_lake=build/bench/year-dark-lake

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
printf '%-4s %12s %12s %9s %12s %12s %9s %12s %12s %12s %12s\n' run "written s" "CPU s" "peak MB" "ingested s" "CPU s" "peak MB" "darknet s" "CPU s" "dense day s" "CPU s"
written= peaks= ingested= ingest_peaks= slower= slower_dark= slower_packets=
for run in $(seq "$runs"); do
  rm -rf "$captures" "$lake" "$dark_lake" "$day_lake"
  measured "$nightjar" simulate nicter-2017 --out "$captures" --truth "$truth" --quiet
  written="$written $seconds" peaks="$peaks $peak_mb"
  printf '%-4s %12s %12s %9s' "$run" "$seconds" "$cpu_seconds" "$peak_mb"
  measured "$nightjar" ingest "$captures" --lake "$lake" --jobs "$jobs" --quiet
  ingested="$ingested $seconds" ingest_peaks="$ingest_peaks $peak_mb" year_seconds=$seconds
  printf ' %12s %12s %9s' "$seconds" "$cpu_seconds" "$peak_mb"
  measured "$nightjar" ingest "$captures/darknet" --config "$captures/nightjar.toml" --lake "$dark_lake" --jobs "$jobs" --quiet
  dark_seconds=$seconds
  printf ' %12s %12s' "$seconds" "$cpu_seconds"
  cat "$day" >/dev/null # into the page cache
  measured "$nightjar" ingest "$day" --lake "$day_lake" --jobs "$jobs" --quiet
  printf ' %12s %12s\n' "$seconds" "$cpu_seconds"
  counted=$(rows "$lake") counted_of_dark=$(rows "$dark_lake") counted_of_day=$(rows "$day_lake")
  slower="$slower $(calc "($year_seconds / ${counted#*,}) / ($seconds / ${counted_of_day#*,})")"
  slower_dark="$slower_dark $(calc "($dark_seconds / ${counted_of_dark#*,}) / ($seconds / ${counted_of_day#*,})")"
  slower_packets="$slower_packets $(calc "($dark_seconds / ${counted_of_dark%,*}) / ($seconds / ${counted_of_day%,*})")"
done

packets=${counted%,*} rows=${counted#*,}
bytes=$(find "$captures" -name '*.pcap' -printf '%s\n' | awk '{ sum += $1 } END { printf "%.0f", sum }')
printf '\n%s packets observed, %s rows of flows, %s MB of captures\n' "$packets" "$rows" "$((bytes / 1000000))"
judge "year written, with its truth, median" "$(median "$written")" s 20
judge "peak memory of simulate, highest" "$(printf '%s\n' $peaks | sort -g | tail -n 1)" MB 1000
printf 'year ingested, median: %s s, %s packets/s, %s rows of flows/s\n' "$(median "$ingested")" \
  "$(calc "$packets / $(median "$ingested")" 0)" "$(calc "$rows / $(median "$ingested")" 0)"
count() { "$nightjar" sql --lake "$lake" --format csv --quiet "SELECT count(*) AS n FROM $1" | tail -n 1; }
printf 'besides flows: %s rows of sessions, %s of requests, %s of payloads\n' "$(count sessions)" "$(count requests)" "$(count payloads)"
printf 'time a row of flows, whole year / dense day, median: %s times (not judged: the day has no honeypot and no reflectors)\n' \
  "$(median "$slower")"
printf "time a packet, the year's darknet / dense day, median: %s times\n" "$(median "$slower_packets")"
judge "time a row of flows, darknet / dense day, median" "$(median "$slower_dark")" times 1.5
judge "peak memory of ingesting the year, highest" "$(printf '%s\n' $ingest_peaks | sort -g | tail -n 1)" MB 2000
rm -rf "$captures" "$lake" "$dark_lake" "$day_lake"
