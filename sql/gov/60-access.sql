-- Row security: who sees which events. A role sees what lies in the areas that gov.access gives to it or to a role that it is
-- a member of; the owner of gov sees all. sees_area() keeps the role's areas in memory, so that a policy costs a comparison a row
-- and nothing a statement. Tables without an area ask sees_event(): it is for looking up one case, not for scans.

--- policy gov.event.see
ALTER TABLE gov.event ENABLE ROW LEVEL SECURITY;
CREATE POLICY grid_gov_see ON gov.event FOR SELECT USING (grid_gov.sees_area(area));
COMMENT ON POLICY grid_gov_see ON gov.event IS '只见授权区域内的事件(gov.access)';

--- policy gov.event.report
CREATE POLICY grid_gov_report ON gov.event FOR INSERT WITH CHECK (grid_gov.sees_area(area, 'backend'));
COMMENT ON POLICY grid_gov_report ON gov.event IS '后端身份只能在授权区域内上报';

--- policy gov.event.step
CREATE POLICY grid_gov_step ON gov.event FOR UPDATE USING (grid_gov.sees_area(area, 'backend'));
COMMENT ON POLICY grid_gov_step ON gov.event IS '后端身份只能推进授权区域内的事件';

--- policy gov.event_task.see
ALTER TABLE gov.event_task ENABLE ROW LEVEL SECURITY;
CREATE POLICY grid_gov_see ON gov.event_task FOR SELECT USING (grid_gov.sees_area(area));
COMMENT ON POLICY grid_gov_see ON gov.event_task IS '只见授权区域内的任务(交办时事件所在区域)';

--- policy gov.event_log.see
ALTER TABLE gov.event_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY grid_gov_see ON gov.event_log FOR SELECT USING (grid_gov.sees_area(area));
COMMENT ON POLICY grid_gov_see ON gov.event_log IS '只见授权区域内的台账(该步时事件所在区域)';

--- policy gov.event_note.see
ALTER TABLE gov.event_note ENABLE ROW LEVEL SECURITY;
CREATE POLICY grid_gov_see ON gov.event_note FOR SELECT USING (
  grid_gov.sees_area((SELECT m.value FROM gov.meta m WHERE m.kind = 'setting' AND m.name = 'root'))
  OR grid_gov.sees_event(event_id));
COMMENT ON POLICY grid_gov_see ON gov.event_note IS '只见可见事件的理由与参数';

--- policy gov.own_log.see
ALTER TABLE gov.own_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY grid_gov_see ON gov.own_log FOR SELECT USING (grid_gov.sees_area(area));
COMMENT ON POLICY grid_gov_see ON gov.own_log IS '只见授权区域内的台账(该步时行所在区域)';

--- policy gov.event_private.see
ALTER TABLE gov.event_private ENABLE ROW LEVEL SECURITY;
CREATE POLICY grid_gov_see ON gov.event_private FOR SELECT USING (
  grid_gov.sees_area((SELECT m.value FROM gov.meta m WHERE m.kind = 'setting' AND m.name = 'root'), 'private')
  OR grid_gov.sees_event(event_id, 'private'));
COMMENT ON POLICY grid_gov_see ON gov.event_private IS '诉求人信息:只有 private 身份可见,且限于其区域';

--- policy gov.labelled_report.see
ALTER TABLE gov.labelled_report ENABLE ROW LEVEL SECURITY;
CREATE POLICY grid_gov_see ON gov.labelled_report FOR SELECT USING (
  grid_gov.sees_area((SELECT m.value FROM gov.meta m WHERE m.kind = 'setting' AND m.name = 'root'))
  OR grid_gov.sees_event(event_id));
COMMENT ON POLICY grid_gov_see ON gov.labelled_report IS '更正样本含诉求原文:只见可见事件的,不属于任何事件的只有全市可见';

--- policy gov.labelled_report.add
CREATE POLICY grid_gov_add ON gov.labelled_report FOR INSERT WITH CHECK (
  grid_gov.sees_area((SELECT m.value FROM gov.meta m WHERE m.kind = 'setting' AND m.name = 'root'), 'backend')
  OR grid_gov.sees_area((SELECT m.value FROM gov.meta m WHERE m.kind = 'setting' AND m.name = 'root'), 'dba')
  OR grid_gov.sees_event(event_id, 'backend') OR grid_gov.sees_event(event_id, 'dba'));
COMMENT ON POLICY grid_gov_add ON gov.labelled_report IS '后端与 dba 身份只能为授权区域内的事件添加样本,不属于任何事件的只有全市可添';

--- policy gov.labelled_report.change
CREATE POLICY grid_gov_change ON gov.labelled_report FOR UPDATE USING (
  grid_gov.sees_area((SELECT m.value FROM gov.meta m WHERE m.kind = 'setting' AND m.name = 'root'), 'dba')
  OR grid_gov.sees_event(event_id, 'dba'));
COMMENT ON POLICY grid_gov_change ON gov.labelled_report IS '只有 dba 身份在其区域内可改样本';

--- policy gov.labelled_report.drop
CREATE POLICY grid_gov_drop ON gov.labelled_report FOR DELETE USING (
  grid_gov.sees_area((SELECT m.value FROM gov.meta m WHERE m.kind = 'setting' AND m.name = 'root'), 'dba')
  OR grid_gov.sees_event(event_id, 'dba'));
COMMENT ON POLICY grid_gov_drop ON gov.labelled_report IS '只有 dba 身份在其区域内可删样本';

--- policy gov.request.see
ALTER TABLE gov.request ENABLE ROW LEVEL SECURITY;
CREATE POLICY grid_gov_see ON gov.request FOR SELECT USING (
  grid_gov.sees_area((SELECT m.value FROM gov.meta m WHERE m.kind = 'setting' AND m.name = 'root'))
  OR grid_gov.sees_event(event_id));
COMMENT ON POLICY grid_gov_see ON gov.request IS '只见可见事件的申请';

--- policy gov.alert.see
ALTER TABLE gov.alert ENABLE ROW LEVEL SECURITY;
CREATE POLICY grid_gov_see ON gov.alert FOR SELECT USING (grid_gov.sees_area(area));
COMMENT ON POLICY grid_gov_see ON gov.alert IS '只见授权区域内的预警';

--- policy gov.alert.mark_seen
CREATE POLICY grid_gov_mark_seen ON gov.alert FOR UPDATE USING (grid_gov.sees_area(area, 'backend'));
COMMENT ON POLICY grid_gov_mark_seen ON gov.alert IS '后端身份可标记已阅';
