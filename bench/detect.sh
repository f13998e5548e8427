#!/bin/sh
# detect.sh: what `nightjar detect` finds in the modelled year 2017, held against its truth, for several seeds and sizes of the darknet;
# then the time of judging one dense day with a month of others before it. The darknet's packets go through pipes: what needs room on the
# disk is the captures of honeypot and reflectors (200 MB) and the lake (400 MB at 64 addresses, 6 GB at 1,024 and for the dense days).
#   SEEDS_64 (10) SEEDS_256 (3) SEEDS_1024 (1)   how many seeds of each size; 0 leaves it out
#   FROM, TO (the year)                          a shorter span, for a quick look
#   DENSE_DAYS (28) PACKETS (20000000)           days before the judged one, 0 leaves it out; packets of a day
#   KEEP ()                                      folder for the answers of `nightjar score`, one a run
set -eu
cd "$(dirname "$0")/.."
. bench/measure.sh
seeds_64=${SEEDS_64:-10} seeds_256=${SEEDS_256:-3} seeds_1024=${SEEDS_1024:-1}
from=${FROM:-2017-01-01} to=${TO:-2018-01-01}
dense_days=${DENSE_DAYS:-28} packets=${PACKETS:-20000000}
nightjar=build/release/nightjar
folder=build/bench/detect
pots=$folder/pots lake=$folder/lake truth=$folder/truth.json answer=$folder/score.json

tools/build.sh release nightjar bench_generate
rm -rf "$folder"
mkdir -p "$folder"
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM

# sizes ADDRESSES: the nightjar.toml of a darknet of so many addresses all year. Nothing but the simulator knows how its size changes, and
# it writes the file beside captures: so one population of next to nothing is left of the scenario.
sizes() {
  awk '/^\[/ { drop = ($0 == "[[population]]" && n++ > 0) } /^packets_a_day/ { $0 = "packets_a_day = 1" } !drop' \
    scenarios/nicter-2017.toml >"$folder/sizes.toml"
  rm -rf "$folder/sizes"
  "$nightjar" simulate "$folder/sizes.toml" --out "$folder/sizes" --addresses "$1" --reflectors 0 --from "$from" --to "$to" --quiet
}

# value KEY: a number of the answer; of {hits, asked} "3/4".
value() {
  awk -v key="\"$1\":" '
    $1 == key && /^  "/ && $2 != "{" { sub(/,$/, "", $2); print $2; exit }
    $1 == key && /^  "/ { inside = 1; next }
    inside { gsub(/[^0-9]/, "", $2); text = text (text == "" ? "" : "/") $2; if (++lines == 2) { print text; exit } }' "$answer"
}
percent() { if [ "$1" = null ]; then echo -; else calc "$1 * 100" 1; fi; }
worst() { printf '%s\n' $1 | sort -g | tail -n 1; }

# score_of ADDRESSES SEED: one run, one line. The pots' captures are the same for any size of the darknet.
score_of() {
  rm -rf "$pots" "$lake"
  # Into an empty lake standard input is read as it comes; into another it is put aside first, 60 GB of it at 1,024 addresses.
  { "$nightjar" simulate nicter-2017 --out - --addresses "$1" --seed "$2" --from "$from" --to "$to" --truth "$truth" --quiet ||
    echo "simulate failed" >"$folder/failed"; } |
    "$nightjar" ingest - --config "$folder/sizes/nightjar.toml" --sensor darknet --lake "$lake" --quiet >/dev/null
  [ ! -f "$folder/failed" ] || exit 1
  "$nightjar" simulate nicter-2017 --out "$pots" --addresses 1 --seed "$2" --from "$from" --to "$to" --quiet
  rm -rf "$pots/darknet"
  "$nightjar" ingest "$pots" --lake "$lake" --quiet >/dev/null
  rm -rf "$pots"
  measured "$nightjar" detect --lake "$lake" --quiet
  "$nightjar" score "$truth" --lake "$lake" --format json -o "$answer" --quiet
  if [ -n "${KEEP:-}" ]; then
    mkdir -p "$KEEP"
    cp "$answer" "$KEEP/score-$1-$2.json"
  fi
  printf '%9s %6s %8s %8s %8s %9s %9s %9s %9s %9s %8s %8s %8s %6s %8s %8s %8s\n' "$1" "$2" "$(value found)/$(value expected)" \
    "$(value found_report)/$(value expected_report)" "$(value in_time)" "$(percent "$(value precision)")" "$(percent "$(value recall)")" \
    "$(percent "$(value recall_visible)")" "$(value median_delay_hours | cut -c 1-5)" "$(value because)" "$(value related_ports)" \
    "$(value payloads)" "$(value duplicates)" "$(value forbidden)" "$(calc "$(value unknown_a_month)")" "$seconds" "$peak_mb"
}

printf 'The modelled year 2017, held against its truth, %s to %s\n' "$from" "$to"
printf '%9s %6s %8s %8s %8s %9s %9s %9s %9s %9s %8s %8s %8s %6s %8s %8s %8s\n' addresses seed found report "in time" "precis. %" \
  "recall %" "visible %" "delay h" explained related payloads again petya unknown "detect s" "peak MB"
detect_times= missing= unknown= forbidden= late=
for size in 64 256 1024; do
  seeds=$(eval "echo \$seeds_$size")
  [ "$seeds" -gt 0 ] || continue
  sizes "$size"
  for seed in $(seq 2017 $((2016 + seeds))); do
    score_of "$size" "$seed"
    unknown="$unknown $(value unknown_a_month)" forbidden="$forbidden $(value forbidden)"
    if [ "$size" = 64 ]; then detect_times="$detect_times $seconds"; fi
    if [ "$size" = 256 ]; then
      missing="$missing $(($(value expected_report) - $(value found_report)))"
      late="$late $(($(value found) - $(value in_time)))"
    fi
  done
done
rm -rf "$lake"
echo
if [ -n "$missing" ]; then
  judge "incidents of the report not found, at 256" "$(worst "$missing")" "" 0
  judge "found, but not in time, at 256" "$(worst "$late")" "" 0
fi
if [ -n "$unknown" ]; then
  judge "incidents at Petya's port and time, any run" "$(worst "$forbidden")" "" 0
  judge "unknown to the truth a month, worst run" "$(calc "$(worst "$unknown")")" "" 2
fi
[ -z "$detect_times" ] || judge "a year at 64 addresses judged, slowest" "$(worst "$detect_times")" s 60

[ "$dense_days" -gt 0 ] || exit 0
# Days of other seeds: the same packets again would be a capture that was delivered twice.
generated() {
  build/release/bench_generate - --packets "$packets" --start "$(date -u -d "2017-11-23 $1 days ago" +%F)" --seed $((3000 + $1)) 2>/dev/null |
    "$nightjar" ingest - --sensor dense --kind darknet --lake "$lake" --quiet >/dev/null
}
for day in $(seq "$dense_days" -1 1); do generated "$day"; done
measured "$nightjar" detect --lake "$lake" --quiet
printf '\n%s days of %s packets judged: %s s, %s MB\n' "$dense_days" "$packets" "$seconds" "$peak_mb"
generated 0
measured "$nightjar" detect --lake "$lake" --quiet
judge "one more dense day judged" "$seconds" s 10
judge "peak memory of that" "$peak_mb" MB 2000
