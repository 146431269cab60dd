/*
 * verify.c: does the journal prove what the events say?
 *
 * Called by verify_journal(). Recomputes every hash of every chain that it is
 * asked about, and compares each event's row with the last row of its chain.
 * Reads only.
 */
#include "event/chain.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/* The chain of one event, while its rows pass. */
typedef struct Chain
{
	bool begun;
	int64 event;
	int32 seq; /* of the last row; 0: none yet */
	bool broken;
	char *problem;
	int32 problem_seq;
	int32 notes; /* beside its rows */
	uint8 hash[GG_DIGEST];
	uint8 facts[GG_DIGEST];
} Chain;

/* Report a problem. */
static void
put(ReturnSetInfo *rsinfo, int64 event, int32 seq, const char *problem)
{
	Datum v[3] = {Int64GetDatum(event), Int32GetDatum(seq), CStringGetTextDatum(problem)};
	bool n[3] = {false, seq == 0, false};

	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, v, n);
}

/* Note the first break of a chain. */
static void
note_break(Chain *c, int32 seq, const char *problem)
{
	if (c->broken)
		return;
	c->broken = true;
	c->problem = pstrdup(problem);
	c->problem_seq = seq;
}

/* A reseal passes: what it bound is excused, unless that is not what stands before it now. follows: the row before is its predecessor. */
static void
check_reseal(ReturnSetInfo *rsinfo, Chain *c, const GgLink *k, bool follows)
{
	uint8 head[GG_DIGEST];
	uint8 expected[GG_DIGEST];

	/* where the head was not the last row's hash it says which it followed */
	if (k->fault == NULL && !follows && gg_seal_head(k->args, head))
	{
		gg_log_hash(&k->log, head, expected);
		follows = memcmp(k->hash, expected, GG_DIGEST) == 0;
	}
	if (k->fault != NULL || !follows)
		return; /* it is broken itself */
	if (!gg_seal_holds(c->event, k->log.seq, k->args))
	{
		c->problem = psprintf("what lies before the reseal was changed after it%s%s",
							  c->broken ? "; " : "", c->broken ? c->problem : "");
		c->problem_seq = k->log.seq;
		c->broken = true;
		return;
	}
	put(rsinfo, c->event, k->log.seq,
		psprintf("resealed: %s%s%s", k->note ? k->note : "", c->broken ? "; before it, " : "",
				 c->broken ? c->problem : ""));
	c->broken = false;
}

/* One row of the journal passes. */
static void
check_log(ReturnSetInfo *rsinfo, Chain *c, HeapTuple t, TupleDesc d)
{
	GgLink k;
	uint8 expected[GG_DIGEST];
	bool follows;

	gg_read_link(t, d, &k);
	if (k.log.seq != c->seq + 1)
		note_break(c, k.log.seq, psprintf("step %d is missing from the journal", c->seq + 1));
	gg_log_hash(&k.log, c->seq == 0 ? NULL : c->hash, expected);
	follows = memcmp(k.hash, expected, GG_DIGEST) == 0;
	if (!follows)
		note_break(c, k.log.seq, "the hash does not follow from the row and its predecessor");
	if (k.fault != NULL)
		note_break(c, k.log.seq, k.fault);
	c->notes += k.noted ? 1 : 0;
	if (strcmp(k.log.action, "reseal") == 0 && gg_by_owner(&k.log))
		check_reseal(rsinfo, c, &k, follows);
	memcpy(c->hash, k.hash, GG_DIGEST);
	memcpy(c->facts, k.log.facts_digest, GG_DIGEST);
	c->seq = k.log.seq;
}

/* The chain is complete: compare it with the event's row. */
static void
finish_chain(ReturnSetInfo *rsinfo, Chain *c)
{
	static GgPlan plan = {
		"SELECT e.* FROM gov.event e WHERE e.id OPERATOR(pg_catalog.=) $1", 1, {INT8OID}};
	Datum v = Int64GetDatum(c->event);
	GgMap map;
	GgRow row;
	uint8 facts[GG_DIGEST];
	bytea *head;

	if (!c->begun)
		return;
	if (c->broken)
		put(rsinfo, c->event, c->problem_seq, c->problem);
	gg_execute(&plan, &v, NULL, true, 1);
	if (SPI_processed == 0)
	{
		put(rsinfo, c->event, c->seq, "the journal has steps of an event that is gone");
		return;
	}
	gg_map_of_desc(SPI_tuptable->tupdesc, &map);
	gg_row_load(&map, SPI_tuptable->tupdesc, SPI_tuptable->vals[0], &row);
	if (gg_int4(&row, EV_SEQ) != c->seq)
		put(rsinfo, c->event, c->seq,
			psprintf("the event is at step %d, its journal ends at step %d", gg_int4(&row, EV_SEQ),
					 c->seq));
	else
	{
		gg_facts_digest(&row, facts);
		if (memcmp(facts, c->facts, GG_DIGEST) != 0)
			put(rsinfo, c->event, c->seq,
				"the event's row is not the one that its journal explains");
	}
	head = gg_has(&row, EV_HEAD) ? DatumGetByteaPP(row.v[EV_HEAD]) : NULL;
	if (head == NULL || VARSIZE_ANY_EXHDR(head) != GG_DIGEST ||
		memcmp(VARDATA_ANY(head), c->hash, GG_DIGEST) != 0)
		put(rsinfo, c->event, c->seq, "the event's head is not the hash of its last step");
	SPI_freetuptable(SPI_tuptable);
}

/* All chains with a step recorded in the period; how many notes stand beside their rows. */
static int64
check_chains(ReturnSetInfo *rsinfo, Datum *period, const char *nulls)
{
	static GgPlan plan = {
		GG_CHAIN_ROWS
		" WHERE ($1 IS NULL AND $2 IS NULL) OR l.event_id OPERATOR(pg_catalog.=) ANY (ARRAY(SELECT p.event_id FROM gov.event_log p"
		"  WHERE p.recorded_at OPERATOR(pg_catalog.>=) COALESCE($1, '-infinity') AND p.recorded_at OPERATOR(pg_catalog.<) COALESCE($2, 'infinity')))"
		" ORDER BY l.event_id, l.seq",
		2,
		{TIMESTAMPTZOID, TIMESTAMPTZOID}};
	Portal portal;
	Chain chain = {0};
	int64 notes = 0;
	MemoryContext each = AllocSetContextCreate(CurrentMemoryContext, "grid_gov verification",
											   ALLOCSET_DEFAULT_SIZES);
	MemoryContext chain_context =
		AllocSetContextCreate(CurrentMemoryContext, "grid_gov chain", ALLOCSET_SMALL_SIZES);

	portal = SPI_cursor_open(NULL, gg_prepared(&plan), period, nulls, true);
	for (;;)
	{
		SPITupleTable *found;
		uint64 n;

		SPI_cursor_fetch(portal, true, 1000);
		found = SPI_tuptable;
		n = SPI_processed;
		if (n == 0)
			break;
		for (uint64 i = 0; i < n; i++)
		{
			bool null;
			int64 event = DatumGetInt64(SPI_getbinval(found->vals[i], found->tupdesc, 1, &null));
			MemoryContext old;

			CHECK_FOR_INTERRUPTS();
			old = MemoryContextSwitchTo(each);
			if (!chain.begun || event != chain.event)
			{
				finish_chain(rsinfo, &chain);
				notes += chain.notes;
				MemoryContextReset(chain_context);
				memset(&chain, 0, sizeof(chain));
				chain.begun = true;
				chain.event = event;
			}
			check_log(rsinfo, &chain, found->vals[i], found->tupdesc);
			if (chain.problem != NULL)
				chain.problem = MemoryContextStrdup(chain_context, chain.problem);
			MemoryContextSwitchTo(old);
			MemoryContextReset(each);
		}
		SPI_freetuptable(found);
	}
	finish_chain(rsinfo, &chain);
	SPI_cursor_close(portal);
	return notes + chain.notes;
}

/*
 * Notes without a step: nobody wrote them, and the event's next step would find
 * its place taken. Those before a reseal are its business. beside: how many notes
 * have their step, when all were looked at; -1: a period.
 */
static void
check_strays(ReturnSetInfo *rsinfo, Datum *period, const char *nulls, int64 beside)
{
	static GgPlan count_plan = {"SELECT pg_catalog.count(*) FROM gov.event_note", 0};
	static GgPlan plan = {
		"SELECT n.event_id::bigint, n.seq::integer FROM gov.event_note n"
		" WHERE NOT EXISTS (SELECT FROM gov.event_log l WHERE l.event_id OPERATOR(pg_catalog.=) n.event_id"
		"  AND l.seq OPERATOR(pg_catalog.=) n.seq)"
		" AND NOT EXISTS (SELECT FROM gov.event_log r WHERE r.event_id OPERATOR(pg_catalog.=) n.event_id"
		"  AND r.seq OPERATOR(pg_catalog.>) n.seq AND r.action OPERATOR(pg_catalog.=) 'reseal' AND " GG_BY_OWNER
		" ) ORDER BY n.event_id, n.seq",
		0};
	static GgPlan period_plan = {
		"SELECT n.event_id::bigint, n.seq::integer FROM gov.event_note n"
		" WHERE n.event_id OPERATOR(pg_catalog.=) ANY (ARRAY(SELECT DISTINCT p.event_id FROM gov.event_log p"
		"  WHERE p.recorded_at OPERATOR(pg_catalog.>=) COALESCE($1, '-infinity') AND p.recorded_at OPERATOR(pg_catalog.<) COALESCE($2, 'infinity')))"
		" AND NOT EXISTS (SELECT FROM gov.event_log l WHERE l.event_id OPERATOR(pg_catalog.=) n.event_id"
		"  AND l.seq OPERATOR(pg_catalog.=) n.seq)"
		" AND NOT EXISTS (SELECT FROM gov.event_log r WHERE r.event_id OPERATOR(pg_catalog.=) n.event_id"
		"  AND r.seq OPERATOR(pg_catalog.>) n.seq AND r.action OPERATOR(pg_catalog.=) 'reseal' AND " GG_BY_OWNER
		" ) ORDER BY n.event_id, n.seq",
		2,
		{TIMESTAMPTZOID, TIMESTAMPTZOID}};
	bool null;

	if (beside >= 0)
	{
		/* planned as it is: all rows are read */
		if (SPI_execute_plan(gg_prepared(&count_plan), NULL, NULL, true, 1) != SPI_OK_SELECT)
			elog(ERROR, "could not count the notes");
		if (DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null)) ==
			beside)
			return;
	}
	gg_execute(beside >= 0 ? &plan : &period_plan, period, nulls, true, 0);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple t = SPI_tuptable->vals[i];

		put(rsinfo, DatumGetInt64(SPI_getbinval(t, SPI_tuptable->tupdesc, 1, &null)),
			DatumGetInt32(SPI_getbinval(t, SPI_tuptable->tupdesc, 2, &null)),
			"a note stands without a step");
	}
}

GG_FUNCTION(gg_verify_journal);

/*
 * verify_journal(since, until) -> rows (event, seq, problem); none when all is
 * well. The period selects events by the time at which steps were recorded; both
 * NULL: everything, and also events without any journal.
 */
Datum
gg_verify_journal(PG_FUNCTION_ARGS)
{
	static GgPlan bare_plan = {
		"SELECT e.id FROM gov.event e WHERE NOT EXISTS (SELECT FROM gov.event_log l"
		" WHERE l.event_id OPERATOR(pg_catalog.=) e.id) ORDER BY e.id",
		0};
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum period[2];
	char nulls[3] = "  ";
	bool all = PG_ARGISNULL(0) && PG_ARGISNULL(1);
	int64 notes;
	GgIdentity self;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < 2; i++)
	{
		period[i] = PG_ARGISNULL(i) ? (Datum) 0 : PG_GETARG_DATUM(i);
		if (PG_ARGISNULL(i))
			nulls[i] = 'n';
	}
	if (!PG_ARGISNULL(0) && !PG_ARGISNULL(1) &&
		PG_GETARG_TIMESTAMPTZ(0) >= PG_GETARG_TIMESTAMPTZ(1))
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the period of verify_journal() is empty"),
			 errhint(
				 "since comes first and lies before until; without both, everything is verified.")));
	gg_become_owner(gg_gov_table("event_log", false), &self);
	SPI_connect();
	notes = check_chains(rsinfo, period, nulls);
	check_strays(rsinfo, period, nulls, all ? notes : -1);
	if (all)
	{
		gg_execute(&bare_plan, NULL, NULL, true, 0);
		for (uint64 i = 0; i < SPI_processed; i++)
		{
			bool null;

			put(rsinfo,
				DatumGetInt64(
					SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &null)),
				0, "the event has no journal");
		}
	}
	SPI_finish();
	gg_become_self(&self);
	return (Datum) 0;
}
