-- The public objects of this database as declarations, one a row: what doc/contract.sql is compared with and printed from.
-- Not public: functions that make up a type, an operator, an operator class or an aggregate; functions whose comment begins with 内部: or says 内部使用.
SET search_path TO pg_catalog, pg_temp;
CREATE TEMP VIEW fact (part, object, ord, line) AS
  SELECT 1, t.typname::text, 0, format('CREATE TYPE grid_gov.%I;', t.typname)
  FROM pg_type t WHERE t.typnamespace = 'grid_gov'::regnamespace AND t.typtype = 'b' AND t.typelem = 0
  UNION ALL
  SELECT CASE WHEN p.prorettype = 'trigger'::regtype THEN 3 ELSE 2 END, p.oid::regprocedure::text, 0,
    regexp_replace(format('CREATE %s grid_gov.%I(%s) RETURNS %s%s;', CASE p.prokind WHEN 'a' THEN 'AGGREGATE' WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END,
      p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid),
      CASE WHEN p.prokind = 'a' OR p.prorettype = 'trigger'::regtype THEN '' ELSE CASE p.provolatile WHEN 'i' THEN ' IMMUTABLE' WHEN 's' THEN ' STABLE' ELSE ' VOLATILE' END END),
      '\m\w+\.geometry', 'geometry', 'g')
  FROM pg_proc p
  WHERE p.pronamespace = 'grid_gov'::regnamespace
    AND COALESCE(obj_description(p.oid, 'pg_proc'), '') !~ '^内部:|内部使用'
    AND NOT EXISTS (SELECT FROM pg_type t WHERE p.oid IN (t.typinput, t.typoutput, t.typreceive, t.typsend, t.typmodin, t.typmodout))
    AND NOT EXISTS (SELECT FROM pg_operator o WHERE p.oid IN (o.oprcode, o.oprrest, o.oprjoin))
    AND NOT EXISTS (SELECT FROM pg_amproc a WHERE p.oid = a.amproc)
    AND NOT EXISTS (SELECT FROM pg_cast c WHERE p.oid = c.castfunc)
    AND NOT EXISTS (SELECT FROM pg_aggregate a WHERE p.oid IN (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn))
    AND NOT EXISTS (SELECT FROM pg_proc u WHERE u.prosupport = p.oid)
  UNION ALL
  SELECT CASE WHEN c.relnamespace = 'grid_gov'::regnamespace THEN 4 WHEN c.relkind = 'v' THEN 6 ELSE 5 END, c.oid::regclass::text, a.attnum,
    format('%s %s', a.attname, regexp_replace(format_type(a.atttypid, a.atttypmod), '\m\w+\.geometry', 'geometry'))
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE c.relnamespace IN ('grid_gov'::regnamespace, 'gov'::regnamespace) AND c.relkind IN ('r', 'v', 'p', 'm');
