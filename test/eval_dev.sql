-- Measure the shipped classifier on real reports; see test/eval_dev.sh. psql variables: dev, seed (files).
\set ON_ERROR_STOP on
\pset footer off
SET client_min_messages = warning;
CREATE EXTENSION grid_gov CASCADE;
CREATE TEMP TABLE dev (id text, text text, label text, alt_label text, source text, original_label text, stratum text, split text);
\copy dev FROM PSTDIN WITH (FORMAT csv, DELIMITER E'\t', HEADER, QUOTE E'\b')
-- the rival: a plain list of keywords, the typical items of the catalogue; most hits win
CREATE TEMP TABLE keyword AS
  SELECT DISTINCT category, w FROM grid_gov.ref_catalogue, regexp_split_to_table(typical, '/') w WHERE length(w) >= 2
  UNION SELECT category, name FROM grid_gov.ref_catalogue;
CREATE TEMP TABLE answer AS
  SELECT d.id, d.label, nullif(d.alt_label, '') AS alt, c.category AS ours, c.probability AS p, c.margin, c.needs_review,
         coalesce((SELECT k.category FROM keyword k WHERE strpos(d.text, k.w) > 0 GROUP BY k.category ORDER BY count(*) DESC, k.category LIMIT 1), '矛盾纠纷') AS plain
    FROM dev d, grid_gov.classify_detail(d.text) c;
CREATE TEMP VIEW judged AS
  SELECT 'ours' AS who, id, label, alt, ours AS said, p, margin, needs_review FROM answer
  UNION ALL SELECT 'keywords', id, label, alt, plain, NULL, NULL, NULL FROM answer;
CREATE TEMP VIEW per_class AS
  SELECT who, c.label, 2.0 * count(*) FILTER (WHERE j.label = c.label AND said = c.label)
         / nullif(count(*) FILTER (WHERE j.label = c.label) + count(*) FILTER (WHERE said = c.label), 0) AS f1,
         count(*) FILTER (WHERE j.label = c.label AND said = c.label)::numeric / nullif(count(*) FILTER (WHERE said = c.label), 0) AS precision,
         count(*) FILTER (WHERE j.label = c.label AND said = c.label)::numeric / nullif(count(*) FILTER (WHERE j.label = c.label), 0) AS recall
    FROM judged j, (SELECT DISTINCT label FROM dev) c GROUP BY who, c.label;
CREATE TEMP TABLE figure AS
  SELECT who, (SELECT avg(coalesce(f1, 0)) FROM per_class p WHERE p.who = j.who) AS macro_f1, (SELECT min(coalesce(f1, 0)) FROM per_class p WHERE p.who = j.who) AS worst_class,
         avg((said = label)::int) AS strict, avg((said IN (label, coalesce(alt, label)))::int) AS lenient FROM judged j GROUP BY who;
SELECT who, label, round(f1, 3) AS f1, round(precision, 3) AS precision, round(recall, 3) AS recall FROM per_class WHERE who = 'ours' ORDER BY label;
SELECT who, round(macro_f1, 3) AS macro_f1, round(worst_class, 3) AS worst_class, round(strict, 3) AS strict, round(lenient, 3) AS lenient FROM figure ORDER BY who DESC;
CREATE TEMP TABLE sure AS
  SELECT avg((said = label)::int) AS strict, avg((said IN (label, coalesce(alt, label)))::int) AS lenient FROM (
    SELECT *, row_number() OVER (ORDER BY margin DESC, id) <= 0.8 * count(*) OVER () AS kept FROM judged WHERE who = 'ours') s WHERE kept;
CREATE TEMP TABLE calibration AS
  SELECT sum(abs(n_p - n_ok)) / (SELECT count(*) FROM dev) AS ece FROM (
    SELECT sum(p) AS n_p, sum((said = label)::int) AS n_ok FROM judged WHERE who = 'ours' GROUP BY least(floor(p * 10), 9)) b;
SELECT round(strict, 3) AS strict_at_80, round(lenient, 3) AS lenient_at_80, round(ece::numeric, 3) AS ece,
       (SELECT round(avg(needs_review::int), 3) FROM answer) AS needs_review,
       (SELECT round(avg((ours = label)::int) FILTER (WHERE NOT needs_review), 3) FROM answer) AS strict_without_review FROM sure, calibration;
SELECT label AS truth, count(*) FILTER (WHERE ours = '城市管理') AS "城市", count(*) FILTER (WHERE ours = '社会治安') AS "治安", count(*) FILTER (WHERE ours = '环境保护') AS "环境",
       count(*) FILTER (WHERE ours = '民生服务') AS "民生", count(*) FILTER (WHERE ours = '公共安全') AS "安全", count(*) FILTER (WHERE ours = '矛盾纠纷') AS "矛盾" FROM answer GROUP BY label ORDER BY label;
-- the street's garbled report: every pinyin note goes, the traditional form becomes the simplified one
SELECT pg_read_file(:'seed') AS garbled \gset
SELECT (length(:'garbled') - length(replace(:'garbled', '(', ''))) - (length(f) - length(replace(f, '(', ''))) AS notes_removed, strpos(f, '(社区)') > 0 AS kept, f ~ '[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]' AS tone_left
  FROM grid_gov.normalize_report(:'garbled') f;
CREATE TEMP TABLE floor (name text, at_least float8, value float8);
INSERT INTO floor SELECT 'macro-F1', :f1, macro_f1 FROM figure WHERE who = 'ours' UNION ALL SELECT 'above keywords', 0, sign(a.macro_f1 - b.macro_f1) - 0.5 FROM figure a, figure b WHERE a.who = 'ours' AND b.who = 'keywords'
  UNION ALL SELECT 'lenient', :lenient, lenient FROM figure WHERE who = 'ours' UNION ALL SELECT 'worst class', :worst, worst_class FROM figure WHERE who = 'ours'
  UNION ALL SELECT 'accuracy at 80 % coverage', :strict80, strict FROM sure UNION ALL SELECT 'lenient at 80 % coverage', :lenient80, lenient FROM sure UNION ALL SELECT 'calibration (1 - ECE)', 1 - :ece, 1 - ece FROM calibration
  UNION ALL SELECT 'answered', 1, avg((ours IS NOT NULL)::int) FROM answer;
SELECT CASE WHEN value >= at_least THEN 'ok     ' ELSE 'FAILED ' END || name || ' ' || round(value::numeric, 3) || ' (floor ' || at_least || ')' AS floors FROM floor;
SELECT count(*) FILTER (WHERE value >= at_least) AS passed, count(*) FILTER (WHERE value < at_least) AS failed FROM floor \gset
\echo evaluation: :passed passed, :failed failed
SELECT :failed = 0 AS fine \gset
\if :fine
\else
  DO $$ BEGIN RAISE EXCEPTION 'the classifier is below a floor'; END $$;
\endif
