/*
 * access.c: which areas may the current role see, by the rows of gov.access?
 *
 * Called by the row security policies of gov through sees_area(), once a row of
 * every scan: the answer comes from a list of the role's areas that is made
 * once and forgotten when gov.access or a membership changes. Reads only.
 */
#include "base/base.h"

#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

typedef struct Grant
{
	char *persona;
	char *area;
	int len;
} Grant;

static MemoryContext context = NULL;
static bool fresh = false;
static GgReading reading;
static Oid user = InvalidOid;
static int ngrants = 0;
static Grant *grants = NULL;

/* Invalidation callback of gov.access. */
static void
forget_access(void)
{
	fresh = false;
}

/* Invalidation callback of roles and memberships. */
static void
forget_roles(Datum arg, int cacheid, uint32 hashvalue)
{
	fresh = false;
}

/* Make the current role's list. */
static void
load(void)
{
	static GgPlan plan = {"SELECT a.role, a.persona, a.area FROM gov.access a", 0};
	static bool watching = false;
	GgIdentity self;
	Oid who = GetUserId();
	MemoryContext made;
	Grant *volatile found = NULL;
	volatile int n = 0;

	if (!watching)
	{
		gg_watch_table("access", forget_access);
		CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, forget_roles, (Datum) 0);
		CacheRegisterSyscacheCallback(AUTHOID, forget_roles, (Datum) 0);
		watching = true;
	}
	/* made aside: whatever runs meanwhile may ask for the list of another role */
	made = AllocSetContextCreate(CurrentMemoryContext, "grid_gov access", ALLOCSET_SMALL_SIZES);
	fresh = true; /* a change that arrives while reading makes it stale again */
	reading = gg_reading();
	PG_TRY();
	{
		gg_become_owner(gg_gov_table("access", false), &self);
		SPI_connect();
		/* a parallel worker may not begin commands; its leader's snapshot serves */
		gg_execute(&plan, NULL, NULL, IsInParallelMode(), 0);
		found = MemoryContextAlloc(made, sizeof(Grant) * Max(SPI_processed, 1));
		for (uint64 i = 0; i < SPI_processed; i++)
		{
			HeapTuple t = SPI_tuptable->vals[i];
			TupleDesc d = SPI_tuptable->tupdesc;
			Oid oid = get_role_oid(gg_required(t, d, 1), true);
			Grant *g = &found[n];

			if (!OidIsValid(oid) || !is_member_of_role(who, oid))
				continue;
			g->persona = MemoryContextStrdup(made, gg_required(t, d, 2));
			g->area = MemoryContextStrdup(made, gg_required(t, d, 3));
			g->len = strlen(g->area);
			n++;
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
	MemoryContextSetParent(made, CacheMemoryContext);
	if (context != NULL)
		MemoryContextDelete(context);
	context = made;
	user = who;
	ngrants = n;
	grants = found;
}

GG_FUNCTION(gg_sees_area);

/*
 * sees_area(area, persona) -> boolean: does a row of gov.access let the current
 * role see this area? persona NULL: any. An area of NULL is seen by who sees
 * everything that some row names, that is by nobody.
 */
Datum
gg_sees_area(PG_FUNCTION_ARGS)
{
	text *area;
	text *persona = PG_ARGISNULL(1) ? NULL : PG_GETARG_TEXT_PP(1);
	const char *code;
	int len;
	bool seen = false;

	if (PG_ARGISNULL(0))
		PG_RETURN_BOOL(false);
	if (!fresh || user != GetUserId() || !gg_reading_holds(&reading))
		load();
	area = PG_GETARG_TEXT_PP(0);
	code = VARDATA_ANY(area);
	len = VARSIZE_ANY_EXHDR(area);
	for (int i = 0; i < ngrants && !seen; i++)
	{
		const Grant *g = &grants[i];

		if (persona != NULL &&
			(strlen(g->persona) != VARSIZE_ANY_EXHDR(persona) ||
			 memcmp(g->persona, VARDATA_ANY(persona), VARSIZE_ANY_EXHDR(persona)) != 0))
			continue;
		seen = g->len <= len && memcmp(code, g->area, g->len) == 0;
	}
	PG_RETURN_BOOL(seen);
}
