/*
 * direct.c: insert a row into one of the city's tables without SQL.
 *
 * Called where a statement per row would be the largest part of the cost. Only
 * for plain tables without insert triggers, rules, generated columns or defaults
 * of the city's own; otherwise the caller runs its SQL statement.
 * Constraints and indexes are served as always; no privilege is looked at, so
 * that nobody needs INSERT on the journal. In bulk, rows are kept and written
 * many at a time.
 */
#include "base/base.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/pg_trigger.h"
#include "commands/sequence.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#define GG_DIRECT_ROWS 500

/*
 * What the executor needs for the table, kept until the table changes: making
 * it anew for every row would parse the CHECK constraints every time. Relations themselves are opened and closed row by row.
 */
typedef struct GgDirectState
{
	MemoryContext context; /* holds all of this */
	MemoryContext
		index_context; /* holds what index access methods keep while the indexes are open */
	EState *estate;
	ResultRelInfo *target;
	TupleTableSlot *slot;
	int nindexes;
	Oid *index;
	/* in bulk: everything stays open, and rows wait */
	Relation rel;
	BulkInsertState bulk;
	int nrows;
	TupleTableSlot *row[GG_DIRECT_ROWS];
} GgDirectState;

static GgDirect *all[8];
static int nall = 0;
static bool in_bulk = false;

/* Relcache callback: what was learnt of the table is stale. A new index, or one that goes, is told of the table, too. */
static void
forget_direct(Oid relid)
{
	for (int i = 0; i < nall; i++)
		if (!OidIsValid(relid) || all[i]->relid == relid)
			all[i]->known = false;
}

/* Does an insert fire nothing, or only checks of foreign keys that are known to hold? */
static bool
is_quiet(const GgDirect *d, Relation rel)
{
	TriggerDesc *t = rel->trigdesc;

	if (t == NULL)
		return true;
	if (t->trig_insert_before_row || t->trig_insert_instead_row ||
		t->trig_insert_before_statement || t->trig_insert_after_statement)
		return false;
	for (int i = 0; i < t->numtriggers && t->trig_insert_after_row; i++)
		if (TRIGGER_FOR_INSERT(t->triggers[i].tgtype) &&
			!(d->keys_hold && RI_FKey_trigger_type(t->triggers[i].tgfoid) == RI_TRIGGER_FK))
			return false;
	return true;
}

/* Learn the table's columns, and whether it may be written directly. */
static void
learn(GgDirect *d, Relation rel)
{
	TupleDesc desc = RelationGetDescr(rel);

	Assert(d->type != NULL);
	d->usable =
		rel->rd_rel->relkind == RELKIND_RELATION && is_quiet(d, rel) && rel->rd_rules == NULL;
	d->identity = 0;
	for (int c = 0; c < d->ncolumns; c++)
		d->attno[c] = 0;
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute a = TupleDescAttr(desc, i);
		bool ours = false;

		if (a->attisdropped)
			continue;
		for (int c = 0; c < d->ncolumns; c++)
			if (strcmp(NameStr(a->attname), d->column[c]) == 0)
			{
				/* SQL knows what to do with a column whose type the city changed */
				d->attno[c] = a->atttypid == d->type[c] ? i + 1 : 0;
				ours = true;
			}
		if (a->attidentity != '\0' && !ours && d->identity == 0)
		{
			d->identity = i + 1;
			d->sequence = gg_identity_sequence(rel, i + 1);
		}
		else if (!ours && a->atthasdef)
			d->usable = false;
		if (a->attgenerated != '\0')
			d->usable = false;
	}
	for (int c = 0; c < d->ncolumns; c++)
		if (d->attno[c] == 0)
			d->usable = false;
	d->known = true;
}

/* Nobody needs what is kept any more. */
static void
drop_state(GgDirect *d)
{
	if (d->state != NULL)
		MemoryContextDelete(d->state->context);
	d->state = NULL;
}

/* Make what is kept. Leaves the indexes open. */
static void
prepare(GgDirect *d, Relation rel)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "grid_gov direct insert", ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	GgDirectState *state = palloc0(sizeof(GgDirectState));

	state->context = context;
	state->index_context =
		AllocSetContextCreate(context, "grid_gov open indexes", ALLOCSET_SMALL_SIZES);
	state->estate = CreateExecutorState();
	state->target = makeNode(ResultRelInfo);
	InitResultRelInfo(state->target, rel, 0, NULL, 0);
	state->target->ri_TrigDesc = NULL;
	ExecOpenIndices(state->target, false);
	state->nindexes = state->target->ri_NumIndices;
	state->index = palloc(sizeof(Oid) * Max(state->nindexes, 1));
	for (int i = 0; i < state->nindexes; i++)
	{
		state->index[i] = RelationGetRelid(state->target->ri_IndexRelationDescs[i]);
		state->target->ri_IndexRelationInfo[i]->ii_Context = state->index_context;
	}
	/* a copy: the slot outlives this opening of the table */
	state->slot = MakeSingleTupleTableSlot(CreateTupleDescCopyConstr(RelationGetDescr(rel)),
										   table_slot_callbacks(rel));
	MemoryContextSwitchTo(old);
	MemoryContextSetParent(context, CacheMemoryContext);
	d->state = state;
}

/* Point what is kept to the relations as they are open now. */
static void
reopen(GgDirectState *state, Relation rel)
{
	state->target->ri_RelationDesc = rel;
	MemoryContextReset(state->index_context);
	for (int i = 0; i < state->nindexes; i++)
	{
		state->target->ri_IndexRelationDescs[i] = index_open(state->index[i], RowExclusiveLock);
		/* GIN, GiST and BRIN keep pointers to the index as it was open before */
		state->target->ri_IndexRelationInfo[i]->ii_AmCache = NULL;
	}
}

/* What is kept for this table, its relations open; NULL: it cannot be written so. */
static GgDirectState *
get_ready(GgDirect *d)
{
	Oid relid = gg_gov_table(d->table, false);
	Relation rel = table_open(relid, RowExclusiveLock);

	if (!d->listed)
	{
		if (nall >= lengthof(all))
			elog(ERROR, "too many tables are written directly");
		if (nall == 0)
			gg_watch_relations(forget_direct);
		all[nall++] = d;
		d->listed = true;
	}
	if (!d->known || d->relid != relid)
	{
		drop_state(d);
		d->relid = relid;
		learn(d, rel);
	}
	if (!d->usable)
	{
		table_close(rel, NoLock);
		return NULL;
	}
	if (d->state == NULL)
		prepare(d, rel);
	else
		reopen(d->state, rel);
	return d->state;
}

/* Put values into a slot. */
static void
fill(const GgDirect *d, TupleTableSlot *slot, const Datum *values, const bool *nulls)
{
	ExecClearTuple(slot);
	memset(slot->tts_isnull, true, sizeof(bool) * slot->tts_tupleDescriptor->natts);
	for (int c = 0; c < d->ncolumns; c++)
	{
		slot->tts_values[d->attno[c] - 1] = nulls[c] ? (Datum) 0 : values[c];
		slot->tts_isnull[d->attno[c] - 1] = nulls[c];
	}
	if (d->identity != 0)
	{
		slot->tts_values[d->identity - 1] = Int64GetDatum(nextval_internal(d->sequence, false));
		slot->tts_isnull[d->identity - 1] = false;
	}
	ExecStoreVirtualTuple(slot);
}

/* Write the rows that wait. */
static void
flush(GgDirectState *state)
{
	MemoryContext old = MemoryContextSwitchTo(GetPerTupleMemoryContext(state->estate));

	if (state->rel->rd_att->constr != NULL)
		for (int i = 0; i < state->nrows; i++)
			ExecConstraints(state->target, state->row[i], state->estate);
	table_multi_insert(state->rel, state->row, state->nrows, GetCurrentCommandId(true), 0,
					   state->bulk);
	for (int i = 0; i < state->nrows; i++)
	{
		state->row[i]->tts_tableOid = RelationGetRelid(state->rel);
		if (state->nindexes > 0)
			(void) gg_insert_index_tuples(state->target, state->row[i], state->estate);
		ExecClearTuple(state->row[i]);
	}
	state->nrows = 0;
	MemoryContextSwitchTo(old);
	ResetPerTupleExprContext(state->estate);
}

/* Keep the row until there are many. false: it cannot be done so, use SQL. */
static bool
insert_in_bulk(GgDirect *d, const Datum *values, const bool *nulls)
{
	GgDirectState *state = d->state;
	TupleTableSlot **row;
	MemoryContext old;

	if (state == NULL || state->rel == NULL)
	{
		state = get_ready(d);
		if (state == NULL)
			return false;
		old = MemoryContextSwitchTo(state->slot->tts_mcxt);
		state->bulk = GetBulkInsertState();
		MemoryContextSwitchTo(old);
		state->rel = state->target->ri_RelationDesc;
	}
	row = &state->row[state->nrows];
	if (*row == NULL)
	{
		old = MemoryContextSwitchTo(state->slot->tts_mcxt);
		*row = MakeSingleTupleTableSlot(state->slot->tts_tupleDescriptor, state->slot->tts_ops);
		MemoryContextSwitchTo(old);
	}
	fill(d, *row, values, nulls);
	ExecMaterializeSlot(*row);
	if (++state->nrows == GG_DIRECT_ROWS)
		flush(state);
	return true;
}

/* From now on to the end of this command rows may wait. Nobody may ask for them before gg_direct_bulk_end(). */
void
gg_direct_bulk_begin(void)
{
	in_bulk = true;
}

/* All rows are written. */
void
gg_direct_bulk_end(void)
{
	for (int i = 0; i < nall; i++)
	{
		GgDirectState *state = all[i]->state;

		if (state == NULL || state->rel == NULL)
			continue;
		flush(state);
		FreeBulkInsertState(state->bulk);
		ExecCloseIndices(state->target);
		table_close(state->rel, NoLock);
		state->rel = NULL;
	}
	in_bulk = false;
}

/* After an error: what waits is forgotten, the abort closes what is open. */
void
gg_direct_bulk_abort(void)
{
	for (int i = 0; i < nall; i++)
		if (all[i]->state != NULL && all[i]->state->rel != NULL)
			drop_state(all[i]);
	in_bulk = false;
}

/* Insert the row. false: it cannot be done so, use SQL. */
bool
gg_direct_insert(GgDirect *d, const Datum *values, const bool *nulls)
{
	GgDirectState *state;

	if (in_bulk)
		return insert_in_bulk(d, values, nulls);
	state = get_ready(d);
	if (state == NULL)
		return false;
	fill(d, state->slot, values, nulls);
	ExecSimpleRelationInsert(state->target, state->estate, state->slot);
	ExecClearTuple(state->slot);
	ResetPerTupleExprContext(state->estate);
	ExecCloseIndices(state->target);
	table_close(state->target->ri_RelationDesc, NoLock);
	return true;
}
