-- What reports.sql and work.sql share: numbers made from md5, and the workers who use the app daily. Included by both.
CREATE FUNCTION pg_temp.chance(key text) RETURNS double precision LANGUAGE sql IMMUTABLE STRICT AS
  $$SELECT ('x' || substr(md5(key), 1, 8))::bit(32)::bigint / 4294967296.0$$;

-- Five hundred grids whose workers use the app daily; they report what grid workers report.
CREATE TEMP TABLE demo_active AS
SELECT row_number() OVER (ORDER BY md5('active ' || grid)) AS i, grid, worker
  FROM (SELECT DISTINCT ON (p.staff_id) p.area AS grid, p.staff_id AS worker FROM gov.post p WHERE p.role = 'grid_worker' ORDER BY p.staff_id, p.area) AS w
 ORDER BY i LIMIT 500;
CREATE UNIQUE INDEX ON demo_active (i);
