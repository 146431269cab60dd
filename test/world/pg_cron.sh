#!/usr/bin/env bash
# Any scheduler will do: pg_cron calls sweep() as a role that may do nothing else. Skipped where pg_cron is not installed.
# Takes up to two minutes: pg_cron knows whole minutes only.
set -eu
cd "$(dirname "$0")/../.."
. test/functions.sh
if [ "${1:-}" != inside ]; then
  if [ ! -f "$(${PG_CONFIG:-pg_config} --sharedir)/extension/pg_cron.control" ]; then echo "skipped: pg_cron is not installed"; counts 0 0 1; exit 0; fi
  exec test/cluster.sh -c "shared_preload_libraries = 'pg_cron'" -c "cron.database_name = 'postgres'" -c "cron.use_background_workers = on" \
    test/world/pg_cron.sh inside
fi
run() { PGOPTIONS='--client-min-messages=warning' psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }
run -c 'CREATE EXTENSION grid_gov CASCADE' -c 'CREATE EXTENSION pg_cron'
run -f test/data/city.sql >/dev/null
run -c 'CREATE ROLE scheduler LOGIN' -c "SELECT grid_gov.grant_access('scheduler', 'worker')" -c 'GRANT USAGE ON SCHEMA cron TO scheduler' >/dev/null
# a hotline report is submitted by the system, not by a person: sweep() does it
run -c "SET SESSION AUTHORIZATION bridge" -c "SET grid_gov.actor = 'reporter:K'" -c "SELECT grid_gov.report('路灯不亮', source => '12345')" >/dev/null
run -U scheduler -c "SELECT cron.schedule('sweep', '* * * * *', 'SELECT grid_gov.sweep()')" >/dev/null
for _ in $(seq 130); do
  sleep 1
  [ "$(run -c 'SELECT state FROM gov.event')" = pending_accept ] || continue
  echo "ok     pg_cron ran sweep() as scheduler: the report is $(run -c 'SELECT state FROM gov.event'), by $(run -c "SELECT actor || ' through ' || session_role FROM gov.event_log WHERE action = 'submit'")"
  counts 1 0 0
  exit 0
done
run -c 'SELECT status, return_message FROM cron.job_run_details'
echo "FAILED pg_cron did not bring the report on"
counts 0 1 0
exit 1
