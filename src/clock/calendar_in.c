/*
 * calendar_in.c: read a calendar's text: zone, then rules, separated by ";".
 *
 * Called by the type's input, receive and builder functions. Pure; complaints are
 * soft errors with the place, the text near it, and a hint.
 */
#include "clock/calendar.h"
#include "clock/zone.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/datetime.h"

/* The state of one reading. */
typedef struct Reader
{
	const char *text;
	const char *p;
	struct Node *escontext;
	GgRules *rules;
	bool has_day;
	int nrules;
	int maxseasons; /* allocated */
	int maxdates;
} Reader;

/* Complain about what stands at a place: syntax (22P02) or sense (22023). Returns false. */
static bool
refuse(Reader *r, const char *at, int code, const char *what, const char *hint)
{
	int where = pg_mbstrlen_with_len(r->text, (int) (at - r->text)) + 1;
	int len = (int) strlen(r->text);
	int near_len = (int) strcspn(at, ";\r\n");
	char *quoted, *near_text;

	len = len > 120 ? pg_mbcliplen(r->text, len, 120) : len;
	quoted = psprintf("%.*s%s", len, r->text, r->text[len] ? "..." : "");
	if (near_len > 40)
		near_len = pg_mbcliplen(at, near_len, 40);
	near_text = near_len ? psprintf(", near \"%.*s\"", near_len, at) : "";
	ereturn(r->escontext, false,
			(errcode(code),
			 code == ERRCODE_INVALID_TEXT_REPRESENTATION
				 ? errmsg("invalid input syntax for type %s: \"%s\"", "work_calendar", quoted)
				 : errmsg("invalid work_calendar: \"%s\"", quoted),
			 errdetail("%s (character %d%s).", what, where, near_text),
			 hint ? errhint("%s", hint) : 0));
}

#define SYNTAX(r, at, what, hint) refuse(r, at, ERRCODE_INVALID_TEXT_REPRESENTATION, what, hint)
#define SENSE(r, at, what, hint) refuse(r, at, ERRCODE_INVALID_PARAMETER_VALUE, what, hint)

#define RULE_HINT                                                                                  \
	"Rules look like: Mo-Fr 08:00-12:00,14:00-18:00 | 24/7 | 2026-06-01/2026-09-30 Mo-Fr 08:00-12:00,15:00-18:00 | 2026-10-01/2026-10-07 off \"国庆节\" | 2026-10-10 on \"国庆节调休\" | day 8h | valid 2018-01-01/2026-12-31"

/* Step over white space. */
static void
skip_space(Reader *r)
{
	while (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r')
		r->p++;
}

/* Is this character one that a word is made of? */
static bool
in_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Take this word if it stands here, in any case of letters. */
static bool
take_word(Reader *r, const char *word)
{
	size_t len = strlen(word);

	if (pg_strncasecmp(r->p, word, len) != 0 || in_word(r->p[len]))
		return false;
	r->p += len;
	return true;
}

/* Take exactly n digits as a number. */
static bool
take_digits(Reader *r, int n, int *value)
{
	int v = 0;

	for (int i = 0; i < n; i++)
	{
		if (r->p[i] < '0' || r->p[i] > '9')
			return false;
		v = v * 10 + (r->p[i] - '0');
	}
	r->p += n;
	*value = v;
	return true;
}

/* Does a date stand here? */
static bool
at_date(const Reader *r)
{
	for (int i = 0; i < 4; i++)
		if (r->p[i] < '0' || r->p[i] > '9')
			return false;
	return r->p[4] == '-';
}

/* Take an ISO date. */
static bool
take_date(Reader *r, DateADT *day)
{
	const char *at = r->p;
	int y, m, d;

	if (!take_digits(r, 4, &y) || *r->p++ != '-' || !take_digits(r, 2, &m) || *r->p++ != '-' ||
		!take_digits(r, 2, &d) || in_word(*r->p))
		return SYNTAX(r, at, "A date is expected", "Write dates as 2026-10-01.");
	if (y < 1 || m < 1 || m > 12 || d < 1 || d > day_tab[isleap(y)][m - 1])
		return SENSE(r, at, "There is no such date", NULL);
	*day = date2j(y, m, d) - POSTGRES_EPOCH_JDATE;
	return true;
}

/* Take "date" or "date/date". */
static bool
take_dates(Reader *r, DateADT *from, DateADT *to)
{
	const char *at = r->p;

	if (!take_date(r, from))
		return false;
	*to = *from;
	skip_space(r);
	if (*r->p != '/')
		return true;
	r->p++;
	skip_space(r);
	if (!take_date(r, to))
		return false;
	if (*to < *from)
		return SENSE(r, at, "The range ends before it begins", NULL);
	return true;
}

/* Take a time of day in minutes; 24:00 is one. A closing time may count on to 48:00, as in OpenStreetMap. */
static bool
take_time(Reader *r, int last_hour, int *minutes)
{
	const char *at = r->p;
	int h, m;

	if (!(take_digits(r, 2, &h) || take_digits(r, 1, &h)) || *r->p != ':' ||
		(r->p++, !take_digits(r, 2, &m)) || in_word(*r->p) || *r->p == ':')
		return SYNTAX(r, at, "A time of day is expected", "Write times as 08:00, without seconds.");
	if (h > last_hour || m > 59 || (h == last_hour && m > 0))
		return SENSE(
			r, at, "There is no such time of day",
			"Times go from 00:00 to 24:00; a span that ends on the next day is written 22:00-06:00.");
	*minutes = h * 60 + m;
	return true;
}

/* Take one or more spans, separated by commas. */
static bool
take_spans(Reader *r, GgSpans *spans)
{
	GgSpan found[GG_MAX_SPANS];
	const char *start = r->p;
	int n = 0;

	for (;;)
	{
		const char *at = r->p;
		int open, close;

		if (!take_time(r, 24, &open))
			return false;
		skip_space(r);
		if (*r->p != '-')
			return SYNTAX(r, r->p, "\"-\" and a closing time are expected",
						  "Write spans as 08:00-12:00.");
		r->p++;
		skip_space(r);
		if (!take_time(r, 48, &close))
			return false;
		if (open == close || open == GG_DAY_MINUTES)
			return SENSE(r, at, "The span is empty", "For a whole day write 00:00-24:00.");
		if (close < open)
			close += GG_DAY_MINUTES;
		if (n == GG_MAX_SPANS)
			return SENSE(r, at, "There are more than 24 spans in a day", NULL);
		found[n].open = (int16) open;
		found[n].close = (int16) close;
		n++;
		skip_space(r);
		if (*r->p != ',')
			break;
		r->p++;
		skip_space(r);
	}
	spans->n = n;
	spans->span = palloc(n * sizeof(GgSpan));
	memcpy(spans->span, found, n * sizeof(GgSpan));
	if (!gg_spans_canonical(spans))
		return SENSE(r, start, "Two spans overlap", NULL);
	return true;
}

/* Take a weekday's name: 0 = Monday, -1 when there is none. */
static int
take_weekday(Reader *r)
{
	static const char *const names[7] = {"mo", "tu", "we", "th", "fr", "sa", "su"};

	for (int i = 0; i < 7; i++)
		if (take_word(r, names[i]))
			return i;
	return -1;
}

/* Take weekdays: "Mo-Fr", "Sa,Su", "Mo,We-Fr". A range may run over Sunday. */
static bool
take_weekdays(Reader *r, uint8 *mask)
{
	*mask = 0;
	for (;;)
	{
		const char *at = r->p;
		int a = take_weekday(r), b;

		if (a < 0)
			return SYNTAX(r, at, "A weekday is expected",
						  "Weekdays are Mo, Tu, We, Th, Fr, Sa, Su.");
		b = a;
		skip_space(r);
		if (*r->p == '-')
		{
			r->p++;
			skip_space(r);
			if ((b = take_weekday(r)) < 0)
				return SYNTAX(r, r->p, "A weekday is expected",
							  "Weekdays are Mo, Tu, We, Th, Fr, Sa, Su.");
			skip_space(r);
		}
		for (int i = a;; i = (i + 1) % 7)
		{
			if (*mask & (1 << i))
				return SENSE(r, at, "A weekday is named twice", NULL);
			*mask |= 1 << i;
			if (i == b)
				break;
		}
		if (*r->p != ',')
			return true;
		r->p++;
		skip_space(r);
	}
}

/* Take a label in double quotes (doubled inside), if there is one. */
static bool
take_label(Reader *r, const char **label)
{
	const char *at = r->p;
	char buf[GG_MAX_LABEL + 1];
	int n = 0;

	*label = NULL;
	if (*r->p != '"')
		return true;
	for (r->p++;; r->p++)
	{
		if (*r->p == '\0')
			return SYNTAX(r, at, "The label has no closing quote", NULL);
		if ((unsigned char) *r->p < ' ' || *r->p == 0x7F)
			return SYNTAX(r, r->p, "A label is one line of text", NULL);
		if (*r->p == '"' && *++r->p != '"')
			break;
		if (n == GG_MAX_LABEL)
			return SENSE(r, at, "The label is longer than 96 bytes", NULL);
		buf[n++] = *r->p;
	}
	if (n > 0)
		*label = pnstrdup(buf, n);
	skip_space(r);
	return true;
}

/* Take "24/7" if it stands here. */
static bool
take_always(Reader *r, GgSpans *spans)
{
	if (strncmp(r->p, "24/7", 4) != 0 || in_word(r->p[4]))
		return false;
	r->p += 4;
	spans->n = 1;
	spans->span = palloc(sizeof(GgSpan));
	spans->span[0].open = 0;
	spans->span[0].close = GG_DAY_MINUTES;
	return true;
}

/* Take what a rule says: "off", "on" (dates only), or spans. */
static bool
take_hours(Reader *r, bool on_allowed, GgHours *hours, GgSpans *spans)
{
	const char *at = r->p;

	spans->n = 0;
	spans->span = NULL;
	if (take_word(r, "off"))
		*hours = GG_HOURS_OFF;
	else if (take_word(r, "on"))
	{
		*hours = GG_HOURS_ON;
		if (!on_allowed)
			return SENSE(r, at, "\"on\" is for dates", "Give the weekdays their own hours.");
	}
	else if (*r->p >= '0' && *r->p <= '9')
	{
		*hours = GG_HOURS_SPANS;
		return take_spans(r, spans);
	}
	else
		return SYNTAX(r, at,
					  on_allowed ? "\"off\", \"on\" or hours are expected"
								 : "Hours or \"off\" are expected",
					  RULE_HINT);
	return true;
}

/* Weekdays of the week rule get these hours. */
static bool
add_week(Reader *r, const char *at, uint8 mask, const GgSpans *spans, uint8 *seen)
{
	if (mask & *seen)
		return SENSE(r, at, "Two weekly rules speak of one weekday",
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
read_dated(Reader *r)
{
	GgRule rule = {0};

	rule.at = (int) (r->p - r->text);
	if (!take_dates(r, &rule.from, &rule.to))
		return false;
	skip_space(r);
	if (take_always(r, &rule.spans))
	{
		rule.weekdays = 0x7F;
		rule.hours = GG_HOURS_SPANS;
	}
	else
	{
		if ((*r->p >= 'A' && *r->p <= 'Z') || (*r->p >= 'a' && *r->p <= 'z'))
		{
			if (pg_strncasecmp(r->p, "of", 2) != 0 && pg_strncasecmp(r->p, "on", 2) != 0 &&
				!take_weekdays(r, &rule.weekdays))
				return false;
			skip_space(r);
		}
		if (!take_hours(r, rule.weekdays == 0, &rule.hours, &rule.spans))
			return false;
	}
	skip_space(r);
	if (!take_label(r, &rule.label))
		return false;
	if (rule.weekdays)
		*add_rule(&r->rules->seasons, &r->rules->nseasons, &r->maxseasons) = rule;
	else
		*add_rule(&r->rules->dates, &r->rules->ndates, &r->maxdates) = rule;
	return true;
}

/* "day 8h", "day 7h30m", "day 450m". */
static bool
read_day(Reader *r)
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
			return SYNTAX(r, at, "A length is expected", "Write day 8h or day 7h30m.");
		r->p++;
		any = true;
	}
	if (!any || in_word(*r->p))
		return SYNTAX(r, at, "A length is expected", "Write day 8h or day 7h30m.");
	if (minutes < 1 || minutes > GG_DAY_MINUTES)
		return SENSE(r, at, "A nominal day is between 1 minute and 24 hours", NULL);
	if (r->has_day)
		return SENSE(r, at, "\"day\" is said twice", NULL);
	r->has_day = true;
	r->rules->day_minutes = minutes;
	return true;
}

/* One rule. */
static bool
read_rule(Reader *r, uint8 *week_seen)
{
	const char *at = r->p;
	GgHours hours;
	GgSpans spans;
	uint8 mask;

	if (++r->nrules > GG_MAX_RULES)
		return SENSE(r, at, "There are more than 4000 rules",
					 "Write runs of days as ranges: 2026-10-01/2026-10-07.");
	if (at_date(r))
		return read_dated(r);
	if (take_always(r, &spans))
		return add_week(r, at, 0x7F, &spans, week_seen);
	if (take_word(r, "day"))
	{
		skip_space(r);
		return read_day(r);
	}
	if (take_word(r, "valid"))
	{
		skip_space(r);
		if (r->rules->has_valid)
			return SENSE(r, at, "\"valid\" is said twice", NULL);
		r->rules->has_valid = true;
		if (!take_dates(r, &r->rules->valid_from, &r->rules->valid_to))
			return false;
		return true;
	}
	if (!((*r->p >= 'A' && *r->p <= 'Z') || (*r->p >= 'a' && *r->p <= 'z')))
		return SYNTAX(r, at, "A rule is expected", RULE_HINT);
	if (!take_weekdays(r, &mask))
		return false;
	skip_space(r);
	return take_hours(r, false, &hours, &spans) && add_week(r, at, mask, &spans, week_seen);
}

/* The zone, spelt as the zone data spell it. */
static bool
read_zone(Reader *r)
{
	const char *at = r->p;
	char name[TZ_STRLEN_MAX + 1];
	int len = (int) strcspn(r->p, "; \t\r\n");

	if (len == 0)
		return SYNTAX(r, at, "A time zone is expected first",
					  "A calendar looks like: Asia/Shanghai; Mo-Fr 08:00-12:00,14:00-18:00");
	if (len <= TZ_STRLEN_MAX)
	{
		memcpy(name, at, len);
		name[len] = '\0';
		r->rules->zone = gg_zone_name(name);
	}
	if (r->rules->zone == NULL)
		return SENSE(r, at, "There is no such time zone",
					 "Give the zone its name in the IANA data, such as Asia/Shanghai or UTC.");
	r->p += len;
	return true;
}

/* Read a calendar; false only after a soft error. */
bool
gg_rules_parse(const char *text, GgRules *rules, struct Node *escontext)
{
	Reader reader = {0};
	Reader *r = &reader;
	GgComplaint complaint;
	uint8 week_seen = 0;

	memset(rules, 0, sizeof(*rules));
	r->text = r->p = text;
	r->escontext = escontext;
	r->rules = rules;
	skip_space(r);
	if (strlen(text) > GG_MAX_TEXT)
		return SENSE(r, text, "It is longer than a million bytes", NULL);
	if (!read_zone(r))
		return false;
	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		skip_space(r);
		if (*r->p == '\0')
			break;
		if (*r->p != ';')
			return SYNTAX(r, r->p, "\";\" is expected", RULE_HINT);
		r->p++;
		skip_space(r);
		if (*r->p != ';' && *r->p != '\0' && !read_rule(r, &week_seen))
			return false;
	}
	if (!gg_rules_canonical(rules, &complaint))
		return SENSE(r, text + complaint.at, complaint.what, complaint.hint);
	return true;
}
