-- city
-- Views: all of them are there with the rules that every view keeps; what they say on a small city, read as BI reads it.
\pset format unaligned
\pset null -
SET timezone TO 'UTC';
-- each view: reads with the reader's rights, every column of a core type (or geometry) with an ASCII name
SELECT c.relname, count(*) AS columns, 'security_invoker=true' = ANY (c.reloptions) AS invoker
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 WHERE c.relnamespace = 'gov'::regnamespace AND c.relkind = 'v' GROUP BY c.oid ORDER BY c.relname COLLATE "C";
SELECT a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = 'gov'::regnamespace AND c.relkind = 'v' AND (a.attname !~ '^[a-z][a-z0-9_]*$'
  OR format_type(a.atttypid, NULL) NOT IN ('text', 'bigint', 'integer', 'smallint', 'boolean', 'double precision', 'date', 'timestamp with time zone') AND format_type(a.atttypid, NULL) NOT LIKE '%geometry') ORDER BY 1, 2;
-- no view depends on a function of the extension that returns rows
SELECT DISTINCT r.ev_class::regclass, d.refobjid::regprocedure FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_proc'::regclass
JOIN pg_proc p ON p.oid = d.refobjid WHERE p.pronamespace = 'grid_gov'::regnamespace AND p.proretset;

SET ROLE gov_owner;
ALTER TABLE gov.event DISABLE TRIGGER USER;
CREATE FUNCTION pg_temp.row(tab text, facts jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  cols text := (SELECT string_agg(quote_ident(k), ', ') FROM jsonb_object_keys(facts) k);
BEGIN
  EXECUTE format('INSERT INTO gov.%1$I (%2$s) SELECT %2$s FROM jsonb_populate_record(NULL::gov.%1$I, $1)', tab, cols) USING facts;
END $$;
CREATE FUNCTION pg_temp.put(id bigint, state text, more jsonb DEFAULT '{}') RETURNS void LANGUAGE sql AS $$
  SELECT pg_temp.row('event', jsonb_build_object('id', id, 'workflow', 'default', 'body', '测试', 'area', '371602001001001', 'grid', '371602001001001', 'category', '城市管理', 'item', '0101', 'urgent', false, 'state', state,
    'reporter', 1, 'reported_at', '2025-03-03 09:00+08', 'level', 'grid', 'entered_at', '2025-03-03 10:00+08') || more)
$$;
-- a clock that began and ends so many hours from now; the row's next change of colour
CREATE FUNCTION pg_temp.clock(prefix text, began integer, ends integer, next integer) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_build_object(CASE prefix WHEN 'stage' THEN 'stage_start' ELSE 'handling_start' END, now() + make_interval(hours => began), CASE prefix WHEN 'stage' THEN 'stage_due_at' ELSE 'due_at' END, now() + make_interval(hours => ends),
    CASE prefix WHEN 'stage' THEN 'stage_allow' ELSE 'handling_allow' END, '5wd', 'next_alert_at', now() + make_interval(hours => next))
$$;
-- the colours: running clocks by the next threshold
SELECT pg_temp.put(1, 'handling', pg_temp.clock('handling', -10, 90, 70)), pg_temp.put(2, 'handling', pg_temp.clock('handling', -90, 10, 11)), pg_temp.put(3, 'handling', pg_temp.clock('handling', -90, 10, -1)), pg_temp.put(4, 'handling', pg_temp.clock('handling', -90, -1, NULL));
-- two clocks: the stage's threshold comes first; it has passed and nobody has swept yet; the stage is over
SELECT pg_temp.put(5, 'dispatched', pg_temp.clock('handling', -5, 95, 4) || pg_temp.clock('stage', -5, 5, 4)), pg_temp.put(6, 'dispatched', pg_temp.clock('handling', -9, 91, -1) || pg_temp.clock('stage', -9, 1, -1)),
  pg_temp.put(7, 'dispatched', pg_temp.clock('handling', -20, 80, 70) || pg_temp.clock('stage', -20, -10, 70));
-- paused early, paused late, paused too late; stopped in time, stopped late; without a clock
SELECT pg_temp.put(8, 'suspended', pg_temp.clock('handling', -1000, -900, NULL) || jsonb_build_object('handling_paused_at', now() - interval '950 hours')), pg_temp.put(9, 'suspended', pg_temp.clock('handling', -1000, -900, NULL) || jsonb_build_object('handling_paused_at', now() - interval '910 hours')),
  pg_temp.put(10, 'returned', pg_temp.clock('handling', -1000, -900, NULL) || jsonb_build_object('handling_paused_at', now() - interval '890 hours')),
  pg_temp.put(11, 'closed', pg_temp.clock('handling', -1000, -900, NULL) || jsonb_build_object('handling_stopped_at', now() - interval '910 hours', 'feedback_at', now() - interval '910 hours', 'closed_at', now() - interval '900 hours', 'used_minutes', 120)),
  pg_temp.put(12, 'evaluated', pg_temp.clock('handling', -1000, -900, NULL) || jsonb_build_object('handling_stopped_at', now() - interval '890 hours', 'feedback_at', now() - interval '890 hours', 'satisfaction', '不满意')),
  pg_temp.put(13, 'pending_accept', '{"needs_review":true,"probability":0.41,"margin":0.02}'), pg_temp.put(14, 'pending_accept', '{"grid":null,"area":"371602001","source":"12345"}'), pg_temp.put(15, 'pending_accept', '{"grid":null,"area":"3716","needs_review":true,"source":"110"}'),
  pg_temp.put(16, 'closed', '{"grid":null,"area":"3716","needs_review":true}'), pg_temp.put(17, 'forced_closed', '{"forced":true}');
-- a breach with another unit before; exempt
SELECT pg_temp.put(18, 'closed', pg_temp.clock('handling', -1000, -900, NULL) || jsonb_build_object('handling_stopped_at', now() - interval '910 hours', 'feedback_at', now() - interval '910 hours', 'unit', 'cg', 'person', 30)),
  pg_temp.put(19, 'closed', pg_temp.clock('handling', -1000, -900, NULL) || jsonb_build_object('handling_stopped_at', now() - interval '890 hours', 'feedback_at', now() - interval '890 hours', 'timeout_exempt', true));
SELECT pg_temp.row('event_task', jsonb_build_object('event_id', e, 'kind', 'handle', 'unit', 'cg', 'area', '371602001001001', 'assigned_at', '2025-03-03 10:00+08', 'done_at', '2025-03-09 10:00+08', 'outcome', 'recall', 'breach', true, 'exempt', e = 19, 'opened_seq', 2)) FROM unnest(ARRAY[18, 19]) e;
-- another county, with a location
SELECT pg_temp.put(20, 'handling', '{"area":"371621100001001","grid":"371621100001001","reporter":50}');
UPDATE gov.event SET location = st_setsrid(st_makepoint(117.505, 37.405), 4490) WHERE id = 20;
RESET ROLE;
CREATE ROLE views_bi NOLOGIN;
CREATE ROLE views_county NOLOGIN;
SELECT count(*) > 0 AS granted FROM grid_gov.grant_access('views_bi', 'bi');
SELECT count(*) > 0 AS granted FROM grid_gov.grant_access('views_county', 'bi', '371621');
SET ROLE views_bi;
SELECT id, state_name, stage, open, colour, stage_colour, round(remaining_minutes) AS left, breach, in_time FROM gov.v_event ORDER BY id;
SELECT id, source_name, item_name, level_name, county_name, town_name, village_name, grid_name, lon, lat, reporter_name, unit_name, person_name, reported_day FROM gov.v_event WHERE id IN (14, 15, 18, 20) ORDER BY id;
SELECT id, state_name, colour, stage_colour, round(stage_minutes / 60) > 1000 AS long_ago FROM gov.v_event_open ORDER BY id;
SELECT event_id, clock_name, state_name, allow, paused, round(remaining_minutes) AS left, colour FROM gov.v_sla_stage ORDER BY event_id, clock;
-- both views of a clock say one colour
SELECT count(*) FROM gov.v_sla_stage s JOIN gov.v_event v ON v.id = s.event_id WHERE s.colour IS DISTINCT FROM CASE s.clock WHEN 'stage' THEN v.stage_colour ELSE v.colour END;
SELECT event_id, reason, source_name, category, probability, state_name, county_name, town_name FROM gov.v_review_queue ORDER BY 1;
-- the partial index is used for open events whatever the statistics say
RESET ROLE;
SET enable_seqscan = off;
CREATE FUNCTION pg_temp.uses(query text, index text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
    IF line LIKE '%' || index || '%' THEN RETURN true; END IF;
  END LOOP;
  RETURN false;
END $$;
SELECT pg_temp.uses('SELECT * FROM gov.v_event_open', 'event_open_idx') AS open, pg_temp.uses('SELECT * FROM gov.v_review_queue', 'event_review_idx') AS review, pg_temp.uses('SELECT * FROM gov.v_event WHERE id = 1', 'event_pkey') AS event;
RESET enable_seqscan;

-- who is where, and what a grid looks like
SET ROLE gov_owner;
UPDATE gov.post SET valid_to = '2025-01-01' WHERE staff_id = 6;
INSERT INTO gov.grid_problem (grid, division, kind, amount, detail, as_of) VALUES ('371602001001001', '371602001001', 'households', 250, '250 户,宜为 300-500', '2025-03-01 10:00+08'), ('371602001', NULL, 'gap', 12, '空白', '2025-03-01 10:00+08');
SET ROLE views_bi;
SELECT area, area_name, area_level, town_name, role_name, name, full_time, unit_name, since, until, length(duties) > 10 AS duties, noticed FROM gov.v_duty_roster WHERE area ^@ '371602001' ORDER BY staff_id;
SELECT grid, grid_name, village_name, town_name, county_name, households, lon, leaders, workers, full_time_workers, others, worker_names, noticed, open_events, overdue_events, problems, problems_as_of FROM gov.v_grid_profile ORDER BY grid;
SELECT grid, grid_name, division_name, town_name, kind_name, amount, detail, as_of FROM gov.v_grid_problem ORDER BY grid;

-- the journal of a case, alerts
RESET ROLE;
SET ROLE gov_owner;
INSERT INTO gov.event_log (event_id, seq, at, recorded_at, action, from_state, to_state, actor, role, outer_role, session_role, area, facts_digest, hash) VALUES
  (1, 1, '2025-03-03 09:00+08', '2025-03-03 09:00+08', 'report', NULL, 'reported', 'staff:1', 'grid_worker', 'x', 'x', '371602001001001', '', ''),
  (1, 2, '2025-03-03 09:30+08', '2025-03-03 09:30+08', 'submit', 'reported', 'pending_accept', 'system', 'system', 'x', 'x', '371602001001001', '', ''),
  (1, 3, '2025-03-03 11:00+08', '2025-03-03 11:00+08', 'escalate', 'handling', 'pending_dispatch', 'reporter', 'reporter', 'x', 'x', '371602001001001', '', '');
INSERT INTO gov.alert (event_id, clock, round, rung, due_at, at, raised_at, state, area, unit) VALUES (4, 'handling', 1, 'red', '2025-03-07 18:00+08', '2025-03-10 08:00+08', '2025-03-10 08:00+08', 'handling', '371602001001001', 'cg'), (11, 'stage', 1, 'yellow', '2025-03-07 18:00+08', '2025-03-07 08:00+08', '2025-03-07 08:00+08', 'dispatched', '371602001001001', NULL);
SET ROLE views_bi;
SELECT seq, action_name, from_state_name, to_state_name, actor_name, role_name, minutes FROM gov.v_event_timeline WHERE event_id = 1 ORDER BY seq;
SELECT event_id, clock_name, colour, state_name, open, town_name, unit_name FROM gov.v_alert ORDER BY event_id;

-- summaries: filled by refresh_summary(), with their time
RESET ROLE;
DELETE FROM gov.event_task; DELETE FROM gov.alert; DELETE FROM gov.event;
SET ROLE gov_owner;
SELECT pg_temp.put(100 + k, CASE WHEN k < 4 THEN 'evaluated' WHEN k < 6 THEN 'closed' ELSE 'handling' END, jsonb_build_object('reported_at', '2025-03-03 09:00+08'::timestamptz + make_interval(days => k), 'accepted_at', '2025-03-03 10:00+08'::timestamptz + make_interval(days => k), 'dispatched_at', '2025-03-03 11:00+08',
  'due_at', '2025-03-12 18:00+08', 'due_day', '2025-03-12', 'unit', 'cg', 'feedback_at', CASE WHEN k < 6 THEN '2025-03-11 10:00+08' END, 'closed_at', CASE WHEN k < 6 THEN '2025-03-11 23:30+08' END, 'evaluated_at', CASE WHEN k < 4 THEN '2025-03-12 00:30+08' END, 'satisfaction', CASE k WHEN 0 THEN '满意' WHEN 1 THEN '基本满意' WHEN 2 THEN '不满意' WHEN 3 THEN '未接通' END, 'used_minutes', CASE WHEN k < 6 THEN 100 * k END)) FROM generate_series(0, 7) k;
SELECT pg_temp.row('event_task', jsonb_build_object('event_id', 100 + k, 'kind', 'handle', 'unit', 'cg', 'area', '371602001001001', 'assigned_at', '2025-03-03 11:00+08', 'due_day', '2025-03-12', 'done_at', CASE WHEN k < 6 THEN '2025-03-11 10:00+08' END, 'outcome', CASE WHEN k < 6 THEN 'feedback' END, 'breach', CASE WHEN k < 6 THEN k = 5 END, 'opened_seq', 2)) FROM generate_series(0, 7) k;
SELECT grid_gov.refresh_summary('2025-03-01', '2025-03-15') AS rows;
RESET ROLE;
SET ROLE views_bi;
SELECT day, area_name, county_name, category, report, accept, dispatch, dispose, archive, need_dispose, in_time_dispose, overtime_dispose, overtime_to_dispose, in_time_dispose_rate, in_time_archive, evaluated, satisfied, as_of IS NOT NULL AS as_of FROM gov.v_category_daily ORDER BY day;
SELECT month, county_name, category, need_dispose, in_time_dispose, overtime_dispose, overtime_to_dispose, in_time_dispose_rate, need_archive, archive_of_need, in_time_archive, archive_rate FROM gov.v_sla_summary;
SELECT month, unit_name, dispatch, need_dispose, dispose, in_time_dispose, overtime_dispose, overtime_to_dispose, in_time_dispose_rate, archive, rework, evaluated, satisfied, dispose_minutes_avg FROM gov.v_department_performance;
SELECT rank, area_name, town_name, item_name, report, report_before, rise, rise_rate, open_events, since, until FROM gov.v_hotspot;
SELECT count(*) FROM gov.v_worker_score;
SELECT count(*) FROM gov.v_unit_score;
-- row security holds inside the views
RESET ROLE;
SELECT pg_temp.put(200, 'handling', '{"area":"371621100001001","grid":"371621100001001"}');
SET ROLE views_county;
SELECT id FROM gov.v_event;
SELECT id FROM gov.v_event_open;
