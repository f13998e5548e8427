#!/bin/sh
# lint.sh [FILE.cpp...]: clang-format over everything, every header compiled alone, and clang-tidy over the sources of
# the program (or the files named). Needs the release build's compile_commands.json; makes it.
set -u
cd "$(dirname "$0")/.."
status=0

echo "== clang-format"
find src tests fuzz bench -name '*.[ch]pp' -print0 | xargs -0 clang-format-14 --dry-run -Werror || status=1

echo "== headers that need no other"
tools/build.sh release all_verify_interface_header_sets >build/headers.log 2>&1 || {
  cat build/headers.log
  status=1
}

echo "== clang-tidy"
[ "$#" -gt 0 ] || set -- $(find src -name '*.cpp' | sort)
# Precompiled headers and options of g++ alone are unknown to clang; that is no finding.
printf '%s\n' "$@" | xargs -P "$(nproc)" -n 4 clang-tidy-14 -p build/release --quiet \
  --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-unused-command-line-argument 2>build/clang-tidy.log || {
  grep -vE '^[0-9]+ warnings? (generated|treated)|^Suppressed|^Use -header-filter' build/clang-tidy.log
  status=1
}

[ "$status" -eq 0 ] && echo "lint: nothing to say"
exit "$status"
