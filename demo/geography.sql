-- 滨州's divisions and county boundaries, and 7 800 grids cut inside them.
--
-- Run by psql as the owner of gov (or a superuser) after setup(), from the project's folder:
--   psql -v ON_ERROR_STOP=1 -f demo/geography.sql          (elsewhere: -v demo=/path/to/demo)
-- Real: codes and names of 7 counties, 92 towns, 3 209 villages (2023), county boundaries (approximate, see
-- counties.LICENSE). Made up: where a village lies in its county, the grids, their households. Nothing is random:
-- every choice is made from md5 of a code, so that each run gives the same city.
\if :{?demo}
\else
\set demo demo
\endif
\set geo_quiet :QUIET
\set QUIET on
SET client_encoding = 'UTF8';
\set divisions `cat :demo/divisions.csv`
\set counties `cat :demo/counties.geojson`
BEGIN;

-- A number in [0, 1) from a text.
CREATE FUNCTION pg_temp.chance(key text) RETURNS double precision LANGUAGE sql IMMUTABLE STRICT AS
  $$SELECT ('x' || substr(md5(key), 1, 8))::bit(32)::bigint / 4294967296.0$$;

\echo '  divisions'
CREATE TEMP TABLE geo_division ON COMMIT DROP AS
SELECT f[1]::smallint AS level, f[2] COLLATE "C" AS code, f[4] AS name, nullif(f[5], '') COLLATE "C" AS parent
  FROM string_to_table(:'divisions', E'\n') WITH ORDINALITY AS line (text, n), string_to_array(rtrim(text, E'\r'), ',') AS f
 WHERE n > 1 AND text <> '';

CREATE TEMP TABLE geo_county ON COMMIT DROP AS
SELECT f -> 'properties' ->> 'code' COLLATE "C" AS code,
       -- rounded to six digits in the file, one ring has collapsed: repair it
       st_multi(st_collectionextract(st_makevalid(st_setsrid(st_geomfromgeojson(f ->> 'geometry'), 4490)), 3)) AS shape,
       0 AS villages
  FROM jsonb_array_elements(:'counties'::jsonb -> 'features') AS f;
UPDATE geo_county c SET villages = (SELECT count(*) FROM geo_division d WHERE d.level = 5 AND starts_with(d.code, c.code));

INSERT INTO gov.division (code, name, level, parent, boundary)
SELECT d.code, d.name, d.level, d.parent, c.shape FROM geo_division d LEFT JOIN geo_county c USING (code)
    ON CONFLICT (code) DO UPDATE SET name = excluded.name, level = excluded.level, parent = excluded.parent, boundary = excluded.boundary;

-- Where villages lie: as many points in each county as it has villages, evened out by moving each to the centre of
-- its cell, twice (Lloyd).
\echo '  villages'
CREATE TEMP TABLE geo_seed ON COMMIT DROP AS
SELECT c.code, p.point
  FROM geo_county c,
       LATERAL (SELECT point
                  FROM generate_series(1, (c.villages * st_area(st_envelope(c.shape)) / st_area(c.shape) * 1.3)::int + 60) AS i,
                       st_setsrid(st_makepoint(
                         st_xmin(c.shape) + (st_xmax(c.shape) - st_xmin(c.shape)) * pg_temp.chance(c.code || ' x ' || i),
                         st_ymin(c.shape) + (st_ymax(c.shape) - st_ymin(c.shape)) * pg_temp.chance(c.code || ' y ' || i)), 4490) AS point
                 WHERE st_contains(c.shape, point) ORDER BY i LIMIT c.villages) AS p;

DO $$
BEGIN
  FOR pass IN 1..2 LOOP
    CREATE TEMP TABLE geo_moved AS
    SELECT c.code, CASE WHEN st_contains(c.shape, st_centroid(s.shape)) THEN st_centroid(s.shape) ELSE st_pointonsurface(s.shape) END AS point
      FROM geo_county c
           JOIN (SELECT code, st_collect(point) AS points FROM geo_seed GROUP BY code) AS g USING (code),
           LATERAL st_dump(st_voronoipolygons(g.points, 0, st_envelope(c.shape))) AS cell,
           LATERAL (SELECT CASE WHEN st_contains(c.shape, cell.geom) THEN cell.geom ELSE st_intersection(cell.geom, c.shape) END AS shape) AS s;
    TRUNCATE geo_seed;
    INSERT INTO geo_seed SELECT * FROM geo_moved;
    DROP TABLE geo_moved;
  END LOOP;
END
$$;

-- Which village is where: the points in strips, up one and down the next, are given to the county's villages in the order of their
-- codes, so that a town's villages lie together. Then every village gets two or three grids: 7 800 in all.
CREATE TEMP TABLE geo_village ON COMMIT DROP AS
WITH strip AS (
  SELECT s.code AS county, s.point, ntile(greatest(1, round(sqrt(c.villages / 12.0))::int)) OVER (PARTITION BY s.code ORDER BY st_x(s.point), st_y(s.point)) AS strip
    FROM geo_seed s JOIN geo_county c USING (code)),
place AS (
  SELECT county, point, row_number() OVER (PARTITION BY county ORDER BY strip, st_y(point) * CASE strip % 2 WHEN 1 THEN 1 ELSE -1 END, st_x(point)) AS n
    FROM strip),
village AS (
  SELECT code, name, left(code, 6) COLLATE "C" AS county, row_number() OVER (PARTITION BY left(code, 6) ORDER BY code) AS n,
         CASE WHEN row_number() OVER (ORDER BY md5(code)) <= 7800 - 2 * count(*) OVER () THEN 3 ELSE 2 END AS grids
    FROM geo_division WHERE level = 5)
SELECT v.code, v.county, v.grids, p.point, t.name AS town,
       CASE WHEN v.name ~ '村(民委员|委)会$' THEN regexp_replace(v.name, '村?村(民委员|委)会$', '村')
            WHEN v.name ~ '居(民委员|委)会$' THEN regexp_replace(regexp_replace(v.name, '居(民委员|委)会$', ''), '([^区村庄里])$', '\1社区')
            ELSE v.name END AS name
  FROM village v JOIN place p USING (county, n) JOIN geo_division t ON t.code = left(v.code, 9);

\echo '  grids'
-- Around a village's point its grids' points, so near that together their cells are nearly the village's.
CREATE TEMP TABLE geo_grid ON COMMIT DROP AS
WITH sequence AS (
  SELECT v.*, i, c.shape AS county_shape, 0.3 * sqrt(st_area(c.shape) / c.villages / pi()) AS radius,
         2 * pi() * (pg_temp.chance(v.code) + i::double precision / v.grids) AS angle,
         v.grids = 3 AND i = 3 AND pg_temp.chance(v.code || ' kind') < 0.2 AS special
    FROM geo_village v JOIN geo_county c ON c.code = v.county, generate_series(1, v.grids) AS i)
SELECT county, code AS village, (code || CASE WHEN special THEN '801' ELSE lpad(i::text, 3, '0') END) COLLATE "C" AS code,
       town || name || CASE WHEN special THEN '专属第1网格' ELSE '第' || i || '网格' END AS name, special,
       CASE WHEN st_contains(county_shape, far) THEN far ELSE near END AS point
  FROM sequence,
       LATERAL (SELECT st_translate(point, radius * cos(angle), radius * sin(angle)) AS far,
                       st_translate(point, radius * cos(angle) / 50, radius * sin(angle) / 50) AS near) AS p;

CREATE TEMP TABLE geo_cell ON COMMIT DROP AS
SELECT g.county, cell.geom AS shape
  FROM (SELECT county, st_collect(point) AS points FROM geo_grid GROUP BY county) AS g
       JOIN geo_county c ON c.code = g.county,
       LATERAL st_dump(st_voronoipolygons(g.points, 0, st_envelope(c.shape))) AS cell;
CREATE INDEX ON geo_cell USING gist (shape);
ANALYZE geo_cell;

DELETE FROM gov.grid WHERE starts_with(code, '3716');
INSERT INTO gov.grid (code, name, division, kind, households, population, boundary, lon, lat, valid_from)
SELECT g.code, g.name, g.village, CASE WHEN g.special THEN '专属网格' ELSE '综合网格' END, h.households,
       round(h.households * (2.4 + 0.6 * pg_temp.chance(g.code || ' people'))), s.shape,
       round(st_x(m.middle)::numeric, 6), round(st_y(m.middle)::numeric, 6), timestamptz '2024-01-01 00:00+08'
  FROM geo_grid g
       JOIN geo_county c ON c.code = g.county
       JOIN geo_cell v ON v.county = g.county AND st_contains(v.shape, g.point),
       LATERAL (SELECT CASE WHEN st_contains(c.shape, v.shape) THEN st_multi(v.shape)
                       ELSE st_multi(st_collectionextract(st_intersection(v.shape, c.shape), 3)) END AS shape) AS s,
       LATERAL (SELECT st_pointonsurface(s.shape) AS middle) AS m,
       -- nearly all between 300 and 500 households, one in forty outside
       LATERAL (SELECT CASE WHEN pg_temp.chance(g.code || ' odd') < 0.025 THEN 180 + 450 * round(pg_temp.chance(g.code || ' more'))
                            ELSE 300 + floor(201 * pg_temp.chance(g.code || ' homes')) END::int AS households) AS h
 ORDER BY g.code;

-- Centres of divisions: counties inside their boundary, towns and villages in the middle of their grids.
UPDATE gov.division d SET lon = round(m.lon::numeric, 6), lat = round(m.lat::numeric, 6)
  FROM (SELECT d.code, avg(g.lon) AS lon, avg(g.lat) AS lat
          FROM gov.grid g, unnest(ARRAY[left(g.code, 4), left(g.code, 6), left(g.code, 9), left(g.code, 12)]) AS d (code) GROUP BY d.code) AS m
 WHERE d.code = m.code COLLATE "C";

DO $$
DECLARE
  n integer := (SELECT count(*) FROM gov.grid WHERE starts_with(code, '3716') AND st_area(boundary) > 0);
BEGIN
  IF n <> 7800 THEN RAISE EXCEPTION 'the demo has % grids, not 7800', n; END IF;
END
$$;
DROP FUNCTION pg_temp.chance(text);
COMMIT;
ANALYZE gov.division, gov.grid;
SELECT (SELECT count(*) FROM gov.division WHERE level = 3) AS counties, (SELECT count(*) FROM gov.division WHERE level = 4) AS towns,
       (SELECT count(*) FROM gov.division WHERE level = 5) AS villages, (SELECT count(*) FROM gov.grid) AS grids;
\set QUIET :geo_quiet
