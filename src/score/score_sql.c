/*
 * score_sql.c: the score room's SQL functions: the line, and what writes.
 *
 * refresh_summary(), open_period() and close_period() write tables of the city:
 * they run their PL/pgSQL bodies as the owner of those tables, whoever was
 * granted the right to call them. Thin: the figures are made in SQL.
 */
#include "base/base.h"
#include "score/line.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/float.h"

GG_FUNCTION(gg_score_line);
GG_FUNCTION(gg_refresh_summary);
GG_FUNCTION(gg_open_period);
GG_FUNCTION(gg_close_period);

/*
 * score_line(value float8, full_at float8, zero_at float8) -> float8: share of the weight, 0..1.
 *
 * Errors: 22023 for a line that is not a finite number, or a value that is not a number.
 * Rule: our default for the shape; the lines are rows of gov.score_rule.
 */
Datum
gg_score_line(PG_FUNCTION_ARGS)
{
	double value = PG_GETARG_FLOAT8(0);
	double full_at = PG_GETARG_FLOAT8(1);
	double zero_at = PG_GETARG_FLOAT8(2);

	if (isnan(full_at) || isnan(zero_at) || isinf(full_at) || isinf(zero_at))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("lines of a score must be finite numbers, not %g and %g", full_at, zero_at),
				 errhint("Correct full_at and zero_at in gov.score_rule.")));
	if (isnan(value))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("value to be scored is not a number"),
						errhint("Where there is no data, pass NULL.")));
	PG_RETURN_FLOAT8(gg_line(value, full_at, zero_at));
}

/* Run plan as the owner of gov.TABLE; its first column, which is never NULL. */
static int64
as_owner(const char *table, GgPlan *plan, Datum *values)
{
	GgIdentity self;
	bool isnull;
	int64 result;

	gg_become_owner(gg_gov_table(table, false), &self);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	gg_execute(plan, values, NULL, false, 0);
	if (SPI_processed != 1)
		elog(ERROR, "one row was expected of %s", plan->text);
	result = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	SPI_finish();
	gg_become_self(&self);
	return result;
}

/* refresh_summary(since date, until date) -> integer: rows written. Days from since up to, not including, until. */
Datum
gg_refresh_summary(PG_FUNCTION_ARGS)
{
	static GgPlan plan = {
		"SELECT grid_gov.refresh_summary_rows($1, $2)", 2, {DATEOID, DATEOID}, NULL};
	Datum values[2] = {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)};

	PG_RETURN_INT32((int32) as_owner("summary_day", &plan, values));
}

/* open_period(name text, starts date, ends date) -> bigint: the period's id; ends is not included. */
Datum
gg_open_period(PG_FUNCTION_ARGS)
{
	static GgPlan plan = {
		"SELECT grid_gov.open_period_row($1, $2, $3)", 3, {TEXTOID, DATEOID, DATEOID}, NULL};
	Datum values[3] = {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1), PG_GETARG_DATUM(2)};

	PG_RETURN_INT64(as_owner("period", &plan, values));
}

/* close_period(name text) -> integer: persons and units scored. Errors: 02000 no such period, 55000 closed already or not over. */
Datum
gg_close_period(PG_FUNCTION_ARGS)
{
	static GgPlan plan = {"SELECT grid_gov.close_period_rows($1)", 1, {TEXTOID}, NULL};
	Datum values[1] = {PG_GETARG_DATUM(0)};

	PG_RETURN_INT32((int32) as_owner("score_period", &plan, values));
}
