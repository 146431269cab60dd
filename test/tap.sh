#!/usr/bin/env bash
# Run TAP tests (test/t/*.pl): each starts clusters of its own, with the module test/perl/GridGov.pm. Run by root, they run
# as user postgres; the tree is copied where that user can read it.
# usage: test/tap.sh [NAME...]   (none: all of them)    KEEP=1 keeps the folder
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here"
. test/functions.sh
[ $# -gt 0 ] || set -- $(cd test/t 2>/dev/null && ls *.pl 2>/dev/null | sed 's/\.pl$//' | sort)
if [ $# = 0 ]; then echo "no TAP tests"; counts 0 0 0; exit 0; fi
pg_config=${PG_CONFIG:-pg_config}
bin=$($pg_config --bindir)
pgxs=$(dirname "$(dirname "$($pg_config --pgxs)")")
dir=$(mktemp -d "${TMPDIR:-/tmp}/grid_gov.XXXXXX")
trap '[ "${KEEP:-}" = 1 ] && echo "kept $dir" || rm -rf "$dir"' EXIT
mkdir "$dir/tree" "$dir/tmp"
cp -r README.md grid_gov.control sql test doc demo expected "$dir/tree/" 2>/dev/null || true
cp -r "${GRID_GOV_STAGE:-$here/build/stage}" "$dir/stage"
shared=${GRID_GOV_SHARED:-$here/../shared}       # real reports, not part of the project: their test is skipped without them
if [ -r "$shared/text/eval_dev.tsv" ]; then mkdir -p "$dir/shared/text"; cp "$shared/text/eval_dev.tsv" "$dir/shared/text/"; chmod -R u+w "$dir/shared"; fi
chmod 755 "$dir"
chmod -R a+rX "$dir"
if [ "$(id -u)" = 0 ]; then
  chown -R postgres: "$dir/tmp"
  as=(setpriv --reuid=postgres --regid=postgres --init-groups)
else
  as=()
fi
rc=0
"${as[@]}" env -i -C "$dir/tree" HOME="$dir/tmp" TMPDIR="$dir/tmp" LANG=C.UTF-8 PATH="$bin:/usr/local/bin:/usr/bin:/bin" \
  TESTDIR="$dir/tmp" TESTDATADIR="$dir/tmp/tmp_check" TESTLOGDIR="$dir/tmp/tmp_check/log" PGPORT=65432 \
  PG_REGRESS="$pgxs/test/regress/pg_regress" GRID_GOV_STAGE="$dir/stage" GRID_GOV_LIBDIR="$($pg_config --pkglibdir)" \
  GRID_GOV_SHARED="$dir/shared" GRID_GOV_SHAREDIR="$($pg_config --sharedir)" GRID_GOV_SEED="${GRID_GOV_SEED:-}" GRID_GOV_CALENDARS="${GRID_GOV_CALENDARS:-}" \
  GRID_GOV_SESSIONS="${GRID_GOV_SESSIONS:-}" GRID_GOV_SECONDS="${GRID_GOV_SECONDS:-}" GRID_GOV_EVENTS="${GRID_GOV_EVENTS:-}" \
  GRID_GOV_STEPS="${GRID_GOV_STEPS:-}" GRID_GOV_WORLD="${GRID_GOV_WORLD:-}" \
  perl test/tap.pl -I "$pgxs/test/perl" -I test/perl --counts "$dir/tmp/counts" "$@" || rc=$?
if [ -s "$dir/tmp/counts" ]; then read -r p f s <"$dir/tmp/counts"; counts "$p" "$f" "$s"; fi
if [ $rc != 0 ]; then
  rm -rf build/tap; mkdir -p build
  cp -r "$dir/tmp/tmp_check/log" build/tap 2>/dev/null && echo "the servers' logs are in build/tap"
fi
exit $rc
