-- Why is an event due when it is: its story out of the journal, for who asks.

CREATE FUNCTION grid_gov.pause_text(pauses timestamptz[], allow grid_gov.time_limit, hours grid_gov.work_calendar) RETURNS text
  LANGUAGE c IMMUTABLE PARALLEL SAFE
  AS 'MODULE_PATHNAME', 'gg_pause_text';
COMMENT ON FUNCTION grid_gov.pause_text(timestamptz[], grid_gov.time_limit, grid_gov.work_calendar) IS '内部:若干次暂停(起、止、起、止……)按时限自身的单位合计,写成中文';

CREATE FUNCTION grid_gov.explain_event_deadline(event bigint)
  RETURNS TABLE (ord integer, at timestamptz, what text, detail text, due_at timestamptz)
  LANGUAGE plpgsql STABLE STRICT
  SET search_path = pg_catalog, pg_temp
AS $f$
DECLARE
  e record;
  l record;
  hours grid_gov.work_calendar;
  allow grid_gov.time_limit;
  was timestamptz;              -- the deadline before the step
  since timestamptz;            -- the clock is paused or stopped since then
  because text;                 -- by which step
  stopped boolean := false;
  unit text;                    -- for whom the clock runs
  pauses timestamptz[] := '{}'; -- of the present clock
  kinds text[] := '{}';         -- and by which steps
  extensions integer := 0;
  reworks integer := 0;
  parts text[];
BEGIN
  SELECT x.*, m.name AS unit_name INTO e FROM gov.event x LEFT JOIN gov.department m ON m.code = x.unit WHERE x.id = explain_event_deadline.event;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'WG002', MESSAGE = format('event %s does not exist or is not yours to see', event);
  END IF;
  ord := 0;
  FOR l IN
    SELECT g.seq, g.at, g.action, g.unit, g.due_at, COALESCE(t.label, g.action) AS label, '|' || COALESCE(t.effects, '') || '|' AS effects, d.name AS unit_name, k.allow::grid_gov.time_limit AS allow
    FROM gov.event_log g
    LEFT JOIN LATERAL (
      -- the step's row; where the workflow has changed since, one of its name
      SELECT y.label, y.effects FROM gov.workflow_transition y LEFT JOIN gov.workflow_state s ON s.workflow = y.workflow AND s.state = g.from_state
      WHERE y.workflow = e.workflow AND y.action = g.action
      ORDER BY (CASE y.from_states WHEN '(new)' THEN g.from_state IS NULL WHEN '(open)' THEN s.open ELSE g.from_state = ANY (string_to_array(y.from_states, '|')) END) DESC NULLS LAST, y.id LIMIT 1) t ON true
    LEFT JOIN gov.department d ON d.code = g.unit
    LEFT JOIN gov.event_task k ON k.event_id = g.event_id AND k.opened_seq = g.seq AND k.kind = 'handle'
    WHERE g.event_id = event
    ORDER BY g.seq
  LOOP
    at := l.at;
    due_at := l.due_at;
    what := l.label;
    detail := NULL;
    allow := COALESCE(l.allow, allow, e.handling_allow::grid_gov.time_limit);
    IF hours IS NULL THEN
      -- where the event names none, the clock goes by the default one of its area
      SELECT c.hours INTO hours FROM gov.calendar c WHERE c.id = e.handling_calendar OR c.name = 'default' AND starts_with(e.area, c.area)
       ORDER BY c.id = e.handling_calendar DESC NULLS LAST, length(c.area) DESC LIMIT 1;
    END IF;

    IF l.effects LIKE '%|restart_or_resume_clock:%' AND (since IS NULL OR unit IS DISTINCT FROM l.unit) OR l.effects LIKE '%|start_clock:%' THEN
      IF l.effects LIKE '%|start_clock:%' THEN
        reworks := reworks + 1;
        detail := format('重新计时,限时为 %s 的 %s(取整)', grid_gov.time_limit_zh(allow), COALESCE(substring(l.effects FROM 'start_clock:\w+:(\d+%)'), '100%'));
      ELSIF l.due_at IS NULL THEN
        detail := format('派给%s,没有限时', COALESCE(l.unit_name, l.unit));
      ELSE
        detail := format(CASE WHEN since IS NULL THEN '派给%s,限时 %s' ELSE '改派%s,重新计时,限时 %s' END, COALESCE(l.unit_name, l.unit), grid_gov.time_limit_zh(allow));
      END IF;
      since := NULL;
      stopped := false;
      unit := l.unit;
      pauses := '{}';
      kinds := '{}';
      extensions := 0;
    ELSIF l.effects ~ '\|(restart_or_resume_clock:\w+|resume_clock:\w+|resume_clocks)\|' AND since IS NOT NULL THEN
      detail := CASE WHEN l.effects LIKE '%|restart_or_resume_clock:%' THEN format('仍由%s办理,', COALESCE(l.unit_name, l.unit)) ELSE '' END
        || CASE WHEN since >= was THEN '接着计时;此前已到截止时刻,暂停不顺延'
          ELSE format('接着计时;%s期间 %s 不计', because, grid_gov.pause_text(ARRAY[since, l.at], allow, hours)) END;
      IF since < was THEN
        pauses := pauses || since || l.at;
        kinds := kinds || because;
      END IF;
      since := NULL;
      stopped := false;
    ELSIF l.effects ~ '\|(pause_clock:\w+|pause_clocks)\|' AND since IS NULL AND was IS NOT NULL THEN
      detail := '暂停计时' || CASE WHEN l.at > was THEN ',此时已超过截止时刻' ELSE '' END;
      since := l.at;
      because := regexp_replace(l.label, '^批准', '');
    ELSIF l.effects ~ '\|(stop_clock:\w+|stop_clocks)\|' AND was IS NOT NULL AND NOT stopped THEN
      detail := '停止计时,' || CASE WHEN COALESCE(since, l.at) <= was THEN '未超时' ELSE '已超时' END;
      because := CASE WHEN since IS NULL THEN l.label ELSE because END;
      since := COALESCE(since, l.at);
      stopped := true;
    ELSIF l.effects LIKE '%|extend_clock:%' THEN
      extensions := extensions + 1;
      detail := format('第 %s 次延期,再加 %s,从起算时刻重算', extensions, grid_gov.time_limit_zh(allow));
    ELSIF l.due_at IS DISTINCT FROM was THEN
      IF l.effects LIKE '%|set_limits|%' THEN
        -- the new limit is the event's own, unless it was corrected again
        allow := e.handling_allow::grid_gov.time_limit;
        detail := format('限时改为 %s,从起算时刻重算,各次暂停照扣', grid_gov.time_limit_zh(allow));
      ELSIF l.action = 'reproject' THEN
        what := '日历变动';
        detail := format('截止时刻由 %s 改为 %s', to_char(was, 'YYYY-MM-DD HH24:MI'), to_char(l.due_at, 'YYYY-MM-DD HH24:MI'));
      ELSE
        detail := '截止时刻有变';
      END IF;
    END IF;
    IF detail IS NOT NULL THEN
      ord := ord + 1;
      RETURN NEXT;
    END IF;
    was := l.due_at;
  END LOOP;

  -- how it stands
  ord := ord + 1;
  at := NULL;
  what := '现在';
  due_at := e.due_at;
  IF e.due_at IS NULL THEN
    detail := '未计时';
  ELSE
    allow := e.handling_allow::grid_gov.time_limit;
    SELECT array_agg(format('%s %s', x.kind, grid_gov.pause_text(x.spans, allow, hours)) ORDER BY x.first) INTO parts
      FROM (SELECT k.kind, min(k.n) AS first, array_agg(v.t ORDER BY k.n, v.t) AS spans FROM unnest(kinds) WITH ORDINALITY k (kind, n), LATERAL (VALUES (pauses[2 * k.n - 1]), (pauses[2 * k.n])) v (t) GROUP BY k.kind) x;
    parts := parts || CASE WHEN extensions > 0 THEN ARRAY[format('延期 %s 次', extensions)] END || CASE WHEN reworks > 0 THEN ARRAY[format('返工 %s 次', reworks)] END;
    detail := concat_ws(';',
      CASE WHEN stopped THEN '已停止计时' WHEN since IS NOT NULL THEN '暂停计时中,恢复后顺延' ELSE format('截止 %s', to_char(e.due_at, 'YYYY-MM-DD HH24:MI')) END,
      NULLIF(array_to_string(parts, ','), ''),
      CASE WHEN e.due_provisional AND NOT stopped THEN '暂定:该年节假日尚未装入,装入后自动重算' END,
      CASE WHEN e.timeout_exempt THEN '超时已豁免' END);
  END IF;
  RETURN NEXT;
END
$f$;
COMMENT ON FUNCTION grid_gov.explain_event_deadline(bigint) IS '截止时刻的由来:由台账逐步说明派遣、暂停、延期、退回、返工、更正与日历变动,最后一行是现在的截止时刻';
