#!/usr/bin/env bash
# city
# Single steps: 8 clients urge events at random through pgbench, prepared statements, one step a transaction; beside the floor (the
# same columns and an equal journal row, no rules) and beside triggers in PL/pgSQL that refuse what ours refuse (no step, no post,
# columns changed by hand) and keep a digest of the facts too. Rounds in turn; shown are medians of ratios.
# usage: test/cluster.sh test/bench/run.sh steps     (ROUNDS=5 SECONDS_EACH=4 EVENTS=5000)
set -eu
rounds=${ROUNDS:-5} each=${SECONDS_EACH:-4} events=${EVENTS:-5000}
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
run() { PGOPTIONS='--client-min-messages=warning' psql -X -q -v ON_ERROR_STOP=1 "$@"; }
run -v events="$events" <<'SQL' >/dev/null
SET jit = off;
SET ROLE worker1;
INSERT INTO gov.event (body, location, item) SELECT '小区路灯不亮,编号' || i, ST_SetSRID(ST_MakePoint(118.005, 37.405), 4490), '0124' FROM generate_series(1, :events) i;
SET ROLE leader1;
UPDATE gov.event SET action = 'submit';
RESET ROLE;
CREATE SCHEMA plain;
CREATE SCHEMA rival;
CREATE TABLE plain.event (LIKE gov.event INCLUDING ALL);
CREATE TABLE plain.event_log (LIKE gov.event_log INCLUDING ALL);
CREATE TABLE rival.event (LIKE gov.event INCLUDING ALL);
CREATE TABLE rival.event_log (LIKE gov.event_log INCLUDING ALL);
INSERT INTO plain.event SELECT * FROM gov.event;
INSERT INTO rival.event SELECT * FROM gov.event;
CREATE TABLE rival.step AS
  SELECT s.state AS from_state, t.action, COALESCE(NULLIF(t.to_state, '(same)'), s.state) AS to_state, string_to_array(t.roles, '|') AS roles, t.needs_note
  FROM gov.workflow_transition t, LATERAL (SELECT state FROM gov.workflow_state w WHERE w.workflow = t.workflow
    AND (w.state = ANY (string_to_array(t.from_states, '|')) OR t.from_states = '(open)' AND w.open)) AS s;
CREATE INDEX ON rival.step (from_state, action);
CREATE TABLE rival.post AS SELECT s.id AS staff, s.login, p.role, p.area FROM gov.staff s JOIN gov.post p ON p.staff_id = s.id;
CREATE INDEX ON rival.post (login);
CREATE FUNCTION rival.guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  s record;
  p record;
  asked text := NEW.action;
BEGIN
  NEW.action := NULL;
  NEW.action_note := NULL;
  NEW.action_args := NULL;
  IF NEW IS DISTINCT FROM OLD THEN
    RAISE EXCEPTION 'columns change by steps only' USING ERRCODE = 'WG004';
  END IF;
  SELECT * INTO s FROM rival.step WHERE from_state = OLD.state AND action = asked;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'cannot take step % in state %', asked, OLD.state USING ERRCODE = 'WG001';
  END IF;
  SELECT * INTO p FROM rival.post WHERE login = current_user AND role = ANY (s.roles) AND starts_with(OLD.area, area) LIMIT 1;
  IF NOT FOUND THEN
    RAISE EXCEPTION '% may not take step %', current_user, asked USING ERRCODE = 'WG002';
  END IF;
  NEW.state := s.to_state;
  NEW.urge_count := OLD.urge_count + 1;
  NEW.last_action := asked;
  NEW.last_at := statement_timestamp();
  NEW.seq := OLD.seq + 1;
  NEW.head := sha256(OLD.head || convert_to(ROW(NEW.id, NEW.seq, asked, OLD.state, NEW.state, NEW.last_at, p.staff, p.role, NEW.due_at, NEW.stage_due_at)::text, 'UTF8'));
  RETURN NEW;
END $$;
CREATE FUNCTION rival.journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO rival.event_log (event_id, seq, at, recorded_at, action, from_state, to_state, actor, role, outer_role, session_role, area, unit, due_at, stage_due_at, backdated, imported, facts_digest, hash)
    VALUES (NEW.id, NEW.seq, NEW.last_at, clock_timestamp(), NEW.last_action, OLD.state, NEW.state, current_user, 'acceptor', current_user, session_user, NEW.area, NEW.unit, NEW.due_at, NEW.stage_due_at, false, false, sha256(convert_to(NEW::text, 'UTF8')), NEW.head);
  RETURN NULL;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON rival.event FOR EACH ROW EXECUTE FUNCTION rival.guard();
CREATE TRIGGER journal AFTER UPDATE ON rival.event FOR EACH ROW EXECUTE FUNCTION rival.journal();
GRANT USAGE ON SCHEMA plain, rival TO PUBLIC;
GRANT ALL ON ALL TABLES IN SCHEMA plain, rival TO PUBLIC;
VACUUM ANALYZE;
SQL
echo "\\set id random(1, $events)" | tee "$work/floor.sql" "$work/rival.sql" "$work/ours.sql" "$work/act.sql" >/dev/null
cat >>"$work/floor.sql" <<'SQL'
WITH u AS (UPDATE plain.event SET urge_count = urge_count + 1, last_action = 'urge', last_at = now(), seq = seq + 1, head = head, next_alert_at = next_alert_at WHERE id = :id RETURNING *)
INSERT INTO plain.event_log (event_id, seq, at, recorded_at, action, from_state, to_state, actor, role, outer_role, session_role, area, unit, due_at, stage_due_at, backdated, imported, facts_digest, hash)
SELECT id, seq, now(), clock_timestamp(), 'urge', state, state, 'staff:10', 'acceptor', 'acceptor1', 'acceptor1', area, unit, due_at, stage_due_at, false, false, head, head FROM u;
SQL
echo "UPDATE rival.event SET action = 'urge' WHERE id = :id;" >>"$work/rival.sql"
echo "UPDATE gov.event SET action = 'urge' WHERE id = :id;" >>"$work/ours.sql"
echo "SELECT grid_gov.act(:id, 'urge');" >>"$work/act.sql"
: >"$work/figures"
for round in $(seq "$rounds"); do
  for variant in $(printf '%s\n' floor rival ours act | shuf --random-source=<(yes "$round")); do
    psql -X -q -c CHECKPOINT
    us=$(PGUSER=acceptor1 pgbench -n -M prepared -c 8 -j 2 -T "$each" -f "$work/$variant.sql" 2>/dev/null | sed -n 's/^latency average = \([0-9.]*\) ms.*/\1/p')
    echo "$round $variant $us" >>"$work/figures"
  done
done
awk '
  { t[$1, $2] = $3; if (!($2 in seen)) { seen[$2] = 1 } rounds = $1 }
  function median(v,   i, n, a, j, x) { n = 0; for (i = 1; i <= rounds; i++) a[++n] = t[i, v] / t[i, "floor"];
    for (i = 2; i <= n; i++) { x = a[i]; for (j = i - 1; j > 0 && a[j] > x; j--) a[j + 1] = a[j]; a[j + 1] = x } return a[int((n + 1) / 2)] }
  END { printf "one step a transaction, 8 clients, time x floor (medians of %d rounds):\n", rounds;
    printf "  ours, UPDATE SET action  %5.2f   (goal <= 1.1)\n  ours, act()              %5.2f\n  triggers in PL/pgSQL     %5.2f   (goal >= 1.5)\n", median("ours"), median("act"), median("rival") }' "$work/figures"
