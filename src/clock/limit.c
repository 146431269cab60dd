/*
 * limit.c: the text forms of a time limit.
 *
 * Called by the type's functions (limit_type.c) and by the event room. Pure.
 * Units that people write but that mean two things (4 hours of clock or of work?)
 * are refused here unless the caller gives a profile for imports.
 */
#include "clock/clock.h"
#include "clock/limit.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"

/* One way to write a unit. Ambiguous ones have a kind for each profile only. */
typedef struct Unit
{
	const char *text;
	GgLimitKind kind;
	bool ambiguous;
	GgLimitKind by_profile[GG_PROFILES]; /* city, hotline, law */
} Unit;

#define PLAIN(text, kind)                                                                          \
	{                                                                                              \
		text, kind, false,                                                                         \
		{                                                                                          \
			kind, kind, kind                                                                       \
		}                                                                                          \
	}
#define EITHER(text, city, hotline, law)                                                           \
	{                                                                                              \
		text, city, true,                                                                          \
		{                                                                                          \
			city, hotline, law                                                                     \
		}                                                                                          \
	}

/* First the short form and the Chinese form of each kind in the order of GgLimitKind, then the others. */
static const Unit units[] = {
	PLAIN("m", GG_LIMIT_M),
	PLAIN("分钟", GG_LIMIT_M),
	PLAIN("h", GG_LIMIT_H),
	PLAIN("自然小时", GG_LIMIT_H),
	PLAIN("d", GG_LIMIT_D),
	PLAIN("自然日", GG_LIMIT_D),
	PLAIN("pd", GG_LIMIT_PD),
	PLAIN("紧急工作日", GG_LIMIT_PD),
	PLAIN("wh", GG_LIMIT_WH),
	PLAIN("工作时", GG_LIMIT_WH),
	PLAIN("wm", GG_LIMIT_WM),
	PLAIN("工作分钟", GG_LIMIT_WM),
	PLAIN("wd", GG_LIMIT_WD),
	PLAIN("工作日", GG_LIMIT_WD),
	PLAIN("rd", GG_LIMIT_RD),
	PLAIN("滚动工作日", GG_LIMIT_RD),
	PLAIN("分", GG_LIMIT_M),
	PLAIN("自然分钟", GG_LIMIT_M),
	PLAIN("紧急工作时", GG_LIMIT_H),
	PLAIN("紧急工作小时", GG_LIMIT_H),
	PLAIN("紧急小时", GG_LIMIT_H),
	PLAIN("自然天", GG_LIMIT_D),
	PLAIN("工作小时", GG_LIMIT_WH),
	EITHER("小时", GG_LIMIT_WH, GG_LIMIT_WH, GG_LIMIT_H),
	EITHER("时", GG_LIMIT_WH, GG_LIMIT_WH, GG_LIMIT_H),
	EITHER("天", GG_LIMIT_RD, GG_LIMIT_WD, GG_LIMIT_D),
	EITHER("日", GG_LIMIT_RD, GG_LIMIT_WD, GG_LIMIT_D),
};

static const char *const profile_names[GG_PROFILES][2] = {
	{"city", "城管"}, {"hotline", "热线"}, {"law", "法定"}};

/* The profile of this name, -1 for an unknown one. */
int
gg_limit_profile(const char *name)
{
	for (int i = 0; i < GG_PROFILES; i++)
		if (strcmp(name, profile_names[i][0]) == 0 || strcmp(name, profile_names[i][1]) == 0)
			return i;
	return -1;
}

/* Step over spaces, the ideographic one included. */
static const char *
skip_space(const char *p)
{
	for (;;)
	{
		if (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')
			p++;
		else if (strncmp(p, "　", 3) == 0)
			p += 3;
		else
			return p;
	}
}

/* Read one decimal digit, ASCII or full-width; -1 when there is none. */
static int
digit(const char **p)
{
	const unsigned char *s = (const unsigned char *) *p;

	if (s[0] >= '0' && s[0] <= '9')
	{
		*p += 1;
		return s[0] - '0';
	}
	if (s[0] == 0xEF && s[1] == 0xBC && s[2] >= 0x90 && s[2] <= 0x99)
	{
		*p += 3;
		return s[2] - 0x90;
	}
	return -1;
}

/* Read one Chinese digit; -1 when there is none. */
static int
chinese_digit(const char **p)
{
	static const char *const numerals[] = {"零", "一", "二", "三", "四", "五",
										   "六", "七", "八", "九", "两"};

	for (int i = 0; i < (int) lengthof(numerals); i++)
		if (strncmp(*p, numerals[i], 3) == 0)
		{
			*p += 3;
			return i == 10 ? 2 : i;
		}
	return -1;
}

/* Step over this character, if it is there. */
static bool
take(const char **p, const char *character)
{
	if (strncmp(*p, character, 3) != 0)
		return false;
	*p += 3;
	return true;
}

/*
 * Read a Chinese number below a thousand (imports only); -1 when there is none. Anything
 * but a number written in full is -2: 三五 and 十七八 are guesses, 一百二 is 120 to some.
 */
static int64
chinese_number(const char **p)
{
	int first = chinese_digit(p), hundreds = 0, tens = 0, ones = -1;

	if (take(p, "百"))
	{
		hundreds = first < 0 ? 1 : first;
		if (hundreds == 0)
			return -2;
		if (take(p, "零"))
		{
			ones = chinese_digit(p);
			if (first < 0 || ones <= 0)
				return -2;
		}
		else if (first >= 0)
		{
			tens = chinese_digit(p);
			if (take(p, "十"))
			{
				if (tens == 0)
					return -2;
				tens = tens < 0 ? 1 : tens;
				ones = chinese_digit(p);
			}
			else if (tens >= 0)
				return -2;
			else
				tens = 0;
		}
	}
	else if (take(p, "十"))
	{
		tens = first < 0 ? 1 : first;
		ones = chinese_digit(p);
		if (tens == 0)
			return -2;
	}
	else if (first < 0)
		return -1;
	else
		ones = first;
	/* Nothing may follow, nor a zero stand where none is said. */
	if ((ones == 0 && (hundreds > 0 || tens > 0)) || chinese_digit(p) >= 0 || take(p, "十") ||
		take(p, "百"))
		return -2;
	return hundreds * 100 + tens * 10 + Max(ones, 0);
}

/*
 * Read a limit. profile < 0: only forms that mean one thing. On failure false, and
 * result->problem says why in a sentence, hint what would be right, code the SQLSTATE.
 */
bool
gg_limit_read(const char *text, int profile, GgLimitReading *result)
{
	const char *p = skip_space(text);
	const char *end;
	int64 amount = 0;
	int d, ndigits = 0, len;

	memset(result, 0, sizeof(*result));
	result->code = ERRCODE_INVALID_TEXT_REPRESENTATION;
	result->hint =
		"Write a number and a unit, such as 30m, 24h, 15d, 2pd, 4wh, 30wm, 5wd, 5rd or 30分钟, 24自然小时, 15自然日, 2紧急工作日, 4工作时, 30工作分钟, 5工作日.";
	while ((d = digit(&p)) >= 0)
	{
		ndigits++;
		if (amount <= PG_INT32_MAX)
			amount = amount * 10 + d;
	}
	if (ndigits == 0 && profile >= 0)
	{
		amount = chinese_number(&p);
		if (amount == -2)
		{
			result->problem = "It does not begin with one exact number.";
			return false;
		}
		ndigits = amount >= 0;
	}
	if (ndigits == 0)
	{
		result->problem = *p == '\0' ? "It is empty." : "It does not begin with a whole number.";
		return false;
	}
	p = skip_space(p);
	if (strncmp(p, "个", 3) == 0)
		p = skip_space(p + 3);
	end = p + strlen(p);
	while (end > p && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\n' || end[-1] == '\r'))
		end--;
	while (end >= p + 3 && strncmp(end - 3, "　", 3) == 0)
		end -= 3;
	len = (int) (end - p);
	if (len == 0)
	{
		result->problem = "The unit is missing.";
		return false;
	}
	for (int i = 0; i < (int) lengthof(units); i++)
	{
		const Unit *u = &units[i];

		if ((int) strlen(u->text) != len || pg_strncasecmp(u->text, p, len) != 0)
			continue;
		if (u->ambiguous && profile < 0)
		{
			result->problem = "The unit means two things.";
			result->hint =
				u->by_profile[2] == GG_LIMIT_H
					? "Write 工作时 (wh, office hours only) or 自然小时 (h, around the clock); parse_limit(text, profile) reads it for imports."
					: "Write 工作日 (wd), 自然日 (d), 紧急工作日 (pd, 24 hours each) or rd (days of office hours); parse_limit(text, profile) reads it for imports.";
			return false;
		}
		if (amount > PG_INT32_MAX)
		{
			result->code = ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
			result->problem = "The number is too large.";
			result->hint = NULL;
			return false;
		}
		result->limit.kind = profile >= 0 ? u->by_profile[profile] : u->kind;
		result->limit.amount = (int32) amount;
		return true;
	}
	result->problem = "The unit is not known.";
	return false;
}

/* Read a limit's text form; false only after a soft error. */
bool
gg_limit_parse(const char *text, GgLimit *result, struct Node *escontext)
{
	GgLimitReading reading;

	if (!gg_limit_read(text, -1, &reading))
		ereturn(escontext, false,
				(errcode(reading.code),
				 errmsg("invalid input syntax for type %s: \"%s\"", "time_limit", text),
				 errdetail("%s", reading.problem), reading.hint ? errhint("%s", reading.hint) : 0));
	*result = reading.limit;
	return true;
}

/* The short form, palloc'd. */
char *
gg_limit_text(GgLimit limit)
{
	Assert(limit.kind < GG_LIMIT_KINDS);
	return psprintf("%d%s", limit.amount, units[2 * limit.kind].text);
}

/* The Chinese form, palloc'd; the type reads it back as the same limit. */
char *
gg_limit_text_zh(GgLimit limit)
{
	Assert(limit.kind < GG_LIMIT_KINDS);
	return psprintf("%d%s", limit.amount, units[2 * limit.kind + 1].text);
}
