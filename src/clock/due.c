/*
 * due.c: the arithmetic of deadlines: look-ups in a built calendar, no walking.
 *
 * Called by the SQL functions (clock_sql.c) and by the event room. Pure.
 */
#include "clock/built.h"

#include "common/int.h"
#include "utils/builtins.h"

/* 22008: beyond the range of timestamps. */
pg_noreturn static void
out_of_range(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("timestamp out of range")));
}

/* WG007, with what the calendar does cover; or note that the answer is provisional. */
static void
outside(const GgCalendar *c, TimestampTz at, bool *provisional)
{
	if (provisional != NULL)
	{
		*provisional = true;
		return;
	}
	ereport(ERROR, (errcode(ERRCODE_GG_OUTSIDE_CALENDAR),
					errmsg("%s is outside the calendar, which is valid from %s to %s",
						   timestamptz_to_str(at),
						   pstrdup(DatumGetCString(DirectFunctionCall1(
							   date_out, DateADTGetDatum(c->rules.valid_from)))),
						   pstrdup(DatumGetCString(
							   DirectFunctionCall1(date_out, DateADTGetDatum(c->rules.valid_to))))),
					errhint("Load the holidays of that year and extend \"valid\".")));
}

/* Is lo..hi inside what the rules speak of? */
static inline void
check_valid(const GgCalendar *c, TimestampTz lo, TimestampTz hi, bool *provisional)
{
	if (unlikely(lo < c->valid_lo))
		outside(c, lo, provisional);
	else if (unlikely(hi > c->valid_hi))
		outside(c, hi, provisional);
}

/* The same refusal whatever window happens to be there. */
static inline TimestampTz
not_too_far(TimestampTz start, TimestampTz due)
{
	if (unlikely(due - start > GG_MAX_AHEAD * USECS_PER_DAY || due >= GG_END_OF_9999))
		gg_too_far();
	return due;
}

/* Native units of a limit: microseconds (m h pd wh wm rd) or days (d wd); 22008. */
int64
gg_limit_units(GgLimit limit, const GgCalendar *c)
{
	int64 unit = 1, result;

	switch (limit.kind)
	{
		case GG_LIMIT_M:
		case GG_LIMIT_WM:
			unit = USECS_PER_MINUTE;
			break;
		case GG_LIMIT_H:
		case GG_LIMIT_WH:
			unit = USECS_PER_HOUR;
			break;
		case GG_LIMIT_PD:
			unit = USECS_PER_DAY;
			break;
		case GG_LIMIT_RD:
			if (c->day_minutes == 0)
				ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
								errmsg("the calendar does not say how long a day is"),
								errdetail("It has neither \"day\" nor an open weekday."),
								errhint("Add a rule such as \"day 8h\".")));
			unit = c->day_minutes * USECS_PER_MINUTE;
			break;
		case GG_LIMIT_D:
		case GG_LIMIT_WD:
			return limit.amount;
	}
	if (pg_mul_s64_overflow(limit.amount, unit, &result))
		out_of_range();
	return result;
}

/* The instant at which this much open time after the start is used up; with none, the next open moment. */
static TimestampTz
due_open(TimestampTz start, int64 units, const GgCalendar *c)
{
	const GgWindow *w = gg_window_for(c, start, start);

	if (units > GG_MAX_AHEAD * USECS_PER_DAY)
		gg_too_far();
	for (;;)
	{
		int64 from = w->simple ? 0 : gg_span_at(w, start);
		int64 used = w->simple ? gg_open_before_simple(w, start) : gg_open_before(w, start, from);
		int64 target = used + units;
		/* The last moment before the target; with no units, the target itself. */
		int64 moment = target - (units > 0);

		if (likely(moment < w->total * USECS_PER_SEC))
		{
			uint32 k;

			if (likely(w->simple))
				return not_too_far(start, gg_used_up_simple(w, target, moment));
			k = gg_span_of_second(w, from, (uint32) (moment / USECS_PER_SEC));
			return not_too_far(start, w->base + w->span[k].start * USECS_PER_SEC +
										  (target - w->span[k].cum * USECS_PER_SEC));
		}
		w = gg_window_further(c, start);
	}
}

/* Close of business of the Nth working day after the start day; with none, the next closing time. */
static TimestampTz
due_working_day(TimestampTz start, int64 days, const GgCalendar *c)
{
	const GgWindow *w = gg_window_for(c, start, start);

	for (;;)
	{
		uint32 i = gg_day_at(w, start);
		uint64 k = (uint64) w->work[i + 1] + days - 1;

		if (unlikely(days == 0))
		{
			k = w->work[i];
			if (k > 0)
				k--;
			while (k < w->nwork && w->base + w->closing[k] * USECS_PER_SEC < start)
				k++;
		}
		if (k < w->nwork)
			return not_too_far(start, w->base + w->closing[k] * USECS_PER_SEC);
		if (days > GG_MAX_AHEAD)
			gg_too_far();
		w = gg_window_further(c, start);
	}
}

/* 24:00 of the Nth day after the start day, or of the first working day after it when it is a rest day. */
static TimestampTz
due_natural_day(TimestampTz start, int64 days, const GgCalendar *c)
{
	const GgWindow *w = gg_window_for(c, start, start);

	if (days > GG_MAX_AHEAD)
		gg_too_far();
	for (;;)
	{
		uint64 i = gg_days_after(w, gg_day_at(w, start), days);

		/* The last day of the window is there for its midnight only. */
		if (i < (uint64) w->ndays)
		{
			uint32 k = w->work[i];

			if (k < w->nwork)
				return not_too_far(start, w->base + w->midnight[w->workday[k] + 1] * USECS_PER_SEC);
		}
		w = gg_window_further(c, start);
	}
}

/* The deadline of a start and native units; 22008, WG007 (or *provisional). */
TimestampTz
gg_due(TimestampTz start, GgLimitKind kind, int64 units, const GgCalendar *c, bool *provisional)
{
	TimestampTz due = 0;

	if (unlikely(units < 0))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a time limit cannot be negative")));
	switch (kind)
	{
		case GG_LIMIT_M:
		case GG_LIMIT_H:
		case GG_LIMIT_PD:
			if (TIMESTAMP_NOT_FINITE(start) || pg_add_s64_overflow(start, units, &due) ||
				!IS_VALID_TIMESTAMP(due))
				out_of_range();
			return due;
		case GG_LIMIT_WH:
		case GG_LIMIT_WM:
		case GG_LIMIT_RD:
			due = due_open(start, units, c);
			break;
		case GG_LIMIT_WD:
			due = due_working_day(start, units, c);
			break;
		case GG_LIMIT_D:
			due = due_natural_day(start, units, c);
			break;
	}
	check_valid(c, start, due, provisional);
	return due;
}

/* Open microseconds between two instants; 0 when until is not after since; 22008, WG007. */
int64
gg_open_time(TimestampTz since, TimestampTz until, const GgCalendar *c, bool *provisional)
{
	const GgWindow *w;

	if (until <= since)
		return 0;
	check_valid(c, since, until, provisional);
	w = gg_window_for(c, since, until);
	if (likely(w->simple))
		return gg_open_before_simple(w, until) - gg_open_before_simple(w, since);
	return gg_open_before(w, until, gg_span_at(w, until)) -
		   gg_open_before(w, since, gg_span_at(w, since));
}

/* Is this moment open? The opening moment is, the closing moment is not; 22008, WG007. */
bool
gg_open_at(TimestampTz at, const GgCalendar *c, bool *provisional)
{
	const GgWindow *w = gg_window_for(c, at, at);
	int64 k = gg_span_at(w, at);

	if (at >= c->valid_hi)
		outside(c, at, provisional);
	else
		check_valid(c, at, at, provisional);
	return k >= 0 && at - w->base < gg_span_end(w, (uint32) k) * USECS_PER_SEC;
}

/* What a pause adds to a limit of this kind, in its native units; 22008, WG007. */
int64
gg_pause_units(TimestampTz since, TimestampTz until, GgLimitKind kind, const GgCalendar *c,
			   bool *provisional)
{
	const GgWindow *w;
	uint32 first, last;
	int64 units;

	if (until <= since)
		return 0;
	switch (kind)
	{
		case GG_LIMIT_M:
		case GG_LIMIT_H:
		case GG_LIMIT_PD:
			if (TIMESTAMP_NOT_FINITE(since) || TIMESTAMP_NOT_FINITE(until) ||
				pg_sub_s64_overflow(until, since, &units))
				out_of_range();
			return units;
		case GG_LIMIT_WH:
		case GG_LIMIT_WM:
		case GG_LIMIT_RD:
			return gg_open_time(since, until, c, provisional);
		case GG_LIMIT_WD:
			check_valid(c, since, until, provisional);
			w = gg_window_for(c, since, until);
			return (int64) gg_closings_until(w, until) - gg_closings_until(w, since);
		case GG_LIMIT_D:
			w = gg_window_for(c, since, until);
			first = gg_day_at(w, since);
			last = gg_day_at(w, until);
			units = (int64) last - first;
			for (uint32 k = 0; k < w->nleft_out; k++)
				units -= w->left_out[k] > first && w->left_out[k] <= last;
			return units;
	}
	return 0;
}

/* The last day of a deadline in the calendar's zone: 24:00 belongs to the day that it ends. */
DateADT
gg_due_day(TimestampTz due, const GgCalendar *c)
{
	const GgWindow *w = gg_window_for(c, due - 1, due - 1);

	return w->day0 + (DateADT) gg_day_at(w, due - 1);
}
