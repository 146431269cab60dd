-- What locate() costs beside the plain PostGIS query with the same answers (the lowest code of the grids that contain the
-- point), on the demo's 7 800 grids with about 64 points each, as a persona of the city. Ratios of one run: each round runs
-- all variants in shuffled order; medians over the rounds of ratios inside a round, the bare scan subtracted.
\set QUIET on
\pset footer off
SET client_min_messages = warning;
CREATE ROLE bench_owner NOLOGIN;
CREATE ROLE bench_app NOLOGIN;
SELECT count(*) FROM grid_gov.setup('3716', '滨州市', 'bench_owner') \g /dev/null
\i demo/geography.sql
UPDATE gov.grid SET boundary = st_multi(st_segmentize(boundary, st_perimeter(boundary) / 60));
VACUUM ANALYZE gov.grid;
SELECT count(*) FROM grid_gov.grant_access('bench_app', 'backend') \g /dev/null
\if :{?rounds}
\else
  \set rounds 15
\endif
SET ROLE bench_app;
SET jit = off;
SET max_parallel_workers_per_gather = 0;
SELECT setseed(0.42) \g /dev/null
-- points inside the city: some other place in the box of a grid
CREATE TEMP TABLE asked AS
  SELECT p FROM (SELECT st_setsrid(st_makepoint(lon + (random() - 0.5) / 100, lat + (random() - 0.5) / 100), 4490) AS p
                   FROM gov.grid, generate_series(1, 4) ORDER BY random()) AS s
   WHERE grid_gov.inside_root(p);
CREATE TEMP TABLE few AS SELECT p FROM asked LIMIT 3000;
ANALYZE asked; ANALYZE few;
CREATE FUNCTION pg_temp.locate_sql(p geometry) RETURNS text LANGUAGE sql STABLE AS
  'SELECT code FROM gov.grid WHERE st_intersects(boundary, p) AND (valid_to IS NULL OR valid_to > now()) ORDER BY code LIMIT 1';
SELECT (SELECT count(*) FROM gov.grid) AS grids, (SELECT round(avg(st_npoints(boundary))) FROM gov.grid) AS points_each, (SELECT count(*) FROM asked) AS asked,
       (SELECT count(*) FILTER (WHERE l.grid IS NOT DISTINCT FROM pg_temp.locate_sql(p)) || ' of ' || count(*) FROM few, LATERAL grid_gov.locate_detail(p) AS l WHERE l.how <> 'near') AS same_answers;

CREATE TEMP TABLE variant (name text PRIMARY KEY, base text, q text);
INSERT INTO variant VALUES
  ('scan', NULL, 'SELECT count(p) FROM asked'), ('scan of few', NULL, 'SELECT count(p) FROM few'),
  ('locate()', 'scan', 'SELECT count(grid_gov.locate(p)) FROM asked'),
  ('locate_detail()', 'scan', 'SELECT count(l.grid) FROM asked, LATERAL grid_gov.locate_detail(p) AS l'),
  ('plain subquery', 'scan of few', 'SELECT count((SELECT code FROM gov.grid WHERE st_intersects(boundary, p) AND (valid_to IS NULL OR valid_to > now()) ORDER BY code LIMIT 1)) FROM few'),
  ('SQL function', 'scan of few', 'SELECT count(pg_temp.locate_sql(p)) FROM few');
CREATE TEMP TABLE took (round integer, name text, us numeric);
CREATE FUNCTION pg_temp.run(rounds integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v record; t timestamptz; n bigint; many bigint := (SELECT count(*) FROM asked); few bigint := (SELECT count(*) FROM few);
BEGIN
  FOR r IN 0..rounds LOOP
    FOR v IN SELECT * FROM variant ORDER BY random() LOOP
      t := clock_timestamp();
      EXECUTE v.q INTO n;
      -- round 0 warms up
      IF r > 0 THEN INSERT INTO took VALUES (r, v.name, extract(epoch FROM clock_timestamp() - t) * 1e6 / CASE WHEN 'scan' IN (v.name, v.base) THEN many ELSE few END); END IF;
    END LOOP;
  END LOOP;
END $$;
SELECT pg_temp.run(:rounds) \g /dev/null
CREATE TEMP TABLE net AS
  SELECT t.round, t.name, t.us - b.us AS us FROM took t JOIN variant v USING (name) JOIN took b ON b.round = t.round AND b.name = v.base;
SELECT n.name AS variant, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY n.us)::numeric, 2) AS "us a point, net",
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY n.us / b.us)::numeric, 3) AS "beside the plain subquery", CASE n.name WHEN 'locate()' THEN '<= 0.1' END AS goal
  FROM net n JOIN net b ON b.round = n.round AND b.name = 'plain subquery' GROUP BY n.name ORDER BY n.name COLLATE "C";
RESET ROLE;
SELECT pg_size_pretty(total_bytes) AS "memory of the cache" FROM pg_backend_memory_contexts WHERE name = 'grid_gov areas' ORDER BY total_bytes DESC LIMIT 1;
