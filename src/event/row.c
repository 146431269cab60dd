/*
 * row.c: the columns of gov.event by name, in any table layout.
 *
 * A DBA may have added columns, and a partition may order them differently:
 * attribute numbers are looked up by name once per relation and forgotten when
 * the relation changes. Knows no rule.
 */
#include "event/event.h"

#include "access/transam.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

const GgColumnInfo gg_column[EV_COUNT] = {
#define GG_COLUMN(symbol, name, type, flags) {name, type, flags},
#include "event/columns.h"
#undef GG_COLUMN
};

static HTAB *maps = NULL;

/* Relcache callback: every map of this relation, or all, is stale. */
static void
forget_maps(Oid relid)
{
	HASH_SEQ_STATUS seq;
	GgMap *m;

	if (maps == NULL)
		return;
	hash_seq_init(&seq, maps);
	while ((m = hash_seq_search(&seq)) != NULL)
		if (!OidIsValid(relid) || m->relid == relid)
			m->valid = false;
}

/* Is the column of the type that we read and write it as? */
static bool
fits(GgType type, Form_pg_attribute a)
{
	static const Oid plain[] = {[GG_I8] = INT8OID,  [GG_I4] = INT4OID,
								[GG_I2] = INT2OID,  [GG_TS] = TIMESTAMPTZOID,
								[GG_BO] = BOOLOID,  [GG_F8] = FLOAT8OID,
								[GG_DA] = DATEOID,  [GG_BY] = BYTEAOID,
								[GG_JS] = JSONBOID, [GG_TA] = TIMESTAMPTZARRAYOID};

	if (type == GG_TX)
		return a->atttypid == TEXTOID || a->atttypid == VARCHAROID;
	/* PostGIS has no fixed OID: what reads the point checks its bytes */
	if (type == GG_GE)
		return a->attlen == -1 && a->atttypid >= FirstNormalObjectId;
	return a->atttypid == plain[type];
}

/* Fill a map from a row description; a missing column or one of another type is WG010. */
void
gg_map_of_desc(TupleDesc desc, GgMap *map)
{
	for (int c = 0; c < EV_COUNT; c++)
	{
		map->attno[c] = 0;
		for (int i = 0; i < desc->natts; i++)
		{
			Form_pg_attribute a = TupleDescAttr(desc, i);

			if (!a->attisdropped && strcmp(NameStr(a->attname), gg_column[c].name) == 0)
			{
				map->attno[c] = i + 1;
				break;
			}
		}
		if (map->attno[c] == 0)
			ereport(ERROR,
					(errcode(ERRCODE_GG_NOT_SET_UP),
					 errmsg("table gov.event has no column \"%s\"", gg_column[c].name),
					 errhint("Call grid_gov.setup(root, name) to bring schema gov to version %s.",
							 GRID_GOV_VERSION)));
		if (!fits(gg_column[c].type, TupleDescAttr(desc, map->attno[c] - 1)))
			ereport(ERROR,
					(errcode(ERRCODE_GG_NOT_SET_UP),
					 errmsg("column \"%s\" of gov.event is of another type than setup() gave it",
							gg_column[c].name),
					 errhint("Give it its type back: sql of grid_gov.ref_object, gov.event.")));
	}
}

/* The map of gov.event or one of its partitions. */
const GgMap *
gg_map(Relation rel)
{
	Oid relid = RelationGetRelid(rel);
	bool found;
	GgMap *m;

	if (maps == NULL)
	{
		HASHCTL ctl = {0};

		ctl.keysize = sizeof(Oid);
		ctl.entrysize = sizeof(GgMap);
		ctl.hcxt = CacheMemoryContext;
		maps =
			hash_create("grid_gov event columns", 16, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
		gg_watch_relations(forget_maps);
	}
	m = hash_search(maps, &relid, HASH_ENTER, &found);
	if (!found)
		m->valid = false;
	if (!m->valid)
	{
		gg_map_of_desc(RelationGetDescr(rel), m);
		m->valid = true;
	}
	return m;
}

/* Take a row apart. */
void
gg_row_load(const GgMap *map, TupleDesc desc, HeapTuple tuple, GgRow *row)
{
	Datum *values = palloc(sizeof(Datum) * desc->natts);
	bool *nulls = palloc(sizeof(bool) * desc->natts);

	heap_deform_tuple(tuple, desc, values, nulls);
	for (int c = 0; c < EV_COUNT; c++)
	{
		row->v[c] = values[map->attno[c] - 1];
		row->null[c] = nulls[map->attno[c] - 1];
		row->changed[c] = false;
	}
	pfree(values);
	pfree(nulls);
}

/* Before a step: a row that the guard wrote has all of these; one that came in around it may not. WG010. */
void
gg_row_check(const GgRow *row)
{
	static const GgColumn needed[] = {EV_ID,    EV_WORKFLOW, EV_STATE,   EV_AREA, EV_SOURCE,
									  EV_LEVEL, EV_BODY,     EV_LAST_AT, EV_SEQ,  EV_ENTERED_AT};

	for (int i = 0; i < lengthof(needed); i++)
		if (row->null[needed[i]])
			ereport(ERROR,
					(errcode(ERRCODE_GG_NOT_SET_UP),
					 errmsg("event %lld has no %s", (long long) gg_int8(row, EV_ID),
							gg_column[needed[i]].name),
					 errdetail("The row was not written through the trigger zz_grid_gov_guard."),
					 errhint("Old events come in by grid_gov.import_events().")));
}

/* The tuple with what was changed in the row. */
HeapTuple
gg_row_store(const GgMap *map, TupleDesc desc, HeapTuple tuple, GgRow *row)
{
	int cols[EV_COUNT];
	Datum values[EV_COUNT];
	bool nulls[EV_COUNT];
	int n = 0;

	for (int c = 0; c < EV_COUNT; c++)
		if (row->changed[c])
		{
			cols[n] = map->attno[c];
			values[n] = row->null[c] ? (Datum) 0 : row->v[c];
			nulls[n] = row->null[c];
			n++;
		}
	return n == 0 ? tuple : heap_modify_tuple_by_cols(tuple, desc, n, cols, values, nulls);
}

/* Is the column's type passed by reference, with a varlena header? */
static bool
is_varlena(GgType type)
{
	return type == GG_TX || type == GG_BY || type == GG_JS || type == GG_GE || type == GG_TA;
}

/* Do two rows agree in a column? Values are compared after detoasting. */
bool
gg_column_equal(GgColumn c, const GgRow *a, const GgRow *b)
{
	if (a->null[c] || b->null[c])
		return a->null[c] == b->null[c];
	if (!is_varlena(gg_column[c].type))
		return a->v[c] == b->v[c];
	if (a->v[c] == b->v[c])
		return true;
	return datum_image_eq(a->v[c], b->v[c], false, -1);
}

/* Write a value. */
void
gg_set(GgRow *row, GgColumn c, Datum value)
{
	row->v[c] = value;
	row->null[c] = false;
	row->changed[c] = true;
}

/* Write NULL. */
void
gg_set_null(GgRow *row, GgColumn c)
{
	row->v[c] = (Datum) 0;
	row->null[c] = true;
	row->changed[c] = true;
}

/* Write text, or NULL. */
void
gg_set_text(GgRow *row, GgColumn c, const char *value)
{
	if (value == NULL)
		gg_set_null(row, c);
	else
		gg_set(row, c, CStringGetTextDatum(value));
}

/* Read text; NULL for SQL NULL. */
char *
gg_text(const GgRow *row, GgColumn c)
{
	return row->null[c] ? NULL : TextDatumGetCString(row->v[c]);
}

/* Read an array of instants without NULLs; 0 for SQL NULL. */
int
gg_times(const GgRow *row, GgColumn c, TimestampTz **at)
{
	Datum *element;
	int n;

	*at = NULL;
	if (row->null[c])
		return 0;
	deconstruct_array(DatumGetArrayTypeP(row->v[c]), TIMESTAMPTZOID, sizeof(TimestampTz),
					  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &element, NULL, &n);
	*at = palloc(sizeof(TimestampTz) * Max(n, 1));
	for (int i = 0; i < n; i++)
		(*at)[i] = DatumGetTimestampTz(element[i]);
	return n;
}

/* Write an array of instants, NULL for none. */
void
gg_set_times(GgRow *row, GgColumn c, const TimestampTz *at, int n)
{
	Datum *element = palloc(sizeof(Datum) * Max(n, 1));

	for (int i = 0; i < n; i++)
		element[i] = TimestampTzGetDatum(at[i]);
	if (n == 0)
		gg_set_null(row, c);
	else
		gg_set(row, c,
			   PointerGetDatum(construct_array(element, n, TIMESTAMPTZOID, sizeof(TimestampTz),
											   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE)));
}

/* Is the column this text? */
bool
gg_is(const GgRow *row, GgColumn c, const char *value)
{
	text *t;
	bool same;

	if (row->null[c])
		return false;
	t = DatumGetTextPP(row->v[c]);
	same = VARSIZE_ANY_EXHDR(t) == strlen(value) &&
		   memcmp(VARDATA_ANY(t), value, VARSIZE_ANY_EXHDR(t)) == 0;
	if ((Pointer) t != DatumGetPointer(row->v[c]))
		pfree(t);
	return same;
}
