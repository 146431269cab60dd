/*
 * calendar_out.c: write a calendar's rules as text; equal rules give equal text.
 */
#include "clock/calendar.h"

#include "lib/stringinfo.h"
#include "utils/datetime.h"

/* Write one date. */
static void
put_date(StringInfo out, DateADT day)
{
	int y, m, d;

	j2date(day + POSTGRES_EPOCH_JDATE, &y, &m, &d);
	appendStringInfo(out, "%04d-%02d-%02d", y, m, d);
}

/* Write a date or a range. */
static void
put_dates(StringInfo out, DateADT from, DateADT to, bool always_range)
{
	put_date(out, from);
	if (from != to || always_range)
	{
		appendStringInfoChar(out, '/');
		put_date(out, to);
	}
}

/* Write weekdays: runs of three or more as ranges. */
static void
put_weekdays(StringInfo out, uint8 mask)
{
	static const char *const names[7] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};
	const char *comma = "";

	for (int i = 0; i < 7; i++)
	{
		int last = i;

		if (!(mask & (1 << i)))
			continue;
		while (last < 6 && (mask & (1 << (last + 1))))
			last++;
		appendStringInfo(out, "%s%s", comma, names[i]);
		if (last > i)
			appendStringInfo(out, "%c%s", last > i + 1 ? '-' : ',', names[last]);
		comma = ",";
		i = last;
	}
}

/* Write spans. One that ends on the next day ends at 06:00 where that can be read back, else at 30:00. */
static void
put_spans(StringInfo out, const GgSpans *spans)
{
	for (int i = 0; i < spans->n; i++)
	{
		int open = spans->span[i].open, close = spans->span[i].close;

		if (close > GG_DAY_MINUTES && close - GG_DAY_MINUTES < open)
			close -= GG_DAY_MINUTES;
		appendStringInfo(out, "%s%02d:%02d-%02d:%02d", i ? "," : "", open / 60, open % 60,
						 close / 60, close % 60);
	}
}

/* Is this 24/7's day? */
static bool
whole_day(const GgSpans *spans)
{
	return spans->n == 1 && spans->span[0].open == 0 && spans->span[0].close == GG_DAY_MINUTES;
}

/* Write what a rule says. */
static void
put_saying(StringInfo out, const GgRule *rule)
{
	if (rule->hours == GG_HOURS_OFF)
		appendStringInfoString(out, " off");
	else if (rule->hours == GG_HOURS_ON)
		appendStringInfoString(out, " on");
	else
	{
		appendStringInfoChar(out, ' ');
		put_spans(out, &rule->spans);
	}
	if (rule->label)
	{
		appendStringInfoString(out, " \"");
		for (const char *p = rule->label; *p; p++)
		{
			if (*p == '"')
				appendStringInfoChar(out, '"');
			appendStringInfoChar(out, *p);
		}
		appendStringInfoChar(out, '"');
	}
}

/* The canonical text, palloc'd. */
char *
gg_rules_text(const GgRules *rules)
{
	StringInfoData out;
	uint8 done = 0;

	initStringInfo(&out);
	appendStringInfoString(&out, rules->zone);
	for (int i = 0; i < 7; i++)
	{
		uint8 mask = 0;

		if ((done & (1 << i)) || rules->week[i].n == 0)
			continue;
		for (int j = i; j < 7; j++)
			if (gg_spans_equal(&rules->week[i], &rules->week[j]))
				mask |= 1 << j;
		done |= mask;
		appendStringInfoString(&out, "; ");
		if (mask == 0x7F && whole_day(&rules->week[i]))
			appendStringInfoString(&out, "24/7");
		else
		{
			put_weekdays(&out, mask);
			appendStringInfoChar(&out, ' ');
			put_spans(&out, &rules->week[i]);
		}
	}
	for (int i = 0; i < rules->nseasons; i++)
	{
		appendStringInfoString(&out, "; ");
		put_dates(&out, rules->seasons[i].from, rules->seasons[i].to, false);
		appendStringInfoChar(&out, ' ');
		put_weekdays(&out, rules->seasons[i].weekdays);
		put_saying(&out, &rules->seasons[i]);
	}
	for (int i = 0; i < rules->ndates; i++)
	{
		appendStringInfoString(&out, "; ");
		put_dates(&out, rules->dates[i].from, rules->dates[i].to, false);
		put_saying(&out, &rules->dates[i]);
	}
	if (rules->day_minutes)
	{
		appendStringInfoString(&out, "; day ");
		if (rules->day_minutes >= 60)
			appendStringInfo(&out, "%dh", rules->day_minutes / 60);
		if (rules->day_minutes % 60)
			appendStringInfo(&out, "%dm", rules->day_minutes % 60);
	}
	if (rules->has_valid)
	{
		appendStringInfoString(&out, "; valid ");
		put_dates(&out, rules->valid_from, rules->valid_to, true);
	}
	return out.data;
}
