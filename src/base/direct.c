/*
 * direct.c: insert a row into one of the city's tables without SQL.
 *
 * Called where a statement per row would be the largest part of the cost. Only
 * for plain tables without insert triggers, rules, generated columns or defaults
 * of the city's own; otherwise the caller runs its SQL statement.
 * Constraints and indexes are served as always; no privilege is looked at, so
 * that nobody needs INSERT on the journal.
 */
#include "base/base.h"

#include "access/genam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/dependency.h"
#include "commands/sequence.h"
#include "executor/executor.h"
#include "utils/memutils.h"
#include "utils/rel.h"

/*
 * What the executor needs for the table, kept for the transaction: making it
 * anew for every row would parse the CHECK constraints every time. Relations
 * themselves are opened and closed row by row.
 */
typedef struct GgDirectState
{
	EState *estate;
	ResultRelInfo *target;
	TupleTableSlot *slot;
	int nindexes;
	Oid *index;
} GgDirectState;

static GgDirect *all[8];
static int nall = 0;

/* Relcache callback: what was learnt of the table is stale. */
static void
forget_direct(Oid relid)
{
	for (int i = 0; i < nall; i++)
		if (!OidIsValid(relid) || all[i]->relid == relid)
			all[i]->known = false;
}

/* Learn the table's columns, and whether it may be written directly. */
static void
learn(GgDirect *d, Relation rel)
{
	TupleDesc desc = RelationGetDescr(rel);

	Assert(d->type != NULL);
	d->usable =
		rel->rd_rel->relkind == RELKIND_RELATION &&
		(rel->trigdesc == NULL ||
		 (!rel->trigdesc->trig_insert_before_row && !rel->trigdesc->trig_insert_after_row &&
		  !rel->trigdesc->trig_insert_instead_row && !rel->trigdesc->trig_insert_before_statement &&
		  !rel->trigdesc->trig_insert_after_statement)) &&
		rel->rd_rules == NULL;
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
			d->sequence = getIdentitySequence(RelationGetRelid(rel), i + 1, false);
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

/* The transaction ends: the memory goes with it. */
static void
forget_state(void *arg)
{
	((GgDirect *) arg)->state = NULL;
}

/* Make what is kept for the transaction. Leaves the indexes open. */
static void
prepare(GgDirect *d, Relation rel)
{
	MemoryContext context = AllocSetContextCreate(TopTransactionContext, "grid_gov direct insert",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	MemoryContextCallback *callback = palloc(sizeof(MemoryContextCallback));
	GgDirectState *state = palloc0(sizeof(GgDirectState));

	state->estate = CreateExecutorState();
	state->target = makeNode(ResultRelInfo);
	InitResultRelInfo(state->target, rel, 0, NULL, 0);
	ExecOpenIndices(state->target, false);
	state->nindexes = state->target->ri_NumIndices;
	state->index = palloc(sizeof(Oid) * Max(state->nindexes, 1));
	for (int i = 0; i < state->nindexes; i++)
		state->index[i] = RelationGetRelid(state->target->ri_IndexRelationDescs[i]);
	/* a copy: the slot outlives this opening of the table */
	state->slot = MakeSingleTupleTableSlot(CreateTupleDescCopyConstr(RelationGetDescr(rel)),
										   table_slot_callbacks(rel));
	callback->func = forget_state;
	callback->arg = d;
	MemoryContextRegisterResetCallback(context, callback);
	MemoryContextSwitchTo(old);
	d->state = state;
}

/* Point what is kept to the relations as they are open now. */
static void
reopen(GgDirectState *state, Relation rel)
{
	state->target->ri_RelationDesc = rel;
	for (int i = 0; i < state->nindexes; i++)
		state->target->ri_IndexRelationDescs[i] = index_open(state->index[i], RowExclusiveLock);
}

/* Insert the row. false: it cannot be done so, use SQL. */
bool
gg_direct_insert(GgDirect *d, const Datum *values, const bool *nulls)
{
	Oid relid = gg_gov_table(d->table, false);
	Relation rel = table_open(relid, RowExclusiveLock);
	GgDirectState *state;
	TupleTableSlot *slot;

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
		d->relid = relid;
		d->state = NULL;
		learn(d, rel);
	}
	if (!d->usable)
	{
		table_close(rel, NoLock);
		return false;
	}

	if (d->state == NULL)
		prepare(d, rel);
	else
		reopen(d->state, rel);
	state = d->state;
	slot = state->slot;
	ExecClearTuple(slot);
	memset(slot->tts_isnull, true, sizeof(bool) * RelationGetDescr(rel)->natts);
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
	ExecSimpleRelationInsert(state->target, state->estate, slot);
	ExecClearTuple(slot);
	ResetPerTupleExprContext(state->estate);
	ExecCloseIndices(state->target);
	table_close(rel, NoLock);
	return true;
}
