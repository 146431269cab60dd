-- A tour of the demo's city: nine stops, readable in 80 columns. Run by psql in the demo's database as a superuser or owner of gov.
\set tour_quiet :QUIET
\set QUIET on
SET client_min_messages = warning;
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';
\pset border 1
\pset footer off
\pset null '-'
\pset format aligned
\pset tuples_only off

-- Fold a text into lines of so many columns; a Han character is two wide.
CREATE FUNCTION pg_temp.fold(body text, width integer) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  line text := '';
  used integer := 0;
  piece text;
  w integer;
BEGIN
  -- words of Latin letters stay whole; a Han character with the mark that follows it is a piece
  FOR piece IN SELECT m[1] FROM regexp_matches(body, '([!-~]+\s*|\s+|[^!-~\s][,。、;:!?)”』」》]?)', 'g') AS m LOOP
    w := (SELECT sum(CASE WHEN ascii(c) > 11903 OR c IN ('“', '”', '…') THEN 2 ELSE 1 END) FROM regexp_split_to_table(piece, '') AS c);
    IF used + w > width AND used > 0 THEN
      RETURN NEXT rtrim(line);
      line := '';
      used := 0;
    END IF;
    line := line || piece;
    used := used + w;
  END LOOP;
  RETURN NEXT rtrim(line);
END
$$;
-- Try a statement as somebody, and say how it was refused.
CREATE FUNCTION pg_temp.refused(who text, statement text) RETURNS TABLE ("项" text, "内容" text) LANGUAGE plpgsql AS $$
DECLARE
  code text;
  message text;
  more text;
  hint text;
BEGIN
  PERFORM set_config('grid_gov.actor', who, true);
  EXECUTE statement;
  RAISE EXCEPTION 'the tour expected a refusal';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, more = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  IF code = 'P0001' THEN
    RAISE;
  END IF;
  RETURN QUERY
    SELECT CASE WHEN f.n = 1 THEN p.label ELSE '' END, f.line
      FROM (VALUES (1, 'SQLSTATE', code), (2, 'ERROR', message), (3, 'DETAIL', more), (4, 'HINT', hint)) AS p (i, label, body),
           LATERAL pg_temp.fold(p.body, 64) WITH ORDINALITY AS f (line, n)
     WHERE p.body <> '' ORDER BY p.i, f.n;
END
$$;

\echo
\echo '── 1. 一年两万件,六类 ───────────────────────────────────────────────────────'
SELECT category AS "类别", sum(report) AS "上报", sum(archive) AS "结案", sum(need_dispose) AS "应处置",
       round((100 * sum(in_time_dispose) / sum(need_dispose)::numeric), 1) AS "按时%", round(100 * sum(in_time_archive) / sum(archive_of_need)::numeric, 1) AS "按期结案%",
       round(100 * sum(satisfied) / sum(evaluated)::numeric, 1) AS "满意%"
  FROM gov.v_category_daily GROUP BY category ORDER BY sum(report) DESC;
SELECT count(*) AS "事件", count(*) FILTER (WHERE e.self_handled) AS "现场处置", count(*) FILTER (WHERE e.master_id IS NOT NULL) AS "并案", sum(e.return_count) AS "退单",
       sum(e.extension_count) AS "延期", sum(e.suspend_count) AS "挂账", sum(e.rework_count + e.reopen_count) AS "返工重办", count(*) FILTER (WHERE s.open) AS "在办",
       (SELECT count(*) FROM gov.event_log) AS "台账步数"
  FROM gov.event e JOIN gov.workflow_state s ON s.workflow = e.workflow AND s.state = e.state;

\echo
\echo '── 2. 一件事的来龙去脉:v_event_timeline ──────────────────────────────────────'
SELECT e.id AS event, e.body FROM gov.event e
 WHERE e.return_count = 1 AND e.extension_count = 1 AND e.rework_count + e.reopen_count > 0 AND e.state = 'evaluated' ORDER BY e.id LIMIT 1 \gset
SELECT f AS "诉求" FROM pg_temp.fold(:'body', 76) AS f;
SELECT to_char(t.at, 'MM-DD HH24:MI') AS "时间", t.action_name AS "动作", t.to_state_name AS "之后", t.actor_name AS "谁", t.role_name AS "角色", to_char(t.due_at - interval '1 microsecond', 'MM-DD') AS "截止日"
  FROM gov.v_event_timeline t WHERE t.event_id = :event ORDER BY t.seq;

\echo
\echo '── 3. 走不通的一步 ──────────────────────────────────────────────────────────'
SELECT e.id AS open_event, p.staff_id AS worker FROM gov.event e JOIN gov.post p ON p.role = 'grid_worker' AND p.area = e.grid
 WHERE e.state = 'handling' AND e.person IS NULL ORDER BY e.id LIMIT 1 \gset
\echo '网格员想替承办单位把在办的事件直接结案:'
\echo '  SET grid_gov.actor = ':worker';'
\echo '  SELECT grid_gov.act(':open_event', ''close'');'
SET SESSION AUTHORIZATION demo_loader;
SELECT * FROM pg_temp.refused(:'worker', format('SELECT grid_gov.act(%s, %L)', :open_event, 'close'));
\echo '他也不能替别人反馈:'
\echo '  SELECT grid_gov.act(':open_event', ''feedback'', ''已处理'');'
SELECT * FROM pg_temp.refused(:'worker', format('SELECT grid_gov.act(%s, %L, %L)', :open_event, 'feedback', '已处理'));
RESET SESSION AUTHORIZATION;

\echo
\echo '── 4. 跨国庆节的五个工作日 ──────────────────────────────────────────────────'
\echo '2025-09-28(星期日,调休上班)16:20 受理,限 5 个工作日:'
SELECT day AS "日期", label AS "说明", to_char(opens, 'HH24:MI') AS "开门", to_char(closes, 'HH24:MI') AS "下班", CASE WHEN extract(epoch FROM used) > 0 THEN extract(day FROM used)::int END AS "用去(天)", extract(day FROM remaining)::int AS "还剩(天)"
  FROM gov.calendar c, LATERAL grid_gov.explain_deadline('2025-09-28 16:20+08', '5工作日', c.hours) AS e WHERE c.area = '3716' AND c.name = 'default' ORDER BY day;
SELECT to_char(grid_gov.deadline('2025-09-28 16:20+08', '5工作日', c.hours), 'YYYY-MM-DD HH24:MI') AS "截止", to_char(timestamp '2025-09-28 16:20' + interval '5 days', 'YYYY-MM-DD HH24:MI') AS "只加五天(错)"
  FROM gov.calendar c WHERE c.area = '3716' AND c.name = 'default';

\echo
\echo '── 5. 为什么这样分类 ────────────────────────────────────────────────────────'
\set report '供热季都到了,家里暖气还是不热,室温只有十三度,老人孩子冻感冒了'
\echo :report
SELECT category AS "类别", round(probability::numeric, 3) AS "概率", round(margin::numeric, 3) AS "领先", CASE WHEN needs_review THEN '是' ELSE '否' END AS "需复核" FROM grid_gov.classify_detail(:'report');
SELECT evidence AS "原文中的词", category AS "支持", round(weight::numeric, 2) AS "分量" FROM grid_gov.explain_classification(:'report')
 WHERE category = grid_gov.classify(:'report') ORDER BY abs(weight) DESC, evidence LIMIT 6;
SELECT round(100 * avg((grid_gov.classify(e.body) = e.category)::int), 1) AS "两万件中与受理员所定类别一致%", round(100 * avg((e.category IS NOT NULL AND grid_gov.classify(e.body) = e.category)::int) FILTER (WHERE NOT d.needs_review), 1) AS "其中自信的%",
       count(*) FILTER (WHERE d.needs_review) AS "自认没把握"
  FROM gov.event e, LATERAL grid_gov.classify_detail(e.body) AS d;

\echo
\echo '── 6. 一名网格员的得分,逐项 ────────────────────────────────────────────────'
SELECT w.staff_id AS scored, w.name || '(' || w.area_name || ')' AS who FROM gov.v_worker_score w
 WHERE w.bonus > 0 AND num_nonnulls(w.i1, w.i2, w.i8, w.i12, w.i13) = 5 ORDER BY (w.i2 < 1)::int + (w.i5 > 0)::int + (w.deductions > 0)::int DESC, w.staff_id LIMIT 1 \gset
\echo :who 2026年第一季度
SELECT CASE WHEN f.n = 1 THEN x.code ELSE '' END AS "项", CASE WHEN f.n = 1 THEN x.name ELSE '' END AS "指标", CASE WHEN f.n = 1 THEN coalesce(round(x.value::numeric, 2)::text, '-') ELSE '' END AS "值",
       CASE WHEN f.n = 1 THEN coalesce(x.weight::text, '-') ELSE '' END AS "权重", CASE WHEN f.n = 1 THEN round(x.points::numeric, 2)::text ELSE '' END AS "得分", f.line AS "依据"
  FROM (SELECT e.code, split_part(e.name, '(', 1) AS name, e.value, e.weight, e.points, e.evidence, e.i FROM grid_gov.explain_score(:scored, '2026-01-01', '2026-04-01') WITH ORDINALITY AS e (code, name, numerator, denominator, value, weight, points, evidence, i)) AS x,
       pg_temp.fold(regexp_replace(x.evidence, '\([^()]*\)', '', 'g'), 30) WITH ORDINALITY AS f (line, n)
 WHERE x.points IS NOT NULL ORDER BY x.i, f.n;
SELECT count(*) AS "活跃网格员", count(*) FILTER (WHERE num_nonnulls(i1, i2, i3, i4, i5, i6, i7, i8, i9, i10, i11, i12, i13) = 13) AS "I1-I13齐全", round(avg(score)::numeric, 1) AS "平均分", round(min(score)::numeric, 1) AS "最低", round(max(score)::numeric, 1) AS "最高"
  FROM gov.v_worker_score w WHERE EXISTS (SELECT FROM gov.event e WHERE e.reporter = w.staff_id AND e.reported_at >= '2026-01-01' AND e.reported_at < '2026-04-01')
     OR EXISTS (SELECT FROM gov.event_task t WHERE t.person = w.staff_id AND t.kind = 'handle' AND t.assigned_at >= '2026-01-01' AND t.assigned_at < '2026-04-01');

\echo
\echo '── 7. 有问题的网格 ──────────────────────────────────────────────────────────'
SELECT kind_name AS "问题", count(*) AS "网格数" FROM gov.v_grid_problem GROUP BY kind_name ORDER BY count(*) DESC, kind_name;
SELECT coalesce(grid_name, grid) AS "网格", kind_name AS "问题", left(detail, 20) AS "说明" FROM gov.v_grid_problem WHERE length(grid) >= 15 ORDER BY md5(grid || kind), grid LIMIT 5;

\echo
\echo '── 8. 到期与预警 ────────────────────────────────────────────────────────────'
SELECT grid_gov.sweep() AS "本次新预警";
SELECT a.clock_name AS "时钟", a.colour AS "颜色", count(*) AS "件数" FROM gov.v_alert a WHERE a.open GROUP BY 1, 2 ORDER BY 1, 2;

\echo
\echo '── 9. 台账:没有人能悄悄改 ──────────────────────────────────────────────────'
SELECT count(*) AS "有问题的链", (SELECT count(*) FROM gov.event_log) AS "已核验步数" FROM grid_gov.verify_journal();
\echo '所有者改一行日志(随后回滚),再核验:'
BEGIN;
UPDATE gov.event_log SET at = at - interval '3 days' WHERE event_id = :event AND action = 'feedback';
SELECT event AS "事件", seq AS "步", f AS "问题" FROM grid_gov.verify_journal(), LATERAL pg_temp.fold(problem, 60) AS f;
ROLLBACK;

\echo
\echo '── 接下来 ───────────────────────────────────────────────────────────────────'
\echo '  KEEP=1 make demo           看完不关,进去看看'
\echo '  \\d+ gov.v_event            列说明都是中文;视图都叫 gov.v_…'
\echo '  SELECT * FROM grid_gov.allowed_actions(事件编号);'
\echo '  doc/README.md              文档目录:DBA、BI、后端各从哪里读起'
\echo
RESET client_min_messages;
\set QUIET :tour_quiet
