-- What workers do besides events: daily patrols and visits of the year, merits; then the figures that views show.
--
-- Run by psql as a superuser when life.sql is through. Five hundred workers keep the record of their rounds.
\set work_quiet :QUIET
\set QUIET on
SET client_min_messages = warning;
SET timezone = 'Asia/Shanghai';
SET ROLE gov_owner;
UPDATE gov.actor_proxy SET backdate_minutes = 0 WHERE login = 'demo_loader';
SELECT setval(pg_get_serial_sequence('gov.event', 'id'), max(id)) AS last_event FROM gov.event \gset
ANALYZE gov.event, gov.event_task, gov.event_log, gov.event_note, gov.request;
\ir active.sql
\echo '  patrols and visits'
INSERT INTO gov.patrol (staff_id, grid, day, minutes, check_ins, started_at, ended_at)
SELECT a.worker, a.grid, d.day, p.minutes, p.minutes / 25, s.at, s.at + make_interval(mins => p.minutes)
  FROM demo_active a
       CROSS JOIN (SELECT g::date AS day FROM generate_series(timestamp '2025-07-01', '2026-06-30', '1 day') AS g, gov.calendar c
                    WHERE c.area = '3716' AND c.name = 'default' AND grid_gov.is_open(g::timestamptz + interval '9 hours', c.hours)) AS d,
       LATERAL (SELECT pg_temp.chance(a.worker || ' ' || d.day) AS x) AS c,
       -- nine days in ten two hours and more; one in ten something shorter, or none
       LATERAL (SELECT CASE WHEN c.x > .1 THEN 121 + floor(c.x * 60)::int ELSE 40 + floor(c.x * 700)::int END AS minutes) AS p,
       LATERAL (SELECT d.day::timestamptz + interval '8 hours' + floor(c.x * 40) * interval '1 minute' AS at) AS s
 WHERE c.x > .03 ORDER BY d.day, a.worker;
INSERT INTO gov.visit (staff_id, grid, required_by, done_at)
SELECT a.worker, a.grid, v.by, CASE WHEN c.x < .93 THEN v.by::timestamptz - interval '10 days' * c.x + interval '15 hours' END
  FROM demo_active a CROSS JOIN generate_series(1, 48) AS k, LATERAL (SELECT date '2025-07-01' + (k * 7.6)::int - 3 AS by) AS v, LATERAL (SELECT pg_temp.chance(a.worker || ' visit ' || k) AS x) AS c
 ORDER BY v.by, a.worker;
INSERT INTO gov.merit (subject, staff_id, code, day, times, note)
SELECT 'worker', a.worker, m.code, date '2025-07-05' + floor(pg_temp.chance('merit ' || a.worker || m.code) * 350)::int, 1, m.note
  FROM demo_active a JOIN (VALUES ('hazard', .08, '发现燃气软管老化等重大隐患'), ('method_town', .03, '“敲门三问”走访法被镇街采纳'), ('method_county', .01, '夜间巡查法被县里推广'),
                                  ('exposed_town', .02, '辖区环境问题被镇街曝光'), ('wrong_data', .04, '住户信息录入错误')) AS m (code, share, note) ON pg_temp.chance(m.code || a.worker) < m.share
 ORDER BY a.worker, m.code;
-- The city's own quota: two valid reports a month.
UPDATE gov.score_rule SET points = 2 WHERE subject = 'worker' AND code = 'quota' AND area = '3716';
ANALYZE gov.patrol, gov.visit, gov.merit;
\echo '  daily sums, grids, scores of a quarter'
\pset tuples_only on
\pset format unaligned
SELECT format('  %s rows of daily sums', grid_gov.refresh_summary('2025-07-01', '2026-07-01'));
SELECT format('  %s problems of grids', grid_gov.check_grids());
SELECT grid_gov.open_period('2026年第一季度', '2026-01-01', '2026-04-01') AS period \gset
SELECT format('  %s people and units scored for %s', grid_gov.close_period(name), name) FROM gov.period;
\pset tuples_only off
\pset format aligned
RESET ROLE;
\set QUIET :work_quiet
