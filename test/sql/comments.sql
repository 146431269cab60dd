-- city
-- Every object of the extension and of the city's schema has a comment, in Chinese: BI people see it in their tools.
-- Lists what has none; nothing may be listed.
CREATE TEMP VIEW described AS
WITH schemas AS (SELECT oid, nspname FROM pg_namespace WHERE nspname IN ('grid_gov', 'gov'))
SELECT 'schema' AS kind, s.nspname::text AS name, obj_description(s.oid, 'pg_namespace') AS comment FROM schemas s
UNION ALL
SELECT 'extension', extname, obj_description(oid, 'pg_extension') FROM pg_extension WHERE extname = 'grid_gov'
UNION ALL
SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'c' THEN 'composite type' ELSE c.relkind::text END,
  c.oid::regclass::text, CASE WHEN c.relkind = 'c' THEN obj_description(c.reltype, 'pg_type') ELSE obj_description(c.oid, 'pg_class') END
FROM pg_class c JOIN schemas s ON s.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'c', 'f') AND NOT c.relispartition
UNION ALL
SELECT 'column', c.oid::regclass || '.' || a.attname, col_description(c.oid, a.attnum)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN schemas s ON s.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT CASE p.prokind WHEN 'a' THEN 'aggregate' ELSE 'function' END, p.oid::regprocedure::text, obj_description(p.oid, 'pg_proc')
FROM pg_proc p JOIN schemas s ON s.oid = p.pronamespace
UNION ALL
SELECT 'type', format_type(t.oid, NULL), obj_description(t.oid, 'pg_type')
FROM pg_type t JOIN schemas s ON s.oid = t.typnamespace WHERE t.typtype IN ('b', 'd', 'e', 'r') AND t.typcategory <> 'A'
UNION ALL
SELECT 'operator', o.oid::regoperator::text, obj_description(o.oid, 'pg_operator') FROM pg_operator o JOIN schemas s ON s.oid = o.oprnamespace
UNION ALL
SELECT 'operator class', m.amname || ' ' || c.opcname, obj_description(c.oid, 'pg_opclass')
FROM pg_opclass c JOIN pg_am m ON m.oid = c.opcmethod JOIN schemas s ON s.oid = c.opcnamespace
UNION ALL
SELECT 'cast', format_type(c.castsource, NULL) || ' as ' || format_type(c.casttarget, NULL), obj_description(c.oid, 'pg_cast')
FROM pg_cast c JOIN pg_depend d ON d.classid = 'pg_cast'::regclass AND d.objid = c.oid AND d.deptype = 'e'
JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'grid_gov'
UNION ALL
SELECT 'trigger', t.tgrelid::regclass || ' ' || t.tgname, obj_description(t.oid, 'pg_trigger')
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN schemas s ON s.oid = c.relnamespace WHERE NOT t.tgisinternal
UNION ALL
SELECT 'policy', p.polrelid::regclass || ' ' || p.polname, obj_description(p.oid, 'pg_policy')
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN schemas s ON s.oid = c.relnamespace;
SELECT kind, name, comment FROM described
WHERE comment IS NULL OR comment !~ '[一-龥]'
ORDER BY kind COLLATE "C", name COLLATE "C";
-- The check saw something to check.
SELECT bool_or(kind = 'function') AS functions, bool_or(kind = 'table') AS tables, bool_or(kind = 'column') AS columns,
  bool_or(kind = 'type') AS types FROM described WHERE comment IS NOT NULL;
