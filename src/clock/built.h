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
 * The short form of a calendar, small enough to stay in the processor's first cache: a
 * pattern is a day's spans counted from its midnight, in microseconds, shared by all days
 * that have the same. at[0] has no length, then come the spans, then the total, to the end.
 */
#define GG_MAX_PATTERNS 64
#define GG_PATTERN_SPANS 6

typedef struct GgPattern
{
	struct
	{
		int64 start;
		int64 cum;
	} at[GG_PATTERN_SPANS + 2];
} GgPattern;

/* A working day. */
typedef struct GgBusy
{
	uint32 cum; /* open seconds of the days before */
	uint16 day; /* its number in the window */
	uint16 pattern;
} GgBusy;

/*
 * Some years of a calendar. A look-up should touch few cache lines when many calendars
 * take turns: hence one array for each question, and what every look-up needs first.
 */
typedef struct GgWindow
{
	TimestampTz base;               /* midnight of the first day */
	TimestampTz inner_lo, inner_hi; /* instants between them are well inside */
	int ndays;
	bool regular;     /* every day has 24 hours: midnights need no look-up */
	uint16 nleft_out; /* days that the zone left out */
	uint32 total;     /* open seconds in all */
	bool simple;      /* what follows is there: few patterns of few spans, and no night shift */
	uint16 *next;     /* for each day, the first working day from it on; ndays + 1 */
	GgBusy *busy;     /* for each working day, and one that is none; nwork + 1 */
	uint16 *slot;     /* for each 2^slot_bits open microseconds, the working day of the first one */
	int slot_bits;
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
	uint32 *left_out; /* these days (Samoa, 2011-12-30); they end when they begin */
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
extern const GgWindow *gg_window_of(const GgCalendar *c, TimestampTz lo, TimestampTz hi);
/* build.c: a wider window than the present one, for a walk that began at start; 22008 after 100 years and more. */
extern const GgWindow *gg_window_further(const GgCalendar *c, TimestampTz start);
/* build.c: 22008: the deadline is too far away. */
pg_noreturn extern void gg_too_far(void);

/* The same; the usual case, instants well inside the window that is there, without a division. */
static inline const GgWindow *
gg_window_for(const GgCalendar *c, TimestampTz lo, TimestampTz hi)
{
	const GgWindow *w = c->window;

	if (likely(w != NULL && lo >= w->inner_lo && hi >= lo && hi < w->inner_hi))
		return w;
	return gg_window_of(c, lo, hi);
}

/* The day of an instant inside the window, as its number there. */
static inline uint32
gg_day_at(const GgWindow *w, TimestampTz at)
{
	uint64 rel = (uint64) (at - w->base);
	uint32 i = (uint32) (rel / USECS_PER_DAY);
	uint32 s;

	if (likely(w->regular))
		return i;
	s = (uint32) (rel / USECS_PER_SEC);
	if (i >= (uint32) w->ndays)
		i = w->ndays - 1;
	while (i > 0 && w->midnight[i] > s)
		i--;
	while (i + 1 < (uint32) w->ndays && w->midnight[i + 1] <= s)
		i++;
	return i;
}

/* Was this day left out by the zone? */
static inline bool
gg_is_left_out(const GgWindow *w, uint32 i)
{
	return !w->regular && w->midnight[i + 1] <= w->midnight[i];
}

/* The day that is this many days after another: those that the zone left out do not count. */
static inline uint64
gg_days_after(const GgWindow *w, uint32 i, uint64 days)
{
	uint64 result = i + days;

	for (uint32 k = 0; k < w->nleft_out; k++)
		result += w->left_out[k] > i && w->left_out[k] <= result;
	return result;
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

/* gg_open_before() by the short form. */
static inline int64
gg_open_before_simple(const GgWindow *w, TimestampTz at)
{
	uint32 i = gg_day_at(w, at);
	const GgBusy *day = &w->busy[w->next[i]];
	const GgPattern *p = &w->pattern[day->pattern];
	int64 rel = at - w->base - gg_midnight(w, i) * USECS_PER_SEC;
	uint32 k;

	/* Not this day but one to come: as before its first span. */
	rel = day->day == i ? rel : 0;
	/* Which of the spans it is cannot be foreseen: two steps without a branch. */
	k = (p->at[1].start <= rel) + (p->at[2].start <= rel);
	while (unlikely(p->at[k + 1].start <= rel))
		k++;
	return day->cum * USECS_PER_SEC + Min(p->at[k].cum + (rel - p->at[k].start), p->at[k + 1].cum);
}

/* When this much open time is used up, found by a moment of it. */
static inline TimestampTz
gg_used_up_simple(const GgWindow *w, int64 target, int64 moment)
{
	const GgBusy *day = &w->busy[w->slot[moment >> w->slot_bits]];
	const GgPattern *p;
	int64 rest;
	uint32 k;

	/* Which of two days it is cannot be foreseen: a step without a branch. */
	day += day[1].cum * USECS_PER_SEC <= moment;
	while (unlikely(day[1].cum * USECS_PER_SEC <= moment))
		day++;
	p = &w->pattern[day->pattern];
	rest = moment - day->cum * USECS_PER_SEC;
	k = 1 + (p->at[2].cum <= rest);
	while (unlikely(p->at[k + 1].cum <= rest))
		k++;
	return w->base + gg_midnight(w, day->day) * USECS_PER_SEC + p->at[k].start +
		   (target - day->cum * USECS_PER_SEC - p->at[k].cum);
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
