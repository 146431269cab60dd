/*
 * after.h: inside the event room: what the AFTER trigger's parts share.
 */
#ifndef GG_EVENT_AFTER_H
#define GG_EVENT_AFTER_H

#include "event/event.h"

typedef struct GgAfter
{
	int64 event;
	const GgPending *p;
	GgRow row;        /* as stored */
	const GgRow *old; /* before the step; NULL: a new event */
	int64 actor_id;
	bool has_old_due_day;
	Datum old_due_day;
	bool has_old_category;
	Datum old_category;
	bool had_tasks; /* may have tasks already */
} GgAfter;

/* tasks.c */
extern void gg_apply_tasks(GgAfter *a, const GgWorkflow *wf, const GgTransition *t);
extern void gg_tasks_follow(const GgAfter *a);
extern bool gg_tasks_reproject(int64 event, bool write);

/* import.c */
extern void gg_import_task(const GgAfter *a);

/* after.c: steps on the slaves of a master that entered a state where that matters; sweep() does it for stragglers. */
extern void gg_follow_master(int64 master, const char *state, bool forced, int64 new_master,
							 TimestampTz at, bool wait);

#endif /* GG_EVENT_AFTER_H */
