-- city
-- report_batch() takes many reports with few statements: the same events, refusals and arrivals as one report at a time.
SET client_min_messages = warning;
SET datestyle = 'ISO, YMD';
CREATE TEMP TABLE given AS
  SELECT ord::int, CASE
      WHEN ord % 97 = 0 THEN jsonb_build_object('body', text, 'lon', 100 + ord % 7, 'lat', 30)                  -- outside the city
      WHEN ord % 89 = 0 THEN jsonb_build_object('body', text, 'item', '9999')
      WHEN ord % 83 = 0 THEN jsonb_build_object('body', text, 'lon', '118.0o5', 'lat', 37.4)
      WHEN ord % 79 = 0 THEN jsonb_build_object('body', text, 'lat', 37.4)
      WHEN ord % 73 = 0 THEN jsonb_build_object('text', text)
      WHEN ord % 71 = 0 THEN jsonb_build_object('body', '', 'source', '110')
      WHEN ord % 67 = 0 THEN jsonb_build_object('body', text, 'source', 'telegram')
      WHEN ord % 61 = 0 THEN jsonb_build_object('body', text, 'area', '3702')
      WHEN ord % 59 = 0 THEN jsonb_build_object('body', text, 'urgent', 'maybe')
      WHEN ord % 53 = 0 THEN jsonb_build_object('body', text, 'args', '看附件')
      WHEN ord % 47 = 0 THEN jsonb_build_object('body', text, 'lon', 118.005, 'lat', 37.405, 'frame', 'mars')
      WHEN ord % 43 = 0 THEN to_jsonb(text)
      ELSE jsonb_strip_nulls(jsonb_build_object('body', text, 'source', CASE ord % 3 WHEN 0 THEN '12345' WHEN 1 THEN 'app' END,
        'external_id', CASE WHEN ord % 3 < 2 THEN 'N' || CASE WHEN ord < 260 THEN ord % 201 ELSE ord % 399 END END,   -- some come twice
        'lon', CASE WHEN ord % 2 = 0 THEN 118.0001 + ord % 190 / 10000.0 END, 'lat', CASE WHEN ord % 2 = 0 THEN 37.4001 + ord % 90 / 10000.0 END,
        'frame', CASE WHEN ord % 5 = 0 THEN 'gcj02' END, 'area', CASE WHEN ord % 7 = 0 THEN '371602' END, 'item', CASE WHEN ord % 11 = 0 THEN '0101' END,
        'urgent', CASE WHEN ord % 13 = 0 THEN ord % 2 = 0 END, 'phone', CASE WHEN ord % 17 = 0 THEN '0543-3' || ord END, 'address', CASE WHEN ord % 34 = 0 THEN '某路' || ord || '号' END,
        'args', CASE WHEN ord % 19 = 0 THEN jsonb_build_object('photos', ord) END)) END AS item
  FROM (SELECT row_number() OVER (ORDER BY md5(text)) AS ord, text FROM grid_gov.ref_report) r WHERE ord <= 700;
GRANT SELECT ON given TO bridge;

-- In bulk, as a bridge for a citizen; then one at a time with other numbers. 260 went in before each of them.
CREATE FUNCTION pg_temp.marked(item jsonb, mark text) RETURNS jsonb LANGUAGE sql AS
  $$ SELECT CASE WHEN item ? 'external_id' THEN item || jsonb_build_object('external_id', mark || (item ->> 'external_id')) ELSE item END $$;
CREATE TEMP TABLE answered (way text, ord int, event bigint, code text, problem text);
GRANT ALL ON answered TO bridge;
SET SESSION AUTHORIZATION bridge;
SET grid_gov.actor = 'reporter:K9';
SELECT count(*) AS before FROM grid_gov.report_batch((SELECT jsonb_agg(pg_temp.marked(item, 'A') ORDER BY ord) FROM given WHERE ord <= 260)) WHERE event IS NOT NULL;
SELECT count(*) AS before FROM (SELECT (grid_gov.report_batch(jsonb_build_array(pg_temp.marked(item, 'B')))).event FROM given WHERE ord <= 260 ORDER BY ord) x WHERE event IS NOT NULL;
INSERT INTO answered SELECT 'bulk', r.* FROM grid_gov.report_batch((SELECT jsonb_agg(pg_temp.marked(item, 'A') ORDER BY ord) FROM given)) r;
INSERT INTO answered SELECT 'single', g.ord, r.event, r.code, r.problem FROM given g, LATERAL grid_gov.report_batch(jsonb_build_array(pg_temp.marked(g.item, 'B'))) r ORDER BY g.ord;
RESET SESSION AUTHORIZATION;
RESET grid_gov.actor;

-- Every kind of refusal, once
SELECT DISTINCT ON (code, regexp_replace(problem, '[0-9]+', 'N', 'g')) code, problem FROM answered WHERE way = 'bulk' AND code IS NOT NULL ORDER BY code, regexp_replace(problem, '[0-9]+', 'N', 'g'), ord;
SELECT count(*) AS items, count(event) AS taken, count(code) AS refused FROM answered WHERE way = 'bulk';
-- The same answers
SELECT a.ord, a.code, b.code, a.problem, b.problem FROM answered a JOIN answered b USING (ord)
  WHERE a.way = 'bulk' AND b.way = 'single' AND ((a.code, a.problem) IS DISTINCT FROM (b.code, b.problem) OR (a.event IS NULL) <> (b.event IS NULL)) ORDER BY 1;
-- The same events: what differs is number, case number, time, the source's number
CREATE FUNCTION pg_temp.facts(event bigint) RETURNS jsonb LANGUAGE sql AS $$
  SELECT to_jsonb(e) - '{id,case_no,reported_at,entered_at,last_at,head,external_id,stage_start,stage_due_at,stage_due_day,next_alert_at,next_auto_at}'::text[]
    || jsonb_build_object('number', substr(e.external_id, 2), 'private', (SELECT to_jsonb(p) - 'event_id' FROM gov.event_private p WHERE p.event_id = e.id),
      'times', (SELECT i.times FROM gov.intake i WHERE i.event_id = e.id), 'args', (SELECT n.args FROM gov.event_note n WHERE n.event_id = e.id),
      'log', (SELECT jsonb_agg(to_jsonb(l) - '{id,event_id,at,recorded_at,note_digest,facts_digest,hash,stage_due_at}'::text[]) FROM gov.event_log l WHERE l.event_id = e.id))
  FROM gov.event e WHERE e.id = event $$;
SELECT count(*) AS compared, count(*) FILTER (WHERE x.a IS DISTINCT FROM x.b) AS differ, count(DISTINCT a) > 300 AS they_vary
  FROM (SELECT pg_temp.facts(a.event) AS a, pg_temp.facts(b.event) AS b FROM answered a JOIN answered b USING (ord) WHERE a.way = 'bulk' AND b.way = 'single' AND a.event IS NOT NULL) x;
-- What came twice is the same event twice, whether its first arrival was in this batch or before
SELECT way, count(*) FILTER (WHERE n = 2) AS twice, count(*) FILTER (WHERE n > 2) AS more FROM (SELECT way, event, count(*) AS n FROM answered WHERE event IS NOT NULL GROUP BY 1, 2) x GROUP BY way ORDER BY way;
-- In the order of the items
SELECT bool_and(event > before) AS ordered FROM (SELECT event, lag(event) OVER (ORDER BY ord) AS before FROM answered a JOIN given g USING (ord) WHERE way = 'bulk' AND event IS NOT NULL AND NOT g.item ? 'external_id') x WHERE before IS NOT NULL;
SELECT * FROM grid_gov.verify_journal();

-- Nobody is told so at once
SET SESSION AUTHORIZATION outsider;
SELECT * FROM grid_gov.report_batch('[{"body": "路灯不亮"}]');
RESET SESSION AUTHORIZATION;
-- A trigger of the city's own that leaves rows out: the item says so, and no other is taken for it
CREATE FUNCTION public.leave_out() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN CASE WHEN NEW.body LIKE '%广告%' THEN NULL ELSE NEW END; END $$;
CREATE TRIGGER leave_out BEFORE INSERT ON gov.event FOR EACH ROW EXECUTE FUNCTION public.leave_out();
SET ROLE worker1;
SELECT r.ord, r.event IS NOT NULL AS taken, r.code, r.problem FROM grid_gov.report_batch('[{"body": "路灯不亮"}, {"body": "小广告"}, {"body": "井盖没了"}]') r ORDER BY 1;
SELECT body FROM gov.event ORDER BY id DESC LIMIT 2;
SELECT grid_gov.report('小广告');
RESET ROLE;
DROP TRIGGER leave_out ON gov.event;

-- An empty number is none, in report() as in report_batch(); a location without a frame and arguments that are no object are refused.
SET ROLE worker1;
SELECT grid_gov.report('河边垃圾', source => '12345', external_id => '') = grid_gov.report('井盖没了', source => '12345', external_id => '') AS same;
SELECT count(DISTINCT r.event) AS events FROM grid_gov.report_batch('[{"body": "河边垃圾", "source": "12345", "external_id": ""}, {"body": "井盖没了", "source": "12345", "external_id": ""}]') r;
RESET ROLE;
SELECT count(*) FROM gov.event WHERE external_id = '';
SELECT count(*) FROM gov.intake WHERE external_id = '';
SET ROLE worker1;
SELECT grid_gov.report('河边垃圾', ST_SetSRID(ST_MakePoint(118.005, 37.405), 4490), frame => NULL);
SELECT grid_gov.report('河边垃圾', frame => NULL) > 0 AS taken;
SELECT grid_gov.report('河边垃圾', args => '5');
SELECT grid_gov.report('河边垃圾', args => '[1, 2]');
SELECT r.ord, r.event IS NOT NULL AS taken, r.code, r.problem FROM grid_gov.report_batch('[
  {"body": [1]}, {"body": {"a": 1}}, {"body": []}, {"body": 7}, {"body": null}, {"body": "河边垃圾", "args": 5}, {"body": "河边垃圾", "args": [1, 2]}, {"body": "河边垃圾", "source": "12345", "external_id": ["1"]},
  {"body": "河边垃圾", "phone": 13800000000}, {"body": "河边垃圾", "lon": 118.005, "lat": 37.405, "frame": null}, {"body": "河边垃圾", "lon": 118.005, "lat": 37.405, "frame": ""}, {"body": "河边垃圾", "frame": null}]') r ORDER BY 1;
RESET ROLE;
