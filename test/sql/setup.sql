-- Installation: reference data, setup(), what a second run does, grants and row security, check_setup().
\pset format unaligned
\pset tuples_only on
\set VERBOSITY terse
SET timezone TO 'Asia/Shanghai';
CREATE ROLE setup_owner NOLOGIN;
CREATE ROLE setup_other NOLOGIN;
CREATE ROLE setup_bi NOLOGIN;
CREATE ROLE setup_backend NOLOGIN;
CREATE ROLE setup_county NOLOGIN;
CREATE ROLE setup_private NOLOGIN;

-- reference data
SELECT 'catalogue', category, count(*), min(code), max(code) FROM grid_gov.ref_catalogue GROUP BY category ORDER BY 4;
SELECT 'limits without a source', count(*) FROM grid_gov.ref_catalogue WHERE limit_source IS NULL OR allow::grid_gov.time_limit::text <> allow;
SELECT 'holidays', extract(year FROM day), count(*) FILTER (WHERE kind = 'holiday'), count(*) FILTER (WHERE kind = 'makeup_workday') FROM grid_gov.ref_holiday GROUP BY 2 ORDER BY 2;
SELECT 'workflow', (SELECT count(*) FROM grid_gov.ref_state), count(*), count(DISTINCT action) FROM grid_gov.ref_transition;
-- a row for each step: (open) is every open state
SELECT 'single steps', count(*) FROM grid_gov.ref_transition t CROSS JOIN LATERAL regexp_split_to_table(t.from_states, '\|') f
  LEFT JOIN grid_gov.ref_state s ON f = '(open)' AND s.open;
SELECT 'unknown states', count(*) FROM grid_gov.ref_transition t CROSS JOIN LATERAL regexp_split_to_table(t.from_states || '|' || t.to_state, '\|') f
  WHERE f !~ '^\(' AND NOT EXISTS (SELECT FROM grid_gov.ref_state s WHERE s.state = f);
SELECT 'unknown roles', count(*) FROM grid_gov.ref_transition t CROSS JOIN LATERAL regexp_split_to_table(t.roles, '\|') r
  WHERE NOT EXISTS (SELECT FROM grid_gov.ref_role x WHERE x.role = r);
SELECT '94682', list, area, count(*) FROM grid_gov.ref_duty GROUP BY 2, 3 ORDER BY 2, 3;
SELECT 'weights', subject, sum(points) FROM grid_gov.ref_score_rule WHERE kind = 'weight' GROUP BY 2 ORDER BY 2;
SELECT grid_gov.holiday_rules('2026-09-01', '2026-12-31');
SET datestyle TO 'German';
SELECT grid_gov.holiday_rules('2026-10-01', '2026-10-31');
RESET datestyle;
SELECT 'tables without comment', count(*) FROM pg_class c WHERE c.relnamespace = 'grid_gov'::regnamespace AND c.relkind = 'r' AND obj_description(c.oid, 'pg_class') IS NULL;
SELECT 'columns without comment', count(*) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
  WHERE c.relnamespace = 'grid_gov'::regnamespace AND c.relkind = 'r' AND col_description(c.oid, a.attnum) IS NULL;

-- what setup() refuses
SELECT * FROM grid_gov.check_setup();
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT * FROM grid_gov.setup('3716', '滨州市');
SELECT * FROM grid_gov.setup('371602001', '某街道', 'setup_owner');
SELECT * FROM grid_gov.setup('3716', '', 'setup_owner');
SELECT * FROM grid_gov.setup('3716', '滨州市', 'nobody_of_this_name');
SELECT * FROM grid_gov.grant_access('setup_bi', 'bi');
CREATE SCHEMA gov;
SELECT * FROM grid_gov.setup('3716', '滨州市', 'setup_owner');
CREATE TABLE gov.meta (kind text, name text);
SELECT * FROM grid_gov.setup('3716', '滨州市', 'setup_owner');
DROP SCHEMA gov CASCADE;
SET ROLE setup_owner;
SELECT * FROM grid_gov.setup('3716', '滨州市');
RESET ROLE;
\set VERBOSITY terse

-- a dry run changes nothing
SELECT 'dry run', kind, action, count(*) > 0 FROM grid_gov.setup('371600000000', '滨州市', 'setup_owner', dry_run => true) WHERE kind <> 'view' GROUP BY kind, action ORDER BY 2, 3;
SELECT to_regnamespace('gov') IS NULL, current_user;

-- setting up
SELECT object, action, replace(detail, grid_gov.library_version(), 'of the library') FROM grid_gov.setup('371600000000', '滨州市', 'setup_owner') WHERE kind IN ('schema', 'rows', 'setting') AND object <> 'gov.lexicon';
SELECT current_user, current_setting('search_path');
SELECT 'not created', kind, name FROM grid_gov.ref_object o WHERE grid_gov.object_fingerprint(kind, name, ddl) IS NULL ORDER BY ord;
SELECT 'not the owner''s', relname FROM pg_class WHERE relnamespace = 'gov'::regnamespace AND relowner <> 'setup_owner'::regrole;
SELECT 'open to the public', relname FROM pg_class WHERE relnamespace = 'gov'::regnamespace AND relacl::text ~ '[{,]=';
SELECT 'of the extension', relname FROM pg_class c JOIN pg_depend d ON d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e' WHERE relnamespace = 'gov'::regnamespace;
SELECT 'without comment', c.relname, a.attname FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE c.relnamespace = 'gov'::regnamespace AND c.relkind IN ('r', 'v') AND (obj_description(c.oid, 'pg_class') IS NULL OR col_description(c.oid, a.attnum) IS NULL) ORDER BY 2, 3;
SELECT * FROM gov.division;
SELECT area, name, title, left(hours::text, 120), length(hours::text), pg_column_size(hours) < 2048 FROM gov.calendar ORDER BY id;
SELECT grid_gov.deadline('2026-09-30 17:00', '5wd', hours) FROM gov.calendar WHERE name = 'default';
SELECT * FROM gov.handling_limit;
-- again: nothing to do
SELECT kind, object, action FROM grid_gov.setup('3716', '滨州市');
\set VERBOSITY default
SELECT * FROM grid_gov.setup('3717', '菏泽市');
SET ROLE setup_owner;
SELECT * FROM grid_gov.setup('3716', '滨州市', 'setup_other');
RESET ROLE;
\set VERBOSITY terse
SELECT problem FROM grid_gov.check_setup() WHERE problem <> 'calendar_ends';

-- an error of our own class is no dry run
BEGIN;
UPDATE gov.meta SET value = '99.0' WHERE kind = 'setting' AND name = 'version';
\set VERBOSITY sqlstate
SELECT * FROM grid_gov.setup('3716', '滨州市');
\set VERBOSITY terse
ROLLBACK;

-- the city changes things
SET ROLE setup_owner;
UPDATE gov.catalogue SET allow = '2wh' WHERE code = '0101';
DELETE FROM gov.catalogue WHERE code = '0199';
UPDATE gov.stage_limit SET allow = '1h' WHERE state = 'pending_accept' AND NOT urgent;
ALTER TABLE gov.staff ADD COLUMN badge text;
DROP INDEX gov.event_reported_idx;
DROP TRIGGER zz_grid_gov_announce ON gov.lexicon;
CREATE OR REPLACE TRIGGER zz_grid_gov_announce AFTER INSERT ON gov.model FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.announce_change();
RESET ROLE;
SELECT kind, object, action, detail FROM grid_gov.setup('3716', '滨州市') WHERE kind <> 'summary';
-- and a second time: the dropped trigger is back, the rest stays listed
SELECT kind, object, action, detail FROM grid_gov.setup('3716', '滨州市') WHERE kind <> 'summary';

-- a trigger of the city's, waiting for a superuser to come by
SET ROLE setup_owner;
CREATE FUNCTION gov.trap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE NOTICE 'as %, session %', current_user, session_user;
  RESET ROLE;
  RETURN NEW;
END $$;
CREATE TRIGGER trap BEFORE INSERT OR UPDATE ON gov.catalogue FOR EACH ROW EXECUTE FUNCTION gov.trap();
CREATE CONSTRAINT TRIGGER trap_later AFTER INSERT OR UPDATE ON gov.stage_limit DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION gov.trap();
RESET ROLE;
BEGIN;
UPDATE grid_gov.ref_catalogue SET allow = '3wh' WHERE code = '0103';
SELECT count(*) FROM grid_gov.setup('3716', '滨州市');
ROLLBACK;
BEGIN;
UPDATE grid_gov.ref_stage_limit SET allow = '3h' WHERE state = 'checking';
SELECT count(*) FROM grid_gov.setup('3716', '滨州市');
ROLLBACK;
SELECT current_user;
SET ROLE setup_owner;
\set VERBOSITY sqlstate
SELECT grid_gov.run_as('postgres', 'SELECT to_jsonb(current_user)'); -- the words differ between releases
\set VERBOSITY terse
SELECT grid_gov.run_as('setup_owner', 'SELECT to_jsonb(set_config(''search_path'', ''gov'', false))');
SELECT grid_gov.run_as('setup_owner', 'SELECT 1');
SELECT current_setting('search_path');
DROP FUNCTION gov.trap() CASCADE;
RESET ROLE;

-- a new version of the extension: what the city left alone is replaced
BEGIN;
UPDATE grid_gov.ref_catalogue SET allow = '3wh' WHERE code IN ('0101', '0103');
INSERT INTO grid_gov.ref_catalogue SELECT '0198', category, '新事项', typical, allow, first_level, urgent, low_risk, department_duty, department_hint, limit_source FROM grid_gov.ref_catalogue WHERE code = '0199';
UPDATE grid_gov.ref_object SET ddl = regexp_replace(ddl, '\n\);', E',\n  nickname text\n);') || E'\nCREATE INDEX visit_grid_idx ON gov.visit (grid);\nCOMMENT ON COLUMN gov.visit.nickname IS ''新列'';' WHERE name = 'gov.visit';
UPDATE grid_gov.ref_object SET ddl = replace(ddl, 'INSERT OR UPDATE OR DELETE', 'INSERT OR UPDATE') WHERE name IN ('gov.lexicon.zz_grid_gov_announce', 'gov.model.zz_grid_gov_announce');
UPDATE grid_gov.ref_object SET ddl = replace(ddl, '(grid)', '(grid, kind)') WHERE name = 'gov.grid_problem';
DELETE FROM grid_gov.ref_object WHERE name = 'gov.alert.mark_seen';
INSERT INTO grid_gov.ref_object SELECT max(ord) + 1, 'change', 'score_rule_points', 'ALTER TABLE gov.score_rule ADD CONSTRAINT points_not_negative CHECK (points >= 0)' FROM grid_gov.ref_object;
INSERT INTO grid_gov.ref_object SELECT max(ord) + 1, 'view', 'gov.v_try', 'CREATE VIEW gov.v_try WITH (security_invoker) AS SELECT 1 AS one' FROM grid_gov.ref_object;
SELECT kind, object, action, detail FROM grid_gov.setup('3716', '滨州市') WHERE kind <> 'summary';
UPDATE grid_gov.ref_object SET ddl = 'CREATE VIEW gov.v_try WITH (security_invoker) AS SELECT 1 AS one, 2 AS two' WHERE name = 'gov.v_try';
SELECT kind, object, action, detail FROM grid_gov.setup('3716', '滨州市') WHERE object IN ('gov.v_try', 'score_rule_points');
SELECT code, allow, name FROM gov.catalogue WHERE code IN ('0101', '0103', '0198') ORDER BY code;
SELECT indexdef FROM pg_indexes WHERE indexname IN ('visit_grid_idx', 'grid_problem_grid_idx') ORDER BY 1;
ROLLBACK;

-- check_setup() finds what is wrong
BEGIN;
ALTER TABLE gov.event DISABLE TRIGGER zz_grid_gov_journal;
ALTER TABLE gov.event_log DISABLE ROW LEVEL SECURITY;
DROP TRIGGER zz_grid_gov_guard ON gov.event;
DROP POLICY grid_gov_see ON gov.request;
CREATE FUNCTION public.later() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER zzz_later BEFORE UPDATE ON gov.event FOR EACH ROW EXECUTE FUNCTION public.later();
UPDATE gov.meta SET value = '0.0.9' WHERE kind = 'setting' AND name = 'version';
DELETE FROM gov.division;
UPDATE gov.calendar SET hours = 'Asia/Shanghai; Mo-Fr 08:00-12:00,14:00-18:00; valid 2018-01-01/2020-12-31' WHERE name = 'default';
INSERT INTO gov.access VALUES ('gone', 'bi', '3716');
INSERT INTO gov.actor_proxy VALUES ('setup_backend', '3716', true, 500000);
SELECT problem, replace(detail, grid_gov.library_version(), 'of the library') FROM grid_gov.check_setup();
ROLLBACK;

-- the database's clock is another one than the calendar's; another name for the same is none
SET timezone TO 'UTC';
SELECT problem, replace(detail, current_database(), 'this'), replace(hint, current_database(), 'this') FROM grid_gov.check_setup() WHERE problem = 'timezone';
SET timezone TO 'Asia/Taipei';
SELECT problem FROM grid_gov.check_setup() WHERE problem = 'timezone';
SET timezone TO 'Asia/Shanghai';

-- columns, tables, and what went with them, come back
SET client_min_messages TO warning;
BEGIN;
ALTER TABLE gov.patrol DROP COLUMN check_ins;
ALTER TABLE gov.event DROP COLUMN supervised CASCADE;
ALTER TABLE gov.calendar DROP COLUMN hours CASCADE;
ALTER TABLE gov.stage_limit DROP COLUMN allow;
ALTER TABLE gov.department DROP COLUMN name CASCADE, DROP COLUMN code CASCADE;
ALTER TABLE gov.workflow_state DROP COLUMN state CASCADE, DROP COLUMN name CASCADE;
ALTER TABLE gov.post DROP COLUMN valid_from CASCADE;
ALTER TABLE gov.post DROP COLUMN staff_id CASCADE;
ALTER TABLE gov.meta DROP COLUMN installed_at;
DROP TABLE gov.merit, gov.duty CASCADE;
SELECT problem, detail FROM grid_gov.check_setup() WHERE problem <> 'calendar_ends';
SELECT kind, object, action, detail FROM grid_gov.setup('3716', '滨州市', dry_run => true) WHERE object IN ('gov.patrol', 'gov.merit');
SELECT kind, object, action, detail FROM grid_gov.setup('3716', '滨州市') WHERE kind <> 'summary' AND (object, kind) NOT IN (('gov.staff', 'table'), ('gov.catalogue:0101', 'row'), ('gov.catalogue:0199', 'row'), ('gov.event_reported_idx', 'index'));
SELECT kind, object, action, detail FROM grid_gov.setup('3716', '滨州市') WHERE kind <> 'summary';
SELECT problem, detail FROM grid_gov.check_setup() WHERE problem <> 'calendar_ends';
SELECT attname, attnotnull, col_description(attrelid, attnum) FROM pg_attribute WHERE attrelid IN ('gov.calendar'::regclass, 'gov.patrol'::regclass) AND attname IN ('hours', 'check_ins') ORDER BY 1;
SELECT conname FROM pg_constraint WHERE conrelid = 'gov.post'::regclass AND contype = 'f' ORDER BY 1;
SELECT grid_gov.deadline('2026-09-30 17:00', '5wd', hours) FROM gov.calendar WHERE name = 'default';
ROLLBACK;
-- what the rows do not allow is said
BEGIN;
INSERT INTO gov.department (code, name, area) VALUES ('cg', '城管', '3716');
ALTER TABLE gov.department DROP COLUMN name CASCADE, DROP COLUMN area CASCADE;
SELECT kind, object, action, detail FROM grid_gov.setup('3716', '滨州市') WHERE object = 'gov.department';
ROLLBACK;
RESET client_min_messages;

-- another owner: as after a restore without roles, or with half of the work done by hand
BEGIN;
SELECT count(*) > 0 AS granted FROM grid_gov.grant_access('setup_bi', 'worker');
CREATE FUNCTION gov.ours() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TABLE gov.theirs (id serial);
ALTER TABLE gov.theirs OWNER TO setup_county;
SELECT kind, object, action, detail FROM grid_gov.setup('3716', '滨州市', 'setup_other') WHERE object = 'gov';
SELECT relowner::regrole, count(*) > 1 AS many FROM pg_class WHERE relnamespace = 'gov'::regnamespace GROUP BY 1 ORDER BY 1;
SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 'gov';
SELECT count(*) > 0 AS granted FROM pg_proc p, aclexplode(p.proacl) x WHERE p.proname = 'sweep' AND x.grantor = 'setup_other'::regrole AND x.grantee = 'setup_bi'::regrole;
SELECT count(*) FROM pg_proc p, aclexplode(p.proacl) x WHERE 'setup_owner'::regrole IN (x.grantor, x.grantee);
SELECT problem FROM grid_gov.check_setup() WHERE problem <> 'calendar_ends';
ROLLBACK;
BEGIN;
ALTER SCHEMA gov OWNER TO setup_other;
SELECT problem, detail, hint FROM grid_gov.check_setup();
SAVEPOINT half;
\set VERBOSITY default
SELECT * FROM grid_gov.setup('3716', '滨州市');
\set VERBOSITY terse
ROLLBACK TO half;
SELECT kind, object, action, detail FROM grid_gov.setup('3716', '滨州市', 'setup_other') WHERE object = 'gov';
SELECT problem FROM grid_gov.check_setup() WHERE problem <> 'calendar_ends';
ROLLBACK;
BEGIN;
REASSIGN OWNED BY setup_owner TO CURRENT_USER;
SELECT problem, hint FROM grid_gov.check_setup() WHERE problem LIKE '%owner%';
SELECT object, action, detail IS NOT NULL FROM grid_gov.setup('3716', '滨州市', 'setup_owner') WHERE kind = 'schema';
SELECT problem FROM grid_gov.check_setup() WHERE problem <> 'calendar_ends';
ROLLBACK;

-- slips in what rows refer to
BEGIN;
INSERT INTO gov.division (code, name, level, parent) VALUES ('371602', '滨城区', 4, '3716'), ('371602001', '市中街道', 4, '371602');
INSERT INTO gov.handling_limit (area, item, allow) VALUES ('3716', '9999', '1h'), ('371602', '0101', '1h');
INSERT INTO gov.stage_limit VALUES ('3716', 'chekcing', false, '1h'), ('371699', 'checking', false, '1h');
INSERT INTO gov.department (code, name, area, parent) VALUES ('d', '甲', '371698', 'nope'), ('e', '乙', '371602', 'd');
INSERT INTO gov.staff (name, login) SELECT n, 'setup_nobody' || n FROM generate_series(1, 5) n;
INSERT INTO gov.post (staff_id, role, area) SELECT id, 'grid_worker', '37169' || id % 5 FROM gov.staff;
INSERT INTO gov.post (staff_id, role, area) SELECT id, 'volunteer', '37160' FROM gov.staff;
INSERT INTO gov.post (staff_id, role, area) SELECT id, 'volunteer', '371602001' FROM gov.staff WHERE name = '5';
INSERT INTO gov.actor_proxy (login, area) VALUES ('setup_backend', '371697'), ('setup_backend', '371602001');
INSERT INTO gov.access VALUES ('setup_bi', 'bi', '371696');
SELECT * FROM grid_gov.check_setup() WHERE problem <> 'calendar_ends';
\set VERBOSITY default
SELECT * FROM grid_gov.grant_access('setup_bi', 'bi', '371699');
\set VERBOSITY terse
ROLLBACK;

-- personas
\set VERBOSITY default
SELECT * FROM grid_gov.grant_access('setup_bi', 'boss');
SELECT * FROM grid_gov.grant_access('setup_bi', 'bi', '3717');
SET ROLE setup_other;
SELECT * FROM grid_gov.grant_access('setup_bi', 'bi');
RESET ROLE;
\set VERBOSITY terse
SET ROLE setup_owner;
SELECT object, action, detail FROM grid_gov.grant_access('setup_bi', 'bi') WHERE kind = 'access';
SELECT object, action, detail FROM grid_gov.grant_access('setup_county', 'bi', '371602') WHERE kind = 'access';
SELECT object, action, detail FROM grid_gov.grant_access('setup_county', 'private', '371603') WHERE kind = 'access';
SELECT object, action, detail FROM grid_gov.grant_access('setup_backend', 'backend', '371602') WHERE kind = 'access';
SELECT * FROM grid_gov.grant_access('setup_private', 'private') ;
SELECT current_user;
RESET ROLE;
SELECT string_agg(t, ' ' ORDER BY t) AS bi_may_not_read FROM (SELECT relname::text AS t FROM pg_class WHERE relnamespace = 'gov'::regnamespace AND relkind = 'r' AND NOT has_table_privilege('setup_bi', oid, 'SELECT')) x;
SELECT string_agg(t, ' ' ORDER BY t) AS backend_may_write FROM (SELECT relname::text AS t FROM pg_class WHERE relnamespace = 'gov'::regnamespace AND relkind = 'r' AND has_table_privilege('setup_backend', oid, 'INSERT')) x;
SELECT string_agg(t, ' ' ORDER BY t) AS backend_may_change FROM (SELECT relname::text AS t FROM pg_class WHERE relnamespace = 'gov'::regnamespace AND relkind = 'r' AND has_table_privilege('setup_backend', oid, 'UPDATE')) x;
SELECT string_agg(t, ' ' ORDER BY t) AS others_may FROM (SELECT relname::text AS t FROM pg_class WHERE relnamespace = 'gov'::regnamespace AND relkind IN ('r', 'v') AND has_any_column_privilege('setup_other', oid, 'SELECT')) x;

-- row security: rows put there without the guard
ALTER TABLE gov.event DISABLE TRIGGER USER;
INSERT INTO gov.event (id, body, area) VALUES (101, '甲', '371602001001001'), (102, '乙', '371603001'), (103, '丙', '3716');
INSERT INTO gov.event_task (id, event_id, kind, area, assigned_at, opened_seq) VALUES (1, 101, 'handle', '371602', now(), 1), (2, 102, 'handle', '371603', now(), 1), (3, 103, 'handle', '371602', now(), 1);
INSERT INTO gov.event_note (event_id, seq, note, salt) VALUES (101, 1, '甲', ''), (102, 1, '乙', ''), (103, 1, '丙', '');
INSERT INTO gov.event_private (event_id, reporter_name) VALUES (101, '甲'), (102, '乙'), (103, '丙');
SET ROLE setup_bi;
SELECT problem, detail FROM grid_gov.check_setup() WHERE problem <> 'calendar_ends';
SELECT 'bi', string_agg(id::text, ',' ORDER BY id) FROM gov.event;
SELECT count(*) FROM gov.event_private;
RESET ROLE;
SET ROLE setup_county;
SELECT 'county', string_agg(id::text, ',' ORDER BY id) FROM gov.event;
SELECT 'county tasks', string_agg(id::text, ',' ORDER BY id) FROM gov.event_task;
SELECT 'county private', string_agg(event_id::text, ',' ORDER BY event_id) FROM gov.event_private;
RESET ROLE;
SET ROLE setup_private;
SELECT 'private', string_agg(event_id::text, ',' ORDER BY event_id) FROM gov.event_private;
SELECT body FROM gov.event;
RESET ROLE;
SET ROLE setup_backend;
SELECT 'backend', string_agg(event_id::text, ',' ORDER BY event_id) FROM gov.event_note;
INSERT INTO gov.event (body, area) VALUES ('丁', '371602002');
INSERT INTO gov.event (body, area) VALUES ('戊', '371603002');
UPDATE gov.event SET urgent = true WHERE id IN (101, 102) RETURNING id;
UPDATE gov.event SET area = '371603' WHERE id = 101;
RESET ROLE;
SET ROLE setup_owner;
SELECT 'owner', count(*) FROM gov.event;
RESET ROLE;
SET ROLE setup_other;
SELECT count(*) FROM gov.event;
\set VERBOSITY terse
SELECT grid_gov.seed_table('division', '{code}', '{code}', 'SELECT 1', '1');
RESET ROLE;
-- the extension cannot go while the city uses it
DROP EXTENSION grid_gov;
SET client_min_messages TO warning;
DROP SCHEMA gov CASCADE;
DROP EXTENSION grid_gov;
DROP OWNED BY setup_owner, setup_other, setup_bi, setup_backend, setup_county, setup_private;
DROP ROLE setup_owner, setup_other, setup_bi, setup_backend, setup_county, setup_private;
