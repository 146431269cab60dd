/*
 * parse.c: what do the words of a workflow's row mean?
 *
 * Called when workflows are loaded or checked. Pure. The words are those of the
 * page "workflow" in doc/event.md.
 */
#include "event/parse.h"

#include "clock/limit.h"

#include "utils/builtins.h"

const char *const gg_role_name[GG_ROLES] = {
	"grid_worker", "grid_leader", "party_secretary", "volunteer",  "acceptor", "dispatcher",
	"handler",     "unit_head",   "centre_head",     "supervisor", "caller",   "police_officer",
	"auditor",     "reporter",    "system",          "owner"};

static const char *const relation_name[] = {"any",      "area",    "own", "own_task",
											"own_unit", "co_unit", NULL};

/* What follows the name of a guard or effect. */
typedef enum Shape
{
	PLAIN,        /* name */
	WITH_WORD,    /* name:word */
	WITH_LIST,    /* name:a,b */
	WITH_NUMBER,  /* name:word:n */
	WITH_PERCENT, /* name:word:n%  */
	WITH_LIMIT    /* name:2wd */
} Shape;

typedef struct Word
{
	const char *name;
	int kind;
	Shape shape;
} Word;

static const Word guard_words[] = {{"urgent", GG_G_URGENT, PLAIN},
								   {"not_urgent", GG_G_NOT_URGENT, PLAIN},
								   {"came_by", GG_G_CAME_BY, WITH_LIST},
								   {"not_overdue", GG_G_NOT_OVERDUE, PLAIN},
								   {"was_overdue", GG_G_WAS_OVERDUE, PLAIN},
								   {"max", GG_G_MAX, WITH_NUMBER},
								   {"within", GG_G_WITHIN, WITH_LIMIT},
								   {"until_within", GG_G_UNTIL_WITHIN, WITH_LIMIT},
								   {"requested", GG_G_REQUESTED, WITH_WORD},
								   {"endorsed", GG_G_ENDORSED, WITH_WORD},
								   {"not_requester", GG_G_NOT_REQUESTER, PLAIN},
								   {"not_designated", GG_G_NOT_DESIGNATED, PLAIN},
								   {"admitted", GG_G_ADMITTED, PLAIN},
								   {"master_open", GG_G_MASTER_OPEN, PLAIN},
								   {"no_cycle", GG_G_NO_CYCLE, PLAIN},
								   {"master_closed", GG_G_MASTER_CLOSED, PLAIN},
								   {"not_source", GG_G_NOT_SOURCE, WITH_WORD},
								   {"not_top_level", GG_G_NOT_TOP_LEVEL, PLAIN},
								   {"not_department_duty", GG_G_NOT_DEPARTMENT_DUTY, PLAIN},
								   {"low_risk", GG_G_LOW_RISK, PLAIN},
								   {"unsatisfied", GG_G_UNSATISFIED, PLAIN},
								   {NULL, 0, PLAIN}};

static const Word effect_words[] = {
	{"set_limits", GG_E_SET_LIMITS, PLAIN},
	{"open_task", GG_E_OPEN_TASK, WITH_WORD},
	{"sign_task", GG_E_SIGN_TASK, PLAIN},
	{"close_task", GG_E_CLOSE_TASK, WITH_WORD},
	{"reopen_task", GG_E_REOPEN_TASK, WITH_WORD},
	{"start_clock", GG_E_START_CLOCK, WITH_PERCENT},
	{"stop_clock", GG_E_STOP_CLOCK, WITH_WORD},
	{"stop_clocks", GG_E_STOP_CLOCKS, PLAIN},
	{"pause_clock", GG_E_PAUSE_CLOCK, WITH_WORD},
	{"pause_clocks", GG_E_PAUSE_CLOCKS, PLAIN},
	{"resume_clock", GG_E_RESUME_CLOCK, WITH_WORD},
	{"resume_clocks", GG_E_RESUME_CLOCKS, PLAIN},
	{"extend_clock", GG_E_EXTEND_CLOCK, WITH_WORD},
	{"restart_or_resume_clock", GG_E_RESTART_OR_RESUME_CLOCK, WITH_WORD},
	{"remember_state", GG_E_REMEMBER_STATE, PLAIN},
	{"count", GG_E_COUNT, WITH_WORD},
	{"mark", GG_E_MARK, WITH_WORD},
	{"open_request", GG_E_OPEN_REQUEST, WITH_WORD},
	{"endorse_request", GG_E_ENDORSE_REQUEST, PLAIN},
	{"close_request", GG_E_CLOSE_REQUEST, PLAIN},
	{"void_requests", GG_E_VOID_REQUESTS, PLAIN},
	{"link_master", GG_E_LINK_MASTER, PLAIN},
	{"unlink_master", GG_E_UNLINK_MASTER, PLAIN},
	{"level_up", GG_E_LEVEL_UP, PLAIN},
	{"level_down", GG_E_LEVEL_DOWN, PLAIN},
	{"reroute", GG_E_REROUTE, PLAIN},
	{"relabel", GG_E_RELABEL, PLAIN},
	{"designate_if_same_unit", GG_E_DESIGNATE_IF_SAME_UNIT, PLAIN},
	{"exempt_overdue", GG_E_EXEMPT_OVERDUE, PLAIN},
	{NULL, 0, PLAIN}};

/* A role's number, or -1. */
int
gg_role_of(const char *name)
{
	for (int i = 0; i < GG_ROLES; i++)
		if (strcmp(gg_role_name[i], name) == 0)
			return i;
	return -1;
}

/* The row makes no sense: an error, or one more fault where they are collected. */
static void
senseless(const GgTransitionText *text, const char *what, const char *word)
{
	if (text->faults != NULL)
	{
		*text->faults = lappend(*text->faults, psprintf("%s \"%s\"", what, word));
		return;
	}
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("workflow \"%s\", step \"%s\": %s \"%s\"", text->workflow, text->id,
						   what, word)));
}

/* Cut at a separator; pieces are copies, empty ones are dropped. */
static int
split(const char *text, char separator, char ***pieces)
{
	int n = 0;
	const char *p = text;

	*pieces = NULL;
	if (text == NULL || *text == '\0')
		return 0;
	*pieces = palloc(sizeof(char *) * (strlen(text) + 1));
	for (;;)
	{
		const char *end = strchr(p, separator);
		int len = end ? (int) (end - p) : (int) strlen(p);

		if (len > 0)
			(*pieces)[n++] = pnstrdup(p, len);
		if (end == NULL)
			return n;
		p = end + 1;
	}
}

/* One guard or effect. */
static void
parse_rule(const GgTransitionText *text, const char *what, const Word *words, char *piece,
		   GgRule *rule)
{
	char **part;
	int n = split(piece, ':', &part);
	const Word *w;
	char *end;
	GgLimitReading reading;

	rule->text = pstrdup(piece);
	rule->arg = "";
	rule->number = 0;
	rule->kind = -1;
	for (w = words; w->name != NULL && n > 0; w++)
		if (strcmp(w->name, part[0]) == 0)
			break;
	if (n == 0 || w->name == NULL)
	{
		senseless(text, what, piece);
		return;
	}
	rule->kind = w->kind;
	if (n > 1)
		rule->arg = part[1];
	switch (w->shape)
	{
		case PLAIN:
			if (n != 1)
				senseless(text, what, piece);
			break;
		case WITH_WORD:
		case WITH_LIST:
			if (n != 2)
				senseless(text, what, piece);
			break;
		case WITH_NUMBER:
		case WITH_PERCENT:
			if (n != 3)
			{
				senseless(text, what, piece);
				break;
			}
			rule->number = (int) strtol(part[2], &end, 10);
			if (rule->number <= 0 || rule->number > 10000 ||
				strcmp(end, w->shape == WITH_PERCENT ? "%" : "") != 0)
				senseless(text, what, piece);
			break;
		case WITH_LIMIT:
			if (n != 2 || !gg_limit_read(part[1], -1, &reading))
				senseless(text, what, piece);
			else
				rule->limit = reading.limit;
			break;
	}
}

/* Guards or effects, separated by |. */
static int
parse_rules(const GgTransitionText *text, const char *what, const Word *words, const char *list,
			GgRule **rules)
{
	char **piece;
	int n = split(list, '|', &piece);

	*rules = palloc0(sizeof(GgRule) * Max(n, 1));
	for (int i = 0; i < n; i++)
		parse_rule(text, what, words, piece[i], &(*rules)[i]);
	return n;
}

/* From which states? */
static void
parse_from(const GgWorkflow *wf, const GgTransitionText *text, GgTransition *t)
{
	char **piece;
	int n = split(text->from, '|', &piece);

	for (int i = 0; i < n; i++)
	{
		int s = gg_state_of(wf, piece[i]);

		if (strcmp(piece[i], "(new)") == 0)
			t->from_new = true;
		else if (strcmp(piece[i], "(open)") == 0)
		{
			for (int j = 0; j < wf->nstates; j++)
				if (wf->state[j].open)
					t->from |= UINT64CONST(1) << j;
		}
		else if (s < 0)
			senseless(text, "there is no state", piece[i]);
		else
			t->from |= UINT64CONST(1) << s;
	}
	if (strcmp(text->to, "(same)") == 0)
		t->to = GG_TO_SAME;
	else if (strcmp(text->to, "(before)") == 0)
		t->to = GG_TO_BEFORE;
	else if ((t->to = gg_state_of(wf, text->to)) < 0)
		senseless(text, "there is no state", text->to);
}

/* By whom, in which relation: one for all roles, or one each. */
static void
parse_roles(const GgTransitionText *text, GgTransition *t)
{
	char **role;
	char **relation;
	int nroles = split(text->roles, '|', &role);
	int nrelations = split(text->relation, '|', &relation);

	if (nroles == 0 || nroles > lengthof(t->role))
	{
		senseless(text, "roles are one to eight, not", text->roles);
		return;
	}
	if (nrelations != 1 && nrelations != nroles)
	{
		senseless(text, "relations are one, or one for each role, not", text->relation);
		return;
	}
	for (int i = 0; i < nroles; i++)
	{
		const char *word = relation[nrelations == 1 ? 0 : i];
		int r = gg_role_of(role[i]);
		int k = 0;

		if (r < 0 || r == GG_ROLE_OWNER)
		{
			senseless(text, "there is no role", role[i]);
			continue;
		}
		while (relation_name[k] != NULL && strcmp(relation_name[k], word) != 0)
			k++;
		if (relation_name[k] == NULL)
		{
			senseless(text, "there is no relation", word);
			continue;
		}
		t->role[t->nroles] = (GgRole) r;
		t->relation[t->nroles++] = (GgRelation) k;
	}
}

/* Which arguments: a|b all, a/b at least one. */
static void
parse_args(const GgTransitionText *text, GgTransition *t)
{
	char **group;
	int n = split(text->needs_args, '|', &group);

	if (n > lengthof(t->arg))
	{
		senseless(text, "more than six arguments in", text->needs_args);
		return;
	}
	for (int i = 0; i < n; i++)
	{
		char **name;
		int k = split(group[i], '/', &name);

		if (k == 0 || k > lengthof(t->arg[i].name))
		{
			senseless(text, "no argument can be read from", group[i]);
			continue;
		}
		t->arg[i].n = k;
		for (int j = 0; j < k; j++)
			t->arg[i].name[j] = name[j];
	}
	t->nargs = n;
}

/* Parse a row. */
void
gg_parse_transition(const GgWorkflow *wf, const GgTransitionText *text, GgTransition *t)
{
	memset(t, 0, sizeof(GgTransition));
	t->id = pstrdup(text->id);
	t->action = pstrdup(text->action);
	t->label = pstrdup(text->label);
	t->needs_note = text->needs_note;
	t->roles_text = pstrdup(text->roles);
	t->args_text = text->needs_args ? pstrdup(text->needs_args) : NULL;
	parse_from(wf, text, t);
	parse_roles(text, t);
	parse_args(text, t);
	t->nguards = parse_rules(text, "there is no guard", guard_words, text->guards, &t->guard);
	t->neffects = parse_rules(text, "there is no effect", effect_words, text->effects, &t->effect);
}
