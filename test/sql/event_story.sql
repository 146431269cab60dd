-- city
-- The story of an event's deadline, for a citizen.
\set VERBOSITY terse
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO, YMD';
SET client_min_messages = warning;
UPDATE gov.actor_proxy SET backdate_minutes = 100000000;
SET grid_gov.test_clock = on;
INSERT INTO gov.handling_limit (area, item, allow) VALUES ('371602001001001', '0101', '4wh'), ('371602001001001', '0102', '5wd');
\getenv dir PG_ABS_SRCDIR
\set steps :dir '/data/event_steps.sql'
\set ECHO none
\i :steps
\set ECHO all

-- suspended, extended, in time
SELECT pg_temp.run('handle 03-03 09:00 | suspend 10:00 | resume 15:00 | extend 15:30 | feedback 17:30') AS e \gset
SELECT ord, at, what, detail, due_at FROM grid_gov.explain_event_deadline(:e);
-- returned to the same unit, to another, sent back, reworked; late
SELECT pg_temp.run('handle 03-03 09:00 | recall 10:00 | handle 11:00 | give_back 11:30 | handle 14:00 zj | feedback 15:00 | send_back 16:20 | feedback 03-04 12:00 | fail 14:00 | restart 15:00') AS e \gset
SELECT ord, at, what, detail, due_at FROM grid_gov.explain_event_deadline(:e);
-- used up before the pause
SELECT pg_temp.run('handle 03-03 09:00 | recall 16:00 | handle 03-04 09:00') AS e \gset
SELECT ord, at, what, detail, due_at FROM grid_gov.explain_event_deadline(:e);
-- corrected to working days: the pause is told in them at the end
SELECT pg_temp.run('handle 03-03 09:00 | suspend 10:00 | resume 03-04 10:00 | correct 10:30') AS e \gset
SELECT ord, at, what, detail, due_at FROM grid_gov.explain_event_deadline(:e);
-- escalated, merged, still paused
SELECT pg_temp.run('handle 03-03 09:00 | escalate 10:00 | handle 11:00 gs | merge 11:30') AS e \gset
SELECT ord, at, what, detail, due_at FROM grid_gov.explain_event_deadline(:e);
-- natural hours
UPDATE gov.handling_limit SET allow = '24h' WHERE area = '371602001001001' AND item = '0101';
SELECT pg_temp.run('handle 03-07 16:00 | suspend 17:00 | resume 03-10 09:20') AS e \gset
SELECT ord, at, what, detail, due_at FROM grid_gov.explain_event_deadline(:e);
-- past the end of the calendar, then not
UPDATE gov.handling_limit SET allow = '5wd' WHERE area = '371602001001001' AND item = '0101';
UPDATE gov.calendar SET hours = 'Asia/Shanghai; Mo-Fr 08:00-12:00,14:00-18:00; valid 2024-01-01/2025-09-30' WHERE name = 'default';
SELECT pg_temp.run('handle 09-29 09:00') AS e \gset
SELECT ord, at, what, detail, due_at FROM grid_gov.explain_event_deadline(:e);
UPDATE gov.calendar SET hours = 'Asia/Shanghai; Mo-Fr 08:00-12:00,14:00-18:00; 2025-10-01/2025-10-08 off "国庆节"; valid 2024-01-01/2025-12-31' WHERE name = 'default';
SELECT grid_gov.sweep_at('2025-09-29 09:05+08') >= 0 AS swept;
SELECT ord, at, what, detail, due_at FROM grid_gov.explain_event_deadline(:e);
-- not dispatched yet; not there
SELECT pg_temp.run('submit 03-03 09:00') AS e \gset
SELECT ord, at, what, detail, due_at FROM grid_gov.explain_event_deadline(:e);
SELECT * FROM grid_gov.explain_event_deadline(0);
-- with the caller's rights: an analyst of the city sees it, one of another county does not
CREATE ROLE story_bi;
CREATE ROLE story_elsewhere;
SELECT count(*) > 0 AS granted FROM grid_gov.grant_access('story_bi', 'bi');
SELECT count(*) > 0 AS granted FROM grid_gov.grant_access('story_elsewhere', 'bi', '371621');
SET ROLE story_bi;
SELECT what, detail FROM grid_gov.explain_event_deadline(1);
SET ROLE story_elsewhere;
SELECT what, detail FROM grid_gov.explain_event_deadline(1);
RESET ROLE;
SELECT count(*) > 0 AS revoked FROM grid_gov.revoke_access('story_bi');
SELECT count(*) > 0 AS revoked FROM grid_gov.revoke_access('story_elsewhere');
DROP ROLE story_bi, story_elsewhere;
