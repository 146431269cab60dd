-- 20 000 reports of a year (2025-07-01 to 2026-06-30) as rows of a plan: who reports what, where, when, in which words.
--
-- Run by psql as the owner of gov after people.sql, in the session that then runs life.sql: the plan is temporary. Nothing is random:
-- every choice is made from md5 of the report's number. Words come from patterns.tsv (item, style, pattern) and slots.tsv (slot, value).
-- What is reported follows the season (heating in winter, water on the roads in summer, straw in autumn), disputes
-- follow the mix that 黄石 published; most hotline calls have no place.
\if :{?demo}
\else
\set demo demo
\endif
\set reports_quiet :QUIET
\set QUIET on
SET client_encoding = 'UTF8';
SET timezone = 'Asia/Shanghai';
SET client_min_messages = warning;
\set patterns `cat :demo/patterns.tsv`
\set slots `cat :demo/slots.tsv`
\ir active.sql

-- Who writes how: the patterns of an item that suit the source, or all of them where none does.
CREATE TEMP TABLE demo_pattern AS
WITH line AS (
  SELECT n, f[1] AS item, f[2] AS style, f[3] AS pattern
    FROM string_to_table(:'patterns', E'\n') WITH ORDINALITY AS line (text, n), string_to_array(rtrim(text, E'\r'), E'\t') AS f
   WHERE f[1] ~ '^[0-9]{4}$' AND f[3] <> ''),
suited AS (
  SELECT s.source, l.*, l.style = ANY (s.styles) AS suits, bool_or(l.style = ANY (s.styles)) OVER (PARTITION BY s.source, l.item) AS any_suits
    FROM line l CROSS JOIN (VALUES ('grid', '{note,talk}'::text[]), ('12345', '{hotline,letter,talk}'), ('citizen', '{letter,talk,hotline}'), ('app', '{talk,hotline,letter}'),
                                   ('110', '{police,hotline}'), ('department', '{letter,note}'), ('iot', '{note}')) AS s (source, styles))
SELECT source, item, pattern, row_number() OVER w AS i, count(*) OVER (PARTITION BY source, item) AS many
  FROM suited WHERE suits OR NOT any_suits WINDOW w AS (PARTITION BY source, item ORDER BY n);
CREATE INDEX ON demo_pattern (source, item, i);
CREATE TEMP TABLE demo_slot AS
SELECT f[1] AS slot, f[2] AS value, row_number() OVER (PARTITION BY f[1] ORDER BY n) AS i
  FROM string_to_table(:'slots', E'\n') WITH ORDINALITY AS line (text, n), string_to_array(rtrim(text, E'\r'), E'\t') AS f
 WHERE f[2] <> '' AND f[1] <> 'slot';
CREATE INDEX ON demo_slot (slot, i);

-- How often what is reported, by source and month: shares of the categories, weights of the items in them, seasons.
CREATE TEMP TABLE demo_weight AS
WITH share (source, category, share) AS (
  SELECT s.source, c.category, s.shares[c.n]
    FROM (VALUES ('grid', '{.38,.06,.16,.10,.17,.13}'::float[]), ('12345', '{.25,.05,.15,.42,.08,.05}'), ('citizen', '{.35,.04,.16,.25,.12,.08}'),
                 ('app', '{.40,.04,.16,.22,.12,.06}'), ('110', '{.02,.46,.05,.07,.05,.35}'), ('department', '{.30,.05,.20,.20,.20,.05}'), ('iot', '{.10,0,.30,.05,.55,0}')) AS s (source, shares),
         unnest('{城市管理,社会治安,环境保护,民生服务,公共安全,矛盾纠纷}'::text[]) WITH ORDINALITY AS c (category, n)),
mix (item, weight) AS (
  VALUES ('0602', 32.0), ('0601', 18.4), ('0606', 8.7), ('0603', 7.7), ('0612', 6.3), ('0604', 5.1), ('0613', 3.8), ('0605', 3.6), ('0608', 3.2), ('0607', 2.1), ('0610', 1.5),
         ('0611', .8), ('0609', .5), ('0614', .1), ('0699', 3.0), ('0619', 1.2), ('0615', 1.0), ('0620', .4), ('0621', .3), ('0616', .1), ('0617', .1), ('0618', .1)),
season (items, months, inside, outside) AS (
  VALUES ('{0405,0406,0507}'::text[], '{11,12,1,2,3}'::int[], 9, 0.0), ('{0509,0518,0506}', '{7,8}', 6, .3), ('{0301}', '{6,10}', 8, .4), ('{0302,0305}', '{6,7,8,9}', 2.5, .5),
         ('{0510}', '{12,1,2}', 6, 0), ('{0519}', '{6,7,8}', 6, .3), ('{0412}', '{6,7,8}', 5, .6), ('{0421,0610}', '{12,1,2}', 3, .7), ('{0521}', '{1,2}', 8, .3),
         ('{0403}', '{7,8}', 3, .8), ('{0402}', '{6,7,8}', 1.8, .8), ('{0125}', '{6,7,8,4}', 2, .6)),
weighed AS (
  SELECT s.source, m AS month, c.code AS item, s.share * w / sum(w) OVER (PARTITION BY s.source, m, c.category) AS weight
    FROM gov.catalogue c JOIN share s USING (category) CROSS JOIN generate_series(1, 12) AS m LEFT JOIN mix ON mix.item = c.code LEFT JOIN season ON c.code = ANY (season.items),
         LATERAL (SELECT coalesce(mix.weight,
             (.4 + pg_temp.chance('weight ' || c.code))
             * CASE WHEN c.code = ANY ('{0101,0103,0109,0121,0122,0118,0119,0120,0124,0104,0130,0128,0301,0303,0305,0304,0306,0309,0401,0402,0403,0405,0407,0409,0410,0412,0416,0501,0503,0506,0511,0522,0202,0203,0209,0211,0216}') THEN 3
                    WHEN c.code ~ '99$' OR c.code = ANY ('{0206,0207,0210,0215,0504,0507,0508,0515,0517,0518,0524}') THEN .2 ELSE 1 END
             * CASE WHEN s.source <> 'grid' THEN 1 WHEN c.first_level = 'grid' THEN 2.5 WHEN c.first_level = 'county' THEN .25 ELSE .7 END
             * CASE WHEN s.source = 'iot' AND c.code <> ALL ('{0123,0124,0303,0307,0310,0402,0502,0504,0508,0509,0523}') THEN 0 ELSE 1 END)
           * CASE WHEN season.months IS NULL THEN 1 WHEN m = ANY (season.months) THEN season.inside ELSE season.outside END AS w) AS x
   WHERE c.code IN (SELECT item FROM demo_pattern) AND x.w > 0)
SELECT source, month, item, sum(weight) OVER w / sum(weight) OVER (PARTITION BY source, month) AS upto
  FROM weighed WINDOW w AS (PARTITION BY source, month ORDER BY item);
CREATE INDEX ON demo_weight (source, month, upto);

-- How much is reported on which day.
CREATE TEMP TABLE demo_day AS
SELECT day, sum(weight) OVER (ORDER BY day) / sum(weight) OVER () AS upto
  FROM (SELECT d::date AS day, CASE h.kind WHEN 'holiday' THEN .45 WHEN 'makeup_workday' THEN 1 ELSE CASE WHEN extract(isodow FROM d) > 5 THEN .6 ELSE 1 END END * (.85 + .3 * pg_temp.chance('day ' || d::date)) AS weight
          FROM generate_series(timestamp '2025-07-01', '2026-06-30', '1 day') AS d LEFT JOIN grid_gov.ref_holiday h ON h.day = d::date) AS w;
CREATE INDEX ON demo_day (upto);
ANALYZE demo_weight, demo_day, demo_pattern, demo_slot;

CREATE TEMP TABLE demo_grid AS SELECT row_number() OVER (ORDER BY code) AS i, code FROM gov.grid;
CREATE UNIQUE INDEX ON demo_grid (i);

-- 48 numbers in [0, 1) for each report.
CREATE TEMP TABLE demo_dice AS
SELECT n, ARRAY(SELECT ('x' || substr(digits, 1 + 4 * k, 4))::bit(16)::int / 65536.0::float8 FROM generate_series(0, 47) AS k) AS r
  FROM (SELECT n, (SELECT string_agg(md5(n || ' ' || j), '' ORDER BY j) FROM generate_series(0, 5) AS j) AS digits FROM generate_series(1, 20000) AS n OFFSET 0) AS h;
ANALYZE demo_dice;

CREATE TEMP TABLE demo_draft AS
SELECT n, s.source, d.day + s.hour AS at, i.item, c.first_level, c.urgent, c.low_risk, c.department_duty,
       CASE WHEN s.source = 'grid' AND c.first_level = 'grid' AND c.code <> '0602' THEN CASE WHEN x.r[5] < .35 AND NOT c.urgent THEN 'self' WHEN x.r[5] < .82 THEN 'worker' ELSE 'unit' END
            WHEN c.code = '0602' AND x.r[5] < .6 THEN 'mediate' ELSE 'unit' END AS mode,
       x.r
  FROM demo_dice AS x,
       LATERAL (SELECT day FROM demo_day WHERE upto > x.r[1] + x.r[8] / 65536 - 1.0 / 65536 ORDER BY upto LIMIT 1) AS d,
       LATERAL (SELECT CASE WHEN x.r[2] < .62 THEN 'grid' WHEN x.r[2] < .84 THEN '12345' WHEN x.r[2] < .87 THEN 'citizen' WHEN x.r[2] < .92 THEN 'app'
                            WHEN x.r[2] < .97 THEN '110' WHEN x.r[2] < .99 THEN 'department' ELSE 'iot' END AS source) AS o,
       -- grid workers by day, the hotline until late, the police and sensors always
       LATERAL (SELECT o.source, make_interval(secs => floor(CASE WHEN o.source IN ('grid', 'department') THEN 8 + 9.5 * x.r[3] WHEN o.source IN ('110', 'iot') THEN 24 * x.r[3] ELSE 7.5 + 14 * x.r[3] END * 3600)) AS hour) AS s,
       LATERAL (SELECT item FROM demo_weight w WHERE w.source = o.source AND w.month = extract(month FROM d.day)::int AND w.upto > x.r[4] - 1e-9 ORDER BY w.upto LIMIT 1) AS i
       JOIN gov.catalogue c ON c.code = i.item;

-- The plan. What workers handle themselves goes round their grids in turn, so that each has something in each quarter.
CREATE TEMP TABLE demo_plan AS
WITH turn AS (
  SELECT *, row_number() OVER (PARTITION BY date_trunc('quarter', at), mode ORDER BY at, n) AS k FROM demo_draft),
placed AS (
  SELECT t.*, CASE WHEN t.source = 'grid' AND mode = 'worker' THEN a.grid WHEN t.source = 'grid' OR r[7] < .4 THEN b.grid ELSE g.code END AS grid, t.source = 'grid' AND mode = 'worker' AND t.k <= 500 AS first
    FROM turn t JOIN demo_active a ON a.i = 1 + (t.k * 7 + extract(quarter FROM t.at)::int * 13) % 500
         JOIN demo_active b ON b.i = 1 + floor(t.r[6] * 500)::int JOIN demo_grid g ON g.i = 1 + floor(((t.r[6] * 65536 + t.r[8]) / 65536) * (SELECT count(*) FROM demo_grid))::int)
SELECT p.n, p.source, p.at::timestamptz AS at, p.item, p.first_level, p.urgent, p.low_risk, p.department_duty,
       CASE WHEN p.mode = 'mediate' AND p.grid NOT IN (SELECT grid FROM demo_active) THEN 'unit' ELSE p.mode END AS mode, p.first, p.grid, p.r,
       CASE WHEN l.located THEN place.point END AS location,
       CASE WHEN NOT l.located THEN left(p.grid, CASE WHEN p.source = 'grid' THEN 15 WHEN p.r[10] < .75 THEN 9 ELSE 6 END) END COLLATE "C" AS area,
       CASE WHEN p.source NOT IN ('grid', 'citizen') THEN to_char(p.at, 'YYYYMMDD') || lpad(p.n::text, 6, '0') END AS external_id,
       w.body, NULL::bigint AS twin_of
  FROM placed p
       JOIN gov.grid g ON g.code = p.grid
       JOIN gov.division v ON v.code = g.division
       JOIN gov.division town ON town.code = left(p.grid, 9)
       JOIN demo_pattern t ON t.source = p.source AND t.item = p.item AND t.i = 1 + floor(p.r[11] * t.many)::int,
       LATERAL (SELECT p.r[9] < CASE p.source WHEN 'grid' THEN .985 WHEN '12345' THEN .22 WHEN '110' THEN .7 WHEN 'department' THEN .6 WHEN 'iot' THEN 1 ELSE .85 END AS located) AS l,
       -- a point on the way from the middle of the grid to a corner
       LATERAL (SELECT st_exteriorring(st_geometryn(g.boundary, 1)) AS ring) AS e,
       LATERAL (SELECT st_pointn(ring, 1 + floor(p.r[12] * (st_npoints(ring) - 1))::int) AS corner) AS c,
       LATERAL (SELECT st_setsrid(st_makepoint(round((g.lon + (st_x(corner) - g.lon) * .9 * sqrt(p.r[13]))::numeric, 6), round((g.lat + (st_y(corner) - g.lat) * .9 * sqrt(p.r[13]))::numeric, 6)), 4490) AS near) AS q,
       LATERAL (SELECT CASE WHEN st_contains(g.boundary, near) THEN near ELSE st_setsrid(st_makepoint(g.lon, g.lat), 4490) END AS point) AS place,
       LATERAL (SELECT regexp_replace(v.name, '(村)?(村民委员会|村委会|居民委员会|居委会)$', '\1') AS name) AS village,
       LATERAL (SELECT s.value FROM demo_slot s WHERE s.slot = 'spot' AND s.i = 1 + floor(p.r[14] * (SELECT count(*) FROM demo_slot WHERE slot = 'spot'))::int) AS spot,
       LATERAL (SELECT s.value FROM demo_slot s WHERE s.slot = 'time' AND s.i = 1 + floor(p.r[15] * (SELECT count(*) FROM demo_slot WHERE slot = 'time'))::int) AS moment,
       LATERAL (SELECT s.value FROM demo_slot s WHERE s.slot = 'name' AND s.i = 1 + floor(p.r[16] * (SELECT count(*) FROM demo_slot WHERE slot = 'name'))::int) AS person,
       LATERAL (SELECT replace(replace(replace(replace(replace(replace(t.pattern,
           '{place}', CASE WHEN p.r[20] < .5 THEN '' WHEN p.r[20] < .8 THEN village.name ELSE town.name END || spot.value),
           '{village}', village.name),
           '{time}', moment.value),
           '{name}', person.value),
           '{n}', (2 + floor(p.r[17] * p.r[17] * 14)::int)::text),
           '{count}', (3 + floor(p.r[18] * p.r[18] * 57)::int)::text) AS body) AS w;

-- The same thing reported twice: hotline calls and the like, two hours to a day after another about the same grid and item.
UPDATE demo_plan p SET twin_of = m.master, grid = m.grid, area = CASE WHEN p.location IS NULL OR m.location IS NULL THEN left(m.grid, 9) END COLLATE "C",
       location = CASE WHEN p.location IS NOT NULL THEN m.location END, item = m.item, first_level = m.first_level, low_risk = m.low_risk, department_duty = m.department_duty, body = m.body || '(再次反映)', at = m.at + (30 + 400 * p.r[19]) * interval '1 minute'
  FROM (SELECT a.n AS master, b.n AS twin, a.grid, a.location, a.item, a.first_level, a.low_risk, a.department_duty, a.body, a.at
          FROM (SELECT *, row_number() OVER (ORDER BY md5('master ' || n)) AS i FROM demo_plan WHERE mode = 'unit' AND NOT urgent AND source IN ('grid', '12345', 'app')) AS a
               JOIN (SELECT n, row_number() OVER (ORDER BY md5('twin ' || n)) AS i FROM demo_plan WHERE mode = 'unit' AND NOT urgent AND source IN ('12345', 'citizen', 'app')) AS b USING (i)
         WHERE i <= 360 AND a.n <> b.n) AS m
 WHERE p.n = m.twin AND m.master NOT IN (SELECT n FROM (SELECT n, row_number() OVER (ORDER BY md5('twin ' || n)) AS i FROM demo_plan WHERE mode = 'unit' AND NOT urgent AND source IN ('12345', 'citizen', 'app')) AS z WHERE i <= 360);
CREATE INDEX ON demo_plan (twin_of) WHERE twin_of IS NOT NULL;
ANALYZE demo_plan;
DO $$
DECLARE
  n integer := (SELECT count(*) FROM demo_plan WHERE body IS NOT NULL AND body !~ '[{}]');
BEGIN
  IF n <> 20000 THEN RAISE EXCEPTION 'the demo has % good reports, not 20000: is a slot missing?', n; END IF;
END
$$;
\set QUIET :reports_quiet
