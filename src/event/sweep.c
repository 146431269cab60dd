/*
 * sweep.c: what fell due? Automatic steps, alerts, queued re-projections, slaves left behind.
 *
 * Called by any scheduler through sweep(); safe from many sessions at once:
 * each event is taken by one of them (SKIP LOCKED), and each rung of a clock is
 * a unique row. It acts through the same guard as everybody else.
 */
#include "event/event.h"
#include "event/after.h"
#include "event/sweep.h"

#include "catalog/pg_type.h"
#include "commands/async.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

static bool test_clock = false;

/* Define the test setting. */
void
gg_sweep_init(void)
{
	DefineCustomBoolVariable("grid_gov.test_clock", "Lets sweep_at() run more than a minute ahead.",
							 "For tests only.", &test_clock, false, PGC_SUSET, 0, NULL, NULL, NULL);
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

/* Its number, whatever else is wrong with it. */
static int64
number_of(const GgFound *f)
{
	bool null;

	return DatumGetInt64(SPI_getbinval(f->tuple, f->desc, SPI_fnumber(f->desc, "id"), &null));
}

/* Which calendars does it count by, for who has to look? NULL: none that we know. */
static char *
calendars_of(const GgFound *f)
{
	static const char *const column[] = {"handling_calendar", "stage_calendar", "area"};
	char *all = NULL;

	for (int i = 0; i < lengthof(column); i++)
	{
		bool null;
		Datum v = SPI_getbinval(f->tuple, f->desc, SPI_fnumber(f->desc, column[i]), &null);
		char *one = NULL;

		if (!null)
			one = gg_calendar_label(i < 2 ? DatumGetInt64(v)
										  : gg_calendar_for_area(TextDatumGetCString(v)));
		if (one != NULL && all == NULL)
			all = one;
		else if (one != NULL && strstr(all, one) == NULL)
			all = psprintf("%s, %s", all, one);
	}
	return all;
}

/* Say what could not be done, for which event, and why; where it is a calendar's fault, which ones to look at. */
static void
warn_of(const GgFound *f, const char *what, const ErrorData *error)
{
	char *calendars = error->sqlerrcode == ERRCODE_DATETIME_FIELD_OVERFLOW ? calendars_of(f) : NULL;

	ereport(WARNING, (errmsg("%s: %s", what, error->message),
					  error->detail ? errdetail_internal("%s", error->detail) : 0,
					  calendars ? errhint("It counts by %s.", calendars)
								: (error->hint ? errhint("%s", error->hint) : 0)));
}

/* Load the row. */
void
gg_load_found(GgFound *f)
{
	GgMap map;

	gg_map_of_desc(f->desc, &map);
	gg_row_load(&map, f->desc, f->tuple, &f->row);
	gg_row_check(&f->row);
}

/* Work something out about the event. false: that is not possible, and a warning says why. */
bool
gg_work_out(void (*body)(void *arg), GgFound *f, const char *what)
{
	ErrorData *error = gg_attempt(body, f);

	if (error != NULL && !f->said)
		warn_of(f,
				psprintf("%s of event %lld cannot be worked out", what, (long long) number_of(f)),
				error);
	return error == NULL;
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

/* A step as the system that may be refused. */
GgTried
gg_try_step(const GgFound *f, const char *action, const char *note, const char *args,
			TimestampTz at)
{
	SystemStep s = {number_of(f), action, note, args, at};
	ErrorData *error = gg_attempt(attempt_step, &s);

	if (error == NULL)
		return GG_TAKEN;
	if (!f->said)
		warn_of(f,
				psprintf("automatic step \"%s\" on event %lld was refused", action,
						 (long long) s.event),
				error);
	return error->sqlerrcode == ERRCODE_DATETIME_FIELD_OVERFLOW ||
				   error->sqlerrcode == ERRCODE_GG_NOT_SET_UP
			   ? GG_NOT_POSSIBLE
			   : GG_REFUSED;
}

/* As an attempt: plan the sweeper's own columns anew. */
static void
attempt_plan(void *arg)
{
	GgFound *f = arg;

	gg_system_plan_alert(number_of(f), f->after, f->plan_auto);
}

/* Plan the next alert or automatic step after this moment; no step. */
bool
gg_try_plan(GgFound *f, TimestampTz after, bool automatic)
{
	f->after = after;
	f->plan_auto = automatic;
	return gg_work_out(attempt_plan, f, automatic ? "the next automatic step" : "the next warning");
}

/* As an attempt: which automatic step is due? */
static void
attempt_auto(void *arg)
{
	GgFound *f = arg;

	gg_load_found(f);
	f->action = due_action(&f->row, f->now, &f->args);
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
	int done; /* what cannot be worked out is not counted: it must not keep the rest waiting for ever */
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
		if (b->n < GG_SWEEP_BATCH || b->done >= GG_MAX_SWEPT)
			return false;
	}
	gg_execute(b->plan, v, NULL, false, 0);
	b->found = SPI_tuptable;
	b->n = SPI_processed;
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

/*
 * Automatic steps that are due, oldest first. true: at least one was taken, and
 * the same events may have another. warned: the events of which something was
 * said in this sweep.
 */
static bool
sweep_auto(TimestampTz now, HTAB *warned)
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
			GgFound f = {.tuple = b.found->vals[i], .desc = b.found->tupdesc, .now = now};
			int64 event = number_of(&f);
			GgTried tried = GG_REFUSED;

			CHECK_FOR_INTERRUPTS();
			f.said = hash_search(warned, &event, HASH_FIND, NULL) != NULL;
			if (!gg_work_out(attempt_auto, &f, "the automatic step"))
			{
				(void) hash_search(warned, &event, HASH_ENTER, NULL);
				continue;
			}
			if (f.action != NULL)
				tried = gg_try_step(&f, f.action, "系统自动执行", f.args,
									gg_time(&f.row, EV_NEXT_AUTO_AT));
			if (f.action != NULL && tried != GG_TAKEN)
				(void) hash_search(warned, &event, HASH_ENTER, NULL);
			/* what the guard refuses waits for a person; what a calendar forbids stays planned */
			if (tried == GG_TAKEN || (tried == GG_REFUSED && gg_try_plan(&f, now, true)))
				b.done++;
			taken = taken || tried == GG_TAKEN;
		}
	return taken && b.done < GG_MAX_SWEPT;
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

/* Some of the found events, as an attempt. */
typedef struct Raising
{
	const Batches *b;
	uint64 first;
	uint64 end;
	int raised;
	int64 highest;
} Raising;

/* As an attempt: raise what is due of them, and plan what comes next. */
static void
attempt_alerts(void *arg)
{
	Raising *r = arg;

	for (uint64 i = r->first; i < r->end; i++)
	{
		GgFound f = {.tuple = r->b->found->vals[i], .desc = r->b->found->tupdesc};
		GgRung rung[4];
		int n;

		CHECK_FOR_INTERRUPTS();
		gg_load_found(&f);
		n = gg_rungs(&f.row, rung);
		for (int k = 0; k < n; k++)
			if (rung[k].at <= r->b->now && raise_rung(&f.row, &rung[k], r->b->now, &r->highest))
				r->raised++;
		gg_system_plan_alert(number_of(&f), r->b->now, false);
	}
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
	{
		/* all of them at once, as a rule; one at a time where one of them fails */
		uint64 step = b.n;

		for (uint64 i = 0; i < b.n;)
		{
			Raising r = {&b, i, i + step, raised, *highest};
			ErrorData *error = gg_attempt(attempt_alerts, &r);

			if (error != NULL && step > 1)
			{
				step = 1;
				continue;
			}
			if (error == NULL)
			{
				raised = r.raised;
				*highest = r.highest;
				b.done += (int) step;
			}
			else
			{
				GgFound f = {.tuple = b.found->vals[i], .desc = b.found->tupdesc};

				warn_of(&f,
						psprintf("the warnings of event %lld cannot be worked out",
								 (long long) number_of(&f)),
						error);
			}
			i += step;
		}
	}
	return raised;
}

/* A master that has ended, as an attempt. */
typedef struct Ended
{
	int64 master;
	char *state;
	bool forced;
	int64 next;
	TimestampTz at;
} Ended;

/* Its slaves follow it. */
static void
attempt_follow(void *arg)
{
	Ended *m = arg;

	gg_follow_master(m->master, strcmp(m->state, "evaluated") == 0 ? "closed" : m->state, m->forced,
					 m->next, m->at, false);
}

/* Slaves whose master has ended without them. */
static void
sweep_stragglers(void)
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
		HeapTuple t = found->vals[i];
		TupleDesc d = found->tupdesc;
		bool null;
		Ended m;
		ErrorData *error;

		CHECK_FOR_INTERRUPTS();
		m.master = DatumGetInt64(SPI_getbinval(t, d, 1, &null));
		m.state = gg_required(t, d, 2);
		m.forced = DatumGetBool(SPI_getbinval(t, d, 3, &null));
		m.next = DatumGetInt64(SPI_getbinval(t, d, 4, &null));
		m.at = DatumGetTimestampTz(SPI_getbinval(t, d, 5, &null));
		error = gg_attempt(attempt_follow, &m);
		if (error != NULL)
			ereport(WARNING, (errmsg("slaves of event %lld, which has ended, cannot follow it: %s",
									 (long long) m.master, error->message),
							  error->detail ? errdetail_internal("%s", error->detail) : 0));
	}
	SPI_freetuptable(found);
}

/* All of it, as of `now`; one NOTIFY: the count and the highest alert id, nothing of the case. */
static int
sweep(TimestampTz now)
{
	GgIdentity self;
	int raised;
	int64 highest = 0;
	HASHCTL ctl = {.keysize = sizeof(int64), .entrysize = sizeof(int64)};
	HTAB *warned;

	gg_become_owner(gg_gov_table("event", false), &self);
	gg_hold_calendars(false); /* before any row: who changes one waits without holding the queue */
	SPI_connect();
	/* an event may take several in a row */
	ctl.hcxt = CurrentMemoryContext;
	warned = hash_create("grid_gov warned", 64, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	for (int i = 0; i < 10 && sweep_auto(now, warned); i++)
		;
	gg_sweep_reprojections(now);
	raised = sweep_alerts(now, &highest);
	sweep_stragglers();
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
