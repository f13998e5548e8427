#!/bin/sh
# run.sh [CAPTURE...]: ingests captures into $LAKE (./lake) and shows what came. Without captures it makes a small one
# first: a week of a modelled darknet, in a lake of its own, so that it never mixes with real traffic.
set -eu
cd "$(dirname "$0")/.."
nightjar=build/release/nightjar

if [ "$#" -eq 0 ]; then
  demo=build/demo/captures
  lake=${LAKE:-build/demo/lake}
  if [ ! -f "$demo/week.pcap" ]; then
    echo "No CAPTURE given: making a week of modelled darknet traffic, $demo/week.pcap"
    tools/build.sh release bench_generate >build/demo-build.log 2>&1 || { cat build/demo-build.log >&2 && exit 1; }
    mkdir -p "$demo"
    build/release/bench_generate "$demo/week.pcap.part" --packets 200000 --sources 12000 --days 7 --start 2017-11-20 --ipv6-share 0.02
    mv "$demo/week.pcap.part" "$demo/week.pcap"
    cat >"$demo/nightjar.toml" <<'END'
origin = "modelled"

[[sensor]]
name = "demo"
kind = "darknet"
prefixes = ["198.18.0.0/16", "2001:db8:5c::/64"]
captures = ["week.pcap"]
END
  fi
  set -- "$demo"
else
  lake=${LAKE:-lake}
fi

heading() { printf '\n== nightjar %s\n' "$*"; }
show() {
  heading "$@" --lake "$lake"
  "$nightjar" "$@" --lake "$lake"
}

# summarise PATH...: `nightjar summary` of the captures and of those in folders. It reads all of them once more, so it is
# left out above 2 GB.
summarise() {
  list=$(mktemp)
  trap 'rm -f "$list"' EXIT
  find -L "$@" -type f -not -name '.*' -not -name nightjar.toml -print0 | sort -z >"$list"
  if [ "$(du -cLk --files0-from="$list" | tail -n 1 | cut -f1)" -gt 2000000 ]; then
    printf '\nThese are more than 2 GB of captures: nightjar summary FILE... tells what is in each.\n'
    return
  fi
  heading summary "$@"
  # A file that is no capture has been named by ingest already.
  xargs -0 "$nightjar" summary <"$list" || :
}

show ingest "$@"
summarise "$@"
show figure packets-per-day
show figure hosts-per-day
show figure port-share
show figure fingerprints
show figure countries

cat <<END

The lake is in $lake: Parquet files that any tool can read. Go on with, for example:
  $nightjar figures
  $nightjar figure port-hosts-by-fingerprint --where 'port=23' --lake $lake
  $nightjar figure sources --where 'fingerprint=mirai and country=BR' --top 20 --format csv --lake $lake
  $nightjar sql 'SELECT ip(src, src_low) AS source, sum(packets) FROM flows GROUP BY ALL ORDER BY 2 DESC LIMIT 5' --lake $lake
  make run CAPTURE=/path/to/your/captures
END
