/*
 * lexicon.c: which words of the lexicon stand here?
 *
 * The longest word at a place wins and what is inside it is not looked at
 * again, so that a longer word is an exception to a shorter one (物业费 and
 * 物业; 安全隐患 with weight 0 and 隐患). Called by scoring, training and
 * explaining. Pure.
 */
#include "text/lexicon.h"

/* Make room for nword words in the current memory context. */
GgLexicon *
gg_lexicon_begin(int nword)
{
	GgLexicon *lex = palloc0(sizeof(GgLexicon));

	lex->word = (GgWord *) TYPEALIGN(sizeof(GgWord), palloc0(sizeof(GgWord) * (nword + 1)));
	lex->units = palloc(sizeof(uint32) * GG_WORD_UNITS * Max(nword, 1));
	return lex;
}

/* Add a word in the form that reports have. */
bool
gg_lexicon_add(GgLexicon *lex, const char *word, int len, int category, float weight)
{
	uint32 unit[GG_WORD_UNITS + GG_SLOW_UNITS + 2];
	GgNormal s;
	GgWord *w;

	gg_normal_begin(&s, unit, NULL, lengthof(unit));
	if (gg_normal_feed(&s, word, len, 0) < len || s.n == 0 || s.n > GG_WORD_UNITS)
		return false;
	w = &lex->word[lex->nword++];
	w->len = s.n;
	w->weight[category] = weight;
	memcpy(w->here, unit, Min(s.n, GG_WORD_HERE) * sizeof(uint32));
	w->rest = lex->nunit;
	if (s.n > GG_WORD_HERE)
	{
		memcpy(lex->units + lex->nunit, unit + GG_WORD_HERE, (s.n - GG_WORD_HERE) * sizeof(uint32));
		lex->nunit += s.n - GG_WORD_HERE;
	}
	return true;
}

/* The hash of a word's beginning; a word of one unit has 0 as its second. */
static inline uint32
hash_of(const GgWord *w)
{
	return gg_lexicon_hash(w->here[0], w->here[1]);
}

/* By slot, longer ones first, the same words together. */
static int
by_slot(const void *x, const void *y)
{
	const GgWord *a = x, *b = y;

	if (a->slot != b->slot)
		return a->slot < b->slot ? -1 : 1;
	if (a->len != b->len)
		return a->len > b->len ? -1 : 1;
	return memcmp(a->here, b->here, sizeof(a->here));
}

/* Are these the same words? */
static bool
same(const GgLexicon *lex, const GgWord *a, const GgWord *b)
{
	return a->len == b->len && memcmp(a->here, b->here, sizeof(a->here)) == 0 &&
		   (a->len <= GG_WORD_HERE || memcmp(lex->units + a->rest, lex->units + b->rest,
											 (a->len - GG_WORD_HERE) * sizeof(uint32)) == 0);
}

/* All words are there: build the index. */
void
gg_lexicon_end(GgLexicon *lex)
{
	int kept = 0;

	lex->nslot = 64;
	while (lex->nslot < lex->nword * 4 && lex->nslot < 65536)
		lex->nslot *= 2;
	lex->slot = palloc(sizeof(int) * lex->nslot);
	for (int i = 0; i < lex->nslot; i++)
		lex->slot[i] = -1;
	for (int i = 0; i < lex->nword; i++)
		lex->word[i].slot = hash_of(&lex->word[i]) & (lex->nslot - 1);
	qsort(lex->word, lex->nword, sizeof(GgWord), by_slot);
	for (int i = 0; i < lex->nword; i++)
	{
		GgWord *w = &lex->word[i];
		uint32 h = hash_of(w);
		int twin;

		/* the same word for another category is one word */
		for (twin = kept - 1; twin >= 0 && lex->word[twin].slot == w->slot; twin--)
			if (same(lex, &lex->word[twin], w))
				break;
		if (twin >= 0 && lex->word[twin].slot == w->slot)
		{
			for (int c = 0; c < GG_CATEGORIES; c++)
				lex->word[twin].weight[c] += w->weight[c];
			continue;
		}
		lex->word[kept] = *w;
		if (lex->slot[w->slot] < 0)
			lex->slot[w->slot] = kept;
		kept++;
		if (w->len == 1)
			lex->alone[(w->here[0] & 0xFFFF) >> 5] |= 1u << (w->here[0] & 31);
		else
			lex->begins[h >> 5] |= 1u << (h & 31);
	}
	lex->nword = kept;
	for (int i = 0; i < kept; i++)
	{
		GgWord *w = &lex->word[i];

		w->last = i + 1 == kept || lex->word[i + 1].slot != w->slot;
		w->silent = true;
		for (int c = 0; c < GG_CATEGORIES; c++)
			w->silent &= w->weight[c] == 0;
	}
}

/* The longest word of a slot that stands here, of at least two units; or -1. */
static inline int
match(const GgLexicon *lex, int slot, const uint32 *unit, int n)
{
	int w = lex->slot[slot];
	uint64 two;

	if (w < 0)
		return -1;
	memcpy(&two, unit, sizeof(two));
	for (;; w++)
	{
		const GgWord *word = &lex->word[w];
		uint64 here;
		int i;

		memcpy(&here, word->here, sizeof(here));
		/* most words have two units, and those that begin alike stand together */
		if (here == two && word->len <= n)
		{
			for (i = 2; i < word->len; i++)
				if (unit[i] !=
					(i < GG_WORD_HERE ? word->here[i] : lex->units[word->rest + i - GG_WORD_HERE]))
					break;
			if (i >= word->len)
				return w;
		}
		if (word->last)
			return -1;
	}
}

/* The word of one unit that stands here, or -1. */
static int
match_one(const GgLexicon *lex, uint32 unit)
{
	int w = lex->slot[gg_lexicon_hash(unit, 0) & (lex->nslot - 1)];

	for (; w >= 0; w = lex->word[w].last ? -1 : w + 1)
		if (lex->word[w].len == 1 && lex->word[w].here[0] == unit)
			return w;
	return -1;
}

/* The same for any place. */
static inline int
find(const GgLexicon *lex, const uint32 *unit, int n, int i)
{
	int w = -1;

	if (i + 1 < n)
		w = match(lex, gg_lexicon_hash(unit[i], unit[i + 1]) & (lex->nslot - 1), unit + i, n - i);
	if (w < 0 && gg_lexicon_alone(lex, unit[i]))
		w = match_one(lex, unit[i]);
	return w;
}

/* The longest word that begins at unit[i], or -1. */
int
gg_lexicon_find(const GgLexicon *lex, const uint32 *unit, int n, int i)
{
	return find(lex, unit, n, i);
}

/* Six weights as vectors. */
typedef float Floats4 __attribute__((vector_size(16)));
typedef float Floats2 __attribute__((vector_size(8)));

StaticAssertDecl(GG_CATEGORIES == 6, "four weights and two");

#define BLOCK 64

/* What the words of a normal form say for each category. */
void
gg_lexicon_points(const GgLexicon *lex, uint32 *unit, int n, float *points)
{
	Floats4 four = {0};
	Floats2 two = {0};
	int next = 0; /* what lies before it is part of a word */

	for (int from = 0; from < n; from += BLOCK)
	{
		int place[BLOCK + 1], places = 0, to = Min(from + BLOCK, n - 1);

		/* first where a word may begin, without a branch: it cannot be foreseen */
		for (int i = from; i < to; i++)
		{
			place[places] = i;
			places += gg_lexicon_may(lex, unit[i], unit[i + 1]);
		}
		if (from + BLOCK >= n)
		{
			place[places] = n - 1;
			places += gg_lexicon_may(lex, unit[n - 1], 0);
		}
		for (int p = 0; p < places; p++)
		{
			const GgWord *word;
			Floats4 w4;
			Floats2 w2;
			int i = place[p], w;
			float times = gg_place_weight(i);

			if (i < next || (w = find(lex, unit, n, i)) < 0)
				continue;
			word = &lex->word[w];
			memcpy(&w4, word->weight, sizeof(w4));
			memcpy(&w2, word->weight + 4, sizeof(w2));
			four += w4 * times;
			two += w2 * times;
			if (word->silent)
				for (int j = 0; j < word->len; j++)
					unit[i + j] = ' ';
			next = i + word->len;
		}
	}
	for (int c = 0; c < 4; c++)
		points[c] += four[c];
	for (int c = 0; c < 2; c++)
		points[4 + c] += two[c];
}
