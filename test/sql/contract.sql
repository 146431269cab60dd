-- doc/contract.sql and the catalog say the same: every public type, function, table column and view column.
\pset format unaligned
\pset tuples_only on
\getenv dir PG_ABS_SRCDIR
\set contract `cat "$PG_ABS_SRCDIR/../doc/contract.sql"`
CREATE ROLE contract_owner NOLOGIN;
SELECT count(*) > 100 AS set_up FROM grid_gov.setup('3716', '滨州市', 'contract_owner');
\set facts :dir '/contract/facts.sql'
\set ECHO none
\i :facts
SELECT set_config('contract.text', :'contract', false) <> '' AS contract_read;
\set ECHO all
CREATE TEMP VIEW block (object, ord, line) AS
  SELECT m[1], o, btrim(c, E' ,\n')
  FROM regexp_split_to_table(regexp_replace(current_setting('contract.text'), '--[^\n]*', '', 'g'), '\n\);') b,
    regexp_match(b, 'CREATE (?:TABLE|VIEW) ([\w.]+) \(\n(.*)$') m, regexp_split_to_table(m[2], '\n') WITH ORDINALITY u (c, o);
CREATE TEMP TABLE declared AS
  SELECT CASE WHEN line ~ 'RETURNS trigger;' THEN 3 ELSE 2 END AS part, line FROM regexp_split_to_table(current_setting('contract.text'), '\n') line WHERE line ~ '^CREATE (TYPE|FUNCTION|AGGREGATE|PROCEDURE) '
  UNION ALL
  SELECT 5, object || '.' || line FROM block;
CREATE TEMP TABLE found AS
  SELECT part, CASE WHEN part <= 3 THEN line ELSE object || '.' || line END AS line FROM fact;
SELECT count(*) > 500 AS enough FROM declared;
SELECT 'declared twice', line FROM declared GROUP BY line HAVING count(*) > 1 ORDER BY line;
SELECT 'declared, not there' AS problem, line FROM (SELECT line FROM declared EXCEPT SELECT line FROM found) x ORDER BY line COLLATE "C";
SELECT 'there, not declared' AS problem, line FROM (SELECT line FROM found EXCEPT SELECT line FROM declared) x ORDER BY line COLLATE "C";
-- what was promised from the start, written out by hand
SELECT 'promised function' AS problem, p.name, p.args
FROM (VALUES
  ('deadline', 'start timestamptz, allow grid_gov.time_limit, hours grid_gov.work_calendar'), ('work_time', 'since timestamptz, until timestamptz, hours grid_gov.work_calendar'),
  ('is_open', 'at timestamptz, hours grid_gov.work_calendar'), ('next_open', 'at timestamptz, hours grid_gov.work_calendar'), ('work_spans', 'within tstzrange, hours grid_gov.work_calendar'),
  ('explain_deadline', 'start timestamptz, allow grid_gov.time_limit, hours grid_gov.work_calendar'), ('parse_limit', 'text, profile text'), ('time_limit_zh', 'grid_gov.time_limit'),
  ('within', 'code text, area text'), ('code_level', 'code text'), ('code_parent', 'code text'), ('code_ancestor', 'code text, level integer'), ('canonical_code', 'code text'), ('standard_code', 'code text'),
  ('locate', 'point geometry, frame text'), ('locate_detail', 'point geometry, frame text'), ('locate_many', ''), ('normalize_report', 'body text'), ('classify', 'body text'),
  ('classify', 'body text, model grid_gov.text_model'), ('classify_detail', 'body text'), ('classify_top', 'body text'), ('explain_classification', 'body text'), ('train_text_model', 'body text, label text'),
  ('report', 'body text, location geometry'), ('report_batch', 'jsonb'), ('act', 'event bigint, action text, note text, args jsonb, expect_seq integer'), ('allowed_actions', 'event bigint'),
  ('sweep', ''), ('sweep_at', 'now timestamptz'), ('verify_journal', 'since timestamptz, until timestamptz'), ('journal_digest', 'day date'), ('redact', 'log_id bigint, reason text'), ('reseal', 'event bigint, reason text'),
  ('import_events', ''), ('enforce_workflow', ''), ('journal_workflow', ''), ('verify_own_log', 'relation regclass'), ('score_workers', 'since date, until date, area text'), ('score_units', 'since date, until date, area text'), ('explain_score', ''),
  ('check_grids', ''), ('refresh_summary', ''), ('close_period', ''), ('setup', 'root text, name text, owner regrole, dry_run boolean'), ('grant_access', 'role regrole, persona text, area text'), ('check_setup', '')
) p (name, args)
WHERE NOT EXISTS (
  SELECT FROM pg_proc f
  WHERE f.pronamespace = 'grid_gov'::regnamespace AND f.proname = p.name
    -- the promised arguments are the first ones; where only a type was promised the name is free
    AND starts_with(regexp_replace(replace(pg_get_function_identity_arguments(f.oid), 'timestamp with time zone', 'timestamptz'), '\m\w+\.geometry', 'geometry', 'g') || ',',
      CASE WHEN p.args IN ('text, profile text', 'grid_gov.time_limit', 'jsonb', '') THEN '' ELSE regexp_replace(p.args, ', (code|body)$', '') || ',' END))
ORDER BY p.name, p.args;
SELECT 'promised table or view' AS problem, r
FROM regexp_split_to_table('event event_task event_log own_log event_note event_private request alert intake staff post department division grid calendar catalogue stage_limit patrol visit notice duty workflow workflow_state workflow_transition workflow_auto handling_limit admission score_rule merit model lexicon labelled_report grid_problem summary_day period score_period journal_digest reproject_queue actor_proxy access meta v_event v_event_open v_event_timeline v_sla_stage v_sla_summary v_category_daily v_grid_profile v_grid_problem v_duty_roster v_worker_score v_unit_score v_department_performance v_hotspot v_alert v_review_queue', ' ') r
WHERE to_regclass('gov.' || r) IS NULL ORDER BY r;
-- columns of core types only, but for the three of configuration and PostGIS
SELECT 'column of another type' AS problem, c.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relnamespace = 'gov'::regnamespace AND c.relkind IN ('r', 'v')
  AND NOT (t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype = 'b') AND t.typname <> 'geometry'
  AND NOT (c.relkind = 'r' AND t.typname IN ('time_limit', 'work_calendar', 'text_model')) ORDER BY 2, 3;
SELECT 'interval, range or array in a view' AS problem, c.oid::regclass, a.attname
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relnamespace = 'gov'::regnamespace AND c.relkind = 'v' AND (t.typname = 'interval' OR t.typtype <> 'b' OR t.typelem <> 0 AND t.typlen = -1) ORDER BY 2, 3;
SELECT 'view without security_invoker' AS problem, c.oid::regclass FROM pg_class c WHERE c.relnamespace = 'gov'::regnamespace AND c.relkind = 'v' AND NOT COALESCE(c.reloptions::text ~ 'security_invoker=(true|on)', false) ORDER BY 2;
-- nothing of gov calls a row-returning function of ours, or the extension could not be updated
SELECT 'calls a row-returning function' AS problem, pg_describe_object(d.classid, d.objid, d.objsubid), p.proname
FROM pg_depend d JOIN pg_proc p ON d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid
WHERE p.pronamespace = 'grid_gov'::regnamespace AND (p.proretset OR p.prorettype = 'record'::regtype) AND d.classid IN ('pg_rewrite'::regclass, 'pg_attrdef'::regclass, 'pg_policy'::regclass, 'pg_constraint'::regclass, 'pg_class'::regclass) ORDER BY 2, 3;
-- what gov hangs on cannot change either, so it is no internal function
SELECT DISTINCT 'gov uses an internal function' AS problem, p.oid::regprocedure
FROM pg_depend d JOIN pg_proc p ON d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid
WHERE p.pronamespace = 'grid_gov'::regnamespace AND obj_description(p.oid, 'pg_proc') ~ '^内部:|内部使用' AND d.classid IN ('pg_rewrite'::regclass, 'pg_attrdef'::regclass, 'pg_policy'::regclass, 'pg_constraint'::regclass, 'pg_trigger'::regclass, 'pg_class'::regclass) ORDER BY 2;
SELECT 'without comment' AS problem, pg_describe_object(k.classid, k.objid, 0) FROM (
  SELECT 'pg_proc'::regclass AS classid, p.oid AS objid FROM pg_proc p WHERE p.pronamespace = 'grid_gov'::regnamespace
  UNION ALL SELECT 'pg_class'::regclass, c.oid FROM pg_class c WHERE c.relnamespace IN ('gov'::regnamespace, 'grid_gov'::regnamespace) AND c.relkind IN ('r', 'v')
  UNION ALL SELECT 'pg_type'::regclass, t.oid FROM pg_type t WHERE t.typnamespace = 'grid_gov'::regnamespace AND t.typtype = 'b' AND t.typelem = 0
  UNION ALL SELECT 'pg_operator'::regclass, o.oid FROM pg_operator o WHERE o.oprnamespace = 'grid_gov'::regnamespace
  UNION ALL SELECT 'pg_trigger'::regclass, t.oid FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid AND p.pronamespace = 'grid_gov'::regnamespace
  UNION ALL SELECT 'pg_policy'::regclass, p.oid FROM pg_policy p
) k WHERE obj_description(k.objid, k.classid::text) IS NULL ORDER BY 2;
SELECT 'column without comment' AS problem, c.oid::regclass, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace IN ('gov'::regnamespace, 'grid_gov'::regnamespace) AND c.relkind IN ('r', 'v') AND col_description(c.oid, a.attnum) IS NULL ORDER BY 2, 3;
-- the order of columns is part of it
SELECT 'order of columns' AS problem, object
FROM (SELECT object, string_agg(split_part(line, ' ', 1), ',' ORDER BY ord) AS columns FROM fact WHERE part > 3 GROUP BY object) f
JOIN (SELECT object, string_agg(split_part(line, ' ', 1), ',' ORDER BY ord) AS columns FROM block GROUP BY object) d USING (object)
WHERE f.columns <> d.columns ORDER BY 2;
SET client_min_messages TO warning;
DROP SCHEMA gov CASCADE;
DROP OWNED BY contract_owner;
DROP ROLE contract_owner;
