-- city
-- Journal, note and task rows go in without SQL: what a DBA does to those tables meanwhile must not matter.
\set SHOW_CONTEXT never
SELECT setval('gov.event_id_seq', 103) AS raised;
SET ROLE worker1;
INSERT INTO gov.event (id, body, location, item) SELECT 100 + n, '路口垃圾成堆', ST_SetSRID(ST_MakePoint(118.005, 37.405), 4490), '0101' FROM generate_series(1, 3) n;
RESET ROLE;
CREATE FUNCTION pg_temp.urge(event bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  state text;
BEGIN
  SET LOCAL ROLE acceptor1;
  state := grid_gov.act(event, 'urge', '催办', '{}');
  RESET ROLE;
  RETURN state;
END $$;

BEGIN;
SELECT pg_temp.urge(101);
ALTER TABLE gov.event_log ADD COLUMN city_mark text;
SELECT pg_temp.urge(101);
CREATE INDEX event_log_city ON gov.event_log (actor);
SELECT pg_temp.urge(101);
DROP INDEX gov.event_log_city;
SELECT pg_temp.urge(101);
SAVEPOINT s;
SELECT pg_temp.urge(101);
ALTER TABLE gov.event_log DROP COLUMN city_mark;
SELECT pg_temp.urge(101);
ROLLBACK TO s;
SELECT pg_temp.urge(101);
ALTER TABLE gov.event_log ALTER COLUMN city_mark SET DEFAULT '缺省';
SELECT pg_temp.urge(101);
ALTER TABLE gov.event_log ALTER COLUMN city_mark DROP DEFAULT;
SELECT pg_temp.urge(101);
ALTER TABLE gov.event_log ADD COLUMN made text GENERATED ALWAYS AS (action || '/' || role) STORED;
SELECT pg_temp.urge(101);
COMMIT;
SELECT seq, action, city_mark, made FROM gov.event_log WHERE event_id = 101 ORDER BY seq;
SELECT count(*) FROM gov.event_log l JOIN pg_index i ON i.indrelid = 'gov.event_log'::regclass AND i.indisprimary;
ALTER TABLE gov.event_log DROP COLUMN made, DROP COLUMN city_mark;

-- a trigger, a constraint of the city's own on these tables is obeyed
CREATE FUNCTION public.seen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'task % of event %', NEW.kind, NEW.event_id; RETURN NULL; END $$;
CREATE TRIGGER city_seen AFTER INSERT ON gov.event_task FOR EACH ROW EXECUTE FUNCTION public.seen();
SET ROLE acceptor1;
SELECT grid_gov.act(102, 'send_verify', NULL, '{"person": 1}');
RESET ROLE;
DROP TRIGGER city_seen ON gov.event_task;
ALTER TABLE gov.event_log ADD CONSTRAINT city_not_urge CHECK (action <> 'urge') NOT VALID;
\set VERBOSITY terse
SELECT pg_temp.urge(103);
\set VERBOSITY default
ALTER TABLE gov.event_log DROP CONSTRAINT city_not_urge;
SELECT pg_temp.urge(103);

-- errors in between, and many rows in one statement
DO $$
BEGIN
  FOR i IN 1 .. 3 LOOP
    BEGIN
      PERFORM pg_temp.urge(103);
      PERFORM 1 / (i - 2);
    EXCEPTION WHEN division_by_zero THEN
      RESET ROLE;
    END;
  END LOOP;
END $$;
SET ROLE acceptor1;
UPDATE gov.event SET action = 'urge' WHERE id IN (101, 102, 103);
RESET ROLE;
SELECT event_id, count(*), max(seq) FROM gov.event_log GROUP BY 1 ORDER BY 1;
SELECT id, urge_count FROM gov.event ORDER BY id;

-- the journal as a partitioned table: SQL takes over
BEGIN;
ALTER TABLE gov.event_log RENAME TO event_log_old;
CREATE TABLE gov.event_log (LIKE gov.event_log_old INCLUDING DEFAULTS INCLUDING IDENTITY) PARTITION BY RANGE (recorded_at);
CREATE TABLE gov.event_log_all PARTITION OF gov.event_log DEFAULT;
ALTER TABLE gov.event_log OWNER TO gov_owner;
ALTER TABLE gov.event_log_all OWNER TO gov_owner;
INSERT INTO gov.event_log OVERRIDING SYSTEM VALUE SELECT * FROM gov.event_log_old;
SELECT pg_temp.urge(101);
SELECT * FROM grid_gov.verify_journal();
ROLLBACK;
SELECT pg_temp.urge(101);
SELECT * FROM grid_gov.verify_journal();
