/*
 * change.c: what does a step change in the event's own row?
 *
 * Called by the guard after legality. Pure: the world comes through GgAsk.
 * Effects run in the order in which the workflow's row names them; then the
 * state, its facts, and the stage clock follow. Tasks and requests are the
 * AFTER trigger's business (tasks.c).
 */
#include "event/event.h"

#include "utils/builtins.h"

/* An argument's value will not do. */
static GgRefusal *
unfit(const GgStep *step, const GgRow *row, const char *name, const char *value, const char *why)
{
	return gg_refuse(ERRCODE_INVALID_PARAMETER_VALUE,
					 psprintf("step \"%s\" on event %lld: argument \"%s\" is \"%s\": %s",
							  step->t->action, (long long) gg_int8(row, EV_ID), name,
							  value ? value : "", why),
					 NULL, NULL);
}

/* A yes-or-no argument; absent is false. */
static GgRefusal *
truth(const GgStep *step, const GgRow *row, const char *name, bool *value)
{
	char *text = gg_arg(step->args, name);

	*value = text != NULL && strcmp(text, "true") == 0;
	if (text != NULL && !*value && strcmp(text, "false") != 0)
		return unfit(step, row, name, text, "it is neither true nor false");
	return NULL;
}

/* Add one to a counter. */
static void
count_up(GgRow *row, GgColumn c)
{
	gg_set(row, c, Int32GetDatum(gg_int4(row, c) + 1));
}

/* The lead unit and person of a dispatch. */
static GgRefusal *
take_unit(GgStep *step, GgRow *row, const GgAsk *ask)
{
	char *unit = gg_arg(step->args, "unit");
	bool designated;
	char **co;
	int nco = gg_arg_list(step->args, "co_units", &co);
	int64 person;
	GgRefusal *r = truth(step, row, "designated", &designated);

	if (r != NULL)
		return r;
	if (unit == NULL || !ask->unit_exists(unit))
		return unfit(step, row, "unit", unit, "there is no such active unit in gov.department");
	for (int i = 0; i < nco; i++)
	{
		if (!ask->unit_exists(co[i]))
			return unfit(step, row, "co_units", co[i],
						 "there is no such active unit in gov.department");
		if (strcmp(co[i], unit) == 0)
			return unfit(step, row, "co_units", co[i], "it is the lead unit already");
	}
	if (!gg_is(row, EV_UNIT, unit))
		gg_set(row, EV_DESIGNATED, BoolGetDatum(false));
	gg_set_text(row, EV_UNIT, unit);
	if (gg_arg_int8(step->args, "person", &person))
	{
		if (!ask->person_exists(person))
			return unfit(step, row, "person", gg_arg(step->args, "person"),
						 "there is no such active person in gov.staff");
		if (!ask->is_grid_worker(person, step->at) && !ask->works_for(person, unit, step->at))
			return unfit(step, row, "person", gg_arg(step->args, "person"),
						 "he is neither a grid worker nor a handler or head of the unit");
		gg_set(row, EV_PERSON, Int64GetDatum(person));
	}
	else
		gg_set_null(row, EV_PERSON);
	if (designated)
		gg_set(row, EV_DESIGNATED, BoolGetDatum(true));
	if (!gg_has(row, EV_DISPATCHED_AT))
		gg_set(row, EV_DISPATCHED_AT, TimestampTzGetDatum(step->at));
	return NULL;
}

/* A task that a person or units are asked to do: are they there? */
static GgRefusal *
check_task(GgStep *step, GgRow *row, const GgAsk *ask, const char *kind)
{
	int64 person;
	char **unit;
	int n;

	if (strcmp(kind, "handle") == 0)
		return take_unit(step, row, ask);
	if (strcmp(kind, "verify") == 0 || strcmp(kind, "check") == 0)
	{
		if (!gg_arg_int8(step->args, "person", &person) || !ask->person_exists(person))
			return unfit(step, row, "person", gg_arg(step->args, "person"),
						 "there is no such active person in gov.staff");
		if (!ask->is_of_grid(person, step->at))
			return unfit(step, row, "person", gg_arg(step->args, "person"),
						 "he is neither grid worker nor grid leader");
	}
	else if (strcmp(kind, "whistle") == 0)
	{
		n = gg_arg_list(step->args, "units", &unit);
		if (n == 0)
			return unfit(step, row, "units", gg_arg(step->args, "units"), "it names no unit");
		for (int i = 0; i < n; i++)
			if (!ask->unit_exists(unit[i]))
				return unfit(step, row, "units", unit[i],
							 "there is no such active unit in gov.department");
	}
	return NULL;
}

/* Item and category from the arguments. */
static GgRefusal *
relabel(GgStep *step, GgRow *row)
{
	char *item = gg_arg(step->args, "item");
	char *category = gg_arg(step->args, "category");
	char best[5];
	int n;

	if (item != NULL)
	{
		const GgItem *it = gg_item(item);

		if (it == NULL)
			return unfit(step, row, "item", item, "there is no such active item in gov.catalogue");
		if (category != NULL && strcmp(category, it->category) != 0)
			return unfit(step, row, "category", category,
						 psprintf("item %s belongs to %s", item, it->category));
		category = it->category;
	}
	else if (category != NULL)
	{
		n = gg_category_of(category, strlen(category));
		if (n < 0)
			return unfit(step, row, "category", category, "it is not one of the six categories");
		if (!gg_is(row, EV_CATEGORY, category))
		{
			char *body = gg_text(row, EV_BODY);

			item = gg_text_item(body, strlen(body), n, best) ? pstrdup(best) : NULL;
			gg_set_text(row, EV_ITEM, item);
		}
	}
	if (item != NULL)
		gg_set_text(row, EV_ITEM, item);
	if (category != NULL)
		gg_set_text(row, EV_CATEGORY, category);
	gg_set(row, EV_NEEDS_REVIEW, BoolGetDatum(false));
	return NULL;
}

/* set_limits: the item that the acceptor chose, urgency, and the limits that follow. */
static GgRefusal *
set_limits(GgStep *step, GgRow *row)
{
	bool urgent;

	if (!gg_has_effect(step->t, GG_E_RELABEL))
	{
		GgRefusal *r = relabel(step, row);

		if (r != NULL)
			return r;
		if ((r = truth(step, row, "urgent", &urgent)) != NULL)
			return r;
		if (gg_arg(step->args, "urgent") != NULL)
			gg_set(row, EV_URGENT, BoolGetDatum(urgent));
		if (!gg_has(row, EV_ACCEPTED_AT))
			gg_set(row, EV_ACCEPTED_AT, TimestampTzGetDatum(step->at));
	}
	gg_set_limits(row);
	gg_handling_relimit(row);
	return NULL;
}

/* The judgement of the handling clock when it pauses by return or stops: against the deadline then in force. */
static void
judge(GgStep *step, GgRow *row)
{
	TimestampTz at = step->at;

	if (!gg_has(row, EV_HANDLING_START) || gg_has(row, EV_HANDLING_STOPPED_AT))
		return;
	if (gg_has(row, EV_HANDLING_PAUSED_AT))
		at = gg_time(row, EV_HANDLING_PAUSED_AT);
	step->due_in_force = gg_time(row, EV_DUE_AT);
	step->breach = at > step->due_in_force;
	step->used_minutes = gg_handling_used(row, at);
}

/* Both clocks pause; which of them ran is remembered. */
static void
pause_clocks(GgStep *step, GgRow *row)
{
	int held = (gg_stage_running(row) ? 1 : 0) | (gg_handling_running(row) ? 2 : 0);

	gg_stage_pause(row, step->at);
	gg_handling_pause(row, step->at);
	gg_set(row, EV_HELD_CLOCKS, Int16GetDatum(held));
}

/* The clocks that pause_clocks() held go on. */
static void
resume_clocks(GgStep *step, GgRow *row)
{
	int held = row->null[EV_HELD_CLOCKS] ? 0 : DatumGetInt16(row->v[EV_HELD_CLOCKS]);

	if (held & 1)
		gg_stage_resume(row, step->at);
	if (held & 2)
		gg_handling_resume(row, step->at);
	gg_set(row, EV_HELD_CLOCKS, Int16GetDatum(0));
	gg_set_null(row, EV_SUSPEND_UNTIL);
}

/* Counters and flags. */
static void
count_or_mark(GgStep *step, GgRow *row, const GgAsk *ask, const char *what)
{
	static const struct
	{
		const char *name;
		GgColumn column;
	} counter[] = {{"return", EV_RETURN_COUNT},    {"suspend", EV_SUSPEND_COUNT},
				   {"extend", EV_EXTENSION_COUNT}, {"rework", EV_REWORK_COUNT},
				   {"reopen", EV_REOPEN_COUNT},    {"urge", EV_URGE_COUNT}};
	GgRequestFacts request;

	for (int i = 0; i < lengthof(counter); i++)
		if (strcmp(counter[i].name, what) == 0)
			count_up(row, counter[i].column);
	if (strcmp(what, "return") == 0)
		gg_set_text(row, EV_RETURNED_UNIT, gg_text(row, EV_UNIT));
	else if (strcmp(what, "suspend") == 0)
	{
		ask->request(gg_int8(row, EV_ID), "suspend", &request);
		if (request.has_until)
			gg_set(row, EV_SUSPEND_UNTIL, TimestampTzGetDatum(request.until));
	}
	else if (strcmp(what, "self_handled") == 0)
		gg_set(row, EV_SELF_HANDLED, BoolGetDatum(true));
	else if (strcmp(what, "false_report") == 0)
		gg_set(row, EV_FALSE_REPORT, BoolGetDatum(true));
	else if (strcmp(what, "supervised") == 0)
	{
		char *kind = gg_arg(step->args, "kind");
		char *level = gg_arg(step->args, "level");

		gg_set_text(row, EV_SUPERVISED,
					psprintf("%s(%s)", kind ? kind : "督办", level ? level : ""));
	}
}

/* One level up or down. */
static void
move_level(GgRow *row, int by)
{
	const char *name = gg_level_name(gg_level_number(gg_text(row, EV_LEVEL)) + by);

	if (name != NULL)
		gg_set_text(row, EV_LEVEL, name);
	if (by > 0)
		count_up(row, EV_ESCALATION_COUNT);
}

/* To another grid: grid and area follow. */
static GgRefusal *
reroute(GgStep *step, GgRow *row, const GgAsk *ask)
{
	char *grid = gg_arg(step->args, "grid");

	if (grid == NULL || !ask->grid_exists(grid))
		return unfit(step, row, "grid", grid, "there is no such grid in gov.grid");
	gg_set_text(row, EV_GRID, grid);
	gg_set_text(row, EV_AREA, grid);
	return NULL;
}

/* One effect on the row. */
static GgRefusal *
apply(GgStep *step, GgRow *row, const GgAsk *ask, const GgRule *e)
{
	int64 id;

	switch ((GgEffectKind) e->kind)
	{
		case GG_E_SET_LIMITS:
			return set_limits(step, row);
		case GG_E_OPEN_TASK:
			return check_task(step, row, ask, e->arg);
		case GG_E_SIGN_TASK:
			gg_set(row, EV_SIGNED_AT, TimestampTzGetDatum(step->at));
			if (gg_arg_int8(step->args, "person", &id))
			{
				/* whom the dispatcher chose stays; another is one of the unit's own */
				if (gg_has(row, EV_PERSON) && gg_int8(row, EV_PERSON) == id)
					break;
				if (!gg_has(row, EV_UNIT) || !ask->works_for(id, gg_text(row, EV_UNIT), step->at))
					return unfit(step, row, "person", gg_arg(step->args, "person"),
								 "he is not active or no handler or head of the event's unit");
				gg_set(row, EV_PERSON, Int64GetDatum(id));
			}
			break;
		case GG_E_CLOSE_TASK:
			if (strcmp(e->arg, "handle") == 0 && gg_has_effect(step->t, GG_E_PAUSE_CLOCK) &&
				!gg_has_effect(step->t, GG_E_COUNT))
				gg_set(row, EV_DESIGNATED, BoolGetDatum(false));
			break;
		case GG_E_START_CLOCK:
			gg_handling_start(row, step->at, e->number);
			break;
		case GG_E_STOP_CLOCK:
			judge(step, row);
			gg_handling_stop(row, step->at);
			gg_set(row, EV_FEEDBACK_AT, TimestampTzGetDatum(step->at));
			gg_set(row, EV_USED_MINUTES, Float8GetDatum(step->used_minutes));
			break;
		case GG_E_STOP_CLOCKS:
			judge(step, row);
			gg_handling_stop(row, step->at);
			gg_stage_stop(row);
			break;
		case GG_E_PAUSE_CLOCK:
			judge(step, row);
			gg_handling_pause(row, step->at);
			break;
		case GG_E_PAUSE_CLOCKS:
			pause_clocks(step, row);
			break;
		case GG_E_RESUME_CLOCK:
			gg_handling_resume(row, step->at);
			break;
		case GG_E_RESUME_CLOCKS:
			resume_clocks(step, row);
			break;
		case GG_E_EXTEND_CLOCK:
			gg_handling_extend(row, step->at);
			break;
		case GG_E_RESTART_OR_RESUME_CLOCK:
			/* paused by a return, or stopped by a feedback that did not hold */
			if (gg_has(row, EV_HANDLING_START) && !gg_handling_running(row) &&
				gg_has(row, EV_HANDLING_UNIT) &&
				gg_is(row, EV_HANDLING_UNIT, gg_text(row, EV_UNIT)))
				gg_handling_resume(row, step->at);
			else
				gg_handling_start(row, step->at, 100);
			break;
		case GG_E_REMEMBER_STATE:
			gg_set(row, EV_BEFORE_STATE, row->v[EV_STATE]);
			gg_set(row, EV_BEFORE_BY, row->v[EV_ENTERED_BY]);
			gg_set(row, EV_BEFORE_AT, row->v[EV_ENTERED_AT]);
			break;
		case GG_E_COUNT:
		case GG_E_MARK:
			count_or_mark(step, row, ask, e->arg);
			break;
		case GG_E_LINK_MASTER:
			if (gg_arg_int8(step->args, "master_id", &id))
				gg_set(row, EV_MASTER_ID, Int64GetDatum(id));
			break;
		case GG_E_UNLINK_MASTER:
			gg_set_null(row, EV_MASTER_ID);
			break;
		case GG_E_LEVEL_UP:
			move_level(row, 1);
			break;
		case GG_E_LEVEL_DOWN:
			move_level(row, -1);
			break;
		case GG_E_REROUTE:
			return reroute(step, row, ask);
		case GG_E_RELABEL:
			return relabel(step, row);
		case GG_E_DESIGNATE_IF_SAME_UNIT:
			if (gg_has(row, EV_RETURNED_UNIT) &&
				gg_is(row, EV_RETURNED_UNIT, gg_text(row, EV_UNIT)) &&
				!gg_is(row, EV_ENTERED_BY, "recall"))
				gg_set(row, EV_DESIGNATED, BoolGetDatum(true));
			break;
		case GG_E_EXEMPT_OVERDUE:
			gg_set(row, EV_TIMEOUT_EXEMPT, BoolGetDatum(true));
			break;
		case GG_E_CLOSE_REQUEST:
			step->request_outcome =
				strncmp(step->t->action, "reject", 6) == 0 ? "rejected" : "approved";
			break;
		case GG_E_REOPEN_TASK:
		case GG_E_OPEN_REQUEST:
		case GG_E_ENDORSE_REQUEST:
		case GG_E_VOID_REQUESTS:
			break; /* the AFTER trigger's */
	}
	return NULL;
}

/* An argument that is a fact of the event: only from a step whose row in the workflow asks for it. */
static char *
asked_for(const GgStep *step, const char *name)
{
	for (int i = 0; i < step->t->nargs; i++)
		for (int j = 0; j < step->t->arg[i].n; j++)
			if (strcmp(step->t->arg[i].name[j], name) == 0)
				return gg_arg(step->args, name);
	return NULL;
}

/* The facts that entering a state writes. */
static GgRefusal *
enter(GgStep *step, GgRow *row)
{
	const GgState *to = &step->wf->state[step->to];
	char *satisfaction = asked_for(step, "satisfaction");
	char *condition = asked_for(step, "close_condition");
	bool forced = false;
	GgRefusal *r;

	if (satisfaction != NULL)
	{
		if (strcmp(satisfaction, "满意") != 0 && strcmp(satisfaction, "基本满意") != 0 &&
			strcmp(satisfaction, "不满意") != 0 && strcmp(satisfaction, "未接通") != 0)
			return unfit(step, row, "satisfaction", satisfaction,
						 "it is not one of 满意, 基本满意, 不满意, 未接通");
		gg_set_text(row, EV_SATISFACTION, satisfaction);
		gg_set(row, EV_EVALUATED_AT, TimestampTzGetDatum(step->at));
	}
	if (condition != NULL)
		gg_set_text(row, EV_CLOSE_CONDITION, condition);
	/* a slave ends as its master did; nobody else says "forced" */
	if (step->actor->kind == GG_ACTOR_SYSTEM && (r = truth(step, row, "forced", &forced)) != NULL)
		return r;
	if (strcmp(to->name, "forced_closed") == 0 || forced)
		gg_set(row, EV_FORCED, BoolGetDatum(true));
	if (strcmp(to->name, "closed") == 0 || strcmp(to->name, "forced_closed") == 0)
		gg_set(row, EV_CLOSED_AT, TimestampTzGetDatum(step->at));
	else if (to->open && gg_has(row, EV_CLOSED_AT))
		gg_set_null(row, EV_CLOSED_AT);
	return NULL;
}

/* Carry the step out on the row. NULL: done; else an argument does not fit. */
GgRefusal *
gg_change(GgStep *step, GgRow *row, const GgAsk *ask)
{
	const GgTransition *t = step->t;
	GgRefusal *r;
	char *before;

	for (int i = 0; i < t->neffects; i++)
		if ((r = apply(step, row, ask, &t->effect[i])) != NULL)
			return r;

	switch (t->to)
	{
		case GG_TO_SAME:
			step->to = step->from;
			return NULL;
		case GG_TO_BEFORE:
			before = gg_text(row, EV_BEFORE_STATE);
			step->to = before ? gg_state_of(step->wf, before) : -1;
			if (step->to < 0)
				return gg_refuse(ERRCODE_GG_GUARD_REFUSED,
								 psprintf("event %lld has no state to go back to",
										  (long long) gg_int8(row, EV_ID)),
								 NULL, NULL);
			gg_set(row, EV_AWAY,
				   Int64GetDatum(gg_int8(row, EV_AWAY) + (step->at - gg_time(row, EV_ENTERED_AT))));
			gg_set(row, EV_STATE, row->v[EV_BEFORE_STATE]);
			gg_set(row, EV_ENTERED_BY, row->v[EV_BEFORE_BY]);
			gg_set(row, EV_ENTERED_AT, row->v[EV_BEFORE_AT]);
			gg_set_null(row, EV_BEFORE_STATE);
			gg_set_null(row, EV_BEFORE_BY);
			gg_set_null(row, EV_BEFORE_AT);
			return enter(step, row);
		default:
			step->to = t->to;
			gg_set_text(row, EV_STATE, step->wf->state[step->to].name);
			gg_set(row, EV_ENTERED_AT, TimestampTzGetDatum(step->at));
			gg_set_text(row, EV_ENTERED_BY, t->action);
			if (!gg_has_effect(t, GG_E_REMEMBER_STATE))
			{
				gg_set(row, EV_AWAY, Int64GetDatum(0));
				gg_stage_start(row, step->at, step->wf->state[step->to].name,
							   step->wf->state[step->to].paused || !step->wf->state[step->to].open);
			}
			if (step->wf->state[step->to].paused == false && gg_has(row, EV_SUSPEND_UNTIL))
				gg_set_null(row, EV_SUSPEND_UNTIL);
			return enter(step, row);
	}
}
