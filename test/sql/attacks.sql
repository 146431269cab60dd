-- city
-- What an attacker, or a careless owner, tries. Each part is a door that once was open; nothing here may crash the server.
\pset format unaligned
\pset tuples_only on
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET timezone = 'Asia/Shanghai';
SET client_min_messages = warning;
CREATE ROLE attacks_county NOLOGIN;
CREATE ROLE attacks_snoop LOGIN;
CREATE ROLE attacks_nobody LOGIN;
GRANT attacks_county TO attacks_snoop, attacks_nobody;
SELECT count(*) > 20 FROM grid_gov.grant_access('attacks_county', 'backend', '371621');
UPDATE gov.staff SET login = 'attacks_snoop' WHERE id = 50;
RESET client_min_messages;
SET ROLE worker1;
SELECT grid_gov.report('东街垃圾成堆', source => 'app', external_id => 'X1', area => '371602001001001') AS id;
SELECT grid_gov.report('东街路灯不亮', area => '371602001001001') AS id;
RESET ROLE;

-- 1. An operator of the caller's own, in front on the search_path, while we act as the owner of gov.
CREATE SCHEMA attacks_evil AUTHORIZATION dispatcher1;
SET SESSION AUTHORIZATION dispatcher1;
GRANT USAGE ON SCHEMA attacks_evil TO PUBLIC;
CREATE FUNCTION attacks_evil.eq(text, text) RETURNS boolean LANGUAGE plpgsql AS
  $$ BEGIN RAISE WARNING 'running as %', current_user; RETURN $1 OPERATOR(pg_catalog.=) $2; END $$;
CREATE FUNCTION attacks_evil.eq(bigint, bigint) RETURNS boolean LANGUAGE plpgsql AS
  $$ BEGIN RAISE WARNING 'running as %', current_user; RETURN $1 OPERATOR(pg_catalog.=) $2; END $$;
CREATE OPERATOR attacks_evil.= (FUNCTION = attacks_evil.eq, LEFTARG = text, RIGHTARG = text);
CREATE OPERATOR attacks_evil.= (FUNCTION = attacks_evil.eq, LEFTARG = bigint, RIGHTARG = bigint);
CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK (false);
CREATE DOMAIN pg_temp.time_limit AS pg_catalog.int8 CHECK (false);
RESET SESSION AUTHORIZATION;
SET search_path = attacks_evil, pg_catalog, public;
SET ROLE acceptor1;
SELECT grid_gov.act(1, 'submit');
SELECT grid_gov.act(1, 'accept', NULL, '{"item": "0104"}');
SET ROLE dispatcher1;
SELECT grid_gov.act(1, 'dispatch', NULL, '{"unit": "cg", "co_units": ["zj"]}');
SELECT grid_gov.act(1, 'recall', '派错了');
SELECT grid_gov.act(1, 'redispatch', NULL, '{"unit": "cg", "co_units": ["zj"]}');
SELECT count(*) FROM grid_gov.allowed_actions(1);
RESET ROLE;
SELECT count(*) FROM grid_gov.verify_journal();
SELECT grid_gov.sweep();
RESET search_path;
DROP DOMAIN pg_temp.text;
DROP DOMAIN pg_temp.time_limit;

-- 2. What row security hides is not there: no state, no step number, no second arrival, no report into another area.
SET SESSION AUTHORIZATION attacks_snoop;
SELECT count(*) FROM gov.event;
\set VERBOSITY default
SELECT grid_gov.act(1, 'nonsense');
SELECT grid_gov.act(1, 'sign', NULL, '{}', 99);
SELECT * FROM grid_gov.allowed_actions(1);
SELECT grid_gov.report('东街垃圾成堆', source => 'app', external_id => 'X1');
SELECT grid_gov.report('写到别处', area => '371602001');
SELECT * FROM grid_gov.report_batch('[{"body": "写到别处", "area": "371602001"}, {"body": "南关村路灯不亮", "area": "371621100001"}, {"body": "再来", "source": "app", "external_id": "X1"}]');
SET SESSION AUTHORIZATION attacks_nobody;
SELECT grid_gov.report('东街垃圾成堆', source => 'app', external_id => 'X1');
RESET SESSION AUTHORIZATION;
\set VERBOSITY terse
SELECT id, area FROM gov.event ORDER BY id;
SELECT times FROM gov.intake;

-- 3. Tampering that verify_journal() must see. Event 0 is an event like others.
SET ROLE worker1;
INSERT INTO gov.event (id, body, area) VALUES (0, '零号事件', '371602001001001');
RESET ROLE;
SET ROLE acceptor1;
SELECT grid_gov.act(2, 'submit', '真实的理由');
RESET ROLE;
BEGIN;
ALTER TABLE gov.event DISABLE TRIGGER USER;
UPDATE gov.event SET body = '改过' WHERE id = 0;
UPDATE gov.event_note SET note = '伪造', redacted_at = now() WHERE event_id = 2 AND seq = 2;
SELECT * FROM grid_gov.verify_journal();
UPDATE gov.event_note SET note = NULL, args = NULL WHERE event_id = 2 AND seq = 2;
SELECT * FROM grid_gov.verify_journal();
ROLLBACK;
-- the lawful way; its own step cannot be redacted, because it is the proof
SELECT grid_gov.redact(id, '含个人信息') FROM gov.event_log WHERE event_id = 2 AND seq = 2;
SELECT grid_gov.redact(id, '再来一次') FROM gov.event_log WHERE event_id = 2 AND action = 'redact';
SELECT count(*) FROM grid_gov.verify_journal();

-- 4. No calendar at all: refused with a reason, and events without need of one still move.
BEGIN;
ALTER TABLE gov.calendar DISABLE TRIGGER zz_grid_gov_keep;
DELETE FROM gov.calendar;
SET LOCAL ROLE handler_cg;
SAVEPOINT s;
SELECT count(*) FROM grid_gov.allowed_actions(1);
ROLLBACK TO s;
SELECT grid_gov.act(1, 'sign');
ROLLBACK TO s;
SET LOCAL ROLE worker1;
SELECT grid_gov.report('没有日历的时候', area => '371602001001001') > 0;
ROLLBACK TO s;
RESET ROLE;
SELECT grid_gov.sweep();
ROLLBACK;

-- 5. An owner who bends his tables: columns of other types, values that are gone, rows that came in around the guard.
BEGIN;
ALTER TABLE gov.event_note ALTER COLUMN seq TYPE text;
SET LOCAL ROLE acceptor1;
SELECT grid_gov.act(2, 'accept', '理由', '{"item": "0104"}');
ROLLBACK;
BEGIN;
ALTER TABLE gov.event_log ALTER COLUMN hash TYPE date USING '2026-01-01';
\set VERBOSITY sqlstate
SELECT count(*) FROM grid_gov.verify_journal();
\set VERBOSITY terse
ROLLBACK;
BEGIN;
ALTER TABLE gov.staff ALTER COLUMN name DROP NOT NULL;
UPDATE gov.staff SET name = NULL WHERE id = 10;
SET LOCAL ROLE acceptor1;
SELECT grid_gov.act(2, 'accept', NULL, '{"item": "0104"}');
ROLLBACK;
BEGIN;
ALTER TABLE gov.event DISABLE TRIGGER USER;
INSERT INTO gov.event (id, body, area, next_auto_at) VALUES (500, '绕过守卫', '371602001', now());
ALTER TABLE gov.event ENABLE TRIGGER USER;
SET LOCAL ROLE acceptor1;
SAVEPOINT s;
SELECT grid_gov.act(500, 'submit');
ROLLBACK TO s;
SELECT count(*) FROM grid_gov.allowed_actions(500);
ROLLBACK TO s;
RESET ROLE;
SELECT grid_gov.sweep();
ROLLBACK;
BEGIN;
ALTER TABLE gov.workflow_transition ALTER COLUMN label DROP NOT NULL;
UPDATE gov.workflow_transition SET label = NULL WHERE action = 'accept';
SET LOCAL ROLE acceptor1;
SELECT grid_gov.act(2, 'accept', NULL, '{"item": "0104"}');
ROLLBACK;

-- 6. A rule or a statement trigger of the city's own on the journal is served.
BEGIN;
CREATE FUNCTION gov.attacks_seen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING '% %', tg_level, tg_op; RETURN NULL; END $$;
CREATE TRIGGER attacks_seen AFTER INSERT ON gov.event_log FOR EACH STATEMENT EXECUTE FUNCTION gov.attacks_seen();
SET LOCAL ROLE acceptor1;
SELECT grid_gov.act(2, 'accept', NULL, '{"item": "0104"}');
ROLLBACK;

-- 7. Triggers planted by the owner do not run as the superuser who calls.
BEGIN;
SET LOCAL ROLE gov_owner;
CREATE FUNCTION gov.attacks_who() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'as superuser: %', (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user); END $$;
CREATE TRIGGER attacks_who BEFORE INSERT ON gov.journal_digest FOR EACH ROW EXECUTE FUNCTION gov.attacks_who();
CREATE TRIGGER attacks_who BEFORE INSERT ON gov.grid_problem FOR EACH ROW EXECUTE FUNCTION gov.attacks_who();
RESET ROLE;
SAVEPOINT s;
SELECT grid_gov.journal_digest('2020-01-01');
ROLLBACK TO s;
SELECT grid_gov.check_grids();
ROLLBACK;
-- and the digest of a day needs no other right than to ask for it
GRANT EXECUTE ON FUNCTION grid_gov.journal_digest(date) TO attacks_nobody;
SET SESSION AUTHORIZATION attacks_nobody;
SELECT grid_gov.journal_digest('2020-01-01');
SET datestyle = 'SQL, DMY';
SELECT grid_gov.journal_digest('2020-01-01') = sha256(convert_to('2020-01-01 0 ', 'UTF8'));
RESET SESSION AUTHORIZATION;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT grid_gov.journal_digest('2020-01-02');
ROLLBACK;

-- 8. No step overtakes one whose tasks are not written yet; others may.
SET ROLE acceptor1;
UPDATE gov.event SET action = 'accept', action_args = '{"item": "0104"}' WHERE id = 2 RETURNING grid_gov.act(id, 'urge');
SET ROLE dispatcher1;
UPDATE gov.event SET action = 'dispatch', action_args = '{"unit": "cg"}' WHERE id = 2 RETURNING grid_gov.act(id, 'recall', '派错了');
WITH a AS (UPDATE gov.event SET action = 'dispatch', action_args = '{"unit": "cg"}' WHERE id = 2 RETURNING id) SELECT grid_gov.act(id, 'recall', '派错了') FROM a;
-- a step that a savepoint took back is not waited for
BEGIN;
SAVEPOINT s;
SELECT grid_gov.act(2, 'dispatch', NULL, '{"unit": "cg"}');
ROLLBACK TO s;
SELECT grid_gov.act(2, 'dispatch', NULL, '{"unit": "cg"}');
SELECT grid_gov.act(2, 'recall', '派错了'), grid_gov.act(2, 'redispatch', NULL, '{"unit": "cg"}');
ROLLBACK;
RESET ROLE;
BEGIN;
CREATE FUNCTION gov.attacks_again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF new.last_action = 'dispatch' THEN PERFORM grid_gov.act(new.id, 'recall', '派错了'); END IF; RETURN NULL; END $$;
CREATE TRIGGER aa AFTER UPDATE ON gov.event FOR EACH ROW EXECUTE FUNCTION gov.attacks_again();
SET LOCAL ROLE dispatcher1;
SAVEPOINT s;
SELECT grid_gov.act(2, 'dispatch', NULL, '{"unit": "cg"}');
ROLLBACK TO s;
RESET ROLE;
ALTER TRIGGER aa ON gov.event RENAME TO zz_later;
SET LOCAL ROLE dispatcher1;
SELECT grid_gov.act(2, 'dispatch', NULL, '{"unit": "cg"}');
SELECT kind, unit, outcome FROM gov.event_task WHERE event_id = 2;
ROLLBACK;
SELECT count(*) FROM grid_gov.verify_journal();

-- 9. Arguments of odd kinds.
SET ROLE worker1;
SELECT grid_gov.report('东街路灯不亮', area => '371602001001001') AS e \gset
SET ROLE acceptor1;
SELECT grid_gov.act(:e, 'submit');
SELECT grid_gov.act(:e, 'accept', NULL, '"x"');
SELECT grid_gov.act(:e, 'accept', NULL, '[1, 2]');
SELECT grid_gov.act(:e, 'accept', NULL, '{"item": {"a": 1}}');
SELECT grid_gov.act(:e, 'accept', NULL, '{"item": "0104", "urgent": "maybe"}');
SELECT grid_gov.act(:e, 'accept', NULL, '{"item": "0104", "at": 5}');
SET ROLE dispatcher1;
SELECT grid_gov.act(2, 'dispatch', NULL, '{"unit": {"a": 1}}');
SELECT grid_gov.act(2, 'dispatch', NULL, '{"unit": "cg", "person": -1}');
SELECT grid_gov.act(2, 'dispatch', NULL, '{"unit": "cg", "person": 9999999999999999999}');
SELECT grid_gov.act(2, 'dispatch', NULL, '{"unit": "cg", "designated": 1}');
SELECT grid_gov.act(2, 'dispatch', NULL, '{"unit": "cg", "co_units": ["zj", "zj", null]}');
SELECT kind, unit FROM gov.event_task WHERE event_id = 2 ORDER BY id;
RESET ROLE;
SELECT grid_gov.pause_text('{-infinity,infinity}', '1h', 'Asia/Shanghai; Mo-Fr 08:00-12:00');
SELECT grid_gov.pause_text('{4713-01-01 BC,294276-01-01}', '1h', 'Asia/Shanghai; Mo-Fr 08:00-12:00');
SELECT count(*) FROM grid_gov.verify_journal();

-- 10. A role's name is looked at anew when it changes hands.
CREATE ROLE attacks_renamed LOGIN;
GRANT gov_app TO attacks_renamed;
UPDATE gov.staff SET login = 'attacks_renamed' WHERE id = 12;
SET ROLE attacks_renamed;
SELECT grid_gov.act(2, 'urge');
RESET ROLE;
ALTER ROLE attacks_renamed RENAME TO attacks_other;
SET ROLE attacks_other;
SELECT grid_gov.act(2, 'urge');
RESET ROLE;

-- 11. Who says what: facts come from the step that the workflow asks them of, a person's posts count one by one, an area's proxy for that area.
SET ROLE worker1;
INSERT INTO gov.event (body, source, area) VALUES ('没有来源', NULL, '371602001001001');
SELECT grid_gov.report('没有来源', source => NULL, area => '371602001001001');
SELECT grid_gov.report('东街路灯不亮', area => '371602001001001') AS e \gset
SELECT grid_gov.report('东街路灯又不亮', area => '371602001001001') AS own \gset
RESET ROLE;
INSERT INTO gov.post (staff_id, role, area, unit) VALUES (30, 'handler', '371602001', 'zj');
SET ROLE leader1;
SELECT grid_gov.act(:e, 'submit');
SET ROLE acceptor1;
SELECT grid_gov.act(:e, 'accept', NULL, '{"item": "0104"}');
SET ROLE dispatcher1;
SELECT grid_gov.act(:e, 'dispatch', NULL, '{"unit": "gs", "co_units": ["gs"]}');
SELECT grid_gov.act(:e, 'dispatch', NULL, '{"unit": "gs", "co_units": ["zj"]}');
SELECT grid_gov.act(:e, 'whistle', '会商', '{"units": ["zj"]}');
SET ROLE handler_gs;
SELECT grid_gov.act(:e, 'sign', NULL, '{"person": 54}');
SELECT grid_gov.act(:e, 'sign', NULL, '{"person": 1}');
SELECT grid_gov.act(:e, 'sign', NULL, '{"person": 34, "satisfaction": "满意", "close_condition": "自己写的", "forced": "true"}');
SET ROLE handler_cg;
SELECT grid_gov.act(:e, 'co_done', '办完了');
SELECT grid_gov.act(:e, 'co_done', '又办完了');
SELECT grid_gov.act(:e, 'answer_whistle', '到了');
RESET ROLE;
SELECT person, satisfaction, evaluated_at, close_condition, forced FROM gov.event WHERE id = :e;
SELECT kind, unit, outcome FROM gov.event_task WHERE event_id = :e ORDER BY id;
DELETE FROM gov.post WHERE staff_id = 30 AND unit = 'zj';
-- a misspelt argument, or somebody who could not do it, is told at once
SET ROLE acceptor1;
SELECT grid_gov.act(:e, 'urge', NULL, '{"at ": "x", "photos": ["a"], "lat": 37.4}');
SELECT grid_gov.act(:own, 'send_verify', NULL, '{"person": 12}');
SELECT grid_gov.act(:own, 'send_verify', NULL, '{"person": "worker1"}');
SELECT grid_gov.act(:own, 'send_verify', NULL, '{"persn": 1}');
SET ROLE dispatcher1;
SELECT grid_gov.act(:e, 'recall', '派错了');
SELECT grid_gov.act(:e, 'redispatch', NULL, '{"unit": "cg", "person": 12}');
SELECT grid_gov.act(:e, 'redispatch', NULL, '{"unit": "cg", "persn": 30}');
SELECT grid_gov.act(:e, 'redispatch', NULL, '{"Unit": "cg"}');
SET ROLE worker1;
SELECT grid_gov.report('  ', area => '371602001001001');
SELECT grid_gov.report('路灯不亮', source => '12346', area => '371602001001001');
INSERT INTO gov.event (body, category, area) VALUES ('路灯不亮', '环保', '371602001001001');
RESET ROLE;
-- a master that is not the writer's to see, by either way of writing
SET ROLE leader_other;
SELECT grid_gov.report('孙武镇路灯不亮', area => '371621100001001') AS o \gset
SET ROLE leader1;
SELECT grid_gov.act(:own, 'submit');
RESET ROLE;
BEGIN;
CREATE ROLE attacks_town NOLOGIN;
SELECT count(*) > 20 FROM grid_gov.grant_access('attacks_town', 'backend', '371602001');
CREATE ROLE attacks_acceptor;
GRANT attacks_town TO attacks_acceptor;
UPDATE gov.staff SET login = 'attacks_acceptor' WHERE id = 10;
SET LOCAL ROLE attacks_acceptor;
SAVEPOINT s;
SELECT grid_gov.act(:own, 'merge', NULL, jsonb_build_object('master_id', :o));
ROLLBACK TO s;
UPDATE gov.event SET action = 'merge', action_args = jsonb_build_object('master_id', :o) WHERE id = :own;
ROLLBACK TO s;
SELECT grid_gov.act(:own, 'merge', NULL, jsonb_build_object('master_id', :e));
ROLLBACK;
-- some columns to SELECT are no way around row security
BEGIN;
CREATE ROLE attacks_kiosk;
GRANT USAGE ON SCHEMA grid_gov, gov TO attacks_kiosk;
GRANT SELECT (id, state, area) ON gov.event TO attacks_kiosk;
GRANT EXECUTE ON FUNCTION grid_gov.act(bigint, text, text, jsonb, integer) TO attacks_kiosk;
UPDATE gov.staff SET login = 'attacks_kiosk' WHERE id = 10;
SET LOCAL ROLE attacks_kiosk;
SELECT count(*) FROM gov.event;
SELECT grid_gov.act(:own, 'urge');
ROLLBACK;
-- the proxy of one county is none in another, and its minutes are its own
BEGIN;
UPDATE gov.actor_proxy SET area = '371621' WHERE login = 'bridge';
INSERT INTO gov.actor_proxy (login, area, may_report, backdate_minutes) VALUES ('bridge', '371602', false, 0);
INSERT INTO gov.post (staff_id, role, area) VALUES (10, 'volunteer', '371621100');
SET LOCAL SESSION AUTHORIZATION bridge;
SET LOCAL grid_gov.actor = 'reporter:K7';
SAVEPOINT s;
SELECT grid_gov.report('另一个县', area => '371602001001001');
ROLLBACK TO s;
SELECT grid_gov.report('本县', area => '371621100001001') > 0;
SET LOCAL grid_gov.actor = 'acceptor1';
SAVEPOINT t;
SELECT grid_gov.report('补录', area => '371602001001001', args => jsonb_build_object('at', now() - interval '20 hours'));
ROLLBACK TO t;
SELECT grid_gov.report('补录', area => '371621100001001', args => jsonb_build_object('at', now() - interval '20 hours')) > 0;
ROLLBACK;
-- a trigger behind ours may not leave a step, or another head, for later
BEGIN;
CREATE FUNCTION gov.attacks_late() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN NEW.action := 'urge'; RETURN NEW; END $$;
CREATE TRIGGER zzz BEFORE UPDATE ON gov.event FOR EACH ROW EXECUTE FUNCTION gov.attacks_late();
SET LOCAL ROLE acceptor1;
SAVEPOINT s;
SELECT grid_gov.act(:e, 'urge');
ROLLBACK TO s;
RESET ROLE;
CREATE OR REPLACE FUNCTION gov.attacks_late() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN NEW.head := '\x00'; RETURN NEW; END $$;
SET LOCAL ROLE acceptor1;
SELECT grid_gov.act(:e, 'urge');
ROLLBACK;
SELECT count(*) FROM grid_gov.verify_journal();

-- 12. A city's trigger without a search_path of its own is named.
BEGIN;
CREATE FUNCTION gov.attacks_loose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE FUNCTION gov.attacks_tight() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER attacks_loose AFTER UPDATE ON gov.event FOR EACH ROW EXECUTE FUNCTION gov.attacks_loose();
CREATE TRIGGER attacks_tight AFTER UPDATE ON gov.event FOR EACH ROW EXECUTE FUNCTION gov.attacks_tight();
SELECT problem, detail FROM grid_gov.check_setup() WHERE problem LIKE 'trigger%';
ROLLBACK;

-- 13. Rows without SQL are held to what the city's own tables say.
BEGIN;
-- a foreign key of the city's own; ours alone is known to hold
CREATE TABLE gov.attacks_source (source text COLLATE "C" PRIMARY KEY);
GRANT SELECT ON gov.attacks_source TO gov_owner;
ALTER TABLE gov.intake ADD CONSTRAINT attacks_mine FOREIGN KEY (source) REFERENCES gov.attacks_source NOT VALID;
SAVEPOINT s;
SET LOCAL ROLE acceptor1;
SELECT grid_gov.report('西街漏水', source => '110', external_id => 'Q-1', area => '371602001001001');
ROLLBACK TO s;
-- a domain with a default, and a precision
CREATE DOMAIN gov.attacks_tag AS text DEFAULT 'x' NOT NULL;
ALTER TABLE gov.event_log ADD COLUMN tag gov.attacks_tag;
ALTER TABLE gov.intake ALTER COLUMN received_at TYPE timestamptz(0), DROP CONSTRAINT attacks_mine;
SET LOCAL ROLE acceptor1;
SELECT grid_gov.report('西街漏水', source => 'app', external_id => 'Q-2', area => '371602001001001') AS r \gset
RESET ROLE;
SELECT l.tag, i.received_at = date_trunc('second', i.received_at) FROM gov.event_log l JOIN gov.intake i USING (event_id) WHERE event_id = :r;
ROLLBACK;
-- a CHECK that takes a step on another event while the note's row is being written
BEGIN;
CREATE FUNCTION gov.attacks_nest(e bigint, n text) RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS
  $$ BEGIN IF n = '外' THEN PERFORM grid_gov.act(current_setting('attacks.other')::bigint, 'urge', '内'); END IF; RETURN true; END $$;
ALTER TABLE gov.event_note ADD CONSTRAINT attacks_nest CHECK (gov.attacks_nest(event_id, note)) NOT VALID;
SET LOCAL ROLE acceptor1;
SELECT grid_gov.report('西街漏水', area => '371602001001001') AS a, grid_gov.report('西街又漏水', area => '371602001001001') AS b \gset
SELECT set_config('attacks.other', :'b', true) = :'b';
SELECT grid_gov.act(:a, 'urge', '前');
SELECT grid_gov.act(:a, 'urge', '外');
SELECT grid_gov.act(:a, 'urge', '后');
RESET ROLE;
SELECT CASE event_id WHEN :a THEN 'a' ELSE 'b' END, seq, note FROM gov.event_note WHERE event_id IN (:a, :b) ORDER BY event_id, seq;
SELECT count(*) FROM grid_gov.verify_journal();
ROLLBACK;
-- the function of a CHECK is replaced in a warm session
BEGIN;
CREATE FUNCTION gov.attacks_ok(n text) RETURNS boolean IMMUTABLE LANGUAGE sql AS $$ SELECT true $$;
ALTER TABLE gov.event_note ADD CONSTRAINT attacks_ok CHECK (gov.attacks_ok(note));
SET LOCAL ROLE acceptor1;
SELECT grid_gov.act(:e, 'urge', '一');
RESET ROLE;
CREATE OR REPLACE FUNCTION gov.attacks_ok(n text) RETURNS boolean IMMUTABLE LANGUAGE sql AS $$ SELECT false $$;
SET LOCAL ROLE acceptor1;
SELECT grid_gov.act(:e, 'urge', '二');
ROLLBACK;

-- 14. The journal's own doors. A redacted text is gone: nothing is left to try numbers against, and nothing may be put back.
SET ROLE worker1;
SELECT grid_gov.report('北街路灯不亮', area => '371602001001001') AS e \gset
SET ROLE acceptor1;
SELECT grid_gov.act(:e, 'submit', '电话 13800004321');
SELECT grid_gov.act(:e, 'urge', '催办');
SELECT grid_gov.act(:e, 'urge', '又催办');
SELECT grid_gov.act(:e, 'urge', '再催办');
RESET ROLE;
SELECT salt AS salt FROM gov.event_note WHERE event_id = :e AND seq = 2 \gset
BEGIN;
SELECT grid_gov.redact(id, '含电话') FROM gov.event_log WHERE event_id = :e AND seq = 2;
SELECT note, args, length(salt) FROM gov.event_note WHERE event_id = :e AND seq = 2;
SELECT count(*) FROM grid_gov.verify_journal();
UPDATE gov.event_note SET salt = :'salt' WHERE event_id = :e AND seq = 2;
SELECT seq, problem FROM grid_gov.verify_journal();
ROLLBACK;
-- what a reseal excuses, it binds: rows and notes before it may not change again; a redaction may come later
BEGIN;
UPDATE gov.event_log SET actor = 'staff:11' WHERE event_id = :e AND seq = 2;
UPDATE gov.event_note SET note = '改过' WHERE event_id = :e AND seq = 3;
SELECT grid_gov.reseal(:e, '第12号决定');
SELECT seq, problem FROM grid_gov.verify_journal();
SELECT grid_gov.redact(id, '含电话') FROM gov.event_log WHERE event_id = :e AND seq IN (2, 3) ORDER BY seq;
SELECT grid_gov.redact(id, '封印是证据') FROM gov.event_log WHERE event_id = :e AND action = 'reseal';
ROLLBACK;
BEGIN;
UPDATE gov.event_log SET actor = 'staff:11' WHERE event_id = :e AND seq = 2;
UPDATE gov.event_note SET note = '改过' WHERE event_id = :e AND seq = 3;
SELECT grid_gov.reseal(:e, '第12号决定');
SELECT grid_gov.redact(id, '含电话') FROM gov.event_log WHERE event_id = :e AND seq IN (2, 3) ORDER BY seq;
SELECT seq, problem FROM grid_gov.verify_journal();
SAVEPOINT s;
UPDATE gov.event_log SET actor = 'staff:2', action = 'void', at = at - interval '9 days' WHERE event_id = :e AND seq IN (4, 5);
SELECT seq, problem FROM grid_gov.verify_journal();
SELECT grid_gov.reseal(:e, '第13号决定');
SELECT seq, problem FROM grid_gov.verify_journal();
ROLLBACK TO s;
UPDATE gov.event_note SET note = '也改过' WHERE event_id = :e AND seq = 4;
SELECT seq, problem FROM grid_gov.verify_journal();
ROLLBACK TO s;
DELETE FROM gov.event_log WHERE event_id = :e AND seq = 3;
SELECT seq, problem FROM grid_gov.verify_journal();
ROLLBACK TO s;
UPDATE gov.event_note SET args = args - 'chain' WHERE event_id = :e AND seq = 6;
SELECT seq, problem FROM grid_gov.verify_journal();
ROLLBACK TO s;
UPDATE gov.event_log SET role = 'acceptor' WHERE event_id = :e AND seq = 6;
SELECT seq, problem FROM grid_gov.verify_journal();
ROLLBACK;
-- the end of the chain lost, and the head not that of any step: a reseal says so, and holds
BEGIN;
ALTER TABLE gov.event DISABLE TRIGGER USER;
UPDATE gov.event SET head = sha256('x') WHERE id = :e;
ALTER TABLE gov.event ENABLE TRIGGER USER;
DELETE FROM gov.event_log WHERE event_id = :e AND seq = 5;
SELECT seq, problem FROM grid_gov.verify_journal();
SELECT grid_gov.reseal(:e, '恢复备份');
SELECT seq, problem FROM grid_gov.verify_journal();
SAVEPOINT s;
UPDATE gov.event_note SET note = '第5步另有其事' WHERE event_id = :e AND seq = 5;
SELECT seq, problem FROM grid_gov.verify_journal();
ROLLBACK TO s;
UPDATE gov.event_log SET hash = sha256('y') WHERE event_id = :e AND seq = 6;
SELECT seq, problem FROM grid_gov.verify_journal();
ROLLBACK;
-- a note without a step, which would stand in the way of the next one
BEGIN;
INSERT INTO gov.event_note (event_id, seq, note, salt) SELECT id, seq + 1, '伪造', '\x00' FROM gov.event WHERE id = :e;
INSERT INTO gov.event_note (event_id, seq, note, salt) VALUES (424242, 1, '无中生有', '\x00');
SELECT event = :e AS of_e, seq, problem FROM grid_gov.verify_journal() ORDER BY event;
SELECT event = :e AS of_e, seq, problem FROM grid_gov.verify_journal(now() - interval '1 day', now() + interval '1 day');
SELECT event, seq, problem FROM grid_gov.verify_journal(NULL, '2020-01-01');
ROLLBACK;
-- an acceptor's step may not bear the name of a repair; where one does, it repairs nothing
BEGIN;
SET LOCAL ROLE gov_owner;
INSERT INTO gov.workflow_transition (workflow, id, from_states, to_state, action, label, roles, relation) VALUES ('default', 'X1', '(open)', '(same)', 'reseal', '封', 'acceptor', 'area');
SAVEPOINT s;
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK TO s;
RESET ROLE;
UPDATE gov.event_log SET actor = 'staff:11' WHERE event_id = :e AND seq = 2;
SET LOCAL ROLE acceptor1;
SELECT grid_gov.act(:e, 'reseal', '没有什么');
RESET ROLE;
SELECT seq, problem FROM grid_gov.verify_journal();
ROLLBACK;
BEGIN;
SET LOCAL ROLE gov_owner;
INSERT INTO gov.workflow_transition (workflow, id, from_states, to_state, action, label, roles, relation) VALUES ('default', 'X1', '(open)', '(same)', 'redact', '脱敏', 'acceptor', 'area');
RESET ROLE;
UPDATE gov.event_note SET note = NULL, salt = '', redacted_at = now() WHERE event_id = :e AND seq = 2;
SET LOCAL ROLE acceptor1;
SELECT grid_gov.act(:e, 'redact', '没有什么', '{"seq": 2}');
RESET ROLE;
SELECT seq, problem FROM grid_gov.verify_journal();
ROLLBACK;
-- who is named is judged and recorded, or refused; never ignored
SET grid_gov.actor = 'leader1';
SELECT grid_gov.hand_over_tasks(1, 2, '离职');
SELECT grid_gov.reseal(:e, '理由');
SELECT grid_gov.redact(id, '理由') FROM gov.event_log WHERE event_id = :e AND seq = 2;
RESET grid_gov.actor;
BEGIN;
GRANT gov_owner TO bridge;
SET LOCAL SESSION AUTHORIZATION bridge;
SET LOCAL ROLE gov_owner;
SET LOCAL grid_gov.actor = 'reporter:K7';
SAVEPOINT s;
SELECT grid_gov.reseal(:e, '理由');
ROLLBACK TO s;
SET LOCAL grid_gov.actor = 'centre1';
SELECT grid_gov.redact(id, '含电话') FROM gov.event_log WHERE event_id = :e AND seq = 2;
SELECT grid_gov.reseal(:e, '第12号决定');
SELECT seq, action, actor, role FROM gov.event_log WHERE event_id = :e AND seq > 5 ORDER BY seq;
SELECT seq, problem FROM grid_gov.verify_journal();
SET LOCAL ROLE NONE;
SELECT grid_gov.reseal(:e, '理由');
ROLLBACK;
-- a city's trigger that acts as somebody else during a handing over: the steps are still the leader's
BEGIN;
SET LOCAL ROLE worker2;
SELECT grid_gov.report('南街路灯不亮', area => '371602001001001') AS f \gset
SELECT grid_gov.report('西街路灯不亮', area => '371602001001001') AS g \gset
SET LOCAL ROLE acceptor1;
SELECT grid_gov.act(n, 'send_verify', NULL, '{"person": 1}') FROM unnest(ARRAY[:f, :g]) n;
RESET ROLE;
CREATE FUNCTION gov.attacks_other() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  me text := current_setting('grid_gov.actor');
BEGIN
  IF NEW.last_action = 'reassign_person' THEN
    PERFORM set_config('grid_gov.actor', 'acceptor1', true);
    UPDATE gov.event SET action = 'urge' WHERE id = NEW.id;
    PERFORM set_config('grid_gov.actor', me, true);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER zzz AFTER UPDATE ON gov.event FOR EACH ROW EXECUTE FUNCTION gov.attacks_other();
SET LOCAL SESSION AUTHORIZATION bridge;
SET LOCAL grid_gov.actor = 'leader1';
SELECT grid_gov.hand_over_tasks(1, 2, '离职');
RESET SESSION AUTHORIZATION;
SELECT event_id = :g AS second, action, actor, role FROM gov.event_log WHERE event_id IN (:f, :g) AND seq > 2 ORDER BY event_id, seq;
ROLLBACK;
SELECT count(*) FROM grid_gov.verify_journal();
