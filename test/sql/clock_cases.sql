-- Cases of five helpdesk engines and the Chinese calendar of 2026, as facts (test/data/clock_cases.tsv):
-- id, what is asked, calendar, start, until or limit in open seconds or wd, pauses, expected.
SET search_path = grid_gov, public;
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
\getenv dir PG_ABS_SRCDIR
\set calendars `cat "$PG_ABS_SRCDIR/data/clock_calendars.tsv"`
\set cases `cat "$PG_ABS_SRCDIR/data/clock_cases.tsv"`
CREATE TEMP TABLE calendar AS
  SELECT split_part(l, E'\t', 1) AS name, split_part(l, E'\t', 2)::work_calendar AS hours
  FROM string_to_table(:'calendars', E'\n') l WHERE l <> '';
CREATE TEMP TABLE cases AS
  SELECT f[1] AS id, split_part(f[1], '-', 1) AS source, f[2] AS ask, f[3] AS calendar, f[4]::timestamptz AS start, f[5] AS arg, f[6] AS pauses, f[7] AS expected
  FROM string_to_table(:'cases', E'\n') l, string_to_array(l, E'\t') f WHERE l <> '';

CREATE TEMP TABLE answers AS
SELECT x.*, CASE ask
    WHEN 'open' THEN (is_open(start, hours) AND NOT paused @> start)::text
    WHEN 'used' THEN extract(epoch FROM work_time(start, arg::timestamptz, hours) -
        coalesce((SELECT sum(work_time(lower(p), upper(p), hours)) FROM unnest(paused * tstzmultirange(tstzrange(start, greatest(start, arg::timestamptz)))) p), '0'))::int::text
    WHEN 'due' THEN to_char((project_deadline(start, CASE WHEN arg LIKE '%wd' THEN arg ELSE arg::int / 60 || 'wm' END::time_limit, hours, paused)).due, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    WHEN 'due_day' THEN (project_deadline(start, arg::time_limit, hours)).due_day::text END AS answer
FROM (SELECT c.*, k.hours, ('{' || regexp_replace(replace(pauses, ';', ','), '([^/,]+)/([^,]+)', '[\1,\2)', 'g') || '}')::tstzmultirange AS paused
      FROM cases c JOIN calendar k ON k.name = c.calendar) x;

SELECT source, ask, count(*), count(*) FILTER (WHERE pauses <> '') AS with_pauses, count(*) FILTER (WHERE answer = expected) AS agree
FROM answers GROUP BY source, ask ORDER BY source COLLATE "C", ask COLLATE "C";
SELECT count(*) AS cases, count(*) FILTER (WHERE answer = expected) AS agree FROM answers;

-- Those that we answer differently on purpose: doc/clock.md says why
SELECT id, ask, arg, expected, answer FROM answers WHERE answer IS DISTINCT FROM expected ORDER BY id COLLATE "C";
