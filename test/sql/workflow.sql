-- city
-- Workflows are rows: what check_workflow() finds, what COMMIT refuses, what an edit does at once, and the picture.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset null '-'
SET timezone = 'Asia/Shanghai';

-- 1. The default workflow is whole, in each of its tables' triggers too.
SELECT * FROM grid_gov.check_workflow();
SELECT * FROM grid_gov.check_workflow('default');
SELECT * FROM grid_gov.check_workflow('nowhere');                    -- WG010
SELECT tgrelid::regclass, tgdeferrable, tginitdeferred FROM pg_trigger WHERE tgname = 'zz_grid_gov_check' ORDER BY 1::text;

-- 2. Every kind of fault, each in a transaction of its own that is taken back. Warnings and errors.
SET ROLE gov_owner;
CREATE FUNCTION pg_temp.faults(edit text) RETURNS TABLE (step text, severity text, problem text) LANGUAGE plpgsql AS $$
BEGIN
  BEGIN
    EXECUTE edit;
    RETURN QUERY SELECT c.step, c.severity, c.problem FROM grid_gov.check_workflow() c;
    RAISE SQLSTATE 'TT001';
  EXCEPTION WHEN SQLSTATE 'TT001' THEN NULL;
  END;
END $$;
CREATE TEMP TABLE edit (ord int, what text, sql text);
INSERT INTO edit VALUES
  (1, 'a state that nothing leads to', $$INSERT INTO gov.workflow_state (workflow, state, name, ord, open) VALUES ('default', 'lost', '丢失', 99, true)$$),
  (2, 'a dead end', $$INSERT INTO gov.workflow_state (workflow, state, name, ord, open) VALUES ('default', 'stuck', '卡住', 99, false); INSERT INTO gov.workflow_transition (workflow, id, from_states, to_state, action, label, roles, relation) VALUES ('default', 'X1', 'evaluated', 'stuck', 'stick', '卡', 'acceptor', 'area')$$),
  (3, 'a terminal state with a way out', $$UPDATE gov.workflow_state SET terminal = true WHERE state = 'evaluated'$$),
  (4, 'a terminal state that is open', $$UPDATE gov.workflow_state SET open = true WHERE state = 'not_accepted'$$),
  (5, 'an action twice from one state', $$INSERT INTO gov.workflow_transition (workflow, id, from_states, to_state, action, label, roles, relation) VALUES ('default', 'X1', 'handling', 'feedback', 'feedback', '反馈', 'handler', 'own_unit')$$),
  (6, 'a guard that does not exist', $$UPDATE gov.workflow_transition SET guards = 'moonlight|within:3天' WHERE id = 'T20'$$),
  (7, 'an effect that does not exist', $$UPDATE gov.workflow_transition SET effects = effects || '|dance' WHERE id = 'T20'$$),
  (8, 'a role and a relation that do not exist', $$UPDATE gov.workflow_transition SET roles = 'mayor', relation = 'area' WHERE id = 'T20'; UPDATE gov.workflow_transition SET relation = 'cousin' WHERE id = 'T22'$$),
  (9, 'states that do not exist', $$UPDATE gov.workflow_transition SET from_states = 'nowhere|handling', to_state = 'elsewhere' WHERE id = 'T20'$$),
  (10, 'words that do not exist', $$UPDATE gov.workflow_transition SET effects = 'count:sheep|mark:x|open_task:nap|pause_clock:cuckoo|open_request:money' WHERE id = 'T55'; UPDATE gov.workflow_transition SET guards = 'max:sheep:3' WHERE id = 'T36'$$),
  (11, 'came_by of an action that does not lead there', $$UPDATE gov.workflow_transition SET guards = 'came_by:reject_dispatch,accept' WHERE id = 'T13'$$),
  (12, 'a request that nobody opens', $$DELETE FROM gov.workflow_transition WHERE id = 'T35'$$),
  (13, 'a request that nobody endorses', $$DELETE FROM gov.workflow_transition WHERE id = 'T57'; UPDATE gov.workflow_transition SET roles = 'handler', relation = 'own_unit' WHERE id = 'T43'$$),
  (14, 'a decision without a request', $$UPDATE gov.workflow_transition SET guards = NULL WHERE id IN ('T50', 'T51')$$),
  (15, 'not_requester of nothing', $$UPDATE gov.workflow_transition SET guards = 'not_requester' WHERE id = 'T20'$$),
  (16, 'only the system, and never', $$DELETE FROM gov.workflow_auto; UPDATE gov.workflow_transition SET roles = 'system', relation = 'any' WHERE id = 'T25'$$),
  (17, 'a reporter by area, own for a post', $$UPDATE gov.workflow_transition SET relation = 'area' WHERE id = 'T47'; UPDATE gov.workflow_transition SET relation = 'own' WHERE id = 'T10'$$),
  (18, 'a task that nobody opens', $$UPDATE gov.workflow_transition SET effects = NULL WHERE id = 'T03'$$),
  (19, 'an automatic step that does not exist', $$INSERT INTO gov.workflow_auto VALUES ('default', '3716', 'tidy', '1d'), ('default', '3716', 'accept', '1d')$$),
  (20, 'back to nowhere', $$UPDATE gov.workflow_transition SET effects = 'pause_clocks|count:suspend|close_request' WHERE id = 'T48'$$),
  (21, 'an argument that is not asked for', $$UPDATE gov.workflow_transition SET needs_args = NULL WHERE id IN ('T11', 'T17', 'T40')$$),
  (22, 'no beginning', $$DELETE FROM gov.workflow_transition WHERE id = 'T01'$$),
  (23, 'another beginning', $$UPDATE gov.workflow_transition SET action = 'begin' WHERE id = 'T01'$$),
  (24, 'nothing at all', $$DELETE FROM gov.workflow_transition$$),
  (25, 'a workflow of a county, empty', $$INSERT INTO gov.workflow (name, area, title) VALUES ('county', '371602', '县')$$),
  (26, 'one for a table of the city''s own, not yet filled', $$INSERT INTO gov.workflow (name, area, title, for_events) VALUES ('permit', '3716', '许可', false); INSERT INTO gov.workflow_state (workflow, state, name, ord, open) VALUES ('permit', 'asked', '已申请', 1, true)$$),
  (27, 'one for a table, with what only events know', $$INSERT INTO gov.workflow (name, area, title, for_events) VALUES ('permit', '3716', '许可', false); INSERT INTO gov.workflow_state (workflow, state, name, ord, open, terminal) VALUES ('permit', 'asked', '已申请', 1, true, false), ('permit', 'granted', '已许可', 2, false, true);
    INSERT INTO gov.workflow_transition (workflow, id, from_states, to_state, action, label, roles, relation, guards) VALUES ('permit', 'P1', '(new)', 'asked', 'ask', '申请', 'acceptor', 'any', NULL), ('permit', 'P2', 'asked', 'granted', 'grant', '许可', 'handler', 'own_unit', 'urgent')$$),
  (28, 'too many states', $$INSERT INTO gov.workflow_state (workflow, state, name, ord, open) SELECT 'default', 's' || n, 's', n, true FROM generate_series(1, 60) n$$),
  (29, 'no roles, no start, a bad name', $$UPDATE gov.workflow_transition SET roles = '' WHERE id = 'T20'; UPDATE gov.workflow_transition SET from_states = '' WHERE id = 'T55'; INSERT INTO gov.workflow_state (workflow, state, name, ord, open) VALUES ('default', 'a|b', '坏', 99, true)$$),
  (30, 'names of the journal''s own steps', $$INSERT INTO gov.workflow_transition (workflow, id, from_states, to_state, action, label, roles, relation) SELECT 'default', 'X' || n, '(open)', '(same)', a, a, 'acceptor', 'area' FROM unnest('{import,reassign_person,redact,repoint,reproject,reseal}'::text[]) WITH ORDINALITY AS r (a, n)$$),
  (31, 'the same for a table of the city''s own', $$INSERT INTO gov.workflow (name, area, title, for_events) VALUES ('permit', '3716', '许可', false); INSERT INTO gov.workflow_state (workflow, state, name, ord, open, terminal) VALUES ('permit', 'asked', '已申请', 1, true, false), ('permit', 'granted', '已许可', 2, false, true);
    INSERT INTO gov.workflow_transition (workflow, id, from_states, to_state, action, label, roles, relation) VALUES ('permit', 'P1', '(new)', 'asked', 'ask', '申请', 'acceptor', 'any'), ('permit', 'P2', 'asked', 'granted', 'import', '导入', 'acceptor', 'area')$$);
SELECT e.ord, e.what, f.step, f.severity, f.problem FROM edit e LEFT JOIN LATERAL pg_temp.faults(e.sql) WITH ORDINALITY f ON true ORDER BY e.ord, f.ordinality;

-- 3. A broken edit is refused when it is committed, once for all rows; what belongs together is one transaction.
INSERT INTO gov.workflow_state (workflow, state, name, ord, open) VALUES ('default', 'inspecting', '联合勘查', 52, true);          -- refused: nothing leads there
BEGIN;
UPDATE gov.workflow_transition SET guards = 'moonlight' WHERE id IN ('T20', 'T21', 'T22');
COMMIT;
BEGIN;
UPDATE gov.workflow_transition SET guards = 'moonlight' WHERE id = 'T20';
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK;
-- repaired in time; and a repair that is rolled back is none
BEGIN;
UPDATE gov.workflow_transition SET guards = 'moonlight' WHERE id = 'T20';
UPDATE gov.workflow_transition SET guards = NULL WHERE id = 'T20';
COMMIT;
BEGIN;
UPDATE gov.workflow_transition SET guards = 'moonlight' WHERE id = 'T20';
SAVEPOINT s;
UPDATE gov.workflow_transition SET guards = NULL WHERE id = 'T20';
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK TO s;
COMMIT;
SELECT guards FROM gov.workflow_transition WHERE id = 'T20';

-- 4. A new state and its actions: usable in the same transaction, and by all after it.
SET ROLE worker1;
SELECT grid_gov.report('路口垃圾成堆', ST_SetSRID(ST_MakePoint(118.005, 37.405), 4490), item => '0101') AS e \gset
SET ROLE acceptor1;
SELECT grid_gov.act(:e, 'submit');
SELECT grid_gov.act(:e, 'inspect', '请到现场');                          -- WG001: not yet
RESET ROLE;
BEGIN;
SET LOCAL ROLE gov_owner;
INSERT INTO gov.workflow_state (workflow, state, name, ord, stage, open) VALUES ('default', 'inspecting', '联合勘查', 22, '受理', true);
INSERT INTO gov.workflow_transition (workflow, id, from_states, to_state, action, label, roles, relation, needs_note) VALUES
  ('default', 'X1', 'pending_accept', 'inspecting', 'inspect', '联合勘查', 'acceptor', 'area', true),
  ('default', 'X2', 'inspecting', 'pending_accept', 'inspected', '勘查完毕', 'acceptor|grid_leader', 'area', true);
INSERT INTO gov.stage_limit VALUES ('3716', 'inspecting', false, '2wd');
SET LOCAL ROLE acceptor1;
SELECT grid_gov.act(:e, 'inspect', '请到现场');
COMMIT;
SELECT state, stage_allow FROM gov.event WHERE id = :e;
SET ROLE leader1;
SELECT action, to_state FROM grid_gov.allowed_actions(:e) WHERE why_not IS NULL ORDER BY 1;
RESET ROLE;
SELECT * FROM grid_gov.check_workflow();
-- a state in which an event stands is not taken away
BEGIN;
SET LOCAL ROLE gov_owner;
DELETE FROM gov.workflow_transition WHERE id IN ('X1', 'X2');
DELETE FROM gov.workflow_state WHERE state = 'inspecting';
COMMIT;
SET ROLE leader1;
SELECT grid_gov.act(:e, 'inspected', '已看过');
RESET ROLE;
BEGIN;
SET LOCAL ROLE gov_owner;
DELETE FROM gov.workflow_transition WHERE id IN ('X1', 'X2');
DELETE FROM gov.workflow_state WHERE state = 'inspecting';
COMMIT;
SELECT state FROM gov.event WHERE id = :e;
SELECT * FROM grid_gov.verify_journal();

-- 5. A county with a way of its own beside the city's.
BEGIN;
SET LOCAL ROLE gov_owner;
INSERT INTO gov.workflow (name, area, title) VALUES ('huimin', '371621', '惠民县流程');
INSERT INTO gov.workflow_state (workflow, state, name, ord, open, terminal) VALUES ('huimin', 'reported', '已上报', 1, true, false), ('huimin', 'done', '办结', 2, false, true);
INSERT INTO gov.workflow_transition (workflow, id, from_states, to_state, action, label, roles, relation, needs_note) VALUES
  ('huimin', 'H1', '(new)', 'reported', 'report', '上报', 'grid_worker|acceptor', 'any', false),
  ('huimin', 'H2', 'reported', 'done', 'finish', '办结', 'grid_worker', 'area', true),
  ('huimin', 'H3', '(open)', '(same)', 'urge', '催办', 'acceptor', 'area', false);
COMMIT;
SET ROLE worker_other;
SELECT grid_gov.report('树倒了', ST_SetSRID(ST_MakePoint(117.505, 37.405), 4490)) AS h \gset
SELECT grid_gov.act(:h, 'finish', '已移走');
RESET ROLE;
SELECT workflow, state FROM gov.event WHERE id IN (:e, :h) ORDER BY id;

-- 6. The picture; that of the default workflow stands in doc/workflow.md.
\pset format unaligned
\pset tuples_only on
SELECT grid_gov.workflow_mermaid('huimin');
SELECT grid_gov.workflow_mermaid('nowhere');
SELECT grid_gov.workflow_mermaid('default');
\getenv dir PG_ABS_SRCDIR
\set page `cat "$PG_ABS_SRCDIR/../doc/workflow.md"`
SELECT position(E'```mermaid\n' || grid_gov.workflow_mermaid('default') || '```' IN :'page') > 0 AS the_page_shows_it;
