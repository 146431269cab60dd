-- The holidays of a new year, once a year: checked, written into the city's calendars, open events re-projected by sweep().

CREATE FUNCTION grid_gov.holiday_runs(days date[], names text[], makeup boolean) RETURNS TABLE (first date, last date, name text, rule text)
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
  SET datestyle = 'ISO, YMD'
AS $f$
  SELECT min(r.day), max(r.day), r.name,
    CASE WHEN min(r.day) = max(r.day) THEN '' ELSE min(r.day) || '/' END || max(r.day) || CASE WHEN makeup THEN ' on "' ELSE ' off "' END || replace(r.name, '"', '""') || '"'
  FROM (
    SELECT d.day, d.name, d.day - row_number() OVER (PARTITION BY d.name ORDER BY d.day)::integer AS run
    FROM (SELECT u.day, COALESCE(CASE WHEN cardinality(names) = 1 THEN names[array_lower(names, 1)] ELSE names[array_lower(names, 1) + u.o - 1] END, CASE WHEN makeup THEN '调休上班' ELSE '放假' END) AS name
      FROM unnest(days) WITH ORDINALITY u (day, o)) d
  ) r
  GROUP BY r.name, r.run
  ORDER BY 1
$f$;
COMMENT ON FUNCTION grid_gov.holiday_runs(date[], text[], boolean) IS '内部:把日期与名称并成连续的几段,写成日历规则';

CREATE FUNCTION grid_gov.check_holidays(year integer, holidays date[], holiday_names text[], makeup_days date[], makeup_names text[])
  RETURNS TABLE (severity text, day date, problem text)
  LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp
AS $f$
  -- what is wrong whatever the calendar
  WITH d AS (SELECT u.day, false AS makeup FROM unnest(holidays) u (day) UNION ALL SELECT u.day, true FROM unnest(makeup_days) u (day))
  SELECT 'error', NULL::date, format('年份 %s 不在 1900 到 9998 之间', COALESCE(year::text, '(空)')) WHERE year IS NULL OR year NOT BETWEEN 1900 AND 9998
  UNION ALL SELECT 'error', NULL, '放假日为空' WHERE COALESCE(cardinality(holidays), 0) = 0
  UNION ALL SELECT 'error', NULL, format('%s 个放假日,%s 个名称:名称应为一个或逐日对应', cardinality(holidays), cardinality(holiday_names))
    WHERE cardinality(holiday_names) NOT IN (0, 1, cardinality(holidays))
  UNION ALL SELECT 'error', NULL, format('%s 个调休日,%s 个名称:名称应为一个或逐日对应', COALESCE(cardinality(makeup_days), 0), cardinality(makeup_names))
    WHERE cardinality(makeup_names) NOT IN (0, 1, COALESCE(cardinality(makeup_days), 0))
  UNION ALL SELECT 'error', NULL, '日期中有空值' WHERE EXISTS (SELECT FROM d WHERE d.day IS NULL)
  -- a notice may reach back: those for 2019 and 2023 began in the December before
  UNION ALL SELECT DISTINCT 'error', d.day, format('不在 %s 年,也不在上一年十二月', year) FROM d
    WHERE NOT (extract(year FROM d.day) = year OR extract(year FROM d.day) + 1 = year AND extract(month FROM d.day) = 12)
  UNION ALL SELECT DISTINCT 'info', d.day, format('在上一年十二月,随 %s 年的通知装入', year) FROM d WHERE extract(year FROM d.day) + 1 = year AND extract(month FROM d.day) = 12
  UNION ALL SELECT 'error', d.day, CASE WHEN d.makeup THEN '调休日' ELSE '放假日' END || '写了 ' || count(*) || ' 次' FROM d GROUP BY d.day, d.makeup HAVING count(*) > 1 AND d.day IS NOT NULL
  UNION ALL SELECT 'error', d.day, '既放假又调休上班' FROM d GROUP BY d.day HAVING bool_or(d.makeup) AND NOT bool_and(d.makeup)
  -- what is odd: every year since 1999 has these
  UNION ALL SELECT 'warning', f.day, f.name || '不在放假日中'
    FROM (SELECT make_date(year, v.month, 1), v.name FROM (VALUES (1, '元旦'), (5, '劳动节'), (10, '国庆节')) v (month, name) WHERE year BETWEEN 1900 AND 9998) f (day, name)
    WHERE f.day <> ALL (holidays)
  UNION ALL SELECT 'warning', d.day, '前后十四天内没有放假日,却要调休上班' FROM d
    WHERE d.makeup AND d.day IS NOT NULL AND NOT EXISTS (SELECT FROM d h WHERE NOT h.makeup AND abs(h.day - d.day) <= 14)
  ORDER BY 1, 2, 3
$f$;
COMMENT ON FUNCTION grid_gov.check_holidays(integer, date[], text[], date[], text[]) IS '内部:add_holidays() 对日期本身的检查';

CREATE FUNCTION grid_gov.add_holidays(year integer, holidays date[], holiday_names text[] DEFAULT '{}', makeup_days date[] DEFAULT '{}', makeup_names text[] DEFAULT '{}',
    area text DEFAULT NULL, dry_run boolean DEFAULT false)
  RETURNS TABLE (severity text, day date, problem text)
  LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
  SET datestyle = 'ISO, YMD'
AS $f$
DECLARE
  rules text;
  chosen bigint[];
  c record;
  reason text;
  zone text;
  written bigint[] := '{}';
  new_hours grid_gov.work_calendar[] := '{}';
  found_any boolean := false;
  wrong boolean := false;
  as_was grid_gov.work_calendar;
  as_will grid_gov.work_calendar;
  waiting bigint;
BEGIN
  FOR problem IN
    SELECT format('%s: %s dimensions', v.name, v.dims)
    FROM (VALUES ('holidays', array_ndims(holidays)), ('holiday_names', array_ndims(holiday_names)), ('makeup_days', array_ndims(makeup_days)), ('makeup_names', array_ndims(makeup_names))) v (name, dims)
    WHERE v.dims > 1
  LOOP
    RAISE EXCEPTION USING ERRCODE = 'array_subscript_error', MESSAGE = 'the arrays of add_holidays() must have one dimension', DETAIL = problem,
      HINT = 'Write plain lists: one date each, and one name for all or one for each date.';
  END LOOP;
  FOR severity, day, problem IN SELECT * FROM grid_gov.check_holidays(year, holidays, holiday_names, makeup_days, makeup_names) LOOP
    wrong := wrong OR severity = 'error';
    RETURN NEXT;
  END LOOP;
  IF wrong THEN
    RETURN;
  END IF;
  SELECT string_agg(r.rule, '; ' ORDER BY r.first) INTO rules
    FROM (SELECT * FROM grid_gov.holiday_runs(holidays, holiday_names, false) UNION ALL SELECT * FROM grid_gov.holiday_runs(makeup_days, makeup_names, true)) r;

  -- Whoever edits one of them now is waited for, and what they wrote is read below.
  chosen := ARRAY(SELECT k.id FROM gov.calendar k WHERE add_holidays.area IS NULL OR k.area = grid_gov.canonical_code(add_holidays.area));
  IF NOT dry_run THEN
    chosen := ARRAY(SELECT k.id FROM gov.calendar k WHERE k.id = ANY (chosen) ORDER BY k.id FOR NO KEY UPDATE);
  END IF;

  -- calendars with an end; one without (24x7) knows no holidays
  FOR c IN
    SELECT k.id, k.area || ' ' || k.name AS name, k.text, v.valid[1]::date AS since, v.valid[2]::date AS until
    FROM (SELECT x.id, x.area, x.name, x.hours::text AS text FROM gov.calendar x WHERE x.id = ANY (chosen)) k
    CROSS JOIN LATERAL (SELECT regexp_match(k.text, '; valid (\d+-\d\d-\d\d)/(\d+-\d\d-\d\d)$')) v (valid)
    WHERE v.valid IS NOT NULL
    ORDER BY k.area, k.name
  LOOP
    found_any := true;
    day := NULL;
    IF c.until >= make_date(year, 12, 31) AND c.since <= make_date(year, 1, 1) THEN
      severity := 'error';
      problem := format('日历 %s 已有 %s 年(有效期到 %s);更正请直接修改 gov.calendar', c.name, year, c.until);
    ELSIF c.until + 1 < make_date(year, 1, 1) OR year < extract(year FROM c.since) THEN
      severity := 'error';
      problem := format('日历 %s 的有效期为 %s 到 %s,%s 年与它不相接', c.name, c.since, c.until, year);
    ELSE
      severity := NULL;
    END IF;
    IF severity IS NOT NULL THEN
      wrong := true;
      RETURN NEXT;
      CONTINUE;
    END IF;
    as_was := regexp_replace(c.text, '/\d+-\d\d-\d\d$', '/' || make_date(year, 12, 31))::grid_gov.work_calendar;
    BEGIN
      as_will := regexp_replace(c.text, '; valid (\S+)/\S+$', '; ' || replace(rules, '\', '\\') || '; valid \1/' || make_date(year, 12, 31))::grid_gov.work_calendar;
    EXCEPTION WHEN invalid_parameter_value OR invalid_text_representation THEN
      GET STACKED DIAGNOSTICS reason = PG_EXCEPTION_DETAIL;
      severity := 'error';
      problem := format('日历 %s:%s', c.name, reason);
      wrong := true;
      RETURN NEXT;
      CONTINUE;
    END;
    zone := split_part(c.text, ';', 1);
    severity := 'warning';
    FOR day, problem IN
      SELECT m.d, format('日历 %s:这天本来就上班,无需调休', c.name) FROM unnest(makeup_days) m (d)
      WHERE m.d >= c.since AND NOT isempty(grid_gov.work_spans(tstzrange(m.d::timestamp AT TIME ZONE zone, (m.d + 1)::timestamp AT TIME ZONE zone), as_was))
      UNION ALL
      SELECT r.first, format('日历 %s:%s 全在休息日,没有多放一天', c.name, r.name) FROM grid_gov.holiday_runs(holidays, holiday_names, false) r
      WHERE r.last >= c.since AND isempty(grid_gov.work_spans(tstzrange(greatest(r.first, c.since)::timestamp AT TIME ZONE zone, (r.last + 1)::timestamp AT TIME ZONE zone), as_was))
      ORDER BY 1, 2
    LOOP
      RETURN NEXT;
    END LOOP;
    written := written || c.id;
    new_hours := new_hours || as_will;
  END LOOP;
  day := NULL;
  IF NOT found_any THEN
    severity := 'error';
    problem := format('%s没有带有效期的日历', COALESCE('区域 ' || area || ' ', ''));
    wrong := true;
    RETURN NEXT;
  END IF;
  IF wrong THEN
    RETURN;
  END IF;

  severity := 'info';
  IF NOT dry_run THEN
    UPDATE gov.calendar k SET hours = u.hours, changed_at = clock_timestamp() FROM unnest(written, new_hours) u (id, hours) WHERE k.id = u.id;
  END IF;
  SELECT count(*) INTO waiting FROM gov.event e
    WHERE e.handling_calendar = ANY (written) AND e.handling_start IS NOT NULL AND e.handling_stopped_at IS NULL OR e.stage_start IS NOT NULL AND e.stage_calendar = ANY (written);
  FOR problem IN
    SELECT format(CASE WHEN dry_run THEN '日历 %s %s 的有效期将到 %s(试运行,未写入)' ELSE '日历 %s %s 的有效期到 %s' END, k.area, k.name, make_date(year, 12, 31)) FROM gov.calendar k WHERE k.id = ANY (written) ORDER BY k.area, k.name
  LOOP
    RETURN NEXT;
  END LOOP;
  problem := format(CASE WHEN dry_run THEN '%s 件在办事件将排队,由 sweep() 重算截止时刻' ELSE '%s 件在办事件已排队,由 sweep() 重算截止时刻' END, waiting);
  RETURN NEXT;
END
$f$;
COMMENT ON FUNCTION grid_gov.add_holidays(integer, date[], text[], date[], text[], text, boolean) IS '装入一年的放假与调休(可含上一年十二月的日子):先检查(error 则不写入,warning 仅提示),写入日历并延长有效期,在办事件排队重算;area 为空即全部带有效期的日历,dry_run 只检查';
