-- Indicators and scores. One formulation of each fact (score_tasks, score_dispatches, score_cases, score_reports); the scores,
-- the summaries and the explanations are made from these, so that no two pages can disagree. Days are Beijing days, a period is
-- [since, until). A case counts in the period in which its deadline day falls; what is suspended, merged into another case,
-- cancelled, imported (unless the city asks for it) or only provisionally due does not count, nor what is still open and not yet due.

CREATE FUNCTION grid_gov.score_line(value double precision, full_at double precision, zero_at double precision) RETURNS double precision
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
  AS 'MODULE_PATHNAME', 'gg_score_line';
COMMENT ON FUNCTION grid_gov.score_line(double precision, double precision, double precision) IS '内部:折算系数 0-1:达到满分线得 1,到零分线得 0,两线之间按直线;满分线可小于零分线(越低越好)';

-- Bound at creation to PostGIS wherever it lives. On the sphere: for tens of metres that is enough.
CREATE FUNCTION grid_gov.metres_apart(a geometry, b geometry) RETURNS double precision
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN st_distancesphere(a, b);
COMMENT ON FUNCTION grid_gov.metres_apart(geometry, geometry) IS '两点相距的米数(球面,内部使用)';
CREATE FUNCTION grid_gov.point_lon(point geometry) RETURNS double precision
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN st_x(point);
COMMENT ON FUNCTION grid_gov.point_lon(geometry) IS '点的经度(内部使用)';
CREATE FUNCTION grid_gov.point_lat(point geometry) RETURNS double precision
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN st_y(point);
COMMENT ON FUNCTION grid_gov.point_lat(geometry) IS '点的纬度(内部使用)';

-- a setting like the others: INSERT INTO gov.meta (kind, name, value) VALUES ('setting', 'score_imported', 'true')
CREATE FUNCTION grid_gov.score_imported() RETURNS boolean
  LANGUAGE plpgsql STABLE PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
  AS $f$
BEGIN
  RETURN COALESCE((SELECT m.value::boolean FROM gov.meta m WHERE m.kind = 'setting' AND m.name = 'score_imported'), false);
END
$f$;
COMMENT ON FUNCTION grid_gov.score_imported() IS '内部:历史导入的事件是否计入考核与汇总(gov.meta 的设置 score_imported,默认否)';

CREATE FUNCTION grid_gov.score_tasks(since date, until date, staff bigint DEFAULT NULL)
  RETURNS TABLE (event_id bigint, person bigint, unit text, due_day date, done boolean, on_time boolean, exempt boolean)
  LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20000
  SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off SET enable_nestloop = on
  AS $f$
#variable_conflict use_column
DECLARE
  with_imported constant boolean := grid_gov.score_imported();
  p_since constant date := since;
  p_until constant date := until;
  p_staff constant bigint := staff;
BEGIN
  -- an open lead task is due when the event says; a closed one was judged by the deadline then in force
  RETURN QUERY
  SELECT t.event_id, t.person, t.unit, t.due_day, t.outcome = 'feedback',
    NOT e.forced AND (t.outcome = 'feedback' AND t.breach IS NOT TRUE OR t.exempt OR e.timeout_exempt), t.breach AND (t.exempt OR e.timeout_exempt)
  FROM gov.event_task t
  JOIN gov.event e ON e.id = t.event_id
  WHERE t.kind = 'handle' AND t.due_day >= p_since AND t.due_day < p_until AND t.done_at IS NOT NULL AND (p_staff IS NULL OR t.person = p_staff)
    AND NOT t.provisional AND (with_imported OR NOT e.imported) AND e.state NOT IN ('cancelled', 'not_accepted')
    -- given back, recalled, passed on or ended: it counts only if its deadline was missed first, or the case was closed by force
    AND (t.outcome = 'feedback' OR (t.breach OR e.forced) AND e.master_id IS NULL)
  UNION ALL
  SELECT t.event_id, t.person, t.unit, e.due_day, false, false, false
  FROM gov.event e
  JOIN gov.event_task t ON t.event_id = e.id
  WHERE t.kind = 'handle' AND e.due_day >= p_since AND e.due_day < p_until AND t.done_at IS NULL AND (p_staff IS NULL OR t.person = p_staff)
    AND NOT e.due_provisional AND (with_imported OR NOT e.imported) AND e.master_id IS NULL AND e.state NOT IN ('cancelled', 'not_accepted', 'merged', 'suspended') AND e.due_at < now();
END
$f$;
COMMENT ON FUNCTION grid_gov.score_tasks(date, date, bigint) IS '内部:考核事实:截止日在期内的主办任务,是否反馈、是否按期(强制结案不算按期,豁免算)';

CREATE FUNCTION grid_gov.score_dispatches(since date, until date, staff bigint DEFAULT NULL)
  RETURNS TABLE (event_id bigint, person bigint, unit text, day date, returned boolean, answered boolean)
  LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20000
  SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off SET enable_nestloop = on
  AS $f$
#variable_conflict use_column
DECLARE
  with_imported constant boolean := grid_gov.score_imported();
  t0 constant timestamptz := since::timestamp AT TIME ZONE 'Asia/Shanghai';
  t1 constant timestamptz := until::timestamp AT TIME ZONE 'Asia/Shanghai';
  p_staff constant bigint := staff;
BEGIN
  -- the step that opened the task says whether it was a dispatch, and by when it was to be signed
  RETURN QUERY
  SELECT t.event_id, t.person, t.unit, (t.assigned_at AT TIME ZONE 'Asia/Shanghai')::date,
    COALESCE(t.outcome IN ('reject_dispatch', 'give_back'), false),
    CASE WHEN l.stage_due_at IS NULL THEN NULL
      WHEN COALESCE(t.signed_at, CASE t.outcome WHEN 'reject_dispatch' THEN t.done_at END) IS NOT NULL
        THEN COALESCE(t.signed_at, CASE t.outcome WHEN 'reject_dispatch' THEN t.done_at END) <= l.stage_due_at
      WHEN COALESCE(t.done_at, now()) > l.stage_due_at THEN false END
  FROM gov.event_task t
  JOIN gov.event e ON e.id = t.event_id
  JOIN gov.event_log l ON l.event_id = t.event_id AND l.seq = t.opened_seq
  WHERE t.kind = 'handle' AND t.assigned_at >= t0 AND t.assigned_at < t1 AND (p_staff IS NULL OR t.person = p_staff)
    AND (with_imported OR NOT e.imported) AND l.action IN ('dispatch', 'redispatch');
END
$f$;
COMMENT ON FUNCTION grid_gov.score_dispatches(date, date, bigint) IS '内部:考核事实:期内的每次派遣,是否退单、是否在签收时限内响应(不适用或尚未到期为空)';

CREATE FUNCTION grid_gov.score_cases(since date, until date, staff bigint DEFAULT NULL)
  RETURNS TABLE (event_id bigint, day date, person bigint, unit text, reporter bigint, area text, category text, source text, urgent boolean, self_handled boolean,
    closed boolean, late boolean, exempt boolean, fed_back boolean, reworks integer, reopened boolean, satisfied boolean, minutes double precision, extensions integer, suspensions integer)
  LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20000
  SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off SET enable_nestloop = on
  AS $f$
#variable_conflict use_column
DECLARE
  with_imported constant boolean := grid_gov.score_imported();
  p_since constant date := since;
  p_until constant date := until;
  t0 constant timestamptz := since::timestamp AT TIME ZONE 'Asia/Shanghai';
  t1 constant timestamptz := until::timestamp AT TIME ZONE 'Asia/Shanghai';
  p_staff constant bigint := staff;
BEGIN
  RETURN QUERY
  SELECT e.id, e.due_day, e.person, e.unit, e.reporter, e.area, e.category, e.source, COALESCE(e.urgent, false), false,
    e.state IN ('closed', 'evaluated') AND NOT e.forced,
    NOT e.timeout_exempt AND (COALESCE(k.late, false) OR e.feedback_at IS NULL AND e.due_at < now()), COALESCE(k.exempt OR e.timeout_exempt AND k.breach, false),
    e.feedback_at IS NOT NULL, e.rework_count, e.reopen_count > 0,
    CASE WHEN e.satisfaction <> '未接通' THEN e.satisfaction <> '不满意' END, e.used_minutes, e.extension_count, e.suspend_count
  FROM gov.event e
  LEFT JOIN (
    -- one pass over the tasks of the cases of the period
    SELECT x.id, bool_or(t.breach AND NOT t.exempt) IS TRUE AS late, bool_or(t.breach) IS TRUE AS breach, bool_or(t.breach AND t.exempt) IS TRUE AS exempt
    FROM gov.event x JOIN gov.event_task t ON t.event_id = x.id AND t.kind = 'handle'
    WHERE x.due_day >= p_since AND x.due_day < p_until
    GROUP BY x.id
  ) k ON k.id = e.id
  WHERE e.due_day >= p_since AND e.due_day < p_until AND NOT e.due_provisional AND (with_imported OR NOT e.imported) AND e.master_id IS NULL
    AND e.state NOT IN ('cancelled', 'not_accepted', 'merged', 'suspended')
    AND (e.due_at < now() OR e.state IN ('closed', 'evaluated', 'forced_closed'))
    AND (p_staff IS NULL OR e.reporter = p_staff OR e.person = p_staff)
  UNION ALL
  -- handled on the spot: no deadline was set, it counts on the day it was closed
  SELECT e.id, (e.closed_at AT TIME ZONE 'Asia/Shanghai')::date, e.person, e.unit, e.reporter, e.area, e.category, e.source, COALESCE(e.urgent, false), true,
    e.state IN ('closed', 'evaluated') AND NOT e.forced, false, false,
    false, e.rework_count, e.reopen_count > 0,
    CASE WHEN e.satisfaction <> '未接通' THEN e.satisfaction <> '不满意' END, NULL, e.extension_count, e.suspend_count
  FROM gov.event e
  WHERE e.self_handled AND e.due_day IS NULL AND e.closed_at >= t0 AND e.closed_at < t1 AND (with_imported OR NOT e.imported) AND e.master_id IS NULL
    AND e.state NOT IN ('cancelled', 'not_accepted', 'merged') AND (p_staff IS NULL OR e.reporter = p_staff);
END
$f$;
COMMENT ON FUNCTION grid_gov.score_cases(date, date, bigint) IS '内部:考核事实:截止日在期内的案件(现场自行处置的按结案日),是否结案、超时、返工、满意';

CREATE FUNCTION grid_gov.score_reports(since date, until date, repeat_metres double precision, repeat_hours double precision, staff bigint DEFAULT NULL)
  RETURNS TABLE (event_id bigint, reporter bigint, day date, valid boolean, rejected boolean, false_report boolean, repeated boolean)
  LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20000
  SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off SET enable_nestloop = on
  AS $f$
#variable_conflict use_column
DECLARE
  with_imported constant boolean := grid_gov.score_imported();
  t0 constant timestamptz := since::timestamp AT TIME ZONE 'Asia/Shanghai';
  t1 constant timestamptz := until::timestamp AT TIME ZONE 'Asia/Shanghai';
  near constant double precision := repeat_metres;
  gap constant interval := repeat_hours * interval '1 hour';
  p_staff constant bigint := staff;
BEGIN
  -- A report counts by the day it was made: it has no deadline yet. A repeat (same person, same item, near in place and time to an
  -- earlier one) counts nowhere; of reports merged into one case only the person's first counts, and none beside his own main case.
  RETURN QUERY
  SELECT r.id, r.reporter, r.day, r.good AND NOT r.again AND r.nth = 1, r.bad AND NOT r.again, r.false_report, r.again OR r.good AND r.nth > 1
  FROM (
    SELECT q.*, row_number() OVER (PARTITION BY q.reporter, q.root, q.good AND NOT q.again ORDER BY q.slave, q.reported_at, q.id) AS nth
    FROM (
      SELECT e.id, e.reporter, e.reported_at, (e.reported_at AT TIME ZONE 'Asia/Shanghai')::date AS day, e.false_report,
        COALESCE(e.master_id, e.id) AS root, e.master_id IS NOT NULL AS slave,
        e.false_report OR e.state = 'not_accepted' AS bad,
        NOT e.false_report AND e.state <> 'not_accepted' AND (e.accepted_at IS NOT NULL OR e.self_handled OR e.master_id IS NOT NULL) AS good,
        EXISTS (
          SELECT FROM gov.event p
          WHERE p.reporter = e.reporter AND p.reported_at > e.reported_at - gap AND (p.reported_at, p.id) < (e.reported_at, e.id)
            AND p.item IS NOT DISTINCT FROM e.item AND p.category IS NOT DISTINCT FROM e.category AND (with_imported OR NOT p.imported)
            AND COALESCE(grid_gov.metres_apart(p.location, e.location) < near, p.area = e.area)) AS again
      FROM gov.event e
      WHERE e.reporter IS NOT NULL AND e.reported_at >= t0 AND e.reported_at < t1 AND (with_imported OR NOT e.imported) AND (p_staff IS NULL OR e.reporter = p_staff)
    ) q
  ) r;
END
$f$;
COMMENT ON FUNCTION grid_gov.score_reports(date, date, double precision, double precision, bigint) IS '内部:考核事实:期内工作人员的每次上报,是否有效、是否重复;同人同事项相近者与并案者只计一次';

CREATE FUNCTION grid_gov.score_rules(subject text, areas text[])
  RETURNS TABLE (area text, code text, name text, kind text, points double precision, full_at double precision, zero_at double precision)
  LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100
  SET search_path = pg_catalog, pg_temp
  AS $f$
#variable_conflict use_column
DECLARE
  p_subject constant text := subject;
BEGIN
  -- of the rules of one code the most specific area wins
  RETURN QUERY
  SELECT DISTINCT ON (x.area, r.code) x.area, r.code, r.name, r.kind, r.points, r.full_at, r.zero_at
  FROM unnest(areas) x (area)
  JOIN gov.score_rule r ON r.subject = p_subject AND starts_with(x.area, r.area)
  ORDER BY x.area, r.code, length(r.area) DESC;
END
$f$;
COMMENT ON FUNCTION grid_gov.score_rules(text, text[]) IS '内部:各区域适用的考核规则,最具体的区域优先';

CREATE FUNCTION grid_gov.worker_indicators(since date, until date, area text DEFAULT NULL, staff bigint DEFAULT NULL)
  RETURNS TABLE (staff_id bigint, post_area text, code text, numerator double precision, denominator double precision, against bigint[])
  LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100000
  SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off SET enable_nestloop = on
  AS $f$
#variable_conflict use_column
DECLARE
  with_imported constant boolean := grid_gov.score_imported();
  p_since constant date := since;
  p_until constant date := until;
  p_area constant text := COALESCE(area, '');
  p_staff constant bigint := staff;
  t0 constant timestamptz := since::timestamp AT TIME ZONE 'Asia/Shanghai';
  t1 constant timestamptz := until::timestamp AT TIME ZONE 'Asia/Shanghai';
  near double precision;
  gap double precision;
  root text;
BEGIN
  IF since IS NULL OR until IS NULL OR since >= until THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('period from %s to %s is empty', to_char(since, 'YYYY-MM-DD'), to_char(until, 'YYYY-MM-DD')),
      HINT = 'The end is not included: a month is (''2026-03-01'', ''2026-04-01'').';
  END IF;
  SELECT m.value INTO root FROM gov.meta m WHERE m.kind = 'setting' AND m.name = 'root';
  SELECT max(r.points) FILTER (WHERE r.code = 'repeat_metres'), max(r.points) FILTER (WHERE r.code = 'repeat_hours') INTO near, gap
    FROM grid_gov.score_rules('worker', ARRAY[CASE WHEN p_area = '' THEN COALESCE(root, '') ELSE p_area END]) r;

  RETURN QUERY
  WITH post AS MATERIALIZED (
    SELECT p.staff_id, p.area, greatest((p.valid_from AT TIME ZONE 'Asia/Shanghai')::date, p_since) AS lo,
      least(((p.valid_to - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date + 1, p_until) AS hi
    FROM gov.post p
    WHERE p.role = 'grid_worker' AND starts_with(p.area, p_area) AND p.valid_from < t1 AND p.valid_to > t0 AND (p_staff IS NULL OR p.staff_id = p_staff)
  ), rule AS MATERIALIZED (
    -- parameters for each set of areas that have rules of their own: few
    SELECT r.area, max(r.points) FILTER (WHERE r.code = 'quota') AS quota, max(r.points) FILTER (WHERE r.code = 'daily_cap') AS daily_cap,
      max(r.points) FILTER (WHERE r.code = 'patrol_minutes') AS patrol_minutes, max(r.points) FILTER (WHERE r.code = 'patrol_check_ins') AS patrol_check_ins
    FROM grid_gov.score_rules('worker', ARRAY(SELECT DISTINCT s.area FROM gov.score_rule s)) r
    GROUP BY r.area
  ), hours AS MATERIALIZED (
    SELECT c.area, c.hours FROM gov.calendar c WHERE c.name = 'default'
  ), worker AS MATERIALIZED (
    SELECT w.staff_id, w.area, r.quota, r.daily_cap, r.patrol_minutes, r.patrol_check_ins,
      (SELECT h.area FROM hours h WHERE starts_with(w.area, h.area) ORDER BY length(h.area) DESC LIMIT 1) AS hours
    FROM (SELECT p.staff_id, min(p.area) AS area FROM post p GROUP BY p.staff_id) w
    LEFT JOIN LATERAL (SELECT * FROM rule r WHERE starts_with(w.area, r.area) ORDER BY length(r.area) DESC LIMIT 1) r ON true
  ), span AS MATERIALIZED (
    -- the days of duty, without counting one twice
    SELECT s.staff_id, lower(u.r) AS lo, upper(u.r) AS hi
    FROM (SELECT p.staff_id, range_agg(daterange(p.lo, p.hi)) AS days FROM post p WHERE p.lo < p.hi GROUP BY p.staff_id) s, unnest(s.days) u (r)
  ), day AS MATERIALIZED (
    -- for each calendar: which days are worked; counts before a day give the number in any span
    SELECT h.area AS hours, d.day, grid_gov.work_time(d.day::timestamp AT TIME ZONE 'Asia/Shanghai', (d.day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai', h.hours) > interval '0' AS worked
    FROM hours h, (SELECT g::date AS day FROM generate_series(p_since::timestamp, (p_until - 1)::timestamp, interval '1 day') g) d
  ), before AS MATERIALIZED (
    -- one row a calendar: how many working days, and what part of months, lie before each day; element 1 is the first day
    SELECT d.hours, array_agg(d.worked ORDER BY d.day) AS worked, array_agg(d.months ORDER BY d.day) AS months
    FROM (
      SELECT c.hours, c.day, COALESCE(sum(c.worked::integer) OVER w, 0) AS worked, COALESCE(sum(c.month) OVER w, 0) AS months
      FROM (
        SELECT x.hours, x.day, x.worked, 1 / date_part('day', date_trunc('month', x.day::timestamp) + interval '1 month - 1 day') AS month FROM day x
        UNION ALL SELECT DISTINCT x.hours, p_until, false, 0 FROM day x
      ) c
      WINDOW w AS (PARTITION BY c.hours ORDER BY c.day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ) d
    GROUP BY d.hours
  ), duty AS MATERIALIZED (
    SELECT w.staff_id, sum(b.worked[s.hi - p_since + 1] - b.worked[s.lo - p_since + 1]) AS worked, sum(b.months[s.hi - p_since + 1] - b.months[s.lo - p_since + 1]) AS months
    FROM worker w JOIN span s ON s.staff_id = w.staff_id JOIN before b ON b.hours = w.hours
    GROUP BY w.staff_id
  ), report AS MATERIALIZED (
    SELECT r.* FROM grid_gov.score_reports(p_since, p_until, COALESCE(near, 20), COALESCE(gap, 24), p_staff) r JOIN worker w ON w.staff_id = r.reporter
  ), volume AS (
    SELECT d.reporter AS staff_id, sum(least(d.n, COALESCE(w.daily_cap, 10))) AS n
    FROM (SELECT r.reporter, r.day, count(*) AS n FROM report r WHERE r.valid GROUP BY r.reporter, r.day) d JOIN worker w ON w.staff_id = d.reporter
    GROUP BY d.reporter
  ), cases AS MATERIALIZED (
    SELECT * FROM grid_gov.score_cases(p_since, p_until, p_staff)
  ), own AS MATERIALIZED (
    -- the lead handler of a case and whether he was late on it himself
    SELECT c.event_id, c.person AS staff_id, bool_or(t.breach AND NOT t.exempt) IS TRUE AS late
    FROM cases c LEFT JOIN gov.event_task t ON t.event_id = c.event_id AND t.kind = 'handle' AND t.person = c.person
    WHERE c.person IS NOT NULL
    GROUP BY c.event_id, c.person
  ), answers AS (
    -- the cases that a worker answers for: those of which he is the lead handler, and those he reported
    SELECT o.staff_id, c.late AND (o.late OR NOT c.fed_back) AS is_late, c.* FROM own o JOIN cases c ON c.event_id = o.event_id
    UNION ALL
    SELECT c.reporter, c.late, c.* FROM cases c WHERE c.reporter IS NOT NULL AND NOT EXISTS (SELECT FROM own o WHERE o.event_id = c.event_id AND o.staff_id = c.reporter)
  ), task AS (
    SELECT t.event_id, t.person AS staff_id, bool_and(t.on_time) AS on_time FROM grid_gov.score_tasks(p_since, p_until, p_staff) t WHERE t.person IS NOT NULL GROUP BY 1, 2
    UNION ALL
    SELECT c.event_id, c.reporter, true FROM cases c WHERE c.self_handled AND c.reporter IS NOT NULL
  ), grids AS MATERIALIZED (
    SELECT DISTINCT p.staff_id, p.area AS grid FROM post p WHERE length(p.area) >= 15
  ), found AS (
    -- what was found in working hours in a grid: by its own workers or by others
    SELECT g.grid, e.id, e.reporter, EXISTS (SELECT FROM gov.post o WHERE o.staff_id = e.reporter AND o.role = 'grid_worker' AND o.area = g.grid AND o.valid_from <= e.reported_at AND o.valid_to > e.reported_at) AS by_own
    FROM gov.event e
    CROSS JOIN LATERAL (SELECT e.grid AS grid UNION SELECT left(e.grid, 15)) g
    CROSS JOIN LATERAL (SELECT h.hours FROM hours h WHERE starts_with(e.grid, h.area) ORDER BY length(h.area) DESC LIMIT 1) h
    WHERE e.reported_at >= t0 AND e.reported_at < t1 AND e.grid IS NOT NULL AND starts_with(e.grid, p_area) AND (with_imported OR NOT e.imported) AND e.master_id IS NULL
      AND NOT e.false_report AND e.state NOT IN ('not_accepted', 'cancelled') AND grid_gov.is_open(e.reported_at, h.hours)
      AND (p_staff IS NULL OR g.grid IN (SELECT x.grid FROM grids x))
  ), missed AS (
    SELECT g.staff_id, count(*) AS n, count(*) FILTER (WHERE NOT f.by_own) AS missed, (array_agg(f.id ORDER BY f.id) FILTER (WHERE NOT f.by_own))[1:20] AS ids
    FROM grids g JOIN found f ON f.grid = g.grid GROUP BY g.staff_id
  ), patrolled AS (
    SELECT p.staff_id, count(*) AS n
    FROM (SELECT x.staff_id, x.day, sum(x.minutes) AS minutes, sum(x.check_ins) AS check_ins FROM gov.patrol x
      WHERE x.day >= p_since AND x.day < p_until AND (p_staff IS NULL OR x.staff_id = p_staff) GROUP BY x.staff_id, x.day) p
    JOIN worker w ON w.staff_id = p.staff_id
    JOIN before b ON b.hours = w.hours AND b.worked[p.day - p_since + 2] > b.worked[p.day - p_since + 1]
    WHERE (p.minutes >= COALESCE(w.patrol_minutes, 120) OR p.check_ins >= COALESCE(w.patrol_check_ins, 4))
      AND EXISTS (SELECT FROM span s WHERE s.staff_id = p.staff_id AND p.day >= s.lo AND p.day < s.hi)
    GROUP BY p.staff_id
  ), visited AS (
    SELECT v.staff_id, count(*) AS n, count(*) FILTER (WHERE v.done_at < t1) AS done
    FROM gov.visit v WHERE v.required_by >= p_since AND v.required_by < p_until AND (p_staff IS NULL OR v.staff_id = p_staff) GROUP BY v.staff_id
  ), figure (staff_id, code, numerator, denominator, against) AS (
    SELECT r.reporter, 'I1', count(*) FILTER (WHERE r.valid), count(*) FILTER (WHERE r.valid OR r.rejected), (array_agg(r.event_id ORDER BY r.event_id) FILTER (WHERE r.rejected))[1:20]
      FROM report r GROUP BY r.reporter
    UNION ALL SELECT t.staff_id, 'I2', count(*) FILTER (WHERE t.on_time), count(*), (array_agg(t.event_id ORDER BY t.event_id) FILTER (WHERE NOT t.on_time))[1:20] FROM task t GROUP BY t.staff_id
    UNION ALL SELECT a.staff_id, k.code, k.numerator, k.denominator, k.against
      FROM (
        SELECT c.staff_id, count(*) AS n, count(*) FILTER (WHERE c.closed) AS closed, count(*) FILTER (WHERE c.closed AND NOT c.is_late) AS closed_on_time,
          count(*) FILTER (WHERE c.fed_back) AS fed_back, count(*) FILTER (WHERE c.fed_back AND c.reworks > 0) AS reworked, count(*) FILTER (WHERE c.closed AND c.reworks = 0 AND NOT c.reopened) AS at_once,
          count(c.satisfied) AS evaluated, count(*) FILTER (WHERE c.satisfied) AS satisfied, count(c.satisfied) FILTER (WHERE NOT c.reopened) AS resolved,
          sum(c.minutes::numeric) FILTER (WHERE c.fed_back) AS minutes, count(c.minutes) FILTER (WHERE c.fed_back) AS timed,
          (array_agg(c.event_id ORDER BY c.event_id) FILTER (WHERE NOT c.closed))[1:20] AS not_closed,
          (array_agg(c.event_id ORDER BY c.event_id) FILTER (WHERE NOT c.closed OR c.is_late))[1:20] AS not_in_time,
          (array_agg(c.event_id ORDER BY c.event_id) FILTER (WHERE c.fed_back AND c.reworks > 0))[1:20] AS again,
          (array_agg(c.event_id ORDER BY c.event_id) FILTER (WHERE NOT c.satisfied))[1:20] AS unhappy
        FROM answers c GROUP BY c.staff_id
      ) a
      CROSS JOIN LATERAL (VALUES ('I3', a.closed, a.n, a.not_closed), ('I4', a.closed_on_time, a.n, a.not_in_time), ('I5', a.reworked, a.fed_back, a.again), ('I7', a.at_once, a.closed, NULL),
        ('I8', a.satisfied, a.evaluated, a.unhappy), ('I9_resolved', a.resolved, a.evaluated, NULL), ('I13', a.minutes, a.timed, NULL)) k (code, numerator, denominator, against)
    UNION ALL SELECT d.person, k.code, k.numerator, k.denominator, k.against
      FROM (
        SELECT x.person, count(*) AS n, count(*) FILTER (WHERE x.returned) AS returned, count(x.answered) AS asked, count(*) FILTER (WHERE x.answered) AS answered,
          (array_agg(x.event_id ORDER BY x.event_id) FILTER (WHERE x.returned))[1:20] AS back, (array_agg(x.event_id ORDER BY x.event_id) FILTER (WHERE NOT x.answered))[1:20] AS silent
        FROM grid_gov.score_dispatches(p_since, p_until, p_staff) x WHERE x.person IS NOT NULL GROUP BY x.person
      ) d
      CROSS JOIN LATERAL (VALUES ('I6', d.returned, d.n, d.back), ('I9', d.answered, d.asked, d.silent)) k (code, numerator, denominator, against)
    UNION ALL SELECT v.staff_id, 'I11', v.done, v.n, NULL FROM visited v
    UNION ALL SELECT m.staff_id, 'I12', m.missed, m.n, m.ids FROM missed m
  )
  SELECT w.staff_id, w.area, f.code, f.numerator::double precision, f.denominator::double precision, f.against FROM figure f JOIN worker w ON w.staff_id = f.staff_id
  UNION ALL
  SELECT w.staff_id, w.area, 'volume', COALESCE(v.n, 0)::double precision, (COALESCE(w.quota, 20) * d.months)::double precision, NULL FROM worker w JOIN duty d ON d.staff_id = w.staff_id LEFT JOIN volume v ON v.staff_id = w.staff_id
  UNION ALL
  SELECT w.staff_id, w.area, 'I10', COALESCE(p.n, 0)::double precision, d.worked::double precision, NULL FROM worker w JOIN duty d ON d.staff_id = w.staff_id LEFT JOIN patrolled p ON p.staff_id = w.staff_id
    -- a city that keeps no record of patrols has no data, not a rate of zero
    WHERE EXISTS (SELECT FROM gov.patrol x WHERE x.day >= p_since AND x.day < p_until);
END
$f$;
COMMENT ON FUNCTION grid_gov.worker_indicators(date, date, text, bigint) IS '内部:网格员各项指标的分子、分母与扣分的事件(至多20件):上报量与 I1-I13;分母为零即无数据';

CREATE FUNCTION grid_gov.unit_indicators(since date, until date, area text DEFAULT NULL, department text DEFAULT NULL)
  RETURNS TABLE (unit text, unit_area text, code text, numerator double precision, denominator double precision, against bigint[])
  LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 10000
  SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off SET enable_nestloop = on
  AS $f$
#variable_conflict use_column
DECLARE
  p_since constant date := since;
  p_until constant date := until;
  p_area constant text := COALESCE(area, '');
  p_unit constant text := department;
BEGIN
  IF since IS NULL OR until IS NULL OR since >= until THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('period from %s to %s is empty', to_char(since, 'YYYY-MM-DD'), to_char(until, 'YYYY-MM-DD')),
      HINT = 'The end is not included: a month is (''2026-03-01'', ''2026-04-01'').';
  END IF;
  RETURN QUERY
  WITH unit AS MATERIALIZED (
    SELECT d.code, d.area FROM gov.department d WHERE starts_with(d.area, p_area) AND (p_unit IS NULL OR d.code = p_unit)
  ), cases AS MATERIALIZED (
    -- a case is its lead unit's; a deadline missed by another unit before is that unit's, in I2
    SELECT c.*, c.late AND (NOT c.fed_back OR EXISTS (SELECT FROM gov.event_task t WHERE t.event_id = c.event_id AND t.kind = 'handle' AND t.unit = c.unit AND t.breach AND NOT t.exempt)) AS is_late
    FROM grid_gov.score_cases(p_since, p_until) c JOIN unit u ON u.code = c.unit
  ), task AS (
    SELECT t.event_id, t.unit, bool_and(t.on_time) AS on_time FROM grid_gov.score_tasks(p_since, p_until) t JOIN unit u ON u.code = t.unit GROUP BY 1, 2
  ), figure (unit, code, numerator, denominator, against) AS (
    SELECT t.unit, 'I2', count(*) FILTER (WHERE t.on_time), count(*), (array_agg(t.event_id ORDER BY t.event_id) FILTER (WHERE NOT t.on_time))[1:20] FROM task t GROUP BY t.unit
    UNION ALL SELECT a.unit, k.code, k.numerator, k.denominator, k.against
      FROM (
        SELECT c.unit, count(*) AS n, count(*) FILTER (WHERE c.closed) AS closed, count(*) FILTER (WHERE c.closed AND NOT c.is_late) AS closed_on_time,
          count(*) FILTER (WHERE c.urgent) AS urgent, count(*) FILTER (WHERE c.urgent AND c.closed) AS urgent_closed, count(*) FILTER (WHERE c.urgent AND c.closed AND NOT c.is_late) AS urgent_on_time,
          count(*) FILTER (WHERE c.fed_back) AS fed_back, count(*) FILTER (WHERE c.fed_back AND c.reworks > 0) AS reworked, count(*) FILTER (WHERE c.closed AND c.reworks = 0 AND NOT c.reopened) AS at_once,
          sum(c.reworks) AS reworks, count(c.satisfied) AS evaluated, count(*) FILTER (WHERE c.satisfied) AS satisfied, count(c.satisfied) FILTER (WHERE NOT c.reopened) AS resolved,
          sum(c.minutes::numeric) FILTER (WHERE c.fed_back) AS minutes, count(c.minutes) FILTER (WHERE c.fed_back) AS timed,
          (array_agg(c.event_id ORDER BY c.event_id) FILTER (WHERE NOT c.closed))[1:20] AS not_closed,
          (array_agg(c.event_id ORDER BY c.event_id) FILTER (WHERE NOT c.closed OR c.is_late))[1:20] AS not_in_time,
          (array_agg(c.event_id ORDER BY c.event_id) FILTER (WHERE c.fed_back AND c.reworks > 0))[1:20] AS again,
          (array_agg(c.event_id ORDER BY c.event_id) FILTER (WHERE NOT c.satisfied))[1:20] AS unhappy
        FROM cases c GROUP BY c.unit
      ) a
      CROSS JOIN LATERAL (VALUES ('I3', a.closed, a.n, a.not_closed), ('I4', a.closed_on_time, a.n, a.not_in_time), ('urgent_I3', a.urgent_closed, a.urgent, NULL), ('urgent_I4', a.urgent_on_time, a.urgent, NULL),
        ('I5', a.reworked, a.fed_back, a.again), ('I7', a.at_once, a.closed, NULL), ('I8', a.satisfied, a.evaluated, a.unhappy), ('I9_resolved', a.resolved, a.evaluated, NULL),
        ('I13', a.minutes, a.timed, NULL), ('rework', a.reworks, NULL, a.again)) k (code, numerator, denominator, against)
    UNION ALL SELECT d.unit, k.code, k.numerator, k.denominator, k.against
      FROM (
        SELECT x.unit, count(*) AS n, count(*) FILTER (WHERE x.returned) AS returned, count(x.answered) AS asked, count(*) FILTER (WHERE x.answered) AS answered,
          (array_agg(x.event_id ORDER BY x.event_id) FILTER (WHERE x.returned))[1:20] AS back, (array_agg(x.event_id ORDER BY x.event_id) FILTER (WHERE NOT x.answered))[1:20] AS silent
        FROM grid_gov.score_dispatches(p_since, p_until) x WHERE x.unit IS NOT NULL GROUP BY x.unit
      ) d
      CROSS JOIN LATERAL (VALUES ('I6', d.returned, d.n, d.back), ('I9', d.answered, d.asked, d.silent)) k (code, numerator, denominator, against)
  )
  SELECT u.code, u.area, f.code, f.numerator::double precision, f.denominator::double precision, f.against FROM figure f JOIN unit u ON u.code = f.unit;
END
$f$;
COMMENT ON FUNCTION grid_gov.unit_indicators(date, date, text, text) IS '内部:承办单位各项指标的分子、分母与扣分的事件(至多20件)';

CREATE FUNCTION grid_gov.score_sheet(subject text, since date, until date, area text DEFAULT NULL, staff bigint DEFAULT NULL, department text DEFAULT NULL)
  RETURNS TABLE (staff_id bigint, unit text, post_area text, ord integer, code text, name text, kind text, numerator double precision, denominator double precision,
    value double precision, weight double precision, points double precision, against bigint[])
  LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100000
  -- the planner knows nothing of how many rows the CTEs hold: nested loops over them would be quadratic
  SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off SET enable_nestloop = off
  AS $f$
#variable_conflict use_column
DECLARE
  with_imported constant boolean := grid_gov.score_imported();
  p_subject constant text := subject;
  p_since constant date := since;
  p_until constant date := until;
  p_area constant text := COALESCE(area, '');
  p_staff constant bigint := staff;
  p_unit constant text := department;
  t0 constant timestamptz := since::timestamp AT TIME ZONE 'Asia/Shanghai';
  t1 constant timestamptz := until::timestamp AT TIME ZONE 'Asia/Shanghai';
BEGIN
  -- S = clamp(sum of weight x share, 0, 100) + min(bonus, cap) - deductions, floor 0. The weight of an indicator without data goes to
  -- the others in proportion; nothing is rounded before the sum; where no indicator has data there is no score.
  RETURN QUERY
  WITH indicator AS MATERIALIZED (
    SELECT i.staff_id::text AS key, i.post_area, i.code, i.numerator, i.denominator, i.against FROM grid_gov.worker_indicators(p_since, p_until, NULLIF(p_area, ''), p_staff) i WHERE p_subject = 'worker'
    UNION ALL
    SELECT i.unit, i.unit_area, i.code, i.numerator, i.denominator, i.against FROM grid_gov.unit_indicators(p_since, p_until, NULLIF(p_area, ''), p_unit) i WHERE p_subject = 'unit'
  ), merit AS MATERIALIZED (
    -- what was recorded, and what the events themselves say; a false report that is recorded as well counts once
    SELECT m.key, m.code, sum(m.times) AS times, (array_agg(m.event_id ORDER BY m.event_id) FILTER (WHERE m.event_id IS NOT NULL))[1:20] AS against
    FROM (
      SELECT COALESCE(m.staff_id::text, m.unit) AS key, m.code, m.times, m.event_id FROM gov.merit m
      WHERE m.subject = p_subject AND m.day >= p_since AND m.day < p_until AND (p_staff IS NULL OR m.staff_id = p_staff) AND (p_unit IS NULL OR m.unit = p_unit)
        AND NOT (m.code = 'false_report' AND EXISTS (SELECT FROM gov.event e WHERE e.id = m.event_id AND e.false_report AND e.reporter = m.staff_id AND e.reported_at >= t0 AND e.reported_at < t1 AND (with_imported OR NOT e.imported)))
      UNION ALL
      SELECT e.reporter::text, 'false_report', 1, e.id FROM gov.event e
      WHERE p_subject = 'worker' AND e.false_report AND e.reporter IS NOT NULL AND e.reported_at >= t0 AND e.reported_at < t1 AND (with_imported OR NOT e.imported) AND (p_staff IS NULL OR e.reporter = p_staff)
      UNION ALL
      SELECT i.key, i.code, i.numerator, NULL FROM indicator i WHERE i.code = 'rework' AND i.numerator > 0
    ) m
    GROUP BY m.key, m.code
  ), scored AS MATERIALIZED (
    -- everybody who has an indicator, with the most specific area that has rules
    SELECT x.key, x.post_area, (SELECT s.area FROM (SELECT DISTINCT r.area FROM gov.score_rule r WHERE r.subject = p_subject) s WHERE starts_with(x.post_area, s.area) ORDER BY length(s.area) DESC LIMIT 1) AS ruled
    FROM (SELECT i.key, min(i.post_area) AS post_area FROM indicator i GROUP BY i.key) x
  ), rule AS MATERIALIZED (
    SELECT * FROM grid_gov.score_rules(p_subject, ARRAY(SELECT DISTINCT s.ruled FROM scored s WHERE s.ruled IS NOT NULL)) r
  ), total AS MATERIALIZED (
    -- points without lines (the base) are given in full to whoever has data at all
    SELECT r.area, sum(r.points) FILTER (WHERE r.kind = 'weight') AS weight, COALESCE(sum(r.points) FILTER (WHERE r.kind = 'weight' AND r.full_at IS NULL), 0) AS base,
      COALESCE(max(r.points) FILTER (WHERE r.kind = 'parameter' AND r.code = 'bonus_cap'), 10) AS bonus_cap
    FROM rule r GROUP BY r.area
  ), figure AS MATERIALIZED (
    SELECT i.*, s.ruled, i.numerator / NULLIF(i.denominator, 0) AS value, r.name, r.kind, r.points AS weight, r.full_at, r.zero_at
    FROM indicator i JOIN scored s ON s.key = i.key LEFT JOIN rule r ON r.area = s.ruled AND r.code = i.code AND r.kind = 'weight'
    WHERE i.code <> 'rework'
  ), factor AS MATERIALIZED (
    SELECT s.key, s.post_area, s.ruled, t.bonus_cap, CASE WHEN k.weight > 0 THEN t.weight / (k.weight + t.base) END AS factor
    FROM scored s JOIN total t ON t.area = s.ruled
    LEFT JOIN (SELECT f.key, sum(f.weight) AS weight FROM figure f WHERE f.value IS NOT NULL AND f.full_at IS NOT NULL GROUP BY f.key) k ON k.key = s.key
  ), line AS MATERIALIZED (
    SELECT f.key, CASE WHEN f.weight IS NULL THEN 2 ELSE 1 END AS ord, f.code, f.name, COALESCE(f.kind, 'indicator') AS kind, f.numerator, f.denominator, f.value, f.weight,
      f.weight * grid_gov.score_line(f.value, f.full_at, f.zero_at) * x.factor AS points, f.against
    FROM figure f JOIN factor x ON x.key = f.key
    UNION ALL
    SELECT x.key, 1, r.code, r.name, 'weight', NULL, NULL, NULL, r.points, CASE WHEN r.full_at IS NULL THEN r.points * x.factor END, NULL
    FROM factor x JOIN rule r ON r.area = x.ruled AND r.kind = 'weight'
    WHERE NOT EXISTS (SELECT FROM figure f WHERE f.code = r.code AND f.key = x.key)
    UNION ALL
    SELECT m.key, CASE r.kind WHEN 'bonus' THEN 4 ELSE 6 END, m.code, r.name, r.kind, m.times, NULL, NULL, NULL,
      CASE WHEN x.factor IS NOT NULL THEN m.times * CASE r.kind WHEN 'bonus' THEN r.points ELSE 0 - r.points END END, m.against
    FROM merit m JOIN factor x ON x.key = m.key JOIN rule r ON r.area = x.ruled AND r.code = m.code AND r.kind IN ('bonus', 'deduction')
  ), added AS MATERIALIZED (
    SELECT l.key, sum(l.points) FILTER (WHERE l.kind = 'weight') AS weighted, COALESCE(sum(l.points) FILTER (WHERE l.kind = 'bonus'), 0) AS bonus,
      COALESCE(sum(l.points) FILTER (WHERE l.kind = 'deduction'), 0) AS deductions
    FROM line l GROUP BY l.key
  ), capped AS MATERIALIZED (
    SELECT a.*, greatest(least(a.weighted, 100), 0) AS base, least(a.bonus, x.bonus_cap) AS bonus_kept FROM added a JOIN factor x ON x.key = a.key WHERE a.weighted IS NOT NULL
  ), sheet AS (
    SELECT l.key, l.ord, l.code, l.name, l.kind, l.numerator, l.denominator, l.value, l.weight, l.points, l.against FROM line l
    UNION ALL
    SELECT c.key, k.ord, k.code, k.name, k.kind, NULL, NULL, NULL, NULL, k.points, NULL
    FROM capped c
    CROSS JOIN LATERAL (VALUES
      (3, 'clamp', '加权得分限于0-100', 'limit', NULLIF(c.base - c.weighted, 0)),
      (5, 'bonus_cap', '加分上限', 'limit', NULLIF(c.bonus_kept - c.bonus, 0)),
      (7, 'floor', '总分不低于零', 'limit', NULLIF(greatest(- (c.base + c.bonus_kept + c.deductions), 0), 0)),
      (8, 'bonus', '加分合计', 'total', c.bonus_kept),
      (9, 'deductions', '扣分合计', 'total', 0 - c.deductions),
      (10, 'score', '总分', 'total', greatest(c.base + c.bonus_kept + c.deductions, 0))) k (ord, code, name, kind, points)
    WHERE k.points IS NOT NULL
  )
  SELECT CASE WHEN p_subject = 'worker' THEN q.key::bigint END, CASE WHEN p_subject = 'unit' THEN q.key END, x.post_area, q.ord,
    q.code, COALESCE(q.name, CASE q.code WHEN 'I1' THEN '有效上报率' WHEN 'I2' THEN '按时处置率' WHEN 'I3' THEN '结案率' WHEN 'I4' THEN '按期结案率' WHEN 'I5' THEN '返工率' WHEN 'I6' THEN '退单率'
      WHEN 'I7' THEN '一次办结率' WHEN 'I8' THEN '满意率' WHEN 'I9' THEN '响应率' WHEN 'I9_resolved' THEN '解决率' WHEN 'I10' THEN '巡查达标率' WHEN 'I11' THEN '走访率' WHEN 'I12' THEN '漏报率'
      WHEN 'I13' THEN '平均处置时长' WHEN 'volume' THEN '上报量' WHEN 'urgent_I3' THEN '紧急事件结案率' WHEN 'urgent_I4' THEN '紧急事件按期结案率' ELSE q.code END),
    q.kind, q.numerator, q.denominator, q.value, q.weight, q.points, q.against
  FROM sheet q JOIN factor x ON x.key = q.key;
END
$f$;
COMMENT ON FUNCTION grid_gov.score_sheet(text, date, date, text, bigint, text) IS '考核得分的全部明细行(内部使用):指标、权重、得分、加分扣分、封顶保底与合计';

CREATE FUNCTION grid_gov.score_workers(since date, until date, area text DEFAULT NULL)
  RETURNS TABLE (staff_id bigint, name text, post_area text, reports double precision, volume double precision,
    i1 double precision, i2 double precision, i3 double precision, i4 double precision, i5 double precision, i6 double precision, i7 double precision, i8 double precision,
    i9 double precision, i9_resolved double precision, i10 double precision, i11 double precision, i12 double precision, i13 double precision,
    p_volume double precision, p_i1 double precision, p_i2 double precision, p_i3 double precision, p_i4 double precision, p_i5 double precision, p_i6 double precision, p_i7 double precision,
    p_i8 double precision, p_i9 double precision, p_i10 double precision, p_i11 double precision, p_i12 double precision, p_i13 double precision,
    bonus double precision, deductions double precision, score double precision, rank bigint)
  LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 10000
  SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off
  AS $f$
#variable_conflict use_column
DECLARE
  p_since constant date := since;
  p_until constant date := until;
  p_area constant text := area;
BEGIN
  RETURN QUERY
  SELECT q.staff_id, m.name, q.post_area, q.reports, q.volume, q.i1, q.i2, q.i3, q.i4, q.i5, q.i6, q.i7, q.i8, q.i9, q.i9_resolved, q.i10, q.i11, q.i12, q.i13,
    q.p_volume, q.p_i1, q.p_i2, q.p_i3, q.p_i4, q.p_i5, q.p_i6, q.p_i7, q.p_i8, q.p_i9, q.p_i10, q.p_i11, q.p_i12, q.p_i13,
    q.bonus, q.deductions, q.score, CASE WHEN q.score IS NOT NULL THEN rank() OVER (ORDER BY round(q.score::numeric, 6) DESC NULLS LAST) END
  FROM (
    SELECT s.staff_id, min(s.post_area) AS post_area, max(s.numerator) FILTER (WHERE s.code = 'volume') AS reports,
      max(s.value) FILTER (WHERE s.code = 'volume') AS volume,
      max(s.value) FILTER (WHERE s.code = 'I1') AS i1,
      max(s.value) FILTER (WHERE s.code = 'I2') AS i2,
      max(s.value) FILTER (WHERE s.code = 'I3') AS i3,
      max(s.value) FILTER (WHERE s.code = 'I4') AS i4,
      max(s.value) FILTER (WHERE s.code = 'I5') AS i5,
      max(s.value) FILTER (WHERE s.code = 'I6') AS i6,
      max(s.value) FILTER (WHERE s.code = 'I7') AS i7,
      max(s.value) FILTER (WHERE s.code = 'I8') AS i8,
      max(s.value) FILTER (WHERE s.code = 'I9') AS i9,
      max(s.value) FILTER (WHERE s.code = 'I9_resolved') AS i9_resolved,
      max(s.value) FILTER (WHERE s.code = 'I10') AS i10,
      max(s.value) FILTER (WHERE s.code = 'I11') AS i11,
      max(s.value) FILTER (WHERE s.code = 'I12') AS i12,
      max(s.value) FILTER (WHERE s.code = 'I13') AS i13,
      max(s.points) FILTER (WHERE s.code = 'volume') AS p_volume,
      max(s.points) FILTER (WHERE s.code = 'I1') AS p_i1,
      max(s.points) FILTER (WHERE s.code = 'I2') AS p_i2,
      max(s.points) FILTER (WHERE s.code = 'I3') AS p_i3,
      max(s.points) FILTER (WHERE s.code = 'I4') AS p_i4,
      max(s.points) FILTER (WHERE s.code = 'I5') AS p_i5,
      max(s.points) FILTER (WHERE s.code = 'I6') AS p_i6,
      max(s.points) FILTER (WHERE s.code = 'I7') AS p_i7,
      max(s.points) FILTER (WHERE s.code = 'I8') AS p_i8,
      max(s.points) FILTER (WHERE s.code = 'I9') AS p_i9,
      max(s.points) FILTER (WHERE s.code = 'I10') AS p_i10,
      max(s.points) FILTER (WHERE s.code = 'I11') AS p_i11,
      max(s.points) FILTER (WHERE s.code = 'I12') AS p_i12,
      max(s.points) FILTER (WHERE s.code = 'I13') AS p_i13,
      max(s.points) FILTER (WHERE s.code = 'bonus' AND s.kind = 'total') AS bonus, max(s.points) FILTER (WHERE s.code = 'deductions' AND s.kind = 'total') AS deductions,
      max(s.points) FILTER (WHERE s.code = 'score' AND s.kind = 'total') AS score
    FROM grid_gov.score_sheet('worker', p_since, p_until, p_area) s
    GROUP BY s.staff_id
  ) q
  JOIN gov.staff m ON m.id = q.staff_id
  ORDER BY q.score DESC NULLS LAST, q.staff_id;
END
$f$;
COMMENT ON FUNCTION grid_gov.score_workers(date, date, text) IS '网格员考核:[since, until) 内各项指标 I1-I13、各项得分、加分、扣分、总分与名次;指标无数据为空,其权重按比例分给其余';

CREATE FUNCTION grid_gov.score_units(since date, until date, area text DEFAULT NULL)
  RETURNS TABLE (unit text, name text, unit_area text, cases double precision, i2 double precision, i3 double precision, i4 double precision, urgent_i3 double precision, urgent_i4 double precision,
    i5 double precision, i6 double precision, i7 double precision, i8 double precision, i9 double precision, i9_resolved double precision, i13 double precision,
    p_i4 double precision, p_i3 double precision, p_urgent_i3 double precision, p_urgent_i4 double precision, p_i8 double precision, p_i6 double precision, p_base double precision,
    bonus double precision, deductions double precision, score double precision, grade text, rank bigint)
  LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000
  SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off
  AS $f$
#variable_conflict use_column
DECLARE
  p_since constant date := since;
  p_until constant date := until;
  p_area constant text := area;
BEGIN
  RETURN QUERY
  SELECT q.unit, d.name, q.unit_area, q.cases, q.i2, q.i3, q.i4, q.urgent_i3, q.urgent_i4, q.i5, q.i6, q.i7, q.i8, q.i9, q.i9_resolved, q.i13,
    q.p_i4, q.p_i3, q.p_urgent_i3, q.p_urgent_i4, q.p_i8, q.p_i6, q.p_base, q.bonus, q.deductions, q.score,
    CASE WHEN q.score >= g.excellent THEN '优秀' WHEN q.score >= g.good THEN '良好' WHEN q.score >= g.pass THEN '合格' WHEN q.score < g.pass THEN '不合格' END,
    CASE WHEN q.score IS NOT NULL THEN rank() OVER (ORDER BY round(q.score::numeric, 6) DESC NULLS LAST) END
  FROM (
    SELECT s.unit, min(s.post_area) AS unit_area, max(s.denominator) FILTER (WHERE s.code = 'I3') AS cases,
      max(s.value) FILTER (WHERE s.code = 'I2') AS i2,
      max(s.value) FILTER (WHERE s.code = 'I3') AS i3,
      max(s.value) FILTER (WHERE s.code = 'I4') AS i4,
      max(s.value) FILTER (WHERE s.code = 'urgent_I3') AS urgent_i3,
      max(s.value) FILTER (WHERE s.code = 'urgent_I4') AS urgent_i4,
      max(s.value) FILTER (WHERE s.code = 'I5') AS i5,
      max(s.value) FILTER (WHERE s.code = 'I6') AS i6,
      max(s.value) FILTER (WHERE s.code = 'I7') AS i7,
      max(s.value) FILTER (WHERE s.code = 'I8') AS i8,
      max(s.value) FILTER (WHERE s.code = 'I9') AS i9,
      max(s.value) FILTER (WHERE s.code = 'I9_resolved') AS i9_resolved,
      max(s.value) FILTER (WHERE s.code = 'I13') AS i13,
      max(s.points) FILTER (WHERE s.code = 'I4') AS p_i4,
      max(s.points) FILTER (WHERE s.code = 'I3') AS p_i3,
      max(s.points) FILTER (WHERE s.code = 'urgent_I3') AS p_urgent_i3,
      max(s.points) FILTER (WHERE s.code = 'urgent_I4') AS p_urgent_i4,
      max(s.points) FILTER (WHERE s.code = 'I8') AS p_i8,
      max(s.points) FILTER (WHERE s.code = 'I6') AS p_i6,
      max(s.points) FILTER (WHERE s.code = 'base') AS p_base,
      max(s.points) FILTER (WHERE s.code = 'bonus' AND s.kind = 'total') AS bonus, max(s.points) FILTER (WHERE s.code = 'deductions' AND s.kind = 'total') AS deductions,
      max(s.points) FILTER (WHERE s.code = 'score' AND s.kind = 'total') AS score
    FROM grid_gov.score_sheet('unit', p_since, p_until, p_area) s
    GROUP BY s.unit
  ) q
  JOIN gov.department d ON d.code = q.unit
  LEFT JOIN (
    SELECT r.area, max(r.points) FILTER (WHERE r.code = 'grade_excellent') AS excellent, max(r.points) FILTER (WHERE r.code = 'grade_good') AS good, max(r.points) FILTER (WHERE r.code = 'grade_pass') AS pass
    FROM grid_gov.score_rules('unit', ARRAY(SELECT DISTINCT x.area FROM gov.department x)) r GROUP BY r.area
  ) g ON g.area = q.unit_area
  ORDER BY q.score DESC NULLS LAST, q.unit;
END
$f$;
COMMENT ON FUNCTION grid_gov.score_units(date, date, text) IS '承办单位考核:[since, until) 内各项指标、得分、等次与名次;没有应结案件的单位无得分';

CREATE FUNCTION grid_gov.explain_score(staff_id bigint, since date, until date)
  RETURNS TABLE (code text, name text, numerator double precision, denominator double precision, value double precision, weight double precision, points double precision, evidence text)
  LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 30
  SET search_path = pg_catalog, pg_temp
  AS $f$
#variable_conflict use_column
DECLARE
  p_staff constant bigint := staff_id;
  p_since constant date := since;
  p_until constant date := until;
BEGIN
  IF p_staff IS NULL OR p_since IS NULL OR p_until IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'explain_score() needs a staff number and a period',
      HINT = 'grid_gov.score_workers(since, until, area) gives the scores of all.';
  END IF;
  -- the points of all rows but the total add up to it
  RETURN QUERY
  WITH sheet AS MATERIALIZED (SELECT x.* FROM grid_gov.score_sheet('worker', p_since, p_until, NULL, p_staff) x)
  SELECT s.code, s.name, s.numerator, s.denominator, s.value, s.weight, CASE WHEN s.code IN ('bonus', 'deductions') AND s.kind = 'total' THEN NULL ELSE s.points END,
    concat_ws(';',
      CASE
        WHEN s.kind IN ('bonus', 'deduction') THEN format('%s 次', s.numerator)
        WHEN s.kind = 'limit' THEN s.name
        WHEN s.kind = 'total' THEN CASE s.code WHEN 'score' THEN '以上各项之和' ELSE format('%s %s', s.name, round(s.points::numeric, 2)) END
        WHEN s.value IS NULL AND s.points IS NULL THEN '无数据,不计' || CASE WHEN s.weight IS NOT NULL THEN ',权重分给其余各项' ELSE '' END
        WHEN s.code = 'volume' THEN format('计入 %s 件(每日封顶、重复不计),定额 %s 件', s.numerator, round(s.denominator::numeric, 1))
        WHEN s.code = 'I1' THEN format('有效 %s 件,有效与不属实或不予受理共 %s 件', s.numerator, s.denominator)
        WHEN s.code = 'I2' THEN format('按期 %s 件,应处置 %s 件(不含挂账)', s.numerator, s.denominator)
        WHEN s.code = 'I3' THEN format('已结案 %s 件,应结案 %s 件(不含挂账)', s.numerator, s.denominator)
        WHEN s.code = 'I4' THEN format('按期结案 %s 件,应结案 %s 件(不含挂账)', s.numerator, s.denominator)
        WHEN s.code = 'I5' THEN format('返工 %s 件,已反馈 %s 件', s.numerator, s.denominator)
        WHEN s.code = 'I6' THEN format('退单 %s 次,派遣 %s 次', s.numerator, s.denominator)
        WHEN s.code = 'I7' THEN format('未返工未重办 %s 件,已结案 %s 件', s.numerator, s.denominator)
        WHEN s.code = 'I8' THEN format('满意与基本满意 %s 件,已评价 %s 件(不含未接通)', s.numerator, s.denominator)
        WHEN s.code = 'I9' THEN format('按时响应 %s 次,派遣 %s 次', s.numerator, s.denominator)
        WHEN s.code = 'I9_resolved' THEN format('未重办 %s 件,已评价 %s 件(不含未接通)', s.numerator, s.denominator)
        WHEN s.code = 'I10' THEN format('达标 %s 天,在岗工作日 %s 天', s.numerator, s.denominator)
        WHEN s.code = 'I11' THEN format('完成 %s 次,应走访 %s 次', s.numerator, s.denominator)
        WHEN s.code = 'I12' THEN format('他人发现 %s 件,工作时间内共发现 %s 件', s.numerator, s.denominator)
        WHEN s.code = 'I13' THEN format('%s 件共 %s 工作分钟', s.denominator, round(s.numerator::numeric, 1))
      END,
      CASE WHEN s.points IS NOT NULL AND s.kind = 'weight' AND s.value IS NOT NULL AND f.factor > 1 THEN format('权重折算为 %s', round((s.weight * f.factor)::numeric, 2)) END,
      '事件 ' || array_to_string(s.against, '、'))
  FROM sheet s
  CROSS JOIN (SELECT sum(x.weight) / NULLIF(sum(x.weight) FILTER (WHERE x.points IS NOT NULL), 0) AS factor FROM sheet x WHERE x.kind = 'weight') f
  ORDER BY s.ord, COALESCE(s.weight, 0) DESC, length(s.code), s.code;
END
$f$;
COMMENT ON FUNCTION grid_gov.explain_score(bigint, date, date) IS '一名网格员的得分明细:逐项分子、分母、值、权重、得分与依据(含扣分的事件编号);除总分外各行得分之和即总分';

CREATE FUNCTION grid_gov.refresh_summary_rows(since date, until date) RETURNS bigint
  LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off
  AS $f$
#variable_conflict use_column
DECLARE
  with_imported constant boolean := grid_gov.score_imported();
  p_since constant date := since;
  p_until constant date := until;
  moment constant timestamptz := now();
  t0 constant timestamptz := since::timestamp AT TIME ZONE 'Asia/Shanghai';
  t1 constant timestamptz := until::timestamp AT TIME ZONE 'Asia/Shanghai';
  total bigint := 0;
  n bigint;
BEGIN
  IF since IS NULL OR until IS NULL OR since >= until THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('days from %s to %s are none', to_char(since, 'YYYY-MM-DD'), to_char(until, 'YYYY-MM-DD')), HINT = 'The end is not included.';
  END IF;
  -- two sessions that refresh the same days take turns
  LOCK TABLE gov.summary_day, gov.summary_unit, gov.hotspot IN SHARE ROW EXCLUSIVE MODE;

  DELETE FROM gov.summary_day d WHERE d.day >= p_since AND d.day < p_until;
  INSERT INTO gov.summary_day (day, area, category, source, reported, accepted, dispatched, feedback, closed, self_handled, due, on_time, overdue, overdue_open, due_closed, due_closed_on_time, exempt, evaluated, satisfied, as_of)
  SELECT x.day, x.area, x.category, x.source, sum(x.reported), sum(x.accepted), sum(x.dispatched), sum(x.feedback), sum(x.closed), sum(x.self_handled),
    sum(x.due), sum(x.on_time), sum(x.overdue), sum(x.overdue_open), sum(x.due_closed), sum(x.due_closed_on_time), sum(x.exempt), sum(x.evaluated), sum(x.satisfied), moment
  FROM (
    SELECT (k.at AT TIME ZONE 'Asia/Shanghai')::date AS day, left(e.area, 9) AS area, COALESCE(e.category, '未分类') AS category, e.source,
      (k.what = 1)::integer AS reported, (k.what = 2)::integer AS accepted, (k.what = 3)::integer AS dispatched, (k.what = 4)::integer AS feedback,
      (k.what = 5 AND e.state IN ('closed', 'evaluated', 'forced_closed'))::integer AS closed, (k.what = 5 AND e.self_handled)::integer AS self_handled,
      0 AS due, 0 AS on_time, 0 AS overdue, 0 AS overdue_open, 0 AS due_closed, 0 AS due_closed_on_time, 0 AS exempt,
      (k.what = 6 AND e.satisfaction <> '未接通')::integer AS evaluated, (k.what = 6 AND e.satisfaction IN ('满意', '基本满意'))::integer AS satisfied
    FROM gov.event e
    CROSS JOIN LATERAL (VALUES (1, e.reported_at), (2, e.accepted_at), (3, e.dispatched_at), (4, e.feedback_at), (5, e.closed_at), (6, e.evaluated_at)) k (what, at)
    WHERE k.at >= t0 AND k.at < t1 AND (with_imported OR NOT e.imported)
    UNION ALL
    SELECT c.day, left(c.area, 9), COALESCE(c.category, '未分类'), c.source, 0, 0, 0, 0, 0, 0,
      1, (c.fed_back AND NOT c.late OR c.self_handled)::integer, (c.late)::integer, (c.late AND NOT c.fed_back)::integer,
      (c.closed)::integer, (c.closed AND NOT c.late)::integer, (c.exempt)::integer, 0, 0
    FROM grid_gov.score_cases(p_since, p_until) c
  ) x
  GROUP BY x.day, x.area, x.category, x.source;
  GET DIAGNOSTICS n = ROW_COUNT;
  total := total + n;

  DELETE FROM gov.summary_unit d WHERE d.day >= p_since AND d.day < p_until;
  INSERT INTO gov.summary_unit (day, unit, dispatched, returned, due, feedback, on_time, overdue, overdue_open, exempt, closed, reworked, extensions, suspensions, evaluated, satisfied, used_minutes, used_rows, as_of)
  SELECT x.day, x.unit, sum(x.dispatched), sum(x.returned), sum(x.due), sum(x.feedback), sum(x.on_time), sum(x.overdue), sum(x.overdue_open), sum(x.exempt), sum(x.closed), sum(x.reworked),
    sum(x.extensions), sum(x.suspensions), sum(x.evaluated), sum(x.satisfied), sum(x.used_minutes), sum(x.used_rows), moment
  FROM (
    SELECT d.day, d.unit, 1 AS dispatched, d.returned::integer AS returned, 0 AS due, 0 AS feedback, 0 AS on_time, 0 AS overdue, 0 AS overdue_open, 0 AS exempt, 0 AS closed, 0 AS reworked,
      0 AS extensions, 0 AS suspensions, 0 AS evaluated, 0 AS satisfied, 0::double precision AS used_minutes, 0 AS used_rows
    FROM grid_gov.score_dispatches(p_since, p_until) d WHERE d.unit IS NOT NULL
    UNION ALL
    -- one case of a unit is one, however many rounds it took
    SELECT max(t.due_day), t.unit, 0, 0, 1, bool_or(t.done)::integer, bool_and(t.on_time)::integer, (NOT bool_and(t.on_time))::integer, (NOT bool_and(t.on_time) AND NOT bool_or(t.done))::integer, bool_or(t.exempt)::integer,
      0, 0, 0, 0, 0, 0, 0, 0
    FROM grid_gov.score_tasks(p_since, p_until) t WHERE t.unit IS NOT NULL GROUP BY t.event_id, t.unit
    UNION ALL
    SELECT c.day, c.unit, 0, 0, 0, 0, 0, 0, 0, 0, c.closed::integer, (c.reworks > 0)::integer, c.extensions, c.suspensions, (c.satisfied IS NOT NULL)::integer, COALESCE(c.satisfied, false)::integer,
      COALESCE(c.minutes, 0), (c.minutes IS NOT NULL)::integer
    FROM grid_gov.score_cases(p_since, p_until) c WHERE c.unit IS NOT NULL
  ) x
  GROUP BY x.day, x.unit;
  GET DIAGNOSTICS n = ROW_COUNT;
  total := total + n;

  -- hotspots: the thirty days before the end, beside the thirty before those
  DELETE FROM gov.hotspot;
  INSERT INTO gov.hotspot (area, category, item, reported, reported_before, open_events, lon, lat, since, until, as_of)
  SELECT COALESCE(e.grid, left(e.area, 9)), COALESCE(e.category, '未分类'), COALESCE(e.item, ''),
    count(*) FILTER (WHERE e.reported_at >= t1 - interval '30 days'), count(*) FILTER (WHERE e.reported_at < t1 - interval '30 days'),
    count(*) FILTER (WHERE e.reported_at >= t1 - interval '30 days' AND e.closed_at IS NULL AND e.state NOT IN ('cancelled', 'forced_closed', 'merged', 'not_accepted')),
    avg(grid_gov.point_lon(e.location)) FILTER (WHERE e.reported_at >= t1 - interval '30 days'), avg(grid_gov.point_lat(e.location)) FILTER (WHERE e.reported_at >= t1 - interval '30 days'),
    p_until - 30, p_until, moment
  FROM gov.event e
  WHERE e.reported_at >= t1 - interval '60 days' AND e.reported_at < t1 AND (with_imported OR NOT e.imported) AND NOT e.false_report AND e.state NOT IN ('cancelled', 'not_accepted')
  GROUP BY 1, 2, 3
  HAVING count(*) FILTER (WHERE e.reported_at >= t1 - interval '30 days') >= 3;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN total + n;
END
$f$;
COMMENT ON FUNCTION grid_gov.refresh_summary_rows(date, date) IS '内部:refresh_summary() 的内容,以各表所有者身份执行';

CREATE FUNCTION grid_gov.refresh_summary(since date, until date) RETURNS integer
  LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'gg_refresh_summary';
COMMENT ON FUNCTION grid_gov.refresh_summary(date, date) IS '重算 [since, until) 各日的日汇总与单位日汇总,以及截至 until 的热点;返回写入的行数';

CREATE FUNCTION grid_gov.open_period_row(name text, starts date, ends date) RETURNS bigint
  LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
  AS $f$
DECLARE
  result bigint;
BEGIN
  IF starts >= ends THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('period "%s" from %s to %s is empty', open_period_row.name, to_char(starts, 'YYYY-MM-DD'), to_char(ends, 'YYYY-MM-DD')), HINT = 'The end is not included.';
  END IF;
  INSERT INTO gov.period AS p (name, starts, ends) VALUES (open_period_row.name, open_period_row.starts, open_period_row.ends) RETURNING p.id INTO result;
  RETURN result;
END
$f$;
COMMENT ON FUNCTION grid_gov.open_period_row(text, date, date) IS '内部:open_period() 的内容';

CREATE FUNCTION grid_gov.open_period(name text, starts date, ends date) RETURNS bigint
  LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'gg_open_period';
COMMENT ON FUNCTION grid_gov.open_period(text, date, date) IS '建立考核周期 [starts, ends),返回其编号';

CREATE FUNCTION grid_gov.close_period_rows(name text) RETURNS bigint
  LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
  AS $f$
DECLARE
  p record;
  moment constant timestamptz := now();
BEGIN
  SELECT x.* INTO p FROM gov.period x WHERE x.name = close_period_rows.name FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'no_data_found', MESSAGE = format('there is no period "%s"', close_period_rows.name), HINT = 'Create it with grid_gov.open_period(name, starts, ends).';
  ELSIF p.closed_at IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('period "%s" was closed on %s', p.name, to_char(p.closed_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD')),
      HINT = 'To score it again, the owner of gov sets closed_at to NULL first.';
  ELSIF p.ends > (moment AT TIME ZONE 'Asia/Shanghai')::date THEN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('period "%s" is not over: it ends before %s', p.name, to_char(p.ends, 'YYYY-MM-DD')),
      HINT = 'Look at a running period with grid_gov.score_workers(since, until).';
  END IF;
  DELETE FROM gov.score_period s WHERE s.period = p.id;
  INSERT INTO gov.score_period (period, subject, staff_id, area, code, value, points, as_of)
    SELECT p.id, 'worker', s.staff_id, s.post_area, s.code, s.value, s.points, moment FROM grid_gov.score_sheet('worker', p.starts, p.ends) s;
  INSERT INTO gov.score_period (period, subject, unit, area, code, value, points, as_of)
    SELECT p.id, 'unit', s.unit, s.post_area, s.code, s.value, s.points, moment FROM grid_gov.score_sheet('unit', p.starts, p.ends) s;
  -- ties share the rank
  INSERT INTO gov.score_period (period, subject, staff_id, unit, area, code, value, as_of)
    SELECT s.period, s.subject, s.staff_id, s.unit, s.area, 'rank', rank() OVER (PARTITION BY s.subject ORDER BY round(s.points::numeric, 6) DESC), moment
    FROM gov.score_period s WHERE s.period = p.id AND s.code = 'score';
  INSERT INTO gov.score_period (period, subject, unit, area, code, value, as_of)
    SELECT s.period, s.subject, s.unit, s.area, 'grade', (SELECT count(*) FROM grid_gov.score_rules('unit', ARRAY[s.area]) r WHERE r.kind = 'parameter' AND r.code IN ('grade_pass', 'grade_good', 'grade_excellent') AND s.points >= r.points), moment
    FROM gov.score_period s WHERE s.period = p.id AND s.subject = 'unit' AND s.code = 'score';
  UPDATE gov.period x SET closed_at = moment WHERE x.id = p.id;
  RETURN (SELECT count(DISTINCT (s.subject, s.staff_id, s.unit)) FROM gov.score_period s WHERE s.period = p.id);
END
$f$;
COMMENT ON FUNCTION grid_gov.close_period_rows(text) IS '内部:close_period() 的内容';

CREATE FUNCTION grid_gov.close_period(name text) RETURNS integer
  LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'gg_close_period';
COMMENT ON FUNCTION grid_gov.close_period(text) IS '关账:算出周期内网格员与单位的得分并写入 gov.score_period;返回人数与单位数之和';
