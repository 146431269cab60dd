/*
 * act.c: act() and allowed_actions(): the step as a function call, and what is open now.
 *
 * Called by back ends. What row security hides from the caller is not there for
 * him; the rest is read and written as the owner of gov. Who acts is judged by
 * the guard, from the outer role, as for every other writer.
 */
#include "event/event.h"
#include "event/guard.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/rls.h"

/* Is row security on for the caller? Who may SELECT no column at all has been given the function alone. */
static bool
row_security_hides(Oid table)
{
	return check_enable_rls(table, InvalidOid, true) == RLS_ENABLED &&
		   (pg_class_aclcheck(table, GetUserId(), ACL_SELECT) == ACLCHECK_OK ||
			pg_attribute_aclcheck_all(table, GetUserId(), ACL_SELECT, ACLMASK_ANY) == ACLCHECK_OK);
}

/* Does row security let the caller see the event? */
bool
gg_visible(int64 event)
{
	static GgPlan plan = {
		"SELECT true FROM gov.event e WHERE e.id OPERATOR(pg_catalog.=) $1", 1, {INT8OID}};
	Oid table = gg_gov_table("event", false);
	Datum v = Int64GetDatum(event);

	if (!row_security_hides(table))
		return true;
	gg_execute(&plan, &v, NULL, false, 1);
	return SPI_processed == 1;
}

/* The same of n different events: all of them? */
bool
gg_all_visible(Datum events, int n)
{
	static GgPlan plan = {
		"SELECT pg_catalog.count(*) FROM gov.event e WHERE e.id OPERATOR(pg_catalog.=) ANY ($1)",
		1,
		{INT8ARRAYOID}};
	Oid table = gg_gov_table("event", false);
	bool null;

	if (!row_security_hides(table))
		return true;
	gg_execute(&plan, &events, NULL, false, 1);
	return DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null)) ==
		   n;
}

/* The event is not there, or not for this actor: the same answer. */
void
gg_not_visible(int64 event)
{
	ereport(ERROR, (errcode(ERRCODE_GG_NOT_ENTITLED),
					errmsg("event %lld does not exist or is not yours to see", (long long) event)));
}

/*
 * The step found no row: there is none, or the event is past the step that the
 * caller saw (expected: seq), or a trigger of the city's own said no by
 * returning NULL. As the owner of gov.
 */
static void
not_taken(int64 event, bool expected, int32 seq)
{
	static GgPlan plan = {
		"SELECT e.seq FROM gov.event e WHERE e.id OPERATOR(pg_catalog.=) $1", 1, {INT8OID}};
	Datum v = Int64GetDatum(event);
	int32 now;
	bool null;

	gg_execute(&plan, &v, NULL, false, 1);
	if (SPI_processed == 0)
		gg_not_visible(event);
	now = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null));
	if (expected && now != seq)
		ereport(ERROR, (errcode(ERRCODE_GG_GUARD_REFUSED),
						errmsg("event %lld has moved on: its seq is %d, not %d", (long long) event,
							   now, seq),
						errhint("Read the event again; the step may have been taken already.")));
	ereport(ERROR,
			(errcode(ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION),
			 errmsg("the step on event %lld was not taken: a trigger on gov.event suppressed it",
					(long long) event),
			 errhint("A BEFORE trigger that returns NULL drops the step without a reason; raise an "
					 "error in it instead.")));
}

GG_FUNCTION(gg_act);

/*
 * act(event, action, note, args, expect_seq) -> the new state.
 *
 * note: the reason; args: what the step needs (doc/event.md); expect_seq: the
 * event's seq as the caller saw it, refuses a second click (WG004). Errors:
 * those of the guard. Source of the rules: gov.workflow_transition.
 */
Datum
gg_act(PG_FUNCTION_ARGS)
{
	static GgPlan plan = {
		"UPDATE gov.event SET action = $2, action_note = $3, action_args = $4 WHERE id OPERATOR(pg_catalog.=) $1"
		" RETURNING state",
		4,
		{INT8OID, TEXTOID, TEXTOID, JSONBOID}};
	/* seq is judged again after waiting for another writer of the row */
	static GgPlan expecting_plan = {
		"UPDATE gov.event SET action = $2, action_note = $3, action_args = $4"
		" WHERE id OPERATOR(pg_catalog.=) $1 AND seq OPERATOR(pg_catalog.=) $5 RETURNING state",
		5,
		{INT8OID, TEXTOID, TEXTOID, JSONBOID, INT4OID}};
	static GgPlan both_plan = {
		"SELECT e.id FROM gov.event e WHERE e.id OPERATOR(pg_catalog.=) ANY (ARRAY[$1, $2])"
		" ORDER BY e.master_id IS NOT NULL, e.id FOR NO KEY UPDATE",
		2,
		{INT8OID, INT8OID}};
	Datum v[5];
	char n[6] = "     ";
	int64 event;
	int64 master;
	bool names_master;
	GgIdentity self;
	char *state;
	text *result;
	MemoryContext caller = CurrentMemoryContext;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("event and action must not be null")));
	event = PG_GETARG_INT64(0);
	v[0] = PG_GETARG_DATUM(0);
	v[1] = PG_GETARG_DATUM(1);
	v[2] = PG_ARGISNULL(2) ? (Datum) 0 : PG_GETARG_DATUM(2);
	v[3] = PG_ARGISNULL(3) ? (Datum) 0 : PG_GETARG_DATUM(3);
	if (PG_ARGISNULL(2))
		n[2] = 'n';
	if (PG_ARGISNULL(3) || JB_ROOT_COUNT(DatumGetJsonbP(v[3])) == 0)
		n[3] = 'n';
	v[4] = PG_GETARG_DATUM(4);

	SPI_connect();
	if (!gg_visible(event))
		gg_not_visible(event);
	names_master = !PG_ARGISNULL(3) && gg_arg_int8(DatumGetJsonbP(v[3]), "master_id", &master);
	if (names_master && !gg_visible(master))
		gg_not_visible(master);
	gg_become_owner(gg_gov_table("event", false), &self);
	if (names_master)
	{
		/* two that merge into each other wait, instead of a deadlock; masters first, as everywhere */
		Datum both[2] = {v[0], Int64GetDatum(master)};

		gg_execute(&both_plan, both, NULL, false, 0);
	}
	gg_execute(PG_ARGISNULL(4) ? &plan : &expecting_plan, v, n, false, 1);
	if (SPI_processed == 0)
		not_taken(event, !PG_ARGISNULL(4), DatumGetInt32(v[4]));
	state = gg_required(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	MemoryContextSwitchTo(caller);
	result = cstring_to_text(state);
	gg_become_self(&self);
	SPI_finish();
	PG_RETURN_TEXT_P(result);
}

/* One row of allowed_actions(). */
static void
put_action(ReturnSetInfo *rsinfo, GgStep *step, const GgRow *row)
{
	const GgTransition *t = step->t;
	GgRefusal *r = gg_legal(step, row, &gg_ask_world, false);
	Datum v[7];
	bool n[7] = {false};
	char *to;

	if (t->to == GG_TO_SAME)
		to = step->wf->state[step->from].name;
	else if (t->to == GG_TO_BEFORE)
		to = gg_text(row, EV_BEFORE_STATE);
	else
		to = step->wf->state[t->to].name;
	v[0] = CStringGetTextDatum(t->action);
	v[1] = CStringGetTextDatum(t->label);
	n[2] = to == NULL;
	v[2] = to ? CStringGetTextDatum(to) : (Datum) 0;
	v[3] = CStringGetTextDatum(t->roles_text);
	v[4] = BoolGetDatum(t->needs_note);
	n[5] = t->args_text == NULL;
	v[5] = t->args_text ? CStringGetTextDatum(t->args_text) : (Datum) 0;
	n[6] = r == NULL;
	v[6] = r ? CStringGetTextDatum(psprintf("%s: %s", unpack_sql_state(r->code), r->message))
			 : (Datum) 0;
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, v, n);
}

GG_FUNCTION(gg_allowed_actions);

/*
 * allowed_actions(event) -> rows (action, label, to_state, roles, needs_note, needs_args, why_not):
 * the steps that the workflow knows from the event's state; why_not is NULL for
 * those open to the actor now, else code and reason. Judged as the guard does,
 * but without note and arguments.
 */
Datum
gg_allowed_actions(PG_FUNCTION_ARGS)
{
	static GgPlan plan = {
		"SELECT e.* FROM gov.event e WHERE e.id OPERATOR(pg_catalog.=) $1", 1, {INT8OID}};
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum v = PG_GETARG_DATUM(0);
	GgMap map;
	GgRow row;
	GgStep step = {0};
	GgIdentity self;

	InitMaterializedSRF(fcinfo, 0);
	step.actor = gg_actor_now();
	SPI_connect();
	if (!gg_visible(PG_GETARG_INT64(0)))
		gg_not_visible(PG_GETARG_INT64(0));
	gg_become_owner(gg_gov_table("event", false), &self);
	gg_execute(&plan, &v, NULL, false, 1);
	if (SPI_processed == 0)
		gg_not_visible(PG_GETARG_INT64(0));
	gg_map_of_desc(SPI_tuptable->tupdesc, &map);
	gg_row_load(&map, SPI_tuptable->tupdesc, SPI_tuptable->vals[0], &row);
	gg_row_check(&row);
	gg_step_time(&step, &row);
	step.wf = gg_workflow(gg_text(&row, EV_WORKFLOW));
	step.from = gg_state_of(step.wf, gg_text(&row, EV_STATE));
	for (int i = 0; i < step.wf->ntransitions && step.from >= 0; i++)
	{
		step.t = &step.wf->transition[i];
		if ((step.t->from & (UINT64CONST(1) << step.from)) != 0)
			put_action(rsinfo, &step, &row);
	}
	gg_become_self(&self);
	SPI_finish();
	return (Datum) 0;
}
