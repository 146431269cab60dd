/*
 * due.c: stub of the clock room's interface; the real bodies follow.
 */
#include "clock/clock.h"

static void
not_yet(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("the clock room is not built yet")));
}

bool
gg_limit_parse(const char *text, GgLimit *result, struct Node *escontext)
{
	not_yet();
	return false;
}

char *
gg_limit_text(GgLimit limit)
{
	not_yet();
	return NULL;
}

const GgCalendar *
gg_calendar(struct varlena *hours)
{
	not_yet();
	return NULL;
}

int64
gg_limit_units(GgLimit limit, const GgCalendar *c)
{
	not_yet();
	return 0;
}

TimestampTz
gg_due(TimestampTz start, GgLimitKind kind, int64 units, const GgCalendar *c, bool *provisional)
{
	not_yet();
	return start;
}

int64
gg_pause_units(TimestampTz since, TimestampTz until, GgLimitKind kind, const GgCalendar *c,
			   bool *provisional)
{
	not_yet();
	return 0;
}

int64
gg_open_time(TimestampTz since, TimestampTz until, const GgCalendar *c, bool *provisional)
{
	not_yet();
	return 0;
}

DateADT
gg_due_day(TimestampTz due, const GgCalendar *c)
{
	not_yet();
	return 0;
}
