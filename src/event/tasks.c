/*
 * tasks.c: what does a step do to tasks and requests?
 *
 * Called by the AFTER trigger, inside SPI_connect() and as the owner of gov.
 * The lasting facts about who had what to do until when are these rows; scores
 * read them. Breach and exemption are kept apart, and nothing erases a breach.
 */
#include "event/event.h"
#include "event/after.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

/* The how-manieth task of this kind for this unit and person? */
static int32
next_round(GgAfter *a, Datum kind, Datum unit, bool no_unit, Datum person, bool no_person)
{
	static GgPlan plan = {
		"SELECT COALESCE(pg_catalog.max(t.round), 0) OPERATOR(pg_catalog.+) 1 FROM gov.event_task t"
		" WHERE t.event_id OPERATOR(pg_catalog.=) $1 AND t.kind OPERATOR(pg_catalog.=) $2"
		/* IS NOT DISTINCT FROM would look for an operator along the caller's search_path */
		" AND (t.unit OPERATOR(pg_catalog.=) $3 OR (t.unit IS NULL AND $3 IS NULL))"
		" AND (t.person OPERATOR(pg_catalog.=) $4 OR (t.person IS NULL AND $4 IS NULL))",
		4,
		{INT8OID, TEXTOID, TEXTOID, INT8OID}};
	Datum v[4] = {Int64GetDatum(a->event), kind, unit, person};
	char n[5] = "    ";
	bool null;

	if (!a->had_tasks)
		return 1;
	if (no_unit)
		n[2] = 'n';
	if (no_person)
		n[3] = 'n';
	gg_execute(&plan, v, n, false, 1);
	return DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null));
}

/* Insert a task; limit 0 means no deadline. */
static void
insert_task(GgAfter *a, const char *kind, const char *unit, bool has_person, int64 person,
			const char *allow, bool has_due, TimestampTz due, DateADT due_day, bool has_day,
			bool provisional)
{
	static GgPlan plan = {
		"INSERT INTO gov.event_task (event_id, kind, round, unit, person, area, assigned_at, allow, due_at, due_day,"
		" provisional, opened_seq, exempt) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
		13,
		{INT8OID, TEXTOID, INT4OID, TEXTOID, INT8OID, TEXTOID, TIMESTAMPTZOID, TEXTOID,
		 TIMESTAMPTZOID, DATEOID, BOOLOID, INT4OID, BOOLOID}};
	static GgDirect direct = {"event_task",
							  13,
							  {"event_id", "kind", "round", "unit", "person", "area", "assigned_at",
							   "allow", "due_at", "due_day", "provisional", "opened_seq", "exempt"},
							  plan.argtypes};
	Datum v[13];
	bool null[13] = {false};
	char n[14];

	v[0] = Int64GetDatum(a->event);
	v[1] = CStringGetTextDatum(kind);
	v[3] = unit ? CStringGetTextDatum(unit) : (Datum) 0;
	v[4] = Int64GetDatum(person);
	v[5] = CStringGetTextDatum(a->p->log.area);
	v[6] = TimestampTzGetDatum(a->p->log.at);
	v[7] = allow ? CStringGetTextDatum(allow) : (Datum) 0;
	v[8] = TimestampTzGetDatum(due);
	v[9] = DateADTGetDatum(due_day);
	v[10] = BoolGetDatum(provisional);
	v[11] = Int32GetDatum(a->p->log.seq);
	v[12] = BoolGetDatum(false);
	null[3] = unit == NULL;
	null[4] = !has_person;
	null[7] = allow == NULL;
	null[8] = !has_due;
	null[9] = !has_due || !has_day;
	v[2] = Int32GetDatum(next_round(a, v[1], v[3], null[3], v[4], null[4]));
	if (gg_direct_insert(&direct, v, null))
		return;
	for (int i = 0; i < 13; i++)
		n[i] = null[i] ? 'n' : ' ';
	n[13] = '\0';
	gg_execute(&plan, v, n, false, 0);
}

/* A task whose deadline is the handling clock's (handle) or the stage's (verify, check). */
static void
open_by_clock(GgAfter *a, const char *kind, const char *unit, bool has_person, int64 person,
			  bool stage)
{
	const GgRow *row = &a->row;
	GgColumn due = stage ? EV_STAGE_DUE_AT : EV_DUE_AT;
	GgColumn day = stage ? EV_STAGE_DUE_DAY : EV_DUE_DAY;

	insert_task(a, kind, unit, has_person, person,
				gg_text(row, stage ? EV_STAGE_ALLOW : EV_HANDLING_ALLOW), gg_has(row, due),
				gg_has(row, due) ? gg_time(row, due) : 0,
				gg_has(row, day) ? DatumGetDateADT(row->v[day]) : 0, gg_has(row, day),
				gg_bool(row, stage ? EV_STAGE_PROVISIONAL : EV_DUE_PROVISIONAL));
}

/* A task with a limit of its own: callback, whistle. */
static void
open_by_limit(GgAfter *a, const char *kind, const char *unit)
{
	GgLimit limit;
	bool provisional = false;
	const GgCalendar *c = gg_calendar_by_id(gg_calendar_for_area(a->p->log.area));
	TimestampTz due = 0;
	bool has = gg_stage_limit(a->p->log.area, psprintf("task:%s", kind),
							  gg_bool(&a->row, EV_URGENT), &limit) &&
			   c != NULL;

	if (has)
		due = gg_due(a->p->log.at, limit.kind, gg_limit_units(limit, c), c, &provisional);
	insert_task(a, kind, unit, false, 0, has ? gg_limit_text(limit) : NULL, has, due,
				has ? gg_due_day(due, c) : 0, has, provisional);
}

/* open_task:kind */
static void
open_task(GgAfter *a, const char *kind)
{
	const Jsonb *args = a->p->args;
	int64 person = 0;
	bool has_person = gg_arg_int8(args, "person", &person);
	char **unit;
	int n;

	if (strcmp(kind, "handle") == 0)
		open_by_clock(a, kind, gg_arg(args, "unit"), has_person, person, false);
	else if (strcmp(kind, "co_handle") == 0)
	{
		n = gg_arg_list(args, "co_units", &unit);
		for (int i = 0; i < n; i++)
			open_by_clock(a, kind, unit[i], false, 0, false);
	}
	else if (strcmp(kind, "whistle") == 0)
	{
		n = gg_arg_list(args, "units", &unit);
		for (int i = 0; i < n; i++)
			open_by_limit(a, kind, unit[i]);
	}
	else if (strcmp(kind, "callback") == 0)
		open_by_limit(a, kind, NULL);
	else
		open_by_clock(a, kind, NULL, has_person, person, true);
}

/*
 * Close open tasks of a kind (NULL: all, with outcome "ended"). own: only the
 * actor's, by person, or by unit where nobody is named. A handle task takes the
 * deadline then in force and the breach that the guard judged.
 */
static void
close_tasks(GgAfter *a, const char *kind, const char *outcome, bool own)
{
	static GgPlan plan = {
		"UPDATE gov.event_task SET done_at = $3, outcome = $4, closed_seq = $5,"
		" due_at = CASE WHEN kind OPERATOR(pg_catalog.=) 'handle' AND $8 IS NOT NULL THEN $8 ELSE due_at END,"
		" due_day = CASE WHEN kind OPERATOR(pg_catalog.=) 'handle' AND $8 IS NOT NULL THEN $9 ELSE due_day END,"
		" breach = CASE WHEN kind OPERATOR(pg_catalog.=) 'handle' AND $8 IS NOT NULL THEN $10"
		"  WHEN kind OPERATOR(pg_catalog.=) ANY (ARRAY['handle', 'co_handle']) THEN $13 OPERATOR(pg_catalog.>) due_at"
		"  ELSE $3 OPERATOR(pg_catalog.>) due_at END,"
		" used_minutes = CASE WHEN kind OPERATOR(pg_catalog.=) 'handle' AND $8 IS NOT NULL THEN $11 END,"
		" provisional = CASE WHEN kind OPERATOR(pg_catalog.=) 'handle' THEN $12 ELSE provisional END"
		" WHERE event_id OPERATOR(pg_catalog.=) $1 AND done_at IS NULL AND ($2 IS NULL OR kind OPERATOR(pg_catalog.=) $2)"
		" AND ($6 IS NULL OR person OPERATOR(pg_catalog.=) $6"
		"  OR (person IS NULL AND unit OPERATOR(pg_catalog.=) $7))",
		13,
		{INT8OID, TEXTOID, TIMESTAMPTZOID, TEXTOID, INT4OID, INT8OID, TEXTOID, TIMESTAMPTZOID,
		 DATEOID, BOOLOID, FLOAT8OID, BOOLOID, TIMESTAMPTZOID}};
	const GgStep *s = &a->p->step;
	Datum v[13];
	char n[14] = "             ";

	v[0] = Int64GetDatum(a->event);
	v[1] = kind ? CStringGetTextDatum(kind) : (Datum) 0;
	v[2] = TimestampTzGetDatum(a->p->log.at);
	v[3] = CStringGetTextDatum(outcome);
	v[4] = Int32GetDatum(a->p->log.seq);
	v[5] = Int64GetDatum(a->actor_id);
	v[6] = s->actor_unit ? CStringGetTextDatum(s->actor_unit) : (Datum) 0;
	v[7] = TimestampTzGetDatum(s->due_in_force);
	v[8] = a->old_due_day;
	v[9] = BoolGetDatum(s->breach);
	v[10] = Float8GetDatum(s->used_minutes);
	v[11] = BoolGetDatum(gg_bool(&a->row, EV_DUE_PROVISIONAL));
	/* while handling is paused, nobody is late with it */
	v[12] = a->old != NULL && gg_has(a->old, EV_HANDLING_PAUSED_AT)
				? a->old->v[EV_HANDLING_PAUSED_AT]
				: v[2];
	if (kind == NULL)
		n[1] = 'n';
	if (!own)
		n[5] = 'n';
	if (s->actor_unit == NULL)
		n[6] = 'n';
	if (s->due_in_force == 0)
		n[7] = n[9] = n[10] = 'n';
	if (s->due_in_force == 0 || !a->has_old_due_day)
		n[8] = 'n';
	gg_execute(&plan, v, n, false, 0);
}

/* The open tasks of a clock take its deadline when that has moved. */
static void
move_open(const GgAfter *a, GgColumn due, GgColumn day, GgColumn provisional, const char *kind,
		  const char *other_kind)
{
	static GgPlan plan = {"UPDATE gov.event_task SET due_at = $2, due_day = $3, provisional = $4"
						  " WHERE event_id OPERATOR(pg_catalog.=) $1 AND done_at IS NULL"
						  " AND kind OPERATOR(pg_catalog.=) ANY (ARRAY[$5, $6])",
						  6,
						  {INT8OID, TIMESTAMPTZOID, DATEOID, BOOLOID, TEXTOID, TEXTOID}};
	Datum v[6] = {Int64GetDatum(a->event),
				  a->row.v[due],
				  a->row.v[day],
				  BoolGetDatum(gg_bool(&a->row, provisional)),
				  CStringGetTextDatum(kind),
				  CStringGetTextDatum(other_kind)};

	if (!gg_has(a->old, due) || !gg_has(&a->row, due) ||
		(gg_column_equal(due, a->old, &a->row) && gg_column_equal(day, a->old, &a->row) &&
		 gg_column_equal(provisional, a->old, &a->row)))
		return;
	gg_execute(&plan, v, a->row.null[day] ? "  n   " : NULL, false, 0);
}

/*
 * Tasks last as long as the clock by which they were opened: handling and
 * co-handling as long as the handling clock, a verification or check as long as
 * its stage. A pause, an extension, another limit or another calendar moves both.
 */
void
gg_tasks_follow(const GgAfter *a)
{
	move_open(a, EV_DUE_AT, EV_DUE_DAY, EV_DUE_PROVISIONAL, "handle", "co_handle");
	/* another state has another clock; (before) has the one that was paused */
	if (gg_column_equal(EV_STATE, a->old, &a->row) ||
		(gg_column_equal(EV_STAGE_START, a->old, &a->row) &&
		 gg_column_equal(EV_STAGE_ROUND, a->old, &a->row)))
		move_open(a, EV_STAGE_DUE_AT, EV_STAGE_DUE_DAY, EV_STAGE_PROVISIONAL, "verify", "check");
}

/* Open tasks with a limit of their own (callback, whistle), derived anew by the calendar of now: does any differ? write: and mend it. */
bool
gg_tasks_reproject(int64 event, bool write)
{
	static GgPlan plan = {
		"SELECT t.id, t.area, t.allow, t.assigned_at, t.due_at, t.provisional FROM gov.event_task t"
		" WHERE t.event_id OPERATOR(pg_catalog.=) $1 AND t.done_at IS NULL AND t.allow IS NOT NULL"
		" AND t.kind OPERATOR(pg_catalog.=) ANY (ARRAY['callback', 'whistle']) ORDER BY t.id",
		1,
		{INT8OID}};
	static GgPlan mend_plan = {
		"UPDATE gov.event_task SET due_at = $2, due_day = $3, provisional = $4"
		" WHERE id OPERATOR(pg_catalog.=) $1",
		4,
		{INT8OID, TIMESTAMPTZOID, DATEOID, BOOLOID}};
	Datum v = Int64GetDatum(event);
	SPITupleTable *found;
	uint64 n;
	bool differs = false;

	gg_execute(&plan, &v, NULL, false, 0);
	found = SPI_tuptable;
	n = SPI_processed;
	for (uint64 i = 0; i < n; i++)
	{
		HeapTuple t = found->vals[i];
		TupleDesc d = found->tupdesc;
		const GgCalendar *c = gg_calendar_by_id(gg_calendar_for_area(gg_required(t, d, 2)));
		GgLimit limit;
		TimestampTz due;
		bool provisional = false;
		bool null;
		bool was_null;
		Datum mended[4];

		if (c == NULL)
			continue;
		gg_limit_parse(gg_required(t, d, 3), &limit, NULL);
		due = gg_due(DatumGetTimestampTz(SPI_getbinval(t, d, 4, &null)), limit.kind,
					 gg_limit_units(limit, c), c, &provisional);
		mended[0] = SPI_getbinval(t, d, 5, &was_null);
		if (!was_null && DatumGetTimestampTz(mended[0]) == due &&
			DatumGetBool(SPI_getbinval(t, d, 6, &null)) == provisional)
			continue;
		differs = true;
		if (!write)
			break;
		mended[0] = SPI_getbinval(t, d, 1, &null);
		mended[1] = TimestampTzGetDatum(due);
		mended[2] = DateADTGetDatum(gg_due_day(due, c));
		mended[3] = BoolGetDatum(provisional);
		gg_execute(&mend_plan, mended, NULL, false, 0);
	}
	SPI_freetuptable(found);
	return differs;
}

/* sign_task: the open handle task is signed, by the person named. */
static void
sign_task(GgAfter *a)
{
	static GgPlan plan = {
		"UPDATE gov.event_task SET signed_at = $2, person = COALESCE($3, person)"
		" WHERE event_id OPERATOR(pg_catalog.=) $1 AND kind OPERATOR(pg_catalog.=) 'handle' AND done_at IS NULL",
		3,
		{INT8OID, TIMESTAMPTZOID, INT8OID}};
	int64 person = 0;
	bool has = gg_arg_int8(a->p->args, "person", &person);
	Datum v[3] = {Int64GetDatum(a->event), TimestampTzGetDatum(a->p->log.at),
				  Int64GetDatum(person)};

	gg_execute(&plan, v, has ? "   " : "  n", false, 0);
}

/* reopen_task: a new row for the same unit and person, or whom his work was handed over to; the old row stays as it was. */
static void
reopen_task(GgAfter *a, const char *kind)
{
	static GgPlan plan = {
		"SELECT t.unit, t.person FROM gov.event_task t WHERE t.event_id OPERATOR(pg_catalog.=) $1"
		" AND t.kind OPERATOR(pg_catalog.=) $2 ORDER BY t.id DESC",
		2,
		{INT8OID, TEXTOID}};
	Datum v[2] = {Int64GetDatum(a->event), CStringGetTextDatum(kind)};
	char *unit;
	bool null;
	int64 person;

	gg_execute(&plan, v, NULL, false, 1);
	if (SPI_processed == 0)
		return;
	unit = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	person = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &null));
	if (strcmp(kind, "handle") == 0 && !null && gg_has(&a->row, EV_PERSON))
		person = gg_int8(&a->row, EV_PERSON);
	open_by_clock(a, kind, unit, !null, null ? 0 : person, false);
}

/* exempt_overdue: beside the breach, never instead of it. */
static void
exempt(GgAfter *a)
{
	static GgPlan plan = {
		"UPDATE gov.event_task SET exempt = true WHERE event_id OPERATOR(pg_catalog.=) $1"
		" AND kind OPERATOR(pg_catalog.=) 'handle' AND breach",
		1,
		{INT8OID}};
	Datum v = Int64GetDatum(a->event);

	gg_execute(&plan, &v, NULL, false, 0);
}

/* open_request:kind; a unit head's own request is endorsed at once. */
static void
open_request(GgAfter *a, const char *kind)
{
	static GgPlan plan = {
		"INSERT INTO gov.request (event_id, kind, made_at, made_by, unit, until, endorsed_at, endorsed_by, opened_seq)"
		" VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $7 THEN $3 END, CASE WHEN $7 THEN $4 END, $8)",
		8,
		{INT8OID, TEXTOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, BOOLOID, INT4OID}};
	TimestampTz until = 0;
	bool has_until = gg_arg_time(a->p->args, "until", &until);
	Datum v[8];
	char n[9] = "        ";

	v[0] = Int64GetDatum(a->event);
	v[1] = CStringGetTextDatum(kind);
	v[2] = TimestampTzGetDatum(a->p->log.at);
	v[3] = CStringGetTextDatum(a->p->log.actor);
	v[4] = a->p->log.unit ? CStringGetTextDatum(a->p->log.unit) : (Datum) 0;
	v[5] = TimestampTzGetDatum(until);
	v[6] = BoolGetDatum(a->p->step.role == GG_ROLE_UNIT_HEAD);
	v[7] = Int32GetDatum(a->p->log.seq);
	if (a->p->log.unit == NULL)
		n[4] = 'n';
	if (!has_until)
		n[5] = 'n';
	gg_execute(&plan, v, n, false, 0);
}

/* Endorse the undecided request that the step's guard names, once: the first endorsement stands. */
static void
endorse_request(GgAfter *a, const char *kind)
{
	static GgPlan plan = {
		"UPDATE gov.request SET endorsed_at = $3, endorsed_by = $4"
		" WHERE event_id OPERATOR(pg_catalog.=) $1 AND kind OPERATOR(pg_catalog.=) $2 AND decided_at IS NULL AND endorsed_at IS NULL",
		4,
		{INT8OID, TEXTOID, TIMESTAMPTZOID, TEXTOID}};
	Datum v[4] = {Int64GetDatum(a->event), CStringGetTextDatum(kind),
				  TimestampTzGetDatum(a->p->log.at), CStringGetTextDatum(a->p->log.actor)};

	gg_execute(&plan, v, NULL, false, 0);
}

/* Decide undecided requests: one kind, suspend and extend (kind ""), or all (NULL). */
static void
decide_requests(GgAfter *a, const char *kind, const char *outcome)
{
	static GgPlan plan = {
		"UPDATE gov.request SET decided_at = $3, decided_by = $4, outcome = $5, closed_seq = $6"
		" WHERE event_id OPERATOR(pg_catalog.=) $1 AND decided_at IS NULL AND ($2 IS NULL OR kind OPERATOR(pg_catalog.=) $2"
		" OR ($2 OPERATOR(pg_catalog.=) '' AND kind OPERATOR(pg_catalog.=) ANY (ARRAY['suspend', 'extend'])))",
		6,
		{INT8OID, TEXTOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, INT4OID}};
	Datum v[6] = {Int64GetDatum(a->event),           kind ? CStringGetTextDatum(kind) : (Datum) 0,
				  TimestampTzGetDatum(a->p->log.at), CStringGetTextDatum(a->p->log.actor),
				  CStringGetTextDatum(outcome),      Int32GetDatum(a->p->log.seq)};

	gg_execute(&plan, v, kind ? "      " : " n    ", false, 0);
}

/* The request named in the step's guards. */
static const char *
named_request(const GgTransition *t)
{
	for (int i = 0; i < t->nguards; i++)
		if (t->guard[i].kind == GG_G_REQUESTED || t->guard[i].kind == GG_G_ENDORSED)
			return t->guard[i].arg;
	return "";
}

/* A correction of the category or the item becomes a labelled sample; one that changed nothing does not. */
static void
keep_label(GgAfter *a)
{
	static GgPlan plan = {
		"INSERT INTO gov.labelled_report (event_id, body, category, item, was, labelled_at, labelled_by)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7)",
		7,
		{INT8OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TEXTOID}};
	const GgRow *row = &a->row;
	Datum v[7] = {Int64GetDatum(a->event),
				  row->v[EV_BODY],
				  row->v[EV_CATEGORY],
				  row->v[EV_ITEM],
				  a->old_category,
				  TimestampTzGetDatum(a->p->log.at),
				  CStringGetTextDatum(a->p->log.actor)};
	char n[8] = "       ";

	if (row->null[EV_CATEGORY])
		return;
	if (a->old != NULL && gg_column_equal(EV_CATEGORY, a->old, row) &&
		gg_column_equal(EV_ITEM, a->old, row))
		return;
	if (row->null[EV_ITEM])
		n[3] = 'n';
	if (!a->has_old_category)
		n[4] = 'n';
	gg_execute(&plan, v, n, false, 0);
}

/* Does the step act on tasks by relation to the actor's own (person or unit), not by area? */
static bool
acts_on_own(const GgTransition *t, GgRole role)
{
	for (int r = 0; r < t->nroles; r++)
		if (t->role[r] == role)
			return t->relation[r] == GG_REL_OWN_TASK || t->relation[r] == GG_REL_CO_UNIT;
	return false;
}

/* Everything that the step does to tasks and requests. */
void
gg_apply_tasks(GgAfter *a, const GgWorkflow *wf, const GgTransition *t)
{
	int to = gg_state_of(wf, a->p->log.to);
	int from = a->p->log.from ? gg_state_of(wf, a->p->log.from) : -1;
	bool ends;
	bool reopens;

	/* somebody may have committed another workflow since the guard judged */
	if (to < 0)
		ereport(ERROR,
				(errcode(ERRCODE_GG_NOT_SET_UP),
				 errmsg("state \"%s\" does not exist in workflow \"%s\"", a->p->log.to, wf->name)));
	ends = to != from && !wf->state[to].open && strcmp(wf->state[to].name, "merged") != 0;
	reopens = to != from && from >= 0 && !wf->state[from].open && !wf->state[from].paused &&
			  wf->state[to].open;

	/* what closes comes before what opens */
	for (int i = 0; i < t->neffects; i++)
	{
		const GgRule *e = &t->effect[i];

		if (e->kind == GG_E_CLOSE_TASK)
		{
			/* the lead handle task is one, whoever of the unit ends it */
			bool own = acts_on_own(t, a->p->step.role) && strcmp(e->arg, "handle") != 0;

			close_tasks(a, e->arg, t->action, own);
			if (strcmp(e->arg, "handle") == 0 && gg_has_effect(t, GG_E_PAUSE_CLOCK))
				close_tasks(a, "co_handle", t->action, false);
		}
		else if (e->kind == GG_E_CLOSE_REQUEST)
			decide_requests(a, named_request(t), a->p->step.request_outcome);
		else if (e->kind == GG_E_VOID_REQUESTS)
			decide_requests(a, "", "void");
	}
	if (ends)
	{
		close_tasks(a, NULL, "ended", false);
		decide_requests(a, NULL, "void");
	}
	if (reopens)
		decide_requests(a, "appeal", "void");
	for (int i = 0; i < t->neffects; i++)
	{
		const GgRule *e = &t->effect[i];

		switch ((GgEffectKind) e->kind)
		{
			case GG_E_OPEN_TASK:
				open_task(a, e->arg);
				break;
			case GG_E_SIGN_TASK:
				sign_task(a);
				break;
			case GG_E_REOPEN_TASK:
				reopen_task(a, e->arg);
				break;
			case GG_E_OPEN_REQUEST:
				open_request(a, e->arg);
				break;
			case GG_E_ENDORSE_REQUEST:
				endorse_request(a, named_request(t));
				break;
			case GG_E_EXEMPT_OVERDUE:
				exempt(a);
				break;
			case GG_E_RELABEL:
				keep_label(a);
				break;
			default:
				break;
		}
	}
}
