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

-- Bound at creation to PostGIS wherever it lives: what the cache of grids is read through.
CREATE FUNCTION grid_gov.boundary_wkb(boundary geometry) RETURNS bytea
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN st_asbinary(st_force2d(boundary), 'NDR');
COMMENT ON FUNCTION grid_gov.boundary_wkb(geometry) IS '边界的WKB形式(内部使用)';

CREATE FUNCTION grid_gov.to_wgs84(point geometry, frame text) RETURNS geometry
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
  AS 'MODULE_PATHNAME', 'gg_to_wgs84_sql';
COMMENT ON FUNCTION grid_gov.to_wgs84(geometry, text) IS '把 wgs84、cgcs2000、gcj02(高德、腾讯)、bd09(百度)坐标的点换算为 WGS84(SRID 4326)';

CREATE FUNCTION grid_gov.from_wgs84(point geometry, frame text) RETURNS geometry
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
  AS 'MODULE_PATHNAME', 'gg_from_wgs84_sql';
COMMENT ON FUNCTION grid_gov.from_wgs84(geometry, text) IS '把 WGS84 点换算到指定坐标框架,用于在高德、百度地图上显示';

CREATE FUNCTION grid_gov.locate(point geometry, frame text DEFAULT 'cgcs2000') RETURNS text
  LANGUAGE c STABLE STRICT PARALLEL SAFE COST 10
  AS 'MODULE_PATHNAME', 'gg_locate_sql';
COMMENT ON FUNCTION grid_gov.locate(geometry, text) IS '点所在网格的代码;边界上取代码最小者,界外50米内取最近者,否则为空';

CREATE FUNCTION grid_gov.locate_detail(point geometry, frame text DEFAULT 'cgcs2000', OUT grid text, OUT how text, OUT distance_m double precision) RETURNS record
  LANGUAGE c STABLE STRICT PARALLEL SAFE COST 10
  AS 'MODULE_PATHNAME', 'gg_locate_detail';
COMMENT ON FUNCTION grid_gov.locate_detail(geometry, text) IS '点所在网格及判定方式:inside 界内、edge 恰在边界上、near 界外50米内(distance_m 为距离,米)';

CREATE FUNCTION grid_gov.locate_many(points geometry[], frame text DEFAULT 'cgcs2000')
  RETURNS TABLE (ord integer, grid text, how text, distance_m double precision)
  LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1000 ROWS 1000
  AS 'MODULE_PATHNAME', 'gg_locate_many';
COMMENT ON FUNCTION grid_gov.locate_many(geometry[], text) IS '批量定位:按数组次序逐点返回网格与判定方式';

CREATE FUNCTION grid_gov.grid_neighbours() RETURNS TABLE (low text, high text)
  LANGUAGE c STABLE PARALLEL SAFE COST 10000 ROWS 30000
  AS 'MODULE_PATHNAME', 'gg_grid_neighbours';
COMMENT ON FUNCTION grid_gov.grid_neighbours() IS '外包矩形相交的网格对(内部使用,供 check_grids 检查重叠)';
