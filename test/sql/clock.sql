-- time_limit, work_calendar and working time
SET search_path = grid_gov, public;
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';
\set VERBOSITY default

-- A statement's error in one line: SQLSTATE, message, detail
CREATE FUNCTION pg_temp.err(q text, OUT state text, OUT message text, OUT detail text, OUT hint boolean) LANGUAGE plpgsql AS $$
DECLARE h text;
BEGIN
  EXECUTE q;
  state := 'none';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT;
  hint := h <> '';
END $$;

--
-- time_limit
--
SELECT t, t::time_limit AS short, time_limit_zh(t::time_limit) AS zh, time_limit_zh(t::time_limit)::time_limit = t::time_limit AS back
FROM unnest(ARRAY['30分钟', '30m', '24自然小时', '2紧急工作时', '2h', '15自然日', '15个自然日', '15d', '2紧急工作日', '2pd', '4工作时', '4wh',
  '30工作分钟', '30wm', '5工作日', '5个工作日', '5wd', '5rd', '５工作日', '１２ 个 工作时', '  7WD ', '0m', '2147483647d', '007wd', '3　工作日　']) WITH ORDINALITY AS u(t, n)
ORDER BY n;
SELECT t, e.* FROM unnest(ARRAY['4小时', '3天', '5日', '2时', '', 'wd', '5', '-5wd', '1.5wh', '5 wd x', '5wdx', 'D6', '2147483648wd', '99999999999999999999999wd', '5工作', '五工作日', '5工作日5工作日'])
  WITH ORDINALITY AS u(t, n), LATERAL pg_temp.err(format('SELECT %L::grid_gov.time_limit', t)) e ORDER BY n;

-- Order, equality, hash, index
SELECT string_agg(l::text, ' ' ORDER BY l) FROM unnest('{5wd,30m,2h,15d,2pd,4wh,30wm,5rd,3wd,5wd,1m}'::time_limit[]) l;
SELECT '5wd'::time_limit < '6wd', '5wd'::time_limit <= '5个工作日', '9wh'::time_limit > '8wh', '5rd'::time_limit >= '9wd', '5wd'::time_limit <> '5rd', '5wd'::time_limit = '5工作日';
SELECT l, count(*) FROM unnest('{5wd,5工作日,4wh}'::time_limit[]) l GROUP BY l ORDER BY l;
CREATE TEMP TABLE limits (l time_limit PRIMARY KEY);
INSERT INTO limits SELECT (i || u)::time_limit FROM generate_series(0, 99) i, unnest('{m,h,d,pd,wh,wm,wd,rd}'::text[]) u;
CREATE INDEX ON limits USING hash (l);
ANALYZE limits;
SET enable_seqscan = off;
SELECT l FROM limits WHERE l = '7工作日';
SELECT count(*) FROM limits WHERE l >= '0wd' AND l < '0rd';
RESET enable_seqscan;
SELECT typlen, typbyval, typalign, typstorage FROM pg_type WHERE oid IN ('time_limit'::regtype, 'work_calendar'::regtype) ORDER BY typlen DESC;

-- Imports: what a bare 小时 or 天 means depends on who wrote it
SELECT t, parse_limit(t, 'city') AS city, parse_limit(t, '热线') AS hotline, parse_limit(t, 'law') AS law
FROM unnest('{4小时,3天,2日,5工作日,2紧急工作时,三个工作日,十五天,二十四小时,两天,３０分钟}'::text[]) WITH ORDINALITY AS u(t, n) ORDER BY n;
SELECT (parse_limit_detail(t, 'city')).* FROM unnest('{4小时,1紧急工作时制止,立即,5,种植季节15工作日}'::text[]) WITH ORDINALITY AS u(t, n) ORDER BY n;
-- a number written in full, not a guess: three to five, two or three, seventeen or eighteen, a hundred and two or twenty
SELECT t, parse_limit(t, 'city') FROM unnest('{零天,十天,十二天,九十天,二十三天,百天,一百天,两百天,一百零五天,一百十天,一百一十五天,二百五十天,九百九十九天}'::text[]) WITH ORDINALITY AS u(t, n) ORDER BY n;
SELECT problem, count(*), string_agg(t, ' ' ORDER BY n) AS refused FROM unnest('{三五天,两三天,一两天,十十天,十百天,百百天,十零天,十七八天,二三十天,二零天,零五天,零十天,一零零天,一百二天,一百零零天,一百零十天,一百二十零天,一百零十二天,百十天,百零五天,三四百天,一百二三十天,一百十百天,半天,几天,十几天,3五天,三5天,千天}'::text[])
  WITH ORDINALITY AS u(t, n), LATERAL parse_limit_detail(t, 'city') d WHERE d.allow IS NULL GROUP BY problem ORDER BY problem;
SELECT e.* FROM pg_temp.err($$SELECT parse_limit('4小时', 'nobody')$$) e;
SELECT e.* FROM pg_temp.err($$SELECT parse_limit('马上', 'city')$$) e;

--
-- work_calendar: text
--
-- What a DBA writes comes back as it was
SELECT 'Asia/Shanghai; Mo-Fr 08:00-12:00,14:00-18:00; 2026-06-01/2026-09-30 Mo-Fr 08:00-12:00,15:00-18:00; 2026-10-01/2026-10-07 off "国庆节"; 2026-10-10 on "国庆节调休"; day 8h; valid 2018-01-01/2026-12-31'::work_calendar;
-- Equal calendars print alike, in whatever order and spelling
SELECT t::work_calendar AS canonical, t::work_calendar::text::work_calendar = t::work_calendar AS back
FROM unnest(ARRAY[
  'asia/shanghai;sa-mo 9:00-12:00',
  'UTC; Su,Sa 09:00-12:00; We-Fr 14:00-18:00,08:00-12:00; Mo 08:00-12:00,14:00-18:00; Tu 08:00-12:00,14:00-18:00',
  'UTC; Mo-Su 00:00-24:00',
  'UTC; Mo 08:00-10:00,10:00-12:00',
  'UTC; Mo-Fr 22:00-06:00',
  'UTC; Mo-Fr 22:00-30:00',
  'UTC; Mo 08:00-32:00; Tu 00:00-31:00',
  'UTC; 24/7; 2026-10-03 off "b"; 2026-10-02 off "b"; 2026-10-01 off "a"; 2026-10-04/2026-10-05 off "b"',
  'UTC; 24/7; 2026-07-01/2026-07-31 Mo-We 08:00-12:00; 2026-08-01/2026-08-31 We,Mo,Tu 08:00-12:00; 2026-07-01/2026-08-31 Th 08:00-12:00 "夏季"',
  'UTC; Mo-Fr 09:00-17:00; Sa off; 2026-07-01/2026-08-31 24/7',
  'UTC; Mo-Fr 09:00-17:00; 2026-10-10 on "a ""b"" ; c"; 2026-10-11 off ""',
  'UTC; Mo-Fr 09:00-17:00; day 450m; ; valid 2026-01-01;',
  'UTC; Mo-Fr 09:00-17:00; DAY 7h30m; VALID 2026-01-01/2026-01-01',
  'Etc/GMT-8; 2026-10-10 10:00-11:00']) WITH ORDINALITY AS u(t, n) ORDER BY n;
SELECT hours, count(*) FROM unnest(ARRAY[
  'UTC; Mo-Fr 08:00-12:00; Sa 08:00-12:00; 2026-01-01/2026-01-02 off; day 4h',
  'utc; day 240m; 2026-01-02 off; 2026-01-01 off; Mo-Sa 8:00-10:00,10:00-12:00']::work_calendar[]) hours GROUP BY hours;
SELECT 'UTC; 24/7'::work_calendar = 'UTC; Mo-Fr 00:00-24:00', 'UTC; 24/7'::work_calendar <> 'UTC; Mo-Fr 00:00-24:00';

-- Refusals: form is 22P02, sense is 22023; with the place
SELECT t, e.* FROM unnest(ARRAY[
  '', '; Mo 08:00-12:00', 'Asia/Beijing; 24/7', 'UTC+8; 24/7', '../../etc/passwd; 24/7', 'Asia/Shanghai', 'Asia/Shanghai Mo 08:00-12:00', 'UTC; Mo-Xx 08:00-12:00', 'UTC; Mo 08:00-', 'UTC; Mo 0800-1200',
  'UTC; Mo 08:00-12:00x', 'UTC; Mo 08:00:00-12:00:00', 'UTC; Mo 25:00-26:00', 'UTC; Mo 08:60-12:00', 'UTC; Mo 08:00-08:00', 'UTC; Mo 24:00-06:00', 'UTC; Mo 08:00-49:00', 'UTC; Mo 08:00-12:00,11:00-13:00',
  'UTC; Mo 08:00-12:00; Mo-Fr 09:00-10:00', 'UTC; Mo,Mo 08:00-12:00', 'UTC; Mo on', 'UTC; Mo off', 'UTC; 24/7; 2026-02-30 off', 'UTC; 24/7; 0000-01-01 off', 'UTC; 24/7; 2026-1-1 off', 'UTC; 24/7; 2026-10-07/2026-10-01 off',
  'UTC; 24/7; 2026-10-01/2026-10-07 off "国庆节"; 2026-10-07 on "调休"', 'UTC; 24/7; 2026-06-01/2026-09-30 Mo-Fr 08:00-12:00; 2026-09-01/2026-12-01 Fr 08:00-12:00',
  'UTC; 24/7; 2026-06-01/2026-09-30 Mo-Fr on', 'UTC; 24/7; 2026-10-01', 'UTC; 24/7; 2026-10-01 off "国庆节', E'UTC; 24/7; 2026-10-01 off "a\nb"', 'UTC; 24/7; 2026-10-01 off 国庆节',
  'UTC; 2026-10-01 10:00-11:00; 2026-10-10 on', 'UTC; Mo 08:00-12:00; 2026-06-01/2026-06-30 Mo off; 2026-06-01/2026-07-31 on', 'UTC; 24/7; day', 'UTC; 24/7; day 8', 'UTC; 24/7; day 0h', 'UTC; 24/7; day 25h', 'UTC; 24/7; day 8h; day 8h',
  'UTC; 24/7; valid', 'UTC; 24/7; valid 2026-01-01/', 'UTC; 24/7; valid 2026-01-01; valid 2026-01-02', 'UTC; 24/7; holidays CN', 'Asia/Shanghai; 周一 08:00-12:00',
  'UTC; 24/7; 2026-10-01 off "' || repeat('长', 40) || '"']) WITH ORDINALITY AS u(t, n), LATERAL pg_temp.err(format('SELECT %L::grid_gov.work_calendar', t)) e ORDER BY n;
-- Zones are the IANA names, spelt as there: no POSIX rules, whose sign is the other way round, and nothing that differs between machines
SELECT z, split_part(c.r, ';', 1) AS read_as FROM unnest('{etc/gmt+8,Etc/GMT-14,gmt0,est5edt,asia/shanghai,etc/utc,Etc/UTC+8,Etc/UTC-8,Etc/GMT-8FOO9,Etc/GMT-15,Etc/GMT+08,EST5EDT4,SystemV/EST5EDT,<+08>-8,localtime,LocalTime,posixrules,posix/Asia/Shanghai,right/UTC,Factory}'::text[]) WITH ORDINALITY AS u(z, n),
  LATERAL (SELECT CASE WHEN e.state = 'none' THEN (z || '; 24/7')::work_calendar::text ELSE e.state || ' ' || e.detail END FROM pg_temp.err(format('SELECT %L::grid_gov.work_calendar', z || '; 24/7')) e) c(r) ORDER BY n;
-- A season whose days do not meet the other's weekdays is no conflict
SELECT 'UTC; 24/7; 2026-06-01/2026-06-05 Fr 08:00-12:00; 2026-06-05/2026-06-11 Mo 08:00-12:00; 2026-06-05/2026-06-06 Sa off; 2026-06-06/2026-06-11 Fr off'::work_calendar;
-- Never open: what opens is taken away altogether, or lies outside valid; one open moment is enough
SELECT t, e.state, e.detail FROM unnest(ARRAY['UTC; Mo 08:00-12:00; 0001-01-01/9999-12-31 off', 'UTC; Mo,Tu 08:00-12:00; 0001-01-01/9999-12-31 Mo off "a"; 0001-01-01/2026-01-05 Tu off; 2026-01-07/9999-12-31 Tu off; 2026-01-06 off',
  'UTC; Mo-Fr 08:00-12:00; valid 2026-10-03/2026-10-04', 'UTC; 24/7; 2025-12-01/2026-06-30 off "a"; 2026-07-01/2027-01-31 off "b"; valid 2026-01-01/2026-12-31', 'UTC; 2026-01-01/2026-03-31 Mo-Fr 08:00-12:00; valid 2026-04-01/2026-12-31', 'UTC; 2026-10-02 22:00-24:00; valid 2026-10-03',
  'UTC; Mo 08:00-12:00; 0001-01-02/9999-12-31 off', 'UTC; Mo 08:00-12:00; 0001-01-01/9999-12-26 off', 'UTC; Mo,Tu 08:00-12:00; 0001-01-01/9999-12-31 Mo off; 0001-01-01/2026-01-05 Tu off; 2026-01-07/9999-12-31 Tu off',
  'UTC; 24/7; 2025-12-01/2026-12-30 off; valid 2026-01-01/2026-12-31', 'UTC; 2026-10-02 22:00-06:00; valid 2026-10-03', 'UTC; 9999-12-31 08:00-12:00', 'UTC; 24/7; 0001-01-01 off; 0001-01-02/9999-12-31 Mo-Sa off']) WITH ORDINALITY AS u(t, n),
  LATERAL pg_temp.err(format('SELECT %L::grid_gov.work_calendar', t)) e ORDER BY n;
-- Hostile ones end in an error
SELECT e.* FROM pg_temp.err($$SELECT ('UTC; 24/7' || repeat('; 2026-01-01 off', 10000))::grid_gov.work_calendar$$) e;
SELECT e.state, e.detail FROM pg_temp.err($$SELECT ('UTC; 24/7' || string_agg('; ' || (date '2001-01-01' + i * 10)::text || '/' || (date '2001-01-01' + i * 10 + 8)::text || ' Mo 08:00-12:00', ''))::grid_gov.work_calendar FROM generate_series(0, 200) i$$) e;
SELECT e.state, e.detail FROM pg_temp.err($$SELECT ('UTC; 24/7' || repeat(' ', 1000001))::grid_gov.work_calendar$$) e;
SELECT length(('UTC; 24/7' || string_agg('; ' || (date '2001-01-01' + i * 2)::text || ' off', ''))::work_calendar::text) FROM generate_series(0, 3900) i;

--
-- Binary form: in and out, validated as text is
--
CREATE TEMP TABLE bin (l time_limit, hours work_calendar);
INSERT INTO bin VALUES ('5wd', 'UTC; Mo-Fr 22:00-06:00; 2026-10-01/2026-10-07 off "国庆节"; valid 2018-01-01/2026-12-31'), ('0m', 'Asia/Shanghai; 24/7'), (NULL, NULL);
SELECT time_limit_send('5wd'), encode(work_calendar_send('UTC; 24/7'), 'escape');
\copy bin TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/results/clock.bin"' (FORMAT binary)
CREATE TEMP TABLE bin2 (LIKE bin);
\copy bin2 FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/results/clock.bin"; rm "$PG_ABS_BUILDDIR/results/clock.bin"' (FORMAT binary)
SELECT * FROM bin2 ORDER BY l;
SELECT count(*) FROM bin JOIN bin2 USING (l, hours);
-- What in would refuse is refused: an unknown kind, a negative amount, another version, a bad text
CREATE TEMP TABLE bin3 (l time_limit);
CREATE TEMP TABLE bin4 (hours work_calendar);
\set VERBOSITY sqlstate
\copy bin3 FROM PROGRAM 'printf "PGCOPY\\n\\377\\r\\n\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0\\5\\10\\0\\0\\0\\5\\377\\377"' (FORMAT binary)
\copy bin3 FROM PROGRAM 'printf "PGCOPY\\n\\377\\r\\n\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0\\5\\6\\377\\0\\0\\5\\377\\377"' (FORMAT binary)
\copy bin3 FROM PROGRAM 'printf "PGCOPY\\n\\377\\r\\n\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0\\6\\6\\0\\0\\0\\5\\5\\377\\377"' (FORMAT binary)
\copy bin3 FROM PROGRAM 'printf "PGCOPY\\n\\377\\r\\n\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0\\5\\6\\0\\0\\0\\5\\377\\377"' (FORMAT binary)
\copy bin4 FROM PROGRAM 'printf "PGCOPY\\n\\377\\r\\n\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0\\12\\2UTC; 24/7\\377\\377"' (FORMAT binary)
\copy bin4 FROM PROGRAM 'printf "PGCOPY\\n\\377\\r\\n\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0\\12\\1UTC; 24/8\\377\\377"' (FORMAT binary)
\copy bin4 FROM PROGRAM 'printf "PGCOPY\\n\\377\\r\\n\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0\\11\\1UTC; Mo \\377\\377"' (FORMAT binary)
\copy bin4 FROM PROGRAM 'printf "PGCOPY\\n\\377\\r\\n\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0\\12\\1utc; 24/7\\377\\377"' (FORMAT binary)
\set VERBOSITY default
SELECT l, hours FROM bin3, bin4;

--
-- Nine years of named Chinese holidays in less than 2 kB
--
SELECT work_calendar_from('Asia/Shanghai', 'Mo-Fr 08:00-12:00,14:00-18:00; day 8h',
    array_agg(day ORDER BY day) FILTER (WHERE kind = 'holiday'), array_agg(name ORDER BY day) FILTER (WHERE kind = 'holiday'),
    array_agg(day ORDER BY day) FILTER (WHERE kind = 'makeup_workday'), array_agg(name || '调休' ORDER BY day) FILTER (WHERE kind = 'makeup_workday'),
    '2018-01-01', '2026-12-31') AS c FROM ref_holiday \gset
SELECT pg_column_size(:'c'::work_calendar) < 2000 AS small, :'c'::work_calendar::text = :'c' AS canonical, left(:'c', 120) AS begins, right(:'c', 120) AS ends;
CREATE TEMP TABLE china AS SELECT :'c'::work_calendar AS hours;
SELECT e.* FROM unnest(ARRAY[
  $$SELECT grid_gov.work_calendar_from('UTC', '24/7', '{2026-10-01}', '{a,b}', '{}', '{}')$$,
  $$SELECT grid_gov.work_calendar_from('UTC', '24/7', '{NULL}', '{}', '{}', '{}')$$,
  $$SELECT grid_gov.work_calendar_from('UTC', '24/7', '{infinity}', '{}', '{}', '{}')$$,
  $$SELECT grid_gov.work_calendar_from('UTC', '24/7', '{2026-10-01}', '{}', '{2026-10-01}', '{}')$$,
  $$SELECT grid_gov.work_calendar_from('UTC', '24/7', '{}', '{}', '{}', '{}', '2026-01-01')$$]) WITH ORDINALITY AS u(q, n), LATERAL pg_temp.err(q) e ORDER BY n;
SELECT work_calendar_from('UTC', 'Mo-Fr 08:00-12:00', '{2026-10-01,2026-10-02}', '{"a\"b","a\"b"}', '{2026-10-10}', '{}'), work_calendar_from('UTC', '24/7', NULL, '{}', '{}', '{}');

-- The 90 vectors: start, 4wh, 5wd, 5rd, 2h, 15d, open minutes of the ten days after
CREATE TEMP TABLE vector (start timestamptz, wh timestamptz, wd timestamptz, rd timestamptz, h timestamptz, d timestamptz, minutes int);
INSERT INTO vector VALUES
  ('2026-02-13 17:30', '2026-02-14 11:30', '2026-02-27 18:00', '2026-02-27 17:30', '2026-02-13 19:30', '2026-03-01 00:00', 510),
  ('2026-02-14 09:00', '2026-02-14 15:00', '2026-02-28 18:00', '2026-02-28 09:00', '2026-02-14 11:00', '2026-03-03 00:00', 480),
  ('2026-02-28 11:00', '2026-02-28 17:00', '2026-03-06 18:00', '2026-03-06 11:00', '2026-02-28 13:00', '2026-03-17 00:00', 3360),
  ('2026-04-03 16:00', '2026-04-07 10:00', '2026-04-13 18:00', '2026-04-13 16:00', '2026-04-03 18:00', '2026-04-21 00:00', 2400),
  ('2026-04-30 17:59', '2026-05-06 11:59', '2026-05-11 18:00', '2026-05-11 17:59', '2026-04-30 19:59', '2026-05-16 00:00', 1921),
  ('2026-05-09 13:00', '2026-05-09 18:00', '2026-05-15 18:00', '2026-05-15 12:00', '2026-05-09 15:00', '2026-05-26 00:00', 3360),
  ('2026-09-19 10:00', '2026-09-20 12:00', '2026-09-24 18:00', '2026-09-24 18:00', '2026-09-19 12:00', '2026-10-09 00:00', 3000),
  ('2026-09-30 17:00', '2026-10-08 11:00', '2026-10-13 18:00', '2026-10-13 17:00', '2026-09-30 19:00', '2026-10-16 00:00', 1440),
  ('2026-10-10 07:00', '2026-10-10 12:00', '2026-10-16 18:00', '2026-10-15 18:00', '2026-10-10 09:00', '2026-10-27 00:00', 3360),
  ('2025-01-26 15:00', '2025-01-27 09:00', '2025-02-08 18:00', '2025-02-08 15:00', '2025-01-26 17:00', '2025-02-11 00:00', 960),
  ('2025-09-28 16:30', '2025-09-29 10:30', '2025-10-11 18:00', '2025-10-11 16:30', '2025-09-28 18:30', '2025-10-14 00:00', 1050),
  ('2024-02-04 08:00', '2024-02-04 12:00', '2024-02-09 18:00', '2024-02-08 18:00', '2024-02-04 10:00', '2024-02-20 00:00', 2880),
  ('2023-12-29 17:00', '2024-01-02 11:00', '2024-01-08 18:00', '2024-01-08 17:00', '2023-12-29 19:00', '2024-01-16 00:00', 2400),
  ('2020-01-23 17:00', '2020-02-03 11:00', '2020-02-07 18:00', '2020-02-07 17:00', '2020-01-23 19:00', '2020-02-08 00:00', 60),
  ('2019-04-28 12:30', '2019-04-28 18:00', '2019-05-07 18:00', '2019-05-07 12:00', '2019-04-28 14:30', '2019-05-14 00:00', 2880);
SELECT count(*) AS starts, count(*) FILTER (WHERE deadline(start, '4wh', hours) = wh) AS wh, count(*) FILTER (WHERE deadline(start, '5wd', hours) = wd) AS wd,
  count(*) FILTER (WHERE deadline(start, '5rd', hours) = rd) AS rd, count(*) FILTER (WHERE deadline(start, '2h', hours) = h) AS h, count(*) FILTER (WHERE deadline(start, '15d', hours) = d) AS d,
  count(*) FILTER (WHERE work_time(start, start + interval '10 days', hours) = make_interval(mins => minutes)) AS used
FROM vector, china;
-- work_time is the inverse of deadline for wh, wm, rd, and additive
SELECT count(*) FILTER (WHERE work_time(start, deadline(start, (n || 'wm')::time_limit, hours), hours) = make_interval(mins => n)) AS inverse,
  count(*) FILTER (WHERE work_time(start, x, hours) + work_time(x, wd, hours) = work_time(start, wd, hours)) AS additive, count(*)
FROM vector, china, generate_series(1, 2000, 37) n, LATERAL (SELECT start + (wd - start) * (n / 2000.0)) AS y(x);

--
-- Hand-worked cases
--
\set s 'Asia/Shanghai; Mo-Fr 08:00-12:00,14:00-18:00; 2026-06-01/2026-09-30 Mo-Fr 08:00-12:00,15:00-18:00; 2026-09-20 on "国庆节调休"; 2026-10-01/2026-10-07 off "国庆节"; 2026-10-10 on "国庆节调休"; 2026-10-17 09:00-11:00 "值班"; day 8h; valid 2026-01-01/2026-12-31'
SELECT start, allow, deadline(start, allow, :'s'), note FROM (VALUES
  ('2026-10-16 16:00'::timestamptz, '2wh'::time_limit, 'used up exactly at closing: due then'),
  ('2026-10-16 12:00', '0wh', 'at closing for lunch: the next opening'),
  ('2026-10-16 11:00', '1wh', 'used up exactly at lunch'),
  ('2026-10-16 11:00', '61wm', 'a minute more'),
  ('2026-10-16 16:00', '3wh', 'Friday into the Saturday on duty'),
  ('2026-10-16 16:00', '5wh', 'past it to Monday'),
  ('2026-05-29 17:00', '8wh', 'Friday in spring hours, Monday in summer hours: 1 h and 7 h'),
  ('2026-05-29 17:00', '1rd', 'rd is 8 h whatever the season'),
  ('2026-09-30 17:59:59.5', '1wm', 'a minute over the National Day, to the half second'),
  ('2026-09-19 10:00', '1wh', 'a Saturday; the Sunday after is a make-up day in summer hours'),
  ('2026-09-30 09:00', '1wd', 'close of business of the first working day after'),
  ('2026-09-30 23:59', '1wd', 'late on the start day is the same'),
  ('2026-10-01 00:00', '1wd', 'a start on a holiday counts from the next working day'),
  ('2026-10-16 09:00', '1wd', 'a day on duty is a working day and closes at 11:00'),
  ('2026-10-16 09:00', '0wd', 'no days: the next closing time'),
  ('2026-10-16 18:00', '0wd', 'at closing: now'),
  ('2026-10-16 18:01', '0wd', 'after it: the next one'),
  ('2026-09-29 08:00', '1d', '24:00 of the next day'),
  ('2026-09-29 08:00', '2d', 'into the National Day: moved past it, once'),
  ('2026-10-02 08:00', '0d', 'no days: 24:00 of the first working day'),
  ('2026-10-09 08:00', '1d', 'a make-up Saturday is no rest day'),
  ('2026-10-10 08:00', '1d', 'the Sunday after is one'),
  ('2026-09-30 17:00', '2pd', '48 hours around the clock'),
  ('2027-09-30 17:00', '36h', 'natural time never looks at the calendar'),
  ('2026-12-31 17:00', '1wh', 'the last valid hour')) AS v(start, allow, note);
SELECT t, is_open(t, :'s') AS open, next_open(t, :'s') AS next
FROM unnest('{2026-10-16 08:00,2026-10-16 07:59:59.999999,2026-10-16 11:59:59.999999,2026-10-16 12:00,2026-10-17 10:00,2026-10-17 11:00,2026-10-10 08:00,2026-10-05 10:00}'::timestamptz[]) t;
SELECT is_open('2026-12-31 20:00', :'s') AS "closed, and still valid";
SELECT work_spans('[2026-10-16 09:00,2026-10-19 08:30]', :'s'), work_spans('empty', :'s'), work_spans('[2026-10-16 12:00,2026-10-16 14:00)', :'s'), work_spans('(2026-10-16 08:00,2026-10-16 09:00]', :'s');
SELECT work_time('2026-10-16 09:00', '2026-10-16 08:00', :'s') AS reversed, work_time('2026-10-16 09:00', '2026-10-16 09:00', :'s') AS same;

-- Night shifts: a span belongs to the day on which it begins
\set n 'UTC; Mo-Fr 22:00-06:00; 2026-10-07 off "休"; 2026-10-08 04:00-08:00'
SELECT start, allow, deadline(start, allow, :'n') FROM (VALUES ('2026-10-05 21:00Z'::timestamptz, '8wh'::time_limit), ('2026-10-05 21:00Z', '481wm'), ('2026-10-06 02:00Z', '1wd'), ('2026-10-06 02:00Z', '0wd'),
  ('2026-10-06 23:00Z', '8wh'), ('2026-10-07 05:00Z', '1wd'), ('2026-10-07 05:00Z', '1d'), ('2026-10-10 03:00Z', '4wh')) AS v(start, allow);
-- Yesterday's night shift goes first; time counts once
SELECT work_spans('[2026-10-05 00:00Z,2026-10-07 12:00Z)', 'UTC; Mo 20:00-10:00; Tu 08:00-12:00,14:00-30:00; We 05:00-06:00');
SELECT work_time('2026-10-05 00:00Z', '2026-10-08 00:00Z', 'UTC; Mo 20:00-10:00; Tu 08:00-12:00,14:00-30:00; We 05:00-06:00');

-- DST: missing times move forward, ambiguous ones take the first; days of 23 and 25 hours
SELECT lower(work_spans('[2014-03-09 00:00Z,2014-03-10 00:00Z)', 'America/Los_Angeles; 2014-03-09 02:30-12:00')) AS "missing: 03:30 = 10:30Z",
  lower(work_spans('[2014-11-02 00:00Z,2014-11-03 00:00Z)', 'America/Los_Angeles; 2014-11-02 01:30-12:00')) AS "ambiguous: the first = 08:30Z",
  upper(work_spans('[2015-10-17 12:00Z,2015-10-19 00:00Z)', 'America/Sao_Paulo; 2015-10-17 12:00-24:00')) AS "24:00 of a day without midnight = 03:00Z";
SELECT z, work_time(f::timestamp AT TIME ZONE z, t::timestamp AT TIME ZONE z, (z || '; 24/7')::work_calendar)
FROM (VALUES ('Europe/Berlin', '2016-03-27', '2016-03-28'), ('Europe/Berlin', '2016-10-30', '2016-10-31'), ('Australia/Lord_Howe', '2026-04-05', '2026-04-06'),
  ('Asia/Shanghai', '1988-04-17', '1988-04-18'), ('Pacific/Apia', '2011-12-29', '2012-01-01')) AS v(z, f, t);
SELECT work_time('2006-04-02 00:00-08', '2006-04-03 00:00-07', 'America/Los_Angeles; Su 02:30-03:15; Mo 09:00-17:00') AS "emptied by the gap";
SELECT deadline('2011-12-28 20:00Z', '2wd', 'Pacific/Apia; 24/7') AT TIME ZONE 'Pacific/Apia' AS "a day that the zone left out is no working day",
  deadline('2011-12-28 20:00Z', '2d', 'Pacific/Apia; 24/7') AT TIME ZONE 'Pacific/Apia' AS "nor a date";
SELECT allow, d AT TIME ZONE 'Pacific/Apia' AS due, p.due AT TIME ZONE 'Pacific/Apia' AS paused_over_it, p.due_day,
  (SELECT string_agg(to_char(day, 'DD') || ' ' || kind, ', ' ORDER BY day) FROM explain_deadline('2011-12-28 20:00Z', allow, h)) AS told
FROM unnest('{0d,1d,2d,3d,1wd,2wd,1rd,2rd,48h}'::time_limit[]) WITH ORDINALITY AS u(allow, n), (VALUES ('Pacific/Apia; Mo-Su 09:00-12:00'::work_calendar)) v(h),
  deadline('2011-12-28 20:00Z', allow, h) d, project_deadline('2011-12-28 20:00Z', allow, h, '{[2011-12-28 21:00Z,2011-12-31 21:00Z)}') p ORDER BY n;
-- Kwajalein had no 1993-08-21: its shift does not reach past the end of valid, the night shift of the day before does
SELECT e.state, e.message FROM pg_temp.err($$SELECT grid_gov.deadline('1993-08-21 11:33Z', '60wm', 'Pacific/Kwajalein; Su 00:00-06:00; Sa 02:15-01:00; valid 1993-08-01/1993-08-21')$$) e;
SELECT deadline('1993-08-21 11:33Z', '60wm', 'Pacific/Kwajalein; Fr 20:00-02:00; valid 1993-08-01/1993-08-21') AT TIME ZONE 'UTC' AS "20:00 to 02:00 of the 22nd";
-- The session's zone does not matter
SET timezone = 'America/New_York';
SELECT deadline('2026-09-30 17:00+08', '4wh', :'s') AT TIME ZONE 'Asia/Shanghai', deadline('2026-09-30 17:00+08', '15d', :'s') AT TIME ZONE 'Asia/Shanghai';
SET timezone = 'Asia/Shanghai';

-- Past valid: WG007, never plain weeks
SELECT e.state, e.message, e.hint FROM unnest(ARRAY[
  $$SELECT grid_gov.deadline('2026-12-31 17:00', '61wm', h)$$, $$SELECT grid_gov.deadline('2026-12-31 17:00', '1wd', h)$$, $$SELECT grid_gov.deadline('2026-12-31 17:00', '1d', h)$$,
  $$SELECT grid_gov.deadline('2017-12-31 17:00', '1wd', h)$$, $$SELECT grid_gov.work_time('2026-12-31', '2027-01-01 00:00:01', h)$$, $$SELECT grid_gov.work_time('2017-12-31', '2018-01-03', h)$$,
  $$SELECT grid_gov.is_open('2027-01-04 10:00', h)$$, $$SELECT grid_gov.next_open('2026-12-31 18:00', h)$$, $$SELECT grid_gov.work_spans('[2026-12-31,2027-02-01)', h)$$,
  $$SELECT FROM grid_gov.explain_deadline('2026-12-31 17:00', '1wd', h)$$, $$SELECT grid_gov.work_time('2026-12-31', '2027-01-01', h)$$, $$SELECT grid_gov.deadline('2026-12-30 17:00', '1d', h)$$]) WITH ORDINALITY AS u(q, n),
  LATERAL pg_temp.err(replace(q, ', h)', format(', %L)', :'s'))) e ORDER BY n;

-- Silly limits and instants end in an error
SELECT q, e.state, e.message FROM unnest(ARRAY[
  $$SELECT grid_gov.deadline('2026-01-01', '2000000000wd', 'UTC; 24/7')$$, $$SELECT grid_gov.deadline('2026-01-01', '2000000000d', 'UTC; 24/7')$$,
  $$SELECT grid_gov.deadline('2026-01-01', '2000000000wh', 'UTC; 24/7')$$, $$SELECT grid_gov.deadline('2026-01-01', '2000000000rd', 'UTC; 24/7')$$,
  $$SELECT grid_gov.deadline('2026-01-01', '200000000pd', 'UTC; 24/7')$$, $$SELECT grid_gov.deadline('2026-01-01', '2147483647pd', 'UTC; 24/7')$$,
  $$SELECT grid_gov.deadline('2026-01-01', '2wh', 'UTC; 2026-02-03 10:00-11:00')$$, $$SELECT grid_gov.deadline('2026-01-01', '2wd', 'UTC; 2026-02-03 10:00-11:00')$$,
  $$SELECT grid_gov.deadline('2026-03-01', '1d', 'UTC; 2026-02-03 10:00-11:00')$$, $$SELECT grid_gov.deadline('2026-01-01', '5wh', 'UTC; Mo 10:00-11:00; 2026-01-01/9999-12-31 off')$$,
  $$SELECT grid_gov.deadline('2026-01-01', '1rd', 'UTC; 2026-02-03 10:00-11:00')$$, $$SELECT grid_gov.deadline('infinity', '1wd', 'UTC; 24/7')$$, $$SELECT grid_gov.deadline('-infinity', '1h', 'UTC; 24/7')$$,
  $$SELECT grid_gov.deadline('9999-12-31', '5wd', 'UTC; 24/7')$$, $$SELECT grid_gov.deadline('0001-01-01 BC', '5wd', 'UTC; 24/7')$$, $$SELECT grid_gov.work_time('1900-01-01', '2100-01-01', 'UTC; 24/7')$$,
  $$SELECT grid_gov.work_spans('[2026-01-01,)', 'UTC; 24/7')$$]) WITH ORDINALITY AS u(q, n), LATERAL pg_temp.err(q) e ORDER BY n;
-- What was asked before never changes an answer
SET timezone = 'UTC';
SELECT deadline('1600-01-03 12:00Z', '2wd', 'UTC; Mo-Fr 08:00-12:00'), deadline('9990-01-05 12:00Z', '2wd', 'UTC; Mo-Fr 08:00-12:00'), deadline('2026-01-03 12:00Z', '36000wd', 'UTC; 24/7'), deadline('2026-01-03 12:00Z', '2wd', 'UTC; Mo-Fr 08:00-12:00');
SET timezone = 'Asia/Shanghai';
SELECT count(*) AS rows, count(DISTINCT d) AS days FROM (SELECT deadline('2026-01-05 10:00Z', '1wd', ('UTC; Mo-Fr ' || lpad((i % 24)::text, 2, '0') || ':00-24:00; day ' || (1 + i % 90) || 'm')::work_calendar) AS d FROM generate_series(0, 999) i) x;

--
-- Pauses, in the limit's own unit; provisional deadlines past valid; the last day
--
SELECT start, allow, paused, p.*, note FROM (VALUES
  ('2026-10-16 16:00+08'::timestamptz, '4wh'::time_limit, '{}'::tstzmultirange, 'none'),
  ('2026-10-16 16:00', '4wh', '{[2026-10-16 17:00,2026-10-19 09:00)}', 'Friday 17:00 to Monday 09:00: 1 + 2 (on duty) + 1 open hours'),
  ('2026-10-16 16:00', '2wh', '{[2026-10-16 18:00,2026-10-18 09:00)}', 'begins when the limit is used up: nothing'),
  ('2026-10-16 16:00', '2h', '{[2026-10-16 17:00,2026-10-16 17:30)}', 'natural time'),
  ('2026-10-16 16:00', '1d', '{[2026-10-16 17:00,2026-10-16 23:00)}', 'within a day: nothing'),
  ('2026-10-19 16:00', '1d', '{[2026-10-19 17:00,2026-10-21 01:00)}', 'two midnights'),
  ('2026-10-16 16:00', '3wd', '{[2026-10-16 09:00,2026-10-19 17:00)}', 'two closing times, the Saturday on duty included'),
  ('2026-10-19 10:00', '1wd', '{[2026-10-19 17:00,2026-10-19 18:00)}', 'ends at closing: the rest of the day was lost'),
  ('2026-10-19 10:00', '1wd', '{[2026-10-19 18:00,2026-10-19 19:00)}', 'begins at closing: nothing'),
  ('2026-10-19 10:00', '1wd', '{[2026-10-19 11:00,2026-10-19 12:00),[2026-10-20 09:00,2026-10-20 10:00)}', 'within days: nothing'),
  ('2026-10-19 16:00', '1rd', '{[2026-10-18 00:00,2026-10-19 17:00),[2026-10-20 08:00,2026-10-20 08:30)}', 'begun before the start: counts from it'),
  ('2026-12-31 16:00', '4wh', '{}', 'past valid: provisional'),
  ('2026-12-31 16:00', '1wd', '{}', 'New Year as the week has it'),
  ('2026-12-30 16:00', '1d', '{}', '24:00 of the last valid day is not past it'),
  ('2026-12-31 16:00', '1h', '{}', 'natural time is never provisional'),
  ('2026-12-28 16:00', '1wd', '{[2026-12-28 17:00,2027-01-05 09:00)}', 'a pause past valid'),
  ('2026-10-09 20:00', '4h', '{}', '24:00 belongs to the day that it ends')) AS v(start, allow, paused, note),
  LATERAL project_deadline(start, allow, :'s', paused) p;
SELECT e.* FROM pg_temp.err($$SELECT grid_gov.project_deadline('2026-10-16 16:00', '4wh', 'UTC; 24/7', '{[2026-10-16 17:00,)}')$$) e;

--
-- explain_deadline
--
SELECT day, kind, label, to_char(opens, 'HH24:MI') AS opens, to_char(closes, 'MM-DD HH24:MI') AS closes, used, remaining FROM explain_deadline('2026-09-30 16:00', '2rd', :'s');
SELECT day, kind, label, to_char(closes, 'MM-DD HH24:MI') AS closes, used, remaining FROM explain_deadline('2026-09-30 19:00', '3wd', :'s');
SELECT day, kind, label, to_char(closes, 'MM-DD HH24:MI') AS closes, used, remaining FROM explain_deadline('2026-09-28 19:00', '3d', :'s');
SELECT day, kind, label, to_char(opens, 'HH24:MI') AS opens, to_char(closes, 'MM-DD HH24:MI') AS closes, used, remaining FROM explain_deadline('2026-10-16 19:00', '4wh', :'s');
SELECT day, kind, label, used, remaining FROM explain_deadline('2026-10-16 19:00', '30h', :'s');
SELECT day, kind, label, to_char(opens, 'HH24:MI') AS opens, to_char(closes, 'MM-DD HH24:MI') AS closes, used, remaining FROM explain_deadline('2026-10-06 02:00Z', '6wh', :'n');
SELECT allow, (SELECT count(*) FROM explain_deadline('2026-10-10 12:30', allow, :'s')) AS rows, (SELECT max(remaining) FROM explain_deadline('2026-10-10 12:30', allow, :'s')) AS none_left FROM unnest('{0m,0wh,0wd,0d}'::time_limit[]) allow;

--
-- Usable in generated columns and indexes
--
CREATE TEMP TABLE job (id int, start timestamptz, allow time_limit, hours work_calendar, due timestamptz GENERATED ALWAYS AS (grid_gov.deadline(start, allow, hours)) STORED);
INSERT INTO job SELECT i, timestamptz '2026-09-28 08:00' + i * interval '7 hours', '1wd', :'s' FROM generate_series(1, 8) i;
CREATE INDEX ON job (grid_gov.deadline(start, '4wh', hours));
SELECT id, start, due FROM job ORDER BY id;
EXPLAIN (COSTS OFF) SELECT deadline('2026-10-16 16:00', '2wh', 'UTC; 24/7');
-- A calendar in a row, short or long
SELECT deadline('2026-09-30 17:00', '4wh', hours) FROM china;
CREATE TEMP TABLE kept (hours work_calendar);
INSERT INTO kept SELECT hours FROM china;
INSERT INTO kept VALUES ('UTC; 24/7'), (:'s');
SELECT deadline('2026-09-30 17:00', '4wh', hours) FROM kept ORDER BY 1;

-- a span inside the hour that the clocks skip moves forward, behind the beginning of the next: nothing of that one is lost
SELECT grid_gov.work_time('2026-03-28 23:00:00+00', '2026-03-29 22:00:00+00', 'Europe/Berlin; Mo-Su 02:30-02:45,03:00-12:00') AS skipped,
  grid_gov.work_time('2026-03-29 22:00:00+00', '2026-03-30 22:00:00+00', 'Europe/Berlin; Mo-Su 02:30-02:45,03:00-12:00') AS ordinary;
