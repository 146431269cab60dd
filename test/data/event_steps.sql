-- Drives an event through the guard by a script of steps of the past, for tests with a small city: pg_temp.run('handle 03-03 09:00 | feedback 10:00').
-- Steps are "what month-day time [argument]" of 2025, parted by |; a step without a date has that of the one before. It begins with report,
-- submit, accept, dispatch, handle (dispatched and signed at once) or urgent.
-- one step as somebody, through the proxy
CREATE FUNCTION pg_temp.step(event bigint, who text, what text, at timestamptz, args jsonb DEFAULT '{}') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('session_authorization', 'bridge', false), set_config('grid_gov.actor', who, false);
  PERFORM grid_gov.act(event, what, '依据', args || jsonb_build_object('at', at));
  RESET SESSION AUTHORIZATION;
  RESET grid_gov.actor;
EXCEPTION WHEN OTHERS THEN
  RESET SESSION AUTHORIZATION;
  RESET grid_gov.actor;
  RAISE EXCEPTION '% at %: %', what, at, SQLERRM USING ERRCODE = SQLSTATE;
END
$$;

CREATE FUNCTION pg_temp.new_event(at timestamptz, urgent boolean) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  id bigint;
BEGIN
  PERFORM set_config('session_authorization', 'bridge', false), set_config('grid_gov.actor', 'worker1', false);
  id := grid_gov.report('井盖缺失', ST_SetSRID(ST_MakePoint(118.005, 37.405), 4490), item => '0101', urgent => urgent, args => jsonb_build_object('at', at));
  RESET SESSION AUTHORIZATION;
  RESET grid_gov.actor;
  RETURN id;
END
$$;

-- a case from its first step to its last; the event's number
CREATE FUNCTION pg_temp.run(script text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  e bigint;
  master bigint;
  word text[];
  day text;
  at timestamptz;
  arg text;
  unit text := 'cg';
  one text;
BEGIN
  FOREACH one IN ARRAY string_to_array(script, '|') LOOP
    word := regexp_split_to_array(btrim(one), '\s+');
    IF word[2] ~ '^\d\d-\d\d$' THEN
      day := word[2];
      word := word[1:1] || word[3:];
    END IF;
    at := ('2025-' || day || ' ' || word[2] || '+08')::timestamptz;
    arg := word[3];
    IF e IS NULL THEN
      e := pg_temp.new_event(at, word[1] = 'urgent');
      CONTINUE WHEN word[1] = 'report';
      IF word[1] = 'urgent' THEN
        PERFORM pg_temp.step(e, 'acceptor_city', 'fast_accept', at, '{"item": "0101"}');
        CONTINUE;
      END IF;
      PERFORM pg_temp.step(e, 'acceptor_city', 'submit', at);
      CONTINUE WHEN word[1] = 'submit';
      PERFORM pg_temp.step(e, 'acceptor_city', 'accept', at, '{"item": "0101"}');
      CONTINUE WHEN word[1] = 'accept';
    END IF;
    CASE word[1]
      WHEN 'handle', 'dispatch' THEN -- handle: dispatched and signed at once
        unit := COALESCE(arg, 'cg');
        PERFORM pg_temp.step(e, 'dispatcher_city', CASE (SELECT state FROM gov.event WHERE id = e) WHEN 'returned' THEN 'redispatch' ELSE 'dispatch' END, at, jsonb_build_object('unit', unit));
        IF word[1] = 'handle' THEN
          PERFORM pg_temp.step(e, 'handler_' || unit, 'sign', at);
        END IF;
      WHEN 'suspend' THEN
        PERFORM pg_temp.step(e, 'head_' || unit, 'request_suspend', at, jsonb_build_object('until', ('2025-' || COALESCE(replace(arg, '_', ' '), '12-31 00:00') || '+08')::timestamptz));
        PERFORM pg_temp.step(e, 'dispatcher_city', 'approve_suspend', at);
      WHEN 'extend' THEN
        PERFORM pg_temp.step(e, 'head_' || unit, 'request_extend', at);
        PERFORM pg_temp.step(e, 'dispatcher_city', 'approve_extend', at);
      WHEN 'ask' THEN PERFORM pg_temp.step(e, 'head_' || unit, 'request_extend', at);
      WHEN 'grant' THEN PERFORM pg_temp.step(e, 'dispatcher_city', 'approve_extend', at);
      WHEN 'resume', 'recall', 'send_back' THEN PERFORM pg_temp.step(e, 'dispatcher_city', word[1], at);
      WHEN 'sign', 'reject_dispatch', 'give_back', 'feedback', 'restart' THEN PERFORM pg_temp.step(e, 'handler_' || unit, word[1], at);
      WHEN 'escalate' THEN PERFORM pg_temp.step(e, 'head_' || unit, 'escalate', at);
      WHEN 'fail' THEN -- checked, and not good
        PERFORM pg_temp.step(e, 'acceptor_city', 'send_check', at, '{"person": 1}');
        PERFORM pg_temp.step(e, 'acceptor_city', 'check_fail', at);
      WHEN 'check' THEN PERFORM pg_temp.step(e, 'acceptor_city', 'send_check', at, '{"person": 1}');
      WHEN 'pass' THEN PERFORM pg_temp.step(e, 'acceptor_city', 'check_pass', at);
      WHEN 'close' THEN PERFORM pg_temp.step(e, 'acceptor_city', 'close', at, '{"close_condition": "已办"}');
      WHEN 'reassign' THEN PERFORM pg_temp.step(e, 'dispatcher_city', 'reassign', at);
      WHEN 'reopen' THEN -- the caller hears that it is not good
        PERFORM pg_temp.step(e, 'caller_city', 'evaluate', at, '{"satisfaction": "不满意"}');
        PERFORM pg_temp.step(e, 'caller_city', 'reopen', at);
      WHEN 'merge' THEN
        master := pg_temp.new_event(at, false);
        PERFORM pg_temp.step(e, 'acceptor_city', 'merge', at, jsonb_build_object('master_id', master));
      WHEN 'unmerge' THEN PERFORM pg_temp.step(e, 'acceptor_city', 'unmerge', at);
      WHEN 'void_master' THEN PERFORM pg_temp.step(master, 'centre_city', 'void', at);
      WHEN 'correct' THEN PERFORM pg_temp.step(e, 'acceptor_city', 'correct_category', at, '{"item": "0102"}');
      WHEN 'vague' THEN PERFORM pg_temp.step(e, 'acceptor_city', 'correct_category', at, '{"category": "矛盾纠纷"}'); -- the city has no item of that category
      WHEN 'urge' THEN PERFORM pg_temp.step(e, 'acceptor_city', 'urge', at);
      WHEN 'sweep' THEN PERFORM grid_gov.sweep_at(at);
    END CASE;
  END LOOP;
  RETURN e;
END
$$;

