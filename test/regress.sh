#!/usr/bin/env bash
# Run regression topics (test/sql/TOPIC.sql against expected/TOPIC.out) in the cluster that PGHOST names,
# each topic in a database of its own: a copy of one with the extension, or, when the topic's first line is
# "-- city", of one where test/data/city.sql has set up a small city.
# usage: test/cluster.sh test/regress.sh [TOPIC...]   (no topic: all of them)
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here"
[ $# -gt 0 ] || set -- $(cd test/sql && ls *.sql | sed 's/\.sql$//' | sort)
pgxs=$(dirname "$(dirname "$(${PG_CONFIG:-pg_config} --pgxs)")")
bin=$(${PG_CONFIG:-pg_config} --bindir)
out=${RESULTS:-$here/build/regress}
rm -rf "$out"; mkdir -p "$out"
ln -sfn "$here/expected" "$out/expected"   # pg_regress looks for golden files below its output folder
run() { PGOPTIONS='--client-min-messages=warning' psql -X -q -v ON_ERROR_STOP=1 "$@"; }
run -c 'CREATE DATABASE gg_extension TEMPLATE template0 ENCODING UTF8'
run -d gg_extension -c 'CREATE EXTENSION grid_gov CASCADE'
run -d gg_extension -c "ALTER DATABASE gg_extension SET timezone TO 'Asia/Shanghai'"
if grep -lq '^-- city' test/sql/*.sql && [ -f test/data/city.sql ]; then
  run -c 'CREATE DATABASE gg_city TEMPLATE gg_extension'
  run -d gg_city -f test/data/city.sql >"$out/city.log"
fi
passed=0 failed=0
for topic; do
  template=gg_extension
  head -1 "test/sql/$topic.sql" | grep -q '^-- city' && template=gg_city
  run -c "CREATE DATABASE regress_$topic TEMPLATE $template"
  run -c "ALTER DATABASE regress_$topic SET timezone TO 'Asia/Shanghai'" -c "ALTER DATABASE regress_$topic SET datestyle TO 'ISO, YMD'" \
      -c "ALTER DATABASE regress_$topic SET lc_messages TO 'C'" -c "ALTER DATABASE regress_$topic SET bytea_output TO 'hex'"
  if "$pgxs/test/regress/pg_regress" --use-existing --dbname="regress_$topic" --inputdir="$here/test" --outputdir="$out" \
      --bindir="$bin" --host="$PGHOST" --user="$PGUSER" "$topic" >"$out/$topic.log" 2>&1; then
    passed=$((passed + 1)); echo "ok     $topic"
  else
    failed=$((failed + 1)); echo "FAILED $topic"
    cat "$out/regression.diffs" 2>/dev/null | head -"${DIFF_LINES:-120}" || tail -5 "$out/$topic.log"
  fi
done
echo "regression: $passed passed, $failed failed"
[ $failed = 0 ]
