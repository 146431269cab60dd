-- A year in the life of the reports: every one is reported, accepted, dispatched, handled, checked, closed and evaluated through the
-- guard, step by step, at the times of that year, with returns, pauses, extensions, reworks, merges and breaches.
--
-- Run by psql as a superuser after loader.sql and reports.sql, in the session of the latter; with -v parts=2 -v part=0 (and part=1 in
-- another session at the same time) it does every other month. Numbers of events are the same either way. The steps are taken in the session of demo_loader, a role with
-- persona backend and a row in gov.actor_proxy: it acts for the people of the city, each in his own posts, by SET grid_gov.actor.
-- The owner of gov lets it backdate while it loads, and no longer. Nothing is random: every choice hangs on the report's numbers.
\if :{?parts}
\else
\set parts 1
\set part 0
\endif
\set life_quiet :QUIET
\set QUIET on
RESET ROLE;
SET client_min_messages = warning;
SET timezone = 'Asia/Shanghai';
SET ROLE gov_owner;

-- Who sits where: the people of each centre, the two of each unit, which kind of unit looks after which item.
CREATE TEMP TABLE demo_office AS
SELECT area, array_agg(staff_id ORDER BY staff_id) FILTER (WHERE role = 'acceptor') AS acceptor, array_agg(staff_id ORDER BY staff_id) FILTER (WHERE role = 'dispatcher') AS dispatcher,
       array_agg(staff_id ORDER BY staff_id) FILTER (WHERE role = 'caller') AS caller, min(staff_id) FILTER (WHERE role = 'supervisor') AS supervisor, min(staff_id) FILTER (WHERE role = 'centre_head') AS head
  FROM gov.post WHERE role IN ('acceptor', 'dispatcher', 'caller', 'supervisor', 'centre_head') GROUP BY area;
CREATE TEMP TABLE demo_unit AS
SELECT d.code, d.area, d.kind, min(p.staff_id) FILTER (WHERE p.role = 'handler') AS handler, min(p.staff_id) FILTER (WHERE p.role = 'unit_head') AS head
  FROM gov.department d JOIN gov.post p ON p.unit = d.code GROUP BY d.code;
CREATE UNIQUE INDEX ON demo_unit (area, kind);
CREATE TEMP TABLE demo_item AS
SELECT c.code, m.kind FROM gov.catalogue c,
       LATERAL (SELECT kind FROM (VALUES (1, '供水', '供水企业'), (2, '供电|电力', '供电企业'), (3, '燃气', '供气企业'), (4, '供热', '供热企业'), (5, '交警', '交警'), (6, '^环卫', '环卫'), (7, '^市政|产权', '市政'),
           (8, '^园林', '园林'), (9, '城管', '城管'), (10, '物业', '物业办'), (11, '^公安|^政法|^金融', '公安'), (12, '生态环境', '生态环境'), (13, '水利|排水', '水利'), (14, '住建', '住建'), (15, '人社', '人社'),
           (16, '民政', '民政'), (17, '卫健', '卫健'), (18, '市场监管', '市场监管'), (19, '教育', '教育'), (20, '交通', '交通'), (21, '消防', '消防'), (22, '应急', '应急'), (23, '司法|调委会', '司法'), (24, '信访', '信访'),
           (25, '农业', '农业农村'), (26, '自然资源', '自然资源'), (27, '残联', '残联'), (28, '文旅', '文旅'), (29, '工信', '工信'), (30, '', '便民服务')) AS k (n, pattern, kind)
         WHERE c.department_hint ~ pattern ORDER BY n LIMIT 1) AS m;

CREATE TEMP TABLE demo_case AS
SELECT row_number() OVER (ORDER BY p.at, p.n) AS id, (extract(month FROM coalesce(m.at, p.at))::int + extract(year FROM coalesce(m.at, p.at))::int) % :parts AS part, p.n, p.source, p.at, p.item, p.first_level IN ('county', 'city') AS high, p.urgent, p.low_risk, p.department_duty, p.first, p.grid, p.r, p.location, p.area, p.external_id, p.body, p.twin_of,
       CASE WHEN p.mode = 'unit' OR w.staff_id IS NULL THEN 'unit' ELSE p.mode END AS mode,
       (SELECT array_agg(t.n) FROM demo_plan t WHERE t.twin_of = p.n) AS twins,
       CASE WHEN p.source IN ('citizen', 'app') THEN 'reporter:' || md5('citizen ' || p.n) END AS citizen,
       w.staff_id AS worker, l.staff_id AS leader,
       ARRAY[a.acceptor[1 + p.n % cardinality(a.acceptor)], b.acceptor[1 + p.n % cardinality(b.acceptor)], c.acceptor[1 + p.n % cardinality(c.acceptor)]] AS acceptor,
       ARRAY[a.dispatcher[1 + p.n % cardinality(a.dispatcher)], b.dispatcher[1 + p.n % cardinality(b.dispatcher)], c.dispatcher[1 + p.n % cardinality(c.dispatcher)]] AS dispatcher,
       ARRAY[a.caller[1 + p.n % cardinality(a.caller)], b.caller[1 + p.n % cardinality(b.caller)], c.caller[1 + p.n % cardinality(c.caller)]] AS caller,
       ARRAY[a.supervisor, b.supervisor, c.supervisor] AS supervisor, ARRAY[a.head, b.head, c.head] AS centre,
       -- who handles: the town's unit, or the county's where the town has none; the county's; another one to send it to; the grid centre
       ARRAY[coalesce(u1.code, u2.code), u2.code, x.code, g.code] AS unit, ARRAY[coalesce(u1.handler, u2.handler), u2.handler, x.handler, w.staff_id] AS handler,
       ARRAY[coalesce(u1.head, u2.head), u2.head, x.head, g.head] AS unit_head, x.code AS co_unit, x.handler AS co_handler
  FROM demo_plan p LEFT JOIN demo_plan m ON m.n = p.twin_of
       LEFT JOIN LATERAL (SELECT staff_id FROM gov.post WHERE role = 'grid_worker' AND area = p.grid LIMIT 1) AS w ON true
       LEFT JOIN LATERAL (SELECT staff_id FROM gov.post WHERE role = 'grid_leader' AND area = p.grid LIMIT 1) AS l ON true
       JOIN demo_office a ON a.area = left(p.grid, 9) JOIN demo_office b ON b.area = left(p.grid, 6) JOIN demo_office c ON c.area = '3716'
       JOIN demo_item i ON i.code = p.item
       LEFT JOIN demo_unit u1 ON u1.area = left(p.grid, 9) AND u1.kind = i.kind
       JOIN demo_unit u2 ON u2.area = left(p.grid, 6) AND u2.kind = i.kind
       JOIN demo_unit x ON x.area = left(p.grid, 6) AND x.kind = CASE i.kind WHEN '城管' THEN '住建' WHEN '公安' THEN '司法' WHEN '司法' THEN '公安' ELSE '城管' END
       JOIN demo_unit g ON g.area = left(p.grid, 9) AND g.kind = '网格中心';
CREATE UNIQUE INDEX ON demo_case (n);
CREATE INDEX ON demo_case (at) WHERE twin_of IS NULL;
ANALYZE demo_case;
SELECT setval(pg_get_serial_sequence('gov.event', 'id'), max(id)) AS last_event FROM demo_case \gset
CREATE TEMP TABLE demo_done (n integer PRIMARY KEY);
CREATE TYPE pg_temp.demo_now AS (id bigint, state text, level text, area text, item text, urgent boolean, due timestamptz);
GRANT SELECT ON demo_case TO demo_loader;
GRANT SELECT, INSERT ON demo_done TO demo_loader;

-- One report through the door.
CREATE FUNCTION pg_temp.enter(c demo_case, at timestamptz) RETURNS pg_temp.demo_now LANGUAGE plpgsql AS $$
DECLARE
  now pg_temp.demo_now;
BEGIN
  PERFORM set_config('grid_gov.actor', CASE WHEN c.source = 'grid' THEN coalesce(c.worker, c.leader)::text WHEN c.citizen IS NOT NULL THEN c.citizen
    WHEN c.source = '110' THEN c.acceptor[2]::text WHEN c.source = 'department' THEN c.handler[2]::text ELSE c.acceptor[3]::text END, false);
  INSERT INTO gov.event (id, source, external_id, body, location, area, action_args)
    VALUES (c.id, c.source, c.external_id, c.body, c.location, c.area, jsonb_build_object('at', at))
    RETURNING id, state, level, area, item, urgent, due_at INTO now;
  INSERT INTO demo_done VALUES (c.n);
  RETURN now;
END
$$;

-- One step by somebody, at some time of that year.
CREATE FUNCTION pg_temp.step(INOUT now pg_temp.demo_now, who text, what text, at timestamptz, note text DEFAULT NULL, args jsonb DEFAULT '{}') LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('grid_gov.actor', who, false);
  UPDATE gov.event SET action = what, action_note = note, action_args = args || jsonb_build_object('at', date_trunc('second', at)) WHERE id = now.id
    RETURNING id, state, level, area, item, urgent, due_at INTO now;
END
$$;

-- So many working minutes later.
CREATE FUNCTION pg_temp.later(t timestamptz, minutes double precision, hours grid_gov.work_calendar) RETURNS timestamptz LANGUAGE sql STABLE AS
  $$SELECT grid_gov.deadline(t, (greatest(round(minutes), 1)::int || 'wm')::grid_gov.time_limit, hours)$$;

-- The whole life of one report, until it is over or the year is. Which state it is in decides what comes next; z is a fresh number for
-- each step, c.r[20] and up decide once. o is the office that may act: 1 town, 2 county, 3 city. u is the unit: see demo_case.unit.
CREATE FUNCTION pg_temp.live(c demo_case, hours grid_gov.work_calendar, stop timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  s pg_temp.demo_now;
  t timestamptz := c.at;
  k integer := 0;
  z double precision;
  o integer;
  u integer := CASE WHEN c.mode = 'unit' OR c.mode = 'self' THEN 1 ELSE 4 END;
  person text;
  finish timestamptz;
  minutes double precision;
  until timestamptz;
  last text := 'report';
  late boolean := false;
  handed boolean := false; raised boolean := c.first; bounced boolean := c.first; supervised boolean := false; urged boolean := false; gave boolean := c.first; paused boolean := false;
  extended boolean := false; whistled boolean := false; co boolean := false; sent_back boolean := false; failed boolean := false; reopened boolean := false; appealed boolean := false; twinned boolean := false; sent boolean := false;
  twin demo_case;
  x pg_temp.demo_now;
  x_at timestamptz;
BEGIN
  s := pg_temp.enter(c, t);
  LOOP
    k := k + 1;
    IF k > 40 THEN
      RAISE EXCEPTION 'report % walks in circles, state %', c.n, s.state;
    END IF;
    z := c.r[1 + (k * 7 + 5) % 48];
    o := CASE WHEN s.level = 'city' OR length(s.area) = 4 THEN 3 WHEN s.level = 'county' OR length(s.area) = 6 THEN 2 ELSE 1 END;
    CASE s.state
    WHEN 'reported' THEN
      IF c.mode = 'self' AND NOT s.urgent THEN
        t := t + (5 + 50 * z) * interval '1 minute';
        EXIT WHEN t > stop;
        s := pg_temp.step(s, c.worker::text, 'self_handle', t, (ARRAY['现场清理完毕,已拍照', '当场劝导,对方已整改', '联系当事人现场处理完成', '已现场处置,恢复正常'])[1 + floor(z * 4)::int],
          jsonb_build_object('photos_before', jsonb_build_array('p/' || c.n || 'a.jpg'), 'photos_after', jsonb_build_array('p/' || c.n || 'b.jpg')));
        last := 'self_handle';
      ELSIF c.citizen IS NOT NULL AND c.r[20] < .012 THEN
        t := t + (10 + 60 * z) * interval '1 minute';
        EXIT WHEN t > stop;
        s := pg_temp.step(s, c.citizen, 'withdraw', t, '问题已自行解决,撤回');
      ELSIF s.urgent THEN
        t := t + (1 + 6 * z) * interval '1 minute';
        EXIT WHEN t > stop;
        s := pg_temp.step(s, c.acceptor[o]::text, 'fast_accept', t, NULL, jsonb_build_object('item', c.item, 'urgent', c.urgent));
      ELSIF c.source = 'grid' AND c.leader IS NOT NULL AND c.r[21] > .992 AND NOT c.first THEN
        t := pg_temp.later(t, 3 + 20 * z, hours);
        EXIT WHEN t > stop;
        s := pg_temp.step(s, c.acceptor[o]::text, 'send_verify', t, NULL, jsonb_build_object('person', c.leader));
      ELSIF c.source <> 'grid' AND c.location IS NOT NULL AND c.worker IS NOT NULL AND c.r[21] < .15 THEN
        t := pg_temp.later(t, 3 + 20 * z, hours);
        EXIT WHEN t > stop;
        s := pg_temp.step(s, c.acceptor[o]::text, 'send_verify', t, NULL, jsonb_build_object('person', c.worker));
      ELSIF c.source = 'grid' AND c.leader IS NOT NULL AND c.r[22] < .7 THEN
        t := pg_temp.later(t, 3 + 25 * z, hours);
        EXIT WHEN t > stop;
        s := pg_temp.step(s, c.leader::text, 'submit', t);
      ELSE
        t := t + (1 + 3 * z) * interval '1 minute';
        EXIT WHEN t > stop;
        s := pg_temp.step(s, c.acceptor[o]::text, 'submit', t);
      END IF;
    WHEN 'verifying' THEN
      t := pg_temp.later(t, 20 + 110 * z, hours);
      EXIT WHEN t > stop;
      IF c.source = 'grid' OR c.r[20] < .06 THEN
        s := pg_temp.step(s, c.acceptor[o]::text, 'verify_false', t, '到场核实,现场无此情况');
      ELSE
        s := pg_temp.step(s, c.worker::text, 'verify_done', t, '已到现场,情况属实', jsonb_build_object('photos', jsonb_build_array('p/' || c.n || 'v.jpg')));
      END IF;
    WHEN 'pending_accept' THEN
      t := pg_temp.later(t, CASE WHEN z < .94 THEN 2 + 25 * z ELSE 35 + 40 * z END, hours);
      EXIT WHEN t > stop;
      IF c.r[23] < .014 AND NOT c.first THEN
        s := pg_temp.step(s, c.acceptor[o]::text, 'refuse', t, '不属于受理范围,已告知诉求人法定途径', '{"reason_code": "legal_channel"}');
      ELSIF c.r[23] < .018 AND c.source <> '12345' AND NOT c.first THEN
        s := pg_temp.step(s, c.acceptor[o]::text, 'cancel', t, '内容重复录入');
      ELSE
        -- mostly the acceptor finds the right item; sometimes only the dispatcher does
        s := pg_temp.step(s, c.acceptor[o]::text, 'accept', t, NULL, jsonb_build_object('item', CASE WHEN c.r[24] < .03 THEN coalesce(s.item, c.item) ELSE c.item END, 'urgent', c.urgent));
      END IF;
    WHEN 'pending_dispatch' THEN
      t := CASE WHEN s.urgent THEN t + (1 + 8 * z) * interval '1 minute' ELSE pg_temp.later(t, CASE WHEN z < .93 THEN 4 + 60 * z ELSE 130 + 60 * z END, hours) END;
      EXIT WHEN t > stop;
      IF c.location IS NULL AND NOT handed AND c.r[25] < .55 AND length(s.area) < 15 THEN
        handed := true;
        s := pg_temp.step(s, c.dispatcher[o]::text, 'hand_over', t, '电话核对地址,移交所在网格', jsonb_build_object('grid', c.grid));
      ELSIF s.item IS DISTINCT FROM c.item THEN
        s := pg_temp.step(s, c.dispatcher[o]::text, 'correct_category', t, '按职责清单更正事项', jsonb_build_object('item', c.item));
      ELSIF o = 2 AND s.level = 'county' AND NOT c.high AND NOT raised THEN
        raised := true;
        s := pg_temp.step(s, c.dispatcher[2]::text, 'deescalate', t, '属地可办,下派乡镇(街道)');
      ELSIF o = 1 AND NOT raised AND c.r[26] < .012 THEN
        raised := true;
        s := pg_temp.step(s, c.dispatcher[1]::text, 'escalate', t, '超出镇街职权,请县级协调');
      ELSIF NOT bounced AND c.r[27] < .005 THEN
        bounced := true;
        last := 'return_to_acceptor';
        s := pg_temp.step(s, c.dispatcher[o]::text, 'return_to_acceptor', t, '诉求要素不全,请补充联系方式');
      ELSIF c.r[27] BETWEEN .995 AND .997 AND c.source <> '12345' AND NOT c.first THEN
        s := pg_temp.step(s, c.centre[o]::text, 'void', t, '与其他工单内容一致,中心作废');
      ELSE
        sent := true;
        u := CASE WHEN o > 1 THEN 2 ELSE u END;
        s := pg_temp.step(s, c.dispatcher[o]::text, 'dispatch', t, NULL, jsonb_build_object('unit', c.unit[u]) || CASE WHEN u = 4 THEN jsonb_build_object('person', c.worker) ELSE '{}' END
          || CASE WHEN c.r[28] < .02 AND u <> 4 THEN jsonb_build_object('co_units', jsonb_build_array(c.co_unit)) ELSE '{}' END);
        co := c.r[28] < .02 AND u <> 4;
        finish := NULL;
      END IF;
    WHEN 'dispatched' THEN
      person := c.handler[u]::text;
      IF c.twins IS NOT NULL AND NOT twinned THEN
        twinned := true;
        FOR twin IN SELECT * FROM demo_case d WHERE d.n = ANY (c.twins) ORDER BY d.n LOOP
          x_at := twin.at;
          EXIT WHEN x_at + interval '1 day' > stop;
          x := pg_temp.enter(twin, x_at);
          o := CASE WHEN x.level = 'county' OR length(x.area) = 6 THEN 2 ELSE 1 END;
          x := pg_temp.step(x, twin.acceptor[o]::text, CASE WHEN x.urgent THEN 'fast_accept' ELSE 'submit' END, x_at + interval '2 minutes', NULL, CASE WHEN x.urgent THEN jsonb_build_object('item', twin.item) ELSE '{}' END);
          x := pg_temp.step(x, twin.acceptor[o]::text, 'merge', pg_temp.later(x_at + interval '2 minutes', 5 + 20 * z, hours), '与在办工单为同一事项,并案办理', jsonb_build_object('master_id', s.id));
        END LOOP;
        CONTINUE;
      END IF;
      t := CASE WHEN s.urgent THEN t + (1 + 5 * z) * interval '1 minute' ELSE pg_temp.later(t, CASE WHEN z < .96 THEN 5 + 150 * z * z ELSE 500 + 200 * z END, hours) END;
      EXIT WHEN t > stop;
      IF NOT gave AND c.r[29] < (CASE u WHEN 4 THEN .012 ELSE .045 END) AND last <> 'redispatch' THEN
        gave := true;
        last := 'reject_dispatch';
        s := pg_temp.step(s, person, 'reject_dispatch', t, (ARRAY['不属于本单位职责,建议转主管部门', '属地管辖有误,退回重派', '涉及产权单位,非本单位管理'])[1 + floor(z * 3)::int]);
      ELSIF NOT gave AND c.r[29] > .996 THEN
        gave := true;
        last := 'recall';
        s := pg_temp.step(s, c.dispatcher[o]::text, 'recall', t, '派遣有误,撤回');
      ELSIF NOT supervised AND c.r[30] < .012 THEN
        supervised := true;
        s := pg_temp.step(s, c.supervisor[o]::text, 'supervise', t, '群众反映集中,请限期办结', jsonb_build_object('kind', '重要', 'level', (ARRAY['镇级', '县级', '市级'])[o]));
      ELSIF NOT urged AND c.r[31] < .02 THEN
        urged := true;
        s := pg_temp.step(s, c.acceptor[o]::text, 'urge', t);
      ELSE
        s := pg_temp.step(s, person, 'sign', t);
      END IF;
    WHEN 'returned' THEN
      co := false;
      IF last = 'return_to_acceptor' THEN
        t := pg_temp.later(t, 5 + 60 * z, hours);
        EXIT WHEN t > stop;
        s := pg_temp.step(s, c.acceptor[o]::text, 're_accept', t, '已补充联系方式');
      ELSE
        t := CASE WHEN s.urgent THEN t + interval '4 minutes' ELSE pg_temp.later(t, 10 + 90 * z, hours) END;
        EXIT WHEN t > stop;
        -- one in four goes back to the unit that returned it: then it is designated
        u := CASE WHEN last = 'recall' OR (z < .25 AND u <> 4) THEN u WHEN u = 4 THEN 1 ELSE 3 END;
        s := pg_temp.step(s, c.dispatcher[o]::text, 'redispatch', t, NULL, jsonb_build_object('unit', c.unit[u]) || CASE WHEN u = 4 THEN jsonb_build_object('person', c.worker) ELSE '{}' END);
        last := 'redispatch';
        finish := NULL;
      END IF;
    WHEN 'handling' THEN
      person := c.handler[u]::text;
      IF finish IS NULL THEN
        -- when it will be done: nine in ten within what is left of the limit
        minutes := extract(epoch FROM grid_gov.work_time(t, greatest(s.due, t), hours)) / 60;
        IF s.due <= t THEN
          finish := pg_temp.later(t, 10 + 60 * z, hours);
        ELSIF c.r[32] < .085 THEN
          finish := pg_temp.later(s.due, 5 + least(minutes, 2000) * (.05 + .6 * c.r[33]), hours);
        ELSIF minutes >= 15 AND NOT s.urgent THEN
          finish := pg_temp.later(t, minutes * (.12 + .78 * c.r[33]), hours);
        ELSE
          finish := t + (s.due - t) * (.25 + .7 * c.r[33]);
        END IF;
      END IF;
      IF co THEN
        co := false;
        t := t + (greatest(finish, t) - t) * .3;
        EXIT WHEN t > stop;
        s := pg_temp.step(s, c.co_handler::text, 'co_done', t, '协办事项已完成');
      ELSIF NOT whistled AND c.r[34] < .01 AND NOT s.urgent THEN
        whistled := true;
        t := t + (greatest(finish, t) - t) * .2;
        EXIT WHEN t > stop;
        s := pg_temp.step(s, c.dispatcher[o]::text, 'whistle', t, '需要部门到场联合处置', jsonb_build_object('units', jsonb_build_array(c.co_unit)));
        t := greatest(t, least(finish, t + (20 + 200 * z) * interval '1 minute'));
        EXIT WHEN t > stop;
        s := pg_temp.step(s, c.co_handler::text, 'answer_whistle', t, '已到场会同处置');
      ELSIF NOT gave AND c.r[35] < .008 THEN
        gave := true;
        last := 'give_back';
        t := t + (greatest(finish, t) - t) * .4;
        EXIT WHEN t > stop;
        s := pg_temp.step(s, person, 'give_back', t, '现场查看后确认非本单位管辖');
        finish := NULL;
      ELSIF NOT raised AND c.r[35] > .993 AND o = 1 THEN
        raised := true;
        t := t + (greatest(finish, t) - t) * .4;
        EXIT WHEN t > stop;
        s := pg_temp.step(s, person, 'escalate', t, '需上级部门执法权限');
        finish := NULL;
      ELSIF NOT paused AND NOT s.urgent AND c.r[36] < .025 AND s.due > pg_temp.later(t, 300, hours) THEN
        paused := true;
        t := pg_temp.later(t, 30 + 60 * z, hours);
        EXIT WHEN t > stop;
        until := t + (3 + floor(15 * z)) * interval '1 day';
        s := pg_temp.step(s, person, 'request_suspend', t, (ARRAY['等待采购配件到货', '当事人外出,约定返回后办理', '雨季不具备施工条件'])[1 + floor(c.r[37] * 3)::int], jsonb_build_object('until', until));
        t := pg_temp.later(t, 20, hours);
        EXIT WHEN t > stop;
        IF c.r[37] < .85 THEN
          s := pg_temp.step(s, c.dispatcher[o]::text, 'approve_suspend', t);
        ELSE
          s := pg_temp.step(s, c.dispatcher[o]::text, 'reject_suspend', t, '不符合挂账条件');
        END IF;
      ELSIF NOT extended AND NOT s.urgent AND c.r[38] < .04 AND s.due > pg_temp.later(t, 400, hours) THEN
        extended := true;
        t := pg_temp.later(t, 40 + 60 * z, hours);
        EXIT WHEN t > stop;
        s := pg_temp.step(s, person, 'request_extend', t, (ARRAY['涉及多部门会商,需要延期', '工程量较大,申请延期', '调解需要多次协商'])[1 + floor(c.r[39] * 3)::int]);
        t := pg_temp.later(t, 30, hours);
        EXIT WHEN t > stop;
        s := pg_temp.step(s, c.unit_head[u]::text, 'endorse_extend', t);
        t := pg_temp.later(t, 45, hours);
        EXIT WHEN t > stop;
        IF c.r[39] < .85 THEN
          s := pg_temp.step(s, c.dispatcher[o]::text, 'approve_extend', t);
          finish := NULL;
        ELSE
          s := pg_temp.step(s, c.dispatcher[o]::text, 'reject_extend', t, '理由不充分,请按期办结');
        END IF;
      ELSIF c.r[40] < .003 AND NOT c.first THEN
        t := greatest(t, finish);
        EXIT WHEN t > stop;
        s := pg_temp.step(s, c.acceptor[o]::text, 'request_force_close', t, '多次联系诉求人未果,问题客观上无法解决');
        t := pg_temp.later(t, 100, hours);
        EXIT WHEN t > stop;
        s := pg_temp.step(s, c.centre[o]::text, 'force_close', t, '经研究同意强制结案,归档备查');
      ELSE
        t := greatest(t, finish);
        EXIT WHEN t > stop;
        late := late OR t > s.due;
        s := pg_temp.step(s, person, 'feedback', t, (ARRAY['已处理完毕,现场恢复正常', '已安排人员处置,问题解决', '经调解双方达成一致', '已整改到位,附处置后照片', '已答复诉求人并说明政策'])[1 + floor(z * 5)::int],
          jsonb_build_object('photos', jsonb_build_array('p/' || c.n || 'f.jpg')));
      END IF;
    WHEN 'suspended' THEN
      t := pg_temp.later(t, 480 * (1 + 5 * z), hours);
      EXIT WHEN t > stop;
      s := pg_temp.step(s, c.dispatcher[o]::text, 'resume', t);
      finish := NULL;
    WHEN 'feedback' THEN
      t := CASE WHEN s.urgent THEN t + (5 + 30 * z) * interval '1 minute' ELSE pg_temp.later(t, 10 + 90 * z, hours) END;
      EXIT WHEN t > stop;
      IF NOT sent_back AND c.r[41] < .02 THEN
        sent_back := true;
        s := pg_temp.step(s, c.dispatcher[o]::text, 'send_back', t, '反馈材料不完整,请补充处置后照片');
        finish := pg_temp.later(t, 15 + 40 * z, hours);
      ELSIF c.low_risk AND NOT s.urgent AND c.r[42] < .6 THEN
        s := pg_temp.step(s, c.acceptor[o]::text, 'skip_check', t);
      ELSE
        s := pg_temp.step(s, c.acceptor[o]::text, 'send_check', t, NULL, jsonb_build_object('person', CASE WHEN u = 4 THEN coalesce(c.leader, c.worker) ELSE coalesce(c.worker, c.leader) END));
      END IF;
    WHEN 'checking' THEN
      t := pg_temp.later(t, CASE WHEN z < .92 THEN 15 + 90 * z ELSE 125 + 60 * z END, hours);
      EXIT WHEN t > stop;
      IF NOT failed AND c.r[43] < .055 THEN
        failed := true;
        s := pg_temp.step(s, c.acceptor[o]::text, 'check_fail', t, '现场仍有残留,返工');
      ELSIF u <> 4 AND c.worker IS NOT NULL THEN
        s := pg_temp.step(s, c.worker::text, 'check_pass', t, '现场核查,已解决');
      ELSE
        s := pg_temp.step(s, c.acceptor[o]::text, 'check_pass', t, '核对照片,已解决');
      END IF;
    WHEN 'rework' THEN
      t := CASE WHEN s.urgent THEN t + (5 + 20 * z) * interval '1 minute' ELSE pg_temp.later(t, 10 + 150 * z, hours) END;
      EXIT WHEN t > stop;
      IF NOT sent OR (c.r[44] < .06 AND u <> 4 AND NOT reopened) THEN
        s := pg_temp.step(s, c.dispatcher[o]::text, 'reassign', t, '改派主管部门处置');
      ELSE
        s := pg_temp.step(s, c.handler[u]::text, 'restart', t);
      END IF;
      finish := NULL;
    WHEN 'pending_close' THEN
      t := pg_temp.later(t, CASE WHEN z < .96 THEN 10 + 150 * z ELSE 500 + 100 * z END, hours);
      EXIT WHEN t > stop;
      s := pg_temp.step(s, c.acceptor[o]::text, 'close', t, NULL, jsonb_build_object('close_condition', (ARRAY['问题已解决', '已答复', '已调解', '已整改'])[1 + floor(z * 4)::int]));
    WHEN 'closed', 'evaluated' THEN
      IF late AND NOT appealed AND NOT reopened AND c.r[45] < .2 THEN
        appealed := true;
        t := pg_temp.later(t, 100 + 300 * z, hours);
        EXIT WHEN t > stop;
        s := pg_temp.step(s, c.handler[u]::text, 'appeal', t, '因连续降雨无法施工,申请超时豁免');
        t := pg_temp.later(t, 120, hours);
        EXIT WHEN t > stop;
        s := pg_temp.step(s, c.dispatcher[o]::text, 'endorse_appeal', t);
        t := pg_temp.later(t, 200, hours);
        EXIT WHEN t > stop;
        IF c.r[45] < .12 THEN
          s := pg_temp.step(s, c.acceptor[o]::text, 'grant_appeal', t);
        ELSE
          s := pg_temp.step(s, c.acceptor[o]::text, 'reject_appeal', t, '理由不成立');
        END IF;
      ELSIF s.state = 'closed' AND (c.first OR c.r[46] < CASE WHEN last = 'self_handle' THEN .25 ELSE .85 END) THEN
        t := pg_temp.later(t, 60 + 900 * z, hours);
        EXIT WHEN t > stop;
        last := CASE WHEN reopened THEN '满意' WHEN c.r[47] < .74 THEN '满意' WHEN c.r[47] < .87 THEN '基本满意' WHEN c.r[47] < .95 OR c.first THEN '不满意' ELSE '未接通' END;
        s := pg_temp.step(s, CASE WHEN c.citizen IS NOT NULL AND c.r[46] < .3 THEN c.citizen ELSE c.caller[o]::text END, 'evaluate', t, NULL, jsonb_build_object('satisfaction', last));
        CONTINUE;
      ELSIF s.state = 'evaluated' AND last = '不满意' AND NOT reopened AND c.r[48] < .5 THEN
        reopened := true;
        t := pg_temp.later(t, 30 + 400 * z, hours);
        EXIT WHEN t > stop;
        s := pg_temp.step(s, c.caller[o]::text, 'reopen', t, '回访不满意,重新办理');
        finish := NULL;
      ELSE
        EXIT;
      END IF;
    ELSE
      EXIT;
    END CASE;
  END LOOP;
END
$$;

-- A month of it; what is said is what happened.
CREATE FUNCTION pg_temp.live_month(month date) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  hours grid_gov.work_calendar := (SELECT c.hours FROM gov.calendar c WHERE c.area = '3716' AND c.name = 'default');
  stop timestamptz := least(timestamptz '2026-07-01 00:00+08', date_trunc('minute', clock_timestamp()));
  began timestamptz := clock_timestamp();
  c demo_case;
  n integer := 0;
BEGIN
  FOR c IN SELECT * FROM demo_case d WHERE d.twin_of IS NULL AND d.at >= month::timestamptz AND d.at < (month + interval '1 month')::timestamptz AND d.at < stop ORDER BY d.at, d.n LOOP
    PERFORM pg_temp.live(c, hours, stop);
    n := n + 1;
  END LOOP;
  RETURN format('  %s  %s reports, %s steps, %s s', to_char(month, 'YYYY-MM'), n, (SELECT sum(e.seq) FROM gov.event e WHERE e.reported_at >= month::timestamptz AND e.reported_at < (month + interval '1 month')::timestamptz), round(extract(epoch FROM clock_timestamp() - began), 1));
END
$$;
-- Twins whose other half never got far enough to take them in.
CREATE FUNCTION pg_temp.live_rest(mine integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  hours grid_gov.work_calendar := (SELECT c.hours FROM gov.calendar c WHERE c.area = '3716' AND c.name = 'default');
  stop timestamptz := least(timestamptz '2026-07-01 00:00+08', date_trunc('minute', clock_timestamp()));
  c demo_case;
  n integer := 0;
BEGIN
  FOR c IN SELECT * FROM demo_case d WHERE d.part = mine AND d.at < stop AND NOT EXISTS (SELECT FROM demo_done x WHERE x.n = d.n) ORDER BY d.at, d.n LOOP
    PERFORM pg_temp.live(c, hours, stop);
    n := n + 1;
  END LOOP;
  RETURN format('  and %s left over', n);
END
$$;

RESET ROLE;
SET SESSION AUTHORIZATION demo_loader;
\pset tuples_only on
\pset format unaligned
SELECT format('SELECT pg_temp.live_month(%L)', m::date) FROM generate_series(timestamp '2025-07-01', '2026-06-01', '1 month') AS m
 WHERE (extract(month FROM m)::int + extract(year FROM m)::int) % :parts = :part \gexec
SELECT pg_temp.live_rest(:part);
\pset tuples_only off
\pset format aligned
RESET grid_gov.actor;
RESET SESSION AUTHORIZATION;
\set QUIET :life_quiet
