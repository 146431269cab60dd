/*
 * type.c: the SQL type text_model: opaque, versioned, checked on reading.
 *
 * Its text form is base64 of its bytes, its binary form the bytes themselves
 * (both of this machine's byte order; another one is refused with a reason).
 */
#include "text/active.h"

#include "catalog/pg_type.h"
#include "common/base64.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/builtins.h"

GG_FUNCTION(gg_text_model_in);
GG_FUNCTION(gg_text_model_out);
GG_FUNCTION(gg_text_model_recv);
GG_FUNCTION(gg_text_model_send);
GG_FUNCTION(gg_text_model_labels);
GG_FUNCTION(gg_text_model_info);

/* Raise what is wrong with bytes that should be a model. */
static void
refuse(const char *why, int code)
{
	ereport(ERROR, (errcode(code), errmsg("this is no text model: %s", why),
					errhint("Text models are made by grid_gov.train_text_model(body, label).")));
}

/* text_model_in(cstring) -> text_model; 22P02 with the reason. */
Datum
gg_text_model_in(PG_FUNCTION_ARGS)
{
	const char *in = PG_GETARG_CSTRING(0);
	Size len = strlen(in);
	struct varlena *v;
	const char *why;
	int got;

	if (len > gg_model_bytes(GG_LABELS_MAX, 16) * 2)
		refuse("it is too long", ERRCODE_INVALID_TEXT_REPRESENTATION);
	v = palloc(VARHDRSZ + pg_b64_dec_len(len) + 4);
	got = gg_b64_decode(in, len, VARDATA(v), pg_b64_dec_len(len) + 4);
	if (got < 0)
		refuse("it is not base64", ERRCODE_INVALID_TEXT_REPRESENTATION);
	if ((why = gg_model_check(VARDATA(v), got, true)) != NULL)
		refuse(why, ERRCODE_INVALID_TEXT_REPRESENTATION);
	SET_VARSIZE(v, VARHDRSZ + got);
	PG_RETURN_POINTER(v);
}

/* text_model_out(text_model) -> cstring */
Datum
gg_text_model_out(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);
	int len = VARSIZE_ANY_EXHDR(v), cap = pg_b64_enc_len(len), got;
	char *out = palloc(cap + 1);

	got = gg_b64_encode(VARDATA_ANY(v), len, out, cap);
	if (got < 0)
		elog(ERROR, "could not encode a text model");
	out[got] = 0;
	PG_RETURN_CSTRING(out);
}

/* text_model_recv(internal) -> text_model; 22P03 with the reason. */
Datum
gg_text_model_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	int len = buf->len - buf->cursor;
	struct varlena *v = palloc(VARHDRSZ + len);
	const char *why;

	pq_copymsgbytes(buf, VARDATA(v), len);
	if ((why = gg_model_check(VARDATA(v), len, true)) != NULL)
		refuse(why, ERRCODE_INVALID_BINARY_REPRESENTATION);
	SET_VARSIZE(v, VARHDRSZ + len);
	PG_RETURN_POINTER(v);
}

/* text_model_send(text_model) -> bytea */
Datum
gg_text_model_send(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbytes(&buf, VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* model_labels(text_model) -> text[]: the labels that it tells apart, in order. */
Datum
gg_text_model_labels(PG_FUNCTION_ARGS)
{
	GgModel *m = gg_model_copy(PG_GETARG_DATUM(0), CurrentMemoryContext);
	Datum label[GG_LABELS_MAX];

	for (int k = 0; k < m->head.nlabel; k++)
		label[k] = CStringGetTextDatum(m->label[k]);
	PG_RETURN_ARRAYTYPE_P(construct_array(label, m->head.nlabel, TEXTOID, -1, false, TYPALIGN_INT));
}

/* model_info(text_model) -> text: one line for people: labels, reports, size. */
Datum
gg_text_model_info(PG_FUNCTION_ARGS)
{
	GgModel *m = gg_model_copy(PG_GETARG_DATUM(0), CurrentMemoryContext);

	PG_RETURN_TEXT_P(
		cstring_to_text(psprintf("version %u, %d labels, %d reports, 2^%d buckets, %zu bytes, "
								 "temperature %.4g, margin %.4g, lexicon %.4g, crc %08x",
								 m->head.version, m->head.nlabel, m->head.rows, m->head.bits,
								 gg_model_bytes(m->head.nlabel, m->head.bits), m->head.temperature,
								 m->head.margin, m->head.lexicon, m->head.crc)));
}
