/*
 * verify.c: does the journal prove what the events say?
 *
 * Called by verify_journal(). Recomputes every hash of every chain that it is
 * asked about, and compares each event's row with the last row of its chain.
 * Reads only.
 */
#include "event/event.h"

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

/* A digest column: false when it is NULL or of a wrong length. */
static bool
digest(HeapTuple t, TupleDesc d, int n, uint8 out[GG_DIGEST])
{
	bool null;
	Datum v = SPI_getbinval(t, d, n, &null);
	bytea *b;

	memset(out, 0, GG_DIGEST);
	if (null)
		return false;
	b = DatumGetByteaPP(v);
	if (VARSIZE_ANY_EXHDR(b) != GG_DIGEST)
		return false;
	memcpy(out, VARDATA_ANY(b), GG_DIGEST);
	return true;
}

/* A row of the journal as the digest sees it. */
static void
read_log(HeapTuple t, TupleDesc d, GgLogRow *l, uint8 hash[GG_DIGEST])
{
	bool null;

	memset(l, 0, sizeof(GgLogRow));
	l->event = DatumGetInt64(SPI_getbinval(t, d, 1, &null));
	l->seq = DatumGetInt32(SPI_getbinval(t, d, 2, &null));
	l->at = DatumGetTimestampTz(SPI_getbinval(t, d, 3, &null));
	l->recorded_at = DatumGetTimestampTz(SPI_getbinval(t, d, 4, &null));
	l->action = gg_required(t, d, 5);
	l->from = SPI_getvalue(t, d, 6);
	l->to = SPI_getvalue(t, d, 7);
	l->actor = SPI_getvalue(t, d, 8);
	l->role = SPI_getvalue(t, d, 9);
	l->outer_role = SPI_getvalue(t, d, 10);
	l->session_role = SPI_getvalue(t, d, 11);
	l->area = SPI_getvalue(t, d, 12);
	l->unit = SPI_getvalue(t, d, 13);
	l->due = DatumGetTimestampTz(SPI_getbinval(t, d, 14, &null));
	l->has_due = !null;
	l->stage_due = DatumGetTimestampTz(SPI_getbinval(t, d, 15, &null));
	l->has_stage_due = !null;
	l->backdated = DatumGetBool(SPI_getbinval(t, d, 16, &null));
	l->imported = DatumGetBool(SPI_getbinval(t, d, 17, &null));
	l->has_note = digest(t, d, 18, l->note_digest);
	digest(t, d, 19, l->facts_digest);
	digest(t, d, 20, hash);
}

/* Does the note that is stored beside the row still give its digest? Redacted notes have none to give. */
static const char *
check_note(HeapTuple t, TupleDesc d, const GgLogRow *l)
{
	bool has_salt;
	bool has_args;
	bool redacted;
	bool null;
	Datum salt = SPI_getbinval(t, d, 23, &null);
	Datum args;
	uint8 expected[GG_DIGEST];
	bytea *b;
	Jsonb *j;

	has_salt = !null;
	(void) SPI_getbinval(t, d, 24, &null);
	redacted = !null;
	if (!l->has_note)
		return has_salt ? "a note stands beside a step that had none" : NULL;
	if (!has_salt)
		return "the note is missing";
	if (redacted)
	{
		/* a redaction is a step of its own, and leaves nothing behind */
		(void) SPI_getbinval(t, d, 21, &null);
		if (!null)
			return "the note is marked as redacted and is not empty";
		(void) SPI_getbinval(t, d, 22, &null);
		if (!null)
			return "the arguments are marked as redacted and are not empty";
		if (!DatumGetBool(SPI_getbinval(t, d, 25, &null)))
			return "the note is marked as redacted, and no later step says so";
		return NULL;
	}
	args = SPI_getbinval(t, d, 22, &null);
	has_args = !null;
	b = DatumGetByteaPP(salt);
	j = has_args ? DatumGetJsonbP(args) : NULL;
	gg_note_digest((uint8 *) VARDATA_ANY(b), VARSIZE_ANY_EXHDR(b), SPI_getvalue(t, d, 21),
				   j ? JsonbToCString(NULL, &j->root, VARSIZE(j)) : NULL, expected);
	return memcmp(expected, l->note_digest, GG_DIGEST) == 0
			   ? NULL
			   : "the note is not the one that was written";
}

/* One row of the journal passes. */
static void
check_log(ReturnSetInfo *rsinfo, Chain *c, HeapTuple t, TupleDesc d)
{
	GgLogRow l;
	uint8 hash[GG_DIGEST];
	uint8 expected[GG_DIGEST];
	const char *note;

	read_log(t, d, &l, hash);
	if (l.seq != c->seq + 1)
		note_break(c, l.seq, psprintf("step %d is missing from the journal", c->seq + 1));
	gg_log_hash(&l, c->seq == 0 ? NULL : c->hash, expected);
	if (memcmp(hash, expected, GG_DIGEST) != 0)
		note_break(c, l.seq, "the hash does not follow from the row and its predecessor");
	note = check_note(t, d, &l);
	if (note != NULL)
		note_break(c, l.seq, note);
	if (strcmp(l.action, "reseal") == 0)
	{
		char *reason = SPI_getvalue(t, d, 21);

		put(rsinfo, c->event, l.seq,
			psprintf("resealed: %s%s%s", reason ? reason : "", c->broken ? "; before it, " : "",
					 c->broken ? c->problem : ""));
		c->broken = false;
	}
	memcpy(c->hash, hash, GG_DIGEST);
	memcpy(c->facts, l.facts_digest, GG_DIGEST);
	c->seq = l.seq;
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

/* All chains with a step recorded in the period. */
static void
check_chains(ReturnSetInfo *rsinfo, Datum *period, const char *nulls)
{
	static GgPlan plan = {
		"SELECT l.event_id::bigint, l.seq::integer, l.at, l.recorded_at, l.action, l.from_state, l.to_state, l.actor, l.role, l.outer_role, l.session_role,"
		" l.area, l.unit, l.due_at, l.stage_due_at, l.backdated, l.imported, l.note_digest::pg_catalog.bytea, l.facts_digest::pg_catalog.bytea,"
		" l.hash::pg_catalog.bytea, n.note, n.args::pg_catalog.jsonb, n.salt::pg_catalog.bytea, n.redacted_at,"
		/* only asked of the few that are redacted */
		" CASE WHEN n.redacted_at IS NOT NULL THEN EXISTS (SELECT FROM gov.event_log r"
		"  LEFT JOIN gov.event_note a ON a.event_id OPERATOR(pg_catalog.=) r.event_id AND a.seq OPERATOR(pg_catalog.=) r.seq"
		"  WHERE r.event_id OPERATOR(pg_catalog.=) l.event_id AND r.seq OPERATOR(pg_catalog.>) l.seq"
		"  AND r.action OPERATOR(pg_catalog.=) 'redact' AND a.args OPERATOR(pg_catalog.@>)"
		"  pg_catalog.jsonb_build_object('seq', l.seq)) ELSE false END"
		" FROM gov.event_log l LEFT JOIN gov.event_note n ON n.event_id OPERATOR(pg_catalog.=) l.event_id AND n.seq OPERATOR(pg_catalog.=) l.seq"
		" WHERE ($1 IS NULL AND $2 IS NULL) OR l.event_id OPERATOR(pg_catalog.=) ANY (ARRAY(SELECT p.event_id FROM gov.event_log p"
		"  WHERE p.recorded_at OPERATOR(pg_catalog.>=) COALESCE($1, '-infinity') AND p.recorded_at OPERATOR(pg_catalog.<) COALESCE($2, 'infinity')))"
		" ORDER BY l.event_id, l.seq",
		2,
		{TIMESTAMPTZOID, TIMESTAMPTZOID}};
	Portal portal;
	Chain chain = {0};
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
	check_chains(rsinfo, period, nulls);
	if (PG_ARGISNULL(0) && PG_ARGISNULL(1))
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
