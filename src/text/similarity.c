/*
 * similarity.c: how alike are two reports?
 *
 * Called by find_duplicates() through SQL. Pure: the share of three-character
 * runs that two normal forms have in common (Jaccard), punctuation and blanks
 * left out. Digits count: house number 12 is not 21.
 */
#include "text/active.h"
#include "text/grams.h"

#include "lib/qunique.h"
#include "miscadmin.h"
#include "utils/builtins.h"

/* Order of runs. */
static int
compare(const void *a, const void *b)
{
	uint64 x = *(const uint64 *) a;
	uint64 y = *(const uint64 *) b;

	return x < y ? -1 : x > y;
}

/* The different runs of three characters of a text, sorted; a shorter text is one run. */
static uint64 *
runs_of(Datum datum, int *n)
{
	struct varlena *v = gg_body_arg(datum);
	GgBody *body = palloc(sizeof(GgBody));
	uint64 *run;
	uint64 last = 0;
	int length = 0;

	gg_body_ready(body, VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v), false);
	run = palloc(sizeof(uint64) * Max(body->normal.n, 1));
	*n = 0;
	for (int i = 0; i < body->normal.n; i++)
	{
		uint32 c = body->normal.unit[i];

		if (gg_gram_unit(c) == 0)
			continue;
		last = (last << 21 | c) & UINT64CONST(0x7FFFFFFFFFFFFFFF);
		if (++length >= 3)
			run[(*n)++] = last;
	}
	if (*n == 0 && length > 0)
		run[(*n)++] = last;
	gg_body_done(body);
	pfree(body);
	CHECK_FOR_INTERRUPTS();
	qsort(run, *n, sizeof(uint64), compare);
	*n = (int) qunique(run, *n, sizeof(uint64), compare);
	return run;
}

GG_FUNCTION(gg_report_similarity);

/*
 * report_similarity(a text, b text) -> double precision, 0 to 1: runs of three
 * characters of the normal forms that both have, divided by those that either
 * has; 0 where one says nothing. Looks at the first 64 kB, as classification does.
 * Source of the rule: our default for duplicates (0.6).
 */
Datum
gg_report_similarity(PG_FUNCTION_ARGS)
{
	int na;
	int nb;
	uint64 *a = runs_of(PG_GETARG_DATUM(0), &na);
	uint64 *b = runs_of(PG_GETARG_DATUM(1), &nb);
	int both = 0;

	for (int i = 0, j = 0; i < na && j < nb;)
	{
		if (a[i] == b[j])
		{
			both++;
			i++;
			j++;
		}
		else if (a[i] < b[j])
			i++;
		else
			j++;
	}
	if (na == 0 || nb == 0)
		PG_RETURN_FLOAT8(0.0);
	PG_RETURN_FLOAT8((double) both / (double) (na + nb - both));
}
