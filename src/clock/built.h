/*
 * built.h: inside the clock room: a calendar worked out day by day, for look-ups by arithmetic.
 */
#ifndef GG_BUILT_H
#define GG_BUILT_H

#include "clock/calendar.h"
#include "lib/ilist.h"
#include "pgtime.h"
#include "utils/timestamp.h"

/* The widest window: 120 years. */
#define GG_MAX_DAYS 43830
/* The longest way from a start to its deadline: 100 years. Less than a window, so that the answer never depends on it. */
#define GG_MAX_AHEAD INT64CONST(36525)
/* Calendars reach from year 1 to year 9999. */
#define GG_END_OF_9999 ((int64) (5373485 - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY)

/* One day. Seconds count from the window's base. */
typedef struct GgDay
{
	uint32 midnight; /* when it begins */
	uint32 first;    /* first span that begins on it */
	uint32 work;     /* working days before it */
} GgDay;

/* One span: it begins at start, with cum open seconds before it in the window. Its length is the next one's cum less its own. */
typedef struct GgOpen
{
	uint32 start;
	uint32 cum;
} GgOpen;

/* Some years of a calendar. */
typedef struct GgWindow
{
	MemoryContext context;
	TimestampTz base; /* midnight of the first day */
	DateADT day0;
	int ndays;
	GgDay *day; /* ndays + 1 */
	uint32 nspans;
	GgOpen *
		span; /* -1 .. nspans: one of no length at the base before the first, the total after the last */
	uint32 nwork;
	uint32 *workday; /* day number of each working day */
	uint32 *closing; /* when it closes */
	uint32 *inverse; /* for each 2^shift open seconds, the span that holds them */
	uint32 ninverse;
	int shift;
	Size size;
} GgWindow;

struct GgCalendar
{
	char digest[GG_DIGEST];
	struct GgCalendar *next; /* in its bucket */
	dlist_node lru;
	MemoryContext context;
	GgRules rules;
	pg_tz *tz;
	int day_minutes;      /* of rd; 0: nothing is open */
	TimestampTz valid_lo; /* the earliest start, */
	TimestampTz valid_hi; /* and the latest deadline, that the rules speak of */
	GgWindow *window;
};

/* build.c: a window of these days (the bounds are widened where that is cheap), replacing the one before; WG-free, 22008. */
extern void gg_window_build(GgCalendar *c, DateADT from, DateADT to);
/* build.c: set up what does not depend on the window. */
extern void gg_calendar_prepare(GgCalendar *c);
/* build.c: a window that holds these instants, 22008 when they are too far apart or outside years 1-9999. */
extern const GgWindow *gg_window_for(const GgCalendar *c, TimestampTz lo, TimestampTz hi);
/* build.c: a wider window than the present one, for a walk that began at start; 22008 after 100 years and more. */
extern const GgWindow *gg_window_further(const GgCalendar *c, TimestampTz start);
/* build.c: 22008: the deadline is too far away. */
extern void gg_too_far(void) pg_attribute_noreturn();

/* The day of an instant inside the window, as its number there. */
static inline uint32
gg_day_at(const GgWindow *w, TimestampTz at)
{
	uint64 rel = (uint64) (at - w->base);
	uint32 s = (uint32) (rel / USECS_PER_SEC);
	uint32 i = s / SECS_PER_DAY;

	if (i >= (uint32) w->ndays)
		i = w->ndays - 1;
	while (i > 0 && w->day[i].midnight > s)
		i--;
	while (i + 1 < (uint32) w->ndays && w->day[i + 1].midnight <= s)
		i++;
	return i;
}

/*
 * The last span that begins at or before an instant; -1 when none does. Which of a
 * day's spans it is cannot be foreseen, so the first two steps are without a branch.
 */
static inline int64
gg_span_at(const GgWindow *w, TimestampTz at)
{
	uint32 s = (uint32) ((uint64) (at - w->base) / USECS_PER_SEC);
	int64 k = (int64) w->day[gg_day_at(w, at) + 1].first - 1;

	k -= w->span[k].start > s;
	k -= w->span[k].start > s;
	while (unlikely(w->span[k].start > s))
		k--;
	return k;
}

/* The span that holds this open second of the window. */
static inline uint32
gg_span_of_second(const GgWindow *w, uint32 second)
{
	uint32 k = w->inverse[second >> w->shift];

	k += w->span[k + 1].cum <= second;
	k += w->span[k + 1].cum <= second;
	while (unlikely(w->span[k + 1].cum <= second))
		k++;
	return k;
}

/* When a span closes, in seconds from the base. */
static inline uint32
gg_span_end(const GgWindow *w, uint32 k)
{
	return w->span[k].start + (w->span[k + 1].cum - w->span[k].cum);
}

/* Open microseconds before an instant, from the window's beginning. */
static inline int64
gg_open_before(const GgWindow *w, TimestampTz at)
{
	int64 k = gg_span_at(w, at);
	int64 inside = (at - w->base) - w->span[k].start * USECS_PER_SEC;

	return Min(w->span[k].cum * USECS_PER_SEC + inside, w->span[k + 1].cum * USECS_PER_SEC);
}

/* Closing times of working days at or before an instant, from the window's beginning. */
static inline uint32
gg_closings_until(const GgWindow *w, TimestampTz at)
{
	uint32 k = w->day[gg_day_at(w, at)].work;

	while (k > 0 && w->base + w->closing[k - 1] * USECS_PER_SEC > at)
		k--;
	while (k < w->nwork && w->base + w->closing[k] * USECS_PER_SEC <= at)
		k++;
	return k;
}

#endif /* GG_BUILT_H */
