#!/bin/sh
# reflector.sh: a modelled week of one busy reflector (18 million requests in one capture) into a fresh lake, beside tcpdump copying the
# same file, in turn. RUNS (5), JOBS (one a core). Needs 4 GB of disk.
set -eu
cd "$(dirname "$0")/.."
. bench/measure.sh
runs=${RUNS:-5} jobs=${JOBS:-$(nproc)}
nightjar=build/release/nightjar
folder=build/bench
week=$folder/reflector
lake=$folder/reflector-lake

tools/build.sh release nightjar
mkdir -p "$folder"
if [ ! -f "$week/reflector-1.pcap" ]; then
  rm -rf "$week"
  "$nightjar" simulate nicter-2017 --out "$week" --addresses 1 --reflectors 1 --attack-scale 0.1 --from 2017-07-01 --to 2017-07-08 --quiet
  # One capture out of a file a day: the header of the first, then the records of all.
  first=1
  for day in "$week"/reflector-1/*.pcap; do
    if [ "$first" = 1 ]; then cat "$day"; else tail -c +25 "$day"; fi
    first=0
  done >"$week/all.part"
  rm -rf "$week/reflector-1" "$week/darknet" "$week/honeypot"
  # The sensor with its address, as the simulator wrote it, but for the name of its capture.
  sed -i 's|"reflector-1/\*.pcap", "reflector-1/\*.pcap.zst"|"reflector-1.pcap"|' "$week/nightjar.toml"
  mv "$week/all.part" "$week/reflector-1.pcap"
fi
cat "$week/reflector-1.pcap" >/dev/null # into the page cache

printf '\nA modelled week of one reflector, %s MB\n' "$(($(stat -c %s "$week/reflector-1.pcap") / 1000000))"
printf '%-4s %12s %12s %12s %8s %10s\n' run "tcpdump s" "ingest s" "ingest CPU" ratio "peak MB"
ratios= ingest_times=
for run in $(seq "$runs"); do
  measured tcpdump -r "$week/reflector-1.pcap" -w /dev/null
  tcpdump_seconds=$seconds
  rm -rf "$lake"
  measured "$nightjar" ingest "$week" --lake "$lake" --jobs "$jobs" --quiet
  ratio=$(calc "$seconds / $tcpdump_seconds")
  printf '%-4s %12s %12s %12s %8s %10s\n' "$run" "$tcpdump_seconds" "$seconds" "$cpu_seconds" "$ratio" "$peak_mb"
  ratios="$ratios $ratio" ingest_times="$ingest_times $seconds"
done
requests=$("$nightjar" sql --lake "$lake" --format csv --quiet "SELECT sum(packets) FROM requests" | tail -n 1)
printf '\n%s requests, %s a second\n' "$requests" "$(calc "$requests / $(median "$ingest_times")" 0)"
judge "reflector capture, ingest / tcpdump, wall time, median" "$(median "$ratios")" times 2.5
rm -rf "$lake"
