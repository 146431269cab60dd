/*
 * reader.h: inside the clock room: taking the pieces of a calendar's text.
 *
 * Each take_ function leaves the reader behind what it took; where it returns false it
 * has complained softly, or (where its comment says "if") found something else there.
 */
#ifndef GG_CLOCK_READER_H
#define GG_CLOCK_READER_H

#include "clock/calendar.h"

/* The state of one reading. */
typedef struct GgReader
{
	const char *text;
	const char *p;
	struct Node *escontext;
	GgRules *rules;
	bool has_day;
	int nrules;
	int maxseasons; /* allocated */
	int maxdates;
} GgReader;

#define GG_SYNTAX(r, at, what, hint)                                                               \
	gg_complain(r, at, ERRCODE_INVALID_TEXT_REPRESENTATION, what, hint)
#define GG_SENSE(r, at, what, hint) gg_complain(r, at, ERRCODE_INVALID_PARAMETER_VALUE, what, hint)

#define GG_RULE_HINT                                                                               \
	"Rules look like: Mo-Fr 08:00-12:00,14:00-18:00 | 24/7 | 2026-06-01/2026-09-30 Mo-Fr 08:00-12:00,15:00-18:00 | 2026-10-01/2026-10-07 off \"国庆节\" | 2026-10-10 on \"国庆节调休\" | day 8h | valid 2018-01-01/2026-12-31"

extern bool gg_complain(GgReader *r, const char *at, int code, const char *what, const char *hint);
extern void gg_skip_space(GgReader *r);
extern bool gg_in_word(char c);
extern bool gg_take_word(GgReader *r, const char *word);
extern bool gg_at_date(const GgReader *r);
extern bool gg_take_dates(GgReader *r, DateADT *from, DateADT *to);
extern bool gg_take_weekdays(GgReader *r, uint8 *mask);
extern bool gg_take_label(GgReader *r, const char **label);
extern bool gg_take_always(GgReader *r, GgSpans *spans);
extern bool gg_take_hours(GgReader *r, bool on_allowed, GgHours *hours, GgSpans *spans);

#endif /* GG_CLOCK_READER_H */
