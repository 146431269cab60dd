/*
 * limit_type.c: the SQL face of time_limit: input, output, and reading imports.
 *
 * Comparison and hashing are those of int8: the kind stands above the amount.
 */
#include "clock/clock.h"
#include "clock/limit.h"

#include "funcapi.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

GG_FUNCTION(gg_time_limit_in);
GG_FUNCTION(gg_time_limit_out);
GG_FUNCTION(gg_time_limit_recv);
GG_FUNCTION(gg_time_limit_send);
GG_FUNCTION(gg_time_limit_zh);
GG_FUNCTION(gg_parse_limit);
GG_FUNCTION(gg_parse_limit_detail);

/* time_limit's input: DESIGN's table of units; 22P02, 22003. */
Datum
gg_time_limit_in(PG_FUNCTION_ARGS)
{
	GgLimit limit;

	if (!gg_limit_parse(PG_GETARG_CSTRING(0), &limit, fcinfo->context))
		PG_RETURN_NULL();
	return gg_limit_datum(limit);
}

/* time_limit's output: the short form. */
Datum
gg_time_limit_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(gg_limit_text(gg_limit_of(PG_GETARG_DATUM(0))));
}

/* Binary input: one byte kind, four bytes amount; 22P03. */
Datum
gg_time_limit_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	int kind = pq_getmsgbyte(buf);
	int32 amount = (int32) pq_getmsgint(buf, 4);
	GgLimit limit;

	if (kind >= GG_LIMIT_KINDS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("invalid kind %d in external \"%s\" value", kind, "time_limit")));
	if (amount < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid amount %d in external \"%s\" value", amount, "time_limit")));
	limit.kind = (GgLimitKind) kind;
	limit.amount = amount;
	return gg_limit_datum(limit);
}

/* Binary output. */
Datum
gg_time_limit_send(PG_FUNCTION_ARGS)
{
	GgLimit limit = gg_limit_of(PG_GETARG_DATUM(0));
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, (uint8) limit.kind);
	pq_sendint32(&buf, (uint32) limit.amount);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* time_limit_zh(allow) -> text: the Chinese form. */
Datum
gg_time_limit_zh(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(gg_limit_text_zh(gg_limit_of(PG_GETARG_DATUM(0)))));
}

/* The profile that the caller named; 22023 for an unknown one. */
static int
profile_arg(const char *name)
{
	int profile = gg_limit_profile(name);

	if (profile < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown profile \"%s\"", name),
				 errhint("Profiles are city (城管), hotline (热线) and law (法定).")));
	return profile;
}

/*
 * parse_limit(body, profile) -> time_limit, for imports: what a bare 小时 or 天 means
 * depends on who wrote it (our default, from the profiles in use); 22P02, 22003, 22023.
 */
Datum
gg_parse_limit(PG_FUNCTION_ARGS)
{
	char *body = text_to_cstring(PG_GETARG_TEXT_PP(0));
	int profile = profile_arg(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	GgLimitReading reading;

	if (!gg_limit_read(body, profile, &reading))
		ereport(ERROR,
				(errcode(reading.code), errmsg("cannot read the time limit \"%s\"", body),
				 errdetail("%s", reading.problem), reading.hint ? errhint("%s", reading.hint) : 0));
	return gg_limit_datum(reading.limit);
}

/* parse_limit_detail(body, profile) -> (allow, problem): the same, with the reason instead of an error. */
Datum
gg_parse_limit_detail(PG_FUNCTION_ARGS)
{
	char *body = text_to_cstring(PG_GETARG_TEXT_PP(0));
	int profile = profile_arg(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	GgLimitReading reading;
	TupleDesc desc;
	Datum values[2] = {0};
	bool nulls[2];

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	nulls[0] = !gg_limit_read(body, profile, &reading);
	nulls[1] = !nulls[0];
	if (nulls[0])
		values[1] = CStringGetTextDatum(reading.problem);
	else
		values[0] = gg_limit_datum(reading.limit);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}
