#!/bin/sh
# check_package.sh PACKAGE.deb: what is in the package, whether systemd understands the unit, and whether the program works from
# where it is installed, with neither sources nor node_modules near: unpacked into a folder, and installed by dpkg into a copy of
# this machine that is thrown away (an overlay in a name space of mounts; needs root, skipped with a word where it is not allowed).
# Prints a line a check; the first that fails ends it.
set -eu
package=$(realpath "$1")
sources=$(realpath "$(dirname "$0")/../..")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
ok() { echo "ok: $*"; }
skip() { echo "skipped: $*"; }
fail() {
  echo "check_package: $*" >&2
  exit 1
}

# lives NAME ROOT FOLDER COMMAND...: a lake from its making to its questions, in a folder as the command sees it; it lies below ROOT.
lives() {
  name=$1 below=$2 folder=$3
  shift 3
  "$@" --version | grep -q '^nightjar [0-9]' || fail "$name: --version"
  "$@" simulate one-of-each --out "$folder/captures" --quiet >/dev/null || fail "$name: simulate"
  "$@" ingest "$folder/captures" --lake "$folder/lake" --quiet >/dev/null || fail "$name: ingest"
  "$@" figure port-share --lake "$folder/lake" --top 3 | grep -q '^ *1 ' || fail "$name: figure"
  capture=$(find "$below$folder/captures" -name '*.pcap' | sort | head -n 1)
  "$@" summary "${capture#"$below"}" | grep -qi packets || fail "$name: summary"
  countries=$("$@" sql 'SELECT count(DISTINCT country) FROM flows' --lake "$folder/lake" --format csv | tail -n 1)
  [ "$countries" -gt 10 ] || fail "$name: the geolocation data know $countries countries"
  "$@" payloads --lake "$folder/lake" | grep -q . || fail "$name: payloads"
  ok "$name: simulate, ingest, figure, summary, sql and payloads work; $countries countries"
}

# The second half, in the copy of this machine.
if [ "${2-}" = inside ]; then
  copy=$3
  mount -t tmpfs tmpfs "$copy/up"
  mkdir "$copy/up/new" "$copy/up/work"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$copy/up/new,workdir=$copy/up/work" "$copy/all" || exit 77
  mount --bind /proc "$copy/all/proc"
  mount --bind /dev "$copy/all/dev"
  mount -t tmpfs tmpfs "$copy/all/tmp"
  mount -t tmpfs tmpfs "$copy/all/run"
  cp "$package" "$copy/all/tmp/nightjar.deb"
  mkdir -p "$copy/all$sources"
  mount -t tmpfs tmpfs "$copy/all$sources" # neither sources nor node_modules
  in_copy() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$copy/all" "$@"; }
  in_copy dpkg -i /tmp/nightjar.deb >"$copy/log" 2>&1 || { cat "$copy/log" >&2 && fail "dpkg -i"; }
  grep -q 'nightjar init /etc/nightjar' "$copy/log" || fail "the package does not say what comes next"
  in_copy dpkg -s nightjar | grep -qx 'Status: install ok installed' || fail "dpkg does not call it installed"
  in_copy getent passwd nightjar >/dev/null || fail "there is no user nightjar"
  [ "$(in_copy stat -c '%U %a' /var/lib/nightjar)" = 'nightjar 750' ] || fail "/var/lib/nightjar is not the user's"
  ok "dpkg installs it, with its dependencies, a user and a folder that is the user's"
  in_copy nightjar init /etc/nightjar -i lo --prefix 198.51.100.0/24 --data /var/lib/nightjar --user nightjar --quiet || fail "init"
  in_copy nightjar doctor >"$copy/log" || { cat "$copy/log" >&2 && fail "doctor"; }
  grep -q '^ok: folder of the lake can be written: /var/lib/nightjar/lake$' "$copy/log" || fail "doctor: $(cat "$copy/log")"
  ok "init and doctor find nothing that fails"
  if command -v systemd-analyze >/dev/null 2>&1; then
    said=$(in_copy systemd-analyze verify nightjar.service 2>&1 | grep nightjar || :)
    [ -z "$said" ] || fail "systemd-analyze verify: $said"
    ok "systemd understands the installed unit"
  fi
  lives "installed, as its user" "$copy/all" /var/lib/nightjar in_copy setpriv --reuid nightjar --regid nightjar --clear-groups nightjar
  in_copy dpkg -i /tmp/nightjar.deb >"$copy/log" 2>&1 || { cat "$copy/log" >&2 && fail "dpkg -i over itself"; }
  in_copy dpkg --purge nightjar >"$copy/log" 2>&1 || { cat "$copy/log" >&2 && fail "dpkg --purge"; }
  for gone in usr/bin/nightjar usr/share/nightjar usr/lib/nightjar; do
    [ ! -e "$copy/all/$gone" ] || fail "$gone stays behind"
  done
  for kept in var/lib/nightjar/lake etc/nightjar/nightjar.toml; do
    [ -e "$copy/all/$kept" ] || fail "$kept is gone"
  done
  ok "dpkg takes it away, and leaves data and settings"
  exit 0
fi

dpkg-deb -x "$package" "$root"
for file in usr/bin/nightjar usr/lib/nightjar/libduckdb.so usr/share/nightjar/geo/geo-whois-asn-country.mmdb \
  usr/share/nightjar/geo/asn-ipv4-num.csv usr/share/nightjar/figures usr/share/nightjar/signatures \
  usr/lib/systemd/system/nightjar.service usr/lib/sysusers.d/nightjar.conf usr/lib/tmpfiles.d/nightjar.conf \
  usr/share/doc/nightjar/copyright usr/share/doc/nightjar/NOTICE usr/share/doc/nightjar/docs/operations.md \
  usr/share/doc/nightjar/licences/duckdb usr/share/doc/nightjar/licences/geolocation/DBIP-LICENSE \
  usr/share/doc/nightjar/examples/nightjar.toml; do
  [ -e "$root/$file" ] || fail "$file is missing"
done
ok "program, library, data, unit, documents and licences are in it"

depends=$(dpkg-deb -f "$package" Depends)
for library in libc6 libpcap libseccomp2 libmaxminddb0; do
  case $depends in *"$library"*) ;; *) fail "depends on '$depends', without $library" ;; esac
done
ok "depends on $depends"
[ -z "$(find "$root" -perm /6000)" ] || fail "a file has the set-user-id bit"
if grep -rlF -e "$sources" "$root/usr" >"$root/named"; then fail "files name the folder of the sources: $(cat "$root/named")"; fi

if command -v systemd-analyze >/dev/null 2>&1; then
  # Words about a line of the unit; that other units are not in this folder is none. The copy below has them.
  said=$(systemd-analyze verify --root="$root" nightjar.service 2>&1 | grep -E 'nightjar\.service:[0-9]+' || :)
  [ -z "$said" ] || fail "systemd-analyze verify: $said"
  ok "systemd knows every key of the unit"
else
  skip "no systemd-analyze here to look at the unit"
fi

linked=$(ldd "$root/usr/bin/nightjar" | awk '/libduckdb/ { print $3 }')
[ "$(realpath "$linked")" = "$root/usr/lib/nightjar/libduckdb.so" ] || fail "libduckdb.so is taken from $linked"
lives "unpacked" "" "$root/data" env -i PATH=/usr/bin:/bin "$root/usr/bin/nightjar"
rm -rf "$root/data"

mkdir "$root/copy" "$root/copy/up" "$root/copy/all"
if [ "$(id -u)" -ne 0 ]; then
  skip "dpkg -i, as this is not root"
else
  status=0
  unshare --mount --propagation private "$0" "$package" inside "$root/copy" || status=$?
  case $status in
    0) ;;
    77) skip "dpkg -i, as this machine allows no overlay of itself" ;;
    *) exit 1 ;;
  esac
fi
