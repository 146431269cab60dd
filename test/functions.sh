# What the runners share; they source this file. The cluster is the one that PGHOST names (test/cluster.sh).

# Quiet SQL; an error ends it.
run() { PGOPTIONS='--client-min-messages=warning' psql -X -q -v ON_ERROR_STOP=1 "$@"; }

# Leave the counts passed, failed, skipped where test/check.sh finds them.
counts() { if [ -n "${GRID_GOV_RESULT:-}" ]; then echo "$1 $2 $3" >"$GRID_GOV_RESULT"; fi; }

# Is the first line of a test "-- city" (or "# city" in a spec)?
wants_city() { head -2 "$1" | grep -qE "^(--|#) city"; }

# The database that a test's own database is a copy of.
template_for() { if wants_city "$1" && [ -f test/data/city.sql ]; then echo gg_city; else echo gg_extension; fi; }

# database_templates LOGFOLDER FILE...: make the databases that the databases of these tests are copies of.
database_templates() {
  local log=$1 f city=
  shift
  echo "making the databases that tests are copies of"
  run -c 'CREATE DATABASE gg_extension TEMPLATE template0 ENCODING UTF8'
  run -d gg_extension -c 'CREATE EXTENSION grid_gov CASCADE'
  run -d gg_extension -c "ALTER DATABASE gg_extension SET timezone TO 'Asia/Shanghai'"
  for f; do
    if [ "$(template_for "$f")" = gg_city ]; then city=1; fi
  done
  if [ -n "$city" ]; then
    run -c 'CREATE DATABASE gg_city TEMPLATE gg_extension'
    run -d gg_city -f test/data/city.sql >"$log/city.log"
  fi
}

# database NAME TEMPLATE: a copy with settings that make outputs the same everywhere.
database() {
  run -c "CREATE DATABASE $1 TEMPLATE $2"
  run -c "ALTER DATABASE $1 SET timezone TO 'Asia/Shanghai'" -c "ALTER DATABASE $1 SET datestyle TO 'ISO, YMD'" \
      -c "ALTER DATABASE $1 SET intervalstyle TO 'postgres'" -c "ALTER DATABASE $1 SET lc_messages TO 'C'" \
      -c "ALTER DATABASE $1 SET bytea_output TO 'hex'"
}
