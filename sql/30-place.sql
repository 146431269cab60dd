CREATE FUNCTION grid_gov.code_level(code text) RETURNS integer
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
  AS 'MODULE_PATHNAME', 'gg_code_level_sql';
COMMENT ON FUNCTION grid_gov.code_level(text) IS '区划代码的层级:1省 2市 3县 4乡镇街道 5村社区 6网格 7微网格;不是规范代码时为空';

CREATE FUNCTION grid_gov.code_parent(code text) RETURNS text
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
  AS 'MODULE_PATHNAME', 'gg_code_parent';
COMMENT ON FUNCTION grid_gov.code_parent(text) IS '上一级区划代码;不设区县的市(如东莞441900003)直接归到市(4419)';

CREATE FUNCTION grid_gov.code_ancestor(code text, level integer) RETURNS text
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
  AS 'MODULE_PATHNAME', 'gg_code_ancestor';
COMMENT ON FUNCTION grid_gov.code_ancestor(text, integer) IS '指定层级(1-7)的上级区划代码;没有该层级时为空';

CREATE FUNCTION grid_gov.canonical_code(code text) RETURNS text
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
  AS 'MODULE_PATHNAME', 'gg_canonical_code';
COMMENT ON FUNCTION grid_gov.canonical_code(text) IS '官方代码(6位、12位等)转为本系统的规范代码:去掉末尾的全零段';

CREATE FUNCTION grid_gov.standard_code(code text) RETURNS text
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
  AS 'MODULE_PATHNAME', 'gg_standard_code';
COMMENT ON FUNCTION grid_gov.standard_code(text) IS '规范代码补零为官方12位代码;网格与微网格没有官方代码,为空';

-- Not STRICT, or it would not be inlined; digits end before ':', so the range is exactly the area and what it contains.
CREATE FUNCTION grid_gov.within(code text, area text) RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN code COLLATE pg_catalog."C" OPERATOR(pg_catalog.>=) area COLLATE pg_catalog."C"
    AND code COLLATE pg_catalog."C" OPERATOR(pg_catalog.<) (area OPERATOR(pg_catalog.||) ':'::pg_catalog.text) COLLATE pg_catalog."C";
COMMENT ON FUNCTION grid_gov.within(text, text) IS '代码是否属于该区域(含自身);可内联,走C排序规则的B树索引;区域为空串时包含全部';
