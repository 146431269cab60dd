-- The public contract of grid_gov: every type, function, trigger function, table column and view column, as the catalog has it.
-- Bodies, constraints and defaults of columns are left out; doc/*.md explain. Names, order and types never change, things are only added.
-- Print it from a database: make contract. test/sql/contract.sql compares.

-- 类型
CREATE TYPE grid_gov.text_model;
CREATE TYPE grid_gov.time_limit;
CREATE TYPE grid_gov.work_calendar;

-- 函数
CREATE FUNCTION grid_gov.act(event bigint, action text, note text DEFAULT NULL::text, args jsonb DEFAULT '{}'::jsonb, expect_seq integer DEFAULT NULL::integer) RETURNS text VOLATILE;
CREATE FUNCTION grid_gov.activate_model(id bigint, force boolean DEFAULT false) RETURNS TABLE(measure text, before double precision, after double precision) VOLATILE;
CREATE FUNCTION grid_gov.add_holidays(year integer, holidays date[], holiday_names text[] DEFAULT '{}'::text[], makeup_days date[] DEFAULT '{}'::date[], makeup_names text[] DEFAULT '{}'::text[], area text DEFAULT NULL::text, dry_run boolean DEFAULT false) RETURNS TABLE(severity text, day date, problem text) VOLATILE;
CREATE FUNCTION grid_gov.allowed_actions(event bigint) RETURNS TABLE(action text, label text, to_state text, roles text, needs_note boolean, needs_args text, why_not text) VOLATILE;
CREATE FUNCTION grid_gov.canonical_code(code text) RETURNS text IMMUTABLE;
CREATE FUNCTION grid_gov.check_grids() RETURNS integer VOLATILE;
CREATE FUNCTION grid_gov.check_setup() RETURNS TABLE(problem text, detail text, hint text) VOLATILE;
CREATE FUNCTION grid_gov.check_workflow(name text DEFAULT NULL::text) RETURNS TABLE(workflow text, step text, severity text, problem text) VOLATILE;
CREATE FUNCTION grid_gov.classify(body text) RETURNS text STABLE;
CREATE FUNCTION grid_gov.classify(body text, model grid_gov.text_model) RETURNS text STABLE;
CREATE FUNCTION grid_gov.classify_detail(body text, OUT category text, OUT probability double precision, OUT margin double precision, OUT needs_review boolean, OUT model bigint) RETURNS record STABLE;
CREATE FUNCTION grid_gov.classify_detail(body text, model grid_gov.text_model, OUT label text, OUT probability double precision, OUT margin double precision, OUT needs_review boolean) RETURNS record STABLE;
CREATE FUNCTION grid_gov.classify_top(body text) RETURNS TABLE(category text, probability double precision) STABLE;
CREATE FUNCTION grid_gov.close_period(name text) RETURNS integer VOLATILE;
CREATE FUNCTION grid_gov.code_ancestor(code text, level integer) RETURNS text IMMUTABLE;
CREATE FUNCTION grid_gov.code_level(code text) RETURNS integer IMMUTABLE;
CREATE FUNCTION grid_gov.code_parent(code text) RETURNS text IMMUTABLE;
CREATE FUNCTION grid_gov.deadline(start timestamp with time zone, allow grid_gov.time_limit, hours grid_gov.work_calendar) RETURNS timestamp with time zone IMMUTABLE;
CREATE FUNCTION grid_gov.evaluate_model(model grid_gov.text_model DEFAULT NULL::grid_gov.text_model) RETURNS TABLE(kind text, label text, other text, value double precision) STABLE;
CREATE FUNCTION grid_gov.evaluate_model(model grid_gov.text_model, bodies text[], labels text[], alts text[] DEFAULT NULL::text[]) RETURNS TABLE(kind text, label text, other text, value double precision) STABLE;
CREATE FUNCTION grid_gov.explain_classification(body text) RETURNS TABLE(evidence text, category text, weight double precision) STABLE;
CREATE FUNCTION grid_gov.explain_deadline(start timestamp with time zone, allow grid_gov.time_limit, hours grid_gov.work_calendar, OUT day date, OUT kind text, OUT label text, OUT opens timestamp with time zone, OUT closes timestamp with time zone, OUT used interval, OUT remaining interval) RETURNS SETOF record IMMUTABLE;
CREATE FUNCTION grid_gov.explain_event_deadline(event bigint) RETURNS TABLE(ord integer, at timestamp with time zone, what text, detail text, due_at timestamp with time zone) STABLE;
CREATE FUNCTION grid_gov.explain_score(staff_id bigint, since date, until date) RETURNS TABLE(code text, name text, numerator double precision, denominator double precision, value double precision, weight double precision, points double precision, evidence text) STABLE;
CREATE FUNCTION grid_gov.find_duplicates(event bigint, within_m double precision DEFAULT 200, within_days integer DEFAULT 7, min_similarity double precision DEFAULT 0.6) RETURNS TABLE(event bigint, distance_m double precision, days double precision, similarity double precision, same_item boolean, rank integer) STABLE;
CREATE FUNCTION grid_gov.from_wgs84(point geometry, frame text) RETURNS geometry IMMUTABLE;
CREATE FUNCTION grid_gov.grant_access(role regrole, persona text, area text DEFAULT NULL::text) RETURNS TABLE(kind text, object text, action text, detail text) VOLATILE;
CREATE FUNCTION grid_gov.hand_over_tasks(from_staff bigint, to_staff bigint, note text) RETURNS integer VOLATILE;
CREATE FUNCTION grid_gov.holiday_rules(since date DEFAULT NULL::date, until date DEFAULT NULL::date) RETURNS text STABLE;
CREATE FUNCTION grid_gov.import_events(staging regclass) RETURNS bigint VOLATILE;
CREATE FUNCTION grid_gov.inside_root(point geometry, frame text DEFAULT 'cgcs2000'::text) RETURNS boolean STABLE;
CREATE FUNCTION grid_gov.is_open(at timestamp with time zone, hours grid_gov.work_calendar) RETURNS boolean IMMUTABLE;
CREATE FUNCTION grid_gov.journal_digest(day date) RETURNS bytea VOLATILE;
CREATE FUNCTION grid_gov.library_version() RETURNS text STABLE;
CREATE FUNCTION grid_gov.locate(point geometry, frame text DEFAULT 'cgcs2000'::text) RETURNS text STABLE;
CREATE FUNCTION grid_gov.locate_detail(point geometry, frame text DEFAULT 'cgcs2000'::text, OUT grid text, OUT how text, OUT distance_m double precision) RETURNS record STABLE;
CREATE FUNCTION grid_gov.locate_many(points geometry[], frame text DEFAULT 'cgcs2000'::text) RETURNS TABLE(ord integer, grid text, how text, distance_m double precision) STABLE;
CREATE FUNCTION grid_gov.model_info(model grid_gov.text_model) RETURNS text IMMUTABLE;
CREATE FUNCTION grid_gov.model_labels(model grid_gov.text_model) RETURNS text[] IMMUTABLE;
CREATE FUNCTION grid_gov.next_open(at timestamp with time zone, hours grid_gov.work_calendar) RETURNS timestamp with time zone IMMUTABLE;
CREATE FUNCTION grid_gov.normalize_report(body text) RETURNS text IMMUTABLE;
CREATE FUNCTION grid_gov.open_period(name text, starts date, ends date) RETURNS bigint VOLATILE;
CREATE FUNCTION grid_gov.parse_limit(body text, profile text) RETURNS grid_gov.time_limit IMMUTABLE;
CREATE FUNCTION grid_gov.parse_limit_detail(body text, profile text, OUT allow grid_gov.time_limit, OUT problem text) RETURNS record IMMUTABLE;
CREATE FUNCTION grid_gov.project_deadline(start timestamp with time zone, allow grid_gov.time_limit, hours grid_gov.work_calendar, paused tstzmultirange DEFAULT '{}'::tstzmultirange, OUT due timestamp with time zone, OUT due_day date, OUT provisional boolean) RETURNS record IMMUTABLE;
CREATE FUNCTION grid_gov.redact(log_id bigint, reason text) RETURNS void VOLATILE;
CREATE FUNCTION grid_gov.refresh_summary(since date, until date) RETURNS integer VOLATILE;
CREATE FUNCTION grid_gov.report(body text, location geometry DEFAULT NULL::geometry, source text DEFAULT 'grid'::text, external_id text DEFAULT NULL::text, area text DEFAULT NULL::text, item text DEFAULT NULL::text, urgent boolean DEFAULT NULL::boolean, frame text DEFAULT 'cgcs2000'::text, reporter_name text DEFAULT NULL::text, phone text DEFAULT NULL::text, address text DEFAULT NULL::text, args jsonb DEFAULT NULL::jsonb) RETURNS bigint VOLATILE;
CREATE FUNCTION grid_gov.report_batch(items jsonb) RETURNS TABLE(ord integer, event bigint, code text, problem text) VOLATILE;
CREATE FUNCTION grid_gov.report_similarity(a text, b text) RETURNS double precision IMMUTABLE;
CREATE FUNCTION grid_gov.reseal(event bigint, reason text) RETURNS void VOLATILE;
CREATE FUNCTION grid_gov.retrain(name text, note text DEFAULT NULL::text) RETURNS TABLE(id bigint, measure text, before double precision, after double precision) VOLATILE;
CREATE FUNCTION grid_gov.revoke_access(role regrole) RETURNS TABLE(kind text, object text, action text, detail text) VOLATILE;
CREATE FUNCTION grid_gov.score_units(since date, until date, area text DEFAULT NULL::text) RETURNS TABLE(unit text, name text, unit_area text, cases double precision, i2 double precision, i3 double precision, i4 double precision, urgent_i3 double precision, urgent_i4 double precision, i5 double precision, i6 double precision, i7 double precision, i8 double precision, i9 double precision, i9_resolved double precision, i13 double precision, p_i4 double precision, p_i3 double precision, p_urgent_i3 double precision, p_urgent_i4 double precision, p_i8 double precision, p_i6 double precision, p_base double precision, bonus double precision, deductions double precision, score double precision, grade text, rank bigint) STABLE;
CREATE FUNCTION grid_gov.score_workers(since date, until date, area text DEFAULT NULL::text) RETURNS TABLE(staff_id bigint, name text, post_area text, reports double precision, volume double precision, i1 double precision, i2 double precision, i3 double precision, i4 double precision, i5 double precision, i6 double precision, i7 double precision, i8 double precision, i9 double precision, i9_resolved double precision, i10 double precision, i11 double precision, i12 double precision, i13 double precision, p_volume double precision, p_i1 double precision, p_i2 double precision, p_i3 double precision, p_i4 double precision, p_i5 double precision, p_i6 double precision, p_i7 double precision, p_i8 double precision, p_i9 double precision, p_i10 double precision, p_i11 double precision, p_i12 double precision, p_i13 double precision, bonus double precision, deductions double precision, score double precision, rank bigint) STABLE;
CREATE FUNCTION grid_gov.sees_area(area text, persona text DEFAULT NULL::text) RETURNS boolean STABLE;
CREATE FUNCTION grid_gov.sees_event(event bigint, persona text DEFAULT NULL::text) RETURNS boolean STABLE;
CREATE FUNCTION grid_gov.setup(root text, name text, owner regrole DEFAULT NULL::regrole, dry_run boolean DEFAULT false) RETURNS TABLE(kind text, object text, action text, detail text) VOLATILE;
CREATE FUNCTION grid_gov.standard_code(code text) RETURNS text IMMUTABLE;
CREATE FUNCTION grid_gov.suggest_items(body text, n integer DEFAULT 3) RETURNS TABLE(item text, probability double precision, name text, allow grid_gov.time_limit) STABLE;
CREATE FUNCTION grid_gov.sweep() RETURNS integer VOLATILE;
CREATE FUNCTION grid_gov.sweep_at(now timestamp with time zone) RETURNS integer VOLATILE;
CREATE FUNCTION grid_gov.time_limit_zh(allow grid_gov.time_limit) RETURNS text IMMUTABLE;
CREATE FUNCTION grid_gov.to_wgs84(point geometry, frame text) RETURNS geometry IMMUTABLE;
CREATE AGGREGATE grid_gov.train_text_model(body text, label text) RETURNS grid_gov.text_model;
CREATE FUNCTION grid_gov.verify_journal(since timestamp with time zone DEFAULT NULL::timestamp with time zone, until timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(event bigint, seq integer, problem text) STABLE;
CREATE FUNCTION grid_gov.verify_own_log(relation regclass DEFAULT NULL::regclass) RETURNS TABLE(relation text, key jsonb, seq integer, problem text) STABLE;
CREATE FUNCTION grid_gov.within(code text, area text) RETURNS boolean IMMUTABLE;
CREATE FUNCTION grid_gov.work_calendar_from(zone text, week text, holidays date[], holiday_names text[], makeup date[], makeup_names text[], valid_from date DEFAULT NULL::date, valid_to date DEFAULT NULL::date) RETURNS grid_gov.work_calendar IMMUTABLE;
CREATE FUNCTION grid_gov.work_spans(within tstzrange, hours grid_gov.work_calendar) RETURNS tstzmultirange IMMUTABLE;
CREATE FUNCTION grid_gov.work_time(since timestamp with time zone, until timestamp with time zone, hours grid_gov.work_calendar) RETURNS interval IMMUTABLE;
CREATE FUNCTION grid_gov.workflow_mermaid(name text) RETURNS text STABLE;

-- 触发器函数
CREATE FUNCTION grid_gov.announce_change() RETURNS trigger;
CREATE FUNCTION grid_gov.append_only() RETURNS trigger;
CREATE FUNCTION grid_gov.enforce_workflow() RETURNS trigger;
CREATE FUNCTION grid_gov.guard_event() RETURNS trigger;
CREATE FUNCTION grid_gov.guard_truncate() RETURNS trigger;
CREATE FUNCTION grid_gov.journal_event() RETURNS trigger;
CREATE FUNCTION grid_gov.journal_workflow() RETURNS trigger;
CREATE FUNCTION grid_gov.keep_calendar() RETURNS trigger;
CREATE FUNCTION grid_gov.queue_reprojection() RETURNS trigger;
CREATE FUNCTION grid_gov.warn_unknown_calendar() RETURNS trigger;
CREATE FUNCTION grid_gov.workflow_edited() RETURNS trigger;

-- 参考数据(只读)
CREATE TABLE grid_gov.ref_admission (
  item text,
  name text,
  department text,
  basis text
);

CREATE TABLE grid_gov.ref_catalogue (
  code text,
  category text,
  name text,
  typical text,
  allow text,
  first_level text,
  urgent boolean,
  low_risk boolean,
  department_duty boolean,
  department_hint text,
  limit_source text
);

CREATE TABLE grid_gov.ref_duty (
  area text,
  list text,
  code text,
  name text,
  basis text
);

CREATE TABLE grid_gov.ref_handling_limit (
  source text,
  item text,
  urgent boolean,
  allow text,
  calendar text,
  basis text
);

CREATE TABLE grid_gov.ref_holiday (
  day date,
  kind text,
  name text
);

CREATE TABLE grid_gov.ref_level (
  level smallint,
  digits smallint,
  code text,
  name text
);

CREATE TABLE grid_gov.ref_lexicon (
  word text,
  category text,
  weight real,
  note text
);

CREATE TABLE grid_gov.ref_model (
  kind text,
  model grid_gov.text_model,
  rows_used integer,
  note text
);

CREATE TABLE grid_gov.ref_object (
  ord integer,
  kind text,
  name text,
  ddl text
);

CREATE TABLE grid_gov.ref_report (
  id integer,
  label text,
  item text,
  style text,
  text text
);

CREATE TABLE grid_gov.ref_role (
  role text,
  name text,
  note text,
  needs_post boolean,
  ord smallint
);

CREATE TABLE grid_gov.ref_score_rule (
  subject text,
  code text,
  name text,
  kind text,
  points double precision,
  full_at double precision,
  zero_at double precision,
  basis text
);

CREATE TABLE grid_gov.ref_source_kind (
  source text,
  name text
);

CREATE TABLE grid_gov.ref_stage_limit (
  state text,
  urgent boolean,
  allow text,
  basis text
);

CREATE TABLE grid_gov.ref_state (
  state text,
  name text,
  ord integer,
  stage text,
  open boolean,
  paused boolean,
  terminal boolean
);

CREATE TABLE grid_gov.ref_transition (
  id text,
  from_states text,
  to_state text,
  action text,
  label text,
  roles text,
  relation text,
  needs_note boolean,
  needs_args text,
  guards text,
  effects text,
  source text
);

CREATE TABLE grid_gov.ref_workflow_auto (
  action text,
  after text,
  except_source text,
  basis text
);

-- 城市的表
CREATE TABLE gov.access (
  role text,
  persona text,
  area text,
  granted_at timestamp with time zone
);

CREATE TABLE gov.actor_proxy (
  login text,
  area text,
  may_report boolean,
  backdate_minutes integer
);

CREATE TABLE gov.admission (
  area text,
  item text,
  name text,
  department text,
  approved_on date,
  valid_to date,
  basis text
);

CREATE TABLE gov.alert (
  id bigint,
  event_id bigint,
  clock text,
  round integer,
  rung text,
  due_at timestamp with time zone,
  at timestamp with time zone,
  raised_at timestamp with time zone,
  state text,
  area text,
  unit text,
  person bigint,
  seen_at timestamp with time zone
);

CREATE TABLE gov.calendar (
  id bigint,
  area text,
  name text,
  title text,
  hours grid_gov.work_calendar,
  changed_at timestamp with time zone
);

CREATE TABLE gov.catalogue (
  code text,
  category text,
  name text,
  typical text,
  allow grid_gov.time_limit,
  first_level text,
  urgent boolean,
  low_risk boolean,
  department_duty boolean,
  department_hint text,
  limit_source text,
  active boolean
);

CREATE TABLE gov.department (
  code text,
  name text,
  area text,
  parent text,
  kind text,
  phone text,
  active boolean
);

CREATE TABLE gov.division (
  code text,
  name text,
  level smallint,
  parent text,
  kind text,
  valid_from date,
  valid_to date,
  successor text,
  boundary geometry(MultiPolygon,4490),
  lon double precision,
  lat double precision
);

CREATE TABLE gov.duty (
  area text,
  list text,
  code text,
  name text,
  role text,
  basis text
);

CREATE TABLE gov.event (
  id bigint,
  case_no text,
  workflow text,
  source text,
  external_id text,
  body text,
  location geometry(Point,4490),
  grid text,
  area text,
  level text,
  category text,
  item text,
  probability double precision,
  margin double precision,
  needs_review boolean,
  model bigint,
  urgent boolean,
  state text,
  entered_at timestamp with time zone,
  entered_by text,
  before_state text,
  before_by text,
  before_at timestamp with time zone,
  away bigint,
  reporter bigint,
  reported_at timestamp with time zone,
  accepted_at timestamp with time zone,
  dispatched_at timestamp with time zone,
  signed_at timestamp with time zone,
  feedback_at timestamp with time zone,
  closed_at timestamp with time zone,
  evaluated_at timestamp with time zone,
  unit text,
  person bigint,
  stage_allow text,
  stage_calendar bigint,
  stage_start timestamp with time zone,
  stage_units bigint,
  stage_extra bigint,
  stage_paused_at timestamp with time zone,
  stage_pauses timestamp with time zone[],
  stage_due_at timestamp with time zone,
  stage_due_day date,
  stage_provisional boolean,
  stage_round integer,
  handling_allow text,
  handling_calendar bigint,
  handling_start timestamp with time zone,
  handling_share integer,
  handling_extensions integer,
  handling_units bigint,
  handling_extra bigint,
  handling_paused_at timestamp with time zone,
  handling_pauses timestamp with time zone[],
  handling_stopped_at timestamp with time zone,
  handling_round integer,
  handling_unit text,
  due_at timestamp with time zone,
  due_day date,
  due_provisional boolean,
  held_clocks smallint,
  used_minutes double precision,
  extension_count integer,
  suspend_count integer,
  return_count integer,
  rework_count integer,
  reopen_count integer,
  urge_count integer,
  escalation_count integer,
  self_handled boolean,
  false_report boolean,
  supervised text,
  designated boolean,
  returned_unit text,
  forced boolean,
  timeout_exempt boolean,
  suspend_until timestamp with time zone,
  master_id bigint,
  satisfaction text,
  close_condition text,
  next_alert_at timestamp with time zone,
  next_auto_at timestamp with time zone,
  imported boolean,
  seq integer,
  last_action text,
  last_at timestamp with time zone,
  head bytea,
  action text,
  action_note text,
  action_args jsonb
);

CREATE TABLE gov.event_log (
  id bigint,
  event_id bigint,
  seq integer,
  at timestamp with time zone,
  recorded_at timestamp with time zone,
  action text,
  from_state text,
  to_state text,
  actor text,
  role text,
  outer_role text,
  session_role text,
  area text,
  unit text,
  due_at timestamp with time zone,
  stage_due_at timestamp with time zone,
  backdated boolean,
  imported boolean,
  note_digest bytea,
  facts_digest bytea,
  hash bytea
);

CREATE TABLE gov.event_note (
  event_id bigint,
  seq integer,
  note text,
  args jsonb,
  salt bytea,
  redacted_at timestamp with time zone,
  redacted_reason text
);

CREATE TABLE gov.event_private (
  event_id bigint,
  reporter_key text,
  reporter_name text,
  phone text,
  address text
);

CREATE TABLE gov.event_task (
  id bigint,
  event_id bigint,
  kind text,
  round integer,
  unit text,
  person bigint,
  area text,
  assigned_at timestamp with time zone,
  signed_at timestamp with time zone,
  allow text,
  due_at timestamp with time zone,
  due_day date,
  provisional boolean,
  done_at timestamp with time zone,
  outcome text,
  breach boolean,
  exempt boolean,
  used_minutes double precision,
  opened_seq integer,
  closed_seq integer
);

CREATE TABLE gov.grid (
  code text,
  name text,
  division text,
  kind text,
  households integer,
  population integer,
  boundary geometry(MultiPolygon,4490),
  lon double precision,
  lat double precision,
  phone text,
  police_area text,
  valid_from timestamp with time zone,
  valid_to timestamp with time zone
);

CREATE TABLE gov.grid_problem (
  grid text,
  division text,
  kind text,
  amount double precision,
  detail text,
  as_of timestamp with time zone
);

CREATE TABLE gov.handling_limit (
  id bigint,
  area text,
  source text,
  item text,
  urgent boolean,
  allow grid_gov.time_limit,
  calendar text,
  basis text
);

CREATE TABLE gov.hotspot (
  area text,
  category text,
  item text,
  reported integer,
  reported_before integer,
  open_events integer,
  lon double precision,
  lat double precision,
  since date,
  until date,
  as_of timestamp with time zone
);

CREATE TABLE gov.intake (
  source text,
  external_id text,
  event_id bigint,
  received_at timestamp with time zone,
  times integer
);

CREATE TABLE gov.journal_digest (
  day date,
  rows bigint,
  first_id bigint,
  last_id bigint,
  digest bytea,
  made_at timestamp with time zone
);

CREATE TABLE gov.labelled_report (
  id bigint,
  event_id bigint,
  body text,
  category text,
  item text,
  was text,
  labelled_at timestamp with time zone,
  labelled_by text
);

CREATE TABLE gov.lexicon (
  word text,
  category text,
  weight real,
  note text,
  active boolean
);

CREATE TABLE gov.merit (
  id bigint,
  subject text,
  staff_id bigint,
  unit text,
  code text,
  day date,
  times double precision,
  event_id bigint,
  note text
);

CREATE TABLE gov.meta (
  kind text,
  name text,
  value text,
  fingerprint text,
  version text,
  installed_at timestamp with time zone
);

CREATE TABLE gov.model (
  id bigint,
  name text,
  kind text,
  model grid_gov.text_model,
  active boolean,
  trained_at timestamp with time zone,
  rows_used integer,
  note text
);

CREATE TABLE gov.notice (
  grid text,
  posted_on date,
  worker_name text,
  worker_phone text,
  supervision_phone text
);

CREATE TABLE gov.own_log (
  id bigint,
  relation text,
  state_column text,
  key jsonb,
  seq integer,
  workflow text,
  at timestamp with time zone,
  recorded_at timestamp with time zone,
  action text,
  from_state text,
  to_state text,
  actor text,
  role text,
  outer_role text,
  session_role text,
  area text,
  note text,
  salt bytea,
  note_digest bytea,
  hash bytea
);

CREATE TABLE gov.patrol (
  id bigint,
  staff_id bigint,
  grid text,
  day date,
  minutes integer,
  check_ins integer,
  started_at timestamp with time zone,
  ended_at timestamp with time zone
);

CREATE TABLE gov.period (
  id bigint,
  name text,
  starts date,
  ends date,
  closed_at timestamp with time zone
);

CREATE TABLE gov.post (
  id bigint,
  staff_id bigint,
  role text,
  area text,
  unit text,
  full_time boolean,
  valid_from timestamp with time zone,
  valid_to timestamp with time zone
);

CREATE TABLE gov.reproject_queue (
  event_id bigint,
  reason text,
  queued_at timestamp with time zone
);

CREATE TABLE gov.request (
  id bigint,
  event_id bigint,
  kind text,
  made_at timestamp with time zone,
  made_by text,
  unit text,
  until timestamp with time zone,
  endorsed_at timestamp with time zone,
  endorsed_by text,
  decided_at timestamp with time zone,
  decided_by text,
  outcome text,
  opened_seq integer,
  closed_seq integer
);

CREATE TABLE gov.score_period (
  period bigint,
  subject text,
  staff_id bigint,
  unit text,
  area text,
  code text,
  value double precision,
  points double precision,
  as_of timestamp with time zone
);

CREATE TABLE gov.score_rule (
  subject text,
  code text,
  area text,
  name text,
  kind text,
  points double precision,
  full_at double precision,
  zero_at double precision,
  basis text
);

CREATE TABLE gov.staff (
  id bigint,
  name text,
  login text,
  phone text,
  active boolean,
  note text
);

CREATE TABLE gov.stage_limit (
  area text,
  state text,
  urgent boolean,
  allow grid_gov.time_limit
);

CREATE TABLE gov.summary_day (
  day date,
  area text,
  category text,
  source text,
  reported integer,
  accepted integer,
  dispatched integer,
  feedback integer,
  closed integer,
  self_handled integer,
  due integer,
  on_time integer,
  overdue integer,
  overdue_open integer,
  due_closed integer,
  due_closed_on_time integer,
  exempt integer,
  evaluated integer,
  satisfied integer,
  as_of timestamp with time zone
);

CREATE TABLE gov.summary_unit (
  day date,
  unit text,
  dispatched integer,
  returned integer,
  due integer,
  feedback integer,
  on_time integer,
  overdue integer,
  overdue_open integer,
  exempt integer,
  closed integer,
  reworked integer,
  extensions integer,
  suspensions integer,
  evaluated integer,
  satisfied integer,
  used_minutes double precision,
  used_rows integer,
  as_of timestamp with time zone
);

CREATE TABLE gov.visit (
  id bigint,
  staff_id bigint,
  grid text,
  kind text,
  required_by date,
  done_at timestamp with time zone
);

CREATE TABLE gov.workflow (
  name text,
  area text,
  title text,
  for_events boolean
);

CREATE TABLE gov.workflow_auto (
  workflow text,
  area text,
  action text,
  after grid_gov.time_limit,
  except_source text
);

CREATE TABLE gov.workflow_state (
  workflow text,
  state text,
  name text,
  ord integer,
  stage text,
  open boolean,
  paused boolean,
  terminal boolean
);

CREATE TABLE gov.workflow_transition (
  workflow text,
  id text,
  from_states text,
  to_state text,
  action text,
  label text,
  roles text,
  relation text,
  needs_note boolean,
  needs_args text,
  guards text,
  effects text,
  source text
);

-- 视图
CREATE VIEW gov.v_alert (
  id bigint,
  event_id bigint,
  case_no text,
  clock text,
  clock_name text,
  round integer,
  colour text,
  due_at timestamp with time zone,
  at timestamp with time zone,
  raised_at timestamp with time zone,
  seen_at timestamp with time zone,
  state text,
  state_name text,
  open boolean,
  category text,
  area text,
  county_name text,
  town_name text,
  unit text,
  unit_name text,
  person bigint,
  person_name text
);

CREATE VIEW gov.v_calendar (
  id bigint,
  area text,
  name text,
  title text,
  hours text,
  valid_from date,
  valid_to date,
  days_left integer,
  ends_soon boolean,
  provisional_events bigint,
  changed_at timestamp with time zone
);

CREATE VIEW gov.v_category_daily (
  day date,
  area text,
  area_name text,
  county text,
  county_name text,
  category text,
  source text,
  report integer,
  accept integer,
  dispatch integer,
  dispose integer,
  archive integer,
  patrol_deal integer,
  need_dispose integer,
  in_time_dispose integer,
  overtime_dispose integer,
  overtime_to_dispose integer,
  in_time_dispose_rate double precision,
  archive_of_need integer,
  in_time_archive integer,
  in_time_archive_rate double precision,
  evaluated integer,
  satisfied integer,
  satisfied_rate double precision,
  as_of timestamp with time zone
);

CREATE VIEW gov.v_department_performance (
  month text,
  unit text,
  unit_name text,
  kind text,
  area text,
  dispatch bigint,
  need_dispose bigint,
  dispose bigint,
  in_time_dispose bigint,
  overtime_dispose bigint,
  overtime_to_dispose bigint,
  in_time_dispose_rate double precision,
  return bigint,
  return_rate double precision,
  archive bigint,
  rework bigint,
  rework_rate double precision,
  extension_count bigint,
  suspend_count bigint,
  appeal_approved bigint,
  evaluated bigint,
  satisfied bigint,
  satisfied_rate double precision,
  dispose_minutes_avg double precision,
  as_of timestamp with time zone
);

CREATE VIEW gov.v_duty_roster (
  area text,
  area_name text,
  area_level text,
  county_name text,
  town_name text,
  role text,
  role_name text,
  staff_id bigint,
  name text,
  phone text,
  full_time boolean,
  unit text,
  unit_name text,
  since timestamp with time zone,
  until timestamp with time zone,
  duties text,
  noticed boolean
);

CREATE VIEW gov.v_event (
  id bigint,
  case_no text,
  source text,
  source_name text,
  external_id text,
  body text,
  category text,
  item text,
  item_name text,
  urgent boolean,
  needs_review boolean,
  probability double precision,
  margin double precision,
  workflow text,
  state text,
  state_name text,
  stage text,
  open boolean,
  paused boolean,
  level text,
  level_name text,
  area text,
  county text,
  county_name text,
  town text,
  town_name text,
  village text,
  village_name text,
  grid text,
  grid_name text,
  location geometry(Point,4490),
  lon double precision,
  lat double precision,
  reporter bigint,
  reporter_name text,
  unit text,
  unit_name text,
  person bigint,
  person_name text,
  reported_at timestamp with time zone,
  reported_day date,
  accepted_at timestamp with time zone,
  dispatched_at timestamp with time zone,
  signed_at timestamp with time zone,
  feedback_at timestamp with time zone,
  closed_at timestamp with time zone,
  evaluated_at timestamp with time zone,
  entered_at timestamp with time zone,
  stage_allow text,
  stage_due_at timestamp with time zone,
  stage_due_day date,
  stage_colour text,
  handling_allow text,
  due_at timestamp with time zone,
  due_day date,
  due_provisional boolean,
  colour text,
  remaining_minutes double precision,
  used_minutes double precision,
  breach boolean,
  in_time boolean,
  extension_count integer,
  suspend_count integer,
  return_count integer,
  rework_count integer,
  reopen_count integer,
  urge_count integer,
  escalation_count integer,
  self_handled boolean,
  false_report boolean,
  supervised text,
  designated boolean,
  forced boolean,
  timeout_exempt boolean,
  suspend_until timestamp with time zone,
  master_id bigint,
  satisfaction text,
  close_condition text,
  imported boolean,
  last_action text,
  last_at timestamp with time zone
);

CREATE VIEW gov.v_event_open (
  id bigint,
  case_no text,
  source_name text,
  body text,
  category text,
  item text,
  item_name text,
  urgent boolean,
  state text,
  state_name text,
  stage text,
  paused boolean,
  level_name text,
  area text,
  county_name text,
  town_name text,
  village_name text,
  grid text,
  grid_name text,
  location geometry(Point,4490),
  lon double precision,
  lat double precision,
  unit text,
  unit_name text,
  person bigint,
  person_name text,
  reported_at timestamp with time zone,
  entered_at timestamp with time zone,
  stage_minutes double precision,
  stage_due_at timestamp with time zone,
  stage_colour text,
  due_at timestamp with time zone,
  due_day date,
  due_provisional boolean,
  colour text,
  remaining_minutes double precision,
  breach boolean,
  supervised text,
  urge_count integer,
  return_count integer,
  rework_count integer,
  suspend_until timestamp with time zone
);

CREATE VIEW gov.v_event_timeline (
  event_id bigint,
  seq integer,
  at timestamp with time zone,
  recorded_at timestamp with time zone,
  action text,
  action_name text,
  from_state text,
  from_state_name text,
  to_state text,
  to_state_name text,
  actor text,
  actor_name text,
  role text,
  role_name text,
  area text,
  unit text,
  unit_name text,
  due_at timestamp with time zone,
  stage_due_at timestamp with time zone,
  minutes double precision,
  backdated boolean,
  imported boolean
);

CREATE VIEW gov.v_grid_problem (
  grid text,
  grid_name text,
  division text,
  division_name text,
  town text,
  town_name text,
  kind text,
  kind_name text,
  amount double precision,
  detail text,
  as_of timestamp with time zone
);

CREATE VIEW gov.v_grid_profile (
  grid text,
  grid_name text,
  kind text,
  village text,
  village_name text,
  town text,
  town_name text,
  county text,
  county_name text,
  households integer,
  population integer,
  boundary geometry(MultiPolygon,4490),
  lon double precision,
  lat double precision,
  phone text,
  police_area text,
  leaders bigint,
  party_secretaries bigint,
  workers bigint,
  full_time_workers bigint,
  others bigint,
  worker_names text,
  noticed boolean,
  open_events bigint,
  overdue_events bigint,
  problems bigint,
  problems_as_of timestamp with time zone
);

CREATE VIEW gov.v_hotspot (
  rank bigint,
  area text,
  area_name text,
  county_name text,
  town_name text,
  category text,
  item text,
  item_name text,
  report integer,
  report_before integer,
  rise integer,
  rise_rate double precision,
  open_events integer,
  lon double precision,
  lat double precision,
  since date,
  until date,
  as_of timestamp with time zone
);

CREATE VIEW gov.v_review_queue (
  event_id bigint,
  case_no text,
  reason text,
  source text,
  source_name text,
  body text,
  category text,
  item text,
  item_name text,
  probability double precision,
  margin double precision,
  state_name text,
  area text,
  county_name text,
  town_name text,
  lon double precision,
  lat double precision,
  reported_at timestamp with time zone,
  waiting_minutes double precision
);

CREATE VIEW gov.v_sla_stage (
  event_id bigint,
  case_no text,
  clock text,
  clock_name text,
  category text,
  urgent boolean,
  state text,
  state_name text,
  area text,
  county_name text,
  town_name text,
  unit text,
  unit_name text,
  allow text,
  started_at timestamp with time zone,
  due_at timestamp with time zone,
  due_day date,
  provisional boolean,
  paused boolean,
  remaining_minutes double precision,
  colour text
);

CREATE VIEW gov.v_sla_summary (
  month text,
  county text,
  county_name text,
  category text,
  need_dispose bigint,
  in_time_dispose bigint,
  overtime_dispose bigint,
  overtime_to_dispose bigint,
  in_time_dispose_rate double precision,
  need_archive bigint,
  archive_of_need bigint,
  in_time_archive bigint,
  archive_rate double precision,
  in_time_archive_rate double precision,
  exempt bigint,
  as_of timestamp with time zone
);

CREATE VIEW gov.v_unit_score (
  period text,
  starts date,
  ends date,
  closed boolean,
  unit text,
  unit_name text,
  area text,
  i2 double precision,
  i3 double precision,
  i4 double precision,
  urgent_i3 double precision,
  urgent_i4 double precision,
  i5 double precision,
  i6 double precision,
  i7 double precision,
  i8 double precision,
  i9 double precision,
  i9_resolved double precision,
  i13 double precision,
  p_i4 double precision,
  p_i3 double precision,
  p_urgent double precision,
  p_i8 double precision,
  p_i6 double precision,
  p_base double precision,
  bonus double precision,
  deductions double precision,
  score double precision,
  grade text,
  rank integer,
  as_of timestamp with time zone
);

CREATE VIEW gov.v_worker_score (
  period text,
  starts date,
  ends date,
  closed boolean,
  staff_id bigint,
  name text,
  area text,
  area_name text,
  town_name text,
  volume double precision,
  i1 double precision,
  i2 double precision,
  i3 double precision,
  i4 double precision,
  i5 double precision,
  i6 double precision,
  i7 double precision,
  i8 double precision,
  i9 double precision,
  i9_resolved double precision,
  i10 double precision,
  i11 double precision,
  i12 double precision,
  i13 double precision,
  p_volume double precision,
  p_i1 double precision,
  p_i2 double precision,
  p_i3 double precision,
  p_i5 double precision,
  p_i8 double precision,
  p_i10 double precision,
  p_i11 double precision,
  bonus double precision,
  deductions double precision,
  score double precision,
  rank integer,
  as_of timestamp with time zone
);

