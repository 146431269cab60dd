-- city
-- The life of events: one whole way, and every way in which a writer is refused. Times are left out of the output.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset null '-'
SET timezone = 'Asia/Shanghai';

-- 1. A report by plain INSERT: classified, located, with item and limits.
SET ROLE worker1;
INSERT INTO gov.event (body, location) VALUES ('黄河五路与渤海七路路口垃圾成堆,请环卫尽快清理', ST_SetSRID(ST_MakePoint(118.005, 37.405), 4490))
  RETURNING id, state, grid, area, category, item, handling_allow, level, urgent, seq, reporter, action;
-- the same by function
SELECT grid_gov.report('黄河五路与渤海七路路口垃圾成堆,请环卫尽快清理', ST_SetSRID(ST_MakePoint(118.005, 37.405), 4490)) AS id;
SELECT (SELECT to_jsonb(e) - '{id,case_no,reported_at,entered_at,last_at,head,location}'::text[] FROM gov.event e WHERE id = 1)
     = (SELECT to_jsonb(e) - '{id,case_no,reported_at,entered_at,last_at,head,location}'::text[] FROM gov.event e WHERE id = 2) AS same;
RESET ROLE;
SELECT case_no ~ '^371602-[0-9]{8}-00000001$' AS case_no FROM gov.event WHERE id = 1;

-- 2. The way to the end, each step by another writer's form.
SET ROLE acceptor1;
SELECT grid_gov.act(1, 'submit');
UPDATE gov.event SET action = 'accept', action_args = '{"item": "0104"}' WHERE id = 1 RETURNING state, item, category, handling_allow, action, action_args;
SET ROLE dispatcher1;
SELECT grid_gov.act(1, 'dispatch', NULL, '{"unit": "cg", "co_units": ["zj"]}');
SET ROLE handler_cg;
UPDATE gov.event SET state = 'handling' WHERE id = 1 RETURNING state, last_action, unit, due_at > last_at AS due_ahead;
SELECT grid_gov.act(1, 'request_extend', '等待材料');
SET ROLE head_cg;
SELECT grid_gov.act(1, 'endorse_extend');
SET ROLE dispatcher1;
SELECT grid_gov.act(1, 'approve_extend');
SET ROLE handler_zj;
SELECT grid_gov.act(1, 'co_done', '已配合');
SET ROLE handler_cg;
SELECT grid_gov.act(1, 'feedback', '路面已修补');
SET ROLE acceptor1;
SELECT grid_gov.act(1, 'send_check', NULL, '{"person": 1}');
SET ROLE worker1;
SELECT action, label, to_state, needs_note, why_not FROM grid_gov.allowed_actions(1) WHERE why_not IS NULL ORDER BY action;
SELECT grid_gov.act(1, 'check_pass');
SET ROLE acceptor1;
SELECT grid_gov.act(1, 'close', NULL, '{"close_condition": "已修复"}');
SET ROLE caller1;
SELECT grid_gov.act(1, 'evaluate', NULL, '{"satisfaction": "满意"}');
RESET ROLE;
SELECT seq, action, from_state, to_state, actor, role, outer_role FROM gov.event_log WHERE event_id = 1 ORDER BY seq;
SELECT kind, unit, person, signed_at IS NOT NULL AS signed, outcome, breach, allow, opened_seq, closed_seq FROM gov.event_task WHERE event_id = 1 ORDER BY id;
SELECT kind, made_by, endorsed_by, decided_by, outcome FROM gov.request WHERE event_id = 1;
SELECT state, extension_count, satisfaction, close_condition, handling_units FROM gov.event WHERE id = 1;

-- 3. Refusals: each with its code, what the state is, what would be allowed.
SET ROLE dispatcher1;
SELECT grid_gov.act(2, 'dispatch', NULL, '{"unit": "cg"}');          -- WG001: not from here
UPDATE gov.event SET state = 'closed' WHERE id = 2;                  -- WG001: no such way
SET ROLE worker2;
SELECT grid_gov.act(2, 'self_handle', '已清理', '{"photos_before": ["a"], "photos_after": ["b"]}');   -- WG002: another grid's worker
SET ROLE outsider;
SELECT grid_gov.act(2, 'submit');                                    -- WG002: nobody
SET ROLE worker1;
SELECT grid_gov.act(2, 'self_handle', NULL, '{"photos_before": ["a"], "photos_after": ["b"]}');       -- WG003: note
SELECT grid_gov.act(2, 'self_handle', '已清理', '{"photos_before": ["a"]}');                            -- WG003: argument
SET ROLE acceptor1;
SELECT grid_gov.act(2, 'fast_accept', NULL, '{"item": "0101"}');     -- WG004: not urgent
UPDATE gov.event SET due_at = now() WHERE id = 2;                    -- WG005
UPDATE gov.event SET body = 'x' WHERE id = 2;                        -- WG005
UPDATE gov.event SET action_note = 'x' WHERE id = 2;                 -- WG003: a note without a step
INSERT INTO gov.event (body, state) VALUES ('x', 'closed');          -- WG005
SET ROLE worker1;
INSERT INTO gov.event (body, location) VALUES ('路灯不亮', ST_SetSRID(ST_MakePoint(116.4, 39.9), 4490));   -- WG008
INSERT INTO gov.event (body, item) VALUES ('路灯不亮', '9999');        -- no such item
SELECT grid_gov.act(999, 'submit');                                  -- WG002: not there, or not yours
SELECT grid_gov.act(2, 'submit', expect_seq => 7);                   -- WG004: moved on
RESET ROLE;
DELETE FROM gov.event WHERE id = 2;                                  -- WG006
TRUNCATE gov.event CASCADE;                                          -- WG006
SET ROLE worker1;
DELETE FROM gov.event_log;                                           -- no privilege for anybody but the owner
RESET ROLE;
-- an ORM that saves the whole row is not refused
SET ROLE acceptor1;
UPDATE gov.event SET body = body, state = state, due_at = due_at, seq = seq, item = item WHERE id = 2 RETURNING seq;
RESET ROLE;

-- 4. Who acts: proxies, citizens, and those who may not.
SET SESSION AUTHORIZATION worker1;
SET grid_gov.actor = 'acceptor1';
SELECT grid_gov.act(2, 'submit');                                    -- WG002: not a proxy
RESET grid_gov.actor;
SET SESSION AUTHORIZATION bridge;
SELECT grid_gov.act(2, 'submit');                                    -- WG002: the bridge itself is nobody
SET grid_gov.actor = 'reporter:K-17';
SELECT grid_gov.report('小区门口路灯不亮了', source => '12345', external_id => 'W1', phone => '13800000000') AS lamp \gset
SELECT grid_gov.report('小区门口路灯不亮了', source => '12345', external_id => 'W1') = :lamp AS same_id;
SET grid_gov.actor = 'reporter:K-18';
\set VERBOSITY sqlstate
SELECT grid_gov.act(:lamp, 'withdraw', '不是我报的');                    -- WG002: another citizen
\set VERBOSITY default
SET grid_gov.actor = 'reporter:K-17';
SELECT grid_gov.act(:lamp, 'withdraw', '已经亮了');
SET grid_gov.actor = 'reporter:K-18';
SELECT grid_gov.report('楼上漏水', source => 'citizen') > :lamp AS taken;
SELECT ord, event IS NOT NULL AS taken, code, problem
  FROM grid_gov.report_batch('[{"body": "路灯不亮", "lon": 118.005, "lat": 37.405, "source": "12345", "external_id": "B1"}, {"body": "x", "lon": 37.4, "lat": 118.0}, {"source": "110"}, 5]');
SELECT grid_gov.report_batch('{}');
RESET SESSION AUTHORIZATION;
RESET grid_gov.actor;
SELECT event_id = :lamp AS lamp, actor, role, session_role FROM gov.event_log WHERE action = 'withdraw';
SELECT reporter_key, phone FROM gov.event_private WHERE event_id = :lamp;
SELECT source, external_id, times FROM gov.intake ORDER BY 1, 2;

-- 5. Steps of the past, where the proxy may give them.
SET SESSION AUTHORIZATION bridge;
SET grid_gov.actor = 'acceptor1';
SELECT grid_gov.act(2, 'submit', NULL, '{"at": "2020-01-01 00:00+08"}');   -- too long ago
SELECT grid_gov.act(2, 'submit', NULL, '{"at": "2099-01-01 00:00+08"}');   -- in the future
SELECT grid_gov.act(2, 'submit', NULL, jsonb_build_object('at', (SELECT last_at FROM gov.event WHERE id = 2)));
RESET SESSION AUTHORIZATION;
RESET grid_gov.actor;
SELECT action, backdated, at < recorded_at AS earlier FROM gov.event_log WHERE event_id = 2 ORDER BY seq;

-- 6. Return and designation; pause; merge; the master takes its slaves along.
SET ROLE acceptor1;
SELECT grid_gov.act(2, 'accept', NULL, '{"item": "0101"}');
SET ROLE dispatcher1;
SELECT grid_gov.act(2, 'dispatch', NULL, '{"unit": "cg"}');
SET ROLE head_cg;
SELECT grid_gov.act(2, 'reject_dispatch', '不属本单位');
SET ROLE dispatcher1;
SELECT grid_gov.act(2, 'redispatch', NULL, '{"unit": "cg"}');
SELECT designated, return_count, handling_round, handling_extra >= 0 AS resumed FROM gov.event WHERE id = 2;
SET ROLE head_cg;
SELECT grid_gov.act(2, 'reject_dispatch', '还是不属本单位');             -- WG004: designated
SELECT grid_gov.act(2, 'request_suspend', '汛期', jsonb_build_object('until', now() + interval '20 days'));
SET ROLE dispatcher1;
SELECT grid_gov.act(2, 'approve_suspend');
SELECT state, before_state, held_clocks, handling_paused_at IS NOT NULL AS paused, suspend_until > now() AS until, next_alert_at FROM gov.event WHERE id = 2;
SELECT grid_gov.act(2, 'resume');
SELECT state, before_state, held_clocks, handling_paused_at IS NOT NULL AS paused, suspend_until, next_alert_at IS NOT NULL AS watched FROM gov.event WHERE id = 2;
SET ROLE worker1;
INSERT INTO gov.event (id, body, location, item) VALUES (1009, '别人的编号', ST_SetSRID(ST_MakePoint(118.005, 37.405), 4490), '0101');   -- WG005
RESET ROLE;
SELECT last_value AS given_out FROM gov.event_id_seq \gset
SELECT setval('gov.event_id_seq', 1009) AS raised;
SET ROLE worker1;
INSERT INTO gov.event (id, body, location, item) VALUES (1009, '黄河五路渤海七路垃圾没人管', ST_SetSRID(ST_MakePoint(118.005, 37.405), 4490), '0101') RETURNING id AS slave \gset
RESET ROLE;
SELECT setval('gov.event_id_seq', :given_out) < 1009 AS lowered;
SET ROLE acceptor1;
SELECT grid_gov.act(:slave, 'submit');
SELECT grid_gov.act(:slave, 'merge', NULL, jsonb_build_object('master_id', :slave));   -- WG004
SELECT grid_gov.act(:slave, 'merge', NULL, '{"master_id": 2}');
SELECT grid_gov.act(2, 'merge', NULL, jsonb_build_object('master_id', :slave));        -- WG004: not open; a circle anyway
SET ROLE handler_cg;
SELECT grid_gov.act(2, 'sign');
SELECT grid_gov.act(2, 'feedback', '已清理');
SET ROLE acceptor1;
SELECT grid_gov.act(2, 'skip_check');
SELECT grid_gov.act(2, 'close', NULL, '{"close_condition": "已清理"}');
RESET ROLE;
SELECT state, last_action, closed_at IS NOT NULL AS closed FROM gov.event WHERE id = :slave;
SELECT seq, action, actor FROM gov.event_log WHERE event_id = :slave ORDER BY seq;

-- 7. The city's own columns are free; the guard's are not; a later trigger that meddles is found out.
ALTER TABLE gov.event ADD COLUMN city_note text;
GRANT UPDATE (city_note) ON gov.event TO gov_app;
SET ROLE acceptor1;
UPDATE gov.event SET city_note = '市里自己的列' WHERE id = 2 RETURNING seq, city_note;
RESET ROLE;
CREATE FUNCTION public.meddle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.due_at := NULL; RETURN NEW; END';
CREATE TRIGGER zzz_meddle BEFORE UPDATE ON gov.event FOR EACH ROW EXECUTE FUNCTION public.meddle();
SET ROLE caller1;
SELECT grid_gov.act(2, 'evaluate', NULL, '{"satisfaction": "满意"}');   -- WG005
RESET ROLE;
DROP TRIGGER zzz_meddle ON gov.event;

-- 8. The journal proves all of this, and finds every kind of tampering.
SELECT * FROM grid_gov.verify_journal();
BEGIN;
UPDATE gov.event_log SET role = 'centre_head' WHERE event_id = 1 AND seq = 3;
SELECT * FROM grid_gov.verify_journal();
ROLLBACK;
BEGIN;
DELETE FROM gov.event_log WHERE event_id = 1 AND seq = 5;
SELECT * FROM grid_gov.verify_journal();
ROLLBACK;
BEGIN;
DELETE FROM gov.event_log WHERE event_id = 1 AND seq = (SELECT max(seq) FROM gov.event_log WHERE event_id = 1);
SELECT * FROM grid_gov.verify_journal();
ROLLBACK;
BEGIN;
UPDATE gov.event_log SET seq = -seq WHERE event_id = 1 AND seq IN (3, 4);
UPDATE gov.event_log SET seq = CASE seq WHEN -3 THEN 4 ELSE 3 END WHERE event_id = 1 AND seq < 0;
SELECT * FROM grid_gov.verify_journal();
ROLLBACK;
BEGIN;
UPDATE gov.event_note SET note = '改过的话' WHERE event_id = 1 AND note IS NOT NULL;
SELECT * FROM grid_gov.verify_journal();
ROLLBACK;
BEGIN;
ALTER TABLE gov.event DISABLE TRIGGER USER;
UPDATE gov.event SET due_at = due_at + interval '1 day' WHERE id = 1;
UPDATE gov.event SET head = '\x00' WHERE id = 2;
ALTER TABLE gov.event ENABLE TRIGGER USER;
SELECT * FROM grid_gov.verify_journal();
SELECT grid_gov.reseal(1, '按第12号决定更正截止时刻');
SELECT * FROM grid_gov.verify_journal() WHERE event = 1;
ROLLBACK;
SELECT * FROM grid_gov.verify_journal('2026-02-01', '2026-01-01');   -- an empty period proves nothing
SELECT grid_gov.reseal(424242, '没有这件事');   -- nothing to reseal
-- redaction keeps the chain whole
SELECT id AS log FROM gov.event_log WHERE event_id = 1 AND action = 'feedback' \gset
SELECT grid_gov.redact(:log, '涉及个人信息');
SELECT n.note, n.redacted_reason FROM gov.event_note n JOIN gov.event_log l USING (event_id, seq) WHERE l.id = :log;
SELECT * FROM grid_gov.verify_journal();
SET ROLE acceptor1;
SELECT grid_gov.redact(:log, 'x');
RESET ROLE;

-- 9. A changed calendar: open events are queued, and derived anew by sweep(), with a step in the journal.
SET ROLE worker1;
SELECT grid_gov.report('路面坑洼,车辆颠簸', ST_SetSRID(ST_MakePoint(118.005, 37.405), 4490), item => '0104') AS road \gset
SET ROLE acceptor1;
SELECT grid_gov.act(:road, 'submit');
SELECT grid_gov.act(:road, 'accept', NULL, '{"item": "0104"}');
SET ROLE dispatcher1;
SELECT grid_gov.act(:road, 'dispatch', NULL, '{"unit": "cg"}');
RESET ROLE;
SELECT due_at AS before FROM gov.event WHERE id = :road \gset
UPDATE gov.calendar SET hours = 'Asia/Shanghai; 24/7' WHERE name = 'default' AND area = '3716';
SELECT event_id = :road AS queued, reason FROM gov.reproject_queue WHERE event_id = :road;
SELECT grid_gov.sweep() >= 0 AS swept;
SELECT count(*) FROM gov.reproject_queue;
SELECT last_action, seq, due_at < :'before' AS earlier FROM gov.event WHERE id = :road;
SELECT * FROM grid_gov.verify_journal();
