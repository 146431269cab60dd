/*
 * reproject.c: which events count by a calendar that changed?
 *
 * Called by a trigger on gov.calendar. It queues them; sweep() derives their
 * deadlines anew, each as a step in the journal.
 */
#include "event/event.h"

#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "utils/builtins.h"

GG_FUNCTION(gg_queue_reprojection);

/* queue_reprojection(): AFTER UPDATE row trigger of gov.calendar. */
Datum
gg_queue_reprojection(PG_FUNCTION_ARGS)
{
	static GgPlan plan = {
		"INSERT INTO gov.reproject_queue (event_id, reason) SELECT x.id, $2 FROM (SELECT e.id FROM gov.event e"
		" WHERE e.handling_stopped_at IS NULL AND e.handling_start IS NOT NULL AND (e.handling_calendar OPERATOR(pg_catalog.=) $1"
		"  OR (e.handling_calendar IS NULL AND $4 AND pg_catalog.starts_with(e.area, $3)))"
		" OR e.stage_start IS NOT NULL AND e.stage_calendar OPERATOR(pg_catalog.=) $1"
		/* automatic steps, and tasks with a limit of their own, count by the default calendar of their area */
		" OR ($4 AND e.next_auto_at IS NOT NULL AND pg_catalog.starts_with(e.area, $3))"
		" UNION SELECT t.event_id FROM gov.event_task t WHERE $4 AND t.done_at IS NULL"
		"  AND t.kind OPERATOR(pg_catalog.=) ANY (ARRAY['callback', 'whistle']) AND pg_catalog.starts_with(t.area, $3)) x"
		" ON CONFLICT (event_id) DO UPDATE SET reason = EXCLUDED.reason",
		4,
		{INT8OID, TEXTOID, TEXTOID, BOOLOID}};
	TriggerData *td = (TriggerData *) fcinfo->context;
	TupleDesc desc;
	bool null;
	Datum values[4];
	char *calendar;
	GgIdentity self;
	int id;
	int name;
	int area;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_AFTER(td->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(td->tg_event) || !TRIGGER_FIRED_BY_UPDATE(td->tg_event))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("function \"%s\" must be fired AFTER UPDATE, for each row",
							   "queue_reprojection")));
	desc = RelationGetDescr(td->tg_relation);
	id = SPI_fnumber(desc, "id");
	name = SPI_fnumber(desc, "name");
	area = SPI_fnumber(desc, "area");
	if (id <= 0 || name <= 0 || area <= 0)
		ereport(ERROR, (errcode(ERRCODE_GG_NOT_SET_UP),
						errmsg("table gov.calendar has no columns id, name and area")));
	values[0] = heap_getattr(td->tg_newtuple, id, desc, &null);
	calendar = gg_required(td->tg_newtuple, desc, name);
	values[1] = CStringGetTextDatum(psprintf("日历 %s 有变动", calendar));
	values[2] = CStringGetTextDatum(gg_required(td->tg_newtuple, desc, area));
	values[3] = BoolGetDatum(strcmp(calendar, "default") == 0);
	gg_hold_calendars(true);
	gg_become_owner(gg_gov_table("event", false), &self);
	SPI_connect();
	gg_execute(&plan, values, NULL, false, 0);
	SPI_finish();
	gg_become_self(&self);
	return PointerGetDatum(NULL);
}
