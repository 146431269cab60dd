/*
 * report.c: report(): one report as a function call.
 *
 * Called by bridges (12345, 110, apps, sensors), and by batch.c for what cannot
 * be taken in bulk. A report with the source's number is taken once: the number's
 * second arrival answers with the first event. All rules are the guard's.
 */
#include "event/report.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/* The event that came with this number of this source before, or 0; counts the arrival. */
static int64
known_before(GgReport *r)
{
	static GgPlan plan = {
		"UPDATE gov.intake SET times = times OPERATOR(pg_catalog.+) 1 WHERE source OPERATOR(pg_catalog.=) $1"
		" AND external_id OPERATOR(pg_catalog.=) $2 RETURNING event_id",
		2,
		{TEXTOID, TEXTOID}};
	Datum v[2] = {r->v[R_SOURCE], r->v[R_EXTERNAL_ID]};
	bool null;

	if (r->null[R_EXTERNAL_ID])
		return 0;
	gg_execute(&plan, v, NULL, false, 1);
	return SPI_processed == 0 ? 0
							  : DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0],
															SPI_tuptable->tupdesc, 1, &null));
}

/* A trigger of the city's own answered NULL for the new row. */
void
gg_report_left_out(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_TRIGGERED_ACTION_EXCEPTION), errmsg("the report was not stored"),
			 errdetail("A trigger of the city's own on gov.event left the row out."),
			 errhint("grid_gov.check_setup() lists the triggers beside ours.")));
}

/* Insert the event and what is known of its reporter; inside SPI_connect, as the owner of gov. */
static int64
insert_report(GgReport *r, Oid geometry)
{
	static GgPlan plan = {
		"INSERT INTO gov.event (body, location, source, external_id, area, item, urgent, action_args)"
		" VALUES ($1, grid_gov.event_point($2, $3), $4, $5, $6, $7, $8, $9) RETURNING id",
		9,
		{TEXTOID, InvalidOid, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, BOOLOID, JSONBOID}};
	static GgPlan private_plan = {
		"INSERT INTO gov.event_private (event_id, reporter_name, phone, address) VALUES ($1, $2, $3, $4)"
		" ON CONFLICT (event_id) DO UPDATE SET reporter_name = EXCLUDED.reporter_name, phone = EXCLUDED.phone,"
		" address = EXCLUDED.address",
		4,
		{INT8OID, TEXTOID, TEXTOID, TEXTOID}};
	static const int from[9] = {R_BODY, R_LOCATION, R_FRAME,  R_SOURCE, R_EXTERNAL_ID,
								R_AREA, R_ITEM,     R_URGENT, R_ARGS};
	Datum v[9];
	char n[10] = "         ";
	bool null;
	int64 id;

	if (r->null[R_BODY])
		ereport(ERROR, (errcode(ERRCODE_GG_NOTE_OR_ARG_MISSING), errmsg("a report needs a body"),
						errhint("Give the text of the report.")));
	plan.argtypes[1] = geometry;
	for (int i = 0; i < 9; i++)
	{
		v[i] = r->v[from[i]];
		if (r->null[from[i]])
			n[i] = 'n';
	}
	gg_execute(&plan, v, n, false, 1);
	if (SPI_processed == 0)
		gg_report_left_out();
	id = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null));
	if (!r->null[R_NAME] || !r->null[R_PHONE] || !r->null[R_ADDRESS])
	{
		Datum p[4] = {Int64GetDatum(id), r->v[R_NAME], r->v[R_PHONE], r->v[R_ADDRESS]};
		char pn[5] = "    ";

		for (int i = 0; i < 3; i++)
			if (r->null[R_NAME + i])
				pn[i + 1] = 'n';
		gg_execute(&private_plan, p, pn, false, 0);
	}
	return id;
}

/* The type of PostGIS points, from the column that stores them. */
Oid
gg_geometry_type(void)
{
	static GgPlan plan = {
		"SELECT a.atttypid FROM pg_catalog.pg_attribute a WHERE a.attrelid OPERATOR(pg_catalog.=) $1"
		" AND a.attname OPERATOR(pg_catalog.=) 'location'",
		1,
		{OIDOID}};
	Datum v = ObjectIdGetDatum(gg_gov_table("event", false));
	bool null;

	gg_execute(&plan, &v, NULL, false, 1);
	if (SPI_processed == 0)
		ereport(ERROR, (errcode(ERRCODE_GG_NOT_SET_UP),
						errmsg("table gov.event has no column \"location\"")));
	return DatumGetObjectId(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null));
}

/* What an attempt needs and gives. */
typedef struct Attempt
{
	GgReport *report;
	Oid geometry;
	int64 id;
} Attempt;

/* Insert a report, as an attempt. */
static void
attempt_insert(void *arg)
{
	Attempt *a = arg;

	a->id = insert_report(a->report, a->geometry);
}

/*
 * The event that a report led to must be one that the caller sees: row security
 * says where he may report, and what another area knows is not told to him.
 */
static void
check_visible(int64 event, bool known, const GgIdentity *self)
{
	GgIdentity owner;
	bool visible;

	GetUserIdAndSecContext(&owner.user, &owner.context);
	gg_become_self(self);
	visible = gg_visible(event);
	gg_become_self(&owner);
	if (!visible)
		ereport(ERROR, (errcode(ERRCODE_GG_NOT_ENTITLED),
						known ? errmsg("this report was taken before, and is not yours to see")
							  : errmsg("the report lies outside the areas of role \"%s\"",
									   GetUserNameFromId(self->user, false)),
						errhint("grid_gov.grant_access() gives areas to roles.")));
}

/* Idempotent report; *error is NULL on success. Inside SPI_connect(), as the owner of gov. */
int64
gg_take_report(GgReport *r, Oid geometry, const GgIdentity *self, ErrorData **error)
{
	int64 id;
	bool known = true;
	Attempt a = {r, geometry, 0};

	*error = NULL;
	(void) gg_actor_now(); /* nobody is told nothing */
	id = known_before(r);
	if (id == 0 && r->null[R_EXTERNAL_ID])
	{
		known = false;
		id = insert_report(r, geometry);
	}
	else if (id == 0)
	{
		known = false;
		*error = gg_attempt(attempt_insert, &a);
		id = *error == NULL ? a.id : 0;
		if (id == 0 && *error != NULL && (*error)->sqlerrcode == ERRCODE_UNIQUE_VIOLATION)
		{
			id = known_before(r);
			known = id != 0;
			if (known)
				*error = NULL;
		}
	}
	if (id != 0)
		check_visible(id, known, self);
	return id;
}

GG_FUNCTION(gg_report);

/*
 * report(body, location, source, external_id, area, item, urgent, frame, reporter_name, phone, address, args)
 * -> the event's id. location: a point in `frame` (cgcs2000, wgs84, gcj02, bd09);
 * idempotent by (source, external_id); an empty external_id is none. Errors: those
 * of the guard, WG008 for a point outside the city, 22004 for one without a frame.
 */
Datum
gg_report(PG_FUNCTION_ARGS)
{
	GgReport r;
	GgIdentity self;
	ErrorData *error;
	int64 id;

	for (int i = 0; i < 12; i++)
	{
		r.null[i] = PG_ARGISNULL(i);
		r.v[i] = r.null[i] ? (Datum) 0 : PG_GETARG_DATUM(i);
	}
	/* some sources send an empty number for none */
	if (!r.null[R_EXTERNAL_ID] && VARSIZE_ANY_EXHDR(DatumGetTextPP(r.v[R_EXTERNAL_ID])) == 0)
		r.null[R_EXTERNAL_ID] = true;
	if (!r.null[R_LOCATION] && r.null[R_FRAME])
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("the frame of the report's location is NULL"),
						errhint("Leave frame out for cgcs2000, or name one of cgcs2000, wgs84, "
								"gcj02, bd09.")));
	gg_become_owner(gg_gov_table("event", false), &self);
	SPI_connect();
	id = gg_take_report(&r, gg_geometry_type(), &self, &error);
	if (error != NULL)
		ReThrowError(error);
	SPI_finish();
	gg_become_self(&self);
	PG_RETURN_INT64(id);
}
