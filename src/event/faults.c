/*
 * faults.c: what is wrong with a workflow?
 *
 * Called by check_workflow() and, at commit, for edited workflows (check.c).
 * Pure: it looks at the rows alone, never at events. An error is what would
 * leave an event stuck, a rule unenforced or a step refused for ever.
 */
#include "event/check.h"
#include "event/guard.h"

#include "lib/stringinfo.h"

/* A set of states with one member. */
#define ONE(s) (UINT64CONST(1) << (s))

static const char *const task_kind[] = {"verify",   "handle",  "co_handle", "check",
										"callback", "whistle", NULL};
static const char *const request_kind[] = {"suspend", "extend", "force_close", "appeal", NULL};
static const char *const counted[] = {"return", "suspend", "extend",       "rework",
									  "reopen", "urge",    "self_handled", NULL};
static const char *const marked[] = {"false_report", "supervised", NULL};
static const char *const clock_name[] = {"handling", NULL};

typedef struct Search
{
	const GgWorkflow *wf;
	List *faults;
} Search;

/* Append a fault. */
static void
add(Search *s, bool error, const char *step, char *text)
{
	GgFault *f = palloc(sizeof(GgFault));

	f->workflow = s->wf->name;
	f->step = step;
	f->error = error;
	f->text = text;
	s->faults = lappend(s->faults, f);
}

/* Is the word in the list? */
static bool
among(const char *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(word, *list) == 0)
			return true;
	return false;
}

/* Has any step an effect of this kind and, unless NULL, this word? */
static bool
some_effect(const GgWorkflow *wf, GgEffectKind kind, const char *word)
{
	for (int i = 0; i < wf->ntransitions; i++)
		for (int e = 0; e < wf->transition[i].neffects; e++)
		{
			const GgRule *r = &wf->transition[i].effect[e];

			if (r->kind == (int) kind && (word == NULL || strcmp(r->arg, word) == 0))
				return true;
		}
	return false;
}

/* Is a task of this kind ever opened? */
static bool
task_opens(const GgWorkflow *wf, const char *kind)
{
	return some_effect(wf, GG_E_OPEN_TASK, kind);
}

/* The request that a step's guards name, or NULL. */
static const char *
guarded_request(const GgTransition *t)
{
	for (int i = 0; i < t->nguards; i++)
		if (t->guard[i].kind == GG_G_REQUESTED || t->guard[i].kind == GG_G_ENDORSED)
			return t->guard[i].arg;
	return NULL;
}

/* Can a request of this kind be endorsed: by a step, or because a unit's head makes it? */
static bool
request_endorsed(const GgWorkflow *wf, const char *kind)
{
	for (int i = 0; i < wf->ntransitions; i++)
	{
		const GgTransition *t = &wf->transition[i];
		const char *named = guarded_request(t);

		if (named != NULL && strcmp(named, kind) == 0 && gg_has_effect(t, GG_E_ENDORSE_REQUEST))
			return true;
		for (int e = 0; e < t->neffects; e++)
			if (t->effect[e].kind == GG_E_OPEN_REQUEST && strcmp(t->effect[e].arg, kind) == 0)
				for (int r = 0; r < t->nroles; r++)
					if (t->role[r] == GG_ROLE_UNIT_HEAD)
						return true;
	}
	return false;
}

/* Is there a step of this action? */
static bool
action_exists(const GgWorkflow *wf, const char *action)
{
	for (int i = 0; i < wf->ntransitions; i++)
		if (strcmp(wf->transition[i].action, action) == 0)
			return true;
	return false;
}

/* Does a step of this action lead into one of these states, so that came_by finds it? */
static bool
action_enters(const GgWorkflow *wf, const char *action, uint64 states)
{
	for (int i = 0; i < wf->ntransitions; i++)
	{
		const GgTransition *t = &wf->transition[i];

		if (strcmp(t->action, action) == 0 && t->to >= 0 && (states & ONE(t->to)) != 0)
			return true;
	}
	return false;
}

/* To which states does (before) go back from this one? */
static uint64
before_states(const GgWorkflow *wf, int state)
{
	uint64 set = 0;

	for (int i = 0; i < wf->ntransitions; i++)
		if (wf->transition[i].to == state && gg_has_effect(&wf->transition[i], GG_E_REMEMBER_STATE))
			set |= wf->transition[i].from;
	return set;
}

/* To which states does the step lead from this one? */
static uint64
leads_to(const GgWorkflow *wf, const GgTransition *t, int from)
{
	if (t->to == GG_TO_SAME)
		return ONE(from);
	if (t->to == GG_TO_BEFORE)
		return before_states(wf, from);
	return ONE(t->to);
}

/* Why can nobody ever take the step in its r-th role? NULL: somebody can. */
static const char *
never(const GgWorkflow *wf, const GgTransition *t, int r)
{
	static const char *const builtin[] = {"resume", "unmerge", "close_with_master", NULL};
	GgRole role = t->role[r];
	GgRelation relation = t->relation[r];
	const char *kind = gg_task_kind(t);

	if (!wf->for_events)
	{
		if (role == GG_ROLE_SYSTEM)
			return "the system takes no steps on tables of the city's own";
		if (relation != GG_REL_ANY && (relation != GG_REL_AREA || role == GG_ROLE_REPORTER))
			return "tables of the city's own know the relations any and, for posts, area";
		return NULL;
	}
	if (role == GG_ROLE_SYSTEM)
	{
		for (int i = 0; i < wf->nautos; i++)
			if (strcmp(wf->autos[i].action, t->action) == 0)
				return NULL;
		return among(t->action, builtin)
				   ? NULL
				   : "gov.workflow_auto has no row that lets the system take it";
	}
	if (role == GG_ROLE_REPORTER)
		return relation == GG_REL_OWN || relation == GG_REL_ANY
				   ? NULL
				   : "a reporter has the relations own and any";
	switch (relation)
	{
		case GG_REL_ANY:
		case GG_REL_AREA:
			return NULL;
		case GG_REL_OWN:
			return "the relation own is the reporter's";
		case GG_REL_OWN_TASK:
			if (t->from == 0)
				return "a new event has no tasks";
			return task_opens(wf, kind) ? NULL : psprintf("no step opens a task \"%s\"", kind);
		case GG_REL_OWN_UNIT:
			if (t->from == 0)
				return "a new event has no unit";
			return task_opens(wf, "handle") ? NULL : "no step opens a task \"handle\"";
		case GG_REL_CO_UNIT:
			return task_opens(wf, "co_handle") ? NULL : "no step opens a task \"co_handle\"";
	}
	return NULL;
}

/* Who may take the step? That the system never does is a fault only where nobody else may. */
static void
check_roles(Search *s, const GgTransition *t)
{
	int n = 0;
	const char *first = NULL;
	const char *odd = NULL;

	for (int r = 0; r < t->nroles; r++)
	{
		const char *why = never(s->wf, t, r);

		if (why == NULL)
			continue;
		n++;
		why = psprintf("%s: %s", gg_role_name[t->role[r]], why);
		if (first == NULL)
			first = why;
		if (odd == NULL && t->role[r] != GG_ROLE_SYSTEM)
			odd = why;
	}
	if (n > 0 && n == t->nroles)
		add(s, true, t->id, psprintf("nobody may ever take step \"%s\" (%s)", t->action, first));
	else if (odd != NULL)
		add(s, false, t->id,
			psprintf("not everybody named may ever take step \"%s\" (%s)", t->action, odd));
}

/* Is this argument asked for by the step? */
static bool
asks_for(const GgTransition *t, const char *arg)
{
	for (int i = 0; i < t->nargs; i++)
		for (int j = 0; j < t->arg[i].n; j++)
			if (strcmp(t->arg[i].name[j], arg) == 0)
				return true;
	return false;
}

/* An argument without which the step is refused should be asked for. */
static void
wants(Search *s, const GgTransition *t, const GgRule *rule, const char *arg)
{
	if (!asks_for(t, arg))
		add(s, false, t->id,
			psprintf("\"%s\" uses argument \"%s\", which needs_args does not ask for", rule->text,
					 arg));
}

/* The words behind the names of guards. */
static void
check_guards(Search *s, const GgTransition *t)
{
	const GgWorkflow *wf = s->wf;

	for (int i = 0; i < t->nguards; i++)
	{
		const GgRule *g = &t->guard[i];
		char *list;

		switch (g->kind)
		{
			case GG_G_CAME_BY:
				list = pstrdup(g->arg);
				for (char *word = list, *end; word != NULL; word = end)
				{
					if ((end = strchr(word, ',')) != NULL)
						*end++ = '\0';
					if (!action_enters(wf, word, t->from))
						add(s, true, t->id,
							psprintf("guard \"%s\": no step \"%s\" leads to where this one starts",
									 g->text, word));
				}
				break;
			case GG_G_REQUESTED:
			case GG_G_ENDORSED:
				if (!some_effect(wf, GG_E_OPEN_REQUEST, g->arg))
					add(s, true, t->id,
						psprintf("guard \"%s\": no step opens a request \"%s\"", g->text, g->arg));
				else if (g->kind == GG_G_ENDORSED && !request_endorsed(wf, g->arg))
					add(s, true, t->id,
						psprintf("guard \"%s\": no step endorses a request \"%s\"", g->text,
								 g->arg));
				break;
			case GG_G_NOT_REQUESTER:
				if (guarded_request(t) == NULL)
					add(s, true, t->id,
						psprintf("guard \"%s\" belongs to a guard requested:x or endorsed:x",
								 g->text));
				break;
			case GG_G_MAX:
				if (!among(g->arg, counted) && !among(g->arg, request_kind) &&
					!action_exists(wf, g->arg))
					add(s, true, t->id,
						psprintf("guard \"%s\": nothing is called \"%s\" that could be counted",
								 g->text, g->arg));
				break;
			case GG_G_UNTIL_WITHIN:
				wants(s, t, g, "until");
				break;
			case GG_G_MASTER_OPEN:
			case GG_G_NO_CYCLE:
				wants(s, t, g, "master_id");
				break;
			default:
				break;
		}
	}
}

/* The words behind the names of effects. */
static void
check_effects(Search *s, const GgTransition *t)
{
	for (int i = 0; i < t->neffects; i++)
	{
		const GgRule *e = &t->effect[i];
		const char *const *known = NULL;

		switch (e->kind)
		{
			case GG_E_OPEN_TASK:
				known = task_kind;
				if (strcmp(e->arg, "handle") == 0)
					wants(s, t, e, "unit");
				else if (strcmp(e->arg, "verify") == 0 || strcmp(e->arg, "check") == 0)
					wants(s, t, e, "person");
				else if (strcmp(e->arg, "whistle") == 0)
					wants(s, t, e, "units");
				break;
			case GG_E_CLOSE_TASK:
			case GG_E_REOPEN_TASK:
				known = task_kind;
				if (among(e->arg, task_kind) && !task_opens(s->wf, e->arg))
					add(s, false, t->id,
						psprintf("effect \"%s\": no step opens such a task", e->text));
				break;
			case GG_E_START_CLOCK:
			case GG_E_STOP_CLOCK:
			case GG_E_PAUSE_CLOCK:
			case GG_E_RESUME_CLOCK:
			case GG_E_EXTEND_CLOCK:
			case GG_E_RESTART_OR_RESUME_CLOCK:
				known = clock_name;
				break;
			case GG_E_COUNT:
				known = counted;
				break;
			case GG_E_MARK:
				known = marked;
				break;
			case GG_E_OPEN_REQUEST:
				known = request_kind;
				break;
			case GG_E_ENDORSE_REQUEST:
			case GG_E_CLOSE_REQUEST:
				if (guarded_request(t) == NULL)
					add(s, true, t->id,
						psprintf(
							"effect \"%s\" needs a guard requested:x or endorsed:x that says which",
							e->text));
				break;
			case GG_E_LINK_MASTER:
				wants(s, t, e, "master_id");
				break;
			case GG_E_REROUTE:
				wants(s, t, e, "grid");
				break;
			default:
				break;
		}
		if (known != NULL && !among(e->arg, known))
			add(s, true, t->id, psprintf("effect \"%s\": unknown word \"%s\"", e->text, e->arg));
	}
}

/* Where the step starts and leads. */
static void
check_ends(Search *s, const GgTransition *t)
{
	const GgWorkflow *wf = s->wf;

	if (t->from == 0 && !t->from_new)
		add(s, true, t->id, psprintf("step \"%s\" starts in no state", t->action));
	if (t->from_new && t->to < 0)
		add(s, true, t->id, psprintf("step \"%s\" from (new) must name a state", t->action));
	if (t->from_new && wf->for_events && strcmp(t->action, "report") != 0)
		add(s, true, t->id,
			psprintf("a new event begins with step \"report\", not \"%s\"", t->action));
	if (wf->for_events && gg_reserved_action(t->action))
		add(s, true, t->id,
			psprintf(
				"\"%s\" is a step that the journal keeps for itself: call the action otherwise",
				t->action));
	if (t->to == GG_TO_BEFORE)
		for (int i = 0; i < wf->nstates; i++)
			if ((t->from & ONE(i)) != 0 && before_states(wf, i) == 0)
				add(s, true, t->id,
					psprintf("(before): no step with effect remember_state leads to state \"%s\"",
							 wf->state[i].name));
	if (!wf->for_events && (t->nguards > 0 || t->neffects > 0 || t->nargs > 0))
		add(s, true, t->id, pstrdup("only events know guards, effects and arguments"));
	if (!wf->for_events && t->to < 0)
		add(s, false, t->id, pstrdup("tables of the city's own know neither (same) nor (before)"));
}

/* Two steps of one action from one state: which is meant? */
static void
check_unique(Search *s)
{
	const GgWorkflow *wf = s->wf;

	for (int i = 0; i < wf->ntransitions; i++)
		for (int j = i + 1; j < wf->ntransitions; j++)
		{
			const GgTransition *a = &wf->transition[i];
			const GgTransition *b = &wf->transition[j];
			const char *state = "(new)";

			if (strcmp(a->action, b->action) != 0 ||
				((a->from & b->from) == 0 && !(a->from_new && b->from_new)))
				continue;
			for (int k = 0; k < wf->nstates; k++)
				if ((a->from & b->from & ONE(k)) != 0)
				{
					state = wf->state[k].name;
					break;
				}
			add(s, true, b->id,
				psprintf("action \"%s\" from state \"%s\" is step \"%s\" already", b->action, state,
						 a->id));
		}
}

/* States: each can be reached and, unless it ends the way, left. */
static void
check_states(Search *s)
{
	const GgWorkflow *wf = s->wf;
	uint64 reached = 0;
	uint64 before;
	bool begins = false;

	for (int i = 0; i < wf->ntransitions; i++)
		if (wf->transition[i].from_new && wf->transition[i].to >= 0)
		{
			begins = true;
			reached |= ONE(wf->transition[i].to);
		}
	if (!begins)
		add(s, true, NULL,
			pstrdup(wf->for_events ? "no step \"report\" from (new)" : "no step from (new)"));
	do
	{
		before = reached;
		for (int i = 0; i < wf->ntransitions; i++)
			for (int k = 0; k < wf->nstates; k++)
				if ((wf->transition[i].from & reached & ONE(k)) != 0)
					reached |= leads_to(wf, &wf->transition[i], k);
	} while (reached != before);

	for (int k = 0; k < wf->nstates; k++)
	{
		const GgState *state = &wf->state[k];
		const char *way = NULL;

		for (int i = 0; i < wf->ntransitions && way == NULL; i++)
			if ((wf->transition[i].from & ONE(k)) != 0 &&
				(leads_to(wf, &wf->transition[i], k) & ~ONE(k)) != 0)
				way = wf->transition[i].action;
		if (state->name[0] == '(' || state->name[0] == '\0' || strpbrk(state->name, "|,:") != NULL)
			add(s, true, state->name, pstrdup("a state's name may not contain ( | , or :"));
		if (begins && (reached & ONE(k)) == 0)
			add(s, true, state->name,
				psprintf("state \"%s\" cannot be reached from (new)", state->name));
		if (state->terminal && state->open)
			add(s, true, state->name, psprintf("terminal state \"%s\" is open", state->name));
		if (state->terminal && way != NULL)
			add(s, true, state->name,
				psprintf("terminal state \"%s\" has a way out: \"%s\"", state->name, way));
		if (!state->terminal && way == NULL)
			add(s, wf->for_events, state->name,
				psprintf("state \"%s\" is a dead end: no way out, and not terminal", state->name));
	}
}

/* Automatic steps: there is such a step, and the system may take it. */
static void
check_autos(Search *s)
{
	const GgWorkflow *wf = s->wf;

	for (int a = 0; a < wf->nautos; a++)
	{
		const char *action = wf->autos[a].action;
		bool found = false;

		for (int i = 0; i < wf->ntransitions; i++)
			for (int r = 0; r < wf->transition[i].nroles; r++)
				if (strcmp(wf->transition[i].action, action) == 0 &&
					wf->transition[i].role[r] == GG_ROLE_SYSTEM)
					found = true;
		if (!found)
			add(s, true, action,
				psprintf("automatic step \"%s\": no step of this action is open to role system",
						 action));
	}
}

/* What is wrong with this workflow? */
List *
gg_workflow_faults(List *faults, GgWorkflow *wf, GgTransitionText *text, int n)
{
	Search s = {wf, faults};

	if (wf->nstates == 0 || n == 0)
	{
		/* of a table of the city's own nobody is hurt while it is being built */
		add(&s, wf->for_events || wf->nstates > GG_MAX_STATES, NULL,
			pstrdup(wf->nstates == 0 ? "the workflow has no states" : "the workflow has no steps"));
		return s.faults;
	}
	wf->transition = palloc0(sizeof(GgTransition) * n);
	wf->ntransitions = n;
	for (int i = 0; i < n; i++)
	{
		List *wrong = NIL;
		ListCell *cell;

		text[i].faults = &wrong;
		gg_parse_transition(wf, &text[i], &wf->transition[i]);
		foreach (cell, wrong)
			add(&s, true, wf->transition[i].id, lfirst(cell));
	}
	check_unique(&s);
	for (int i = 0; i < n; i++)
	{
		const GgTransition *t = &wf->transition[i];

		check_ends(&s, t);
		check_roles(&s, t);
		check_guards(&s, t);
		check_effects(&s, t);
	}
	check_states(&s);
	check_autos(&s);
	return s.faults;
}
