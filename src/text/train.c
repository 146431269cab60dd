/*
 * train.c: which weights would have sorted these reports right?
 *
 * Multinomial logistic regression by stochastic gradient descent (Adagrad),
 * single-threaded, with a fixed pseudo-random order: the same samples in the
 * same order give the same bytes on one architecture. Each step leaves out part
 * of the features by chance, so that no single word carries a decision. The
 * lexicon's points are part of the score from the beginning; the weights learn
 * what it does not know. Called by the aggregate train_text_model(). Pure.
 */
#include "text/model.h"

#include "miscadmin.h"

#include <math.h>

const GgTraining gg_training_default = {
	.epochs = 10,
	.rate = 0.5,
	.l2 = 1e-3,
	.l2_many = 3e-3,
	.keep = 0.8,
	.lexicon = 0.4,
	.balance = 1.0,
	.temperature = 1.2,
	.margin = 0.38,
};

typedef struct Features
{
	uint32 start; /* in bucket[] */
	int n;        /* buckets */
	int title;    /* so many of them count GG_TITLE_TIMES */
	float factor; /* 1 / sqrt(features) */
	float points[GG_CATEGORIES];
} Features;

/* A small generator of our own: the same everywhere. */
static inline uint32
roll(uint64 *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 33;
}

/* The buckets of a normal form; returns how many, at most 3 n. */
static int
buckets(const uint32 *unit, int n, int bits, uint16 *out, int *title)
{
	uint32 a = 0, b = 0;
	int got = 0;

	*title = 0;
	for (int i = 0; i < n; i++)
	{
		uint32 c = gg_gram_unit(unit[i]);

		if (c != 0)
		{
			out[got++] = gg_gram1(c, bits);
			if (b != 0)
			{
				out[got++] = gg_gram2(b, c, bits);
				if (a != 0)
					out[got++] = gg_gram3(a, b, c, bits);
			}
			a = b;
		}
		else
			a = 0;
		b = c;
		if (i < GG_TITLE_UNITS)
			*title = got;
	}
	return got;
}

/* What is learned, and what it is learned with. */
typedef struct Learner
{
	const GgTraining *how;
	int stride;
	const int *category;
	const uint16 *bucket;
	float *weight, *grad2, *bias, *bias2;
	float p[GG_LABELS_MAX + 8];
	uint64 seed;
} Learner;

/*
 * One step: predict among the labels from lo to hi (their rows are done up to
 * pad), then move the weights of the kept features.
 */
static inline void
step(Learner *l, const Features *f, int label, float cost, int lo, int hi, int pad, int stride)
{
	uint16 kept[4096];
	uint8 times[4096];
	const GgTraining *how = l->how;
	float *p = l->p;
	int nkept = 0, total = 0;
	uint32 limit = how->keep * 2147483648.0;
	float l2 = stride == 8 ? how->l2 : how->l2_many;
	float factor, top = -1e30, sum = 0;

	for (int j = 0; j < f->n && nkept < lengthof(kept); j++)
		if (roll(&l->seed) <= limit)
		{
			times[nkept] = j < f->title ? GG_TITLE_TIMES : 1;
			total += times[nkept];
			kept[nkept++] = l->bucket[f->start + j];
		}
	factor = total > 0 ? 1 / sqrtf(total) : 0;
	for (int k = lo; k < pad; k++)
		p[k] = 0;
	for (int j = 0; j < nkept; j++)
	{
		const float *w = l->weight + (Size) kept[j] * stride;

		for (int k = lo; k < pad; k++)
			p[k] += w[k] * times[j];
	}
	for (int k = lo; k < hi; k++)
	{
		p[k] = p[k] * factor + l->bias[k] +
			   (l->category[k] >= 0 ? how->lexicon * f->points[l->category[k]] : 0);
		top = Max(top, p[k]);
	}
	for (int k = lo; k < hi; k++)
		sum += p[k] = expf(p[k] - top);
	for (int k = lo; k < hi; k++)
	{
		p[k] = cost * (p[k] / sum - (k == label));
		l->bias2[k] += p[k] * p[k];
		l->bias[k] -= how->rate * p[k] / sqrtf(l->bias2[k] + 1.0f);
	}
	for (int k = hi; k < pad; k++)
		p[k] = 0;
	for (int j = 0; j < nkept; j++)
	{
		float *w = l->weight + (Size) kept[j] * stride;
		float *g2 = l->grad2 + (Size) kept[j] * stride;
		float x = factor * times[j];

		for (int k = lo; k < pad; k++)
		{
			float g = p[k] * x + l2 * w[k];

			g2[k] += g * g;
			w[k] -= how->rate * g / sqrtf(g2[k] + 1e-6f);
		}
	}
}

/*
 * Which labels compete with each other: all of them, but of many four-digit
 * item codes only those of one category (the first two digits), because the
 * item is looked for inside a category.
 */
static void
rivals(const char (*label)[GG_LABEL_BYTES], int nlabel, int *lo, int *hi)
{
	bool items = nlabel > GG_FEW_LABELS;

	for (int k = 0; k < nlabel; k++)
		items &= strlen(label[k]) == 4 && strspn(label[k], "0123456789") == 4;
	for (int k = 0; k < nlabel; k++)
	{
		lo[k] = 0;
		hi[k] = nlabel;
		if (!items)
			continue;
		/* labels are in order */
		for (lo[k] = k; lo[k] > 0 && memcmp(label[lo[k] - 1], label[k], 2) == 0;)
			lo[k]--;
		for (hi[k] = k + 1; hi[k] < nlabel && memcmp(label[hi[k]], label[k], 2) == 0;)
			hi[k]++;
	}
}

/* Turn the weights into bytes of -127..127. */
static void
quantize(const float *weight, Size count, int8 *out, float *scale)
{
	float top = 1e-12;

	for (Size i = 0; i < count; i++)
		top = Max(top, fabsf(weight[i]));
	*scale = top / 127;
	for (Size i = 0; i < count; i++)
		out[i] = (int8) lrintf(weight[i] / *scale);
}

/* Train on samples (already in their final order). */
void
gg_train(const GgTraining *how, const GgSample *sample, int nsample,
		 const char (*label)[GG_LABEL_BYTES], int nlabel, const GgLexicon *lex, char *bytes)
{
	GgModelHead *head = (GgModelHead *) bytes;
	int stride = gg_model_stride(nlabel);
	int bits = gg_model_bits(nlabel);
	Size count = ((Size) 1 << bits) * stride, nbucket = 0;
	Learner l = {.how = how, .stride = stride, .seed = 94682};
	float *bias = (float *) (head + 1), *mean = palloc0(sizeof(float) * count);
	float *bias_mean = palloc0(sizeof(float) * stride), *cost = palloc0(sizeof(float) * nlabel);
	int *order = palloc(sizeof(int) * Max(nsample, 1)), *category = palloc(sizeof(int) * nlabel);
	int *lo = palloc(sizeof(int) * nlabel), *hi = palloc(sizeof(int) * nlabel);
	Features *f = palloc0(sizeof(Features) * Max(nsample, 1));
	uint16 *bucket;

	l.weight = palloc0(sizeof(float) * count);
	l.grad2 = palloc0(sizeof(float) * count);
	l.bias2 = palloc0(sizeof(float) * stride);
	l.bias = bias;
	l.category = category;
	rivals(label, nlabel, lo, hi);
	memset(bytes, 0, gg_model_bytes(nlabel, bits));
	memcpy(bias + stride, label, nlabel * GG_LABEL_BYTES);
	for (int k = 0; k < nlabel; k++)
		category[k] = gg_category_of(label[k], strlen(label[k]));
	for (int i = 0; i < nsample; i++)
		nbucket += 3 * (Size) sample[i].n;
	bucket = palloc(sizeof(uint16) * Max(nbucket, 1));
	l.bucket = bucket;
	nbucket = 0;
	for (int i = 0; i < nsample; i++)
	{
		if (lex != NULL)
			gg_lexicon_points(lex, sample[i].unit, sample[i].n, f[i].points);
		f[i].start = nbucket;
		f[i].n = buckets(sample[i].unit, sample[i].n, bits, bucket + nbucket, &f[i].title);
		nbucket += f[i].n;
		order[i] = i;
		cost[sample[i].label]++;
	}
	for (int k = 0; k < nlabel; k++)
		cost[k] = cost[k] > 0 ? powf((float) nsample / (nlabel * cost[k]), how->balance) : 0;

	for (int e = 0; e < how->epochs; e++)
	{
		for (int i = nsample - 1; i > 0; i--)
		{
			int j = roll(&l.seed) % (i + 1), t = order[i];

			order[i] = order[j];
			order[j] = t;
		}
		for (int i = 0; i < nsample; i++)
		{
			int o = order[i];

			if ((i & 0xFF) == 0)
				CHECK_FOR_INTERRUPTS();
			if (stride == 8)
				step(&l, &f[o], sample[o].label, cost[sample[o].label], 0, nlabel, 8, 8);
			else
				step(&l, &f[o], sample[o].label, cost[sample[o].label], lo[sample[o].label],
					 hi[sample[o].label], hi[sample[o].label], stride);
		}

		/* the mean of all passes but the first is steadier than the last one */
		if (e > 0 || how->epochs == 1)
		{
			for (Size i = 0; i < count; i++)
				mean[i] += l.weight[i] / Max(how->epochs - 1, 1);
			for (int k = 0; k < stride; k++)
				bias_mean[k] += bias[k] / Max(how->epochs - 1, 1);
		}
	}
	memcpy(bias, bias_mean, sizeof(float) * stride);
	head->magic = GG_MODEL_MAGIC;
	head->version = GG_MODEL_VERSION;
	head->nlabel = nlabel;
	head->bits = bits;
	head->stride = stride;
	head->rows = nsample;
	head->temperature = how->temperature;
	head->margin = how->margin;
	head->lexicon = lex != NULL ? how->lexicon : 0;
	quantize(mean, count, (int8 *) ((char *) (bias + stride) + nlabel * GG_LABEL_BYTES),
			 &head->scale);
	pfree(l.weight);
	pfree(l.grad2);
	pfree(l.bias2);
	pfree(mean);
	pfree(bias_mean);
	pfree(cost);
	pfree(order);
	pfree(category);
	pfree(lo);
	pfree(hi);
	pfree(f);
	pfree(bucket);
}
