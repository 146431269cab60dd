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

	lex->word = palloc0(sizeof(GgWord) * Max(nword, 1));
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
		lex->begins[h >> 5] |= 1u << (h & 31);
		lex->single |= w->len == 1;
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

/* The longest word of a slot that stands here, or -1. */
static inline int
match(const GgLexicon *lex, int slot, const uint32 *unit, int n, int least)
{
	int w = lex->slot[slot];

	for (bool more = w >= 0; more; w++)
	{
		const GgWord *word = &lex->word[w];
		int k = 0, len = word->len;

		more = !word->last;
		if (len > n || len < least)
			continue;
		while (k < len && k < GG_WORD_HERE && word->here[k] == unit[k])
			k++;
		if (k == len || (k == GG_WORD_HERE && memcmp(lex->units + word->rest, unit + k,
													 (len - k) * sizeof(uint32)) == 0))
			return w;
	}
	return -1;
}

/* The longest word that begins at unit[i], or -1. */
int
gg_lexicon_find(const GgLexicon *lex, const uint32 *unit, int n, int i)
{
	int w = -1;

	if (i + 1 < n)
		w = match(lex, gg_lexicon_hash(unit[i], unit[i + 1]) & (lex->nslot - 1), unit + i, n - i,
				  2);
	if (w < 0 && lex->single)
		w = match(lex, gg_lexicon_hash(unit[i], 0) & (lex->nslot - 1), unit + i, 1, 1);
	return w;
}

/* What the words of a normal form say for each category. */
void
gg_lexicon_points(const GgLexicon *lex, uint32 *unit, int n, float *points)
{
	for (int i = 0; i < n;)
	{
		int w = gg_lexicon_may(lex, unit[i], i + 1 < n ? unit[i + 1] : 0)
					? gg_lexicon_find(lex, unit, n, i)
					: -1;

		if (w < 0)
		{
			i++;
			continue;
		}
		if (!lex->word[w].silent)
			for (int c = 0; c < GG_CATEGORIES; c++)
				points[c] += lex->word[w].weight[c] * gg_place_weight(i);
		else
			for (int j = 0; j < lex->word[w].len; j++)
				unit[i + j] = ' ';
		i += lex->word[w].len;
	}
}
