#!/bin/sh
# honeypot.sh: conversations a second with a honeypot, its clients on the same machine, in two networks of their own that a cable connects; memory
# of an idle one; and what leaves it in a flood of forged SYNs. RUNS (3), SECONDS (5). Needs root, ip and nft; says so and passes where they are not.
set -eu
cd "$(dirname "$0")/.."
if [ "${1-}" != inside ]; then
  tools/build.sh release nightjar bench_conversations
  if ! unshare -n true 2>/dev/null || ! command -v nft ip >/dev/null; then
    printf '\nA honeypot: left out; it needs root, and the programs ip and nft\n'
    exit 0
  fi
  exec unshare -n -m "$0" inside
fi
. bench/measure.sh
runs=${RUNS:-3} for_seconds=${SECONDS_EACH:-5}
nightjar=build/release/nightjar
clients=build/release/bench/bench_conversations
[ -x "$clients" ] || clients=build/release/bench_conversations
folder=$(mktemp -d)
mac=02:00:00:00:00:0a
unshare -n sleep 600 &
holder=$!
honeypot=
trap 'kill $holder $honeypot 2>/dev/null; rm -rf "$folder"' EXIT
sleep 0.5
there() { nsenter -t "$holder" -n "$@"; }

ip link set lo up
ip link add vs type veth peer name vc
ip link set vc netns "$holder"
ip link set vs address $mac
ip addr add 45.1.0.1/24 dev vs
ip link set vs up
there ip link set lo up
there ip addr add 45.1.0.2/24 dev vc
there ip link set vc up
there ip route add local 45.3.0.0/16 dev lo
there ip route add 45.0.0.0/16 via 45.1.0.1
ip route add default via 45.1.0.2

start() {
  : >"$folder/said"
  "$nightjar" honeypot "$@" --state "$folder/state-$#" >/dev/null 2>"$folder/said" &
  honeypot=$!
  until grep -q 'answering at' "$folder/said"; do
    kill -0 $honeypot || { cat "$folder/said"; exit 1; }
    sleep 0.1
  done
}
stop() {
  kill $honeypot
  wait $honeypot || { cat "$folder/said"; exit 1; }
  honeypot=
}

printf '\nA honeypot, %s s a run\n' "$for_seconds"
ip addr add 45.0.0.1/32 dev lo
times=
for run in $(seq "$runs"); do
  start --listen 45.0.0.1 --port 80
  idle_mb=$(awk '/VmRSS/ { print $2 / 1000 }' /proc/$honeypot/status)
  there "$clients" talk 45.0.0.1 80 "$for_seconds" 200 >"$folder/report"
  rate=$(awk '/^conversations/ { print $2 }' "$folder/report")
  printf 'run %s: %s conversations a second, %s failed\n' "$run" "$rate" "$(awk '/^failed/ { print $2 }' "$folder/report")"
  times="$times $(calc "1000000 / $rate" 1)"
  stop
done
ip addr del 45.0.0.1/32 dev lo
judge "a conversation, sender included, median (15,000/s)" "$(median "$times")" us 66.7
judge "an idle honeypot's memory" "$idle_mb" MB 64

for way in "--transparent 45.0.0.0/24" "--wide 45.0.0.0/24 -i vs"; do
  # shellcheck disable=SC2086 # words of a command line
  start $way --rules apply
  there nft flush ruleset
  there sh -c 'nft -f -' <<'END'
table inet seen {
  chain arriving {
    type filter hook prerouting priority raw;
    tcp flags & (syn | ack) == (syn | ack) counter drop
  }
}
END
  rate=$(there "$clients" flood vc $mac 45.0.0.0 "$for_seconds" | awk '{ print $2 }')
  sleep 0.3
  answered=$(there nft list table inet seen | sed -n 's/.*counter packets \([0-9]*\).*/\1/p')
  printf '%s: %s forged SYNs a second\n' "$way" "$rate"
  judge "SYN-ACKs a second that left" "$(calc "$answered / $for_seconds" 0)" "" 1000
  stop
done
