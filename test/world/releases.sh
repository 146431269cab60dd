#!/usr/bin/env bash
# The whole check on other releases of PostgreSQL: a bare Debian of each suite in a folder of its own, the last commit in it, make check.
# Skipped without root or debootstrap. usage: test/world/releases.sh [SUITE...]     (trixie: 17, sid: 18; a few minutes and 2.3 GB each)
# GRID_GOV_ROOTS names the folder to keep the systems in; else they are removed at the end.
set -eu
cd "$(dirname "$0")/../.."
. test/functions.sh
[ $# -gt 0 ] || set -- trixie sid
if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then echo "skipped: needs root and debootstrap"; counts 0 0 1; exit 0; fi
roots=${GRID_GOV_ROOTS:-$(mktemp -d /var/tmp/grid_gov_roots.XXXXXX)}
[ -n "${GRID_GOV_ROOTS:-}" ] || trap 'rm -rf "$roots"' EXIT
# Its own mounts, which go with it; no service of the packages is started.
inside() { unshare --mount --propagation private sh -c 'mount -t proc proc "$0/proc"; mount -t tmpfs tmpfs "$0/dev/shm"
  exec chroot "$0" /usr/bin/env -i HOME=/ LANG=C.UTF-8 TERM=dumb DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"' "$@"; }
passed=0 failed=0
for suite; do
  root=$roots/$suite
  if [ ! -d "$root/usr" ]; then
    debootstrap --variant=minbase "$suite" "$root" >"$roots/$suite.log" 2>&1 || { tail -5 "$roots/$suite.log"; echo "FAILED $suite: no system"; failed=$((failed + 1)); continue; }
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod +x "$root/usr/sbin/policy-rc.d"
    echo "Acquire::Check-Valid-Until \"false\";" >"$root/etc/apt/apt.conf.d/90-late-mirrors"
    mkdir -p "$root/dev/shm" "$root/srv"
  fi
  rm -rf "$root/srv/grid_gov"
  git clone -q . "$root/srv/grid_gov"
  if inside "$root" sh -c 'apt-get -qq update && apt-get -qq install -y --no-install-recommends make git ca-certificates && cd /srv/grid_gov && make check' >"$roots/$suite.log" 2>&1; then
    echo "ok     $suite: $(inside "$root" pg_config --version): $(tail -1 "$roots/$suite.log")"
    passed=$((passed + 1))
  else
    grep -E '^FAILED|FAILED$| error: |^[0-9]+ passed' "$roots/$suite.log" | head -20
    echo "FAILED $suite: $(tail -1 "$roots/$suite.log")"
    failed=$((failed + 1))
  fi
done
counts $passed $failed 0
[ $failed = 0 ]
