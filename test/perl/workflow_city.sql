-- What the tests of the workflow against its model add to the small city of test/data/city.sql (test/perl/WorkflowCity.pm):
-- people with two posts, an ended post, a grid worker in a unit; a plain calendar; natural time limits; the driver's functions.
SET client_min_messages = warning;
SET ROLE gov_owner;
INSERT INTO gov.staff (id, name, login) VALUES (60, '双岗', 'two_posts'), (61, '单员', 'worker_cg'), (62, '旧岗', 'acceptor_old'), (63, '副职', 'head2_cg'), (64, '市民', 'nobody');
INSERT INTO gov.post (id, staff_id, role, area, unit, valid_to) VALUES
  (60, 60, 'acceptor', '371602001', NULL, 'infinity'), (160, 60, 'centre_head', '371602001', NULL, 'infinity'),
  (61, 61, 'grid_worker', '371602001001001', 'cg', 'infinity'), (62, 62, 'acceptor', '371602001', NULL, '2024-06-01 00:00+08'),
  (63, 63, 'unit_head', '371602001', 'cg', 'infinity');
UPDATE gov.actor_proxy SET backdate_minutes = 3000000 WHERE login = 'bridge';
UPDATE gov.calendar SET hours = 'Asia/Shanghai; Mo-Fr 08:00-12:00,14:00-18:00' WHERE name = 'default';
RESET ROLE;
-- the model chooses the events' numbers
DO $$ BEGIN PERFORM setval('gov.event_id_seq', 100000000); END $$;
CREATE SCHEMA m;
GRANT USAGE ON SCHEMA m TO bridge;

-- The event as the model writes it down.
CREATE FUNCTION m.seen(event bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT concat_ws('|', e.state, e.entered_by, CASE WHEN e.state IN ('suspended', 'merged') THEN e.before_state ELSE '' END, e.level, e.area, COALESCE(e.item, ''),
    e.extension_count, e.suspend_count, e.return_count, e.rework_count, e.reopen_count, e.urge_count, e.escalation_count,
    left(e.self_handled::text, 1), left(e.false_report::text, 1), left(e.forced::text, 1), left((e.supervised IS NOT NULL)::text, 1), left(e.designated::text, 1), left(e.timeout_exempt::text, 1),
    COALESCE(e.master_id::text, ''), COALESCE(e.satisfaction, ''), e.seq,
    CASE WHEN e.handling_start IS NULL OR e.handling_paused_at IS NOT NULL OR e.handling_stopped_at IS NOT NULL THEN '-' ELSE extract(epoch FROM e.due_at)::bigint::text END,
    CASE WHEN e.stage_due_at IS NULL OR e.state IN ('suspended', 'merged') THEN '-' ELSE extract(epoch FROM e.stage_due_at)::bigint::text END,
    COALESCE((SELECT string_agg(t.line, ' ' ORDER BY t.line COLLATE "C") FROM (SELECT concat_ws(':', t.kind, COALESCE(t.unit, ''), COALESCE(t.person::text, ''), CASE WHEN t.kind = 'handle' THEN t.round::text ELSE '' END,
      CASE WHEN t.signed_at IS NOT NULL THEN 's' ELSE '' END, CASE WHEN t.done_at IS NULL THEN 'open' ELSE t.outcome END,
      CASE WHEN t.kind <> 'handle' OR t.breach IS NULL THEN '' WHEN t.breach THEN 'late' ELSE 'ontime' END,
      CASE WHEN t.kind IN ('callback', 'whistle') THEN extract(epoch FROM t.due_at)::bigint::text ELSE '' END) AS line FROM gov.event_task t WHERE t.event_id = e.id) t), ''),
    COALESCE((SELECT string_agg(concat_ws(':', r.kind, replace(r.made_by, 'staff:', ''), COALESCE(replace(r.endorsed_by, 'staff:', ''), ''), COALESCE(r.outcome, 'open'), CASE WHEN r.outcome <> 'void' THEN COALESCE(replace(r.decided_by, 'staff:', ''), '') ELSE '' END), ' ' ORDER BY r.id)
      FROM gov.request r WHERE r.event_id = e.id), ''))
  FROM gov.event e WHERE e.id = event
$$;

-- The attempts of the exhaustive test and the steps of the walk; got and seen are what the database says.
CREATE TABLE m.attempt (id integer PRIMARY KEY, part integer, way text, actor text, event bigint, what text, note text, args jsonb, got text, seen text);
CREATE INDEX ON m.attempt (part, id);
GRANT ALL ON m.attempt TO bridge;

CREATE FUNCTION m.sweep(at timestamptz) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM grid_gov.sweep_at(at);
  RETURN 'swept';
END
$$;
ALTER FUNCTION m.sweep(timestamptz) OWNER TO gov_owner;

-- One attempt in one of the ways of writing: the new state, or raises.
CREATE FUNCTION m.one(a m.attempt) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  said text;
BEGIN
  PERFORM set_config('grid_gov.actor', COALESCE(a.actor, ''), false) WHERE current_setting('grid_gov.actor', true) IS DISTINCT FROM COALESCE(a.actor, '');
  CASE a.way
    WHEN 'act' THEN said := grid_gov.act(a.event, a.what, a.note, COALESCE(a.args, '{}'));
    WHEN 'action' THEN UPDATE gov.event SET action = a.what, action_note = a.note, action_args = a.args WHERE id = a.event RETURNING state INTO said;
    WHEN 'state' THEN UPDATE gov.event SET state = a.what, action_note = a.note, action_args = a.args WHERE id = a.event RETURNING state || ' by ' || last_action INTO said;
    WHEN 'report' THEN INSERT INTO gov.event (id, body, source, area, grid, item, urgent, action_args)
      VALUES (a.event, '路面破损有坑', COALESCE(a.args->>'source', 'grid'), a.args->>'area', a.args->>'area', a.args->>'item', (a.args->>'urgent')::boolean, CASE WHEN a.args ? 'at' THEN jsonb_build_object('at', a.args->'at') END) RETURNING state INTO said;
    WHEN 'allowed' THEN SELECT string_agg(l.action || '=' || COALESCE(left(l.why_not, 5), 'ok'), ' ' ORDER BY l.action COLLATE "C") INTO said FROM grid_gov.allowed_actions(a.event) l;
    WHEN 'sweep' THEN said := m.sweep((a.args->>'at')::timestamptz);
    WHEN 'look' THEN said := 'looked';
  END CASE;
  RETURN COALESCE(said, 'no row');
END
$$;

-- Attempts that are all undone.
CREATE FUNCTION m.try(which integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  a m.attempt;
  said text;
BEGIN
  FOR a IN SELECT * FROM m.attempt t WHERE t.part = which ORDER BY t.id LOOP
    BEGIN
      said := m.one(a);
      RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = said;
    EXCEPTION WHEN OTHERS THEN
      said := CASE WHEN SQLSTATE = 'ZZ000' THEN SQLERRM WHEN SQLSTATE LIKE 'WG%' THEN SQLSTATE ELSE SQLSTATE || ' ' || SQLERRM END;
    END;
    UPDATE m.attempt SET got = said WHERE id = a.id;
  END LOOP;
END
$$;

-- Steps that stay.
CREATE FUNCTION m.take(which integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  a m.attempt;
  said text;
BEGIN
  FOR a IN SELECT * FROM m.attempt t WHERE t.part = which ORDER BY t.id LOOP
    BEGIN
      said := m.one(a);
    EXCEPTION WHEN OTHERS THEN
      said := CASE WHEN SQLSTATE LIKE 'WG%' THEN SQLSTATE ELSE SQLSTATE || ' ' || SQLERRM END;
    END;
    UPDATE m.attempt SET got = said, seen = m.seen(a.event) WHERE id = a.id;
  END LOOP;
END
$$;
