#!/bin/sh
# run.sh: one generated darknet day (20 million packets) into a fresh lake, beside tcpdump copying the same file, in turn;
# then the time of a figure over that day. RUNS (5), PACKETS (20000000), JOBS (one a core).
set -eu
cd "$(dirname "$0")/.."
. bench/measure.sh
runs=${RUNS:-5} packets=${PACKETS:-20000000} jobs=${JOBS:-$(nproc)}
nightjar=build/release/nightjar
folder=build/bench
day=$folder/day-$packets.pcap
lake=$folder/lake

tools/build.sh release nightjar bench_generate
mkdir -p "$folder"
if [ ! -f "$day" ]; then
  build/release/bench_generate "$day.part" --packets "$packets"
  mv "$day.part" "$day"
fi
cat "$day" >/dev/null # into the page cache

printf '%s packets, %s MB; %s cores, %s\n\n' "$packets" "$(($(stat -c %s "$day") / 1000000))" "$(nproc)" \
  "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
printf '%-4s %12s %12s %12s %8s %10s\n' run "tcpdump s" "ingest s" "ingest CPU" ratio "peak MB"
tcpdump_times= ingest_times= ratios= peaks=
for run in $(seq "$runs"); do
  measured tcpdump -r "$day" -w /dev/null
  tcpdump_seconds=$seconds
  rm -rf "$lake"
  measured "$nightjar" ingest "$day" --lake "$lake" --jobs "$jobs" --quiet
  ratio=$(calc "$seconds / $tcpdump_seconds")
  printf '%-4s %12s %12s %12s %8s %10s\n' "$run" "$tcpdump_seconds" "$seconds" "$cpu_seconds" "$ratio" "$peak_mb"
  tcpdump_times="$tcpdump_times $tcpdump_seconds" ingest_times="$ingest_times $seconds" ratios="$ratios $ratio" peaks="$peaks $peak_mb"
done

echo
ingest_seconds=$(median "$ingest_times")
lake_bytes=$(find "$lake" -name '*.parquet' -printf '%s\n' | awk '{ sum += $1 } END { print sum }')
printf 'median: tcpdump %s s, ingest %s s, %s packets/s\n\n' "$(median "$tcpdump_times")" "$ingest_seconds" \
  "$(calc "$packets / $ingest_seconds" 0)"
judge "ingest / tcpdump, wall time, median" "$(median "$ratios")" times 2.0
judge "peak memory of ingest, highest" "$(printf '%s\n' $peaks | sort -g | tail -n 1)" MB 2000
judge "lake, bytes per packet, all tables" "$(calc "$lake_bytes / $packets")" bytes 8

# figure_median NAME...: median of five runs of a figure, the program's start included.
figure_median() {
  times=
  for _ in 1 2 3 4 5; do
    measured "$nightjar" figure "$@" --lake "$lake"
    times="$times $seconds"
  done
  median "$times"
}
judge "figure port-share over the day, from flows" "$(figure_median port-share)" s 0.5
judge "figure hosts-per-day, from flows" "$(figure_median hosts-per-day)" s 0.5
judge "figure port-hosts 23/tcp, from flows" "$(figure_median port-hosts --where 'port = 23 and protocol = tcp')" s 0.5
for name in port-hosts-by-fingerprint fingerprints sources windows; do
  judge "figure $name, from flows" "$(figure_median "$name")" s 0.5
done
for where in 'ttl = 50' 'src_port = 40000' 'length = 40'; do
  judge "figure countries where $where, from flows" "$(figure_median countries --where "$where")" s 0.5
done
measured "$nightjar" compact --lake "$lake" --quiet
echo "compact: $seconds s, peak $peak_mb MB"
judge "figure countries over the day, from counts" "$(figure_median countries)" s 0.1
judge "figure hosts-per-day, from counts" "$(figure_median hosts-per-day)" s 0.1
judge "figure packets-per-day" "$(figure_median packets-per-day)" s 0.1
judge "figure port-hosts 23/tcp, from counts" "$(figure_median port-hosts --where 'port = 23 and protocol = tcp')" s 0.1
