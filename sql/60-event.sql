CREATE FUNCTION grid_gov.guard_event() RETURNS trigger
  LANGUAGE c
  AS 'MODULE_PATHNAME', 'gg_guard_event';
COMMENT ON FUNCTION grid_gov.guard_event() IS '触发器:事件流程守卫,唯一会拒绝的地方';

CREATE FUNCTION grid_gov.journal_event() RETURNS trigger
  LANGUAGE c
  AS 'MODULE_PATHNAME', 'gg_journal_event';
COMMENT ON FUNCTION grid_gov.journal_event() IS '触发器:写链式台账、任务与对其他事件的影响';

CREATE FUNCTION grid_gov.guard_truncate() RETURNS trigger
  LANGUAGE c
  AS 'MODULE_PATHNAME', 'gg_guard_truncate';
COMMENT ON FUNCTION grid_gov.guard_truncate() IS '触发器:事件不可清空';

CREATE FUNCTION grid_gov.append_only() RETURNS trigger
  LANGUAGE c
  AS 'MODULE_PATHNAME', 'gg_append_only';
COMMENT ON FUNCTION grid_gov.append_only() IS '触发器:台账只可追加';

CREATE FUNCTION grid_gov.queue_reprojection() RETURNS trigger
  LANGUAGE c
  AS 'MODULE_PATHNAME', 'gg_queue_reprojection';
COMMENT ON FUNCTION grid_gov.queue_reprojection() IS '触发器:日历变动后把受影响的在办事件排入重算队列';

CREATE FUNCTION grid_gov.keep_calendar() RETURNS trigger
  LANGUAGE c
  AS 'MODULE_PATHNAME', 'gg_keep_calendar';
COMMENT ON FUNCTION grid_gov.keep_calendar() IS '触发器:在办事件正在使用的日历不可删除(WG004);改按上级区域日历的任务与自动步骤排队重算';

CREATE FUNCTION grid_gov.warn_unknown_calendar() RETURNS trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
  AS $f$
BEGIN
  IF NOT EXISTS (SELECT FROM gov.calendar c WHERE c.name = NEW.calendar AND (starts_with(NEW.area, c.area) OR starts_with(c.area, NEW.area))) THEN
    RAISE WARNING USING MESSAGE = format('gov.handling_limit names calendar "%s", which area %s does not have: its events count by "default"', NEW.calendar, NEW.area),
      HINT = 'Correct the name, or insert the calendar into gov.calendar; check_setup() lists such rows.';
  END IF;
  RETURN NULL;
END
$f$;
COMMENT ON FUNCTION grid_gov.warn_unknown_calendar() IS '触发器:时限写了该区域没有的日历时提醒(WARNING),事件按 default 计';

-- Bound at creation to PostGIS wherever it lives: how a report's point reaches gov.event.
CREATE FUNCTION grid_gov.event_point(point geometry, frame text) RETURNS geometry
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN st_setsrid(grid_gov.to_wgs84(point, frame), 4490);
COMMENT ON FUNCTION grid_gov.event_point(geometry, text) IS '任意坐标框架的点换算为事件位置(CGCS2000,SRID 4490;内部使用)';

CREATE FUNCTION grid_gov.make_point(lon double precision, lat double precision, frame text) RETURNS geometry
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN st_setsrid(st_makepoint(lon, lat), CASE WHEN frame OPERATOR(pg_catalog.=) 'cgcs2000' THEN 4490 WHEN frame OPERATOR(pg_catalog.=) 'wgs84' THEN 4326 ELSE 0 END);
COMMENT ON FUNCTION grid_gov.make_point(double precision, double precision, text) IS '由经度、纬度和坐标框架得到点(内部使用)';

CREATE FUNCTION grid_gov.act(event bigint, action text, note text DEFAULT NULL, args jsonb DEFAULT '{}', expect_seq integer DEFAULT NULL) RETURNS text
  LANGUAGE c VOLATILE
  AS 'MODULE_PATHNAME', 'gg_act';
COMMENT ON FUNCTION grid_gov.act(bigint, text, text, jsonb, integer) IS '对事件执行一个动作,返回新状态;expect_seq 与当前步骤序号不符则拒绝(防止重复点击)';

CREATE FUNCTION grid_gov.allowed_actions(event bigint)
  RETURNS TABLE (action text, label text, to_state text, roles text, needs_note boolean, needs_args text, why_not text)
  LANGUAGE c VOLATILE STRICT ROWS 20
  AS 'MODULE_PATHNAME', 'gg_allowed_actions';
COMMENT ON FUNCTION grid_gov.allowed_actions(bigint) IS '事件在当前状态下的全部动作;why_not 为空者当前人员现在可以执行,否则说明原因';

CREATE FUNCTION grid_gov.report(body text, location geometry DEFAULT NULL, source text DEFAULT 'grid', external_id text DEFAULT NULL,
    area text DEFAULT NULL, item text DEFAULT NULL, urgent boolean DEFAULT NULL, frame text DEFAULT 'cgcs2000',
    reporter_name text DEFAULT NULL, phone text DEFAULT NULL, address text DEFAULT NULL, args jsonb DEFAULT NULL) RETURNS bigint
  LANGUAGE c VOLATILE
  AS 'MODULE_PATHNAME', 'gg_report';
COMMENT ON FUNCTION grid_gov.report(text, geometry, text, text, text, text, boolean, text, text, text, text, jsonb) IS '上报一件事,返回事件编号;同一来源的同一编号只受理一次,编号为空串即没有编号;有位置就要有坐标框架(frame 为 NULL:22004)';

CREATE FUNCTION grid_gov.report_batch(items jsonb) RETURNS TABLE (ord integer, event bigint, code text, problem text)
  LANGUAGE c VOLATILE STRICT ROWS 100
  AS 'MODULE_PATHNAME', 'gg_report_batch';
COMMENT ON FUNCTION grid_gov.report_batch(jsonb) IS '批量上报:不合格的逐条返回错误码与原因,合格的照常受理';

CREATE FUNCTION grid_gov.sweep() RETURNS integer
  LANGUAGE c VOLATILE
  AS 'MODULE_PATHNAME', 'gg_sweep';
COMMENT ON FUNCTION grid_gov.sweep() IS '处理到期事项:自动步骤、预警、日历变动后的重算;返回新预警数,可由任意调度器、多个会话同时调用';

CREATE FUNCTION grid_gov.sweep_at(now timestamptz) RETURNS integer
  LANGUAGE c VOLATILE STRICT
  AS 'MODULE_PATHNAME', 'gg_sweep_at';
COMMENT ON FUNCTION grid_gov.sweep_at(timestamptz) IS '按指定时刻处理到期事项(测试用,仅限 gov 的所有者)';

CREATE FUNCTION grid_gov.verify_journal(since timestamptz DEFAULT NULL, until timestamptz DEFAULT NULL)
  RETURNS TABLE (event bigint, seq integer, problem text)
  LANGUAGE c STABLE ROWS 10
  AS 'MODULE_PATHNAME', 'gg_verify_journal';
COMMENT ON FUNCTION grid_gov.verify_journal(timestamptz, timestamptz) IS '核验台账:逐链重算哈希并与事件比对,返回问题;没有行即完好';

CREATE FUNCTION grid_gov.redact(log_id bigint, reason text) RETURNS void
  LANGUAGE c VOLATILE STRICT
  AS 'MODULE_PATHNAME', 'gg_redact';
COMMENT ON FUNCTION grid_gov.redact(bigint, text) IS '脱敏某一步的理由与参数;本身也是台账中的一步,链仍可核验';

CREATE FUNCTION grid_gov.reseal(event bigint, reason text) RETURNS void
  LANGUAGE c VOLATILE STRICT
  AS 'MODULE_PATHNAME', 'gg_reseal';
COMMENT ON FUNCTION grid_gov.reseal(bigint, text) IS '说明一次合法的修复;此后核验报告“resealed”而不是断链';

CREATE FUNCTION grid_gov.journal_digest_row(day date) RETURNS bytea
  LANGUAGE plpgsql VOLATILE STRICT
  SET search_path = pg_catalog, pg_temp
  SET lock_timeout = '3s'
  SET datestyle = 'ISO, YMD'
AS $body$
-- Runs as the owner of gov.
DECLARE
  zone constant text := 'Asia/Shanghai';
  starts constant timestamptz := journal_digest_row.day::timestamp AT TIME ZONE zone;
  ends constant timestamptz := (journal_digest_row.day + 1)::timestamp AT TIME ZONE zone;
  made bytea;
BEGIN
  SELECT d.digest INTO made FROM gov.journal_digest d WHERE d.day = journal_digest_row.day;
  IF FOUND THEN
    RETURN made;
  END IF;
  IF ends > clock_timestamp() THEN
    RAISE EXCEPTION USING ERRCODE = 'WG004', MESSAGE = format('day %s is not over', journal_digest_row.day),
      HINT = 'A day''s digest is made once, after its end.';
  END IF;
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION USING ERRCODE = 'WG004', MESSAGE = 'a day''s digest is made in a READ COMMITTED transaction only',
      HINT = 'An older snapshot does not see all steps of the day.';
  END IF;
  -- A step takes its time while its statement holds gov.event: who waits for that has waited for every step of the day,
  -- those of prepared transactions and of sessions that the caller may not look into as well.
  BEGIN
    LOCK TABLE gov.event, gov.event_log IN SHARE ROW EXCLUSIVE MODE;
  EXCEPTION WHEN lock_not_available THEN
    RAISE EXCEPTION USING ERRCODE = 'WG004', MESSAGE = format('a transaction that may still record a step of day %s is running', journal_digest_row.day),
      HINT = 'Call again when it has ended.';
  END;
  INSERT INTO gov.journal_digest (day, rows, first_id, last_id, digest)
  SELECT journal_digest_row.day, count(*), min(l.id), max(l.id),
         sha256(convert_to(journal_digest_row.day::text || ' ' || count(*)::text || ' ' || COALESCE(string_agg(l.id::text || ':' || encode(l.hash, 'hex'), ',' ORDER BY l.id), ''), 'UTF8'))
    FROM gov.event_log l WHERE l.recorded_at >= starts AND l.recorded_at < ends
  ON CONFLICT DO NOTHING;
  SELECT d.digest INTO made FROM gov.journal_digest d WHERE d.day = journal_digest_row.day;
  RETURN made;
END
$body$;
COMMENT ON FUNCTION grid_gov.journal_digest_row(date) IS '内部:journal_digest() 的内容,以表的所有者身份执行';

CREATE FUNCTION grid_gov.journal_digest(day date) RETURNS bytea
  LANGUAGE c VOLATILE STRICT
  AS 'MODULE_PATHNAME', 'gg_journal_digest';
COMMENT ON FUNCTION grid_gov.journal_digest(date) IS '某日台账的摘要:行数、编号与链首;次日起计算一次并保存,供对外公布';

CREATE FUNCTION grid_gov.enforce_workflow() RETURNS trigger
  LANGUAGE c
  AS 'MODULE_PATHNAME', 'gg_enforce_workflow';
COMMENT ON FUNCTION grid_gov.enforce_workflow() IS '触发器:enforce_workflow(''流程'', ''状态列'' [, ''区域列'']),让城市自己的表也只能沿流程变动';

CREATE FUNCTION grid_gov.journal_workflow() RETURNS trigger
  LANGUAGE c
  AS 'MODULE_PATHNAME', 'gg_journal_workflow';
COMMENT ON FUNCTION grid_gov.journal_workflow() IS '触发器:journal_workflow(''流程'', ''状态列'' [, ''键列'' …]),把 enforce_workflow() 判过的每一步写入链式台账 gov.own_log;不给键列则用主键';

CREATE FUNCTION grid_gov.verify_own_log(relation regclass DEFAULT NULL)
  RETURNS TABLE (relation text, key jsonb, seq integer, problem text)
  LANGUAGE c STABLE ROWS 10
  AS 'MODULE_PATHNAME', 'gg_verify_own_log';
COMMENT ON FUNCTION grid_gov.verify_own_log(regclass) IS '核验城市自己的表的台账(不给表则全部):逐链重算哈希并与各行的状态比对,返回问题;没有行即完好';

CREATE FUNCTION grid_gov.import_events(staging regclass) RETURNS bigint
  LANGUAGE c VOLATILE STRICT
  AS 'MODULE_PATHNAME', 'gg_import_events';
COMMENT ON FUNCTION grid_gov.import_events(regclass) IS '导入历史事件:从暂存表按列名读入,每个日期一行标为导入的台账,派遣过的有主办任务;仅限 gov 的所有者,不参与考核';

CREATE FUNCTION grid_gov.check_workflow(name text DEFAULT NULL) RETURNS TABLE (workflow text, step text, severity text, problem text)
  LANGUAGE c VOLATILE ROWS 10
  AS 'MODULE_PATHNAME', 'gg_check_workflow';
COMMENT ON FUNCTION grid_gov.check_workflow(text) IS '检查流程(不给名称则全部):到不了的状态、走不出的状态、无人可执行的动作、不认识的条件与效果等;error 提交时拒绝,warning 仅提示';

CREATE FUNCTION grid_gov.workflow_edited() RETURNS trigger
  LANGUAGE c
  AS 'MODULE_PATHNAME', 'gg_workflow_edited';
COMMENT ON FUNCTION grid_gov.workflow_edited() IS '触发器:流程改动在提交时整体检查,有错即拒绝';

CREATE FUNCTION grid_gov.workflow_mermaid(name text) RETURNS text
  LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
  AS 'MODULE_PATHNAME', 'gg_workflow_mermaid';
COMMENT ON FUNCTION grid_gov.workflow_mermaid(text) IS '流程图:Mermaid 的 stateDiagram-v2 文本,状态与动作用中文名';

-- Bound at creation to PostGIS wherever it lives: the box that a search by distance looks into.
CREATE FUNCTION grid_gov.box_around(point geometry, metres double precision) RETURNS geometry
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN st_expand(point,
    metres OPERATOR(pg_catalog./) (111195.0 OPERATOR(pg_catalog.*) GREATEST(pg_catalog.cosd(st_y(point)), 0.01)) OPERATOR(pg_catalog.*) 1.01,
    metres OPERATOR(pg_catalog./) 111195.0 OPERATOR(pg_catalog.*) 1.01);
COMMENT ON FUNCTION grid_gov.box_around(geometry, double precision) IS '以经纬度点为中心、边长不小于给定米数两倍的框(内部使用)';

CREATE FUNCTION grid_gov.duplicates_of(id bigint, within_m double precision, within_days integer, min_similarity double precision)
  RETURNS TABLE (event bigint, distance_m double precision, days double precision, similarity double precision, same_item boolean, rank integer)
  LANGUAGE plpgsql STABLE STRICT ROWS 10
  SET search_path = pg_catalog, pg_temp
AS $body$
#variable_conflict use_column
-- Reads with the rights of who asks: candidates are events that he may see.
DECLARE
  postgis constant name := (SELECT x.extnamespace::regnamespace::name FROM pg_extension x WHERE x.extname = 'postgis');
BEGIN
  IF within_m < 0 OR within_days < 0 OR min_similarity < 0 OR min_similarity > 1 THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('find_duplicates() cannot look within %s m and %s days for a similarity of %s', within_m, within_days, min_similarity),
      HINT = 'Distance and days are not negative; similarity lies between 0 and 1.';
  END IF;
  IF NOT EXISTS (SELECT FROM gov.event e WHERE e.id = $1) THEN
    RAISE EXCEPTION USING ERRCODE = 'WG002', MESSAGE = format('event %s does not exist, or you may not see it', $1);
  END IF;
  RETURN QUERY EXECUTE format($query$
    SELECT c.id, c.distance_m, c.days, c.similarity, c.same_item,
           (row_number() OVER (ORDER BY c.similarity DESC, c.distance_m, c.days, c.id))::integer
      FROM (SELECT e.id, grid_gov.metres_apart(o.location, e.location) AS distance_m,
                   abs(extract(epoch FROM e.reported_at - o.reported_at))::double precision / 86400 AS days,
                   grid_gov.report_similarity(o.body, e.body) AS similarity, COALESCE(e.item = o.item, false) AS same_item
              FROM gov.event o
              JOIN gov.event e ON e.location OPERATOR(%1$I.&&) grid_gov.box_around(o.location, $2)
               AND e.reported_at >= o.reported_at - $3 * interval '1 day' AND e.reported_at <= o.reported_at + $3 * interval '1 day'
              JOIN gov.workflow_state s ON s.workflow = e.workflow AND s.state = e.state AND s.open
             WHERE o.id = $1 AND e.id <> o.id AND e.master_id IS NULL) c
     WHERE c.distance_m <= $2 AND (c.same_item OR c.similarity >= $4)
     ORDER BY 6$query$, postgis) USING $1, $2, $3, $4;
END
$body$;
COMMENT ON FUNCTION grid_gov.duplicates_of(bigint, double precision, integer, double precision) IS 'find_duplicates() 的实际步骤(内部使用)';

-- PL/pgSQL does not let an argument and a column share a name; plain SQL does.
CREATE FUNCTION grid_gov.find_duplicates(event bigint, within_m double precision DEFAULT 200, within_days integer DEFAULT 7, min_similarity double precision DEFAULT 0.6)
  RETURNS TABLE (event bigint, distance_m double precision, days double precision, similarity double precision, same_item boolean, rank integer)
  LANGUAGE sql STABLE STRICT ROWS 10
  SET search_path = pg_catalog, pg_temp
  AS 'SELECT d.event, d.distance_m, d.days, d.similarity, d.same_item, d.rank FROM grid_gov.duplicates_of($1, $2, $3, $4) d ORDER BY d.rank';
COMMENT ON FUNCTION grid_gov.find_duplicates(bigint, double precision, integer, double precision) IS '疑似重复事件:距离与上报时间相近,且事项相同或文字相似者,按相似程度排名;只列可作主案者(在办、未并案)';

CREATE FUNCTION grid_gov.hand_over_tasks(from_staff bigint, to_staff bigint, note text) RETURNS integer
  LANGUAGE c VOLATILE STRICT
  AS 'MODULE_PATHNAME', 'gg_hand_over_tasks';
COMMENT ON FUNCTION grid_gov.hand_over_tasks(bigint, bigint, text) IS '人员离岗:其全部未结任务一次移交给另一人,返回移交的任务数;由辖区内的中心负责人、网格长或派遣员执行,每件事件在台账中留一步';
