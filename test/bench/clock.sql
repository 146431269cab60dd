-- What deadline() costs, as ratios in one run: beside "timestamptz + interval '3 days'", and beside the plain SQL
-- and PL/pgSQL that a user would write instead. usage: test/cluster.sh psql -X -q -d DATABASE -f test/bench/clock.sql
-- Each round runs all variants in shuffled order; shown are medians over the rounds of ratios inside a round,
-- the bare scan (or the bare join) subtracted on both sides.
\set QUIET on
\pset footer off
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS grid_gov CASCADE;
SET search_path = grid_gov, public;
SET jit = off;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '256MB';
SET timezone = 'Asia/Shanghai';
\if :{?rounds}
\else
  \set rounds 15
\endif
\if :{?rows}
\else
  \set rows 500000
\endif
SELECT setseed(0.42);
SELECT work_calendar_from('Asia/Shanghai', 'Mo-Fr 08:00-12:00,14:00-18:00; day 8h',
    array_agg(day ORDER BY day) FILTER (WHERE kind = 'holiday'), array_agg(name ORDER BY day) FILTER (WHERE kind = 'holiday'),
    array_agg(day ORDER BY day) FILTER (WHERE kind <> 'holiday'), array_agg(name || '调休' ORDER BY day) FILTER (WHERE kind <> 'holiday'),
    '2018-01-01', '2026-12-31') AS c FROM ref_holiday \gset

CREATE TEMP TABLE job AS
  SELECT i, timestamptz '2018-02-01' + random() * interval '3100 days' AS start, (i % 20)::int AS cal, 0 AS zero FROM generate_series(1, :rows) i;
CREATE TEMP TABLE calendars AS
  SELECT n AS cal, replace(:'c', 'day 8h', 'day ' || (480 - n) || 'm')::work_calendar AS hours FROM generate_series(0, 19) n;
ANALYZE job; ANALYZE calendars;

-- Rival 1: a table of spans with running totals of open time, b-tree look-ups
CREATE TEMP TABLE span AS
  SELECT lower(s) AS opens, upper(s) AS closes, extract(epoch FROM sum(upper(s) - lower(s)) OVER w)::bigint AS total,
         extract(epoch FROM sum(upper(s) - lower(s)) OVER w - (upper(s) - lower(s)))::bigint AS before
  FROM unnest(work_spans('[2018-01-01,2027-01-01)', :'c')) s WINDOW w AS (ORDER BY lower(s));
CREATE UNIQUE INDEX ON span (opens);
CREATE UNIQUE INDEX ON span (total) INCLUDE (closes);
ANALYZE span;
CREATE FUNCTION pg_temp.span_deadline(start timestamptz, seconds bigint) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT s.closes - make_interval(secs => s.total - t.target) FROM
    (SELECT least(a.before + extract(epoch FROM start - a.opens)::bigint, a.total) + seconds AS target FROM span a WHERE a.opens <= start ORDER BY a.opens DESC LIMIT 1) t,
    LATERAL (SELECT closes, total FROM span WHERE total >= t.target ORDER BY total LIMIT 1) s $$;
-- The same for working days: numbered, with their closing times
CREATE TEMP TABLE workday AS
  SELECT (opens AT TIME ZONE 'Asia/Shanghai')::date AS day, row_number() OVER (ORDER BY (opens AT TIME ZONE 'Asia/Shanghai')::date) AS no, max(closes) AS closes FROM span GROUP BY 1;
CREATE UNIQUE INDEX ON workday (day) INCLUDE (no);
CREATE UNIQUE INDEX ON workday (no) INCLUDE (closes);
ANALYZE workday;
CREATE FUNCTION pg_temp.table_deadline(start timestamptz, days int) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT closes FROM workday WHERE no = days + (SELECT no FROM workday WHERE day <= start::date ORDER BY day DESC LIMIT 1) $$;
-- Rival 2: the usual loop over days
CREATE TEMP TABLE holiday AS SELECT day, kind FROM ref_holiday;
CREATE UNIQUE INDEX ON holiday (day);
ANALYZE holiday;
CREATE FUNCTION pg_temp.loop_deadline(start timestamptz, minutes int) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE d date := start::date; left_min numeric := minutes; k text; o timestamptz; c timestamptz; part numeric; half int;
BEGIN
  LOOP
    SELECT kind INTO k FROM holiday WHERE day = d;
    IF k = 'makeup_workday' OR k IS NULL AND extract(isodow FROM d) < 6 THEN
      FOR half IN 0..1 LOOP
        o := greatest(start, d + CASE half WHEN 0 THEN time '08:00' ELSE time '14:00' END);
        c := d + CASE half WHEN 0 THEN time '12:00' ELSE time '18:00' END;
        IF c > o THEN
          part := extract(epoch FROM c - o) / 60;
          IF part >= left_min THEN RETURN o + left_min * interval '1 minute'; END IF;
          left_min := left_min - part;
        END IF;
      END LOOP;
    END IF;
    d := d + 1;
  END LOOP;
END $$;
SELECT count(*) AS checked,
  count(*) FILTER (WHERE pg_temp.span_deadline(date_trunc('second', start), 72000) = deadline(date_trunc('second', start), '20wh', :'c')) AS span_table_agrees,
  count(*) FILTER (WHERE pg_temp.table_deadline(start, 5) = deadline(start, '5wd', :'c')) AS day_table_agrees,
  count(*) FILTER (WHERE pg_temp.loop_deadline(date_trunc('second', start), 1200) = deadline(date_trunc('second', start), '20wh', :'c')) AS day_loop_agrees
FROM job WHERE i <= 5000;

CREATE TEMP TABLE variant (name text PRIMARY KEY, base text, q text, n bigint);
INSERT INTO variant VALUES
  ('scan', NULL, 'SELECT count(start) FROM job', :rows),
  ('interval', 'scan', $$SELECT count(start + interval '3 days') FROM job$$, :rows),
  ('20wh', 'scan', format('SELECT count(deadline(start, %L, %L)) FROM job', '20wh', :'c'), :rows),
  ('5wd', 'scan', format('SELECT count(deadline(start, %L, %L)) FROM job', '5wd', :'c'), :rows),
  ('15d', 'scan', format('SELECT count(deadline(start, %L, %L)) FROM job', '15d', :'c'), :rows),
  ('24h', 'scan', format('SELECT count(deadline(start, %L, %L)) FROM job', '24h', :'c'), :rows),
  ('work_time', 'scan', format($$SELECT count(work_time('2018-01-08', start, %L)) FROM job$$, :'c'), :rows),
  ('join + interval', 'bare join', $$SELECT count(start + interval '3 days') FROM job j JOIN calendars k USING (cal)$$, :rows),
  ('join + 20wh', 'bare join', $$SELECT count(deadline(start, '20wh', k.hours)) FROM job j JOIN calendars k USING (cal)$$, :rows),
  ('join + 20wh, one calendar', 'bare join', $$SELECT count(deadline(start, '20wh', k.hours)) FROM job j JOIN calendars k ON k.cal = j.zero$$, :rows),
  ('bare join', NULL, 'SELECT count(start) FROM job j JOIN calendars k USING (cal)', :rows),
  ('span table', 'scan', 'SELECT count(pg_temp.span_deadline(start, 72000)) FROM job WHERE i <= 5000', 5000),
  ('span table, in line', 'scan', $$SELECT count(s.closes - make_interval(secs => s.total - t.target)) FROM job j,
    LATERAL (SELECT least(a.before + extract(epoch FROM j.start - a.opens)::bigint, a.total) + 72000 AS target FROM span a WHERE a.opens <= j.start ORDER BY a.opens DESC LIMIT 1) t,
    LATERAL (SELECT closes, total FROM span WHERE total >= t.target ORDER BY total LIMIT 1) s WHERE i <= 5000$$, 5000),
  ('day table', 'scan', 'SELECT count(pg_temp.table_deadline(start, 5)) FROM job WHERE i <= 5000', 5000),
  ('day loop', 'scan', 'SELECT count(pg_temp.loop_deadline(start, 1200)) FROM job WHERE i <= 5000', 5000);
-- Time on the processor, in microseconds, where the system tells it (superuser, Linux); else the clock on the wall.
CREATE FUNCTION pg_temp.cpu() RETURNS numeric LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_sleep(0.0001);  -- the system counts anew when the process leaves the processor
  RETURN split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::numeric / 1000;
EXCEPTION WHEN OTHERS THEN
  RETURN extract(epoch FROM clock_timestamp()) * 1e6;
END $$;
CREATE TEMP TABLE took (round int, name text, us numeric);
CREATE FUNCTION pg_temp.run(rounds int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v record; t numeric; n bigint;
BEGIN
  FOR r IN 0..rounds LOOP
    FOR v IN SELECT * FROM variant ORDER BY random() LOOP
      t := pg_temp.cpu();
      EXECUTE v.q INTO n;
      -- round 0 warms up
      IF r > 0 THEN INSERT INTO took VALUES (r, v.name, (pg_temp.cpu() - t) / v.n); END IF;
    END LOOP;
  END LOOP;
END $$;
SELECT pg_temp.run(:rounds);

-- Each rival is what a function that a user writes costs; in line, the same look-ups stand in the statement itself.
-- Rivals run over few rows: their scan of the table is part of them and small beside the rest.
CREATE TEMP TABLE net AS
  SELECT t.round, t.name, t.us - CASE WHEN v.n = :rows THEN b.us ELSE b.us * (SELECT n FROM variant WHERE name = 'scan') / v.n END AS us
  FROM took t JOIN variant v USING (name) JOIN took b ON b.round = t.round AND b.name = v.base;
SELECT n.name AS variant, round((1000 * percentile_cont(0.5) WITHIN GROUP (ORDER BY n.us))::numeric, 1) AS "ns a row, net",
  round((percentile_cont(0.5) WITHIN GROUP (ORDER BY n.us / b.us))::numeric, 3) AS "ratio", b.name AS "beside",
  CASE WHEN n.name LIKE 'join%' THEN '<= 1.0' WHEN b.name = 'interval' AND n.name <> 'interval' THEN '<= 0.5' WHEN n.name IN ('span table', 'day table') THEN '>= 500' WHEN n.name = 'day loop' THEN '>= 300' END AS goal
FROM net n JOIN net b ON b.round = n.round AND b.name = CASE WHEN n.name LIKE 'join%' THEN 'join + interval' WHEN n.name = 'day table' THEN '5wd' WHEN n.name ~ '^(span table|day loop)' THEN '20wh' ELSE 'interval' END
WHERE n.name NOT IN ('interval', 'join + interval')
GROUP BY n.name, b.name ORDER BY min(CASE WHEN n.name LIKE 'join%' THEN 1 WHEN n.name ~ '^(span|day)' THEN 2 ELSE 0 END), n.name COLLATE "C";
