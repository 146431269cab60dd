-- Installation of a city: gov is made from ref_object and the other reference tables, and brought to a new version.
-- Everything here is SECURITY INVOKER; what it writes in gov it writes as the owner of gov.

CREATE FUNCTION grid_gov.holiday_rules(since date DEFAULT NULL, until date DEFAULT NULL) RETURNS text
  LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT pg_catalog.string_agg(
    CASE WHEN r.first OPERATOR(pg_catalog.=) r.last THEN '' ELSE pg_catalog.to_char(r.first, 'YYYY-MM-DD/') END
    OPERATOR(pg_catalog.||) pg_catalog.to_char(r.last, 'YYYY-MM-DD')
    OPERATOR(pg_catalog.||) CASE r.kind WHEN 'holiday' THEN ' off "' OPERATOR(pg_catalog.||) r.name OPERATOR(pg_catalog.||) '"'
      ELSE ' on "' OPERATOR(pg_catalog.||) r.name OPERATOR(pg_catalog.||) '调休"' END,
    '; ' ORDER BY r.first)
  FROM (
    SELECT pg_catalog.min(h.day) AS first, pg_catalog.max(h.day) AS last, h.kind, h.name
    FROM (
      SELECT d.day, d.kind, d.name, d.day OPERATOR(pg_catalog.-) pg_catalog.row_number() OVER (PARTITION BY d.kind, d.name ORDER BY d.day)::integer AS run
      FROM grid_gov.ref_holiday d
      WHERE d.day OPERATOR(pg_catalog.>=) COALESCE(since, '-infinity'::date) AND d.day OPERATOR(pg_catalog.<=) COALESCE(until, 'infinity'::date)
    ) h
    GROUP BY h.kind, h.name, h.run
  ) r;
END;
COMMENT ON FUNCTION grid_gov.holiday_rules(date, date) IS '国务院公布的节假日与调休,写成工作日历的规则,供拼接日历用';

CREATE FUNCTION grid_gov.object_fingerprint(kind text, name text, ddl text) RETURNS text
  LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, pg_temp
  AS $f$
DECLARE
  rel regclass;
  facts text;
  m text[];
  fact text;
BEGIN
  CASE kind
  WHEN 'table' THEN
    rel := to_regclass(name);
    SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attcollation::regcollation, a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid)), E'\n' ORDER BY a.attname)
      INTO facts
      FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = rel AND a.attnum > 0 AND NOT a.attisdropped;
    -- not-null constraints are rows of their own from PostgreSQL 18 on; the columns say it already; constraint triggers are triggers
    SELECT facts || COALESCE(string_agg(c.conname || ' ' || pg_get_constraintdef(c.oid), E'\n' ORDER BY c.conname), '')
      INTO facts
      FROM pg_constraint c WHERE c.conrelid = rel AND c.contype NOT IN ('n', 't');
  WHEN 'index' THEN
    facts := pg_get_indexdef(to_regclass(name));
  WHEN 'view' THEN
    SELECT pg_get_viewdef(c.oid) || COALESCE(array_to_string(c.reloptions, ','), '') INTO facts FROM pg_class c WHERE c.oid = to_regclass(name) AND c.relkind = 'v';
  WHEN 'trigger' THEN
    facts := '';
    FOR m IN SELECT regexp_matches(ddl, 'CREATE (?:CONSTRAINT )?TRIGGER (\w+) .*? ON (gov\.\w+)', 'g') LOOP
      SELECT concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled) INTO fact FROM pg_trigger t WHERE t.tgrelid = to_regclass(m[2]) AND t.tgname = m[1];
      facts := facts || CASE WHEN FOUND THEN fact END;
    END LOOP;
  WHEN 'policy' THEN
    facts := '';
    FOR m IN SELECT regexp_matches(ddl, 'CREATE POLICY (\w+) ON (gov\.\w+)', 'g') LOOP
      SELECT concat_ws(' ', p.polname, p.polcmd, p.polpermissive, p.polroles::regrole[], pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid), c.relrowsecurity)
        INTO fact FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE p.polrelid = to_regclass(m[2]) AND p.polname = m[1];
      facts := facts || CASE WHEN FOUND THEN fact END;
    END LOOP;
  ELSE
    facts := ddl;
  END CASE;
  RETURN md5(facts);
END
$f$;
COMMENT ON FUNCTION grid_gov.object_fingerprint(text, text, text) IS '内部:对象当前定义的指纹;对象不存在时为空';

CREATE FUNCTION grid_gov.seed_plan(root text, name text)
  RETURNS TABLE (ord integer, tab text, keys text[], cols text[], query text)
  LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp
  AS $f$
  SELECT v.ord, v.tab, v.keys::text[], v.cols::text[], format(v.query, root, name)
  FROM (VALUES
    (1, 'division', '{code}', '{code,name,level,parent}',
      'SELECT %1$L AS code, %2$L AS name, grid_gov.code_level(%1$L) AS level, grid_gov.code_parent(%1$L) AS parent'),
    (2, 'calendar', '{area,name}', '{area,name,title,hours}',
      $q$SELECT %1$L AS area, 'default' AS name, '默认工作日历(国务院节假日与调休)' AS title,
          'Asia/Shanghai; Mo-Fr 08:00-12:00,14:00-18:00; ' || grid_gov.holiday_rules() || '; day 8h; valid ' || date_trunc('year', min(h.day))::date || '/' || (date_trunc('year', max(h.day)) + interval '1 year - 1 day')::date AS hours
        FROM grid_gov.ref_holiday h
        UNION ALL SELECT %1$L, '24x7', '全天候', 'Asia/Shanghai; 24/7; day 24h'$q$),
    (3, 'workflow', '{name}', '{name,area,title,for_events}',
      $q$SELECT 'default' AS name, %1$L AS area, '默认事件流程' AS title, true AS for_events$q$),
    (4, 'workflow_state', '{workflow,state}', '{workflow,state,name,ord,stage,open,paused,terminal}',
      $q$SELECT 'default' AS workflow, s.* FROM grid_gov.ref_state s$q$),
    (5, 'workflow_transition', '{workflow,id}', '{workflow,id,from_states,to_state,action,label,roles,relation,needs_note,needs_args,guards,effects,source}',
      $q$SELECT 'default' AS workflow, t.* FROM grid_gov.ref_transition t$q$),
    (6, 'workflow_auto', '{workflow,area,action}', '{workflow,area,action,after,except_source}',
      $q$SELECT 'default' AS workflow, %1$L AS area, a.* FROM grid_gov.ref_workflow_auto a$q$),
    (7, 'catalogue', '{code}', '{code,category,name,typical,allow,first_level,urgent,low_risk,department_duty,department_hint,limit_source}',
      'SELECT c.* FROM grid_gov.ref_catalogue c'),
    (8, 'stage_limit', '{area,state,urgent}', '{area,state,urgent,allow}',
      'SELECT %1$L AS area, l.* FROM grid_gov.ref_stage_limit l'),
    (9, 'handling_limit', '{area,source,item,urgent}', '{area,source,item,urgent,allow,calendar,basis}',
      'SELECT %1$L AS area, l.* FROM grid_gov.ref_handling_limit l'),
    (10, 'score_rule', '{subject,code,area}', '{subject,code,area,name,kind,points,full_at,zero_at,basis}',
      'SELECT %1$L AS area, r.* FROM grid_gov.ref_score_rule r'),
    -- lists of one place are for that place: its own database, or a larger one that contains it
    (11, 'duty', '{area,list,code,role}', '{area,list,code,name,role,basis}',
      $q$SELECT CASE WHEN starts_with(d.area, %1$L) THEN d.area ELSE %1$L END AS area, d.list, d.code, d.name, 'grid_worker' AS role, d.basis
        FROM grid_gov.ref_duty d WHERE d.area IS NULL OR starts_with(d.area, %1$L) OR starts_with(%1$L, d.area)$q$),
    (12, 'lexicon', '{word,category}', '{word,category,weight,note}',
      'SELECT l.word, l.category, l.weight, l.note FROM grid_gov.ref_lexicon l')
  ) v (ord, tab, keys, cols, query)
  ORDER BY v.ord
$f$;
COMMENT ON FUNCTION grid_gov.seed_plan(text, text) IS '内部:setup() 要写入城市各表的种子行';

CREATE FUNCTION grid_gov.seed_table(tab text, keys text[], cols text[], query text, version text, made boolean DEFAULT false, added text[] DEFAULT '{}') RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
  SET datestyle = 'ISO, YMD'
  SET extra_float_digits = 1
  AS $f$
-- made: the table was just made; added: these columns of it were. What went with them was not taken away row by row.
DECLARE
  fill text[] := ARRAY(SELECT c FROM unnest(cols) c WHERE c = ANY (added));
  rest text[] := ARRAY(SELECT c FROM unnest(cols) c WHERE c <> ALL (added));
  key text;
  columns text;
  same text;
  plan jsonb;
  report jsonb := '[]';
  n integer;
BEGIN
  SELECT 'concat_ws(''/'', ' || string_agg(format('COALESCE(r.%I::text, '''')', k), ', ' ORDER BY o) || ')' INTO key FROM unnest(keys) WITH ORDINALITY u (k, o);
  SELECT string_agg(format('r.%I', c), ', ' ORDER BY o) INTO columns FROM unnest(cols) WITH ORDINALITY u (c, o);
  IF fill <> '{}' THEN
    -- rows are found again by their key; without it, by all else, where as many are there as we make
    SELECT string_agg(format('r.%I', c), ', ' ORDER BY o) INTO same FROM unnest(CASE WHEN keys && added THEN rest ELSE keys END) WITH ORDINALITY u (c, o);
    BEGIN
      EXECUTE format($q$
        WITH ours AS (SELECT r.*, md5(ROW(%2$s)::text) AS mark_, row_number() OVER w AS n_, count(*) OVER (PARTITION BY md5(ROW(%2$s)::text)) AS k_
            FROM (%3$s) q, jsonb_populate_record(NULL::gov.%1$I, to_jsonb(q)) r WINDOW w AS (PARTITION BY md5(ROW(%2$s)::text) ORDER BY ROW(%4$s)::text)),
          there AS (SELECT r.ctid AS id_, md5(ROW(%2$s)::text) AS mark_, row_number() OVER w AS n_, count(*) OVER (PARTITION BY md5(ROW(%2$s)::text)) AS k_
            FROM gov.%1$I r WINDOW w AS (PARTITION BY md5(ROW(%2$s)::text) ORDER BY r.ctid))
        UPDATE gov.%1$I AS t SET (%5$s) = ROW(%6$s) FROM there JOIN ours r USING (mark_, n_, k_) WHERE t.ctid = there.id_$q$,
        tab, same, query, columns, (SELECT string_agg(quote_ident(c), ', ' ORDER BY o) FROM unnest(fill) WITH ORDINALITY u (c, o)),
        (SELECT string_agg(format('r.%I', c), ', ' ORDER BY o) FROM unnest(fill) WITH ORDINALITY u (c, o)));
      GET DIAGNOSTICS n = ROW_COUNT;
      report := report || jsonb_build_array(jsonb_build_array('rows', 'gov.' || tab, 'replaced', n || ' rows: ' || array_to_string(fill, ', ')));
    EXCEPTION WHEN OTHERS THEN
      report := report || jsonb_build_array(jsonb_build_array('rows', 'gov.' || tab, 'broken', SQLERRM));
    END;
  END IF;
  -- ours: the row as this version seeds it; there: as it stands; known: as we last wrote it
  EXECUTE format($q$
    SELECT COALESCE(jsonb_agg(jsonb_build_object('key', ours.key, 'mark', ours.mark, 'row', ours.r, 'what', CASE
        WHEN there.mark IS NULL AND (known.fingerprint IS NULL OR %5$L) THEN 'insert'
        WHEN there.mark IS NULL THEN 'deleted'
        WHEN there.mark = ours.mark AND there.mark = known.fingerprint THEN 'same'
        WHEN there.mark = ours.mark THEN 'adopt'
        WHEN there.mark = known.fingerprint THEN 'update'
        WHEN known.fingerprint IS NULL THEN 'own'
        ELSE 'edited' END) ORDER BY ours.key), '[]')
    FROM (SELECT %1$s AS key, md5(ROW(%2$s)::text) AS mark, to_jsonb(r) AS r FROM (%3$s) q, jsonb_populate_record(NULL::gov.%4$I, to_jsonb(q)) r) ours
    LEFT JOIN (SELECT %1$s AS key, md5(ROW(%2$s)::text) AS mark FROM gov.%4$I r) there ON there.key = ours.key
    LEFT JOIN gov.meta known ON known.kind = 'seed' AND known.name = 'gov.%4$s:' || ours.key$q$,
    key, columns, query, tab, made) INTO plan;

  EXECUTE format('INSERT INTO gov.%I (%s) SELECT %s FROM jsonb_array_elements($1) e, jsonb_populate_record(NULL::gov.%1$I, e->''row'') r WHERE e->>''what'' = ''insert''',
    tab, (SELECT string_agg(quote_ident(c), ', ' ORDER BY o) FROM unnest(cols) WITH ORDINALITY u (c, o)), columns) USING plan;
  GET DIAGNOSTICS n = ROW_COUNT;
  IF n > 0 THEN
    report := report || jsonb_build_array(jsonb_build_array('rows', 'gov.' || tab, 'created', n || ' rows'));
  END IF;
  EXECUTE format('UPDATE gov.%I AS t SET (%s) = ROW(%s) FROM jsonb_array_elements($1) e, jsonb_populate_record(NULL::gov.%1$I, e->''row'') r WHERE e->>''what'' = ''update'' AND e->>''key'' = %4$s',
    tab, (SELECT string_agg(quote_ident(c), ', ' ORDER BY o) FROM unnest(cols) WITH ORDINALITY u (c, o)), columns, replace(key, 'r.', 't.')) USING plan;

  INSERT INTO gov.meta AS m (kind, name, fingerprint, version)
    SELECT 'seed', 'gov.' || tab || ':' || (e->>'key'), e->>'mark', seed_table.version
    FROM jsonb_array_elements(plan) e WHERE e->>'what' IN ('insert', 'update', 'adopt')
    ON CONFLICT ON CONSTRAINT meta_pkey DO UPDATE SET fingerprint = EXCLUDED.fingerprint, version = EXCLUDED.version, installed_at = EXCLUDED.installed_at;
  SELECT report || COALESCE(jsonb_agg(jsonb_build_array('row', 'gov.' || tab || ':' || (e->>'key'),
      CASE e->>'what' WHEN 'update' THEN 'replaced' ELSE 'kept, differs' END,
      CASE e->>'what' WHEN 'deleted' THEN 'deleted by the city' WHEN 'own' THEN 'the city''s own row' WHEN 'edited' THEN 'edited by the city' END) ORDER BY e->>'key'), '[]')
    INTO report
    FROM jsonb_array_elements(plan) e WHERE e->>'what' IN ('update', 'deleted', 'own', 'edited');
  RETURN jsonb_build_object('report', report, 'same', (SELECT count(*) FROM jsonb_array_elements(plan) e WHERE e->>'what' IN ('same', 'adopt')));
END
$f$;
COMMENT ON FUNCTION grid_gov.seed_table(text, text[], text[], text, text, boolean, text[]) IS '内部:写入一张表的种子行;未改动的更新,改动过的保留并列出';

CREATE FUNCTION grid_gov.table_columns(ddl text) RETURNS TABLE (ord bigint, name text, definition text)
  LANGUAGE sql IMMUTABLE
  SET search_path = pg_catalog, pg_temp
  AS $f$
  -- one a line; what constrains the whole table begins with a capital
  SELECT l.ord, m[1], m[2]
  FROM regexp_split_to_table(split_part(ddl, E'\n);', 1), '\n') WITH ORDINALITY l (line, ord), regexp_match(l.line, '^  ([a-z_]\w*) (.*?),?$') m
  WHERE m IS NOT NULL
$f$;
COMMENT ON FUNCTION grid_gov.table_columns(text) IS '内部:一张表的定义中的各列';

CREATE FUNCTION grid_gov.missing_columns(tab text, ddl text) RETURNS TABLE (ord bigint, name text, definition text)
  LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp
  AS $f$
  SELECT c.ord, c.name, c.definition
  FROM pg_class t CROSS JOIN grid_gov.table_columns(ddl) c
  WHERE t.oid = to_regclass(tab) AND t.relkind IN ('r', 'p')
    AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = c.name AND NOT a.attisdropped)
  ORDER BY c.ord
$f$;
COMMENT ON FUNCTION grid_gov.missing_columns(text, text) IS '内部:一张表按定义缺少的列';

CREATE FUNCTION grid_gov.attempt(statement text) RETURNS text
  LANGUAGE plpgsql
  AS $f$
-- The caller has set search_path.
BEGIN
  EXECUTE statement;
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  RETURN format('%s: %s', statement, SQLERRM);
END
$f$;
COMMENT ON FUNCTION grid_gov.attempt(text) IS '内部:试做一条语句,做不到时返回语句与原因';

CREATE FUNCTION grid_gov.setup_table(name text, ddl text, version text, renewed text[]) RETURNS jsonb
  LANGUAGE plpgsql
  AS $f$
-- A table that is there is never replaced: it gets the columns that it lacks, and the comments of this version. As setup_object().
-- renewed: tables that were made, or got their key back, before this one. The result is for finish_table(): added, the new columns;
-- later, what must wait until seed_table() has filled them.
DECLARE
  is_mark text := grid_gov.object_fingerprint('table', name, ddl);
  was record;
  known boolean;
  same boolean;
  rekeyed boolean := false;
  filled boolean;
  added text[] := '{}';
  tries text[] := '{}';
  later text[] := '{}';
  detail text;
  statement text;
  c record;
BEGIN
  FOR c IN SELECT * FROM grid_gov.missing_columns(name, ddl) LOOP
    IF filled IS NULL THEN
      EXECUTE format('SELECT EXISTS (SELECT FROM %s)', name) INTO filled;
    END IF;
    statement := regexp_replace(c.definition, ' PRIMARY KEY\M| REFERENCES gov\.\w+( ON (UPDATE|DELETE) CASCADE)*', '', 'g');
    IF filled AND c.definition !~ '\m(DEFAULT|GENERATED)\M' THEN
      IF statement ~ '(?<!IS) NOT NULL\M' THEN
        tries := tries || format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL', name, c.name);
      END IF;
      statement := regexp_replace(statement, '(?<!IS) NOT NULL\M', '', 'g');
    END IF;
    IF c.definition ~ '\mPRIMARY KEY\M' THEN
      tries := tries || format('ALTER TABLE %s ADD PRIMARY KEY (%I)', name, c.name);
      rekeyed := true;
    END IF;
    EXECUTE format('ALTER TABLE %s ADD COLUMN %I %s', name, c.name, statement);
    added := added || c.name;
    detail := concat_ws(', ', detail, c.name || CASE WHEN filled AND c.definition ~ '\mGENERATED\M' THEN ' (rows numbered anew)' ELSE '' END);
  END LOOP;
  IF added <> '{}' THEN
    -- what constrained a column went with it
    FOR statement IN
      SELECT rtrim(l.m[1], ',')
      FROM regexp_split_to_table(split_part(ddl, E'\n);', 1), '\n') WITH ORDINALITY x (line, ord), regexp_match(x.line, '^  ((?:PRIMARY KEY|UNIQUE|CHECK)\M.*?),?$') l (m)
      WHERE EXISTS (SELECT FROM unnest(added) a WHERE l.m[1] ~ ('\m' || a || '\M'))
      ORDER BY x.ord
    LOOP
      tries := tries || format('ALTER TABLE %s ADD %s', name, statement);
    END LOOP;
  END IF;
  -- references to a table that was lost
  FOR c IN SELECT x.name, r.m[1] AS target, r.m[2] AS more FROM grid_gov.table_columns(ddl) x, regexp_match(x.definition, ' REFERENCES (gov\.\w+)((?: ON (?:UPDATE|DELETE) CASCADE)*)') r (m) WHERE r.m IS NOT NULL LOOP
    IF (c.target = ANY (renewed) OR c.name = ANY (added))
      AND NOT EXISTS (SELECT FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND ARRAY[a.attnum] = k.conkey
        WHERE k.conrelid = to_regclass(setup_table.name) AND k.contype = 'f' AND a.attname = c.name) THEN
      tries := tries || format('ALTER TABLE %s ADD FOREIGN KEY (%I) REFERENCES %s%s', name, c.name, c.target, c.more);
    END IF;
  END LOOP;
  FOREACH statement IN ARRAY tries LOOP
    IF grid_gov.attempt(statement) IS NOT NULL THEN
      later := later || statement;
    END IF;
  END LOOP;

  SELECT x.value AS ddl, x.fingerprint AS mark INTO was FROM gov.meta x WHERE x.kind = 'table' AND x.name = setup_table.name;
  known := FOUND;
  IF added <> '{}' OR NOT known OR was.ddl IS DISTINCT FROM md5(ddl) THEN
    FOR statement IN SELECT s FROM regexp_split_to_table(ddl, ';\s*(\n|$)') s WHERE s ~ '^COMMENT ON' LOOP
      EXECUTE statement;
    END LOOP;
  END IF;
  -- as we left it, or a table of that name made by the city: what we change now is ours
  same := NOT known OR was.mark IS NULL OR was.mark = is_mark;
  INSERT INTO gov.meta AS x (kind, name, value, fingerprint, version)
    VALUES ('table', name, md5(ddl), grid_gov.object_fingerprint('table', name, ddl), setup_table.version)
    ON CONFLICT ON CONSTRAINT meta_pkey DO UPDATE SET value = EXCLUDED.value, version = EXCLUDED.version, installed_at = EXCLUDED.installed_at,
      -- a table that the city changed stays marked as changed
      fingerprint = CASE WHEN same THEN EXCLUDED.fingerprint ELSE x.fingerprint END
    WHERE x.value IS DISTINCT FROM EXCLUDED.value OR added <> '{}';
  RETURN jsonb_build_object('name', name, 'ddl', ddl, 'same', same, 'rekeyed', rekeyed, 'added', added, 'later', later, 'detail', 'columns added: ' || detail);
END
$f$;
COMMENT ON FUNCTION grid_gov.setup_table(text, text, text, text[]) IS '内部:给 gov 的一张表补上缺少的列、约束与注释';

CREATE FUNCTION grid_gov.finish_table(part jsonb) RETURNS jsonb
  LANGUAGE plpgsql
  AS $f$
-- What setup_table() left, and what there is to say about the table. As setup_object().
DECLARE
  mark text;
  problem text;
  statement text;
  report jsonb := '[]';
BEGIN
  FOR statement IN SELECT jsonb_array_elements_text(part->'later') LOOP
    problem := grid_gov.attempt(statement);
    IF problem IS NOT NULL THEN
      report := report || jsonb_build_array(jsonb_build_array('table', part->>'name', 'broken', problem));
    END IF;
  END LOOP;
  mark := grid_gov.object_fingerprint('table', part->>'name', part->>'ddl');
  IF (part->>'same')::boolean THEN
    UPDATE gov.meta x SET fingerprint = mark WHERE x.kind = 'table' AND x.name = part->>'name' AND x.fingerprint IS DISTINCT FROM mark;
  END IF;
  IF EXISTS (SELECT FROM gov.meta x WHERE x.kind = 'table' AND x.name = part->>'name' AND x.fingerprint IS DISTINCT FROM mark) THEN
    RETURN jsonb_build_array(jsonb_build_array('table', part->>'name', 'kept, differs', concat_ws('; ', 'changed by the city', part->>'detail'))) || report;
  ELSIF part->>'detail' IS NOT NULL THEN
    RETURN jsonb_build_array(jsonb_build_array('table', part->>'name', 'replaced', part->>'detail')) || report;
  END IF;
  RETURN report;
END
$f$;
COMMENT ON FUNCTION grid_gov.finish_table(jsonb) IS '内部:一张表补列之后的约束、指纹与报告';

CREATE FUNCTION grid_gov.setup_object(kind text, name text, ddl text, version text, anew boolean DEFAULT false) RETURNS jsonb
  LANGUAGE plpgsql
  AS $f$
-- The caller has set search_path (pg_catalog, the schema of PostGIS) and has become the owner of gov. anew: what it stands on was lost.
DECLARE
  is_mark text := grid_gov.object_fingerprint(kind, name, ddl);
  was record;
  known boolean;
  there boolean;
  statement text;
  m text[];
  report jsonb := '[]';
BEGIN
  SELECT x.value AS ddl, x.fingerprint AS mark INTO was FROM gov.meta x WHERE x.kind = setup_object.kind AND x.name = setup_object.name;
  known := FOUND;
  IF kind = 'change' THEN
    -- a change of something older: done once; a new city has it in its tables already
    IF known THEN
      RETURN report;
    END IF;
    IF EXISTS (SELECT FROM gov.meta x WHERE x.kind = 'setting' AND x.name = 'version') THEN
      EXECUTE ddl;
      report := jsonb_build_array(jsonb_build_array(kind, name, 'created', NULL));
    END IF;
  ELSE
    there := CASE kind WHEN 'view' THEN to_regclass(name) IS NOT NULL WHEN 'index' THEN to_regclass(name) IS NOT NULL ELSE is_mark IS NOT NULL END;
    IF there AND known AND was.ddl = md5(ddl) AND was.mark = is_mark THEN
      RETURN report;
    ELSIF there AND (NOT known OR was.mark IS DISTINCT FROM is_mark) THEN
      RETURN jsonb_build_array(jsonb_build_array(kind, name, 'kept, differs', CASE WHEN known THEN 'changed by the city' ELSE 'made by the city' END));
    ELSIF NOT there AND known AND kind = 'index' AND NOT anew THEN
      RETURN jsonb_build_array(jsonb_build_array(kind, name, 'kept, differs', 'dropped by the city'));
    END IF;
    IF kind = 'view' THEN
      statement := regexp_replace(ddl, '^CREATE VIEW', 'CREATE OR REPLACE VIEW');
    ELSE
      statement := ddl;
      FOR m IN SELECT regexp_matches(ddl, 'CREATE (?:CONSTRAINT )?(TRIGGER|POLICY) (\w+) .*?\mON (gov\.\w+)', 'g') LOOP
        IF EXISTS (SELECT FROM pg_trigger t WHERE m[1] = 'TRIGGER' AND t.tgrelid = to_regclass(m[3]) AND t.tgname = m[2])
          OR EXISTS (SELECT FROM pg_policy p WHERE m[1] = 'POLICY' AND p.polrelid = to_regclass(m[3]) AND p.polname = m[2]) THEN
          EXECUTE format('DROP %s %I ON %s', m[1], m[2], m[3]);
        END IF;
      END LOOP;
      IF kind = 'index' AND there THEN
        EXECUTE format('DROP INDEX %s', name);
      END IF;
    END IF;
    IF anew THEN
      statement := grid_gov.attempt(statement);
      IF statement IS NOT NULL THEN
        RETURN jsonb_build_array(jsonb_build_array(kind, name, 'broken', statement));
      END IF;
    ELSE
      EXECUTE statement;
    END IF;
    report := jsonb_build_array(jsonb_build_array(kind, name, CASE WHEN there THEN 'replaced' WHEN known THEN 'created again' ELSE 'created' END, NULL));
  END IF;
  INSERT INTO gov.meta AS x (kind, name, value, fingerprint, version)
    VALUES (kind, name, md5(ddl), grid_gov.object_fingerprint(kind, name, ddl), setup_object.version)
    ON CONFLICT ON CONSTRAINT meta_pkey DO UPDATE SET value = EXCLUDED.value, version = EXCLUDED.version, installed_at = EXCLUDED.installed_at,
      fingerprint = EXCLUDED.fingerprint;
  RETURN report;
END
$f$;
COMMENT ON FUNCTION grid_gov.setup_object(text, text, text, text, boolean) IS '内部:建立或更新 gov 的一个对象;城市改动过的保留并列出';

CREATE FUNCTION grid_gov.run_as(role regrole, command text) RETURNS jsonb
  LANGUAGE c VOLATILE STRICT
  AS 'MODULE_PATHNAME', 'gg_run_as';
COMMENT ON FUNCTION grid_gov.run_as(regrole, text) IS '内部:以另一角色的权限执行一条命令,执行中不能换回';

CREATE FUNCTION grid_gov.setup_gov(city text, name text, version text, postgis text) RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
  AS $f$
-- Runs as the owner of gov.
DECLARE
  fresh boolean := NOT EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'gov'::regnamespace AND c.relname = 'meta');
  report jsonb := '[]';
  same bigint := 0;
  renewed text[] := '{}';
  parts jsonb := '{}';
  part jsonb;
  added text[];
  o record;
  m text[];
BEGIN
  PERFORM set_config('search_path', format('pg_catalog, %I, pg_temp', postgis), true);
  IF fresh THEN
    COMMENT ON SCHEMA gov IS '网格化治理:城市自己的表、触发器与视图(由 grid_gov.setup() 建立,属于城市)';
  END IF;
  FOR o IN SELECT * FROM grid_gov.ref_object r ORDER BY r.ord LOOP
    IF o.kind = 'table' THEN
      -- the table itself with its comments, then each of its indexes
      IF o.name = 'gov.meta' AND fresh THEN
        EXECUTE o.ddl;
        INSERT INTO gov.meta (kind, name, value, fingerprint, version) VALUES ('table', 'gov.meta', md5(o.ddl), grid_gov.object_fingerprint('table', 'gov.meta', o.ddl), version);
        report := report || jsonb_build_array(jsonb_build_array('table', o.name, 'created', NULL));
        added := NULL;
      ELSIF grid_gov.object_fingerprint('table', o.name, o.ddl) IS NULL THEN
        report := report || grid_gov.setup_object('table', o.name, regexp_replace(o.ddl, '^CREATE (UNIQUE )?INDEX [^\n]*;\n?', '', 'gn'), version);
        renewed := renewed || o.name;
        parts := parts || jsonb_build_object(o.name, NULL);
        added := NULL;
      ELSE
        part := grid_gov.setup_table(o.name, regexp_replace(o.ddl, '^CREATE (UNIQUE )?INDEX [^\n]*;\n?', '', 'gn'), version, renewed);
        added := ARRAY(SELECT jsonb_array_elements_text(part->'added'));
        IF (part->>'rekeyed')::boolean THEN
          renewed := renewed || o.name;
        END IF;
        IF added <> '{}' OR part->'later' <> '[]' THEN
          parts := parts || jsonb_build_object(o.name, part);
        END IF;
        IF part->'later' = '[]' THEN
          part := grid_gov.finish_table(part);
          same := same + (jsonb_array_length(part) = 0)::integer;
          report := report || part;
        END IF;
      END IF;
      FOR m IN SELECT regexp_matches(o.ddl, '^(CREATE (?:UNIQUE )?INDEX (\w+) [^\n]*);$', 'gn') LOOP
        part := grid_gov.setup_object('index', 'gov.' || m[2], m[1], version,
          NOT fresh AND (added IS NULL OR EXISTS (SELECT FROM unnest(added) a WHERE m[1] ~ ('\m' || a || '\M'))));
        same := same + (jsonb_array_length(part) = 0)::integer;
        report := report || part;
      END LOOP;
    ELSE
      part := grid_gov.setup_object(o.kind, o.name, o.ddl, version);
      same := same + (jsonb_array_length(part) = 0)::integer;
      report := report || part;
    END IF;
  END LOOP;
  SELECT report || COALESCE(jsonb_agg(jsonb_build_array(x.kind, x.name, 'kept, differs', 'no longer part of grid_gov') ORDER BY x.kind, x.name), '[]')
    INTO report
    FROM gov.meta x
    WHERE x.kind IN ('table', 'view', 'trigger', 'policy') AND NOT EXISTS (SELECT FROM grid_gov.ref_object r WHERE r.kind = x.kind AND r.name = x.name);

  -- nothing may be deferred here, where the rights of the owner cannot be given away; the check of workflows waits for the end
  IF EXISTS (SELECT FROM pg_constraint c WHERE c.connamespace = 'gov'::regnamespace AND c.conname = 'zz_grid_gov_check') THEN
    SET CONSTRAINTS gov.zz_grid_gov_check IMMEDIATE;
  END IF;
  FOR o IN SELECT * FROM grid_gov.seed_plan(city, name) LOOP
    part := parts->('gov.' || o.tab);
    part := grid_gov.seed_table(o.tab, o.keys, o.cols, o.query, version, COALESCE(part = 'null', false), ARRAY(SELECT jsonb_array_elements_text(NULLIF(part, 'null')->'added')));
    same := same + (part->>'same')::bigint;
    report := report || (part->'report');
  END LOOP;
  FOR part IN SELECT p.value FROM jsonb_each(parts) p WHERE p.value->'later' <> '[]' LOOP
    report := report || grid_gov.finish_table(part);
  END LOOP;
  IF EXISTS (SELECT FROM pg_constraint c WHERE c.connamespace = 'gov'::regnamespace AND c.conname = 'zz_grid_gov_check') THEN
    SET CONSTRAINTS gov.zz_grid_gov_check DEFERRED;
  END IF;
  -- new rows beside those that the city changed: do they still fit?
  SELECT report || COALESCE(jsonb_agg(jsonb_build_array('workflow', w.workflow, 'broken', concat_ws(': ', w.step, w.problem))), '[]')
    INTO report
    FROM grid_gov.check_workflow() w WHERE w.severity = 'error';

  FOR o IN
    SELECT s.setting, s.value, x.value AS was
    FROM (VALUES ('made_by', 'grid_gov'), ('root', city), ('name', name), ('version', version)) s (setting, value)
    LEFT JOIN gov.meta x ON x.kind = 'setting' AND x.name = s.setting
    WHERE x.value IS DISTINCT FROM s.value
    ORDER BY s.setting
  LOOP
    INSERT INTO gov.meta (kind, name, value, version) VALUES ('setting', o.setting, o.value, version)
      ON CONFLICT ON CONSTRAINT meta_pkey DO UPDATE SET value = EXCLUDED.value, version = EXCLUDED.version, installed_at = EXCLUDED.installed_at;
    report := report || jsonb_build_array(jsonb_build_array('setting', o.setting, CASE WHEN o.was IS NULL THEN 'created' ELSE 'replaced' END, o.value));
  END LOOP;
  -- what is new is for those who had access before
  FOR o IN SELECT DISTINCT a.role, a.persona FROM gov.access a JOIN pg_roles r ON r.rolname = a.role LOOP
    PERFORM grid_gov.grant_persona(o.role, o.persona);
  END LOOP;
  IF same > 0 THEN
    report := report || jsonb_build_array(jsonb_build_array('summary', 'gov', 'kept', same || ' objects and rows are as this version makes them'));
  END IF;
  RETURN report;
END
$f$;
COMMENT ON FUNCTION grid_gov.setup_gov(text, text, text, text) IS '内部:setup() 以 gov 所有者身份执行的步骤';

CREATE FUNCTION grid_gov.foreign_objects(schema_owner oid) RETURNS TABLE (kind text, object text, owner oid, ours boolean)
  LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp
  AS $f$
  -- what follows its table (indexes, sequences of columns, row types, array types) and what belongs to an extension is left out
  SELECT x.kind, x.object, x.owner, EXISTS (SELECT FROM grid_gov.ref_object r WHERE r.kind IN ('table', 'view') AND r.name = x.name)
  FROM (
    SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' WHEN 'c' THEN 'type' ELSE 'table' END,
      format('gov.%I', c.relname), c.relowner, 'gov.' || c.relname, 'pg_class'::regclass::oid, c.oid
    FROM pg_class c
    WHERE c.relnamespace = to_regnamespace('gov') AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
      AND NOT (c.relkind = 'S' AND EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')))
    UNION ALL
    SELECT 'type', format('gov.%I', t.typname), t.typowner, NULL, 'pg_type'::regclass, t.oid
    FROM pg_type t
    WHERE t.typnamespace = to_regnamespace('gov') AND t.typtype IN ('b', 'd', 'e', 'r') AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
    UNION ALL
    SELECT 'routine', p.oid::regprocedure::text, p.proowner, NULL, 'pg_proc'::regclass, p.oid
    FROM pg_proc p
    WHERE p.pronamespace = to_regnamespace('gov')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_type'::regclass AND d.deptype = 'i')
  ) x (kind, object, owner, name, class, id)
  WHERE x.owner <> schema_owner
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = x.class AND d.objid = x.id AND d.deptype = 'e')
  ORDER BY 1, 2
$f$;
COMMENT ON FUNCTION grid_gov.foreign_objects(oid) IS '内部:gov 中不归该角色所有的对象;ours 为 setup() 建立的表与视图';

CREATE FUNCTION grid_gov.give_gov(owner regrole, was regrole) RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
  AS $f$
-- A superuser makes somebody else the owner of gov. What a third role made for itself there stays its own.
DECLARE
  meta_owner oid := (SELECT c.relowner FROM pg_class c WHERE c.relnamespace = 'gov'::regnamespace AND c.relname = 'meta');
  given jsonb := '{}';
  o record;
BEGIN
  EXECUTE format('ALTER SCHEMA gov OWNER TO %s', owner);
  FOR o IN
    SELECT f.kind, f.object FROM grid_gov.foreign_objects(owner) f
    WHERE f.ours OR f.owner IN (was, meta_owner) OR (SELECT r.rolsuper FROM pg_roles r WHERE r.oid = f.owner)
  LOOP
    EXECUTE format('ALTER %s %s OWNER TO %s', o.kind, o.object, owner);
    given := given || jsonb_build_object(o.kind, COALESCE((given->>o.kind)::integer, 0) + 1);
  END LOOP;
  RETURN jsonb_build_array(jsonb_build_array('schema', 'gov', 'replaced',
    format('owner %s%s%s', owner, ', was ' || NULLIF(was, owner)::regrole, (SELECT ': ' || string_agg(format('%s %s%s', g.value, g.key, CASE g.value WHEN '1' THEN '' ELSE 's' END), ', ' ORDER BY g.key) FROM jsonb_each_text(given) g))));
END
$f$;
COMMENT ON FUNCTION grid_gov.give_gov(regrole, regrole) IS '内部:把 gov 及其中的对象交给另一个所有者';

CREATE FUNCTION grid_gov.give_grants(was oid) RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
  AS $f$
-- Runs as the new owner of gov, who may grant: what the former one had granted in grid_gov.
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT p.oid::regprocedure AS routine, x.grantee::regrole AS role
    FROM pg_proc p, aclexplode(p.proacl) x
    WHERE p.pronamespace = 'grid_gov'::regnamespace AND x.grantor = was AND x.grantee <> 0 AND x.grantee <> current_user::regrole
  LOOP
    EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO %s', o.routine, o.role);
  END LOOP;
  RETURN 'null';
END
$f$;
COMMENT ON FUNCTION grid_gov.give_grants(oid) IS '内部:原所有者授予的函数权限改由新所有者授予';

CREATE FUNCTION grid_gov.setup_city(root text, name text, owner regrole) RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
  AS $f$
DECLARE
  city text := grid_gov.canonical_code(root);
  me regrole := current_user::regrole;
  superuser boolean := (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user);
  gov oid := to_regnamespace('gov');
  gov_owner regrole;
  was_owner regrole;
  reader regrole;
  barred boolean := false;
  settings jsonb;
  was_root text;
  was_version text;
  version text := (SELECT e.extversion FROM pg_extension e WHERE e.extname = 'grid_gov');
  postgis text := (SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis');
  report jsonb := '[]';
BEGIN
  IF city IS NULL OR COALESCE(grid_gov.code_level(city), 0) NOT BETWEEN 1 AND 3 THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('"%s" is not the code of a province, city or county', root),
      HINT = 'Give 2, 4 or 6 digits, for example 3716 for 滨州市.';
  END IF;
  IF name IS NULL OR name = '' THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the city needs a name', HINT = 'Call grid_gov.setup(root => ''3716'', name => ''滨州市'', owner => ...).';
  END IF;
  IF grid_gov.library_version() <> version THEN
    RAISE EXCEPTION USING ERRCODE = 'WG010',
      MESSAGE = format('library grid_gov is version %s, the extension in this database is version %s', grid_gov.library_version(), version),
      HINT = 'Run ALTER EXTENSION grid_gov UPDATE and then setup() again.';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('grid_gov.setup', 0));

  IF gov IS NOT NULL THEN
    SELECT n.nspowner::regrole INTO gov_owner FROM pg_namespace n WHERE n.oid = gov;
    SELECT c.relowner::regrole INTO reader
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE c.relnamespace = gov AND c.relname = 'meta' AND c.relkind = 'r' AND a.attname IN ('kind', 'name', 'value') AND NOT a.attisdropped
      GROUP BY c.relowner HAVING count(*) = 3;
    IF reader IS NOT NULL AND NOT (superuser AND owner IS NOT NULL) AND EXISTS (SELECT FROM grid_gov.foreign_objects(gov_owner) f WHERE f.ours) THEN
      RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
        MESSAGE = format('schema "gov" belongs to role %s, %s of its tables and views do not', gov_owner, (SELECT count(*) FROM grid_gov.foreign_objects(gov_owner) f WHERE f.ours)),
        HINT = format('Let a superuser call grid_gov.setup(%L, %L, owner => %L).', city, name, gov_owner::text);
    END IF;
    -- whatever this table holds is its owner's, who might have put anything there
    IF reader IS NOT NULL THEN
      IF superuser AND NOT has_schema_privilege(reader, gov, 'USAGE') THEN
        EXECUTE format('GRANT USAGE ON SCHEMA gov TO %s', reader);
        barred := true;
      END IF;
      settings := grid_gov.run_as(reader, 'SELECT COALESCE(jsonb_object_agg(m.name, m.value), ''{}'') FROM gov.meta m WHERE m.kind = ''setting''');
      IF barred THEN
        EXECUTE format('REVOKE USAGE ON SCHEMA gov FROM %s', reader);
      END IF;
      IF settings->>'made_by' = 'grid_gov' THEN
        was_root := settings->>'root';
        was_version := settings->>'version';
      END IF;
    END IF;
    IF was_root IS NULL THEN
      RAISE EXCEPTION USING ERRCODE = 'duplicate_schema',
        MESSAGE = 'schema "gov" exists and was not made by grid_gov',
        HINT = 'Rename or drop it, or set up the city in another database.';
    ELSIF was_root <> city THEN
      RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
        MESSAGE = format('this database is set up for %s, not for %s', was_root, city),
        HINT = 'One city (or county, or province) is one database; differences inside it are rows keyed by area.';
    ELSIF owner IS NOT NULL AND owner <> gov_owner AND NOT superuser THEN
      RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
        MESSAGE = format('schema "gov" belongs to role %s, not to %s', gov_owner, owner),
        HINT = 'Leave owner away; a superuser who names another owner makes that role the owner.';
    ELSIF string_to_array(was_version, '.')::integer[] > string_to_array(version, '.')::integer[] THEN
      RAISE EXCEPTION USING ERRCODE = 'WG010',
        MESSAGE = format('schema "gov" was set up by version %s, the extension is version %s', was_version, version),
        HINT = 'Install the newer version of grid_gov and run ALTER EXTENSION grid_gov UPDATE.';
    END IF;
    IF owner <> gov_owner OR EXISTS (SELECT FROM grid_gov.foreign_objects(gov_owner) f WHERE f.ours) THEN
      was_owner := COALESCE(NULLIF(gov_owner, owner), reader);
      gov_owner := owner;
      report := grid_gov.give_gov(gov_owner, was_owner);
    END IF;
  ELSIF owner IS NOT NULL THEN
    gov_owner := owner;
  ELSIF superuser THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
      MESSAGE = 'a superuser must name the owner of schema "gov"',
      DETAIL = 'Triggers and functions act on the city''s tables with the rights of their owner, which should not be a superuser''s.',
      HINT = 'CREATE ROLE gov_owner NOLOGIN, then call setup(root, name, owner => ''gov_owner'').';
  ELSE
    gov_owner := me;
  END IF;

  IF superuser THEN
    EXECUTE format('GRANT EXECUTE ON ALL ROUTINES IN SCHEMA grid_gov TO %s WITH GRANT OPTION', gov_owner);
    IF NOT has_schema_privilege(gov_owner, postgis, 'USAGE') THEN
      EXECUTE format('GRANT USAGE ON SCHEMA %I TO %s', postgis, gov_owner);
      report := report || jsonb_build_array(jsonb_build_array('privilege', 'schema ' || postgis, 'granted', 'USAGE to ' || gov_owner));
    END IF;
    IF was_owner <> gov_owner AND was_owner <> ALL (SELECT p.proowner FROM pg_proc p WHERE p.pronamespace = 'grid_gov'::regnamespace) THEN
      PERFORM grid_gov.run_as(gov_owner, format('SELECT grid_gov.give_grants(%s)', was_owner::oid));
      EXECUTE format('REVOKE ALL ON ALL ROUTINES IN SCHEMA grid_gov FROM %s CASCADE', was_owner);
    END IF;
  ELSIF EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = 'grid_gov'::regnamespace AND NOT has_function_privilege(gov_owner, p.oid, 'EXECUTE')) THEN
    RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
      MESSAGE = format('role %s may not execute the functions of grid_gov', gov_owner),
      HINT = format('Let a superuser call grid_gov.setup(%L, %L, owner => %L).', city, name, gov_owner::text);
  END IF;
  IF gov IS NULL THEN
    EXECUTE format('CREATE SCHEMA gov AUTHORIZATION %s', gov_owner);
    report := report || jsonb_build_array(jsonb_build_array('schema', 'gov', 'created', 'owner ' || gov_owner));
  END IF;

  -- From here on as the owner, who may have triggers there.
  RETURN report || grid_gov.run_as(gov_owner, format('SELECT grid_gov.setup_gov(%L, %L, %L, %L)', city, name, version, postgis));
END
$f$;
COMMENT ON FUNCTION grid_gov.setup_city(text, text, regrole) IS '内部:setup() 的实际步骤';

CREATE FUNCTION grid_gov.setup(root text, name text, owner regrole DEFAULT NULL, dry_run boolean DEFAULT false)
  RETURNS TABLE (kind text, object text, action text, detail text)
  LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
  AS $f$
DECLARE
  report jsonb;
BEGIN
  BEGIN
    report := grid_gov.setup_city(root, name, owner);
    -- a dry run is the same run, taken back (by a code that does not end in 000, which would stand for its whole class)
    IF dry_run THEN
      RAISE SQLSTATE 'WG999';
    END IF;
  EXCEPTION WHEN SQLSTATE 'WG999' THEN
    NULL;
  END;
  RETURN QUERY SELECT r->>0, r->>1, r->>2, r->>3 FROM jsonb_array_elements(report) WITH ORDINALITY x (r, o) ORDER BY o;
END
$f$;
COMMENT ON FUNCTION grid_gov.setup(text, text, regrole, boolean) IS '建立城市模式 gov,或把它升级到扩展的当前版本;可重复执行,dry_run 只显示将做什么。超级用户须指明所有者 owner(最好是 NOLOGIN 角色)';

CREATE FUNCTION grid_gov.sees_event(event bigint, persona text DEFAULT NULL) RETURNS boolean
  LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10
  SET search_path = pg_catalog, pg_temp
  AS $f$
BEGIN
  -- row security of gov.event answers; a persona narrows it to the areas given to that persona
  RETURN EXISTS (SELECT FROM gov.event e WHERE e.id = event AND (persona IS NULL OR e.area ^@ ANY (ARRAY(
    SELECT a.area FROM gov.access a JOIN pg_roles r ON r.rolname = a.role WHERE a.persona = sees_event.persona AND pg_has_role(r.oid, 'MEMBER')))));
END
$f$;
COMMENT ON FUNCTION grid_gov.sees_event(bigint, text) IS '当前角色能否看见该事件(行级安全策略用);给出身份时只看授予该身份的区域';

CREATE FUNCTION grid_gov.grant_persona(role text, persona text) RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
  AS $f$
-- The caller has become the owner of gov. Row security decides about rows; this about tables, views and functions.
DECLARE
  -- what everybody in the house may read: not the persons who report, not what is said about cases, not how the house is kept
  closed text[] := '{event_private,event_note,intake,actor_proxy,access,labelled_report,model,reproject_queue}';
  rules text[] := '{division,grid,department,staff,post,notice,duty,calendar,catalogue,handling_limit,stage_limit,workflow,workflow_state,workflow_transition,workflow_auto,admission,score_rule,merit,model,lexicon,labelled_report,period,patrol,visit}';
  functions text[] := CASE persona
    WHEN 'backend' THEN '{report,report_batch,act,allowed_actions,hand_over_tasks,sweep}' WHEN 'auditor' THEN '{verify_journal,verify_own_log,journal_digest}' WHEN 'worker' THEN '{sweep}'
    WHEN 'dba' THEN '{verify_journal,verify_own_log,check_grids,refresh_summary,open_period,close_period,sweep,check_workflow,add_holidays,retrain,activate_model}' ELSE '{}' END;
  report jsonb := '[]';
  o record;
BEGIN
  FOR o IN
    SELECT CASE WHEN c.relkind = 'v' THEN 'view' ELSE 'table' END AS kind, format('gov.%I', c.relname) AS object, p.privileges
    FROM pg_class c
    CROSS JOIN LATERAL (SELECT concat_ws(', ',
      CASE WHEN c.relname = 'meta' AND persona IN ('dba', 'bi', 'backend', 'auditor') THEN 'SELECT'
        -- the policies read these two with the rights of who asks
        WHEN c.relname = 'meta' AND persona = 'private' THEN 'SELECT (kind, name, value)'
        WHEN c.relname = 'access' AND persona <> 'worker' THEN 'SELECT (role, persona, area)'
        WHEN c.relname = 'event_private' AND persona = 'private' THEN 'SELECT'
        -- without the notes
        WHEN c.relname = 'own_log' AND persona = 'bi' THEN 'SELECT (id, relation, state_column, key, seq, workflow, at, recorded_at, action, from_state, to_state, actor, role, outer_role, session_role, area, hash)'
        WHEN c.relname = 'event' AND persona = 'private' THEN 'SELECT (id, area)'
        WHEN c.relkind = 'v' AND persona IN ('dba', 'bi', 'backend', 'auditor') THEN 'SELECT'
        WHEN c.relkind NOT IN ('r', 'p') OR c.relname = 'event_private' THEN NULL
        WHEN persona = 'dba' THEN 'SELECT'
        WHEN persona IN ('bi', 'backend', 'auditor') AND c.relname <> ALL (closed) THEN 'SELECT'
        WHEN persona = 'backend' AND c.relname IN ('event_note', 'intake', 'labelled_report') THEN 'SELECT'
        WHEN persona = 'auditor' AND c.relname IN ('event_note', 'actor_proxy') THEN 'SELECT' END,
      -- whole rows of gov.event, because tools save whole rows; the guard refuses what is not theirs to change
      CASE WHEN persona = 'backend' AND c.relname = 'event' THEN 'INSERT, UPDATE'
        WHEN persona = 'backend' AND c.relname IN ('patrol', 'visit', 'notice') THEN 'INSERT, UPDATE'
        WHEN persona = 'backend' AND c.relname = 'labelled_report' THEN 'INSERT'
        WHEN persona = 'backend' AND c.relname = 'alert' THEN 'UPDATE (seen_at)'
        WHEN persona = 'dba' AND c.relname = ANY (rules) THEN 'INSERT, UPDATE, DELETE' END) AS privileges) p
    WHERE c.relnamespace = 'gov'::regnamespace AND p.privileges <> ''
      -- only what is ours; the city's own tables are its own affair
      AND EXISTS (SELECT FROM gov.meta m WHERE m.kind IN ('table', 'view') AND m.name = 'gov.' || c.relname)
    ORDER BY 1, 2
  LOOP
    EXECUTE format('GRANT %s ON %s TO %I', o.privileges, o.object, role);
    report := report || jsonb_build_array(jsonb_build_array(o.kind, o.object, 'granted', o.privileges));
  END LOOP;
  IF persona <> 'worker' THEN
    EXECUTE format('GRANT USAGE ON SCHEMA gov TO %I', role);
  END IF;
  FOR o IN
    SELECT p.oid::regprocedure::text AS object
    FROM pg_proc p
    WHERE p.pronamespace = 'grid_gov'::regnamespace AND p.prorettype <> 'trigger'::regtype AND p.provolatile <> 'i'
      AND (p.proname::text = ANY (functions)
        OR persona IN ('dba', 'bi', 'backend', 'auditor') AND p.provolatile = 's' AND p.proname NOT IN ('verify_journal', 'verify_own_log', 'object_fingerprint', 'seed_plan', 'check_plan', 'foreign_objects', 'missing_columns', 'check_workflow'))
    ORDER BY 1
  LOOP
    EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO %I', o.object, role);
    report := report || jsonb_build_array(jsonb_build_array('function', o.object, 'granted', 'EXECUTE'));
  END LOOP;
  RETURN report;
END
$f$;
COMMENT ON FUNCTION grid_gov.grant_persona(text, text) IS '内部:按身份授予表、视图与函数的权限';

CREATE FUNCTION grid_gov.grant_access(role regrole, persona text, area text DEFAULT NULL)
  RETURNS TABLE (kind text, object text, action text, detail text)
  LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
  AS $f$
DECLARE
  role_name text := (SELECT r.rolname FROM pg_roles r WHERE r.oid = role);
  gov_owner regrole;
  root text;
  place text;
  report jsonb;
BEGIN
  IF to_regnamespace('gov') IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'WG010', MESSAGE = 'no city is set up in this database', HINT = 'Call grid_gov.setup(root, name) first.';
  END IF;
  IF role_name IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'undefined_object', MESSAGE = format('role %s does not exist', role);
  END IF;
  IF persona IS NULL OR persona NOT IN ('dba', 'bi', 'backend', 'auditor', 'private', 'worker') THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('"%s" is not a persona', persona),
      HINT = 'The personas are dba, bi, backend, auditor, private and worker.';
  END IF;
  SELECT n.nspowner::regrole INTO gov_owner FROM pg_namespace n WHERE n.nspname = 'gov';
  IF NOT pg_has_role(gov_owner, 'MEMBER') THEN
    RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = 'only the owner of schema "gov" may grant access to it',
      HINT = format('Be a member of role %s.', gov_owner);
  END IF;
  root := grid_gov.run_as(gov_owner, 'SELECT to_jsonb(m.value) FROM gov.meta m WHERE m.kind = ''setting'' AND m.name = ''root''') #>> '{}';
  place := grid_gov.canonical_code(COALESCE(area, root));
  IF place IS NULL OR grid_gov.code_level(place) IS NULL OR NOT starts_with(place, root) THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('"%s" is not an area inside %s', area, root),
      HINT = 'Give the code of a city, county, town, village or grid.';
  END IF;
  -- as long as the city has loaded no places, there is nothing to tell a slip by
  IF NOT grid_gov.run_as(gov_owner, format($q$SELECT to_jsonb(NOT EXISTS (SELECT FROM gov.division d WHERE d.code <> %L) AND NOT EXISTS (SELECT FROM gov.grid)
      OR EXISTS (SELECT FROM gov.division d WHERE starts_with(d.code, %L)) OR EXISTS (SELECT FROM gov.grid g WHERE starts_with(g.code, %2$L)))$q$, root, place))::boolean THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('no division or grid of this city lies in area "%s"', place),
      HINT = 'Correct the code, or add the place to gov.division or gov.grid first.';
  END IF;
  report := grid_gov.run_as(gov_owner, format('SELECT grid_gov.grant_persona(%L, %L)', role_name, persona));
  IF persona <> 'worker' THEN
    PERFORM grid_gov.run_as(gov_owner, format(
      'WITH row AS (INSERT INTO gov.access (role, persona, area) VALUES (%L, %L, %L) ON CONFLICT DO NOTHING RETURNING 1) SELECT to_jsonb(count(*)) FROM row', role_name, persona, place));
    report := report || jsonb_build_array(jsonb_build_array('access', role_name, 'granted', persona || ' in ' || place));
  END IF;
  RETURN QUERY SELECT r->>0, r->>1, r->>2, r->>3 FROM jsonb_array_elements(report) WITH ORDINALITY x (r, o) ORDER BY o;
END
$f$;
COMMENT ON FUNCTION grid_gov.grant_access(regrole, text, text) IS '授权:dba 管理规则,bi 只读分析,backend 后端读写,auditor 台账审计,private 诉求人信息,worker 只执行 sweep();area 为空即全域';

CREATE FUNCTION grid_gov.revoke_persona(role text) RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
  AS $f$
-- The caller has become the owner of gov. What somebody else granted is not ours to take.
DECLARE
  report jsonb := '[]';
  who oid := (SELECT r.oid FROM pg_roles r WHERE r.rolname = role);
  o record;
BEGIN
  DELETE FROM gov.access a WHERE a.role = revoke_persona.role;
  FOR o IN
    SELECT CASE WHEN c.relkind = 'v' THEN 'view' ELSE 'table' END AS kind, format('gov.%I', c.relname) AS object
    FROM pg_class c
    WHERE c.relnamespace = 'gov'::regnamespace AND c.relkind IN ('r', 'v', 'p', 'm')
      AND (EXISTS (SELECT FROM aclexplode(c.relacl) x WHERE x.grantee = who)
        OR EXISTS (SELECT FROM pg_attribute a, aclexplode(a.attacl) x WHERE a.attrelid = c.oid AND x.grantee = who))
    ORDER BY 1, 2
  LOOP
    EXECUTE format('REVOKE ALL ON %s FROM %I', o.object, role);
    report := report || jsonb_build_array(jsonb_build_array(o.kind, o.object, 'revoked', NULL));
  END LOOP;
  FOR o IN
    SELECT p.oid::regprocedure::text AS object
    FROM pg_proc p
    WHERE p.pronamespace = 'grid_gov'::regnamespace AND EXISTS (SELECT FROM aclexplode(p.proacl) x WHERE x.grantee = who AND x.grantor = current_user::regrole)
    ORDER BY 1
  LOOP
    EXECUTE format('REVOKE ALL ON ROUTINE %s FROM %I', o.object, role);
    report := report || jsonb_build_array(jsonb_build_array('function', o.object, 'revoked', NULL));
  END LOOP;
  EXECUTE format('REVOKE ALL ON SCHEMA gov FROM %I', role);
  RETURN report;
END
$f$;
COMMENT ON FUNCTION grid_gov.revoke_persona(text) IS '内部:收回角色的全部权限';

CREATE FUNCTION grid_gov.revoke_access(role regrole)
  RETURNS TABLE (kind text, object text, action text, detail text)
  LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
  AS $f$
DECLARE
  role_name text := (SELECT r.rolname FROM pg_roles r WHERE r.oid = role);
  gov_owner regrole := (SELECT n.nspowner::regrole FROM pg_namespace n WHERE n.nspname = 'gov');
  report jsonb;
BEGIN
  IF gov_owner IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'WG010', MESSAGE = 'no city is set up in this database', HINT = 'Call grid_gov.setup(root, name) first.';
  ELSIF role_name IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'undefined_object', MESSAGE = format('role %s does not exist', role);
  ELSIF role = gov_owner THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('role %s owns schema "gov"', role);
  END IF;
  report := grid_gov.run_as(gov_owner, format('SELECT grid_gov.revoke_persona(%L)', role_name));
  RETURN QUERY SELECT r->>0, r->>1, r->>2, r->>3 FROM jsonb_array_elements(report) WITH ORDINALITY x (r, o) ORDER BY o;
END
$f$;
COMMENT ON FUNCTION grid_gov.revoke_access(regrole) IS '收回 grant_access() 授予该角色的全部权限与区域(删除角色之前须先收回)';

CREATE FUNCTION grid_gov.check_plan() RETURNS TABLE (ord integer, problem text, query text)
  LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp
  AS $f$
  -- each query gives (detail, hint) for the root ($1), the version of the extension ($2) and the owner of gov ($3), and stands alone
  SELECT v.ord, v.problem, v.query
  FROM (VALUES
    (10, 'gov_version', $q$SELECT format('gov 由版本 %s 建立,扩展版本 %s', m.value, $2), '再次执行 grid_gov.setup(),可先用 dry_run => true 查看'
      FROM (SELECT max(x.value) AS value FROM gov.meta x WHERE x.kind = 'setting' AND x.name = 'version') m WHERE m.value IS DISTINCT FROM $2$q$),
    (20, 'owner_superuser', $q$SELECT format('gov 的所有者 %s 是超级用户', $3::regrole),
        format('CREATE ROLE gov_owner NOLOGIN; SELECT * FROM grid_gov.setup(%L, %L, owner => ''gov_owner'')', $1, (SELECT m.value FROM gov.meta m WHERE m.kind = 'setting' AND m.name = 'name'))
      FROM pg_roles r WHERE r.oid = $3 AND r.rolsuper$q$),
    (30, 'other_owner', $q$SELECT format('模式 gov 归 %s 所有,其中 %s 个表和视图归 %s 所有', $3::regrole, count(*), string_agg(DISTINCT f.owner::regrole::text, '、')),
        format('由超级用户执行 grid_gov.setup(root => …, name => …, owner => %L)', $3::regrole::text)
      FROM grid_gov.foreign_objects($3) f WHERE f.ours HAVING count(*) > 0$q$),
    (40, 'missing_column', $q$SELECT o.name || '.' || c.name, '再次执行 grid_gov.setup()'
      FROM grid_gov.ref_object o CROSS JOIN grid_gov.missing_columns(o.name, o.ddl) c WHERE o.kind = 'table' ORDER BY o.ord, c.ord$q$),
    (60, 'trigger_disabled', $q$SELECT format('%s 上的触发器 %s 未启用', t.tgrelid::regclass, t.tgname), format('ALTER TABLE %s ENABLE TRIGGER %I', t.tgrelid::regclass, t.tgname)
      FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
      WHERE p.pronamespace = 'grid_gov'::regnamespace AND NOT t.tgisinternal AND t.tgenabled NOT IN ('O', 'A') ORDER BY 1$q$),
    (70, 'later_trigger', $q$SELECT format('gov.event 的 BEFORE 触发器 %s 排在守卫 zz_grid_gov_guard 之后,会在其后改动行', t.tgname), '改名,使其按字母序排在 zz_grid_gov_guard 之前'
      FROM pg_trigger t WHERE t.tgrelid = to_regclass('gov.event') AND NOT t.tgisinternal AND t.tgtype & 3 = 3 AND t.tgname > 'zz_grid_gov_guard' ORDER BY 1$q$),
    -- act(), report() and sweep() fire the city's triggers as the owner, with the search_path of whoever calls
    (80, 'trigger_search_path', $q$SELECT DISTINCT format('触发器函数 %s 未固定 search_path,会以 gov 所有者的身份按调用者的 search_path 执行', p.oid::regprocedure),
        format('ALTER FUNCTION %s SET search_path = pg_catalog, pg_temp,并写全其余名称', p.oid::regprocedure)
      FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_language l ON l.oid = p.prolang
      WHERE c.relnamespace = to_regnamespace('gov') AND NOT t.tgisinternal AND p.pronamespace <> 'grid_gov'::regnamespace AND l.lanname NOT IN ('internal', 'c')
        AND NOT EXISTS (SELECT FROM unnest(p.proconfig) s WHERE starts_with(s, 'search_path=')) ORDER BY 1$q$),
    (90, 'row_security_off', $q$SELECT c.oid::regclass::text || ' 未启用行级安全', format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', c.oid::regclass)
      FROM pg_class c
      WHERE c.oid IN (SELECT p.polrelid FROM pg_policy p WHERE p.polname = 'grid_gov_see') AND c.relnamespace = to_regnamespace('gov') AND NOT c.relrowsecurity ORDER BY 1$q$),
    (100, 'missing_root', $q$SELECT format('gov.division 中没有 %s', $1), '补录该行政区划' WHERE NOT EXISTS (SELECT FROM gov.division d WHERE d.code = $1)$q$),
    (110, 'missing_calendar', $q$SELECT format('没有适用于 %s 的默认日历', $1), '在 gov.calendar 中补录 name = ''default'' 的行'
      WHERE NOT EXISTS (SELECT FROM gov.calendar c WHERE c.area = $1 AND c.name = 'default')$q$),
    -- two zones are one when their clocks agree, summer and winter
    (120, 'timezone', $q$SELECT format('数据库时区 %s 与默认日历的时区 %s 不同', current_setting('TimeZone'), z.zone), format('ALTER DATABASE %I SET timezone TO %L', current_database(), z.zone)
      FROM (SELECT split_part(c.hours::text, ';', 1) AS zone FROM gov.calendar c WHERE c.area = $1 AND c.name = 'default') z
      WHERE EXISTS (SELECT FROM unnest(ARRAY[now(), now() + interval '182 days']) t WHERE t AT TIME ZONE z.zone <> t AT TIME ZONE current_setting('TimeZone'))$q$),
    (130, 'unknown_calendar', $q$SELECT format('gov.handling_limit 第 %s 行的日历 %s 在区域 %s 不存在,实际按 default 计', h.id, h.calendar, h.area), '改正该行的 calendar,或在 gov.calendar 中补录'
      FROM gov.handling_limit h
      WHERE h.calendar IS NOT NULL AND NOT EXISTS (SELECT FROM gov.calendar c WHERE c.name = h.calendar AND (starts_with(h.area, c.area) OR starts_with(c.area, h.area)))
      ORDER BY h.id$q$),
    (140, 'unknown_item', $q$SELECT format('gov.handling_limit 第 %s 行的事项 %s 不在 gov.catalogue 中,此行不起作用', h.id, h.item), '改正该行的 item,或在 gov.catalogue 中补录'
      FROM gov.handling_limit h WHERE h.item IS NOT NULL AND NOT EXISTS (SELECT FROM gov.catalogue c WHERE c.code = h.item) ORDER BY h.id$q$),
    (150, 'unknown_state', $q$SELECT format('gov.stage_limit 的状态 %s 不是任何流程的状态,此行不起作用', l.state), '改正该行的 state;任务时限为 task:callback、task:whistle'
      FROM (SELECT DISTINCT x.state FROM gov.stage_limit x) l
      WHERE l.state NOT IN ('task:callback', 'task:whistle') AND NOT EXISTS (SELECT FROM gov.workflow_state w WHERE w.state = l.state) ORDER BY l.state$q$),
    (160, 'missing_workflow', $q$SELECT format('没有适用于 %s 的流程', $1), '再次执行 grid_gov.setup()' WHERE NOT EXISTS (SELECT FROM gov.workflow w WHERE w.area = $1 AND w.for_events)$q$),
    -- dates beyond this are provisional: the next year's holidays are published in autumn
    (170, 'calendar_ends', $q$SELECT format('日历 %s %s 的有效期到 %s', c.area, c.name, v.last), '国务院公布下一年节假日后,执行 grid_gov.add_holidays()'
      FROM gov.calendar c CROSS JOIN LATERAL (SELECT (regexp_match(c.hours::text, 'valid \S+/(\d{4}-\d\d-\d\d)'))[1]::date) v (last)
      WHERE v.last < current_date + 60 ORDER BY c.area, c.name$q$),
    (180, 'wrong_level', $q$SELECT format('gov.division 有 %s 行的 level 与代码位数不符:%s', count(*), grid_gov.first_names(array_agg(d.code || ' 应为 ' || grid_gov.code_level(d.code) ORDER BY d.code))), '按代码位数改正 level:2、4、6、9、12 位为 1 至 5'
      FROM gov.division d WHERE d.level <> grid_gov.code_level(d.code) HAVING count(*) > 0$q$),
    (200, 'unknown_parent', $q$SELECT format('gov.department 有 %s 行的上级单位不存在:%s', count(*), grid_gov.first_names(array_agg(DISTINCT d.parent))), '改正 parent,或补录该单位'
      FROM gov.department d WHERE d.parent IS NOT NULL AND NOT EXISTS (SELECT FROM gov.department p WHERE p.code = d.parent) HAVING count(*) > 0$q$),
    (210, 'unknown_unit', $q$SELECT format('gov.post 有 %s 行的单位不存在:%s', count(*), grid_gov.first_names(array_agg(DISTINCT o.unit))), '改正 unit,或补录该单位'
      FROM gov.post o WHERE o.unit IS NOT NULL AND NOT EXISTS (SELECT FROM gov.department d WHERE d.code = o.unit) HAVING count(*) > 0$q$),
    (220, 'unknown_role', $q$SELECT format('gov.access 中的角色 %s 不存在', a.role), '删除该行,或恢复该角色'
      FROM (SELECT DISTINCT x.role FROM gov.access x) a WHERE NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = a.role) ORDER BY 1$q$),
    (230, 'unknown_role', $q$SELECT format('gov.actor_proxy 中的登录角色 %s 不存在', a.login), '删除该行,或恢复该角色'
      FROM (SELECT DISTINCT x.login FROM gov.actor_proxy x) a WHERE NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = a.login) ORDER BY 1$q$),
    -- a login need be no role where somebody listed in actor_proxy acts for its person
    (240, 'unknown_role', $q$SELECT format('gov.staff 有 %s 人的登录名不是角色,也没有连接池可代办:%s', count(*), grid_gov.first_names(array_agg(s.login ORDER BY s.login))), '改正 login,或建立这些角色'
      FROM gov.staff s
      WHERE s.active AND s.login IS NOT NULL AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = s.login)
        AND NOT EXISTS (SELECT FROM gov.post o JOIN gov.actor_proxy p ON starts_with(o.area, p.area) WHERE o.staff_id = s.id)
      HAVING count(*) > 0$q$),
    (250, 'long_backdate', $q$SELECT format('登录角色 %s 可补录 %s 分钟', a.login, a.backdate_minutes), '历史数据装载完毕后改回 0(离线手机 1440)'
      FROM gov.actor_proxy a WHERE a.backdate_minutes > 1440 ORDER BY a.login, a.area$q$)
  ) v (ord, problem, query)
  UNION ALL
  SELECT 49 + k.ord::integer, 'missing_' || k.kind, format($q$SELECT o.name, '再次执行 grid_gov.setup()' FROM grid_gov.ref_object o
      WHERE o.kind = %L AND grid_gov.object_fingerprint(o.kind, o.name, o.ddl) IS NULL ORDER BY o.ord$q$, k.kind)
  FROM unnest('{table,trigger,view,policy}'::text[]) WITH ORDINALITY k (kind, ord)
  UNION ALL
  -- an area is known when a division or grid has this code, or one that begins with it
  SELECT 189 + t.ord::integer, 'unknown_area', format($q$SELECT format('gov.%s 有 %%s 个区域不在 gov.division、gov.grid 中:%%s', count(*), grid_gov.first_names(array_agg(a.area ORDER BY a.area))), '改正 area,或补录该区划、网格'
      FROM (SELECT DISTINCT x.area FROM gov.%1$I x WHERE NOT starts_with($1, x.area)) a
      WHERE grid_gov.code_level(a.area) IS NULL OR NOT EXISTS (SELECT FROM gov.division d WHERE d.code >= a.area AND d.code < a.area || ':')
        AND NOT EXISTS (SELECT FROM gov.grid g WHERE g.code >= a.area AND g.code < a.area || ':')
      HAVING count(*) > 0$q$, t.tab)
  FROM unnest('{post,department,actor_proxy,access,calendar,handling_limit,stage_limit}'::text[]) WITH ORDINALITY t (tab, ord)
  ORDER BY 1
$f$;
COMMENT ON FUNCTION grid_gov.check_plan() IS '内部:check_setup() 对 gov 的各项检查';

CREATE FUNCTION grid_gov.first_names(names text[]) RETURNS text
  LANGUAGE sql IMMUTABLE
  SET search_path = pg_catalog, pg_temp
  AS $f$
  SELECT array_to_string(names[1:3], '、') || CASE WHEN cardinality(names) > 3 THEN ' 等' ELSE '' END
$f$;
COMMENT ON FUNCTION grid_gov.first_names(text[]) IS '内部:前三个名称,更多则加“等”';

CREATE FUNCTION grid_gov.check_gov() RETURNS TABLE (problem text, detail text, hint text)
  LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, pg_temp
  SET datestyle = 'ISO, YMD'
  AS $f$
DECLARE
  version text := (SELECT e.extversion FROM pg_extension e WHERE e.extname = 'grid_gov');
  gov_owner oid := (SELECT n.nspowner FROM pg_namespace n WHERE n.nspname = 'gov');
  root text;
  barred text[] := '{}';
  c record;
BEGIN
  BEGIN
    SELECT m.value INTO root FROM gov.meta m WHERE m.kind = 'setting' AND m.name = 'root';
  EXCEPTION WHEN insufficient_privilege OR undefined_column OR undefined_table THEN
    NULL;
  END;
  -- one check that cannot be made must not stop the others
  FOR c IN SELECT p.problem, p.query FROM grid_gov.check_plan() p LOOP
    BEGIN
      RETURN QUERY EXECUTE format('SELECT %L, x.* FROM (%s) x', c.problem, c.query) USING root, version, gov_owner;
    EXCEPTION
      WHEN insufficient_privilege THEN
        barred := barred || c.problem;
      WHEN undefined_column OR undefined_table THEN
        -- listed as missing
        NULL;
      WHEN OTHERS THEN
        RETURN QUERY SELECT 'not_checked', format('%s:%s', c.problem, SQLERRM), '改正后再执行';
    END;
  END LOOP;
  IF barred <> '{}' THEN
    RETURN QUERY SELECT 'not_checked', format('当前角色无权检查:%s', (SELECT string_agg(DISTINCT b, '、' ORDER BY b) FROM unnest(barred) b)), '由 gov 的所有者或超级用户执行';
  END IF;
END
$f$;
COMMENT ON FUNCTION grid_gov.check_gov() IS '内部:check_setup() 对 gov 的检查';

CREATE FUNCTION grid_gov.check_setup() RETURNS TABLE (problem text, detail text, hint text)
  LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
  AS $f$
DECLARE
  version text := (SELECT e.extversion FROM pg_extension e WHERE e.extname = 'grid_gov');
  gov_owner regrole := (SELECT n.nspowner::regrole FROM pg_namespace n WHERE n.nspname = 'gov');
BEGIN
  IF grid_gov.library_version() <> version THEN
    RETURN QUERY SELECT 'library_version', format('动态库版本 %s,扩展版本 %s', grid_gov.library_version(), version), '执行 ALTER EXTENSION grid_gov UPDATE,或重启使新库生效';
  END IF;
  IF NOT EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = to_regnamespace('gov') AND c.relname = 'meta') THEN
    RETURN QUERY SELECT 'not_set_up', '没有模式 gov', 'SELECT * FROM grid_gov.setup(root => …, name => …, owner => …)';
    RETURN;
  END IF;
  IF pg_has_role(gov_owner, 'MEMBER') THEN
    RETURN QUERY
      SELECT r->>'problem', r->>'detail', r->>'hint'
      FROM jsonb_array_elements(grid_gov.run_as(gov_owner, 'SELECT COALESCE(jsonb_agg(to_jsonb(c) ORDER BY o), ''[]'') FROM grid_gov.check_gov() WITH ORDINALITY c (problem, detail, hint, o)')) WITH ORDINALITY x (r, n)
      ORDER BY n;
  ELSE
    RETURN QUERY SELECT * FROM grid_gov.check_gov();
  END IF;
END
$f$;
COMMENT ON FUNCTION grid_gov.check_setup() IS '安装检查:触发器、版本、日历有效期、行级安全等;没有行即一切正常';
