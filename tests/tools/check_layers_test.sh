#!/bin/sh
# check_layers_test.sh: tools/check_layers.sh lets includes go down and to the own room, and names those that do not.
set -eu
tools=$(cd "$(dirname "$0")/../../tools" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir -p src/low src/left src/right
printf 'low\nleft right\n' >layers.txt

echo '#include "low/a.hpp"' >src/left/b.cpp
echo '#include "low/other.hpp"' >src/low/a.cpp
"$tools/check_layers.sh" src layers.txt || { echo "a step down was refused" && exit 1; }

# expect_refusal INCLUDE WHERE SENTENCE
expect_refusal() {
  echo "#include \"$1/x.hpp\"" >"src/$2/wrong.cpp"
  if found=$("$tools/check_layers.sh" src layers.txt); then
    echo "$2 included $1 unnoticed"
    exit 1
  fi
  [ "$found" = "src/$2/wrong.cpp:1: $3" ] || { echo "said: $found" && exit 1; }
  rm "src/$2/wrong.cpp"
}
expect_refusal left low "low may not include left"
expect_refusal right left "left may not include right"
mkdir src/cellar
expect_refusal cellar left "room cellar is not in layers.txt"
