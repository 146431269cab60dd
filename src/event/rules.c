/*
 * rules.c: which limit, calendar, item, list applies here? The city's small rule tables in memory.
 *
 * Called by the shells and, through plain look-ups, by the cores. A snapshot
 * follows commits: it is rebuilt when one of its tables changed, and the old one
 * lives to the end of the transaction. The most specific area wins everywhere.
 */
#include "event/event.h"

#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

typedef struct HandlingLimit
{
	char *area;
	char *source; /* NULL: any; so are the next two */
	char *item;
	int urgent; /* -1 any, 0, 1 */
	GgLimit allow;
	char *calendar;
} HandlingLimit;

typedef struct StageLimit
{
	char *area;
	char *state;
	bool urgent;
	GgLimit allow;
} StageLimit;

typedef struct Calendar
{
	int64 id;
	char *area;
	char *name;
	struct varlena *hours;
} Calendar;

typedef struct Admission
{
	char *area;
	char *item;
	TimestampTz until;
} Admission;

static MemoryContext snapshot = NULL;
static bool fresh = false;
static char *root = NULL;
static HTAB *items = NULL;
static HTAB *units = NULL; /* active departments by code */
static HandlingLimit *handling = NULL;
static int nhandling = 0;
static StageLimit *stages = NULL;
static int nstages = 0;
static Calendar *calendars = NULL;
static int ncalendars = 0;
static Admission *admissions = NULL;
static int nadmissions = 0;

static const char *const level_name[] = {NULL,     "grid", "village", "town",
										 "county", "city", "province"};

/* Invalidation callback. */
static void
forget_rules(void)
{
	fresh = false;
}

/* The current row's column as text in the snapshot's context; NULL for SQL NULL. */
static char *
keep(uint64 row, int n)
{
	char *text = SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, n);

	return text ? MemoryContextStrdup(snapshot, text) : NULL;
}

/* The same where there must be one. */
static char *
needed(uint64 row, int n)
{
	return MemoryContextStrdup(snapshot,
							   gg_required(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, n));
}

/* A column of an SPI row. */
static Datum
value(uint64 row, int n, bool *null)
{
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, n, null);
}

/* A boolean column; NULL is false. */
static bool
truth(uint64 row, int n)
{
	bool null;
	Datum d = value(row, n, &null);

	return !null && DatumGetBool(d);
}

/* A time_limit column. */
static GgLimit
limit(uint64 row, int n)
{
	bool null;

	return gg_limit_of(value(row, n, &null));
}

/* The city's code from gov.meta. */
static void
load_root(void)
{
	static GgPlan plan = {
		"SELECT m.value FROM gov.meta m WHERE m.kind OPERATOR(pg_catalog.=) 'setting'"
		" AND m.name OPERATOR(pg_catalog.=) 'root'",
		0};

	gg_execute(&plan, NULL, NULL, false, 1);
	root = SPI_processed == 1 ? keep(0, 1) : NULL;
	if (root == NULL)
		ereport(ERROR, (errcode(ERRCODE_GG_NOT_SET_UP), errmsg("gov.meta has no setting \"root\""),
						errhint("Call grid_gov.setup(root, name) in this database.")));
}

/* The active items of the catalogue. */
static void
load_items(void)
{
	static GgPlan plan = {
		"SELECT c.code, c.category, c.allow::grid_gov.time_limit, c.first_level, c.urgent, c.low_risk, c.department_duty"
		" FROM gov.catalogue c WHERE c.active",
		0};
	HASHCTL ctl = {0};

	ctl.keysize = sizeof(((GgItem *) 0)->code);
	ctl.entrysize = sizeof(GgItem);
	ctl.hcxt = snapshot;
	items = hash_create("grid_gov catalogue", 256, &ctl, HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	gg_execute(&plan, NULL, NULL, false, 0);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		char code[9] = {0};
		GgItem *item;

		strlcpy(code, gg_required(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1), sizeof(code));
		item = hash_search(items, code, HASH_ENTER, NULL);
		item->category = needed(i, 2);
		item->allow = limit(i, 3);
		item->first_level = needed(i, 4);
		item->urgent = truth(i, 5);
		item->low_risk = truth(i, 6);
		item->department_duty = truth(i, 7);
	}
}

/* The active units. */
static void
load_units(void)
{
	static GgPlan plan = {"SELECT d.code FROM gov.department d WHERE d.active", 0};
	HASHCTL ctl = {0};

	ctl.keysize = NAMEDATALEN;
	ctl.entrysize = NAMEDATALEN;
	ctl.hcxt = snapshot;
	units = hash_create("grid_gov units", 256, &ctl, HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	gg_execute(&plan, NULL, NULL, false, 0);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		char *code = gg_required(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1);

		if (strlen(code) < NAMEDATALEN)
			hash_search(units, code, HASH_ENTER, NULL);
	}
}

/* Handling and stage limits. */
static void
load_limits(void)
{
	static GgPlan handling_plan = {
		"SELECT h.area, h.source, h.item, h.urgent, h.allow::grid_gov.time_limit, h.calendar"
		" FROM gov.handling_limit h ORDER BY h.id",
		0};
	static GgPlan stage_plan = {
		"SELECT s.area, s.state, s.urgent, s.allow::grid_gov.time_limit FROM gov.stage_limit s", 0};

	gg_execute(&handling_plan, NULL, NULL, false, 0);
	handling = MemoryContextAllocZero(snapshot, sizeof(HandlingLimit) * Max(SPI_processed, 1));
	nhandling = (int) SPI_processed;
	for (int i = 0; i < nhandling; i++)
	{
		bool null;
		Datum urgent = value(i, 4, &null);

		handling[i].area = needed(i, 1);
		handling[i].source = keep(i, 2);
		handling[i].item = keep(i, 3);
		handling[i].urgent = null ? -1 : DatumGetBool(urgent);
		handling[i].allow = limit(i, 5);
		handling[i].calendar = keep(i, 6);
	}
	gg_execute(&stage_plan, NULL, NULL, false, 0);
	stages = MemoryContextAllocZero(snapshot, sizeof(StageLimit) * Max(SPI_processed, 1));
	nstages = (int) SPI_processed;
	for (int i = 0; i < nstages; i++)
	{
		stages[i].area = needed(i, 1);
		stages[i].state = needed(i, 2);
		stages[i].urgent = truth(i, 3);
		stages[i].allow = limit(i, 4);
	}
}

/* The calendars, as values; they are built at need. */
static void
load_calendars(void)
{
	static GgPlan plan = {
		"SELECT c.id, c.area, c.name, c.hours::grid_gov.work_calendar FROM gov.calendar c ORDER BY c.id",
		0};

	gg_execute(&plan, NULL, NULL, false, 0);
	calendars = MemoryContextAllocZero(snapshot, sizeof(Calendar) * Max(SPI_processed, 1));
	ncalendars = (int) SPI_processed;
	for (int i = 0; i < ncalendars; i++)
	{
		bool null;
		MemoryContext old;

		calendars[i].id = DatumGetInt64(value(i, 1, &null));
		calendars[i].area = needed(i, 2);
		calendars[i].name = needed(i, 3);
		(void) gg_required(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 4);
		old = MemoryContextSwitchTo(snapshot);
		calendars[i].hours = PG_DETOAST_DATUM_COPY(value(i, 4, &null));
		MemoryContextSwitchTo(old);
	}
}

/* The published admission lists. */
static void
load_admissions(void)
{
	static GgPlan plan = {
		"SELECT a.area, a.item,"
		" COALESCE((a.valid_to OPERATOR(pg_catalog.+) 1)::timestamp AT TIME ZONE 'Asia/Shanghai', 'infinity')"
		" FROM gov.admission a",
		0};

	gg_execute(&plan, NULL, NULL, false, 0);
	admissions = MemoryContextAllocZero(snapshot, sizeof(Admission) * Max(SPI_processed, 1));
	nadmissions = (int) SPI_processed;
	for (int i = 0; i < nadmissions; i++)
	{
		bool null;

		admissions[i].area = needed(i, 1);
		admissions[i].item = needed(i, 2);
		admissions[i].until = DatumGetTimestampTz(value(i, 3, &null));
	}
}

/* Read everything into a new snapshot, as the owner of gov. */
static void
load(void)
{
	static const char *const table[] = {"meta",     "catalogue", "handling_limit", "stage_limit",
										"calendar", "admission", "department"};
	GgIdentity self;

	for (int i = 0; i < lengthof(table); i++)
	{
		gg_watch_table(table[i], forget_rules);
		gg_gov_table(table[i], false);
	}
	if (snapshot != NULL)
		MemoryContextSetParent(snapshot, TopTransactionContext);
	snapshot = AllocSetContextCreate(CacheMemoryContext, "grid_gov rules", ALLOCSET_DEFAULT_SIZES);
	nhandling = nstages = ncalendars = nadmissions = 0;
	fresh = true; /* a change that arrives while reading makes it stale again */
	PG_TRY();
	{
		gg_become_owner(gg_gov_table("meta", false), &self);
		SPI_connect();
		load_root();
		load_items();
		load_units();
		load_limits();
		load_calendars();
		load_admissions();
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

/* A fresh snapshot. */
static void
ensure(void)
{
	if (!fresh)
		load();
}

/* Does area a contain area b, both stripped codes? The length of a, or -1. */
static int
covers(const char *a, const char *b)
{
	int len = strlen(a);

	return strncmp(a, b, len) == 0 ? len : -1;
}

/* The city's code. */
const char *
gg_root(void)
{
	ensure();
	return root;
}

/* A catalogue item, or NULL. */
const GgItem *
gg_item(const char *code)
{
	char key[9] = {0};

	ensure();
	if (strlen(code) >= sizeof(key))
		return NULL;
	strlcpy(key, code, sizeof(key));
	return hash_search(items, key, HASH_FIND, NULL);
}

/* A calendar's id by area and name, 0 for none. */
static int64
calendar_named(const char *area, const char *name)
{
	int best = -1;
	int64 id = 0;

	for (int i = 0; i < ncalendars; i++)
	{
		int len = covers(calendars[i].area, area);

		if (len > best && strcmp(calendars[i].name, name) == 0)
		{
			best = len;
			id = calendars[i].id;
		}
	}
	return id;
}

/* The default calendar of an area, 0 for none. */
int64
gg_calendar_for_area(const char *area)
{
	ensure();
	return calendar_named(area, "default");
}

/*
 * Until the end of the transaction no calendar changes under us; several may hold
 * this at once. A changing statement waits for the steps under way, which may have
 * projected by the old calendar, and sees them when it queues; steps wait for it.
 */
void
gg_hold_calendars(bool change)
{
	LockDatabaseObject(RelationRelationId, gg_gov_table("calendar", false), 1,
					   change ? RowExclusiveLock : ShareLock);
}

/* The built calendar, NULL for an id that does not exist. */
const GgCalendar *
gg_calendar_by_id(int64 id)
{
	ensure();
	for (int i = 0; i < ncalendars; i++)
		if (calendars[i].id == id)
			return gg_calendar(calendars[i].hours);
	return NULL;
}

/* A calendar as people know it, for messages; NULL for an id that does not exist. */
char *
gg_calendar_label(int64 id)
{
	ensure();
	for (int i = 0; i < ncalendars; i++)
		if (calendars[i].id == id)
			return psprintf("calendar \"%s\" of area %s", calendars[i].name, calendars[i].area);
	return NULL;
}

/* The default calendar of an area, for a limit of this kind. NULL where it needs none; WG010 where it needs one and there is none. */
const GgCalendar *
gg_calendar_for_limit(const char *area, GgLimitKind kind)
{
	const GgCalendar *c = gg_calendar_by_id(gg_calendar_for_area(area));

	if (c == NULL && gg_needs_calendar(kind))
		ereport(
			ERROR,
			(errcode(ERRCODE_GG_NOT_SET_UP), errmsg("no calendar covers area \"%s\"", area),
			 errhint(
				 "Insert a row named default into gov.calendar for this area or one that contains it.")));
	return c;
}

/*
 * The handling limit of an event: the row of gov.handling_limit with the most
 * specific area; among them one for this item before one for this source before
 * one for all. Otherwise the catalogue's. false: none is known.
 */
bool
gg_handling_limit(const char *area, const char *source, const char *item, bool urgent,
				  GgLimit *allow, int64 *calendar)
{
	int best = -1;
	const HandlingLimit *found = NULL;
	const GgItem *it = item ? gg_item(item) : NULL;

	ensure();
	for (int i = 0; i < nhandling; i++)
	{
		const HandlingLimit *h = &handling[i];
		int len = covers(h->area, area);
		int rank;

		if (len < 0 || (h->source != NULL && strcmp(h->source, source) != 0) ||
			(h->item != NULL && (item == NULL || strcmp(h->item, item) != 0)) ||
			(h->urgent >= 0 && h->urgent != (urgent ? 1 : 0)))
			continue;
		rank = len * 8 + (h->item != NULL ? 4 : 0) + (h->source != NULL ? 2 : 0) +
			   (h->urgent >= 0 ? 1 : 0);
		if (rank > best)
		{
			best = rank;
			found = h;
		}
	}
	*calendar = calendar_named(area, found != NULL && found->calendar != NULL ? found->calendar
																			  : "default");
	if (found != NULL)
		*allow = found->allow;
	else if (it != NULL)
		*allow = it->allow;
	return found != NULL || it != NULL;
}

/* How long may a state (or task:kind) last here? false: no limit. */
bool
gg_stage_limit(const char *area, const char *state, bool urgent, GgLimit *allow)
{
	int best = -1;

	ensure();
	for (int i = 0; i < nstages; i++)
	{
		int len = covers(stages[i].area, area);

		if (len > best && stages[i].urgent == urgent && strcmp(stages[i].state, state) == 0)
		{
			best = len;
			*allow = stages[i].allow;
		}
	}
	return best >= 0;
}

/* Is it an active unit? */
bool
gg_unit_active(const char *unit)
{
	ensure();
	return strlen(unit) < NAMEDATALEN && hash_search(units, unit, HASH_FIND, NULL) != NULL;
}

/* Has an area that contains this one published an admission list? */
bool
gg_area_publishes(const char *area)
{
	ensure();
	for (int i = 0; i < nadmissions; i++)
		if (covers(admissions[i].area, area) >= 0)
			return true;
	return false;
}

/* Is the item on a list in force? */
bool
gg_item_admitted(const char *area, const char *item, TimestampTz at)
{
	ensure();
	for (int i = 0; i < nadmissions; i++)
		if (covers(admissions[i].area, area) >= 0 && strcmp(admissions[i].item, item) == 0 &&
			at < admissions[i].until)
			return true;
	return false;
}

/* grid 1, village 2, town 3, county 4, city 5, province 6; 0 for anything else. */
int
gg_level_number(const char *level)
{
	for (int i = 1; i < lengthof(level_name); i++)
		if (level != NULL && strcmp(level_name[i], level) == 0)
			return i;
	return 0;
}

/* The name of a level number, NULL for none. */
const char *
gg_level_name(int number)
{
	return number >= 1 && number < lengthof(level_name) ? level_name[number] : NULL;
}

/* The level of an area code by its length. */
int
gg_area_level(const char *area)
{
	switch (strlen(area))
	{
		case 2:
			return 6;
		case 4:
			return 5;
		case 6:
			return 4;
		case 9:
			return 3;
		case 12:
			return 2;
		case 15:
		case 17:
			return 1;
		default:
			return 0;
	}
}
