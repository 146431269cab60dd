-- Row security: who sees which events. A role sees what lies in the areas that gov.access gives to it or to a role that it is
-- a member of; the owner of gov sees all. A code begins with the code of what contains it, so ^@ (begins with) is "lies in".
-- Both subqueries are uncorrelated: they are worked out once a statement, and who may see the whole city pays nothing a row.
-- Tables without an area ask sees_event(): it is for looking up one case, not for scans (a correlated subquery here would make
-- every scan look so expensive that the JIT compiler starts).

--- policy gov.event.see
ALTER TABLE gov.event ENABLE ROW LEVEL SECURITY;
CREATE POLICY grid_gov_see ON gov.event FOR SELECT USING (
  EXISTS (SELECT FROM gov.access a JOIN pg_catalog.pg_roles r ON r.rolname = a.role
    JOIN gov.meta m ON m.kind = 'setting' AND m.name = 'root' AND m.value COLLATE "C" ^@ a.area WHERE pg_has_role(r.oid, 'MEMBER'))
  OR area ^@ ANY (ARRAY(SELECT a.area FROM gov.access a JOIN pg_catalog.pg_roles r ON r.rolname = a.role WHERE pg_has_role(r.oid, 'MEMBER'))));
COMMENT ON POLICY grid_gov_see ON gov.event IS '只见授权区域内的事件(gov.access)';

--- policy gov.event.report
CREATE POLICY grid_gov_report ON gov.event FOR INSERT WITH CHECK (
  EXISTS (SELECT FROM gov.access a JOIN pg_catalog.pg_roles r ON r.rolname = a.role
    JOIN gov.meta m ON m.kind = 'setting' AND m.name = 'root' AND m.value COLLATE "C" ^@ a.area WHERE a.persona = 'backend' AND pg_has_role(r.oid, 'MEMBER'))
  OR area ^@ ANY (ARRAY(SELECT a.area FROM gov.access a JOIN pg_catalog.pg_roles r ON r.rolname = a.role WHERE a.persona = 'backend' AND pg_has_role(r.oid, 'MEMBER'))));
COMMENT ON POLICY grid_gov_report ON gov.event IS '后端身份只能在授权区域内上报';

--- policy gov.event.step
CREATE POLICY grid_gov_step ON gov.event FOR UPDATE USING (
  EXISTS (SELECT FROM gov.access a JOIN pg_catalog.pg_roles r ON r.rolname = a.role
    JOIN gov.meta m ON m.kind = 'setting' AND m.name = 'root' AND m.value COLLATE "C" ^@ a.area WHERE a.persona = 'backend' AND pg_has_role(r.oid, 'MEMBER'))
  OR area ^@ ANY (ARRAY(SELECT a.area FROM gov.access a JOIN pg_catalog.pg_roles r ON r.rolname = a.role WHERE a.persona = 'backend' AND pg_has_role(r.oid, 'MEMBER'))));
COMMENT ON POLICY grid_gov_step ON gov.event IS '后端身份只能推进授权区域内的事件';

--- policy gov.event_task.see
ALTER TABLE gov.event_task ENABLE ROW LEVEL SECURITY;
CREATE POLICY grid_gov_see ON gov.event_task FOR SELECT USING (
  EXISTS (SELECT FROM gov.access a JOIN pg_catalog.pg_roles r ON r.rolname = a.role
    JOIN gov.meta m ON m.kind = 'setting' AND m.name = 'root' AND m.value COLLATE "C" ^@ a.area WHERE pg_has_role(r.oid, 'MEMBER'))
  OR area ^@ ANY (ARRAY(SELECT a.area FROM gov.access a JOIN pg_catalog.pg_roles r ON r.rolname = a.role WHERE pg_has_role(r.oid, 'MEMBER'))));
COMMENT ON POLICY grid_gov_see ON gov.event_task IS '只见授权区域内的任务(交办时事件所在区域)';

--- policy gov.event_log.see
ALTER TABLE gov.event_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY grid_gov_see ON gov.event_log FOR SELECT USING (
  EXISTS (SELECT FROM gov.access a JOIN pg_catalog.pg_roles r ON r.rolname = a.role
    JOIN gov.meta m ON m.kind = 'setting' AND m.name = 'root' AND m.value COLLATE "C" ^@ a.area WHERE pg_has_role(r.oid, 'MEMBER'))
  OR area ^@ ANY (ARRAY(SELECT a.area FROM gov.access a JOIN pg_catalog.pg_roles r ON r.rolname = a.role WHERE pg_has_role(r.oid, 'MEMBER'))));
COMMENT ON POLICY grid_gov_see ON gov.event_log IS '只见授权区域内的台账(该步时事件所在区域)';

--- policy gov.event_note.see
ALTER TABLE gov.event_note ENABLE ROW LEVEL SECURITY;
CREATE POLICY grid_gov_see ON gov.event_note FOR SELECT USING (
  EXISTS (SELECT FROM gov.access a JOIN pg_catalog.pg_roles r ON r.rolname = a.role
    JOIN gov.meta m ON m.kind = 'setting' AND m.name = 'root' AND m.value COLLATE "C" ^@ a.area WHERE pg_has_role(r.oid, 'MEMBER'))
  OR grid_gov.sees_event(event_id));
COMMENT ON POLICY grid_gov_see ON gov.event_note IS '只见可见事件的理由与参数';

--- policy gov.event_private.see
ALTER TABLE gov.event_private ENABLE ROW LEVEL SECURITY;
CREATE POLICY grid_gov_see ON gov.event_private FOR SELECT USING (
  EXISTS (SELECT FROM gov.access a JOIN pg_catalog.pg_roles r ON r.rolname = a.role
    JOIN gov.meta m ON m.kind = 'setting' AND m.name = 'root' AND m.value COLLATE "C" ^@ a.area WHERE a.persona = 'private' AND pg_has_role(r.oid, 'MEMBER'))
  OR grid_gov.sees_event(event_id, 'private'));
COMMENT ON POLICY grid_gov_see ON gov.event_private IS '诉求人信息:只有 private 身份可见,且限于其区域';

--- policy gov.request.see
ALTER TABLE gov.request ENABLE ROW LEVEL SECURITY;
CREATE POLICY grid_gov_see ON gov.request FOR SELECT USING (
  EXISTS (SELECT FROM gov.access a JOIN pg_catalog.pg_roles r ON r.rolname = a.role
    JOIN gov.meta m ON m.kind = 'setting' AND m.name = 'root' AND m.value COLLATE "C" ^@ a.area WHERE pg_has_role(r.oid, 'MEMBER'))
  OR grid_gov.sees_event(event_id));
COMMENT ON POLICY grid_gov_see ON gov.request IS '只见可见事件的申请';

--- policy gov.alert.see
ALTER TABLE gov.alert ENABLE ROW LEVEL SECURITY;
CREATE POLICY grid_gov_see ON gov.alert FOR SELECT USING (
  EXISTS (SELECT FROM gov.access a JOIN pg_catalog.pg_roles r ON r.rolname = a.role
    JOIN gov.meta m ON m.kind = 'setting' AND m.name = 'root' AND m.value COLLATE "C" ^@ a.area WHERE pg_has_role(r.oid, 'MEMBER'))
  OR area ^@ ANY (ARRAY(SELECT a.area FROM gov.access a JOIN pg_catalog.pg_roles r ON r.rolname = a.role WHERE pg_has_role(r.oid, 'MEMBER'))));
COMMENT ON POLICY grid_gov_see ON gov.alert IS '只见授权区域内的预警';

--- policy gov.alert.mark_seen
CREATE POLICY grid_gov_mark_seen ON gov.alert FOR UPDATE USING (
  EXISTS (SELECT FROM gov.access a JOIN pg_catalog.pg_roles r ON r.rolname = a.role
    JOIN gov.meta m ON m.kind = 'setting' AND m.name = 'root' AND m.value COLLATE "C" ^@ a.area WHERE a.persona = 'backend' AND pg_has_role(r.oid, 'MEMBER'))
  OR area ^@ ANY (ARRAY(SELECT a.area FROM gov.access a JOIN pg_catalog.pg_roles r ON r.rolname = a.role WHERE a.persona = 'backend' AND pg_has_role(r.oid, 'MEMBER'))));
COMMENT ON POLICY grid_gov_mark_seen ON gov.alert IS '后端身份可标记已阅';
