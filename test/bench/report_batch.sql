-- city
-- How many reports a second one core takes through report_batch(): classified, located, routed, guarded, journalled, their numbers
-- registered. Beside the floor: the same rows of event, journal and intake by one INSERT a table, no rules. Also with every
-- hundredth item refused by the guard. Each round runs all variants in shuffled order and undoes them; medians inside a round.
\set QUIET on
\pset footer off
SET client_min_messages = warning;
SET jit = off;
DO 'BEGIN PERFORM setseed(0.42); END';
CREATE TABLE public.given AS
  SELECT row_number() OVER (ORDER BY md5(text)) AS n, text, 118.0 + random() * 0.02 AS lon, 37.4 + random() * 0.01 AS lat FROM grid_gov.ref_report LIMIT 5000;
CREATE TABLE public.batch AS
  SELECT jsonb_agg(jsonb_build_object('body', text, 'lon', lon, 'lat', lat, 'source', '12345', 'external_id', 'A' || n) ORDER BY n) AS good,
    jsonb_agg(jsonb_build_object('body', text, 'lon', lon, 'lat', CASE WHEN n % 100 = 50 THEN 30 ELSE lat END, 'source', '12345', 'external_id', 'B' || n) ORDER BY n) AS mixed
  FROM public.given;
GRANT SELECT ON public.batch TO PUBLIC;
-- what a batch leaves behind, for the floor
SET ROLE worker1;
SELECT count(event) AS taken FROM public.batch, grid_gov.report_batch(good);
RESET ROLE;
CREATE SCHEMA plain;
CREATE TABLE plain.event (LIKE gov.event INCLUDING ALL);
CREATE TABLE plain.event_log (LIKE gov.event_log INCLUDING ALL);
CREATE TABLE plain.intake (LIKE gov.intake INCLUDING ALL);
CREATE TABLE public.event AS SELECT * FROM gov.event;
CREATE TABLE public.event_log AS SELECT * FROM gov.event_log;
CREATE TABLE public.intake AS SELECT * FROM gov.intake;
CREATE TEMP TABLE variant (name text, role text, q text);
INSERT INTO variant VALUES
  ('floor', NULL, 'WITH a AS (INSERT INTO plain.event SELECT * FROM public.event RETURNING 1), b AS (INSERT INTO plain.event_log SELECT * FROM public.event_log RETURNING 1), c AS (INSERT INTO plain.intake SELECT * FROM public.intake RETURNING 1) SELECT count(*) FROM a'),
  ('report_batch', 'worker1', $$SELECT count(*) FROM (SELECT replace(good::text, '"A', '"C')::jsonb AS items FROM public.batch OFFSET 0) b, grid_gov.report_batch(items) WHERE event IS NOT NULL$$),
  ('1 % refused', 'worker1', 'SELECT count(*) FROM public.batch, grid_gov.report_batch(mixed) WHERE event IS NOT NULL');
CREATE FUNCTION pg_temp.cpu() RETURNS numeric LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM pg_sleep(0.0001);  -- the system counts anew when the process leaves the processor
  RETURN split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::numeric / 1000;
EXCEPTION WHEN OTHERS THEN
  RETURN extract(epoch FROM clock_timestamp()) * 1e6;
END $$;
CREATE TEMP TABLE took (round int, name text, us numeric, taken bigint);
CREATE PROCEDURE pg_temp.run(rounds int) LANGUAGE plpgsql AS $$
DECLARE v record; t numeric; n bigint;
BEGIN
  FOR r IN 0..rounds LOOP
    FOR v IN SELECT * FROM variant ORDER BY random() LOOP
      BEGIN
        IF v.role IS NOT NULL THEN EXECUTE format('SET LOCAL ROLE %I', v.role); END IF;
        t := pg_temp.cpu();
        EXECUTE v.q INTO n;
        t := pg_temp.cpu() - t;
        RAISE EXCEPTION USING ERRCODE = 'P0BEN';
      EXCEPTION WHEN SQLSTATE 'P0BEN' THEN
        NULL;  -- undone
      END;
      IF r > 0 THEN INSERT INTO took VALUES (r, v.name, t / 5000, n); END IF;
    END LOOP;
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION pg_temp.cpu() TO PUBLIC;
\if :{?rounds}
\else
  \set rounds 5
\endif
CALL pg_temp.run(:rounds);
SELECT t.name AS variant, min(t.taken) AS taken, round((1e6 / percentile_cont(0.5) WITHIN GROUP (ORDER BY t.us))::numeric, -2) AS "reports/s a core",
  round((percentile_cont(0.5) WITHIN GROUP (ORDER BY t.us / f.us))::numeric, 2) AS "x floor", CASE t.name WHEN 'report_batch' THEN '>= 10000 reports/s' END AS goal
FROM took t JOIN took f ON f.round = t.round AND f.name = 'floor' GROUP BY t.name ORDER BY min(CASE t.name WHEN 'floor' THEN 0 WHEN 'report_batch' THEN 1 ELSE 2 END);
