/*
 * active.c: which model and which words does the city use now?
 *
 * Reads gov.model and gov.lexicon where the city is set up, else the shipped
 * grid_gov.ref_model and ref_lexicon; keeps what it read until the tables are
 * announced as changed. Called by the shells of this room; the only file here
 * that runs SQL.
 */
#include "text/active.h"

#include "access/detoast.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include <math.h>

typedef struct Kept
{
	MemoryContext cxt; /* NULL: nothing kept */
	bool stale;
	GgReading reading;
	bool shipped; /* made from the reference tables */
	int64 id;
	GgModel *model;
	GgLexicon *lexicon;
} Kept;

static Kept models[2] = {{.stale = true}, {.stale = true}};
static Kept words = {.stale = true};
static bool watching = false;

/* Invalidation callback, so it sets flags only: the models are stale. */
static void
forget_models(void)
{
	models[0].stale = models[1].stale = true;
}

/* Invalidation callback: the lexicon is stale. */
static void
forget_words(void)
{
	words.stale = true;
}

/* Run a constant query as the owner of its table; in a parallel worker with the snapshot at hand. */
static void
read_rows(GgPlan *plan, Oid table, Datum arg)
{
	GgIdentity self;

	gg_become_owner(table, &self);
	if (gg_execute(plan, &arg, NULL, IsInParallelMode(), 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read models or lexicon");
	gg_become_self(&self);
}

/* A table of the extension's own reference data. */
static Oid
reference_table(const char *name)
{
	Oid nsp = get_namespace_oid("grid_gov", true);
	Oid table = OidIsValid(nsp) ? get_relname_relid(name, nsp) : InvalidOid;

	if (!OidIsValid(table))
		ereport(ERROR,
				(errcode(ERRCODE_GG_NOT_SET_UP), errmsg("table grid_gov.%s does not exist", name),
				 errhint("Install the extension: CREATE EXTENSION grid_gov CASCADE.")));
	return table;
}

/* A checked copy of a model in cxt. */
GgModel *
gg_model_copy(Datum datum, MemoryContext cxt)
{
	struct varlena *v = pg_detoast_datum_packed((struct varlena *) DatumGetPointer(datum));
	Size len = VARSIZE_ANY_EXHDR(v);
	GgModel *m = MemoryContextAlloc(cxt, MAXALIGN(sizeof(GgModel)) + len);
	char *bytes = (char *) m + MAXALIGN(sizeof(GgModel));
	const char *why;

	memcpy(bytes, VARDATA_ANY(v), len);
	if ((why = gg_model_check(bytes, len, true)) != NULL)
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("a stored text model cannot be used: %s", why),
						errhint("Train it again with grid_gov.train_text_model(body, label).")));
	gg_model_view(bytes, m);
	if ((char *) v != DatumGetPointer(datum))
		pfree(v);
	return m;
}

/* Name and limit of a catalogue item, in the caller's memory; false: the catalogue has no such item in use. */
bool
gg_item_facts(const char *code, Datum *name, Datum *allow)
{
	static GgPlan ours = {
		.text =
			"SELECT COALESCE(name::pg_catalog.text, ''), allow::grid_gov.time_limit FROM gov.catalogue WHERE code OPERATOR(pg_catalog.=) $1 AND active",
		.nargs = 1,
		.argtypes = {TEXTOID}};
	static GgPlan shipped = {
		.text =
			"SELECT name, allow::grid_gov.time_limit FROM grid_gov.ref_catalogue WHERE code OPERATOR(pg_catalog.=) $1",
		.nargs = 1,
		.argtypes = {TEXTOID}};
	Oid table = gg_gov_table("catalogue", true);
	MemoryContext caller = CurrentMemoryContext;
	bool found;

	SPI_connect();
	if (OidIsValid(table))
		read_rows(&ours, table, CStringGetTextDatum(code));
	else
		read_rows(&shipped, reference_table("ref_catalogue"), CStringGetTextDatum(code));
	found = SPI_processed > 0;
	if (found)
	{
		HeapTuple t = SPI_tuptable->vals[0];
		TupleDesc d = SPI_tuptable->tupdesc;
		MemoryContext own;
		bool null;

		*allow = SPI_getbinval(t, d, 2, &null);
		own = MemoryContextSwitchTo(caller);
		*name = PointerGetDatum(pg_detoast_datum_copy(
			(struct varlena *) DatumGetPointer(SPI_getbinval(t, d, 1, &null))));
		MemoryContextSwitchTo(own);
	}
	SPI_finish();
	return found;
}

/* Replace what is kept by what has just been read; the old one goes when nothing can fail any more. */
static void
keep(Kept *k, MemoryContext cxt, bool shipped)
{
	MemoryContext old = k->cxt;

	MemoryContextSetParent(cxt, CacheMemoryContext);
	k->cxt = cxt;
	k->shipped = shipped;
	if (old != NULL)
		MemoryContextDelete(old);
}

/* The rows of gov.lexicon or ref_lexicon, into a new context. */
static void
load_words(void)
{
	static GgPlan ours = {
		.text =
			"SELECT word::pg_catalog.text, category::pg_catalog.text, weight::real FROM gov.lexicon WHERE active"};
	static GgPlan shipped = {.text = "SELECT word, category, weight FROM grid_gov.ref_lexicon"};
	Oid table = gg_gov_table("lexicon", true);
	bool from_city = OidIsValid(table);
	MemoryContext cxt, old;
	GgLexicon *lex;

	if (!from_city && words.cxt != NULL && words.shipped)
		return;
	cxt = AllocSetContextCreate(CurrentMemoryContext, "grid_gov lexicon", ALLOCSET_DEFAULT_SIZES);
	SPI_connect();
	read_rows(from_city ? &ours : &shipped, from_city ? table : reference_table("ref_lexicon"),
			  (Datum) 0);
	old = MemoryContextSwitchTo(cxt);
	lex = gg_lexicon_begin(SPI_processed);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple t = SPI_tuptable->vals[i];
		TupleDesc d = SPI_tuptable->tupdesc;
		bool null[3];
		Datum word = SPI_getbinval(t, d, 1, &null[0]), category = SPI_getbinval(t, d, 2, &null[1]);
		float4 weight = DatumGetFloat4(SPI_getbinval(t, d, 3, &null[2]));
		struct varlena *w, *c;
		int k;

		if (null[0] || null[1] || null[2] || isnan(weight) || isinf(weight))
			continue;
		w = pg_detoast_datum_packed((struct varlena *) DatumGetPointer(word));
		c = pg_detoast_datum_packed((struct varlena *) DatumGetPointer(category));
		k = gg_category_of(VARDATA_ANY(c), VARSIZE_ANY_EXHDR(c));
		if (k >= 0)
			gg_lexicon_add(lex, VARDATA_ANY(w), VARSIZE_ANY_EXHDR(w), k, weight);
	}
	gg_lexicon_end(lex);
	MemoryContextSwitchTo(old);
	SPI_finish();
	keep(&words, cxt, !from_city);
	words.lexicon = lex;
}

/* The active model of a kind, into a new context. */
static void
load_model(GgKind kind)
{
	static GgPlan ours = {
		.text =
			"SELECT id::bigint, model::grid_gov.text_model FROM gov.model WHERE kind OPERATOR(pg_catalog.=) $1 AND active ORDER BY id DESC LIMIT 1",
		.nargs = 1,
		.argtypes = {TEXTOID}};
	static GgPlan shipped = {
		.text =
			"SELECT pg_catalog.int8(0), model FROM grid_gov.ref_model WHERE kind OPERATOR(pg_catalog.=) $1",
		.nargs = 1,
		.argtypes = {TEXTOID}};
	Oid table = gg_gov_table("model", true);
	Kept *k = &models[kind];
	Datum name = CStringGetTextDatum(kind == GG_KIND_ITEM ? "item" : "category");
	MemoryContext cxt;
	GgModel *model = NULL;
	int64 id = 0;
	bool null, from_city = false;

	if (!OidIsValid(table) && k->cxt != NULL && k->shipped)
		return;
	cxt = AllocSetContextCreate(CurrentMemoryContext, "grid_gov model", ALLOCSET_SMALL_SIZES);
	SPI_connect();
	if (OidIsValid(table))
	{
		read_rows(&ours, table, name);
		from_city = SPI_processed > 0;
	}
	if (!from_city)
		read_rows(&shipped, reference_table("ref_model"), name);
	if (SPI_processed > 0)
	{
		Datum datum = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &null);

		if (!null)
		{
			model = gg_model_copy(datum, cxt);
			id = DatumGetInt64(
				SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null));
		}
	}
	SPI_finish();
	keep(k, cxt, !from_city);
	k->model = model;
	k->id = id;
}

/* Reload what is stale; a change announced while we read makes it stale again. */
static void
refresh(Kept *k, void (*load)(void), GgKind kind)
{
	if (!watching)
	{
		gg_watch_table("model", forget_models);
		gg_watch_table("lexicon", forget_words);
		watching = true;
	}
	if (likely(!k->stale && gg_reading_holds(&k->reading)))
		return;
	k->stale = false;
	k->reading = gg_reading();
	PG_TRY();
	{
		if (load != NULL)
			load();
		else
			load_model(kind);
	}
	PG_CATCH();
	{
		k->stale = true;
		PG_RE_THROW();
	}
	PG_END_TRY();
}

/* The active model of a kind. */
const GgModel *
gg_active_model(GgKind kind, int64 *id)
{
	refresh(&models[kind], NULL, kind);
	*id = models[kind].id;
	return models[kind].model;
}

/* The words in use. */
const GgLexicon *
gg_active_lexicon(void)
{
	refresh(&words, load_words, GG_KIND_CATEGORY);
	return words.lexicon;
}
