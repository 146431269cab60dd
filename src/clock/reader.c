/*
 * reader.c: take the pieces of a calendar's text: words, dates, times, spans, weekdays, labels.
 *
 * Called by calendar_in.c only. Pure; complaints are soft errors with the place, the
 * text near it, and a hint.
 */
#include "clock/reader.h"

#include "mb/pg_wchar.h"
#include "utils/datetime.h"

/* Complain about what stands at a place: syntax (22P02) or sense (22023). Returns false. */
bool
gg_complain(GgReader *r, const char *at, int code, const char *what, const char *hint)
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

/* Step over white space. */
void
gg_skip_space(GgReader *r)
{
	while (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r')
		r->p++;
}

/* Is this character one that a word is made of? */
bool
gg_in_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Take this word if it stands here, in any case of letters. */
bool
gg_take_word(GgReader *r, const char *word)
{
	size_t len = strlen(word);

	if (pg_strncasecmp(r->p, word, len) != 0 || gg_in_word(r->p[len]))
		return false;
	r->p += len;
	return true;
}

/* Take exactly n digits as a number. */
static bool
take_digits(GgReader *r, int n, int *value)
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
bool
gg_at_date(const GgReader *r)
{
	for (int i = 0; i < 4; i++)
		if (r->p[i] < '0' || r->p[i] > '9')
			return false;
	return r->p[4] == '-';
}

/* Take an ISO date. */
static bool
take_date(GgReader *r, DateADT *day)
{
	const char *at = r->p;
	int y, m, d;

	if (!take_digits(r, 4, &y) || *r->p++ != '-' || !take_digits(r, 2, &m) || *r->p++ != '-' ||
		!take_digits(r, 2, &d) || gg_in_word(*r->p))
		return GG_SYNTAX(r, at, "A date is expected", "Write dates as 2026-10-01.");
	if (y < 1 || m < 1 || m > 12 || d < 1 || d > day_tab[isleap(y)][m - 1])
		return GG_SENSE(r, at, "There is no such date", NULL);
	*day = date2j(y, m, d) - POSTGRES_EPOCH_JDATE;
	return true;
}

/* Take "date" or "date/date". */
bool
gg_take_dates(GgReader *r, DateADT *from, DateADT *to)
{
	const char *at = r->p;

	if (!take_date(r, from))
		return false;
	*to = *from;
	gg_skip_space(r);
	if (*r->p != '/')
		return true;
	r->p++;
	gg_skip_space(r);
	if (!take_date(r, to))
		return false;
	if (*to < *from)
		return GG_SENSE(r, at, "The range ends before it begins", NULL);
	return true;
}

/* Take a time of day in minutes; 24:00 is one. A closing time may count on to 48:00, as in OpenStreetMap. */
static bool
take_time(GgReader *r, int last_hour, int *minutes)
{
	const char *at = r->p;
	int h, m;

	if (!(take_digits(r, 2, &h) || take_digits(r, 1, &h)) || *r->p != ':' ||
		(r->p++, !take_digits(r, 2, &m)) || gg_in_word(*r->p) || *r->p == ':')
		return GG_SYNTAX(r, at, "A time of day is expected",
						 "Write times as 08:00, without seconds.");
	if (h > last_hour || m > 59 || (h == last_hour && m > 0))
		return GG_SENSE(
			r, at, "There is no such time of day",
			"Times go from 00:00 to 24:00; a span that ends on the next day is written 22:00-06:00.");
	*minutes = h * 60 + m;
	return true;
}

/* Take one or more spans, separated by commas. */
static bool
take_spans(GgReader *r, GgSpans *spans)
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
		gg_skip_space(r);
		if (*r->p != '-')
			return GG_SYNTAX(r, r->p, "\"-\" and a closing time are expected",
							 "Write spans as 08:00-12:00.");
		r->p++;
		gg_skip_space(r);
		if (!take_time(r, 48, &close))
			return false;
		if (open == close || open == GG_DAY_MINUTES)
			return GG_SENSE(r, at, "The span is empty", "For a whole day write 00:00-24:00.");
		if (close < open)
			close += GG_DAY_MINUTES;
		if (n == GG_MAX_SPANS)
			return GG_SENSE(r, at, "There are more than 24 spans in a day", NULL);
		found[n].open = (int16) open;
		found[n].close = (int16) close;
		n++;
		gg_skip_space(r);
		if (*r->p != ',')
			break;
		r->p++;
		gg_skip_space(r);
	}
	spans->n = n;
	spans->span = palloc(n * sizeof(GgSpan));
	memcpy(spans->span, found, n * sizeof(GgSpan));
	if (!gg_spans_canonical(spans))
		return GG_SENSE(r, start, "Two spans overlap", NULL);
	return true;
}

/* Take a weekday's name: 0 = Monday, -1 when there is none. */
static int
take_weekday(GgReader *r)
{
	static const char *const names[7] = {"mo", "tu", "we", "th", "fr", "sa", "su"};

	for (int i = 0; i < 7; i++)
		if (gg_take_word(r, names[i]))
			return i;
	return -1;
}

/* Take weekdays: "Mo-Fr", "Sa,Su", "Mo,We-Fr". A range may run over Sunday. */
bool
gg_take_weekdays(GgReader *r, uint8 *mask)
{
	*mask = 0;
	for (;;)
	{
		const char *at = r->p;
		int a = take_weekday(r), b;

		if (a < 0)
			return GG_SYNTAX(r, at, "A weekday is expected",
							 "Weekdays are Mo, Tu, We, Th, Fr, Sa, Su.");
		b = a;
		gg_skip_space(r);
		if (*r->p == '-')
		{
			r->p++;
			gg_skip_space(r);
			if ((b = take_weekday(r)) < 0)
				return GG_SYNTAX(r, r->p, "A weekday is expected",
								 "Weekdays are Mo, Tu, We, Th, Fr, Sa, Su.");
			gg_skip_space(r);
		}
		for (int i = a;; i = (i + 1) % 7)
		{
			if (*mask & (1 << i))
				return GG_SENSE(r, at, "A weekday is named twice", NULL);
			*mask |= 1 << i;
			if (i == b)
				break;
		}
		if (*r->p != ',')
			return true;
		r->p++;
		gg_skip_space(r);
	}
}

/* Take a label in double quotes (doubled inside), if there is one. */
bool
gg_take_label(GgReader *r, const char **label)
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
			return GG_SYNTAX(r, at, "The label has no closing quote", NULL);
		if ((unsigned char) *r->p < ' ' || *r->p == 0x7F)
			return GG_SYNTAX(r, r->p, "A label is one line of text", NULL);
		if (*r->p == '"' && *++r->p != '"')
			break;
		if (n == GG_MAX_LABEL)
			return GG_SENSE(r, at, "The label is longer than 96 bytes", NULL);
		buf[n++] = *r->p;
	}
	if (n > 0)
		*label = pnstrdup(buf, n);
	gg_skip_space(r);
	return true;
}

/* Take "24/7" if it stands here. */
bool
gg_take_always(GgReader *r, GgSpans *spans)
{
	if (strncmp(r->p, "24/7", 4) != 0 || gg_in_word(r->p[4]))
		return false;
	r->p += 4;
	spans->n = 1;
	spans->span = palloc(sizeof(GgSpan));
	spans->span[0].open = 0;
	spans->span[0].close = GG_DAY_MINUTES;
	return true;
}

/* Take what a rule says: "off", "on" (dates only), or spans. */
bool
gg_take_hours(GgReader *r, bool on_allowed, GgHours *hours, GgSpans *spans)
{
	const char *at = r->p;

	spans->n = 0;
	spans->span = NULL;
	if (gg_take_word(r, "off"))
		*hours = GG_HOURS_OFF;
	else if (gg_take_word(r, "on"))
	{
		*hours = GG_HOURS_ON;
		if (!on_allowed)
			return GG_SENSE(r, at, "\"on\" is for dates", "Give the weekdays their own hours.");
	}
	else if (*r->p >= '0' && *r->p <= '9')
	{
		*hours = GG_HOURS_SPANS;
		return take_spans(r, spans);
	}
	else
		return GG_SYNTAX(r, at,
						 on_allowed ? "\"off\", \"on\" or hours are expected"
									: "Hours or \"off\" are expected",
						 GG_RULE_HINT);
	return true;
}
