/*
 * body.c: a report made ready for scoring.
 *
 * Called by the shells of this room. Memory is bounded: of a longer text only
 * the beginning is read.
 */
#include "text/active.h"
#include "text/grams.h"

#include "access/detoast.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

/* The text argument, cut at a character when it is longer than GG_BODY_BYTES. */
struct varlena *
gg_body_arg(Datum datum)
{
	struct varlena *v;

	if (toast_raw_datum_size(datum) <= GG_BODY_BYTES + VARHDRSZ)
		return pg_detoast_datum_packed((struct varlena *) DatumGetPointer(datum));
	v = pg_detoast_datum_slice((struct varlena *) DatumGetPointer(datum), 0, GG_BODY_BYTES);
	SET_VARSIZE(v, VARHDRSZ + pg_mbcliplen(VARDATA(v), VARSIZE(v) - VARHDRSZ, GG_BODY_BYTES - 4));
	return v;
}

/* Make the normal form of the first GG_FEATURE_UNITS characters; with_source also keeps where each came from. */
void
gg_body_ready(GgBody *b, const char *text, int len, bool with_source)
{
	int cap, used;

	if (len > GG_BODY_BYTES)
		len = pg_mbcliplen(text, len, GG_BODY_BYTES);
	b->text = text;
	b->len = len;
	cap = Min(len, GG_FEATURE_UNITS) + GG_SLOW_UNITS + 2;
	if (cap + GG_WORD_HERE <= lengthof(b->small))
		gg_normal_begin(&b->normal, b->small, NULL, lengthof(b->small) - GG_WORD_HERE);
	else
		gg_normal_begin(&b->normal, palloc(sizeof(uint32) * (cap + GG_WORD_HERE)), NULL, cap);
	if (with_source)
		b->normal.at = palloc(sizeof(uint32) * b->normal.cap);
	used = gg_normal_feed(&b->normal, text, len, 0);
	if (used < len && b->normal.n < GG_FEATURE_UNITS)
	{
		/* some characters become many (¼ three, ﷺ eighteen): room for all that is looked at */
		uint32 *unit = b->normal.unit;

		b->normal.cap = GG_FEATURE_UNITS + GG_SLOW_UNITS + 2;
		b->normal.unit = palloc(sizeof(uint32) * (b->normal.cap + GG_WORD_HERE));
		memcpy(b->normal.unit, unit, sizeof(uint32) * b->normal.n);
		if (unit != b->small)
			pfree(unit);
		if (with_source)
			b->normal.at = repalloc(b->normal.at, sizeof(uint32) * b->normal.cap);
		gg_normal_feed(&b->normal, text + used, len - used, used);
	}
	b->normal.n = Min(b->normal.n, GG_FEATURE_UNITS);
}

/* Give back what was taken. */
void
gg_body_done(GgBody *b)
{
	if (b->normal.unit != b->small)
		pfree(b->normal.unit);
	if (b->normal.at != NULL)
		pfree(b->normal.at);
}

GG_FUNCTION(gg_normalize_report);

/* Append one unit as UTF-8. */
static char *
append(char *p, uint32 c)
{
	unicode_to_utf8(c, (unsigned char *) p);
	return p + pg_utf_mblen((unsigned char *) p);
}

/*
 * normalize_report(body text) -> text: the normal form that features are taken
 * from. 54000 for a body of more than 16 MB (our default).
 */
Datum
gg_normalize_report(PG_FUNCTION_ARGS)
{
	Size raw = toast_raw_datum_size(PG_GETARG_DATUM(0)) - VARHDRSZ;
	uint32 unit[8192];
	GgNormal s;
	text *body, *result;
	const char *p;
	char *out;
	Size cap;
	int len, used = 0;

	if (raw > 16 * 1024 * 1024)
		ereport(
			ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("a report of %zu bytes is too long to be normalized", raw),
			 errdetail("The limit is 16 MB."),
			 errhint(
				 "Cut it with pg_catalog.left(body, n); classification reads the beginning only.")));
	body = PG_GETARG_TEXT_PP(0);
	p = VARDATA_ANY(body);
	len = VARSIZE_ANY_EXHDR(body);
	cap = (Size) len + 1024;
	result = palloc(VARHDRSZ + cap);
	out = VARDATA(result);
	gg_normal_begin(&s, unit, NULL, lengthof(unit));
	for (;;)
	{
		int settled;

		used += gg_normal_feed(&s, p + used, len - used, 0);
		settled = used < len ? s.n - GG_LOOKBACK : s.n;
		if ((out - VARDATA(result)) + (Size) settled * 4 > cap)
		{
			Size have = out - VARDATA(result);

			cap = Max(cap + cap / 2, have + (Size) settled * 4);
			result = repalloc(result, VARHDRSZ + cap);
			out = VARDATA(result) + have;
		}
		for (int i = 0; i < settled; i++)
			out = append(out, unit[i]);
		if (used >= len)
			break;
		gg_normal_shift(&s, settled);
	}
	SET_VARSIZE(result, out - (char *) result);
	PG_RETURN_TEXT_P(result);
}
