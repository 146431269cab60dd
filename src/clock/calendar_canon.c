/*
 * calendar_canon.c: one form for all ways to write the same rules; conflicts; which rule holds on a day.
 *
 * Called when a calendar is read, and by the builder for every day. Pure.
 */
#include "clock/calendar.h"

#include "miscadmin.h"
#include "port/pg_bitutils.h"

static const GgSpans closed = {0, NULL};

/* Order spans by their opening. */
static int
span_order(const void *a, const void *b)
{
	return ((const GgSpan *) a)->open - ((const GgSpan *) b)->open;
}

/* Sort spans and join those that touch; false when two overlap. */
bool
gg_spans_canonical(GgSpans *spans)
{
	int n = 0;

	if (spans->n == 0)
		return true;
	qsort(spans->span, spans->n, sizeof(GgSpan), span_order);
	for (int i = 1; i < spans->n; i++)
	{
		if (spans->span[i].open < spans->span[n].close)
			return false;
		if (spans->span[i].open == spans->span[n].close)
			spans->span[n].close = spans->span[i].close;
		else
			spans->span[++n] = spans->span[i];
	}
	spans->n = n + 1;
	return true;
}

/* Order lists of spans; 0: the same. */
static int
spans_compare(const GgSpans *a, const GgSpans *b)
{
	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	for (int i = 0; i < a->n; i++)
	{
		if (a->span[i].open != b->span[i].open)
			return a->span[i].open < b->span[i].open ? -1 : 1;
		if (a->span[i].close != b->span[i].close)
			return a->span[i].close < b->span[i].close ? -1 : 1;
	}
	return 0;
}

/* Are these the same hours? */
bool
gg_spans_equal(const GgSpans *a, const GgSpans *b)
{
	return spans_compare(a, b) == 0;
}

/* Order what two rules say, not when; 0: the same. */
static int
saying_compare(const GgRule *a, const GgRule *b)
{
	int c;

	if (a->hours != b->hours)
		return a->hours < b->hours ? -1 : 1;
	c = spans_compare(&a->spans, &b->spans);
	if (c != 0)
		return c;
	if (a->label == NULL || b->label == NULL)
		return (a->label != NULL) - (b->label != NULL);
	return strcmp(a->label, b->label);
}

/* Order rules by weekday mask, from, to. */
static int
by_weekday(const void *pa, const void *pb)
{
	const GgRule *a = pa, *b = pb;

	if (a->weekdays != b->weekdays)
		return a->weekdays < b->weekdays ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	return 0;
}

/* Order rules by from, to, what they say, weekday. */
static int
by_saying(const void *pa, const void *pb)
{
	const GgRule *a = pa, *b = pb;
	int c;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	c = saying_compare(a, b);
	if (c != 0)
		return c;
	return (a->weekdays > b->weekdays) - (a->weekdays < b->weekdays);
}

/* Order rules by from, to, first weekday. */
static int
by_date(const void *pa, const void *pb)
{
	const GgRule *a = pa, *b = pb;
	int wa = a->weekdays & -a->weekdays, wb = b->weekdays & -b->weekdays;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	return (wa > wb) - (wa < wb);
}

/* The first day of this weekday (0 = Monday) at or after a day. */
static DateADT
next_weekday(DateADT day, int weekday)
{
	return day + (weekday - gg_weekday(day) + 7) % 7;
}

/* Fill in a complaint; returns false. */
static bool
complain(GgComplaint *complaint, int at, const char *what, const char *hint)
{
	complaint->at = at;
	complaint->what = what;
	complaint->hint = hint;
	return false;
}

/* Seasons: cut into single weekdays, find conflicts, join neighbours, put weekdays together again. */
static bool
canonical_seasons(GgRules *rules, GgComplaint *complaint)
{
	int max = rules->nseasons * 7, n = 0, m = 0;
	GgRule *piece, *latest = NULL;

	if (rules->nseasons == 0)
		return true;
	piece = palloc(max * sizeof(GgRule));
	for (int i = 0; i < rules->nseasons; i++)
		for (int wd = 0; wd < 7; wd++)
			if (rules->seasons[i].weekdays & (1 << wd))
			{
				piece[n] = rules->seasons[i];
				piece[n++].weekdays = 1 << wd;
			}
	qsort(piece, n, sizeof(GgRule), by_weekday);
	for (int i = 0; i < n; i++)
	{
		int wd = pg_rightmost_one_pos32(piece[i].weekdays);

		CHECK_FOR_INTERRUPTS();
		if (m > 0 && piece[m - 1].weekdays == piece[i].weekdays)
		{
			if (next_weekday(piece[i].from, wd) <= Min(latest->to, piece[i].to))
				return complain(complaint, Max(latest->at, piece[i].at),
								"Two seasons speak of one day", NULL);
			if (piece[m - 1].to + 1 == piece[i].from &&
				saying_compare(&piece[m - 1], &piece[i]) == 0)
			{
				piece[m - 1].to = piece[i].to;
				latest = &piece[m - 1];
				continue;
			}
		}
		else
			latest = NULL;
		piece[m] = piece[i];
		if (latest == NULL || piece[m].to > latest->to)
			latest = &piece[m];
		m++;
	}
	n = m;
	qsort(piece, n, sizeof(GgRule), by_saying);
	m = 0;
	for (int i = 1; i < n; i++)
	{
		if (piece[m].from == piece[i].from && piece[m].to == piece[i].to &&
			saying_compare(&piece[m], &piece[i]) == 0)
			piece[m].weekdays |= piece[i].weekdays;
		else
			piece[++m] = piece[i];
	}
	n = m + 1;
	if (n > GG_MAX_SEASONS)
		return complain(complaint, piece[GG_MAX_SEASONS].at, "There are more than 200 seasons",
						NULL);
	qsort(piece, n, sizeof(GgRule), by_date);
	rules->seasons = piece;
	rules->nseasons = n;
	return true;
}

/* Dates: find conflicts, join neighbours that say the same. */
static bool
canonical_dates(GgRules *rules, GgComplaint *complaint)
{
	GgRule *d = rules->dates;
	int m = 0;

	if (rules->ndates == 0)
		return true;
	qsort(d, rules->ndates, sizeof(GgRule), by_date);
	for (int i = 1; i < rules->ndates; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (d[i].from <= d[m].to)
			return complain(complaint, Max(d[m].at, d[i].at), "Two rules speak of one date",
							"A date is a holiday or a make-up day, not both.");
		if (d[m].to + 1 == d[i].from && saying_compare(&d[m], &d[i]) == 0)
			d[m].to = d[i].to;
		else
			d[++m] = d[i];
	}
	rules->ndates = m + 1;
	return true;
}

/* The number of the first date rule that ends on a day or later. */
static int
date_from(const GgRules *rules, DateADT day)
{
	int lo = 0, hi = rules->ndates;

	while (lo < hi)
	{
		int mid = (lo + hi) / 2;

		if (rules->dates[mid].to < day)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The season that speaks of this weekday on a day, NULL: none. */
static const GgRule *
season_of(const GgRules *rules, DateADT day, int weekday)
{
	for (int i = 0; i < rules->nseasons && rules->seasons[i].from <= day; i++)
		if (day <= rules->seasons[i].to && (rules->seasons[i].weekdays & (1 << weekday)))
			return &rules->seasons[i];
	return NULL;
}

/* The hours of an ordinary working day in the season of a day: those of its first open weekday. */
static const GgSpans *
ordinary_hours(const GgRules *rules, DateADT day)
{
	for (int wd = 0; wd < 7; wd++)
	{
		const GgRule *season = season_of(rules, day, wd);
		const GgSpans *spans = season ? &season->spans : &rules->week[wd];

		if (spans->n > 0)
			return spans;
	}
	return &closed;
}

/* Does "on" mean something on every day of a rule? The answer changes only where a season begins or ends. */
static bool
on_means_something(const GgRules *rules, const GgRule *rule)
{
	if (ordinary_hours(rules, rule->from)->n == 0)
		return false;
	for (int i = 0; i < rules->nseasons; i++)
	{
		const GgRule *season = &rules->seasons[i];

		if (season->from > rule->from && season->from <= rule->to &&
			ordinary_hours(rules, season->from)->n == 0)
			return false;
		if (season->to >= rule->from && season->to < rule->to &&
			ordinary_hours(rules, season->to + 1)->n == 0)
			return false;
	}
	return true;
}

/* The first day after this one on which other rules may hold; the day after the end for none. */
static DateADT
next_change(const GgRules *rules, DateADT day, DateADT end)
{
	DateADT next = end + 1;
	int i = date_from(rules, day);

	if (i < rules->ndates)
		next =
			Min(next, rules->dates[i].from <= day ? rules->dates[i].to + 1 : rules->dates[i].from);
	for (i = 0; i < rules->nseasons; i++)
	{
		if (rules->seasons[i].from > day)
			next = Min(next, rules->seasons[i].from);
		else if (rules->seasons[i].to >= day)
			next = Min(next, rules->seasons[i].to + 1);
	}
	return next;
}

/* Does any day have hours, of those that the rules speak of? Usually one of the first seven answers. */
static bool
ever_open(const GgRules *rules)
{
	DateADT day = GG_FIRST_DAY;
	DateADT end = GG_LAST_DAY;

	if (rules->has_valid)
	{
		GgDayRule before = gg_rules_day(rules, rules->valid_from - 1);

		/* a night shift reaches into the first day */
		if (before.spans->n > 0 && before.spans->span[before.spans->n - 1].close > GG_DAY_MINUTES)
			return true;
		day = rules->valid_from;
		end = rules->valid_to;
	}
	while (day <= end)
	{
		DateADT next = next_change(rules, day, end);

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < 7 && day + i < next; i++)
			if (gg_rules_day(rules, day + i).spans->n > 0)
				return true;
		day = next;
	}
	return false;
}

/* Bring rules into their one form. On failure false, with the place and a sentence. */
bool
gg_rules_canonical(GgRules *rules, GgComplaint *complaint)
{
	if (!canonical_seasons(rules, complaint) || !canonical_dates(rules, complaint))
		return false;
	for (int i = 0; i < rules->ndates; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (rules->dates[i].hours == GG_HOURS_ON && !on_means_something(rules, &rules->dates[i]))
			return complain(
				complaint, rules->dates[i].at,
				"\"on\" needs an ordinary working day, and there is none in this season",
				"Give the date hours of its own.");
	}
	if (!ever_open(rules))
		return complain(
			complaint, 0,
			rules->has_valid ? "It is never open within \"valid\"" : "It is never open",
			"Give at least one weekday hours, such as Mo-Fr 08:00-18:00, that no \"off\" takes away altogether.");
	return true;
}

/* Which hours hold on a day: date before season before week. */
GgDayRule
gg_rules_day(const GgRules *rules, DateADT day)
{
	GgDayRule result;
	int lo = date_from(rules, day), wd;

	if (lo < rules->ndates && rules->dates[lo].from <= day)
	{
		result.rule = &rules->dates[lo];
		result.spans =
			result.rule->hours == GG_HOURS_ON ? ordinary_hours(rules, day) : &result.rule->spans;
		return result;
	}
	wd = gg_weekday(day);
	result.rule = season_of(rules, day, wd);
	result.spans = result.rule ? &result.rule->spans : &rules->week[wd];
	return result;
}

/* What rd counts as a day, in minutes: as said, else the open time of the first open weekday; 0: there is none. */
int
gg_rules_day_minutes(const GgRules *rules)
{
	const GgSpans *spans = NULL;
	int minutes = 0;

	if (rules->day_minutes)
		return rules->day_minutes;
	for (int i = 0; i < 7 && spans == NULL; i++)
		if (rules->week[i].n > 0)
			spans = &rules->week[i];
	for (int i = 0; i < rules->nseasons && spans == NULL; i++)
		if (rules->seasons[i].spans.n > 0)
			spans = &rules->seasons[i].spans;
	for (int i = 0; spans != NULL && i < spans->n; i++)
		minutes += spans->span[i].close - spans->span[i].open;
	return minutes;
}
