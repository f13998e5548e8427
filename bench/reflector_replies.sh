#!/bin/sh
# reflector_replies.sh: datagrams that a reflector decides over on one core, budgets, replies and ledger included, by mix. RUNS (3).
set -eu
cd "$(dirname "$0")/.."
. bench/measure.sh
runs=${RUNS:-3}

tools/build.sh release bench_reflector_replies
printf '\nA reflector: reading, judging, answering, writing down\n'
times=
for run in $(seq "$runs"); do
  report=$(build/release/bench_reflector_replies)
  [ "$run" -gt 1 ] || printf '%s\n' "$report"
  times="$times $(calc "1000000 / $(printf '%s\n' "$report" | sed -n 's/^worst //p')" 3)"
done
judge "a datagram of the slowest mix, median (200,000/s)" "$(median "$times")" us 5
