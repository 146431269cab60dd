/*
 * enforce_verify.c: does gov.own_log prove what the rows of the city's own tables say?
 *
 * Called by verify_own_log(). Recomputes the hashes of every chain, and compares
 * each chain's end with the state of its row, both as one snapshot sees them.
 * Reads only: the journal as the owner of gov, a table as its own owner.
 */
#include "event/event.h"
#include "event/enforce.h"

#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

/* What is verified at a time: one state column of one table. */
typedef struct Target
{
	char *relation;
	char *column;
} Target;

/* Where a chain ended. */
typedef struct End
{
	uint8 id[GG_DIGEST]; /* hash key: digest of the row's key */
	char *key;
	int32 seq;
	char *state;
	bool seen; /* its row is there */
} End;

/* The chain of one row, while its steps pass. */
typedef struct Chain
{
	char *key; /* NULL: none begun */
	int32 seq;
	char *state;
	bool broken;
	uint8 hash[GG_DIGEST];
} Chain;

/* Report a problem. */
static void
put(ReturnSetInfo *rsinfo, const Target *t, const char *key, int32 seq, const char *problem)
{
	Datum v[4] = {CStringGetTextDatum(t->relation),
				  key ? DirectFunctionCall1(jsonb_in, CStringGetDatum(key)) : (Datum) 0,
				  Int32GetDatum(seq), CStringGetTextDatum(problem)};
	bool n[4] = {false, key == NULL, seq == 0, false};

	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, v, n);
}

/* A digest column: false when it is NULL or of a wrong length. */
static bool
digest(HeapTuple t, TupleDesc d, int n, uint8 out[GG_DIGEST])
{
	bool null;
	Datum v = SPI_getbinval(t, d, n, &null);
	bytea *b = null ? NULL : DatumGetByteaPP(v);

	memset(out, 0, GG_DIGEST);
	if (b == NULL || VARSIZE_ANY_EXHDR(b) != GG_DIGEST)
		return false;
	memcpy(out, VARDATA_ANY(b), GG_DIGEST);
	return true;
}

/* Does the note still give its digest? */
static const char *
check_note(HeapTuple t, TupleDesc d, const GgOwnRow *row)
{
	char *note = SPI_getvalue(t, d, 16);
	bool no_salt;
	Datum salt = SPI_getbinval(t, d, 17, &no_salt);
	uint8 expected[GG_DIGEST];
	bytea *b;

	if (!row->has_note)
		return note != NULL ? "a note stands beside a step that had none" : NULL;
	if (note == NULL || no_salt)
		return "the note was taken out";
	b = DatumGetByteaPP(salt);
	gg_note_digest((uint8 *) VARDATA_ANY(b), VARSIZE_ANY_EXHDR(b), note, NULL, expected);
	return memcmp(expected, row->note_digest, GG_DIGEST) == 0
			   ? NULL
			   : "the note is not the one that was written";
}

/* A step of the chain passes; what is kept of it lives in the current context. */
static void
check_step(ReturnSetInfo *rsinfo, const Target *target, Chain *c, HeapTuple t, TupleDesc d)
{
	GgOwnRow row = {0};
	uint8 hash[GG_DIGEST];
	uint8 expected[GG_DIGEST];
	const char *problem = NULL;
	const char *note;
	bool null;

	row.relation = target->relation;
	row.column = target->column;
	row.key = c->key;
	row.seq = DatumGetInt32(SPI_getbinval(t, d, 2, &null));
	row.workflow = gg_required(t, d, 3);
	row.at = DatumGetTimestampTz(SPI_getbinval(t, d, 4, &null));
	row.recorded_at = DatumGetTimestampTz(SPI_getbinval(t, d, 5, &null));
	row.action = gg_required(t, d, 6);
	row.from = SPI_getvalue(t, d, 7);
	row.to = gg_required(t, d, 8);
	row.actor = gg_required(t, d, 9);
	row.role = gg_required(t, d, 10);
	row.outer_role = gg_required(t, d, 11);
	row.session_role = gg_required(t, d, 12);
	row.area = gg_required(t, d, 13);
	row.has_note = digest(t, d, 14, row.note_digest);
	digest(t, d, 15, hash);

	gg_own_hash(&row, c->seq == 0 ? NULL : c->hash, expected);
	if (row.seq != c->seq + 1)
		problem = psprintf("step %d is missing from the journal", c->seq + 1);
	else if (memcmp(hash, expected, GG_DIGEST) != 0)
		problem = "the hash does not follow from the row and its predecessor";
	else if (c->seq > 0 && row.from == NULL)
		problem = "the row was deleted and inserted again before this step";
	else if (c->seq > 0 && strcmp(row.from, c->state) != 0)
		problem = psprintf("the step begins in state \"%s\", the one before it ended in \"%s\"",
						   row.from, c->state);
	/* the first break says it; what follows from it would say it again */
	if (problem != NULL && !c->broken)
		put(rsinfo, target, c->key, row.seq, problem);
	c->broken = c->broken || problem != NULL;
	note = check_note(t, d, &row);
	if (note != NULL)
		put(rsinfo, target, c->key, row.seq, note);
	c->seq = row.seq;
	c->state = row.to;
	memcpy(c->hash, hash, GG_DIGEST);
}

/* Remember where the chain ended. */
static void
end_chain(HTAB *ends, const Chain *c, MemoryContext keep)
{
	uint8 id[GG_DIGEST];
	End *end;

	if (c->key == NULL)
		return;
	gg_note_digest(NULL, 0, c->key, NULL, id);
	end = hash_search(ends, id, HASH_ENTER, NULL);
	end->key = MemoryContextStrdup(keep, c->key);
	end->state = MemoryContextStrdup(keep, c->state);
	end->seq = c->seq;
	end->seen = false;
}

/* All chains of the target. As the owner of gov. */
static void
check_chains(ReturnSetInfo *rsinfo, const Target *target, HTAB *ends, MemoryContext keep)
{
	static GgPlan plan = {
		"SELECT l.key, l.seq::integer, l.workflow, l.at::pg_catalog.timestamptz, l.recorded_at::pg_catalog.timestamptz, l.action, l.from_state, l.to_state, l.actor, l.role, l.outer_role,"
		" l.session_role, l.area, l.note_digest::pg_catalog.bytea, l.hash::pg_catalog.bytea, l.note, l.salt::pg_catalog.bytea FROM gov.own_log l"
		" WHERE l.relation OPERATOR(pg_catalog.=) $1 AND l.state_column OPERATOR(pg_catalog.=) $2"
		" ORDER BY l.key, l.seq",
		2,
		{TEXTOID, TEXTOID}};
	Datum v[2] = {CStringGetTextDatum(target->relation), CStringGetTextDatum(target->column)};
	Portal portal = SPI_cursor_open(NULL, gg_prepared(&plan), v, NULL, true);
	/* of the step before, and of this one: its strings are compared once more */
	MemoryContext last =
		AllocSetContextCreate(CurrentMemoryContext, "grid_gov last step", ALLOCSET_SMALL_SIZES);
	MemoryContext each =
		AllocSetContextCreate(CurrentMemoryContext, "grid_gov step", ALLOCSET_SMALL_SIZES);
	Chain c = {0};

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
			MemoryContext spare = last;
			MemoryContext old;
			char *key;

			CHECK_FOR_INTERRUPTS();
			old = MemoryContextSwitchTo(each);
			key = gg_required(found->vals[i], found->tupdesc, 1);
			if (c.key == NULL || strcmp(key, c.key) != 0)
			{
				end_chain(ends, &c, keep);
				memset(&c, 0, sizeof(c));
			}
			c.key = key;
			check_step(rsinfo, target, &c, found->vals[i], found->tupdesc);
			MemoryContextSwitchTo(old);
			last = each;
			each = spare;
			MemoryContextReset(each);
		}
		SPI_freetuptable(found);
	}
	end_chain(ends, &c, keep);
	SPI_cursor_close(portal);
	MemoryContextDelete(last);
	MemoryContextDelete(each);
}

/* The table of this name, InvalidOid if there is none. */
static Oid
table_named(const char *relation)
{
	static GgPlan plan = {
		"SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace"
		" WHERE pg_catalog.format('%I.%I', n.nspname, c.relname) OPERATOR(pg_catalog.=) $1"
		" AND c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p}'::pg_catalog.\"char\"[])",
		1,
		{TEXTOID}};
	Datum v = CStringGetTextDatum(relation);
	bool null;

	gg_execute(&plan, &v, NULL, true, 1);
	return SPI_processed == 0 ? InvalidOid
							  : DatumGetObjectId(SPI_getbinval(SPI_tuptable->vals[0],
															   SPI_tuptable->tupdesc, 1, &null));
}

/* One row of the table passes: is it where its chain ends? */
static void
check_row(ReturnSetInfo *rsinfo, const Target *target, HTAB *ends, HeapTuple t, TupleDesc d,
		  const int *column, int n)
{
	char *state = gg_own_text(t, d, 1);
	char *key = gg_own_key(t, d, n, column);
	uint8 id[GG_DIGEST];
	End *end;

	if (key == NULL)
	{
		put(rsinfo, target, NULL, 0, "a row has no key");
		return;
	}
	gg_note_digest(NULL, 0, key, NULL, id);
	end = hash_search(ends, id, HASH_FIND, NULL);
	if (end == NULL)
	{
		put(rsinfo, target, key, 0, "the row has no journal");
		return;
	}
	end->seen = true;
	if (state == NULL || strcmp(state, end->state) != 0)
		put(rsinfo, target, key, end->seq,
			psprintf("the row is in state \"%s\", its journal ends in \"%s\"",
					 state ? state : "NULL", end->state));
}

/* All rows of the table, as its owner. */
static void
check_rows(ReturnSetInfo *rsinfo, const Target *target, Relation rel, const Trigger *journal,
		   HTAB *ends)
{
	const char *name[INDEX_MAX_KEYS];
	int column[INDEX_MAX_KEYS];
	int n = gg_own_key_columns(rel, journal, name);
	StringInfoData sql;
	SPIPlanPtr plan;
	Portal portal;
	GgIdentity self;
	MemoryContext each =
		AllocSetContextCreate(CurrentMemoryContext, "grid_gov row", ALLOCSET_SMALL_SIZES);

	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT %s", quote_identifier(target->column));
	for (int i = 0; i < n; i++)
	{
		column[i] = i + 2;
		appendStringInfo(&sql, ", %s", quote_identifier(name[i]));
	}
	/* heirs have triggers of their own, partitions have not */
	appendStringInfo(&sql, " FROM %s%s",
					 rel->rd_rel->relkind == RELKIND_PARTITIONED_TABLE ? "" : "ONLY ",
					 target->relation);
	gg_become_owner(RelationGetRelid(rel), &self);
	plan = SPI_prepare(sql.data, 0, NULL);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare returned %s for %s", SPI_result_code_string(SPI_result), sql.data);
	portal = SPI_cursor_open(NULL, plan, NULL, NULL, true);
	for (;;)
	{
		SPITupleTable *found;
		uint64 rows;

		SPI_cursor_fetch(portal, true, 1000);
		found = SPI_tuptable;
		rows = SPI_processed;
		if (rows == 0)
			break;
		for (uint64 i = 0; i < rows; i++)
		{
			MemoryContext old = MemoryContextSwitchTo(each);

			CHECK_FOR_INTERRUPTS();
			check_row(rsinfo, target, ends, found->vals[i], found->tupdesc, column, n);
			MemoryContextSwitchTo(old);
			MemoryContextReset(each);
		}
		SPI_freetuptable(found);
	}
	SPI_cursor_close(portal);
	gg_become_self(&self);
	MemoryContextDelete(each);
}

/* What an attempt to check a table's rows needs. */
typedef struct Rows
{
	ReturnSetInfo *rsinfo;
	const Target *target;
	Relation rel;
	const Trigger *journal;
	HTAB *ends;
} Rows;

/* Check them: one table that cannot be read, or has lost its key, is that table's matter. */
static void
attempt_rows(void *arg)
{
	Rows *r = arg;

	check_rows(r->rsinfo, r->target, r->rel, r->journal, r->ends);
}

/* One state column of one table. As the owner of gov, inside SPI_connect(). */
static void
check_target(ReturnSetInfo *rsinfo, const Target *target, Oid function)
{
	MemoryContext keep =
		AllocSetContextCreate(CurrentMemoryContext, "grid_gov chains", ALLOCSET_DEFAULT_SIZES);
	HASHCTL ctl = {0};
	HASH_SEQ_STATUS scan;
	HTAB *ends;
	End *end;
	Oid relid = table_named(target->relation);
	Relation rel = OidIsValid(relid) ? try_table_open(relid, AccessShareLock) : NULL;
	const Trigger *journal = rel ? gg_own_trigger(rel, function, NULL, target->column) : NULL;
	Rows rows;
	ErrorData *error = NULL;

	ctl.keysize = GG_DIGEST;
	ctl.entrysize = sizeof(End);
	ctl.hcxt = keep;
	ends =
		hash_create("grid_gov ends of chains", 1024, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	check_chains(rsinfo, target, ends, keep);
	if (rel == NULL)
		put(rsinfo, target, NULL, 0, "the table is gone");
	else if (journal == NULL)
		put(rsinfo, target, NULL, 0,
			psprintf("the table has no trigger journal_workflow() for column \"%s\" any more",
					 target->column));
	else
	{
		const Trigger *both[2] = {journal, gg_own_trigger(rel, gg_own_function("enforce_workflow"),
														  NULL, target->column)};

		for (int i = 0; i < lengthof(both); i++)
			if (both[i] == NULL)
				put(rsinfo, target, NULL, 0,
					psprintf(
						"the table has no trigger enforce_workflow() for column \"%s\" any more",
						target->column));
			else if (both[i]->tgenabled != TRIGGER_FIRES_ON_ORIGIN &&
					 both[i]->tgenabled != TRIGGER_FIRES_ALWAYS)
				put(rsinfo, target, NULL, 0,
					psprintf("trigger \"%s\" is disabled", both[i]->tgname));
		rows.rsinfo = rsinfo;
		rows.target = target;
		rows.rel = rel;
		rows.journal = journal;
		rows.ends = ends;
		error = gg_attempt(attempt_rows, &rows);
		if (error != NULL)
			put(rsinfo, target, NULL, 0,
				psprintf("the table's rows cannot be compared: %s", error->message));
		hash_seq_init(&scan, ends);
		while ((end = hash_seq_search(&scan)) != NULL)
			if (!end->seen && error == NULL)
				put(rsinfo, target, end->key, end->seq,
					"the journal has steps of a row that is gone");
	}
	if (rel != NULL)
		table_close(rel, AccessShareLock);
	MemoryContextDelete(keep);
}

/* Put it on the list if it is new there. */
static List *
add_target(List *targets, char *relation, char *column)
{
	ListCell *lc;
	Target *t;

	foreach (lc, targets)
	{
		t = lfirst(lc);
		if (strcmp(t->relation, relation) == 0 && strcmp(t->column, column) == 0)
			return targets;
	}
	t = palloc(sizeof(Target));
	t->relation = relation;
	t->column = column;
	return lappend(targets, t);
}

/* What has a journal: by its steps, and by its triggers. */
static List *
find_targets(Oid relid, Oid function)
{
	static GgPlan steps = {
		"SELECT DISTINCT l.relation, l.state_column FROM gov.own_log l"
		" WHERE $1 IS NULL OR l.relation OPERATOR(pg_catalog.=) $1 ORDER BY 1, 2",
		1,
		{TEXTOID}};
	static GgPlan triggers = {
		"SELECT DISTINCT t.tgrelid FROM pg_catalog.pg_trigger t WHERE t.tgfoid OPERATOR(pg_catalog.=) $1"
		" AND t.tgparentid OPERATOR(pg_catalog.=) 0 AND ($2 IS NULL OR t.tgrelid OPERATOR(pg_catalog.=) $2) ORDER BY 1",
		2,
		{OIDOID, OIDOID}};
	Datum v[2];
	SPITupleTable *found;
	uint64 n;
	List *targets = NIL;

	v[0] = OidIsValid(relid) ? CStringGetTextDatum(gg_own_relation(relid)) : (Datum) 0;
	gg_execute(&steps, v, OidIsValid(relid) ? " " : "n", true, 0);
	for (uint64 i = 0; i < SPI_processed; i++)
		targets = add_target(targets, gg_required(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1),
							 gg_required(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2));
	v[0] = ObjectIdGetDatum(function);
	v[1] = ObjectIdGetDatum(relid);
	gg_execute(&triggers, v, OidIsValid(relid) ? "  " : " n", true, 0);
	found = SPI_tuptable;
	n = SPI_processed;
	for (uint64 i = 0; i < n; i++)
	{
		bool null;
		Oid table = DatumGetObjectId(SPI_getbinval(found->vals[i], found->tupdesc, 1, &null));
		Relation rel = try_table_open(table, AccessShareLock);
		TriggerDesc *all = rel == NULL ? NULL : CopyTriggerDesc(rel->trigdesc);

		for (int k = 0; all != NULL && k < all->numtriggers; k++)
		{
			const Trigger *t = &all->triggers[k];

			if (t->tgfoid == function && t->tgnargs >= 2)
				targets = add_target(targets, gg_own_relation(table), t->tgargs[1]);
		}
		if (rel != NULL)
			table_close(rel, AccessShareLock);
	}
	return targets;
}

GG_FUNCTION(gg_verify_own_log);

/*
 * verify_own_log(relation regclass) -> rows (relation, key, seq, problem); none
 * when all is well. NULL: all tables that have, or had, a journal.
 */
Datum
gg_verify_own_log(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid function = gg_own_function("journal_workflow");
	Oid relid = PG_ARGISNULL(0) ? InvalidOid : PG_GETARG_OID(0);
	GgIdentity self;
	List *targets;
	ListCell *lc;

	InitMaterializedSRF(fcinfo, 0);
	if (OidIsValid(relid) && get_rel_name(relid) == NULL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("relation with OID %u does not exist", relid)));
	gg_become_owner(gg_gov_table("own_log", false), &self);
	SPI_connect();
	targets = find_targets(relid, function);
	if (OidIsValid(relid) && targets == NIL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("table %s has no journal", gg_own_relation(relid)),
						errhint("A table gets one by a trigger of grid_gov.journal_workflow().")));
	foreach (lc, targets)
		check_target(rsinfo, lfirst(lc), function);
	SPI_finish();
	gg_become_self(&self);
	return (Datum) 0;
}
