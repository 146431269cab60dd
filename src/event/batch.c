/*
 * batch.c: report_batch(): many reports in one call, the good ones stand.
 *
 * Called by bridges. What can be told from an item alone is told first; the rest
 * is taken chunk by chunk with one statement a table. A chunk that fails is
 * undone and taken in halves, down to the item that is at fault, which
 * report.c takes alone for the reason that it gives. All rules are the guard's.
 */
#include "event/report.h"

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include <math.h>

#define CHUNK 64 /* larger ones gain little, and lose more where an item is bad */

typedef struct BatchItem
{
	GgReport r; /* location is not there yet */
	Datum lon, lat;
	bool has_point;
	bool later; /* its number stands in an earlier item of the chunk, too */
	int code;   /* 0, or why it was not taken */
	char *problem;
	int64 id; /* 0: not taken */
} BatchItem;

typedef struct Batch
{
	BatchItem *item;
	Oid geometry;
	const GgIdentity *self;
	/* of an attempt */
	int *at; /* items of the range */
	int n;
	int64 *id;
} Batch;

/* What is wrong with an item, as far as it tells itself. */
static void
bad(BatchItem *it, int code, char *problem)
{
	if (it->code != 0)
		return;
	it->code = code;
	it->problem = problem;
}

/* A member of the item, or NULL. */
static JsonbValue *
member(const Jsonb *item, const char *name)
{
	JsonbValue key = {.type = jbvString,
					  .val.string = {.val = unconstify(char *, name), .len = strlen(name)}};

	return findJsonbValueFromContainer(unconstify(JsonbContainer *, &item->root), JB_FOBJECT, &key);
}

/* A member of the item as text datum. */
static void
take_text(BatchItem *it, int field, const Jsonb *item, const char *name, const char *otherwise)
{
	const JsonbValue *value = member(item, name);
	const char *text = value != NULL ? gg_arg(item, name) : NULL;

	/* a number may be a phone's, but no number or truth value is a report's text */
	if (value != NULL && (value->type == jbvBinary ||
						  (field == R_BODY && value->type != jbvNull && value->type != jbvString)))
		bad(it, ERRCODE_INVALID_PARAMETER_VALUE, psprintf("\"%s\" is not a string", name));
	if (text == NULL)
		text = otherwise;
	it->r.null[field] = text == NULL;
	it->r.v[field] = text ? CStringGetTextDatum(text) : (Datum) 0;
}

/* A coordinate, kept as text for PostgreSQL to read. */
static bool
take_coordinate(BatchItem *it, const Jsonb *item, const char *name, Datum *out)
{
	char *text = gg_arg(item, name);
	char *end;
	double value;

	if (text == NULL)
		return false;
	errno = 0;
	value = strtod(text, &end);
	if (errno != 0 || end == text || *end != '\0' || isnan(value) || isinf(value))
		bad(it, ERRCODE_INVALID_TEXT_REPRESENTATION,
			psprintf("\"%s\" is \"%s\", which is not a number", name, text));
	*out = Float8GetDatum(value);
	return true;
}

/* A member that nobody reads would be lost in silence. */
static void
refuse_unknown(BatchItem *it, const Jsonb *item)
{
	static const char *const known[] = {"body",  "lon",     "lat",          "frame", "source",
										"area",  "item",    "external_id",  "args",  "urgent",
										"phone", "address", "reporter_name"};
	JsonbIterator *walk = JsonbIteratorInit((JsonbContainer *) &item->root);
	JsonbIteratorToken token;
	JsonbValue v;

	while ((token = JsonbIteratorNext(&walk, &v, true)) != WJB_DONE)
	{
		int i = 0;

		if (token != WJB_KEY)
			continue;
		while (i < lengthof(known) && (strlen(known[i]) != v.val.string.len ||
									   memcmp(known[i], v.val.string.val, v.val.string.len) != 0))
			i++;
		if (i == lengthof(known))
			bad(it, ERRCODE_INVALID_PARAMETER_VALUE,
				psprintf(
					"the item has a member \"%s\", which is none of body, lon, lat, frame, source, external_id,"
					" area, item, urgent, reporter_name, phone, address, args",
					pnstrdup(v.val.string.val, v.val.string.len)));
	}
}

/* Read one item: {"body", "lon", "lat", "frame", "source", "external_id", ...}. */
static void
read_item(BatchItem *it, const JsonbValue *value)
{
	const Jsonb *item;
	JsonbValue *args;
	char *urgent;
	bool lon, lat;

	memset(it, 0, sizeof(BatchItem));
	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
	{
		bad(it, ERRCODE_INVALID_PARAMETER_VALUE, "the item is not a JSON object");
		return;
	}
	item = JsonbValueToJsonb(unconstify(JsonbValue *, value));
	refuse_unknown(it, item);
	take_text(it, R_BODY, item, "body", NULL);
	take_text(it, R_SOURCE, item, "source", "grid");
	take_text(it, R_EXTERNAL_ID, item, "external_id", NULL);
	take_text(it, R_AREA, item, "area", NULL);
	take_text(it, R_ITEM, item, "item", NULL);
	take_text(it, R_FRAME, item, "frame", "cgcs2000");
	take_text(it, R_NAME, item, "reporter_name", NULL);
	take_text(it, R_PHONE, item, "phone", NULL);
	take_text(it, R_ADDRESS, item, "address", NULL);
	urgent = gg_arg(item, "urgent");
	it->r.null[R_URGENT] = urgent == NULL;
	it->r.v[R_URGENT] = BoolGetDatum(urgent != NULL && strcmp(urgent, "true") == 0);
	if (urgent != NULL && strcmp(urgent, "true") != 0 && strcmp(urgent, "false") != 0)
		bad(it, ERRCODE_INVALID_PARAMETER_VALUE,
			psprintf("\"urgent\" is \"%s\", neither true nor false", urgent));
	args = member(item, "args");
	it->r.null[R_ARGS] = args == NULL || args->type == jbvNull;
	if (!it->r.null[R_ARGS])
	{
		if (args->type != jbvBinary || !JsonContainerIsObject(args->val.binary.data))
			bad(it, ERRCODE_INVALID_PARAMETER_VALUE, "\"args\" is not a JSON object");
		else
			it->r.v[R_ARGS] = JsonbPGetDatum(JsonbValueToJsonb(args));
	}
	lon = take_coordinate(it, item, "lon", &it->lon);
	lat = take_coordinate(it, item, "lat", &it->lat);
	if (lon != lat)
		bad(it, ERRCODE_INVALID_PARAMETER_VALUE,
			psprintf("the item has \"%s\" without \"%s\"", lon ? "lon" : "lat",
					 lon ? "lat" : "lon"));
	it->has_point = lon && lat;
	/* null is not given, as everywhere in JSON */
	if (it->has_point && gg_arg(item, "frame") == NULL && member(item, "frame") != NULL &&
		member(item, "frame")->type != jbvNull)
		bad(it, ERRCODE_INVALID_PARAMETER_VALUE,
			"\"frame\" is empty: leave it out for cgcs2000, or name one of cgcs2000, wgs84, gcj02, bd09");
	if (it->r.null[R_BODY])
		bad(it, ERRCODE_GG_NOTE_OR_ARG_MISSING, "a report needs a body");
}

/* The values of a field over a range: of all its items, or of those that are not known yet. */
static Datum
column(const Batch *b, int field, Oid type, bool all)
{
	Datum *v = palloc(sizeof(Datum) * b->n);
	bool *null = palloc(sizeof(bool) * b->n);
	int dims[1] = {0}, lower[1] = {1};
	int16 len;
	bool by_value;
	char align;

	for (int k = 0; k < b->n; k++)
	{
		const BatchItem *it = &b->item[b->at[k]];

		if (!all && b->id[k] != 0)
			continue;
		v[dims[0]] = it->r.v[field];
		null[dims[0]++] = it->r.null[field];
	}
	get_typlenbyvalalign(type, &len, &by_value, &align);
	return PointerGetDatum(construct_md_array(v, null, 1, dims, lower, type, len, by_value, align));
}

/* The same for a coordinate. */
static Datum
coordinates(const Batch *b, bool lon)
{
	Datum *v = palloc(sizeof(Datum) * b->n);
	bool *null = palloc(sizeof(bool) * b->n);
	int dims[1] = {0}, lower[1] = {1};

	for (int k = 0; k < b->n; k++)
	{
		const BatchItem *it = &b->item[b->at[k]];

		if (b->id[k] != 0)
			continue;
		v[dims[0]] = lon ? it->lon : it->lat;
		null[dims[0]++] = !it->has_point;
	}
	return PointerGetDatum(construct_md_array(v, null, 1, dims, lower, FLOAT8OID, sizeof(float8),
											  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/* An array of events. */
static Datum
ids(const int64 *id, int n)
{
	Datum *v = palloc(sizeof(Datum) * Max(n, 1));

	for (int k = 0; k < n; k++)
		v[k] = Int64GetDatum(id[k]);
	return PointerGetDatum(
		construct_array(v, n, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/* Which of the range came before? Counts their arrival. */
static void
find_known(Batch *b)
{
	static GgPlan plan = {
		"UPDATE gov.intake AS i SET times = i.times OPERATOR(pg_catalog.+) 1"
		" FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2)) WITH ORDINALITY AS u (source, external_id, ord)"
		" WHERE i.source OPERATOR(pg_catalog.=) u.source AND i.external_id OPERATOR(pg_catalog.=) u.external_id"
		" RETURNING u.ord, i.event_id::bigint",
		2,
		{TEXTARRAYOID, TEXTARRAYOID},
		.by_key = true};
	Datum v[2] = {column(b, R_SOURCE, TEXTOID, true), column(b, R_EXTERNAL_ID, TEXTOID, true)};

	gg_execute(&plan, v, NULL, false, 0);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple t = SPI_tuptable->vals[i];
		bool null;

		b->id[DatumGetInt64(SPI_getbinval(t, SPI_tuptable->tupdesc, 1, &null)) - 1] =
			DatumGetInt64(SPI_getbinval(t, SPI_tuptable->tupdesc, 2, &null));
	}
}

/* The events of those that did not. */
static void
insert_new(Batch *b)
{
	static GgPlan plan = {
		"INSERT INTO gov.event (body, location, source, external_id, area, item, urgent, action_args)"
		" SELECT u.body, grid_gov.event_point(grid_gov.make_point(u.lon, u.lat, u.frame), u.frame), u.source, u.external_id,"
		" u.area, u.item, u.urgent, u.args"
		" FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2), pg_catalog.unnest($3), pg_catalog.unnest($4),"
		" pg_catalog.unnest($5), pg_catalog.unnest($6), pg_catalog.unnest($7), pg_catalog.unnest($8), pg_catalog.unnest($9),"
		" pg_catalog.unnest($10)) WITH ORDINALITY"
		" AS u (body, lon, lat, frame, source, external_id, area, item, urgent, args, ord) ORDER BY u.ord RETURNING id",
		10,
		{TEXTARRAYOID, FLOAT8ARRAYOID, FLOAT8ARRAYOID, TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID,
		 TEXTARRAYOID, TEXTARRAYOID, BOOLARRAYOID, JSONBARRAYOID}};
	Datum v[10] = {column(b, R_BODY, TEXTOID, false),
				   coordinates(b, true),
				   coordinates(b, false),
				   column(b, R_FRAME, TEXTOID, false),
				   column(b, R_SOURCE, TEXTOID, false),
				   column(b, R_EXTERNAL_ID, TEXTOID, false),
				   column(b, R_AREA, TEXTOID, false),
				   column(b, R_ITEM, TEXTOID, false),
				   column(b, R_URGENT, BOOLOID, false),
				   column(b, R_ARGS, JSONBOID, false)};
	uint64 got = 0, expected = 0;

	for (int k = 0; k < b->n; k++)
		expected += b->id[k] == 0;
	if (expected == 0)
		return;
	gg_execute(&plan, v, NULL, false, 0);
	if (SPI_processed != expected)
		gg_report_left_out();
	for (int k = 0; k < b->n; k++)
	{
		bool null;

		if (b->id[k] == 0)
			b->id[k] = DatumGetInt64(
				SPI_getbinval(SPI_tuptable->vals[got++], SPI_tuptable->tupdesc, 1, &null));
	}
}

/* What is known of the reporters of new events. */
static void
insert_private(Batch *b, const int64 *new_id)
{
	static GgPlan plan = {
		"INSERT INTO gov.event_private (event_id, reporter_name, phone, address)"
		" SELECT u.id, u.reporter_name, u.phone, u.address FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2),"
		" pg_catalog.unnest($3), pg_catalog.unnest($4)) AS u (id, reporter_name, phone, address)"
		" WHERE u.id OPERATOR(pg_catalog.<>) 0 AND (u.reporter_name IS NOT NULL OR u.phone IS NOT NULL OR u.address IS NOT NULL)"
		" ON CONFLICT (event_id) DO UPDATE SET reporter_name = EXCLUDED.reporter_name, phone = EXCLUDED.phone,"
		" address = EXCLUDED.address",
		4,
		{INT8ARRAYOID, TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID}};
	Datum v[4] = {ids(new_id, b->n), column(b, R_NAME, TEXTOID, true),
				  column(b, R_PHONE, TEXTOID, true), column(b, R_ADDRESS, TEXTOID, true)};
	bool any = false;

	for (int k = 0; k < b->n && !any; k++)
	{
		const bool *null = b->item[b->at[k]].r.null;

		any = new_id[k] != 0 && !(null[R_NAME] && null[R_PHONE] && null[R_ADDRESS]);
	}
	if (any)
		gg_execute(&plan, v, NULL, false, 0);
}

/* Take a range of more than one item, as an attempt. */
static void
attempt_range(void *arg)
{
	Batch *b = arg;
	int64 *new_id = palloc(sizeof(int64) * b->n);
	GgIdentity owner;
	bool visible;

	find_known(b);
	for (int k = 0; k < b->n; k++)
		new_id[k] = b->id[k] == 0;
	insert_new(b);
	for (int k = 0; k < b->n; k++)
		new_id[k] = new_id[k] ? b->id[k] : 0;
	insert_private(b, new_id);
	GetUserIdAndSecContext(&owner.user, &owner.context);
	gg_become_self(b->self);
	visible = gg_all_visible(ids(b->id, b->n), b->n);
	gg_become_self(&owner);
	/* which one, and in which words, is told when it is taken alone */
	if (!visible)
		ereport(ERROR, (errcode(ERRCODE_GG_NOT_ENTITLED),
						errmsg("a report of the batch is not the caller's to see")));
}

/* Take one item, as an attempt. */
static void
attempt_item(void *arg)
{
	static GgPlan plan = {
		"SELECT grid_gov.make_point($1, $2, $3)", 3, {FLOAT8OID, FLOAT8OID, TEXTOID}};
	Batch *b = arg;
	BatchItem *it = &b->item[b->at[0]];
	ErrorData *error;

	it->r.null[R_LOCATION] = !it->has_point;
	if (it->has_point)
	{
		Datum v[3] = {it->lon, it->lat, it->r.v[R_FRAME]};

		gg_execute(&plan, v, NULL, false, 1);
		it->r.v[R_LOCATION] =
			SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &it->r.null[R_LOCATION]);
	}
	b->id[0] = gg_take_report(&it->r, b->geometry, b->self, &error);
	if (error != NULL)
		ReThrowError(error);
}

/* Take the items lo .. hi - 1 that are good so far. */
static void
take(Batch *b, int lo, int hi, bool later)
{
	ErrorData *error;
	int n = 0;
	int *at = palloc(sizeof(int) * (hi - lo));
	int64 *id = palloc0(sizeof(int64) * (hi - lo));

	CHECK_FOR_INTERRUPTS();
	for (int i = lo; i < hi; i++)
		if (b->item[i].code == 0 && b->item[i].later == later)
			at[n++] = i;
	if (n == 0)
		return;
	b->at = at;
	b->id = id;
	b->n = n;
	error = gg_attempt(n == 1 ? attempt_item : attempt_range, b);
	if (error == NULL)
	{
		for (int k = 0; k < n; k++)
			b->item[at[k]].id = id[k];
		return;
	}
	if (n == 1)
	{
		bad(&b->item[at[0]], error->sqlerrcode, error->message);
		return;
	}
	take(b, at[0], at[n / 2], later);
	take(b, at[n / 2], at[n - 1] + 1, later);
}

/* Two texts, bytewise. */
static int
compare(Datum a, Datum b)
{
	return DatumGetInt32(DirectFunctionCall2Coll(bttextcmp, C_COLLATION_OID, a, b));
}

/* Source and number of two items. */
static int
by_number(const void *x, const void *y, void *arg)
{
	const BatchItem *item = arg;
	const GgReport *a = &item[*(const int *) x].r, *b = &item[*(const int *) y].r;
	int c = compare(a->v[R_EXTERNAL_ID], b->v[R_EXTERNAL_ID]);

	return c != 0 ? c : compare(a->v[R_SOURCE], b->v[R_SOURCE]);
}

/* Of items with the same number, the first is taken first. */
static void
find_later(BatchItem *item, int n)
{
	int *order = palloc(sizeof(int) * n);
	int m = 0, first = 0;

	for (int i = 0; i < n; i++)
		if (item[i].code == 0 && !item[i].r.null[R_EXTERNAL_ID])
			order[m++] = i;
	qsort_arg(order, m, sizeof(int), by_number, item);
	for (int k = 1; k < m; k++)
	{
		if (by_number(&order[first], &order[k], item) != 0)
			first = k;
		else if (order[k] > order[first])
			item[order[k]].later = true;
		else
		{
			item[order[first]].later = true;
			first = k;
		}
	}
}

GG_FUNCTION(gg_report_batch);

/*
 * report_batch(items) -> rows (ord, event, code, problem): a jsonb array of
 * reports; bad items come back with SQLSTATE and reason, the good ones stand.
 * WG002 when the caller is nobody, 22023 when items is no array.
 */
Datum
gg_report_batch(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Jsonb *items = PG_GETARG_JSONB_P(0);
	GgIdentity self;
	Batch b = {.self = &self};
	MemoryContext each, old;
	int n;

	if (!JB_ROOT_IS_ARRAY(items) || JB_ROOT_IS_SCALAR(items))
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("report_batch() takes a JSON array of reports"),
			 errhint(
				 "[{\"body\": \"...\", \"lon\": 118.0, \"lat\": 37.4, \"source\": \"12345\", \"external_id\": \"...\"}]")));
	InitMaterializedSRF(fcinfo, 0);
	gg_become_owner(gg_gov_table("event", false), &self);
	(void) gg_actor_now(); /* nobody is told nothing */
	SPI_connect();
	b.geometry = gg_geometry_type();
	n = JB_ROOT_COUNT(items);
	each = AllocSetContextCreate(CurrentMemoryContext, "grid_gov reports", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(each);
	for (int lo = 0; lo < n; lo += CHUNK)
	{
		int m = Min(n - lo, CHUNK);

		b.item = palloc(sizeof(BatchItem) * m);
		for (int i = 0; i < m; i++)
			read_item(&b.item[i], getIthJsonbValueFromContainer(&items->root, lo + i));
		find_later(b.item, m);
		take(&b, 0, m, false);
		for (int i = 0; i < m; i++)
			if (b.item[i].later)
				take(&b, i, i + 1, true);
		for (int i = 0; i < m; i++)
		{
			const BatchItem *it = &b.item[i];
			Datum v[4] = {Int32GetDatum(lo + i + 1), Int64GetDatum(it->id)};
			bool null[4] = {false, it->id == 0, it->code == 0, it->code == 0};

			if (it->code != 0)
			{
				v[2] = CStringGetTextDatum(unpack_sql_state(it->code));
				v[3] = CStringGetTextDatum(it->problem);
			}
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, v, null);
		}
		MemoryContextReset(each);
	}
	MemoryContextSwitchTo(old);
	SPI_finish();
	gg_become_self(&self);
	return (Datum) 0;
}
