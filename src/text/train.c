/*
 * train.c: which weights would have sorted these reports right?
 *
 * Counting (naive Bayes, choose.c) says how much each n-gram speaks for a label;
 * a linear support vector machine learns for each label how far to believe it
 * (Wang and Manning 2012), by dual coordinate descent (Hsieh and others 2008) in a
 * fixed pseudo-random order. Single-threaded: the same samples in the same order
 * give the same bytes on one architecture. The lexicon is not part of it: its
 * words add their points when a report is scored, and only the silent ones are
 * blotted out here, too. Called by the aggregate train_text_model(). Pure.
 */
#include "text/choose.h"

#include "miscadmin.h"

#include <math.h>

const GgTraining gg_training_default = {
	.passes = 12,
	.cost = 1.0,
	.own = 0.5,
	.lexicon = 0.075,
	.temperature = 0.36,
	.margin = 0.38,
};

/* A sample's n-grams that the model knows, those of the opening first. */
typedef struct Features
{
	Size start; /* in bucket[] */
	int n;      /* buckets */
	int title;  /* so many of them count GG_TITLE_TIMES */
	float factor;
} Features;

/* A small generator of our own: the same everywhere. */
static inline uint32
roll(uint64 *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 33;
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

/* What is known of the samples. */
typedef struct Samples
{
	int n;
	const GgSample *sample;
	const Features *f;
	const uint16 *bucket;
} Samples;

/* What a label's weights and counts say of a sample. */
static inline float
dot(const Samples *s, int i, const float *weight, const float *prior)
{
	const Features *f = &s->f[i];
	const uint16 *b = s->bucket + f->start;
	float title = 0, sum = 0;

	for (int j = 0; j < f->title; j++)
		title += weight[b[j]] * prior[b[j]];
	for (int j = f->title; j < f->n; j++)
		sum += weight[b[j]] * prior[b[j]];
	return f->factor * (GG_TITLE_TIMES * title + sum);
}

/* Move a label's weights along a sample. */
static inline void
move(const Samples *s, int i, float by, float *weight, const float *prior)
{
	const Features *f = &s->f[i];
	const uint16 *b = s->bucket + f->start;
	float x = by * f->factor;

	for (int j = 0; j < f->title; j++)
		weight[b[j]] += GG_TITLE_TIMES * x * prior[b[j]];
	for (int j = f->title; j < f->n; j++)
		weight[b[j]] += x * prior[b[j]];
}

/*
 * The weights that tell label k from those it competes with, and its bias: a
 * support vector machine with squared errors. Both sides count the same.
 */
static float
learn(const GgTraining *how, const Samples *s, int k, int lo, int hi, const float *prior,
	  float *weight)
{
	int *order = palloc(sizeof(int) * Max(s->n, 1));
	float *alpha = palloc0(sizeof(float) * Max(s->n, 1));
	float *square = palloc0(sizeof(float) * Max(s->n, 1));
	int n = 0, positive = 0;
	float bias = 0, slack[2];
	uint64 seed = 94682;

	for (int i = 0; i < s->n; i++)
	{
		const Features *f = &s->f[i];
		double sum = 0;

		if (s->sample[i].label < lo || s->sample[i].label >= hi)
			continue;
		order[n++] = i;
		positive += s->sample[i].label == k;
		for (int j = 0; j < f->n; j++)
		{
			float x =
				f->factor * prior[s->bucket[f->start + j]] * (j < f->title ? GG_TITLE_TIMES : 1);

			sum += x * x;
		}
		square[i] = sum + 1;
	}
	/* a squared error adds a diagonal of half its inverse cost */
	slack[0] = 0.5f / (how->cost * n / (2.0f * Max(n - positive, 1)));
	slack[1] = 0.5f / (how->cost * n / (2.0f * Max(positive, 1)));
	for (int pass = 0; pass < how->passes && positive > 0 && positive < n; pass++)
	{
		for (int i = n - 1; i > 0; i--)
		{
			int j = roll(&seed) % (i + 1), t = order[i];

			order[i] = order[j];
			order[j] = t;
		}
		for (int o = 0; o < n; o++)
		{
			int i = order[o];
			bool own = s->sample[i].label == k;
			float y = own ? 1 : -1;
			float g, next;

			if ((o & 0xFF) == 0)
				CHECK_FOR_INTERRUPTS();
			g = y * (dot(s, i, weight, prior) + bias) - 1 + slack[own] * alpha[i];
			next = Max(alpha[i] - g / (square[i] + slack[own]), 0);
			if (next != alpha[i])
			{
				float by = (next - alpha[i]) * y;

				move(s, i, by, weight, prior);
				bias += by;
				alpha[i] = next;
			}
		}
	}
	pfree(order);
	pfree(alpha);
	pfree(square);
	return bias;
}

/* Train on samples (already in their final order). */
void
gg_train(const GgTraining *how, const GgSample *sample, int nsample,
		 const char (*label)[GG_LABEL_BYTES], int nlabel, const GgLexicon *lex, char *bytes)
{
	GgModelHead *head = (GgModelHead *) bytes;
	int stride = gg_model_stride(nlabel);
	int bits = gg_model_bits(nlabel);
	Size nbucket = (Size) 1 << bits, nfeature = 0;
	float *bias = (float *) (head + 1);
	float *weight =
		palloc_extended(sizeof(float) * nbucket * nlabel, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	int *lo = palloc(sizeof(int) * nlabel), *hi = palloc(sizeof(int) * nlabel);
	Features *f = palloc0(sizeof(Features) * Max(nsample, 1));
	Samples s = {.n = nsample, .sample = sample, .f = f};
	GgChoice *choice;
	uint32 *hash;
	uint16 *bucket;
	int longest = 0;
	int8 *row;
	float top = 1e-12;

	rivals(label, nlabel, lo, hi);
	memset(bytes, 0, gg_model_bytes(nlabel, bits));
	memcpy(bias + stride, label, nlabel * GG_LABEL_BYTES);
	row = (int8 *) ((char *) (bias + stride) + nlabel * GG_LABEL_BYTES);
	for (int i = 0; i < nsample; i++)
	{
		float points[GG_CATEGORIES] = {0};

		/* silent words say nothing */
		if (lex != NULL)
			gg_lexicon_points(lex, sample[i].unit, sample[i].n, points);
		longest = Max(longest, sample[i].n);
		nfeature += 2 * (Size) sample[i].n;
	}
	choice = gg_choose(sample, nsample, nlabel, lo, hi, bits);
	hash = palloc(sizeof(uint32) * 2 * Max(longest, 1));
	bucket = palloc_extended(sizeof(uint16) * Max(nfeature, 1), MCXT_ALLOC_HUGE);
	nfeature = 0;
	for (int i = 0; i < nsample; i++)
	{
		int title, n = gg_grams_of(sample[i].unit, sample[i].n, hash, &title);

		f[i].start = nfeature;
		for (int j = 0; j < n; j++)
		{
			uint32 b = gg_gram_bucket(hash[j], bits);

			if (!choice->owned[b] || choice->mark[b] != gg_gram_mark(hash[j]))
				continue;
			bucket[nfeature++] = b;
			f[i].n++;
			f[i].title += j < title;
		}
		if (f[i].n > 0)
			f[i].factor = 1 / sqrt(f[i].n + f[i].title * (GG_TITLE_TIMES - 1));
	}
	s.bucket = bucket;

	for (int k = 0; k < nlabel; k++)
	{
		const float *prior = choice->prior + k * nbucket;
		float *w = weight + k * nbucket;
		double mean = 0;

		bias[k] = how->own * learn(how, &s, k, lo[k], hi[k], prior, w);
		for (Size b = 0; b < nbucket; b++)
			mean += fabsf(w[b]) / Max(choice->nowned, 1);
		for (Size b = 0; b < nbucket; b++)
		{
			w[b] = prior[b] * ((1 - how->own) * mean + how->own * w[b]);
			top = Max(top, fabsf(w[b]));
		}
	}
	head->magic = GG_MODEL_MAGIC;
	head->version = GG_MODEL_VERSION;
	head->nlabel = nlabel;
	head->bits = bits;
	head->stride = stride;
	head->rows = nsample;
	head->temperature = how->temperature;
	head->margin = how->margin;
	head->lexicon = lex != NULL ? how->lexicon : 0;
	head->scale = top / 127;
	for (Size b = 0; b < nbucket; b++)
	{
		for (int k = 0; k < nlabel; k++)
			row[b * stride + k] = (int8) lrintf(weight[k * nbucket + b] / head->scale);
		memcpy(row + b * stride + stride - sizeof(uint16), &choice->mark[b], sizeof(uint16));
	}
	pfree(weight);
	pfree(choice->owned);
	pfree(choice->mark);
	pfree(choice->prior);
	pfree(choice);
	pfree(lo);
	pfree(hi);
	pfree(f);
	pfree(hash);
	pfree(bucket);
}
