/*
 * reproject.c: which open events count by a calendar that changed?
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
		"INSERT INTO gov.reproject_queue (event_id, reason) SELECT e.id, $2 FROM gov.event e"
		" WHERE e.handling_stopped_at IS NULL AND e.handling_calendar OPERATOR(pg_catalog.=) $1 AND e.handling_start IS NOT NULL"
		" OR e.stage_start IS NOT NULL AND e.stage_calendar OPERATOR(pg_catalog.=) $1"
		" ON CONFLICT (event_id) DO UPDATE SET reason = EXCLUDED.reason",
		2,
		{INT8OID, TEXTOID}};
	TriggerData *td = (TriggerData *) fcinfo->context;
	TupleDesc desc;
	bool null;
	Datum values[2];
	GgIdentity self;
	int id;
	int name;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_AFTER(td->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(td->tg_event) || !TRIGGER_FIRED_BY_UPDATE(td->tg_event))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("function \"%s\" must be fired AFTER UPDATE, for each row",
							   "queue_reprojection")));
	desc = RelationGetDescr(td->tg_relation);
	id = SPI_fnumber(desc, "id");
	name = SPI_fnumber(desc, "name");
	if (id <= 0 || name <= 0)
		ereport(ERROR, (errcode(ERRCODE_GG_NOT_SET_UP),
						errmsg("table gov.calendar has no columns id and name")));
	values[0] = heap_getattr(td->tg_newtuple, id, desc, &null);
	values[1] =
		CStringGetTextDatum(psprintf("日历 %s 有变动", SPI_getvalue(td->tg_newtuple, desc, name)));
	gg_hold_calendars(true);
	gg_become_owner(gg_gov_table("event", false), &self);
	SPI_connect();
	gg_execute(&plan, values, NULL, false, 0);
	SPI_finish();
	gg_become_self(&self);
	return PointerGetDatum(NULL);
}
