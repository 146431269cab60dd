/*
 * handover.c: a worker leaves: who has his open tasks now?
 *
 * Called by hand_over_tasks(). Each event is one step in its journal, in the
 * name of the one who hands over; the state, the clocks and the deadlines stay
 * as they are. Either all is handed over or nothing.
 */
#include "event/event.h"
#include "event/guard.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"

/* Does the caller act as the owner of gov or a superuser? Not where grid_gov.actor names somebody else. */
static bool
acts_as_owner(void)
{
	GgIdentity self;
	Oid caller = GetUserId();
	Oid owner;

	gg_become_owner(gg_gov_table("event", false), &self);
	owner = GetUserId();
	gg_become_self(&self);
	return (caller == owner || superuser_arg(caller)) &&
		   (gg_actor_setting == NULL || gg_actor_setting[0] == '\0');
}

/* The actor's post that lets him hand over what lies in this area; NULL: none. */
static const GgPost *
entitling_post(const GgActor *actor, const char *area, TimestampTz at)
{
	for (int i = 0; i < actor->nposts; i++)
	{
		const GgPost *p = &actor->post[i];

		if ((p->role == GG_ROLE_CENTRE_HEAD || p->role == GG_ROLE_GRID_LEADER ||
			 p->role == GG_ROLE_DISPATCHER) &&
			p->from <= at && at < p->to && strncmp(area, p->area, strlen(p->area)) == 0)
			return p;
	}
	return NULL;
}

/* The one who leaves must be known; he may have left already. */
static void
check_leaver(int64 person)
{
	static GgPlan plan = {
		"SELECT true FROM gov.staff s WHERE s.id OPERATOR(pg_catalog.=) $1", 1, {INT8OID}};
	Datum v = Int64GetDatum(person);

	gg_execute(&plan, &v, NULL, false, 1);
	if (SPI_processed == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("person %lld has no tasks to hand over", (long long) person),
						errdetail("There is no such person in gov.staff.")));
}

/* The one who takes over must be there, active and in some post whose steps close tasks. */
static void
check_successor(int64 person, TimestampTz at)
{
	static GgPlan plan = {
		"SELECT p.role OPERATOR(pg_catalog.=) ANY (ARRAY['grid_worker', 'grid_leader', 'handler', 'unit_head', 'acceptor',"
		"  'dispatcher', 'caller', 'centre_head', 'supervisor'])"
		" FROM gov.staff s JOIN gov.post p ON p.staff_id OPERATOR(pg_catalog.=) s.id"
		"  AND p.valid_from OPERATOR(pg_catalog.<=) $2 AND p.valid_to OPERATOR(pg_catalog.>) $2"
		" WHERE s.id OPERATOR(pg_catalog.=) $1 AND s.active ORDER BY 1 DESC LIMIT 1",
		2,
		{INT8OID, TIMESTAMPTZOID}};
	Datum v[2] = {Int64GetDatum(person), TimestampTzGetDatum(at)};
	bool null;

	gg_execute(&plan, v, NULL, false, 1);
	if (SPI_processed == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("person %lld cannot take tasks over", (long long) person),
						errdetail("There is no such active person in gov.staff with a post now.")));
	if (!DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null)))
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("person %lld cannot take tasks over", (long long) person),
			 errdetail("None of the posts that the person holds now takes steps."),
			 errhint(
				 "It takes a post as grid_worker, grid_leader, handler, unit_head, acceptor, dispatcher, caller, centre_head or supervisor.")));
}

/* The person's open tasks on one event become the other's; returns how many. */
static int
move_tasks(int64 event, int64 from, int64 to)
{
	static GgPlan plan = {
		"UPDATE gov.event_task SET person = $3 WHERE event_id OPERATOR(pg_catalog.=) $1"
		" AND person OPERATOR(pg_catalog.=) $2 AND done_at IS NULL",
		3,
		{INT8OID, INT8OID, INT8OID}};
	Datum v[3] = {Int64GetDatum(event), Int64GetDatum(from), Int64GetDatum(to)};

	gg_execute(&plan, v, NULL, false, 0);
	return (int) SPI_processed;
}

GG_FUNCTION(gg_hand_over_tasks);

/*
 * hand_over_tasks(from_staff, to_staff, note) -> tasks handed over. All open tasks of
 * the one become the other's, and so does the handling of open events that
 * name him; on each event a step "reassign_person". For a centre head, grid leader or
 * dispatcher whose area contains all of it, or the owner of gov. WG002: not
 * entitled; WG003: no note; 22023: the same person, nobody who leaves, or nobody who could take over.
 */
Datum
gg_hand_over_tasks(PG_FUNCTION_ARGS)
{
	/* locked masters first, as a step on a master locks its slaves, then in order of id */
	static GgPlan plan = {
		"SELECT e.id, e.area FROM gov.event e WHERE e.id OPERATOR(pg_catalog.=) ANY (ARRAY("
		" SELECT t.event_id FROM gov.event_task t WHERE t.person OPERATOR(pg_catalog.=) $1 AND t.done_at IS NULL"
		" UNION SELECT o.id FROM gov.event o JOIN gov.workflow_state s ON s.workflow OPERATOR(pg_catalog.=) o.workflow"
		"  AND s.state OPERATOR(pg_catalog.=) o.state AND s.open WHERE o.person OPERATOR(pg_catalog.=) $1))"
		" ORDER BY e.master_id IS NOT NULL, e.id FOR NO KEY UPDATE",
		1,
		{INT8OID}};
	int64 from = PG_GETARG_INT64(0);
	int64 to = PG_GETARG_INT64(1);
	char *note = text_to_cstring(PG_GETARG_TEXT_PP(2));
	Datum v = PG_GETARG_DATUM(0);
	TimestampTz now = GetCurrentTimestamp();
	const GgActor *actor;
	SPITupleTable *found;
	uint64 n;
	int moved = 0;
	GgIdentity self;

	if (note[strspn(note, " \t\r\n")] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_GG_NOTE_OR_ARG_MISSING), errmsg("handing over tasks needs a note"),
				 errhint("Say why: leave, transfer, illness.")));
	if (from == to)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("person %lld already has these tasks", (long long) to)));
	/* a city's trigger on the first event may act as somebody else: the rest is still this person's */
	actor = acts_as_owner() ? &gg_actor_owner : gg_actor_copy(gg_actor_now());
	gg_become_owner(gg_gov_table("event", false), &self);
	SPI_connect();
	check_leaver(from);
	check_successor(to, now);
	gg_execute(&plan, &v, NULL, false, 0);
	found = SPI_tuptable;
	n = SPI_processed;
	for (uint64 i = 0; i < n; i++)
	{
		bool null;
		int64 event = DatumGetInt64(SPI_getbinval(found->vals[i], found->tupdesc, 1, &null));
		char *area = gg_required(found->vals[i], found->tupdesc, 2);
		const GgPost *post = NULL;

		CHECK_FOR_INTERRUPTS();
		if (actor->kind != GG_ACTOR_OWNER && (post = entitling_post(actor, area, now)) == NULL)
			ereport(
				ERROR,
				(errcode(ERRCODE_GG_NOT_ENTITLED),
				 errmsg("%s may not hand over the tasks of person %lld", actor->text,
						(long long) from),
				 errdetail("Event %lld lies in area %s.", (long long) event, area),
				 errhint(
					 "It is for a centre head, grid leader or dispatcher whose area contains all of the person's tasks.")));
		gg_person_step(event, "reassign_person", note,
					   psprintf("{\"from\": %lld, \"to\": %lld}", (long long) from, (long long) to),
					   now, actor, post ? post->role : GG_ROLE_OWNER);
		moved += move_tasks(event, from, to);
	}
	if (n == 0 && actor->kind == GG_ACTOR_CITIZEN)
		ereport(ERROR, (errcode(ERRCODE_GG_NOT_ENTITLED),
						errmsg("%s may not hand over tasks", actor->text)));
	SPI_finish();
	gg_become_self(&self);
	PG_RETURN_INT32(moved);
}
