/*
 * score.c: how much speaks for each label?
 *
 * score = bias + factor x (sum of n-gram weights) + lexicon, where the factor
 * makes long and short reports comparable. Called by the shells of this room.
 * Pure.
 */
#include "text/model.h"

#include <math.h>
#include <unicode/uchar.h>

/* The factor of n-gram weights in a text with so many features. */
double
gg_gram_factor(const GgModel *m, int grams)
{
	return grams > 0 ? m->head.scale / sqrt(grams) : 0;
}

/* Eight weights at once; compilers make three instructions of widening and adding them. */
typedef int8 Bytes8 __attribute__((vector_size(8)));
typedef int8 Bytes16 __attribute__((vector_size(16)));
typedef int16 Words8 __attribute__((vector_size(16)));
typedef int64 Longs2 __attribute__((vector_size(16)));

#ifndef __has_builtin
#define __has_builtin(x) 0
#endif

/* Of the eight bytes of a row, the last two: the mark of its n-gram. */
#ifdef WORDS_BIGENDIAN
#define MARK_OF(eight) ((uint16) (eight))
#else
#define MARK_OF(eight) ((uint16) ((eight) >> 48))
#endif

/*
 * Add the row of an n-gram to eight sums, if it is that n-gram's; returns whether
 * it is. Without a branch, because that cannot be foreseen. What the mark adds to
 * the last two sums is nobody's.
 */
static inline int
add8(Words8 *sum, const int8 *table, int bits, uint32 hash)
{
	uint64 eight;
	int known;

	memcpy(&eight, table + (Size) gg_gram_bucket(hash, bits) * 8, sizeof(eight));
	known = MARK_OF(eight) == gg_gram_mark(hash);
	eight &= -(uint64) known;
#if __has_builtin(__builtin_shufflevector)
	{
		Bytes16 b = (Bytes16) (Longs2){(int64) eight, 0};

		/* each byte twice makes a word; shifting it keeps the sign, whatever the byte order */
		b = __builtin_shufflevector(b, b, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
		*sum += (Words8) b >> 8;
	}
#else
	{
		Bytes8 b;

		memcpy(&b, &eight, sizeof(b));
		*sum += __builtin_convertvector(b, Words8);
	}
#endif
	return known;
}

/* Move partial sums over before they can overflow. */
static inline void
spill(Words8 *sum, int times, int32 *acc)
{
	for (int k = 0; k < 8; k++)
		acc[k] += (*sum)[k] * times;
	*sum = (Words8){0};
}

#define SPILL_UNITS 64 /* 64 units x 2 n-grams x 127 < 32767 */

/* Sum up the rows of eight bytes; out->grams and units are set. */
static inline void
sum_eight(const int8 *table, int bits, const uint32 *unit, int n, int32 *acc, GgScores *out)
{
	uint32 b = 0;
	int before = 0, units = 0, grams = 0;
	Words8 sum = {0};

	for (int i = 0; i < n; i++)
	{
		uint32 c = gg_gram_unit(unit[i]);

		if (c != 0)
		{
			units++;
			grams += add8(&sum, table, bits, gg_gram1(c));
			if (b != 0)
				grams += add8(&sum, table, bits, gg_gram2(b, c));
		}
		b = c;
		if (i == GG_TITLE_UNITS - 1)
		{
			spill(&sum, GG_TITLE_TIMES, acc);
			grams *= GG_TITLE_TIMES;
			before = 0;
		}
		else if (++before == SPILL_UNITS)
		{
			spill(&sum, 1, acc);
			before = 0;
		}
	}
	if (n < GG_TITLE_UNITS)
		grams *= GG_TITLE_TIMES;
	spill(&sum, n < GG_TITLE_UNITS ? GG_TITLE_TIMES : 1, acc);
	out->units = units;
	out->grams = grams;
}

/* Add the weights lo .. hi - 1 of an n-gram. */
static inline void
add(const GgModel *m, int lo, int hi, uint32 hash, int times, int32 *acc, GgScores *out)
{
	const int8 *row = gg_model_row(m, hash);

	if (row == NULL)
		return;
	out->grams += times;
	for (int k = lo; k < hi; k++)
		acc[k] += row[k] * times;
}

/* The same with any number of labels, of which lo .. hi - 1 are wanted. */
static void
sum_many(const GgModel *m, int lo, int hi, const uint32 *unit, int n, int32 *acc, GgScores *out)
{
	uint32 b = 0;

	out->units = out->grams = 0;
	for (int i = 0; i < n; i++)
	{
		uint32 c = gg_gram_unit(unit[i]);
		int times = gg_place_weight(i);

		if (c != 0)
		{
			out->units++;
			add(m, lo, hi, gg_gram1(c), times, acc, out);
			if (b != 0)
				add(m, lo, hi, gg_gram2(b, c), times, acc, out);
		}
		b = c;
	}
}

/*
 * Is there a word: a Han character, a Latin letter, or a letter of another
 * script that the model or the lexicon knows? Digits, signs and marks by
 * themselves say nothing about a case. The first character mostly is one.
 */
static bool
has_word(const GgModel *m, const GgLexicon *lex, const uint32 *unit, int n)
{
	for (int i = 0; i < n; i++)
	{
		uint32 c = unit[i];

		if ((gg_is_han(c) && c < 0x40000) || (c >= 'a' && c <= 'z'))
			return true;
		if (c >= 0xC0 && gg_gram_unit(c) != 0 && u_isalpha(c) &&
			(gg_model_row(m, gg_gram1(c)) != NULL ||
			 (lex != NULL && gg_lexicon_find(lex, unit, n, i) >= 0)))
			return true;
	}
	return false;
}

/*
 * Is enough of the normal form known? Single characters are known anyhow, so
 * pairs are counted, as often as they count in the score. Of 7502 reports,
 * real ones and the corpus, one more goes to review by this; words like 测试 and
 * foreign texts all do.
 */
bool
gg_score_founded(const GgModel *m, const uint32 *unit, int n, const GgScores *s)
{
	int known = 2 * GG_TITLE_TIMES * s->words, pairs = 0, digits = 0, most;
	uint32 b = 0;

	for (int i = 0; i < n; i++)
		digits += unit[i] - '0' <= 9;
	if (digits > s->units - digits)
		return false;
	/* mostly it shows without looking again: what is known beside single characters and digits */
	most = s->units + Min(s->units, GG_TITLE_UNITS);
	known += s->grams - most - 2 * GG_TITLE_TIMES * digits;
	if (known >= 2 * GG_TITLE_TIMES && known * 3 >= most)
		return true;
	known = 2 * GG_TITLE_TIMES * s->words;
	for (int i = 0; i < n; i++)
	{
		uint32 c = gg_gram_unit(unit[i]);

		if (c == '0')
			c = 0;
		if (b != 0 && c != 0)
		{
			pairs += gg_place_weight(i);
			if (gg_model_row(m, gg_gram2(b, c)) != NULL)
				known += gg_place_weight(i);
		}
		b = c;
	}
	return known >= 2 * GG_TITLE_TIMES && known * 3 >= pairs;
}

/* Score a normal form. */
void
gg_score(const GgModel *m, const GgLexicon *lex, uint32 *unit, int n, GgScores *out)
{
	int32 acc[GG_LABELS_MAX];
	float points[GG_CATEGORIES] = {0};
	double factor;

	if (m->head.lexicon <= 0)
		lex = NULL;
	out->words = lex != NULL ? gg_lexicon_points(lex, unit, n, points) : 0;
	memset(acc, 0, sizeof(acc[0]) * Max(m->head.nlabel, 8));
	if (m->head.stride == 8 && m->head.bits == 16)
		sum_eight(m->row, 16, unit, n, acc, out); /* what training makes, with nothing to look up */
	else if (m->head.stride == 8)
		sum_eight(m->row, m->head.bits, unit, n, acc, out);
	else
		sum_many(m, 0, m->head.nlabel, unit, n, acc, out);
	if (!has_word(m, lex, unit, n))
		out->units = 0;
	factor = gg_gram_factor(m, out->grams);
	for (int k = 0; k < m->head.nlabel; k++)
		out->score[k] = m->bias[k] + factor * acc[k];
	if (lex != NULL)
		for (int k = 0; k < m->head.nlabel; k++)
			if (m->category[k] >= 0)
				out->score[k] += m->head.lexicon * points[m->category[k]];
}

/* The score of the labels lo .. hi - 1 alone, by n-grams alone; the others are left as they are. */
void
gg_score_some(const GgModel *m, int lo, int hi, const uint32 *unit, int n, GgScores *out)
{
	int32 acc[GG_LABELS_MAX];
	double factor;

	memset(acc, 0, sizeof(acc));
	out->words = 0;
	sum_many(m, lo, hi, unit, n, acc, out);
	if (!has_word(m, NULL, unit, n))
		out->units = 0;
	factor = gg_gram_factor(m, out->grams);
	for (int k = lo; k < hi; k++)
		out->score[k] = m->bias[k] + factor * acc[k];
}

/* Scores to probabilities, in place. */
void
gg_softmax(const GgModel *m, float *score)
{
	float top = score[0], total = 0;

	for (int k = 1; k < m->head.nlabel; k++)
		top = Max(top, score[k]);
	for (int k = 0; k < m->head.nlabel; k++)
		total += score[k] = expf((score[k] - top) / m->head.temperature);
	for (int k = 0; k < m->head.nlabel; k++)
		score[k] /= total;
}
