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

#include "access/table.h"
#include "access/tableam.h"
#include "catalog/dependency.h"
#include "commands/sequence.h"
#include "executor/executor.h"
#include "utils/rel.h"

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

/* Insert the row. false: it cannot be done so, use SQL. */
bool
gg_direct_insert(GgDirect *d, const Datum *values, const bool *nulls)
{
	Oid relid = gg_gov_table(d->table, false);
	Relation rel = table_open(relid, RowExclusiveLock);
	EState *estate;
	ResultRelInfo *target;
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
		learn(d, rel);
	}
	if (!d->usable)
	{
		table_close(rel, NoLock);
		return false;
	}

	estate = CreateExecutorState();
	target = makeNode(ResultRelInfo);
	InitResultRelInfo(target, rel, 0, NULL, 0);
	ExecOpenIndices(target, false);
	slot = ExecInitExtraTupleSlot(estate, RelationGetDescr(rel), table_slot_callbacks(rel));
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
	ExecSimpleRelationInsert(target, estate, slot);
	ExecCloseIndices(target);
	ExecResetTupleTable(estate->es_tupleTable, false);
	FreeExecutorState(estate);
	table_close(rel, NoLock);
	return true;
}
