/*
 * clock_sql.c: the clock's SQL functions: deadline, work_time, is_open, next_open, work_spans, project_deadline.
 *
 * Thin: arguments in, gg_due() and its like, result out. All IMMUTABLE: calendar and limit are values.
 */
#include "clock/built.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/multirangetypes.h"
#include "utils/rangetypes.h"
#include "utils/typcache.h"

GG_FUNCTION(gg_deadline);
GG_FUNCTION(gg_work_time);
GG_FUNCTION(gg_is_open);
GG_FUNCTION(gg_next_open);
GG_FUNCTION(gg_work_spans);
GG_FUNCTION(gg_project_deadline);

/* The calendar in an argument; the usual datum is as it was stored, and needs no call to find that out. */
static inline const GgCalendar *
calendar_of(Datum hours)
{
	struct varlena *v = (struct varlena *) DatumGetPointer(hours);

	if (unlikely(VARATT_IS_COMPRESSED(v) || VARATT_IS_EXTERNAL(v)))
		v = pg_detoast_datum_packed(v);
	return gg_calendar(v);
}

#define ARG_CALENDAR(n) calendar_of(PG_GETARG_DATUM(n))

/*
 * deadline(start, allow, hours) -> timestamptz. Days exclude the start day (Civil Code
 * art. 201), the last one ends at 24:00 or at close of business (203), a rest day moves
 * it (203); hours run at once, working hours inside open time; WG007, 22008.
 */
Datum
gg_deadline(PG_FUNCTION_ARGS)
{
	TimestampTz start = PG_GETARG_TIMESTAMPTZ(0);
	GgLimit limit = gg_limit_of(PG_GETARG_DATUM(1));
	const GgCalendar *c = NULL;

	/* m, h and pd never look at the calendar. */
	if (limit.kind != GG_LIMIT_M && limit.kind != GG_LIMIT_H && limit.kind != GG_LIMIT_PD)
		c = ARG_CALENDAR(2);
	PG_RETURN_TIMESTAMPTZ(gg_due(start, limit.kind, gg_limit_units(limit, c), c, NULL));
}

/* work_time(since, until, hours) -> interval of open time, in hours and less; zero when until is not after since; WG007, 22008. */
Datum
gg_work_time(PG_FUNCTION_ARGS)
{
	Interval *result = palloc0(sizeof(Interval));

	result->time =
		gg_open_time(PG_GETARG_TIMESTAMPTZ(0), PG_GETARG_TIMESTAMPTZ(1), ARG_CALENDAR(2), NULL);
	PG_RETURN_INTERVAL_P(result);
}

/* is_open(at, hours) -> boolean: the opening moment is open, the closing moment is not; WG007, 22008. */
Datum
gg_is_open(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(gg_open_at(PG_GETARG_TIMESTAMPTZ(0), ARG_CALENDAR(1), NULL));
}

/* next_open(at, hours) -> timestamptz: at itself when it is open, else the next opening; WG007, 22008. */
Datum
gg_next_open(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(gg_due(PG_GETARG_TIMESTAMPTZ(0), GG_LIMIT_WH, 0, ARG_CALENDAR(1), NULL));
}

/* work_spans(within, hours) -> tstzmultirange: the open spans inside a bounded range; WG007, 22008, 22023. */
Datum
gg_work_spans(PG_FUNCTION_ARGS)
{
	RangeType *within = PG_GETARG_RANGE_P(0);
	TypeCacheEntry *range_type = lookup_type_cache(TSTZRANGEOID, TYPECACHE_RANGE_INFO);
	const GgCalendar *c = ARG_CALENDAR(1);
	const GgWindow *w;
	RangeBound lower, upper;
	RangeType **ranges = NULL;
	TimestampTz lo, hi;
	bool empty;
	int n = 0;

	range_deserialize(range_type, within, &lower, &upper, &empty);
	if (!empty)
	{
		int64 from, to;

		if (lower.infinite || upper.infinite ||
			TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(lower.val)) ||
			TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(upper.val)))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the range of work_spans must have both bounds"),
					 errhint("Give a range such as tstzrange('2026-10-01', '2026-11-01').")));
		lo = DatumGetTimestampTz(lower.val);
		hi = DatumGetTimestampTz(upper.val);
		(void) gg_open_time(lo, Max(hi, lo + 1), c, NULL);
		w = gg_window_for(c, lo, hi);
		from = Max(gg_span_at(w, lo), 0);
		to = gg_span_at(w, hi);
		ranges = palloc((Max(to - from, 0) + 1) * sizeof(RangeType *));
		for (int64 k = from; k <= to; k++)
		{
			RangeBound a = lower, b = upper;
			TimestampTz opens = w->base + w->span[k].start * USECS_PER_SEC;
			TimestampTz closes = w->base + gg_span_end(w, (uint32) k) * USECS_PER_SEC;

			CHECK_FOR_INTERRUPTS();
			/* The bounds of the answer are closed and open, but where the asker's bound is the tighter one. */
			if (opens > lo)
			{
				a.val = TimestampTzGetDatum(opens);
				a.inclusive = true;
			}
			if (closes <= hi)
			{
				b.val = TimestampTzGetDatum(closes);
				b.inclusive = false;
			}
			if (closes <= lo)
				continue;
			ranges[n] = gg_make_range(range_type, &a, &b);
			if (!RangeIsEmpty(ranges[n]))
				n++;
		}
	}
	PG_RETURN_MULTIRANGE_P(make_multirange(TSTZMULTIRANGEOID, range_type, n, ranges));
}

/*
 * project_deadline(start, allow, hours, paused) -> (due, due_day, provisional): the
 * deadline with pauses, as an event's clock has it: what a pause adds is counted in the
 * limit's own unit; a pause that begins when the limit is used up adds nothing. Past
 * the calendar's valid the weekly hours hold and provisional is true; 22008, 22023.
 */
Datum
gg_project_deadline(PG_FUNCTION_ARGS)
{
	TimestampTz start = PG_GETARG_TIMESTAMPTZ(0);
	GgLimit limit = gg_limit_of(PG_GETARG_DATUM(1));
	const GgCalendar *c = ARG_CALENDAR(2);
	MultirangeType *paused = PG_GETARG_MULTIRANGE_P(3);
	TypeCacheEntry *multirange_type =
		lookup_type_cache(TSTZMULTIRANGEOID, TYPECACHE_MULTIRANGE_INFO);
	int64 units = gg_limit_units(limit, c);
	bool provisional = false;
	TimestampTz due = gg_due(start, limit.kind, units, c, &provisional);
	Datum values[3];
	bool nulls[3] = {0};
	RangeType **ranges;
	TupleDesc desc;
	int n;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	multirange_deserialize(multirange_type->rngtype, paused, &n, &ranges);
	for (int i = 0; i < n; i++)
	{
		RangeBound lower, upper;
		TimestampTz since, until;
		bool empty;

		CHECK_FOR_INTERRUPTS();
		range_deserialize(multirange_type->rngtype, ranges[i], &lower, &upper, &empty);
		since = lower.infinite ? DT_NOBEGIN : DatumGetTimestampTz(lower.val);
		until = upper.infinite ? DT_NOEND : DatumGetTimestampTz(upper.val);
		since = Max(since, start);
		if (since >= due)
			break;
		if (TIMESTAMP_IS_NOEND(until))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a pause has no end"),
							errhint("There is no deadline while the clock is paused.")));
		units += gg_pause_units(since, until, limit.kind, c, &provisional);
		due = gg_due(start, limit.kind, units, c, &provisional);
	}
	values[0] = TimestampTzGetDatum(due);
	values[1] = DateADTGetDatum(gg_due_day(due, c));
	values[2] = BoolGetDatum(provisional);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}
