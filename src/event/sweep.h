/*
 * sweep.h: inside the event room: what the sweep's parts share.
 */
#ifndef GG_EVENT_SWEEP_H
#define GG_EVENT_SWEEP_H

#include "event/event.h"

#define GG_SWEEP_BATCH 500
/* A sweep holds what it touched until it commits: more than this waits for the next one. */
#define GG_MAX_SWEPT 5000

/* One found event: what is worked out about it may fail for it alone. */
typedef struct GgFound
{
	HeapTuple tuple;
	TupleDesc desc;
	TimestampTz now;
	GgRow row;
	const char *action; /* due; NULL: none */
	char *args;
	bool differs;     /* a deadline, when derived anew */
	bool moves_alert; /* only what is planned by it */
	bool moves_auto;
	TimestampTz after;
	bool plan_auto;
	bool said; /* no warnings: they were given in this sweep */
} GgFound;

/* A step that was tried: refused by a rule, or not possible for now, which nobody decided. */
typedef enum GgTried
{
	GG_TAKEN,
	GG_REFUSED,
	GG_NOT_POSSIBLE
} GgTried;

/* sweep.c: each says by a warning what failed for this event. */
extern void gg_load_found(GgFound *f);
extern bool gg_work_out(void (*body)(void *arg), GgFound *f, const char *what);
extern GgTried gg_try_step(const GgFound *f, const char *action, const char *note, const char *args,
						   TimestampTz at);
extern bool gg_try_plan(GgFound *f, TimestampTz after, bool automatic);

/* reproject.c */
extern void gg_sweep_reprojections(TimestampTz now);

#endif /* GG_EVENT_SWEEP_H */
