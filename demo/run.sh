#!/usr/bin/env bash
# The demo: 滨州 as a city of 7 800 grids, 14 000 people and a year of 20 000 reports, in a database of its own, then a tour of it.
# usage: test/cluster.sh demo/run.sh     (or make demo; KEEP=1 leaves the cluster running)
#   DEMO_DB   the database's name (default binzhou)
#   NO_TOUR=1 load only
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here"
db=${DEMO_DB:-binzhou}
began=$SECONDS
run() { PGOPTIONS='--client-min-messages=warning' psql -X -q -P pager=off -v ON_ERROR_STOP=1 "$@"; }
note() { printf '[%3d s] %s\n' "$((SECONDS - began))" "$*"; }
failed() { echo "The demo failed after $((SECONDS - began)) seconds." >&2; }
trap '[ $? = 0 ] || failed' EXIT

note "a database, the extension, the city"
run -c "CREATE DATABASE $db TEMPLATE template0 ENCODING 'UTF8'" -c "ALTER DATABASE $db SET timezone TO 'Asia/Shanghai'"
run -d "$db" -c "DO \$\$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gov_owner') THEN CREATE ROLE gov_owner NOLOGIN; END IF; END \$\$" \
    -c 'CREATE EXTENSION grid_gov CASCADE'
run -d "$db" -At -c "SELECT '  ' || action || ': ' || count(*) FROM grid_gov.setup(root => '3716', name => '滨州市', owner => 'gov_owner') GROUP BY action ORDER BY action"
note "7 counties, 92 towns, 3 209 villages, 7 800 grids"
run -d "$db" -c 'SET ROLE gov_owner' -f demo/geography.sql
note "14 000 people in their posts"
run -d "$db" -c 'SET ROLE gov_owner' -f demo/people.sql
note "20 000 reports, moved along the workflow through the guard"
run -d "$db" -f demo/loader.sql
# two sessions share the year, month by month
run -d "$db" -v parts=2 -v part=0 -c 'SET ROLE gov_owner' -f demo/reports.sql -f demo/life.sql & half=$!
run -d "$db" -v parts=2 -v part=1 -c 'SET ROLE gov_owner' -f demo/reports.sql -f demo/life.sql
wait $half
note "patrols, visits, figures"
run -d "$db" -f demo/work.sql
note "loaded"
if [ "${NO_TOUR:-}" != 1 ]; then
  run -d "$db" -f demo/tour.sql
fi
echo "The demo took $((SECONDS - began)) seconds."
