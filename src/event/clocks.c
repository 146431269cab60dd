/*
 * clocks.c: the two clocks of an event: how long may this stage last, and how
 * long may handling last (dispatch to feedback)?
 *
 * Called by change.c and sweep.c. Pure but for look-ups of limits and calendars.
 * A clock stores its start, its budget in native units (microseconds, or days
 * for wd and d), what pauses added to it, and since when it is paused; the
 * deadline is derived from those (DESIGN, Clocks).
 */
#include "event/event.h"

#include "utils/builtins.h"

/* The columns of one clock. */
typedef struct Clock
{
	GgColumn allow;
	GgColumn calendar;
	GgColumn start;
	GgColumn units;
	GgColumn extra;
	GgColumn paused_at;
	GgColumn due_at;
	GgColumn due_day;
	GgColumn provisional;
	GgColumn round;
} Clock;

static const Clock stage = {
	EV_STAGE_ALLOW,     EV_STAGE_CALENDAR, EV_STAGE_START,   EV_STAGE_UNITS,       EV_STAGE_EXTRA,
	EV_STAGE_PAUSED_AT, EV_STAGE_DUE_AT,   EV_STAGE_DUE_DAY, EV_STAGE_PROVISIONAL, EV_STAGE_ROUND};
static const Clock handling = {EV_HANDLING_ALLOW, EV_HANDLING_CALENDAR, EV_HANDLING_START,
							   EV_HANDLING_UNITS, EV_HANDLING_EXTRA,    EV_HANDLING_PAUSED_AT,
							   EV_DUE_AT,         EV_DUE_DAY,           EV_DUE_PROVISIONAL,
							   EV_HANDLING_ROUND};

/* The clock's limit as it was given. */
static GgLimit
clock_limit(const GgRow *row, const Clock *k)
{
	GgLimit limit = {GG_LIMIT_M, 0};

	gg_limit_parse(gg_text(row, k->allow), &limit, NULL);
	return limit;
}

/* The clock's calendar, NULL for none. */
static const GgCalendar *
clock_calendar(const GgRow *row, const Clock *k)
{
	return gg_has(row, k->calendar) ? gg_calendar_by_id(gg_int8(row, k->calendar)) : NULL;
}

/* Does a limit of this kind need a calendar? */
static bool
needs_calendar(GgLimitKind kind)
{
	return kind != GG_LIMIT_M && kind != GG_LIMIT_H && kind != GG_LIMIT_PD;
}

/* Derive the deadline from the ledger. */
static void
project(GgRow *row, const Clock *k)
{
	bool provisional = false;
	const GgCalendar *c = clock_calendar(row, k);
	GgLimit limit = clock_limit(row, k);
	TimestampTz due;

	if (c == NULL && needs_calendar(limit.kind))
		ereport(
			ERROR,
			(errcode(ERRCODE_GG_NOT_SET_UP),
			 errmsg("no calendar covers area \"%s\"", gg_text(row, EV_AREA)),
			 errhint(
				 "Insert a row named default into gov.calendar for this area or one that contains it.")));
	due = gg_due(gg_time(row, k->start), limit.kind,
				 gg_int8(row, k->units) + gg_int8(row, k->extra), c, &provisional);
	gg_set(row, k->due_at, TimestampTzGetDatum(due));
	if (c != NULL)
		gg_set(row, k->due_day, DateADTGetDatum(gg_due_day(due, c)));
	else
		gg_set_null(row, k->due_day);
	gg_set(row, k->provisional, BoolGetDatum(provisional));
}

/* Start a clock with a budget. */
static void
start_clock(GgRow *row, const Clock *k, TimestampTz at, int64 units)
{
	gg_set(row, k->start, TimestampTzGetDatum(at));
	gg_set(row, k->units, Int64GetDatum(units));
	gg_set(row, k->extra, Int64GetDatum(0));
	gg_set_null(row, k->paused_at);
	gg_set(row, k->round, Int32GetDatum(gg_int4(row, k->round) + 1));
	project(row, k);
}

/* End a pause that began at `since`. */
static void
end_pause(GgRow *row, const Clock *k, TimestampTz since, TimestampTz at)
{
	bool provisional = false;
	int64 more =
		gg_pause_units(since, at, clock_limit(row, k).kind, clock_calendar(row, k), &provisional);

	gg_set(row, k->extra, Int64GetDatum(gg_int8(row, k->extra) + more));
	gg_set_null(row, k->paused_at);
	project(row, k);
}

/* Is there a stage clock, and does it run? */
bool
gg_stage_running(const GgRow *row)
{
	return gg_has(row, EV_STAGE_START) && !gg_has(row, EV_STAGE_PAUSED_AT);
}

/* Is there a handling clock, and does it run? */
bool
gg_handling_running(const GgRow *row)
{
	return gg_has(row, EV_HANDLING_START) && !gg_has(row, EV_HANDLING_PAUSED_AT) &&
		   !gg_has(row, EV_HANDLING_STOPPED_AT);
}

/* The stage clock of a state just entered: by the area's limit, none without one. */
void
gg_stage_start(GgRow *row, TimestampTz at, const char *state_name, bool paused)
{
	GgLimit limit;
	char *area = gg_text(row, EV_AREA);
	int64 calendar;

	if (paused || !gg_stage_limit(area, state_name, gg_bool(row, EV_URGENT), &limit))
	{
		gg_stage_stop(row);
		return;
	}
	calendar = gg_calendar_for_area(area);
	gg_set_text(row, EV_STAGE_ALLOW, gg_limit_text(limit));
	if (calendar != 0)
		gg_set(row, EV_STAGE_CALENDAR, Int64GetDatum(calendar));
	else
		gg_set_null(row, EV_STAGE_CALENDAR);
	start_clock(row, &stage, at, gg_limit_units(limit, clock_calendar(row, &stage)));
}

/* No stage clock any more. */
void
gg_stage_stop(GgRow *row)
{
	if (!gg_has(row, EV_STAGE_START) && !gg_has(row, EV_STAGE_ALLOW))
		return;
	gg_set_null(row, EV_STAGE_ALLOW);
	gg_set_null(row, EV_STAGE_CALENDAR);
	gg_set_null(row, EV_STAGE_START);
	gg_set_null(row, EV_STAGE_UNITS);
	gg_set(row, EV_STAGE_EXTRA, Int64GetDatum(0));
	gg_set_null(row, EV_STAGE_PAUSED_AT);
	gg_set_null(row, EV_STAGE_DUE_AT);
	gg_set_null(row, EV_STAGE_DUE_DAY);
	gg_set(row, EV_STAGE_PROVISIONAL, BoolGetDatum(false));
}

/* Pause the stage clock, if it runs. */
void
gg_stage_pause(GgRow *row, TimestampTz at)
{
	if (gg_stage_running(row))
		gg_set(row, EV_STAGE_PAUSED_AT, TimestampTzGetDatum(at));
}

/* Let the stage clock go on. */
void
gg_stage_resume(GgRow *row, TimestampTz at)
{
	if (gg_has(row, EV_STAGE_START) && gg_has(row, EV_STAGE_PAUSED_AT))
		end_pause(row, &stage, gg_time(row, EV_STAGE_PAUSED_AT), at);
}

/* Start the handling clock with a share of its limit, rounded up to a whole unit, at least one. */
void
gg_handling_start(GgRow *row, TimestampTz at, int percent)
{
	GgLimit limit;

	gg_set_null(row, EV_HANDLING_STOPPED_AT);
	if (!gg_has(row, EV_HANDLING_ALLOW))
		return;
	limit = clock_limit(row, &handling);
	if (percent != 100)
		limit.amount = Max(1, (int32) (((int64) limit.amount * percent + 99) / 100));
	gg_set_text(row, EV_HANDLING_UNIT, gg_text(row, EV_UNIT));
	start_clock(row, &handling, at, gg_limit_units(limit, clock_calendar(row, &handling)));
}

/* Pause the handling clock, if it runs. */
void
gg_handling_pause(GgRow *row, TimestampTz at)
{
	if (gg_handling_running(row))
		gg_set(row, EV_HANDLING_PAUSED_AT, TimestampTzGetDatum(at));
}

/* Go on with what is left: after a pause, or after a stop that was taken back. */
void
gg_handling_resume(GgRow *row, TimestampTz at)
{
	TimestampTz since;

	if (!gg_has(row, EV_HANDLING_START))
		return;
	if (gg_has(row, EV_HANDLING_PAUSED_AT))
		since = gg_time(row, EV_HANDLING_PAUSED_AT);
	else if (gg_has(row, EV_HANDLING_STOPPED_AT))
		since = gg_time(row, EV_HANDLING_STOPPED_AT);
	else
		return;
	gg_set_null(row, EV_HANDLING_STOPPED_AT);
	end_pause(row, &handling, since, at);
}

/* Stop: a running pause is closed where it began. */
void
gg_handling_stop(GgRow *row, TimestampTz at)
{
	if (!gg_has(row, EV_HANDLING_START) || gg_has(row, EV_HANDLING_STOPPED_AT))
		return;
	gg_set(row, EV_HANDLING_STOPPED_AT,
		   gg_has(row, EV_HANDLING_PAUSED_AT) ? row->v[EV_HANDLING_PAUSED_AT]
											  : TimestampTzGetDatum(at));
	gg_set_null(row, EV_HANDLING_PAUSED_AT);
}

/* One more original limit, counted from the original start; its warnings fire anew. */
void
gg_handling_extend(GgRow *row, TimestampTz at)
{
	if (!gg_has(row, EV_HANDLING_START))
		return;
	gg_set(
		row, EV_HANDLING_UNITS,
		Int64GetDatum(gg_int8(row, EV_HANDLING_UNITS) +
					  gg_limit_units(clock_limit(row, &handling), clock_calendar(row, &handling))));
	gg_set(row, EV_HANDLING_ROUND, Int32GetDatum(gg_int4(row, EV_HANDLING_ROUND) + 1));
	project(row, &handling);
}

/* After the limit changed: re-project a running or paused clock with (1 + extensions) times the new one. */
void
gg_handling_relimit(GgRow *row)
{
	if (!gg_has(row, EV_HANDLING_START) || gg_has(row, EV_HANDLING_STOPPED_AT) ||
		!gg_has(row, EV_HANDLING_ALLOW))
		return;
	gg_set(
		row, EV_HANDLING_UNITS,
		Int64GetDatum((1 + gg_int4(row, EV_EXTENSION_COUNT)) *
					  gg_limit_units(clock_limit(row, &handling), clock_calendar(row, &handling))));
	gg_set(row, EV_HANDLING_ROUND, Int32GetDatum(gg_int4(row, EV_HANDLING_ROUND) + 1));
	project(row, &handling);
}

/* Derive both deadlines anew, after a calendar changed. A stopped clock stays as judged. */
void
gg_project(GgRow *row)
{
	if (gg_has(row, EV_STAGE_START))
		project(row, &stage);
	if (gg_has(row, EV_HANDLING_START) && !gg_has(row, EV_HANDLING_STOPPED_AT))
		project(row, &handling);
}

/* The handling limit of the event's item, source and area. */
void
gg_set_limits(GgRow *row)
{
	GgLimit limit;
	int64 calendar;

	if (gg_handling_limit(gg_text(row, EV_AREA), gg_text(row, EV_SOURCE), gg_text(row, EV_ITEM),
						  gg_bool(row, EV_URGENT), &limit, &calendar))
		gg_set_text(row, EV_HANDLING_ALLOW, gg_limit_text(limit));
	else
		gg_set_null(row, EV_HANDLING_ALLOW);
	if (calendar != 0)
		gg_set(row, EV_HANDLING_CALENDAR, Int64GetDatum(calendar));
	else
		gg_set_null(row, EV_HANDLING_CALENDAR);
}

/*
 * When does a running clock turn yellow and red (DOMAIN 4.4)? Yellow: one
 * working day left for limits of three working days and more, else 80 % used;
 * red: the first working moment past the deadline (for natural limits, the deadline).
 */
static void
clock_rungs(const GgRow *row, const Clock *k, const char *name, GgRung rung[2])
{
	bool provisional = false;
	const GgCalendar *c = clock_calendar(row, k);
	GgLimit limit = clock_limit(row, k);
	GgLimit day = {limit.kind, 1};
	TimestampTz start = gg_time(row, k->start);
	TimestampTz due = gg_time(row, k->due_at);
	int64 units = gg_int8(row, k->units) + gg_int8(row, k->extra);
	int64 one = limit.kind == GG_LIMIT_WD || limit.kind == GG_LIMIT_RD ? gg_limit_units(day, c) : 0;

	rung[0].clock = rung[1].clock = name;
	rung[0].round = rung[1].round = gg_int4(row, k->round);
	rung[0].due = rung[1].due = due;
	rung[0].name = "yellow";
	rung[1].name = "red";
	if (one > 0 && gg_int8(row, k->units) >= 3 * one)
		rung[0].at = gg_due(start, limit.kind, units - one, c, &provisional);
	else if (limit.kind == GG_LIMIT_WD || limit.kind == GG_LIMIT_RD || limit.kind == GG_LIMIT_WH ||
			 limit.kind == GG_LIMIT_WM)
		rung[0].at = gg_due(start, GG_LIMIT_WM, gg_open_time(start, due, c, &provisional) / 5 * 4,
							c, &provisional);
	else
		rung[0].at = start + (due - start) / 5 * 4;
	rung[1].at = needs_calendar(limit.kind) && limit.kind != GG_LIMIT_D
					 ? gg_due(due, GG_LIMIT_WM, 1, c, &provisional)
					 : due + 1;
}

/* The rungs of all running clocks; returns how many. */
int
gg_rungs(const GgRow *row, GgRung rung[4])
{
	int n = 0;

	if (gg_stage_running(row) && gg_has(row, EV_STAGE_DUE_AT))
	{
		clock_rungs(row, &stage, "stage", rung + n);
		n += 2;
	}
	if (gg_handling_running(row) && gg_has(row, EV_DUE_AT))
	{
		clock_rungs(row, &handling, "handling", rung + n);
		n += 2;
	}
	return n;
}

/* The next moment after this one at which the colour changes. */
void
gg_plan_alert(GgRow *row, TimestampTz after)
{
	GgRung rung[4];
	int n = gg_rungs(row, rung);
	TimestampTz next = DT_NOEND;

	for (int i = 0; i < n; i++)
		if (rung[i].at > after && rung[i].at < next)
			next = rung[i].at;
	if (next != DT_NOEND)
		gg_set(row, EV_NEXT_ALERT_AT, TimestampTzGetDatum(next));
	else if (gg_has(row, EV_NEXT_ALERT_AT))
		gg_set_null(row, EV_NEXT_ALERT_AT);
}

/* The next automatic step: resume at `until`, and those of gov.workflow_auto that are legal in this state. */
void
gg_plan_auto(GgRow *row, const GgWorkflow *wf)
{
	TimestampTz next = DT_NOEND;
	int state = gg_state_of(wf, gg_text(row, EV_STATE));
	char *area = gg_text(row, EV_AREA);

	if (gg_has(row, EV_SUSPEND_UNTIL))
		next = gg_time(row, EV_SUSPEND_UNTIL);
	for (int i = 0; i < wf->nautos; i++)
	{
		const GgAuto *a = &wf->autos[i];
		bool provisional = false;
		const GgCalendar *c;
		TimestampTz at;

		if (strncmp(area, a->area, strlen(a->area)) != 0 ||
			gg_transition(wf, state, a->action) == NULL ||
			(a->except_source != NULL && gg_is(row, EV_SOURCE, a->except_source)))
			continue;
		c = gg_calendar_by_id(gg_calendar_for_area(area));
		at = gg_due(gg_time(row, EV_ENTERED_AT), a->after.kind, gg_limit_units(a->after, c), c,
					&provisional);
		if (at < next)
			next = at;
	}
	if (next != DT_NOEND)
		gg_set(row, EV_NEXT_AUTO_AT, TimestampTzGetDatum(next));
	else if (gg_has(row, EV_NEXT_AUTO_AT))
		gg_set_null(row, EV_NEXT_AUTO_AT);
}
