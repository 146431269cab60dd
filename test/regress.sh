#!/usr/bin/env bash
# Run regression topics (test/sql/TOPIC.sql against expected/TOPIC.out) in the cluster that PGHOST names,
# each topic in a database of its own: a copy of one with the extension, or, when the topic's first line is
# "-- city", of one where test/data/city.sql has set up a small city.
# A line "-- needs shared/FILE" among the first five: the topic is skipped where the folder of shared texts, which is
# no part of the project (GRID_GOV_SHARED, default ../shared), lacks FILE; the test finds the folder by \getenv.
# usage: test/cluster.sh test/regress.sh [TOPIC...]   (no topic: all of them)
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here"
. test/functions.sh
[ $# -gt 0 ] || set -- $(cd test/sql && ls *.sql | sed 's/\.sql$//' | sort)
pgxs=$(dirname "$(dirname "$(${PG_CONFIG:-pg_config} --pgxs)")")
bin=$(${PG_CONFIG:-pg_config} --bindir)
out=${RESULTS:-$here/build/regress}
rm -rf "$out"; mkdir -p "$out"
ln -sfn "$here/expected" "$out/expected"   # pg_regress looks for golden files below its output folder
export GRID_GOV_SHARED=${GRID_GOV_SHARED:-$here/../shared}
database_templates "$out" $(printf 'test/sql/%s.sql ' "$@")
passed=0 failed=0 skipped=0
for topic; do
  need=$(sed -n '1,5s/^-- needs shared\/\([^ ]*\).*/\1/p' "test/sql/$topic.sql")
  if [ -n "$need" ] && [ ! -e "$GRID_GOV_SHARED/$need" ]; then
    skipped=$((skipped + 1)); printf '%-26s skipped: no %s here\n' "$topic" "$need"
    continue
  fi
  start=$(date +%s%N)
  printf '%-26s ' "$topic"
  database "regress_$topic" "$(template_for "test/sql/$topic.sql")"
  if "$pgxs/test/regress/pg_regress" --use-existing --dbname="regress_$topic" --inputdir="$here/test" --outputdir="$out" \
      --bindir="$bin" --host="$PGHOST" --user="$PGUSER" "$topic" >"$out/$topic.log" 2>&1; then
    passed=$((passed + 1)); printf 'ok     %6d ms\n' $((($(date +%s%N) - start) / 1000000))
  else
    failed=$((failed + 1)); echo FAILED
    if [ -s "$out/regression.diffs" ]; then head -"${DIFF_LINES:-120}" "$out/regression.diffs"; else tail -5 "$out/$topic.log"; fi
  fi
done
counts $passed $failed $skipped
echo "regression: $passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
