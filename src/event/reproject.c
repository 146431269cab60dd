/*
 * reproject.c: which events count by a calendar that changed, and what do they count now?
 *
 * A trigger on gov.calendar queues them; sweep() derives their deadlines anew,
 * each as a step in the journal.
 */
#include "event/event.h"
#include "event/after.h"
#include "event/sweep.h"

#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/* A row of gov.calendar: its number, the reason for the journal, its area, is it the default one? */
static void
calendar_row(const TriggerData *td, HeapTuple tuple, Datum values[4], char **label)
{
	TupleDesc desc = RelationGetDescr(td->tg_relation);
	int id = SPI_fnumber(desc, "id");
	int name = SPI_fnumber(desc, "name");
	int area = SPI_fnumber(desc, "area");
	char *calendar;
	char *where;
	bool null;

	if (id <= 0 || name <= 0 || area <= 0)
		ereport(ERROR, (errcode(ERRCODE_GG_NOT_SET_UP),
						errmsg("table gov.calendar has no columns id, name and area")));
	calendar = gg_required(tuple, desc, name);
	where = gg_required(tuple, desc, area);
	values[0] = heap_getattr(tuple, id, desc, &null);
	values[1] = CStringGetTextDatum(psprintf("日历 %s 有变动", calendar));
	values[2] = CStringGetTextDatum(where);
	values[3] = BoolGetDatum(strcmp(calendar, "default") == 0);
	*label = psprintf("calendar \"%s\" of area %s", calendar, where);
}

/* Queue the events that count by it. Inside SPI_connect(), as the owner of gov. */
static void
queue(Datum values[4])
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

	gg_execute(&plan, values, NULL, false, 0);
}

GG_FUNCTION(gg_queue_reprojection);

/* queue_reprojection(): AFTER UPDATE row trigger of gov.calendar. */
Datum
gg_queue_reprojection(PG_FUNCTION_ARGS)
{
	TriggerData *td = (TriggerData *) fcinfo->context;
	Datum values[4];
	char *label;
	GgIdentity self;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_AFTER(td->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(td->tg_event) || !TRIGGER_FIRED_BY_UPDATE(td->tg_event))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("function \"%s\" must be fired AFTER UPDATE, for each row",
							   "queue_reprojection")));
	calendar_row(td, td->tg_newtuple, values, &label);
	gg_hold_calendars(true);
	gg_become_owner(gg_gov_table("event", false), &self);
	SPI_connect();
	queue(values);
	SPI_finish();
	gg_become_self(&self);
	return PointerGetDatum(NULL);
}

GG_FUNCTION(gg_keep_calendar);

/*
 * keep_calendar(): BEFORE DELETE row trigger of gov.calendar. Errors: WG004 where clocks count
 * by it, also one that is stopped while the event is still open: it may go on. Automatic
 * steps and tasks that fall back on the calendar of a wider area are queued.
 */
Datum
gg_keep_calendar(PG_FUNCTION_ARGS)
{
	static GgPlan plan = {
		"SELECT e.id FROM gov.event e LEFT JOIN gov.workflow_state s"
		"  ON s.workflow OPERATOR(pg_catalog.=) e.workflow AND s.state OPERATOR(pg_catalog.=) e.state"
		" WHERE e.handling_start IS NOT NULL AND (e.handling_stopped_at IS NULL OR s.open OR s.paused)"
		"  AND (e.handling_calendar OPERATOR(pg_catalog.=) $1"
		"   OR (e.handling_calendar IS NULL AND $3 AND pg_catalog.starts_with(e.area, $2)))"
		" OR e.stage_start IS NOT NULL AND e.stage_calendar OPERATOR(pg_catalog.=) $1"
		" ORDER BY e.id LIMIT 1",
		3,
		{INT8OID, TEXTOID, BOOLOID}};
	TriggerData *td = (TriggerData *) fcinfo->context;
	Datum values[4];
	Datum asked[3];
	char *label;
	GgIdentity self;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(td->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(td->tg_event) || !TRIGGER_FIRED_BY_DELETE(td->tg_event))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("function \"%s\" must be fired BEFORE DELETE, for each row",
							   "keep_calendar")));
	calendar_row(td, td->tg_trigtuple, values, &label);
	/* whoever deletes may not see all events, and the steps under way may start a clock by it */
	gg_hold_calendars(true);
	gg_become_owner(gg_gov_table("event", false), &self);
	SPI_connect();
	asked[0] = values[0];
	asked[1] = values[2];
	asked[2] = values[3];
	gg_execute(&plan, asked, NULL, false, 1);
	if (SPI_processed > 0)
		ereport(ERROR,
				(errcode(ERRCODE_GG_GUARD_REFUSED),
				 errmsg("%s cannot be deleted: open events count by it", label),
				 errdetail("Event %s is one of them.",
						   gg_required(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1)),
				 errhint("Change its hours instead; sweep() then derives their deadlines anew.")));
	queue(values);
	SPI_finish();
	gg_become_self(&self);
	return PointerGetDatum(td->tg_trigtuple);
}

/* A re-projection that could not be done. */
typedef struct Waiting
{
	int64 event;
	char *reason;
} Waiting;

/*
 * As an attempt: would its deadlines, or those of its tasks, differ when derived
 * anew? They may stand while what is planned by them does not: the red card comes
 * at the first working moment after the deadline.
 */
static void
attempt_project(void *arg)
{
	static const GgColumn shown[] = {EV_DUE_AT,       EV_DUE_DAY,       EV_DUE_PROVISIONAL,
									 EV_STAGE_DUE_AT, EV_STAGE_DUE_DAY, EV_STAGE_PROVISIONAL};
	GgFound *f = arg;
	GgRow is;

	gg_load_found(f);
	is = f->row;
	gg_project(&is);
	f->differs = gg_tasks_reproject(gg_int8(&f->row, EV_ID), false);
	for (int i = 0; i < lengthof(shown); i++)
		f->differs = f->differs || !gg_column_equal(shown[i], &f->row, &is);
	if (f->differs)
		return;
	if (gg_has(&f->row, EV_NEXT_AUTO_AT))
	{
		gg_plan_auto(&is, gg_workflow(gg_text(&is, EV_WORKFLOW)));
		f->moves_auto = !gg_column_equal(EV_NEXT_AUTO_AT, &f->row, &is);
	}
	if (gg_has(&f->row, EV_NEXT_ALERT_AT) && gg_time(&f->row, EV_NEXT_ALERT_AT) > f->now)
	{
		TimestampTz planned = gg_time(&f->row, EV_NEXT_ALERT_AT);
		GgRung rung[4];
		int n = gg_rungs(&is, rung);
		bool stands = false;

		for (int i = 0; i < n; i++)
		{
			stands = stands || rung[i].at == planned;
			f->moves_alert = f->moves_alert || (rung[i].at > f->now && rung[i].at < planned);
		}
		f->moves_alert = f->moves_alert || !stands;
	}
}

/* Derive one queued event's deadlines anew. false: it stays in the queue, busy or refused. */
static bool
reproject_one(int64 event, const char *reason, TimestampTz now)
{
	static GgPlan plan = {"SELECT e.* FROM gov.event e WHERE e.id OPERATOR(pg_catalog.=) $1"
						  " FOR NO KEY UPDATE SKIP LOCKED",
						  1,
						  {INT8OID}};
	Datum v = Int64GetDatum(event);
	GgFound f = {.now = now};
	SPITupleTable *found;
	bool done;

	gg_execute(&plan, &v, NULL, false, 1);
	found = SPI_tuptable;
	if (SPI_processed == 0)
	{
		SPI_freetuptable(found);
		return false;
	}
	f.tuple = found->vals[0];
	f.desc = found->tupdesc;
	if (!gg_work_out(attempt_project, &f, "the deadline"))
		done = false;
	else if (f.differs)
		done = gg_try_step(&f, "reproject", reason, NULL, now) == GG_TAKEN;
	else
		/* a rung that is past by the new calendar is raised at once; those raised already do not come again */
		done = (!f.moves_auto || gg_try_plan(&f, DT_NOBEGIN, true)) &&
			   (!f.moves_alert || gg_try_plan(&f, DT_NOBEGIN, false));
	SPI_freetuptable(found);
	return done;
}

/*
 * Queued re-projections, oldest first. Where a deadline differs it is a step in
 * the journal with its reason; one that is refused, or busy, goes to the end of the queue.
 */
void
gg_sweep_reprojections(TimestampTz now)
{
	static GgPlan plan = {
		"WITH q AS (DELETE FROM gov.reproject_queue q USING (SELECT r.event_id FROM gov.reproject_queue r"
		" ORDER BY r.queued_at, r.event_id LIMIT 500 FOR UPDATE SKIP LOCKED) s"
		" WHERE q.event_id OPERATOR(pg_catalog.=) s.event_id"
		" RETURNING q.event_id, q.reason) SELECT q.event_id, q.reason FROM q ORDER BY q.event_id",
		0};
	static GgPlan again_plan = {
		"INSERT INTO gov.reproject_queue (event_id, reason, queued_at)"
		" VALUES ($1, $2, pg_catalog.clock_timestamp()) ON CONFLICT DO NOTHING",
		2,
		{INT8OID, TEXTOID}};
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext one =
		AllocSetContextCreate(caller, "grid_gov re-projection", ALLOCSET_DEFAULT_SIZES);
	List *again = NIL;
	ListCell *lc;
	int n;
	int all = 0;

	do
	{
		SPITupleTable *found;

		gg_execute(&plan, NULL, NULL, false, 0);
		found = SPI_tuptable;
		n = (int) SPI_processed;
		for (int i = 0; i < n; i++)
		{
			bool null;
			int64 event = DatumGetInt64(SPI_getbinval(found->vals[i], found->tupdesc, 1, &null));
			bool done;

			CHECK_FOR_INTERRUPTS();
			MemoryContextSwitchTo(one);
			done = reproject_one(event, SPI_getvalue(found->vals[i], found->tupdesc, 2), now);
			MemoryContextSwitchTo(caller);
			MemoryContextReset(one);
			if (!done)
			{
				Waiting *w = palloc(sizeof(Waiting));

				w->event = event;
				w->reason = SPI_getvalue(found->vals[i], found->tupdesc, 2);
				again = lappend(again, w);
			}
		}
		SPI_freetuptable(found);
		all += n;
	} while (n == GG_SWEEP_BATCH && all < GG_MAX_SWEPT);
	foreach (lc, again)
	{
		Waiting *w = lfirst(lc);
		Datum v[2] = {Int64GetDatum(w->event), CStringGetTextDatum(w->reason)};

		gg_execute(&again_plan, v, NULL, false, 0);
	}
	MemoryContextDelete(one);
}
