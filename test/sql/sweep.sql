-- city
-- sweep(): what fell due, while calendars, limits and rows change under it. 2025-03-03 is a Monday; Mo-Fr 08:00-12:00, 14:00-18:00.
\set VERBOSITY terse
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO, YMD';
SET client_min_messages = warning;
UPDATE gov.actor_proxy SET backdate_minutes = 100000000;
SET grid_gov.test_clock = on;
INSERT INTO gov.handling_limit (area, item, allow) VALUES ('371602001001001', '0101', '4wh');
\getenv dir PG_ABS_SRCDIR
\set steps :dir '/data/event_steps.sql'
\set ECHO none
\i :steps
CREATE FUNCTION pg_temp.closed(days text) RETURNS void LANGUAGE sql AS
  $$UPDATE gov.calendar SET hours = replace(hours::text, '; day 8h', '; ' || days || ' off "停电"; day 8h')::grid_gov.work_calendar WHERE name = 'default'$$;
\set ECHO all

-- 1. An automatic step that is due later than planned is planned again: by another row, by another calendar.
BEGIN;
SELECT pg_temp.run('handle 03-03 09:00 | feedback 10:00 | fail 16:00') AS e \gset
SELECT state, next_auto_at FROM gov.event WHERE id = :e;
UPDATE gov.workflow_auto SET after = '8wh' WHERE action = 'restart';
SELECT grid_gov.sweep_at('2025-03-04 10:00+08');
SELECT state, next_auto_at FROM gov.event WHERE id = :e;
SELECT pg_temp.closed('2025-03-04/2025-03-06');
SELECT grid_gov.sweep_at('2025-03-04 11:00+08');
SELECT state, next_auto_at FROM gov.event WHERE id = :e;
SELECT grid_gov.sweep_at('2025-03-07 16:00+08') >= 0;
SELECT state, entered_at FROM gov.event WHERE id = :e;
ROLLBACK;

-- 2. One county's odd calendar, or one broken row, is that county's matter.
BEGIN;
INSERT INTO gov.calendar (area, name, hours) VALUES ('371602', 'default', 'Asia/Shanghai; Mo-Fr 08:00-12:00,14:00-18:00; day 8h');
SELECT pg_temp.run('handle 03-03 09:00') AS odd \gset
DELETE FROM gov.event_task WHERE event_id = :odd AND kind <> 'handle';
UPDATE gov.calendar SET hours = 'Asia/Shanghai; Mo-Fr 08:00-12:00; 2025-03-03/9999-12-31 off; day 8h' WHERE area = '371602';
SET LOCAL SESSION AUTHORIZATION bridge;
SET LOCAL grid_gov.actor = 'leader_other';
SELECT grid_gov.report('路灯不亮', area => '371621100001001', args => '{"at": "2025-03-03 09:00+08"}') AS other \gset
SET LOCAL grid_gov.actor = 'acceptor_city';
SELECT grid_gov.act(:other, 'submit', NULL, '{"at": "2025-03-03 09:00+08"}');
RESET SESSION AUTHORIZATION;
RESET grid_gov.actor;
SELECT grid_gov.sweep_at('2025-03-05 13:00+08');
SELECT event_id = :other AS other, clock, rung FROM gov.alert ORDER BY id;
SELECT event_id = :odd AS odd, reason FROM gov.reproject_queue;
ROLLBACK;

-- 3. Tasks last as long as their clock: a verification, a co-unit, a callback are not late by a deadline that has moved.
BEGIN;
SELECT pg_temp.run('report 03-03 17:00') AS e \gset
SELECT pg_temp.step(:e, 'acceptor_city', 'send_verify', '2025-03-03 17:00+08', '{"person": 1}');
SELECT pg_temp.closed('2025-03-04/2025-03-06');
SELECT grid_gov.sweep_at('2025-03-03 17:10+08');
SELECT t.due_at = e.stage_due_at AS same, t.due_at, t.due_day FROM gov.event_task t JOIN gov.event e ON e.id = t.event_id WHERE t.event_id = :e;
SELECT pg_temp.step(:e, 'worker1', 'verify_done', '2025-03-07 08:10+08');
SELECT kind, outcome, breach FROM gov.event_task WHERE event_id = :e;
ROLLBACK;
-- so does a verification whose clock was paused, where a city's workflow allows that
BEGIN;
UPDATE gov.workflow_transition SET from_states = from_states || '|verifying' WHERE workflow = 'default' AND action = 'merge';
SELECT pg_temp.run('report 03-03 09:00') AS e \gset
SELECT pg_temp.step(:e, 'acceptor_city', 'send_verify', '2025-03-03 09:00+08', '{"person": 1}');
SELECT pg_temp.new_event('2025-03-03 09:10+08', false) AS m \gset
SELECT pg_temp.step(:e, 'acceptor_city', 'merge', '2025-03-03 09:30+08', jsonb_build_object('master_id', :m));
SELECT pg_temp.step(:e, 'acceptor_city', 'unmerge', '2025-03-03 16:00+08');
SELECT pg_temp.step(:e, 'worker1', 'verify_done', '2025-03-03 16:10+08');
SELECT kind, due_at, breach FROM gov.event_task WHERE event_id = :e;
ROLLBACK;
BEGIN;
SELECT pg_temp.run('accept 03-03 09:00') AS e \gset
SELECT pg_temp.step(:e, 'dispatcher_city', 'dispatch', '2025-03-03 09:00+08', '{"unit": "cg", "co_units": ["zj"]}');
SELECT pg_temp.step(:e, 'handler_cg', 'sign', '2025-03-03 09:00+08');
SELECT pg_temp.step(:e, 'handler_cg', 'request_suspend', '2025-03-03 10:00+08', '{"until": "2025-05-01 10:00+08"}');
SELECT pg_temp.step(:e, 'dispatcher_city', 'approve_suspend', '2025-03-03 10:00+08');
SELECT pg_temp.step(:e, 'dispatcher_city', 'resume', '2025-03-31 10:00+08');
SELECT kind, due_at FROM gov.event_task WHERE event_id = :e ORDER BY id;
SELECT pg_temp.step(:e, 'handler_zj', 'co_done', '2025-03-31 10:30+08');
SELECT kind, outcome, breach FROM gov.event_task WHERE event_id = :e ORDER BY id;
ROLLBACK;
BEGIN;
UPDATE gov.calendar SET hours = regexp_replace(hours::text, 'valid [0-9/-]+', 'valid 2024-01-01/2025-09-30')::grid_gov.work_calendar WHERE name = 'default' AND hours::text ~ 'valid ';
SELECT pg_temp.run('handle 09-29 09:00 | feedback 10:00') AS e \gset
SELECT pg_temp.step(:e, 'acceptor_city', 'send_check', '2025-09-29 10:00+08', '{"person": 1}');
SELECT pg_temp.step(:e, 'acceptor_city', 'check_pass', '2025-09-29 10:30+08');
SELECT pg_temp.step(:e, 'acceptor_city', 'close', '2025-09-29 11:00+08', '{"close_condition": "已修复"}');
SELECT kind, due_at, provisional FROM gov.event_task WHERE event_id = :e AND kind = 'callback';
UPDATE gov.calendar SET hours = replace(hours::text, '2024-01-01/2025-09-30', '2024-01-01/2025-12-31')::grid_gov.work_calendar WHERE name = 'default';
SELECT pg_temp.closed('2025-10-10');
SELECT grid_gov.sweep_at('2025-09-29 12:00+08') >= 0;
SELECT kind, due_at, provisional FROM gov.event_task WHERE event_id = :e AND kind = 'callback';
SELECT count(*) FROM grid_gov.verify_journal();
ROLLBACK;

-- 4. A later deadline has warnings of its own; an earlier one does not repeat them.
BEGIN;
SELECT pg_temp.run('handle 03-03 09:00') AS e \gset
SELECT grid_gov.sweep_at('2025-03-03 16:00+08');
SELECT pg_temp.closed('2025-03-03/2025-03-04');
SELECT grid_gov.sweep_at('2025-03-03 16:01+08');
SELECT due_at, next_alert_at FROM gov.event WHERE id = :e;
SELECT grid_gov.sweep_at('2025-03-05 20:00+08');
SELECT clock, round, rung, due_at FROM gov.alert WHERE event_id = :e AND clock = 'handling' ORDER BY id;
ROLLBACK;

-- 5. Yellow is four fifths of the time used; a pause uses none.
BEGIN;
UPDATE gov.handling_limit SET allow = '1wd';
SELECT pg_temp.run('handle 03-03 09:00') AS e \gset
SELECT due_at, next_alert_at FROM gov.event WHERE id = :e;
SELECT pg_temp.run('handle 03-03 09:00 | suspend 10:00 | resume 03-31 10:00') AS e \gset
SELECT due_at, next_alert_at FROM gov.event WHERE id = :e;
UPDATE gov.handling_limit SET allow = '10d';
SELECT pg_temp.run('handle 03-03 09:00 | suspend 10:00 | resume 03-13 10:00') AS e \gset
SELECT due_at, next_alert_at FROM gov.event WHERE id = :e;
ROLLBACK;

-- 6. A city's trigger that drops our updates makes no endless loop.
BEGIN;
SELECT pg_temp.run('handle 03-03 09:00') AS e \gset
CREATE FUNCTION gov.sweep_drop() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER aa BEFORE UPDATE ON gov.event FOR EACH ROW EXECUTE FUNCTION gov.sweep_drop();
SET LOCAL statement_timeout = '20s';
SELECT grid_gov.sweep_at('2025-03-05 13:00+08');
ROLLBACK;

-- 7. A calendar that open events count by stays; a limit that names none is found, and its events move with the default one.
BEGIN;
UPDATE gov.handling_limit SET calendar = '24X7';
SELECT problem, detail FROM grid_gov.check_setup() WHERE problem = 'unknown_calendar';
SELECT pg_temp.run('handle 03-03 15:00 | suspend 16:00 | resume 17:00') AS e \gset
SELECT handling_calendar, due_at FROM gov.event WHERE id = :e;
SELECT detail FROM grid_gov.explain_event_deadline(:e) WHERE detail ~ '不计|挂账 ';
SELECT pg_temp.closed('2025-03-04/2025-03-06');
SELECT grid_gov.sweep_at('2025-03-03 17:01+08');
SELECT due_at FROM gov.event WHERE id = :e;
DELETE FROM gov.calendar WHERE name = 'default';
ROLLBACK;

-- 8. What fails for one event, whoever is to blame, is left out alone: an automatic step that only waits, a resume, a city's trigger, a slave left behind.
BEGIN;
INSERT INTO gov.calendar (area, name, hours) VALUES ('371602', 'default', 'Asia/Shanghai; Mo-Fr 08:00-12:00,14:00-18:00; day 8h');
SELECT pg_temp.run('handle 03-03 09:00 | feedback 10:00 | fail 16:00') AS rework \gset
SELECT pg_temp.run('handle 03-03 09:00 | suspend 10:00 03-04_10:00') AS held \gset
UPDATE gov.calendar SET hours = 'Asia/Shanghai; Mo-Fr 08:00-12:00; 2025-03-03/9999-12-31 off; day 8h' WHERE area = '371602';
\set VERBOSITY default
SELECT grid_gov.sweep_at('2025-03-05 13:00+08');
\set VERBOSITY terse
SELECT state, next_auto_at FROM gov.event WHERE id IN (:rework, :held) ORDER BY id;
UPDATE gov.calendar SET hours = 'Asia/Shanghai; Mo-Fr 08:00-12:00,14:00-18:00; day 8h' WHERE area = '371602';
SELECT grid_gov.sweep_at('2025-03-05 13:01+08') >= 0;
SELECT state, next_auto_at FROM gov.event WHERE id IN (:rework, :held) ORDER BY id;
ROLLBACK;
BEGIN;
SELECT pg_temp.run('handle 03-03 09:00') AS bad \gset
SELECT pg_temp.run('handle 03-03 09:00') AS good \gset
CREATE FUNCTION gov.sweep_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN IF NEW.id = (SELECT min(id) FROM gov.event) THEN RAISE 'the city says no'; END IF; RETURN NEW; END $$;
CREATE TRIGGER aa BEFORE UPDATE ON gov.event FOR EACH ROW EXECUTE FUNCTION gov.sweep_refuse();
SELECT grid_gov.sweep_at('2025-03-05 13:00+08');
SELECT event_id = :good AS good, rung FROM gov.alert ORDER BY id;
ROLLBACK;
BEGIN;
INSERT INTO gov.calendar (area, name, hours) VALUES ('371602', 'default', 'Asia/Shanghai; Mo-Fr 08:00-12:00,14:00-18:00; day 8h');
SELECT pg_temp.run('handle 03-03 09:00 | merge 10:00') AS slave \gset
SELECT master_id AS master FROM gov.event WHERE id = :slave \gset
CREATE FUNCTION gov.sweep_leave() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN IF OLD.state = 'merged' THEN RETURN NULL; END IF; RETURN NEW; END $$;
CREATE TRIGGER aa BEFORE UPDATE ON gov.event FOR EACH ROW EXECUTE FUNCTION gov.sweep_leave();
SELECT pg_temp.step(:master, 'centre_city', 'void', '2025-03-03 11:00+08');
DROP TRIGGER aa ON gov.event;
SELECT state FROM gov.event WHERE id = :slave;
UPDATE gov.calendar SET hours = 'Asia/Shanghai; Mo-Fr 08:00-12:00; 2025-03-03/9999-12-31 off; day 8h' WHERE area = '371602';
SELECT grid_gov.sweep_at('2025-03-03 12:00+08');
UPDATE gov.calendar SET hours = 'Asia/Shanghai; Mo-Fr 08:00-12:00,14:00-18:00; day 8h' WHERE area = '371602';
SELECT grid_gov.sweep_at('2025-03-03 12:01+08');
SELECT state FROM gov.event WHERE id = :slave;
ROLLBACK;

-- 9. A deadline may stand while its red card comes sooner: a rest day became a working day.
BEGIN;
UPDATE gov.handling_limit SET allow = '4wd';
SELECT pg_temp.run('handle 03-03 09:00 | sweep 03-06 20:00') AS e \gset
SELECT due_at, next_alert_at FROM gov.event WHERE id = :e;
UPDATE gov.calendar SET hours = replace(hours::text, '; day 8h', '; 2025-03-08 on; day 8h')::grid_gov.work_calendar WHERE name = 'default';
SELECT grid_gov.sweep_at('2025-03-08 09:00+08');
SELECT rung, at FROM gov.alert WHERE event_id = :e AND clock = 'handling' ORDER BY id;
SELECT grid_gov.sweep_at('2025-03-10 09:00+08');
ROLLBACK;

-- 10. A stopped clock may go on by its calendar; a name that is no calendar's is told at once; natural time needs none to be told.
BEGIN;
INSERT INTO gov.calendar (area, name, hours) VALUES ('3716', 'long', 'Asia/Shanghai; Mo-Su 06:00-22:00; day 16h; valid 2018-01-01/2026-12-31');
UPDATE gov.handling_limit SET calendar = 'long', allow = '6wh';
UPDATE gov.handling_limit SET calendar = 'lang' WHERE area = '371602001001001';
UPDATE gov.handling_limit SET calendar = 'long' WHERE area = '371602001001001';
SELECT pg_temp.run('handle 03-03 17:00 | feedback 18:00') AS e \gset
DELETE FROM gov.calendar WHERE name = 'long';
ROLLBACK;
SELECT grid_gov.pause_text('{2025-03-03 10:00+08,2025-03-04 15:20+08}', '24h', NULL), grid_gov.pause_text('{2025-03-03 10:00+08,2025-03-04 15:20+08}', '4wh', NULL) IS NULL;

-- The second automatic step of an event is refused: that is said, as of the first.
BEGIN;
SET LOCAL ROLE gov_owner;
UPDATE gov.workflow_transition SET roles = roles || '|system', relation = relation || '|any' WHERE action = 'verify_done';
UPDATE gov.workflow_transition SET roles = roles || '|system', relation = relation || '|any', guards = 'urgent' WHERE action = 'accept';
INSERT INTO gov.workflow_auto (workflow, area, action, after) VALUES ('default', '3716', 'verify_done', '1h'), ('default', '3716', 'accept', '1h');
RESET ROLE;
SELECT pg_temp.run('report 03-03 09:00') AS e \gset
SELECT pg_temp.step(:e, 'acceptor_city', 'send_verify', '2025-03-03 09:00+08', '{"person": 1}');
SELECT grid_gov.sweep_at('2025-03-03 12:00+08') >= 0;
SELECT state, next_auto_at FROM gov.event WHERE id = :e;
ROLLBACK;
