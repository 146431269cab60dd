-- Types

CREATE TYPE grid_gov.time_limit;
CREATE TYPE grid_gov.work_calendar;

CREATE FUNCTION grid_gov.time_limit_in(pg_catalog.cstring) RETURNS grid_gov.time_limit
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_time_limit_in';
CREATE FUNCTION grid_gov.time_limit_out(grid_gov.time_limit) RETURNS pg_catalog.cstring
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_time_limit_out';
CREATE FUNCTION grid_gov.time_limit_recv(pg_catalog.internal) RETURNS grid_gov.time_limit
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_time_limit_recv';
CREATE FUNCTION grid_gov.time_limit_send(grid_gov.time_limit) RETURNS pg_catalog.bytea
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_time_limit_send';
CREATE TYPE grid_gov.time_limit (
  INPUT = grid_gov.time_limit_in, OUTPUT = grid_gov.time_limit_out,
  RECEIVE = grid_gov.time_limit_recv, SEND = grid_gov.time_limit_send,
  INTERNALLENGTH = 8, PASSEDBYVALUE, ALIGNMENT = double, STORAGE = plain
);
COMMENT ON TYPE grid_gov.time_limit IS '办理时限:30m 分钟、24h 自然小时、15d 自然日(法定)、2pd 紧急工作日(每日 24 小时)、4wh 工作时、30wm 工作分钟、5wd 工作日、5rd 滚动工作日';
COMMENT ON FUNCTION grid_gov.time_limit_in(pg_catalog.cstring) IS 'time_limit 的文本输入';
COMMENT ON FUNCTION grid_gov.time_limit_out(grid_gov.time_limit) IS 'time_limit 的文本输出(短格式)';
COMMENT ON FUNCTION grid_gov.time_limit_recv(pg_catalog.internal) IS 'time_limit 的二进制输入';
COMMENT ON FUNCTION grid_gov.time_limit_send(grid_gov.time_limit) IS 'time_limit 的二进制输出';

CREATE FUNCTION grid_gov.work_calendar_in(pg_catalog.cstring) RETURNS grid_gov.work_calendar
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_work_calendar_in';
CREATE FUNCTION grid_gov.work_calendar_out(grid_gov.work_calendar) RETURNS pg_catalog.cstring
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_work_calendar_out';
CREATE FUNCTION grid_gov.work_calendar_recv(pg_catalog.internal) RETURNS grid_gov.work_calendar
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_work_calendar_recv';
CREATE FUNCTION grid_gov.work_calendar_send(grid_gov.work_calendar) RETURNS pg_catalog.bytea
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_work_calendar_send';
CREATE TYPE grid_gov.work_calendar (
  INPUT = grid_gov.work_calendar_in, OUTPUT = grid_gov.work_calendar_out,
  RECEIVE = grid_gov.work_calendar_recv, SEND = grid_gov.work_calendar_send,
  INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = main
);
COMMENT ON TYPE grid_gov.work_calendar IS '工作日历:时区、每周作息、季节作息、节假日与调休、rd 每日时长、有效期';
COMMENT ON FUNCTION grid_gov.work_calendar_in(pg_catalog.cstring) IS 'work_calendar 的文本输入';
COMMENT ON FUNCTION grid_gov.work_calendar_out(grid_gov.work_calendar) IS 'work_calendar 的文本输出(规范形式:相等的日历输出相同)';
COMMENT ON FUNCTION grid_gov.work_calendar_recv(pg_catalog.internal) IS 'work_calendar 的二进制输入(与文本输入同样校验)';
COMMENT ON FUNCTION grid_gov.work_calendar_send(grid_gov.work_calendar) IS 'work_calendar 的二进制输出';

-- Comparison of time_limit: by kind, then amount, which is the order of its 8 bytes as an integer

CREATE FUNCTION grid_gov.time_limit_eq(grid_gov.time_limit, grid_gov.time_limit) RETURNS boolean
  LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8eq';
CREATE FUNCTION grid_gov.time_limit_ne(grid_gov.time_limit, grid_gov.time_limit) RETURNS boolean
  LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8ne';
CREATE FUNCTION grid_gov.time_limit_lt(grid_gov.time_limit, grid_gov.time_limit) RETURNS boolean
  LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8lt';
CREATE FUNCTION grid_gov.time_limit_le(grid_gov.time_limit, grid_gov.time_limit) RETURNS boolean
  LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8le';
CREATE FUNCTION grid_gov.time_limit_gt(grid_gov.time_limit, grid_gov.time_limit) RETURNS boolean
  LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8gt';
CREATE FUNCTION grid_gov.time_limit_ge(grid_gov.time_limit, grid_gov.time_limit) RETURNS boolean
  LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8ge';
CREATE FUNCTION grid_gov.time_limit_cmp(grid_gov.time_limit, grid_gov.time_limit) RETURNS integer
  LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'btint8cmp';
CREATE FUNCTION grid_gov.time_limit_sortsupport(pg_catalog.internal) RETURNS void
  LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'btint8sortsupport';
CREATE FUNCTION grid_gov.time_limit_hash(grid_gov.time_limit) RETURNS integer
  LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'hashint8';
CREATE FUNCTION grid_gov.time_limit_hash_extended(grid_gov.time_limit, bigint) RETURNS bigint
  LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'hashint8extended';
COMMENT ON FUNCTION grid_gov.time_limit_eq(grid_gov.time_limit, grid_gov.time_limit) IS '时限相等(种类与数量都相同)';
COMMENT ON FUNCTION grid_gov.time_limit_ne(grid_gov.time_limit, grid_gov.time_limit) IS '时限不等';
COMMENT ON FUNCTION grid_gov.time_limit_lt(grid_gov.time_limit, grid_gov.time_limit) IS '按(种类, 数量)小于';
COMMENT ON FUNCTION grid_gov.time_limit_le(grid_gov.time_limit, grid_gov.time_limit) IS '按(种类, 数量)小于或等于';
COMMENT ON FUNCTION grid_gov.time_limit_gt(grid_gov.time_limit, grid_gov.time_limit) IS '按(种类, 数量)大于';
COMMENT ON FUNCTION grid_gov.time_limit_ge(grid_gov.time_limit, grid_gov.time_limit) IS '按(种类, 数量)大于或等于';
COMMENT ON FUNCTION grid_gov.time_limit_cmp(grid_gov.time_limit, grid_gov.time_limit) IS 'b 树比较函数';
COMMENT ON FUNCTION grid_gov.time_limit_sortsupport(pg_catalog.internal) IS 'b 树排序支持';
COMMENT ON FUNCTION grid_gov.time_limit_hash(grid_gov.time_limit) IS '散列函数';
COMMENT ON FUNCTION grid_gov.time_limit_hash_extended(grid_gov.time_limit, bigint) IS '散列函数(带种子)';

CREATE OPERATOR grid_gov.= (LEFTARG = grid_gov.time_limit, RIGHTARG = grid_gov.time_limit, FUNCTION = grid_gov.time_limit_eq,
  COMMUTATOR = OPERATOR(grid_gov.=), NEGATOR = OPERATOR(grid_gov.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
CREATE OPERATOR grid_gov.<> (LEFTARG = grid_gov.time_limit, RIGHTARG = grid_gov.time_limit, FUNCTION = grid_gov.time_limit_ne,
  COMMUTATOR = OPERATOR(grid_gov.<>), NEGATOR = OPERATOR(grid_gov.=), RESTRICT = neqsel, JOIN = neqjoinsel);
CREATE OPERATOR grid_gov.< (LEFTARG = grid_gov.time_limit, RIGHTARG = grid_gov.time_limit, FUNCTION = grid_gov.time_limit_lt,
  COMMUTATOR = OPERATOR(grid_gov.>), NEGATOR = OPERATOR(grid_gov.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE OPERATOR grid_gov.<= (LEFTARG = grid_gov.time_limit, RIGHTARG = grid_gov.time_limit, FUNCTION = grid_gov.time_limit_le,
  COMMUTATOR = OPERATOR(grid_gov.>=), NEGATOR = OPERATOR(grid_gov.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
CREATE OPERATOR grid_gov.> (LEFTARG = grid_gov.time_limit, RIGHTARG = grid_gov.time_limit, FUNCTION = grid_gov.time_limit_gt,
  COMMUTATOR = OPERATOR(grid_gov.<), NEGATOR = OPERATOR(grid_gov.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
CREATE OPERATOR grid_gov.>= (LEFTARG = grid_gov.time_limit, RIGHTARG = grid_gov.time_limit, FUNCTION = grid_gov.time_limit_ge,
  COMMUTATOR = OPERATOR(grid_gov.<=), NEGATOR = OPERATOR(grid_gov.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR grid_gov.= (grid_gov.time_limit, grid_gov.time_limit) IS '时限相等';
COMMENT ON OPERATOR grid_gov.<> (grid_gov.time_limit, grid_gov.time_limit) IS '时限不等';
COMMENT ON OPERATOR grid_gov.< (grid_gov.time_limit, grid_gov.time_limit) IS '时限按(种类, 数量)小于';
COMMENT ON OPERATOR grid_gov.<= (grid_gov.time_limit, grid_gov.time_limit) IS '时限按(种类, 数量)小于或等于';
COMMENT ON OPERATOR grid_gov.> (grid_gov.time_limit, grid_gov.time_limit) IS '时限按(种类, 数量)大于';
COMMENT ON OPERATOR grid_gov.>= (grid_gov.time_limit, grid_gov.time_limit) IS '时限按(种类, 数量)大于或等于';

CREATE OPERATOR CLASS grid_gov.time_limit_ops DEFAULT FOR TYPE grid_gov.time_limit USING btree AS
  OPERATOR 1 grid_gov.<, OPERATOR 2 grid_gov.<=, OPERATOR 3 grid_gov.=, OPERATOR 4 grid_gov.>=, OPERATOR 5 grid_gov.>,
  FUNCTION 1 grid_gov.time_limit_cmp(grid_gov.time_limit, grid_gov.time_limit),
  FUNCTION 2 grid_gov.time_limit_sortsupport(pg_catalog.internal);
CREATE OPERATOR CLASS grid_gov.time_limit_hash_ops DEFAULT FOR TYPE grid_gov.time_limit USING hash AS
  OPERATOR 1 grid_gov.=,
  FUNCTION 1 grid_gov.time_limit_hash(grid_gov.time_limit),
  FUNCTION 2 grid_gov.time_limit_hash_extended(grid_gov.time_limit, bigint);
COMMENT ON OPERATOR CLASS grid_gov.time_limit_ops USING btree IS '时限的 b 树运算符类';
COMMENT ON OPERATOR CLASS grid_gov.time_limit_hash_ops USING hash IS '时限的散列运算符类';
COMMENT ON OPERATOR FAMILY grid_gov.time_limit_ops USING btree IS '时限的 b 树运算符族';
COMMENT ON OPERATOR FAMILY grid_gov.time_limit_hash_ops USING hash IS '时限的散列运算符族';

-- Equality of work_calendar

CREATE FUNCTION grid_gov.work_calendar_eq(grid_gov.work_calendar, grid_gov.work_calendar) RETURNS boolean
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_work_calendar_eq';
CREATE FUNCTION grid_gov.work_calendar_ne(grid_gov.work_calendar, grid_gov.work_calendar) RETURNS boolean
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_work_calendar_ne';
CREATE FUNCTION grid_gov.work_calendar_hash(grid_gov.work_calendar) RETURNS integer
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_work_calendar_hash';
CREATE FUNCTION grid_gov.work_calendar_hash_extended(grid_gov.work_calendar, bigint) RETURNS bigint
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_work_calendar_hash_extended';
COMMENT ON FUNCTION grid_gov.work_calendar_eq(grid_gov.work_calendar, grid_gov.work_calendar) IS '日历相等(规则相同,写法不论)';
COMMENT ON FUNCTION grid_gov.work_calendar_ne(grid_gov.work_calendar, grid_gov.work_calendar) IS '日历不等';
COMMENT ON FUNCTION grid_gov.work_calendar_hash(grid_gov.work_calendar) IS '散列函数';
COMMENT ON FUNCTION grid_gov.work_calendar_hash_extended(grid_gov.work_calendar, bigint) IS '散列函数(带种子)';
CREATE OPERATOR grid_gov.= (LEFTARG = grid_gov.work_calendar, RIGHTARG = grid_gov.work_calendar, FUNCTION = grid_gov.work_calendar_eq,
  COMMUTATOR = OPERATOR(grid_gov.=), NEGATOR = OPERATOR(grid_gov.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES);
CREATE OPERATOR grid_gov.<> (LEFTARG = grid_gov.work_calendar, RIGHTARG = grid_gov.work_calendar, FUNCTION = grid_gov.work_calendar_ne,
  COMMUTATOR = OPERATOR(grid_gov.<>), NEGATOR = OPERATOR(grid_gov.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR grid_gov.= (grid_gov.work_calendar, grid_gov.work_calendar) IS '日历相等';
COMMENT ON OPERATOR grid_gov.<> (grid_gov.work_calendar, grid_gov.work_calendar) IS '日历不等';
CREATE OPERATOR CLASS grid_gov.work_calendar_hash_ops DEFAULT FOR TYPE grid_gov.work_calendar USING hash AS
  OPERATOR 1 grid_gov.=,
  FUNCTION 1 grid_gov.work_calendar_hash(grid_gov.work_calendar),
  FUNCTION 2 grid_gov.work_calendar_hash_extended(grid_gov.work_calendar, bigint);
COMMENT ON OPERATOR CLASS grid_gov.work_calendar_hash_ops USING hash IS '日历的散列运算符类';
COMMENT ON OPERATOR FAMILY grid_gov.work_calendar_hash_ops USING hash IS '日历的散列运算符族';

-- Limits as people write them

CREATE FUNCTION grid_gov.time_limit_zh(allow grid_gov.time_limit) RETURNS text
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_time_limit_zh';
COMMENT ON FUNCTION grid_gov.time_limit_zh(grid_gov.time_limit) IS '时限的中文写法,如 5工作日(time_limit 可原样读回)';
CREATE FUNCTION grid_gov.parse_limit(body text, profile text) RETURNS grid_gov.time_limit
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_parse_limit';
COMMENT ON FUNCTION grid_gov.parse_limit(text, text) IS '导入用:按口径读取时限文字。口径 city(城管:小时=工作时,天=滚动工作日)、hotline(热线:天=工作日)、law(法定:天=自然日)';
CREATE FUNCTION grid_gov.parse_limit_detail(body text, profile text, OUT allow grid_gov.time_limit, OUT problem text)
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_parse_limit_detail';
COMMENT ON FUNCTION grid_gov.parse_limit_detail(text, text) IS '同 parse_limit,读不出时不报错而给出原因';

-- Calendars out of lists of dates

CREATE FUNCTION grid_gov.work_calendar_from(zone text, week text, holidays date[], holiday_names text[], makeup date[], makeup_names text[],
    valid_from date DEFAULT NULL, valid_to date DEFAULT NULL) RETURNS grid_gov.work_calendar
  LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_work_calendar_from';
COMMENT ON FUNCTION grid_gov.work_calendar_from(text, text, date[], text[], date[], text[], date, date) IS '由作息文字与节假日、调休日数组生成日历(名称数组可为空数组)';

-- Working time

CREATE FUNCTION grid_gov.deadline(start timestamptz, allow grid_gov.time_limit, hours grid_gov.work_calendar) RETURNS timestamptz
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_deadline';
COMMENT ON FUNCTION grid_gov.deadline(timestamptz, grid_gov.time_limit, grid_gov.work_calendar) IS '到期时刻:从 start 起算,时限 allow,日历 hours;超出日历有效期报 WG007';
CREATE FUNCTION grid_gov.work_time(since timestamptz, until timestamptz, hours grid_gov.work_calendar) RETURNS interval
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_work_time';
COMMENT ON FUNCTION grid_gov.work_time(timestamptz, timestamptz, grid_gov.work_calendar) IS '两个时刻之间的工作时间(止不晚于起时为零)';
CREATE FUNCTION grid_gov.is_open(at timestamptz, hours grid_gov.work_calendar) RETURNS boolean
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_is_open';
COMMENT ON FUNCTION grid_gov.is_open(timestamptz, grid_gov.work_calendar) IS '该时刻是否在工作时间内(开始时刻算,结束时刻不算)';
CREATE FUNCTION grid_gov.next_open(at timestamptz, hours grid_gov.work_calendar) RETURNS timestamptz
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_next_open';
COMMENT ON FUNCTION grid_gov.next_open(timestamptz, grid_gov.work_calendar) IS '该时刻在工作时间内则为其本身,否则为下一个上班时刻';
CREATE FUNCTION grid_gov.work_spans(within tstzrange, hours grid_gov.work_calendar) RETURNS tstzmultirange
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_work_spans';
COMMENT ON FUNCTION grid_gov.work_spans(tstzrange, grid_gov.work_calendar) IS '给定范围内的全部工作时段';
CREATE FUNCTION grid_gov.explain_deadline(start timestamptz, allow grid_gov.time_limit, hours grid_gov.work_calendar,
    OUT day date, OUT kind text, OUT label text, OUT opens timestamptz, OUT closes timestamptz, OUT used interval, OUT remaining interval)
  RETURNS SETOF record
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 20 AS 'MODULE_PATHNAME', 'gg_explain_deadline';
COMMENT ON FUNCTION grid_gov.explain_deadline(timestamptz, grid_gov.time_limit, grid_gov.work_calendar) IS '逐日说明到期时刻的由来:kind 为 open 工作日、rest 休息日、holiday 节假日、makeup 调休、special 特别安排、start 起算日、day 自然日、natural 连续计时;label 为中文名称;used 当日已用,remaining 尚余';
CREATE FUNCTION grid_gov.project_deadline(start timestamptz, allow grid_gov.time_limit, hours grid_gov.work_calendar, paused tstzmultirange DEFAULT '{}',
    OUT due timestamptz, OUT due_day date, OUT provisional boolean)
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_project_deadline';
COMMENT ON FUNCTION grid_gov.project_deadline(timestamptz, grid_gov.time_limit, grid_gov.work_calendar, tstzmultirange) IS '含暂停的到期时刻:暂停按时限自身的单位补回;超出日历有效期时按每周作息推算并标 provisional;due_day 为日历时区内的最后一日';
