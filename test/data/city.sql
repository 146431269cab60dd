-- A small city for regression tests ("-- city" in a test's first line). Deterministic; staff numbers and codes are fixed, so that
-- outputs may show them.
--
-- How a test acts as somebody (staff.login is the role's name, every role below is a member of gov_app, persona backend):
--   SET ROLE worker1; ... RESET ROLE;                          by the outer role
--   SET SESSION AUTHORIZATION worker1; ... RESET SESSION AUTHORIZATION;   by the session role
--   SET SESSION AUTHORIZATION bridge; SET grid_gov.actor = 'worker1'; ... through the proxy (may_report, backdate 1440 minutes);
--       SET grid_gov.actor = 'reporter:K1' is a citizen; RESET grid_gov.actor; RESET SESSION AUTHORIZATION;
-- The places (CGCS2000, squares of 0.01 degrees that share the edge at lon 118.01; locate with ST_SetSRID(ST_MakePoint(lon, lat), 4490)):
--   371602001001001  118.00-118.01 x 37.40-37.41, middle (118.005, 37.405)   worker1
--   371602001001002  118.01-118.02 x 37.40-37.41, middle (118.015, 37.405)   worker2
--   371602001002001  118.00-118.01 x 37.38-37.39, middle (118.005, 37.385)   worker3 (another village)
--   371621100001001  117.50-117.51 x 37.40-37.41, middle (117.505, 37.405)   worker_other (another county)
DO $$
DECLARE
  r text;
BEGIN
  FOREACH r IN ARRAY '{gov_owner,gov_app}'::text[] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', r);
    END IF;
  END LOOP;
END
$$;
SELECT count(*) > 0 AS set_up FROM grid_gov.setup(root => '3716', name => '滨州市', owner => 'gov_owner');

SET ROLE gov_owner;
INSERT INTO gov.division (code, name, level, parent, kind) VALUES
  ('371602', '滨城区', 3, '3716', '区'),
  ('371602001', '市中街道', 4, '371602', '街道'),
  ('371602001001', '东街社区', 5, '371602001', '社区'),
  ('371602001002', '西街社区', 5, '371602001', '社区'),
  ('371621', '惠民县', 3, '3716', '县'),
  ('371621100', '孙武镇', 4, '371621', '镇'),
  ('371621100001', '南关村', 5, '371621100', '村');
INSERT INTO gov.grid (code, name, division, households, population, boundary, lon, lat, phone, valid_from)
SELECT g.code, g.name, left(g.code, 12), g.households, g.households * 3, s.shape, g.x + 0.005, g.y + 0.005, '0543-3000000', '2024-01-01 00:00+08'
  FROM (VALUES ('371602001001001', '东街社区第1网格', 400, 118.00, 37.40), ('371602001001002', '东街社区第2网格', 350, 118.01, 37.40),
               ('371602001002001', '西街社区第1网格', 300, 118.00, 37.38), ('371621100001001', '南关村第1网格', 320, 117.50, 37.40)) AS g (code, name, households, x, y),
       LATERAL st_multi(st_makeenvelope(g.x, g.y, g.x + 0.01, g.y + 0.01, 4490)) AS s (shape);
UPDATE gov.division d SET boundary = g.boundary, lon = g.lon, lat = g.lat
  FROM (SELECT left(code, 12) COLLATE "C" AS division, st_multi(st_union(boundary)) AS boundary, avg(lon) AS lon, avg(lat) AS lat FROM gov.grid GROUP BY left(code, 12)) AS g
 WHERE d.code = g.division;

-- Units: three of the town, one of the county, one elsewhere.
INSERT INTO gov.department (code, name, area, kind) VALUES
  ('cg', '市中街道综合行政执法办公室', '371602001', '城管'),
  ('zj', '市中街道村镇建设办公室', '371602001', '住建'),
  ('gs', '滨城区供水有限公司', '371602', '供水企业'),
  ('hb', '滨州市生态环境局滨城分局', '371602', '生态环境'),
  ('cg_other', '孙武镇综合行政执法办公室', '371621100', '城管');

CREATE TEMP TABLE person (id bigint, login text, name text, role text, area text, unit text);
INSERT INTO person VALUES
  (1, 'worker1', '张一', 'grid_worker', '371602001001001', NULL),
  (2, 'worker2', '李二', 'grid_worker', '371602001001002', NULL),
  (3, 'worker3', '王三', 'grid_worker', '371602001002001', NULL),
  (4, 'leader1', '刘四', 'grid_leader', '371602001001', NULL),
  (5, 'secretary1', '陈五', 'party_secretary', '371602001001', NULL),
  (6, 'volunteer1', '杨六', 'volunteer', '371602001001001', NULL),
  (10, 'acceptor1', '赵甲', 'acceptor', '371602001', NULL),
  (11, 'dispatcher1', '钱乙', 'dispatcher', '371602001', NULL),
  (12, 'caller1', '孙丙', 'caller', '371602', NULL),
  (13, 'supervisor1', '周丁', 'supervisor', '371602', NULL),
  (14, 'centre1', '吴戊', 'centre_head', '371602', NULL),
  (15, 'acceptor_county', '郑己', 'acceptor', '371602', NULL),
  (16, 'dispatcher_county', '冯庚', 'dispatcher', '371602', NULL),
  (20, 'acceptor_city', '褚辛', 'acceptor', '3716', NULL),
  (21, 'dispatcher_city', '卫壬', 'dispatcher', '3716', NULL),
  (22, 'centre_city', '蒋癸', 'centre_head', '3716', NULL),
  (23, 'supervisor_city', '沈子', 'supervisor', '3716', NULL),
  (24, 'caller_city', '韩丑', 'caller', '3716', NULL),
  (30, 'handler_cg', '何城', 'handler', '371602001', 'cg'),
  (31, 'head_cg', '吕管', 'unit_head', '371602001', 'cg'),
  (32, 'handler_zj', '施住', 'handler', '371602001', 'zj'),
  (33, 'head_zj', '张建', 'unit_head', '371602001', 'zj'),
  (34, 'handler_gs', '孔供', 'handler', '371602', 'gs'),
  (35, 'head_gs', '曹水', 'unit_head', '371602', 'gs'),
  (36, 'handler_hb', '严环', 'handler', '371602', 'hb'),
  (37, 'head_hb', '华保', 'unit_head', '371602', 'hb'),
  (40, 'police1', '金警', 'police_officer', '371602001', NULL),
  (41, 'auditor1', '魏计', 'auditor', '3716', NULL),
  (50, 'worker_other', '陶外', 'grid_worker', '371621100001001', NULL),
  (51, 'leader_other', '姜外', 'grid_leader', '371621100001', NULL),
  (52, 'acceptor_other', '戚外', 'acceptor', '371621100', NULL),
  (53, 'dispatcher_other', '谢外', 'dispatcher', '371621100', NULL),
  (54, 'handler_other', '邹外', 'handler', '371621100', 'cg_other');
INSERT INTO gov.staff (id, name, login, phone) SELECT id, name, login, '0543-30' || lpad(id::text, 5, '0') FROM person ORDER BY id;
INSERT INTO gov.post (id, staff_id, role, area, unit, full_time) SELECT id, id, role, area, unit, role = 'grid_worker' FROM person ORDER BY id;
SELECT setval(pg_get_serial_sequence('gov.staff', 'id'), 1000) = 1000 AND setval(pg_get_serial_sequence('gov.post', 'id'), 1000) = 1000 AS numbered;
INSERT INTO gov.notice (grid, posted_on, worker_name, worker_phone, supervision_phone)
SELECT g.code, date '2024-01-01', p.name, '0543-30' || lpad(p.id::text, 5, '0'), '0543-12345' FROM gov.grid g JOIN person p ON p.area = g.code AND p.role = 'grid_worker' ORDER BY g.code;
INSERT INTO gov.actor_proxy (login, area, may_report, backdate_minutes) VALUES ('bridge', '3716', true, 1440);

RESET ROLE;
DO $$
DECLARE
  r text;
BEGIN
  FOR r IN SELECT login FROM person UNION SELECT 'bridge' UNION SELECT 'outsider' ORDER BY 1 LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) THEN
      EXECUTE format('CREATE ROLE %I LOGIN', r);
    END IF;
    EXECUTE format('GRANT gov_app TO %I', r);
  END LOOP;
END
$$;
SELECT count(*) > 0 AS granted FROM grid_gov.grant_access('gov_app', 'backend');
DROP TABLE person;
