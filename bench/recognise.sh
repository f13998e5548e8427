#!/bin/sh
# recognise.sh: payloads of 300 bytes in which one core looks for signatures and hidden commands, in a second. RUNS (5).
set -eu
cd "$(dirname "$0")/.."
. bench/measure.sh
runs=${RUNS:-5}

tools/build.sh release bench_recognise
printf '\nRecognition of payloads: telnet, pages, forms, SMB, TLS, junk, exploits\n'
times=
for run in $(seq "$runs"); do
  rate=$(build/release/bench_recognise 2>/dev/null)
  printf '%-4s %s\n' "$run" "$rate"
  times="$times $(calc "1000000 / ${rate%% *}" 3)"
done
judge "recognition of a payload, median (500,000/s)" "$(median "$times")" us 2
