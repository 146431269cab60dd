/*
 * calendar_in.c: read a calendar's text: zone, then rules, separated by ";".
 *
 * Called by the type's input, receive and builder functions. Pure; complaints are soft
 * errors (reader.c).
 */
#include "clock/reader.h"
#include "clock/zone.h"

#include "miscadmin.h"

/* Weekdays of the week rule get these hours. */
static bool
add_week(GgReader *r, const char *at, uint8 mask, const GgSpans *spans, uint8 *seen)
{
	if (mask & *seen)
		return GG_SENSE(r, at, "Two weekly rules speak of one weekday",
						"Write the hours of a weekday in one rule: Mo 08:00-12:00,14:00-18:00.");
	*seen |= mask;
	for (int i = 0; i < 7; i++)
		if (mask & (1 << i))
			r->rules->week[i] = *spans;
	return true;
}

/* One more rule in a growing array. */
static GgRule *
add_rule(GgRule **array, int *n, int *max)
{
	if (*n == *max)
	{
		*max = *max ? *max * 2 : 16;
		*array = *array ? repalloc(*array, *max * sizeof(GgRule)) : palloc(*max * sizeof(GgRule));
	}
	return memset(&(*array)[(*n)++], 0, sizeof(GgRule));
}

/* A rule that begins with a date: a season or dates. */
static bool
read_dated(GgReader *r)
{
	GgRule rule = {0};

	rule.at = (int) (r->p - r->text);
	if (!gg_take_dates(r, &rule.from, &rule.to))
		return false;
	gg_skip_space(r);
	if (gg_take_always(r, &rule.spans))
	{
		rule.weekdays = 0x7F;
		rule.hours = GG_HOURS_SPANS;
	}
	else
	{
		if ((*r->p >= 'A' && *r->p <= 'Z') || (*r->p >= 'a' && *r->p <= 'z'))
		{
			if (pg_strncasecmp(r->p, "of", 2) != 0 && pg_strncasecmp(r->p, "on", 2) != 0 &&
				!gg_take_weekdays(r, &rule.weekdays))
				return false;
			gg_skip_space(r);
		}
		if (!gg_take_hours(r, rule.weekdays == 0, &rule.hours, &rule.spans))
			return false;
	}
	gg_skip_space(r);
	if (!gg_take_label(r, &rule.label))
		return false;
	if (rule.weekdays)
		*add_rule(&r->rules->seasons, &r->rules->nseasons, &r->maxseasons) = rule;
	else
		*add_rule(&r->rules->dates, &r->rules->ndates, &r->maxdates) = rule;
	return true;
}

/* "day 8h", "day 7h30m", "day 450m". */
static bool
read_day(GgReader *r)
{
	const char *at = r->p;
	int minutes = 0;
	bool any = false;

	for (int i = 0; i < 2; i++)
	{
		int v = 0, n = 0;

		while (*r->p >= '0' && *r->p <= '9' && n < 5)
			v = v * 10 + (*r->p++ - '0'), n++;
		if (n == 0)
			break;
		if (i == 0 && (*r->p == 'h' || *r->p == 'H'))
			minutes = v * 60;
		else if (*r->p == 'm' || *r->p == 'M')
		{
			minutes += v;
			i = 2;
		}
		else
			return GG_SYNTAX(r, at, "A length is expected", "Write day 8h or day 7h30m.");
		r->p++;
		any = true;
	}
	if (!any || gg_in_word(*r->p))
		return GG_SYNTAX(r, at, "A length is expected", "Write day 8h or day 7h30m.");
	if (minutes < 1 || minutes > GG_DAY_MINUTES)
		return GG_SENSE(r, at, "A nominal day is between 1 minute and 24 hours", NULL);
	if (r->has_day)
		return GG_SENSE(r, at, "\"day\" is said twice", NULL);
	r->has_day = true;
	r->rules->day_minutes = minutes;
	return true;
}

/* One rule. */
static bool
read_rule(GgReader *r, uint8 *week_seen)
{
	const char *at = r->p;
	GgHours hours;
	GgSpans spans;
	uint8 mask;

	if (++r->nrules > GG_MAX_RULES)
		return GG_SENSE(r, at, "There are more than 4000 rules",
						"Write runs of days as ranges: 2026-10-01/2026-10-07.");
	if (gg_at_date(r))
		return read_dated(r);
	if (gg_take_always(r, &spans))
		return add_week(r, at, 0x7F, &spans, week_seen);
	if (gg_take_word(r, "day"))
	{
		gg_skip_space(r);
		return read_day(r);
	}
	if (gg_take_word(r, "valid"))
	{
		gg_skip_space(r);
		if (r->rules->has_valid)
			return GG_SENSE(r, at, "\"valid\" is said twice", NULL);
		r->rules->has_valid = true;
		if (!gg_take_dates(r, &r->rules->valid_from, &r->rules->valid_to))
			return false;
		return true;
	}
	if (!((*r->p >= 'A' && *r->p <= 'Z') || (*r->p >= 'a' && *r->p <= 'z')))
		return GG_SYNTAX(r, at, "A rule is expected", GG_RULE_HINT);
	if (!gg_take_weekdays(r, &mask))
		return false;
	gg_skip_space(r);
	return gg_take_hours(r, false, &hours, &spans) && add_week(r, at, mask, &spans, week_seen);
}

/* The zone, spelt as the zone data spell it. */
static bool
read_zone(GgReader *r)
{
	const char *at = r->p;
	char name[TZ_STRLEN_MAX + 1];
	int len = (int) strcspn(r->p, "; \t\r\n");

	if (len == 0)
		return GG_SYNTAX(r, at, "A time zone is expected first",
						 "A calendar looks like: Asia/Shanghai; Mo-Fr 08:00-12:00,14:00-18:00");
	if (len <= TZ_STRLEN_MAX)
	{
		memcpy(name, at, len);
		name[len] = '\0';
		r->rules->zone = gg_zone_name(name);
	}
	if (r->rules->zone == NULL)
		return GG_SENSE(r, at, "There is no such time zone",
						"Give the zone its name in the IANA data, such as Asia/Shanghai or UTC.");
	r->p += len;
	return true;
}

/* Read a calendar; false only after a soft error. */
bool
gg_rules_parse(const char *text, GgRules *rules, struct Node *escontext)
{
	GgReader reader = {0};
	GgReader *r = &reader;
	GgComplaint complaint;
	uint8 week_seen = 0;

	memset(rules, 0, sizeof(*rules));
	r->text = r->p = text;
	r->escontext = escontext;
	r->rules = rules;
	gg_skip_space(r);
	if (strlen(text) > GG_MAX_TEXT)
		return GG_SENSE(r, text, "It is longer than a million bytes", NULL);
	if (!read_zone(r))
		return false;
	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		gg_skip_space(r);
		if (*r->p == '\0')
			break;
		if (*r->p != ';')
			return GG_SYNTAX(r, r->p, "\";\" is expected", GG_RULE_HINT);
		r->p++;
		gg_skip_space(r);
		if (*r->p != ';' && *r->p != '\0' && !read_rule(r, &week_seen))
			return false;
	}
	if (!gg_rules_canonical(rules, &complaint))
		return GG_SENSE(r, text + complaint.at, complaint.what, complaint.hint);
	return true;
}
