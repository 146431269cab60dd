-- city
-- What guard, journal, task and both clocks cost: a dispatcher dispatches many events in one UPDATE, beside a bare UPDATE of the
-- same columns, beside the floor (that UPDATE and set-based INSERTs of equal journal, note and task rows: no rule, no hash), and
-- beside triggers that a careful person would write in PL/pgSQL over tables of steps, posts, limits and working time.
-- Ours runs as the dispatcher with row security on, the others without. Each round runs all variants in shuffled order and undoes
-- them; shown are medians of ratios inside a round. psql -v events=... -v rounds=... change the size.
\set QUIET on
\pset footer off
\if :{?events}
\else
  \set events 3000
\endif
\if :{?rounds}
\else
  \set rounds 5
\endif
SET client_min_messages = warning;
SET jit = off;
SET timezone = 'Asia/Shanghai';
DO 'BEGIN PERFORM setseed(0.42); END';

-- The events, up to the door of the dispatcher.
SET ROLE worker1;
INSERT INTO gov.event (body, location)
  SELECT '小区路灯不亮,晚上看不见路,编号' || i, ST_SetSRID(ST_MakePoint(118.005, 37.405), 4490) FROM generate_series(1, :events) i;
SET ROLE leader1;
UPDATE gov.event SET action = 'submit';
SET ROLE acceptor1;
UPDATE gov.event SET action = 'accept', action_args = '{"item": "0101"}';
RESET ROLE;

-- The same rows without triggers (plain) and with triggers in PL/pgSQL (rival).
CREATE SCHEMA plain;
CREATE SCHEMA rival;
CREATE TABLE plain.event (LIKE gov.event INCLUDING ALL);
CREATE TABLE plain.event_log (LIKE gov.event_log INCLUDING ALL);
CREATE TABLE plain.event_note (LIKE gov.event_note INCLUDING ALL);
CREATE TABLE plain.event_task (LIKE gov.event_task INCLUDING ALL);
CREATE TABLE rival.event (LIKE gov.event INCLUDING ALL);
CREATE TABLE rival.event_log (LIKE gov.event_log INCLUDING ALL);
CREATE TABLE rival.event_note (LIKE gov.event_note INCLUDING ALL);
CREATE TABLE rival.event_task (LIKE gov.event_task INCLUDING ALL);
INSERT INTO plain.event SELECT * FROM gov.event;
INSERT INTO rival.event SELECT * FROM gov.event;

CREATE TABLE rival.step AS
  SELECT s.state AS from_state, t.action, COALESCE(NULLIF(t.to_state, '(same)'), s.state) AS to_state, string_to_array(t.roles, '|') AS roles, t.needs_note, t.needs_args
  FROM gov.workflow_transition t, LATERAL unnest(string_to_array(t.from_states, '|')) AS s (state);
CREATE INDEX ON rival.step (from_state, action);
CREATE TABLE rival.post AS SELECT s.id AS staff, s.login, p.role, p.area FROM gov.staff s JOIN gov.post p ON p.staff_id = s.id;
CREATE INDEX ON rival.post (login);
CREATE TABLE rival.stage_limit AS SELECT state, urgent, 480 AS minutes FROM gov.stage_limit;
CREATE UNIQUE INDEX ON rival.stage_limit (state, urgent);
CREATE TABLE rival.item_limit AS SELECT code, 1200 AS minutes FROM gov.catalogue;
CREATE UNIQUE INDEX ON rival.item_limit (code);
CREATE TABLE rival.span AS
  SELECT lower(s) AS opens, upper(s) AS closes, sum(extract(epoch FROM upper(s) - lower(s))) OVER (ORDER BY lower(s))::bigint AS total,
    extract(epoch FROM upper(s) - lower(s))::bigint AS seconds
  FROM gov.calendar c, unnest(grid_gov.work_spans('[2026-01-01,2027-01-01)', c.hours)) s WHERE c.name = 'default';
INSERT INTO rival.span   -- on with plain weeks, whatever the date is when this runs
  SELECT d + h.opens, d + h.closes, (SELECT max(total) FROM rival.span) + row_number() OVER (ORDER BY d, h.opens) * 14400, 14400
  FROM generate_series(timestamp '2027-01-01', '2040-01-01', '1 day') d, (VALUES (interval '8 hours', interval '12 hours'), ('14 hours', '18 hours')) h (opens, closes)
  WHERE extract(isodow FROM d) < 6;
CREATE UNIQUE INDEX ON rival.span (opens);
CREATE UNIQUE INDEX ON rival.span (total);
CREATE FUNCTION rival.due(start timestamptz, minutes int) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT s.closes - make_interval(secs => s.total - t.target) FROM
    (SELECT least(a.total - a.seconds + extract(epoch FROM start - a.opens)::bigint, a.total) + minutes * 60 AS target
       FROM rival.span a WHERE a.opens <= start ORDER BY a.opens DESC LIMIT 1) t,
    LATERAL (SELECT closes, total FROM rival.span WHERE total >= t.target ORDER BY total LIMIT 1) s $$;

CREATE FUNCTION rival.guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  s record;
  p record;
  asked rival.event := NEW;
  now_ timestamptz := statement_timestamp();
BEGIN
  NEW.action := NULL;
  NEW.action_note := NULL;
  NEW.action_args := NULL;
  IF NEW IS DISTINCT FROM OLD THEN
    RAISE EXCEPTION 'columns change by steps only' USING ERRCODE = 'WG004';
  END IF;
  NEW := asked;
  SELECT * INTO s FROM rival.step WHERE from_state = OLD.state AND action = NEW.action;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'cannot take step % in state %', NEW.action, OLD.state USING ERRCODE = 'WG001';
  END IF;
  SELECT * INTO p FROM rival.post WHERE login = current_user AND role = ANY (s.roles) AND starts_with(OLD.area, area) LIMIT 1;
  IF NOT FOUND THEN
    RAISE EXCEPTION '% may not take step %', current_user, NEW.action USING ERRCODE = 'WG002';
  END IF;
  IF s.needs_note AND NEW.action_note IS NULL OR s.needs_args IS NOT NULL AND NEW.action_args ->> 'unit' IS NULL THEN
    RAISE EXCEPTION 'step % needs a note or an argument', NEW.action USING ERRCODE = 'WG003';
  END IF;
  NEW.state := s.to_state;
  NEW.entered_at := now_;
  NEW.entered_by := NEW.action;
  NEW.dispatched_at := now_;
  NEW.unit := NEW.action_args ->> 'unit';
  NEW.handling_unit := NEW.unit;
  NEW.handling_start := now_;
  NEW.handling_round := OLD.handling_round + 1;
  NEW.due_at := rival.due(now_, (SELECT minutes FROM rival.item_limit WHERE code = NEW.item));
  NEW.due_day := NEW.due_at::date;
  NEW.stage_start := now_;
  NEW.stage_round := OLD.stage_round + 1;
  NEW.stage_due_at := rival.due(now_, (SELECT minutes FROM rival.stage_limit WHERE state = NEW.state AND urgent = COALESCE(NEW.urgent, false)));
  NEW.stage_due_day := NEW.stage_due_at::date;
  NEW.next_alert_at := now_ + (least(NEW.due_at, NEW.stage_due_at) - now_) * 0.8;
  NEW.last_action := NEW.action;
  NEW.last_at := now_;
  NEW.seq := OLD.seq + 1;
  NEW.head := sha256(OLD.head || convert_to(ROW(NEW.id, NEW.seq, NEW.action, OLD.state, NEW.state, now_, p.staff, p.role, NEW.due_at, NEW.stage_due_at, NEW.action_args)::text, 'UTF8'));
  RETURN NEW;
END $$;
CREATE FUNCTION rival.journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO rival.event_log (event_id, seq, at, recorded_at, action, from_state, to_state, actor, role, outer_role, session_role, area, unit, due_at, stage_due_at, backdated, imported, facts_digest, hash)
    VALUES (NEW.id, NEW.seq, NEW.last_at, clock_timestamp(), NEW.action, OLD.state, NEW.state, current_user, 'dispatcher', current_user, session_user, NEW.area, NEW.unit, NEW.due_at, NEW.stage_due_at, false, false, sha256(convert_to(NEW::text, 'UTF8')), NEW.head);
  INSERT INTO rival.event_note (event_id, seq, note, args, salt) VALUES (NEW.id, NEW.seq, NEW.action_note, NEW.action_args, uuid_send(gen_random_uuid()));
  INSERT INTO rival.event_task (event_id, kind, round, unit, area, assigned_at, due_at, due_day, opened_seq)
    VALUES (NEW.id, 'handle', NEW.handling_round, NEW.unit, NEW.area, NEW.last_at, NEW.due_at, NEW.due_day, NEW.seq);
  RETURN NULL;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON rival.event FOR EACH ROW EXECUTE FUNCTION rival.guard();
CREATE TRIGGER journal AFTER UPDATE ON rival.event FOR EACH ROW EXECUTE FUNCTION rival.journal();
GRANT USAGE ON SCHEMA plain, rival TO PUBLIC;
GRANT ALL ON ALL TABLES IN SCHEMA plain, rival TO PUBLIC;
VACUUM ANALYZE;

\set columns 'state = \'dispatched\', entered_at = now(), entered_by = \'dispatch\', dispatched_at = now(), unit = \'cg\', handling_unit = \'cg\', handling_start = now(), handling_round = 1, due_at = now() + interval \'3 days\', due_day = current_date + 3, stage_start = now(), stage_round = stage_round + 1, stage_due_at = now() + interval \'1 day\', stage_due_day = current_date + 1, next_alert_at = now() + interval \'20 hours\', last_action = \'dispatch\', last_at = now(), seq = seq + 1, head = head'
CREATE TEMP TABLE variant (name text, q text);
INSERT INTO variant VALUES
  ('ours', $$UPDATE gov.event SET action = 'dispatch', action_args = '{"unit": "cg"}'$$),
  ('PL/pgSQL', $$UPDATE rival.event SET action = 'dispatch', action_args = '{"unit": "cg"}'$$),
  ('bare UPDATE', 'UPDATE plain.event SET ' || :'columns'),
  ('floor', 'WITH u AS (UPDATE plain.event SET ' || :'columns' || $$ RETURNING *),
    l AS (INSERT INTO plain.event_log (event_id, seq, at, recorded_at, action, from_state, to_state, actor, role, outer_role, session_role, area, unit, due_at, stage_due_at, backdated, imported, facts_digest, hash)
      SELECT id, seq, now(), clock_timestamp(), 'dispatch', 'pending_dispatch', state, 'staff:11', 'dispatcher', 'dispatcher1', 'dispatcher1', area, unit, due_at, stage_due_at, false, false, head, head FROM u),
    n AS (INSERT INTO plain.event_note (event_id, seq, args, salt) SELECT id, seq, '{"unit": "cg"}', substr(head, 1, 16) FROM u)
    INSERT INTO plain.event_task (event_id, kind, unit, area, assigned_at, due_at, due_day, opened_seq) SELECT id, 'handle', unit, area, now(), due_at, due_day, seq FROM u$$);
CREATE TEMP TABLE took (round int, name text, us numeric);
-- Time on the processor, in microseconds, where the system tells it (Linux); else the clock on the wall.
CREATE FUNCTION pg_temp.cpu() RETURNS numeric LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM pg_sleep(0.0001);  -- the system counts anew when the process leaves the processor
  RETURN split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::numeric / 1000;
EXCEPTION WHEN OTHERS THEN
  RETURN extract(epoch FROM clock_timestamp()) * 1e6;
END $$;
GRANT EXECUTE ON FUNCTION pg_temp.cpu() TO PUBLIC;
-- Time one variant as the dispatcher and undo it.
CREATE FUNCTION pg_temp.measure(q text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
  us numeric;
BEGIN
  BEGIN
    PERFORM set_config('role', 'dispatcher1', true);
    us := pg_temp.cpu();
    EXECUTE q;
    us := pg_temp.cpu() - us;
    RAISE EXCEPTION USING ERRCODE = 'GB000';
  EXCEPTION WHEN SQLSTATE 'GB000' THEN
    NULL;
  END;
  RETURN us;
END $$;
SELECT CASE WHEN v.name IS NULL THEN 'VACUUM gov.event, gov.event_log, gov.event_note, gov.event_task, plain.event, plain.event_log, plain.event_note, plain.event_task, rival.event, rival.event_log, rival.event_note, rival.event_task'
  ELSE format('INSERT INTO took SELECT %s, %L, pg_temp.measure(%L)', r, v.name, v.q) END
FROM generate_series(0, :rounds) r, LATERAL (SELECT name, q, random() AS ord FROM variant WHERE r >= 0 UNION ALL SELECT NULL, NULL, 2) v ORDER BY r, v.ord \gexec

SELECT v.name AS variant, round((percentile_cont(0.5) WITHIN GROUP (ORDER BY t.us / :events))::numeric, 1) AS "us a row",
  round((percentile_cont(0.5) WITHIN GROUP (ORDER BY t.us / b.us))::numeric, 2) AS "x bare UPDATE",
  round((percentile_cont(0.5) WITHIN GROUP (ORDER BY t.us / f.us))::numeric, 2) AS "x floor",
  round((percentile_cont(0.5) WITHIN GROUP (ORDER BY t.us / o.us))::numeric, 2) AS "x ours",
  CASE v.name WHEN 'ours' THEN '<= 1.5 x floor' WHEN 'PL/pgSQL' THEN '>= 2 x ours' END AS goal
FROM variant v JOIN took t USING (name) JOIN took b ON b.round = t.round AND b.name = 'bare UPDATE' JOIN took f ON f.round = t.round AND f.name = 'floor'
  JOIN took o ON o.round = t.round AND o.name = 'ours'
WHERE t.round > 0 GROUP BY v.name ORDER BY 3;
