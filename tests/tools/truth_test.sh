#!/bin/sh
# truth_test.sh NIGHTJAR BENCH_GENERATE: traffic whose packets and sources per protocol, class and port were counted as it
# was drawn goes through `ingest`; the lake must say the same. What nobody shares with the program: that count.
set -eu
nightjar=$1 generate=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

"$generate" day.pcap --packets 60000 --sources 3000 --days 2 --ipv6-share 0.1 --truth truth.csv 2>/dev/null
"$nightjar" ingest day.pcap --lake lake --quiet
"$nightjar" sql 'SELECT protocol, "class", port, sum(packets), count(DISTINCT src) FROM flows GROUP BY ALL' --format csv --lake lake |
  tail -n +2 | sort >found.csv
tail -n +2 truth.csv | sort >expected.csv
[ "$(wc -l <expected.csv)" -gt 1000 ] || { echo "the truth has too few lines to mean anything" && exit 1; }
diff expected.csv found.csv || { echo "< drawn, > found in the lake" && exit 1; }
