/* grid_gov: install script, made from sql/NN-*.sql; do not edit the result */
\echo Use "CREATE EXTENSION grid_gov CASCADE" to load this file. \quit

DO $do$
BEGIN
  IF pg_catalog.current_setting('server_encoding') OPERATOR(pg_catalog.<>) 'UTF8' THEN
    RAISE EXCEPTION USING
      ERRCODE = 'feature_not_supported',
      MESSAGE = pg_catalog.format('grid_gov needs a database in encoding UTF8, this one is in %s', pg_catalog.current_setting('server_encoding')),
      HINT = 'Create a database with ENCODING ''UTF8'' TEMPLATE template0 and install grid_gov there.';
  END IF;
END
$do$;

CREATE SCHEMA grid_gov;
COMMENT ON SCHEMA grid_gov IS '网格化治理扩展:类型、函数、触发器函数与只读参考数据(城市自己的表在 gov 模式)';
COMMENT ON EXTENSION grid_gov IS '网格化社会治理规则引擎:流程守卫、工作时限、链式台账、诉求分类、网格定位、考核评分';
