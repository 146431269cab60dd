/*
 * calendar.h: inside the clock room: a calendar's rules, read from and written to text and datum.
 */
#ifndef GG_CALENDAR_H
#define GG_CALENDAR_H

#include "clock/clock.h"

#include "utils/datetime.h"

#define GG_MAX_RULES 4000   /* rules in the text */
#define GG_MAX_SEASONS 200  /* of which seasons, after merging */
#define GG_MAX_SPANS 24     /* spans a day */
#define GG_MAX_LABEL 96     /* bytes in a label */
#define GG_MAX_TEXT 1000000 /* bytes of text */
#define GG_DAY_MINUTES 1440
#define GG_DIGEST 16
/* Days of years 1 and 9999, the bounds of calendar arithmetic. */
#define GG_FIRST_DAY (date2j(1, 1, 1) - POSTGRES_EPOCH_JDATE)
#define GG_LAST_DAY (date2j(9999, 12, 31) - POSTGRES_EPOCH_JDATE)

/* Open from minute to minute of the day; a close above 1440 is on the next day. */
typedef struct GgSpan
{
	int16 open;
	int16 close;
} GgSpan;

/* Sorted, disjoint, not touching. n = 0: closed. */
typedef struct GgSpans
{
	int n;
	GgSpan *span;
} GgSpans;

typedef enum GgHours
{
	GG_HOURS_OFF,  /* closed */
	GG_HOURS_ON,   /* the hours of an ordinary working day of the season */
	GG_HOURS_SPANS /* its own */
} GgHours;

/* A season (weekdays != 0) or dates (weekdays = 0). */
typedef struct GgRule
{
	DateADT from;
	DateADT to;
	uint8 weekdays; /* bit 0 = Monday */
	GgHours hours;
	GgSpans spans;
	const char *label; /* or NULL */
	int at;            /* where it stood in the text */
} GgRule;

/* A calendar in canonical form. */
typedef struct GgRules
{
	const char *zone;
	GgSpans week[7];
	int nseasons;
	GgRule *seasons; /* by from, to, first weekday; disjoint for each weekday */
	int ndates;
	GgRule *dates;   /* by date, disjoint */
	int day_minutes; /* 0: not said */
	bool has_valid;
	DateADT valid_from;
	DateADT valid_to;
} GgRules;

/* What holds on one day. */
typedef struct GgDayRule
{
	const GgSpans *spans;
	const GgRule *rule; /* the season or date that says so, NULL: the week */
} GgDayRule;

/* Monday = 0. */
static inline int
gg_weekday(DateADT day)
{
	int r = (int) ((day + 5) % 7); /* day 0, 2000-01-01, is a Saturday */

	return r < 0 ? r + 7 : r;
}

/* calendar_in.c: text to rules; false only after a soft error. */
extern bool gg_rules_parse(const char *text, GgRules *rules, struct Node *escontext);
/* calendar_canon.c: sort, merge, find conflicts. On failure false, with the rule at fault and a sentence. */
typedef struct GgComplaint
{
	int at;
	const char *what;
	const char *hint;
} GgComplaint;
extern bool gg_rules_canonical(GgRules *rules, GgComplaint *complaint);
extern bool gg_spans_canonical(GgSpans *spans);
extern bool gg_spans_equal(const GgSpans *a, const GgSpans *b);
/* calendar_canon.c: which hours hold on a day; what rd counts as a day (0: nothing is open). */
extern GgDayRule gg_rules_day(const GgRules *rules, DateADT day);
extern int gg_rules_day_minutes(const GgRules *rules);
/* calendar_out.c: rules to text. */
extern char *gg_rules_text(const GgRules *rules);
/* calendar_code.c: rules to datum and back; the digest of a datum. */
extern struct varlena *gg_rules_pack(const GgRules *rules);
extern void gg_rules_unpack(struct varlena *hours, GgRules *rules);

/* The digest at the head of a datum (any kind of header, not compressed). */
static inline const char *
gg_digest_of(struct varlena *hours)
{
	return VARDATA_ANY(hours);
}

#endif /* GG_CALENDAR_H */
