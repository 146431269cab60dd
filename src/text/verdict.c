/*
 * verdict.c: which category, which item, how sure?
 *
 * The text room's answers for C callers and for SQL. Reads models through
 * active.c, writes nothing.
 */
#include "text/active.h"
#include "text/grams.h"

#include "access/detoast.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/* The winner and the runner-up, by score; founded (NULL: not asked): enough is known. False: nothing in the text. */
static bool
rank(const GgModel *m, const GgLexicon *lex, const char *text, int len, GgScores *s, int *first,
	 int *second, bool *founded)
{
	GgBody b;

	gg_body_ready(&b, text, len, false);
	gg_score(m, lex, b.normal.unit, b.normal.n, s);
	if (founded != NULL)
		*founded = gg_score_founded(m, b.normal.unit, b.normal.n, s);
	gg_body_done(&b);
	if (s->units == 0)
		return false;
	*first = 0;
	*second = -1;
	for (int k = 1; k < m->head.nlabel; k++)
		if (s->score[k] > s->score[*first])
		{
			*second = *first;
			*first = k;
		}
		else if (*second < 0 || s->score[k] > s->score[*second])
			*second = k;
	return true;
}

/* The same with the scores as probabilities. */
static bool
judge(const GgModel *m, const GgLexicon *lex, const char *text, int len, GgScores *s, int *first,
	  int *second, bool *founded)
{
	if (!rank(m, lex, text, len, s, first, second, founded))
		return false;
	gg_softmax(m, s->score);
	return true;
}

/* Must somebody look at it? A lead that is no number is none. */
static bool
needs_review(const GgModel *m, double margin, bool founded)
{
	return !(margin >= m->head.margin) || !founded;
}

/* The active model of a kind, or an error when there is none. */
static const GgModel *
need_model(GgKind kind, int64 *id)
{
	const GgModel *m = gg_active_model(kind, id);

	if (m == NULL)
		ereport(
			ERROR,
			(errcode(ERRCODE_GG_NOT_SET_UP),
			 errmsg("there is no text model of kind \"%s\"",
					kind == GG_KIND_ITEM ? "item" : "category"),
			 errhint("Train one into gov.model, or reinstall the extension's reference data.")));
	return m;
}

/* Sort a report. */
void
gg_text_verdict(const char *body, int len, GgVerdict *out)
{
	const GgModel *m = need_model(GG_KIND_CATEGORY, &out->model);
	GgScores s;
	int first, second;
	bool founded;

	out->category = -1;
	out->probability = out->margin = 0;
	out->needs_review = true;
	if (!judge(m, gg_active_lexicon(), body, len, &s, &first, &second, &founded))
		return;
	out->category = m->category[first];
	out->probability = s.score[first];
	out->margin = second < 0 ? 1 : s.score[first] - s.score[second];
	/* a model of other labels says nothing about the six */
	out->needs_review = out->category < 0 || needs_review(m, out->margin, founded);
}

/* Is the label an item of this category? */
static bool
is_item_of(const char *label, int category)
{
	return strlen(label) == 4 && label[0] == '0' && label[1] == '1' + category;
}

/* The best catalogue item inside the category (-1: the likeliest one). */
bool
gg_text_item(const char *body, int len, int category, char item[5])
{
	int64 id;
	const GgModel *m = gg_active_model(GG_KIND_ITEM, &id);
	GgScores s;
	GgBody b;
	int lo = 0, hi, best = -1;

	if (category < 0)
	{
		GgVerdict v;

		/* items are told apart inside a category only */
		gg_text_verdict(body, len, &v);
		category = v.category;
		m = gg_active_model(GG_KIND_ITEM, &id);
	}
	if (m == NULL || category < 0)
		return false;
	/* labels are in order: one category's items stand together */
	while (lo < m->head.nlabel && !is_item_of(m->label[lo], category))
		lo++;
	for (hi = lo; hi < m->head.nlabel && is_item_of(m->label[hi], category);)
		hi++;
	if (lo == hi)
		return false;
	gg_body_ready(&b, body, len, false);
	gg_score_some(m, lo, hi, b.normal.unit, b.normal.n, &s);
	gg_body_done(&b);
	if (s.units == 0)
		return false;
	for (int k = lo; k < hi; k++)
		if (best < 0 || s.score[k] > s.score[best])
			best = k;
	strlcpy(item, m->label[best], 5);
	return true;
}

GG_FUNCTION(gg_classify);
GG_FUNCTION(gg_classify_by);
GG_FUNCTION(gg_classify_detail);
GG_FUNCTION(gg_classify_detail_by);
GG_FUNCTION(gg_classify_top);
GG_FUNCTION(gg_suggest_items);

/* classify(body text) -> text: the category, by the model in use: one of the six; NULL for a text with nothing in it. */
Datum
gg_classify(PG_FUNCTION_ARGS)
{
	struct varlena *body = gg_body_arg(PG_GETARG_DATUM(0));
	int64 id;
	const GgModel *m = need_model(GG_KIND_CATEGORY, &id);
	GgScores s;
	int first, second;

	if (!rank(m, gg_active_lexicon(), VARDATA_ANY(body), VARSIZE_ANY_EXHDR(body), &s, &first,
			  &second, NULL) ||
		m->category[first] < 0)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(m->label[first]));
}

typedef struct LastModel
{
	GgModelHead head;
	GgModel *model;
	MemoryContext cxt;
} LastModel;

/* The model in this argument, kept for the next call. */
static const GgModel *
model_arg(FunctionCallInfo fcinfo, int arg)
{
	LastModel *last = fcinfo->flinfo->fn_extra;
	struct varlena *head = PG_DETOAST_DATUM_SLICE(PG_GETARG_DATUM(arg), 0, sizeof(GgModelHead));

	/* a model is known by its head, which holds the check sum of all the rest */
	if (last == NULL)
	{
		last = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(LastModel));
		last->cxt =
			AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "grid_gov model", ALLOCSET_SMALL_SIZES);
		fcinfo->flinfo->fn_extra = last;
	}
	if (last->model == NULL || VARSIZE_ANY_EXHDR(head) != sizeof(GgModelHead) ||
		memcmp(&last->head, VARDATA_ANY(head), sizeof(GgModelHead)) != 0)
	{
		last->model = NULL;
		MemoryContextReset(last->cxt);
		last->model = gg_model_copy(PG_GETARG_DATUM(arg), last->cxt);
		last->head = last->model->head;
	}
	return last->model;
}

/* classify(body text, model text_model) -> text: the label, by this model (and the words in use). */
Datum
gg_classify_by(PG_FUNCTION_ARGS)
{
	struct varlena *body = gg_body_arg(PG_GETARG_DATUM(0));
	const GgModel *m = model_arg(fcinfo, 1);
	GgScores s;
	int first, second;

	if (!rank(m, gg_active_lexicon(), VARDATA_ANY(body), VARSIZE_ANY_EXHDR(body), &s, &first,
			  &second, NULL))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(m->label[first]));
}

/*
 * classify_detail(body text, model text_model) -> (label, probability, margin,
 * needs_review): the same by this model; label is NULL for a text with nothing
 * in it.
 */
Datum
gg_classify_detail_by(PG_FUNCTION_ARGS)
{
	struct varlena *body = gg_body_arg(PG_GETARG_DATUM(0));
	const GgModel *m = model_arg(fcinfo, 1);
	GgScores s;
	TupleDesc desc;
	Datum values[4] = {0};
	bool nulls[4] = {true, true, true, false};
	int first, second;
	bool founded;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	values[3] = BoolGetDatum(true);
	if (judge(m, gg_active_lexicon(), VARDATA_ANY(body), VARSIZE_ANY_EXHDR(body), &s, &first,
			  &second, &founded))
	{
		double margin = second < 0 ? 1 : s.score[first] - s.score[second];

		nulls[0] = nulls[1] = nulls[2] = false;
		values[0] = CStringGetTextDatum(m->label[first]);
		values[1] = Float8GetDatum(s.score[first]);
		values[2] = Float8GetDatum(margin);
		values[3] = BoolGetDatum(needs_review(m, margin, founded));
	}
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}

/*
 * classify_detail(body text) -> (category, probability, margin, needs_review, model):
 * margin is the lead over the second category; needs_review when it is smaller
 * than the model's threshold, or the model knows too little of the text; model is gov.model.id, 0 for the shipped one.
 */
Datum
gg_classify_detail(PG_FUNCTION_ARGS)
{
	struct varlena *body = gg_body_arg(PG_GETARG_DATUM(0));
	GgVerdict v;
	TupleDesc desc;
	Datum values[5];
	bool nulls[5] = {false};

	/* the row type is looked up once a statement */
	desc = fcinfo->flinfo->fn_extra;
	if (desc == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		desc = BlessTupleDesc(desc);
		fcinfo->flinfo->fn_extra = desc;
		MemoryContextSwitchTo(old);
	}
	gg_text_verdict(VARDATA_ANY(body), VARSIZE_ANY_EXHDR(body), &v);
	nulls[0] = v.category < 0;
	nulls[1] = nulls[2] = v.probability == 0;
	values[0] = nulls[0] ? (Datum) 0 : CStringGetTextDatum(gg_category_name[v.category]);
	values[1] = Float8GetDatum(v.probability);
	values[2] = Float8GetDatum(v.margin);
	values[3] = BoolGetDatum(v.needs_review);
	values[4] = Int64GetDatum(v.model);
	return HeapTupleGetDatum(heap_form_tuple(desc, values, nulls));
}

/* Write the n best labels of scores as rows: (label, probability), or with name and limit for items of the catalogue. */
static void
emit_top(FunctionCallInfo fcinfo, const GgModel *m, GgScores *s, int n, bool items)
{
	ReturnSetInfo *rs = (ReturnSetInfo *) fcinfo->resultinfo;

	for (int done = 0, looked = 0; done < n && looked < m->head.nlabel; looked++)
	{
		Datum values[4];
		bool nulls[4] = {false};
		int best = 0;

		for (int k = 1; k < m->head.nlabel; k++)
			if (s->score[k] > s->score[best])
				best = k;
		values[0] = CStringGetTextDatum(m->label[best]);
		values[1] = Float8GetDatum(s->score[best]);
		s->score[best] = -1;
		if (items && !gg_item_facts(m->label[best], &values[2], &values[3]))
			continue;
		tuplestore_putvalues(rs->setResult, rs->setDesc, values, nulls);
		done++;
	}
}

/* classify_top(body text) -> rows (category, probability), the likeliest first; none for a text with nothing in it. */
Datum
gg_classify_top(PG_FUNCTION_ARGS)
{
	struct varlena *body = gg_body_arg(PG_GETARG_DATUM(0));
	int64 id;
	const GgModel *m = need_model(GG_KIND_CATEGORY, &id);
	GgScores s;
	int first, second;

	InitMaterializedSRF(fcinfo, 0);
	if (judge(m, gg_active_lexicon(), VARDATA_ANY(body), VARSIZE_ANY_EXHDR(body), &s, &first,
			  &second, NULL))
		emit_top(fcinfo, m, &s, m->head.nlabel, false);
	return (Datum) 0;
}

/*
 * suggest_items(body text, n int) -> rows (item, probability, name, allow):
 * catalogue items in use, the likeliest first: the item's share inside its
 * category times the category's probability; allow is the catalogue's limit.
 * 22023 for n < 1.
 */
Datum
gg_suggest_items(PG_FUNCTION_ARGS)
{
	struct varlena *body = gg_body_arg(PG_GETARG_DATUM(0));
	int n = PG_GETARG_INT32(1);
	int64 id;
	GgModel category = *need_model(GG_KIND_CATEGORY, &id);
	GgScores c, s;
	const GgModel *m;
	float inside[GG_CATEGORIES] = {0}, of[GG_CATEGORIES] = {0};
	int first, second;

	if (n < 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("cannot suggest %d items", n), errhint("Ask for one or more.")));
	InitMaterializedSRF(fcinfo, 0);
	if (!judge(&category, gg_active_lexicon(), VARDATA_ANY(body), VARSIZE_ANY_EXHDR(body), &c,
			   &first, &second, NULL))
		return (Datum) 0;
	for (int k = 0; k < category.head.nlabel; k++)
		if (category.category[k] >= 0)
			of[category.category[k]] = c.score[k];
	m = need_model(GG_KIND_ITEM, &id);
	if (!judge(m, NULL, VARDATA_ANY(body), VARSIZE_ANY_EXHDR(body), &s, &first, &second, NULL))
		return (Datum) 0;
	for (int pass = 0; pass < 2; pass++)
		for (int k = 0; k < m->head.nlabel; k++)
		{
			int g = m->label[k][0] == '0' ? m->label[k][1] - '1' : -1;

			if (g < 0 || g >= GG_CATEGORIES)
				s.score[k] = pass == 0 ? s.score[k] : 0;
			else if (pass == 0)
				inside[g] += s.score[k];
			else
				s.score[k] *= of[g] / Max(inside[g], 1e-30f);
		}
	emit_top(fcinfo, m, &s, n, true);
	return (Datum) 0;
}
