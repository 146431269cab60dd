/*
 * enforce.c: the guard for any table of the city's own with a state column.
 *
 * Fires as a BEFORE trigger: enforce_workflow('workflow', 'state_column' [, 'area_column']).
 * The steps are rows of gov.workflow_transition of a workflow that is not for
 * events; roles are judged by relation any, or area where a column names it.
 * Guards, effects and other relations speak of events and are refused here.
 * What it found goes to the journal (enforce_log.c) where the table has one.
 */
#include "event/event.h"
#include "event/enforce.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

/* A step's reason counts in the transaction that sets it: the value carries the number of its own. */
static char *note_setting = NULL;
static uint64 note_transaction = 0;
static uint64 transaction = 1;

/* The areas that a step is judged by: the new row's, and the old one's where there was a row. */
typedef struct Areas
{
	bool named; /* the trigger names an area column */
	int n;
	char *area[2];
} Areas;

/* Why a step is not open. */
typedef struct Reason
{
	bool note; /* only a note is missing */
	char *text;
} Reason;

/* Settings and the transactions they were made in: saved and restored together. */
static bool
check_note(char **newval, void **extra, GucSource source)
{
	uint64 *made_in = gg_guc_malloc(sizeof(uint64));

	if (made_in == NULL)
		return false;
	*made_in = transaction;
	*extra = made_in;
	return true;
}

/* The setting has a value: of which transaction? */
static void
assign_note(const char *newval, void *extra)
{
	note_transaction = extra == NULL ? 0 : *(uint64 *) extra;
}

/* The transaction is over. */
static void
count_transaction(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
		transaction++;
}

/* Define the setting that carries a step's reason. */
void
gg_enforce_init(void)
{
	DefineCustomStringVariable("grid_gov.note",
							   "The reason for a step on a table under enforce_workflow().",
							   "SET LOCAL it in the transaction of the step.", &note_setting, "",
							   PGC_USERSET, 0, check_note, assign_note, NULL);
	RegisterXactCallback(count_transaction, NULL);
}

/* The reason given in this transaction, or NULL. */
static const char *
note(void)
{
	if (note_setting == NULL || note_transaction != transaction ||
		note_setting[strspn(note_setting, " \t\r\n")] == '\0')
		return NULL;
	return note_setting;
}

/* The column's number, or 42703. */
int
gg_own_column(Relation rel, const char *name, const char *function)
{
	int n = SPI_fnumber(RelationGetDescr(rel), name);

	if (n <= 0)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("table \"%s\" has no column \"%s\" for %s()",
							   RelationGetRelationName(rel), name, function)));
	return n;
}

/* A state or an area as text; char(n) without what fills it up. */
char *
gg_own_text(HeapTuple tuple, TupleDesc desc, int column)
{
	char *value = SPI_getvalue(tuple, desc, column);

	if (value != NULL && getBaseType(TupleDescAttr(desc, column - 1)->atttypid) == BPCHAROID)
		for (int len = strlen(value); len > 0 && value[len - 1] == ' '; len--)
			value[len - 1] = '\0';
	return value;
}

/* The state's name as a value of the column's own type; that type's errors are its own. */
static Datum
state_datum(TupleDesc desc, int column, char *name)
{
	Form_pg_attribute a = TupleDescAttr(desc, column - 1);
	Oid input;
	Oid param;

	getTypeInputInfo(a->atttypid, &input, &param);
	return OidInputFunctionCall(input, name, param, a->atttypmod);
}

/* Does the post's area contain all of these? */
static bool
contains(const GgPost *post, const Areas *areas)
{
	for (int i = 0; i < areas->n; i++)
		if (areas->area[i] == NULL || strncmp(areas->area[i], post->area, strlen(post->area)) != 0)
			return false;
	return areas->named;
}

/* He holds the role, but not for this row: which of its areas is not his? */
static char *
elsewhere(const GgActor *a, const GgPost *post, const Areas *areas)
{
	const char *role = gg_role_name[post->role];

	if (!areas->named)
		return psprintf("role %s is judged by area, and the trigger names no area column", role);
	for (int i = 0; i < areas->n; i++)
	{
		if (areas->area[i] == NULL)
			return psprintf("%s holds the role %s for area %s, and the row %s no area", a->text,
							role, post->area, i == 0 ? "has" : "had");
		if (strncmp(areas->area[i], post->area, strlen(post->area)) != 0)
			return psprintf("%s holds the role %s for area %s, which does not contain %s, %s",
							a->text, role, post->area, areas->area[i],
							i == 0 ? "the row's area" : "the area that the row had");
	}
	return NULL;
}

/* May a citizen act there? His session must be allowed to speak for citizens of the area. */
static bool
speaks_there(const GgActor *a, const Areas *areas)
{
	for (int i = 0; areas->named && i < areas->n; i++)
		if (areas->area[i] == NULL || !gg_acts_in(a, areas->area[i], NULL))
			return false;
	return true;
}

/* Is this step open to the actor, and by which role? Fills why when not. */
static bool
open_to(const GgTransition *t, const GgActor *a, const Areas *areas, TimestampTz at, GgRole *role,
		Reason *why)
{
	char *not_here = NULL;

	why->note = false;
	if (t->nguards > 0 || t->neffects > 0 || t->nargs > 0)
	{
		why->text = psprintf("step \"%s\" has guards, effects or arguments, which only events know",
							 t->action);
		return false;
	}
	/* through a pool he acts in the pool's areas only */
	if (a->nproxies > 0 && areas->named && !speaks_there(a, areas))
	{
		why->text = psprintf("%s acts through a role that may not act for others there", a->text);
		return false;
	}
	for (int r = 0; r < t->nroles; r++)
	{
		bool open = t->relation[r] == GG_REL_ANY && a->kind == GG_ACTOR_CITIZEN &&
					t->role[r] == GG_ROLE_REPORTER && speaks_there(a, areas);

		for (int p = 0; p < a->nposts && !open; p++)
		{
			const GgPost *post = &a->post[p];

			if (post->role != t->role[r] || post->from > at || at >= post->to)
				continue;
			open = t->relation[r] == GG_REL_ANY ||
				   (t->relation[r] == GG_REL_AREA && contains(post, areas));
			if (!open && t->relation[r] == GG_REL_AREA && not_here == NULL)
				not_here = elsewhere(a, post, areas);
		}
		if (!open)
			continue;
		if (t->needs_note && note() == NULL)
		{
			why->note = true;
			why->text = psprintf("step \"%s\" needs a note", t->action);
			return false;
		}
		*role = t->role[r];
		return true;
	}
	why->text = not_here != NULL
					? not_here
					: psprintf("%s does not hold one of the roles %s", a->text, t->roles_text);
	return false;
}

/* The only step from (new), where there is one. */
static const GgTransition *
beginning(const GgWorkflow *wf)
{
	const GgTransition *begin = NULL;

	for (int i = 0; i < wf->ntransitions; i++)
		if (wf->transition[i].from_new && wf->transition[i].to >= 0)
		{
			if (begin != NULL)
				return NULL;
			begin = &wf->transition[i];
		}
	return begin;
}

/* The area alone does not change: who may move a row there was not asked. */
static void
refuse_move(TriggerData *td)
{
	ereport(
		ERROR,
		(errcode(ERRCODE_GG_OWNED_COLUMN),
		 errmsg("column \"%s\" of \"%s\" does not change without a step", td->tg_trigger->tgargs[2],
				RelationGetRelationName(td->tg_relation)),
		 errhint(
			 "The area changes together with a step that is open in both areas: SET area and state in one UPDATE.")));
}

/* May it be called like this? */
static void
check_call(FunctionCallInfo fcinfo)
{
	TriggerData *td = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(td->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(td->tg_event) || TRIGGER_FIRED_BY_DELETE(td->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired BEFORE INSERT OR UPDATE, for each row",
						"enforce_workflow")));
	if (td->tg_trigger->tgnargs < 2 || td->tg_trigger->tgnargs > 3)
		ereport(
			ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg(
				 "enforce_workflow() takes the workflow, the state column and at most an area column")));
}

/* A row that moves to another partition is inserted there: the journal would take it for a new one. */
static void
refuse_other_key(TriggerData *td, const GgOwnStep *step)
{
	const Trigger *journal = gg_own_trigger(td->tg_relation, gg_own_function("journal_workflow"),
											step->workflow, step->column);
	char *was;
	char *is;

	if (journal == NULL)
		return;
	was = gg_own_key_of(td->tg_relation, journal, td->tg_trigtuple);
	is = gg_own_key_of(td->tg_relation, journal, td->tg_newtuple);
	if (was == NULL || is == NULL || strcmp(was, is) != 0)
		ereport(
			ERROR,
			(errcode(ERRCODE_GG_OWNED_COLUMN),
			 errmsg("row %s of \"%s\" may not become %s: its journal knows it by its key",
					was ? was : "NULL", RelationGetRelationName(td->tg_relation), is ? is : "NULL"),
			 errhint("Keys of a table under journal_workflow() do not change.")));
}

GG_FUNCTION(gg_enforce_workflow);

/*
 * enforce_workflow('workflow', 'state_column' [, 'area_column']): BEFORE INSERT OR
 * UPDATE row trigger. A new row's state is the target of a step from (new); a
 * NULL state becomes it where there is one such step. A step is judged in the
 * areas of the row before and after. Errors: WG001 no such step, WG002 not
 * entitled, WG003 no note, WG005 area changed without a step.
 */
Datum
gg_enforce_workflow(PG_FUNCTION_ARGS)
{
	TriggerData *td = (TriggerData *) fcinfo->context;
	TupleDesc desc;
	HeapTuple tuple;
	const GgWorkflow *wf;
	GgOwnStep step = {0};
	int state_column;
	Areas areas = {0};
	const GgActor *actor;
	GgRole role;
	Reason why;
	char *refused = NULL;
	int source = -1;
	int target;
	bool note_missing = false;

	check_call(fcinfo);
	desc = RelationGetDescr(td->tg_relation);
	tuple = TRIGGER_FIRED_BY_UPDATE(td->tg_event) ? td->tg_newtuple : td->tg_trigtuple;
	step.workflow = td->tg_trigger->tgargs[0];
	step.column = td->tg_trigger->tgargs[1];
	step.at = GetCurrentTimestamp();
	state_column = gg_own_column(td->tg_relation, step.column, "enforce_workflow");
	step.to = gg_own_text(tuple, desc, state_column);
	areas.named = td->tg_trigger->tgnargs == 3;
	areas.n = 1;
	if (areas.named)
	{
		int c = gg_own_column(td->tg_relation, td->tg_trigger->tgargs[2], "enforce_workflow");

		areas.area[0] = gg_own_text(tuple, desc, c);
		if (TRIGGER_FIRED_BY_UPDATE(td->tg_event))
			areas.area[areas.n++] = gg_own_text(td->tg_trigtuple, desc, c);
	}
	wf = gg_workflow(step.workflow);
	if (TRIGGER_FIRED_BY_UPDATE(td->tg_event) && td->tg_relation->rd_rel->relispartition)
		refuse_other_key(td, &step);
	if (TRIGGER_FIRED_BY_UPDATE(td->tg_event))
	{
		step.from = gg_own_text(td->tg_trigtuple, desc, state_column);
		if (step.from != NULL && step.to != NULL && strcmp(step.from, step.to) == 0)
		{
			char **area = areas.area;

			if (areas.named && (area[0] == NULL) != (area[1] == NULL))
				refuse_move(td);
			if (areas.named && area[0] != NULL && strcmp(area[0], area[1]) != 0)
				refuse_move(td);
			return PointerGetDatum(tuple);
		}
		source = step.from ? gg_state_of(wf, step.from) : -1;
		if (step.from != NULL && source < 0)
			ereport(ERROR, (errcode(ERRCODE_GG_NOT_SET_UP),
							errmsg("state \"%s\" does not exist in workflow \"%s\"", step.from,
								   wf->name)));
	}

	if (step.to == NULL && source < 0 && beginning(wf) != NULL)
	{
		/* a new row begins where the only step from (new) leads */
		char *name = wf->state[beginning(wf)->to].name;
		bool null = false;
		Datum value = state_datum(desc, state_column, name);

		tuple = heap_modify_tuple_by_cols(tuple, desc, 1, &state_column, &value, &null);
		step.to = name;
	}
	target = step.to ? gg_state_of(wf, step.to) : -1;
	actor = gg_actor_now();
	for (int i = 0; i < wf->ntransitions && target >= 0; i++)
	{
		const GgTransition *t = &wf->transition[i];

		if (t->to != target ||
			(source < 0 ? !t->from_new : (t->from & (UINT64CONST(1) << source)) == 0))
			continue;
		if (open_to(t, actor, &areas, step.at, &role, &why))
		{
			step.action = t->action;
			step.actor = actor->text;
			step.role = gg_role_name[role];
			step.area = areas.area[0];
			step.note = note();
			gg_own_expect(td, tuple, &step);
			return PointerGetDatum(tuple);
		}
		/* one that lacks no more than its note is the one that was meant */
		if (refused == NULL || (why.note && !note_missing))
			refused = why.text;
		note_missing = note_missing || why.note;
	}
	if (refused == NULL)
		ereport(ERROR, (errcode(ERRCODE_GG_ILLEGAL_TRANSITION),
						errmsg("cannot move a row of \"%s\" from state \"%s\" to \"%s\"",
							   RelationGetRelationName(td->tg_relation),
							   step.from ? step.from : "(new)", step.to ? step.to : "NULL"),
						errdetail("State \"%s\" knows the steps: %s.",
								  step.from ? step.from : "(new)", gg_actions_from(wf, source))));
	ereport(ERROR,
			(errcode(note_missing ? ERRCODE_GG_NOTE_OR_ARG_MISSING : ERRCODE_GG_NOT_ENTITLED),
			 errmsg("a row of \"%s\" may not move from state \"%s\" to \"%s\": %s",
					RelationGetRelationName(td->tg_relation), step.from ? step.from : "(new)",
					step.to, refused),
			 note_missing ? errhint("SET LOCAL grid_gov.note = '...' in the same transaction.")
						  : errhint("Roles are posts in gov.post.")));
}
