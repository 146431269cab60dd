CREATE TABLE grid_gov.ref_level (
  level smallint PRIMARY KEY,
  digits smallint NOT NULL,
  code text COLLATE "C" NOT NULL,
  name text NOT NULL
);
COMMENT ON TABLE grid_gov.ref_level IS '参考:区划层级与代码位数';
COMMENT ON COLUMN grid_gov.ref_level.level IS '层级:1省 2市 3县 4乡镇 5村社 6网格 7微网格';
COMMENT ON COLUMN grid_gov.ref_level.digits IS '代码位数(去掉末尾的零)';
COMMENT ON COLUMN grid_gov.ref_level.code IS '层级的英文代码,与 gov.event.level 相同';
COMMENT ON COLUMN grid_gov.ref_level.name IS '名称';
--@ ref levels.csv grid_gov.ref_level

CREATE TABLE grid_gov.ref_role (
  role text COLLATE "C" PRIMARY KEY,
  name text NOT NULL,
  note text,
  needs_post boolean NOT NULL,
  ord smallint NOT NULL
);
COMMENT ON TABLE grid_gov.ref_role IS '参考:流程中的角色,13 种任职角色加诉求人与系统';
COMMENT ON COLUMN grid_gov.ref_role.role IS '角色代码';
COMMENT ON COLUMN grid_gov.ref_role.name IS '角色名称';
COMMENT ON COLUMN grid_gov.ref_role.note IS '职责说明';
COMMENT ON COLUMN grid_gov.ref_role.needs_post IS '是否须在 gov.post 中任职';
COMMENT ON COLUMN grid_gov.ref_role.ord IS '顺序';
--@ ref roles.csv grid_gov.ref_role

CREATE TABLE grid_gov.ref_source_kind (
  source text COLLATE "C" PRIMARY KEY,
  name text NOT NULL
);
COMMENT ON TABLE grid_gov.ref_source_kind IS '参考:事件来源';
COMMENT ON COLUMN grid_gov.ref_source_kind.source IS '来源代码,与 gov.event.source 相同';
COMMENT ON COLUMN grid_gov.ref_source_kind.name IS '来源名称';
--@ ref sources.csv grid_gov.ref_source_kind

CREATE TABLE grid_gov.ref_state (
  state text COLLATE "C" PRIMARY KEY,
  name text NOT NULL,
  ord integer NOT NULL,
  stage text,
  open boolean NOT NULL,
  paused boolean NOT NULL,
  terminal boolean NOT NULL
);
COMMENT ON TABLE grid_gov.ref_state IS '参考:默认流程的 18 个状态';
COMMENT ON COLUMN grid_gov.ref_state.state IS '状态代码';
COMMENT ON COLUMN grid_gov.ref_state.name IS '状态名称';
COMMENT ON COLUMN grid_gov.ref_state.ord IS '顺序';
COMMENT ON COLUMN grid_gov.ref_state.stage IS '对外环节';
COMMENT ON COLUMN grid_gov.ref_state.open IS '是否在办';
COMMENT ON COLUMN grid_gov.ref_state.paused IS '是否停表';
COMMENT ON COLUMN grid_gov.ref_state.terminal IS '是否终态';
--@ ref states.csv grid_gov.ref_state

CREATE TABLE grid_gov.ref_transition (
  id text COLLATE "C" PRIMARY KEY,
  from_states text COLLATE "C" NOT NULL,
  to_state text COLLATE "C" NOT NULL,
  action text COLLATE "C" NOT NULL,
  label text NOT NULL,
  roles text COLLATE "C" NOT NULL,
  relation text COLLATE "C" NOT NULL,
  needs_note boolean NOT NULL,
  needs_args text COLLATE "C",
  guards text COLLATE "C",
  effects text COLLATE "C",
  source text
);
COMMENT ON TABLE grid_gov.ref_transition IS '参考:默认流程的 59 个步骤(58 个动作,展开为 187 个单步)';
COMMENT ON COLUMN grid_gov.ref_transition.id IS '步骤编号';
COMMENT ON COLUMN grid_gov.ref_transition.from_states IS '起始状态:(new)、(open) 或以竖线分隔的状态';
COMMENT ON COLUMN grid_gov.ref_transition.to_state IS '到达状态:(same)、(before) 或状态';
COMMENT ON COLUMN grid_gov.ref_transition.action IS '动作代码';
COMMENT ON COLUMN grid_gov.ref_transition.label IS '动作名称';
COMMENT ON COLUMN grid_gov.ref_transition.roles IS '可执行的角色,以竖线分隔';
COMMENT ON COLUMN grid_gov.ref_transition.relation IS '角色与事件的关系:一个,或与角色逐一对应';
COMMENT ON COLUMN grid_gov.ref_transition.needs_note IS '是否必须说明理由';
COMMENT ON COLUMN grid_gov.ref_transition.needs_args IS '必填参数:竖线分隔为全部,斜线分隔为至少其一';
COMMENT ON COLUMN grid_gov.ref_transition.guards IS '前置条件,以竖线分隔';
COMMENT ON COLUMN grid_gov.ref_transition.effects IS '附带效果,以竖线分隔';
COMMENT ON COLUMN grid_gov.ref_transition.source IS '依据';
--@ ref transitions.csv grid_gov.ref_transition

CREATE TABLE grid_gov.ref_workflow_auto (
  action text COLLATE "C" PRIMARY KEY,
  after text COLLATE "C" NOT NULL,
  except_source text COLLATE "C",
  basis text
);
COMMENT ON TABLE grid_gov.ref_workflow_auto IS '参考:默认流程的自动步骤';
COMMENT ON COLUMN grid_gov.ref_workflow_auto.action IS '动作';
COMMENT ON COLUMN grid_gov.ref_workflow_auto.after IS '停留时间(时限写法)';
COMMENT ON COLUMN grid_gov.ref_workflow_auto.except_source IS '不适用的来源';
COMMENT ON COLUMN grid_gov.ref_workflow_auto.basis IS '依据';
--@ ref workflow_auto.csv grid_gov.ref_workflow_auto

CREATE TABLE grid_gov.ref_catalogue (
  code text COLLATE "C" PRIMARY KEY,
  category text NOT NULL,
  name text NOT NULL,
  typical text,
  allow text COLLATE "C" NOT NULL,
  first_level text COLLATE "C" NOT NULL,
  urgent boolean NOT NULL,
  low_risk boolean NOT NULL,
  department_duty boolean NOT NULL,
  department_hint text,
  limit_source text NOT NULL
);
COMMENT ON TABLE grid_gov.ref_catalogue IS '参考:事件目录,六类 137 项,每个时限都注明出处';
COMMENT ON COLUMN grid_gov.ref_catalogue.code IS '事项代码:前两位大类、后两位小类';
COMMENT ON COLUMN grid_gov.ref_catalogue.category IS '六类之一';
COMMENT ON COLUMN grid_gov.ref_catalogue.name IS '事项名称';
COMMENT ON COLUMN grid_gov.ref_catalogue.typical IS '典型情形,以斜线分隔';
COMMENT ON COLUMN grid_gov.ref_catalogue.allow IS '处置时限(时限写法)';
COMMENT ON COLUMN grid_gov.ref_catalogue.first_level IS '首办层级';
COMMENT ON COLUMN grid_gov.ref_catalogue.urgent IS '是否紧急事项';
COMMENT ON COLUMN grid_gov.ref_catalogue.low_risk IS '低风险,可免现场核查';
COMMENT ON COLUMN grid_gov.ref_catalogue.department_duty IS '部门职责,不得下派属地';
COMMENT ON COLUMN grid_gov.ref_catalogue.department_hint IS '建议承办部门';
COMMENT ON COLUMN grid_gov.ref_catalogue.limit_source IS '时限依据';
--@ ref catalogue.csv grid_gov.ref_catalogue

CREATE TABLE grid_gov.ref_holiday (
  day date PRIMARY KEY,
  kind text COLLATE "C" NOT NULL CHECK (kind IN ('holiday', 'makeup_workday')),
  name text NOT NULL
);
COMMENT ON TABLE grid_gov.ref_holiday IS '参考:国务院办公厅公布的节假日与调休上班日(2018-2026)';
COMMENT ON COLUMN grid_gov.ref_holiday.day IS '日期';
COMMENT ON COLUMN grid_gov.ref_holiday.kind IS 'holiday 放假,makeup_workday 调休上班';
COMMENT ON COLUMN grid_gov.ref_holiday.name IS '节日名称';
--@ ref holidays.csv grid_gov.ref_holiday

CREATE TABLE grid_gov.ref_stage_limit (
  state text COLLATE "C" NOT NULL,
  urgent boolean NOT NULL,
  allow text COLLATE "C" NOT NULL,
  basis text,
  PRIMARY KEY (state, urgent)
);
COMMENT ON TABLE grid_gov.ref_stage_limit IS '参考:环节时限与任务时限';
COMMENT ON COLUMN grid_gov.ref_stage_limit.state IS '状态;任务时限为 task:callback、task:whistle';
COMMENT ON COLUMN grid_gov.ref_stage_limit.urgent IS '是否紧急事件的时限';
COMMENT ON COLUMN grid_gov.ref_stage_limit.allow IS '时限(时限写法)';
COMMENT ON COLUMN grid_gov.ref_stage_limit.basis IS '依据';
--@ ref stage_limits.csv grid_gov.ref_stage_limit

CREATE TABLE grid_gov.ref_handling_limit (
  source text COLLATE "C",
  item text COLLATE "C",
  urgent boolean,
  allow text COLLATE "C" NOT NULL,
  calendar text COLLATE "C",
  basis text
);
COMMENT ON TABLE grid_gov.ref_handling_limit IS '参考:比事件目录更具体的处置时限';
COMMENT ON COLUMN grid_gov.ref_handling_limit.source IS '来源';
COMMENT ON COLUMN grid_gov.ref_handling_limit.item IS '事项代码';
COMMENT ON COLUMN grid_gov.ref_handling_limit.urgent IS '只适用于紧急(真)或非紧急(假)事件';
COMMENT ON COLUMN grid_gov.ref_handling_limit.allow IS '处置时限(时限写法)';
COMMENT ON COLUMN grid_gov.ref_handling_limit.calendar IS '使用的日历名称,空为 default';
COMMENT ON COLUMN grid_gov.ref_handling_limit.basis IS '依据';
--@ ref handling_limits.csv grid_gov.ref_handling_limit

CREATE TABLE grid_gov.ref_score_rule (
  subject text COLLATE "C" NOT NULL,
  code text COLLATE "C" NOT NULL,
  name text NOT NULL,
  kind text COLLATE "C" NOT NULL,
  points double precision NOT NULL,
  full_at double precision,
  zero_at double precision,
  basis text,
  PRIMARY KEY (subject, code)
);
COMMENT ON TABLE grid_gov.ref_score_rule IS '参考:考核规则,网格员与单位的权重、加分、扣分与参数';
COMMENT ON COLUMN grid_gov.ref_score_rule.subject IS '对象:worker 网格员、unit 单位';
COMMENT ON COLUMN grid_gov.ref_score_rule.code IS '指标代码';
COMMENT ON COLUMN grid_gov.ref_score_rule.name IS '指标名称';
COMMENT ON COLUMN grid_gov.ref_score_rule.kind IS 'weight 权重、bonus 加分、deduction 扣分、parameter 参数';
COMMENT ON COLUMN grid_gov.ref_score_rule.points IS '分值(参数则为其值)';
COMMENT ON COLUMN grid_gov.ref_score_rule.full_at IS '满分线:达到即得满分';
COMMENT ON COLUMN grid_gov.ref_score_rule.zero_at IS '零分线:到此为零分,两线之间按直线折算';
COMMENT ON COLUMN grid_gov.ref_score_rule.basis IS '依据';
--@ ref score_rules.csv grid_gov.ref_score_rule

CREATE TABLE grid_gov.ref_duty (
  area text COLLATE "C",
  list text COLLATE "C" NOT NULL,
  code text COLLATE "C" NOT NULL,
  name text NOT NULL,
  basis text,
  PRIMARY KEY (list, code)
);
COMMENT ON TABLE grid_gov.ref_duty IS '参考:94682 清单(九项职能、四项任务、六类事件)与滨州的两份活动清单;八十二项准入事项未见全文,不编造';
COMMENT ON COLUMN grid_gov.ref_duty.area IS '只适用于此区域(空为各地通用)';
COMMENT ON COLUMN grid_gov.ref_duty.list IS 'function 职能、task 任务、category 事件类别、activity 地方清单';
COMMENT ON COLUMN grid_gov.ref_duty.code IS '序号';
COMMENT ON COLUMN grid_gov.ref_duty.name IS '名称';
COMMENT ON COLUMN grid_gov.ref_duty.basis IS '依据';
--@ ref duties.csv grid_gov.ref_duty

CREATE TABLE grid_gov.ref_admission (
  item text COLLATE "C" PRIMARY KEY,
  name text NOT NULL,
  department text,
  basis text
);
COMMENT ON TABLE grid_gov.ref_admission IS '参考:网格事项准入清单。82 项原文未见公开,故为空,由各地填入 gov.admission。程序(滨州条例第10条):部门向同级网格化服务管理机构申请,经批准列入并公布清单;清单外事项不得交办网格员;紧急临时准入须经同意并定明到期日;变更须评估并重新公布;情况变化时退出。谁下沉职责谁下沉经费资源,谁使用队伍谁开展培训';
COMMENT ON COLUMN grid_gov.ref_admission.item IS '事项代码';
COMMENT ON COLUMN grid_gov.ref_admission.name IS '准入事项名称';
COMMENT ON COLUMN grid_gov.ref_admission.department IS '申请准入的部门';
COMMENT ON COLUMN grid_gov.ref_admission.basis IS '依据';

CREATE TABLE grid_gov.ref_object (
  ord integer PRIMARY KEY,
  kind text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  ddl text NOT NULL,
  UNIQUE (kind, name)
);
COMMENT ON TABLE grid_gov.ref_object IS '参考:城市模式 gov 的对象定义,由 setup() 依次执行';
COMMENT ON COLUMN grid_gov.ref_object.ord IS '执行顺序';
COMMENT ON COLUMN grid_gov.ref_object.kind IS '类别:table、index、view、trigger、policy';
COMMENT ON COLUMN grid_gov.ref_object.name IS '名称(含模式)';
COMMENT ON COLUMN grid_gov.ref_object.ddl IS '定义';
--@ gov grid_gov.ref_object
