/* What is a report about: normal form, models, classification with reasons. Logic in src/text/. */

CREATE FUNCTION grid_gov.normalize_report(body text) RETURNS text
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
  AS 'MODULE_PATHNAME', 'gg_normalize_report';
COMMENT ON FUNCTION grid_gov.normalize_report(text) IS '诉求文本的规范形(仅用于提取特征,不改写原文):NFKC 折叠大小写全半角、去拼音注音、繁转简、去汉字间空格、去系统标签与长数字串;超过 16 MB 拒绝';

CREATE FUNCTION grid_gov.report_similarity(a text, b text) RETURNS double precision
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20
  AS 'MODULE_PATHNAME', 'gg_report_similarity';
COMMENT ON FUNCTION grid_gov.report_similarity(text, text) IS '两条诉求的相似度(0 到 1):规范形的三字串集合的交与并之比,标点与空格不计';

CREATE TYPE grid_gov.text_model;
CREATE FUNCTION grid_gov.text_model_in(cstring) RETURNS grid_gov.text_model
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_text_model_in';
CREATE FUNCTION grid_gov.text_model_out(grid_gov.text_model) RETURNS cstring
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_text_model_out';
CREATE FUNCTION grid_gov.text_model_recv(internal) RETURNS grid_gov.text_model
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_text_model_recv';
CREATE FUNCTION grid_gov.text_model_send(grid_gov.text_model) RETURNS bytea
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_text_model_send';
CREATE TYPE grid_gov.text_model (
  INPUT = grid_gov.text_model_in, OUTPUT = grid_gov.text_model_out,
  RECEIVE = grid_gov.text_model_recv, SEND = grid_gov.text_model_send,
  INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = external);
COMMENT ON TYPE grid_gov.text_model IS '文本分类模型:由 train_text_model() 生成,内部格式带版本与校验,不可手写';
COMMENT ON FUNCTION grid_gov.text_model_in(cstring) IS 'text_model 的输入函数(base64,读入时校验)';
COMMENT ON FUNCTION grid_gov.text_model_out(grid_gov.text_model) IS 'text_model 的输出函数(base64)';
COMMENT ON FUNCTION grid_gov.text_model_recv(internal) IS 'text_model 的二进制输入函数(读入时校验)';
COMMENT ON FUNCTION grid_gov.text_model_send(grid_gov.text_model) IS 'text_model 的二进制输出函数';

CREATE FUNCTION grid_gov.model_labels(model grid_gov.text_model) RETURNS text[]
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_text_model_labels';
COMMENT ON FUNCTION grid_gov.model_labels(grid_gov.text_model) IS '模型区分的全部标签,按次序';

CREATE FUNCTION grid_gov.model_info(model grid_gov.text_model) RETURNS text
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_text_model_info';
COMMENT ON FUNCTION grid_gov.model_info(grid_gov.text_model) IS '模型的一行说明:版本、标签数、训练条数、大小、校验和';

/* The reference corpus, the words, and the models made from them. */
CREATE TABLE grid_gov.ref_report (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  label text NOT NULL,
  item text NOT NULL COLLATE "C",
  style text NOT NULL,
  text text NOT NULL
);
COMMENT ON TABLE grid_gov.ref_report IS '参考语料:自撰的诉求文本,用于训练随扩展提供的模型';
COMMENT ON COLUMN grid_gov.ref_report.id IS '序号';
COMMENT ON COLUMN grid_gov.ref_report.label IS '六大类之一';
COMMENT ON COLUMN grid_gov.ref_report.item IS '事项代码(四位)';
COMMENT ON COLUMN grid_gov.ref_report.style IS '文体:note 巡查记录、hotline 热线工单、letter 群众来信、police 警情、talk 口语';
COMMENT ON COLUMN grid_gov.ref_report.text IS '正文';

CREATE TABLE grid_gov.ref_lexicon (
  word text NOT NULL,
  category text NOT NULL,
  weight real NOT NULL,
  note text,
  PRIMARY KEY (word, category)
);
COMMENT ON TABLE grid_gov.ref_lexicon IS '参考词表:哪些词说明属于哪一类(setup() 复制到 gov.lexicon,由城市自行修改)';
COMMENT ON COLUMN grid_gov.ref_lexicon.word IS '词';
COMMENT ON COLUMN grid_gov.ref_lexicon.category IS '六大类之一';
COMMENT ON COLUMN grid_gov.ref_lexicon.weight IS '分量(0 表示此词不作为依据,并遮住其中的短词)';
COMMENT ON COLUMN grid_gov.ref_lexicon.note IS '说明';

CREATE TABLE grid_gov.ref_model (
  kind text PRIMARY KEY CHECK (kind IN ('category', 'item')),
  model grid_gov.text_model NOT NULL,
  rows_used int NOT NULL,
  note text
);
COMMENT ON TABLE grid_gov.ref_model IS '随扩展提供的模型:安装时由 ref_report 训练得到';
COMMENT ON COLUMN grid_gov.ref_model.kind IS 'category 六大类模型,item 事项模型';
COMMENT ON COLUMN grid_gov.ref_model.model IS '模型';
COMMENT ON COLUMN grid_gov.ref_model.rows_used IS '训练条数';
COMMENT ON COLUMN grid_gov.ref_model.note IS '说明';

GRANT SELECT ON grid_gov.ref_report, grid_gov.ref_lexicon, grid_gov.ref_model TO PUBLIC;

--@ text corpus.tsv grid_gov.ref_report label item style text
--@ text lexicon.tsv grid_gov.ref_lexicon word category weight note

CREATE FUNCTION grid_gov.train_step(state internal, body text, label text) RETURNS internal
  LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_train_step';
COMMENT ON FUNCTION grid_gov.train_step(internal, text, text) IS 'train_text_model() 的累积函数';
CREATE FUNCTION grid_gov.train_final(state internal) RETURNS grid_gov.text_model
  LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_train_final';
COMMENT ON FUNCTION grid_gov.train_final(internal) IS 'train_text_model() 的训练函数';
CREATE AGGREGATE grid_gov.train_text_model(body text, label text) (
  SFUNC = grid_gov.train_step, STYPE = internal, FINALFUNC = grid_gov.train_final, FINALFUNC_MODIFY = READ_WRITE, PARALLEL = SAFE);
COMMENT ON AGGREGATE grid_gov.train_text_model(text, text) IS '由(正文, 标签)训练文本模型:相同的行不论次序得到相同的字节';

CREATE FUNCTION grid_gov.classify(body text) RETURNS text
  LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_classify';
COMMENT ON FUNCTION grid_gov.classify(text) IS '诉求属于六大类中的哪一类(用本市启用的模型,没有则用随扩展提供的模型);没有内容的文本返回 NULL';
CREATE FUNCTION grid_gov.classify(body text, model grid_gov.text_model) RETURNS text
  LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_classify_by';
COMMENT ON FUNCTION grid_gov.classify(text, grid_gov.text_model) IS '用给定模型分类';
CREATE FUNCTION grid_gov.classify_detail(body text, OUT category text, OUT probability float8, OUT margin float8, OUT needs_review boolean, OUT model bigint)
  LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_classify_detail';
COMMENT ON FUNCTION grid_gov.classify_detail(text) IS '类别、概率、领先第二名的幅度、是否需要人工复核、模型编号(0 为随扩展提供的模型)';
CREATE FUNCTION grid_gov.classify_detail(body text, model grid_gov.text_model, OUT label text, OUT probability float8, OUT margin float8, OUT needs_review boolean)
  LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'gg_classify_detail_by';
COMMENT ON FUNCTION grid_gov.classify_detail(text, grid_gov.text_model) IS '用给定模型分类:标签、概率、领先第二名的幅度、是否需要人工复核';
CREATE FUNCTION grid_gov.classify_top(body text) RETURNS TABLE (category text, probability float8)
  LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 6 AS 'MODULE_PATHNAME', 'gg_classify_top';
COMMENT ON FUNCTION grid_gov.classify_top(text) IS '各类别的概率,从高到低';
CREATE FUNCTION grid_gov.explain_classification(body text) RETURNS TABLE (evidence text, category text, weight float8)
  LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 30 AS 'MODULE_PATHNAME', 'gg_explain_classification';
COMMENT ON FUNCTION grid_gov.explain_classification(text) IS '分类的依据:原文中的词对第一、第二类别的分量,合计等于得分';
CREATE FUNCTION grid_gov.suggest_items(body text, n int DEFAULT 3) RETURNS TABLE (item text, probability float8, name text, allow grid_gov.time_limit)
  LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 3 AS 'MODULE_PATHNAME', 'gg_suggest_items';
COMMENT ON FUNCTION grid_gov.suggest_items(text, int) IS '建议的事项(本市启用的目录事项,没有城市时为参考目录),附名称与处置时限,从高到低';

INSERT INTO grid_gov.ref_model (kind, model, rows_used, note)
  SELECT 'category', grid_gov.train_text_model(text, label), pg_catalog.count(*), '六大类' FROM grid_gov.ref_report
  UNION ALL
  SELECT 'item', grid_gov.train_text_model(text, item), pg_catalog.count(*), '事项:语料加目录的名称与典型情形' FROM (
    SELECT text, item FROM grid_gov.ref_report
    UNION ALL SELECT name, code FROM grid_gov.ref_catalogue
    UNION ALL SELECT one, code FROM grid_gov.ref_catalogue, pg_catalog.regexp_split_to_table(typical, '/') AS one) AS example;
