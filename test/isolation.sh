#!/usr/bin/env bash
# Run isolation tests (test/specs/NAME.spec against expected/NAME.out) in the cluster that PGHOST names, each in a
# database of its own; a first line "# city" asks for one with a small city. A spec may not have a regression topic's name.
# usage: test/cluster.sh test/isolation.sh [NAME...]   (none: all of them)
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here"
. test/functions.sh
[ $# -gt 0 ] || set -- $(cd test/specs 2>/dev/null && ls *.spec 2>/dev/null | sed 's/\.spec$//' | sort)
if [ $# = 0 ]; then echo "no isolation tests"; counts 0 0 0; exit 0; fi
pgxs=$(dirname "$(dirname "$(${PG_CONFIG:-pg_config} --pgxs)")")
bin=$(${PG_CONFIG:-pg_config} --bindir)
out=${RESULTS:-$here/build/isolation}
rm -rf "$out"; mkdir -p "$out"
ln -sfn "$here/expected" "$out/expected"
database_templates "$out" $(printf 'test/specs/%s.spec ' "$@")
passed=0 failed=0
for spec; do
  start=$(date +%s%N)
  printf '%-26s ' "$spec"
  database "isolation_$spec" "$(template_for "test/specs/$spec.spec")"
  if "$pgxs/test/isolation/pg_isolation_regress" --use-existing --dbname="isolation_$spec" --inputdir="$here/test" \
      --outputdir="$out" --bindir="$bin" --host="$PGHOST" --user="$PGUSER" "$spec" >"$out/$spec.log" 2>&1; then
    passed=$((passed + 1)); printf 'ok     %6d ms\n' $((($(date +%s%N) - start) / 1000000))
  else
    failed=$((failed + 1)); echo FAILED
    if [ -s "$out/regression.diffs" ]; then head -"${DIFF_LINES:-120}" "$out/regression.diffs"; else tail -5 "$out/$spec.log"; fi
  fi
done
counts $passed $failed 0
echo "isolation: $passed passed, $failed failed"
[ $failed = 0 ]
