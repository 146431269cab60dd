/*
 * ask.c: answers to what legality asks of the world: tasks, requests, the master, people.
 *
 * Called through gg_ask_world by the guard and by allowed_actions(), inside
 * SPI_connect() and as the owner of gov. Every answer uses the latest snapshot,
 * taken after the row lock. Writes nothing.
 */
#include "event/event.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"

/* The first column of the only row, and whether there is one that is not NULL. */
static bool
one(GgPlan *plan, Datum *values, Datum *result)
{
	bool null;

	gg_execute(plan, values, NULL, false, 1);
	if (SPI_processed == 0)
		return false;
	*result = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null);
	return !null;
}

/* Is the answer a row that says true? */
static bool
truth(GgPlan *plan, Datum *values)
{
	Datum d;

	return one(plan, values, &d) && DatumGetBool(d);
}

/* Is one of the event's open tasks of this kind this person's, or, where nobody is named, this unit's (NULL: none)? */
static bool
own_task(int64 event, const char *kind, int64 person, const char *unit)
{
	static GgPlan plan = {
		"SELECT true FROM gov.event_task t WHERE t.event_id OPERATOR(pg_catalog.=) $1"
		" AND t.kind OPERATOR(pg_catalog.=) $2 AND t.done_at IS NULL"
		" AND (t.person OPERATOR(pg_catalog.=) $3 OR (t.person IS NULL AND t.unit OPERATOR(pg_catalog.=) $4)) LIMIT 1",
		4,
		{INT8OID, TEXTOID, INT8OID, TEXTOID}};
	Datum values[4] = {Int64GetDatum(event), CStringGetTextDatum(kind), Int64GetDatum(person),
					   unit ? CStringGetTextDatum(unit) : (Datum) 0};

	gg_execute(&plan, values, unit ? NULL : "   n", false, 1);
	return SPI_processed == 1;
}

/* Has this person, or his unit, an open co_handle task? */
static bool
co_unit(int64 event, int64 person, const char *unit)
{
	return own_task(event, "co_handle", person, unit);
}

/* Is the citizen the one who reported? */
static bool
is_reporter(int64 event, const GgActor *actor)
{
	static GgPlan plan = {"SELECT p.reporter_key OPERATOR(pg_catalog.=) $2 FROM gov.event_private p"
						  " WHERE p.event_id OPERATOR(pg_catalog.=) $1",
						  2,
						  {INT8OID, TEXTOID}};
	Datum values[2] = {Int64GetDatum(event), CStringGetTextDatum(actor->key)};

	return truth(&plan, values);
}

/* Does a breach of handling stand on the event's tasks? */
static bool
breached(int64 event)
{
	static GgPlan plan = {
		"SELECT true FROM gov.event_task t WHERE t.event_id OPERATOR(pg_catalog.=) $1"
		" AND t.kind OPERATOR(pg_catalog.=) 'handle' AND t.breach",
		1,
		{INT8OID}};
	Datum value = Int64GetDatum(event);

	return truth(&plan, &value);
}

/* How often did this action happen on the event? */
static int
happened(int64 event, const char *action)
{
	static GgPlan plan = {
		"SELECT pg_catalog.count(*) FROM gov.event_log l WHERE l.event_id OPERATOR(pg_catalog.=) $1"
		" AND l.action OPERATOR(pg_catalog.=) $2",
		2,
		{INT8OID, TEXTOID}};
	Datum values[2] = {Int64GetDatum(event), CStringGetTextDatum(action)};
	Datum n;

	return one(&plan, values, &n) ? (int) DatumGetInt64(n) : 0;
}

/* How many requests of this kind were ever made? */
static int
requests_made(int64 event, const char *kind)
{
	static GgPlan plan = {
		"SELECT pg_catalog.count(*) FROM gov.request r WHERE r.event_id OPERATOR(pg_catalog.=) $1"
		" AND r.kind OPERATOR(pg_catalog.=) $2",
		2,
		{INT8OID, TEXTOID}};
	Datum values[2] = {Int64GetDatum(event), CStringGetTextDatum(kind)};
	Datum n;

	return one(&plan, values, &n) ? (int) DatumGetInt64(n) : 0;
}

/* The undecided request of this kind. */
static void
request(int64 event, const char *kind, GgRequestFacts *facts)
{
	static GgPlan plan = {
		"SELECT r.made_by, r.endorsed_at IS NOT NULL, r.until FROM gov.request r"
		" WHERE r.event_id OPERATOR(pg_catalog.=) $1 AND r.kind OPERATOR(pg_catalog.=) $2 AND r.decided_at IS NULL",
		2,
		{INT8OID, TEXTOID}};
	Datum values[2] = {Int64GetDatum(event), CStringGetTextDatum(kind)};
	bool null;

	memset(facts, 0, sizeof(GgRequestFacts));
	gg_execute(&plan, values, NULL, false, 1);
	if (SPI_processed == 0)
		return;
	facts->undecided = true;
	facts->made_by = gg_required(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	facts->endorsed =
		DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &null));
	facts->until =
		DatumGetTimestampTz(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 3, &null));
	facts->has_until = !null;
}

/*
 * The master: is it there, open, closed, and would merging into it close a
 * circle? With lock it can neither end nor be merged itself until we commit:
 * two events merged into each other at once would be lost. KEY SHARE would not
 * do, a step takes NO KEY UPDATE.
 */
static void
master(int64 event, int64 master_id, bool lock, GgMaster *facts)
{
	/* no join here: after a wait it would be judged by the state of before */
	static GgPlan lock_plan = {
		"SELECT e.id FROM gov.event e WHERE e.id OPERATOR(pg_catalog.=) $1 FOR SHARE",
		1,
		{INT8OID}};
	static GgPlan plan = {
		"SELECT e.state, s.open, e.master_id FROM gov.event e JOIN gov.workflow_state s"
		" ON s.workflow OPERATOR(pg_catalog.=) e.workflow AND s.state OPERATOR(pg_catalog.=) e.state"
		" WHERE e.id OPERATOR(pg_catalog.=) $1",
		1,
		{INT8OID}};
	int64 id = master_id;

	memset(facts, 0, sizeof(GgMaster));
	for (int depth = 0;; depth++)
	{
		Datum value = Int64GetDatum(id);
		char *state;
		bool null;
		Datum next;

		CHECK_FOR_INTERRUPTS();
		if (id == event)
		{
			facts->cycle = true;
			return;
		}
		if (lock && depth == 0)
			gg_execute(&lock_plan, &value, NULL, false, 1);
		gg_execute(&plan, &value, NULL, false, 1);
		if (SPI_processed == 0)
			return;
		state = gg_required(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
		if (depth == 0)
		{
			facts->found = true;
			facts->open =
				DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &null));
			facts->closed = strcmp(state, "closed") == 0 || strcmp(state, "evaluated") == 0 ||
							strcmp(state, "forced_closed") == 0;
		}
		next = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 3, &null);
		if (null)
			return;
		id = DatumGetInt64(next);
	}
}

/* Does the person hold one of two roles at the time? */
static bool
holds_either(int64 person, const char *role, const char *other, TimestampTz at)
{
	static GgPlan plan = {
		"SELECT true FROM gov.post p WHERE p.staff_id OPERATOR(pg_catalog.=) $1"
		" AND p.role OPERATOR(pg_catalog.=) ANY (ARRAY[$3, $4])"
		" AND p.valid_from OPERATOR(pg_catalog.<=) $2 AND p.valid_to OPERATOR(pg_catalog.>) $2 LIMIT 1",
		4,
		{INT8OID, TIMESTAMPTZOID, TEXTOID, TEXTOID}};
	Datum values[4] = {Int64GetDatum(person), TimestampTzGetDatum(at), CStringGetTextDatum(role),
					   CStringGetTextDatum(other)};

	return truth(&plan, values);
}

/* Does the person hold a grid worker's post at the time? */
static bool
is_grid_worker(int64 person, TimestampTz at)
{
	return holds_either(person, "grid_worker", "grid_worker", at);
}

/* Does the person hold a post of the grid at the time? */
static bool
is_of_grid(int64 person, TimestampTz at)
{
	return holds_either(person, "grid_worker", "grid_leader", at);
}

/* Does the person handle for this unit at the time? */
static bool
works_for(int64 person, const char *unit, TimestampTz at)
{
	static GgPlan plan = {
		"SELECT s.active FROM gov.post p JOIN gov.staff s ON s.id OPERATOR(pg_catalog.=) p.staff_id"
		" WHERE p.staff_id OPERATOR(pg_catalog.=) $1 AND p.unit OPERATOR(pg_catalog.=) $2"
		" AND p.role OPERATOR(pg_catalog.=) ANY (ARRAY['handler', 'unit_head'])"
		" AND p.valid_from OPERATOR(pg_catalog.<=) $3 AND p.valid_to OPERATOR(pg_catalog.>) $3 LIMIT 1",
		3,
		{INT8OID, TEXTOID, TIMESTAMPTZOID}};
	Datum values[3] = {Int64GetDatum(person), CStringGetTextDatum(unit), TimestampTzGetDatum(at)};

	return truth(&plan, values);
}

/* Is there such an active person? */
static bool
person_exists(int64 person)
{
	static GgPlan plan = {
		"SELECT s.active FROM gov.staff s WHERE s.id OPERATOR(pg_catalog.=) $1", 1, {INT8OID}};
	Datum value = Int64GetDatum(person);

	return truth(&plan, &value);
}

/* Is there such a grid? */
static bool
grid_exists(const char *grid)
{
	static GgPlan plan = {
		"SELECT true FROM gov.grid g WHERE g.code OPERATOR(pg_catalog.=) $1", 1, {TEXTOID}};
	Datum value = CStringGetTextDatum(grid);

	return truth(&plan, &value);
}

const GgAsk gg_ask_world = {own_task,      co_unit,        is_reporter,   breached,       happened,
							requests_made, request,        master,        is_grid_worker, works_for,
							is_of_grid,    gg_unit_active, person_exists, grid_exists};
