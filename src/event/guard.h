/*
 * guard.h: inside the event room: what guard.c shares with fill.c, act.c and own.c, own.c with faults.c, and system.c with those who act for a person.
 */
#ifndef GG_EVENT_GUARD_H
#define GG_EVENT_GUARD_H

#include "event/event.h"

/* The step's time: now, or args.at where the actor may give it. row NULL: a new event. */
extern void gg_step_time(GgStep *step, const GgRow *row);

/* A new event: may the writer say this of it? Then what he left out is filled in. */
extern void gg_refuse_unfit_new(const GgRow *row);
extern void gg_fill_place(GgRow *row, const GgActor *actor, TimestampTz at);
extern void gg_fill_category(GgRow *row);

/* A step that is no transition but must stand in the journal: reproject, repoint, redact, reseal. false: not one of them. */
extern bool gg_own_step(GgStep *step, GgRow *row, const char *action);
/* Their names, and import's: none of them is an action of an event's workflow. */
extern bool gg_reserved_action(const char *action);

/* system.c: what gg_actor_now() found, to keep while other steps are taken, which may be in another's name. */
extern GgActor *gg_actor_copy(const GgActor *actor);

#endif /* GG_EVENT_GUARD_H */
