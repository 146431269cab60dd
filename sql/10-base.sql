CREATE FUNCTION grid_gov.library_version() RETURNS text
  LANGUAGE c STABLE STRICT PARALLEL SAFE
  AS 'MODULE_PATHNAME', 'gg_library_version';
COMMENT ON FUNCTION grid_gov.library_version() IS '已加载动态库的版本号(与扩展版本不同时应执行 ALTER EXTENSION grid_gov UPDATE)';

CREATE FUNCTION grid_gov.announce_change() RETURNS trigger
  LANGUAGE c
  AS 'MODULE_PATHNAME', 'gg_announce_change';
COMMENT ON FUNCTION grid_gov.announce_change() IS '语句级触发器:配置表有变动时,提交后通知所有会话重新读取';

CREATE FUNCTION grid_gov.sees_area(area text, persona text DEFAULT NULL) RETURNS boolean
  LANGUAGE c STABLE PARALLEL SAFE
  AS 'MODULE_PATHNAME', 'gg_sees_area';
COMMENT ON FUNCTION grid_gov.sees_area(text, text) IS '当前角色能否看见该区域(行级安全策略用,据 gov.access);给出身份时只看授予该身份的区域';
