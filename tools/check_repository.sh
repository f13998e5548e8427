#!/bin/sh
# check_repository.sh [FOLDER]: rules of the repository that no compiler knows; prints each breach, fails if there is any.
#   form      LF, a final newline, no space before a line's end (.editorconfig)
#   hosts     no registry's address in what pins packages
#   paths     no path of somebody's machine
#   size      no file above 1 MiB, no source file above 600 lines
#   rooms     a README.md in every room, and every room in layers.txt
#   links     what a page of ours links to is there
set -u
cd "${1:-$(dirname "$0")/..}" || exit 1
bad=$(mktemp)
trap 'rm -f "$bad"' EXIT
breach() { echo "$*" >>"$bad"; }

if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
  files=$(git ls-files --cached --others --exclude-standard)
else
  files=$(find . -type f -not -path './build/*' -not -path './node_modules/*' | sed 's#^\./##')
fi
[ -n "$files" ] || { echo "found no files to check" && exit 1; }

# A few passes over all files, not many over each: there are hundreds.
existing() { for file in $files; do [ ! -f "$file" ] || [ -L "$file" ] || printf '%s\n' "$file"; done; }
files=$(existing)
text=$(printf '%s\n' "$files" | grep -v '^fuzz/seeds/' | xargs -d '\n' grep -lI . || :) # neither empty nor binary
each() { # each PATTERN: the files whose names match
  printf '%s\n' "$text" | grep -E "$1" || :
}

printf '%s\n' "$files" | xargs -d '\n' stat -c '%s %n' |
  awk '$1 > 1048576 { print $2 ": larger than 1 MiB; can it be generated?" }' >>"$bad"
each . | xargs -d '\n' grep -l "$(printf '\r')" | sed 's/$/: has carriage returns/' >>"$bad"
for file in $text; do
  [ -z "$(tail -c 1 "$file")" ] || breach "$file: has no newline at its end"
done
each . | xargs -d '\n' grep -nHE '[[:blank:]]$' | sed -E 's/^([^:]*:[0-9]+):.*/\1: space at the end of the line/' >>"$bad"
each . | grep -vE '^(tools/check_repository\.sh$|tests/tools/)' |
  xargs -d '\n' grep -noHE "(^|[^A-Za-z0-9_.-])/(work|root|home/[a-z]+)/|$PWD/" | sed 's/$/ is a path of one machine/' >>"$bad"
each '^src/.*\.[ch]pp$' | xargs -r -d '\n' wc -l | awk '$2 != "total" && $1 > 600 { print $2 ": " $1 " lines; is there a second file inside?" }' >>"$bad"
each '\.md$' | xargs -r -d '\n' grep -oHE '\]\([^)# ]+' | sed 's/](//' | while IFS=: read -r page target; do
  case $target in http* | mailto*) continue ;; esac
  [ -e "$(dirname "$page")/$target" ] || echo "$page: links to $target, which is not there" >>"$bad"
done

for file in package-lock.json package.json .npmrc tools/packages.txt; do
  [ ! -f "$file" ] || ! grep -nE '://' "$file" >/dev/null || breach "$file: names a server"
done

for room in src/*/; do
  room=$(basename "$room")
  [ -f "src/$room/README.md" ] || breach "src/$room: has no README.md"
  sed 's/#.*//' layers.txt | grep -qwF -e "$room" || breach "src/$room: is not in layers.txt"
done

cat "$bad"
[ ! -s "$bad" ]
