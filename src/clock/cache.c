/*
 * cache.c: built calendars of this backend, found by the digest in the datum.
 *
 * A calendar is a value, so that nothing ever needs to be invalidated; the least
 * recently used go when there are too many or they are too large.
 */
#include "clock/built.h"

#include "utils/memutils.h"

#define MAX_CALENDARS 32
#define BUCKETS 256

static GgCalendar *bucket[BUCKETS];
static int ncalendars = 0;
static uint64 clock_now = 0;        /* counts requests for another calendar than the last */
static GgCalendar *last_hit = NULL; /* the one asked for last: usually asked for again */

/* The bucket of a digest: its bytes are as good as random. */
static inline GgCalendar **
bucket_of(const char *digest)
{
	return &bucket[(unsigned char) digest[0]];
}

/* Forget the least recently used calendar. */
static void
evict(void)
{
	GgCalendar *c = NULL;
	GgCalendar **link;

	for (int i = 0; i < BUCKETS; i++)
		for (GgCalendar *other = bucket[i]; other != NULL; other = other->next)
			if (c == NULL || other->used < c->used)
				c = other;
	link = bucket_of(c->digest);
	while (*link != c)
		link = &(*link)->next;
	*link = c->next;
	ncalendars--;
	if (last_hit == c)
		last_hit = NULL;
	MemoryContextDelete(c->context);
}

/* Build a calendar that is not there yet. */
static GgCalendar *
load(struct varlena *hours)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "grid_gov calendar", ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	GgCalendar *c = palloc0(sizeof(GgCalendar));
	GgCalendar **link;

	c->context = context;
	memcpy(c->digest, gg_digest_of(hours), GG_DIGEST);
	gg_rules_unpack(hours, &c->rules);
	gg_calendar_prepare(c);
	MemoryContextSwitchTo(old);
	/* Complete: nothing below fails. An error before left the context to its parent. */
	while (ncalendars >= MAX_CALENDARS)
		evict();
	MemoryContextSetParent(context, CacheMemoryContext);
	link = bucket_of(c->digest);
	c->next = *link;
	*link = c;
	ncalendars++;
	return c;
}

/* The built form of a calendar (any header, not compressed). */
const GgCalendar *
gg_calendar(struct varlena *hours)
{
	const char *digest = gg_digest_of(hours);
	GgCalendar *c = last_hit;

	if (likely(c != NULL && memcmp(c->digest, digest, GG_DIGEST) == 0))
		return c;
	for (c = *bucket_of(digest); c != NULL; c = c->next)
		if (memcmp(c->digest, digest, GG_DIGEST) == 0)
			break;
	if (c == NULL)
		c = load(hours);
	c->used = ++clock_now;
	last_hit = c;
	return c;
}
