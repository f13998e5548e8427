#!/bin/sh
# setup_test.sh: what tools/setup.sh asks for and when, with stand-ins for apt-get, npm, id, sudo and dpkg-query that
# write down how they are called. Nothing is installed.
set -eu
tools=$(cd "$(dirname "$0")/../../tools" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir -p tools stand-ins
cp "$tools/setup.sh" tools/
echo '{}' >package.json
echo '{}' >package-lock.json
: >.npmrc
cat >tools/packages.txt <<'END'
# GROUP PACKAGE why
build compiler it compiles
test  oracle   it knows
node  npm      it installs
END

stand_in() {
  printf '#!/bin/sh\n%s\n' "$2" >"stand-ins/$1"
  chmod +x "stand-ins/$1"
}
stand_in dpkg-query 'for p in $INSTALLED; do echo "installed $p"; done'
stand_in apt-get 'echo "apt-get $*" >>calls; case "$*" in install*) [ -z "${APT_SAYS:-}" ] || { echo "$APT_SAYS"; exit 100; };; esac'
stand_in npm '[ "$1" != --version ] || { echo "${NPM:-10.9.4}"; exit; }; echo "npm $*" >>calls; mkdir -p node_modules'
stand_in sudo 'echo sudo >>calls; [ "$1" != -n ] || exit ${SUDO_REFUSES:-0}; "$@"'
stand_in id 'echo "${ID:-0}"'

# setup ARGUMENTS...: runs it; its words are in $said, its status in $status, what it called in the file calls.
setup() {
  : >calls
  status=0
  said=$(PATH="$folder/stand-ins:$PATH" tools/setup.sh "$@" 2>&1 </dev/null) || status=$?
}
expect() { # expect WHAT CONDITION...
  what=$1
  shift
  "$@" || { echo "FAILED: $what"; echo "status $status, said: $said"; echo "called:"; cat calls; exit 1; }
}
says() { printf '%s\n' "$said" | grep -qF -e "$1"; }
called() { [ "$(grep -cF -e "$1" calls)" -eq "$2" ]; }

export INSTALLED="compiler" ID=0
setup build
expect "nothing is missing but npm's part" [ "$status" -eq 0 ]
expect "npm ci runs once" called "npm ci" 1
expect "apt-get is left alone" called "apt-get" 0

setup build
expect "the second run asks nobody" [ ! -s calls ]
expect "and says nothing" [ -z "$said" ]

echo '{ "version": 2 }' >package-lock.json
setup build
expect "a changed lock file installs anew" called "npm ci" 1

echo '{ "version": 3 }' >package-lock.json
NPM=9.2.0 setup build
expect "Debian's npm fetches a newer one for the work" called "npm exec --yes npm@10.9.4 -- ci" 1
expect "and does not try itself" called "npm ci" 0

setup build test
expect "a missing package is installed" called "apt-get install --yes --no-install-recommends oracle" 1
expect "after one update" called "apt-get update" 1

export ID=1000
SUDO_REFUSES=1 setup test
expect "without root or sudo it fails" [ "$status" -eq 1 ]
expect "names the package" says "missing and I am not root: oracle"
expect "and the command" says "sudo apt-get update && sudo apt-get install --yes --no-install-recommends oracle"
expect "without trying" called "apt-get" 0

setup test
expect "with sudo it installs" called "apt-get install" 1
INSTALLED="compiler oracle" SUDO_REFUSES=1 setup build test
expect "with nothing missing nobody needs root" [ "$status" -eq 0 ]

export ID=0
APT_SAYS="E: You don't have enough free space in /var/cache/apt/archives/." setup test
expect "a full disk is an error" [ "$status" -eq 1 ]
expect "and is called one" says "the disk is full"
APT_SAYS="Err: https://example.org/x Temporary failure resolving 'example.org'" setup test
expect "no network is called so" says "the package server does not answer"
APT_SAYS="E: from https://example.org/pool: broken" setup test
expect "other failures show their last words without the server" says "E: from (server)/pool: broken"
echo "tools/setup.sh does what it says"
