-- classify(body) beside PostgreSQL's own normalize(body, NFKC) on the same rows, both net of reading the rows.
-- Rounds are paired and shuffled; what counts is the median of the ratios.
\set ON_ERROR_STOP on
\pset footer off
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS grid_gov CASCADE;
SET jit = off;
SET max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE body AS SELECT text AS t FROM grid_gov.ref_report, generate_series(1, 12) ORDER BY md5(text || generate_series);
ANALYZE body;
-- processor time of this backend where the system tells it (Linux), else the clock: the other work of a machine counts less
CREATE FUNCTION pg_temp.ms() RETURNS float8 LANGUAGE sql VOLATILE AS
$$ SELECT pg_sleep(0.0001); -- the system counts anew when the process leaves the processor
SELECT coalesce(split_part(pg_read_file('/proc/self/schedstat', 0, 1000, true), ' ', 1)::float8 / 1e6, 1000 * extract(epoch FROM clock_timestamp())) $$;
CREATE TEMP TABLE took (round int, what text, ms float8);
DO $$
DECLARE what text; began float8; n int;
BEGIN
  PERFORM setseed(0.5);
  FOR round IN 0..15 LOOP
    FOR what IN SELECT w FROM unnest(ARRAY['scan', 'normalize', 'form', 'classify', 'detail']) w ORDER BY random() LOOP
      began := pg_temp.ms();
      CASE what
        WHEN 'scan' THEN SELECT count(*) INTO n FROM body WHERE octet_length(t) = 0;
        WHEN 'normalize' THEN SELECT count(*) INTO n FROM body WHERE octet_length(normalize(t, NFKC)) = 0;
        WHEN 'form' THEN SELECT count(*) INTO n FROM body WHERE octet_length(grid_gov.normalize_report(t)) = 0;
        WHEN 'classify' THEN SELECT count(*) INTO n FROM body WHERE octet_length(grid_gov.classify(t)) = 0;
        WHEN 'detail' THEN SELECT count(*) INTO n FROM body WHERE (grid_gov.classify_detail(t)).needs_review IS NULL;
      END CASE;
      IF round > 0 THEN INSERT INTO took VALUES (round, what, pg_temp.ms() - began); END IF;
    END LOOP;
  END LOOP;
END $$;
SELECT count(*) AS bodies, round(avg(length(t)), 0) AS characters FROM body;
SELECT c.what, round((percentile_cont(0.5) WITHIN GROUP (ORDER BY (c.ms - s.ms) / (n.ms - s.ms)))::numeric, 3) AS times_normalize_nfkc,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY (c.ms - s.ms) * 1000 / (SELECT count(*) FROM body)))::numeric, 2) AS us_each
  FROM took c JOIN took s ON s.round = c.round AND s.what = 'scan' JOIN took n ON n.round = c.round AND n.what = 'normalize'
 WHERE c.what <> 'scan' GROUP BY c.what ORDER BY 2;
-- training, and the first call of a session
\timing on
SELECT grid_gov.model_info(grid_gov.train_text_model(t, label)) AS ten_thousand_reports FROM (SELECT text || (n % 3) AS t, label FROM grid_gov.ref_report, generate_series(1, 3) n LIMIT 10000) s;
-- (three fresh sessions; the first query warms the catalog, not us)
\c
SELECT 1 AS begun;
SELECT grid_gov.classify('路灯不亮') AS first_call;
SELECT grid_gov.classify('路灯不亮') AS second_call;
\c
SELECT 1 AS begun;
SELECT grid_gov.classify('路灯不亮') AS first_call;
\c
SELECT 1 AS begun;
SELECT grid_gov.classify('路灯不亮') AS first_call;
\timing off
