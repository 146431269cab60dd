-- Views for BI and for back ends. They read tables only; what is heavy is read from tables that refresh_summary(),
-- check_grids() and close_period() fill, with as_of. Codes in ASCII, labels as Chinese values, minutes and rates as numbers.
-- Days are Beijing days. A view that reads another one stands below it.

--- view gov.v_event | 事件全貌:每个事件一行,含状态、区域、单位、人员的名称与时限颜色
CREATE VIEW gov.v_event (
  id, -- 事件编号
  case_no, -- 案件编号
  source, -- 来源代码
  source_name, -- 来源
  external_id, -- 来源系统的编号
  body, -- 诉求原文
  category, -- 六类之一
  item, -- 事项代码
  item_name, -- 事项名称
  urgent, -- 是否紧急
  needs_review, -- 分类需人工复核
  probability, -- 分类概率
  margin, -- 与第二类的差距
  workflow, -- 所用流程
  state, -- 状态代码
  state_name, -- 状态
  stage, -- 对外环节
  open, -- 是否在办
  paused, -- 状态是否停表
  level, -- 当前办理层级代码
  level_name, -- 当前办理层级
  area, -- 区域代码
  county, -- 县(市、区)代码
  county_name, -- 县(市、区)
  town, -- 乡镇(街道)代码
  town_name, -- 乡镇(街道)
  village, -- 村(社区)代码
  village_name, -- 村(社区)
  grid, -- 网格代码,未定位为空
  grid_name, -- 网格
  location, -- 位置(CGCS2000)
  lon, -- 经度
  lat, -- 纬度
  reporter, -- 上报人员编号
  reporter_name, -- 上报人员
  unit, -- 主办单位代码
  unit_name, -- 主办单位
  person, -- 主办人员编号
  person_name, -- 主办人员
  reported_at, -- 上报时间
  reported_day, -- 上报日期(北京时间)
  accepted_at, -- 受理时间
  dispatched_at, -- 首次派遣时间
  signed_at, -- 最近签收时间
  feedback_at, -- 最近反馈时间
  closed_at, -- 最近结案时间
  evaluated_at, -- 评价时间
  entered_at, -- 进入当前状态的时间
  stage_allow, -- 本环节时限
  stage_due_at, -- 本环节截止时刻
  stage_due_day, -- 本环节截止日
  stage_colour, -- 本环节颜色:绿、黄、红,无时限为空
  handling_allow, -- 处置时限
  due_at, -- 处置截止时刻
  due_day, -- 处置截止日(考核按此日归期)
  due_provisional, -- 截止时刻为暂定(超出已公布日历)
  colour, -- 处置颜色:绿、黄、红,未计时为空
  remaining_minutes, -- 距处置截止的自然分钟数,负数为已超;已停表为空
  used_minutes, -- 派遣到反馈的工作分钟数
  breach, -- 是否有超时记录(永不抹去)
  in_time, -- 是否按期处置:豁免视同按期,强制结案不算;未到结论为空
  extension_count, -- 延期次数
  suspend_count, -- 挂账次数
  return_count, -- 退单次数
  rework_count, -- 返工次数
  reopen_count, -- 重办次数
  urge_count, -- 催办次数
  escalation_count, -- 升级次数
  self_handled, -- 现场自行处置
  false_report, -- 核实不属实
  supervised, -- 督办类型(级别)
  designated, -- 指定承办
  forced, -- 强制结案
  timeout_exempt, -- 超时已豁免
  suspend_until, -- 挂账到
  master_id, -- 并入的主案
  satisfaction, -- 评价
  close_condition, -- 结案条件
  imported, -- 历史导入
  last_action, -- 最近动作代码
  last_at -- 最近动作的时间
) WITH (security_invoker = true) AS
SELECT e.id, e.case_no, e.source,
  CASE e.source WHEN 'grid' THEN '网格上报' WHEN 'citizen' THEN '群众上报' WHEN '12345' THEN '12345 热线' WHEN '110' THEN '110 非警务警情'
    WHEN 'department' THEN '部门转办' WHEN 'iot' THEN '物联感知' WHEN 'app' THEN '小程序' WHEN 'letter' THEN '信访' ELSE e.source END,
  e.external_id, e.body, e.category, e.item, c.name, e.urgent, e.needs_review, e.probability, e.margin,
  e.workflow, e.state, s.name, s.stage, s.open, s.paused,
  e.level, CASE e.level WHEN 'grid' THEN '网格' WHEN 'village' THEN '村(社区)' WHEN 'town' THEN '乡镇(街道)' WHEN 'county' THEN '县(市、区)' WHEN 'city' THEN '市' WHEN 'province' THEN '省' END,
  e.area, county.code, county.name, town.code, town.name, village.code, village.name, e.grid, g.name,
  e.location, st_x(e.location), st_y(e.location),
  e.reporter, reporter.name, e.unit, unit.name, e.person, person.name,
  e.reported_at, (e.reported_at AT TIME ZONE 'Asia/Shanghai')::date, e.accepted_at, e.dispatched_at, e.signed_at, e.feedback_at, e.closed_at, e.evaluated_at, e.entered_at,
  e.stage_allow, e.stage_due_at, e.stage_due_day,
  CASE WHEN e.stage_due_at IS NULL OR NOT s.open THEN NULL
    WHEN k.stage_at > e.stage_due_at THEN '红'
    WHEN k.stage_runs AND (e.next_alert_at >= e.stage_due_at OR e.next_alert_at <= now() AND NOT k.handling_runs) THEN '黄'
    WHEN (NOT k.stage_runs OR e.next_alert_at <= now()) AND k.stage_at - e.stage_start >= 0.8 * (e.stage_due_at - e.stage_start) THEN '黄'
    ELSE '绿' END,
  e.handling_allow, e.due_at, e.due_day, e.due_provisional,
  CASE WHEN e.due_at IS NULL THEN NULL
    WHEN k.handling_at > e.due_at THEN '红'
    WHEN e.handling_stopped_at IS NOT NULL THEN '绿'
    WHEN k.handling_runs AND (e.next_alert_at >= e.due_at OR e.next_alert_at <= now() AND NOT k.stage_runs) THEN '黄'
    WHEN (NOT k.handling_runs OR e.next_alert_at <= now()) AND k.handling_at - e.handling_start >= 0.8 * (e.due_at - e.handling_start) THEN '黄'
    ELSE '绿' END,
  CASE WHEN e.handling_stopped_at IS NULL THEN (extract(epoch FROM e.due_at - k.handling_at) / 60)::double precision END,
  e.used_minutes, b.breach OR k.handling_runs AND k.handling_at > e.due_at,
  CASE WHEN e.due_at IS NULL AND NOT e.forced THEN NULL WHEN e.forced THEN false WHEN e.timeout_exempt THEN true
    WHEN (SELECT bool_or(t.breach AND NOT t.exempt) FROM gov.event_task t WHERE t.event_id = e.id AND t.kind = 'handle') OR k.handling_at > e.due_at THEN false
    WHEN e.handling_stopped_at IS NOT NULL AND e.feedback_at IS NOT NULL THEN true END,
  e.extension_count, e.suspend_count, e.return_count, e.rework_count, e.reopen_count, e.urge_count, e.escalation_count,
  e.self_handled, e.false_report, e.supervised, e.designated, e.forced, e.timeout_exempt, e.suspend_until, e.master_id, e.satisfaction, e.close_condition,
  e.imported, e.last_action, e.last_at
FROM gov.event e
CROSS JOIN LATERAL (SELECT
  e.due_at IS NOT NULL AND e.handling_stopped_at IS NULL AND e.handling_paused_at IS NULL AS handling_runs,
  COALESCE(e.handling_stopped_at, e.handling_paused_at, now()) AS handling_at,
  e.stage_due_at IS NOT NULL AND e.stage_paused_at IS NULL AS stage_runs,
  COALESCE(e.stage_paused_at, now()) AS stage_at) k
CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM gov.event_task t WHERE t.event_id = e.id AND t.kind = 'handle' AND t.breach) AS breach) b
LEFT JOIN gov.workflow_state s ON s.workflow = e.workflow AND s.state = e.state
LEFT JOIN gov.catalogue c ON c.code = e.item
LEFT JOIN gov.division county ON county.code = left(e.area, 6) AND length(e.area) >= 6
LEFT JOIN gov.division town ON town.code = left(e.area, 9) AND length(e.area) >= 9
LEFT JOIN gov.division village ON village.code = left(e.area, 12) AND length(e.area) >= 12
LEFT JOIN gov.grid g ON g.code = e.grid
LEFT JOIN gov.department unit ON unit.code = e.unit
LEFT JOIN gov.staff person ON person.id = e.person
LEFT JOIN gov.staff reporter ON reporter.id = e.reporter;

--- view gov.v_event_open | 在办事件:未到终点的事件及其颜色,供值班与督办
CREATE VIEW gov.v_event_open (
  id, -- 事件编号
  case_no, -- 案件编号
  source_name, -- 来源
  body, -- 诉求原文
  category, -- 六类之一
  item, -- 事项代码
  item_name, -- 事项名称
  urgent, -- 是否紧急
  state, -- 状态代码
  state_name, -- 状态
  stage, -- 对外环节
  paused, -- 状态是否停表
  level_name, -- 当前办理层级
  area, -- 区域代码
  county_name, -- 县(市、区)
  town_name, -- 乡镇(街道)
  village_name, -- 村(社区)
  grid, -- 网格代码
  grid_name, -- 网格
  location, -- 位置(CGCS2000)
  lon, -- 经度
  lat, -- 纬度
  unit, -- 主办单位代码
  unit_name, -- 主办单位
  person, -- 主办人员编号
  person_name, -- 主办人员
  reported_at, -- 上报时间
  entered_at, -- 进入当前状态的时间
  stage_minutes, -- 在当前状态已停留的自然分钟数
  stage_due_at, -- 本环节截止时刻
  stage_colour, -- 本环节颜色:绿、黄、红
  due_at, -- 处置截止时刻
  due_day, -- 处置截止日
  due_provisional, -- 截止时刻为暂定
  colour, -- 处置颜色:绿、黄、红
  remaining_minutes, -- 距处置截止的自然分钟数,负数为已超
  breach, -- 是否有超时记录
  supervised, -- 督办类型(级别)
  urge_count, -- 催办次数
  return_count, -- 退单次数
  rework_count, -- 返工次数
  suspend_until -- 挂账到
) WITH (security_invoker = true) AS
SELECT v.id, v.case_no, v.source_name, v.body, v.category, v.item, v.item_name, v.urgent, v.state, v.state_name, v.stage, v.paused, v.level_name,
  v.area, v.county_name, v.town_name, v.village_name, v.grid, v.grid_name, v.location, v.lon, v.lat, v.unit, v.unit_name, v.person, v.person_name,
  v.reported_at, v.entered_at, (extract(epoch FROM now() - v.entered_at) / 60)::double precision,
  v.stage_due_at, v.stage_colour, v.due_at, v.due_day, v.due_provisional, v.colour, v.remaining_minutes, v.breach,
  v.supervised, v.urge_count, v.return_count, v.rework_count, v.suspend_until
FROM gov.v_event v
WHERE v.open AND v.state NOT IN ('cancelled', 'closed', 'evaluated', 'forced_closed', 'merged', 'not_accepted');

--- view gov.v_event_timeline | 办理过程:台账每步一行,含动作与状态名称、距上一步的分钟数(理由在 gov.event_note,另行授权)
CREATE VIEW gov.v_event_timeline (
  event_id, -- 事件编号
  seq, -- 步骤序号
  at, -- 生效时间
  recorded_at, -- 记录时间(真实时钟)
  action, -- 动作代码
  action_name, -- 动作
  from_state, -- 起始状态代码
  from_state_name, -- 起始状态
  to_state, -- 到达状态代码
  to_state_name, -- 到达状态
  actor, -- 行为人
  actor_name, -- 行为人姓名
  role, -- 以何角色
  role_name, -- 角色名称
  area, -- 区域代码
  unit, -- 主办单位代码
  unit_name, -- 主办单位
  due_at, -- 此步之后的处置截止
  stage_due_at, -- 此步之后的环节截止
  minutes, -- 距上一步的自然分钟数
  backdated, -- 补录
  imported -- 历史导入
) WITH (security_invoker = true) AS
SELECT l.event_id, l.seq, l.at, l.recorded_at, l.action,
  COALESCE((SELECT t.label FROM gov.workflow_transition t WHERE t.workflow = e.workflow AND t.action = l.action
    ORDER BY strpos('|' || t.from_states || '|', '|' || COALESCE(l.from_state, '(new)') || '|') = 0, t.id LIMIT 1),
    CASE l.action WHEN 'import' THEN '历史导入' WHEN 'reproject' THEN '日历变动重算' WHEN 'repoint' THEN '改并案到新主案' WHEN 'reassign_person' THEN '任务移交' WHEN 'redact' THEN '隐去理由'
      WHEN 'reseal' THEN '说明修复' END),
  l.from_state, f.name, l.to_state, x.name, l.actor,
  COALESCE(st.name, CASE l.actor WHEN 'system' THEN '系统' WHEN 'owner' THEN '所有者' WHEN 'reporter' THEN '诉求人' END), l.role,
  CASE l.role WHEN 'grid_worker' THEN '网格员' WHEN 'grid_leader' THEN '网格长' WHEN 'party_secretary' THEN '网格党组织负责人' WHEN 'volunteer' THEN '志愿者'
    WHEN 'acceptor' THEN '受理员' WHEN 'dispatcher' THEN '派遣员' WHEN 'handler' THEN '承办人' WHEN 'unit_head' THEN '承办单位负责人' WHEN 'centre_head' THEN '中心负责人'
    WHEN 'supervisor' THEN '督办员' WHEN 'caller' THEN '回访员' WHEN 'police_officer' THEN '民警' WHEN 'auditor' THEN '审计员' WHEN 'reporter' THEN '诉求人'
    WHEN 'system' THEN '系统' WHEN 'owner' THEN '所有者' ELSE l.role END,
  l.area, l.unit, d.name, l.due_at, l.stage_due_at,
  (extract(epoch FROM l.at - lag(l.at) OVER (PARTITION BY l.event_id ORDER BY l.seq)) / 60)::double precision, l.backdated, l.imported
FROM gov.event_log l
JOIN gov.event e ON e.id = l.event_id
LEFT JOIN gov.workflow_state f ON f.workflow = e.workflow AND f.state = l.from_state
LEFT JOIN gov.workflow_state x ON x.workflow = e.workflow AND x.state = l.to_state
LEFT JOIN gov.staff st ON st.id = CASE WHEN l.actor ~ '^staff:[0-9]{1,18}$' THEN substr(l.actor, 7)::bigint END
LEFT JOIN gov.department d ON d.code = l.unit;

--- view gov.v_sla_stage | 时限看板:在办事件的每个时钟一行(环节、处置),含剩余分钟与颜色
CREATE VIEW gov.v_sla_stage (
  event_id, -- 事件编号
  case_no, -- 案件编号
  clock, -- 时钟代码:stage、handling
  clock_name, -- 时钟:环节、处置
  category, -- 六类之一
  urgent, -- 是否紧急
  state, -- 状态代码
  state_name, -- 状态
  area, -- 区域代码
  county_name, -- 县(市、区)
  town_name, -- 乡镇(街道)
  unit, -- 主办单位代码
  unit_name, -- 主办单位
  allow, -- 时限
  started_at, -- 起算时间
  due_at, -- 截止时刻
  due_day, -- 截止日
  provisional, -- 截止时刻为暂定
  paused, -- 时钟是否暂停
  remaining_minutes, -- 距截止的自然分钟数,负数为已超
  colour -- 颜色:绿、黄、红
) WITH (security_invoker = true) AS
SELECT e.id, e.case_no, k.clock, k.clock_name, e.category, e.urgent, e.state, s.name, e.area, county.name, town.name, e.unit, unit.name,
  k.allow, k.started_at, k.due_at, k.due_day, k.provisional, k.paused_at IS NOT NULL,
  (extract(epoch FROM k.due_at - COALESCE(k.paused_at, now())) / 60)::double precision,
  CASE WHEN COALESCE(k.paused_at, now()) > k.due_at THEN '红'
    WHEN k.paused_at IS NULL AND (e.next_alert_at >= k.due_at OR e.next_alert_at <= now() AND NOT k.other_runs) THEN '黄'
    WHEN (k.paused_at IS NOT NULL OR e.next_alert_at <= now()) AND COALESCE(k.paused_at, now()) - k.started_at >= 0.8 * (k.due_at - k.started_at) THEN '黄'
    ELSE '绿' END
FROM gov.event e
JOIN gov.workflow_state s ON s.workflow = e.workflow AND s.state = e.state AND s.open
CROSS JOIN LATERAL (
  VALUES ('stage', '环节', e.stage_allow, e.stage_start, e.stage_due_at, e.stage_due_day, e.stage_provisional, e.stage_paused_at, NULL::timestamptz,
      e.due_at IS NOT NULL AND e.handling_stopped_at IS NULL AND e.handling_paused_at IS NULL),
    ('handling', '处置', e.handling_allow, e.handling_start, e.due_at, e.due_day, e.due_provisional, e.handling_paused_at, e.handling_stopped_at,
      e.stage_due_at IS NOT NULL AND e.stage_paused_at IS NULL)
  ) k (clock, clock_name, allow, started_at, due_at, due_day, provisional, paused_at, stopped_at, other_runs)
LEFT JOIN gov.division county ON county.code = left(e.area, 6) AND length(e.area) >= 6
LEFT JOIN gov.division town ON town.code = left(e.area, 9) AND length(e.area) >= 9
LEFT JOIN gov.department unit ON unit.code = e.unit
WHERE e.state NOT IN ('cancelled', 'closed', 'evaluated', 'forced_closed', 'merged', 'not_accepted')
  AND k.due_at IS NOT NULL AND k.stopped_at IS NULL;

--- view gov.v_sla_summary | 时限月报:按月、县、类别的应处置、按期与超期(按截止日归期,读日汇总)
CREATE VIEW gov.v_sla_summary (
  month, -- 月份 YYYY-MM(截止日所在月)
  county, -- 县(市、区)代码
  county_name, -- 县(市、区)
  category, -- 六类之一
  need_dispose, -- 应处置数(不含挂账)
  in_time_dispose, -- 按期处置数
  overtime_dispose, -- 超期处置数
  overtime_to_dispose, -- 超期未处置数
  in_time_dispose_rate, -- 按期处置率 0-1,无应处置为空
  need_archive, -- 应结案数
  archive_of_need, -- 应结案中已结案数
  in_time_archive, -- 按期结案数
  archive_rate, -- 结案率 0-1
  in_time_archive_rate, -- 按期结案率 0-1
  exempt, -- 超时豁免数
  as_of -- 汇总时间(最早)
) WITH (security_invoker = true) AS
SELECT to_char(d.day, 'YYYY-MM'), left(d.area, 6), county.name, d.category,
  sum(d.due), sum(d.on_time), sum(d.overdue - d.overdue_open), sum(d.overdue_open), sum(d.on_time)::double precision / NULLIF(sum(d.due), 0),
  sum(d.due), sum(d.due_closed), sum(d.due_closed_on_time),
  sum(d.due_closed)::double precision / NULLIF(sum(d.due), 0), sum(d.due_closed_on_time)::double precision / NULLIF(sum(d.due), 0),
  sum(d.exempt), min(d.as_of)
FROM gov.summary_day d
LEFT JOIN gov.division county ON county.code = left(d.area, 6)
WHERE d.due > 0
GROUP BY to_char(d.day, 'YYYY-MM'), left(d.area, 6), county.name, d.category;

--- view gov.v_category_daily | 分类日报:按日、乡镇、类别、来源的各项数量与比率(读日汇总)
CREATE VIEW gov.v_category_daily (
  day, -- 日期
  area, -- 乡镇(或更高)区域代码
  area_name, -- 区域名称
  county, -- 县(市、区)代码
  county_name, -- 县(市、区)
  category, -- 六类之一
  source, -- 来源代码
  report, -- 上报数(按上报日)
  accept, -- 受理数(按受理日)
  dispatch, -- 派遣数(按首次派遣日)
  dispose, -- 处置数(按反馈日)
  archive, -- 结案数(按结案日)
  patrol_deal, -- 自行处置数(按结案日)
  need_dispose, -- 应处置数(按截止日,不含挂账)
  in_time_dispose, -- 按期处置数
  overtime_dispose, -- 超期处置数
  overtime_to_dispose, -- 超期未处置数
  in_time_dispose_rate, -- 按期处置率 0-1
  archive_of_need, -- 应结案中已结案数
  in_time_archive, -- 按期结案数
  in_time_archive_rate, -- 按期结案率 0-1
  evaluated, -- 已评价数(按评价日,不含未接通)
  satisfied, -- 满意与基本满意数
  satisfied_rate, -- 满意率 0-1
  as_of -- 汇总时间
) WITH (security_invoker = true) AS
SELECT d.day, d.area, a.name, left(d.area, 6), county.name, d.category, d.source,
  d.reported, d.accepted, d.dispatched, d.feedback, d.closed, d.self_handled,
  d.due, d.on_time, d.overdue - d.overdue_open, d.overdue_open, d.on_time::double precision / NULLIF(d.due, 0),
  d.due_closed, d.due_closed_on_time, d.due_closed_on_time::double precision / NULLIF(d.due, 0),
  d.evaluated, d.satisfied, d.satisfied::double precision / NULLIF(d.evaluated, 0), d.as_of
FROM gov.summary_day d
LEFT JOIN gov.division a ON a.code = d.area
LEFT JOIN gov.division county ON county.code = left(d.area, 6);

--- view gov.v_grid_profile | 网格画像:每个在用网格一行,人员配备、公示、在办事件与问题数
CREATE VIEW gov.v_grid_profile (
  grid, -- 网格代码
  grid_name, -- 网格
  kind, -- 类型
  village, -- 村(社区)代码
  village_name, -- 村(社区)
  town, -- 乡镇(街道)代码
  town_name, -- 乡镇(街道)
  county, -- 县(市、区)代码
  county_name, -- 县(市、区)
  households, -- 户数
  population, -- 常住人口
  boundary, -- 边界(CGCS2000)
  lon, -- 中心点经度
  lat, -- 中心点纬度
  phone, -- 公示电话
  police_area, -- 对应警格
  leaders, -- 网格长人数(任职于网格或其所属村社区,下同)
  party_secretaries, -- 党组织负责人人数
  workers, -- 网格员人数
  full_time_workers, -- 专职网格员人数
  others, -- 其他力量人数(志愿者、民警等)
  worker_names, -- 网格员姓名
  noticed, -- 是否已上岗公示
  open_events, -- 在办事件数
  overdue_events, -- 其中处置已超期数
  problems, -- 网格问题数(最近一次检查)
  problems_as_of -- 网格检查时间
) WITH (security_invoker = true) AS
SELECT g.code, g.name, g.kind, g.division, village.name, town.code, town.name, county.code, county.name,
  g.households, g.population, g.boundary, g.lon, g.lat, g.phone, g.police_area,
  COALESCE(p.leaders, 0) + COALESCE(q.leaders, 0), COALESCE(p.secretaries, 0) + COALESCE(q.secretaries, 0), COALESCE(p.workers, 0) + COALESCE(q.workers, 0),
  COALESCE(p.full_time, 0) + COALESCE(q.full_time, 0), COALESCE(p.others, 0) + COALESCE(q.others, 0), NULLIF(concat_ws('、', p.names, q.names), ''),
  n.grid IS NOT NULL, COALESCE(e.open_events, 0), COALESCE(e.overdue, 0), COALESCE(r.problems, 0), r.as_of
FROM gov.grid g
LEFT JOIN gov.division village ON village.code = g.division
LEFT JOIN gov.division town ON town.code = left(g.code, 9)
LEFT JOIN gov.division county ON county.code = left(g.code, 6)
LEFT JOIN gov.notice n ON n.grid = g.code
LEFT JOIN (
  SELECT o.area, count(DISTINCT o.staff_id) FILTER (WHERE o.role = 'grid_leader') AS leaders, count(DISTINCT o.staff_id) FILTER (WHERE o.role = 'party_secretary') AS secretaries,
    count(DISTINCT o.staff_id) FILTER (WHERE o.role = 'grid_worker') AS workers, count(DISTINCT o.staff_id) FILTER (WHERE o.role = 'grid_worker' AND o.full_time) AS full_time,
    count(DISTINCT o.staff_id) FILTER (WHERE o.role NOT IN ('grid_leader', 'party_secretary', 'grid_worker')) AS others,
    string_agg(DISTINCT m.name, '、' ORDER BY m.name) FILTER (WHERE o.role = 'grid_worker') AS names
  FROM gov.post o
  JOIN gov.staff m ON m.id = o.staff_id AND m.active
  WHERE o.valid_from <= now() AND o.valid_to > now()
  GROUP BY o.area
) p ON p.area = g.code
LEFT JOIN (
  SELECT o.area, count(DISTINCT o.staff_id) FILTER (WHERE o.role = 'grid_leader') AS leaders, count(DISTINCT o.staff_id) FILTER (WHERE o.role = 'party_secretary') AS secretaries,
    count(DISTINCT o.staff_id) FILTER (WHERE o.role = 'grid_worker') AS workers, count(DISTINCT o.staff_id) FILTER (WHERE o.role = 'grid_worker' AND o.full_time) AS full_time,
    count(DISTINCT o.staff_id) FILTER (WHERE o.role NOT IN ('grid_leader', 'party_secretary', 'grid_worker')) AS others,
    string_agg(DISTINCT m.name, '、' ORDER BY m.name) FILTER (WHERE o.role = 'grid_worker') AS names
  FROM gov.post o
  JOIN gov.staff m ON m.id = o.staff_id AND m.active
  WHERE o.valid_from <= now() AND o.valid_to > now()
  GROUP BY o.area
) q ON q.area = g.division
LEFT JOIN (
  SELECT v.grid, count(*) AS open_events, count(*) FILTER (WHERE v.handling_stopped_at IS NULL AND COALESCE(v.handling_paused_at, now()) > v.due_at) AS overdue
  FROM gov.event v
  JOIN gov.workflow_state s ON s.workflow = v.workflow AND s.state = v.state AND s.open
  WHERE v.state NOT IN ('cancelled', 'closed', 'evaluated', 'forced_closed', 'merged', 'not_accepted')
  GROUP BY v.grid
) e ON e.grid = g.code
LEFT JOIN (SELECT r.grid, count(*) AS problems, max(r.as_of) AS as_of FROM gov.grid_problem r GROUP BY r.grid) r ON r.grid = g.code
WHERE (g.valid_from IS NULL OR g.valid_from <= now()) AND (g.valid_to IS NULL OR g.valid_to > now());

--- view gov.v_grid_problem | 网格问题:最近一次 check_grids() 的结果,含名称
CREATE VIEW gov.v_grid_problem (
  grid, -- 网格(或区划)代码
  grid_name, -- 网格(或区划)
  division, -- 所属村(社区)代码
  division_name, -- 所属村(社区)
  town, -- 乡镇(街道)代码
  town_name, -- 乡镇(街道)
  kind, -- 问题类型代码
  kind_name, -- 问题类型
  amount, -- 数值(面积平方米、户数等)
  detail, -- 说明
  as_of -- 检查时间
) WITH (security_invoker = true) AS
SELECT p.grid, COALESCE(g.name, a.name), p.division, v.name, town.code, town.name, p.kind,
  CASE p.kind WHEN 'boundary' THEN '边界图形' WHEN 'division' THEN '归属' WHEN 'overlap' THEN '重叠' WHEN 'gap' THEN '空白' WHEN 'outside' THEN '越界'
    WHEN 'households' THEN '户数' WHEN 'staffing' THEN '人员配备' WHEN 'notice' THEN '上岗公示' WHEN 'admission' THEN '准入清单' ELSE p.kind END,
  p.amount, p.detail, p.as_of
FROM gov.grid_problem p
LEFT JOIN gov.grid g ON g.code = p.grid
LEFT JOIN gov.division a ON a.code = p.grid
LEFT JOIN gov.division v ON v.code = p.division
LEFT JOIN gov.division town ON town.code = left(p.grid, 9) AND length(p.grid) >= 9;

--- view gov.v_duty_roster | 在岗名册:谁在哪个区域以什么角色任职、承担哪些职责
CREATE VIEW gov.v_duty_roster (
  area, -- 区域代码
  area_name, -- 区域名称
  area_level, -- 层级:市、县、乡镇、村、网格、微网格
  county_name, -- 县(市、区)
  town_name, -- 乡镇(街道)
  role, -- 角色代码
  role_name, -- 角色
  staff_id, -- 人员编号
  name, -- 姓名
  phone, -- 电话
  full_time, -- 是否专职
  unit, -- 单位代码
  unit_name, -- 单位
  since, -- 任职开始(长期为空)
  until, -- 任职结束(长期为空)
  duties, -- 职责(最具体区域公布的清单)
  noticed -- 网格是否已上岗公示
) WITH (security_invoker = true) AS
WITH duty AS MATERIALIZED (
  SELECT d.area, d.role, string_agg(d.name, '、' ORDER BY d.list, length(d.code), d.code) AS names FROM gov.duty d WHERE d.list IN ('function', 'task') GROUP BY d.area, d.role
)
SELECT p.area, COALESCE(g.name, a.name),
  CASE length(p.area) WHEN 2 THEN '省' WHEN 4 THEN '市' WHEN 6 THEN '县(市、区)' WHEN 9 THEN '乡镇(街道)' WHEN 12 THEN '村(社区)' WHEN 15 THEN '网格' WHEN 17 THEN '微网格' END,
  county.name, town.name, p.role,
  CASE p.role WHEN 'grid_worker' THEN '网格员' WHEN 'grid_leader' THEN '网格长' WHEN 'party_secretary' THEN '网格党组织负责人' WHEN 'volunteer' THEN '志愿者'
    WHEN 'acceptor' THEN '受理员' WHEN 'dispatcher' THEN '派遣员' WHEN 'handler' THEN '承办人' WHEN 'unit_head' THEN '承办单位负责人' WHEN 'centre_head' THEN '中心负责人'
    WHEN 'supervisor' THEN '督办员' WHEN 'caller' THEN '回访员' WHEN 'police_officer' THEN '民警' WHEN 'auditor' THEN '审计员' ELSE p.role END,
  m.id, m.name, m.phone, p.full_time, p.unit, u.name, NULLIF(p.valid_from, '-infinity'), NULLIF(p.valid_to, 'infinity'),
  (SELECT d.names FROM duty d WHERE d.role = p.role AND starts_with(p.area, d.area) ORDER BY length(d.area) DESC LIMIT 1),
  n.grid IS NOT NULL
FROM gov.post p
JOIN gov.staff m ON m.id = p.staff_id AND m.active
LEFT JOIN gov.grid g ON g.code = p.area
LEFT JOIN gov.division a ON a.code = p.area
LEFT JOIN gov.division county ON county.code = left(p.area, 6) AND length(p.area) >= 6
LEFT JOIN gov.division town ON town.code = left(p.area, 9) AND length(p.area) >= 9
LEFT JOIN gov.department u ON u.code = p.unit
LEFT JOIN gov.notice n ON n.grid = p.area
WHERE p.valid_from <= now() AND p.valid_to > now();

--- view gov.v_worker_score | 网格员得分:每个周期每人一行,各项指标、得分与名次(读 close_period() 的结果)
CREATE VIEW gov.v_worker_score (
  period, -- 周期名称
  starts, -- 周期开始
  ends, -- 周期结束(不含)
  closed, -- 是否已关账
  staff_id, -- 人员编号
  name, -- 姓名
  area, -- 任职区域代码
  area_name, -- 任职区域
  town_name, -- 乡镇(街道)
  volume, -- 上报量完成率
  i1, -- 有效上报率
  i2, -- 按时处置率
  i3, -- 办结率
  i4, -- 按期结案率
  i5, -- 返工率
  i6, -- 退单率
  i7, -- 一次办结率
  i8, -- 满意率
  i9, -- 响应率
  i9_resolved, -- 解决率
  i10, -- 巡查达标率
  i11, -- 走访率
  i12, -- 漏报率
  i13, -- 平均处置时长(工作分钟)
  p_volume, -- 上报量得分
  p_i1, -- 有效上报率得分
  p_i2, -- 按时处置率得分
  p_i3, -- 办结率得分
  p_i5, -- 返工率得分
  p_i8, -- 满意率得分
  p_i10, -- 巡查得分
  p_i11, -- 走访得分
  bonus, -- 加分
  deductions, -- 扣分
  score, -- 总分(保留两位),无数据为空
  rank, -- 名次(同分同名次)
  as_of -- 计算时间
) WITH (security_invoker = true) AS
SELECT p.name, p.starts, p.ends, p.closed_at IS NOT NULL, m.id, m.name, z.area, z.area_name, z.town_name,
  z.volume, z.i1, z.i2, z.i3, z.i4, z.i5, z.i6, z.i7, z.i8, z.i9, z.i9_resolved, z.i10, z.i11, z.i12, z.i13,
  z.p_volume, z.p_i1, z.p_i2, z.p_i3, z.p_i5, z.p_i8, z.p_i10, z.p_i11, z.bonus, z.deductions, z.score, z.rank, z.as_of
FROM (
  SELECT s.period, s.staff_id, max(s.area) AS area, max(COALESCE(g.name, a.name)) AS area_name, max(town.name) AS town_name,
    max(s.value) FILTER (WHERE s.code = 'volume') AS volume, max(s.value) FILTER (WHERE s.code = 'I1') AS i1, max(s.value) FILTER (WHERE s.code = 'I2') AS i2,
    max(s.value) FILTER (WHERE s.code = 'I3') AS i3, max(s.value) FILTER (WHERE s.code = 'I4') AS i4, max(s.value) FILTER (WHERE s.code = 'I5') AS i5,
    max(s.value) FILTER (WHERE s.code = 'I6') AS i6, max(s.value) FILTER (WHERE s.code = 'I7') AS i7, max(s.value) FILTER (WHERE s.code = 'I8') AS i8,
    max(s.value) FILTER (WHERE s.code = 'I9') AS i9, max(s.value) FILTER (WHERE s.code = 'I9_resolved') AS i9_resolved, max(s.value) FILTER (WHERE s.code = 'I10') AS i10,
    max(s.value) FILTER (WHERE s.code = 'I11') AS i11, max(s.value) FILTER (WHERE s.code = 'I12') AS i12, max(s.value) FILTER (WHERE s.code = 'I13') AS i13,
    max(s.points) FILTER (WHERE s.code = 'volume') AS p_volume, max(s.points) FILTER (WHERE s.code = 'I1') AS p_i1, max(s.points) FILTER (WHERE s.code = 'I2') AS p_i2,
    max(s.points) FILTER (WHERE s.code = 'I3') AS p_i3, max(s.points) FILTER (WHERE s.code = 'I5') AS p_i5, max(s.points) FILTER (WHERE s.code = 'I8') AS p_i8,
    max(s.points) FILTER (WHERE s.code = 'I10') AS p_i10, max(s.points) FILTER (WHERE s.code = 'I11') AS p_i11,
    max(s.points) FILTER (WHERE s.code = 'bonus') AS bonus, max(s.points) FILTER (WHERE s.code = 'deductions') AS deductions,
    round((max(s.points) FILTER (WHERE s.code = 'score'))::numeric, 2)::double precision AS score,
    (max(s.value) FILTER (WHERE s.code = 'rank'))::integer AS rank, max(s.as_of) AS as_of
  FROM gov.score_period s
  LEFT JOIN gov.grid g ON g.code = s.area
  LEFT JOIN gov.division a ON a.code = s.area
  LEFT JOIN gov.division town ON town.code = left(s.area, 9) AND length(s.area) >= 9
  WHERE s.subject = 'worker'
  GROUP BY s.period, s.staff_id
) z
JOIN gov.period p ON p.id = z.period
JOIN gov.staff m ON m.id = z.staff_id;

--- view gov.v_unit_score | 单位得分:每个周期每个承办单位一行(读 close_period() 的结果)
CREATE VIEW gov.v_unit_score (
  period, -- 周期名称
  starts, -- 周期开始
  ends, -- 周期结束(不含)
  closed, -- 是否已关账
  unit, -- 单位代码
  unit_name, -- 单位
  area, -- 管辖区域代码
  i2, -- 按时处置率
  i3, -- 结案率
  i4, -- 按期结案率
  urgent_i3, -- 紧急事件结案率
  urgent_i4, -- 紧急事件按期结案率
  i5, -- 返工率
  i6, -- 退单率
  i7, -- 一次办结率
  i8, -- 满意率
  i9, -- 响应率
  i9_resolved, -- 解决率
  i13, -- 平均处置时长(工作分钟)
  p_i4, -- 按期结案率得分
  p_i3, -- 结案率得分
  p_urgent, -- 紧急事件得分
  p_i8, -- 满意率得分
  p_i6, -- 退单率得分
  p_base, -- 基础分
  bonus, -- 加分
  deductions, -- 扣分
  score, -- 总分(保留两位),无数据为空
  grade, -- 等次:优秀、良好、合格、不合格
  rank, -- 名次(同分同名次)
  as_of -- 计算时间
) WITH (security_invoker = true) AS
SELECT p.name, p.starts, p.ends, p.closed_at IS NOT NULL, d.code, d.name, z.area,
  z.i2, z.i3, z.i4, z.urgent_i3, z.urgent_i4, z.i5, z.i6, z.i7, z.i8, z.i9, z.i9_resolved, z.i13,
  z.p_i4, z.p_i3, z.p_urgent, z.p_i8, z.p_i6, z.p_base, z.bonus, z.deductions, z.score,
  CASE z.grade WHEN 3 THEN '优秀' WHEN 2 THEN '良好' WHEN 1 THEN '合格' WHEN 0 THEN '不合格' END, z.rank, z.as_of
FROM (
  SELECT s.period, s.unit, max(s.area) AS area,
    max(s.value) FILTER (WHERE s.code = 'I2') AS i2, max(s.value) FILTER (WHERE s.code = 'I3') AS i3, max(s.value) FILTER (WHERE s.code = 'I4') AS i4,
    max(s.value) FILTER (WHERE s.code = 'urgent_I3') AS urgent_i3, max(s.value) FILTER (WHERE s.code = 'urgent_I4') AS urgent_i4,
    max(s.value) FILTER (WHERE s.code = 'I5') AS i5, max(s.value) FILTER (WHERE s.code = 'I6') AS i6, max(s.value) FILTER (WHERE s.code = 'I7') AS i7,
    max(s.value) FILTER (WHERE s.code = 'I8') AS i8, max(s.value) FILTER (WHERE s.code = 'I9') AS i9, max(s.value) FILTER (WHERE s.code = 'I9_resolved') AS i9_resolved,
    max(s.value) FILTER (WHERE s.code = 'I13') AS i13,
    max(s.points) FILTER (WHERE s.code = 'I4') AS p_i4, max(s.points) FILTER (WHERE s.code = 'I3') AS p_i3,
    sum(s.points) FILTER (WHERE s.code IN ('urgent_I3', 'urgent_I4')) AS p_urgent, max(s.points) FILTER (WHERE s.code = 'I8') AS p_i8,
    max(s.points) FILTER (WHERE s.code = 'I6') AS p_i6, max(s.points) FILTER (WHERE s.code = 'base') AS p_base,
    max(s.points) FILTER (WHERE s.code = 'bonus') AS bonus, max(s.points) FILTER (WHERE s.code = 'deductions') AS deductions,
    round((max(s.points) FILTER (WHERE s.code = 'score'))::numeric, 2)::double precision AS score,
    (max(s.value) FILTER (WHERE s.code = 'grade'))::integer AS grade, (max(s.value) FILTER (WHERE s.code = 'rank'))::integer AS rank, max(s.as_of) AS as_of
  FROM gov.score_period s
  WHERE s.subject = 'unit'
  GROUP BY s.period, s.unit
) z
JOIN gov.period p ON p.id = z.period
JOIN gov.department d ON d.code = z.unit;

--- view gov.v_department_performance | 单位办理月报:每单位每月一行(按截止日归期;派遣按交办日;读单位日汇总)
CREATE VIEW gov.v_department_performance (
  month, -- 月份 YYYY-MM
  unit, -- 单位代码
  unit_name, -- 单位
  kind, -- 单位类别
  area, -- 管辖区域代码
  dispatch, -- 派遣数(按交办日)
  need_dispose, -- 应处置数(不含挂账)
  dispose, -- 处置数
  in_time_dispose, -- 按期处置数
  overtime_dispose, -- 超期处置数
  overtime_to_dispose, -- 超期未处置数
  in_time_dispose_rate, -- 按期处置率 0-1
  return, -- 退单数
  return_rate, -- 退单率 0-1
  archive, -- 结案数
  rework, -- 返工案件数
  rework_rate, -- 返工率 0-1(占处置数)
  extension_count, -- 延期次数
  suspend_count, -- 挂账次数
  appeal_approved, -- 申诉成立案件数(超时豁免)
  evaluated, -- 已评价数
  satisfied, -- 满意与基本满意数
  satisfied_rate, -- 满意率 0-1
  dispose_minutes_avg, -- 平均处置时长(工作分钟)
  as_of -- 汇总时间(最早)
) WITH (security_invoker = true) AS
SELECT to_char(s.day, 'YYYY-MM'), d.code, d.name, d.kind, d.area,
  sum(s.dispatched), sum(s.due), sum(s.feedback), sum(s.on_time), sum(s.overdue - s.overdue_open), sum(s.overdue_open), sum(s.on_time)::double precision / NULLIF(sum(s.due), 0),
  sum(s.returned), sum(s.returned)::double precision / NULLIF(sum(s.dispatched), 0), sum(s.closed),
  sum(s.reworked), sum(s.reworked)::double precision / NULLIF(sum(s.feedback), 0), sum(s.extensions), sum(s.suspensions), sum(s.exempt),
  sum(s.evaluated), sum(s.satisfied), sum(s.satisfied)::double precision / NULLIF(sum(s.evaluated), 0),
  sum(s.used_minutes) / NULLIF(sum(s.used_rows), 0), min(s.as_of)
FROM gov.summary_unit s
JOIN gov.department d ON d.code = s.unit
GROUP BY to_char(s.day, 'YYYY-MM'), d.code, d.name, d.kind, d.area;

--- view gov.v_hotspot | 热点:近30日同一网格(未定位则为乡镇)同一事项多次上报之处(读 refresh_summary() 的结果)
CREATE VIEW gov.v_hotspot (
  rank, -- 名次(按近30日上报数)
  area, -- 网格(或区域)代码
  area_name, -- 网格(或区域)
  county_name, -- 县(市、区)
  town_name, -- 乡镇(街道)
  category, -- 六类之一
  item, -- 事项代码
  item_name, -- 事项名称
  report, -- 近30日上报数
  report_before, -- 前30日上报数
  rise, -- 增加数
  rise_rate, -- 增长率,前期为零则为空
  open_events, -- 其中尚未结案数
  lon, -- 平均经度
  lat, -- 平均纬度
  since, -- 统计起(含)
  until, -- 统计止(不含)
  as_of -- 汇总时间
) WITH (security_invoker = true) AS
SELECT rank() OVER (ORDER BY h.reported DESC), h.area, COALESCE(g.name, a.name), county.name, town.name, h.category, h.item, c.name,
  h.reported, h.reported_before, h.reported - h.reported_before, (h.reported - h.reported_before)::double precision / NULLIF(h.reported_before, 0),
  h.open_events, h.lon, h.lat, h.since, h.until, h.as_of
FROM gov.hotspot h
LEFT JOIN gov.grid g ON g.code = h.area
LEFT JOIN gov.division a ON a.code = h.area
LEFT JOIN gov.division county ON county.code = left(h.area, 6) AND length(h.area) >= 6
LEFT JOIN gov.division town ON town.code = left(h.area, 9) AND length(h.area) >= 9
LEFT JOIN gov.catalogue c ON c.code = h.item;

--- view gov.v_alert | 预警:黄牌、红牌及其事件
CREATE VIEW gov.v_alert (
  id, -- 预警编号
  event_id, -- 事件编号
  case_no, -- 案件编号
  clock, -- 时钟代码:stage、handling
  clock_name, -- 时钟:环节、处置
  round, -- 轮次
  colour, -- 档:黄、红
  due_at, -- 截止时刻
  at, -- 应报时间
  raised_at, -- 报出时间
  seen_at, -- 已阅时间
  state, -- 报出时状态代码
  state_name, -- 报出时状态
  open, -- 事件现在是否在办
  category, -- 六类之一
  area, -- 区域代码
  county_name, -- 县(市、区)
  town_name, -- 乡镇(街道)
  unit, -- 主办单位代码
  unit_name, -- 主办单位
  person, -- 主办人员编号
  person_name -- 主办人员
) WITH (security_invoker = true) AS
SELECT a.id, a.event_id, e.case_no, a.clock, CASE a.clock WHEN 'stage' THEN '环节' ELSE '处置' END, a.round, CASE a.rung WHEN 'red' THEN '红' ELSE '黄' END,
  a.due_at, a.at, a.raised_at, a.seen_at, a.state, was.name, is_now.open, e.category, a.area, county.name, town.name, a.unit, unit.name, a.person, person.name
FROM gov.alert a
JOIN gov.event e ON e.id = a.event_id
LEFT JOIN gov.workflow_state was ON was.workflow = e.workflow AND was.state = a.state
LEFT JOIN gov.workflow_state is_now ON is_now.workflow = e.workflow AND is_now.state = e.state
LEFT JOIN gov.division county ON county.code = left(a.area, 6) AND length(a.area) >= 6
LEFT JOIN gov.division town ON town.code = left(a.area, 9) AND length(a.area) >= 9
LEFT JOIN gov.department unit ON unit.code = a.unit
LEFT JOIN gov.staff person ON person.id = a.person;

--- view gov.v_review_queue | 待人工处理:在办事件中分类没有把握或未能定位的
CREATE VIEW gov.v_review_queue (
  event_id, -- 事件编号
  case_no, -- 案件编号
  reason, -- 原因:分类待复核、未定位、两者
  source, -- 来源代码
  source_name, -- 来源
  body, -- 诉求原文
  category, -- 机器分类
  item, -- 事项代码
  item_name, -- 事项名称
  probability, -- 分类概率
  margin, -- 与第二类的差距
  state_name, -- 状态
  area, -- 区域代码
  county_name, -- 县(市、区)
  town_name, -- 乡镇(街道)
  lon, -- 经度
  lat, -- 纬度
  reported_at, -- 上报时间
  waiting_minutes -- 已等待的自然分钟数
) WITH (security_invoker = true) AS
SELECT e.id, e.case_no,
  CASE WHEN e.grid IS NOT NULL THEN '分类待复核' WHEN e.needs_review THEN '分类待复核、未定位' ELSE '未定位' END,
  e.source, CASE e.source WHEN 'grid' THEN '网格上报' WHEN 'citizen' THEN '群众上报' WHEN '12345' THEN '12345 热线' WHEN '110' THEN '110 非警务警情'
    WHEN 'department' THEN '部门转办' WHEN 'iot' THEN '物联感知' WHEN 'app' THEN '小程序' WHEN 'letter' THEN '信访' ELSE e.source END,
  e.body, e.category, e.item, c.name, e.probability, e.margin, s.name, e.area, county.name, town.name, st_x(e.location), st_y(e.location),
  e.reported_at, (extract(epoch FROM now() - e.reported_at) / 60)::double precision
FROM gov.event e
JOIN gov.workflow_state s ON s.workflow = e.workflow AND s.state = e.state AND s.open
LEFT JOIN gov.catalogue c ON c.code = e.item
LEFT JOIN gov.division county ON county.code = left(e.area, 6) AND length(e.area) >= 6
LEFT JOIN gov.division town ON town.code = left(e.area, 9) AND length(e.area) >= 9
WHERE e.state NOT IN ('cancelled', 'closed', 'evaluated', 'forced_closed', 'merged', 'not_accepted') AND (e.needs_review OR e.grid IS NULL);

--- view gov.v_calendar | 工作日历:有效期与余日;到期前六十天 ends_soon 为真,届时须装入下一年的节假日
CREATE VIEW gov.v_calendar (
  id, -- 日历编号
  area, -- 适用区域代码
  name, -- 日历名称
  title, -- 中文名
  hours, -- 日历内容
  valid_from, -- 有效期起,空为不限
  valid_to, -- 有效期止,空为不限
  days_left, -- 距到期的天数
  ends_soon, -- 六十天内到期
  provisional_events, -- 截止时刻为暂定的在办事件数
  changed_at -- 最近修改时间
) WITH (security_invoker = true) AS
SELECT c.id, c.area, c.name, c.title, c.text, c.valid[1]::date, c.valid[2]::date, c.valid[2]::date - current_date, COALESCE(c.valid[2]::date < current_date + 60, false),
  (SELECT count(*) FROM gov.event e WHERE e.handling_calendar = c.id AND e.due_provisional AND e.handling_stopped_at IS NULL
    AND e.state NOT IN ('cancelled', 'closed', 'evaluated', 'forced_closed', 'not_accepted')),
  c.changed_at
FROM (SELECT k.*, k.hours::text AS text, regexp_match(k.hours::text, '; valid (\d+-\d\d-\d\d)/(\d+-\d\d-\d\d)$') AS valid FROM gov.calendar k) c;
