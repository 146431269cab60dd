/*
 * misspelt.c: is an argument a misspelling of one that the step takes?
 *
 * Called by legal.c. Members that no step knows are the city's own and stand in
 * the journal; but "persn" beside no "person" is a dispatch to nobody. Pure.
 */
#include "event/event.h"

#include "utils/builtins.h"
#include "utils/varlena.h"

/* What effects take, needed or not. */
static const struct
{
	GgEffectKind effect;
	const char *arg; /* of the effect; NULL: any */
	const char *name[4];
} takes[] = {
	{GG_E_OPEN_TASK, "handle", {"unit", "person", "designated"}},
	{GG_E_OPEN_TASK, "co_handle", {"co_units"}},
	{GG_E_OPEN_TASK, "verify", {"person"}},
	{GG_E_OPEN_TASK, "check", {"person"}},
	{GG_E_OPEN_TASK, "whistle", {"units"}},
	{GG_E_SIGN_TASK, NULL, {"person"}},
	{GG_E_SET_LIMITS, NULL, {"item", "category", "urgent"}},
	{GG_E_RELABEL, NULL, {"item", "category"}},
	{GG_E_OPEN_REQUEST, "suspend", {"until"}},
	{GG_E_REROUTE, NULL, {"grid"}},
	{GG_E_LINK_MASTER, NULL, {"master_id"}},
	{GG_E_MARK, "supervised", {"kind", "level"}},
};

#define MAX_KNOWN 40

/* The names that the step takes. */
static int
known_names(const GgTransition *t, const char **known)
{
	int n = 0;

	known[n++] = "at";
	for (int i = 0; i < t->nargs; i++)
		for (int j = 0; j < t->arg[i].n && n < MAX_KNOWN; j++)
			known[n++] = t->arg[i].name[j];
	for (int i = 0; i < t->neffects; i++)
		for (int k = 0; k < lengthof(takes); k++)
			if (takes[k].effect == (GgEffectKind) t->effect[i].kind &&
				(takes[k].arg == NULL || strcmp(takes[k].arg, t->effect[i].arg) == 0))
				for (int j = 0;
					 j < lengthof(takes[k].name) && takes[k].name[j] != NULL && n < MAX_KNOWN; j++)
					known[n++] = takes[k].name[j];
	return n;
}

/* Is the one nearly the other? Short names must be the same but for their case. */
static bool
nearly(const char *name, int len, const char *known)
{
	int known_len = (int) strlen(known);
	int most = known_len <= 3 ? 0 : known_len <= 7 ? 1 : 2;

	if (len == known_len && pg_strncasecmp(name, known, len) == 0)
		return true;
	/* "reason" beside "person", "label" beside "level" are words of their own */
	if (most == 0 || len == 0 || len > 63 || abs(len - known_len) > most || name[0] != known[0])
		return false;
	return varstr_levenshtein_less_equal(name, len, known, known_len, 1, 1, 1, most, true) <= most;
}

/* The first misspelt argument: *meant is the one it looks like. NULL: none. */
char *
gg_misspelt_arg(const GgTransition *t, const Jsonb *args, const char **meant)
{
	const char *known[MAX_KNOWN];
	int n;
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue v;

	if (args == NULL || !JB_ROOT_IS_OBJECT(args))
		return NULL;
	n = known_names(t, known);
	it = JsonbIteratorInit((JsonbContainer *) &args->root);
	while ((token = JsonbIteratorNext(&it, &v, true)) != WJB_DONE)
	{
		bool is_known = false;

		if (token != WJB_KEY)
			continue;
		for (int i = 0; i < n && !is_known; i++)
			is_known = (int) strlen(known[i]) == v.val.string.len &&
					   memcmp(known[i], v.val.string.val, v.val.string.len) == 0;
		for (int i = 0; i < n && !is_known; i++)
			if (nearly(v.val.string.val, v.val.string.len, known[i]) &&
				gg_arg(args, known[i]) == NULL)
			{
				*meant = known[i];
				return pnstrdup(v.val.string.val, v.val.string.len);
			}
	}
	return NULL;
}
