/*
 * shapes.c: the areas of one table of the city, kept in this backend.
 *
 * Called by locate.c. Reads through SPI as the owner of the table, so that what
 * is kept does not depend on who asked first. The cache follows commits, not
 * snapshots: a REPEATABLE READ transaction, too, sees grids that were committed
 * after it began. Boxes are always in memory, shapes up to grid_gov.grid_cache_mb;
 * beyond it the least recently used are given up and read again on demand.
 */
#include "place/shapes.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#define ROWS_A_FETCH 500
#define CACHE_LINE 64
#define MAX_PREFETCH 1536

int gg_grid_cache_mb = 64;

/* The memory setting in bytes. */
static Size
budget(void)
{
	return (Size) gg_grid_cache_mb * 1024 * 1024;
}

/* Note when an area begins or ends to count, if that is still to come. */
static void
note_change(GgBuilt *b, TimestampTz now, bool isnull, Datum at)
{
	if (!isnull && DatumGetTimestampTz(at) > now)
		b->next_change = Min(b->next_change, DatumGetTimestampTz(at));
}

/* Read a shape into the cache. */
static void
keep_shape(GgBuilt *b, GgArea *area, bytea *wkb)
{
	MemoryContext caller = MemoryContextSwitchTo(b->context);

	area->shape = gg_shape_read(VARDATA_ANY(wkb), VARSIZE_ANY_EXHDR(wkb));
	area->bytes = gg_shape_space(area->shape);
	b->loaded += area->bytes;
	MemoryContextSwitchTo(caller);
}

/* Give up shapes, the least recently used first, until the memory setting is kept. One is never given up. */
static void
make_room(GgBuilt *b, const GgArea *but)
{
	/* the second time round nothing counts as used any more */
	for (int64 steps = 2 * (int64) b->nareas; steps > 0 && b->loaded > budget(); steps--)
	{
		GgArea *a = &b->areas[b->hand];

		b->hand = (b->hand + 1) % b->nareas;
		if (a->shape == NULL || a == but)
			continue;
		if (a->used)
			a->used = false;
		else
		{
			gg_shape_free(a->shape);
			a->shape = NULL;
			b->loaded -= a->bytes;
		}
	}
}

/* Add one row of load_all; boxes and areas have room for it. */
static void
add_area(GgShapes *s, GgBuilt *b, GgBox *boxes, HeapTuple row, TupleDesc desc, TimestampTz now)
{
	bool code_null, wkb_null, from_null, to_null;
	Datum code = SPI_getbinval(row, desc, 1, &code_null);
	Datum wkb_datum = SPI_getbinval(row, desc, 2, &wkb_null);
	Datum from = SPI_getbinval(row, desc, 3, &from_null);
	Datum to = SPI_getbinval(row, desc, 4, &to_null);
	GgArea *area = &b->areas[b->nareas];
	GgBox *box = &boxes[b->nareas];
	text *name;
	bytea *wkb;

	note_change(b, now, from_null, from);
	note_change(b, now, to_null, to);
	if (code_null || wkb_null || (!from_null && DatumGetTimestampTz(from) > now))
		return;
	name = DatumGetTextPP(code);
	if (VARSIZE_ANY_EXHDR(name) > GG_CODE_MAX)
		return;
	text_to_cstring_buffer(name, area->code, sizeof(area->code));
	if (s->outermost && b->nareas > 0 &&
		gg_code_within(area->code, strlen(area->code), area[-1].code, strlen(area[-1].code)))
		return;
	wkb = DatumGetByteaPP(wkb_datum);
	if (!gg_shape_box(VARDATA_ANY(wkb), VARSIZE_ANY_EXHDR(wkb), box, &area->slant))
		return;
	area->used = false;
	area->shape = NULL;
	if (b->loaded < budget())
		keep_shape(b, area, wkb);
	b->nareas++;
}

/* Read the whole table into a new cache, whose context is a child of the current one. */
static GgBuilt *
build(GgShapes *s)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext context = AllocSetContextCreate(caller, "grid_gov areas", ALLOCSET_DEFAULT_SIZES);
	GgBuilt *b = MemoryContextAllocZero(context, sizeof(GgBuilt));
	Oid argtype = TIMESTAMPTZOID;
	TimestampTz now = GetCurrentStatementStartTimestamp();
	Datum arg = TimestampTzGetDatum(now);
	GgBox *boxes;
	GgIdentity self;
	Portal portal;
	int room = ROWS_A_FETCH;

	b->context = context;
	b->next_change = DT_NOEND;
	b->statement = now;
	/* a parallel operation may take no new snapshot */
	b->one_statement = IsInParallelMode();
	b->areas = MemoryContextAlloc(context, room * sizeof(GgArea));
	boxes = MemoryContextAlloc(caller, room * sizeof(GgBox));

	gg_become_owner(gg_gov_table(s->table, false), &self);
	if (!b->one_statement)
		PushActiveSnapshot(GetLatestSnapshot());
	SPI_connect();
	portal = SPI_cursor_open_with_args(NULL, s->load_all, 1, &argtype, &arg, NULL, true, 0);
	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		SPI_cursor_fetch(portal, true, ROWS_A_FETCH);
		if (SPI_processed == 0)
			break;
		if (b->nareas + ROWS_A_FETCH > room)
		{
			room *= 2;
			b->areas = repalloc_huge(b->areas, mul_size(room, sizeof(GgArea)));
			boxes = repalloc_huge(boxes, mul_size(room, sizeof(GgBox)));
		}
		for (uint64 i = 0; i < SPI_processed; i++)
			add_area(s, b, boxes, SPI_tuptable->vals[i], SPI_tuptable->tupdesc, now);
		SPI_freetuptable(SPI_tuptable);
	}
	SPI_cursor_close(portal);
	SPI_finish();
	if (!b->one_statement)
		PopActiveSnapshot();
	gg_become_self(&self);

	MemoryContextSwitchTo(context);
	b->tree = gg_tree_build(boxes, b->nareas);
	MemoryContextSwitchTo(caller);
	pfree(boxes);
	return b;
}

/*
 * Does what was built still hold? Once a statement listen to other sessions,
 * as opening the table would: inside a transaction nobody else does it for us.
 */
static bool
still_good(GgShapes *s)
{
	TimestampTz now;

	if (s->built == NULL)
		return false;
	now = GetCurrentStatementStartTimestamp();
	if (now != s->listened)
	{
		AcceptInvalidationMessages();
		s->listened = now;
	}
	return !s->stale && now < s->built->next_change &&
		   !(s->built->one_statement && s->built->statement != now);
}

/* The areas, read anew if the table changed. */
const GgBuilt *
gg_shapes(GgShapes *s)
{
	GgBuilt *fresh;

	if (likely(still_good(s)))
		return s->built;
	s->watch();
	if (s->built != NULL)
	{
		MemoryContext old = s->built->context;

		s->built = NULL;
		MemoryContextDelete(old);
	}
	/* a change announced while we read must be heard afterwards */
	s->stale = false;
	fresh = build(s);
	MemoryContextSetParent(fresh->context, CacheMemoryContext);
	s->built = fresh;
	return fresh;
}

/* Read one shape. It stays NULL if the row is gone and the announcement of that still to come. */
static void
load_one(GgShapes *s, GgArea *area)
{
	GgBuilt *b = s->built;
	GgIdentity self;
	Datum arg = CStringGetTextDatum(area->code);

	gg_become_owner(gg_gov_table(s->table, false), &self);
	SPI_connect();
	gg_execute(&s->load_one, &arg, NULL, IsInParallelMode(), 1);
	if (SPI_processed == 1)
	{
		bool isnull;
		Datum d = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);

		if (!isnull)
		{
			keep_shape(b, area, DatumGetByteaPP(d));
			make_room(b, area);
		}
	}
	SPI_finish();
	gg_become_self(&self);
	pfree(DatumGetPointer(arg));
}

/* The shape of an area of what gg_shapes() gave; good until the next call. */
const GgShape *
gg_shape_of(GgShapes *s, int item)
{
	GgArea *area = &s->built->areas[item];

	/* written only at need: most calls would spoil a cache line for nothing */
	if (!area->used)
		area->used = true;
	if (unlikely(area->shape == NULL))
		load_one(s, area);
	else
	{
		/* it is seldom in the processor's cache: fetch its lines together, not one after the other */
		for (Size at = 0; at < Min(area->bytes, MAX_PREFETCH); at += CACHE_LINE)
			__builtin_prefetch((char *) area->shape + at);
	}
	return area->shape;
}
