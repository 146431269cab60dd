/*
 * direct.c: insert a row into one of the city's tables without SQL.
 *
 * Called where a statement per row would be the largest part of the cost. Only
 * for plain tables without insert triggers, foreign keys, rules, generated
 * columns, domains or defaults of the city's own; otherwise, and while a row of
 * the same kind is being written, the caller runs its SQL statement.
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
#include "catalog/pg_type.h"
#include "commands/sequence.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "utils/fmgrprotos.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/resowner.h"
#include "utils/syscache.h"

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
	bool in_use; /* a row is being written */
	/* in bulk: everything stays open, and rows wait */
	Relation rel;
	BulkInsertState bulk;
	int nrows;
	TupleTableSlot *row[GG_DIRECT_ROWS];
} GgDirectState;

static GgDirect *all[8];
static int nall = 0;

/* Rows may wait: of which statements? */
static struct
{
	bool on;
	ResourceOwner owner;
	int depth;
} bulk;

/* In how many triggers are we? */
int
gg_trigger_depth(void)
{
	LOCAL_FCINFO(fcinfo, 0);

	InitFunctionCallInfoData(*fcinfo, NULL, 0, InvalidOid, NULL, NULL);
	return DatumGetInt32(pg_trigger_depth(fcinfo));
}

/*
 * May rows wait here? Not in a subtransaction or a cursor, which have resources
 * of their own and end before the rows are written, nor where a trigger below
 * ours acts, which may ask for its rows.
 */
static bool
may_wait(void)
{
	return bulk.on && CurrentResourceOwner == bulk.owner && gg_trigger_depth() == bulk.depth + 1;
}

/* Relcache callback: what was learnt of the table is stale. A new index, or one that goes, is told of the table, too. */
static void
forget_direct(Oid relid)
{
	for (int i = 0; i < nall; i++)
		if (!OidIsValid(relid) || all[i]->relid == relid)
			all[i]->known = false;
}

/* Syscache callback: a function changed that a CHECK or an index may have been made with. */
static void
forget_all(Datum arg, int cache, uint32 hash)
{
	forget_direct(InvalidOid);
}

/* Does an insert fire nothing, or only the check of the foreign key that is known to hold? */
static bool
is_quiet(const GgDirect *d, Relation rel)
{
	TriggerDesc *t = rel->trigdesc;
	Oid table;
	AttrNumber column, refers;
	List *keys;

	if (t == NULL)
		return true;
	if (t->trig_insert_before_row || t->trig_insert_instead_row ||
		t->trig_insert_before_statement || t->trig_insert_after_statement)
		return false;
	if (!t->trig_insert_after_row)
		return true;
	if (d->holds.column == NULL)
		return false;
	table = gg_gov_table(d->holds.table, false);
	column = get_attnum(RelationGetRelid(rel), d->holds.column);
	refers = get_attnum(table, d->holds.refers);
	/* what reads catalogs is done: the relation's cached lists stay where they are from here on */
	keys = RelationGetFKeyList(rel);
	t = rel->trigdesc;
	for (int i = 0; i < t->numtriggers; i++)
	{
		bool holds = false;
		ListCell *lc;

		if (!TRIGGER_FOR_INSERT(t->triggers[i].tgtype))
			continue;
		if (RI_FKey_trigger_type(t->triggers[i].tgfoid) == RI_TRIGGER_FK)
			foreach (lc, keys)
			{
				const ForeignKeyCacheInfo *key = lfirst_node(ForeignKeyCacheInfo, lc);

				if (key->conoid == t->triggers[i].tgconstraint)
					holds = key->confrelid == table && key->nkeys == 1 &&
							key->conkey[0] == column && key->confkey[0] == refers;
			}
		if (!holds)
			return false;
	}
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
				/* SQL knows what to do with a column whose type or precision the city changed */
				d->attno[c] = a->atttypid == d->type[c] && a->atttypmod < 0 ? i + 1 : 0;
				ours = true;
			}
		if (a->attidentity != '\0' && !ours && d->identity == 0)
		{
			d->identity = i + 1;
			d->sequence = gg_identity_sequence(rel, i + 1);
			if (a->atttypid != INT8OID)
				d->usable = false;
		}
		/* a domain has defaults and checks that no tuple descriptor tells of */
		else if (!ours && (a->atthasdef || get_typtype(a->atttypid) == TYPTYPE_DOMAIN))
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
		{
			gg_watch_relations(forget_direct);
			CacheRegisterSyscacheCallback(PROCOID, forget_all, (Datum) 0);
		}
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
	MemoryContext old;

	if (state->nrows == 0)
		return;
	/* what a CHECK does goes by SQL; after an error, abort drops the state */
	state->in_use = true;
	old = MemoryContextSwitchTo(GetPerTupleMemoryContext(state->estate));
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
	state->in_use = false;
}

/* The same for all tables. */
static void
flush_all(void)
{
	for (int i = 0; i < nall; i++)
		if (all[i]->state != NULL && all[i]->state->rel != NULL)
			flush(all[i]->state);
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

/*
 * From now on the rows of AFTER triggers of the statements that the caller runs
 * may wait. Nobody may ask for them before gg_direct_bulk_end(): the caller knows
 * that no trigger of the city's own runs between ours.
 */
void
gg_direct_bulk_begin(void)
{
	bulk.on = true;
	bulk.owner = CurrentResourceOwner;
	bulk.depth = gg_trigger_depth();
}

/* All rows are written. */
void
gg_direct_bulk_end(void)
{
	bulk.on = false;
	flush_all();
	for (int i = 0; i < nall; i++)
	{
		GgDirectState *state = all[i]->state;

		if (state == NULL || state->rel == NULL)
			continue;
		FreeBulkInsertState(state->bulk);
		ExecCloseIndices(state->target);
		table_close(state->rel, NoLock);
		state->rel = NULL;
	}
}

/* After an error: what waits is forgotten, the abort closes what is open. */
void
gg_direct_bulk_abort(void)
{
	for (int i = 0; i < nall; i++)
		if (all[i]->state != NULL && all[i]->state->rel != NULL)
			drop_state(all[i]);
	bulk.on = false;
}

/* Insert the row. false: it cannot be done so, use SQL. */
bool
gg_direct_insert(GgDirect *d, const Datum *values, const bool *nulls)
{
	GgDirectState *state = d->state;

	/* a CHECK of the city's own that takes a step while its row is being written */
	if (state != NULL && state->in_use)
		return false;
	if (may_wait())
	{
		if (insert_in_bulk(d, values, nulls))
			return true;
		flush_all(); /* the triggers that SQL fires see what was written before */
		return false;
	}
	/* the table is open for rows that wait */
	if (state != NULL && state->rel != NULL)
		return false;
	state = get_ready(d);
	if (state == NULL)
		return false;
	state->in_use = true;
	PG_TRY();
	{
		fill(d, state->slot, values, nulls);
		ExecSimpleRelationInsert(state->target, state->estate, state->slot);
	}
	PG_FINALLY();
	{
		state->in_use = false;
	}
	PG_END_TRY();
	ExecClearTuple(state->slot);
	ResetPerTupleExprContext(state->estate);
	ExecCloseIndices(state->target);
	table_close(state->target->ri_RelationDesc, NoLock);
	return true;
}
