#!/usr/bin/env bash
# Run the benches test/bench/NAME.sql (psql) and NAME.sh in the cluster that PGHOST names, each in a database of its own with
# the extension (first line "-- city" or "# city": with the small city). They print ratios of one run, never times to compare.
# usage: test/cluster.sh test/bench/run.sh [NAME...]   (none: all of them)
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
cd "$here"
. test/functions.sh
[ $# -gt 0 ] || set -- $(cd test/bench && ls | sed -n '/^run\.sh$/d; s/\.\(sql\|sh\)$//p' | sort -u)
if [ $# = 0 ]; then echo "no benches"; exit 0; fi
mkdir -p build/bench
file_of() { if [ -f "test/bench/$1.sql" ]; then echo "test/bench/$1.sql"; elif [ -f "test/bench/$1.sh" ]; then echo "test/bench/$1.sh"; else echo "no bench of the name $1" >&2; exit 1; fi; }
for name; do file_of "$name" >/dev/null; done
database_templates build/bench $(for name; do file_of "$name"; done)
echo "on $(psql -XAt -c 'SHOW server_version'), $(nproc) processors; other work on this machine disturbs the figures"
for name; do
  file=$(file_of "$name")
  printf '\n=== %s\n' "$name"
  start=$SECONDS
  database "bench_$name" "$(template_for "$file")"
  case $file in
    *.sql) psql -X -q -v ON_ERROR_STOP=1 -d "bench_$name" -f "$file" ;;
    *) PGDATABASE=bench_$name "$file" ;;
  esac
  echo "($((SECONDS - start)) s)"
done
