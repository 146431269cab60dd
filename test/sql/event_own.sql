-- city
-- A table of the city's own under enforce_workflow(), and old events by import_events().
\set SHOW_CONTEXT never
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO, YMD';

-- 1. The ten-line recipe: a workflow, a trigger.
SET ROLE gov_owner;
INSERT INTO gov.workflow (name, area, title, for_events) VALUES ('permit', '3716', '占道许可', false);
INSERT INTO gov.workflow_state (workflow, state, name, ord, open) VALUES
  ('permit', 'asked', '已申请', 1, true), ('permit', 'granted', '已许可', 2, true), ('permit', 'refused', '不许可', 3, false);
INSERT INTO gov.workflow_transition (workflow, id, from_states, to_state, action, label, roles, relation, needs_note) VALUES
  ('permit', 'P1', '(new)', 'asked', 'ask', '申请', 'acceptor|grid_worker', 'any', false),
  ('permit', 'P2', 'asked', 'granted', 'grant', '许可', 'centre_head', 'area', false),
  ('permit', 'P3', 'asked', 'refused', 'refuse', '不许可', 'centre_head', 'area', true);
RESET ROLE;
CREATE TABLE public.permit (no text PRIMARY KEY, area text, status text);
GRANT SELECT, INSERT, UPDATE ON public.permit TO gov_app;
CREATE TRIGGER permit_guard BEFORE INSERT OR UPDATE ON public.permit FOR EACH ROW EXECUTE FUNCTION grid_gov.enforce_workflow('permit', 'status', 'area');

SET ROLE acceptor1;
INSERT INTO public.permit VALUES ('A1', '371602001', NULL), ('A2', '371602001', 'asked'), ('A3', '371621100', 'asked') RETURNING *;
INSERT INTO public.permit VALUES ('A4', '371602001', 'granted');      -- WG001
UPDATE public.permit SET status = 'granted' WHERE no = 'A1';          -- WG002
UPDATE public.permit SET area = '371602' WHERE no = 'A1';             -- WG005: not without a step
UPDATE public.permit SET area = NULL WHERE no = 'A1';                 -- WG005
UPDATE public.permit SET status = status, area = area WHERE no = 'A1' RETURNING *; -- no step
SET ROLE centre1;
UPDATE public.permit SET status = 'granted' WHERE no = 'A1' RETURNING *;
UPDATE public.permit SET status = 'granted' WHERE no = 'A3';          -- WG002: another county
UPDATE public.permit SET status = 'granted', area = '371602' WHERE no = 'A3'; -- WG002: it was another county's before
UPDATE public.permit SET status = 'granted', area = NULL WHERE no = 'A3';     -- WG002: an area is needed
UPDATE public.permit SET status = 'granted', area = '371621100' WHERE no = 'A2'; -- WG002: nor out of one's own
UPDATE public.permit SET status = 'refused' WHERE no = 'A2';          -- WG003: no note
BEGIN;
SET LOCAL grid_gov.note = '不符合规划';
UPDATE public.permit SET status = 'refused' WHERE no = 'A2' RETURNING *;
COMMIT;
UPDATE public.permit SET status = 'asked' WHERE no = 'A2';            -- WG001: no way back
SET ROLE acceptor1;
INSERT INTO public.permit VALUES ('A5', '371602001', 'asked'), ('A6', NULL, 'asked');
SET ROLE centre1;
UPDATE public.permit SET status = 'granted', area = '371602' WHERE no = 'A5' RETURNING *; -- both areas are his
UPDATE public.permit SET status = 'granted', area = '371602' WHERE no = 'A6'; -- WG002: it had no area
-- a reason counts in its own transaction only
SET grid_gov.note = '不符合规划';
UPDATE public.permit SET status = 'refused' WHERE no = 'A6';          -- WG002
SET ROLE acceptor1;
INSERT INTO public.permit VALUES ('A7', '371602001', 'asked');
SET ROLE centre1;
UPDATE public.permit SET status = 'refused' WHERE no = 'A7';          -- WG003
BEGIN;
SAVEPOINT s;
SET LOCAL grid_gov.note = '另一个';
ROLLBACK TO s;
UPDATE public.permit SET status = 'refused' WHERE no = 'A7';          -- WG003: an old one comes back
ROLLBACK;
RESET grid_gov.note;
RESET ROLE;
-- the state column may be of any type that knows the states
CREATE TYPE public.permit_state AS ENUM ('asked', 'granted');
CREATE DOMAIN public.permit_text AS varchar(20) CHECK (VALUE <> 'granted');
CREATE DOMAIN public.permit_none AS text CHECK (VALUE <> 'asked');
CREATE TABLE public.permit_any (no integer);
CREATE TRIGGER permit_guard BEFORE INSERT OR UPDATE ON public.permit_any FOR EACH ROW EXECUTE FUNCTION grid_gov.enforce_workflow('permit', 'status');
GRANT ALL ON public.permit_any TO gov_app;
SELECT format($q$ALTER TABLE public.permit_any DROP COLUMN IF EXISTS status, ADD COLUMN status %s; SET ROLE acceptor1; INSERT INTO public.permit_any DEFAULT VALUES RETURNING status, pg_typeof(status); RESET ROLE$q$, t)
  FROM unnest('{varchar(20),char(8),name,public.permit_state,public.permit_text,varchar(3),public.permit_none,bigint,jsonb}'::text[]) t \gexec
RESET ROLE;
DROP TABLE public.permit_any;

-- 2. The same with a journal: one trigger more.
CREATE TABLE public.licence (area text, no integer, made timestamptz, status public.permit_state, PRIMARY KEY (no, made));
GRANT SELECT, INSERT, UPDATE ON public.licence TO gov_app;
CREATE TRIGGER licence_guard BEFORE INSERT OR UPDATE ON public.licence FOR EACH ROW EXECUTE FUNCTION grid_gov.enforce_workflow('permit', 'status', 'area');
CREATE TRIGGER licence_journal AFTER INSERT OR UPDATE ON public.licence FOR EACH ROW EXECUTE FUNCTION grid_gov.journal_workflow('permit', 'status');
SET ROLE acceptor1;
SET timezone = 'UTC';
INSERT INTO public.licence SELECT '371602001', i, '2026-05-01 08:00+08' FROM generate_series(1, 4) i;
SET timezone = 'Asia/Shanghai';
UPDATE public.licence SET area = '371602' WHERE no = 1;               -- WG005
UPDATE public.licence SET no = 9 WHERE no = 1;                        -- WG005: the key
INSERT INTO public.licence VALUES ('371602001', 1, '2026-05-01 08:00+08', 'asked') ON CONFLICT DO NOTHING;
SET ROLE centre1;
BEGIN;
SET LOCAL grid_gov.note = '材料齐全';
SAVEPOINT s;
UPDATE public.licence SET status = 'granted' WHERE no < 3;
ROLLBACK TO s;
UPDATE public.licence SET status = 'granted', area = '371602' WHERE no = 1;
COMMIT;
UPDATE public.licence SET status = 'granted' WHERE no = 2;
RESET ROLE;
SELECT relation, state_column, key, seq, workflow, action, from_state, to_state, actor, role, outer_role, area, note, at <= recorded_at AS in_order, length(hash) FROM gov.own_log ORDER BY id;
SELECT * FROM grid_gov.verify_own_log();
SELECT * FROM grid_gov.verify_own_log('public.licence');
SELECT * FROM grid_gov.verify_own_log('public.permit');               -- it has no journal
-- who sees what
SET ROLE worker_other;
SELECT count(*) FROM gov.own_log;
DELETE FROM gov.own_log;
SELECT * FROM grid_gov.verify_own_log();
RESET ROLE;
BEGIN;
GRANT UPDATE, TRUNCATE ON gov.own_log TO gov_app;
SAVEPOINT s;
SET LOCAL ROLE dispatcher_city;
UPDATE gov.own_log SET note = 'x';
ROLLBACK TO s;
SET LOCAL ROLE dispatcher_city;
TRUNCATE gov.own_log;
ROLLBACK;

-- each kind of tampering is found: with a step, a row, a note
CREATE FUNCTION pg_temp.tamper(command text) RETURNS TABLE (relation text, key jsonb, seq integer, problem text) LANGUAGE plpgsql AS $$
BEGIN
  SET LOCAL session_replication_role = replica;
  EXECUTE command;
  SET LOCAL session_replication_role = origin;
  RETURN QUERY SELECT * FROM grid_gov.verify_own_log() v ORDER BY v.relation, v.key, v.seq;
END
$$;
BEGIN;
SAVEPOINT s;
SELECT * FROM pg_temp.tamper($$UPDATE gov.own_log SET actor = 'staff:20' WHERE key->>'no' = '1' AND seq = 1$$);
ROLLBACK TO s;
SELECT * FROM pg_temp.tamper($$DELETE FROM gov.own_log WHERE key->>'no' = '1' AND seq = 1$$);
ROLLBACK TO s;
SELECT * FROM pg_temp.tamper($$DELETE FROM gov.own_log WHERE key->>'no' = '1' AND seq = 2$$);
ROLLBACK TO s;
SELECT * FROM pg_temp.tamper($$DELETE FROM gov.own_log WHERE key->>'no' = '3'$$);
ROLLBACK TO s;
SELECT * FROM pg_temp.tamper($$INSERT INTO gov.own_log (relation, state_column, key, seq, workflow, at, recorded_at, action, from_state, to_state, actor, role, outer_role, session_role, area, hash)
  SELECT relation, state_column, key, 2, workflow, at, recorded_at, 'grant', 'asked', 'granted', actor, role, outer_role, session_role, area, hash FROM gov.own_log WHERE key->>'no' = '3'$$);
ROLLBACK TO s;
SELECT * FROM pg_temp.tamper($$UPDATE gov.own_log l SET seq = -seq WHERE key->>'no' = '1'; UPDATE gov.own_log SET seq = 3 + seq WHERE seq < 0$$);
ROLLBACK TO s;
SELECT * FROM pg_temp.tamper($$UPDATE gov.own_log SET seq = 9, key = jsonb_set(key, '{no}', '"4"') WHERE key->>'no' = '3';
  UPDATE gov.own_log SET key = jsonb_set(key, '{no}', '"3"') WHERE key->>'no' = '4' AND seq = 1; UPDATE gov.own_log SET seq = 1 WHERE seq = 9$$);
ROLLBACK TO s;
SELECT * FROM pg_temp.tamper($$UPDATE gov.own_log SET note = '材料不全' WHERE note IS NOT NULL$$);
ROLLBACK TO s;
SELECT * FROM pg_temp.tamper($$UPDATE gov.own_log SET note = NULL WHERE note IS NOT NULL$$);
ROLLBACK TO s;
SELECT * FROM pg_temp.tamper($$UPDATE public.licence SET status = 'granted' WHERE no = 3$$);
ROLLBACK TO s;
SELECT * FROM pg_temp.tamper($$DELETE FROM public.licence WHERE no = 3$$);
ROLLBACK TO s;
SELECT * FROM pg_temp.tamper($$INSERT INTO public.licence VALUES ('371602001', 5, '2026-05-01', 'granted')$$);
ROLLBACK TO s;
SELECT * FROM pg_temp.tamper($$ALTER TABLE public.licence DISABLE TRIGGER licence_journal$$);
ROLLBACK TO s;
SELECT * FROM pg_temp.tamper($$DROP TRIGGER licence_journal ON public.licence$$);
ROLLBACK TO s;
SELECT * FROM pg_temp.tamper($$DROP TABLE public.licence$$);
ROLLBACK TO s;
DELETE FROM public.licence WHERE no = 4;
SET LOCAL ROLE acceptor1;
INSERT INTO public.licence VALUES ('371602001', 4, '2026-05-01 08:00+08', 'asked');
RESET ROLE;
SELECT * FROM grid_gov.verify_own_log();
ROLLBACK;

-- what the guard did not judge is refused
CREATE FUNCTION public.meddle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_ARGV[0] = 'area' THEN NEW.area := '371621'; ELSIF TG_ARGV[0] = 'undo' THEN NEW.status := OLD.status; ELSE NEW.status := 'granted'; END IF;
  RETURN NEW;
END
$$;
CREATE FUNCTION pg_temp.meddling(what text, command text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER zz_meddle BEFORE INSERT OR UPDATE ON public.licence FOR EACH ROW EXECUTE FUNCTION public.meddle(%L)', what);
  SET LOCAL ROLE centre_city;
  EXECUTE command;
  RESET ROLE;
  RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
BEGIN;
SELECT pg_temp.meddling('state', $$UPDATE public.licence SET area = area WHERE no = 3$$);
SELECT pg_temp.meddling('area', $$UPDATE public.licence SET status = 'granted' WHERE no = 3$$);
SELECT pg_temp.meddling('area', $$UPDATE public.licence SET no = no WHERE no = 3$$);
SELECT pg_temp.meddling('undo', $$UPDATE public.licence SET status = 'granted' WHERE no = 3$$);
DROP TRIGGER zz_meddle ON public.licence;
ALTER TABLE public.licence DISABLE TRIGGER licence_guard;
SELECT pg_temp.meddling('state', $$UPDATE public.licence SET area = area WHERE no = 3$$) AS no_guard;
ALTER TABLE public.licence ENABLE TRIGGER licence_guard;
SELECT pg_temp.meddling('state', $$UPDATE public.licence SET area = area WHERE no = 3$$) AS a_step_undone_serves_nobody;
ROLLBACK;
-- a step from an AFTER trigger that sorts before the journal would overtake
CREATE FUNCTION public.go_on() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE public.licence SET status = 'granted' WHERE no = NEW.no AND status = 'asked'; RETURN NULL; END $$;
CREATE TRIGGER a_go_on AFTER INSERT ON public.licence FOR EACH ROW EXECUTE FUNCTION public.go_on();
SET ROLE gov_owner;
INSERT INTO gov.workflow_transition (workflow, id, from_states, to_state, action, label, roles, relation) VALUES ('permit', 'P4', 'asked', 'granted', 'grant_at_once', '当场许可', 'acceptor', 'any');
SET ROLE acceptor1;
INSERT INTO public.licence VALUES ('371602001', 6, '2026-05-01');     -- WG004
RESET ROLE;
ALTER TRIGGER a_go_on ON public.licence RENAME TO m_go_on;
SET ROLE acceptor1;
INSERT INTO public.licence VALUES ('371602001', 6, '2026-05-01');
RESET ROLE;
SELECT seq, action, from_state, to_state FROM gov.own_log WHERE key->>'no' = '6' ORDER BY seq;
-- keys of the trigger's own, two states of one row, partitions
DROP TABLE public.licence;
CREATE TABLE public.licence (no integer, code text, status text, second text) PARTITION BY LIST (code);
CREATE TABLE public.licence_a PARTITION OF public.licence FOR VALUES IN ('a"x', 'b');
CREATE TRIGGER licence_guard BEFORE INSERT OR UPDATE ON public.licence FOR EACH ROW EXECUTE FUNCTION grid_gov.enforce_workflow('permit', 'status');
CREATE TRIGGER second_guard BEFORE INSERT OR UPDATE ON public.licence FOR EACH ROW EXECUTE FUNCTION grid_gov.enforce_workflow('permit', 'second');
CREATE TRIGGER licence_journal AFTER INSERT OR UPDATE ON public.licence FOR EACH ROW EXECUTE FUNCTION grid_gov.journal_workflow('permit', 'status', 'no', 'code');
CREATE TRIGGER second_journal AFTER INSERT OR UPDATE ON public.licence FOR EACH ROW EXECUTE FUNCTION grid_gov.journal_workflow('permit', 'second', 'code', 'no');
GRANT ALL ON public.licence TO gov_app;
SET ROLE acceptor1;
INSERT INTO public.licence VALUES (1, 'a"x'), (1, 'b');               -- not unique
RESET ROLE;
CREATE UNIQUE INDEX ON public.licence (code, no);
SET ROLE acceptor1;
INSERT INTO public.licence VALUES (1, 'a"x'), (1, 'b');
UPDATE public.licence SET second = 'granted' WHERE code = 'b';
RESET ROLE;
SELECT relation, state_column, key, seq, action FROM gov.own_log WHERE key ? 'code' ORDER BY id;
SELECT relation, key, seq, problem FROM grid_gov.verify_own_log() WHERE key->>'no' IN ('1', '2') ORDER BY 1, 2, 3;
DROP TABLE public.licence;
DELETE FROM gov.own_log;
-- an event does not follow that workflow
SET ROLE worker1;
SELECT grid_gov.report('路灯不亮', ST_SetSRID(ST_MakePoint(118.005, 37.405), 4490)) > 0 AS taken;
RESET ROLE;
SELECT DISTINCT workflow FROM gov.event;

-- 3. Old events: with their dates, tasks judged by them, a journal that says imported.
CREATE TABLE public.old (external_id text, body text, area text, item text, state text, unit text, reported_at timestamptz, accepted_at timestamptz,
  dispatched_at timestamptz, feedback_at timestamptz, closed_at timestamptz, source text);
INSERT INTO public.old VALUES
  ('O1', '路面坑洼', '371602001', '0104', 'closed', 'cg', '2026-03-02 09:00', '2026-03-02 09:20', '2026-03-02 10:00', '2026-03-06 16:00', '2026-03-07 09:00', '12345'),
  ('O2', '垃圾成堆', '371602001', '0101', 'closed', 'cg', '2026-03-02 09:00', '2026-03-02 09:20', '2026-03-02 10:00', '2026-03-03 16:00', '2026-03-04 09:00', 'grid'),
  ('O3', '路灯不亮', '371602001', '0124', 'handling', 'cg', '2026-03-02 09:00', '2026-03-02 09:20', '2026-03-02 10:00', NULL, NULL, 'grid'),
  ('O4', '咨询政策', '371602001', '0401', 'not_accepted', NULL, '2026-03-02 09:00', NULL, NULL, NULL, NULL, '12345');
GRANT SELECT ON public.old TO gov_owner, worker1;
SET ROLE worker1;
SELECT grid_gov.import_events('public.old');
SET ROLE gov_owner;
SELECT grid_gov.import_events('public.old');
SELECT external_id, state, category, handling_allow, due_at, used_minutes, imported, seq, last_action FROM gov.event WHERE imported ORDER BY external_id;
SELECT e.external_id, t.kind, t.unit, t.due_at, t.done_at, t.outcome, t.breach, t.opened_seq, t.closed_seq FROM gov.event_task t JOIN gov.event e ON e.id = t.event_id WHERE e.imported ORDER BY 1;
SELECT e.external_id, l.action, l.from_state, l.to_state, l.at, l.actor, l.role, l.unit, l.due_at, l.imported FROM gov.event_log l JOIN gov.event e ON e.id = l.event_id WHERE e.imported ORDER BY e.external_id, l.seq;
SELECT * FROM grid_gov.verify_journal();
-- what makes no sense ends the import with its reason
RESET ROLE;
UPDATE public.old SET closed_at = '2026-03-01', external_id = external_id || 'x';
SET ROLE gov_owner;
SELECT grid_gov.import_events('public.old');
RESET ROLE;
ALTER TABLE public.old ADD COLUMN colour text;
SET ROLE gov_owner;
SELECT grid_gov.import_events('public.old');
-- an import that fails half way leaves nothing behind, also in a transaction that goes on
RESET ROLE;
CREATE TABLE public.many AS SELECT 'M' || i AS external_id, 'app' AS source, '第' || i || '件:路面坑洼' AS body, '371602001' AS area, '0104' AS item, 'evaluated' AS state, 'cg' AS unit,
  t AS reported_at, t + interval '1 hour' AS accepted_at, t + interval '2 hours' AS dispatched_at, t + interval '3 hours' AS signed_at, t + i * interval '3 minutes' + interval '3 hours' AS feedback_at,
  t + interval '9 days' AS closed_at, t + interval '10 days' AS evaluated_at, '满意' AS satisfaction
  FROM generate_series(1, 4000) i, LATERAL (SELECT timestamptz '2025-03-03 08:00' + i % 300 * interval '1 day' AS t) x ORDER BY i;
GRANT SELECT, UPDATE ON public.many TO gov_owner;
SELECT pg_relation_size('public.many') / 8192 > 64 AS several_chunks;
BEGIN;
SAVEPOINT s;
UPDATE public.many SET accepted_at = '2020-01-01' WHERE external_id = 'M3900';
SET LOCAL ROLE gov_owner;
SELECT grid_gov.import_events('public.many');
ROLLBACK TO s;
SET LOCAL ROLE worker1;
SELECT grid_gov.report('路灯又不亮', ST_SetSRID(ST_MakePoint(118.005, 37.405), 4490)) > 0 AS taken;
COMMIT;
SELECT count(*) FROM gov.event WHERE source = 'app';
SET ROLE gov_owner;
SELECT grid_gov.import_events('public.many');
SELECT count(*), count(DISTINCT e.id) AS events, count(*) FILTER (WHERE l.action = 'evaluate') AS evaluated, count(DISTINCT t.event_id) AS tasks, count(DISTINCT e.id) FILTER (WHERE t.breach) AS late,
  count(DISTINCT i.event_id) AS numbers
  FROM gov.event e JOIN gov.event_log l ON l.event_id = e.id JOIN gov.event_task t ON t.event_id = e.id JOIN gov.intake i USING (source, external_id) WHERE e.source = 'app';
SELECT bool_and(t.breach = (t.done_at > t.due_at)) AS judged, bool_and(t.due_at = grid_gov.deadline(e.dispatched_at, e.handling_allow::grid_gov.time_limit, c.hours)) AS due
  FROM gov.event e JOIN gov.event_task t ON t.event_id = e.id, gov.calendar c WHERE e.source = 'app' AND c.name = 'default';
SELECT * FROM grid_gov.verify_journal();
-- once is enough, and the staging table may be a view or partitioned
SELECT grid_gov.import_events('public.many');
RESET ROLE;
CREATE VIEW public.many_view AS SELECT 'V' || external_id AS external_id, body, area, item, reported_at, closed_at FROM public.many WHERE external_id LIKE 'M100%';
CREATE TABLE public.many_parts (LIKE public.many) PARTITION BY HASH (external_id);
CREATE TABLE public.many_parts0 PARTITION OF public.many_parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE public.many_parts1 PARTITION OF public.many_parts FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO public.many_parts SELECT 'P' || external_id, m.source, body, area, item, state, unit, reported_at, accepted_at, dispatched_at, signed_at, feedback_at, closed_at, evaluated_at, satisfaction FROM public.many m WHERE external_id LIKE 'M20%';
GRANT SELECT ON public.many_view, public.many_parts TO gov_owner;
SET ROLE gov_owner;
SELECT grid_gov.import_events('public.many_view'), grid_gov.import_events('public.many_parts'), (SELECT count(*) FROM public.many_parts) AS parts;
SELECT l.seq, l.action, l.to_state, count(*) FROM gov.event_log l JOIN gov.event e ON e.id = l.event_id WHERE e.external_id LIKE 'VM%' GROUP BY 1, 2, 3 ORDER BY 1;
SELECT * FROM grid_gov.verify_journal();
INSERT INTO gov.event (body, state) VALUES ('x', 'closed');   -- outside an import the guard is as ever
-- an imported event goes on as any other
RESET ROLE;
SELECT id AS open FROM gov.event WHERE external_id = 'O3' \gset
SET ROLE handler_cg;
SELECT grid_gov.act(:open, 'feedback', '已修复');
SELECT kind, outcome, breach FROM gov.event_task WHERE event_id = :open ORDER BY id;
RESET ROLE;
SELECT * FROM grid_gov.verify_journal();

-- 3. A city's triggers while an import runs. What they insert is no imported event, and what they take back is gone.
INSERT INTO gov.staff (id, name, login) VALUES (901, '导入员', 'gov_owner');
INSERT INTO gov.post (staff_id, role, area) VALUES (901, 'acceptor', '371602001');
CREATE TABLE public.more AS SELECT 'T' || external_id AS external_id, source, body, area, item, state, unit, reported_at, dispatched_at, feedback_at, closed_at, evaluated_at FROM public.many WHERE substr(external_id, 2)::int <= 710;
GRANT SELECT ON public.more TO gov_owner;
CREATE FUNCTION public.nested() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.external_id = ANY (ARRAY['TM1', 'TM700']) THEN
    BEGIN
      INSERT INTO gov.event (body, area, source) VALUES ('作废的内层', '371602001', 'letter');
      IF current_setting('own.undo')::boolean THEN RAISE EXCEPTION 'on purpose'; END IF;
    EXCEPTION WHEN raise_exception THEN NULL;
    END;
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION pg_temp.imported() RETURNS TABLE (events bigint, by_triggers bigint, of_them_imported bigint, states text, steps bigint, tasks bigint, problems bigint) LANGUAGE sql AS $$
  SELECT (SELECT count(*) FROM gov.event WHERE external_id LIKE 'TM%'), count(*), count(*) FILTER (WHERE imported), string_agg(DISTINCT state, ' '),
    (SELECT count(*) FROM gov.event_log l JOIN gov.event e ON e.id = l.event_id WHERE e.external_id LIKE 'TM%'), (SELECT count(*) FROM gov.event_task t JOIN gov.event e ON e.id = t.event_id WHERE e.external_id LIKE 'TM%'),
    (SELECT count(*) FROM grid_gov.verify_journal()) FROM gov.event WHERE source = 'letter' $$;
SET own.undo = true;
CREATE TRIGGER aaa AFTER INSERT ON gov.event FOR EACH ROW EXECUTE FUNCTION public.nested();
BEGIN; SET LOCAL ROLE gov_owner; SELECT grid_gov.import_events('public.more'); RESET ROLE; SELECT * FROM pg_temp.imported(); ROLLBACK;
SET own.undo = false;
BEGIN; SET LOCAL ROLE gov_owner; SELECT grid_gov.import_events('public.more'); RESET ROLE; SELECT * FROM pg_temp.imported(); ROLLBACK;
DROP TRIGGER aaa ON gov.event;
CREATE TRIGGER aaa BEFORE INSERT ON gov.event FOR EACH ROW EXECUTE FUNCTION public.nested();
BEGIN; SET LOCAL ROLE gov_owner; SELECT grid_gov.import_events('public.more'); RESET ROLE; SELECT * FROM pg_temp.imported(); ROLLBACK;
DROP TRIGGER aaa ON gov.event;
-- the same from a trigger on another table, and from a CHECK, while rows of the journal wait
CREATE TRIGGER aaa AFTER INSERT ON gov.intake FOR EACH ROW EXECUTE FUNCTION public.nested();
BEGIN; SET LOCAL own.undo = true; SET LOCAL ROLE gov_owner; SELECT grid_gov.import_events('public.more'); RESET ROLE; SELECT * FROM pg_temp.imported(); ROLLBACK;
BEGIN; SET LOCAL ROLE gov_owner; SELECT grid_gov.import_events('public.more'); RESET ROLE; SELECT * FROM pg_temp.imported(); ROLLBACK;
DROP TRIGGER aaa ON gov.intake;
CREATE FUNCTION public.checked(imported boolean, seq int, event bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF imported AND seq = 1 AND event % 10 = 0 THEN
    BEGIN
      INSERT INTO gov.event (body, area, source) VALUES ('检查里的', '371602001', 'letter');
      IF current_setting('own.undo')::boolean THEN RAISE EXCEPTION 'on purpose'; END IF;
    EXCEPTION WHEN raise_exception THEN NULL;
    END;
  END IF;
  RETURN true;
END $$;
ALTER TABLE gov.event_log ADD CONSTRAINT checked CHECK (public.checked(imported, seq, event_id)) NOT VALID;
BEGIN; SET LOCAL own.undo = true; SET LOCAL ROLE gov_owner; SELECT grid_gov.import_events('public.more'); RESET ROLE; SELECT * FROM pg_temp.imported(); ROLLBACK;
BEGIN; SET LOCAL ROLE gov_owner; SELECT grid_gov.import_events('public.more'); RESET ROLE; SELECT events, by_triggers > 60 AS by_check, of_them_imported, states, steps, tasks, problems FROM pg_temp.imported(); ROLLBACK;
ALTER TABLE gov.event_log DROP CONSTRAINT checked;
-- an import inside an import
CREATE FUNCTION public.again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM grid_gov.import_events('public.more'); RETURN NULL; END $$;
CREATE TRIGGER aaa AFTER INSERT ON gov.event FOR EACH ROW EXECUTE FUNCTION public.again();
SET ROLE gov_owner;
SELECT grid_gov.import_events('public.more');
RESET ROLE;
DROP TRIGGER aaa ON gov.event;

-- 4. A case number that a later event would get is refused; others of the same form are what they were.
CREATE TABLE public.numbered AS SELECT 'N' || i AS external_id, '旧案' AS body, '371602001' AS area, timestamptz '2025-03-03 08:00' AS reported_at, '371602-20250303-' || lpad(i::text, 8, '0') AS case_no FROM (VALUES (1), (2)) v (i);
GRANT SELECT, UPDATE, INSERT ON public.numbered TO gov_owner;
INSERT INTO public.numbered VALUES ('N3', '旧案', '371602001', '2025-03-03 08:00', '滨环-2025-99999999'), ('N4', '旧案', '371602001', '2025-03-03 08:00', '371602-20250303-000000099999999');
SET ROLE gov_owner;
SELECT grid_gov.import_events('public.numbered');
UPDATE public.numbered SET external_id = 'X' || external_id, case_no = '371602-20250303-' || CASE external_id WHEN 'N4' THEN '99999999' ELSE '0000000' || (substr(external_id, 2)::int + 4) END;
SELECT grid_gov.import_events('public.numbered');
RESET ROLE;
SELECT case_no FROM gov.event WHERE external_id LIKE 'N_' AND source = 'grid' ORDER BY id;

-- 5. A state that is not named is that of the last date; units and grids are known ones.
CREATE TABLE public.dates AS SELECT 'D' || n AS external_id, '12345' AS source, '路灯不亮' AS body, '371602001001001' AS grid, CASE WHEN n > 2 THEN 'cg' END AS unit, '2026-03-02 09:00+08'::timestamptz AS reported_at,
  CASE WHEN n > 1 THEN '2026-03-02 09:20+08'::timestamptz END AS accepted_at, CASE WHEN n > 2 THEN '2026-03-02 10:00+08'::timestamptz END AS dispatched_at,
  CASE WHEN n > 3 THEN '2026-03-03 10:00+08'::timestamptz END AS feedback_at, CASE WHEN n > 4 THEN '2026-03-03 11:00+08'::timestamptz END AS closed_at FROM generate_series(1, 5) n;
GRANT SELECT ON public.dates TO gov_owner;
UPDATE public.dates SET unit = '城管局' WHERE external_id = 'D4';
SET ROLE gov_owner;
SELECT grid_gov.import_events('public.dates');
RESET ROLE;
UPDATE public.dates SET unit = 'cg' WHERE external_id = 'D4';
UPDATE public.dates SET grid = '371602001001999' WHERE external_id = 'D5';
SET ROLE gov_owner;
SELECT grid_gov.import_events('public.dates');
RESET ROLE;
UPDATE public.dates SET grid = '371602001001002' WHERE external_id = 'D5';
SET ROLE gov_owner;
SELECT grid_gov.import_events('public.dates');
SELECT external_id, state, last_action, closed_at IS NOT NULL AS closed FROM gov.event WHERE external_id ~ '^D' ORDER BY 1;
SELECT * FROM grid_gov.verify_journal();
RESET ROLE;

-- 6. A damaged journal, or a table that cannot be read, is reported and brings nothing down.
\set VERBOSITY terse
CREATE TABLE public.frail (no int PRIMARY KEY, status text);
GRANT SELECT, INSERT, UPDATE ON public.frail TO gov_app;
CREATE TRIGGER frail_guard BEFORE INSERT OR UPDATE ON public.frail FOR EACH ROW EXECUTE FUNCTION grid_gov.enforce_workflow('permit', 'status');
CREATE TRIGGER frail_journal AFTER INSERT OR UPDATE ON public.frail FOR EACH ROW EXECUTE FUNCTION grid_gov.journal_workflow('permit', 'status');
SET ROLE acceptor1;
INSERT INTO public.frail VALUES (1), (2);
RESET ROLE;
BEGIN;
ALTER TABLE gov.own_log ALTER hash DROP NOT NULL;
UPDATE gov.own_log SET hash = NULL WHERE relation = 'public.frail';
UPDATE public.frail SET status = status;
SELECT key, seq, problem FROM grid_gov.verify_own_log('public.frail');
SET LOCAL ROLE acceptor1;
UPDATE public.frail SET status = 'granted' WHERE no = 1 RETURNING *;
RESET ROLE;
SELECT key, seq, problem FROM grid_gov.verify_own_log('public.frail');
ROLLBACK;
BEGIN;
ALTER TABLE gov.own_log ALTER note_digest TYPE boolean USING true;
SELECT count(*) FROM grid_gov.verify_own_log('public.frail');
ROLLBACK;
BEGIN;
ALTER TABLE public.frail DISABLE TRIGGER frail_guard;
ALTER TABLE public.frail ENABLE REPLICA TRIGGER frail_journal;
SELECT problem FROM grid_gov.verify_own_log('public.frail');
ROLLBACK;
BEGIN;
DROP TRIGGER frail_guard ON public.frail;
SELECT problem FROM grid_gov.verify_own_log('public.frail');
ROLLBACK;
BEGIN;
ALTER TABLE public.frail DROP CONSTRAINT frail_pkey;
SELECT key, problem FROM grid_gov.verify_own_log('public.frail');
ROLLBACK;
BEGIN;
ALTER TABLE gov.event_log ALTER role DROP NOT NULL;
SELECT grid_gov.reseal(min(id), '说明') FROM gov.event;
UPDATE gov.event_log SET role = NULL WHERE action = 'reseal';
SELECT DISTINCT problem FROM grid_gov.verify_journal() WHERE problem !~ 'row is not the one';
ROLLBACK;
DROP TABLE public.frail;
-- a row that moves to another partition changes its key; a key that is made by the table is none; an upsert of a row older than its journal
CREATE TABLE public.parts (no int, y int, status text, PRIMARY KEY (no, y)) PARTITION BY LIST (y);
CREATE TABLE public.parts1 PARTITION OF public.parts FOR VALUES IN (1);
CREATE TABLE public.parts2 PARTITION OF public.parts FOR VALUES IN (2);
CREATE TABLE public.made (a int, no int GENERATED ALWAYS AS (a + 1) STORED PRIMARY KEY, status text);
CREATE TABLE public.older (no int PRIMARY KEY, status text);
INSERT INTO public.older VALUES (1, 'asked');
GRANT SELECT, INSERT, UPDATE ON public.parts, public.made, public.older TO gov_app;
CREATE TRIGGER parts_guard BEFORE INSERT OR UPDATE ON public.parts FOR EACH ROW EXECUTE FUNCTION grid_gov.enforce_workflow('permit', 'status');
CREATE TRIGGER parts_journal AFTER INSERT OR UPDATE ON public.parts FOR EACH ROW EXECUTE FUNCTION grid_gov.journal_workflow('permit', 'status');
CREATE TRIGGER made_guard BEFORE INSERT OR UPDATE ON public.made FOR EACH ROW EXECUTE FUNCTION grid_gov.enforce_workflow('permit', 'status');
CREATE TRIGGER made_journal AFTER INSERT OR UPDATE ON public.made FOR EACH ROW EXECUTE FUNCTION grid_gov.journal_workflow('permit', 'status');
CREATE TRIGGER older_guard BEFORE INSERT OR UPDATE ON public.older FOR EACH ROW EXECUTE FUNCTION grid_gov.enforce_workflow('permit', 'status');
CREATE TRIGGER older_journal AFTER INSERT OR UPDATE ON public.older FOR EACH ROW EXECUTE FUNCTION grid_gov.journal_workflow('permit', 'status');
SET ROLE acceptor1;
INSERT INTO public.parts VALUES (1, 1);
UPDATE public.parts SET y = 2;
UPDATE public.parts SET status = 'granted' WHERE no = 1 RETURNING *;
INSERT INTO public.made VALUES (1);
INSERT INTO public.older VALUES (1, 'asked') ON CONFLICT (no) DO UPDATE SET status = 'granted' RETURNING *;
RESET ROLE;
SELECT relation, key, seq, action FROM gov.own_log WHERE relation IN ('public.parts', 'public.older') ORDER BY 1, 2, 3;
SELECT relation, problem FROM grid_gov.verify_own_log() WHERE relation IN ('public.parts', 'public.older');
DROP TABLE public.parts, public.made, public.older;
