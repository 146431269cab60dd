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

#include "common/int.h"
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
	GgColumn pauses;
	GgColumn due_at;
	GgColumn due_day;
	GgColumn provisional;
	GgColumn round;
} Clock;

static const Clock stage = {EV_STAGE_ALLOW,       EV_STAGE_CALENDAR, EV_STAGE_START,
							EV_STAGE_UNITS,       EV_STAGE_EXTRA,    EV_STAGE_PAUSED_AT,
							EV_STAGE_PAUSES,      EV_STAGE_DUE_AT,   EV_STAGE_DUE_DAY,
							EV_STAGE_PROVISIONAL, EV_STAGE_ROUND};
static const Clock handling = {
	EV_HANDLING_ALLOW, EV_HANDLING_CALENDAR,  EV_HANDLING_START,  EV_HANDLING_UNITS,
	EV_HANDLING_EXTRA, EV_HANDLING_PAUSED_AT, EV_HANDLING_PAUSES, EV_DUE_AT,
	EV_DUE_DAY,        EV_DUE_PROVISIONAL,    EV_HANDLING_ROUND};

/* A clock's budget and pauses, as deadlines are worked out from them. */
typedef struct Ledger
{
	const GgCalendar *calendar;
	GgLimit limit;
	TimestampTz start;
	int64 units; /* budget, with extensions */
	int npauses;
	TimestampTz *pause; /* since, until, since, until, ... */
	bool provisional;
} Ledger;

/* The clock's calendar, or that of the area now where it is gone; NULL only where the limit needs none. */
static const GgCalendar *
clock_calendar(const GgRow *row, const Clock *k, GgLimitKind kind)
{
	const GgCalendar *c = NULL;

	if (gg_has(row, k->calendar))
		c = gg_calendar_by_id(gg_int8(row, k->calendar));
	return c != NULL ? c : gg_calendar_for_limit(gg_text(row, EV_AREA), kind);
}

/* What a clock's deadline follows from: limit, share and extensions; start; pauses. WG010 without a calendar. */
static void
open_ledger(const GgRow *row, const Clock *k, Ledger *l)
{
	int share = k == &handling ? gg_int4(row, EV_HANDLING_SHARE) : 0;
	GgLimit part;

	memset(l, 0, sizeof(*l));
	if (row->null[k->allow] || row->null[k->start])
		ereport(ERROR, (errcode(ERRCODE_GG_NOT_SET_UP),
						errmsg("event %lld has a clock without %s", (long long) gg_int8(row, EV_ID),
							   gg_column[row->null[k->allow] ? k->allow : k->start].name)));
	gg_limit_parse(gg_text(row, k->allow), &l->limit, NULL);
	l->calendar = clock_calendar(row, k, l->limit.kind);
	l->start = gg_time(row, k->start);
	l->npauses = gg_times(row, k->pauses, &l->pause) / 2;

	/* a share is rounded up to a whole unit, at least one */
	part = l->limit;
	if (share != 0 && share != 100)
		part.amount = Max(1, (int32) (((int64) part.amount * share + 99) / 100));
	l->units = gg_limit_units(part, l->calendar);
	if (k == &handling)
		for (int i = gg_int4(row, EV_HANDLING_EXTENSIONS); i > 0; i--)
			if (pg_add_s64_overflow(l->units, gg_limit_units(l->limit, l->calendar), &l->units))
				ereport(ERROR, (errcode(ERRCODE_DATETIME_FIELD_OVERFLOW),
								errmsg("time limit out of range")));
}

/*
 * When is this much of the budget used up? From the start, then the pauses, then
 * the roll past rest days, once. A pause that begins when it is used up adds
 * nothing, as in project_deadline(). *extra is what the pauses added.
 */
static TimestampTz
used_up(Ledger *l, int64 units, int64 *extra)
{
	TimestampTz due = gg_due(l->start, l->limit.kind, units, l->calendar, &l->provisional);
	int64 more = 0;

	for (int i = 0; i < l->npauses; i++)
	{
		TimestampTz since = Max(l->pause[2 * i], l->start);

		if (since >= due)
			break;
		more +=
			gg_pause_units(since, l->pause[2 * i + 1], l->limit.kind, l->calendar, &l->provisional);
		due = gg_due(l->start, l->limit.kind, units + more, l->calendar, &l->provisional);
	}
	if (extra != NULL)
		*extra = more;
	return due;
}

/* Derive the deadline from the ledger. */
static void
project(GgRow *row, const Clock *k)
{
	Ledger l;
	TimestampTz due;
	int64 extra;

	open_ledger(row, k, &l);
	due = used_up(&l, l.units, &extra);
	gg_set(row, k->units, Int64GetDatum(l.units));
	gg_set(row, k->extra, Int64GetDatum(extra));
	gg_set(row, k->due_at, TimestampTzGetDatum(due));
	if (l.calendar != NULL)
		gg_set(row, k->due_day, DateADTGetDatum(gg_due_day(due, l.calendar)));
	else
		gg_set_null(row, k->due_day);
	gg_set(row, k->provisional, BoolGetDatum(l.provisional));
}

/* Start a clock: a new budget, no pauses. */
static void
start_clock(GgRow *row, const Clock *k, TimestampTz at)
{
	gg_set(row, k->start, TimestampTzGetDatum(at));
	gg_set_null(row, k->pauses);
	gg_set_null(row, k->paused_at);
	gg_set(row, k->round, Int32GetDatum(gg_int4(row, k->round) + 1));
	project(row, k);
}

/* End a pause that began at `since`. */
static void
end_pause(GgRow *row, const Clock *k, TimestampTz since, TimestampTz at)
{
	TimestampTz *pause;
	TimestampTz *all;
	int n = gg_times(row, k->pauses, &pause);

	gg_set_null(row, k->paused_at);
	if (at > since)
	{
		all = palloc(sizeof(TimestampTz) * (n + 2));
		if (n > 0)
			memcpy(all, pause, sizeof(TimestampTz) * n);
		all[n] = since;
		all[n + 1] = at;
		gg_set_times(row, k->pauses, all, n + 2);
	}
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
	start_clock(row, &stage, at);
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
	gg_set_null(row, EV_STAGE_PAUSES);
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

/* Start the handling clock with a share of its limit; none without a limit. */
void
gg_handling_start(GgRow *row, TimestampTz at, int percent)
{
	gg_set_null(row, EV_HANDLING_STOPPED_AT);
	gg_set_text(row, EV_HANDLING_UNIT, gg_text(row, EV_UNIT));
	if (!gg_has(row, EV_HANDLING_ALLOW))
	{
		gg_set_null(row, EV_HANDLING_START);
		gg_set_null(row, EV_HANDLING_UNITS);
		gg_set(row, EV_HANDLING_EXTRA, Int64GetDatum(0));
		gg_set_null(row, EV_HANDLING_PAUSED_AT);
		gg_set_null(row, EV_HANDLING_PAUSES);
		gg_set_null(row, EV_DUE_AT);
		gg_set_null(row, EV_DUE_DAY);
		gg_set(row, EV_DUE_PROVISIONAL, BoolGetDatum(false));
		return;
	}
	gg_set(row, EV_HANDLING_SHARE, Int32GetDatum(percent));
	gg_set(row, EV_HANDLING_EXTENSIONS, Int32GetDatum(0));
	start_clock(row, &handling, at);
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
	gg_set(row, EV_HANDLING_EXTENSIONS, Int32GetDatum(gg_int4(row, EV_HANDLING_EXTENSIONS) + 1));
	gg_set(row, EV_HANDLING_ROUND, Int32GetDatum(gg_int4(row, EV_HANDLING_ROUND) + 1));
	project(row, &handling);
}

/* After the limit changed: re-project a running or paused clock from its start; its share, extensions and pauses stay. */
void
gg_handling_relimit(GgRow *row)
{
	if (!gg_has(row, EV_HANDLING_START) || gg_has(row, EV_HANDLING_STOPPED_AT))
		return;
	gg_set(row, EV_HANDLING_ROUND, Int32GetDatum(gg_int4(row, EV_HANDLING_ROUND) + 1));
	project(row, &handling);
}

/* Working minutes (without a calendar: minutes) that the handling clock ran from its start until `at`, pauses left out. */
double
gg_handling_used(const GgRow *row, TimestampTz at)
{
	const GgCalendar *c = clock_calendar(row, &handling, GG_LIMIT_H);
	TimestampTz *pause;
	int n = gg_times(row, EV_HANDLING_PAUSES, &pause);
	bool provisional = false;
	int64 used = c != NULL ? gg_open_time(gg_time(row, EV_HANDLING_START), at, c, &provisional)
						   : at - gg_time(row, EV_HANDLING_START);

	for (int i = 0; i + 1 < n; i += 2)
		used -= c != NULL ? gg_open_time(pause[i], pause[i + 1], c, &provisional)
						  : pause[i + 1] - pause[i];
	return used / 60e6;
}

/* Derive one deadline anew. Where it comes later, its warnings fire anew: those of before were for another deadline. */
static void
reproject(GgRow *row, const Clock *k)
{
	bool had = gg_has(row, k->due_at);
	TimestampTz was = had ? gg_time(row, k->due_at) : 0;

	project(row, k);
	if (had && gg_time(row, k->due_at) > was)
		gg_set(row, k->round, Int32GetDatum(gg_int4(row, k->round) + 1));
}

/* Derive both deadlines anew, after a calendar changed. A stopped clock stays as judged. */
void
gg_project(GgRow *row)
{
	if (gg_has(row, EV_STAGE_START))
		reproject(row, &stage);
	if (gg_has(row, EV_HANDLING_START) && !gg_has(row, EV_HANDLING_STOPPED_AT))
		reproject(row, &handling);
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
	else if (gg_has(row, EV_HANDLING_START) && gg_has(row, EV_HANDLING_ALLOW))
		return; /* what was promised stands until a limit is known */
	else
		gg_set_null(row, EV_HANDLING_ALLOW);
	if (calendar != 0)
		gg_set(row, EV_HANDLING_CALENDAR, Int64GetDatum(calendar));
	else
		gg_set_null(row, EV_HANDLING_CALENDAR);
}

/* When are four fifths of the time up to the deadline used, pauses left out? kind: GG_LIMIT_WM for open time, GG_LIMIT_M for all of it. */
static TimestampTz
four_fifths(const Ledger *l, TimestampTz due, GgLimitKind kind)
{
	Ledger t = *l;
	int64 all = gg_pause_units(l->start, due, kind, l->calendar, &t.provisional);

	for (int i = 0; i < l->npauses; i++)
		all -= gg_pause_units(Max(l->pause[2 * i], l->start), Min(l->pause[2 * i + 1], due), kind,
							  l->calendar, &t.provisional);
	t.limit.kind = kind;
	return used_up(&t, all / 5 * 4, NULL);
}

/*
 * When does a running clock turn yellow and red (DOMAIN 4.4)? Yellow: one
 * working day left for limits of three working days and more, else 80 % used;
 * red: the first working moment past the deadline (for natural limits, the deadline).
 */
static void
clock_rungs(const GgRow *row, const Clock *k, const char *name, GgRung rung[2])
{
	Ledger l;
	GgLimit day;
	GgLimitKind kind;
	TimestampTz due = gg_time(row, k->due_at);
	int64 one = 0;

	open_ledger(row, k, &l);
	kind = l.limit.kind;
	day = (GgLimit){kind, 1};
	if (kind == GG_LIMIT_WD || kind == GG_LIMIT_RD)
		one = gg_limit_units(day, l.calendar);

	rung[0].clock = rung[1].clock = name;
	rung[0].round = rung[1].round = gg_int4(row, k->round);
	rung[0].due = rung[1].due = due;
	rung[0].name = "yellow";
	rung[1].name = "red";
	if (one > 0 && l.units >= 3 * one)
		rung[0].at = used_up(&l, l.units - one, NULL);
	else if (kind == GG_LIMIT_WD)
		rung[0].at = four_fifths(&l, due, GG_LIMIT_WM);
	else if (kind == GG_LIMIT_D)
		rung[0].at = four_fifths(&l, due, GG_LIMIT_M);
	else
		rung[0].at = used_up(&l, l.units / 5 * 4, NULL);
	rung[1].at = gg_needs_calendar(kind) && kind != GG_LIMIT_D
					 ? gg_due(due, GG_LIMIT_WM, 1, l.calendar, &l.provisional)
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

/*
 * The next moment after this one at which the colour changes. A step that moved a
 * deadline may leave it in the past: old (NULL: none) is the row before the step,
 * and what its clocks did not warn of is due at once.
 */
void
gg_plan_alert(GgRow *row, TimestampTz after, const GgRow *old)
{
	GgRung rung[4];
	int n = gg_rungs(row, rung);
	TimestampTz next = DT_NOEND;
	bool moved = old != NULL && (!gg_column_equal(EV_DUE_AT, old, row) ||
								 !gg_column_equal(EV_HANDLING_PAUSED_AT, old, row) ||
								 !gg_column_equal(EV_HANDLING_ROUND, old, row) ||
								 !gg_column_equal(EV_STAGE_DUE_AT, old, row) ||
								 !gg_column_equal(EV_STAGE_PAUSED_AT, old, row) ||
								 !gg_column_equal(EV_STAGE_ROUND, old, row));

	/* what was planned and not swept yet stays planned */
	if (old != NULL && gg_has(old, EV_NEXT_ALERT_AT) && gg_time(old, EV_NEXT_ALERT_AT) <= after)
		moved = true;
	for (int i = 0; i < n; i++)
	{
		if ((rung[i].at > after || moved) && rung[i].at < next)
			next = rung[i].at;
	}
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
		c = gg_calendar_for_limit(area, a->after.kind);
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
