-- city
-- Scores: each rule on hand-made facts, then all indicators against a slow model on random facts, the sums, periods, rights.
\pset format unaligned
\pset null -
SET timezone TO 'UTC';   -- days are Beijing days whatever the session says

-- the line of points
SELECT v, grid_gov.score_line(v, 0.95, 0.70) AS rising, grid_gov.score_line(v, 0, 0.20) AS falling, grid_gov.score_line(v, 0.5, 0.5) AS step
  FROM unnest(ARRAY[-1, 0, 0.1, 0.2, 0.5, 0.7, 0.825, 0.95, 1, 7, NULL, 'infinity']::float8[]) v;
\set VERBOSITY sqlstate
SELECT grid_gov.score_line('NaN', 1, 0);
SELECT grid_gov.score_line(1, 'infinity', 0);
\set VERBOSITY default

-- Facts are written by hand: the guard has its own tests.
SET ROLE gov_owner;
ALTER TABLE gov.event DISABLE TRIGGER USER;
ALTER TABLE gov.event_log DISABLE TRIGGER USER;

-- a row of facts on top of the columns' defaults
CREATE FUNCTION pg_temp.row(tab text, facts jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  cols text := (SELECT string_agg(quote_ident(k), ', ') FROM jsonb_object_keys(facts) k);
BEGIN
  EXECUTE format('INSERT INTO gov.%1$I (%2$s) SELECT %2$s FROM jsonb_populate_record(NULL::gov.%1$I, $1)', tab, cols) USING facts;
END $$;
CREATE FUNCTION pg_temp.put(id bigint, at timestamptz, state text, more jsonb DEFAULT '{}') RETURNS void LANGUAGE sql AS $$
  SELECT pg_temp.row('event', jsonb_build_object('id', id, 'workflow', 'default', 'body', '测试', 'area', '371602001001001', 'grid', '371602001001001', 'category', '城市管理', 'item', '0101', 'urgent', false, 'state', state,
    'reporter', 1, 'reported_at', at, 'accepted_at', at + interval '1 hour') || more)
$$;
CREATE FUNCTION pg_temp.task(event bigint, seq integer, assigned timestamptz, more jsonb DEFAULT '{}') RETURNS void LANGUAGE sql AS $$
  SELECT pg_temp.row('event_task', jsonb_build_object('id', event * 1000 + seq, 'event_id', event, 'kind', 'handle', 'unit', 'cg', 'person', 1, 'area', '371602001001001', 'assigned_at', assigned, 'opened_seq', seq) || (more - 'by'));
  INSERT INTO gov.event_log (event_id, seq, at, recorded_at, action, to_state, actor, role, outer_role, session_role, area, stage_due_at, facts_digest, hash)
    VALUES (event, seq, assigned, assigned, COALESCE(more->>'by', 'dispatch'), 'dispatched', 'staff:11', 'dispatcher', 'x', 'x', '371602001001001', assigned + interval '1 day', '', '');
$$;
-- the figures of one worker, and what counts against him
CREATE FUNCTION pg_temp.figures(staff bigint, since date, until date) RETURNS TABLE (line text) LANGUAGE sql AS $$
  SELECT format('%s %s/%s %s', i.code, round(i.numerator::numeric, 2), round(i.denominator::numeric, 2), i.against) FROM grid_gov.worker_indicators(since, until, NULL, staff) i
   WHERE i.denominator > 0 ORDER BY length(i.code), i.code
$$;
RESET ROLE;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pg_temp TO PUBLIC;

-- March 2025 (21 working days in Beijing). Nobody has done anything: no data is not points.
SELECT staff_id, post_area, reports, volume, i1, i2, i13, p_volume, bonus, deductions, score, rank FROM grid_gov.score_workers('2025-03-01', '2025-04-01') ORDER BY 1;
SELECT * FROM pg_temp.figures(1, '2025-03-01', '2025-04-01');
SELECT code, value, weight, points, evidence FROM grid_gov.explain_score(1, '2025-03-01', '2025-04-01');

-- Worker 1's March, case by case.
-- 1 on time and closed, satisfied; signed in time
SELECT pg_temp.put(1, '2025-03-03 09:00+08', 'evaluated', '{"dispatched_at":"2025-03-03 10:00+08","feedback_at":"2025-03-04 10:00+08","closed_at":"2025-03-04 12:00+08","due_at":"2025-03-05 18:00+08","due_day":"2025-03-05","satisfaction":"满意","used_minutes":480,"person":1,"unit":"cg","urgent":true}');
SELECT pg_temp.task(1, 2, '2025-03-03 10:00+08', '{"due_day":"2025-03-05","done_at":"2025-03-04 10:00+08","outcome":"feedback","breach":false,"signed_at":"2025-03-03 11:00+08"}');
-- 2 late, closed, dissatisfied, reworked; signed too late
SELECT pg_temp.put(2, '2025-03-04 09:00+08', 'evaluated', '{"item":"0102","dispatched_at":"2025-03-04 10:00+08","feedback_at":"2025-03-12 10:00+08","closed_at":"2025-03-12 12:00+08","due_at":"2025-03-07 18:00+08","due_day":"2025-03-07","satisfaction":"不满意","rework_count":1,"reopen_count":1,"used_minutes":3000,"person":1,"unit":"cg"}');
SELECT pg_temp.task(2, 2, '2025-03-04 10:00+08', '{"due_day":"2025-03-07","done_at":"2025-03-12 10:00+08","outcome":"feedback","breach":true,"signed_at":"2025-03-06 11:00+08"}');
-- 3 late but exempt: on time, and listed
SELECT pg_temp.put(3, '2025-03-05 09:00+08', 'closed', '{"item":"0103","feedback_at":"2025-03-12 10:00+08","closed_at":"2025-03-12 12:00+08","due_at":"2025-03-07 18:00+08","due_day":"2025-03-07","timeout_exempt":true,"used_minutes":2000,"person":1,"unit":"cg"}');
SELECT pg_temp.task(3, 2, '2025-03-05 10:00+08', '{"due_day":"2025-03-07","done_at":"2025-03-12 10:00+08","outcome":"feedback","breach":true,"exempt":true}');
-- 4 closed by force: never on time, never closed
SELECT pg_temp.put(4, '2025-03-06 09:00+08', 'forced_closed', '{"item":"0104","feedback_at":"2025-03-07 10:00+08","closed_at":"2025-03-09 12:00+08","due_at":"2025-03-10 18:00+08","due_day":"2025-03-10","forced":true,"used_minutes":400,"person":1,"unit":"cg"}');
SELECT pg_temp.task(4, 2, '2025-03-06 10:00+08', '{"due_day":"2025-03-10","done_at":"2025-03-07 10:00+08","outcome":"feedback","breach":false}');
-- 5 suspended, 6 merged into 1, 7 cancelled, 8 provisional, 9 imported: none counts as due
SELECT pg_temp.put(5, '2025-03-07 09:00+08', 'suspended', '{"item":"0105","due_at":"2025-03-12 18:00+08","due_day":"2025-03-12","person":1,"unit":"cg"}'), pg_temp.task(5, 2, '2025-03-07 10:00+08');
SELECT pg_temp.put(6, '2025-03-10 09:00+08', 'merged', '{"item":"0106","due_at":"2025-03-12 18:00+08","due_day":"2025-03-12","person":1,"unit":"cg","master_id":1}'), pg_temp.task(6, 2, '2025-03-10 10:00+08');
SELECT pg_temp.put(7, '2025-03-11 09:00+08', 'cancelled', '{"item":"0107","due_at":"2025-03-12 18:00+08","due_day":"2025-03-12","person":1,"unit":"cg"}'), pg_temp.task(7, 2, '2025-03-11 10:00+08', '{"done_at":"2025-03-11 11:00+08","outcome":"ended","breach":false,"due_day":"2025-03-12"}');
SELECT pg_temp.put(8, '2025-03-12 09:00+08', 'handling', '{"item":"0108","due_at":"2025-03-14 18:00+08","due_day":"2025-03-14","due_provisional":true,"person":1,"unit":"cg"}'), pg_temp.task(8, 2, '2025-03-12 10:00+08');
SELECT pg_temp.put(9, '2025-03-13 09:00+08', 'closed', '{"item":"0109","imported":true,"feedback_at":"2025-03-13 10:00+08","closed_at":"2025-03-13 12:00+08","due_at":"2025-03-14 18:00+08","due_day":"2025-03-14","person":1,"unit":"cg"}'), pg_temp.task(9, 2, '2025-03-13 10:00+08', '{"done_at":"2025-03-13 10:00+08","outcome":"feedback","breach":false,"due_day":"2025-03-14"}');
-- 10 given back in time by worker 1, then taken by worker 2: a return, nothing due for worker 1
SELECT pg_temp.put(10, '2025-03-14 09:00+08', 'closed', '{"item":"0110","reporter":2,"feedback_at":"2025-03-18 10:00+08","closed_at":"2025-03-18 12:00+08","due_at":"2025-03-19 18:00+08","due_day":"2025-03-19","used_minutes":600,"person":2,"unit":"zj","return_count":1}');
SELECT pg_temp.task(10, 2, '2025-03-14 10:00+08', '{"due_day":"2025-03-18","done_at":"2025-03-14 16:00+08","outcome":"reject_dispatch","breach":false}');
SELECT pg_temp.task(10, 4, '2025-03-14 17:00+08', '{"by":"redispatch","person":2,"unit":"zj","due_day":"2025-03-19","done_at":"2025-03-18 10:00+08","outcome":"feedback","breach":false,"signed_at":"2025-03-15 09:00+08"}');
-- 11 recalled after the deadline: the breach stays with worker 1, the new unit is on time
SELECT pg_temp.put(11, '2025-03-17 09:00+08', 'closed', '{"item":"0111","reporter":2,"feedback_at":"2025-03-25 10:00+08","closed_at":"2025-03-25 12:00+08","due_at":"2025-03-26 18:00+08","due_day":"2025-03-26","used_minutes":700,"person":2,"unit":"zj"}');
SELECT pg_temp.task(11, 2, '2025-03-17 10:00+08', '{"due_day":"2025-03-19","done_at":"2025-03-21 16:00+08","outcome":"recall","breach":true}');
SELECT pg_temp.task(11, 4, '2025-03-21 17:00+08', '{"by":"redispatch","person":2,"unit":"zj","due_day":"2025-03-26","done_at":"2025-03-25 10:00+08","outcome":"feedback","breach":false}');
-- 12 open and long past due; 13 due in April: not March's
SELECT pg_temp.put(12, '2025-03-18 09:00+08', 'handling', '{"item":"0112","due_at":"2025-03-20 18:00+08","due_day":"2025-03-20","person":1,"unit":"cg"}'), pg_temp.task(12, 2, '2025-03-18 10:00+08', '{"signed_at":"2025-03-18 12:00+08"}');
SELECT pg_temp.put(13, '2025-03-31 09:00+08', 'handling', '{"item":"0113","due_at":"2025-04-02 18:00+08","due_day":"2025-04-02","person":1,"unit":"cg"}'), pg_temp.task(13, 2, '2025-03-31 10:00+08');
-- 14 handled on the spot (counts on the day it was closed); 15 found false; 16 not accepted; 17 waits for acceptance
SELECT pg_temp.put(14, '2025-03-19 09:00+08', 'closed', '{"item":"0114","self_handled":true,"accepted_at":null,"closed_at":"2025-03-19 09:30+08"}');
SELECT pg_temp.put(15, '2025-03-20 09:00+08', 'cancelled', '{"item":"0115","accepted_at":null,"false_report":true}'), pg_temp.put(16, '2025-03-20 10:00+08', 'not_accepted', '{"item":"0116","accepted_at":null}'), pg_temp.put(17, '2025-03-20 11:00+08', 'pending_accept', '{"item":"0117","accepted_at":null}');
-- 18-20 the same thing three times on one day, 10 m apart: once. 21 is the same 25 hours after the last, 22 the same day 30 m away
SELECT pg_temp.put(18, '2025-03-24 09:00+08', 'closed', '{"item":"0118","location":{"type":"Point","crs":{"type":"name","properties":{"name":"EPSG:4490"}},"coordinates":[118.005,37.405]}}');
SELECT pg_temp.put(18 + k, '2025-03-24 09:00+08'::timestamptz + make_interval(hours => h), 'closed', jsonb_build_object('item', '0118', 'location', jsonb_build_object('type', 'Point', 'crs', '{"type":"name","properties":{"name":"EPSG:4490"}}'::jsonb, 'coordinates', jsonb_build_array(118.005, 37.405 + m / 111195.0))))
  FROM (VALUES (1, 2, 10), (2, 4, 10), (3, 29, 10), (4, 5, 40)) x (k, h, m);
-- a call of a citizen in his grid in working hours, one at night; a report of worker 2 there
SELECT pg_temp.put(30, '2025-03-21 09:00+08', 'closed', '{"item":"0201","source":"12345","reporter":null}'), pg_temp.put(31, '2025-03-21 23:00+08', 'closed', '{"item":"0202","source":"12345","reporter":null}'), pg_temp.put(32, '2025-03-21 10:00+08', 'closed', '{"item":"0203","reporter":2}');
-- patrols: enough minutes, enough check-ins, two halves of a day, too little, and a Saturday (which is no working day)
INSERT INTO gov.patrol (staff_id, grid, day, minutes, check_ins) VALUES (1, '371602001001001', '2025-03-03', 120, 0), (1, '371602001001001', '2025-03-04', 0, 4), (1, '371602001001001', '2025-03-05', 60, 1),
  (1, '371602001001001', '2025-03-05', 60, 1), (1, '371602001001001', '2025-03-06', 119, 3), (1, '371602001001001', '2025-03-08', 200, 9);
INSERT INTO gov.visit (staff_id, grid, required_by, done_at) VALUES (1, '371602001001001', '2025-03-10', '2025-03-09 10:00+08'), (1, '371602001001001', '2025-03-20', NULL), (1, '371602001001001', '2025-03-31', '2025-04-01 00:00+08'), (1, '371602001001001', '2025-04-01', '2025-03-09 10:00+08');

SELECT * FROM pg_temp.figures(1, '2025-03-01', '2025-04-01');
-- the imported event 9 counts when the city asks for it, and what is no answer is refused
BEGIN;
CREATE TEMP TABLE figures_before ON COMMIT DROP AS SELECT line FROM pg_temp.figures(1, '2025-03-01', '2025-04-01');
INSERT INTO gov.meta (kind, name, value) VALUES ('setting', 'score_imported', 'true');
(SELECT line, 'without 9' AS "when" FROM figures_before EXCEPT SELECT line, 'without 9' FROM pg_temp.figures(1, '2025-03-01', '2025-04-01')) UNION ALL
(SELECT line, 'with 9' FROM pg_temp.figures(1, '2025-03-01', '2025-04-01') EXCEPT SELECT line, 'with 9' FROM figures_before) ORDER BY 1, 2;
UPDATE gov.meta SET value = 'vielleicht' WHERE name = 'score_imported';
\set VERBOSITY terse
SELECT count(*) FROM grid_gov.score_workers('2025-03-01', '2025-04-01');
\set VERBOSITY default
ROLLBACK;
SELECT * FROM pg_temp.figures(2, '2025-03-01', '2025-04-01');
SELECT code, name, numerator, round(denominator::numeric, 2) AS denominator, round(value::numeric, 4) AS value, weight, round(points::numeric, 4) AS points, evidence FROM grid_gov.explain_score(1, '2025-03-01', '2025-04-01');
-- April has only case 13
SELECT * FROM pg_temp.figures(1, '2025-04-01', '2025-05-01');

-- bonus with its cap, deductions; the false report that was also recorded counts once; never below zero
INSERT INTO gov.merit (subject, staff_id, code, day, times, event_id) VALUES ('worker', 1, 'hazard', '2025-03-05', 3, NULL), ('worker', 1, 'method_city', '2025-03-06', 1, NULL), ('worker', 1, 'false_report', '2025-03-07', 1, 15),
  ('worker', 1, 'exposed_town', '2025-03-07', 1, NULL), ('worker', 1, 'hazard', '2025-04-01', 1, NULL), ('worker', 3, 'missed_grave', '2025-03-07', 9, NULL);
SELECT code, name, numerator, round(points::numeric, 4) AS points, evidence FROM grid_gov.explain_score(1, '2025-03-01', '2025-04-01') WHERE weight IS NULL AND value IS NULL;
SELECT code, round(points::numeric, 4) AS points FROM grid_gov.explain_score(3, '2025-03-01', '2025-04-01') WHERE points <> 0;
SELECT staff_id, name, reports, round(volume::numeric, 4) AS volume, round(i1::numeric, 4) AS i1, round(i2::numeric, 4) AS i2, round(i3::numeric, 4) AS i3, round(i4::numeric, 4) AS i4, i9, i12, round(i13::numeric, 2) AS i13,
  bonus, deductions, round(score::numeric, 4) AS score, rank FROM grid_gov.score_workers('2025-03-01', '2025-04-01', '371602') ORDER BY rank, staff_id;

-- units: the breach on case 11 is cg's in I2, not zj's
SELECT unit, name, cases, round(i2::numeric, 4) AS i2, round(i3::numeric, 4) AS i3, round(i4::numeric, 4) AS i4, urgent_i4, round(i6::numeric, 4) AS i6, i8, p_base, deductions, round(score::numeric, 4) AS score, grade, rank
  FROM grid_gov.score_units('2025-03-01', '2025-04-01');

-- a rule of a smaller area wins there; a weight without lines is refused nowhere, an unknown figure earns nothing
INSERT INTO gov.score_rule (subject, code, area, name, kind, points, full_at, zero_at) VALUES ('worker', 'quota', '371602001', '定额', 'parameter', 5, NULL, NULL), ('worker', 'I4', '371602001001002', '按期结案率', 'weight', 10, 1, 0);
SELECT staff_id, reports, round(volume::numeric, 2) AS volume, i4, round(p_i4::numeric, 4) AS p_i4 FROM grid_gov.score_workers('2025-03-01', '2025-04-01') ORDER BY staff_id;
DELETE FROM gov.score_rule WHERE area LIKE '371602%';

-- half a month of duty: half the quota, and only the working days of it; two posts at once are one person
UPDATE gov.post SET valid_to = '2025-03-17 00:00+08' WHERE staff_id = 1;
INSERT INTO gov.post (staff_id, role, area, valid_from) VALUES (2, 'grid_worker', '371602001001001', '2025-03-10 00:00+08');
SELECT i.staff_id, i.post_area, i.code, i.numerator, round(i.denominator::numeric, 4) FROM grid_gov.worker_indicators('2025-03-01', '2025-04-01', '371602001001') i WHERE i.code IN ('volume', 'I10', 'I12') ORDER BY 1, 3;
UPDATE gov.post SET valid_to = 'infinity' WHERE staff_id = 1;
DELETE FROM gov.post WHERE staff_id = 2 AND area = '371602001001001';

-- A rival's formula (40 done + 40 in time of done + 10 + 10) and its faults: no work is 20 points there, one of a hundred in time 50.5,
-- all late 60, all reworked 90. Here the share of what was due decides; shown: on-time points of 20, close points of 10, rework points of 10.
DELETE FROM gov.event_task; DELETE FROM gov.event; DELETE FROM gov.event_log; DELETE FROM gov.patrol; DELETE FROM gov.visit; DELETE FROM gov.merit;
CREATE FUNCTION pg_temp.rival(due integer, done integer, in_time integer, rework integer) RETURNS TABLE (i2 numeric, p_i2 numeric, p_i3 numeric, p_i5 numeric, score numeric) LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM gov.event_task; DELETE FROM gov.event_log; DELETE FROM gov.event;
  PERFORM pg_temp.put(k, '2025-03-03 09:00+08', CASE WHEN k <= done THEN 'closed' ELSE 'handling' END, jsonb_build_object('reporter', NULL, 'item', k::text, 'person', 1, 'unit', 'cg', 'due_at', '2025-03-05 18:00+08', 'due_day', '2025-03-05',
      'feedback_at', CASE WHEN k <= done THEN '2025-03-06 10:00+08' END, 'closed_at', CASE WHEN k <= done THEN '2025-03-06 12:00+08' END, 'rework_count', (k <= rework)::integer)),
    pg_temp.task(k, 2, '2025-03-03 10:00+08', CASE WHEN k <= done THEN jsonb_build_object('done_at', '2025-03-06 10:00+08', 'outcome', 'feedback', 'breach', k > in_time, 'due_day', '2025-03-05') ELSE '{}' END) FROM generate_series(1, due) k;
  RETURN QUERY SELECT round(s.i2::numeric, 4), round((s.p_i2)::numeric, 4), round((s.p_i3)::numeric, 4), round((s.p_i5)::numeric, 4), round(s.score::numeric, 4) FROM grid_gov.score_workers('2025-03-01', '2025-04-01', '371602001001001') s;
END $$;
SELECT c.*, r.* FROM (VALUES (1, 'ordinary', 100, 90, 80, 5), (2, 'no work', 0, 0, 0, 0), (3, 'one of a hundred', 100, 1, 1, 0), (4, 'all late', 100, 100, 0, 0), (5, 'all reworked', 100, 100, 100, 100), (6, 'half', 100, 50, 50, 0)) c (n, what, due, done, in_time, rework),
  LATERAL pg_temp.rival(c.due, c.done, c.in_time, c.rework) r ORDER BY c.n;

-- Random facts against a slow model: one person, one event at a time.
DELETE FROM gov.event_task; DELETE FROM gov.event_log; DELETE FROM gov.event;
\set seed 0.20250301
\echo seed :seed
SELECT setseed(:seed);
INSERT INTO gov.staff (id, name) SELECT 2000 + k, '员' || k FROM generate_series(0, 11) k;
INSERT INTO gov.post (staff_id, role, area, valid_from, valid_to) SELECT 2000 + k, 'grid_worker', '3716020010010' || lpad((k / 2 + 10)::text, 2, '0'),
  CASE k % 4 WHEN 1 THEN '2025-03-06 00:00+08'::timestamptz ELSE '-infinity' END, CASE k % 5 WHEN 1 THEN '2025-03-20 00:00+08'::timestamptz ELSE 'infinity' END FROM generate_series(0, 11) k;
INSERT INTO gov.event (id, workflow, source, body, area, grid, category, item, urgent, state, reporter, reported_at, accepted_at, dispatched_at, feedback_at, closed_at, person, unit, due_at, due_day, due_provisional, used_minutes,
  rework_count, reopen_count, self_handled, false_report, forced, timeout_exempt, master_id, satisfaction, imported, location)
SELECT k, 'default', CASE WHEN self OR r[1] < 0.7 THEN 'grid' ELSE '12345' END, '测试', grid, grid, '城市管理', '010' || (r[2] * 9)::integer, r[3] < 0.1, state, CASE WHEN self OR r[1] < 0.7 THEN 2000 + floor(r[4] * 12)::integer END, at,
  CASE WHEN state NOT IN ('not_accepted', 'pending_accept', 'reported') AND NOT self AND r[5] > 0.05 THEN at + interval '1 hour' END,
  CASE WHEN has_due THEN at + interval '2 hours' END, CASE WHEN fed THEN at + r[6] * interval '6 days' END, CASE WHEN state IN ('closed', 'evaluated', 'forced_closed') THEN at + interval '7 days' END,
  CASE WHEN has_due THEN 2000 + floor(r[7] * 12)::integer END, CASE WHEN has_due THEN (ARRAY['cg', 'zj', 'gs'])[1 + floor(r[8] * 3)::integer] END,
  CASE WHEN has_due THEN at + interval '4 days' END, CASE WHEN has_due THEN ((at + interval '4 days') AT TIME ZONE 'Asia/Shanghai')::date END, r[9] < 0.03, CASE WHEN fed THEN r[6] * 2400 END,
  (r[10] < 0.15)::integer, (r[11] < 0.05)::integer, self, r[12] < 0.05 AND state = 'cancelled', state = 'forced_closed', r[13] < 0.05, CASE WHEN state = 'merged' OR r[14] < 0.03 THEN floor(r[15] * 300)::bigint END,
  CASE WHEN state = 'evaluated' THEN (ARRAY['满意', '基本满意', '不满意', '未接通'])[1 + floor(r[16] * 4)::integer] END, r[17] < 0.03,
  CASE WHEN r[18] < 0.9 THEN ('SRID=4490;POINT(' || 118.005 + round(r[19]::numeric * 3) * 0.0001 || ' 37.405)')::geometry END
FROM (
  SELECT q.*, s.state, s.state NOT IN ('reported', 'pending_accept', 'not_accepted') AND NOT (q.r[20] < 0.15 AND s.state IN ('closed', 'evaluated')) AS has_due, q.r[20] < 0.15 AND s.state IN ('closed', 'evaluated') AS self,
    s.state IN ('closed', 'evaluated', 'feedback', 'checking', 'rework') AND NOT (q.r[20] < 0.15 AND s.state IN ('closed', 'evaluated')) AS fed
  FROM (
    SELECT k, '2025-02-24 00:00+08'::timestamptz + random() * interval '40 days' AS at, '3716020010010' || lpad((10 + floor(random() * 6))::text, 2, '0') || CASE WHEN random() < 0.2 THEN '01' ELSE '' END AS grid,
      ARRAY[random(), random(), random(), random(), random(), random(), random(), random(), random(), random(), random(), random(), random(), random(), random(), random(), random(), random(), random(), random()] AS r, random() AS pick
    FROM generate_series(1, 1500) k OFFSET 0
  ) q
  CROSS JOIN LATERAL (SELECT (ARRAY['reported', 'pending_accept', 'not_accepted', 'cancelled', 'merged', 'suspended', 'handling', 'handling', 'feedback', 'checking', 'rework', 'closed', 'closed', 'closed', 'closed', 'closed', 'evaluated', 'evaluated', 'evaluated', 'evaluated', 'evaluated', 'evaluated', 'forced_closed'])[1 + floor(q.pick * 23)::integer] AS state) s
) x;
UPDATE gov.event SET used_minutes = NULL WHERE id % 17 = 0;
-- tasks: some cases went through another's hands first; the last is open where the case is
INSERT INTO gov.event_task (id, event_id, kind, unit, person, area, assigned_at, signed_at, due_day, provisional, done_at, outcome, breach, exempt, opened_seq)
SELECT e.id * 10 + 1, e.id, 'handle', 'hb', 2000 + e.id % 12, e.area, e.dispatched_at, CASE WHEN random() < 0.7 THEN e.dispatched_at + random() * interval '30 hours' END, e.due_day - 1, false, e.dispatched_at + interval '1 day' + random() * interval '1 day',
  (ARRAY['reject_dispatch', 'give_back', 'recall', 'escalate', 'feedback'])[1 + floor(random() * 5)::integer], random() < 0.3, random() < 0.1, 1 FROM gov.event e WHERE e.dispatched_at IS NOT NULL AND e.id % 3 = 0;
INSERT INTO gov.event_task (id, event_id, kind, unit, person, area, assigned_at, signed_at, due_day, provisional, done_at, outcome, breach, exempt, opened_seq)
SELECT e.id * 10 + 2, e.id, 'handle', e.unit, e.person, e.area, e.dispatched_at + interval '50 hours', CASE WHEN random() < 0.7 THEN e.dispatched_at + interval '50 hours' + random() * interval '30 hours' END, e.due_day, e.due_provisional,
  COALESCE(e.feedback_at, e.closed_at), CASE WHEN e.feedback_at IS NOT NULL THEN 'feedback' WHEN e.closed_at IS NOT NULL THEN 'ended' END, CASE WHEN COALESCE(e.feedback_at, e.closed_at) IS NOT NULL THEN COALESCE(e.feedback_at, e.closed_at) > e.due_at END, random() < 0.1, 3
FROM gov.event e WHERE e.dispatched_at IS NOT NULL;
INSERT INTO gov.event_log (event_id, seq, at, recorded_at, action, to_state, actor, role, outer_role, session_role, area, stage_due_at, facts_digest, hash)
SELECT t.event_id, t.opened_seq, t.assigned_at, t.assigned_at, (ARRAY['dispatch', 'redispatch', 'restart', 'dispatch'])[1 + (t.id * 7 % 4)::integer], 'dispatched', 'staff:11', 'dispatcher', 'x', 'x', t.area, CASE WHEN t.id % 11 > 0 THEN t.assigned_at + interval '1 day' END, '', '' FROM gov.event_task t;
INSERT INTO gov.patrol (staff_id, grid, day, minutes, check_ins) SELECT 2000 + floor(random() * 12)::integer, '371602001001010', '2025-02-25'::date + floor(random() * 40)::integer, random() * 180, random() * 5 FROM generate_series(1, 600);
INSERT INTO gov.visit (staff_id, grid, required_by, done_at) SELECT 2000 + floor(random() * 12)::integer, '371602001001010', '2025-02-25'::date + floor(random() * 40)::integer, CASE WHEN random() < 0.8 THEN '2025-02-25 10:00+08'::timestamptz + random() * interval '50 days' END FROM generate_series(1, 300);
INSERT INTO gov.merit (subject, staff_id, code, day, times) SELECT 'worker', 2000 + k, (ARRAY['hazard', 'method_county', 'stale_data', 'wrong_data'])[1 + k % 4], '2025-03-10', 1 + k % 3 FROM generate_series(0, 11) k;

-- The model: written from the definitions, with loops, knowing nothing of the functions above.
CREATE FUNCTION pg_temp.model(w bigint, since date, until date) RETURNS TABLE (code text, n numeric, d numeric) LANGUAGE plpgsql AS $$
DECLARE
  e gov.event; t gov.event_task; o gov.event; p record;
  a date := since; b date := until; today date; c jsonb := '{}'; valid boolean; again boolean; mine boolean; late boolean; due boolean; ok boolean; seen bigint[] := '{}'; caps jsonb := '{}'; x record; g text; open_day boolean; months numeric := 0;
  mark CONSTANT text[] := '{I1,I2,I3,I4,I5,I6,I7,I8,I9,I9_resolved,I10,I11,I12,I13,volume}';
  num numeric[] := array_fill(0, ARRAY[15]); den numeric[] := array_fill(0, ARRAY[15]); i integer;
BEGIN
  -- reports
  FOR e IN SELECT * FROM gov.event v WHERE v.reporter = w AND NOT v.imported ORDER BY v.master_id IS NOT NULL, v.reported_at, v.id LOOP
    today := (e.reported_at AT TIME ZONE 'Asia/Shanghai')::date;
    CONTINUE WHEN today < a OR today >= b;
    again := false;
    FOR o IN SELECT * FROM gov.event v WHERE v.reporter = w AND NOT v.imported AND v.item = e.item AND (v.reported_at < e.reported_at OR v.reported_at = e.reported_at AND v.id < e.id) AND e.reported_at - v.reported_at < interval '24 hours' LOOP
      IF e.location IS NULL OR o.location IS NULL THEN again := again OR e.area = o.area;
      ELSE again := again OR st_distance(e.location::geography, o.location::geography) < 20; END IF;
    END LOOP;
    CONTINUE WHEN again;
    IF e.false_report OR e.state = 'not_accepted' THEN den[1] := den[1] + 1; CONTINUE; END IF;
    CONTINUE WHEN e.accepted_at IS NULL AND NOT e.self_handled AND e.master_id IS NULL;
    CONTINUE WHEN COALESCE(e.master_id, e.id) = ANY (seen);
    seen := seen || COALESCE(e.master_id, e.id);
    num[1] := num[1] + 1; den[1] := den[1] + 1;
    caps := jsonb_set(caps, ARRAY[today::text], to_jsonb(COALESCE((caps->>today::text)::integer, 0) + 1));
  END LOOP;
  num[15] := (SELECT COALESCE(sum(least(value::integer, 10)), 0) FROM jsonb_each_text(caps));
  -- cases
  FOR e IN SELECT * FROM gov.event v WHERE NOT v.imported AND v.master_id IS NULL LOOP
    CONTINUE WHEN e.state IN ('cancelled', 'not_accepted', 'merged', 'suspended') AND NOT (e.state = 'suspended' AND false);
    mine := e.person IS NOT DISTINCT FROM w;
    CONTINUE WHEN NOT mine AND e.reporter IS DISTINCT FROM w;
    IF e.due_day IS NOT NULL THEN CONTINUE WHEN e.due_day < a OR e.due_day >= b OR e.due_provisional;
    ELSE CONTINUE WHEN NOT e.self_handled; today := (e.closed_at AT TIME ZONE 'Asia/Shanghai')::date; CONTINUE WHEN today < a OR today >= b; END IF;
    late := false;
    FOR t IN SELECT * FROM gov.event_task v WHERE v.event_id = e.id AND v.kind = 'handle' LOOP
      late := late OR (t.breach AND NOT t.exempt AND (NOT mine OR t.person = w)) IS TRUE;
    END LOOP;
    IF e.due_day IS NOT NULL AND e.feedback_at IS NULL THEN late := true; END IF;
    IF e.timeout_exempt THEN late := false; END IF;
    ok := e.state IN ('closed', 'evaluated') AND NOT e.forced;
    den[3] := den[3] + 1; num[3] := num[3] + ok::integer;
    den[4] := den[4] + 1; num[4] := num[4] + (ok AND NOT late)::integer;
    IF e.feedback_at IS NOT NULL THEN den[5] := den[5] + 1; num[5] := num[5] + (e.rework_count > 0)::integer; IF e.used_minutes IS NOT NULL THEN num[14] := num[14] + e.used_minutes::numeric; den[14] := den[14] + 1; END IF; END IF;
    IF ok THEN den[7] := den[7] + 1; num[7] := num[7] + (e.rework_count = 0 AND e.reopen_count = 0)::integer; END IF;
    IF e.satisfaction IN ('满意', '基本满意', '不满意') THEN den[8] := den[8] + 1; num[8] := num[8] + (e.satisfaction <> '不满意')::integer; den[10] := den[10] + 1; num[10] := num[10] + (e.reopen_count = 0)::integer; END IF;
    IF e.due_day IS NULL AND e.reporter = w THEN den[2] := den[2] + 1; num[2] := num[2] + 1; END IF;
  END LOOP;
  -- own tasks, case by case
  FOR x IN SELECT v.event_id FROM gov.event_task v WHERE v.person = w AND v.kind = 'handle' GROUP BY 1 LOOP
    SELECT * INTO e FROM gov.event v WHERE v.id = x.event_id;
    CONTINUE WHEN e.imported OR e.state IN ('cancelled', 'not_accepted');
    due := false; ok := true;
    FOR t IN SELECT * FROM gov.event_task v WHERE v.event_id = x.event_id AND v.person = w AND v.kind = 'handle' LOOP
      IF t.done_at IS NULL THEN
        CONTINUE WHEN e.due_day < a OR e.due_day >= b OR e.due_provisional OR e.state IN ('suspended', 'merged') OR e.master_id IS NOT NULL;
        due := true; ok := false;
      ELSE
        CONTINUE WHEN t.due_day < a OR t.due_day >= b OR t.provisional;
        IF t.outcome <> 'feedback' THEN CONTINUE WHEN e.master_id IS NOT NULL OR NOT (t.breach OR e.forced); END IF;
        due := true;
        IF e.forced THEN ok := false; ELSIF t.exempt OR e.timeout_exempt THEN NULL; ELSIF t.breach OR t.outcome <> 'feedback' THEN ok := false; END IF;
      END IF;
    END LOOP;
    IF due THEN den[2] := den[2] + 1; num[2] := num[2] + ok::integer; END IF;
  END LOOP;
  FOR t IN SELECT v.* FROM gov.event_task v JOIN gov.event y ON y.id = v.event_id WHERE v.person = w AND v.kind = 'handle' AND NOT y.imported LOOP
    today := (t.assigned_at AT TIME ZONE 'Asia/Shanghai')::date;
    CONTINUE WHEN today < a OR today >= b;
    SELECT l.action, l.stage_due_at INTO x FROM gov.event_log l WHERE l.event_id = t.event_id AND l.seq = t.opened_seq;
    CONTINUE WHEN x.action = 'restart';
    den[6] := den[6] + 1; IF t.outcome = 'reject_dispatch' OR t.outcome = 'give_back' THEN num[6] := num[6] + 1; END IF;
    CONTINUE WHEN x.stage_due_at IS NULL;
    IF t.signed_at IS NOT NULL THEN den[9] := den[9] + 1; num[9] := num[9] + (t.signed_at <= x.stage_due_at)::integer;
    ELSIF t.outcome = 'reject_dispatch' THEN den[9] := den[9] + 1; num[9] := num[9] + (t.done_at <= x.stage_due_at)::integer;
    ELSIF t.done_at IS NULL OR t.done_at > x.stage_due_at THEN den[9] := den[9] + 1; END IF;
  END LOOP;
  -- day by day
  today := a;
  WHILE today < b LOOP
    IF EXISTS (SELECT FROM gov.post v WHERE v.staff_id = w AND v.role = 'grid_worker' AND v.valid_from < (today + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AND v.valid_to > today::timestamp AT TIME ZONE 'Asia/Shanghai') THEN
      months := months + 1.0 / extract(day FROM date_trunc('month', today::timestamp) + interval '1 month' - interval '1 day');
      open_day := extract(isodow FROM today) < 6 AND NOT EXISTS (SELECT FROM grid_gov.ref_holiday h WHERE h.day = today AND h.kind = 'holiday') OR EXISTS (SELECT FROM grid_gov.ref_holiday h WHERE h.day = today AND h.kind = 'makeup_workday');
      IF open_day THEN
        den[11] := den[11] + 1;
        SELECT COALESCE(sum(v.minutes), 0) AS m, COALESCE(sum(v.check_ins), 0) AS k INTO x FROM gov.patrol v WHERE v.staff_id = w AND v.day = today;
        num[11] := num[11] + (x.m >= 120 OR x.k >= 4)::integer;
      END IF;
    END IF;
    today := today + 1;
  END LOOP;
  den[15] := 20 * months;
  FOR x IN SELECT v.* FROM gov.visit v WHERE v.staff_id = w LOOP
    CONTINUE WHEN x.required_by < a OR x.required_by >= b;
    den[12] := den[12] + 1; num[12] := num[12] + COALESCE((x.done_at AT TIME ZONE 'Asia/Shanghai')::date < b, false)::integer;
  END LOOP;
  FOR g IN SELECT DISTINCT v.area FROM gov.post v WHERE v.staff_id = w AND v.role = 'grid_worker' LOOP
    FOR e IN SELECT * FROM gov.event v WHERE left(v.grid, 15) = g OR v.grid = g LOOP
      CONTINUE WHEN e.imported OR e.false_report OR e.master_id IS NOT NULL OR e.state IN ('not_accepted', 'cancelled');
      today := (e.reported_at AT TIME ZONE 'Asia/Shanghai')::date;
      CONTINUE WHEN today < a OR today >= b OR extract(isodow FROM today) > 5 OR extract(hour FROM e.reported_at AT TIME ZONE 'Asia/Shanghai') NOT IN (8, 9, 10, 11, 14, 15, 16, 17);
      den[13] := den[13] + 1;
      num[13] := num[13] + (NOT EXISTS (SELECT FROM gov.post v WHERE v.area = g AND v.role = 'grid_worker' AND v.staff_id = e.reporter AND v.valid_from <= e.reported_at AND v.valid_to > e.reported_at))::integer;
    END LOOP;
  END LOOP;
  FOR i IN 1..15 LOOP
    code := mark[i]; n := num[i]; d := den[i];
    IF d > 0 THEN RETURN NEXT; END IF;
  END LOOP;
END $$;
-- differences: none
SELECT COALESCE(f.staff_id, m.staff) AS staff, COALESCE(f.code, m.code) AS code, f.numerator, m.n, f.denominator, m.d
FROM (SELECT * FROM grid_gov.worker_indicators('2025-03-01', '2025-04-01', '3716') i WHERE i.staff_id >= 2000 AND i.denominator > 0) f
FULL JOIN (SELECT s.staff, m.* FROM generate_series(2000, 2011) s (staff), LATERAL pg_temp.model(s.staff, '2025-03-01', '2025-04-01') m) m ON m.staff = f.staff_id AND m.code = f.code
WHERE (abs(f.numerator - m.n) < 1e-6 AND abs(f.denominator - m.d) < 1e-6) IS NOT TRUE ORDER BY 1, 2;
-- how much was compared, and that every indicator had something to say
SELECT code, count(*), min(numerator) < max(numerator) AS varied, bool_and(denominator > 0) FROM grid_gov.worker_indicators('2025-03-01', '2025-04-01') WHERE staff_id >= 2000 GROUP BY code ORDER BY length(code), code;
-- one person by himself is as among all
SELECT count(*) FROM (SELECT * FROM grid_gov.worker_indicators('2025-03-01', '2025-04-01') i WHERE i.staff_id >= 2000 EXCEPT SELECT i.* FROM generate_series(2000, 2011) s, LATERAL grid_gov.worker_indicators('2025-03-01', '2025-04-01', NULL, s) i) x;
-- the explanation adds up to the score, and the score follows from the figures by the formula
SELECT count(*) AS workers, count(*) FILTER (WHERE abs(w.score - x.sum) > 1e-9 OR w.score <> x.score) AS wrong, count(*) FILTER (WHERE abs(w.score - greatest(least(f.s * 100 / f.w, 100) + w.bonus - w.deductions, 0)) > 1e-9) AS off_formula
FROM grid_gov.score_workers('2025-03-01', '2025-04-01') w
CROSS JOIN LATERAL (SELECT sum(e.points) FILTER (WHERE e.code <> 'score') AS sum, max(e.points) FILTER (WHERE e.code = 'score') AS score FROM grid_gov.explain_score(w.staff_id, '2025-03-01', '2025-04-01') e) x
CROSS JOIN LATERAL (SELECT sum(k.w * least(greatest((k.v - k.z) / (k.f - k.z), 0), 1)) AS s, sum(k.w) FILTER (WHERE k.v IS NOT NULL) AS w
  FROM (VALUES (15, w.volume, 1, 0), (15, w.i1, 0.95, 0.70), (20, w.i2, 0.95, 0.60), (10, w.i3, 0.99, 0.85), (10, w.i5, 0, 0.20), (15, w.i10, 1, 0), (10, w.i11, 1, 0), (5, w.i8, 0.95, 0.75)) k (w, v, f, z)) f
WHERE w.staff_id >= 2000;

-- summaries say the same as the scores
SELECT grid_gov.refresh_summary('2025-03-01', '2025-04-01') > 0 AS refreshed;
SELECT sum(s.due) = (SELECT count(*) FROM grid_gov.score_cases('2025-03-01', '2025-04-01')) AS due, sum(s.due_closed) = (SELECT count(*) FROM grid_gov.score_cases('2025-03-01', '2025-04-01') c WHERE c.closed) AS closed,
  sum(s.reported) = (SELECT count(*) FROM gov.event e WHERE e.reported_at >= '2025-03-01 00:00+08' AND e.reported_at < '2025-04-01 00:00+08' AND NOT e.imported) AS reported FROM gov.summary_day s;
SELECT u.unit, u.dispatched = i.dispatched AS dispatched, u.returned = i.returned AS returned, u.due = i.due AS due, u.on_time = i.on_time AS on_time
FROM (SELECT s.unit, sum(s.dispatched) AS dispatched, sum(s.returned) AS returned, sum(s.due) AS due, sum(s.on_time) AS on_time FROM gov.summary_unit s GROUP BY s.unit) u
JOIN (SELECT i.unit, max(i.denominator) FILTER (WHERE i.code = 'I6') AS dispatched, max(i.numerator) FILTER (WHERE i.code = 'I6') AS returned, max(i.denominator) FILTER (WHERE i.code = 'I2') AS due, max(i.numerator) FILTER (WHERE i.code = 'I2') AS on_time
  FROM grid_gov.unit_indicators('2025-03-01', '2025-04-01') i GROUP BY i.unit) i ON i.unit = u.unit ORDER BY 1;
CREATE TEMP TABLE was AS SELECT day, area, category, source, due, on_time FROM gov.summary_day;
SELECT grid_gov.refresh_summary('2025-03-10', '2025-03-12') > 0 AS again;
SELECT count(*) AS changed FROM (SELECT * FROM was EXCEPT SELECT day, area, category, source, due, on_time FROM gov.summary_day) x;

-- what is imported is in the summaries when the city asks for it
INSERT INTO gov.meta (kind, name, value) VALUES ('setting', 'score_imported', 'true');
SELECT grid_gov.refresh_summary('2025-03-01', '2025-04-01') > 0 AS refreshed;
SELECT (SELECT count(*) > 0 FROM gov.event e WHERE e.imported) AS some, sum(s.reported) = (SELECT count(*) FROM gov.event e WHERE e.reported_at >= '2025-03-01 00:00+08' AND e.reported_at < '2025-04-01 00:00+08') AS reported, sum(s.due) = (SELECT count(*) FROM grid_gov.score_cases('2025-03-01', '2025-04-01')) AS due FROM gov.summary_day s;
DELETE FROM gov.meta WHERE name = 'score_imported';
SELECT grid_gov.refresh_summary('2025-03-01', '2025-04-01') > 0 AS refreshed;

-- periods
SELECT grid_gov.open_period('2025年3月', '2025-03-01', '2025-04-01') > 0 AS opened;
SELECT grid_gov.close_period('2025年3月');
SELECT v.staff_id, v.score = round(w.score::numeric, 2) AS score, v.rank = w.rank AS rank, v.i2 IS NOT DISTINCT FROM w.i2 AS i2, v.p_i2 IS NOT DISTINCT FROM w.p_i2 AS p_i2, v.closed
  FROM gov.v_worker_score v JOIN grid_gov.score_workers('2025-03-01', '2025-04-01') w ON w.staff_id = v.staff_id WHERE v.period = '2025年3月' AND v.staff_id >= 2008 ORDER BY 1;
SELECT v.unit, v.score = round(u.score::numeric, 2) AS score, v.grade = u.grade AS grade, v.rank = u.rank AS rank FROM gov.v_unit_score v JOIN grid_gov.score_units('2025-03-01', '2025-04-01') u ON u.unit = v.unit ORDER BY 1;
\set VERBOSITY terse
SELECT grid_gov.open_period('2025年3月', '2025-03-01', '2025-04-01');
SELECT grid_gov.open_period('空', '2025-03-01', '2025-03-01');
SELECT grid_gov.close_period('没有');
SELECT grid_gov.open_period('久远', '2025-03-01', '9999-04-01') > 0 AS opened;
SELECT grid_gov.close_period('久远');
SELECT grid_gov.score_workers('2025-04-01', '2025-03-01');
SELECT grid_gov.refresh_summary('2025-04-01', '2025-03-01');
\set VERBOSITY sqlstate
SELECT grid_gov.close_period('2025年3月');
UPDATE gov.period SET closed_at = NULL WHERE name = '2025年3月';
SELECT grid_gov.close_period('2025年3月');

-- who may: BI reads and scores what it sees, writes nothing; a DBA without rights on the tables may close a period
RESET ROLE;
CREATE ROLE score_bi NOLOGIN;
CREATE ROLE score_dba NOLOGIN;
SELECT count(*) > 0 AS granted FROM grid_gov.grant_access('score_bi', 'bi');
SELECT count(*) > 0 AS granted FROM grid_gov.grant_access('score_dba', 'dba');
SET ROLE score_bi;
SELECT count(*) > 10 AS scored FROM grid_gov.score_workers('2025-03-01', '2025-04-01');
SELECT count(*) > 10 AS explained FROM grid_gov.explain_score(2000, '2025-03-01', '2025-04-01');
SELECT grid_gov.refresh_summary('2025-03-01', '2025-04-01');
SELECT grid_gov.close_period('x');
RESET ROLE;
SET ROLE score_dba;
SELECT grid_gov.refresh_summary('2025-03-01', '2025-03-02') > 0 AS refreshed;
DELETE FROM gov.summary_day;
SELECT current_user;
RESET ROLE;

-- whose score, and of which period
SELECT * FROM grid_gov.explain_score(NULL, '2026-01-01', '2026-02-01');
