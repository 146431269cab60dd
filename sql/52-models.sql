-- The life of a city's model: judged, trained again from corrections, put to use. Who calls needs the rights on gov.model and
-- gov.labelled_report (persona dba, or the owner). Measures: reports, accuracy, lenient (the second acceptable label counts, too),
-- macro_f1, ece (expected calibration error, ten bins), sure (share that needs no review), sure_accuracy.

CREATE FUNCTION grid_gov.evaluate_answers(labels text[], said text[], probabilities float8[], review boolean[], alts text[] DEFAULT NULL)
  RETURNS TABLE (kind text, label text, other text, value float8)
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE ROWS 60
  SET search_path = pg_catalog, pg_temp
  AS $f$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH answer AS (
    SELECT a.truth, a.said, COALESCE(a.p, 0) AS p, COALESCE(a.review, true) AS review, a.said IS NOT DISTINCT FROM a.truth AS hit,
      COALESCE(a.said IN (a.truth, a.alt), false) OR COALESCE(a.said = a.truth, false) AS near
    FROM unnest(labels, said, probabilities, review, alts) a (truth, said, p, review, alt)
    WHERE a.truth IS NOT NULL
  ), class AS (
    SELECT c.label, count(*) FILTER (WHERE a.truth = c.label AND a.hit)::float8 AS both_, count(*) FILTER (WHERE a.truth = c.label)::float8 AS truth,
      count(*) FILTER (WHERE a.said = c.label)::float8 AS said
    FROM (SELECT DISTINCT a.truth AS label FROM answer a) c CROSS JOIN answer a
    GROUP BY c.label
  ), bin AS (
    SELECT least(floor(a.p * 10), 9) AS n, count(*)::float8 AS reports, avg(a.p) AS p, avg(a.hit::int)::float8 AS hit FROM answer a GROUP BY 1
  ), measure (o, kind, label, other, value) AS (
    SELECT 1, 'reports', NULL::text, NULL::text, count(*)::float8 FROM answer
    UNION ALL SELECT 2, 'accuracy', NULL, NULL, avg(a.hit::int)::float8 FROM answer a
    UNION ALL SELECT 3, 'lenient', NULL, NULL, avg(a.near::int)::float8 FROM answer a WHERE alts IS NOT NULL HAVING count(*) > 0
    UNION ALL SELECT 4, 'macro_f1', NULL, NULL, avg(2 * c.both_ / (c.truth + c.said)) FROM class c
    UNION ALL SELECT 5, 'ece', NULL, NULL, sum(abs(b.p - b.hit) * b.reports) / sum(b.reports) FROM bin b
    UNION ALL SELECT 6, 'sure', NULL, NULL, avg((NOT a.review)::int)::float8 FROM answer a
    UNION ALL SELECT 7, 'sure_accuracy', NULL, NULL, avg(a.hit::int)::float8 FROM answer a WHERE NOT a.review
    UNION ALL SELECT 10, 'precision', c.label, NULL, c.both_ / nullif(c.said, 0) FROM class c
    UNION ALL SELECT 11, 'recall', c.label, NULL, c.both_ / c.truth FROM class c
    UNION ALL SELECT 12, 'f1', c.label, NULL, 2 * c.both_ / (c.truth + c.said) FROM class c
    UNION ALL SELECT 13, 'support', c.label, NULL, c.truth FROM class c
    UNION ALL SELECT 20, 'confusion', a.truth, a.said, count(*)::float8 FROM answer a GROUP BY a.truth, a.said
    UNION ALL SELECT 30, 'calibration', format('%s-%s%%', b.n * 10, b.n * 10 + 10), x.what, x.v
      FROM bin b CROSS JOIN LATERAL (VALUES ('accuracy', b.hit), ('probability', b.p), ('reports', b.reports)) x (what, v)
  )
  SELECT m.kind, m.label, m.other, m.value FROM measure m ORDER BY m.o, m.label COLLATE "C", m.other COLLATE "C";
END
$f$;
COMMENT ON FUNCTION grid_gov.evaluate_answers(text[], text[], float8[], boolean[], text[]) IS '内部:由真实标签、模型回答、概率、是否待复核(以及可接受的第二标签)算出各项指标';

CREATE FUNCTION grid_gov.evaluate_model(model grid_gov.text_model, bodies text[], labels text[], alts text[] DEFAULT NULL)
  RETURNS TABLE (kind text, label text, other text, value float8)
  LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 60
  SET search_path = pg_catalog, pg_temp
  AS $f$
#variable_conflict use_column
DECLARE
  p_alts constant text[] := alts;
  said text[];
  p float8[];
  review boolean[];
  six constant text[] := ARRAY['城市管理', '社会治安', '环境保护', '民生服务', '公共安全', '矛盾纠纷'];
  -- a model that was never told of one of the six is judged by all of them
  known constant text[] := CASE WHEN grid_gov.model_labels(model) <@ six OR model IS NULL THEN six ELSE grid_gov.model_labels(model) END;
  stranger text;
BEGIN
  IF bodies IS NULL OR labels IS NULL OR cardinality(bodies) <> cardinality(labels) OR cardinality(alts) <> cardinality(bodies) THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('%s bodies cannot be compared with %s labels and %s second labels', COALESCE(cardinality(bodies), 0), COALESCE(cardinality(labels), 0), COALESCE(cardinality(alts), 0)),
      HINT = 'Give arrays of the same length; the second labels may be left out.';
  END IF;
  SELECT l INTO stranger FROM unnest(labels || alts) l WHERE l IS NOT NULL AND l <> ALL (known) ORDER BY l COLLATE "C" LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('the model knows no label "%s"', stranger), DETAIL = format('It tells apart: %s.', array_to_string(known, ', ')),
      HINT = 'A report without a label is left out: give NULL.';
  END IF;
  IF model IS NULL THEN
    SELECT array_agg(d.category ORDER BY b.o), array_agg(d.probability ORDER BY b.o), array_agg(d.needs_review ORDER BY b.o) INTO said, p, review
      FROM unnest(bodies) WITH ORDINALITY b (body, o) LEFT JOIN LATERAL grid_gov.classify_detail(b.body) d ON true;
  ELSE
    SELECT array_agg(d.label ORDER BY b.o), array_agg(d.probability ORDER BY b.o), array_agg(d.needs_review ORDER BY b.o) INTO said, p, review
      FROM unnest(bodies) WITH ORDINALITY b (body, o) LEFT JOIN LATERAL grid_gov.classify_detail(b.body, model) d ON true;
  END IF;
  RETURN QUERY SELECT * FROM grid_gov.evaluate_answers(labels, said, p, review, p_alts);
END
$f$;
COMMENT ON FUNCTION grid_gov.evaluate_model(grid_gov.text_model, text[], text[], text[]) IS '评测模型(空为正在使用的模型):条数、准确率、含第二标签的准确率、宏平均 F1、校准误差、免复核比例及其准确率,各类的精确率、召回率、F1,混淆与校准明细';

CREATE FUNCTION grid_gov.evaluate_model(model grid_gov.text_model DEFAULT NULL)
  RETURNS TABLE (kind text, label text, other text, value float8)
  LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 60
  SET search_path = pg_catalog, pg_temp
  AS $f$
#variable_conflict use_column
BEGIN
  IF to_regclass('gov.labelled_report') IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'WG010', MESSAGE = 'no city is set up in this database', HINT = 'Call grid_gov.setup(root, name) first, or give bodies and labels.';
  END IF;
  RETURN QUERY
  SELECT e.kind, e.label, e.other, e.value
  -- of one text the last correction counts, as in retrain()
  FROM (SELECT array_agg(l.body ORDER BY l.id) AS bodies, array_agg(l.category ORDER BY l.id) AS labels
    FROM (SELECT DISTINCT ON (r.body COLLATE "C") r.id, r.body, r.category FROM gov.labelled_report r ORDER BY r.body COLLATE "C", r.labelled_at DESC, r.id DESC) l) x
  CROSS JOIN LATERAL grid_gov.evaluate_model(model, COALESCE(x.bodies, '{}'), COALESCE(x.labels, '{}')) e;
END
$f$;
COMMENT ON FUNCTION grid_gov.evaluate_model(grid_gov.text_model) IS '用本市更正过的样本(gov.labelled_report,同一正文以最后一次为准)评测模型(空为正在使用的模型)';

CREATE FUNCTION grid_gov.retrain(name text, note text DEFAULT NULL)
  RETURNS TABLE (id bigint, measure text, before float8, after float8)
  LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp SET jit = off
  AS $f$
#variable_conflict use_column
DECLARE
  p_name constant text := name;
  p_note constant text := note;
  bodies text[];
  labels text[];
  folds int[];
  judged boolean[];
  m grid_gov.text_model;
  made bigint;
  corpus bigint;
  truth text[] := '{}';
  said text[] := '{}';
  p float8[] := '{}';
  review boolean[] := '{}';
BEGIN
  IF to_regclass('gov.labelled_report') IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'WG010', MESSAGE = 'no city is set up in this database', HINT = 'Call grid_gov.setup(root, name) first.';
  END IF;
  IF COALESCE(btrim(p_name), '') = '' THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a model needs a name', HINT = 'Say what it was trained on, for example the month.';
  END IF;
  -- Of one text the last correction counts. Folds go by the text, not by the order of rows. What the model in use may have
  -- been trained on does not judge, unless there is nothing else.
  SELECT array_agg(l.body), array_agg(l.category), array_agg(1 + get_byte(decode(md5(l.body), 'hex'), 0) % 5), array_agg(l.labelled_at > l.since)
    INTO bodies, labels, folds, judged
    FROM (SELECT DISTINCT ON (c.body COLLATE "C") c.body, c.category, c.labelled_at,
            COALESCE((SELECT max(o.trained_at) FROM gov.model o WHERE o.active AND o.kind = 'category'), '-infinity') AS since
          FROM gov.labelled_report c
          WHERE c.category IN (SELECT f.label FROM grid_gov.ref_report f)
          ORDER BY c.body COLLATE "C", c.labelled_at DESC, c.id DESC) l;
  IF true <> ALL (judged) THEN
    judged := array_fill(true, ARRAY[cardinality(bodies)]);
  END IF;
  FOR f IN 1..5 LOOP
    CONTINUE WHEN NOT EXISTS (SELECT FROM unnest(folds, judged) x (fold, judged) WHERE x.fold = f AND x.judged);
    SELECT grid_gov.train_text_model(t.body, t.label) INTO m
      FROM (SELECT r.text AS body, r.label FROM grid_gov.ref_report r
            UNION ALL SELECT x.body, x.label FROM unnest(bodies, labels, folds) x (body, label, fold) WHERE x.fold <> f) t;
    SELECT truth || array_agg(x.label ORDER BY x.o), said || array_agg(d.label ORDER BY x.o), p || array_agg(d.probability ORDER BY x.o), review || array_agg(d.needs_review ORDER BY x.o)
      INTO truth, said, p, review
      FROM unnest(bodies, labels, folds, judged) WITH ORDINALITY x (body, label, fold, judged, o) CROSS JOIN LATERAL grid_gov.classify_detail(x.body, m) d
      WHERE x.fold = f AND x.judged;
  END LOOP;
  SELECT grid_gov.train_text_model(t.body, t.label), count(*) FILTER (WHERE t.ours) INTO m, corpus
    FROM (SELECT r.text AS body, r.label, true AS ours FROM grid_gov.ref_report r UNION ALL SELECT x.body, x.label, false FROM unnest(bodies, labels) x (body, label)) t;
  INSERT INTO gov.model AS n (name, kind, model, active, rows_used, note)
    VALUES (p_name, 'category', m, false, corpus + COALESCE(cardinality(bodies), 0), COALESCE(p_note, format('参考语料 %s 条,本市更正 %s 条', corpus, COALESCE(cardinality(bodies), 0))))
    RETURNING n.id INTO made;
  RETURN QUERY
  SELECT made, a.kind, b.value, a.value
  FROM grid_gov.evaluate_answers(truth, said, p, review) WITH ORDINALITY a (kind, label, other, value, o)
  LEFT JOIN (SELECT e.* FROM (SELECT array_agg(x.body) AS bodies, array_agg(x.label) AS labels FROM unnest(bodies, labels, judged) x (body, label, judged) WHERE x.judged) y
             CROSS JOIN LATERAL grid_gov.evaluate_model(NULL, COALESCE(y.bodies, '{}'), COALESCE(y.labels, '{}')) e) b ON b.kind = a.kind AND b.label IS NULL
  WHERE a.label IS NULL AND a.kind <> 'confusion'
  ORDER BY a.o;
END
$f$;
COMMENT ON FUNCTION grid_gov.retrain(text, text) IS '用参考语料加本市更正的样本训练新版本,写入 gov.model(不启用);逐项报告现用模型(before)与新训练方法(after,五折交叉验证)在更正样本上的指标';

CREATE FUNCTION grid_gov.activate_model(id bigint, force boolean DEFAULT false)
  RETURNS TABLE (measure text, before float8, after float8)
  LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp SET jit = off
  AS $f$
#variable_conflict use_column
DECLARE
  p_id constant bigint := id;
  of_kind text;
  m grid_gov.text_model;
  stranger text;
  measures text[] := '{reports}';
  olds float8[] := '{0}';
  news float8[] := '{0}';
  was float8;
  becomes float8;
BEGIN
  IF to_regclass('gov.model') IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'WG010', MESSAGE = 'no city is set up in this database', HINT = 'Call grid_gov.setup(root, name) first.';
  END IF;
  LOCK TABLE gov.model IN SHARE ROW EXCLUSIVE MODE;
  -- 0 is what came with the extension, for items, too
  IF p_id = 0 THEN
    SELECT r.kind, r.model INTO of_kind, m FROM grid_gov.ref_model r WHERE r.kind = 'category';
  ELSE
    SELECT o.kind, o.model INTO of_kind, m FROM gov.model o WHERE o.id = p_id;
  END IF;
  IF m IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('there is no model %s', COALESCE(p_id::text, 'NULL')),
      HINT = 'See gov.model; 0 is the model that came with the extension.';
  END IF;
  -- a model of other labels would leave every new event without a category, or without an item
  IF of_kind = 'category' AND NOT (SELECT array_agg(x.l ORDER BY x.l) = (SELECT array_agg(DISTINCT f.label ORDER BY f.label) FROM grid_gov.ref_report f) FROM unnest(grid_gov.model_labels(m)) x (l)) THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('model %s does not tell the six categories apart', p_id),
      DETAIL = format('Its labels are: %s.', left(array_to_string(grid_gov.model_labels(m), ', '), 200)), HINT = 'Train it with the six categories as labels; force does not help.';
  END IF;
  SELECT x.l INTO stranger FROM unnest(grid_gov.model_labels(m)) WITH ORDINALITY x (l, o)
    WHERE x.l !~ '^[0-9]{4}$' OR NOT EXISTS (SELECT FROM gov.catalogue c WHERE c.code = x.l COLLATE "C") ORDER BY x.o LIMIT 1;
  IF of_kind = 'item' AND FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('model %s does not tell items apart', p_id),
      DETAIL = format('Its label "%s" is no item of gov.catalogue with a code of four digits.', stranger), HINT = 'Train it with codes of gov.catalogue as labels; force does not help.';
  END IF;
  -- items are told apart inside a category only: they have no such measures, no report judges them
  IF of_kind = 'category' THEN
    SELECT array_agg(a.kind ORDER BY a.o), array_agg(b.value ORDER BY a.o), array_agg(a.value ORDER BY a.o),
        max(b.value) FILTER (WHERE a.kind = 'accuracy'), max(a.value) FILTER (WHERE a.kind = 'accuracy')
      INTO measures, olds, news, was, becomes
      FROM grid_gov.evaluate_model(m) WITH ORDINALITY a (kind, label, other, value, o)
      LEFT JOIN grid_gov.evaluate_model() b ON b.kind = a.kind AND b.label IS NULL
      WHERE a.label IS NULL AND a.kind <> 'confusion';
    IF becomes < was AND force IS NOT TRUE THEN
      RAISE EXCEPTION USING ERRCODE = 'WG004', MESSAGE = format('model %s is worse than the one in use', p_id),
        DETAIL = format('Of %s labelled reports it sorts %s %% right, the one in use %s %%.', news[1], round(becomes::numeric * 100, 1), round(was::numeric * 100, 1)),
        HINT = 'Activate it all the same with force => true.';
    END IF;
  END IF;
  IF becomes IS NULL THEN
    RAISE NOTICE USING MESSAGE = format('model %s is activated unjudged', p_id),
      DETAIL = CASE WHEN of_kind = 'item' THEN 'Models for items have no measures.' ELSE 'There is no labelled report that could judge it.' END;
  END IF;
  UPDATE gov.model o SET active = false WHERE o.active AND (o.kind = of_kind OR p_id = 0) AND o.id <> p_id;
  UPDATE gov.model o SET active = true WHERE NOT o.active AND o.id = p_id;
  RETURN QUERY SELECT x.measure, x.before, x.after FROM unnest(measures, olds, news) x (measure, before, after);
END
$f$;
COMMENT ON FUNCTION grid_gov.activate_model(bigint, boolean) IS '启用模型(0 为类别与事项都回到随扩展提供的模型):标签不是六大类(事项模型:目录中的四位代码)的不能启用;在本市更正样本上的准确率低于现用模型时拒绝(WG004),除非 force;返回现用(before)与新启用(after)的指标,没有样本可评时 reports 为 0 并有 NOTICE';
