-- Print what doc/contract.sql should say about this database (a city must be set up in it).
\set QUIET on
\pset format unaligned
\pset tuples_only on
\ir facts.sql
SELECT $$-- The public contract of grid_gov: every type, function, trigger function, table column and view column, as the catalog has it.
-- Bodies, constraints and defaults of columns are left out; doc/*.md explain. Names, order and types never change, things are only added.
-- Print it from a database: make contract. test/sql/contract.sql compares.
$$;
SELECT (ARRAY['-- 类型', '-- 函数', '-- 触发器函数', '-- 参考数据(只读)', '-- 城市的表', '-- 视图'])[part] || E'\n' ||
  string_agg(CASE WHEN part <= 3 THEN line ELSE 'CREATE ' || CASE part WHEN 6 THEN 'VIEW ' ELSE 'TABLE ' END || object || E' (\n' || line || E'\n);' END, CASE WHEN part <= 3 THEN E'\n' ELSE E'\n\n' END ORDER BY object COLLATE "C") || E'\n'
FROM (SELECT part, object, string_agg(CASE WHEN part <= 3 THEN line ELSE '  ' || line END, CASE WHEN part <= 3 THEN E'\n' ELSE E',\n' END ORDER BY ord) AS line FROM fact GROUP BY part, object) x
GROUP BY part ORDER BY part;
