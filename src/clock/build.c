/*
 * build.c: work a calendar out day by day: midnights, spans, running totals.
 *
 * Called by the cache (once for a calendar) and by the arithmetic when it needs more
 * years. A window holds at most 120 years, so that seconds fit in 32 bits; which
 * window is there never changes an answer, only its cost.
 */
#include "clock/built.h"
#include "clock/zone.h"

#include "miscadmin.h"
#include "utils/datetime.h"
#include "utils/memutils.h"

#define UNIX_SHIFT ((int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY)

/* Wall time of a day's beginning, in Unix seconds as if in Greenwich. */
static inline int64
wall_of(DateADT day)
{
	return (int64) day * SECS_PER_DAY + UNIX_SHIFT;
}

/* An instant in Unix seconds as a timestamp. */
static inline TimestampTz
timestamp_of(int64 unix_seconds)
{
	return (unix_seconds - UNIX_SHIFT) * USECS_PER_SEC;
}

/* The day of an instant, whatever the zone: right to within a day. */
static DateADT
day_about(TimestampTz at)
{
	int64 day = at / USECS_PER_DAY;

	if (at < 0 && at % USECS_PER_DAY != 0)
		day--;
	if (day < GG_FIRST_DAY || day > GG_LAST_DAY)
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
						errmsg("timestamp is out of range for a work calendar"),
						errdetail("Calendars reach from year 1 to year 9999.")));
	return (DateADT) day;
}

/* The number of a day's pattern, which is a new one or one that is there; -1: too many, or not simple. */
static int
pattern_of(GgWindow *w, int *npatterns, uint32 i)
{
	const GgOpen *span = &w->span[w->first[i]];
	uint32 n = w->first[i + 1] - w->first[i], midnight = w->midnight[i];
	GgPattern p;

	/* A night shift: its end is not told by its day alone. */
	if (n > GG_PATTERN_SPANS || gg_span_end(w, w->first[i] + n - 1) > w->midnight[i + 1])
		return -1;
	p.at[0].start = p.at[0].cum = 0;
	for (uint32 k = 0; k <= GG_PATTERN_SPANS; k++)
	{
		p.at[k + 1].start = k < n ? (span[k].start - midnight) * USECS_PER_SEC : PG_INT64_MAX;
		p.at[k + 1].cum = (span[Min(k, n)].cum - span[0].cum) * USECS_PER_SEC;
	}
	for (int k = 0; k < *npatterns; k++)
		if (memcmp(&w->pattern[k], &p, sizeof(p)) == 0)
			return k;
	if (*npatterns == GG_MAX_PATTERNS)
		return -1;
	w->pattern[*npatterns] = p;
	return (*npatterns)++;
}

/* Give the window its short form, if it is simple enough for one. */
static void
find_patterns(GgWindow *w)
{
	int64 shortest = Max(w->total, 1), nslots;
	uint32 at = 0;
	int npatterns = 0;

	/* memory that begins with a cache line */
	w->pattern = (GgPattern *) TYPEALIGN(64, palloc((GG_MAX_PATTERNS + 1) * sizeof(GgPattern)));
	w->busy = palloc((w->nwork + 2) * sizeof(GgBusy));
	for (uint32 k = 0; k < w->nwork; k++)
	{
		uint32 i = w->workday[k];
		int p = pattern_of(w, &npatterns, i);

		if (p < 0)
			return;
		w->busy[k].cum = w->span[w->first[i]].cum;
		w->busy[k].day = (uint16) i;
		w->busy[k].pattern = (uint16) p;
		if (k > 0)
			shortest = Min(shortest, w->busy[k].cum - w->busy[k - 1].cum);
	}
	/* After the last one nothing opens any more. */
	w->busy[w->nwork].cum = w->total;
	w->busy[w->nwork].day = PG_UINT16_MAX;
	w->busy[w->nwork].pattern = 0;
	w->next = palloc((w->ndays + 1) * sizeof(uint16));
	for (int i = 0; i <= w->ndays; i++)
		w->next[i] = (uint16) w->work[i];
	/* A slot holds one closing at the most, if that does not take more than four slots a day. */
	shortest *= USECS_PER_SEC;
	while (shortest >> w->slot_bits > 1 ||
		   (w->total * USECS_PER_SEC) >> w->slot_bits > 4 * (int64) w->nwork)
		w->slot_bits++;
	nslots = ((w->total * USECS_PER_SEC) >> w->slot_bits) + 1;
	w->slot = palloc(nslots * sizeof(uint16));
	for (int64 n = 0; n < nslots; n++)
	{
		while (at + 1 < w->nwork && w->busy[at + 1].cum * USECS_PER_SEC <= n << w->slot_bits)
			at++;
		w->slot[n] = (uint16) at;
	}
	w->simple = npatterns > 0;
}

/* Work out the days from..to and put them in place of the window before. */
void
gg_window_build(GgCalendar *c, DateADT from, DateADT to)
{
	MemoryContext context =
		AllocSetContextCreate(c->context, "grid_gov calendar window", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	GgWindow *w = palloc0(sizeof(GgWindow));
	GgOffsets offsets;
	int64 base, last_end = 0;
	uint32 maxspans, cum = 0;

	Assert(to - from < GG_MAX_DAYS + 400);
	w->context = context;
	w->day0 = from;
	w->ndays = to - from + 1;
	w->midnight = palloc((w->ndays + 1) * sizeof(uint32));
	w->first = palloc((w->ndays + 1) * sizeof(uint32));
	w->work = palloc((w->ndays + 1) * sizeof(uint32));
	w->regular = true;
	maxspans = w->ndays * 2 + 16;
	w->span = (GgOpen *) palloc((Size) (maxspans + 2) * sizeof(GgOpen)) + 1;
	w->span[-1].start = w->span[-1].cum = 0;
	w->workday = palloc((w->ndays + 1) * sizeof(uint32));
	w->closing = palloc((w->ndays + 1) * sizeof(uint32));
	gg_offsets_collect(&offsets, c->tz, wall_of(from) - 3 * SECS_PER_DAY,
					   wall_of(to) + 4 * SECS_PER_DAY);
	base = gg_instant(&offsets, wall_of(from));
	w->base = timestamp_of(base);
	w->inner_lo = w->base + 3 * USECS_PER_DAY;
	w->inner_hi = w->base + (w->ndays - 4) * USECS_PER_DAY;
	for (int i = 0; i <= w->ndays; i++)
	{
		DateADT day = from + i;
		int64 midnight = gg_instant(&offsets, wall_of(day));
		GgDayRule rule;
		bool work = false;

		w->midnight[i] = (uint32) (midnight - base);
		w->regular &= (midnight - base == (int64) i * SECS_PER_DAY);
		w->first[i] = w->nspans;
		w->work[i] = w->nwork;
		/* The sentinel has no spans, nor has a day that the zone left out. */
		if (i == w->ndays)
			continue;
		if (gg_instant(&offsets, wall_of(day + 1)) <= midnight)
		{
			Size size = (w->nleft_out + 1) * sizeof(uint32);

			w->left_out = w->left_out ? repalloc(w->left_out, size) : palloc(size);
			w->left_out[w->nleft_out++] = i;
			continue;
		}
		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		rule = gg_rules_day(&c->rules, day);
		for (int j = 0; j < rule.spans->n; j++)
		{
			int64 start =
				gg_instant(&offsets, wall_of(day) + rule.spans->span[j].open * SECS_PER_MINUTE) -
				base;
			int64 end =
				gg_instant(&offsets, wall_of(day) + rule.spans->span[j].close * SECS_PER_MINUTE) -
				base;

			/* What the clocks moved forward may lie behind the next span's beginning: it begins there. */
			if (w->nspans > w->first[i] && start < (int64) w->span[w->nspans - 1].start)
			{
				GgOpen *moved = &w->span[w->nspans - 1];
				int64 floor =
					w->nspans > 1 ? (int64) moved[-1].start + (moved->cum - moved[-1].cum) : 0;
				int64 begins = Max(start, floor);

				cum += (uint32) (moved->start - begins);
				moved->start = (uint32) begins;
			}
			/* Yesterday's night shift goes first; what the clocks skip is empty. */
			start = Max(start, last_end);
			if (end <= start)
				continue;
			if (w->nspans == maxspans)
			{
				maxspans *= 2;
				w->span =
					(GgOpen *) repalloc(w->span - 1, (Size) (maxspans + 2) * sizeof(GgOpen)) + 1;
			}
			w->span[w->nspans].start = (uint32) start;
			w->span[w->nspans].cum = cum;
			w->nspans++;
			cum += (uint32) (end - start);
			last_end = end;
			work = true;
		}
		if (work)
		{
			w->workday[w->nwork] = i;
			w->closing[w->nwork] = (uint32) last_end;
			w->nwork++;
		}
	}
	w->span[w->nspans].start = (uint32) Max(last_end, 0);
	w->span[w->nspans].cum = cum;
	w->total = cum;
	find_patterns(w);
	w->density = cum > 0 ? (double) w->nspans / cum : 0;
	pfree(offsets.stretch);
	MemoryContextSwitchTo(old);
	if (c->window)
		MemoryContextDelete(c->window->context);
	c->window = w;
}

/* Set up what does not depend on the window. */
void
gg_calendar_prepare(GgCalendar *c)
{
	GgOffsets offsets;
	GgDayRule rule;
	DateADT last;
	int64 hi, close;

	c->tz = pg_tzset(c->rules.zone);
	if (c->tz == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("time zone \"%s\" of a stored work_calendar is not known here",
							   c->rules.zone),
						errhint("Install the time zone data that the calendar was written with.")));
	c->day_minutes = gg_rules_day_minutes(&c->rules);
	c->valid_lo = DT_NOBEGIN;
	c->valid_hi = DT_NOEND;
	if (!c->rules.has_valid)
		return;
	gg_offsets_collect(&offsets, c->tz, wall_of(c->rules.valid_from) - 3 * SECS_PER_DAY,
					   wall_of(c->rules.valid_from) + 4 * SECS_PER_DAY);
	c->valid_lo = timestamp_of(gg_instant(&offsets, wall_of(c->rules.valid_from)));
	gg_offsets_collect(&offsets, c->tz, wall_of(c->rules.valid_to) - 3 * SECS_PER_DAY,
					   wall_of(c->rules.valid_to) + 4 * SECS_PER_DAY);
	hi = gg_instant(&offsets, wall_of(c->rules.valid_to + 1));
	/* The last day that there is: zones have left out whole days. */
	last = c->rules.valid_to;
	if (gg_instant(&offsets, wall_of(last + 1)) <= gg_instant(&offsets, wall_of(last)))
		last--;
	rule = gg_rules_day(&c->rules, last);
	if (rule.spans->n > 0)
	{
		/* Its night shift is still inside. */
		close = gg_instant(&offsets, wall_of(last) + rule.spans->span[rule.spans->n - 1].close *
														 SECS_PER_MINUTE);
		hi = Max(hi, close);
	}
	c->valid_hi = timestamp_of(hi);
}

/* The window must hold these days, and should hold some around them. */
static const GgWindow *
window_of_days(const GgCalendar *c, DateADT lo, DateADT hi, int ahead)
{
	const GgWindow *w = c->window;
	const GgRules *rules = &c->rules;
	DateADT from, to;

	/* A margin of two days: the day above is right to within one, and a night shift comes from the day before. */
	lo -= 2;
	hi += 2;
	if (w != NULL && w->day0 <= lo && w->day0 + w->ndays > hi)
		return w;
	if (hi - lo > GG_MAX_DAYS)
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
						errmsg("work calendars cannot count over more than 120 years")));
	if (rules->has_valid && Max(hi, rules->valid_to + 3) - Min(lo, rules->valid_from - 3) < 11000)
	{
		/* All valid days at once, when they are not many; a year more on the side that was left. */
		from = lo < rules->valid_from - 3 ? lo - 400 : rules->valid_from - 3;
		to = hi > rules->valid_to + 3 ? hi + 400 : rules->valid_to + 3;
	}
	else
	{
		from = Max(lo - 400, hi - GG_MAX_DAYS);
		to = Min(hi + ahead, from + GG_MAX_DAYS);
	}
	/* And what we had before. */
	if (w != NULL && Max(to, w->day0 + w->ndays - 1) - Min(from, w->day0) < GG_MAX_DAYS)
	{
		from = Min(from, w->day0);
		to = Max(to, w->day0 + w->ndays - 1);
	}
	gg_window_build(unconstify(GgCalendar *, c), from, to);
	return c->window;
}

/* A window that holds these instants. */
const GgWindow *
gg_window_of(const GgCalendar *c, TimestampTz lo, TimestampTz hi)
{
	return window_of_days(c, day_about(lo), day_about(hi), 1500);
}

/* 22008: the deadline is too far away. */
void
gg_too_far(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("the deadline is more than 100 years after its start, or after the year 9999"),
			 errdetail("The time limit is too long, or the calendar opens too rarely.")));
}

/* A wider window than the present one, for a walk that began at start. */
const GgWindow *
gg_window_further(const GgCalendar *c, TimestampTz start)
{
	const GgWindow *w = c->window;
	DateADT from = day_about(start);
	DateADT reached = w->day0 + w->ndays - 1;

	if (reached - from > GG_MAX_DAYS - 10 || reached > GG_LAST_DAY)
		gg_too_far();
	return window_of_days(c, from, Min(reached + 1 + (reached - from), from + GG_MAX_DAYS - 4), 0);
}
