/*
 * enforce_log.c: the journal of the city's own tables.
 *
 * journal_workflow('workflow', 'state_column' [, 'key_column', ...]) fires as an
 * AFTER trigger of a table that enforce_workflow() guards, and appends each step
 * to gov.own_log, a chain of hashes for every row of the table. It refuses what
 * the guard did not judge: a trigger that sorts later changed it.
 *
 * The row's lock lets its writers through one by one, from the guard to the end
 * of their transactions, so that each finds its predecessor's end of the chain
 * committed (with the latest snapshot); the unique index is the last resort.
 */
#include "event/event.h"
#include "event/enforce.h"

#include "access/genam.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_index.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

/* What the guard judged: kept by table, column and key until the journal takes it. */
typedef struct Expected
{
	struct
	{
		Oid relation;
		uint32 pad;
		uint8 row[GG_DIGEST]; /* digest of column and key */
	} id;
	SubTransactionId subxact; /* a step that a savepoint took back is none */
	bool overtakes;           /* the step before it was not written yet */
	GgOwnStep step;
} Expected;

static HTAB *expected = NULL;

/* The transaction ends: the memory goes with it. */
static void
forget_expected(void *arg)
{
	expected = NULL;
}

/* A function of ours without arguments; InvalidOid if it is not there. */
Oid
gg_own_function(const char *name)
{
	return GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid, CStringGetDatum(name),
						   PointerGetDatum(buildoidvector(NULL, 0)),
						   ObjectIdGetDatum(get_namespace_oid("grid_gov", false)));
}

/*
 * The table's row trigger of this function for this column, and this workflow if
 * it is named; NULL if there is none. A copy: the relation's own list is made
 * anew whenever a lock lets an invalidation in.
 */
const Trigger *
gg_own_trigger(Relation rel, Oid function, const char *workflow, const char *column)
{
	TriggerDesc *all = rel->trigdesc;

	for (int i = 0; all != NULL && i < all->numtriggers; i++)
	{
		const Trigger *t = &all->triggers[i];
		Trigger *copy;

		if (t->tgfoid != function || t->tgnargs < 2 || !TRIGGER_FOR_ROW(t->tgtype) ||
			(workflow != NULL && strcmp(t->tgargs[0], workflow) != 0) ||
			strcmp(t->tgargs[1], column) != 0)
			continue;
		copy = palloc(sizeof(Trigger));
		memcpy(copy, t, sizeof(Trigger));
		copy->tgname = pstrdup(t->tgname);
		copy->tgargs = palloc(sizeof(char *) * t->tgnargs);
		for (int a = 0; a < t->tgnargs; a++)
			copy->tgargs[a] = pstrdup(t->tgargs[a]);
		return copy;
	}
	return NULL;
}

/* The table under whose name a row is journalled: of a partition the one that it is part of. */
Oid
gg_own_root(Relation rel)
{
	return rel->rd_rel->relispartition ? llast_oid(get_partition_ancestors(RelationGetRelid(rel)))
									   : RelationGetRelid(rel);
}

/* Its name with the schema, as SQL writes it. */
char *
gg_own_relation(Oid relid)
{
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)),
									  get_rel_name(relid));
}

/* Are these columns, or some of them, unique at every moment? */
static bool
is_unique(Relation rel, int n, const int *column)
{
	List *indexes = RelationGetIndexList(rel);
	ListCell *lc;
	bool found = false;

	foreach (lc, indexes)
	{
		Relation index = index_open(lfirst_oid(lc), AccessShareLock);
		Form_pg_index i = index->rd_index;
		bool fits = i->indisunique && i->indimmediate && i->indisvalid &&
					heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, NULL);

		for (int k = 0; k < i->indnkeyatts && fits; k++)
		{
			fits = false;
			for (int c = 0; c < n; c++)
				fits = fits || i->indkey.values[k] == column[c];
		}
		index_close(index, AccessShareLock);
		found = found || fits;
	}
	list_free(indexes);
	return found;
}

/* The names of a journal's key columns: those of the trigger, else the primary key's. Returns how many. */
int
gg_own_key_columns(Relation rel, const Trigger *journal, const char **name)
{
	int n = journal->tgnargs - 2;
	int column[INDEX_MAX_KEYS];

	if (n > INDEX_MAX_KEYS)
		ereport(ERROR, (errcode(ERRCODE_TOO_MANY_COLUMNS),
						errmsg("journal_workflow() takes at most %d key columns", INDEX_MAX_KEYS)));
	for (int i = 0; i < n; i++)
	{
		name[i] = journal->tgargs[i + 2];
		column[i] = gg_own_column(rel, name[i], "journal_workflow");
	}
	if (n == 0)
	{
		Bitmapset *key = RelationGetIndexAttrBitmap(rel, INDEX_ATTR_BITMAP_PRIMARY_KEY);

		for (int i = -1; (i = bms_next_member(key, i)) >= 0;)
			name[n++] =
				get_attname(RelationGetRelid(rel), i + FirstLowInvalidHeapAttributeNumber, false);
		bms_free(key);
	}
	else if (!is_unique(rel, n, column))
		n = 0;
	/* a BEFORE trigger does not know it yet */
	for (int i = 0; i < n; i++)
		if (TupleDescAttr(RelationGetDescr(rel), get_attnum(RelationGetRelid(rel), name[i]) - 1)
				->attgenerated != '\0')
			ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
							errmsg("generated column \"%s\" cannot be a key of journal_workflow()",
								   name[i])));
	if (n == 0)
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("table \"%s\" has no key for journal_workflow()", RelationGetRelationName(rel)),
			 errhint(
				 "Give it a primary key, or name columns after the state column that a unique index (not deferrable, not partial) covers.")));
	return n;
}

/* A value as text, the same whatever the session's settings are. */
static char *
stable_text(HeapTuple tuple, TupleDesc desc, int column)
{
	static const char *const setting[][2] = {
		{"datestyle", "ISO, YMD"},   {"intervalstyle", "postgres"}, {"timezone", "UTC"},
		{"extra_float_digits", "1"}, {"bytea_output", "hex"},       {"lc_monetary", "C"}};
	int nest;
	char *value;

	switch (TupleDescAttr(desc, column - 1)->atttypid)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case TEXTOID:
		case VARCHAROID:
		case UUIDOID:
			return SPI_getvalue(tuple, desc, column);
	}
	nest = NewGUCNestLevel();
	for (int i = 0; i < lengthof(setting); i++)
		(void) set_config_option(setting[i][0], setting[i][1], PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
	value = SPI_getvalue(tuple, desc, column);
	AtEOXact_GUC(true, nest);
	return value;
}

/* The key as jsonb prints it: an object of texts. NULL where one of them is NULL. */
char *
gg_own_key(HeapTuple tuple, TupleDesc desc, int n, const int *column)
{
	StringInfoData buf;
	Jsonb *key;

	initStringInfo(&buf);
	for (int i = 0; i < n; i++)
	{
		char *value = stable_text(tuple, desc, column[i]);

		if (value == NULL)
			return NULL;
		appendStringInfoString(&buf, i == 0 ? "{" : ", ");
		escape_json(&buf, NameStr(TupleDescAttr(desc, column[i] - 1)->attname));
		appendStringInfoString(&buf, ": ");
		escape_json(&buf, value);
	}
	appendStringInfoChar(&buf, '}');
	key = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(buf.data)));
	return JsonbToCString(NULL, &key->root, VARSIZE(key));
}

/* The key of a row of this table. */
char *
gg_own_key_of(Relation rel, const Trigger *journal, HeapTuple tuple)
{
	const char *name[INDEX_MAX_KEYS];
	int column[INDEX_MAX_KEYS];
	Oid root = gg_own_root(rel);
	Relation whole = root == RelationGetRelid(rel) ? rel : table_open(root, AccessShareLock);
	int n = gg_own_key_columns(whole, journal, name);

	if (whole != rel)
		table_close(whole, AccessShareLock);
	for (int i = 0; i < n; i++)
		column[i] = gg_own_column(rel, name[i], "journal_workflow");
	return gg_own_key(tuple, RelationGetDescr(rel), n, column);
}

/* What is kept about this row; found tells whether there was something. */
static Expected *
lookup(Relation rel, const char *column, const char *key, HASHACTION action, bool *found)
{
	Expected e;

	*found = false;
	if (expected == NULL && action != HASH_ENTER)
		return NULL;
	if (expected == NULL)
	{
		MemoryContext context = gg_pending_context();
		MemoryContextCallback *cb = MemoryContextAlloc(context, sizeof(MemoryContextCallback));
		HASHCTL ctl = {0};

		cb->func = forget_expected;
		cb->arg = NULL;
		MemoryContextRegisterResetCallback(context, cb);
		ctl.keysize = sizeof(e.id);
		ctl.entrysize = sizeof(Expected);
		ctl.hcxt = context;
		expected =
			hash_create("grid_gov own steps", 128, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	memset(&e.id, 0, sizeof(e.id));
	e.id.relation = gg_own_root(rel);
	gg_note_digest(NULL, 0, column, key, e.id.row);
	return hash_search(expected, &e.id, action, found);
}

/* The guard allowed this step: the journal, if the table has one, will find it here. */
void
gg_own_expect(TriggerData *td, HeapTuple tuple, const GgOwnStep *step)
{
	const Trigger *journal;
	Expected *e;
	char *key;
	bool found;

	journal = gg_own_trigger(td->tg_relation, gg_own_function("journal_workflow"), step->workflow,
							 step->column);
	/* a key that is not there yet is another than the one that will be stored */
	if (journal == NULL || (key = gg_own_key_of(td->tg_relation, journal, tuple)) == NULL)
		return;
	e = lookup(td->tg_relation, step->column, key, HASH_ENTER, &found);
	/* an insert that ended in ON CONFLICT, or in an exception, was judged and never written */
	e->overtakes = found && step->from != NULL && strcmp(e->step.to, step->from) == 0 &&
				   (e->step.from != NULL || TransactionIdIsCurrentTransactionId(
												HeapTupleHeaderGetXmin(td->tg_trigtuple->t_data)));
	e->subxact = GetCurrentSubTransactionId();
	e->step.workflow = gg_pending_share(GG_SHARED_WORKFLOW, step->workflow);
	e->step.column = gg_pending_share(GG_SHARED_UNIT, step->column);
	e->step.action = gg_pending_share(GG_SHARED_ACTION, step->action);
	e->step.from = gg_pending_share(GG_SHARED_FROM, step->from);
	e->step.to = gg_pending_share(GG_SHARED_TO, step->to);
	e->step.actor = gg_pending_share(GG_SHARED_ACTOR, step->actor);
	e->step.role = gg_pending_share(GG_SHARED_ACTOR_UNIT, step->role);
	e->step.area = gg_pending_share(GG_SHARED_AREA, step->area);
	e->step.note = gg_pending_share(GG_SHARED_NOTE, step->note);
	e->step.at = step->at;
}

/* Equal, or both NULL. */
static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Take what the guard judged out. false: it did not judge this step. */
static bool
take(Relation rel, const char *column, const char *key, const char *from, const char *to,
	 const char *area, Expected *e)
{
	bool found;
	Expected *kept = lookup(rel, column, key, HASH_FIND, &found);

	if (kept == NULL || kept->subxact != GetCurrentSubTransactionId() ||
		!same(kept->step.from, from) || !same(kept->step.to, to) || !same(kept->step.area, area))
		return false;
	memcpy(e, kept, sizeof(Expected));
	hash_search(expected, &kept->id, HASH_REMOVE, NULL);
	return true;
}

/* The state is as it was: a step that was judged and taken back by a later trigger did not happen. */
static void
drop_undone(Relation rel, const char *column, const char *key, const char *state)
{
	bool found;
	Expected *kept = lookup(rel, column, key, HASH_FIND, &found);

	if (kept != NULL && same(kept->step.from, state))
		hash_search(expected, &kept->id, HASH_REMOVE, NULL);
}

/* The chain's end, if there is a chain. */
static bool
last_row(Datum *chain, int32 *seq, char **state, uint8 hash[GG_DIGEST])
{
	static GgPlan plan = {
		"SELECT l.seq::integer, l.to_state, l.hash::pg_catalog.bytea FROM gov.own_log l WHERE l.relation OPERATOR(pg_catalog.=) $1"
		" AND l.state_column OPERATOR(pg_catalog.=) $2 AND l.key OPERATOR(pg_catalog.=) $3"
		" ORDER BY l.seq DESC LIMIT 1",
		3,
		{TEXTOID, TEXTOID, JSONBOID}};
	bool null;
	Datum d;
	bytea *b;

	*seq = 0;
	gg_execute(&plan, chain, NULL, false, 1);
	if (SPI_processed == 0)
		return false;
	*seq = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null));
	*state = gg_required(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2);
	d = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 3, &null);
	/* a hash that is lost, or not one, is for verify_own_log() to report */
	memset(hash, 0, GG_DIGEST);
	b = null ? NULL : DatumGetByteaPP(d);
	if (b != NULL && VARSIZE_ANY_EXHDR(b) == GG_DIGEST)
		memcpy(hash, VARDATA_ANY(b), GG_DIGEST);
	return true;
}

/* A bytea of these bytes. */
static Datum
bytes(const uint8 *data, int len)
{
	bytea *b = palloc(VARHDRSZ + len);

	SET_VARSIZE(b, VARHDRSZ + len);
	memcpy(VARDATA(b), data, len);
	return PointerGetDatum(b);
}

/* Append the step to the row's chain. As the owner of gov, inside SPI_connect(). */
static void
write_step(char *relation, char *key, const Expected *e)
{
	static GgPlan plan = {
		"INSERT INTO gov.own_log (relation, state_column, key, seq, workflow, at, recorded_at, action, from_state, to_state, actor, role,"
		" outer_role, session_role, area, note, salt, note_digest, hash)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
		19,
		{TEXTOID, TEXTOID, JSONBOID, INT4OID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID,
		 TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, BYTEAOID, BYTEAOID,
		 BYTEAOID}};
	Datum v[19];
	char nulls[20] = "                   ";
	uint8 previous[GG_DIGEST];
	uint8 hash[GG_DIGEST];
	uint8 salt[16];
	char *ended = NULL;
	bool chained;
	GgOwnRow row = {0};

	row.relation = relation;
	row.column = (char *) e->step.column;
	row.key = key;
	v[0] = CStringGetTextDatum(row.relation);
	v[1] = CStringGetTextDatum(row.column);
	v[2] = DirectFunctionCall1(jsonb_in, CStringGetDatum(key));
	chained = last_row(v, &row.seq, &ended, previous);
	if (e->overtakes && !same(ended, e->step.from))
		ereport(
			ERROR,
			(errcode(ERRCODE_GG_GUARD_REFUSED),
			 errmsg(
				 "step \"%s\" on row %s of %s would overtake the one before, which is not written yet",
				 e->step.action, key, relation),
			 errhint(
				 "An AFTER trigger that takes steps must have a name that sorts after the trigger of journal_workflow().")));
	row.seq++;
	row.workflow = (char *) e->step.workflow;
	row.at = e->step.at;
	row.recorded_at = GetCurrentTimestamp();
	row.action = (char *) e->step.action;
	row.from = (char *) e->step.from;
	row.to = (char *) e->step.to;
	row.actor = (char *) e->step.actor;
	row.role = (char *) e->step.role;
	row.outer_role = GetUserNameFromId(GetOuterUserId(), false);
	row.session_role = GetUserNameFromId(GetSessionUserId(), false);
	row.area = e->step.area ? (char *) e->step.area : (char *) gg_root();
	row.has_note = e->step.note != NULL;
	if (row.has_note)
	{
		if (!pg_strong_random(salt, sizeof(salt)))
			ereport(ERROR,
					(errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not make a random salt")));
		gg_note_digest(salt, sizeof(salt), e->step.note, NULL, row.note_digest);
	}
	gg_own_hash(&row, chained ? previous : NULL, hash);

	v[3] = Int32GetDatum(row.seq);
	v[4] = CStringGetTextDatum(row.workflow);
	v[5] = TimestampTzGetDatum(row.at);
	v[6] = TimestampTzGetDatum(row.recorded_at);
	v[7] = CStringGetTextDatum(row.action);
	v[8] = row.from ? CStringGetTextDatum(row.from) : (Datum) 0;
	v[9] = CStringGetTextDatum(row.to);
	v[10] = CStringGetTextDatum(row.actor);
	v[11] = CStringGetTextDatum(row.role);
	v[12] = CStringGetTextDatum(row.outer_role);
	v[13] = CStringGetTextDatum(row.session_role);
	v[14] = CStringGetTextDatum(row.area);
	v[15] = row.has_note ? CStringGetTextDatum(e->step.note) : (Datum) 0;
	v[16] = row.has_note ? bytes(salt, sizeof(salt)) : (Datum) 0;
	v[17] = row.has_note ? bytes(row.note_digest, GG_DIGEST) : (Datum) 0;
	v[18] = bytes(hash, GG_DIGEST);
	if (row.from == NULL)
		nulls[8] = 'n';
	if (!row.has_note)
		nulls[15] = nulls[16] = nulls[17] = 'n';
	gg_execute(&plan, v, nulls, false, 0);
}

/* What the guard did not judge is refused. */
static void
meddled(Relation rel, const char *what)
{
	ereport(
		ERROR,
		(errcode(ERRCODE_GG_OWNED_COLUMN),
		 errmsg("a row of \"%s\" was changed between the guard and the journal: %s",
				RelationGetRelationName(rel), what),
		 errhint(
			 "The trigger of enforce_workflow() must have a name that sorts after those of all other BEFORE triggers.")));
}

/* May it be called like this? */
static void
check_call(FunctionCallInfo fcinfo)
{
	TriggerData *td = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_AFTER(td->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(td->tg_event) || TRIGGER_FIRED_BY_DELETE(td->tg_event))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("function \"%s\" must be fired AFTER INSERT OR UPDATE, for each row",
							   "journal_workflow")));
	if (td->tg_trigger->tgnargs < 2)
		ereport(
			ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg(
				 "journal_workflow() takes the workflow, the state column and the key's columns")));
	if (td->tg_trigger->tgdeferrable)
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("the trigger of journal_workflow() may not be deferrable"),
						errdetail("Each step is written with the statement that takes it.")));
}

GG_FUNCTION(gg_journal_workflow);

/*
 * journal_workflow('workflow', 'state_column' [, 'key_column', ...]): AFTER INSERT
 * OR UPDATE row trigger. Errors: WG005 when state, area or key are not what
 * enforce_workflow() judged, WG004 when a step would overtake another.
 */
Datum
gg_journal_workflow(PG_FUNCTION_ARGS)
{
	TriggerData *td = (TriggerData *) fcinfo->context;
	Relation rel = td->tg_relation;
	TupleDesc desc = RelationGetDescr(rel);
	const Trigger *guard;
	char *workflow;
	char *column;
	char *key;
	char *from = NULL;
	char *to;
	char *area = NULL;
	char *old_area = NULL;
	HeapTuple tuple;
	int state_column;
	int area_column = 0;
	GgIdentity self;
	Expected e;

	check_call(fcinfo);
	workflow = td->tg_trigger->tgargs[0];
	column = td->tg_trigger->tgargs[1];
	guard = gg_own_trigger(rel, gg_own_function("enforce_workflow"), workflow, column);
	if (guard == NULL || guard->tgenabled == TRIGGER_DISABLED)
		ereport(
			ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("table \"%s\" has no trigger enforce_workflow('%s', '%s')",
					RelationGetRelationName(rel), workflow, column),
			 errhint(
				 "The journal writes what that guard judged: create the BEFORE trigger, too.")));
	tuple = TRIGGER_FIRED_BY_UPDATE(td->tg_event) ? td->tg_newtuple : td->tg_trigtuple;
	state_column = gg_own_column(rel, column, "journal_workflow");
	if (guard->tgnargs > 2)
		area_column = gg_own_column(rel, guard->tgargs[2], "journal_workflow");
	to = gg_own_text(tuple, desc, state_column);
	area = area_column > 0 ? gg_own_text(tuple, desc, area_column) : NULL;
	key = gg_own_key_of(rel, td->tg_trigger, tuple);
	if (key == NULL)
		ereport(ERROR, (errcode(ERRCODE_NOT_NULL_VIOLATION),
						errmsg("a key of journal_workflow() on \"%s\" is NULL",
							   RelationGetRelationName(rel))));
	if (TRIGGER_FIRED_BY_UPDATE(td->tg_event))
	{
		char *old_key = gg_own_key_of(rel, td->tg_trigger, td->tg_trigtuple);

		if (!same(key, old_key))
			ereport(ERROR,
					(errcode(ERRCODE_GG_OWNED_COLUMN),
					 errmsg("row %s of \"%s\" may not become %s: its journal knows it by its key",
							old_key ? old_key : "NULL", RelationGetRelationName(rel), key),
					 errhint("Keys of a table under journal_workflow() do not change.")));
		from = gg_own_text(td->tg_trigtuple, desc, state_column);
		old_area = area_column > 0 ? gg_own_text(td->tg_trigtuple, desc, area_column) : NULL;
		if (same(from, to))
		{
			drop_undone(rel, column, key, to);
			if (!same(area, old_area))
				meddled(rel, psprintf("column \"%s\" changed without a step", guard->tgargs[2]));
			return PointerGetDatum(NULL);
		}
	}
	if (!take(rel, column, key, from, to, area, &e))
		meddled(rel, psprintf("row %s came from state \"%s\" to \"%s\"%s%s unjudged", key,
							  from ? from : "(new)", to ? to : "NULL", area ? " in area " : "",
							  area ? area : ""));

	gg_become_owner(gg_gov_table("own_log", false), &self);
	SPI_connect();
	write_step(gg_own_relation(gg_own_root(rel)), key, &e);
	SPI_finish();
	gg_become_self(&self);
	return PointerGetDatum(NULL);
}
