/*
 * calendar_type.c: the SQL face of work_calendar: input, output, equality, and a builder.
 */
#include "clock/calendar.h"

#include "common/hashfn.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "catalog/pg_type.h"

GG_FUNCTION(gg_work_calendar_in);
GG_FUNCTION(gg_work_calendar_out);
GG_FUNCTION(gg_work_calendar_recv);
GG_FUNCTION(gg_work_calendar_send);
GG_FUNCTION(gg_work_calendar_eq);
GG_FUNCTION(gg_work_calendar_ne);
GG_FUNCTION(gg_work_calendar_hash);
GG_FUNCTION(gg_work_calendar_hash_extended);
GG_FUNCTION(gg_work_calendar_from);

#define WIRE_VERSION 1
#define ARG_CALENDAR(n) ((struct varlena *) PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(n)))

/* work_calendar's input: the grammar of doc/clock.md; 22P02 for its form, 22023 for its sense. */
Datum
gg_work_calendar_in(PG_FUNCTION_ARGS)
{
	GgRules rules;

	if (!gg_rules_parse(PG_GETARG_CSTRING(0), &rules, fcinfo->context))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(gg_rules_pack(&rules));
}

/* The canonical text of a datum. */
static char *
calendar_text(struct varlena *hours)
{
	GgRules rules;

	gg_rules_unpack(hours, &rules);
	return gg_rules_text(&rules);
}

/* work_calendar's output: equal calendars print alike. */
Datum
gg_work_calendar_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(calendar_text(ARG_CALENDAR(0)));
}

/* Binary input: a version byte and the text, read exactly as input reads it; 22P03 besides. */
Datum
gg_work_calendar_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	int version = pq_getmsgbyte(buf);
	GgRules rules;
	char *text;
	int len;

	if (version != WIRE_VERSION)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("unsupported version %d of external \"%s\" value", version,
							   "work_calendar")));
	text = pq_getmsgtext(buf, buf->len - buf->cursor, &len);
	if (!gg_rules_parse(text, &rules, fcinfo->context))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(gg_rules_pack(&rules));
}

/* Binary output. */
Datum
gg_work_calendar_send(PG_FUNCTION_ARGS)
{
	char *text = calendar_text(ARG_CALENDAR(0));
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, WIRE_VERSION);
	pq_sendtext(&buf, text, strlen(text));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* Equal: the same rules, however they were written. */
Datum
gg_work_calendar_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(
		memcmp(gg_digest_of(ARG_CALENDAR(0)), gg_digest_of(ARG_CALENDAR(1)), GG_DIGEST) == 0);
}

/* Not equal. */
Datum
gg_work_calendar_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(
		memcmp(gg_digest_of(ARG_CALENDAR(0)), gg_digest_of(ARG_CALENDAR(1)), GG_DIGEST) != 0);
}

/* Hash support 1. */
Datum
gg_work_calendar_hash(PG_FUNCTION_ARGS)
{
	return hash_any((const unsigned char *) gg_digest_of(ARG_CALENDAR(0)), GG_DIGEST);
}

/* Hash support 2. */
Datum
gg_work_calendar_hash_extended(PG_FUNCTION_ARGS)
{
	return hash_any_extended((const unsigned char *) gg_digest_of(ARG_CALENDAR(0)), GG_DIGEST,
							 PG_GETARG_INT64(1));
}

/* Append one rule for each element of a pair of arrays: dates and their names. */
static void
put_days(StringInfo out, ArrayType *days, ArrayType *names, const char *saying)
{
	Datum *day, *name;
	bool *no_day, *no_name;
	int ndays, nnames;

	deconstruct_array(days, DATEOID, sizeof(DateADT), true, TYPALIGN_INT, &day, &no_day, &ndays);
	deconstruct_array(names, TEXTOID, -1, false, TYPALIGN_INT, &name, &no_name, &nnames);
	if (nnames != 0 && nnames != ndays)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%d dates that are \"%s\" have %d names", ndays, saying, nnames),
						errhint("Give one name for each date, or an empty array.")));
	for (int i = 0; i < ndays; i++)
	{
		int y, m, d;

		if (no_day[i])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
							errmsg("a date that is \"%s\" is null", saying)));
		if (DATE_NOT_FINITE(DatumGetDateADT(day[i])))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("a date that is \"%s\" is infinite", saying)));
		j2date(DatumGetDateADT(day[i]) + POSTGRES_EPOCH_JDATE, &y, &m, &d);
		appendStringInfo(out, "; %04d-%02d-%02d %s", y, m, d, saying);
		if (nnames && !no_name[i])
		{
			char *s = TextDatumGetCString(name[i]);

			appendStringInfoString(out, " \"");
			for (char *p = s; *p; p++)
			{
				if (*p == '"')
					appendStringInfoChar(out, '"');
				appendStringInfoChar(out, *p);
			}
			appendStringInfoChar(out, '"');
		}
	}
}

/*
 * work_calendar_from(zone, week, holidays, holiday_names, makeup, makeup_names,
 * valid_from, valid_to) -> work_calendar: a calendar out of lists of dates. week is
 * the text of weekly rules, seasons and day; 22P02, 22023, 22004. NULL valid: none.
 */
Datum
gg_work_calendar_from(PG_FUNCTION_ARGS)
{
	StringInfoData out;
	GgRules rules;

	for (int i = 0; i < 6; i++)
		if (PG_ARGISNULL(i))
			PG_RETURN_NULL();
	initStringInfo(&out);
	appendStringInfo(&out, "%s; %s", text_to_cstring(PG_GETARG_TEXT_PP(0)),
					 text_to_cstring(PG_GETARG_TEXT_PP(1)));
	put_days(&out, PG_GETARG_ARRAYTYPE_P(2), PG_GETARG_ARRAYTYPE_P(3), "off");
	put_days(&out, PG_GETARG_ARRAYTYPE_P(4), PG_GETARG_ARRAYTYPE_P(5), "on");
	if (!PG_ARGISNULL(6) && !PG_ARGISNULL(7))
	{
		int y, m, d, y2, m2, d2;

		if (DATE_NOT_FINITE(PG_GETARG_DATEADT(6)) || DATE_NOT_FINITE(PG_GETARG_DATEADT(7)))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("the first or last valid day is infinite")));
		j2date(PG_GETARG_DATEADT(6) + POSTGRES_EPOCH_JDATE, &y, &m, &d);
		j2date(PG_GETARG_DATEADT(7) + POSTGRES_EPOCH_JDATE, &y2, &m2, &d2);
		appendStringInfo(&out, "; valid %04d-%02d-%02d/%04d-%02d-%02d", y, m, d, y2, m2, d2);
	}
	else if (!PG_ARGISNULL(6) || !PG_ARGISNULL(7))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("the first and the last valid day must be given together")));
	if (!gg_rules_parse(out.data, &rules, NULL))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(gg_rules_pack(&rules));
}
