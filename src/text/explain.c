/*
 * explain.c: which words decided?
 *
 * The weight of every n-gram is shared by its characters, the lexicon's words
 * are pieces of their own, and the rest falls into runs that speak for the one
 * or the other category. The weights of all rows of a category add up to its
 * score. Reads models through active.c.
 */
#include "text/active.h"
#include "text/grams.h"

#include "funcapi.h"
#include "utils/builtins.h"

#include <math.h>

#define ROWS_MAX 20 /* pieces shown by themselves; the others are one row */

typedef struct Piece
{
	int from, to; /* units */
	double weight[2];
} Piece;

GG_FUNCTION(gg_explain_classification);

/* Share the weights of n-grams among their characters, for two labels. */
static void
share(const GgModel *m, const uint32 *unit, int n, double factor, const int *label, double (*w)[2])
{
	uint32 b = 0;

	for (int i = 0; i < n; i++)
	{
		uint32 c = gg_gram_unit(unit[i]);
		double times = factor * gg_place_weight(i);
		const int8 *row[2] = {0};

		if (c != 0)
			row[0] = gg_model_row(m, gg_gram1(c));
		if (c != 0 && b != 0)
			row[1] = gg_model_row(m, gg_gram2(b, c));
		for (int g = 0; g < 2; g++)
			for (int j = 0; j < 2 && row[g] != NULL; j++)
				for (int back = 0; back <= g; back++)
					w[i - back][j] += times * row[g][label[j]] / (g + 1);
		b = c;
	}
}

/* Pieces by what they say about the difference, the strongest first. */
static int
stronger(const void *x, const void *y)
{
	const Piece *a = x, *b = y;
	double p = fabs(a->weight[0] - a->weight[1]), q = fabs(b->weight[0] - b->weight[1]);

	return p > q ? -1 : p < q ? 1 : a->from - b->from;
}

/* Cut the text into pieces; returns how many. */
static int
cut(const GgModel *m, const GgLexicon *lex, const uint32 *unit, int n, const int *label,
	double (*w)[2], Piece *piece)
{
	int pieces = 0;

	for (int i = 0; i < n;)
	{
		int word = lex != NULL && m->head.lexicon > 0 ? gg_lexicon_find(lex, unit, n, i) : -1;
		Piece *p = &piece[pieces];

		p->from = i;
		p->weight[0] = p->weight[1] = 0;
		if (word >= 0)
		{
			p->to = i + lex->word[word].len;
			for (int j = 0; j < 2; j++)
				if (m->category[label[j]] >= 0)
					p->weight[j] += m->head.lexicon *
									lex->word[word].weight[m->category[label[j]]] *
									gg_place_weight(i);
		}
		else
		{
			/* on while the characters lean to the same side, no word begins, and no run ends */
			bool side = w[i][0] > w[i][1];
			bool inside = gg_gram_unit(unit[i]) != 0;

			p->to = i + 1;
			while (p->to < n && (gg_gram_unit(unit[p->to]) != 0) == inside &&
				   (w[p->to][0] > w[p->to][1]) == side &&
				   (lex == NULL || gg_lexicon_find(lex, unit, n, p->to) < 0))
				p->to++;
		}
		for (; i < p->to; i++)
			for (int j = 0; j < 2; j++)
				p->weight[j] += w[i][j];
		/* punctuation says nothing */
		if (p->weight[0] != 0 || p->weight[1] != 0)
			pieces++;
	}
	return pieces;
}

/* One row for each of the two categories. */
static void
emit(ReturnSetInfo *rs, const char *evidence, int len, const GgModel *m, const int *label,
	 int labels, const double *weight)
{
	for (int j = 0; j < labels; j++)
	{
		Datum values[3];
		bool nulls[3] = {false};

		values[0] = PointerGetDatum(cstring_to_text_with_len(evidence, len));
		values[1] = CStringGetTextDatum(m->label[label[j]]);
		values[2] = Float8GetDatum(weight[j]);
		tuplestore_putvalues(rs->setResult, rs->setDesc, values, nulls);
	}
}

/*
 * explain_classification(body text) -> rows (evidence, category, weight): the
 * words as they stand in the text, with what they add to the score of the
 * winner and of the runner-up; (其余) is the sum of weak pieces, (基准) what
 * the category has before any word is read.
 */
Datum
gg_explain_classification(PG_FUNCTION_ARGS)
{
	struct varlena *body = gg_body_arg(PG_GETARG_DATUM(0));
	ReturnSetInfo *rs;
	int64 id;
	const GgModel *m = gg_active_model(GG_KIND_CATEGORY, &id);
	const GgLexicon *lex = gg_active_lexicon();
	GgScores s;
	GgBody b;
	double(*w)[2], rest[2] = {0}, base[2];
	Piece *piece;
	int label[2] = {0, -1}, labels, pieces;

	InitMaterializedSRF(fcinfo, 0);
	rs = (ReturnSetInfo *) fcinfo->resultinfo;
	if (m == NULL)
		return (Datum) 0;
	gg_body_ready(&b, VARDATA_ANY(body), VARSIZE_ANY_EXHDR(body), true);
	gg_score(m, lex, b.normal.unit, b.normal.n, &s);
	if (s.units == 0)
		return (Datum) 0;
	for (int k = 1; k < m->head.nlabel; k++)
		if (s.score[k] > s.score[label[0]])
		{
			label[1] = label[0];
			label[0] = k;
		}
		else if (label[1] < 0 || s.score[k] > s.score[label[1]])
			label[1] = k;
	labels = label[1] < 0 ? 1 : 2;
	if (labels == 1)
		label[1] = label[0];

	w = palloc0(sizeof(*w) * b.normal.n);
	piece = palloc(sizeof(Piece) * (b.normal.n + 1));
	share(m, b.normal.unit, b.normal.n, gg_gram_factor(m, s.grams), label, w);
	pieces = cut(m, lex, b.normal.unit, b.normal.n, label, w, piece);
	qsort(piece, pieces, sizeof(Piece), stronger);
	for (int i = 0; i < pieces; i++)
	{
		uint32 first = b.normal.at[piece[i].from], last = b.normal.at[piece[i].to - 1];
		int from = GG_AT_OFFSET(first), to = GG_AT_OFFSET(last) + GG_AT_BYTES(last);

		if (i < ROWS_MAX)
			emit(rs, b.text + from, to - from, m, label, labels, piece[i].weight);
		else
		{
			rest[0] += piece[i].weight[0];
			rest[1] += piece[i].weight[1];
		}
	}
	if (pieces > ROWS_MAX)
		emit(rs, "(其余)", strlen("(其余)"), m, label, labels, rest);
	base[0] = m->bias[label[0]];
	base[1] = m->bias[label[1]];
	emit(rs, "(基准)", strlen("(基准)"), m, label, labels, base);
	gg_body_done(&b);
	return (Datum) 0;
}
