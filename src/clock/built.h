/*
 * built.h: inside the clock room: a calendar worked out day by day, for look-ups by arithmetic.
 */
#ifndef GG_BUILT_H
#define GG_BUILT_H

#include "clock/calendar.h"
#include "pgtime.h"
#include "utils/timestamp.h"

/* The widest window: 120 years. */
#define GG_MAX_DAYS 43830
/* The longest way from a start to its deadline: 100 years. Less than a window, so that the answer never depends on it. */
#define GG_MAX_AHEAD INT64CONST(36525)
/* Calendars reach from year 1 to year 9999. */
#define GG_END_OF_9999 ((int64) (5373485 - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY)

/*
 * One span, in seconds from the window's base: it begins at start, with cum open seconds
 * before it in the window. Its length is the next one's cum less its own.
 */
typedef struct GgOpen
{
	uint32 start;
	uint32 cum;
} GgOpen;

/*
 * The short form of one day: what deadlines in open time look at. A pattern is the
 * day's spans counted from its midnight, shared by all days that have the same.
 */
typedef struct GgDay
{
	uint32 cum; /* open seconds of the days before */
	uint32 pattern;
} GgDay;

#define GG_MAX_PATTERNS 64

/* A pattern's spans: at[-1] has no length, at[n] is the total. */
typedef struct GgPattern
{
	int32 n;
	GgOpen *at;
} GgPattern;

/*
 * Some years of a calendar. A look-up should touch few cache lines when many calendars
 * take turns: hence one array for each question, and what every look-up needs first.
 */
typedef struct GgWindow
{
	TimestampTz base; /* midnight of the first day */
	int ndays;
	bool regular; /* every day has 24 hours: midnights need no look-up */
	uint32 total; /* open seconds in all */
	bool simple;  /* day and pattern are there: few patterns, and no night shift */
	GgDay *day;   /* ndays + 1 */
	GgPattern *pattern;
	uint32 *work;    /* for each day, the working days before it; ndays + 1 */
	uint32 *closing; /* for each working day, when it closes */
	uint32 nwork;
	uint32 nspans;
	double density;   /* spans in an open second, on the average */
	uint32 *first;    /* for each day, the first span that begins on it; ndays + 1 of them */
	GgOpen *span;     /* -1: of no length, at the base; 0 .. nspans - 1; nspans: the total */
	uint32 *workday;  /* for each working day, the number of its day */
	uint32 *midnight; /* for each day, when it begins; ndays + 1 */
	DateADT day0;
	MemoryContext context;
} GgWindow;

struct GgCalendar
{
	char digest[GG_DIGEST];
	struct GgCalendar *next; /* in its bucket */
	GgWindow *window;
	uint64 used;          /* when it was last asked for, for the cache */
	TimestampTz valid_lo; /* the earliest start, */
	TimestampTz valid_hi; /* and the latest deadline, that the rules speak of */
	int day_minutes;      /* of rd; 0: nothing is open */
	pg_tz *tz;
	MemoryContext context;
	GgRules rules;
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

	if (w->regular)
		return i;
	if (i >= (uint32) w->ndays)
		i = w->ndays - 1;
	while (i > 0 && w->midnight[i] > s)
		i--;
	while (i + 1 < (uint32) w->ndays && w->midnight[i + 1] <= s)
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
	int64 k = (int64) w->first[gg_day_at(w, at) + 1] - 1;

	k -= w->span[k].start > s;
	k -= w->span[k].start > s;
	while (unlikely(w->span[k].start > s))
		k--;
	return k;
}

/*
 * The span that holds an open second of the window (there is one), guessed from a span k:
 * spans are of much the same length, so that the guess is nearly always right.
 */
static inline uint32
gg_span_of_second(const GgWindow *w, int64 k, uint32 second)
{
	int64 guess = k + (int64) (((int64) second - w->span[k].cum) * w->density);
	uint32 lo = 0, hi = w->nspans - 1;

	guess = Min(Max(guess, 0), hi);
	for (int tries = 0; tries < 6; tries++)
	{
		if (w->span[guess].cum > second)
			guess--;
		else if (w->span[guess + 1].cum <= second)
			guess++;
		else
			return (uint32) guess;
	}
	while (lo < hi)
	{
		uint32 mid = lo + (hi - lo) / 2;

		if (w->span[mid + 1].cum <= second)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* When a span closes, in seconds from the base. */
static inline uint32
gg_span_end(const GgWindow *w, uint32 k)
{
	return w->span[k].start + (w->span[k + 1].cum - w->span[k].cum);
}

/* When a day begins, in seconds from the base. */
static inline uint32
gg_midnight(const GgWindow *w, uint32 i)
{
	return w->regular ? i * SECS_PER_DAY : w->midnight[i];
}

/* gg_open_before() by the short form: i is the day of the instant. */
static inline int64
gg_open_before_simple(const GgWindow *w, TimestampTz at, uint32 i)
{
	const GgDay *d = &w->day[i];
	const GgPattern *p = &w->pattern[d->pattern];
	uint32 midnight = gg_midnight(w, i);
	uint32 s = (uint32) ((uint64) (at - w->base) / USECS_PER_SEC) - midnight;
	int64 k = p->n - 1;
	int64 inside;

	/* Which of the spans it is cannot be foreseen: two steps without a branch. */
	k -= p->at[k].start > s;
	k -= p->at[k].start > s;
	while (unlikely(p->at[k].start > s))
		k--;
	inside = (at - w->base) - (int64) (midnight + p->at[k].start) * USECS_PER_SEC;
	return Min((int64) (d->cum + p->at[k].cum) * USECS_PER_SEC + inside,
			   (int64) (d->cum + p->at[k + 1].cum) * USECS_PER_SEC);
}

/* The day of an open second of the window (there is one), looked for from day i on. */
static inline uint32
gg_day_of_second(const GgWindow *w, uint32 i, uint32 second)
{
	uint32 hi = Min(i + 24, (uint32) w->ndays - 1);

	while (i < hi && w->day[i + 1].cum <= second)
		i++;
	if (likely(w->day[i + 1].cum > second))
		return i;
	hi = w->ndays - 1;
	while (i < hi)
	{
		uint32 mid = i + (hi - i) / 2;

		if (w->day[mid + 1].cum <= second)
			i = mid + 1;
		else
			hi = mid;
	}
	return i;
}

/* Open microseconds before an instant, from the window's beginning; k is gg_span_at() of it. */
static inline int64
gg_open_before(const GgWindow *w, TimestampTz at, int64 k)
{
	int64 inside = (at - w->base) - w->span[k].start * USECS_PER_SEC;

	return Min(w->span[k].cum * USECS_PER_SEC + inside, w->span[k + 1].cum * USECS_PER_SEC);
}

/* Closing times of working days at or before an instant, from the window's beginning. */
static inline uint32
gg_closings_until(const GgWindow *w, TimestampTz at)
{
	uint32 k = w->work[gg_day_at(w, at)];

	while (k > 0 && w->base + w->closing[k - 1] * USECS_PER_SEC > at)
		k--;
	while (k < w->nwork && w->base + w->closing[k] * USECS_PER_SEC <= at)
		k++;
	return k;
}

#endif /* GG_BUILT_H */
