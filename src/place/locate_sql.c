/*
 * locate_sql.c: locate() and its relatives as SQL sees them.
 *
 * Called from SQL. Only reads arguments and returns results: what a grid is and
 * which one wins is locate.c's.
 */
#include "place/shapes.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* Read the frame's name, or 22023. */
static GgFrame
frame_arg(text *name)
{
	GgFrame frame;

	if (!gg_frame_parse(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &frame))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown frame of coordinates: \"%s\"", text_to_cstring(name)),
				 errhint("Frames are wgs84, cgcs2000, gcj02 (Amap, Tencent) and bd09 (Baidu).")));
	return frame;
}

/* Coordinates in WGS84 of a point given in a frame, with every refusal. */
static void
wgs84_of(Datum geometry, GgFrame frame, double *lon, double *lat)
{
	int srid;

	gg_point_of(geometry, lon, lat, &srid);
	gg_check_srid(srid, frame);
	gg_check_in_china(*lon, *lat);
	gg_to_wgs84(frame, lon, lat);
}

GG_FUNCTION(gg_locate_sql);
GG_FUNCTION(gg_locate_detail);
GG_FUNCTION(gg_locate_many);
GG_FUNCTION(gg_inside_root_sql);
GG_FUNCTION(gg_to_wgs84_sql);
GG_FUNCTION(gg_from_wgs84_sql);
GG_FUNCTION(gg_grid_neighbours);

/*
 * locate(point geometry, frame text) -> text: code of the grid. Degrees; on a
 * border the lowest code; outside all grids the nearest within 50 m; else NULL.
 * 22023: no point, an SRID that does not fit the frame, outside China, swapped.
 * WG010: no city here.
 */
Datum
gg_locate_sql(PG_FUNCTION_ARGS)
{
	double lon, lat, distance_m;
	const char *how;
	char grid[GG_CODE_MAX + 1];

	wgs84_of(PG_GETARG_DATUM(0), frame_arg(PG_GETARG_TEXT_PP(1)), &lon, &lat);
	if (!gg_locate(lon, lat, grid, &how, &distance_m))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(grid));
}

/*
 * locate_detail(point geometry, frame text) -> (grid, how, distance_m): how is
 * inside, edge (exactly on a border) or near; metres to the grid, 0 unless
 * near. All NULL: no grid. Errors as locate().
 */
Datum
gg_locate_detail(PG_FUNCTION_ARGS)
{
	TupleDesc desc = fcinfo->flinfo->fn_extra;
	double lon, lat, distance_m;
	const char *how;
	char grid[GG_CODE_MAX + 1];
	Datum values[3] = {0};
	bool nulls[3] = {true, true, true};

	if (desc == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		desc = BlessTupleDesc(CreateTupleDescCopy(desc));
		fcinfo->flinfo->fn_extra = desc;
		MemoryContextSwitchTo(old);
	}
	wgs84_of(PG_GETARG_DATUM(0), frame_arg(PG_GETARG_TEXT_PP(1)), &lon, &lat);
	if (gg_locate(lon, lat, grid, &how, &distance_m))
	{
		values[0] = CStringGetTextDatum(grid);
		values[1] = CStringGetTextDatum(how);
		values[2] = Float8GetDatum(distance_m);
		memset(nulls, false, sizeof(nulls));
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(desc, values, nulls)));
}

/*
 * inside_root(point geometry, frame text) -> boolean: does the point lie in the
 * area that this database governs (its divisions' boundaries, its grids, 50 m
 * around them)? Where no division has a boundary, the box around all grids
 * counts. Errors as locate().
 */
Datum
gg_inside_root_sql(PG_FUNCTION_ARGS)
{
	double lon, lat;

	wgs84_of(PG_GETARG_DATUM(0), frame_arg(PG_GETARG_TEXT_PP(1)), &lon, &lat);
	PG_RETURN_BOOL(gg_inside_root(lon, lat));
}

/* Say which element was refused. */
static void
element_context(void *arg)
{
	errcontext("element %d of the points", *(int *) arg);
}

/*
 * locate_many(points geometry[], frame text) -> rows (ord, grid, how,
 * distance_m), one for each element in order, from 1. A NULL element gives
 * NULLs. Errors as locate(), naming the element.
 */
Datum
gg_locate_many(PG_FUNCTION_ARGS)
{
	ArrayType *points = PG_GETARG_ARRAYTYPE_P(0);
	GgFrame frame = frame_arg(PG_GETARG_TEXT_PP(1));
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	ErrorContextCallback context;
	int16 typlen;
	bool typbyval;
	char typalign;
	Datum *elements;
	bool *isnull;
	int n;
	int ord;

	get_typlenbyvalalign(ARR_ELEMTYPE(points), &typlen, &typbyval, &typalign);
	deconstruct_array(points, ARR_ELEMTYPE(points), typlen, typbyval, typalign, &elements, &isnull,
					  &n);
	InitMaterializedSRF(fcinfo, 0);

	context.callback = element_context;
	context.arg = &ord;
	context.previous = error_context_stack;
	error_context_stack = &context;
	for (ord = 1; ord <= n; ord++)
	{
		double lon, lat, distance_m;
		const char *how;
		char grid[GG_CODE_MAX + 1];
		Datum values[4] = {Int32GetDatum(ord)};
		bool nulls[4] = {false, true, true, true};

		CHECK_FOR_INTERRUPTS();
		if (!isnull[ord - 1])
		{
			wgs84_of(elements[ord - 1], frame, &lon, &lat);
			if (gg_locate(lon, lat, grid, &how, &distance_m))
			{
				values[1] = CStringGetTextDatum(grid);
				values[2] = CStringGetTextDatum(how);
				values[3] = Float8GetDatum(distance_m);
				memset(nulls, false, sizeof(nulls));
			}
		}
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		if (!nulls[1])
		{
			pfree(DatumGetPointer(values[1]));
			pfree(DatumGetPointer(values[2]));
		}
	}
	error_context_stack = context.previous;
	return (Datum) 0;
}

/*
 * to_wgs84(point geometry, frame text) -> geometry with SRID 4326; Z and M are
 * kept. The inverse of from_wgs84 to better than a millimetre. Errors as
 * locate().
 */
Datum
gg_to_wgs84_sql(PG_FUNCTION_ARGS)
{
	double lon, lat;

	wgs84_of(PG_GETARG_DATUM(0), frame_arg(PG_GETARG_TEXT_PP(1)), &lon, &lat);
	PG_RETURN_DATUM(gg_point_moved(PG_GETARG_DATUM(0), lon, lat, GG_SRID_WGS84));
}

/*
 * from_wgs84(point geometry, frame text) -> geometry for the map of that frame:
 * SRID 4326 or 4490, or none for gcj02 and bd09. Errors as locate().
 */
Datum
gg_from_wgs84_sql(PG_FUNCTION_ARGS)
{
	GgFrame frame = frame_arg(PG_GETARG_TEXT_PP(1));
	double lon, lat;
	int srid = 0;

	wgs84_of(PG_GETARG_DATUM(0), GG_FRAME_WGS84, &lon, &lat);
	gg_from_wgs84(frame, &lon, &lat);
	if (frame == GG_FRAME_WGS84)
		srid = GG_SRID_WGS84;
	else if (frame == GG_FRAME_CGCS2000)
		srid = GG_SRID_CGCS2000;
	PG_RETURN_DATUM(gg_point_moved(PG_GETARG_DATUM(0), lon, lat, srid));
}

/* Put a pair into the result. */
static void
put_pair(const char *low, const char *high, void *arg)
{
	ReturnSetInfo *rsinfo = arg;
	Datum values[2] = {CStringGetTextDatum(low), CStringGetTextDatum(high)};
	bool nulls[2] = {false, false};

	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	pfree(DatumGetPointer(values[0]));
	pfree(DatumGetPointer(values[1]));
}

/* grid_neighbours() -> rows (low, high): pairs of grids whose boxes meet, for check_grids(). */
Datum
gg_grid_neighbours(PG_FUNCTION_ARGS)
{
	InitMaterializedSRF(fcinfo, 0);
	gg_neighbouring_grids(put_pair, fcinfo->resultinfo);
	return (Datum) 0;
}

GG_FUNCTION(gg_check_grids);

/* check_grids() -> integer: problems found, by the owner of gov.grid_problem. */
Datum
gg_check_grids(PG_FUNCTION_ARGS)
{
	static GgPlan plan = {"SELECT grid_gov.check_grids_rows()", 0};
	bool null;

	PG_RETURN_DATUM(gg_ask_as_owner("grid_problem", &plan, NULL, &null));
}
