#!/bin/sh
# fuzz.sh [TARGET...]: builds the fuzz targets and runs each (or those named) for FUZZ_SECONDS, as many at once as there
# are cores. Begins with the seeds of fuzz/seeds/TARGET and what earlier runs found worth keeping. What makes a target
# fail is left in build/fuzz/findings.
set -u
cd "$(dirname "$0")/.."
seconds=${FUZZ_SECONDS:-600}
[ "$#" -gt 0 ] || set -- $(sed -n 's/^fuzz_target(\([a-z0-9_]*\).*/\1/p' fuzz/CMakeLists.txt)
[ "$#" -gt 0 ] || { echo "fuzz: there is no target" && exit 1; }
tools/build.sh fuzz $(printf 'fuzz_%s ' "$@") || exit 1

cd build/fuzz || exit 1
mkdir -p findings logs
echo "fuzz: $# targets, $seconds seconds each, $(nproc) at once"

export seconds
printf '%s\n' "$@" | xargs -P "$(nproc)" -I TARGET sh -c '
  mkdir -p corpus/TARGET
  seeds=../../fuzz/seeds/TARGET
  [ -d "$seeds" ] || seeds=
  if ./fuzz_TARGET -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 -max_len=65536 -print_final_stats=1 \
    -artifact_prefix=findings/TARGET- corpus/TARGET $seeds >logs/TARGET.log 2>&1 </dev/null; then
    echo "fuzz: TARGET: $(sed -n "s/stat::number_of_executed_units: *//p" logs/TARGET.log) inputs, no finding"
  else
    tail -n 40 logs/TARGET.log
    echo "fuzz: TARGET: FAILED; the input is in build/fuzz/findings"
    exit 1
  fi'
