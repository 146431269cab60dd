/*
 * aggregate.c: train_text_model(body, label): collects reports, then trains.
 *
 * The reports are put in order of their bytes before training, so the order
 * and the plan by which they came do not matter. Memory is bounded.
 */
#include "text/active.h"
#include "text/grams.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#define TRAIN_UNITS_MAX (64 * 1024 * 1024) /* 256 MB of normal forms */
#define ROW_UNITS 32                       /* a shorter report takes as much memory as these */

typedef struct Collected
{
	MemoryContext cxt;
	int n, cap;
	GgSample *sample;
	Size units;
	int nlabel;
	char label[GG_LABELS_MAX][GG_LABEL_BYTES];
} Collected;

GG_FUNCTION(gg_train_step);
GG_FUNCTION(gg_train_final);

/* The number of a label, new ones at the end. */
static int
label_of(Collected *c, text *label)
{
	const char *s = VARDATA_ANY(label);
	int len = VARSIZE_ANY_EXHDR(label);

	for (int i = 0; i < c->nlabel; i++)
		if (strlen(c->label[i]) == (size_t) len && memcmp(c->label[i], s, len) == 0)
			return i;
	if (len == 0 || len >= GG_LABEL_BYTES)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("label \"%s\" is %s", text_to_cstring(label),
							   len == 0 ? "empty" : "too long"),
						errdetail("A label has 1 to %d bytes.", GG_LABEL_BYTES - 1)));
	if (c->nlabel == GG_LABELS_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("more than %d different labels, the next is \"%s\"", GG_LABELS_MAX,
						text_to_cstring(label)),
				 errhint("The second argument of train_text_model() is the label, not the text.")));
	memcpy(c->label[c->nlabel], s, len);
	return c->nlabel++;
}

/* Transition: train_step(internal, body text, label text) -> internal; rows with NULL are passed over. */
Datum
gg_train_step(PG_FUNCTION_ARGS)
{
	MemoryContext cxt, old;
	Collected *c;
	GgBody b;
	struct varlena *body;
	uint32 *unit;

	if (!AggCheckCallContext(fcinfo, &cxt))
		elog(ERROR, "train_step called outside an aggregate");
	if (PG_ARGISNULL(0))
	{
		c = MemoryContextAllocZero(cxt, sizeof(Collected));
		c->cxt = cxt;
	}
	else
		c = (Collected *) PG_GETARG_POINTER(0);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_POINTER(c);

	body = gg_body_arg(PG_GETARG_DATUM(1));
	gg_body_ready(&b, VARDATA_ANY(body), VARSIZE_ANY_EXHDR(body), false);
	/* rows take memory even when there is nothing in them */
	c->units += Max(b.normal.n, ROW_UNITS);
	if (c->units > TRAIN_UNITS_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("too much text for one model: more than %d million characters",
							   TRAIN_UNITS_MAX / 1000000),
						errhint("Train on a sample of the reports, or on left(body, 500).")));
	old = MemoryContextSwitchTo(cxt);
	if (c->n == c->cap)
	{
		c->cap = Max(1024, c->cap * 2);
		c->sample = c->sample == NULL ? palloc(sizeof(GgSample) * c->cap)
									  : repalloc(c->sample, sizeof(GgSample) * c->cap);
	}
	unit = palloc0(sizeof(uint32) * (b.normal.n + GG_WORD_HERE));
	MemoryContextSwitchTo(old);
	memcpy(unit, b.normal.unit, sizeof(uint32) * b.normal.n);
	c->sample[c->n].unit = unit;
	c->sample[c->n].n = b.normal.n;
	c->sample[c->n].label = label_of(c, PG_GETARG_TEXT_PP(2));
	c->n++;
	gg_body_done(&b);
	PG_RETURN_POINTER(c);
}

/* Order of samples: by normal form, then by label. */
static int
by_text(const void *x, const void *y)
{
	const GgSample *a = x, *b = y;
	int c = memcmp(a->unit, b->unit, Min(a->n, b->n) * sizeof(uint32));

	if (c != 0)
		return c;
	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	return a->label - b->label;
}

/* Order of labels. */
static int
by_name(const void *x, const void *y)
{
	return strcmp(x, y);
}

/* Final: train_final(internal) -> text_model; NULL when there was no row. */
Datum
gg_train_final(PG_FUNCTION_ARGS)
{
	Collected *c = PG_ARGISNULL(0) ? NULL : (Collected *) PG_GETARG_POINTER(0);
	GgSample *sample;
	char(*label)[GG_LABEL_BYTES];
	struct varlena *result;
	GgModelHead *head;
	const GgLexicon *lex = NULL;
	Size bytes;
	int known = 0;

	if (c == NULL || c->n == 0)
		PG_RETURN_NULL();
	label = palloc(sizeof(c->label));
	memcpy(label, c->label, sizeof(c->label));
	qsort(label, c->nlabel, GG_LABEL_BYTES, by_name);
	sample = palloc(sizeof(GgSample) * c->n);
	for (int i = 0; i < c->n; i++)
	{
		char(*l)[GG_LABEL_BYTES] =
			bsearch(c->label[c->sample[i].label], label, c->nlabel, GG_LABEL_BYTES, by_name);

		sample[i] = c->sample[i];
		sample[i].label = l - label;
	}
	qsort(sample, c->n, sizeof(GgSample), by_text);
	for (int k = 0; k < c->nlabel; k++)
		known += gg_category_of(label[k], strlen(label[k])) >= 0;
	/* words speak for categories; other labels have none */
	if (known > 0)
		lex = gg_active_lexicon();
	bytes = gg_model_bytes(c->nlabel, gg_model_bits(c->nlabel));
	result = palloc0(VARHDRSZ + bytes);
	SET_VARSIZE(result, VARHDRSZ + bytes);
	gg_train(&gg_training_default, sample, c->n, (const char(*)[GG_LABEL_BYTES]) label, c->nlabel,
			 lex, VARDATA(result));
	head = (GgModelHead *) VARDATA(result);
	head->crc = gg_model_crc(VARDATA(result), bytes);
	PG_RETURN_POINTER(result);
}
