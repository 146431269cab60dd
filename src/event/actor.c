/*
 * actor.c: who acts, and in which posts?
 *
 * Called once a step. The person is found from the outer role (SET ROLE), else
 * from the session role, through gov.staff.login; grid_gov.actor is believed
 * only from session roles listed in gov.actor_proxy. What was found is kept
 * until staff, posts or proxies change (as committed).
 */
#include "event/event.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

typedef struct Staff
{
	int64 id; /* hash key */
	bool active;
	char *name;
	int nposts;
	GgPost *post;
} Staff;

char *gg_actor_setting = NULL;

static MemoryContext context = NULL;
static HTAB *staff = NULL;
static bool fresh = false;

/* The actor of the last step, while nothing changed. */
static struct
{
	bool valid;
	Oid outer;
	Oid session;
	char *setting;
	GgActor actor;
} last;

/* Invalidation callback. */
static void
forget_actors(void)
{
	fresh = false;
	last.valid = false;
}

/* Invalidation callback of roles: a name may be another's now. */
static void
forget_names(Datum arg, int cacheid, uint32 hashvalue)
{
	last.valid = false;
}

/* Define the setting. */
void
gg_actor_init(void)
{
	DefineCustomStringVariable(
		"grid_gov.actor", "Whom this session acts for: a staff number or login, or reporter:KEY.",
		"Believed only from session roles listed in gov.actor_proxy.", &gg_actor_setting, "",
		PGC_USERSET, 0, NULL, NULL, NULL);
}

/* Start an empty cache if the old one is stale. */
static void
ensure(void)
{
	HASHCTL ctl = {0};
	static bool watching = false;

	if (fresh)
		return;
	if (!watching)
		CacheRegisterSyscacheCallback(AUTHOID, forget_names, (Datum) 0);
	watching = true;
	gg_watch_table("staff", forget_actors);
	gg_watch_table("post", forget_actors);
	gg_watch_table("actor_proxy", forget_actors);
	gg_gov_table("staff", false);
	gg_gov_table("post", false);
	gg_gov_table("actor_proxy", false);
	if (context != NULL)
		MemoryContextSetParent(context, TopTransactionContext);
	context = AllocSetContextCreate(CacheMemoryContext, "grid_gov actors", ALLOCSET_DEFAULT_SIZES);
	ctl.keysize = sizeof(int64);
	ctl.entrysize = sizeof(Staff);
	ctl.hcxt = context;
	staff = hash_create("grid_gov staff", 256, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	last.valid = false;
	fresh = true;
}

/* The person with posts, read at need; NULL: no such number. */
static Staff *
person(int64 id)
{
	static GgPlan staff_plan = {
		"SELECT s.active, s.name FROM gov.staff s WHERE s.id OPERATOR(pg_catalog.=) $1",
		1,
		{INT8OID}};
	static GgPlan post_plan = {
		"SELECT p.role, p.area, p.unit, p.valid_from, p.valid_to FROM gov.post p"
		" WHERE p.staff_id OPERATOR(pg_catalog.=) $1 ORDER BY p.id",
		1,
		{INT8OID}};
	Staff *s = hash_search(staff, &id, HASH_FIND, NULL);
	Datum value = Int64GetDatum(id);
	bool null;
	bool active;
	char *name;
	GgPost *post;
	int n;

	if (s != NULL)
		return s;
	gg_execute(&staff_plan, &value, NULL, false, 1);
	if (SPI_processed == 0)
		return NULL;
	active = DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null));
	name =
		MemoryContextStrdup(context, gg_required(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2));
	gg_execute(&post_plan, &value, NULL, false, 0);
	n = (int) SPI_processed;
	post = MemoryContextAllocZero(context, sizeof(GgPost) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		HeapTuple t = SPI_tuptable->vals[i];
		TupleDesc d = SPI_tuptable->tupdesc;
		char *unit = SPI_getvalue(t, d, 3);

		post[i].role = (GgRole) gg_role_of(gg_required(t, d, 1));
		post[i].area = MemoryContextStrdup(context, gg_required(t, d, 2));
		post[i].unit = unit ? MemoryContextStrdup(context, unit) : NULL;
		post[i].from = DatumGetTimestampTz(SPI_getbinval(t, d, 4, &null));
		post[i].to = DatumGetTimestampTz(SPI_getbinval(t, d, 5, &null));
	}
	s = hash_search(staff, &id, HASH_ENTER, NULL);
	s->active = active;
	s->name = name;
	s->post = post;
	s->nposts = n;
	return s;
}

/* The staff number of a login, or 0. */
static int64
staff_of_login(const char *login)
{
	static GgPlan plan = {
		"SELECT s.id FROM gov.staff s WHERE s.login OPERATOR(pg_catalog.=) $1", 1, {TEXTOID}};
	Datum value = CStringGetTextDatum(login);
	bool null;

	gg_execute(&plan, &value, NULL, false, 1);
	return SPI_processed == 0 ? 0
							  : DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0],
															SPI_tuptable->tupdesc, 1, &null));
}

/* Nobody is entitled through this setting. */
static void
not_believed(const char *session, const char *why)
{
	ereport(
		ERROR,
		(errcode(ERRCODE_GG_NOT_ENTITLED),
		 errmsg("role \"%s\" may not act for \"%s\"", session, gg_actor_setting),
		 errdetail("%s", why),
		 errhint(
			 "Rows of gov.actor_proxy name the session roles that may set grid_gov.actor, and for which area.")));
}

/* May the actor act in this area: as himself, or through a row for it? That row's allowance, in minutes, is told. */
bool
gg_acts_in(const GgActor *a, const char *area, int *backdate_minutes)
{
	int minutes = 0;
	bool found = a->nproxies == 0;

	for (int i = 0; i < a->nproxies; i++)
		if (strncmp(area, a->proxy[i].area, strlen(a->proxy[i].area)) == 0)
		{
			found = true;
			minutes = Max(minutes, a->proxy[i].backdate_minutes);
		}
	if (backdate_minutes != NULL)
		*backdate_minutes = minutes;
	return found;
}

/* Resolve grid_gov.actor: fills last.actor, in our context. */
static void
resolve_proxy(const char *session)
{
	static GgPlan plan = {
		"SELECT p.area, p.may_report, p.backdate_minutes FROM gov.actor_proxy p"
		" WHERE p.login OPERATOR(pg_catalog.=) $1 ORDER BY pg_catalog.length(p.area), p.area",
		1,
		{TEXTOID}};
	Datum value = CStringGetTextDatum(session);
	GgActor *a = &last.actor;
	bool citizen = strncmp(gg_actor_setting, "reporter:", 9) == 0;
	int n;
	GgProxy *proxy;
	bool null;
	int64 id;
	Staff *s;
	GgPost *post;

	gg_execute(&plan, &value, NULL, false, 0);
	n = (int) SPI_processed;
	if (n == 0)
		not_believed(session, "The session role is not listed in gov.actor_proxy.");
	proxy = MemoryContextAllocZero(context, sizeof(GgProxy) * n);
	for (int i = 0; i < n; i++)
	{
		HeapTuple t = SPI_tuptable->vals[i];
		TupleDesc d = SPI_tuptable->tupdesc;

		if (citizen && !DatumGetBool(SPI_getbinval(t, d, 2, &null)))
			continue;
		proxy[a->nproxies].area = MemoryContextStrdup(context, gg_required(t, d, 1));
		proxy[a->nproxies++].backdate_minutes = DatumGetInt32(SPI_getbinval(t, d, 3, &null));
	}
	a->proxy = proxy;

	if (citizen)
	{
		if (gg_actor_setting[9] == '\0')
			not_believed(session, "The reporter's key is empty.");
		if (a->nproxies == 0)
			not_believed(session, "None of its rows in gov.actor_proxy has may_report.");
		a->kind = GG_ACTOR_CITIZEN;
		a->key = MemoryContextStrdup(context, gg_actor_setting + 9);
		a->text = "reporter";
		return;
	}

	if (strspn(gg_actor_setting, "0123456789") == strlen(gg_actor_setting) &&
		strlen(gg_actor_setting) < 19)
		id = strtoll(gg_actor_setting, NULL, 10);
	else
		id = staff_of_login(gg_actor_setting);
	s = id > 0 ? person(id) : NULL;
	if (s == NULL)
		not_believed(session, "There is no such person in gov.staff.");
	if (!s->active)
		not_believed(session, "The person is not active in gov.staff.");

	/* only posts inside the proxy's areas count */
	post = MemoryContextAllocZero(context, sizeof(GgPost) * Max(s->nposts, 1));
	for (int p = 0; p < s->nposts; p++)
		if (gg_acts_in(a, s->post[p].area, NULL))
			post[a->nposts++] = s->post[p];
	if (a->nposts == 0)
		not_believed(session,
					 "The person has no post inside the areas that the session role may act for.");
	a->kind = GG_ACTOR_STAFF;
	a->id = id;
	a->post = post;
	a->text = MemoryContextStrdup(context, psprintf("staff:%lld", (long long) id));
}

/* Who acts now? Errors with WG002 when the setting is not to be believed or the role is nobody. */
const GgActor *
gg_actor_now(void)
{
	Oid outer = GetOuterUserId();
	Oid session = GetSessionUserId();
	const char *setting = gg_actor_setting ? gg_actor_setting : "";
	GgIdentity self;

	ensure();
	if (last.valid && last.outer == outer && last.session == session &&
		strcmp(last.setting, setting) == 0)
		return &last.actor;

	last.valid = false;
	memset(&last.actor, 0, sizeof(GgActor));
	gg_become_owner(gg_gov_table("staff", false), &self);
	SPI_connect();
	if (setting[0] != '\0')
		resolve_proxy(GetUserNameFromId(session, false));
	else
	{
		char *name = GetUserNameFromId(outer, false);
		int64 id = staff_of_login(name);
		Staff *s;

		if (id == 0 && outer == session)
			ereport(
				ERROR,
				(errcode(ERRCODE_GG_NOT_ENTITLED),
				 errmsg("role \"%s\" is nobody in gov.staff", name),
				 errhint(
					 "Put the role's name into gov.staff.login, or set grid_gov.actor in a session of a role listed in gov.actor_proxy.")));
		if (id == 0)
			id = staff_of_login(name = GetUserNameFromId(session, false));
		if (id == 0)
			ereport(ERROR,
					(errcode(ERRCODE_GG_NOT_ENTITLED),
					 errmsg("neither the current role nor the session role \"%s\" is in gov.staff",
							name),
					 errhint("Put the role's name into gov.staff.login.")));
		s = person(id);
		if (s == NULL || !s->active)
			ereport(ERROR, (errcode(ERRCODE_GG_NOT_ENTITLED),
							errmsg("staff member of login \"%s\" is not active", name)));
		last.actor.kind = GG_ACTOR_STAFF;
		last.actor.id = id;
		last.actor.nposts = s->nposts;
		last.actor.post = s->post;
		last.actor.text = MemoryContextStrdup(context, psprintf("staff:%lld", (long long) id));
	}
	SPI_finish();
	gg_become_self(&self);
	last.outer = outer;
	last.session = session;
	last.setting = MemoryContextStrdup(context, setting);
	last.valid = fresh; /* something may have changed while reading */
	return &last.actor;
}
