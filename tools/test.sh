#!/bin/sh
# test.sh PRESET...: builds each preset, runs its tests, and closes with what they came to, all presets together:
# "N passed, N failed, N skipped". A preset that does not build counts as one failure.
set -u
cd "$(dirname "$0")/.."
cores=$(nproc)
closing=$(mktemp)
trap 'rm -f "$closing"' EXIT
passed=0 failed=0 skipped=0

# of REPORT ATTRIBUTE: a number of the JUnit report's first element.
of() { sed -n "s/.*[[:space:]]$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }

for preset in "$@"; do
  echo "== $preset: build"
  if ! tools/build.sh "$preset"; then
    failed=$((failed + 1))
    echo "$preset: does not build" >>"$closing"
    continue
  fi
  echo "== $preset: test"
  log=build/$preset/ctest.log report=$PWD/build/$preset/ctest.xml
  rm -f "$report"
  ctest --preset "$preset" --parallel "$cores" --output-junit "$report" >"$log" 2>&1 </dev/null
  status=$?
  grep -vE '^ *(Start +[0-9]+:|[0-9]+/[0-9]+ Test +#[0-9]+:.* Passed )' "$log"
  if [ ! -s "$report" ]; then
    failed=$((failed + 1))
    echo "$preset: ctest left no report" >>"$closing"
    continue
  fi
  # Disabled tests are parts of others, which start them as processes of their own.
  unrun=$(of "$report" skipped) bad=$(of "$report" failures) tests=$(($(of "$report" tests) - $(of "$report" disabled)))
  [ "$status" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
  passed=$((passed + tests - bad - unrun)) failed=$((failed + bad)) skipped=$((skipped + unrun))
  { echo "$preset:"; grep -E "[0-9]+% tests passed" "$log"; } >>"$closing"
  grep -hoE 'Test +#[0-9]+: [^ ]+ \.*\*\*\*Skipped' "$log" | sed -E "s/Test +#[0-9]+: ([^ ]+).*/  skipped \1/" >>"$closing"
done

echo
cat "$closing"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
