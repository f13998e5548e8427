#!/bin/sh
# run.sh [CAPTURE...]: ingests captures into $LAKE (./lake) and shows what came. Without captures it simulates a small 2017
# first, as 8 addresses would have seen it, in a lake of its own, so that it never mixes with real traffic.
set -eu
cd "$(dirname "$0")/.."
nightjar=build/release/nightjar

# words WORD...: as a shell reads them.
words() {
  line=
  for word in "$@"; do
    case $word in *[!A-Za-z0-9_./:=,+-]*) word="'$word'" ;; esac
    line="$line $word"
  done
  printf '%s' "${line# }"
}
heading() { printf '\n== nightjar %s\n' "$(words "$@")"; }
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

# answer WHAT WORD...: an answer under a heading of its own, with the command that gives it again.
answer() {
  printf '\n== %s\n$ %s --lake %s\n' "$1" "$nightjar $(shift && words "$@")" "$(words "$lake")"
  shift
  "$nightjar" "$@" --lake "$lake"
}

# The year in a lake of its own, and where to look in it.
demo() {
  captures=build/demo/captures truth=build/demo/truth.json
  lake=${LAKE:-build/demo/lake}
  # The truth is written last. Without it captures are unfinished, or a week that an earlier version made.
  if [ ! -f "$truth" ] || [ -n "$(find scenarios/nicter-2017.toml -newer "$truth")" ]; then
    echo "No CAPTURE given: simulating 2017 as 8 unused addresses, a honeypot and 7 reflectors would have seen it"
    set -- simulate nicter-2017 --out "$captures" --addresses 8 --attack-scale 0.0001 --compress zstd --truth "$truth"
    heading "$@"
    rm -rf "$captures" build/demo/lake "$truth"
    mkdir -p build/demo
    "$nightjar" "$@"
  fi
  show ingest "$captures"

  tz='--tz Asia/Tokyo'
  heading summary "$captures/darknet/darknet-2017-12-05.pcap.zst"
  "$nightjar" summary "$captures/darknet/darknet-2017-12-05.pcap.zst"
  # shellcheck disable=SC2086  # two words
  {
    answer 'The year: packets an address' figure yearly --from 2017-01-01 --to 2018-01-01
    answer 'What they knocked on' figure port-share $tz
    answer 'Ports of IoT devices together' figure port-groups $tz
    answer 'WannaCry, 12 May: hosts on 445/TCP' figure port-hosts --where 'port=445 and protocol=tcp' --from 2017-05-08 --to 2017-05-17 $tz
    answer '... and their TCP windows: 8192 is that of Windows 7' figure windows --where 'port=445 and protocol=tcp' --from 2017-05-13 --to 2017-05-17 --top 4 $tz
    answer 'A denial of service in July, seen by its backscatter' figure backscatter-victims --from 2017-07-03 --to 2017-07-07 --top 4 $tz
    answer 'Routers in Japan from 31 October: hosts on 23/TCP' figure port-hosts --where 'port=23 and protocol=tcp and country=JP' --from 2017-10-29 --to 2017-11-07 $tz
    answer 'Huawei routers, 5 December: hosts on 37215/TCP' figure port-hosts --where 'port=37215 and protocol=tcp' --from 2017-12-02 --to 2017-12-09 $tz
    answer '... and where they are' figure countries --where 'port=37215 and protocol=tcp' --from 2017-12-05 --to 2017-12-06 --top 5 $tz
    answer '... and what they sent to the honeypot' payloads --tag huawei-hg532 --by hosts --top 2
    answer 'Passwords that were tried most' figure logins --top 5
    answer 'Addresses that malware would be loaded from' figure malware-urls --top 5
    show detect
    answer 'What happened, and why' incidents
    answer 'One of them in full' incidents "$("$nightjar" incidents --port 37215 --format csv --lake "$lake" --quiet | sed -n '2s/,.*//p')"
    answer 'DRDoS attacks that the reflectors saw, July to December' figure attack-summary --from 2017-07-01 --to 2018-01-01 $tz
    answer '... by service' figure attack-services --from 2017-07-01 --to 2018-01-01 $tz
  }
  cat <<END

All of this is modelled: docs/model.md. What is in the captures, each incident, attack and daily total, stands in
$truth, so that you can check an answer. What a darknet of another size can expect:
  $nightjar simulate nicter-2017 --expect --addresses 268992 --from 2017-12-05 --to 2017-12-06 --port 37215/tcp
END
}

if [ "$#" -eq 0 ]; then
  demo
else
  lake=${LAKE:-lake}
  show ingest "$@"
  summarise "$@"
  show figure packets-per-day
  show figure hosts-per-day
  show figure port-share
  show figure fingerprints
  show figure countries
  # What honeypots and reflectors saw, where there are any.
  if [ "$("$nightjar" sql 'SELECT count(*) FROM sessions' --lake "$lake" --format csv --quiet | tail -n 1)" != 0 ]; then
    show figure payload-tags
    show payloads --by hosts --top 5
  fi
  show detect
  show incidents
  if [ "$("$nightjar" sql 'SELECT count(*) FROM requests' --lake "$lake" --format csv --quiet | tail -n 1)" != 0 ]; then
    show figure attack-services
  fi
fi

cat <<END

The lake is in $lake: Parquet files that any tool can read. Go on with, for example:
  $nightjar figures
  $nightjar figure port-hosts-by-fingerprint --where 'port=23' --lake $lake
  $nightjar figure sources --where 'fingerprint=mirai and country=BR' --top 20 --format csv --lake $lake
  $nightjar sql 'SELECT ip(src, src_low) AS source, sum(packets) FROM flows GROUP BY ALL ORDER BY 2 DESC LIMIT 5' --lake $lake
  make run CAPTURE=/path/to/your/captures
END
