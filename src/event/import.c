/*
 * import.c: a city's old events, as they were, with a journal that says so.
 *
 * import_events() reads a staging table; the guard lets its rows in with their
 * dates and states while the import runs, and only then. Each of an event's dates
 * becomes a journal row of the step that it tells of, marked imported, and, where
 * it was dispatched, its handle task with the breach that its dates show. The
 * facts that those rows cover are the event as it came. Scores leave them out.
 */
#include "event/event.h"
#include "event/after.h"

#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

static struct
{
	bool running;
	bool inserting; /* its own statement is being run */
	int depth;      /* of triggers, around it */
	MemoryContext context;
	HTAB *known; /* grids and units that were found */
} import;

/* Is the row that the guard looks at one of the import's own statement? What a trigger of the city's inserts meanwhile is judged as ever. */
bool
gg_importing(void)
{
	return import.inserting && gg_trigger_depth() == import.depth + 1;
}

/* A column that a staging table may have. */
static const char *const importable[] = {
	"source",      "external_id",  "body",         "location",        "grid",          "area",
	"category",    "item",         "urgent",       "state",           "unit",          "person",
	"reporter",    "satisfaction", "reported_at",  "accepted_at",     "dispatched_at", "signed_at",
	"feedback_at", "closed_at",    "evaluated_at", "close_condition", "level",         "case_no"};

/* May an imported row bring this column? */
bool
gg_importable(const char *column)
{
	for (int i = 0; i < lengthof(importable); i++)
		if (strcmp(importable[i], column) == 0)
			return true;
	return false;
}

/* What a date of the row tells. */
static const struct
{
	GgColumn date;
	const char *action;
	const char *to;
} told[] = {
	{EV_REPORTED_AT, "report", "reported"},       {EV_ACCEPTED_AT, "accept", "pending_dispatch"},
	{EV_DISPATCHED_AT, "dispatch", "dispatched"}, {EV_SIGNED_AT, "sign", "handling"},
	{EV_FEEDBACK_AT, "feedback", "feedback"},     {EV_CLOSED_AT, "close", "closed"},
	{EV_EVALUATED_AT, "evaluate", "evaluated"}};

/* One step of an imported event. */
typedef struct Told
{
	const char *action;
	const char *to;
	TimestampTz at;
	bool dispatched; /* by then */
} Told;

#define MAX_TOLD (lengthof(told) + 1)

/* The steps that the row's dates tell of, and "import" to its state where they do not lead there. */
static int
tell(const GgRow *row, const GgWorkflow *wf, Told step[MAX_TOLD])
{
	const char *state = gg_text(row, EV_STATE);
	bool dispatched = false;
	int n = 0;

	for (int i = 0; i < lengthof(told); i++)
	{
		if (!gg_has(row, told[i].date) || gg_state_of(wf, told[i].to) < 0)
			continue;
		dispatched = dispatched || told[i].date == EV_DISPATCHED_AT;
		step[n].action = told[i].action;
		step[n].to = told[i].to;
		step[n].at = gg_time(row, told[i].date);
		step[n++].dispatched = dispatched;
	}
	if (n == 0 || strcmp(step[n - 1].to, state) != 0)
	{
		step[n].action = "import";
		step[n].to = state;
		step[n].at = gg_time(row, EV_LAST_AT);
		step[n++].dispatched = gg_has(row, EV_DISPATCHED_AT);
	}
	return n;
}

/* A row of the staging table makes no sense: say which one. hint may be NULL. */
pg_noreturn static void
refuse(const GgRow *row, int code, const char *why, const char *hint)
{
	char *body = gg_has(row, EV_BODY) ? gg_text(row, EV_BODY) : "";
	char *number = gg_has(row, EV_EXTERNAL_ID) ? gg_text(row, EV_EXTERNAL_ID) : NULL;

	ereport(ERROR,
			(errcode(code), errmsg("cannot import an event: %s", why),
			 number != NULL ? errdetail("It is the event with external_id \"%s\".", number)
							: errdetail("Its body begins with \"%s\".",
										pnstrdup(body, pg_mbcliplen(body, strlen(body), 90))),
			 hint != NULL ? errhint("%s", hint) : 0));
}

/*
 * A case number that looks like one of ours, area-day-number, with a number that
 * was not given out yet would stand in a later event's way.
 */
static void
check_case_no(const GgRow *row)
{
	const char *s, *number;
	int64 n;

	if (!gg_has(row, EV_CASE_NO))
		return;
	s = gg_text(row, EV_CASE_NO);
	number = s + strspn(s, "0123456789");
	if (number == s || number > s + 6 || *number != '-' || strspn(number + 1, "0123456789") != 8 ||
		number[9] != '-')
		return;
	number += 10;
	if (strspn(number, "0123456789") < 8 || number[strspn(number, "0123456789")] != '\0')
		return;
	errno = 0;
	n = strtoll(number, NULL, 10);
	/* more digits than we write: never one of ours */
	if (errno != 0 || strcmp(psprintf("%08lld", (long long) n), number) != 0)
		return;
	if (n > gg_int8(row, EV_ID))
		refuse(row, ERRCODE_INVALID_PARAMETER_VALUE,
			   psprintf("case number \"%s\" is one that a later event will get", s),
			   "Raise the sequence of gov.event.id above it first (setval), or leave case_no out.");
}

/* Is there such a grid or unit, in use or not? The same few come again and again: what was found is kept for the import. */
static bool
is_known(const char *code, bool grid)
{
	static GgPlan grid_plan = {
		"SELECT true FROM gov.grid g WHERE g.code OPERATOR(pg_catalog.=) $1 LIMIT 1", 1, {TEXTOID}};
	static GgPlan unit_plan = {
		"SELECT true FROM gov.department d WHERE d.code OPERATOR(pg_catalog.=) $1", 1, {TEXTOID}};
	char key[NAMEDATALEN] = {grid ? 'g' : 'u'};
	Datum v = CStringGetTextDatum(code);

	if (strlen(code) >= sizeof(key) - 1)
		return false;
	strlcpy(key + 1, code, sizeof(key) - 1);
	if (import.known == NULL)
	{
		HASHCTL ctl = {.keysize = NAMEDATALEN, .entrysize = NAMEDATALEN, .hcxt = import.context};

		import.known =
			hash_create("grid_gov import", 1024, &ctl, HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	}
	if (hash_search(import.known, key, HASH_FIND, NULL) != NULL)
		return true;
	gg_execute(grid ? &grid_plan : &unit_plan, &v, NULL, false, 1);
	if (SPI_processed == 0)
		return false;
	(void) hash_search(import.known, key, HASH_ENTER, NULL);
	return true;
}

/* Carry an old event's facts over: state, clocks, and the step's time. Called by the guard. */
void
gg_import_row(GgStep *step, GgRow *row)
{
	TimestampTz before = DT_NOBEGIN;
	GgColumn last = EV_REPORTED_AT;
	const char *reached = NULL;
	char *state;

	if (!gg_has(row, EV_REPORTED_AT))
		refuse(row, ERRCODE_GG_NOTE_OR_ARG_MISSING, "it has no reported_at", NULL);
	for (int i = 0; i < lengthof(told); i++)
	{
		GgColumn c = told[i].date;

		if (!gg_has(row, c))
			continue;
		if (TIMESTAMP_NOT_FINITE(gg_time(row, c)) || gg_time(row, c) < before)
			refuse(row, ERRCODE_INVALID_PARAMETER_VALUE,
				   psprintf("its %s %s lies before %s %s", gg_column[c].name,
							pstrdup(timestamptz_to_str(gg_time(row, c))), gg_column[last].name,
							pstrdup(timestamptz_to_str(before))),
				   NULL);
		before = gg_time(row, c);
		last = c;
		if (gg_state_of(step->wf, told[i].to) >= 0)
			reached = told[i].to;
	}
	/* a state that is not named is that of the last date */
	state = gg_has(row, EV_STATE) ? gg_text(row, EV_STATE) : pstrdup(reached ? reached : "");
	step->at = before;
	if (step->at > step->recorded_at)
		refuse(row, ERRCODE_INVALID_PARAMETER_VALUE,
			   psprintf("its %s %s lies in the future", gg_column[last].name,
						timestamptz_to_str(step->at)),
			   NULL);
	step->to = gg_state_of(step->wf, state);
	if (step->to < 0)
		refuse(row, ERRCODE_INVALID_PARAMETER_VALUE,
			   psprintf("state \"%s\" does not exist in workflow \"%s\"", state, step->wf->name),
			   NULL);
	check_case_no(row);
	if (gg_has(row, EV_UNIT) && !is_known(gg_text(row, EV_UNIT), false))
		refuse(row, ERRCODE_INVALID_PARAMETER_VALUE,
			   psprintf("there is no unit \"%s\" in gov.department", gg_text(row, EV_UNIT)),
			   "Units are named by their code; one that is gone may be there with active = false.");
	if (gg_has(row, EV_GRID) && !is_known(gg_text(row, EV_GRID), true))
		refuse(
			row, ERRCODE_INVALID_PARAMETER_VALUE,
			psprintf("there is no grid \"%s\" in gov.grid", gg_text(row, EV_GRID)),
			"A grid that is gone may be there with its time of validity; else give the area only.");
	gg_set_text(row, EV_STATE, state);
	gg_set(row, EV_ENTERED_AT, TimestampTzGetDatum(step->at));
	gg_set(row, EV_LAST_AT, TimestampTzGetDatum(step->at));
	gg_set(row, EV_IMPORTED, BoolGetDatum(true));
	gg_set_limits(row);
	if (gg_has(row, EV_DISPATCHED_AT))
	{
		gg_handling_start(row, gg_time(row, EV_DISPATCHED_AT), 100);
		if (gg_has(row, EV_FEEDBACK_AT) || !step->wf->state[step->to].open)
			gg_handling_stop(row,
							 gg_has(row, EV_FEEDBACK_AT) ? gg_time(row, EV_FEEDBACK_AT) : step->at);
		if (gg_has(row, EV_HANDLING_STOPPED_AT) && gg_has(row, EV_DUE_AT))
		{
			bool provisional = false;
			const GgCalendar *c = gg_calendar_by_id(gg_int8(row, EV_HANDLING_CALENDAR));

			step->due_in_force = gg_time(row, EV_DUE_AT);
			step->breach = gg_time(row, EV_HANDLING_STOPPED_AT) > step->due_in_force;
			step->used_minutes =
				(c != NULL
					 ? gg_open_time(gg_time(row, EV_HANDLING_START),
									gg_time(row, EV_HANDLING_STOPPED_AT), c, &provisional)
					 : gg_time(row, EV_HANDLING_STOPPED_AT) - gg_time(row, EV_HANDLING_START)) /
				60e6;
			gg_set(row, EV_USED_MINUTES, Float8GetDatum(step->used_minutes));
		}
	}
	gg_stage_start(row, step->at, state,
				   step->wf->state[step->to].paused || !step->wf->state[step->to].open);
	step->role = GG_ROLE_OWNER;
	{
		Told steps[MAX_TOLD];
		int n = tell(row, step->wf, steps);

		gg_set_text(row, EV_ENTERED_BY, steps[n - 1].action);
	}
}

/* The journal row of step k of n, from that of the last one. */
static void
log_of(const GgLogRow *last, const Told *steps, int k, GgLogRow *l)
{
	*l = *last;
	l->seq = k + 1;
	l->at = steps[k].at;
	l->action = steps[k].action;
	l->from = k == 0 ? NULL : steps[k - 1].to;
	l->to = steps[k].to;
	if (!steps[k].dispatched)
	{
		l->unit = NULL;
		l->has_due = false;
	}
	l->has_stage_due = false;
}

/* The last of an imported event's steps: its action, number, and the state before it (NULL: none). */
void
gg_import_last(const GgRow *row, const GgWorkflow *wf, const char **action, int32 *seq,
			   const char **from)
{
	Told steps[MAX_TOLD];
	int n = tell(row, wf, steps);

	*seq = n;
	*action = steps[n - 1].action;
	*from = n == 1 ? NULL : steps[n - 2].to;
}

/*
 * The chain of the steps before the last one, whose journal row is there but for
 * its hash. write NULL: only work out the hash that the last one follows; false:
 * there are none.
 */
bool
gg_import_chain(const GgRow *row, const GgWorkflow *wf, const GgLogRow *last, uint8 hash[GG_DIGEST],
				void (*write)(const GgLogRow *log, const uint8 *hash))
{
	Told steps[MAX_TOLD];
	int n = tell(row, wf, steps);

	for (int k = 0; k < n - 1; k++)
	{
		GgLogRow l;

		log_of(last, steps, k, &l);
		gg_log_hash(&l, k == 0 ? NULL : hash, hash);
		if (write != NULL)
			write(&l, hash);
	}
	return n > 1;
}

/* The number of the step with this action, or of the last one. */
static int32
seq_of(const GgRow *row, const GgPending *p, const char *action)
{
	Told steps[MAX_TOLD];
	int n = tell(row, gg_workflow(p->workflow), steps);

	for (int k = 0; k < n; k++)
		if (strcmp(steps[k].action, action) == 0)
			return k + 1;
	return n;
}

/* The handle task of an imported event, done or open. Called by the AFTER trigger. */
void
gg_import_task(const GgAfter *a)
{
	static GgPlan plan = {
		"INSERT INTO gov.event_task (event_id, kind, unit, person, area, assigned_at, signed_at, allow, due_at, due_day,"
		" provisional, done_at, outcome, breach, used_minutes, opened_seq, closed_seq)"
		" SELECT e.id, 'handle', e.unit, e.person, e.area, e.dispatched_at, e.signed_at, e.handling_allow, e.due_at, e.due_day,"
		" e.due_provisional, e.handling_stopped_at, CASE WHEN e.handling_stopped_at IS NULL THEN NULL"
		"  WHEN e.feedback_at IS NULL THEN 'ended' ELSE 'feedback' END,"
		" e.handling_stopped_at OPERATOR(pg_catalog.>) e.due_at, e.used_minutes, $2,"
		" CASE WHEN e.handling_stopped_at IS NULL THEN NULL ELSE $3 END"
		" FROM gov.event e WHERE e.id OPERATOR(pg_catalog.=) $1 AND e.dispatched_at IS NOT NULL",
		3,
		{INT8OID, INT4OID, INT4OID}};
	static const Oid type[19] = {INT8OID,        TEXTOID,   INT8OID,        TEXTOID, TIMESTAMPTZOID,
								 TIMESTAMPTZOID, TEXTOID,   TIMESTAMPTZOID, DATEOID, BOOLOID,
								 TIMESTAMPTZOID, FLOAT8OID, TEXTOID,        TEXTOID, BOOLOID,
								 INT4OID,        INT4OID,   INT4OID,        BOOLOID};
	static GgDirect direct = {"event_task",
							  19,
							  {"event_id", "unit", "person", "area", "assigned_at", "signed_at",
							   "allow", "due_at", "due_day", "provisional", "done_at",
							   "used_minutes", "kind", "outcome", "breach", "opened_seq",
							   "closed_seq", "round", "exempt"},
							  type};
	static const GgColumn from[12] = {EV_ID,
									  EV_UNIT,
									  EV_PERSON,
									  EV_AREA,
									  EV_DISPATCHED_AT,
									  EV_SIGNED_AT,
									  EV_HANDLING_ALLOW,
									  EV_DUE_AT,
									  EV_DUE_DAY,
									  EV_DUE_PROVISIONAL,
									  EV_HANDLING_STOPPED_AT,
									  EV_USED_MINUTES};
	const GgRow *row = &a->row;
	bool done = gg_has(row, EV_HANDLING_STOPPED_AT);
	Datum v[19];
	bool null[19] = {false};

	if (!gg_has(row, EV_DISPATCHED_AT))
		return;
	for (int i = 0; i < 12; i++)
	{
		v[i] = row->v[from[i]];
		null[i] = row->null[from[i]];
	}
	v[12] = CStringGetTextDatum("handle");
	v[13] = CStringGetTextDatum(gg_has(row, EV_FEEDBACK_AT) ? "feedback" : "ended");
	v[14] = BoolGetDatum(done && gg_has(row, EV_DUE_AT) &&
						 gg_time(row, EV_HANDLING_STOPPED_AT) > gg_time(row, EV_DUE_AT));
	v[15] = Int32GetDatum(seq_of(row, a->p, "dispatch"));
	v[16] = Int32GetDatum(gg_has(row, EV_FEEDBACK_AT) ? seq_of(row, a->p, "feedback")
													  : gg_int4(row, EV_SEQ));
	v[17] = Int32GetDatum(1);
	v[18] = BoolGetDatum(false);
	null[13] = null[16] = !done;
	null[14] = !done || !gg_has(row, EV_DUE_AT);
	if (!gg_direct_insert(&direct, v, null))
	{
		Datum by_sql[3] = {Int64GetDatum(a->event), v[15], v[16]};

		gg_execute(&plan, by_sql, NULL, false, 0);
	}
}

/*
 * INSERT ... SELECT of the columns that the staging table has; chunks: of the
 * blocks from $1 up to $2. Names are quoted; values never enter the text.
 */
static char *
import_statement(Relation rel, bool chunks)
{
	TupleDesc desc = RelationGetDescr(rel);
	StringInfoData columns;
	StringInfoData statement;
	bool body = false;
	const char *unknown = NULL;

	initStringInfo(&columns);
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute a = TupleDescAttr(desc, i);

		if (a->attisdropped)
			continue;
		if (!gg_importable(NameStr(a->attname)))
		{
			unknown = pstrdup(NameStr(a->attname));
			continue;
		}
		body = body || strcmp(NameStr(a->attname), "body") == 0;
		appendStringInfo(&columns, "%s%s", columns.len ? ", " : "",
						 quote_identifier(NameStr(a->attname)));
	}
	if (unknown != NULL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("column \"%s\" of the staging table is not one that can be imported",
							   unknown),
						errhint("Drop it from the staging table; nothing is left out silently.")));
	if (!body)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("the staging table has no column \"body\"")));
	initStringInfo(&statement);
	appendStringInfo(&statement, "INSERT INTO gov.event (%s) SELECT %s FROM %s", columns.data,
					 columns.data,
					 quote_qualified_identifier(get_namespace_name(RelationGetNamespace(rel)),
												RelationGetRelationName(rel)));
	if (chunks)
		appendStringInfoString(
			&statement,
			" WHERE ctid OPERATOR(pg_catalog.>=) $1 AND ctid OPERATOR(pg_catalog.<) $2");
	return statement.data;
}

/*
 * So many blocks of the staging table a statement: what the guard tells the
 * journal waits in memory until a statement ends.
 */
#define CHUNK_BLOCKS 128

/* May the journal's rows wait? Not where a trigger of the city's own runs between ours, which may ask for them. */
static bool
rows_may_wait(void)
{
	Relation events = table_open(gg_gov_table("event", false), AccessShareLock);
	TriggerDesc *t = events->trigdesc;
	Oid ours = get_namespace_oid("grid_gov", false);
	bool may = events->rd_rel->relkind == RELKIND_RELATION;

	for (int i = 0; t != NULL && i < t->numtriggers; i++)
	{
		int16 type = t->triggers[i].tgtype;

		if (TRIGGER_FOR_INSERT(type) && TRIGGER_FOR_AFTER(type) && !t->triggers[i].tgisinternal &&
			get_func_namespace(t->triggers[i].tgfoid) != ours)
			may = false;
	}
	table_close(events, AccessShareLock);
	return may;
}

/* Run the import, as the caller. */
static uint64
import_all(Relation rel)
{
	bool chunks = rel->rd_rel->relkind == RELKIND_RELATION && !rel->rd_rel->relhassubclass;
	char *statement = import_statement(rel, chunks);
	Oid types[2] = {TIDOID, TIDOID};
	BlockNumber blocks = chunks ? RelationGetNumberOfBlocks(rel) : 1;
	uint64 n = 0;
	SPIPlanPtr plan = SPI_prepare(statement, chunks ? 2 : 0, types);

	if (plan == NULL)
		elog(ERROR, "SPI_prepare returned %s for %s", SPI_result_code_string(SPI_result),
			 statement);
	for (BlockNumber from = 0; from < blocks; from += CHUNK_BLOCKS)
	{
		ItemPointerData tid[2];
		Datum v[2] = {PointerGetDatum(&tid[0]), PointerGetDatum(&tid[1])};
		int rc;

		CHECK_FOR_INTERRUPTS();
		ItemPointerSet(&tid[0], from, 0);
		ItemPointerSet(&tid[1], from + CHUNK_BLOCKS, 0);
		/* nothing waits while the next statement's rows are judged */
		if (rows_may_wait())
			gg_direct_bulk_begin();
		import.inserting = true;
		rc = SPI_execute_plan(plan, v, NULL, false, 0);
		import.inserting = false;
		if (rc != SPI_OK_INSERT)
			elog(ERROR, "SPI_execute_plan returned %s for %s", SPI_result_code_string(rc),
				 statement);
		n += SPI_processed;
		gg_direct_bulk_end();
	}
	return n;
}

GG_FUNCTION(gg_import_events);

/*
 * import_events(staging) -> how many events. The staging table's columns carry
 * names of gov.event (body and reported_at at least). Owner of gov only. All or
 * nothing: the first row that makes no sense ends it with its reason.
 */
Datum
gg_import_events(PG_FUNCTION_ARGS)
{
	Oid caller = GetUserId();
	GgIdentity self;
	Relation rel;
	uint64 n = 0;

	gg_become_owner(gg_gov_table("event", false), &self);
	if (caller != GetUserId() && !superuser_arg(caller))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("only the owner of gov may call import_events()")));
	gg_become_self(&self);
	if (import.running)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_IN_USE), errmsg("an import is running already"),
						errhint("A trigger on gov.event may not import events itself.")));
	/* nobody writes to it while it is read in chunks */
	rel = table_open(PG_GETARG_OID(0), ShareLock);
	SPI_connect();
	import.running = true;
	import.depth = gg_trigger_depth();
	import.context = CurrentMemoryContext; /* until SPI_finish() */
	import.known = NULL;
	PG_TRY();
	{
		n = import_all(rel);
	}
	PG_CATCH();
	{
		import.running = import.inserting = false;
		gg_direct_bulk_abort();
		PG_RE_THROW();
	}
	PG_END_TRY();
	import.running = false;
	SPI_finish();
	table_close(rel, NoLock);
	PG_RETURN_INT64((int64) n);
}
