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

CREATE FUNCTION grid_gov.inside_root(point geometry, frame text DEFAULT 'cgcs2000') RETURNS boolean
  LANGUAGE c STABLE STRICT PARALLEL SAFE COST 10
  AS 'MODULE_PATHNAME', 'gg_inside_root_sql';
COMMENT ON FUNCTION grid_gov.inside_root(geometry, text) IS '点是否在本库管辖范围内(区划边界或网格,含50米)';

CREATE FUNCTION grid_gov.grid_neighbours() RETURNS TABLE (low text, high text)
  LANGUAGE c STABLE PARALLEL SAFE COST 10000 ROWS 30000
  AS 'MODULE_PATHNAME', 'gg_grid_neighbours';
COMMENT ON FUNCTION grid_gov.grid_neighbours() IS '外包矩形相交的网格对(内部使用,供 check_grids 检查重叠)';

-- Geometry for check_grids(), bound to PostGIS like boundary_wkb(). Square metres on the ellipsoid.
CREATE FUNCTION grid_gov.area_m2(boundary geometry) RETURNS double precision
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN st_area(boundary::geography);
COMMENT ON FUNCTION grid_gov.area_m2(geometry) IS '内部:边界面积,平方米(椭球面)';

CREATE FUNCTION grid_gov.overlap_m2(a geometry, b geometry) RETURNS double precision
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN st_relate(a, b, 'T********') THEN st_area(st_collectionextract(st_intersection(a, b), 3)::geography) ELSE 0 END;
COMMENT ON FUNCTION grid_gov.overlap_m2(geometry, geometry) IS '内部:两个边界重叠的面积,平方米';

CREATE FUNCTION grid_gov.outside_m2(boundary geometry, parent geometry) RETURNS double precision
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN st_covers(parent, boundary) THEN 0 ELSE st_area(st_collectionextract(st_difference(boundary, parent), 3)::geography) END;
COMMENT ON FUNCTION grid_gov.outside_m2(geometry, geometry) IS '内部:边界超出上级边界的面积,平方米';

CREATE FUNCTION grid_gov.gap_m2(parent geometry, parts geometry[]) RETURNS double precision
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN st_area(st_collectionextract(st_difference(parent, st_union(parts)), 3)::geography);
COMMENT ON FUNCTION grid_gov.gap_m2(geometry, geometry[]) IS '内部:上级边界内未被各部分覆盖的面积,平方米';

CREATE FUNCTION grid_gov.boundary_fault(boundary geometry) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN boundary IS NULL OR st_isempty(boundary) THEN '没有边界' WHEN NOT st_isvalid(boundary) THEN '边界图形无效:' OPERATOR(pg_catalog.||) st_isvalidreason(boundary) END;
COMMENT ON FUNCTION grid_gov.boundary_fault(geometry) IS '内部:边界本身的毛病;没有毛病时为空';

-- The rules are DOMAIN's acceptance criteria: overlap at most 1 m2, gap at most 0.1 % of the parent, 300-500 households
-- (warning), 1+1+1 present, notice complete (regulation of Binzhou, article 6), admission list published and in force (article 10).
CREATE FUNCTION grid_gov.check_grids_rows() RETURNS integer
  LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
  AS $check_grids$
DECLARE
  moment constant timestamptz := now();
  faulty text[];
  found_rows integer;
BEGIN
  DELETE FROM gov.grid_problem;

  -- the boundary itself: what has no usable one takes no part in the checks of areas
  INSERT INTO gov.grid_problem (grid, division, kind, amount, detail, as_of)
  SELECT g.code, g.division, 'boundary', NULL::double precision, f.fault, moment
    FROM gov.grid g, LATERAL (SELECT grid_gov.boundary_fault(g.boundary) AS fault OFFSET 0) AS f
   WHERE f.fault IS NOT NULL AND (g.valid_from IS NULL OR g.valid_from <= moment) AND (g.valid_to IS NULL OR g.valid_to > moment)
  UNION ALL
  SELECT d.code, d.code, 'boundary', NULL::double precision, f.fault, moment
    FROM gov.division d, LATERAL (SELECT grid_gov.boundary_fault(d.boundary) AS fault OFFSET 0) AS f
   WHERE d.boundary IS NOT NULL AND f.fault IS NOT NULL;
  faulty := ARRAY(SELECT p.grid FROM gov.grid_problem p);

  INSERT INTO gov.grid_problem (grid, division, kind, amount, detail, as_of)
  SELECT g.code, g.division, 'division', NULL, '所属村(社区)不在区划表中或已停用', moment
    FROM gov.grid g
   WHERE (g.valid_from IS NULL OR g.valid_from <= moment) AND (g.valid_to IS NULL OR g.valid_to > moment)
     AND NOT EXISTS (SELECT FROM gov.division d WHERE d.code = g.division AND (d.valid_to IS NULL OR d.valid_to > moment::date));

  -- overlap; a micro grid lies inside its grid
  INSERT INTO gov.grid_problem (grid, division, kind, amount, detail, as_of)
  SELECT a.code, a.division, 'overlap', o.m2, format('与 %s %s 重叠 %s 平方米', b.code, b.name, round(o.m2::numeric, 1)), moment
    FROM grid_gov.grid_neighbours() n
         JOIN gov.grid a ON a.code = n.low COLLATE "C"
         JOIN gov.grid b ON b.code = n.high COLLATE "C",
         -- the conditions stand inside: no join order may intersect a faulty boundary
         LATERAL (SELECT CASE WHEN NOT starts_with(n.high, n.low) AND n.low <> ALL (faulty) AND n.high <> ALL (faulty)
                              THEN grid_gov.overlap_m2(a.boundary, b.boundary) END AS m2 OFFSET 0) AS o
   WHERE o.m2 > 1;

  -- gap, for every division that has a boundary
  INSERT INTO gov.grid_problem (grid, division, kind, amount, detail, as_of)
  SELECT d.code, d.code, 'gap', s.gap, format('%s 有 %s%% 的面积没有网格', d.name, round((s.gap / s.area * 100)::numeric, 2)), moment
    FROM gov.division d,
         LATERAL (SELECT grid_gov.area_m2(d.boundary) AS area,
                         COALESCE(grid_gov.gap_m2(d.boundary,
                           (SELECT array_agg(g.boundary ORDER BY g.code) FROM gov.grid g
                             WHERE g.code >= d.code AND g.code < d.code || ':' AND length(g.code) = 15 AND g.code <> ALL (faulty)
                               AND (g.valid_from IS NULL OR g.valid_from <= moment) AND (g.valid_to IS NULL OR g.valid_to > moment))),
                           grid_gov.area_m2(d.boundary)) AS gap OFFSET 0) AS s
   WHERE d.boundary IS NOT NULL AND d.code <> ALL (faulty) AND (d.valid_to IS NULL OR d.valid_to > moment::date)
     AND s.gap > s.area * 0.001;

  -- outside the nearest area above that has a boundary
  INSERT INTO gov.grid_problem (grid, division, kind, amount, detail, as_of)
  SELECT g.code, g.division, 'outside', s.m2, format('超出 %s %s 的边界 %s 平方米', u.code, u.name, round(s.m2::numeric, 1)), moment
    FROM gov.grid g,
         LATERAL (SELECT d.code, d.name, d.boundary FROM gov.division d
                   WHERE d.code = ANY (ARRAY[left(g.code, 12), left(g.code, 9), left(g.code, 6), left(g.code, 4), left(g.code, 2)])
                     AND d.boundary IS NOT NULL AND length(g.code) = 15 AND d.code <> ALL (faulty)
                  UNION ALL
                  SELECT m.code, m.name, m.boundary FROM gov.grid m
                   WHERE m.code = left(g.code, 15) AND length(g.code) = 17 AND m.code <> ALL (faulty)
                   ORDER BY 1 DESC LIMIT 1) AS u,
         LATERAL (SELECT grid_gov.outside_m2(g.boundary, u.boundary) AS m2 OFFSET 0) AS s
   WHERE (g.valid_from IS NULL OR g.valid_from <= moment) AND (g.valid_to IS NULL OR g.valid_to > moment)
     AND g.code <> ALL (faulty) AND s.m2 > 1;

  -- size: a warning
  INSERT INTO gov.grid_problem (grid, division, kind, amount, detail, as_of)
  SELECT g.code, g.division, 'households', g.households, CASE WHEN g.households IS NULL THEN '户数未登记' ELSE format('%s 户,宜为 %s', g.households, CASE g.kind WHEN '微网格' THEN '50-80' ELSE '300-500' END) END, moment
    FROM gov.grid g
   WHERE (g.valid_from IS NULL OR g.valid_from <= moment) AND (g.valid_to IS NULL OR g.valid_to > moment)
     AND CASE g.kind WHEN '综合网格' THEN g.households BETWEEN 300 AND 500 WHEN '微网格' THEN g.households BETWEEN 50 AND 80 ELSE true END IS NOT TRUE;

  -- 1+1+1: each by a post for the grid or its village
  INSERT INTO gov.grid_problem (grid, division, kind, amount, detail, as_of)
  SELECT g.code, g.division, 'staffing', count(*), '缺 ' || string_agg(r.label, '、' ORDER BY r.n), moment
    FROM gov.grid g, (VALUES (1, 'grid_leader', '网格长'), (2, 'party_secretary', '党组织负责人'), (3, 'grid_worker', '网格员')) AS r (n, role, label)
   WHERE length(g.code) = 15 AND (g.valid_from IS NULL OR g.valid_from <= moment) AND (g.valid_to IS NULL OR g.valid_to > moment)
     AND NOT EXISTS (SELECT FROM gov.post p JOIN gov.staff s ON s.id = p.staff_id
                      WHERE p.area IN (g.code, g.division) AND p.role = r.role COLLATE "C" AND p.valid_from <= moment AND p.valid_to > moment AND s.active)
   GROUP BY g.code, g.division;

  INSERT INTO gov.grid_problem (grid, division, kind, amount, detail, as_of)
  SELECT g.code, g.division, 'notice', NULL, CASE WHEN n.grid IS NULL THEN '没有公示' ELSE '公示不完整:须有网格员姓名、电话和监督电话' END, moment
    FROM gov.grid g LEFT JOIN gov.notice n ON n.grid = g.code
   WHERE length(g.code) = 15 AND (g.valid_from IS NULL OR g.valid_from <= moment) AND (g.valid_to IS NULL OR g.valid_to > moment)
     AND (n.worker_name IS NULL OR n.worker_phone IS NULL OR n.supervision_phone IS NULL);

  -- admission: lists that are missing, entries that ended or soon will
  INSERT INTO gov.grid_problem (grid, division, kind, amount, detail, as_of)
  SELECT a.area, NULL, 'admission', a.valid_to - moment::date,
         format('准入事项 %s %s %s %s', a.item, a.name, to_char(a.valid_to, 'YYYY-MM-DD'), CASE WHEN a.valid_to < moment::date THEN '已到期' ELSE '即将到期' END), moment
    FROM gov.admission a WHERE a.valid_to < moment::date + 30
  UNION ALL
  SELECT m.value, NULL, 'admission', NULL, '尚未公布准入清单', moment
    FROM gov.meta m WHERE m.kind = 'setting' AND m.name = 'root' AND NOT EXISTS (SELECT FROM gov.admission);

  SELECT count(*) INTO found_rows FROM gov.grid_problem;
  RETURN found_rows;
END
$check_grids$;
COMMENT ON FUNCTION grid_gov.check_grids_rows() IS '内部:check_grids() 的内容,以表的所有者身份执行';

CREATE FUNCTION grid_gov.check_grids() RETURNS integer
  LANGUAGE c VOLATILE
  AS 'MODULE_PATHNAME', 'gg_check_grids';
COMMENT ON FUNCTION grid_gov.check_grids() IS '检查全部网格并重写 gov.grid_problem:边界、重叠、空白、越界、户数、1+1+1配备、公示、准入清单;返回问题数';
