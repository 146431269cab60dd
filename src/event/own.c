/*
 * own.c: steps that are no transition but must stand in the journal.
 *
 * Called by the guard for our own statements only (system.c). They leave the
 * state as it is: reproject (a calendar changed), repoint (a master was merged
 * into another), reassign_person (a worker left), redact and reseal (named by
 * their functions). The step's role came with the pass.
 */
#include "event/event.h"
#include "event/guard.h"

/* Does a step of this name say what we did, so that no workflow may have one? */
bool
gg_reserved_action(const char *action)
{
	static const char *const reserved[] = {"reproject", "repoint", "reassign_person",
										   "redact",    "reseal",  "import"};

	for (int i = 0; i < lengthof(reserved); i++)
		if (strcmp(action, reserved[i]) == 0)
			return true;
	return false;
}

/* Carry the step out. false: the action is not one of ours. */
bool
gg_own_step(GgStep *step, GgRow *row, const char *action)
{
	int64 master;
	int64 left;
	int64 person;

	step->to = step->from;
	if (action == NULL)
		return false;
	if (strcmp(action, "reproject") == 0)
		gg_project(row);
	else if (strcmp(action, "repoint") == 0)
	{
		if (gg_arg_int8(step->args, "master_id", &master))
			gg_set(row, EV_MASTER_ID, Int64GetDatum(master));
	}
	else if (strcmp(action, "reassign_person") == 0)
	{
		if (gg_arg_int8(step->args, "from", &left) && gg_arg_int8(step->args, "to", &person) &&
			gg_has(row, EV_PERSON) && gg_int8(row, EV_PERSON) == left)
			gg_set(row, EV_PERSON, Int64GetDatum(person));
	}
	else if (strcmp(action, "redact") != 0 && strcmp(action, "reseal") != 0)
		return false;
	return true;
}
