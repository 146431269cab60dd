-- city
-- Every way of writing to gov.event meets the same guard: many rows at once, COPY, MERGE, ON CONFLICT, prepared statements, savepoints,
-- a tool that saves whole rows, a city's own triggers before and after ours, cascades, partitions, replication.
\set VERBOSITY terse
\set SHOW_CONTEXT never
\pset null '-'
SET timezone = 'Asia/Shanghai';
CREATE FUNCTION pg_temp.steps(e bigint) RETURNS text LANGUAGE sql AS $$ SELECT string_agg(l.action, ' ' ORDER BY l.seq) FROM gov.event_log l WHERE l.event_id = e $$;
CREATE ROLE writers_loader LOGIN BYPASSRLS;
GRANT gov_app TO writers_loader;
INSERT INTO gov.staff (id, name, login) VALUES (900, '批量导入', 'writers_loader');
INSERT INTO gov.post (id, staff_id, role, area, unit) VALUES (900, 900, 'acceptor', '371602001', NULL);

-- 1. Many rows in one statement: each is judged; one that is refused takes all back.
SET ROLE acceptor1;
INSERT INTO gov.event (body, area, item) SELECT '东街垃圾' || n, '371602001001001', '0101' FROM generate_series(1, 6) n;
UPDATE gov.event SET action = 'submit' WHERE id <= 4;
UPDATE gov.event SET action = 'accept', action_args = '{"item": "0101"}' WHERE id <= 6;        -- two are not there yet
SELECT id, state, pg_temp.steps(id) FROM gov.event ORDER BY id;
UPDATE gov.event SET action = CASE WHEN id <= 4 THEN 'accept' ELSE 'submit' END, action_args = CASE WHEN id <= 4 THEN '{"item": "0101"}'::jsonb END WHERE id <= 6;
UPDATE gov.event SET state = CASE id WHEN 5 THEN 'pending_dispatch' ELSE state END, action_args = CASE id WHEN 5 THEN '{"item": "0101"}'::jsonb END WHERE id <= 6;
SELECT id, state, pg_temp.steps(id) FROM gov.event ORDER BY id;
RESET ROLE;

-- 2. COPY FROM: for a role that row security does not filter (PostgreSQL refuses it to others).
SET ROLE writers_loader;
COPY gov.event (body, area, item, source, external_id) FROM STDIN;
西街路灯不亮	371602001002001	0124	12345	C1
西街井盖缺失	371602001002001	0104	12345	C2
\.
COPY gov.event (body, area, state) FROM STDIN;
想直接结案	371602001002001	closed
\.
COPY gov.event (body, area) FROM STDIN;
别的城市	110101001
\.
RESET ROLE;
SELECT e.id, e.state, e.seq, e.reporter, pg_temp.steps(e.id), i.event_id IS NOT NULL AS intake FROM gov.event e LEFT JOIN gov.intake i ON i.event_id = e.id WHERE e.id > 6 ORDER BY e.id;

-- 3. MERGE.
SET ROLE acceptor1;
MERGE INTO gov.event e USING (VALUES ('C1', '重报'), ('C9', '新报的漏水')) v (no, body) ON e.source = '12345' AND e.external_id = v.no
  WHEN MATCHED THEN UPDATE SET action = 'submit'
  WHEN NOT MATCHED THEN INSERT (body, source, external_id, area, item) VALUES (v.body, '12345', v.no, '371602001001001', '0310');
MERGE INTO gov.event e USING (VALUES ('C2')) v (no) ON e.source = '12345' AND e.external_id = v.no WHEN MATCHED THEN UPDATE SET state = 'closed';
MERGE INTO gov.event e USING (VALUES ('C2')) v (no) ON e.source = '12345' AND e.external_id = v.no WHEN MATCHED THEN DELETE;
SELECT external_id, state, pg_temp.steps(id) FROM gov.event WHERE external_id IS NOT NULL ORDER BY id;

-- 4. INSERT ... ON CONFLICT.
INSERT INTO gov.event (body, source, external_id, area) VALUES ('又报一次', '12345', 'C1', '371602001001001') ON CONFLICT DO NOTHING;
INSERT INTO gov.event (body, source, external_id, area) VALUES ('又报一次', '12345', 'C1', '371602001001001'), ('头一次', '12345', 'C3', '371602001001001')
  ON CONFLICT (source, external_id) WHERE external_id IS NOT NULL DO UPDATE SET action = 'urge' RETURNING external_id, state, seq, body;
INSERT INTO gov.event (body, source, external_id, area) VALUES ('又报一次', '12345', 'C1', '371602001001001')
  ON CONFLICT (source, external_id) WHERE external_id IS NOT NULL DO UPDATE SET body = EXCLUDED.body;
INSERT INTO gov.event (body, source, external_id, area) VALUES ('又报一次', '12345', 'C1', '371602001001001');
SELECT external_id, urge_count, pg_temp.steps(id) FROM gov.event WHERE external_id IN ('C1', 'C3') ORDER BY id;
RESET ROLE;

-- 5. Prepared statements, custom and generic plans.
SET ROLE acceptor1;
PREPARE urge (bigint, text) AS UPDATE gov.event SET action = 'urge', action_note = $2 WHERE id = $1 RETURNING seq, urge_count, action, action_note;
EXECUTE urge (1, '第一次');
SET plan_cache_mode = force_generic_plan;
EXECUTE urge (1, '第二次');
EXECUTE urge (1, NULL);
RESET plan_cache_mode;
RESET ROLE;
BEGIN;
ALTER TABLE gov.event ADD COLUMN city_note text, ADD COLUMN city_ref int;
GRANT UPDATE (city_note, city_ref), INSERT (city_note, city_ref) ON gov.event TO gov_app;
COMMIT;
SET ROLE acceptor1;
EXECUTE urge (1, '表改过之后');
SELECT pg_temp.steps(1);

-- 6. Savepoints and errors inside: what is rolled back leaves nothing, and the same step can be taken again.
BEGIN;
SAVEPOINT a;
UPDATE gov.event SET action = 'urge', action_note = '作废的一次' WHERE id = 2 RETURNING seq;
ROLLBACK TO a;
UPDATE gov.event SET action = 'urge', action_note = '算数的一次' WHERE id = 2 RETURNING seq;
SAVEPOINT b;
SELECT grid_gov.act(2, 'dispatch', NULL, '{"unit": "cg"}');
ROLLBACK TO b;
SELECT grid_gov.act(2, 'correct_category', NULL, '{"item": "0104"}');
RELEASE b;
COMMIT;
DO $$
BEGIN
  FOR i IN 1..3 LOOP
    BEGIN
      UPDATE gov.event SET action = 'urge', action_note = 'i' || i WHERE id = 2;
      IF i = 2 THEN RAISE EXCEPTION 'on purpose'; END IF;
    EXCEPTION WHEN raise_exception THEN NULL;
    END;
  END LOOP;
END $$;
SELECT l.seq, l.action, n.note FROM gov.event_log l LEFT JOIN gov.event_note n USING (event_id, seq) WHERE l.event_id = 2 ORDER BY l.seq;
SELECT id, urge_count, item, seq FROM gov.event WHERE id = 2;
SELECT count(*) AS labelled FROM gov.labelled_report WHERE event_id = 2;
RESET ROLE;

-- 7. A tool that saves the whole row.
CREATE FUNCTION pg_temp.save(e bigint, change text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE cols text;
BEGIN
  SELECT string_agg(format('%I = r.%1$I', attname), ', ' ORDER BY attnum) INTO cols FROM pg_attribute
    WHERE attrelid = 'gov.event'::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = '';
  -- as an ORM does: read it all, change a field of the object, write it all
  EXECUTE format('UPDATE gov.event t SET %s FROM (SELECT (jsonb_populate_record(x, %L::jsonb)).* FROM gov.event x WHERE x.id = %s) r WHERE t.id = r.id', cols, change, e);
  RETURN (SELECT format('%s seq %s %s', state, seq, city_note) FROM gov.event WHERE id = e);
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SET ROLE acceptor1;
SELECT pg_temp.save(3, '{}');
SELECT pg_temp.save(3, '{"city_note": "市里的列"}');
SELECT pg_temp.save(3, '{"action": "urge", "action_note": "整行保存"}');
SELECT pg_temp.save(3, '{"state": "dispatched", "action_args": {"unit": "cg"}}');       -- an acceptor may not
SELECT pg_temp.save(3, '{"body": "改过的话"}');
SET ROLE dispatcher1;
SELECT pg_temp.save(3, '{"state": "dispatched", "action_args": {"unit": "cg"}}');
SELECT pg_temp.steps(3);
RESET ROLE;

-- 8. The city's own triggers. Before ours: may fill, name a step, or drop the row. After ours: sees the step, may take another.
CREATE SCHEMA city;
CREATE TABLE city.seen (n int GENERATED ALWAYS AS IDENTITY, event bigint, op text, state text, seq int, action text);
GRANT USAGE ON SCHEMA city TO PUBLIC;
GRANT ALL ON city.seen TO PUBLIC;
CREATE FUNCTION city.before() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN NEW.body := btrim(NEW.body); NEW.city_note := '建'; RETURN NEW; END IF;
  IF NEW.city_note = '丢掉' OR NEW.action_note = '不办' THEN RETURN NULL; END IF;
  IF NEW.city_note = '催' THEN NEW.action := 'urge'; NEW.city_note := '已催'; END IF;
  IF NEW.city_note = '坏' THEN NEW.due_at := now(); END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION city.after() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO city.seen (event, op, state, seq, action) VALUES (NEW.id, TG_OP, NEW.state, NEW.seq, NEW.last_action);
  IF NEW.last_action = 'submit' THEN UPDATE gov.event SET action = 'urge', action_note = TG_NAME WHERE id = NEW.id; END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER a_city BEFORE INSERT OR UPDATE ON gov.event FOR EACH ROW EXECUTE FUNCTION city.before();
CREATE TRIGGER a_city_after AFTER INSERT OR UPDATE ON gov.event FOR EACH ROW EXECUTE FUNCTION city.after();
SELECT problem, detail FROM grid_gov.check_setup() WHERE problem = 'later_trigger';
SET ROLE acceptor1;
INSERT INTO gov.event (body, area, item) VALUES ('  北街垃圾  ', '371602001001001', '0101') RETURNING id AS t, body, city_note \gset
\echo :body :city_note
UPDATE gov.event SET city_note = '丢掉' WHERE id = :t;
SELECT grid_gov.act(:t, 'urge', '不办');             -- a step cannot vanish without a word
UPDATE gov.event SET city_note = '催' WHERE id = :t;
UPDATE gov.event SET city_note = '坏' WHERE id = :t;
-- the nested step is journalled before the outer one, and the chain is whole
UPDATE gov.event SET action = 'submit' WHERE id = :t;
SELECT state, seq, last_action, city_note FROM gov.event WHERE id = :t;
SELECT pg_temp.steps(:t);
RESET ROLE;
ALTER TRIGGER a_city_after ON gov.event RENAME TO zzz_city_after;
SET ROLE acceptor1;
INSERT INTO gov.event (body, area, item) VALUES ('南街垃圾', '371602001001001', '0101') RETURNING id AS u \gset
UPDATE gov.event SET action = 'submit' WHERE id = :u;
SELECT pg_temp.steps(:u);
RESET ROLE;
SELECT event = :t AS first, op, state, seq, action FROM city.seen ORDER BY n;
SELECT * FROM grid_gov.verify_journal();
DROP TRIGGER a_city ON gov.event;
DROP TRIGGER zzz_city_after ON gov.event;
-- a trigger after the guard that meddles is found out, and named by check_setup()
CREATE FUNCTION city.meddle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.urge_count := 99; RETURN NEW; END';
CREATE TRIGGER zzz_meddle BEFORE UPDATE ON gov.event FOR EACH ROW EXECUTE FUNCTION city.meddle();
SELECT problem, detail FROM grid_gov.check_setup() WHERE problem = 'later_trigger';
SET ROLE acceptor1;
UPDATE gov.event SET action = 'urge' WHERE id = :u;
-- also where there is no step
UPDATE gov.event SET city_note = 'x' WHERE id = :u;
RESET ROLE;
CREATE OR REPLACE FUNCTION city.meddle() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.action := 'urge'; RETURN NEW; END$$;
SET ROLE acceptor1;
UPDATE gov.event SET city_note = 'x' WHERE id = :u;
RESET ROLE;
SELECT problem FROM grid_gov.verify_journal();
DROP TRIGGER zzz_meddle ON gov.event;

-- The city's own indexes, of kinds that keep pointers while they are open; changed between two steps of a transaction.
CREATE INDEX note_args ON gov.event_note USING gin (args);
CREATE INDEX note_words ON gov.event_note USING gin (to_tsvector('simple', note));
CREATE INDEX log_at ON gov.event_log USING brin (at);
BEGIN;
SET LOCAL ROLE acceptor1;
UPDATE gov.event SET action = 'urge', action_note = '催办一' WHERE id = :u;
RESET ROLE;
ALTER INDEX gov.note_args SET (fastupdate = off);
ALTER INDEX gov.note_words SET (fastupdate = off);
ALTER INDEX gov.log_at SET (pages_per_range = 4);
CREATE TEMP TABLE other AS SELECT oid, relname FROM pg_class;   -- takes the memory that was given back
CREATE INDEX ON other (relname);
SET LOCAL ROLE acceptor1;
UPDATE gov.event SET action = 'urge', action_note = '催办二' WHERE id = :u;
UPDATE gov.event SET action = 'urge', action_note = '催办三' WHERE id = :u;
COMMIT;
SET enable_seqscan = off;
SELECT note FROM gov.event_note WHERE to_tsvector('simple', note) @@ '催办二 | 催办三' ORDER BY seq;
SELECT count(*) > 3 AS found FROM gov.event_log WHERE event_id = :u AND at > '2000-01-01';
RESET enable_seqscan;
DROP INDEX gov.note_args, gov.note_words, gov.log_at;
DROP TABLE other;

-- 9. Cascades from the city's tables.
CREATE TABLE city.block (id int PRIMARY KEY);
INSERT INTO city.block VALUES (1), (2);
ALTER TABLE gov.event ADD FOREIGN KEY (city_ref) REFERENCES city.block ON UPDATE CASCADE ON DELETE SET NULL;
SET ROLE acceptor1;
UPDATE gov.event SET city_ref = 1 WHERE id = 4;
UPDATE gov.event SET city_ref = 2 WHERE id = 5;
RESET ROLE;
UPDATE city.block SET id = 7 WHERE id = 1;
DELETE FROM city.block WHERE id = 2;
SELECT id, city_ref, seq FROM gov.event WHERE id IN (4, 5) ORDER BY id;
CREATE TABLE city.mine (event bigint REFERENCES gov.event ON UPDATE CASCADE ON DELETE CASCADE);
INSERT INTO city.mine VALUES (4);
UPDATE gov.event SET id = 400 WHERE id = 4;
DELETE FROM gov.event WHERE id = 4;
ALTER TABLE gov.event DROP CONSTRAINT event_city_ref_fkey, ADD FOREIGN KEY (city_ref) REFERENCES city.block ON DELETE CASCADE;
DELETE FROM city.block WHERE id = 7;

-- 10. A subscriber's apply, session_replication_role = replica: rows come as they are and are not judged anew (triggers are ENABLE ORIGIN);
-- whoever misuses it is found out.
SELECT DISTINCT tgenabled FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid AND p.pronamespace = 'grid_gov'::regnamespace;
SELECT * FROM grid_gov.verify_journal();
BEGIN;
SET LOCAL session_replication_role = replica;
UPDATE gov.event SET state = 'closed' WHERE id = 4;
INSERT INTO gov.event (body, area, state) VALUES ('凭空', '371602', 'closed');
SET LOCAL session_replication_role = origin;
SELECT event = 4 AS four, problem FROM grid_gov.verify_journal() ORDER BY 1 DESC;
ROLLBACK;

-- 11. gov.event as a table partitioned by HASH (id), columns in another order, one of them dropped.
DROP TABLE city.mine;
ALTER TABLE gov.event DROP COLUMN city_ref;
SET client_min_messages = warning;
CREATE TEMP TABLE fk AS SELECT c.conrelid::regclass::text AS rel, c.conname, pg_get_constraintdef(c.oid) AS def FROM pg_constraint c WHERE c.confrelid = 'gov.event'::regclass AND c.contype = 'f';
DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM fk LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', r.rel, r.conname); END LOOP; END $$;
CREATE TEMP TABLE trig AS SELECT tgname, pg_get_triggerdef(oid) AS def FROM pg_trigger WHERE tgrelid = 'gov.event'::regclass AND NOT tgisinternal;
SELECT max(id) + 1 AS next FROM gov.event \gset
ALTER TABLE gov.event RENAME TO event_plain;
SET ROLE gov_owner;
DO $$
DECLARE cols text;
BEGIN
  SELECT string_agg(format('%I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attcollation <> 0 AND a.attcollation <> 'pg_catalog."default"'::regcollation THEN ' COLLATE "C"' ELSE '' END,
      CASE WHEN a.attidentity <> '' THEN ' GENERATED BY DEFAULT AS IDENTITY' ELSE COALESCE(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') END), ', ' ORDER BY a.attname DESC)
    INTO cols FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = 'gov.event_plain'::regclass AND a.attnum > 0 AND NOT a.attisdropped;
  EXECUTE format('CREATE TABLE gov.event (gone int, %s, PRIMARY KEY (id)) PARTITION BY HASH (id)', cols);
  ALTER TABLE gov.event DROP COLUMN gone;
  FOR i IN 0..3 LOOP EXECUTE format('CREATE TABLE gov.event_h%s PARTITION OF gov.event FOR VALUES WITH (MODULUS 4, REMAINDER %1$s)', i); END LOOP;
END $$;
CREATE INDEX ON gov.event (next_auto_at);
CREATE INDEX ON gov.event (next_alert_at);
RESET ROLE;
DO $$ DECLARE r record; cols text; BEGIN
  SELECT string_agg(quote_ident(attname), ', ') INTO cols FROM pg_attribute WHERE attrelid = 'gov.event_plain'::regclass AND attnum > 0 AND NOT attisdropped;
  EXECUTE format('INSERT INTO gov.event (%s) SELECT %1$s FROM gov.event_plain', cols);
  FOR r IN SELECT * FROM trig LOOP EXECUTE r.def; END LOOP;
  -- statement triggers are not cloned to partitions
  FOR i IN 0..3 LOOP EXECUTE format('CREATE TRIGGER zz_grid_gov_truncate BEFORE TRUNCATE ON gov.event_h%s FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.guard_truncate()', i); END LOOP;
  FOR r IN SELECT * FROM fk LOOP EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', r.rel, r.conname, r.def); END LOOP;
END $$;
SELECT setval(pg_get_serial_sequence('gov.event', 'id'), :next) > 0 AS numbered;
GRANT SELECT, INSERT, UPDATE ON gov.event TO gov_app;
RESET client_min_messages;
SELECT count(*) AS triggers FROM pg_trigger t JOIN pg_inherits i ON i.inhrelid = t.tgrelid AND i.inhparent = 'gov.event'::regclass WHERE t.tgname LIKE 'zz_grid_gov%';
SELECT count(*) AS old_ones_verify FROM grid_gov.verify_journal();
SET ROLE worker1;
SELECT count(grid_gov.report('分区后的垃圾' || n, ST_SetSRID(ST_MakePoint(118.005, 37.405), 4490), item => '0101', external_id => 'P' || n)) FROM generate_series(1, 8) n;
SELECT count(DISTINCT grid_gov.report('分区后的垃圾' || n, ST_SetSRID(ST_MakePoint(118.005, 37.405), 4490), item => '0101', external_id => 'P' || n)) AS the_same_eight FROM generate_series(1, 8) n;
SET ROLE acceptor1;
UPDATE gov.event SET action = 'submit' WHERE external_id LIKE 'P%';
SELECT count(grid_gov.act(id, 'accept', NULL, '{"item": "0101"}')) FROM gov.event WHERE external_id LIKE 'P%';
UPDATE gov.event SET state = 'closed' WHERE external_id = 'P1';
UPDATE gov.event SET due_at = now() WHERE external_id = 'P1';
UPDATE gov.event SET id = 4000 WHERE external_id = 'P1';
UPDATE gov.event_h0 SET state = 'closed';
SELECT grid_gov.act((SELECT id FROM gov.event WHERE external_id = 'P8'), 'merge', NULL, jsonb_build_object('master_id', (SELECT id FROM gov.event WHERE external_id = 'P1')));
RESET ROLE;
DELETE FROM gov.event WHERE external_id = 'P1';
DELETE FROM gov.event_h0;
SET client_min_messages = warning;
TRUNCATE gov.event CASCADE;
SET ROLE gov_owner;
UPDATE gov.event_h0 SET state = 'closed';
SET client_min_messages = warning;
TRUNCATE gov.event_h0 CASCADE;
RESET ROLE;
SELECT count(DISTINCT tableoid) AS partitions, count(*) AS events, count(*) FILTER (WHERE state = 'pending_dispatch') AS accepted, count(DISTINCT case_no) AS numbers FROM gov.event WHERE external_id LIKE 'P%';
SELECT grid_gov.sweep() >= 0 AS swept;
SET ROLE acceptor1;
SELECT count(*) > 3 AS actions FROM grid_gov.allowed_actions((SELECT id FROM gov.event WHERE external_id = 'P2'));
SELECT count(*) > 3 AS neighbours FROM grid_gov.find_duplicates((SELECT id FROM gov.event WHERE external_id = 'P2'));
RESET ROLE;
SELECT * FROM grid_gov.verify_journal();
