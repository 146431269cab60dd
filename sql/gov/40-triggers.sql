-- Triggers: the guard and the journal on events, append-only tables, announcements of changed rules.

--- trigger gov.event.zz_grid_gov_guard
CREATE TRIGGER zz_grid_gov_guard BEFORE INSERT OR UPDATE OR DELETE ON gov.event FOR EACH ROW EXECUTE FUNCTION grid_gov.guard_event();
COMMENT ON TRIGGER zz_grid_gov_guard ON gov.event IS '流程守卫:唯一会拒绝的地方;名称须排在最后';

--- trigger gov.event.zz_grid_gov_journal
CREATE TRIGGER zz_grid_gov_journal AFTER INSERT OR UPDATE ON gov.event FOR EACH ROW EXECUTE FUNCTION grid_gov.journal_event();
COMMENT ON TRIGGER zz_grid_gov_journal ON gov.event IS '台账:写链式日志、任务与对其他事件的影响';

--- trigger gov.event.zz_grid_gov_truncate
CREATE TRIGGER zz_grid_gov_truncate BEFORE TRUNCATE ON gov.event FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.guard_truncate();
COMMENT ON TRIGGER zz_grid_gov_truncate ON gov.event IS '事件不可清空';

--- trigger gov.event_log.zz_grid_gov_append_only
CREATE TRIGGER zz_grid_gov_append_only BEFORE UPDATE OR DELETE ON gov.event_log FOR EACH ROW EXECUTE FUNCTION grid_gov.append_only();
CREATE TRIGGER zz_grid_gov_no_truncate BEFORE TRUNCATE ON gov.event_log FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.append_only();
COMMENT ON TRIGGER zz_grid_gov_append_only ON gov.event_log IS '台账只可追加';
COMMENT ON TRIGGER zz_grid_gov_no_truncate ON gov.event_log IS '台账不可清空';

--- trigger gov.event_note.zz_grid_gov_append_only
CREATE TRIGGER zz_grid_gov_append_only BEFORE UPDATE OR DELETE ON gov.event_note FOR EACH ROW EXECUTE FUNCTION grid_gov.append_only();
CREATE TRIGGER zz_grid_gov_no_truncate BEFORE TRUNCATE ON gov.event_note FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.append_only();
COMMENT ON TRIGGER zz_grid_gov_append_only ON gov.event_note IS '理由与参数只可追加,脱敏用 grid_gov.redact()';
COMMENT ON TRIGGER zz_grid_gov_no_truncate ON gov.event_note IS '理由与参数不可清空';

--- trigger gov.own_log.zz_grid_gov_append_only
CREATE TRIGGER zz_grid_gov_append_only BEFORE UPDATE OR DELETE ON gov.own_log FOR EACH ROW EXECUTE FUNCTION grid_gov.append_only();
CREATE TRIGGER zz_grid_gov_no_truncate BEFORE TRUNCATE ON gov.own_log FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.append_only();
COMMENT ON TRIGGER zz_grid_gov_append_only ON gov.own_log IS '台账只可追加';
COMMENT ON TRIGGER zz_grid_gov_no_truncate ON gov.own_log IS '台账不可清空';

--- trigger gov.workflow.zz_grid_gov_announce
CREATE TRIGGER zz_grid_gov_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gov.workflow FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.announce_change();
COMMENT ON TRIGGER zz_grid_gov_announce ON gov.workflow IS '变动通知:提交后各会话重新读取';

--- trigger gov.workflow_state.zz_grid_gov_announce
CREATE TRIGGER zz_grid_gov_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gov.workflow_state FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.announce_change();
COMMENT ON TRIGGER zz_grid_gov_announce ON gov.workflow_state IS '变动通知:提交后各会话重新读取';

--- trigger gov.workflow_transition.zz_grid_gov_announce
CREATE TRIGGER zz_grid_gov_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gov.workflow_transition FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.announce_change();
COMMENT ON TRIGGER zz_grid_gov_announce ON gov.workflow_transition IS '变动通知:提交后各会话重新读取';

--- trigger gov.workflow_auto.zz_grid_gov_announce
CREATE TRIGGER zz_grid_gov_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gov.workflow_auto FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.announce_change();
COMMENT ON TRIGGER zz_grid_gov_announce ON gov.workflow_auto IS '变动通知:提交后各会话重新读取';

--- trigger gov.stage_limit.zz_grid_gov_announce
CREATE TRIGGER zz_grid_gov_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gov.stage_limit FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.announce_change();
COMMENT ON TRIGGER zz_grid_gov_announce ON gov.stage_limit IS '变动通知:提交后各会话重新读取';

--- trigger gov.handling_limit.zz_grid_gov_announce
CREATE TRIGGER zz_grid_gov_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gov.handling_limit FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.announce_change();
COMMENT ON TRIGGER zz_grid_gov_announce ON gov.handling_limit IS '变动通知:提交后各会话重新读取';

--- trigger gov.catalogue.zz_grid_gov_announce
CREATE TRIGGER zz_grid_gov_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gov.catalogue FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.announce_change();
COMMENT ON TRIGGER zz_grid_gov_announce ON gov.catalogue IS '变动通知:提交后各会话重新读取';

--- trigger gov.calendar.zz_grid_gov_announce
CREATE TRIGGER zz_grid_gov_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gov.calendar FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.announce_change();
COMMENT ON TRIGGER zz_grid_gov_announce ON gov.calendar IS '变动通知:提交后各会话重新读取';

--- trigger gov.admission.zz_grid_gov_announce
CREATE TRIGGER zz_grid_gov_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gov.admission FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.announce_change();
COMMENT ON TRIGGER zz_grid_gov_announce ON gov.admission IS '变动通知:提交后各会话重新读取';

--- trigger gov.actor_proxy.zz_grid_gov_announce
CREATE TRIGGER zz_grid_gov_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gov.actor_proxy FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.announce_change();
COMMENT ON TRIGGER zz_grid_gov_announce ON gov.actor_proxy IS '变动通知:提交后各会话重新读取';

--- trigger gov.staff.zz_grid_gov_announce
CREATE TRIGGER zz_grid_gov_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gov.staff FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.announce_change();
COMMENT ON TRIGGER zz_grid_gov_announce ON gov.staff IS '变动通知:提交后各会话重新读取';

--- trigger gov.post.zz_grid_gov_announce
CREATE TRIGGER zz_grid_gov_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gov.post FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.announce_change();
COMMENT ON TRIGGER zz_grid_gov_announce ON gov.post IS '变动通知:提交后各会话重新读取';

--- trigger gov.department.zz_grid_gov_announce
CREATE TRIGGER zz_grid_gov_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gov.department FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.announce_change();
COMMENT ON TRIGGER zz_grid_gov_announce ON gov.department IS '变动通知:提交后各会话重新读取';

--- trigger gov.access.zz_grid_gov_announce
CREATE TRIGGER zz_grid_gov_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gov.access FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.announce_change();
COMMENT ON TRIGGER zz_grid_gov_announce ON gov.access IS '变动通知:提交后各会话重新读取';

--- trigger gov.grid.zz_grid_gov_announce
CREATE TRIGGER zz_grid_gov_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gov.grid FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.announce_change();
COMMENT ON TRIGGER zz_grid_gov_announce ON gov.grid IS '变动通知:提交后各会话重新读取';

--- trigger gov.division.zz_grid_gov_announce
CREATE TRIGGER zz_grid_gov_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gov.division FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.announce_change();
COMMENT ON TRIGGER zz_grid_gov_announce ON gov.division IS '变动通知:提交后各会话重新读取';

--- trigger gov.model.zz_grid_gov_announce
CREATE TRIGGER zz_grid_gov_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gov.model FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.announce_change();
COMMENT ON TRIGGER zz_grid_gov_announce ON gov.model IS '变动通知:提交后各会话重新读取';

--- trigger gov.lexicon.zz_grid_gov_announce
CREATE TRIGGER zz_grid_gov_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gov.lexicon FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.announce_change();
COMMENT ON TRIGGER zz_grid_gov_announce ON gov.lexicon IS '变动通知:提交后各会话重新读取';

--- trigger gov.meta.zz_grid_gov_announce
CREATE TRIGGER zz_grid_gov_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON gov.meta FOR EACH STATEMENT EXECUTE FUNCTION grid_gov.announce_change();
COMMENT ON TRIGGER zz_grid_gov_announce ON gov.meta IS '变动通知:提交后各会话重新读取';

--- trigger gov.calendar.zz_grid_gov_reproject
CREATE TRIGGER zz_grid_gov_reproject AFTER UPDATE OF hours ON gov.calendar FOR EACH ROW WHEN (old.hours::text IS DISTINCT FROM new.hours::text) EXECUTE FUNCTION grid_gov.queue_reprojection();
COMMENT ON TRIGGER zz_grid_gov_reproject ON gov.calendar IS '日历变动:受影响的在办事件排队重算截止时刻';

--- trigger gov.calendar.zz_grid_gov_keep
CREATE TRIGGER zz_grid_gov_keep BEFORE DELETE ON gov.calendar FOR EACH ROW EXECUTE FUNCTION grid_gov.keep_calendar();
COMMENT ON TRIGGER zz_grid_gov_keep ON gov.calendar IS '在办事件正在使用的日历不可删除';

--- trigger gov.handling_limit.zz_grid_gov_calendar
CREATE TRIGGER zz_grid_gov_calendar AFTER INSERT OR UPDATE OF area, calendar ON gov.handling_limit FOR EACH ROW WHEN (new.calendar IS NOT NULL) EXECUTE FUNCTION grid_gov.warn_unknown_calendar();
COMMENT ON TRIGGER zz_grid_gov_calendar ON gov.handling_limit IS '时限写了该区域没有的日历时提醒';

--- trigger gov.workflow.zz_grid_gov_check
CREATE CONSTRAINT TRIGGER zz_grid_gov_check AFTER INSERT OR UPDATE OR DELETE ON gov.workflow DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grid_gov.workflow_edited();
COMMENT ON TRIGGER zz_grid_gov_check ON gov.workflow IS '流程改动在提交时整体检查,有错即拒绝';

--- trigger gov.workflow_state.zz_grid_gov_check
CREATE CONSTRAINT TRIGGER zz_grid_gov_check AFTER INSERT OR UPDATE OR DELETE ON gov.workflow_state DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grid_gov.workflow_edited();
COMMENT ON TRIGGER zz_grid_gov_check ON gov.workflow_state IS '流程改动在提交时整体检查,有错即拒绝';

--- trigger gov.workflow_transition.zz_grid_gov_check
CREATE CONSTRAINT TRIGGER zz_grid_gov_check AFTER INSERT OR UPDATE OR DELETE ON gov.workflow_transition DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grid_gov.workflow_edited();
COMMENT ON TRIGGER zz_grid_gov_check ON gov.workflow_transition IS '流程改动在提交时整体检查,有错即拒绝';

--- trigger gov.workflow_auto.zz_grid_gov_check
CREATE CONSTRAINT TRIGGER zz_grid_gov_check AFTER INSERT OR UPDATE OR DELETE ON gov.workflow_auto DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grid_gov.workflow_edited();
COMMENT ON TRIGGER zz_grid_gov_check ON gov.workflow_auto IS '流程改动在提交时整体检查,有错即拒绝';
