#!/usr/bin/env perl
# Many sessions act at random on the same few events: through act(), UPDATE, report(), sweep(), hand_over_tasks(), merging and parting.
# Afterwards every event is explained by its journal, no step is lost or doubled, and case numbers are unique.
# GRID_GOV_SESSIONS (20), GRID_GOV_SECONDS (10), GRID_GOV_EVENTS (300) and GRID_GOV_SEED (printed) choose the size; a serious run is
# 100 sessions, 60 seconds, 1000 events. A retry after a deadlock (40P01) or serialization failure (40001) is counted.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use GridGov;
use IPC::Run ();

my $seed = $ENV{GRID_GOV_SEED} || int(rand 1e9);
my $sessions = $ENV{GRID_GOV_SESSIONS} || 20;
my $seconds = $ENV{GRID_GOV_SECONDS} || 10;
my $events = $ENV{GRID_GOV_EVENTS} || 300;
pass("seed $seed, $sessions sessions, $seconds s, $events events");

my $node = GridGov::node('concurrency', 'max_connections = ' . ($sessions + 20), 'deadlock_timeout = 200ms', 'log_lock_waits = off', 'fsync = off', 'jit = off');
GridGov::city($node, 'city');

# One session's work: a procedure that draws an action, takes it, and counts what came of it. Each draw is a transaction of its own.
# strict: one event in each transaction, merging by act() only; else also several (two steps, or all that a worker hands over).
$node->safe_psql('city', <<'SQL');
CREATE SCHEMA proof;
CREATE TABLE proof.result (session int, strict boolean, code text, times bigint, sample text);
CREATE TABLE proof.taken (session int, event bigint, action text);
GRANT USAGE ON SCHEMA proof TO PUBLIC;
GRANT ALL ON ALL TABLES IN SCHEMA proof TO PUBLIC;
GRANT EXECUTE ON FUNCTION grid_gov.sweep() TO gov_app;
GRANT pg_read_all_stats TO bridge;
UPDATE gov.workflow_auto SET after = '1m' WHERE action = 'restart';

-- who usually takes an action
CREATE FUNCTION proof.actor(roles text, area text) RETURNS text LANGUAGE sql AS $$
  SELECT s.login FROM gov.post p JOIN gov.staff s ON s.id = p.staff_id
   WHERE p.role = ANY (string_to_array(roles, '|')) AND s.active AND p.area !~ '^371621' ORDER BY random() LIMIT 1 $$;

CREATE FUNCTION proof.args(action text, e bigint, n int) RETURNS jsonb LANGUAGE sql AS $$
  SELECT CASE
    WHEN action IN ('dispatch', 'redispatch') THEN jsonb_strip_nulls(jsonb_build_object('unit', (ARRAY['cg', 'zj'])[1 + (random() * 1.99)::int % 2], 'co_units', CASE WHEN random() < 0.3 THEN '["gs", "hb"]'::jsonb END, 'person', CASE WHEN random() < 0.3 THEN 1 + (random() * 2)::int END))
    WHEN action IN ('send_verify', 'send_check') THEN jsonb_build_object('person', 1 + (random() * 2)::int)
    WHEN action IN ('accept', 'fast_accept') THEN jsonb_build_object('item', '0101', 'urgent', random() < 0.2)
    WHEN action = 'correct_category' THEN '{"item": "0104"}'
    WHEN action = 'merge' THEN jsonb_build_object('master_id', 1 + floor(random() * random() * n))
    WHEN action = 'self_handle' THEN '{"photos_before": ["a"], "photos_after": ["b"]}'
    WHEN action = 'refuse' THEN '{"reason_code": "R1"}'
    WHEN action = 'close' THEN '{"close_condition": "已修复"}'
    WHEN action = 'evaluate' THEN jsonb_build_object('satisfaction', (ARRAY['满意', '不满意'])[1 + (random() * 1.99)::int % 2])
    WHEN action = 'request_suspend' THEN jsonb_build_object('until', clock_timestamp() + random() * interval '3 seconds')
    WHEN action = 'supervise' THEN '{"kind": "督办", "level": "一级"}'
    WHEN action = 'hand_over' THEN jsonb_build_object('grid', (ARRAY['371602001001001', '371602001001002'])[1 + (random() * 1.99)::int % 2])
    WHEN action = 'whistle' THEN '{"units": ["cg", "zj"]}'
    ELSE NULL END $$;

-- steps that end an event are rare, so that there is something to fight for
CREATE FUNCTION proof.wanted(w text, s text) RETURNS TABLE (action text, roles text) LANGUAGE sql AS $$
  SELECT t.action, t.roles FROM gov.workflow_transition t JOIN gov.workflow_state st ON st.workflow = t.workflow AND st.state = s
   WHERE t.workflow = w AND (s = ANY (string_to_array(t.from_states, '|')) OR t.from_states = '(open)' AND st.open) AND t.roles <> 'system'
   ORDER BY random() * CASE WHEN t.action IN ('void', 'cancel', 'withdraw', 'refuse', 'verify_false', 'force_close', 'self_handle') THEN 60 WHEN t.from_states = '(open)' THEN 3 WHEN t.action = 'merge' THEN 0.5 ELSE 1 END LIMIT 1 $$;

CREATE PROCEDURE proof.work(session int, since timestamptz, seconds float8, n int, seed float8, strict boolean) LANGUAGE plpgsql AS $$
DECLARE
  e bigint; a text; r text; who text; kind float8; st text; area text; code text; message text; done boolean;
  counts jsonb := '{}'; how text; detail text; context text; samples jsonb := '{}'; tries int; two bigint; until timestamptz;
BEGIN
  until := since + seconds / 2 * interval '1 s';
  PERFORM setseed(seed), pg_sleep_until(since);
  WHILE clock_timestamp() < until LOOP
    kind := random();
    -- squares: the first events are fought for most
    e := 1 + floor(random() * random() * n);
    SELECT v.state, v.area INTO st, area FROM gov.event v WHERE v.id = e;
    SELECT w.action, w.roles INTO a, r FROM proof.wanted('default', st) w;
    who := proof.actor(r, area);
    PERFORM set_config('application_name', concat_ws(' ', strict, round(kind::numeric, 2), a, e), false);
    tries := 0;
    LOOP
      tries := tries + 1;
      code := 'done';
      BEGIN
        IF kind < 0.03 THEN
          how := 'report';
          PERFORM set_config('grid_gov.actor', 'reporter:K' || session, true);
          PERFORM grid_gov.report('并发上报的垃圾', ST_SetSRID(ST_MakePoint(118.005, 37.405), 4490), source => '12345', external_id => 'R' || floor(random() * 200), item => '0101');
          code := 'report';
        ELSIF kind < 0.06 THEN
          how := 'sweep';
          PERFORM set_config('grid_gov.actor', '', true);
          PERFORM grid_gov.sweep();
          code := 'sweep';
        ELSIF kind < 0.07 AND NOT strict THEN
          how := 'hand_over';
          PERFORM set_config('grid_gov.actor', 'centre_city', true);
          PERFORM grid_gov.hand_over_tasks(1 + (random() * 1.99)::int % 2, 3, '轮换');
          code := 'hand over';
        ELSIF kind < 0.08 AND NOT strict THEN
          how := 'hand_over';
          PERFORM set_config('grid_gov.actor', 'centre_city', true);
          PERFORM grid_gov.hand_over_tasks(3, 1 + (random() * 1.99)::int % 2, '轮换');
          code := 'hand over';
        ELSIF a IS NULL OR who IS NULL THEN
          code := 'nothing';
        ELSIF kind < 0.45 OR strict AND (kind >= 0.75 OR a = 'merge') THEN
          how := 'act';
          PERFORM set_config('grid_gov.actor', who, true);
          PERFORM grid_gov.act(e, a, '并发', proof.args(a, e, n));
          INSERT INTO proof.taken VALUES (session, e, a);
        ELSIF kind < 0.75 THEN
          how := 'UPDATE';
          PERFORM set_config('grid_gov.actor', who, true);
          UPDATE gov.event SET action = a, action_note = '并发', action_args = proof.args(a, e, n) WHERE id = e;
          INSERT INTO proof.taken VALUES (session, e, a);
        ELSE
          how := 'two';
          -- two events in one transaction, in order of id; one step of them is rolled back first
          PERFORM set_config('grid_gov.actor', who, true);
          two := e + 1 + floor(random() * 5);
          BEGIN
            PERFORM grid_gov.act(e, a, '要回滚', proof.args(a, e, n));
            RAISE division_by_zero;
          EXCEPTION WHEN division_by_zero THEN NULL;
          END;
          UPDATE gov.event SET action = a, action_note = '并发', action_args = proof.args(a, e, n) WHERE id = e;
          INSERT INTO proof.taken VALUES (session, e, a);
          PERFORM set_config('grid_gov.actor', 'supervisor_city', true);
          PERFORM grid_gov.act(two, 'urge');
          INSERT INTO proof.taken VALUES (session, two, 'urge');
        END IF;
      EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, context = PG_EXCEPTION_CONTEXT;
        IF code = '40P01' THEN
          message := concat_ws(E'\n', message, detail, (SELECT string_agg(concat_ws(' ', s.pid, s.application_name), E'\n') FROM pg_stat_activity s WHERE s.pid = ANY (ARRAY(SELECT m[1]::int FROM regexp_matches(detail, 'Process (\d+)', 'g') m))), context);
        END IF;
        samples := samples || jsonb_build_object(code, how || ' ' || COALESCE(a, '') || ': ' || message);
      END;
      COMMIT;
      counts := jsonb_set(counts, ARRAY[code], to_jsonb(COALESCE((counts->>code)::bigint, 0) + 1));
      EXIT WHEN code NOT IN ('40P01', '40001') OR tries > 20;
    END LOOP;
  END LOOP;
  INSERT INTO proof.result SELECT session, strict, c.key, c.value::bigint, samples->>c.key FROM jsonb_each_text(counts) c;
END $$;
GRANT EXECUTE ON ALL ROUTINES IN SCHEMA proof TO PUBLIC;
SQL
$node->safe_psql('city', qq{
  SET SESSION AUTHORIZATION bridge; SET grid_gov.actor = 'worker1';
  SELECT count(grid_gov.report('东街垃圾' || n, ST_SetSRID(ST_MakePoint(118.005, 37.405), 4490), item => '0101')) FROM generate_series(1, $events) n});

my $start = $node->safe_psql('city', q{SELECT clock_timestamp() + interval '2 s'});
my @running;
for my $s (1 .. $sessions) {
  my ($in, $out) = ('', '');
  my $share = (($seed * 7919 + $s * 104729) % 1000003) / 1000003;
  my $e = '';
  push @running, { err => \$e, h => IPC::Run::start(['psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('city'), '-c', 'SET client_min_messages = error',
    '-c', 'SET SESSION AUTHORIZATION bridge', map { ('-c', "CALL proof.work($s, timestamptz '$start' + $_ * (interval '$seconds s' / 2 + interval '1 s'), $seconds, $events, " . ($share + $_) / 2 . ", $_ = 0)") } 0, 1], \$in, \$out, \$e) };
}
my $broken = 0;
for my $r (@running) { IPC::Run::finish($r->{h}) or do { $broken++; diag ${ $r->{err} } } }
is($broken, 0, 'no session broke off');

diag $node->safe_psql('city', q{SELECT string_agg(format('%s %s%s', code, n, COALESCE(' (' || sample || ')', '')), E'\n' ORDER BY code) FROM (SELECT code, sum(times) AS n, min(sample) AS sample FROM proof.result GROUP BY code) x});
sub none { my ($sql, $what) = @_; is($node->safe_psql('city', $sql), '', $what); return }
my $done = $node->safe_psql('city', q{SELECT count(*) FROM proof.taken});
cmp_ok($done, '>', $sessions * $seconds, "steps were taken: $done");
none(q{SELECT code, sum(times), min(sample) FROM proof.result WHERE code NOT IN ('done', 'report', 'sweep', 'hand over', 'nothing', '40P01', '40001') AND code !~ '^WG00[1-5]$' GROUP BY code}, 'only refusals that the rules know');
# what may wait for each other, and is repeated (doc/event.md): merging among the same few events, and several events in one transaction
none(q{SELECT code, sample FROM proof.result WHERE code IN ('40P01', '40001') AND strict AND sample !~ '\mmerge \d'}, 'no deadlock among transactions with one event each, merging aside');
my $retried = $node->safe_psql('city', q{SELECT COALESCE(sum(times), 0) FROM proof.result WHERE code IN ('40P01', '40001')});
cmp_ok($retried, '<', $done / 20 + 10, "$retried retries after an explained deadlock");
none(q{SELECT * FROM grid_gov.verify_journal()}, 'verify_journal() finds nothing');
none(q{SELECT e.id, e.seq, count(l.id) FROM gov.event e LEFT JOIN gov.event_log l ON l.event_id = e.id GROUP BY e.id, e.seq HAVING count(l.id) <> e.seq OR max(l.seq) <> e.seq OR min(l.seq) <> 1}, 'as many journal rows as steps, numbered without a gap');
none(q{SELECT t.event, t.action, t.n, l.n FROM (SELECT event, action, count(*) AS n FROM proof.taken GROUP BY 1, 2) t
  FULL JOIN (SELECT event_id AS event, action, count(*) AS n FROM gov.event_log WHERE actor LIKE 'staff:%' AND action NOT IN ('report', 'reassign_person') GROUP BY 1, 2) l USING (event, action)
  WHERE t.n IS DISTINCT FROM l.n}, 'each committed step stands in the journal once, and no other');
none(q{SELECT case_no FROM gov.event GROUP BY case_no HAVING count(*) > 1 OR case_no IS NULL}, 'case numbers are unique');
none(q{SELECT source, external_id FROM gov.event WHERE external_id IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1}, 'one event for each number of a source');
none(q{SELECT l.event_id, l.seq, l.from_state, p.to_state FROM gov.event_log l JOIN gov.event_log p ON p.event_id = l.event_id AND p.seq = l.seq - 1 WHERE l.from_state <> p.to_state}, 'each step starts where the one before ended');
none(q{SELECT l.event_id, l.seq, l.action, l.from_state, l.to_state FROM gov.event_log l JOIN gov.event e ON e.id = l.event_id WHERE l.action NOT IN ('reassign_person', 'repoint', 'reproject') AND NOT EXISTS (
  SELECT FROM gov.workflow_transition t JOIN gov.workflow_state s ON s.workflow = t.workflow AND s.state = COALESCE(l.from_state, 'reported') WHERE t.workflow = e.workflow AND t.action = l.action
    AND (COALESCE(l.from_state, '(new)') = ANY (string_to_array(t.from_states, '|')) OR t.from_states = '(open)' AND s.open)
    AND (t.to_state = l.to_state OR t.to_state = '(same)' AND l.from_state = l.to_state OR t.to_state = '(before)'))}, 'every step is one that the workflow knows');
none(q{SELECT s.id, s.state, m.id, m.state FROM gov.event s JOIN gov.event m ON m.id = s.master_id WHERE s.state = 'merged' AND m.state IN ('merged', 'cancelled', 'not_accepted')}, 'no slave hangs on a master that is gone');
none(q{WITH RECURSIVE up AS (SELECT id, master_id, ARRAY[id] AS path FROM gov.event WHERE state = 'merged' UNION ALL SELECT up.id, m.master_id, path || m.id FROM up JOIN gov.event m ON m.id = up.master_id WHERE m.state = 'merged' AND NOT m.id = ANY (path[2:]))
  SELECT path FROM up WHERE master_id = ANY (path)}, 'no circle of masters');
none(q{SELECT event_id, kind FROM gov.request WHERE decided_at IS NULL GROUP BY 1, 2 HAVING count(*) > 1}, 'one undecided request of a kind');
none(q{SELECT event_id FROM gov.event_task WHERE kind = 'handle' AND done_at IS NULL GROUP BY 1 HAVING count(*) > 1}, 'one open lead task at most');
none(q{SELECT e.id, e.state, t.kind FROM gov.event e JOIN gov.event_task t ON t.event_id = e.id AND t.done_at IS NULL JOIN gov.workflow_state s ON s.workflow = e.workflow AND s.state = e.state WHERE NOT s.open AND e.state <> 'merged' AND t.kind <> 'callback'}, 'nothing is left open on what has ended');
none(q{SELECT e.id, e.urge_count, n FROM gov.event e JOIN (SELECT event_id, count(*) AS n FROM gov.event_log WHERE action = 'urge' GROUP BY 1) l ON l.event_id = e.id WHERE e.urge_count <> n}, 'counters agree with the journal');
none(q{SELECT event_id, clock, round, rung FROM gov.alert GROUP BY 1, 2, 3, 4 HAVING count(*) > 1}, 'each alert once');
my $log = slurp_file($node->logfile);
unlike($log, qr/PANIC|TRAP:|terminated by signal/, 'the server stayed up');
$node->stop;
done_testing();
