/*
 * legal.c: may this step happen? Entitled, with a reason, its guards fulfilled.
 *
 * Called by the guard and by allowed_actions(). Pure: time comes with the step,
 * the world through GgAsk. Refusals are values; only gg_raise() throws.
 */
#include "event/event.h"

#include "lib/stringinfo.h"
#include "utils/timestamp.h"

/* A refusal. */
GgRefusal *
gg_refuse(int code, const char *message, const char *detail, const char *hint)
{
	GgRefusal *r = palloc(sizeof(GgRefusal));

	r->code = code;
	r->message = (char *) message;
	r->detail = (char *) detail;
	r->hint = (char *) hint;
	return r;
}

/* Throw it. */
void
gg_raise(const GgRefusal *r)
{
	ereport(ERROR, (errcode(r->code), errmsg_internal("%s", r->message),
					r->detail ? errdetail_internal("%s", r->detail) : 0,
					r->hint ? errhint("%s", r->hint) : 0));
	pg_unreachable();
}

/* The actions that the workflow knows from a state, for messages. */
char *
gg_actions_from(const GgWorkflow *wf, int from)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < wf->ntransitions; i++)
	{
		const GgTransition *t = &wf->transition[i];

		if (from < 0 ? t->from_new : (t->from & (UINT64CONST(1) << from)) != 0)
			appendStringInfo(&buf, "%s%s", buf.len ? ", " : "", t->action);
	}
	return buf.len ? buf.data : "none";
}

/* Must a post of this role be at the event's level or above to act by area? */
static bool
role_has_level(GgRole role)
{
	return role == GG_ROLE_ACCEPTOR || role == GG_ROLE_DISPATCHER || role == GG_ROLE_CENTRE_HEAD ||
		   role == GG_ROLE_SUPERVISOR || role == GG_ROLE_CALLER;
}

/* Does this post fulfil the relation to the event? */
static bool
post_related(const GgStep *step, const GgRow *row, const GgAsk *ask, GgRole role,
			 GgRelation relation, const GgPost *post, const char *area, const char *unit)
{
	int64 event = gg_int8(row, EV_ID);
	const char *kind;

	switch (relation)
	{
		case GG_REL_ANY:
			return true;
		case GG_REL_AREA:
			if (strncmp(area, post->area, strlen(post->area)) != 0)
				return false;
			if (!role_has_level(role))
				return true;
			return gg_area_level(post->area) >= gg_level_number(gg_text(row, EV_LEVEL));
		case GG_REL_OWN_UNIT:
			return unit != NULL && post->unit != NULL && strcmp(unit, post->unit) == 0;
		case GG_REL_OWN_TASK:
			kind = gg_task_kind(step->t);
			if (strcmp(kind, "handle") != 0)
				return ask->own_task(event, kind, step->actor->id, post->unit);
			if (gg_has(row, EV_PERSON))
				return gg_int8(row, EV_PERSON) == step->actor->id;
			return unit != NULL && post->unit != NULL && strcmp(unit, post->unit) == 0;
		case GG_REL_CO_UNIT:
			return ask->co_unit(event, step->actor->id, post->unit);
		case GG_REL_OWN:
			return false;
	}
	return false;
}

/* In which role may the actor take the step? Sets step->role and actor_unit. */
static bool
entitled(GgStep *step, const GgRow *row, const GgAsk *ask)
{
	const GgTransition *t = step->t;
	const GgActor *a = step->actor;
	char *area = gg_text(row, EV_AREA);
	char *unit = gg_text(row, EV_UNIT);

	if (a->kind == GG_ACTOR_OWNER)
	{
		step->role = GG_ROLE_OWNER;
		return true;
	}
	for (int r = 0; r < t->nroles; r++)
	{
		GgRole role = t->role[r];

		if (role == GG_ROLE_SYSTEM)
		{
			if (a->kind == GG_ACTOR_SYSTEM)
			{
				step->role = role;
				return true;
			}
			continue;
		}
		if (role == GG_ROLE_REPORTER)
		{
			bool own = t->relation[r] == GG_REL_OWN;

			if ((a->kind == GG_ACTOR_CITIZEN &&
				 (!own || ask->is_reporter(gg_int8(row, EV_ID), a))) ||
				(a->kind == GG_ACTOR_STAFF && own && gg_has(row, EV_REPORTER) &&
				 gg_int8(row, EV_REPORTER) == a->id))
			{
				step->role = role;
				return true;
			}
			continue;
		}
		if (a->kind != GG_ACTOR_STAFF)
			continue;
		for (int p = 0; p < a->nposts; p++)
		{
			const GgPost *post = &a->post[p];

			if (post->role == role && post->from <= step->at && step->at < post->to &&
				post_related(step, row, ask, role, t->relation[r], post, area ? area : "", unit))
			{
				step->role = role;
				step->actor_unit = post->unit;
				return true;
			}
		}
	}
	return false;
}

/* Which argument is missing? NULL: none. */
static const char *
missing_argument(const GgStep *step)
{
	for (int i = 0; i < step->t->nargs; i++)
	{
		const GgArgGroup *g = &step->t->arg[i];
		bool found = false;
		StringInfoData buf;

		for (int j = 0; j < g->n && !found; j++)
			found = gg_arg(step->args, g->name[j]) != NULL;
		if (found)
			continue;
		initStringInfo(&buf);
		for (int j = 0; j < g->n; j++)
			appendStringInfo(&buf, "%s%s", j ? " or " : "", g->name[j]);
		return buf.data;
	}
	return NULL;
}

/* Is the word one of a comma-separated list? */
static bool
in_list(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; *p; p = strchr(p, ',') ? strchr(p, ',') + 1 : p + strlen(p))
		if (strncmp(p, word, n) == 0 && (p[n] == ',' || p[n] == '\0'))
			return true;
	return false;
}

/* Is the handling clock past due at the step's time? While it is paused, the time of the pause counts. */
static bool
overdue_now(const GgRow *row, TimestampTz at)
{
	if (!gg_has(row, EV_DUE_AT))
		return false;
	if (gg_has(row, EV_HANDLING_STOPPED_AT))
		at = gg_time(row, EV_HANDLING_STOPPED_AT);
	else if (gg_has(row, EV_HANDLING_PAUSED_AT))
		at = gg_time(row, EV_HANDLING_PAUSED_AT);
	return at > gg_time(row, EV_DUE_AT);
}

/* The end of a limit counted from an instant, in the calendar of the event's area. */
static TimestampTz
limit_end(const GgRow *row, TimestampTz from, GgLimit limit)
{
	bool provisional = false;
	const GgCalendar *c = gg_calendar_for_limit(gg_text(row, EV_AREA), limit.kind);

	return gg_due(from, limit.kind, gg_limit_units(limit, c), c, &provisional);
}

/* The counter of max:x:n on the row, or -1. */
static int
counter(const GgRow *row, const char *what)
{
	static const struct
	{
		const char *name;
		GgColumn column;
	} known[] = {{"suspend", EV_SUSPEND_COUNT}, {"extend", EV_EXTENSION_COUNT},
				 {"return", EV_RETURN_COUNT},   {"rework", EV_REWORK_COUNT},
				 {"reopen", EV_REOPEN_COUNT},   {"urge", EV_URGE_COUNT}};

	for (int i = 0; i < lengthof(known); i++)
		if (strcmp(known[i].name, what) == 0)
			return gg_int4(row, known[i].column);
	return -1;
}

/* The request that the step is about: named by its guard requested:x or endorsed:x. */
static const char *
request_of(const GgTransition *t)
{
	for (int i = 0; i < t->nguards; i++)
		if (t->guard[i].kind == GG_G_REQUESTED || t->guard[i].kind == GG_G_ENDORSED)
			return t->guard[i].arg;
	return "";
}

/* Does one guard hold? NULL: yes; else why not. */
static const char *
guard_holds(const GgStep *step, const GgRow *row, const GgAsk *ask, const GgRule *g,
			bool check_args)
{
	int64 event = gg_int8(row, EV_ID);
	char *item = gg_text(row, EV_ITEM);
	const GgItem *it = item ? gg_item(item) : NULL;
	GgRequestFacts req;
	GgMaster master;
	TimestampTz until;
	int64 id;
	int n;

	switch ((GgGuardKind) g->kind)
	{
		case GG_G_URGENT:
			return gg_bool(row, EV_URGENT) ? NULL : "the event is not urgent";
		case GG_G_NOT_URGENT:
			return gg_bool(row, EV_URGENT) ? "the event is urgent" : NULL;
		case GG_G_CAME_BY:
		{
			char *by = gg_text(row, EV_ENTERED_BY);

			return by != NULL && in_list(g->arg, by)
					   ? NULL
					   : psprintf("the event came into this state by \"%s\", not by %s",
								  by ? by : "", g->arg);
		}
		case GG_G_NOT_OVERDUE:
			return overdue_now(row, step->at) ? "handling is past due" : NULL;
		case GG_G_WAS_OVERDUE:
			return ask->breached(event) ? NULL : "no breach of handling stands on the event";
		case GG_G_MAX:
			n = counter(row, g->arg);
			if (n < 0)
				n = step->t->neffects > 0 && gg_has_effect(step->t, GG_E_OPEN_REQUEST) &&
							strcmp(g->arg, "appeal") == 0
						? ask->requests_made(event, g->arg)
						: ask->happened(event, g->arg);
			return n < g->number ? NULL
								 : psprintf("\"%s\" has happened %d times of at most %d", g->arg, n,
											g->number);
		case GG_G_WITHIN:
			if (!gg_has(row, EV_ENTERED_AT))
				return NULL;
			return step->at <= limit_end(row, gg_time(row, EV_ENTERED_AT), g->limit) +
								   gg_int8(row, EV_AWAY)
					   ? NULL
					   : psprintf("more than %s have passed since the event came into this state",
								  g->text + strlen("within:"));
		case GG_G_UNTIL_WITHIN:
			if (!check_args)
				return NULL;
			if (!gg_arg_time(step->args, "until", &until))
				return "argument \"until\" is missing";
			if (until <= step->at)
				return "argument \"until\" is not in the future";
			return until <= limit_end(row, step->at, g->limit)
					   ? NULL
					   : psprintf("argument \"until\" is more than %s away",
								  g->text + strlen("until_within:"));
		case GG_G_REQUESTED:
			ask->request(event, g->arg, &req);
			return req.undecided ? NULL : psprintf("there is no undecided request \"%s\"", g->arg);
		case GG_G_ENDORSED:
			ask->request(event, g->arg, &req);
			return req.undecided && req.endorsed
					   ? NULL
					   : psprintf("there is no endorsed request \"%s\"", g->arg);
		case GG_G_NOT_REQUESTER:
			ask->request(event, request_of(step->t), &req);
			return req.undecided && strcmp(req.made_by, step->actor->text) == 0
					   ? "the actor made the request himself"
					   : NULL;
		case GG_G_NOT_DESIGNATED:
			return gg_bool(row, EV_DESIGNATED)
					   ? "the unit was designated and may not return the event"
					   : NULL;
		case GG_G_ADMITTED:
			if (!check_args || !gg_arg_int8(step->args, "person", &id) || item == NULL)
				return NULL;
			if (!gg_area_publishes(gg_text(row, EV_AREA)) ||
				gg_item_admitted(gg_text(row, EV_AREA), item, step->at) ||
				!ask->is_grid_worker(id, step->at))
				return NULL;
			return psprintf(
				"item %s is not on the area's admission list, so that a grid worker may not be dispatched",
				item);
		case GG_G_MASTER_OPEN:
		case GG_G_NO_CYCLE:
			if (!check_args || !gg_arg_int8(step->args, "master_id", &id))
				return NULL;
			ask->master(event, id, true, &master);
			if (g->kind == GG_G_NO_CYCLE)
				return master.cycle ? "merging would close a circle" : NULL;
			if (id == event)
				return "an event cannot be its own master";
			return master.found && master.open ? NULL
											   : psprintf("event %lld is not open", (long long) id);
		case GG_G_MASTER_CLOSED:
			ask->master(event, gg_int8(row, EV_MASTER_ID), false, &master);
			return master.found && master.closed ? NULL : "the master is not closed";
		case GG_G_NOT_SOURCE:
			return gg_is(row, EV_SOURCE, g->arg)
					   ? psprintf("the event came from source \"%s\"", g->arg)
					   : NULL;
		case GG_G_NOT_TOP_LEVEL:
			return gg_level_number(gg_text(row, EV_LEVEL)) < gg_area_level(gg_root())
					   ? NULL
					   : "there is no level above inside the city";
		case GG_G_NOT_DEPARTMENT_DUTY:
			if (it != NULL && it->department_duty)
				return psprintf("item %s is a duty of departments and may not be handed down",
								item);
			return gg_level_number(gg_text(row, EV_LEVEL)) > 1 ? NULL : "there is no level below";
		case GG_G_LOW_RISK:
			return it != NULL && it->low_risk && !gg_bool(row, EV_URGENT)
					   ? NULL
					   : "the item is not of low risk";
		case GG_G_UNSATISFIED:
			return gg_is(row, EV_SATISFACTION, "不满意") ? NULL
														 : "the last evaluation was not 不满意";
	}
	return "the guard is not known to this version";
}

/* May the step happen? NULL: yes, and step->role says as whom. check_args false: judge without note and arguments. */
GgRefusal *
gg_legal(GgStep *step, const GgRow *row, const GgAsk *ask, bool check_args)
{
	const GgTransition *t = step->t;
	long long event = (long long) gg_int8(row, EV_ID);
	const char *missing;
	const char *meant = NULL;
	char *misspelt;

	if (!entitled(step, row, ask))
		return gg_refuse(
			ERRCODE_GG_NOT_ENTITLED,
			psprintf("%s may not take step \"%s\" on event %lld", step->actor->text, t->action,
					 event),
			psprintf("In state \"%s\" the step is for: %s.",
					 step->from < 0 ? "(new)" : step->wf->state[step->from].name, t->roles_text),
			"The role must be held now, in an area that contains the event's (at its level or above), or in the unit that handles it.");
	if (check_args)
	{
		if (t->needs_note &&
			(step->note == NULL || step->note[strspn(step->note, " \t\r\n")] == '\0'))
			return gg_refuse(ERRCODE_GG_NOTE_OR_ARG_MISSING,
							 psprintf("step \"%s\" on event %lld needs a note", t->action, event),
							 "The reason belongs to the record.",
							 "Give it as note of act(), or as action_note.");
		misspelt = gg_misspelt_arg(t, step->args, &meant);
		if (misspelt != NULL)
			return gg_refuse(ERRCODE_INVALID_PARAMETER_VALUE,
							 psprintf("step \"%s\" on event %lld does not know argument \"%s\"",
									  t->action, event, misspelt),
							 NULL, psprintf("Perhaps you mean \"%s\".", meant));
		missing = missing_argument(step);
		if (missing != NULL)
			return gg_refuse(
				ERRCODE_GG_NOTE_OR_ARG_MISSING,
				psprintf("step \"%s\" on event %lld needs argument %s", t->action, event, missing),
				psprintf("Arguments of the step: %s.", t->args_text),
				"Give it in args of act(), or in action_args.");
	}
	for (int i = 0; i < t->nguards; i++)
	{
		const GgRule *g = &t->guard[i];
		const char *why = guard_holds(step, row, ask, g, check_args);

		if (why != NULL)
			return gg_refuse(
				g->kind == GG_G_ADMITTED ? ERRCODE_GG_NOT_ADMITTED : ERRCODE_GG_GUARD_REFUSED,
				psprintf("step \"%s\" on event %lld is refused: %s", t->action, event, why),
				psprintf("State \"%s\", guard %s.",
						 step->from < 0 ? "(new)" : step->wf->state[step->from].name, g->text),
				"grid_gov.allowed_actions(event) lists what is open now and why the rest is not.");
	}
	for (int i = 0; i < t->neffects; i++)
		if (t->effect[i].kind == GG_E_OPEN_REQUEST)
		{
			GgRequestFacts req;

			ask->request(gg_int8(row, EV_ID), t->effect[i].arg, &req);
			if (req.undecided)
				return gg_refuse(
					ERRCODE_GG_GUARD_REFUSED,
					psprintf("step \"%s\" on event %lld is refused: a request \"%s\" is undecided",
							 t->action, event, t->effect[i].arg),
					NULL, "Have it decided first.");
		}
	return NULL;
}
