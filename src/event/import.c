/*
 * import.c: a city's old events, as they were, with a journal that says so.
 *
 * import_events() reads a staging table; the guard lets its rows in with their
 * dates and states while the import runs, and only then. Each event gets one
 * journal row, "import", marked imported, and, where it was dispatched, its
 * handle task with the breach that its dates show. Scores leave them out.
 */
#include "event/event.h"
#include "event/after.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "access/table.h"

static bool importing = false;

/* Does an import run in this statement? */
bool
gg_importing(void)
{
	return importing;
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

/* The latest date of the row. */
static TimestampTz
last_date(const GgRow *row)
{
	static const GgColumn date[] = {EV_REPORTED_AT, EV_ACCEPTED_AT, EV_DISPATCHED_AT, EV_SIGNED_AT,
									EV_FEEDBACK_AT, EV_CLOSED_AT,   EV_EVALUATED_AT};
	TimestampTz last = 0;

	for (int i = 0; i < lengthof(date); i++)
		if (gg_has(row, date[i]) && (last == 0 || gg_time(row, date[i]) > last))
			last = gg_time(row, date[i]);
	return last;
}

/* Carry an old event's facts over: state, clocks, and the step's time. Called by the guard. */
void
gg_import_row(GgStep *step, GgRow *row)
{
	static const GgColumn date[] = {EV_REPORTED_AT, EV_ACCEPTED_AT, EV_DISPATCHED_AT,
									EV_FEEDBACK_AT, EV_CLOSED_AT,   EV_EVALUATED_AT};
	TimestampTz before = DT_NOBEGIN;
	char *state = gg_has(row, EV_STATE) ? gg_text(row, EV_STATE) : "closed";

	if (!gg_has(row, EV_REPORTED_AT))
		ereport(ERROR, (errcode(ERRCODE_GG_NOTE_OR_ARG_MISSING),
						errmsg("an imported event needs reported_at")));
	for (int i = 0; i < lengthof(date); i++)
	{
		if (!gg_has(row, date[i]))
			continue;
		if (gg_time(row, date[i]) < before)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("imported event: %s lies before the step that precedes it",
								   gg_column[date[i]].name)));
		before = gg_time(row, date[i]);
	}
	step->at = last_date(row);
	if (step->at > step->recorded_at)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("an imported event lies in the future")));
	step->to = gg_state_of(step->wf, state);
	if (step->to < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("state \"%s\" does not exist in workflow \"%s\"", state, step->wf->name)));
	gg_set_text(row, EV_STATE, state);
	gg_set(row, EV_ENTERED_AT, TimestampTzGetDatum(step->at));
	gg_set_text(row, EV_ENTERED_BY, "import");
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
		" e.handling_stopped_at OPERATOR(pg_catalog.>) e.due_at, e.used_minutes, 1,"
		" CASE WHEN e.handling_stopped_at IS NULL THEN NULL ELSE 1 END"
		" FROM gov.event e WHERE e.id OPERATOR(pg_catalog.=) $1 AND e.dispatched_at IS NOT NULL",
		1,
		{INT8OID}};
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
	Datum event = Int64GetDatum(a->event);
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
	v[15] = v[16] = v[17] = Int32GetDatum(1);
	v[18] = BoolGetDatum(false);
	null[13] = null[16] = !done;
	null[14] = !done || !gg_has(row, EV_DUE_AT);
	if (!gg_direct_insert(&direct, v, null))
		gg_execute(&plan, &event, NULL, false, 0);
}

/* INSERT ... SELECT of the columns that the staging table has. Names are quoted; values never enter the text. */
static char *
import_statement(Oid staging)
{
	Relation rel = table_open(staging, AccessShareLock);
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
	initStringInfo(&statement);
	appendStringInfo(&statement, "INSERT INTO gov.event (%s) SELECT %s FROM %s", columns.data,
					 columns.data,
					 quote_qualified_identifier(get_namespace_name(RelationGetNamespace(rel)),
												RelationGetRelationName(rel)));
	table_close(rel, NoLock);
	if (unknown != NULL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("column \"%s\" of the staging table is not one that can be imported",
							   unknown),
						errhint("Drop it from the staging table; nothing is left out silently.")));
	if (!body)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("the staging table has no column \"body\"")));
	return statement.data;
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
	Oid staging = PG_GETARG_OID(0);
	Oid caller = GetUserId();
	GgIdentity self;
	uint64 n = 0;
	char *statement;

	gg_become_owner(gg_gov_table("event", false), &self);
	if (caller != GetUserId() && !superuser_arg(caller))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("only the owner of gov may call import_events()")));
	gg_become_self(&self);
	statement = import_statement(staging);
	SPI_connect();
	importing = true;
	PG_TRY();
	{
		int rc = SPI_execute(statement, false, 0);

		if (rc != SPI_OK_INSERT)
			elog(ERROR, "SPI_execute returned %s for %s", SPI_result_code_string(rc), statement);
		n = SPI_processed;
	}
	PG_FINALLY();
	{
		importing = false;
	}
	PG_END_TRY();
	SPI_finish();
	PG_RETURN_INT64((int64) n);
}
