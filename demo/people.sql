-- 14 000 people of a made-up 滨州 in their posts, and the units that handle events.
--
-- Run by psql as the owner of gov after geography.sql. Names and numbers are invented; nothing is random: every choice is made
-- from md5, so that each run gives the same people. 1+1+1+X: every grid has a leader, a party secretary and a worker, a leader
-- leads all grids of his village and is mostly its secretary too; four in ten villages have volunteers. Some grids lack somebody
-- or their notice, so that v_grid_problem has something to show.
\set people_quiet :QUIET
\set QUIET on
BEGIN;

CREATE FUNCTION pg_temp.chance(key text) RETURNS double precision LANGUAGE sql IMMUTABLE STRICT AS
  $$SELECT ('x' || substr(md5(key), 1, 8))::bit(32)::bigint / 4294967296.0$$;

-- A name for a number: surnames by their frequency, given names of one or two characters.
CREATE FUNCTION pg_temp.pick(characters text, key text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS
  $$SELECT substr(characters, 1 + floor(pg_temp.chance(key) * length(characters))::int, 1)$$;
CREATE FUNCTION pg_temp.person_name(n bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT pg_temp.pick('王王王王李李李李张张张张刘刘刘陈陈杨杨赵赵孙孙周周徐徐马马高高郭郭吴朱胡林何罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文', 'surname ' || n)
      || CASE WHEN pg_temp.chance('length ' || n) < 0.2 THEN '' ELSE
         pg_temp.pick('建国志秀玉文海春桂明永德金红丽晓小少长世家振宗兆洪庆广学中立成光宝凤兰爱月新书俊天云东希思佳子雨欣一', 'first ' || n) END
      || pg_temp.pick('军华英芳伟强敏静磊洋勇杰娟涛霞平刚燕峰红梅山林生民斌波辉娜玲秀珍荣福贵祥亮超鹏飞宁远庆云岩松柏泉河溪清莲菊', 'last ' || n)
$$;

\echo '  units'
-- Units: kind, short code, name in a county and in a town (NULL: none there).
CREATE TEMP TABLE demo_kind (kind text PRIMARY KEY, code text, county text, town text) ON COMMIT DROP;
INSERT INTO demo_kind VALUES
  ('网格中心', 'wg', '网格化服务管理中心', '网格化服务管理中心'), ('城管', 'cg', '综合行政执法局', '综合行政执法办公室'), ('住建', 'zj', '住房和城乡建设局', '村镇建设办公室'),
  ('公安', 'ga', '公安局', '派出所'), ('环卫', 'hw', '环境卫生管理中心', '环卫所'), ('司法', 'sf', '司法局', '司法所'), ('应急', 'yj', '应急管理局', '应急消防办公室'),
  ('便民服务', 'bm', '政务服务中心', '便民服务中心'), ('市场监管', 'sj', '市场监督管理局', '市场监管所'), ('农业农村', 'ny', '农业农村局', '农业农村办公室'),
  ('生态环境', 'hb', '生态环境分局', '生态环保办公室'), ('交警', 'jj', '公安局交警大队', NULL), ('市政', 'sz', '市政工程服务中心', NULL), ('园林', 'yl', '园林绿化服务中心', NULL),
  ('水利', 'sl', '水利局', NULL), ('人社', 'rs', '人力资源和社会保障局', NULL), ('民政', 'mz', '民政局', NULL), ('卫健', 'wj', '卫生健康局', NULL), ('教育', 'jy', '教育和体育局', NULL),
  ('交通', 'jt', '交通运输局', NULL), ('消防', 'xf', '消防救援大队', NULL), ('信访', 'xx', '信访局', NULL), ('自然资源', 'zr', '自然资源和规划局', NULL),
  ('供水企业', 'gs', '供水有限公司', NULL), ('供电企业', 'gd', '供电公司', NULL), ('供气企业', 'gq', '燃气有限公司', NULL), ('供热企业', 'gr', '热力有限公司', NULL),
  ('物业办', 'wy', '物业管理办公室', NULL), ('妇联', 'fl', '妇女联合会', NULL), ('残联', 'cl', '残疾人联合会', NULL), ('文旅', 'wl', '文化和旅游局', NULL), ('工信', 'gx', '工业和信息化局', NULL);
INSERT INTO gov.department (code, name, area, parent, kind, phone)
SELECT d.code || '-' || k.code, d.name || k.county, d.code, CASE WHEN d.level = 3 THEN '3716-' || k.code END, k.kind,
       '0543-8' || lpad(floor(pg_temp.chance('unit ' || d.code || k.code) * 1000000)::text, 6, '0')
  FROM demo_kind k CROSS JOIN gov.division d WHERE d.level IN (2, 3) AND starts_with(d.code, '3716')
 UNION ALL
SELECT d.code || '-' || k.code, d.name || k.town, d.code, d.parent || '-' || k.code, k.kind,
       '0543-8' || lpad(floor(pg_temp.chance('unit ' || d.code || k.code) * 1000000)::text, 6, '0')
  FROM demo_kind k CROSS JOIN gov.division d WHERE d.level = 4 AND k.town IS NOT NULL
 ORDER BY 1;

\echo '  people and posts'
-- Who there is: one row a person and post, persons told apart by a key. Grid workers first: the third grid of a village mostly has the second's.
CREATE TEMP TABLE demo_post (key text, role text, area text, unit text, full_time boolean) ON COMMIT DROP;
INSERT INTO demo_post
SELECT 'w' || CASE WHEN g.n = 3 AND pg_temp.chance('share ' || g.division) < 0.85 THEN g.before ELSE g.code END,
       'grid_worker', g.code, NULL, pg_temp.chance('full ' || g.code) < 0.4
  FROM (SELECT code, division, row_number() OVER w AS n, lag(code) OVER w AS before FROM gov.grid WINDOW w AS (PARTITION BY division ORDER BY code)) AS g
 WHERE pg_temp.chance('no worker ' || g.code) >= 0.006;
INSERT INTO demo_post
SELECT 'l' || division, 'grid_leader', code, NULL, false FROM gov.grid WHERE pg_temp.chance('no leader ' || code) >= 0.003
 UNION ALL
SELECT CASE WHEN pg_temp.chance('secretary ' || division) < 0.9 THEN 'l' ELSE 'p' END || division, 'party_secretary', code, NULL, false
  FROM gov.grid WHERE pg_temp.chance('no secretary ' || code) >= 0.01;
-- The centres of city, counties and towns: each position once or more; a supervisor in a town is also its caller.
INSERT INTO demo_post
SELECT 'c' || d.code || p.role || i, p.role, d.code, NULL, true
  FROM gov.division d
       JOIN (VALUES (2, 'acceptor', 3), (2, 'dispatcher', 3), (2, 'centre_head', 1), (2, 'supervisor', 2), (2, 'caller', 4), (2, 'auditor', 1),
                    (3, 'acceptor', 2), (3, 'dispatcher', 2), (3, 'centre_head', 1), (3, 'supervisor', 1), (3, 'caller', 2),
                    (4, 'acceptor', 2), (4, 'dispatcher', 1), (4, 'centre_head', 1), (4, 'caller', 1), (4, 'police_officer', 2)) AS p (level, role, many) USING (level),
       generate_series(1, p.many) AS i
 WHERE starts_with(d.code, '3716')
 UNION ALL
SELECT 'c' || code || 'caller1', 'supervisor', code, NULL, true FROM gov.division WHERE level = 4
 UNION ALL
SELECT 'c' || code || 'centre_head1', 'unit_head', code, code || '-wg', true FROM gov.division WHERE level IN (2, 3, 4) AND starts_with(code, '3716');
-- Units: somebody who handles, somebody who is responsible; three heads look after a town's units.
INSERT INTO demo_post
SELECT 'h' || d.code, 'handler', d.area, d.code, true FROM gov.department d
 UNION ALL
SELECT 'u' || CASE WHEN length(d.area) = 9 THEN d.area || row_number() OVER (PARTITION BY d.area ORDER BY d.code) % 3 ELSE d.code END, 'unit_head', d.area, d.code, true
  FROM gov.department d WHERE d.kind <> '网格中心';
-- Volunteers fill up to 14 000 people, village by village; a village's volunteer is one in all its grids.
INSERT INTO demo_post
SELECT 'v' || v.code, 'volunteer', g.code, NULL, false
  FROM (SELECT code, row_number() OVER (ORDER BY md5('volunteer ' || code)) AS n FROM gov.division WHERE level = 5) AS v
       JOIN gov.grid g ON g.division = v.code
 WHERE v.n <= 14000 - (SELECT count(DISTINCT key) FROM demo_post);

CREATE TEMP TABLE demo_staff ON COMMIT DROP AS
SELECT key, 100000 + row_number() OVER (ORDER BY key COLLATE "C") AS id FROM (SELECT DISTINCT key FROM demo_post) AS k;
INSERT INTO gov.staff (id, name, phone)
SELECT id, pg_temp.person_name(id), '0543-7' || lpad(floor(pg_temp.chance('phone ' || id) * 1000000)::text, 6, '0') FROM demo_staff ORDER BY id;
INSERT INTO gov.post (staff_id, role, area, unit, full_time, valid_from)
SELECT s.id, p.role, p.area, p.unit, p.full_time, timestamptz '2024-01-01 00:00+08' FROM demo_post p JOIN demo_staff s USING (key) ORDER BY s.id, p.role, p.area, p.unit;
SELECT setval(pg_get_serial_sequence('gov.staff', 'id'), 200000) AS next \gset

\echo '  notices and duties'
-- What hangs at the entrance: two in a hundred have none, some lack a number or still name somebody else.
INSERT INTO gov.notice (grid, posted_on, worker_name, worker_phone, supervision_phone)
SELECT g.code, date '2024-01-01' + floor(pg_temp.chance('posted ' || g.code) * 400)::int, CASE WHEN pg_temp.chance('old ' || g.code) < 0.01 THEN pg_temp.person_name(s.id + 1) ELSE s.name END,
       CASE WHEN pg_temp.chance('unphoned ' || g.code) >= 0.015 THEN s.phone END, '0543-12345'
  FROM gov.grid g JOIN gov.post p ON p.area = g.code AND p.role = 'grid_worker' JOIN gov.staff s ON s.id = p.staff_id
 WHERE pg_temp.chance('unposted ' || g.code) >= 0.02 ORDER BY g.code;
INSERT INTO gov.duty (area, list, code, name, role, basis) VALUES
  ('3716', 'task', 'L1', '统筹网格工作,召集网格例会', 'grid_leader', '演示数据'),
  ('3716', 'task', 'L2', '提交受理、移交、吹哨', 'grid_leader', '演示数据'),
  ('3716', 'task', 'P1', '网格党支部工作,组织党员报到', 'party_secretary', '演示数据'),
  ('3716', 'task', 'V1', '邻里守望、政策宣传', 'volunteer', '演示数据');
COMMIT;
ANALYZE gov.department, gov.staff, gov.post, gov.notice;
DO $$
DECLARE
  n integer := (SELECT count(*) FROM gov.staff);
BEGIN
  IF n <> 14000 THEN RAISE EXCEPTION 'the demo has % people, not 14000', n; END IF;
END
$$;
\pset format aligned
SELECT count(*) FILTER (WHERE role = 'grid_worker') AS worker_posts, count(DISTINCT staff_id) FILTER (WHERE role = 'grid_worker') AS workers,
       count(DISTINCT staff_id) FILTER (WHERE role = 'volunteer') AS volunteers, count(DISTINCT unit) AS units, (SELECT count(*) FROM gov.staff) AS people, count(*) AS posts FROM gov.post;
\set QUIET :people_quiet
