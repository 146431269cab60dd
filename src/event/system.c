/*
 * system.c: our own steps on an event: automatic steps, effects on slaves, repairs.
 *
 * Called by the AFTER trigger and by sweep(). A pass is set up for one event
 * and is used up by the guard's next call for it: no statement of anybody else
 * can ride on it.
 */
#include "event/event.h"
#include "event/guard.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

const GgActor gg_actor_system = {.kind = GG_ACTOR_SYSTEM, .text = "system"};
const GgActor gg_actor_owner = {.kind = GG_ACTOR_OWNER, .text = "owner"};

static struct
{
	bool set;
	bool quiet;
	int64 event;
	TimestampTz at;
	const GgActor *actor; /* NULL: the system */
	GgRole role;
} pass;

/* Is the guard's call for this event ours? Uses the pass up. quiet: no step, only the sweeper's own columns. */
bool
gg_system_pass(int64 event, TimestampTz *at, bool *quiet)
{
	if (!pass.set || pass.event != event)
		return false;
	pass.set = false;
	*at = pass.at;
	*quiet = pass.quiet;
	return true;
}

/* Who took the step whose pass was just used up, and as what. */
const GgActor *
gg_pass_actor(GgRole *role)
{
	*role = pass.actor != NULL ? pass.role : GG_ROLE_SYSTEM;
	return pass.actor != NULL ? pass.actor : &gg_actor_system;
}

/* A copy that no later step writes over. */
GgActor *
gg_actor_copy(const GgActor *actor)
{
	GgActor *copy = palloc(sizeof(GgActor));
	GgPost *post = palloc(sizeof(GgPost) * Max(actor->nposts, 1));
	GgProxy *proxy = palloc(sizeof(GgProxy) * Max(actor->nproxies, 1));

	*copy = *actor;
	copy->key = actor->key ? pstrdup(actor->key) : NULL;
	copy->text = pstrdup(actor->text);
	for (int i = 0; i < actor->nposts; i++)
	{
		post[i] = actor->post[i];
		post[i].area = pstrdup(post[i].area);
		post[i].unit = post[i].unit ? pstrdup(post[i].unit) : NULL;
	}
	for (int i = 0; i < actor->nproxies; i++)
	{
		proxy[i] = actor->proxy[i];
		proxy[i].area = pstrdup(proxy[i].area);
	}
	copy->post = post;
	copy->proxy = proxy;
	return copy;
}

/* Run the UPDATE under a pass, which does not outlive it. */
static void
run(GgPlan *plan, Datum *values, const char *nulls, int64 event, TimestampTz at, bool quiet,
	const GgActor *actor, GgRole role)
{
	pass.actor = actor;
	pass.role = role;
	pass.set = true;
	pass.quiet = quiet;
	pass.event = event;
	pass.at = at;
	PG_TRY();
	{
		gg_execute(plan, values, nulls, false, 0);
	}
	PG_FINALLY();
	{
		pass.set = false;
		pass.actor = NULL;
	}
	PG_END_TRY();
}

/* Take a step as the system, effective at `at`. Inside SPI_connect, as the owner of gov. */
void
gg_system_step(int64 event, const char *action, const char *note, const char *args, TimestampTz at)
{
	gg_person_step(event, action, note, args, at, NULL, GG_ROLE_SYSTEM);
}

/* The same in the name of a person (NULL: the system), whom the caller has found entitled. */
void
gg_person_step(int64 event, const char *action, const char *note, const char *args, TimestampTz at,
			   const GgActor *actor, GgRole role)
{
	static GgPlan plan = {"UPDATE gov.event SET action = $2, action_note = $3, action_args = $4"
						  " WHERE id OPERATOR(pg_catalog.=) $1",
						  4,
						  {INT8OID, TEXTOID, TEXTOID, JSONBOID}};
	Datum values[4];
	char nulls[5] = "    ";

	values[0] = Int64GetDatum(event);
	values[1] = CStringGetTextDatum(action);
	values[2] = note ? CStringGetTextDatum(note) : (Datum) 0;
	values[3] = args ? DirectFunctionCall1(jsonb_in, CStringGetDatum(args)) : (Datum) 0;
	if (note == NULL)
		nulls[2] = 'n';
	if (args == NULL)
		nulls[3] = 'n';
	run(&plan, values, nulls, event, at, false, actor, role);
}

/* Plan the event's next alert after this moment or forget its next automatic step; no step, nothing in the journal. */
void
gg_system_plan_alert(int64 event, TimestampTz after, bool forget_auto)
{
	static GgPlan alert_plan = {
		"UPDATE gov.event SET next_alert_at = NULL WHERE id OPERATOR(pg_catalog.=) $1",
		1,
		{INT8OID}};
	static GgPlan auto_plan = {
		"UPDATE gov.event SET next_auto_at = NULL WHERE id OPERATOR(pg_catalog.=) $1",
		1,
		{INT8OID}};
	GgPlan *const which = forget_auto ? &auto_plan : &alert_plan;
	Datum value = Int64GetDatum(event);

	run(which, &value, NULL, event, after, true, NULL, GG_ROLE_SYSTEM);
}
