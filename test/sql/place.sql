-- Codes, containment, frames of coordinates, locate() and check_grids(), on a city made by hand.
\set VERBOSITY terse
SET client_min_messages = warning;

--
-- Codes
--
SELECT code, grid_gov.code_level(code) AS level, grid_gov.code_parent(code) AS parent,
       grid_gov.code_ancestor(code, 2) AS city, grid_gov.code_ancestor(code, 3) AS county, grid_gov.standard_code(code) AS standard
  FROM unnest(ARRAY['37', '3716', '371602', '371602001', '371602001001', '371602001001003', '37160200100100305',
                    '441900003', '441900003001', '441900003001001', '371602000201',
                    -- not codes
                    '', '3', '371', '371600', '371600000000', '371602001000', '371602001001000', '37160200100100300', '0716', '37x6', ' 3716', '３７１６'])
       WITH ORDINALITY AS t (code, n) ORDER BY n;
SELECT code, grid_gov.canonical_code(code)
  FROM unnest(ARRAY['370000', '371600', '371600000000', '371602', '371602000000', '371602001', '371602001000', '441900003000', '441900',
                    '371602001001', '371602001001003', '37160200100100305']) WITH ORDINALITY AS t (code, n) ORDER BY n;
SELECT grid_gov.canonical_code('371602001001000');
SELECT grid_gov.canonical_code('3716020010010');
SELECT grid_gov.canonical_code('000000000000');
SELECT grid_gov.code_ancestor('3716', 8);

-- within() is a prefix test that a b-tree serves, with constants, parameters and joined rows
SELECT code, area, grid_gov.within(code, area)
  FROM (VALUES ('371602', '3716'), ('3716', '3716'), ('3716', '371602'), ('3717', '3716'), ('371', '3716'), ('371602', ''), (NULL, '3716'), ('3716', NULL)) AS t (code, area);
CREATE TABLE code_list (code text COLLATE "C" PRIMARY KEY, plain text COLLATE "C");
INSERT INTO code_list SELECT c, c FROM (SELECT (371600000000000 + i * 997)::text AS c FROM generate_series(1, 20000) AS i) AS s;
ANALYZE code_list;
EXPLAIN (COSTS OFF) SELECT * FROM code_list WHERE grid_gov.within(code, '371600001');
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT * FROM (VALUES ('371600001'), ('371600002')) AS a (area) JOIN code_list c ON grid_gov.within(c.code, a.area);
RESET enable_seqscan;
SELECT count(*) FILTER (WHERE grid_gov.within(code, '371600001')) AS found, count(*) FILTER (WHERE starts_with(code, '371600001')) AS expected FROM code_list;
DROP TABLE code_list;

--
-- Frames: the values that the widely used implementation publishes for 116.404, 39.915
--
SELECT frame, st_x(p) = x AND st_y(p) = y AS as_published, st_srid(p) AS srid
  FROM (VALUES ('gcj02', 116.41024449916938::float8, 39.91640428150164::float8), ('BD09', 116.41662724378733, 39.922699552216216),
               ('cgcs2000', 116.404, 39.915)) AS v (frame, x, y),
       LATERAL (SELECT grid_gov.from_wgs84('SRID=4326;POINT(116.404 39.915)'::geometry, frame) AS p) AS q;
-- its inverses take one step; ours iterate: within a few metres of it
SELECT frame, st_distance(p::geography, st_setsrid(st_makepoint(x, y), 4326)::geography) < 3 AS near_published
  FROM (VALUES ('gcj02', 116.39775550083061::float8, 39.91359571849836::float8),
               -- bd09 to gcj02 as published, then the one step to wgs84
               ('bd09', 116.39762729119315 - (116.41024449916938 - 116.404), 39.90865673957631 - (39.91640428150164 - 39.915))) AS v (frame, x, y),
       LATERAL (SELECT grid_gov.to_wgs84('POINT(116.404 39.915)'::geometry, frame) AS p) AS q;
-- there and back again all over China, in millimetres
SELECT frame, max(st_distance(p::geography, b::geography)) < 0.001 AS exact, count(*)
  FROM generate_series(74, 135, 1.7) AS x, generate_series(4, 53, 1.3) AS y, unnest(ARRAY['wgs84', 'gcj02', 'bd09']) AS frame,
       LATERAL (SELECT st_setsrid(st_makepoint(x, y), 4326) AS p) AS p, LATERAL (SELECT grid_gov.to_wgs84(grid_gov.from_wgs84(p, frame), frame) AS b OFFSET 0) AS b
 GROUP BY frame ORDER BY frame;
-- in Binzhou the wrong frame is half a kilometre away
SELECT round(st_distance(p::geography, grid_gov.to_wgs84(p, 'gcj02')::geography)) AS metres FROM (SELECT 'SRID=4326;POINT(118.0 37.4)'::geometry AS p) AS s;
SELECT st_asewkt(grid_gov.to_wgs84('SRID=4490;POINT ZM (118 37.4 12 7)', 'cgcs2000'));

--
-- locate: three by three squares, a grid with a hole and another in it, two parts
--
SELECT grid_gov.locate('SRID=4490;POINT(118 37.4)'::geometry);
CREATE SCHEMA gov;
CREATE TABLE gov.meta (kind text COLLATE "C", name text COLLATE "C", value text);
CREATE TABLE gov.division (code text COLLATE "C" PRIMARY KEY, name text, level smallint, parent text, valid_from date, valid_to date, boundary geometry(MultiPolygon, 4490));
CREATE TABLE gov.grid (code text COLLATE "C" PRIMARY KEY, name text, division text COLLATE "C" NOT NULL, kind text DEFAULT '综合网格', households integer,
  boundary geometry(MultiPolygon, 4490), valid_from timestamptz, valid_to timestamptz);
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gov.grid FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.announce_change();
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gov.division FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.announce_change();
INSERT INTO gov.meta VALUES ('setting', 'root', '3716');
CREATE FUNCTION pg_temp.at(lon float8, lat float8) RETURNS geometry LANGUAGE sql AS 'SELECT st_setsrid(st_makepoint(lon, lat), 4490)';
SELECT grid_gov.locate(pg_temp.at(118, 37.4)) IS NULL AS no_grids, grid_gov.inside_root(pg_temp.at(118, 37.4)) AS all_china;

INSERT INTO gov.grid (code, name, division, boundary)
SELECT '371602001001' || lpad((x * 3 + y + 1)::text, 3, '0'), 'square ' || x || y, '371602001001', st_multi(st_makeenvelope(118 + x / 64.0, 37 + y / 64.0, 118 + (x + 1) / 64.0, 37 + (y + 1) / 64.0, 4490))
  FROM generate_series(0, 2) AS x, generate_series(0, 2) AS y;
INSERT INTO gov.grid (code, name, division, boundary) VALUES
  ('371602001002001', 'with a hole', '371602001002', 'SRID=4490;MULTIPOLYGON(((118.5 37, 119 37, 119 37.5, 118.5 37.5, 118.5 37), (118.6 37.1, 118.7 37.1, 118.7 37.2, 118.6 37.2, 118.6 37.1)))'),
  ('371602001002002', 'in the hole', '371602001002', 'SRID=4490;MULTIPOLYGON(((118.6 37.1, 118.7 37.1, 118.7 37.2, 118.6 37.2, 118.6 37.1)))'),
  ('371602001003001', 'triangle', '371602001003', 'SRID=4490;MULTIPOLYGON(((118 38, 118.5 38.25, 118 38.25, 118 38)))'),
  ('371602001003002', 'triangle and island', '371602001003', 'SRID=4490;MULTIPOLYGON(((118 38, 118.5 38, 118.5 38.25, 118 38)), ((118.6 38, 118.7 38, 118.6 38.1, 118.6 38)))');
SELECT what, l.grid, l.how, round(l.distance_m::numeric, 3) AS metres
  FROM (VALUES
    (1, 'inside', 118 + 1 / 128.0, 37 + 1 / 128.0), (2, 'on a border: the lowest code', 118 + 1 / 64.0, 37 + 1 / 128.0),
    (3, 'corner of four', 118 + 1 / 64.0, 37 + 1 / 64.0), (4, 'outer corner', 118, 37), (5, 'outer edge', 118 + 1 / 128.0, 37),
    (6, 'on a slanting border', 118.25, 38.125), (7, 'a hair above', 118.25, 38.125 + 1e-14), (8, 'a hair below', 118.25, 38.125 - 1e-14),
    (9, 'in the hole', 118.65, 37.15), (10, 'edge of the hole', 118.6, 37.15), (11, 'corner of the hole', 118.7, 37.2),
    (12, 'island', 118.61, 38.01), (13, 'between island and triangle', 118.55, 38.01),
    (14, '20 m west', 118 - 0.000225, 37 + 1 / 128.0), (15, '60 m west', 118 - 0.000675, 37 + 1 / 128.0),
    (16, 'west, level with a border', 118 - 0.000225, 37 + 1 / 64.0), (17, 'off the corner', 118 - 0.0003, 37 - 0.0003), (18, 'far away', 120, 30)
  ) AS v (n, what, lon, lat) LEFT JOIN LATERAL grid_gov.locate_detail(pg_temp.at(lon, lat)) AS l ON true ORDER BY n;
-- metres as PostGIS has them
SELECT abs(l.distance_m - st_distance(p::geography, g.boundary::geography)) < 0.001 AS same
  FROM (SELECT pg_temp.at(118 - 0.0003, 37 - 0.0003) AS p) AS s, LATERAL grid_gov.locate_detail(p) AS l JOIN gov.grid g ON g.code = l.grid;
SELECT grid_gov.locate('POINT(118.01 37.01)', 'gcj02') AS gcj02, grid_gov.locate('SRID=4326;POINT(118.01 37.01)', 'BD09') AS bd09,
       grid_gov.locate('SRID=4326;POINT(118.01 37.01)') AS wgs84, grid_gov.locate('SRID=4490;POINT ZM (118.01 37.01 3 4)') AS zm, grid_gov.locate(NULL) AS none;
SELECT * FROM grid_gov.locate_many(ARRAY[pg_temp.at(118.01, 37.01), NULL, pg_temp.at(118.03125, 37.01), pg_temp.at(120, 37)]);
SELECT count(*) FROM grid_gov.locate_many('{}');

-- refused
\set VERBOSITY default
SELECT grid_gov.locate('SRID=4490;POINT(37.01 118.01)');
\set VERBOSITY terse
SELECT grid_gov.locate('SRID=4490;POINT(10 50)');
SELECT grid_gov.locate('SRID=4490;POINT(13150000 4440000)');
SELECT grid_gov.locate('SRID=3857;POINT(13150000 4440000)');
SELECT grid_gov.locate('POINT(118 37)');
SELECT grid_gov.locate('SRID=4490;POINT(118 37)', 'gcj02');
SELECT grid_gov.locate('SRID=4490;POINT(118 37)', 'mars');
SELECT grid_gov.locate('SRID=4490;POINT EMPTY');
SELECT grid_gov.locate('SRID=4490;POINT(NaN 37)');
SELECT grid_gov.locate(st_setsrid(st_makepoint('Infinity', 37), 4490));
SELECT grid_gov.locate('SRID=4490;LINESTRING(118 37, 118 38)');
SELECT grid_gov.locate('SRID=4490;MULTIPOINT(118 37)');
SELECT grid_gov.locate('SRID=4490;GEOMETRYCOLLECTION EMPTY');
\set VERBOSITY default
SELECT * FROM grid_gov.locate_many(ARRAY[pg_temp.at(118, 37), pg_temp.at(37, 118)]);
\set VERBOSITY sqlstate
SELECT grid_gov.locate('SRID=4490;POINT(37 118)');
SELECT grid_gov.locate('SRID=3857;POINT(118 37)');
SELECT grid_gov.locate('SRID=4490;POINT EMPTY');
\set VERBOSITY terse

--
-- The cache follows the table: changes, rollback, grids that begin and end
--
CREATE FUNCTION pg_temp.here() RETURNS text LANGUAGE sql AS $$SELECT coalesce(right(grid_gov.locate(pg_temp.at(118 + 1 / 128.0, 37 + 1 / 128.0)), 6), '-')$$;
SELECT pg_temp.here();
BEGIN;
DELETE FROM gov.grid WHERE code = '371602001001001';
SELECT pg_temp.here() AS deleted;
ROLLBACK;
SELECT pg_temp.here() AS rolled_back;
BEGIN;
SAVEPOINT s;
UPDATE gov.grid SET boundary = st_translate(boundary, 1, 0) WHERE code = '371602001001001';
SELECT pg_temp.here() AS moved;
ROLLBACK TO s;
SELECT pg_temp.here() AS moved_back;
COMMIT;
UPDATE gov.grid SET valid_to = '2020-01-01 00:00+08' WHERE code = '371602001001001';
SELECT pg_temp.here() AS ended;
UPDATE gov.grid SET valid_to = 'infinity', valid_from = '-infinity' WHERE code = '371602001001001';
SELECT pg_temp.here() AS again;
UPDATE gov.grid SET valid_from = '2999-01-01 00:00+08' WHERE code = '371602001001001';
SELECT pg_temp.here() AS not_yet;
-- an end that comes while nobody writes
UPDATE gov.grid SET valid_from = NULL, valid_to = clock_timestamp() + interval '0.3 seconds' WHERE code = '371602001001001';
SELECT pg_temp.here() AS still;
SELECT pg_sleep(0.4);
SELECT pg_temp.here() AS over;
UPDATE gov.grid SET valid_to = NULL WHERE code = '371602001001001';
ALTER TABLE gov.grid ADD COLUMN more text;
SELECT pg_temp.here() AS altered;

-- inside the governed area: by grids, by their box, by divisions of the city only
SELECT grid_gov.inside_root(pg_temp.at(118.01, 37.01)) AS in_grid, grid_gov.inside_root(pg_temp.at(118.3, 37.6)) AS in_box, grid_gov.inside_root(pg_temp.at(120, 37)) AS outside;
INSERT INTO gov.division (code, name, level, boundary) VALUES
  ('371602', 'county', 3, 'SRID=4490;MULTIPOLYGON(((118 37, 118.3 37, 118.3 37.3, 118 37.3, 118 37)))'),
  ('37', 'province', 1, 'SRID=4490;MULTIPOLYGON(((115 34, 122 34, 122 38.5, 115 38.5, 115 34)))'),
  ('371602001', 'town', 4, 'SRID=4490;MULTIPOLYGON(((118 37, 118.2 37, 118.2 37.2, 118 37.2, 118 37)))');
SELECT grid_gov.inside_root(pg_temp.at(118.29, 37.29)) AS in_county, grid_gov.inside_root(pg_temp.at(118.3, 37.6)) AS in_box, grid_gov.inside_root(pg_temp.at(118.8, 37.4)) AS in_grid,
       grid_gov.inside_root(pg_temp.at(118.3004, 37.29)) AS near_county, grid_gov.inside_root(pg_temp.at(116, 35)) AS in_province;

--
-- The same answers as PostGIS, whatever memory there is: cells with holes and shared borders, points made from a seed
--
TRUNCATE gov.grid;
\set seed 20260214
CREATE FUNCTION pg_temp.chance(key text) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$SELECT ('x' || substr(md5(key), 1, 8))::bit(32)::bigint / 4294967296.0$$;
INSERT INTO gov.grid (code, name, division, boundary)
SELECT '371602002001' || lpad(row_number() OVER (ORDER BY geom)::text, 3, '0'), '', '371602002001',
       st_multi(CASE WHEN row_number() OVER (ORDER BY geom) % 3 = 0 THEN st_difference(geom, st_buffer(st_centroid(geom), 0.003)) ELSE geom END)
  FROM st_dump(st_voronoipolygons((SELECT st_collect(pg_temp.at(118 + pg_temp.chance(:seed || ' x' || i), 37 + pg_temp.chance(:seed || ' y' || i))) FROM generate_series(1, 900) AS i)));
CREATE TABLE asked AS
  SELECT i AS n, pg_temp.at(118 + pg_temp.chance(:seed || ' px' || i), 37 + pg_temp.chance(:seed || ' py' || i)) AS p FROM generate_series(1, 3000) AS i
  UNION ALL -- corners of cells lie in several of them
  SELECT 3000 + row_number() OVER (ORDER BY code, path), geom FROM (SELECT code, (st_dumppoints(boundary)).* FROM gov.grid) AS s;
CREATE TABLE expected AS SELECT n, p, (SELECT min(g.code) FROM gov.grid g WHERE st_intersects(g.boundary, p)) AS grid FROM asked;
CREATE FUNCTION pg_temp.disagree() RETURNS TABLE (points bigint, found bigint, differ bigint) LANGUAGE sql AS $$
  SELECT count(*), count(e.grid), count(*) FILTER (WHERE CASE WHEN l.how = 'near' THEN NULL ELSE l.grid END IS DISTINCT FROM e.grid)
    FROM expected e LEFT JOIN LATERAL grid_gov.locate_detail(e.p) AS l ON true$$;
SELECT points > 10000 AS many, found > 0.9 * points AS most_found, differ FROM pg_temp.disagree();
SET grid_gov.grid_cache_mb = 0;
SELECT points > 10000 AS many, differ FROM pg_temp.disagree();
RESET grid_gov.grid_cache_mb;
-- in parallel workers
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
ALTER TABLE expected SET (parallel_workers = 2);
EXPLAIN (COSTS OFF) SELECT count(*) FROM expected WHERE grid_gov.locate(p) = grid;
SELECT count(*) FILTER (WHERE grid_gov.locate(p) = grid) = count(grid) AS all_found FROM expected;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

-- who asks does not matter, nor who asked first: the cache is read as the owner of the table
CREATE ROLE regress_place_owner NOLOGIN;
CREATE ROLE regress_place_user NOLOGIN;
ALTER SCHEMA gov OWNER TO regress_place_owner;
ALTER TABLE gov.grid OWNER TO regress_place_owner;
ALTER TABLE gov.grid ENABLE ROW LEVEL SECURITY;
GRANT EXECUTE ON FUNCTION grid_gov.locate(geometry, text) TO regress_place_user;
GRANT EXECUTE ON FUNCTION grid_gov.boundary_wkb(geometry) TO regress_place_owner;
SET ROLE regress_place_user;
SELECT grid_gov.locate(st_setsrid(st_makepoint(118.5, 37.5), 4490)) IS NOT NULL AS found;
SELECT count(*) FROM gov.grid;
RESET ROLE;

--
-- check_grids
--
CREATE TABLE gov.staff (id bigint PRIMARY KEY, active boolean DEFAULT true);
CREATE TABLE gov.post (staff_id bigint, role text COLLATE "C", area text COLLATE "C", valid_from timestamptz DEFAULT '-infinity', valid_to timestamptz DEFAULT 'infinity');
CREATE TABLE gov.notice (grid text COLLATE "C", worker_name text, worker_phone text, supervision_phone text);
CREATE TABLE gov.admission (area text COLLATE "C", item text, name text, valid_to date);
CREATE TABLE gov.grid_problem (grid text COLLATE "C", division text COLLATE "C", kind text COLLATE "C", amount double precision, detail text, as_of timestamptz);
TRUNCATE gov.grid, gov.division;
INSERT INTO gov.division (code, name, level, boundary) VALUES
  ('371602', '一县', 3, 'SRID=4490;MULTIPOLYGON(((118 37, 118.03 37, 118.03 37.01, 118 37.01, 118 37)))'),
  ('371603', '二县', 3, 'SRID=4490;MULTIPOLYGON(((118.1 37, 118.2 37, 118.2 37.01, 118.1 37.01, 118.1 37)))'),
  ('371602001001', '村', 5, NULL);
INSERT INTO gov.grid (code, name, division, kind, households, boundary) VALUES
  ('371602001001001', '一', '371602001001', '综合网格', 300, 'SRID=4490;MULTIPOLYGON(((118 37, 118.01 37, 118.01 37.01, 118 37.01, 118 37)))'),
  ('371602001001002', '二', '371602001001', '综合网格', 501, 'SRID=4490;MULTIPOLYGON(((118.00999 37, 118.02 37, 118.02 37.01, 118.00999 37.01, 118.00999 37)))'),
  ('371602001001003', '三', '371602001001', '综合网格', NULL, 'SRID=4490;MULTIPOLYGON(((118.02 37, 118.031 37, 118.031 37.0099, 118.02 37.0099, 118.02 37)))'),
  ('37160200100100101', '微', '371602001001', '微网格', 90, 'SRID=4490;MULTIPOLYGON(((118 37, 118.005 37, 118.005 37.01, 118 37.01, 118 37)))'),
  ('371602001001801', '园区', '371602001001', '专属网格', 2, NULL),
  ('371602001001005', '蝴蝶', '371602001009', '综合网格', 400, 'SRID=4490;MULTIPOLYGON(((118 37, 118.01 37.01, 118.01 37, 118 37.01, 118 37)))'),
  ('371602001001099', '撤销', '371602001001', '综合网格', 1, 'SRID=4490;MULTIPOLYGON(((118 37, 118.01 37, 118.01 37.01, 118 37.01, 118 37)))');
UPDATE gov.grid SET valid_to = '2020-01-01' WHERE code = '371602001001099';
INSERT INTO gov.staff VALUES (1, true), (2, true), (3, false);
INSERT INTO gov.post (staff_id, role, area) VALUES (1, 'party_secretary', '371602001001'), (1, 'grid_leader', '371602001001001'), (2, 'grid_worker', '371602001001001'), (3, 'grid_worker', '371602001001002');
INSERT INTO gov.notice VALUES ('371602001001001', '张', '1', '2'), ('371602001001002', '李', NULL, '2');
SELECT grid_gov.check_grids();
SELECT grid, kind, round(amount::numeric, 1) AS amount, detail FROM gov.grid_problem ORDER BY kind, grid, amount;
INSERT INTO gov.admission VALUES ('3716', '0101', '暴露垃圾', NULL), ('3716', '0102', '渣土', '2020-01-01');
SELECT grid_gov.check_grids();
SELECT grid, kind, detail FROM gov.grid_problem WHERE kind = 'admission';

DROP SCHEMA gov CASCADE;
DROP TABLE asked, expected;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA grid_gov FROM regress_place_owner, regress_place_user;
DROP ROLE regress_place_owner, regress_place_user;
