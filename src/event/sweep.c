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
#define MAX_SWEPT 5000

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

/* One found event at a time: what is worked out about it may fail for it alone. */
typedef struct Found
{
	HeapTuple tuple;
	TupleDesc desc;
	TimestampTz now;
	GgRow row;
	const char *action; /* due; NULL: none */
	char *args;
	GgRung rung[4];
	int nrungs;
	bool differs;
} Found;

/* Its number, whatever else is wrong with it. */
static int64
number_of(const Found *f)
{
	bool null;

	return DatumGetInt64(SPI_getbinval(f->tuple, f->desc, SPI_fnumber(f->desc, "id"), &null));
}

/* Load the row. */
static void
load(Found *f)
{
	GgMap map;

	gg_map_of_desc(f->desc, &map);
	gg_row_load(&map, f->desc, f->tuple, &f->row);
	gg_row_check(&f->row);
}

/* As an attempt: which automatic step is due? */
static void
attempt_auto(void *arg)
{
	Found *f = arg;

	load(f);
	f->action = due_action(&f->row, f->now, &f->args);
}

/* As an attempt: its rungs. */
static void
attempt_rungs(void *arg)
{
	Found *f = arg;

	load(f);
	f->nrungs = gg_rungs(&f->row, f->rung);
}

/* As an attempt: would its deadlines, or those of its tasks, differ when derived anew? */
static void
attempt_project(void *arg)
{
	static const GgColumn shown[] = {EV_DUE_AT,       EV_DUE_DAY,       EV_DUE_PROVISIONAL,
									 EV_STAGE_DUE_AT, EV_STAGE_DUE_DAY, EV_STAGE_PROVISIONAL};
	Found *f = arg;
	GgRow is;

	load(f);
	is = f->row;
	gg_project(&is);
	f->differs = gg_tasks_reproject(gg_int8(&f->row, EV_ID), false);
	for (int i = 0; i < lengthof(shown); i++)
		f->differs = f->differs || !gg_column_equal(shown[i], &f->row, &is);
}

/* Work something out about the event. false: that is not possible, and a warning says why. */
static bool
work_out(void (*body)(void *arg), Found *f, const char *what)
{
	ErrorData *error = gg_attempt(body, f);

	if (error != NULL)
		ereport(WARNING, (errmsg("%s of event %lld cannot be worked out: %s", what,
								 (long long) number_of(f), error->message),
						  error->detail ? errdetail_internal("%s", error->detail) : 0));
	return error == NULL;
}

/*
 * Plan what a sweep does to the events that its plan finds, each once: what
 * cannot be done stays as it is and must not come again in this sweep. The
 * plan's parameters are now, and time and number of the last one seen.
 */
typedef struct Batches
{
	GgPlan *plan;
	const char *column; /* the time by which the plan orders */
	TimestampTz now;
	TimestampTz last_at;
	int64 last_id;
	int all;
	SPITupleTable *found;
	uint64 n;
	MemoryContext context; /* of a batch */
	MemoryContext caller;
} Batches;

/* The next batch; false: there is none. Its memory is that of the batch. */
static bool
next_batch(Batches *b)
{
	Datum v[3] = {TimestampTzGetDatum(b->now), TimestampTzGetDatum(b->last_at),
				  Int64GetDatum(b->last_id)};
	bool null;

	if (b->context == NULL)
	{
		b->caller = CurrentMemoryContext;
		b->context =
			AllocSetContextCreate(b->caller, "grid_gov sweep batch", ALLOCSET_DEFAULT_SIZES);
	}
	else
	{
		MemoryContextSwitchTo(b->caller);
		SPI_freetuptable(b->found);
		MemoryContextReset(b->context);
		if (b->n < BATCH || b->all >= MAX_SWEPT)
			return false;
	}
	gg_execute(b->plan, v, NULL, false, 0);
	b->found = SPI_tuptable;
	b->n = SPI_processed;
	b->all += (int) b->n;
	if (b->n > 0)
	{
		HeapTuple t = b->found->vals[b->n - 1];
		TupleDesc d = b->found->tupdesc;

		b->last_at = DatumGetTimestampTz(SPI_getbinval(t, d, SPI_fnumber(d, b->column), &null));
		b->last_id = DatumGetInt64(SPI_getbinval(t, d, SPI_fnumber(d, "id"), &null));
	}
	MemoryContextSwitchTo(b->context);
	return true;
}

/* Automatic steps that are due, oldest first. true: at least one was taken, and the same events may have another. */
static bool
sweep_auto(TimestampTz now)
{
	static GgPlan plan = {
		"SELECT e.* FROM gov.event e WHERE e.next_auto_at OPERATOR(pg_catalog.<=) $1"
		" AND (e.next_auto_at, e.id) OPERATOR(pg_catalog.>) ($2, $3)"
		" ORDER BY e.next_auto_at, e.id LIMIT 500 FOR NO KEY UPDATE SKIP LOCKED",
		3,
		{TIMESTAMPTZOID, TIMESTAMPTZOID, INT8OID}};
	Batches b = {.plan = &plan, .column = "next_auto_at", .now = now, .last_at = DT_NOBEGIN};
	bool taken = false;

	while (next_batch(&b))
		for (uint64 i = 0; i < b.n; i++)
		{
			Found f = {.tuple = b.found->vals[i], .desc = b.found->tupdesc, .now = now};
			bool done;

			CHECK_FOR_INTERRUPTS();
			if (!work_out(attempt_auto, &f, "the automatic step"))
				continue;
			done = f.action != NULL && try_step(number_of(&f), f.action, "系统自动执行", f.args,
												gg_time(&f.row, EV_NEXT_AUTO_AT));
			taken = taken || done;
			if (!done)
				gg_system_plan_alert(number_of(&f), now, true);
		}
	return taken && b.all < MAX_SWEPT;
}

/* Raise one rung of an event. true: it is new. */
static bool
raise_rung(const GgRow *row, const GgRung *rung, TimestampTz now, int64 *highest)
{
	static GgPlan plan = {
		"INSERT INTO gov.alert (event_id, clock, round, rung, due_at, at, raised_at, state, area, unit, person)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING RETURNING id",
		11,
		{INT8OID, TEXTOID, INT4OID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID,
		 TEXTOID, TEXTOID, TEXTOID, INT8OID}};
	Datum v[11] = {row->v[EV_ID],
				   CStringGetTextDatum(rung->clock),
				   Int32GetDatum(rung->round),
				   CStringGetTextDatum(rung->name),
				   TimestampTzGetDatum(rung->due),
				   TimestampTzGetDatum(rung->at),
				   TimestampTzGetDatum(now),
				   row->v[EV_STATE],
				   row->v[EV_AREA],
				   row->v[EV_UNIT],
				   row->v[EV_PERSON]};
	char n[12] = "           ";
	bool raised;
	bool null;

	if (row->null[EV_UNIT])
		n[9] = 'n';
	if (row->null[EV_PERSON])
		n[10] = 'n';
	gg_execute(&plan, v, n, false, 1);
	raised = SPI_processed == 1;
	if (raised)
		*highest = Max(*highest, DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0],
															 SPI_tuptable->tupdesc, 1, &null)));
	SPI_freetuptable(SPI_tuptable);
	return raised;
}

/* Raise what is due; returns how many new alerts, and the highest id. */
static int
sweep_alerts(TimestampTz now, int64 *highest)
{
	static GgPlan plan = {
		"SELECT e.* FROM gov.event e WHERE e.next_alert_at OPERATOR(pg_catalog.<=) $1"
		" AND (e.next_alert_at, e.id) OPERATOR(pg_catalog.>) ($2, $3)"
		" ORDER BY e.next_alert_at, e.id LIMIT 500 FOR NO KEY UPDATE SKIP LOCKED",
		3,
		{TIMESTAMPTZOID, TIMESTAMPTZOID, INT8OID}};
	Batches b = {.plan = &plan, .column = "next_alert_at", .now = now, .last_at = DT_NOBEGIN};
	int raised = 0;

	while (next_batch(&b))
		for (uint64 i = 0; i < b.n; i++)
		{
			Found f = {.tuple = b.found->vals[i], .desc = b.found->tupdesc, .now = now};

			CHECK_FOR_INTERRUPTS();
			if (!work_out(attempt_rungs, &f, "the warnings"))
				continue;
			for (int k = 0; k < f.nrungs; k++)
				if (f.rung[k].at <= now && raise_rung(&f.row, &f.rung[k], now, highest))
					raised++;
			gg_system_plan_alert(number_of(&f), now, false);
		}
	return raised;
}

/* A re-projection that could not be done. */
typedef struct Waiting
{
	int64 event;
	char *reason;
} Waiting;

/* Derive one queued event's deadlines anew. false: it stays in the queue, busy or refused. */
static bool
reproject_one(int64 event, const char *reason, TimestampTz now)
{
	static GgPlan plan = {"SELECT e.* FROM gov.event e WHERE e.id OPERATOR(pg_catalog.=) $1"
						  " FOR NO KEY UPDATE SKIP LOCKED",
						  1,
						  {INT8OID}};
	Datum v = Int64GetDatum(event);
	Found f = {.now = now};
	bool done = true;

	gg_execute(&plan, &v, NULL, false, 1);
	if (SPI_processed == 0)
		return false;
	f.tuple = SPI_tuptable->vals[0];
	f.desc = SPI_tuptable->tupdesc;
	if (!work_out(attempt_project, &f, "the deadline"))
		done = false;
	else if (f.differs)
		done = try_step(event, "reproject", reason, NULL, now);
	else if (gg_has(&f.row, EV_NEXT_AUTO_AT))
		gg_system_plan_alert(event, DT_NOBEGIN, true);
	return done;
}

/*
 * Queued re-projections, oldest first. Where a deadline differs it is a step in
 * the journal with its reason; one that is refused, or busy, goes to the end of the queue.
 */
static void
sweep_reprojections(TimestampTz now)
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
	} while (n == BATCH && all < MAX_SWEPT);
	foreach (lc, again)
	{
		Waiting *w = lfirst(lc);
		Datum v[2] = {Int64GetDatum(w->event), CStringGetTextDatum(w->reason)};

		gg_execute(&again_plan, v, NULL, false, 0);
	}
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
	/* an event may take several in a row; what was refused does not come again */
	for (int i = 0; i < 10 && sweep_auto(now); i++)
		;
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
