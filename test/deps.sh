#!/usr/bin/env bash
# Install what building and testing need and this machine lacks: says what and why, does nothing when all is there.
# On Debian and its relatives with apt, as root or with sudo; elsewhere it looks for the commands and says what is missing.
# It starts no service, creates no cluster, and refuses when a package would restart a PostgreSQL that has clusters here.
# usage: test/deps.sh            PG_CONFIG=...  build against this PostgreSQL instead of the packaged one
set -eu
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1
say() { printf '%s\n' "$*"; }
fail() { printf 'deps: %s\n' "$@" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# A PostgreSQL that did not come as a package (or a system without apt): look for the files themselves.
by_hand() {
  pgc=${PG_CONFIG:-pg_config}
  missing=()
  if have "$pgc"; then
    [ -f "$("$pgc" --pgxs)" ] || missing+=("the PostgreSQL server headers and PGXS (development package of the server, 15 or later)")
    [ -x "$("$pgc" --bindir)/initdb" ] || missing+=("the PostgreSQL server (initdb, postgres)")
    [ -f "$("$pgc" --sharedir)/extension/postgis.control" ] || missing+=("PostGIS 3 for this PostgreSQL")
  else
    missing+=("pg_config: the PostgreSQL server, 15 or later, with its development files, and PostGIS 3")
  fi
  for c in gcc pkg-config perl; do have $c || missing+=("$c"); done
  if have pkg-config; then pkg-config --exists icu-uc icu-i18n || missing+=("the ICU headers (icu-uc, icu-i18n)"); fi
  if have perl; then perl -MIPC::Run -e1 2>/dev/null || missing+=("the Perl module IPC::Run (for the TAP tests)"); fi
  if [ ${#missing[@]} -gt 0 ]; then
    say "Missing on this machine; $1, so please install:"
    printf '  %s\n' "${missing[@]}"
    exit 1
  fi
  say "deps: all there ($("$pgc" --version))"
  exit 0
}
if ! have apt-get || ! have dpkg-query; then by_hand "it has no apt"; fi
if [ -n "${PG_CONFIG:-}" ]; then
  case $("$PG_CONFIG" --bindir 2>/dev/null) in
    /usr/lib/postgresql/*) ;;
    *) by_hand "PG_CONFIG names a PostgreSQL that is no package" ;;
  esac
fi

# Which major version: the one named, else one whose headers or server are here, else the newest that apt offers with PostGIS.
newest() { sed -n "s/^$1\$/\1/p" | sort -n | tail -1; }
major=
if [ -n "${PG_CONFIG:-}" ]; then major=$("$PG_CONFIG" --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/'); fi
here() { dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$1" 2>/dev/null | sed -n 's/^installed //p'; }
[ -n "$major" ] || major=$(here 'postgresql-server-dev-[0-9]*' | newest 'postgresql-server-dev-\([0-9]*\)')
[ -n "$major" ] || major=$(here 'postgresql-[0-9]*' | newest 'postgresql-\([0-9]*\)')

wanted() {
  cat <<LIST
postgresql-$1 the database server (a throw-away cluster is made of it; none is created on this machine)
postgresql-server-dev-$1 headers and build rules for server extensions
postgresql-$1-postgis-3 PostGIS: points, areas and distances of grids
postgresql-$1-postgis-3-scripts the SQL part of PostGIS
libicu-dev ICU: Unicode normal forms and traditional characters
pkg-config finds ICU's compiler flags
gcc the C compiler
libc6-dev C headers
make runs the build
perl puts the install script together; lint and TAP tests
libipc-run-perl the TAP tests start clusters with it
clang-14 second compiler that the code must please
clang-format-14 checks the layout of the code
LIST
}
optional() { case $1 in clang-*) return 0 ;; *) return 1 ;; esac }
lacking() { wanted "$1" | while read -r p why; do installed "$p" || say "$p $why"; done; }

root=
if [ "$(id -u)" != 0 ]; then
  if have sudo; then root="sudo -E"; else root=none; fi
fi
as_root() { if [ -z "$root" ]; then "$@"; else sudo env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 LC_ALL=C.UTF-8 "$@"; fi; }

lines=
if [ -n "$major" ]; then
  lines=$(lacking "$major")
  # What lint alone uses is fetched along with the rest, never for its own sake.
  if [ -z "$(printf '%s' "$lines" | grep -v '^clang-' || true)" ]; then
    say "deps: all there (PostgreSQL $major$(installed clang-format-14 || printf ', without clang-format-14: lint skips it'))"
    exit 0
  fi
fi
[ "$root" != none ] || fail "packages are missing and neither root nor sudo is at hand. As root, run:  test/deps.sh" \
  "wanted: $(wanted "${major:-15}" | cut -d' ' -f1 | tr '\n' ' ')"

say "deps: asking the package index (apt-get update)"
as_root apt-get -o DPkg::Lock::Timeout=600 -qq update || say "deps: apt-get update failed; going on with the index that is here"
if [ -z "$major" ]; then
  for v in $(apt-cache pkgnames postgresql-server-dev- | sed -n 's/^postgresql-server-dev-\([0-9]*\)$/\1/p' | sort -rn); do
    if [ "$v" -ge 15 ] && apt-cache show "postgresql-$v-postgis-3" >/dev/null 2>&1; then major=$v; break; fi
  done
  [ -n "$major" ] || fail "apt offers no PostgreSQL 15 or later with PostGIS 3"
  lines=$(lacking "$major")
fi
packages=()
while read -r p why; do
  [ -n "$p" ] || continue
  if optional "$p" && ! apt-cache show "$p" >/dev/null 2>&1; then say "  $p is not offered here: lint skips what needs it"; continue; fi
  packages+=("$p")
done <<<"$lines"
say "deps: missing for PostgreSQL $major, to be installed:"
printf '%s\n' "$lines" | while read -r p why; do printf '  %-34s %s\n' "$p" "$why"; done

apt=(apt-get -y --no-install-recommends -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confold)
plan=$(as_root "${apt[@]}" -s install "${packages[@]}") || { printf '%s\n' "$plan"; fail "apt cannot install these packages"; }
# A server package that arrives anew or is replaced (re)starts the clusters of this machine: not ours to do.
if have pg_lsclusters && [ -n "$(pg_lsclusters -h 2>/dev/null)" ] &&
  printf '%s\n' "$plan" | grep -Eq '^Inst postgresql-[0-9]+ '; then
  fail "this would install or replace a PostgreSQL server package and so restart the clusters of this machine:" \
    "$(pg_lsclusters -h | awk '{print "  " $1 "/" $2 " " $4}')" \
    "Please do it yourself at a time that suits you:  apt-get install --no-install-recommends ${packages[*]}"
fi

# No cluster is created for a server that arrives anew; the default is put back afterwards.
conf=/etc/postgresql-common/createcluster.conf
if printf '%s\n' "$plan" | grep -Eq '^Inst postgresql-[0-9]+ '; then
  if [ -f $conf ]; then as_root cp -p $conf $conf.grid_gov; else as_root mkdir -p ${conf%/*}; fi
  restore() {
    if [ -f $conf.grid_gov ]; then as_root mv $conf.grid_gov $conf
    elif [ -f /usr/share/postgresql-common/createcluster.conf ]; then as_root cp /usr/share/postgresql-common/createcluster.conf $conf
    else as_root rm -f $conf; fi
    as_root rm -f $conf.ucf-dist
  }
  trap restore EXIT
  say 'create_main_cluster = false' | as_root tee -a $conf >/dev/null
fi
total=$(printf '%s\n' "$plan" | grep -c '^Inst ' || true)
say "deps: installing ${#packages[@]} packages and what they need, $total in all (a minute or two)"
log=$(mktemp "${TMPDIR:-/tmp}/grid_gov_deps.XXXXXX")
start=$SECONDS
( as_root "${apt[@]}" install "${packages[@]}" </dev/null >"$log" 2>&1; echo "rc=$?" >>"$log" ) &
while kill -0 $! 2>/dev/null; do
  sleep 2
  printf 'deps: %3d s  %s\n' $((SECONDS - start)) "$(grep -E '^(Get|Unpacking|Setting up|Fetched)' "$log" | tail -1 | cut -c1-100)"
done | awk 'NR % 5 == 1 { print; fflush() }'
wait
if [ "$(tail -1 "$log")" != rc=0 ]; then tail -20 "$log"; fail "apt-get failed; its output is in $log"; fi
rm -f "$log"
say "deps: done in $((SECONDS - start)) s (PostgreSQL $major)"
