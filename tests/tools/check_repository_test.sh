#!/bin/sh
# check_repository_test.sh: tools/check_repository.sh is quiet about a tidy folder and names each breach of an untidy one.
set -eu
tools=$(cd "$(dirname "$0")/../../tools" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir -p src/low
echo low >layers.txt
echo '# low' >src/low/README.md
echo 'int x;' >src/low/a.cpp
"$tools/check_repository.sh" "$folder" || { echo "a tidy folder was refused" && exit 1; }

# expect SENTENCE: the check fails and says so.
expect() {
  if found=$("$tools/check_repository.sh" "$folder"); then
    echo "unnoticed: $1"
    exit 1
  fi
  printf '%s\n' "$found" | grep -qF -e "$1" || { echo "expected: $1; said: $found" && exit 1; }
}
printf 'a\r\n' >crlf.txt && expect 'crlf.txt: has carriage returns' && rm crlf.txt
printf 'a' >cut.txt && expect 'cut.txt: has no newline at its end' && rm cut.txt
printf 'a \n' >space.txt && expect 'space.txt:1: space at the end of the line' && rm space.txt
printf 'see /home/someone/x\n' >path.txt && expect 'is a path of one machine' && rm path.txt
printf '"resolved": "https://example.org/x.tgz"\n' >package-lock.json && expect 'package-lock.json: names a server' && rm package-lock.json
head -c 1048577 /dev/zero >big.bin && expect 'big.bin: larger than 1 MiB' && rm big.bin
yes 'int y;' | head -n 601 >src/low/long.cpp && expect 'src/low/long.cpp: 601 lines' && rm src/low/long.cpp
printf '[x](missing.md)\n' >page.md && expect 'page.md: links to missing.md' && rm page.md
mkdir src/cellar && expect 'src/cellar: has no README.md' && expect 'src/cellar: is not in layers.txt' && rmdir src/cellar
"$tools/check_repository.sh" "$folder"
