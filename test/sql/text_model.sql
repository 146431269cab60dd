-- city
-- The life of a model: judged, trained again from corrections, put to use or refused; the type in binary COPY; corrupt models.
\pset format unaligned
\pset tuples_only on
\set VERBOSITY terse
SET client_min_messages TO warning;

-- 1. Measures, worked by hand: of eight answers five are right; the second label makes one more acceptable; one text had nothing in it
SELECT kind, label, other, round(value::numeric, 4) FROM grid_gov.evaluate_answers(
  ARRAY['a','a','a','b','b','b','c','c'], ARRAY['a','a','b','b','b','a','c',NULL], ARRAY[0.95,0.85,0.55,0.65,0.95,0.45,0.35,NULL],
  ARRAY[false,false,true,false,false,false,true,true], ARRAY[NULL,'b','b',NULL,NULL,NULL,NULL,'a']);
-- a text without a label is left out; nothing at all is nothing
SELECT kind, value FROM grid_gov.evaluate_answers(ARRAY['a',NULL], ARRAY['a','b'], ARRAY[1.0,1.0], ARRAY[false,false]) WHERE kind IN ('reports', 'accuracy', 'lenient');
SELECT kind, value FROM grid_gov.evaluate_answers('{}', '{}', '{}', '{}');
-- the model in use
SELECT kind, value FROM grid_gov.evaluate_model(NULL, ARRAY['人行道上有流动摊贩占道经营', '工地夜里打桩噪音大睡不着', '13800000000'], ARRAY['城市管理', '环境保护', '民生服务']) WHERE kind IN ('reports', 'accuracy');
SELECT label, other, value FROM grid_gov.evaluate_model(NULL, ARRAY['人行道上有流动摊贩占道经营', '13800000000'], ARRAY['社会治安', '民生服务'], ARRAY['城市管理', NULL]) WHERE kind = 'confusion';
SELECT value FROM grid_gov.evaluate_model(NULL, ARRAY['人行道上有流动摊贩占道经营', '13800000000'], ARRAY['社会治安', '民生服务'], ARRAY['城市管理', NULL]) WHERE kind = 'lenient';
-- a model of one's own labels
SELECT kind, label, value FROM (SELECT grid_gov.train_text_model(b, l) AS m FROM (VALUES ('咖啡凉了', '饮料'), ('茶很好喝', '饮料'), ('米饭硬', '主食'), ('面条咸', '主食')) v(b, l)) t,
  grid_gov.evaluate_model(t.m, ARRAY['茶凉了', '面条硬'], ARRAY['饮料', '主食']) WHERE kind IN ('accuracy', 'recall');
SELECT (grid_gov.classify_detail('。', grid_gov.train_text_model('茶', '饮料'))).*;
\set VERBOSITY sqlstate
SELECT * FROM grid_gov.evaluate_model(NULL, ARRAY['x', 'y'], ARRAY['a']);
SELECT * FROM grid_gov.evaluate_model(NULL, ARRAY['x'], ARRAY['a'], '{}');
SELECT * FROM grid_gov.evaluate_model(NULL, NULL, NULL);
\set VERBOSITY default
SELECT * FROM grid_gov.evaluate_model(NULL, ARRAY['x', 'y'], ARRAY['民生服务', '民生'], ARRAY['民生服务', NULL]);
SELECT grid_gov.model_labels(model) AS labels FROM grid_gov.ref_model WHERE kind = 'category';
\set VERBOSITY terse

-- 2. A DBA without any other right trains and activates
CREATE ROLE model_dba NOLOGIN;
CREATE ROLE model_backend NOLOGIN;
CREATE ROLE model_nobody NOLOGIN;
SELECT count(*) > 20 FROM grid_gov.grant_access('model_dba', 'dba');
SELECT count(*) > 20 FROM grid_gov.grant_access('model_backend', 'backend');
\set VERBOSITY sqlstate
SET ROLE model_backend;
SELECT * FROM grid_gov.retrain('x');
SELECT * FROM grid_gov.activate_model(0);
SET ROLE model_nobody;
SELECT * FROM grid_gov.retrain('x');
SELECT * FROM grid_gov.evaluate_model();
RESET ROLE;
\set VERBOSITY terse
-- a city whose people write of things that the corpus does not know, and of the same text twice: the later correction counts
INSERT INTO gov.labelled_report (body, category, was, labelled_at)
  SELECT format('%s号楼的%s又来了,%s', n, (ARRAY['蓝鸢号', '铁皮侠', '大白象'])[1 + n % 3], (ARRAY['烦人', '麻烦看看', '谢谢'])[1 + n % 2]), (ARRAY['环境保护', '社会治安', '城市管理'])[1 + n % 3], '民生服务', '2026-01-01 00:00+08'
    FROM generate_series(1, 60) n;
INSERT INTO gov.labelled_report (body, category, labelled_at) SELECT body, '公共安全', '2025-01-01 00:00+08' FROM gov.labelled_report WHERE id < 5;
INSERT INTO gov.labelled_report (body, category, labelled_at) VALUES ('不是六类', '别的', '2026-01-01 00:00+08');
SET ROLE model_dba;
SELECT measure, before < 0.6 AS bad_before, after > 0.9 AS good_after FROM grid_gov.retrain('一月') WHERE measure IN ('accuracy', 'macro_f1');
SELECT id, name, kind, active, rows_used = (SELECT count(*) + 60 FROM grid_gov.ref_report) AS rows FROM gov.model ORDER BY id;
SELECT grid_gov.classify('蓝鸢号又来了') IS DISTINCT FROM '环境保护', model FROM grid_gov.classify_detail('蓝鸢号又来了');
SELECT measure, after >= before AS better FROM grid_gov.activate_model(1) WHERE measure IN ('reports', 'accuracy');
SELECT category, model FROM grid_gov.classify_detail('蓝鸢号又来了');
SELECT kind, value > 0.9 FROM grid_gov.evaluate_model() WHERE kind IN ('accuracy', 'sure_accuracy');
RESET ROLE;
-- what the model in use has seen does not judge its successor
INSERT INTO gov.labelled_report (body, category) SELECT format('第%s排的绿皮匣子堵着', n), '公共安全' FROM generate_series(1, 25) n;
SET ROLE model_dba;
SELECT measure, after >= before FROM grid_gov.retrain('二月', '加了绿皮匣子') WHERE measure IN ('reports', 'accuracy') AND (measure <> 'reports' OR after = 25);
SELECT id, name, regexp_replace(note, '[0-9]{3,}', 'n') AS note, active FROM gov.model ORDER BY id;
-- worse: refused, unless forced; one model is active
INSERT INTO gov.model (name, model) SELECT '坏', grid_gov.train_text_model(r.text, (ARRAY['城市管理', '社会治安', '环境保护', '民生服务', '公共安全', '矛盾纠纷'])[1 + r.id % 6]) FROM grid_gov.ref_report r;
\set VERBOSITY sqlstate
SELECT * FROM grid_gov.activate_model(3);
SELECT * FROM grid_gov.activate_model(99);
SELECT * FROM grid_gov.activate_model(NULL);
SELECT * FROM grid_gov.retrain(' ');
\set VERBOSITY terse
SELECT id FROM gov.model WHERE active;
SELECT count(*) > 0 FROM grid_gov.activate_model(3, true);
SELECT id FROM gov.model WHERE active;
-- and back to what came with the extension; a model for items has no such measures
SELECT count(*) > 0 FROM grid_gov.activate_model(0);
SELECT count(*) FROM gov.model WHERE active;
SELECT category, model FROM grid_gov.classify_detail('人行道上有流动摊贩占道经营');
INSERT INTO gov.model (name, kind, model) SELECT '事项', 'item', model FROM grid_gov.ref_model WHERE kind = 'item' RETURNING id;
SELECT count(*) FROM grid_gov.activate_model(4);
SELECT count(*) FROM grid_gov.activate_model(2);
SELECT id FROM gov.model WHERE active ORDER BY id;
-- a model of other labels is refused, by force, too; 0 is the way back for items as well
INSERT INTO gov.model (name, kind, model) SELECT '一类', 'category', grid_gov.train_text_model(text, '民生服务') FROM (SELECT text FROM grid_gov.ref_report LIMIT 50) s;
INSERT INTO gov.model (name, kind, model) SELECT '文体', 'item', grid_gov.train_text_model(text, style) FROM (SELECT text, style FROM grid_gov.ref_report LIMIT 500) s;
SELECT * FROM grid_gov.activate_model(5, true);
SELECT * FROM grid_gov.activate_model(6, true);
-- as an item of four digits, but none of the catalogue
INSERT INTO gov.model (name, kind, model) SELECT '无此事项', 'item', grid_gov.train_text_model(b, l) FROM (VALUES ('茶', '0101'), ('饭', '0198')) v (b, l);
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT * FROM grid_gov.activate_model(7, true);
\set SHOW_CONTEXT errors
\set VERBOSITY terse
SELECT count(*) > 0 FROM grid_gov.activate_model(0, true);
SELECT count(*) FROM gov.model WHERE active;
SELECT count(*) FROM grid_gov.activate_model(4);
SELECT count(*) FROM grid_gov.activate_model(2);
-- of one text the last correction counts, here as in retrain()
RESET ROLE;
BEGIN;
DELETE FROM gov.labelled_report;
INSERT INTO gov.labelled_report (body, category, labelled_at) VALUES ('小区门口有人占道经营不听劝', '矛盾纠纷', '2026-01-01 00:00+08'), ('小区门口有人占道经营不听劝', '城市管理', '2026-01-02 00:00+08');
SELECT kind, value FROM grid_gov.evaluate_model((SELECT model FROM grid_gov.ref_model WHERE kind = 'category')) WHERE kind IN ('reports', 'accuracy');
-- nothing to judge by: activated, and said so; so for items, that nothing judges
DELETE FROM gov.labelled_report;
SET LOCAL client_min_messages TO notice;
SELECT * FROM grid_gov.activate_model(3);
SELECT * FROM grid_gov.activate_model(4);
SET LOCAL client_min_messages TO warning;
-- samples are seen with their events: another county's are not, nor those of no event
CREATE ROLE model_county;
SELECT count(*) > 0 FROM grid_gov.grant_access('model_county', 'backend', '371621');
SET LOCAL ROLE model_county;
SELECT count(*) FROM gov.labelled_report;
SAVEPOINT s;
INSERT INTO gov.labelled_report (body, category) VALUES ('别县的样本', '矛盾纠纷');
ROLLBACK TO s;
UPDATE gov.labelled_report SET category = '民生服务';
ROLLBACK;
SET ROLE model_dba;
-- a model of other labels in use: no answer, and somebody looks at it
UPDATE gov.model SET active = false WHERE kind = 'category';
INSERT INTO gov.model (name, model, active) SELECT '外', grid_gov.train_text_model(text, '类' || left(label, 2)), true FROM grid_gov.ref_report;
SELECT grid_gov.classify('人行道上有流动摊贩占道经营') IS NULL, category IS NULL, needs_review FROM grid_gov.classify_detail('人行道上有流动摊贩占道经营');
DELETE FROM gov.model WHERE name = '外';
-- words of the city: usable ones, with a weight in proportion
DO $$
DECLARE bad record; rule text;
BEGIN
  FOR bad IN SELECT * FROM (VALUES ('重磅', 3e38::real), ('重磅', 'NaN'), ('重磅', -1), ('　', 1), ('13812345678', 1), (repeat('长', 33), 1), (E'制\t表', 1), (repeat('长', 32), 100)) v(word, weight) LOOP
    BEGIN
      INSERT INTO gov.lexicon VALUES (bad.word, '公共安全', bad.weight);
      RAISE WARNING '% % accepted', left(bad.word, 2), bad.weight;
    EXCEPTION WHEN check_violation THEN
      GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME;
      RAISE WARNING '%', rule;
    END;
  END LOOP;
END $$;
DELETE FROM gov.lexicon WHERE word = repeat('长', 32);
-- what is suggested comes from the city's catalogue, with its limit
RESET ROLE;
SELECT item, name, allow FROM grid_gov.suggest_items('电梯里困了两个人，快来救人', 1);
UPDATE gov.catalogue SET name = '困人', allow = '45m' WHERE code = '0520';
SELECT item, name, allow FROM grid_gov.suggest_items('电梯里困了两个人，快来救人', 1);
UPDATE gov.catalogue SET active = false WHERE code = '0520';
SELECT count(*), bool_or(item = '0520') FROM grid_gov.suggest_items('电梯里困了两个人，快来救人', 3);
SELECT count(*) > 0 FROM grid_gov.revoke_access('model_dba');
SELECT count(*) > 0 FROM grid_gov.revoke_access('model_backend');
DROP ROLE model_dba, model_backend, model_nobody;

-- 3. Binary COPY: what goes out comes in; what is broken is refused (22P03) and leaves nothing behind
CREATE TEMP TABLE sent (m grid_gov.text_model);
CREATE TEMP TABLE got (m grid_gov.text_model);
INSERT INTO sent SELECT model FROM grid_gov.ref_model UNION ALL SELECT NULL UNION ALL SELECT grid_gov.train_text_model('茶', '饮料');
DO $$
DECLARE
  file constant text := current_setting('data_directory') || '/text_model.bin';
  whole bytea;
  broken bytea;
  lo oid;
  what text;
  codes text[] := '{}';
  seed constant float8 := 0.31;
BEGIN
  EXECUTE format('COPY sent TO %L (FORMAT binary)', file);
  EXECUTE format('COPY got FROM %L (FORMAT binary)', file);
  RAISE WARNING 'round trip: % of % the same', (SELECT count(*) FROM (SELECT m::text FROM sent INTERSECT ALL SELECT m::text FROM got) s), (SELECT count(*) FROM sent);
  TRUNCATE got;
  -- one row: header of 19 bytes, 2 for the number of fields, 4 for the length, the model, 2 for the end
  EXECUTE format('COPY (SELECT grid_gov.train_text_model(b, l) FROM (VALUES (''茶'', ''饮料''), (''饭'', ''主食'')) v(b, l)) TO %L (FORMAT binary)', file);
  whole := pg_read_binary_file(file);
  PERFORM setseed(seed);
  FOR i IN 1..60 LOOP
    what := (ARRAY['flip', 'cut', 'version'])[1 + i % 3];
    IF what = 'flip' THEN
      DECLARE at constant bigint := 25 * 8 + floor(random() * (length(whole) - 27) * 8); BEGIN broken := set_bit(whole, at, 1 - get_bit(whole, at)); END;
    ELSIF what = 'cut' THEN
      DECLARE n constant int := floor(random() * (length(whole) - 27)); BEGIN
        broken := substr(whole, 1, 21) || int4send(n) || substr(whole, 26, n) || '\xffff'::bytea; END;
    ELSE
      broken := set_byte(whole, 25 + 4, 2 + i);
    END IF;
    lo := lo_from_bytea(0, broken);
    PERFORM lo_export(lo, file);
    PERFORM lo_unlink(lo);
    BEGIN
      EXECUTE format('COPY got FROM %L (FORMAT binary)', file);
      codes := codes || (what || ' accepted');
    EXCEPTION WHEN OTHERS THEN
      codes := codes || (what || ' ' || SQLSTATE);
    END;
  END LOOP;
  RAISE WARNING 'seed %: %', seed, (SELECT string_agg(c || ' x ' || n, ', ' ORDER BY c) FROM (SELECT c, count(*) AS n FROM unnest(codes) c GROUP BY c) s);
  RAISE WARNING 'left behind: %', (SELECT count(*) FROM got);
END $$;
