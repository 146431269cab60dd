/*
 * workflow.c: which steps are there? The rows of gov.workflow* as automata in memory.
 *
 * Called by every judge of a step. A snapshot follows commits (not the caller's
 * snapshot): it is rebuilt when one of its tables changed, and the old one lives
 * to the end of the transaction because a step may still be using it.
 */
#include "event/event.h"
#include "event/parse.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

static MemoryContext snapshot = NULL;
static GgWorkflow *workflows = NULL;
static int nworkflows = 0;
static bool fresh = false;

static void load(void);

/* Invalidation callback. */
static void
forget_workflows(void)
{
	fresh = false;
}

/* A column of the current SPI row as text; NULL for SQL NULL. */
static char *
field(HeapTuple tuple, TupleDesc desc, int n)
{
	return SPI_getvalue(tuple, desc, n);
}

/* The same where there must be one. */
static char *
needed(HeapTuple tuple, TupleDesc desc, int n)
{
	return gg_required(tuple, desc, n);
}

/* A boolean column of the current SPI row; NULL is false. */
static bool
field_bool(HeapTuple tuple, TupleDesc desc, int n)
{
	bool null;
	Datum d = SPI_getbinval(tuple, desc, n, &null);

	return !null && DatumGetBool(d);
}

/* All workflows, fresh. */
static void
ensure(void)
{
	if (!fresh)
		load();
}

/* The workflow of this name, or WG010. */
const GgWorkflow *
gg_workflow(const char *name)
{
	ensure();
	for (int i = 0; i < nworkflows && name != NULL; i++)
		if (strcmp(workflows[i].name, name) == 0)
			return &workflows[i];
	ereport(ERROR, (errcode(ERRCODE_GG_NOT_SET_UP),
					errmsg("workflow \"%s\" does not exist", name ? name : "NULL"),
					errhint("The rows of gov.workflow name the workflows.")));
}

/* The workflow of events in this area: the most specific wins. */
const GgWorkflow *
gg_workflow_for_area(const char *area)
{
	const GgWorkflow *best = NULL;

	ensure();
	for (int i = 0; i < nworkflows; i++)
	{
		const GgWorkflow *w = &workflows[i];

		if (w->for_events && strncmp(area, w->area, strlen(w->area)) == 0 &&
			(best == NULL || strlen(w->area) > strlen(best->area)))
			best = w;
	}
	if (best == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_GG_NOT_SET_UP), errmsg("no workflow covers area \"%s\"", area),
				 errhint("Insert a row into gov.workflow for this area or one that contains it.")));
	return best;
}

/* A state's number, or -1. */
int
gg_state_of(const GgWorkflow *wf, const char *name)
{
	for (int i = 0; i < wf->nstates && name != NULL; i++)
		if (strcmp(wf->state[i].name, name) == 0)
			return i;
	return -1;
}

/* The step that this action takes from a state (-1: new), or NULL. */
const GgTransition *
gg_transition(const GgWorkflow *wf, int from, const char *action)
{
	for (int i = 0; i < wf->ntransitions; i++)
	{
		const GgTransition *t = &wf->transition[i];

		if ((from < 0 ? t->from_new : (t->from & (UINT64CONST(1) << from)) != 0) &&
			strcmp(t->action, action) == 0)
			return t;
	}
	return NULL;
}

/* Has the step an effect of this kind? */
bool
gg_has_effect(const GgTransition *t, GgEffectKind kind)
{
	for (int i = 0; i < t->neffects; i++)
		if (t->effect[i].kind == kind)
			return true;
	return false;
}

/* The kind of task that the step signs or closes; steps of handling without either look at the handle task. */
const char *
gg_task_kind(const GgTransition *t)
{
	for (int i = 0; i < t->neffects; i++)
		if (t->effect[i].kind == GG_E_CLOSE_TASK)
			return t->effect[i].arg;
	return "handle";
}

/* Read the states of all workflows. */
static void
load_states(void)
{
	static GgPlan plan = {"SELECT s.workflow, s.state, s.name, s.open, s.paused, s.terminal"
						  " FROM gov.workflow_state s ORDER BY s.workflow, s.ord, s.state",
						  0};

	gg_execute(&plan, NULL, NULL, false, 0);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple t = SPI_tuptable->vals[i];
		TupleDesc d = SPI_tuptable->tupdesc;
		char *name = needed(t, d, 1);

		for (int w = 0; w < nworkflows; w++)
		{
			GgState *s;

			if (strcmp(workflows[w].name, name) != 0)
				continue;
			if (workflows[w].nstates >= GG_MAX_STATES)
				ereport(ERROR,
						(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						 errmsg("workflow \"%s\" has more than %d states", name, GG_MAX_STATES)));
			s = &workflows[w].state[workflows[w].nstates++];
			s->name = MemoryContextStrdup(snapshot, needed(t, d, 2));
			s->title = MemoryContextStrdup(snapshot, needed(t, d, 3));
			s->open = field_bool(t, d, 4);
			s->paused = field_bool(t, d, 5);
			s->terminal = field_bool(t, d, 6);
		}
	}
}

/* Read the steps of one workflow. */
static void
load_transitions(GgWorkflow *wf)
{
	static GgPlan plan = {
		"SELECT t.id, t.from_states, t.to_state, t.action, t.label, t.roles, t.relation,"
		" t.needs_note, t.needs_args, t.guards, t.effects"
		" FROM gov.workflow_transition t WHERE t.workflow OPERATOR(pg_catalog.=) $1 ORDER BY t.id",
		1,
		{TEXTOID}};
	Datum value = CStringGetTextDatum(wf->name);
	int n;

	gg_execute(&plan, &value, NULL, false, 0);
	n = (int) SPI_processed;
	wf->transition = MemoryContextAllocZero(snapshot, sizeof(GgTransition) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		HeapTuple t = SPI_tuptable->vals[i];
		TupleDesc d = SPI_tuptable->tupdesc;
		GgTransitionText text;
		MemoryContext old;

		text.workflow = wf->name;
		text.id = needed(t, d, 1);
		text.from = needed(t, d, 2);
		text.to = needed(t, d, 3);
		text.action = needed(t, d, 4);
		text.label = needed(t, d, 5);
		text.roles = needed(t, d, 6);
		text.relation = needed(t, d, 7);
		text.needs_note = field_bool(t, d, 8);
		text.needs_args = field(t, d, 9);
		text.guards = field(t, d, 10);
		text.effects = field(t, d, 11);
		text.faults = NULL;
		old = MemoryContextSwitchTo(snapshot);
		gg_parse_transition(wf, &text, &wf->transition[i]);
		MemoryContextSwitchTo(old);
	}
	wf->ntransitions = n;
}

/* Read the automatic steps of one workflow. */
static void
load_autos(GgWorkflow *wf)
{
	static GgPlan plan = {
		"SELECT a.area, a.action, a.after::grid_gov.time_limit, a.except_source FROM gov.workflow_auto a"
		" WHERE a.workflow OPERATOR(pg_catalog.=) $1 ORDER BY a.area, a.action",
		1,
		{TEXTOID}};
	Datum value = CStringGetTextDatum(wf->name);
	int n;

	gg_execute(&plan, &value, NULL, false, 0);
	n = (int) SPI_processed;
	wf->autos = MemoryContextAllocZero(snapshot, sizeof(GgAuto) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		HeapTuple t = SPI_tuptable->vals[i];
		TupleDesc d = SPI_tuptable->tupdesc;
		bool null;
		char *except = field(t, d, 4);

		wf->autos[i].area = MemoryContextStrdup(snapshot, needed(t, d, 1));
		wf->autos[i].action = MemoryContextStrdup(snapshot, needed(t, d, 2));
		wf->autos[i].after = gg_limit_of(SPI_getbinval(t, d, 3, &null));
		wf->autos[i].except_source = except ? MemoryContextStrdup(snapshot, except) : NULL;
	}
	wf->nautos = n;
}

/* Read everything into a new snapshot, as the tables' owner. */
static void
load(void)
{
	static GgPlan plan = {"SELECT w.name, w.area, w.for_events FROM gov.workflow w ORDER BY w.name",
						  0};
	static bool watching = false;
	MemoryContext old_snapshot = snapshot;
	GgIdentity self;

	if (!watching)
	{
		gg_watch_table("workflow", forget_workflows);
		gg_watch_table("workflow_state", forget_workflows);
		gg_watch_table("workflow_transition", forget_workflows);
		gg_watch_table("workflow_auto", forget_workflows);
		watching = true;
	}
	gg_gov_table("workflow_state", false);
	gg_gov_table("workflow_transition", false);
	gg_gov_table("workflow_auto", false);
	nworkflows = 0;
	workflows = NULL;
	snapshot = NULL;
	if (old_snapshot != NULL)
		MemoryContextSetParent(old_snapshot, TopTransactionContext);
	snapshot =
		AllocSetContextCreate(CacheMemoryContext, "grid_gov workflows", ALLOCSET_DEFAULT_SIZES);

	fresh = true; /* a change that arrives while reading makes it stale again */
	PG_TRY();
	{
		gg_become_owner(gg_gov_table("workflow", false), &self);
		SPI_connect();
		gg_execute(&plan, NULL, NULL, false, 0);
		workflows = MemoryContextAllocZero(snapshot, sizeof(GgWorkflow) * Max(SPI_processed, 1));
		for (uint64 i = 0; i < SPI_processed; i++)
		{
			HeapTuple t = SPI_tuptable->vals[i];
			TupleDesc d = SPI_tuptable->tupdesc;

			workflows[i].name = MemoryContextStrdup(snapshot, needed(t, d, 1));
			workflows[i].area = MemoryContextStrdup(snapshot, needed(t, d, 2));
			workflows[i].for_events = field_bool(t, d, 3);
		}
		nworkflows = (int) SPI_processed;
		load_states();
		for (int w = 0; w < nworkflows; w++)
		{
			load_transitions(&workflows[w]);
			load_autos(&workflows[w]);
		}
		SPI_finish();
		gg_become_self(&self);
	}
	PG_CATCH();
	{
		fresh = false;
		PG_RE_THROW();
	}
	PG_END_TRY();
}
