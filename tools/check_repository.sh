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

carriage_return=$(printf '\r')
for file in $files; do
  [ -f "$file" ] && [ ! -L "$file" ] || continue
  [ "$(wc -c <"$file")" -le 1048576 ] || breach "$file: larger than 1 MiB; can it be generated?"
  case $file in fuzz/seeds/*) continue ;; esac
  grep -qI . "$file" || continue # empty or binary
  ! grep -q "$carriage_return" "$file" || breach "$file: has carriage returns"
  [ -z "$(tail -c 1 "$file")" ] || breach "$file: has no newline at its end"
  grep -nE '[[:blank:]]$' "$file" | sed "s#^\([0-9]*\):.*#$file:\1: space at the end of the line#" | head -n 3 >>"$bad"
  case $file in
    tools/check_repository.sh | tests/tools/*) ;;
    *) grep -noE "(^|[^A-Za-z0-9_.-])/(work|root|home/[a-z]+)/|$PWD/" "$file" | sed "s#^#$file:#; s#\$# is a path of one machine#" | head -n 3 >>"$bad" ;;
  esac
  case $file in
    src/*.cpp | src/*.hpp)
      lines=$(wc -l <"$file")
      [ "$lines" -le 600 ] || breach "$file: $lines lines; is there a second file inside?"
      ;;
    *.md)
      folder=$(dirname "$file")
      for target in $(grep -oE '\]\([^)# ]+' "$file" | sed 's/^](//' | grep -vE '^[a-z]+:'); do
        [ -e "$folder/$target" ] || breach "$file: links to $target, which is not there"
      done
      ;;
  esac
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
