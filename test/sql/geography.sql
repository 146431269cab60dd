-- The demo's geography: 7 800 grids that cover the real counties, each found again by a point inside it.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE ROLE geography_owner NOLOGIN;
SELECT count(*) > 0 AS set_up FROM grid_gov.setup('3716', '滨州市', 'geography_owner');
SET ROLE geography_owner;
\set ECHO none
\i demo/geography.sql
\set ECHO all
SELECT count(*) AS grids, count(DISTINCT name) AS names, count(DISTINCT division) AS villages, count(*) FILTER (WHERE kind = '专属网格') AS special,
       bool_and(st_isvalid(boundary)) AS valid, min(st_area(boundary::geography)) > 10000 AS none_tiny FROM gov.grid;
SELECT n AS grids_of_village, count(*) AS villages FROM (SELECT count(*) AS n FROM gov.grid GROUP BY division) AS s GROUP BY n ORDER BY n;
SELECT bool_and(kind = CASE WHEN right(code, 3) >= '800' THEN '专属网格' ELSE '综合网格' END) AS kind_fits, count(*) FILTER (WHERE households BETWEEN 300 AND 500) > 7500 AS most_in_band FROM gov.grid;
-- square kilometres of the county, and how far its grids are from that
SELECT d.code, d.name, round((d.area / 1e6)::numeric) AS km2, count(*) AS grids, abs(sum(st_area(g.boundary::geography)) / d.area - 1) < 0.001 AS covered
  FROM (SELECT code, name, st_area(boundary::geography) AS area FROM gov.division WHERE level = 3) AS d JOIN gov.grid g ON grid_gov.within(g.code, d.code)
 GROUP BY d.code, d.name, d.area ORDER BY d.code;
SELECT count(*) FILTER (WHERE grid_gov.locate(st_pointonsurface(boundary)) = code) AS found, count(*) FILTER (WHERE grid_gov.locate(st_setsrid(st_makepoint(lon, lat), 4490)) = code) AS centre FROM gov.grid;
-- nothing wrong with the areas; households out of the band are there to be seen
SELECT grid_gov.check_grids() > 0 AS problems;
SELECT kind, count(*) FROM gov.grid_problem WHERE kind NOT IN ('notice', 'staffing', 'admission') GROUP BY kind ORDER BY kind;
SELECT level, count(*), count(boundary) AS boundaries, count(lon) AS centres FROM gov.division GROUP BY level ORDER BY level;
SELECT code, name, kind FROM gov.grid WHERE division IN ('371602005001', '371602005002') ORDER BY code;
-- the same every time
SELECT md5(string_agg(concat_ws(' ', code, name, households, population, round(lon::numeric, 4), round(lat::numeric, 4)), ',' ORDER BY code)) AS before FROM gov.grid \gset
\set ECHO none
\i demo/geography.sql
\set ECHO all
SELECT md5(string_agg(concat_ws(' ', code, name, households, population, round(lon::numeric, 4), round(lat::numeric, 4)), ',' ORDER BY code)) = :'before' AS same FROM gov.grid;
RESET ROLE;
DROP SCHEMA gov CASCADE;
DROP OWNED BY geography_owner;
DROP ROLE geography_owner;
