/*
 * score.c: how much speaks for each label?
 *
 * score = bias + factor x (sum of n-gram weights) + lexicon, where the factor
 * makes long and short reports comparable. Called by the shells of this room.
 * Pure.
 */
#include "text/model.h"

#include <math.h>

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

/* Add the weights of one bucket to eight sums. */
static inline void
add8(Words8 *sum, const int8 *row)
{
#if __has_builtin(__builtin_shufflevector)
	int64 eight;
	Bytes16 b;

	/* each byte twice makes a word; shifting it keeps the sign, whatever the byte order */
	memcpy(&eight, row, sizeof(eight));
	b = (Bytes16) (Longs2){eight, 0};
	b = __builtin_shufflevector(b, b, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
	*sum += (Words8) b >> 8;
#else
	Bytes8 b;

	memcpy(&b, row, sizeof(b));
	*sum += __builtin_convertvector(b, Words8);
#endif
}

/* Move partial sums over before they can overflow. */
static inline void
spill(Words8 *sum, int times, int32 *acc)
{
	for (int k = 0; k < 8; k++)
		acc[k] += (*sum)[k] * times;
	*sum = (Words8){0};
}

#define SPILL_UNITS 64 /* 64 units x 3 n-grams x 127 < 32767 */

/* Sum up n-gram weights with eight weights a bucket; returns the number of features. */
static int
sum_eight(const int8 *weight, int bits, const uint32 *unit, int n, int32 *acc)
{
	uint32 a = 0, b = 0;
	int grams = 0, before = 0;
	Words8 sum = {0};

	for (int i = 0; i < n; i++)
	{
		uint32 c = gg_gram_unit(unit[i]);

		if (c != 0)
		{
			add8(&sum, weight + (Size) gg_gram1(c, bits) * 8);
			grams++;
			if (b != 0)
			{
				add8(&sum, weight + (Size) gg_gram2(b, c, bits) * 8);
				grams++;
				if (a != 0)
				{
					add8(&sum, weight + (Size) gg_gram3(a, b, c, bits) * 8);
					grams++;
				}
			}
			a = b;
		}
		else
			a = 0;
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
	{
		spill(&sum, GG_TITLE_TIMES, acc);
		return grams * GG_TITLE_TIMES;
	}
	spill(&sum, 1, acc);
	return grams;
}

/* Add some weights of one bucket. */
static inline void
add(int32 *acc, const int8 *row, int width, int times)
{
	for (int k = 0; k < width; k++)
		acc[k] += row[k] * times;
}

/* The same with any number of labels, of which the first width ones are wanted. */
static int
sum_many(const int8 *weight, int bits, int stride, int width, const uint32 *unit, int n, int32 *acc)
{
	uint32 a = 0, b = 0;
	int grams = 0;

	for (int i = 0; i < n; i++)
	{
		uint32 c = gg_gram_unit(unit[i]);
		int times = gg_place_weight(i);

		if (c != 0)
		{
			add(acc, weight + (Size) gg_gram1(c, bits) * stride, width, times);
			grams += times;
			if (b != 0)
			{
				add(acc, weight + (Size) gg_gram2(b, c, bits) * stride, width, times);
				grams += times;
				if (a != 0)
				{
					add(acc, weight + (Size) gg_gram3(a, b, c, bits) * stride, width, times);
					grams += times;
				}
			}
			a = b;
		}
		else
			a = 0;
		b = c;
	}
	return grams;
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
	if (lex != NULL)
		gg_lexicon_points(lex, unit, n, points);
	memset(acc, 0, sizeof(int32) * m->head.stride);
	if (m->head.stride == 8)
		out->grams = sum_eight(m->weight, m->head.bits, unit, n, acc);
	else
		out->grams =
			sum_many(m->weight, m->head.bits, m->head.stride, m->head.nlabel, unit, n, acc);
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

	memset(acc, 0, sizeof(int32) * (hi - lo));
	out->grams = sum_many(m->weight + lo, m->head.bits, m->head.stride, hi - lo, unit, n, acc);
	factor = gg_gram_factor(m, out->grams);
	for (int k = lo; k < hi; k++)
		out->score[k] = m->bias[k] + factor * acc[k - lo];
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
