/*
 * story.c: how are pauses told to a citizen?
 *
 * Called by explain_event_deadline(). Pure.
 */
#include "event/event.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"

/* Minutes as days (of the clock), hours and minutes. */
static void
append_minutes(StringInfo buf, int64 minutes, bool working)
{
	if (!working && minutes >= 24 * 60)
	{
		appendStringInfo(buf, "%lld 天", (long long) (minutes / (24 * 60)));
		minutes %= 24 * 60;
		if (minutes == 0)
			return;
		appendStringInfoChar(buf, ' ');
	}
	if (minutes >= 60)
		appendStringInfo(buf, working ? "%lld 个工作时" : "%lld 小时", (long long) (minutes / 60));
	if (minutes >= 60 && minutes % 60 > 0)
		appendStringInfo(buf, " %lld 分钟", (long long) (minutes % 60));
	else if (minutes < 60)
		appendStringInfo(buf, working ? "%lld 个工作分钟" : "%lld 分钟", (long long) minutes);
}

GG_FUNCTION(gg_pause_text);

/*
 * pause_text(pauses timestamptz[], allow time_limit, hours work_calendar) -> text: what these
 * pauses (since, until, since, until, ...) add to a limit, in its own unit; NULL without a
 * calendar where the limit needs one. Errors: 22008.
 */
Datum
gg_pause_text(PG_FUNCTION_ARGS)
{
	GgLimit limit;
	const GgCalendar *c = NULL;
	StringInfoData buf;
	Datum *at;
	bool *null;
	int n;
	int64 units = 0;
	bool provisional = false;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	limit = gg_limit_of(PG_GETARG_DATUM(1));
	if (!PG_ARGISNULL(2))
		c = gg_calendar((struct varlena *) PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(2)));
	else if (gg_needs_calendar(limit.kind))
		PG_RETURN_NULL();

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), TIMESTAMPTZOID, sizeof(TimestampTz),
					  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &at, &null, &n);
	for (int i = 0; i + 1 < n; i += 2)
		if (!null[i] && !null[i + 1])
			units += gg_pause_units(DatumGetTimestampTz(at[i]), DatumGetTimestampTz(at[i + 1]),
									limit.kind, c, &provisional);

	initStringInfo(&buf);
	switch (limit.kind)
	{
		case GG_LIMIT_M:
		case GG_LIMIT_H:
		case GG_LIMIT_PD:
			append_minutes(&buf, (units + USECS_PER_MINUTE / 2) / USECS_PER_MINUTE, false);
			break;
		case GG_LIMIT_WH:
		case GG_LIMIT_WM:
		case GG_LIMIT_RD:
			append_minutes(&buf, (units + USECS_PER_MINUTE / 2) / USECS_PER_MINUTE, true);
			break;
		case GG_LIMIT_WD:
			appendStringInfo(&buf, "%lld 个工作日", (long long) units);
			break;
		case GG_LIMIT_D:
			appendStringInfo(&buf, "%lld 天", (long long) units);
			break;
	}
	PG_RETURN_TEXT_P(cstring_to_text_with_len(buf.data, buf.len));
}
