-- Cases of five helpdesk engines and the Chinese calendar of 2026, as facts (test/data/clock_cases.tsv):
-- id, what is asked, calendar, start, until or limit in open seconds or wd, pauses, expected.
SET search_path = grid_gov, public;
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
\getenv dir PG_ABS_SRCDIR
\set calendars `cat "$PG_ABS_SRCDIR/data/clock_calendars.tsv"`
\set cases `cat "$PG_ABS_SRCDIR/data/clock_cases.tsv"`
CREATE TEMP TABLE calendar AS
  SELECT split_part(l, E'\t', 1) AS name, split_part(l, E'\t', 2)::work_calendar AS hours, split_part(split_part(l, E'\t', 2), ';', 1) AS zone
  FROM string_to_table(:'calendars', E'\n') l WHERE l <> '';
CREATE TEMP TABLE cases AS
  SELECT f[1] AS id, split_part(f[1], '-', 1) AS source, f[2] AS ask, f[3] AS calendar, f[4]::timestamptz AS start, f[5] AS arg, f[6] AS pauses, f[7] AS expected
  FROM string_to_table(:'cases', E'\n') l, string_to_array(l, E'\t') f WHERE l <> '';

-- Open time inside the pauses that lie after the start (a pause counts in the clock's own unit)
CREATE FUNCTION pg_temp.paused(pauses text, lo timestamptz, hi timestamptz, hours work_calendar) RETURNS interval LANGUAGE sql AS $$
  SELECT coalesce(sum(work_time(greatest(split_part(p, '/', 1)::timestamptz, lo), least(split_part(p, '/', 2)::timestamptz, hi), hours)), '0')
  FROM string_to_table(pauses, ';') p WHERE p <> '' $$;

CREATE TEMP TABLE answers AS
SELECT x.*, CASE ask
    WHEN 'open' THEN (is_open(start, hours) AND NOT EXISTS (SELECT FROM string_to_table(pauses, ';') p
         WHERE p <> '' AND start >= split_part(p, '/', 1)::timestamptz AND start < split_part(p, '/', 2)::timestamptz))::text
    WHEN 'used' THEN extract(epoch FROM work_time(start, arg::timestamptz, hours) - pg_temp.paused(pauses, start, arg::timestamptz, hours))::int::text
    WHEN 'due_day' THEN ((deadline(start, arg::time_limit, hours) - interval '1 microsecond') AT TIME ZONE zone)::date::text
    WHEN 'due' THEN CASE
      WHEN arg LIKE '%wd' THEN to_char(deadline(start, arg::time_limit, hours) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
      WHEN seconds % 60 = 0 THEN to_char(deadline(start, (seconds / 60 || 'wm')::time_limit, hours) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
      -- limits are whole minutes: what is left over is asked the other way round
      WHEN work_time(start, expected::timestamptz, hours) = make_interval(secs => seconds) AND is_open(expected::timestamptz - interval '1 microsecond', hours)
        THEN expected
      ELSE work_time(start, expected::timestamptz, hours)::text END
    END AS answer
FROM (SELECT c.*, k.hours, k.zone, CASE WHEN ask = 'due' AND arg ~ '^\d+$' THEN
        (arg::int + extract(epoch FROM pg_temp.paused(pauses, start, 'infinity', hours)))::int END AS seconds
      FROM cases c JOIN calendar k ON k.name = c.calendar) x;

SELECT source, ask, count(*), count(*) FILTER (WHERE pauses <> '') AS with_pauses, count(*) FILTER (WHERE answer = expected) AS agree
FROM answers GROUP BY source, ask ORDER BY source COLLATE "C", ask COLLATE "C";
SELECT count(*) AS cases, count(*) FILTER (WHERE answer = expected) AS agree FROM answers;

-- Those that we answer differently on purpose: doc/clock.md says why
SELECT id, ask, arg, expected, answer FROM answers WHERE answer IS DISTINCT FROM expected ORDER BY id COLLATE "C";
