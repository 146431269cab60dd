/*
 * clock.h: when is it due, how much working time has passed, and why.
 *
 * The C interface of the clock room for the event room. Everything here is pure:
 * no table is read, no current time is taken; a limit and a calendar are values.
 */
#ifndef GG_CLOCK_H
#define GG_CLOCK_H

#include "base/compat.h"
#include "base/errors.h"

#include "datatype/timestamp.h"
#include "utils/date.h"

struct Node;

/* What a limit counts. The order is the sort order of the type: never change it. */
typedef enum GgLimitKind
{
	GG_LIMIT_M,  /* natural minutes */
	GG_LIMIT_H,  /* natural hours */
	GG_LIMIT_D,  /* natural days by law: start day not counted, 24:00 of the last, past rest days */
	GG_LIMIT_PD, /* plain days of 24 hours */
	GG_LIMIT_WH, /* open hours */
	GG_LIMIT_WM, /* open minutes */
	GG_LIMIT_WD, /* close of business of the Nth working day after the start day */
	GG_LIMIT_RD  /* nominal days of open time */
} GgLimitKind;

#define GG_LIMIT_KINDS 8

/* time_limit unpacked. The type is 8 bytes by value: the kind above the amount, so that it sorts as int8. */
typedef struct GgLimit
{
	GgLimitKind kind;
	int32 amount; /* >= 0 */
} GgLimit;

/* Unpack and pack the by-value type. */
static inline GgLimit
gg_limit_of(Datum d)
{
	GgLimit limit;

	limit.kind = (GgLimitKind) ((uint64) DatumGetInt64(d) >> 32);
	limit.amount = (int32) DatumGetInt64(d);
	return limit;
}

static inline Datum
gg_limit_datum(GgLimit limit)
{
	return Int64GetDatum(((int64) limit.kind << 32) | (uint32) limit.amount);
}

/* The built form of a work_calendar: opaque outside the room. */
typedef struct GgCalendar GgCalendar;

/* limit.c: read a limit's text form (22P02, 22003), false only after a soft error; write the short form (palloc). */
extern bool gg_limit_parse(const char *text, GgLimit *result, struct Node *escontext);
extern char *gg_limit_text(GgLimit limit);

/*
 * cache.c: the built form, from a cache of this backend keyed by the digest in
 * the datum. It stays until 31 other calendars have been asked for.
 */
extern const GgCalendar *gg_calendar(struct varlena *hours);

/*
 * due.c. In all of them, time past the calendar's `valid` raises WG007 when
 * provisional is NULL; otherwise the weekly hours are used there and *provisional
 * is set to true (it is never set to false: the caller starts it).
 */

/* Native units of a limit: microseconds (m h pd wh wm rd) or days (d wd). c may be NULL for m, h, pd, wh, wm, d, wd. */
extern int64 gg_limit_units(GgLimit limit, const GgCalendar *c);

/* The deadline. d is moved past rest days, once. */
extern TimestampTz gg_due(TimestampTz start, GgLimitKind kind, int64 units, const GgCalendar *c,
						  bool *provisional);

/* What a pause adds: natural microseconds (m h pd), open ones (wh wm rd), closing times (wd) or midnights (d) in (since, until]. */
extern int64 gg_pause_units(TimestampTz since, TimestampTz until, GgLimitKind kind,
							const GgCalendar *c, bool *provisional);

/* Open microseconds between two instants; 0 when until is not after since. */
extern int64 gg_open_time(TimestampTz since, TimestampTz until, const GgCalendar *c,
						  bool *provisional);

/* Is this moment open? The opening moment is, the closing moment is not. */
extern bool gg_open_at(TimestampTz at, const GgCalendar *c, bool *provisional);

/* The last day of a deadline in the calendar's zone: 24:00 belongs to the day that it ends. */
extern DateADT gg_due_day(TimestampTz due, const GgCalendar *c);

#endif /* GG_CLOCK_H */
