/*
 * choose.c: which n-grams are worth a place in the model, and what does counting say of them?
 *
 * A bucket belongs to one n-gram: the one that tells most of all that fall into
 * it. The others, and all that training has never seen, say nothing, instead of
 * speaking with the weight of a stranger. Called by training. Pure.
 */
#include "text/choose.h"

#include "miscadmin.h"

#include <math.h>

#define TABLE_BITS_MAX 23             /* 8 million different n-grams are told apart */
#define COUNTS_MAX (64 * 1024 * 1024) /* counters of n-grams by label */

/* An n-gram that was seen. */
typedef struct Seen
{
	uint32 hash;
	int last;      /* the report that it was seen in last, 0: the place is free */
	int documents; /* reports */
	int number;    /* among the candidates, -1: none */
} Seen;

typedef struct Table
{
	Seen *seen;
	int bits;
	Size used;
} Table;

/* The place of a hash. */
static inline Seen *
place_of(const Table *t, uint32 hash)
{
	Size mask = ((Size) 1 << t->bits) - 1;
	Size i = (hash ^ hash >> 15) & mask;

	while (t->seen[i].last != 0 && t->seen[i].hash != hash)
		i = (i + 1) & mask;
	return &t->seen[i];
}

/* Twice the places. */
static void
grow(Table *t)
{
	Table old = *t;

	t->bits++;
	t->seen = palloc_extended(sizeof(Seen) << t->bits, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (Size i = 0; i < (Size) 1 << old.bits; i++)
		if (old.seen[i].last != 0)
			*place_of(t, old.seen[i].hash) = old.seen[i];
	pfree(old.seen);
}

/* A report (1, 2, ...) has this n-gram. */
static void
see(Table *t, uint32 hash, int report)
{
	Seen *s = place_of(t, hash);

	if (s->last == 0)
	{
		if (t->used * 2 >= (Size) 1 << t->bits)
		{
			/* further ones are not looked at: the first that were seen are the usual ones */
			if (t->bits == TABLE_BITS_MAX)
				return;
			grow(t);
			s = place_of(t, hash);
		}
		s->hash = hash;
		t->used++;
	}
	if (s->last != report)
		s->documents++;
	s->last = report;
}

/* All n-grams of a normal form; returns how many, at most 2 n. */
int
gg_grams_of(const uint32 *unit, int n, uint32 *hash, int *title)
{
	uint32 b = 0;
	int got = 0;

	*title = 0;
	for (int i = 0; i < n; i++)
	{
		uint32 c = gg_gram_unit(unit[i]);

		if (c != 0)
			hash[got++] = gg_gram1(c);
		if (c != 0 && b != 0)
			hash[got++] = gg_gram2(b, c);
		b = c;
		if (i < GG_TITLE_UNITS)
			*title = got;
	}
	return got;
}

/* A candidate for a bucket. */
typedef struct Candidate
{
	uint32 hash;
	int number;
	float worth;
} Candidate;

/* The more it tells the better; equal ones by hash. */
static int
by_worth(const void *x, const void *y)
{
	const Candidate *a = x, *b = y;

	if (a->worth != b->worth)
		return a->worth > b->worth ? -1 : 1;
	return a->hash < b->hash ? -1 : a->hash > b->hash;
}

/*
 * What counting says of one n-gram among the labels from..to: the logarithm of
 * how much more often it stands in reports of a label than elsewhere (naive
 * Bayes, of the label and of its complement), each label weighing the same.
 * Returns the largest of them.
 */
static float
log_ratios(const float *count, const double *total, int from, int to, double kinds, float *out)
{
	int n = to - from;
	double mean = 0, all = 0, centre = 0, most = 0;

	for (int k = from; k < to; k++)
		mean += total[k] / n;
	for (int k = from; k < to; k++)
		all += count[k] / total[k] * mean;
	for (int k = from; k < to; k++)
	{
		double own = count[k] / total[k] * mean;

		out[k] = log((own + 1) / (mean + kinds));
		if (n > 1)
			out[k] -= log((all - own + n - 1) / ((mean + kinds) * (n - 1)));
		centre += out[k] / n;
	}
	for (int k = from; k < to; k++)
	{
		out[k] -= centre;
		most = Max(most, fabs(out[k]));
	}
	return most;
}

/* Choose an n-gram for each bucket. */
GgChoice *
gg_choose(const GgSample *sample, int nsample, int nlabel, const int *lo, const int *hi, int bits)
{
	GgChoice *choice = palloc0(sizeof(GgChoice));
	Size nbucket = (Size) 1 << bits, ncandidate = 0;
	Table t = {.bits = 16};
	int least = nsample < 500 ? 1 : 2, most = 0;
	uint32 *hash;
	float *count;
	double *total = palloc0(sizeof(double) * nlabel);
	Candidate *candidate;

	for (int i = 0; i < nsample; i++)
		most = Max(most, sample[i].n);
	hash = palloc(sizeof(uint32) * 2 * Max(most, 1));
	t.seen = palloc0(sizeof(Seen) << t.bits);
	for (int i = 0; i < nsample; i++)
	{
		int title, n = gg_grams_of(sample[i].unit, sample[i].n, hash, &title);

		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < n; j++)
			see(&t, hash[j], i + 1);
	}

	/* of many reports, what stands in one only says nothing; of very many n-grams, the rare ones are left out */
	for (;; least++)
	{
		ncandidate = 0;
		for (Size i = 0; i < (Size) 1 << t.bits; i++)
			ncandidate += t.seen[i].documents >= least;
		if (ncandidate * nlabel <= COUNTS_MAX)
			break;
	}
	candidate = palloc_extended(sizeof(Candidate) * Max(ncandidate, 1), MCXT_ALLOC_HUGE);
	count = palloc_extended(sizeof(float) * Max(ncandidate * nlabel, 1),
							MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	ncandidate = 0;
	for (Size i = 0; i < (Size) 1 << t.bits; i++)
	{
		t.seen[i].number = -1;
		if (t.seen[i].documents >= least)
		{
			candidate[ncandidate].hash = t.seen[i].hash;
			candidate[ncandidate].number = t.seen[i].number = ncandidate;
			candidate[ncandidate].worth = sqrt(t.seen[i].documents);
			ncandidate++;
		}
	}
	for (int i = 0; i < nsample; i++)
	{
		int title, n = gg_grams_of(sample[i].unit, sample[i].n, hash, &title);

		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < n; j++)
		{
			const Seen *s = place_of(&t, hash[j]);
			int times = j < title ? GG_TITLE_TIMES : 1;

			total[sample[i].label] += times;
			if (s->last != 0 && s->number >= 0)
				count[s->number * (Size) nlabel + sample[i].label] += times;
		}
	}

	/* labels without any text count as one n-gram: nothing is divided by zero */
	for (int k = 0; k < nlabel; k++)
		total[k] = Max(total[k], 1);
	for (Size c = 0; c < ncandidate; c++)
	{
		float *row = count + candidate[c].number * (Size) nlabel;
		float ratio[GG_LABELS_MAX], told = 0;

		for (int k = 0; k < nlabel; k = hi[k])
			told = Max(told, log_ratios(row, total, lo[k], hi[k], t.used, ratio));
		memcpy(row, ratio, sizeof(float) * nlabel);
		candidate[c].worth *= told;
	}
	qsort(candidate, ncandidate, sizeof(Candidate), by_worth);

	choice->owned = palloc0(sizeof(bool) * nbucket);
	choice->mark = palloc0(sizeof(uint16) * nbucket);
	choice->prior =
		palloc_extended(sizeof(float) * nbucket * nlabel, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (Size c = 0; c < ncandidate; c++)
	{
		uint32 b = gg_gram_bucket(candidate[c].hash, bits);

		if (choice->owned[b])
			continue;
		choice->owned[b] = true;
		choice->mark[b] = gg_gram_mark(candidate[c].hash);
		choice->nowned++;
		/* by label first: each is trained by itself */
		for (int k = 0; k < nlabel; k++)
			choice->prior[k * nbucket + b] = count[candidate[c].number * (Size) nlabel + k];
	}
	pfree(t.seen);
	pfree(candidate);
	pfree(count);
	pfree(total);
	pfree(hash);
	return choice;
}
