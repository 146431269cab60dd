-- city
-- The holidays of a new year: what is refused, what is odd, what is written; provisional deadlines become final by sweep().
\set VERBOSITY terse
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO, YMD';
-- a calendar that ends with 2024, one of a county that has its own hours, and no other
UPDATE gov.calendar SET hours = 'Asia/Shanghai; Mo-Fr 08:00-12:00,14:00-18:00; 2024-10-01/2024-10-07 off "国庆节"; valid 2024-01-01/2024-12-31' WHERE name = 'default';
INSERT INTO gov.calendar (area, name, hours) VALUES ('371621', 'default', 'Asia/Shanghai; Mo-Sa 09:00-12:00,14:00-18:00; valid 2020-01-01/2024-12-31');
UPDATE gov.actor_proxy SET backdate_minutes = 100000000;

CREATE FUNCTION pg_temp.days(VARIADIC ranges text[]) RETURNS date[] LANGUAGE sql AS $$
  SELECT array_agg(d::date ORDER BY d) FROM unnest(ranges) r, generate_series(split_part(r, '/', 1)::date, split_part(r || '/' || r, '/', 2)::date, '1 day') d $$;
SELECT pg_temp.days('2025-01-01', '2025-01-28/2025-02-04', '2025-04-04/2025-04-06', '2025-05-01/2025-05-05', '2025-05-31/2025-06-02', '2025-10-01/2025-10-08') AS rest,
  pg_temp.days('2025-01-26', '2025-02-08', '2025-04-27', '2025-09-28', '2025-10-11') AS makeup \gset

-- 1. Refused, with every reason at once; nothing is written.
SELECT * FROM grid_gov.add_holidays(NULL, '{}');
SELECT * FROM grid_gov.add_holidays(2025, '{2025-01-01,2025-01-01,2025-05-01,2025-10-01,2024-12-31}', '{元旦,元旦}', '{2025-05-01,NULL}');
SELECT * FROM grid_gov.add_holidays(2024, '{2024-01-01,2024-05-01,2024-10-01}');
SELECT * FROM grid_gov.add_holidays(2027, '{2027-01-01,2027-05-01,2027-10-01}');
SELECT * FROM grid_gov.add_holidays(2025, :'rest', area => '371602');
SELECT * FROM grid_gov.add_holidays(2025, :'rest', holiday_names => ARRAY[repeat('长', 100)]);

-- 2. Odd, but it is the city's business: a dry run says so and writes nothing.
SELECT * FROM grid_gov.add_holidays(2025, '{2025-01-01,2025-03-08,2025-03-09,2025-05-01}', '{元旦,周末,周末,劳动节}', '{2025-04-26,2025-07-01}', dry_run => true);
SELECT area, name, right(hours::text, 28) AS valid FROM gov.calendar ORDER BY area, name;

-- 3. Events that reach over the end of the calendar: provisional, by the weekly hours, and never refused.
CREATE FUNCTION pg_temp.dispatched(at timestamptz, allow grid_gov.time_limit) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  id bigint;
  args jsonb := jsonb_build_object('at', at);
BEGIN
  DELETE FROM gov.handling_limit WHERE area = '371602001001001';
  INSERT INTO gov.handling_limit (area, allow) VALUES ('371602001001001', allow);
  SET SESSION AUTHORIZATION bridge;
  SET grid_gov.actor = 'worker1';
  id := grid_gov.report('井盖缺失', ST_SetSRID(ST_MakePoint(118.005, 37.405), 4490), item => '0101', args => args);
  SET grid_gov.actor = 'acceptor_city';
  PERFORM grid_gov.act(id, 'submit', NULL, args), grid_gov.act(id, 'accept', NULL, args || '{"item": "0101"}');
  SET grid_gov.actor = 'dispatcher_city';
  PERFORM grid_gov.act(id, 'dispatch', NULL, args || '{"unit": "cg"}');
  SET grid_gov.actor = 'handler_cg';
  PERFORM grid_gov.act(id, 'sign', NULL, args);
  RESET grid_gov.actor;
  RESET SESSION AUTHORIZATION;
  RETURN id;
END
$$;
SELECT pg_temp.dispatched('2024-12-30 09:00+08', '3wd') AS over, pg_temp.dispatched('2024-12-23 09:00+08', '3wd') AS inside, pg_temp.dispatched('2025-01-26 09:00+08', '5d') AS outside,
  pg_temp.dispatched('2024-12-30 09:00+08', '36h') AS natural, pg_temp.dispatched('2024-12-30 09:00+08', '3wd') AS paused \gset
-- recalled before New Year's Day, back after it: the pause holds three closings until the holiday is known, two then
SET SESSION AUTHORIZATION bridge;
SET grid_gov.actor = 'dispatcher_city';
SELECT grid_gov.act(:paused, 'recall', '依据', '{"at": "2024-12-31 10:00+08"}');
SELECT grid_gov.act(:paused, 'redispatch', NULL, '{"unit": "cg", "at": "2025-01-03 10:00+08"}');
RESET grid_gov.actor;
RESET SESSION AUTHORIZATION;
CREATE TEMP VIEW now_due AS
  SELECT CASE id WHEN :over THEN 'over the end' WHEN :inside THEN 'inside' WHEN :outside THEN 'outside' WHEN :natural THEN 'natural' ELSE 'paused' END AS event,
    due_at, due_day, due_provisional AS provisional, handling_extra AS extra, last_action FROM gov.event ORDER BY id;
SELECT * FROM now_due;
SELECT area, name, valid_from, valid_to, ends_soon, provisional_events FROM gov.v_calendar ORDER BY area, name;
SELECT count(*) AS ends FROM grid_gov.check_setup() WHERE problem = 'calendar_ends';

-- 4. Written: both calendars, each with its own hours; the events are queued, and sweep() makes their deadlines final.
DELETE FROM gov.reproject_queue;
SELECT * FROM grid_gov.add_holidays(2025, :'rest', (SELECT array_agg(CASE extract(month FROM d) WHEN 1 THEN CASE WHEN d = '2025-01-01' THEN '元旦' ELSE '春节' END WHEN 2 THEN '春节' WHEN 4 THEN '清明节' WHEN 5 THEN CASE WHEN d < '2025-05-31' THEN '劳动节' ELSE '端午节' END WHEN 6 THEN '端午节' ELSE '国庆节' END ORDER BY d) FROM unnest(:'rest'::date[]) d),
  :'makeup', '{春节调休,春节调休,劳动节调休,国庆节调休,国庆节调休}');
SELECT area, name, hours FROM gov.calendar WHERE name = 'default' ORDER BY area;
SELECT count(*) AS queued FROM gov.reproject_queue;
SELECT * FROM now_due;
SELECT grid_gov.sweep_at('2024-12-23 09:01+08') >= 0 AS swept;
SELECT * FROM now_due;
SELECT count(*) AS queued FROM gov.reproject_queue;
SELECT l.event_id = :over AS over, l.action, l.role, n.note, l.due_at FROM gov.event_log l LEFT JOIN gov.event_note n USING (event_id, seq) WHERE l.action = 'reproject' ORDER BY l.event_id;
SELECT * FROM grid_gov.verify_journal();
-- once is enough
SELECT * FROM grid_gov.add_holidays(2025, :'rest');
-- the same days as the calendar that the extension ships
SELECT count(*) AS days, count(*) FILTER (WHERE isempty(a) <> isempty(b)) AS differ FROM generate_series('2025-01-01', '2025-12-31', interval '1 day') d,
  LATERAL (SELECT grid_gov.work_spans(tstzrange(d, d + '1 day'), c.hours), grid_gov.work_spans(tstzrange(d, d + '1 day'), ('Asia/Shanghai; Mo-Fr 08:00-12:00,14:00-18:00; ' || grid_gov.holiday_rules('2025-01-01', '2025-12-31'))::grid_gov.work_calendar)
    FROM gov.calendar c WHERE c.area = '3716' AND c.name = 'default') x (a, b);

-- The notice of 2019 reached back into December 2018: its days are loaded with it, and the calendar is then the one that the extension ships.
INSERT INTO gov.calendar (area, name, hours) VALUES ('371602', 'old', ('Asia/Shanghai; Mo-Fr 08:00-12:00; ' || grid_gov.holiday_rules('2018-01-01', '2018-12-28') || '; valid 2018-01-01/2018-12-31')::grid_gov.work_calendar);
SELECT r.* FROM (SELECT array_agg(day) FILTER (WHERE kind = 'holiday') AS off, array_agg(name) FILTER (WHERE kind = 'holiday') AS names, array_agg(day) FILTER (WHERE kind <> 'holiday') AS makeup,
    array_agg(name || '调休') FILTER (WHERE kind <> 'holiday') AS makeup_names FROM grid_gov.ref_holiday WHERE day BETWEEN '2018-12-29' AND '2019-12-31') n,
  LATERAL grid_gov.add_holidays(2019, n.off, n.names, n.makeup, n.makeup_names, area => '371602') r;
SELECT hours::text = ('Asia/Shanghai; Mo-Fr 08:00-12:00; ' || grid_gov.holiday_rules('2018-01-01', '2019-12-31') || '; valid 2018-01-01/2019-12-31')::grid_gov.work_calendar::text AS same FROM gov.calendar WHERE name = 'old';
-- a calendar that begins within the year says nothing about the days before
UPDATE gov.calendar SET hours = 'Asia/Shanghai; Mo-Fr 08:00-12:00; valid 2023-01-03/2023-06-30' WHERE name = 'old';
SELECT * FROM grid_gov.add_holidays(2023, '{2022-12-31,2023-01-01,2023-01-02,2023-05-01,2023-10-01,2022-11-30}', area => '371602', dry_run => true);
SELECT * FROM grid_gov.add_holidays(2023, '{2022-12-31,2023-01-01,2023-01-02,2023-05-01,2023-10-01}', '{元旦,元旦,元旦,劳动节,国庆节}', '{2022-12-24}', area => '371602');
SELECT hours FROM gov.calendar WHERE name = 'old';
-- a December day that the calendar has already is said, and nothing is written
UPDATE gov.calendar SET hours = 'Asia/Shanghai; Mo-Fr 08:00-12:00; 2022-12-31 off "元旦"; valid 2022-01-01/2022-12-31' WHERE name = 'old';
SELECT * FROM grid_gov.add_holidays(2023, '{2022-12-31,2023-01-01,2023-01-02,2023-05-01,2023-10-01}', '{元旦,元旦,元旦,劳动节,国庆节}', area => '371602') WHERE severity <> 'info';
DELETE FROM gov.calendar WHERE name = 'old';
-- Names stand beside their dates whatever the bounds of the array; tables are refused.
SELECT rule FROM grid_gov.holiday_runs('[0:1]={2026-01-01,2026-05-01}', '[7:8]={元旦,劳动节}', false);
SELECT * FROM grid_gov.add_holidays(2026, '{2026-01-01,2026-05-01,2026-10-01,2026-10-02}', '{{元旦,劳动节},{国庆节,国庆节}}');
SELECT * FROM grid_gov.add_holidays(2026, '{{2026-01-01,2026-05-01,2026-10-01}}');

-- 5. Who may: the persona dba, not a back end.
SET ROLE worker1;
SELECT * FROM grid_gov.add_holidays(2026, '{2026-01-01}');
RESET ROLE;
CREATE ROLE holiday_dba;
SELECT count(*) > 0 AS granted FROM grid_gov.grant_access('holiday_dba', 'dba');
SET ROLE holiday_dba;
SELECT severity, problem FROM grid_gov.add_holidays(2026, '{2026-01-01,2026-05-01,2026-10-01}', area => '371621');
RESET ROLE;
SELECT count(*) > 0 AS revoked FROM grid_gov.revoke_access('holiday_dba');
DROP ROLE holiday_dba;
