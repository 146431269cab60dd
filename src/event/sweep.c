/*
 * sweep.c: what fell due? Automatic steps, alerts, queued re-projections, slaves left behind.
 *
 * Called by any scheduler through sweep(); safe from many sessions at once:
 * each event is taken by one of them (SKIP LOCKED), and each rung of a clock is
 * a unique row. It acts through the same guard as everybody else.
 */
#include "event/event.h"
#include "event/after.h"

#include "catalog/pg_type.h"
#include "commands/async.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#define BATCH 500
/* A sweep holds what it touched until it commits: more than this waits for the next one. */
#define MAX_REPROJECTED 5000

static bool test_clock = false;

/* Define the test setting. */
void
gg_sweep_init(void)
{
	DefineCustomBoolVariable("grid_gov.test_clock", "Lets sweep_at() run more than a minute ahead.",
							 "For tests only.", &test_clock, false, PGC_SUSET, 0, NULL, NULL, NULL);
}

/* A step as the system, as an attempt. */
typedef struct SystemStep
{
	int64 event;
	const char *action;
	const char *note;
	const char *args;
	TimestampTz at;
} SystemStep;

/* Take it. */
static void
attempt_step(void *arg)
{
	SystemStep *s = arg;

	gg_system_step(s->event, s->action, s->note, s->args, s->at);
}

/* A step as the system that may be refused: then the event waits for a person. */
static bool
try_step(int64 event, const char *action, const char *note, const char *args, TimestampTz at)
{
	SystemStep s = {event, action, note, args, at};
	ErrorData *error = gg_attempt(attempt_step, &s);

	if (error != NULL)
		ereport(WARNING, (errmsg("automatic step \"%s\" on event %lld was refused: %s", action,
								 (long long) event, error->message)));
	return error == NULL;
}

/* Which automatic step of this event is due at `at`? */
static const char *
due_action(const GgRow *row, TimestampTz at, char **args)
{
	const GgWorkflow *wf = gg_workflow(gg_text(row, EV_WORKFLOW));
	int state = gg_state_of(wf, gg_text(row, EV_STATE));
	char *area = gg_text(row, EV_AREA);

	*args = NULL;
	if (state < 0)
		return NULL;
	if (gg_has(row, EV_SUSPEND_UNTIL) && gg_time(row, EV_SUSPEND_UNTIL) <= at &&
		gg_transition(wf, state, "resume") != NULL)
		return "resume";
	for (int i = 0; i < wf->nautos; i++)
	{
		const GgAuto *a = &wf->autos[i];
		const GgTransition *t = gg_transition(wf, state, a->action);
		const GgCalendar *c;
		bool provisional = false;

		if (t == NULL || strncmp(area, a->area, strlen(a->area)) != 0 ||
			(a->except_source != NULL && gg_is(row, EV_SOURCE, a->except_source)))
			continue;
		c = gg_calendar_for_limit(area, a->after.kind);
		if (gg_due(gg_time(row, EV_ENTERED_AT), a->after.kind, gg_limit_units(a->after, c), c,
				   &provisional) > at)
			continue;
		if (gg_has_effect(t, GG_E_SET_LIMITS) && gg_has(row, EV_ITEM))
			*args = psprintf("{\"item\": \"%s\"}", gg_text(row, EV_ITEM));
		return a->action;
	}
	return NULL;
}

/* Load the rows that a plan found. */
static GgRow *
load_rows(int *n)
{
	GgMap map;
	GgRow *rows = palloc(sizeof(GgRow) * Max(SPI_processed, 1));

	*n = (int) SPI_processed;
	if (*n > 0)
		gg_map_of_desc(SPI_tuptable->tupdesc, &map);
	for (int i = 0; i < *n; i++)
	{
		gg_row_load(&map, SPI_tuptable->tupdesc, SPI_tuptable->vals[i], &rows[i]);
		gg_row_check(&rows[i]);
	}
	return rows;
}

/* Automatic steps that are due, oldest first. An event may take several in a row. */
static void
sweep_auto(TimestampTz now)
{
	static GgPlan plan = {
		"SELECT e.* FROM gov.event e WHERE e.next_auto_at OPERATOR(pg_catalog.<=) $1"
		" ORDER BY e.next_auto_at, e.id LIMIT 500 FOR NO KEY UPDATE SKIP LOCKED",
		1,
		{TIMESTAMPTZOID}};
	Datum v = TimestampTzGetDatum(now);

	for (;;)
	{
		int n;
		GgRow *rows;

		gg_execute(&plan, &v, NULL, false, 0);
		rows = load_rows(&n);
		for (int i = 0; i < n; i++)
		{
			int64 event = gg_int8(&rows[i], EV_ID);
			TimestampTz at = gg_time(&rows[i], EV_NEXT_AUTO_AT);
			char *args;
			const char *action = due_action(&rows[i], now, &args);

			CHECK_FOR_INTERRUPTS();
			if (action == NULL || !try_step(event, action, "系统自动执行", args, at))
				gg_system_plan_alert(event, now, true);
		}
		if (n < BATCH)
			break;
	}
}

/* Raise what is due; returns how many new alerts, and the highest id. */
static int
sweep_alerts(TimestampTz now, int64 *highest)
{
	static GgPlan plan = {
		"SELECT e.* FROM gov.event e WHERE e.next_alert_at OPERATOR(pg_catalog.<=) $1"
		" ORDER BY e.next_alert_at, e.id LIMIT 500 FOR NO KEY UPDATE SKIP LOCKED",
		1,
		{TIMESTAMPTZOID}};
	static GgPlan insert_plan = {
		"INSERT INTO gov.alert (event_id, clock, round, rung, due_at, at, raised_at, state, area, unit, person)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING RETURNING id",
		11,
		{INT8OID, TEXTOID, INT4OID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID,
		 TEXTOID, TEXTOID, TEXTOID, INT8OID}};
	Datum v = TimestampTzGetDatum(now);
	int raised = 0;

	for (;;)
	{
		int n;
		GgRow *rows;

		gg_execute(&plan, &v, NULL, false, 0);
		rows = load_rows(&n);
		for (int i = 0; i < n; i++)
		{
			const GgRow *row = &rows[i];
			GgRung rung[4];
			int nrungs = gg_rungs(row, rung);

			CHECK_FOR_INTERRUPTS();
			for (int k = 0; k < nrungs; k++)
			{
				Datum a[11] = {row->v[EV_ID],
							   CStringGetTextDatum(rung[k].clock),
							   Int32GetDatum(rung[k].round),
							   CStringGetTextDatum(rung[k].name),
							   TimestampTzGetDatum(rung[k].due),
							   TimestampTzGetDatum(rung[k].at),
							   TimestampTzGetDatum(now),
							   row->v[EV_STATE],
							   row->v[EV_AREA],
							   row->v[EV_UNIT],
							   row->v[EV_PERSON]};
				char an[12] = "           ";
				bool null;

				if (rung[k].at > now)
					continue;
				if (row->null[EV_UNIT])
					an[9] = 'n';
				if (row->null[EV_PERSON])
					an[10] = 'n';
				gg_execute(&insert_plan, a, an, false, 1);
				if (SPI_processed == 1)
				{
					int64 id = DatumGetInt64(
						SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null));

					raised++;
					*highest = Max(*highest, id);
				}
			}
			gg_system_plan_alert(gg_int8(row, EV_ID), now, false);
		}
		if (n < BATCH)
			return raised;
	}
}

/* Would this event's deadlines differ when derived anew? Locks the event; *busy when somebody else has. */
static bool
would_differ(int64 event, bool *busy)
{
	static GgPlan plan = {"SELECT e.* FROM gov.event e WHERE e.id OPERATOR(pg_catalog.=) $1"
						  " FOR NO KEY UPDATE SKIP LOCKED",
						  1,
						  {INT8OID}};
	static const GgColumn shown[] = {EV_DUE_AT,       EV_DUE_DAY,       EV_DUE_PROVISIONAL,
									 EV_STAGE_DUE_AT, EV_STAGE_DUE_DAY, EV_STAGE_PROVISIONAL};
	Datum v = Int64GetDatum(event);
	GgRow *was;
	GgRow is;
	int n;

	gg_execute(&plan, &v, NULL, false, 1);
	was = load_rows(&n);
	*busy = n == 0;
	if (n == 0)
		return false;
	is = *was;
	gg_project(&is);
	for (int i = 0; i < lengthof(shown); i++)
		if (!gg_column_equal(shown[i], was, &is))
			return true;
	return false;
}

/*
 * Queued re-projections, in order of id. Where a deadline differs it is a step in
 * the journal with its reason; one that is refused, or busy, stays in the queue.
 */
static void
sweep_reprojections(TimestampTz now)
{
	static GgPlan plan = {
		"WITH q AS (DELETE FROM gov.reproject_queue q USING (SELECT r.event_id FROM gov.reproject_queue r ORDER BY r.event_id"
		" LIMIT 500 FOR UPDATE SKIP LOCKED) s WHERE q.event_id OPERATOR(pg_catalog.=) s.event_id"
		" RETURNING q.event_id, q.reason) SELECT q.event_id, q.reason FROM q ORDER BY q.event_id",
		0};
	static GgPlan again_plan = {
		"INSERT INTO gov.reproject_queue (event_id, reason) VALUES ($1, $2) ON CONFLICT DO NOTHING",
		2,
		{INT8OID, TEXTOID}};
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext one =
		AllocSetContextCreate(caller, "grid_gov re-projection", ALLOCSET_DEFAULT_SIZES);
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
			bool busy;
			int64 event = DatumGetInt64(SPI_getbinval(found->vals[i], found->tupdesc, 1, &null));
			char *reason;

			CHECK_FOR_INTERRUPTS();
			MemoryContextSwitchTo(one);
			reason = SPI_getvalue(found->vals[i], found->tupdesc, 2);
			if ((would_differ(event, &busy) && !try_step(event, "reproject", reason, NULL, now)) ||
				busy)
			{
				Datum v[2] = {Int64GetDatum(event), CStringGetTextDatum(reason)};

				gg_execute(&again_plan, v, NULL, false, 0);
			}
			MemoryContextSwitchTo(caller);
			MemoryContextReset(one);
		}
		all += n;
	} while (n == BATCH && all < MAX_REPROJECTED);
	MemoryContextDelete(one);
}

/* Slaves whose master has ended without them. */
static void
sweep_stragglers(TimestampTz now)
{
	static GgPlan plan = {
		"SELECT DISTINCT m.id, m.state, m.forced, m.master_id, m.last_at FROM gov.event s JOIN gov.event m"
		" ON m.id OPERATOR(pg_catalog.=) s.master_id WHERE s.master_id IS NOT NULL AND s.state OPERATOR(pg_catalog.=) 'merged'"
		" AND m.state OPERATOR(pg_catalog.=) ANY (ARRAY['closed', 'evaluated', 'forced_closed', 'cancelled', 'not_accepted', 'merged'])"
		" ORDER BY m.id",
		0};
	SPITupleTable *found;
	uint64 n;

	gg_execute(&plan, NULL, NULL, false, 0);
	found = SPI_tuptable;
	n = SPI_processed;
	for (uint64 i = 0; i < n; i++)
	{
		bool null;
		int64 master = DatumGetInt64(SPI_getbinval(found->vals[i], found->tupdesc, 1, &null));
		char *state = gg_required(found->vals[i], found->tupdesc, 2);
		bool forced = DatumGetBool(SPI_getbinval(found->vals[i], found->tupdesc, 3, &null));
		int64 next = DatumGetInt64(SPI_getbinval(found->vals[i], found->tupdesc, 4, &null));
		TimestampTz at =
			DatumGetTimestampTz(SPI_getbinval(found->vals[i], found->tupdesc, 5, &null));

		gg_follow_master(master, strcmp(state, "evaluated") == 0 ? "closed" : state, forced, next,
						 at, false);
	}
}

/* All of it, as of `now`; one NOTIFY: the count and the highest alert id, nothing of the case. */
static int
sweep(TimestampTz now)
{
	GgIdentity self;
	int raised;
	int64 highest = 0;

	gg_become_owner(gg_gov_table("event", false), &self);
	gg_hold_calendars(false); /* before any row: who changes one waits without holding the queue */
	SPI_connect();
	sweep_auto(now);
	sweep_reprojections(now);
	raised = sweep_alerts(now, &highest);
	sweep_stragglers(now);
	SPI_finish();
	gg_become_self(&self);
	if (raised > 0)
		Async_Notify("grid_gov_alert", psprintf("%d %lld", raised, (long long) highest));
	return raised;
}

GG_FUNCTION(gg_sweep);

/* sweep() -> alerts raised. Safe from many sessions. */
Datum
gg_sweep(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(sweep(GetCurrentTimestamp()));
}

GG_FUNCTION(gg_sweep_at);

/* sweep_at(now) -> alerts raised, as of an instant. For tests: owner of gov only; not more than a minute ahead without grid_gov.test_clock. */
Datum
gg_sweep_at(PG_FUNCTION_ARGS)
{
	TimestampTz now = PG_GETARG_TIMESTAMPTZ(0);
	GgIdentity self;
	Oid caller = GetUserId();

	gg_become_owner(gg_gov_table("event", false), &self);
	if (caller != GetUserId() && !superuser_arg(caller))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("only the owner of gov may call sweep_at()"),
						errhint("Schedulers call grid_gov.sweep().")));
	gg_become_self(&self);
	if (now > GetCurrentTimestamp() + INT64CONST(60000000) && !test_clock)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("sweep_at() may not run more than a minute ahead"),
						errhint("A superuser may set grid_gov.test_clock for tests.")));
	PG_RETURN_INT32(sweep(now));
}
