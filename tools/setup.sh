#!/bin/sh
# setup.sh GROUP...: makes sure that the Debian packages of the groups in tools/packages.txt are installed, and the npm
# packages that package-lock.json pins. Asks no registry when nothing is missing, so it may stand before every target.
# Needs root or sudo only when a Debian package is missing; without either it names them and exits with 1.
# NIGHTJAR_EXTRA_PACKAGES: more Debian packages, separated by spaces.
set -eu
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*"; }
fail() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}

log=$(mktemp) || fail "cannot write to ${TMPDIR:-/tmp}: is the disk full?"
trap 'rm -f "$log"' EXIT

# quietly COMMAND...: runs it without output; when it fails, shows the end of its output (without addresses of
# servers) and says in one sentence why.
quietly() {
  if "$@" >"$log" 2>&1 </dev/null; then return; fi
  sed -E 's#https?://[^/ ]+#(server)#g' "$log" | grep -v '^[[:space:]]*$' | tail -n 5 >&2
  what=$(printf '%s ' "$@" | grep -oE '(apt-get|npm) [a-z]+')
  room=$(df -Pk . / | awk 'NR > 1 && $4 < 1024' | wc -l)
  if [ "$room" -gt 0 ] || grep -qiE 'no space left|ENOSPC|enough free space' "$log"; then
    fail "$what failed: the disk is full. Free some space (df -h shows where) and run the same command again."
  elif grep -qiE 'resolv|could not connect|connection (refused|timed out)|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH' "$log"; then
    fail "$what failed: the package server does not answer. Run the same command again when this machine is connected."
  fi
  fail "$what failed; its last lines are above."
}

# What node_modules was made from; it differs as soon as one of the files changes.
node_stamp() { cat package.json package-lock.json .npmrc | sha256sum | cut -d' ' -f1; }
stamp_file=node_modules/.nightjar-stamp
node_is_current() { [ -f "$stamp_file" ] && [ "$(cat "$stamp_file")" = "$(node_stamp)" ]; }

groups=" $* "
if ! node_is_current && ! command -v npm >/dev/null 2>&1; then groups="$groups node "; fi

wanted=$(awk -v groups="$groups" '!/^#/ && NF && index(groups, " " $1 " ") { print $2 }' tools/packages.txt | sort -u)
wanted="$wanted ${NIGHTJAR_EXTRA_PACKAGES:-}"

missing=
if command -v dpkg-query >/dev/null 2>&1; then
  installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' 2>/dev/null | awk '$1 == "installed" { print $2 }')
  for package in $wanted; do
    printf '%s\n' "$installed" | grep -qxF -e "$package" || missing="$missing $package"
  done
else
  say "this is no Debian machine, so I take it that these are installed:" $wanted
fi

if [ -n "$missing" ]; then
  sudo=
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
      sudo=sudo
    else
      fail "these packages are missing and I am not root:$missing
setup: install them with
  sudo apt-get update && sudo apt-get install --yes --no-install-recommends$missing"
    fi
  fi
  say "installing Debian packages:$missing"
  [ -z "$sudo" ] || sudo true # asks for the password before the output is hidden
  quietly $sudo apt-get update
  quietly $sudo env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $missing
fi

if ! node_is_current; then
  say "installing DuckDB and geolocation data (npm ci, about 100 MB)"
  # npm before 10 stops at overrides that put another package in the place of one, and Debian bookworm has 9.2: a newer one,
  # fetched for this one time, does the work.
  if [ "$(npm --version | cut -d. -f1)" -ge 10 ]; then
    quietly npm ci --no-progress
  else
    quietly npm exec --yes npm@10.9.4 -- ci --no-progress
  fi
  node_stamp >"$stamp_file"
fi
