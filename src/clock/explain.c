/*
 * explain.c: explain_deadline(): the way from a start to its deadline, day by day.
 *
 * The deadline itself comes from gg_due(); this file only tells how it came about,
 * from the same built calendar. Called from SQL.
 */
#include "clock/built.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

GG_FUNCTION(gg_explain_deadline);

/* What is being told. */
typedef struct Story
{
	ReturnSetInfo *out;
	const GgCalendar *c;
	const GgWindow *w;
	TimestampTz start;
	TimestampTz due;
	bool in_days;    /* used and remaining are days, else microseconds */
	int64 remaining; /* in native units */
} Story;

/* An interval of days or of microseconds. */
static Datum
interval_of(const Story *s, int64 amount)
{
	Interval *i = palloc0(sizeof(Interval));

	if (s->in_days)
		i->day = (int32) amount;
	else
		i->time = amount;
	return IntervalPGetDatum(i);
}

/* Does a day of the window have open time? */
static bool
works(const GgWindow *w, uint32 i)
{
	return w->work[i + 1] > w->work[i];
}

/* An instant of the window. */
static TimestampTz
instant(const GgWindow *w, uint32 seconds)
{
	return w->base + seconds * USECS_PER_SEC;
}

/* Kind and label of a day. */
static const char *
describe(const Story *s, uint32 i, const char **label)
{
	static const char *const weekdays[7] = {"周一", "周二", "周三", "周四", "周五", "周六", "周日"};
	DateADT day = s->w->day0 + (DateADT) i;
	GgDayRule r = gg_rules_day(&s->c->rules, day);
	const char *given = r.rule ? r.rule->label : NULL;

	if (r.rule != NULL && r.rule->weekdays == 0)
	{
		switch (r.rule->hours)
		{
			case GG_HOURS_OFF:
				*label = given ? given : "放假";
				return "holiday";
			case GG_HOURS_ON:
				*label = given ? given : "调休上班";
				return "makeup";
			case GG_HOURS_SPANS:
				*label = given ? given : "特别安排";
				return "special";
		}
	}
	if (works(s->w, i))
	{
		*label = given ? given : "工作日";
		return "open";
	}
	*label = given ? given : weekdays[gg_weekday(day)];
	return "rest";
}

/* One row: opens and closes may be DT_NOEND for none. */
static void
tell(Story *s, uint32 i, const char *kind, const char *label, TimestampTz opens, TimestampTz closes,
	 int64 used)
{
	Datum values[7];
	bool nulls[7] = {0};

	s->remaining -= used;
	values[0] = DateADTGetDatum(s->w->day0 + (DateADT) i);
	values[1] = CStringGetTextDatum(kind);
	values[2] = CStringGetTextDatum(label);
	values[3] = TimestampTzGetDatum(opens);
	values[4] = TimestampTzGetDatum(closes);
	nulls[3] = nulls[4] = (opens == DT_NOEND);
	values[5] = interval_of(s, used);
	values[6] = interval_of(s, s->remaining);
	tuplestore_putvalues(s->out->setResult, s->out->setDesc, values, nulls);
}

/* The day that a span begins on. */
static uint32
day_of_span(const GgWindow *w, int64 k)
{
	uint32 i = gg_day_at(w, instant(w, w->span[k].start));

	while (i > 0 && w->first[i] > k)
		i--;
	while (w->first[i + 1] <= k)
		i++;
	return i;
}

/* Clock time around the clock: one row for each day. */
static void
tell_natural(Story *s)
{
	uint32 first = gg_day_at(s->w, s->start),
		   last = gg_day_at(s->w, s->due > s->start ? s->due - 1 : s->due);

	for (uint32 i = first; i <= last; i++)
	{
		TimestampTz from = Max(s->start, instant(s->w, s->w->midnight[i]));
		TimestampTz to = Min(s->due, instant(s->w, s->w->midnight[i + 1]));

		CHECK_FOR_INTERRUPTS();
		if (gg_is_left_out(s->w, i))
			continue;
		tell(s, i, "natural", "连续计时", from, to, to - from);
	}
}

/* Open time: one row for each span from the start on, one for each day without. */
static void
tell_open(Story *s)
{
	const GgWindow *w = s->w;
	int64 k = gg_span_at(w, s->start);
	int64 end = gg_span_at(w, s->remaining > 0 ? s->due - 1 : s->due);
	uint32 first = gg_day_at(w, s->start), last = day_of_span(w, end);

	/* A night shift under way belongs to the day before. */
	if (k >= 0 && instant(w, gg_span_end(w, (uint32) k)) > s->start)
		first = Min(first, day_of_span(w, k));
	for (uint32 i = first; i <= last; i++)
	{
		const char *label;
		const char *kind = describe(s, i, &label);
		bool told = false;

		CHECK_FOR_INTERRUPTS();
		if (gg_is_left_out(w, i))
			continue;
		for (int64 j = w->first[i]; j < w->first[i + 1] && j <= end; j++)
		{
			TimestampTz opens = instant(w, w->span[j].start),
						closes = instant(w, gg_span_end(w, (uint32) j));

			/* What had closed before the start is not on the way, but a day is told at least once. */
			if (closes <= s->start && (told || j + 1 < w->first[i + 1]))
				continue;
			tell(s, i, kind, label, opens, closes,
				 Max(0, Min(closes, s->due) - Max(opens, s->start)));
			told = true;
		}
		if (!works(w, i))
			tell(s, i, kind, label, DT_NOEND, DT_NOEND, 0);
	}
}

/* Working days: one row for each day, the start day first. */
static void
tell_working_days(Story *s)
{
	const GgWindow *w = s->w;
	uint32 first = gg_day_at(w, s->start), last;
	int64 days = s->remaining;

	last = w->workday[gg_closings_until(w, s->due) - 1];
	first = Min(first, last);
	for (uint32 i = first; i <= last; i++)
	{
		const char *label;
		const char *kind = describe(s, i, &label);
		TimestampTz opens = DT_NOEND, closes = DT_NOEND;

		CHECK_FOR_INTERRUPTS();
		if (gg_is_left_out(w, i))
			continue;
		if (works(w, i))
		{
			opens = instant(w, w->span[w->first[i]].start);
			closes = instant(w, w->closing[w->work[i]]);
		}
		if (i == first && days > 0)
			tell(s, i, "start", "起算日,不计入", opens, closes, 0);
		else
			tell(s, i, kind, label, opens, closes, works(w, i) && s->remaining > 0 ? 1 : 0);
	}
}

/* Natural days by law: the start day, the days counted, the rest days that it is moved past. */
static void
tell_natural_days(Story *s)
{
	const GgWindow *w = s->w;
	uint32 first = gg_day_at(w, s->start), last = gg_day_at(w, s->due - 1);
	int64 days = s->remaining;

	for (uint32 i = first; i <= last; i++)
	{
		const char *label;
		const char *kind = describe(s, i, &label);
		TimestampTz opens = instant(w, w->midnight[i]), closes = instant(w, w->midnight[i + 1]);

		CHECK_FOR_INTERRUPTS();
		if (gg_is_left_out(w, i))
			continue;
		if (i == first && days > 0)
			tell(s, i, "start", "起算日,不计入", DT_NOEND, DT_NOEND, 0);
		else if (s->remaining > 0)
			tell(s, i, "day", label, opens, closes, 1);
		else if (i == last && i > first)
			tell(s, i, kind, "届满日为休息日,顺延至本日", opens, closes, 0);
		else
			tell(s, i, kind, label, opens, closes, 0);
	}
}

/*
 * explain_deadline(start, allow, hours) -> rows (day, kind, label, opens, closes, used,
 * remaining). kind: open, rest, holiday, makeup, special; start (not counted), day (a
 * natural day), natural (around the clock). used and remaining are time (m h pd wh wm
 * rd) or days (d wd). The sum of used is the limit; WG007, 22008.
 */
Datum
gg_explain_deadline(PG_FUNCTION_ARGS)
{
	GgLimit limit = gg_limit_of(PG_GETARG_DATUM(1));
	Story s = {0};

	InitMaterializedSRF(fcinfo, 0);
	s.out = (ReturnSetInfo *) fcinfo->resultinfo;
	s.c = gg_calendar((struct varlena *) PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(2)));
	s.start = PG_GETARG_TIMESTAMPTZ(0);
	s.remaining = gg_limit_units(limit, s.c);
	s.due = gg_due(s.start, limit.kind, s.remaining, s.c, NULL);
	s.w = gg_window_for(s.c, s.start, s.due);
	switch (limit.kind)
	{
		case GG_LIMIT_M:
		case GG_LIMIT_H:
		case GG_LIMIT_PD:
			tell_natural(&s);
			break;
		case GG_LIMIT_WH:
		case GG_LIMIT_WM:
		case GG_LIMIT_RD:
			tell_open(&s);
			break;
		case GG_LIMIT_WD:
			s.in_days = true;
			tell_working_days(&s);
			break;
		case GG_LIMIT_D:
			s.in_days = true;
			tell_natural_days(&s);
			break;
	}
	PG_RETURN_NULL();
}
