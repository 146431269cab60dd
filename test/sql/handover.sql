-- city
-- A worker leaves: his open tasks go to another in one call, each with a step in its event's journal.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset null '-'
SET timezone = 'Asia/Shanghai';

-- Person 1 (worker1) has a verify task, a handling that names him, one that he has finished, and a check in another state; handler_cg (30) has one.
SET ROLE worker2;
SELECT grid_gov.report(b, ST_SetSRID(ST_MakePoint(118.005, 37.405), 4490), item => '0101') AS id FROM unnest('{东街垃圾,西门垃圾,南门垃圾,北门垃圾,后院垃圾}'::text[]) b;
SET ROLE acceptor1;
SELECT grid_gov.act(1, 'send_verify', NULL, '{"person": 1}');
SELECT grid_gov.act(n, 'submit') FROM generate_series(2, 5) n;
SELECT grid_gov.act(n, 'accept', NULL, '{"item": "0101"}') FROM generate_series(2, 5) n;
SET ROLE dispatcher1;
SELECT grid_gov.act(n, 'dispatch', NULL, '{"unit": "cg", "person": 1}') FROM generate_series(2, 4) n;
SELECT grid_gov.act(5, 'dispatch', NULL, '{"unit": "cg"}');
SET ROLE worker1;
SELECT grid_gov.act(n, 'sign') FROM generate_series(2, 4) n;
SELECT grid_gov.act(n, 'feedback', '已清理') FROM generate_series(3, 4) n;
SET ROLE acceptor1;
SELECT grid_gov.act(4, 'skip_check');
SELECT grid_gov.act(4, 'close', NULL, '{"close_condition": "已清理"}');
RESET ROLE;
CREATE TEMP VIEW tasks AS SELECT event_id, kind, unit, person, done_at IS NULL AS open, due_at IS NOT NULL AS due FROM gov.event_task ORDER BY id;
SELECT * FROM tasks;
SELECT id, state, unit, person FROM gov.event ORDER BY id;
CREATE TEMP TABLE before AS SELECT id, due_at, stage_due_at, entered_at, state FROM gov.event;

-- Refused: who may not, without a reason, to oneself, to nobody.
SET ROLE worker1;
SELECT grid_gov.hand_over_tasks(1, 2, '离职');            -- WG002: himself
SET ROLE acceptor1;
SELECT grid_gov.hand_over_tasks(1, 2, '离职');            -- WG002: not his to give
SET ROLE dispatcher_other;
SELECT grid_gov.hand_over_tasks(1, 2, '离职');            -- WG002: another county's
SET ROLE outsider;
SELECT grid_gov.hand_over_tasks(1, 2, '离职');            -- WG002: nobody
SET ROLE leader1;
SELECT grid_gov.hand_over_tasks(1, 2, ' ');               -- WG003
SELECT grid_gov.hand_over_tasks(1, 1, '离职');            -- 22023
SELECT grid_gov.hand_over_tasks(1, 99, '离职');           -- 22023
RESET ROLE;
UPDATE gov.staff SET active = false WHERE id = 3;
SET ROLE leader1;
SELECT grid_gov.hand_over_tasks(1, 3, '离职');            -- 22023: has left, too
RESET ROLE;
UPDATE gov.staff SET active = true WHERE id = 3;
SELECT count(*) AS nothing_happened FROM gov.event_log WHERE action = 'reassign_person';

-- The grid leader hands them over.
SET ROLE leader1;
SELECT grid_gov.hand_over_tasks(1, 2, '张一离职,由李二接手');
SELECT grid_gov.hand_over_tasks(1, 2, '再来一次') AS nothing_left;
RESET ROLE;
SELECT * FROM tasks;
SELECT id, state, unit, person, last_action FROM gov.event ORDER BY id;
SELECT e.id FROM gov.event e JOIN before b USING (id) WHERE (e.due_at, e.stage_due_at, e.entered_at, e.state) IS DISTINCT FROM (b.due_at, b.stage_due_at, b.entered_at, b.state);
SELECT l.event_id, l.from_state, l.to_state, l.actor, l.role, l.outer_role, n.note, n.args FROM gov.event_log l JOIN gov.event_note n USING (event_id, seq) WHERE l.action = 'reassign_person' ORDER BY 1;
-- the successor can go on, the one who left cannot
SET ROLE worker1;
SELECT grid_gov.act(1, 'verify_done', '属实');            -- WG002
SELECT grid_gov.act(2, 'feedback', '已清理');             -- WG002
SET ROLE worker2;
SELECT grid_gov.act(1, 'verify_done', '属实');
SELECT grid_gov.act(2, 'feedback', '已清理');
-- sent back: the new task is the successor's, not that of the one who did it before
SET ROLE acceptor1;
SELECT grid_gov.act(3, 'send_back', '照片不清楚');
RESET ROLE;
SELECT * FROM tasks WHERE event_id = 3;
-- nobody else can write such a step
SET ROLE centre1;
SELECT grid_gov.act(3, 'reassign_person', 'x', '{"from": 2, "to": 1}');
UPDATE gov.event SET action = 'reassign_person', action_args = '{"from": 2, "to": 1}' WHERE id = 3;

-- A centre head for what lies in his county, the owner for all; all or nothing.
SELECT grid_gov.hand_over_tasks(2, 4, '调岗');
RESET ROLE;
INSERT INTO gov.post (id, staff_id, role, area) VALUES (104, 4, 'grid_worker', '371621100001001');
SET ROLE worker_other;
SELECT grid_gov.report('树倒了', ST_SetSRID(ST_MakePoint(117.505, 37.405), 4490), item => '0101') AS id;
SET ROLE acceptor_other;
SELECT grid_gov.act(6, 'send_verify', NULL, '{"person": 4}');
SET ROLE centre1;
SELECT grid_gov.hand_over_tasks(4, 1, '调岗');            -- WG002: one of them lies elsewhere
SET ROLE gov_owner;
SELECT grid_gov.hand_over_tasks(4, 1, '机构撤并');
RESET ROLE;
SELECT event_id, actor, role, session_role = 'postgres' AS own_session FROM gov.event_log WHERE action = 'reassign_person' AND actor = 'owner' ORDER BY 1;
SELECT * FROM tasks WHERE open;
SELECT * FROM grid_gov.verify_journal();

-- Not to one who takes no steps, not from one who is not there; one who has left may still be the giver.
SET ROLE gov_owner;
SELECT grid_gov.hand_over_tasks(2, 6, '离职');            -- 22023: a volunteer
SELECT grid_gov.hand_over_tasks(2, 41, '离职');           -- 22023: an auditor
SELECT grid_gov.hand_over_tasks(99, 2, '离职');           -- 22023: no such person
UPDATE gov.post SET valid_to = now() - interval '1 hour' WHERE staff_id = 3;
SELECT grid_gov.hand_over_tasks(2, 3, '离职');            -- 22023: no longer
UPDATE gov.post SET valid_to = 'infinity' WHERE staff_id = 3;
UPDATE gov.staff SET active = false WHERE id = 2;
SELECT grid_gov.hand_over_tasks(2, 3, '离职') AS nothing_left;
RESET ROLE;
