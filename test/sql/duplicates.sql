-- city
-- How alike are two reports, and which events may be the same thing?
\set VERBOSITY default
\set SHOW_CONTEXT never
SET timezone = 'Asia/Shanghai';

-- 1. Similarity: runs of three characters of the normal forms.
SELECT a, b, round(grid_gov.report_similarity(a, b)::numeric, 4) AS alike
FROM (VALUES (1, '黄河五路垃圾成堆', '黄河五路垃圾成堆'), (2, '黄河五路垃圾成堆', '黄河五路,垃圾成堆!!'), (3, '黄河五路垃圾成堆', '黃河五路垃圾成堆'),
  (4, '黄河五路垃圾成堆', '黄河六路垃圾成堆'), (5, 'ＡＢＣ１２３', 'abc123'), (6, '12号楼漏水', '21号楼漏水'), (7, '路灯不亮', '路灯不亮了'),
  (8, '漏水', '漏水'), (9, '漏水', '漏气'), (10, '', '漏水'), (11, '', ''), (12, '。。。', '。。。'), (13, '路灯不亮', '井盖缺失')) v (ord, a, b) ORDER BY ord;
SELECT grid_gov.report_similarity(NULL, 'x') IS NULL AS strict;
-- symmetric, 1 for itself, and as a slow model in SQL says
CREATE FUNCTION pg_temp.runs(t text) RETURNS text[] LANGUAGE sql AS $$
  SELECT CASE WHEN length(n) < 3 THEN array_remove(ARRAY[n], '') ELSE ARRAY(SELECT DISTINCT substr(n, i, 3) FROM generate_series(1, length(n) - 2) i) END
  FROM regexp_replace(grid_gov.normalize_report(t), '[^[:alnum:]]', '', 'g') n $$;
SELECT count(*) > 300 AS enough, count(*) FILTER (WHERE fast <> turned) AS one_sided, count(*) FILTER (WHERE abs(fast - slow) > 1e-12) AS differ, min(fast) FILTER (WHERE a.id = b.id) AS itself
FROM (SELECT * FROM grid_gov.ref_report WHERE id % 167 = 0) a CROSS JOIN (SELECT * FROM grid_gov.ref_report WHERE id % 167 = 0) b,
  LATERAL (SELECT grid_gov.report_similarity(a.text, b.text) AS fast, grid_gov.report_similarity(b.text, a.text) AS turned,
    (SELECT count(*) FROM unnest(pg_temp.runs(a.text)) x WHERE x = ANY (pg_temp.runs(b.text)))::float8
      / (SELECT count(*) FROM (SELECT unnest(pg_temp.runs(a.text)) UNION SELECT unnest(pg_temp.runs(b.text))) u) AS slow) s;

-- 2. Duplicates of event 1. Reports come through the bridge, some of them days ago.
UPDATE gov.actor_proxy SET backdate_minutes = 100000;
SET SESSION AUTHORIZATION bridge;
SET grid_gov.actor = 'worker1';
CREATE FUNCTION pg_temp.told(body text, lon float8, lat float8, item text, ago interval DEFAULT '0') RETURNS bigint LANGUAGE sql AS $$
  SELECT grid_gov.report(body, CASE WHEN lon IS NOT NULL THEN ST_SetSRID(ST_MakePoint(lon, lat), 4490) END, item => item, area => '371602001001001', args => jsonb_build_object('at', now() - ago)) $$;
SELECT pg_temp.told('东街菜市场门口垃圾成堆没人清理', 118.005, 37.405, '0101') AS e1;
SELECT pg_temp.told('东街菜市场门口垃圾成堆,没人清理', 118.0055, 37.405, '0104') AS similar_44_m;
SELECT pg_temp.told('地上有一堆脏东西', 118.0060, 37.405, '0101') AS same_item_88_m;
SELECT pg_temp.told('东街菜市场门口垃圾成堆没人清理', 118.0080, 37.405, '0101') AS too_far_265_m;
SELECT pg_temp.told('东街菜市场门口垃圾成堆没人清理', 118.005, 37.405, '0101', '8 days') AS too_old;
SELECT pg_temp.told('东街菜市场门口垃圾成堆没人清理', 118.005, 37.4053, '0101', '6 days') AS old_enough;
SELECT pg_temp.told('路灯不亮', 118.005, 37.405, '0124') AS another_thing;
SELECT pg_temp.told('东街菜市场门口垃圾成堆没人清理', NULL, NULL, '0101') AS no_place;
SELECT pg_temp.told('东街菜市场门口垃圾成堆没人清理', 118.005, 37.405, '0101') AS to_be_withdrawn;
SELECT pg_temp.told('东街菜市场门口垃圾成堆没人清理', 118.005, 37.405, '0101') AS to_be_merged;
SELECT grid_gov.act(9, 'withdraw', '重复');
SET grid_gov.actor = 'acceptor1';
SELECT grid_gov.act(10, 'submit');
SELECT grid_gov.act(10, 'merge', NULL, '{"master_id": 1}');
RESET SESSION AUTHORIZATION;
RESET grid_gov.actor;
SET ROLE acceptor1;
SELECT event, round(distance_m) AS metres, round(days) AS days, round(similarity::numeric, 2) AS similarity, same_item, rank FROM grid_gov.find_duplicates(1);
SELECT event, rank FROM grid_gov.find_duplicates(1, within_m => 300, within_days => 9);
SELECT event, rank FROM grid_gov.find_duplicates(1, min_similarity => 0);
SELECT event, rank FROM grid_gov.find_duplicates(10);                                       -- a slave's would-be masters
SELECT count(*) FROM grid_gov.find_duplicates(8);                                           -- no place, no neighbours
SELECT * FROM grid_gov.find_duplicates(99);                                                 -- WG002
SELECT * FROM grid_gov.find_duplicates(1, within_m => -1);                                  -- 22023
RESET ROLE;
-- every row may be a master: merging the best one succeeds
SET ROLE acceptor1;
SELECT grid_gov.act(2, 'submit');
SELECT grid_gov.act(2, 'merge', NULL, jsonb_build_object('master_id', (SELECT d.event FROM grid_gov.find_duplicates(2) d WHERE d.rank = 1)));
SELECT master_id FROM gov.event WHERE id = 2;
RESET ROLE;
-- the index on places is used
CREATE FUNCTION pg_temp.plan(q text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE l text;
BEGIN FOR l IN EXECUTE 'EXPLAIN (COSTS off) ' || q LOOP IF l ~ 'event_location_idx' THEN RETURN NEXT 'uses event_location_idx'; END IF; END LOOP; END $$;
SET enable_seqscan = off;
SELECT DISTINCT pg_temp.plan($$SELECT e.id FROM gov.event o JOIN gov.event e ON e.location && grid_gov.box_around(o.location, 200) WHERE o.id = 1$$);
RESET enable_seqscan;
-- the box holds the circle, also in the far north
SELECT lat, bool_and(ST_Contains(grid_gov.box_around(p, 200), ST_Project(p::geography, 199.9, radians(a))::geometry)) AS inside
FROM (VALUES (0), (37.4), (53.5)) l (lat), LATERAL (SELECT ST_SetSRID(ST_MakePoint(118, lat), 4326) AS p) x, generate_series(0, 359, 15) a GROUP BY lat ORDER BY lat;
SELECT * FROM grid_gov.verify_journal();
