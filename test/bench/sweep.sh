#!/usr/bin/env bash
# city
# What a sweep costs by what fell due, not by what is open: the same 1 000 events fall due among 10 000 open ones and among many
# (EVENTS, default 200000), in two databases of one cluster, in turns. Each sweep raises its 1 000 alerts and is undone; beside it
# a sweep that finds nothing. Rows are copies of one event that went through the guard, made with triggers disabled.
set -eu
events=${EVENTS:-200000} rounds=${ROUNDS:-7} small=$PGDATABASE many=${PGDATABASE}_many
run() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }
export PGOPTIONS='-c client_min_messages=warning'

# Copies get numbers of their own; every tenth falls due as the first, the others four weeks later. $1 to $2: numbers, $3: every.
copies='SELECT string_agg(quote_ident(attname), $$, $$ ORDER BY attnum) AS columns,
  string_agg(CASE WHEN attname = $$id$$ THEN $$n$$ WHEN attname = $$case_no$$ THEN $x$$$B-$$ || n$x$
    WHEN atttypid = $$timestamptz$$::regtype THEN format($x$CASE WHEN n %% :every = 0 THEN %1$I ELSE %1$I + interval $$28 days$$ END$x$, attname)
    ELSE quote_ident(attname) END, $$, $$ ORDER BY attnum) AS values
FROM pg_attribute WHERE attrelid = $$gov.event$$::regclass AND attnum > 0 AND NOT attisdropped \gset'
fill() {
  run -d "$1" -v every="$4" <<E2
$copies
ALTER TABLE gov.event DISABLE TRIGGER USER;
INSERT INTO gov.event (:columns) SELECT :values FROM gov.event e, generate_series($2, $3) n WHERE e.id = 1;
ALTER TABLE gov.event ENABLE TRIGGER USER;
VACUUM ANALYZE;
E2
}
run -d "$small" >/dev/null <<'E2'
UPDATE gov.actor_proxy SET backdate_minutes = 100000000;
INSERT INTO gov.handling_limit (area, allow) VALUES ('371602001001001', '5wd');
SET SESSION AUTHORIZATION bridge;
SET grid_gov.actor = 'worker1';
SELECT grid_gov.report('路灯不亮', ST_SetSRID(ST_MakePoint(118.005, 37.405), 4490), item => '0124', args => '{"at": "2025-03-03 09:00+08"}');
SET grid_gov.actor = 'acceptor_city';
SELECT grid_gov.act(1, 'submit', NULL, '{"at": "2025-03-03 09:00+08"}');
SELECT grid_gov.act(1, 'accept', NULL, '{"item": "0124", "at": "2025-03-03 09:00+08"}');
SET grid_gov.actor = 'dispatcher_city';
SELECT grid_gov.act(1, 'dispatch', NULL, '{"unit": "cg", "at": "2025-03-03 09:00+08"}');
SET grid_gov.actor = 'handler_cg';
SELECT grid_gov.act(1, 'sign', NULL, '{"at": "2025-03-03 09:00+08"}');
E2
echo "making 10000 and $events open events, of which 1000 fall due"
fill "$small" 1011 11000 10
run -d postgres -c "CREATE DATABASE $many TEMPLATE $small"
fill "$many" 11001 $((events + 1000)) 2000000000

# One sweep in a new session, warmed by one that finds nothing: microseconds of nothing, of the sweep, alerts raised.
round() {
  run -d "$1" <<'E2'
SET grid_gov.test_clock = on;
SELECT next_alert_at AS due FROM gov.event WHERE id = 1 \gset
SELECT grid_gov.sweep_at('2025-03-03 09:00+08') AS none \gset
SELECT clock_timestamp() AS t \gset
SELECT grid_gov.sweep_at('2025-03-03 09:00+08') AS none \gset
SELECT extract(epoch FROM clock_timestamp() - :'t'::timestamptz) * 1e6 AS nothing \gset
BEGIN;
SELECT clock_timestamp() AS t \gset
SELECT grid_gov.sweep_at(:'due') AS raised \gset
SELECT extract(epoch FROM clock_timestamp() - :'t'::timestamptz) * 1e6 AS us \gset
ROLLBACK;
SELECT format('(%s, %s, %s)', :nothing, :us, :raised);
E2
}
pairs=
for ((i = 0; i <= rounds; i++)); do
  a=$(round "$small") b=$(round "$many")
  if [ $i -gt 0 ]; then pairs="$pairs${pairs:+, }(${a//[()]/}, ${b//[()]/})"; fi
done
psql -X -q -P footer=off -d "$small" -c "SELECT round((percentile_cont(0.5) WITHIN GROUP (ORDER BY a / 1000.0))::numeric, 1) AS \"ms, 10000 open\",
  round((percentile_cont(0.5) WITHIN GROUP (ORDER BY d / 1000.0))::numeric, 1) AS \"ms, $events open\", min(c) AS alerts, max(f) AS \"alerts there\",
  round((percentile_cont(0.5) WITHIN GROUP (ORDER BY d / a))::numeric, 2) AS ratio, '<= 1.5' AS goal,
  round((percentile_cont(0.5) WITHIN GROUP (ORDER BY n / 1000.0))::numeric, 2) AS \"ms, nothing due\", round((percentile_cont(0.5) WITHIN GROUP (ORDER BY m / 1000.0))::numeric, 2) AS \"there\"
  FROM (VALUES $pairs) v (n, a, c, m, d, f)"
run -d postgres -c "DROP DATABASE $many"
