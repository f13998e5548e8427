# measure.sh: sourced by the benchmarks. Times are wall-clock seconds.

# measured COMMAND...: runs it silently; leaves $seconds, $cpu_seconds and $peak_mb (as /usr/bin/time reports them).
measured() {
  figures=$(mktemp)
  if ! /usr/bin/time -f '%e %U %S %M' -o "$figures" "$@" >/dev/null 2>"$figures.err" </dev/null; then
    cat "$figures.err" >&2
    rm -f "$figures" "$figures.err"
    echo "failed: $*" >&2
    exit 1
  fi
  read -r seconds user system peak_kb <<END
$(tail -n 1 "$figures")
END
  cpu_seconds=$(calc "$user + $system")
  peak_mb=$((peak_kb / 1000))
  rm -f "$figures" "$figures.err"
}

calc() { awk "BEGIN { printf \"%.${2:-2}f\", $1 }"; }
median() { printf '%s\n' $1 | sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# judge WHAT VALUE UNIT TARGET: one line that says whether VALUE is at most TARGET.
judge() {
  verdict=$(awk "BEGIN { print ($2 <= $4) ? \"met\" : \"NOT met\" }")
  printf '%-46s %10s %-8s target <= %-6s %s\n' "$1" "$2" "$3" "$4" "$verdict"
}
