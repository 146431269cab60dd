/*
 * check.c: is a workflow whole? check_workflow(), and the same at commit for an edited one.
 *
 * Reads the rows as they stand, not the cache of workflow.c, which refuses a
 * row that makes no sense. At commit the rows of gov.workflow are locked first,
 * so that two edits, each sound, cannot together break a workflow.
 */
#include "event/check.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

/* What was last found whole: no need to look again while nothing was written. */
static struct
{
	FullTransactionId xact;
	SubTransactionId subxact;
	CommandId command;
} whole;

/* A boolean column of a row; NULL is false. */
static bool
truth(HeapTuple tuple, TupleDesc desc, int n)
{
	bool null;
	Datum d = SPI_getbinval(tuple, desc, n, &null);

	return !null && DatumGetBool(d);
}

/* The states of a workflow; false: too many. */
static bool
read_states(GgWorkflow *wf)
{
	static GgPlan plan = {
		"SELECT s.state, s.name, s.open, s.paused, s.terminal FROM gov.workflow_state s"
		" WHERE s.workflow OPERATOR(pg_catalog.=) $1 ORDER BY s.ord, s.state",
		1,
		{TEXTOID}};
	Datum v = CStringGetTextDatum(wf->name);

	gg_execute(&plan, &v, NULL, false, 0);
	if (SPI_processed > GG_MAX_STATES)
		return false;
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple t = SPI_tuptable->vals[i];
		TupleDesc d = SPI_tuptable->tupdesc;
		GgState *s = &wf->state[wf->nstates++];

		s->name = gg_required(t, d, 1);
		s->title = gg_required(t, d, 2);
		s->open = truth(t, d, 3);
		s->paused = truth(t, d, 4);
		s->terminal = truth(t, d, 5);
	}
	return true;
}

/* The automatic steps of a workflow. */
static void
read_autos(GgWorkflow *wf)
{
	static GgPlan plan = {
		"SELECT DISTINCT a.action FROM gov.workflow_auto a WHERE a.workflow OPERATOR(pg_catalog.=) $1 ORDER BY 1",
		1,
		{TEXTOID}};
	Datum v = CStringGetTextDatum(wf->name);

	gg_execute(&plan, &v, NULL, false, 0);
	wf->nautos = (int) SPI_processed;
	wf->autos = palloc0(sizeof(GgAuto) * Max(wf->nautos, 1));
	for (int i = 0; i < wf->nautos; i++)
		wf->autos[i].action = gg_required(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1);
}

/* The steps of a workflow, as text. */
static GgTransitionText *
read_steps(const GgWorkflow *wf, int *n)
{
	static GgPlan plan = {
		"SELECT t.id, t.from_states, t.to_state, t.action, t.label, t.roles, t.relation,"
		" t.needs_note, t.needs_args, t.guards, t.effects"
		" FROM gov.workflow_transition t WHERE t.workflow OPERATOR(pg_catalog.=) $1 ORDER BY t.id",
		1,
		{TEXTOID}};
	Datum v = CStringGetTextDatum(wf->name);
	GgTransitionText *text;

	gg_execute(&plan, &v, NULL, false, 0);
	*n = (int) SPI_processed;
	text = palloc0(sizeof(GgTransitionText) * Max(*n, 1));
	for (int i = 0; i < *n; i++)
	{
		HeapTuple t = SPI_tuptable->vals[i];
		TupleDesc d = SPI_tuptable->tupdesc;

		text[i].workflow = wf->name;
		text[i].id = gg_required(t, d, 1);
		text[i].from = gg_required(t, d, 2);
		text[i].to = gg_required(t, d, 3);
		text[i].action = gg_required(t, d, 4);
		text[i].label = gg_required(t, d, 5);
		text[i].roles = gg_required(t, d, 6);
		text[i].relation = gg_required(t, d, 7);
		text[i].needs_note = truth(t, d, 8);
		text[i].needs_args = SPI_getvalue(t, d, 9);
		text[i].guards = SPI_getvalue(t, d, 10);
		text[i].effects = SPI_getvalue(t, d, 11);
	}
	return text;
}

/* The faults of one workflow, or of all (NULL). lock: keep others from changing a workflow until we commit. Inside SPI_connect(), as the owner. */
static List *
find_faults(const char *name, bool lock)
{
	static GgPlan plan = {"SELECT w.name, w.area, w.for_events FROM gov.workflow w"
						  " WHERE $1 IS NULL OR w.name OPERATOR(pg_catalog.=) $1 ORDER BY w.name",
						  1,
						  {TEXTOID}};
	static GgPlan lock_plan = {
		"SELECT w.name, w.area, w.for_events FROM gov.workflow w"
		" WHERE $1 IS NULL OR w.name OPERATOR(pg_catalog.=) $1 ORDER BY w.name FOR NO KEY UPDATE",
		1,
		{TEXTOID}};
	Datum v = name ? CStringGetTextDatum(name) : (Datum) 0;
	SPITupleTable *found;
	uint64 n;
	List *faults = NIL;

	gg_execute(lock ? &lock_plan : &plan, &v, name ? " " : "n", false, 0);
	found = SPI_tuptable;
	n = SPI_processed;
	if (n == 0 && name != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_GG_NOT_SET_UP), errmsg("workflow \"%s\" does not exist", name),
				 errhint("The rows of gov.workflow name the workflows.")));
	for (uint64 i = 0; i < n; i++)
	{
		GgWorkflow *wf = palloc0(sizeof(GgWorkflow));
		GgTransitionText *text;
		int ntext;

		CHECK_FOR_INTERRUPTS();
		wf->name = gg_required(found->vals[i], found->tupdesc, 1);
		wf->area = gg_required(found->vals[i], found->tupdesc, 2);
		wf->for_events = truth(found->vals[i], found->tupdesc, 3);
		if (!read_states(wf))
		{
			GgFault *f = palloc(sizeof(GgFault));

			f->workflow = wf->name;
			f->step = NULL;
			f->error = true;
			f->text = psprintf("the workflow has more than %d states", GG_MAX_STATES);
			faults = lappend(faults, f);
			continue;
		}
		read_autos(wf);
		text = read_steps(wf, &ntext);
		faults = gg_workflow_faults(faults, wf, text, ntext);
	}
	return faults;
}

GG_FUNCTION(gg_check_workflow);

/*
 * check_workflow([name]) -> rows (workflow, step, severity, problem): what is wrong
 * with a workflow, or with all. severity error: such an edit is refused at
 * commit; warning: odd, but it works. WG010: no such workflow.
 */
Datum
gg_check_workflow(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	char *name = PG_ARGISNULL(0) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(0));
	GgIdentity self;
	List *faults;
	ListCell *cell;

	InitMaterializedSRF(fcinfo, 0);
	gg_become_owner(gg_gov_table("workflow", false), &self);
	SPI_connect();
	faults = find_faults(name, false);
	foreach (cell, faults)
	{
		const GgFault *f = lfirst(cell);
		Datum v[4];
		bool n[4] = {false, f->step == NULL, false, false};

		v[0] = CStringGetTextDatum(f->workflow);
		v[1] = f->step ? CStringGetTextDatum(f->step) : (Datum) 0;
		v[2] = CStringGetTextDatum(f->error ? "error" : "warning");
		v[3] = CStringGetTextDatum(f->text);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, v, n);
	}
	SPI_finish();
	gg_become_self(&self);
	return (Datum) 0;
}

/* Events that stand in a state keep it: one that is taken away must be empty. */
static void
state_is_empty(HeapTuple old, TupleDesc desc)
{
	static GgPlan plan = {
		"SELECT e.id FROM gov.event e WHERE e.workflow OPERATOR(pg_catalog.=) $1 AND e.state OPERATOR(pg_catalog.=) $2"
		" AND NOT EXISTS (SELECT FROM gov.workflow_state s WHERE s.workflow OPERATOR(pg_catalog.=) $1"
		"  AND s.state OPERATOR(pg_catalog.=) $2) LIMIT 1",
		2,
		{TEXTOID, TEXTOID}};
	char *workflow = SPI_getvalue(old, desc, SPI_fnumber(desc, "workflow"));
	char *state = SPI_getvalue(old, desc, SPI_fnumber(desc, "state"));
	Datum v[2] = {CStringGetTextDatum(workflow), CStringGetTextDatum(state)};

	gg_execute(&plan, v, NULL, false, 1);
	if (SPI_processed > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("state \"%s\" of workflow \"%s\" cannot be taken away", state, workflow),
				 errdetail("Event %s stands in it.",
						   SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1)),
				 errhint("Give the state a way out, and take it away when it is empty.")));
}

GG_FUNCTION(gg_workflow_edited);

/*
 * workflow_edited(): deferred constraint trigger on gov.workflow*. The whole
 * workflow is checked once for all edits of a transaction; the first error is
 * raised as 22023.
 */
Datum
gg_workflow_edited(PG_FUNCTION_ARGS)
{
	TriggerData *td = (TriggerData *) fcinfo->context;
	GgIdentity self;
	List *faults;
	ListCell *cell;
	const GgFault *first = NULL;
	int errors = 0;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_AFTER(td->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(td->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired AFTER, for each row", "workflow_edited")));
	/* setup() writes one table after the other and cannot defer; it looks itself at the end */
	if (InSecurityRestrictedOperation())
		return PointerGetDatum(NULL);
	gg_become_owner(gg_gov_table("workflow", false), &self);
	SPI_connect();
	if (!TRIGGER_FIRED_BY_INSERT(td->tg_event) &&
		strcmp(RelationGetRelationName(td->tg_relation), "workflow_state") == 0)
		state_is_empty(td->tg_trigtuple, RelationGetDescr(td->tg_relation));
	if (!FullTransactionIdEquals(whole.xact, GetTopFullTransactionId()) ||
		whole.subxact != GetCurrentSubTransactionId() ||
		whole.command != GetCurrentCommandId(false))
	{
		faults = find_faults(NULL, true);
		foreach (cell, faults)
		{
			const GgFault *f = lfirst(cell);

			if (f->error && errors++ == 0)
				first = f;
		}
		if (first != NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("workflow \"%s\" would be broken: %s", first->workflow, first->text),
					 first->step ? errdetail("It was found at \"%s\". Errors in all: %d.",
											 first->step, errors)
								 : errdetail("Errors in all: %d.", errors),
					 errhint("Before COMMIT, SELECT * FROM grid_gov.check_workflow() lists "
							 "them; what belongs together is edited in one transaction.")));
		whole.xact = GetTopFullTransactionId();
		whole.subxact = GetCurrentSubTransactionId();
		whole.command = GetCurrentCommandId(false);
	}
	SPI_finish();
	gg_become_self(&self);
	return PointerGetDatum(NULL);
}
