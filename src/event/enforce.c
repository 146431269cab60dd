/*
 * enforce.c: the guard for any table of the city's own with a text state column.
 *
 * Fires as a BEFORE trigger: enforce_workflow('workflow', 'state_column' [, 'area_column']).
 * The steps are rows of gov.workflow_transition of a workflow that is not for
 * events; roles are judged by relation any, or area where a column names it.
 * Guards, effects and other relations speak of events and are refused here.
 */
#include "event/event.h"

#include "commands/trigger.h"
#include "utils/builtins.h"
#include "utils/guc.h"

static char *note_setting = NULL;

/* Define the setting that carries a step's reason. */
void
gg_enforce_init(void)
{
	DefineCustomStringVariable("grid_gov.note",
							   "The reason for a step on a table under enforce_workflow().",
							   "SET LOCAL it in the transaction of the step.", &note_setting, "",
							   PGC_USERSET, 0, NULL, NULL, NULL);
}

/* The column's number, or 42703. */
static int
column(TriggerData *td, const char *name)
{
	int n = SPI_fnumber(RelationGetDescr(td->tg_relation), name);

	if (n <= 0)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("table \"%s\" has no column \"%s\" for enforce_workflow()",
							   RelationGetRelationName(td->tg_relation), name)));
	return n;
}

/* Is this step open to the actor? Sets *why when not. */
static bool
open_to(const GgTransition *t, const GgActor *a, const char *area, TimestampTz at, char **why)
{
	if (t->nguards > 0 || t->neffects > 0 || t->nargs > 0)
	{
		*why = psprintf("step \"%s\" has guards, effects or arguments, which only events know",
						t->action);
		return false;
	}
	if (t->needs_note &&
		(note_setting == NULL || note_setting[strspn(note_setting, " \t\r\n")] == '\0'))
	{
		*why = psprintf("step \"%s\" needs a note", t->action);
		return false;
	}
	for (int r = 0; r < t->nroles; r++)
	{
		if (t->relation[r] == GG_REL_ANY && a->kind == GG_ACTOR_CITIZEN &&
			t->role[r] == GG_ROLE_REPORTER)
			return true;
		for (int p = 0; p < a->nposts; p++)
		{
			const GgPost *post = &a->post[p];

			if (post->role != t->role[r] || post->from > at || at >= post->to)
				continue;
			if (t->relation[r] == GG_REL_ANY ||
				(t->relation[r] == GG_REL_AREA && area != NULL &&
				 strncmp(area, post->area, strlen(post->area)) == 0))
				return true;
		}
	}
	*why = psprintf("%s does not hold one of the roles %s", a->text, t->roles_text);
	return false;
}

GG_FUNCTION(gg_enforce_workflow);

/*
 * enforce_workflow('workflow', 'state_column' [, 'area_column']): BEFORE INSERT OR
 * UPDATE row trigger. A new row's state is the target of a step from (new); a
 * NULL state becomes it where there is one such step. Errors: WG001 no such
 * step, WG002 not entitled, WG003 no note.
 */
Datum
gg_enforce_workflow(PG_FUNCTION_ARGS)
{
	TriggerData *td = (TriggerData *) fcinfo->context;
	TupleDesc desc;
	HeapTuple tuple;
	const GgWorkflow *wf;
	const GgActor *actor;
	int state_column;
	char *from = NULL;
	char *to;
	char *area = NULL;
	char *why = NULL;
	char *first_why = NULL;
	int source = -1;
	int target;
	bool known = false;
	bool note_missing = false;
	TimestampTz at = GetCurrentTimestamp();

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
	desc = RelationGetDescr(td->tg_relation);
	tuple = TRIGGER_FIRED_BY_UPDATE(td->tg_event) ? td->tg_newtuple : td->tg_trigtuple;
	state_column = column(td, td->tg_trigger->tgargs[1]);
	to = SPI_getvalue(tuple, desc, state_column);
	wf = gg_workflow(td->tg_trigger->tgargs[0]);
	if (TRIGGER_FIRED_BY_UPDATE(td->tg_event))
	{
		from = SPI_getvalue(td->tg_trigtuple, desc, state_column);
		if (from != NULL && to != NULL && strcmp(from, to) == 0)
			return PointerGetDatum(tuple);
		source = from ? gg_state_of(wf, from) : -1;
		if (from != NULL && source < 0)
			ereport(ERROR,
					(errcode(ERRCODE_GG_NOT_SET_UP),
					 errmsg("state \"%s\" does not exist in workflow \"%s\"", from, wf->name)));
	}
	if (td->tg_trigger->tgnargs == 3)
		area = SPI_getvalue(tuple, desc, column(td, td->tg_trigger->tgargs[2]));

	if (to == NULL && source < 0)
	{
		/* a new row begins where the only step from (new) leads */
		const GgTransition *begin = NULL;
		int n = 0;

		for (int i = 0; i < wf->ntransitions; i++)
			if (wf->transition[i].from_new && wf->transition[i].to >= 0)
			{
				begin = &wf->transition[i];
				n++;
			}
		if (n == 1)
		{
			bool null = false;
			Datum value;

			to = wf->state[begin->to].name;
			value = CStringGetTextDatum(to);
			tuple = heap_modify_tuple_by_cols(tuple, desc, 1, &state_column, &value, &null);
		}
	}
	target = to ? gg_state_of(wf, to) : -1;
	actor = gg_actor_now();
	for (int i = 0; i < wf->ntransitions && target >= 0; i++)
	{
		const GgTransition *t = &wf->transition[i];

		if (t->to != target ||
			(source < 0 ? !t->from_new : (t->from & (UINT64CONST(1) << source)) == 0))
			continue;
		known = true;
		if (open_to(t, actor, area, at, &why))
			return PointerGetDatum(tuple);
		note_missing = note_missing || (t->needs_note && strstr(why, "needs a note") != NULL);
		if (first_why == NULL)
			first_why = why;
	}
	if (!known)
		ereport(ERROR, (errcode(ERRCODE_GG_ILLEGAL_TRANSITION),
						errmsg("cannot move a row of \"%s\" from state \"%s\" to \"%s\"",
							   RelationGetRelationName(td->tg_relation), from ? from : "(new)",
							   to ? to : "NULL"),
						errdetail("State \"%s\" knows the steps: %s.", from ? from : "(new)",
								  gg_actions_from(wf, source))));
	ereport(ERROR,
			(errcode(note_missing ? ERRCODE_GG_NOTE_OR_ARG_MISSING : ERRCODE_GG_NOT_ENTITLED),
			 errmsg("a row of \"%s\" may not move from state \"%s\" to \"%s\": %s",
					RelationGetRelationName(td->tg_relation), from ? from : "(new)", to, first_why),
			 errhint("Roles are posts in gov.post; a note is given by SET LOCAL grid_gov.note.")));
}
