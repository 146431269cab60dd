-- city
-- What import_events() costs an event, with all its dates: six journal rows, a handle task, a number of the source. Beside the floor:
-- the same rows by one INSERT a table, no rules; and beside COPY of the event rows alone. psql -v events=... changes the size.
\set QUIET on
\pset footer off
SET client_min_messages = warning;
SET jit = off;
\if :{?events}
\else
  \set events 20000
\endif
DO 'BEGIN PERFORM setseed(0.42); END';
CREATE TABLE public.old AS
  SELECT 'I' || g AS external_id, '12345' AS source, s.text AS body, ST_SetSRID(ST_MakePoint(118.0 + random() * 0.02, 37.4 + random() * 0.01), 4490)::geometry(Point, 4490) AS location, s.item,
    'closed' AS state, 'cg' AS unit, t AS reported_at, t + interval '20 min' AS accepted_at, t + interval '50 min' AS dispatched_at, t + interval '2 hours' AS signed_at,
    t + random() * interval '5 days' + interval '3 hours' AS feedback_at, t + interval '6 days' AS closed_at
  FROM (SELECT row_number() OVER (ORDER BY md5(text)) AS n, text, item FROM grid_gov.ref_report) s, generate_series(s.n, :events, (SELECT count(*) FROM grid_gov.ref_report)) g,
    LATERAL (SELECT timestamptz '2025-01-02' + random() * interval '500 days' + g * interval '0' AS t) x;
GRANT SELECT ON public.old TO gov_owner;
CREATE FUNCTION pg_temp.cpu() RETURNS numeric LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM pg_sleep(0.0001);  -- the system counts anew when the process leaves the processor
  RETURN split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::numeric / 1000;
EXCEPTION WHEN OTHERS THEN
  RETURN extract(epoch FROM clock_timestamp()) * 1e6;
END $$;
GRANT EXECUTE ON FUNCTION pg_temp.cpu() TO PUBLIC;
CREATE TEMP TABLE took (round int, name text, us numeric);
CREATE PROCEDURE pg_temp.timed(round int, name text, role text, q text, keep boolean) LANGUAGE plpgsql AS $$
DECLARE t numeric;
BEGIN
  BEGIN
    IF role IS NOT NULL THEN EXECUTE format('SET LOCAL ROLE %I', role); END IF;
    t := pg_temp.cpu();
    EXECUTE q;
    t := pg_temp.cpu() - t;
    IF NOT keep THEN RAISE EXCEPTION USING ERRCODE = 'P0BEN'; END IF;
  EXCEPTION WHEN SQLSTATE 'P0BEN' THEN
    NULL;  -- undone
  END;
  RESET ROLE;
  IF round > 0 THEN INSERT INTO took VALUES (round, name, t); END IF;
END $$;
-- the first import stays, and is what the floor writes
CALL pg_temp.timed(0, 'import', 'gov_owner', $$SELECT grid_gov.import_events('public.old')$$, true);
CREATE SCHEMA plain;
CREATE TABLE plain.event (LIKE gov.event INCLUDING ALL);
CREATE TABLE plain.event_log (LIKE gov.event_log INCLUDING ALL);
CREATE TABLE plain.event_task (LIKE gov.event_task INCLUDING ALL);
CREATE TABLE plain.intake (LIKE gov.intake INCLUDING ALL);
CREATE TABLE public.event AS SELECT * FROM gov.event ORDER BY id;
CREATE TABLE public.event_log AS SELECT * FROM gov.event_log ORDER BY id;
CREATE TABLE public.event_task AS SELECT * FROM gov.event_task ORDER BY id;
CREATE TABLE public.intake AS SELECT * FROM gov.intake;
UPDATE public.old SET external_id = 'J' || external_id;
VACUUM FULL public.old;
\set file `mktemp -u /tmp/grid_gov_import.XXXXXX`
COPY public.event TO :'file';
SELECT set_config('bench.file', :'file', false) AS file \gset
CREATE PROCEDURE pg_temp.run(rounds int) LANGUAGE plpgsql AS $$
BEGIN
  FOR r IN 1..rounds LOOP
    CALL pg_temp.timed(r, 'floor', NULL, 'WITH a AS (INSERT INTO plain.event SELECT * FROM public.event), b AS (INSERT INTO plain.event_log SELECT * FROM public.event_log),
      c AS (INSERT INTO plain.event_task SELECT * FROM public.event_task) INSERT INTO plain.intake SELECT * FROM public.intake', false);
    CALL pg_temp.timed(r, 'COPY of the event rows alone', NULL, format('COPY plain.event FROM %L', current_setting('bench.file')), false);
    CALL pg_temp.timed(r, 'import', 'gov_owner', $q$SELECT grid_gov.import_events('public.old')$q$, false);
  END LOOP;
END $$;
\if :{?rounds}
\else
  \set rounds 5
\endif
CALL pg_temp.run(:rounds);
\! rm -f /tmp/grid_gov_import.??????
SELECT t.name AS variant, round((percentile_cont(0.5) WITHIN GROUP (ORDER BY t.us) / :events)::numeric, 1) AS "us an event",
  round((percentile_cont(0.5) WITHIN GROUP (ORDER BY t.us / f.us))::numeric, 2) AS "x floor"
FROM took t JOIN took f ON f.round = t.round AND f.name = 'floor' GROUP BY t.name ORDER BY 3;
