-- city
-- Who may see and do what, through the real guard: backends of one county, analysts, the reporter's data, views under row security.
\pset format unaligned
\pset tuples_only on
\set VERBOSITY terse
SET client_min_messages TO warning;
CREATE ROLE access_county NOLOGIN;
CREATE ROLE access_bi NOLOGIN;
CREATE ROLE access_bi_county NOLOGIN;
CREATE ROLE access_private NOLOGIN;
CREATE ROLE access_auditor NOLOGIN;
CREATE ROLE access_dba NOLOGIN;
CREATE ROLE access_worker LOGIN;
CREATE ROLE access_bridge LOGIN;
SELECT count(*) > 20 FROM grid_gov.grant_access('access_county', 'backend', '371602');
SELECT count(*) > 20 FROM grid_gov.grant_access('access_bi', 'bi');
SELECT count(*) > 20 FROM grid_gov.grant_access('access_bi_county', 'bi', '371621');
SELECT count(*) > 2 FROM grid_gov.grant_access('access_private', 'private');
SELECT count(*) > 20 FROM grid_gov.grant_access('access_auditor', 'auditor');
SELECT count(*) > 20 FROM grid_gov.grant_access('access_dba', 'dba');
SELECT * FROM grid_gov.grant_access('access_worker', 'worker');
GRANT access_county TO access_bridge;
INSERT INTO gov.actor_proxy (login, area, may_report) VALUES ('access_bridge', '371602', true);

-- a backend of one county: what it reports there it sees, elsewhere it may not report
SET SESSION AUTHORIZATION access_bridge;
SET grid_gov.actor TO 'worker1';
SELECT grid_gov.report('东街3号门口垃圾成堆,没人清理', st_setsrid(st_makepoint(118.005, 37.405), 4490)) > 0 AS reported;
SET grid_gov.actor TO 'worker_other';
SELECT grid_gov.report('南关村路灯不亮', st_setsrid(st_makepoint(117.505, 37.405), 4490));
SET grid_gov.actor TO 'reporter:K1';
SELECT grid_gov.report('西街自来水管爆裂,路面冒水', area => '371602001', source => '12345', external_id => 'A1', reporter_name => '某女士', phone => '13800000000') > 0 AS reported;
RESET grid_gov.actor;
RESET SESSION AUTHORIZATION;
-- reported by the other county's own people
SET ROLE worker_other;
INSERT INTO gov.event (body, location) VALUES ('南关村有人焚烧秸秆', st_setsrid(st_makepoint(117.505, 37.405), 4490));
INSERT INTO gov.event (body) VALUES ('南关村路灯不亮');
RESET ROLE;
SET SESSION AUTHORIZATION access_bridge;
SET grid_gov.actor TO 'acceptor1';
SELECT left(area, 6), state, source FROM gov.event ORDER BY id;
SELECT count(*) FROM gov.event_log WHERE area ^@ '371621';
\set VERBOSITY sqlstate
-- not visible: not entitled, whether it is there or not
SELECT grid_gov.act((SELECT max(id) FROM gov.event) + 1, 'submit');
SELECT grid_gov.act(999999, 'submit');
SELECT action FROM grid_gov.allowed_actions(999999);
\set VERBOSITY terse
SELECT grid_gov.act(min(id), 'submit') FROM gov.event WHERE source = 'grid';
UPDATE gov.event SET action = 'accept', action_args = '{"item": "0101"}' WHERE state = 'pending_accept' AND source = 'grid' RETURNING state;
SELECT count(*) FROM gov.event_private;
RESET grid_gov.actor;
RESET SESSION AUTHORIZATION;

-- analysts: views answer, with what lies in their area
SET ROLE access_bi;
SELECT left(area, 6), state_name, category FROM gov.v_event ORDER BY id;
SELECT count(*) FROM gov.event_note;
SELECT count(*) FROM gov.event_private;
UPDATE gov.catalogue SET name = name;
UPDATE gov.event SET action = 'submit';
SELECT grid_gov.act(1, 'submit');
RESET ROLE;
SET ROLE access_bi_county;
SELECT left(area, 6), state_name, category FROM gov.v_event ORDER BY id;
RESET ROLE;
CREATE TEMP TABLE answer (persona text, relation text, problem text);
GRANT INSERT ON answer TO PUBLIC;
DO $$
DECLARE
  p text;
  v text;
BEGIN
  FOREACH p IN ARRAY '{access_bi,access_bi_county,access_county,access_auditor,access_dba}'::text[] LOOP
    FOR v IN SELECT relname FROM pg_class WHERE relnamespace = 'gov'::regnamespace AND relkind = 'v' LOOP
      BEGIN
        EXECUTE format('SET LOCAL ROLE %I', p);
        EXECUTE format('SELECT count(*) FROM (SELECT * FROM gov.%I OFFSET 0) x', v);
      EXCEPTION WHEN OTHERS THEN
        RESET ROLE;
        INSERT INTO answer VALUES (p, v, SQLERRM);
      END;
      RESET ROLE;
    END LOOP;
  END LOOP;
END $$;
SELECT * FROM answer ORDER BY 1, 2;

-- corrections hold the reporter's words: seen and added with their event, changed by the DBA only; a correction of nothing is no sample
SET ROLE acceptor1;
SELECT grid_gov.act(min(id), 'correct_category', NULL, '{"item": "0104"}') FROM gov.event WHERE source = 'grid' AND area ^@ '371602';
SELECT grid_gov.act(min(id), 'correct_category', NULL, '{"item": "0104"}') FROM gov.event WHERE source = 'grid' AND area ^@ '371602';
SELECT grid_gov.act(min(id), 'correct_category', NULL, '{"category": "环境保护"}') FROM gov.event WHERE source = 'grid' AND area ^@ '371602';
SELECT grid_gov.act(min(id), 'correct_category', NULL, '{"category": "环境保护"}') FROM gov.event WHERE source = 'grid' AND area ^@ '371602';
RESET ROLE;
INSERT INTO gov.labelled_report (event_id, body, category) SELECT max(id), '别县的', '民生服务' FROM gov.event WHERE area ^@ '371621' UNION ALL SELECT NULL, '不知何处的', '民生服务';
INSERT INTO gov.labelled_report (body, category) VALUES ('', '其他');
SET ROLE access_county;
SELECT body, category, item, was FROM gov.labelled_report ORDER BY id;
INSERT INTO gov.labelled_report (event_id, body, category) SELECT min(id), '本县的', '城市管理' FROM gov.event RETURNING body;
INSERT INTO gov.labelled_report (body, category) VALUES ('不知何处的', '城市管理');
UPDATE gov.labelled_report SET category = '公共安全';
DELETE FROM gov.labelled_report;
RESET ROLE;
-- who analyses the whole city adds only where it is a backend
GRANT access_bi TO access_county;
SET ROLE access_county;
SELECT count(*) FROM gov.event WHERE area ^@ '371621';
INSERT INTO gov.labelled_report (event_id, body, category) SELECT max(id), '别县的', '城市管理' FROM gov.event WHERE area ^@ '371621';
RESET ROLE;
REVOKE access_bi FROM access_county;
SET ROLE access_dba;
SELECT count(*) FROM gov.labelled_report;
UPDATE gov.labelled_report SET category = '城市管理' WHERE body ^@ '不知' RETURNING body;
DELETE FROM gov.labelled_report WHERE event_id IS NULL RETURNING body;
RESET ROLE;

-- the reporter's data, the journal, the rules, the sweep
SET ROLE access_private;
SELECT reporter_key, reporter_name, phone FROM gov.event_private;
SELECT body FROM gov.event;
RESET ROLE;
SET ROLE access_auditor;
SELECT count(*) FROM grid_gov.verify_journal();
SELECT count(*) > 3 FROM gov.event_log;
SELECT count(*) FROM gov.event_private;
RESET ROLE;
SET ROLE access_dba;
UPDATE gov.stage_limit SET allow = '40m' WHERE state = 'pending_accept' AND NOT urgent RETURNING allow;
INSERT INTO gov.actor_proxy VALUES ('access_dba', '3716', true, 1000000);
UPDATE gov.event SET state = 'closed';
DELETE FROM gov.event_log;
SELECT problem FROM grid_gov.check_setup() WHERE problem NOT IN ('calendar_ends', 'long_backdate', 'timezone');
RESET ROLE;
SET SESSION AUTHORIZATION access_worker;
SELECT grid_gov.sweep() >= 0 AS swept;
SELECT count(*) FROM gov.event;
RESET SESSION AUTHORIZATION;

-- taking it back
DELETE FROM gov.access WHERE role = 'access_bi';
SET ROLE access_bi;
SELECT count(*) FROM gov.v_event;
RESET ROLE;
SELECT kind, count(*) > 0 FROM grid_gov.revoke_access('access_bi') GROUP BY kind ORDER BY kind;
SET ROLE access_bi;
SELECT count(*) FROM gov.v_event;
RESET ROLE;
SELECT * FROM grid_gov.revoke_access('access_worker');
SELECT * FROM grid_gov.revoke_access('gov_owner');
SELECT count(*) > 0 FROM unnest('{access_county,access_bi_county,access_private,access_auditor,access_dba}'::regrole[]) r, grid_gov.revoke_access(r);
SELECT * FROM gov.access WHERE role ^@ 'access_';
INSERT INTO gov.access (role, persona, area) VALUES ('access_gone', 'bi', '3716');
DELETE FROM gov.actor_proxy WHERE login = 'access_bridge';
DROP TABLE answer;
DROP ROLE access_county, access_bi, access_bi_county, access_private, access_auditor, access_dba, access_worker, access_bridge;
-- a role that is gone does not hurt those who are there
SELECT problem, detail FROM grid_gov.check_setup() WHERE problem = 'unknown_role' AND detail LIKE '%access_%';
SET ROLE worker1;
SELECT count(*) FROM gov.event;
RESET ROLE;
