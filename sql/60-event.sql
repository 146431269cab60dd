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
  AS 'MODULE_PATHNAME', 'gg_append_only';
COMMENT ON FUNCTION grid_gov.guard_truncate() IS '触发器:事件不可清空';

CREATE FUNCTION grid_gov.append_only() RETURNS trigger
  LANGUAGE c
  AS 'MODULE_PATHNAME', 'gg_append_only';
COMMENT ON FUNCTION grid_gov.append_only() IS '触发器:台账只可追加';
