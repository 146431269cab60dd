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
	if (gg_normal_feed(&s, word, len, 0) < len || s.n == 0 || s.n > GG_WORD_UNITS ||
		unit[0] >= 65536)
		return false;
	w = &lex->word[lex->nword++];
	w->start = lex->nunit;
	w->len = s.n;
	w->next = -1;
	w->weight[category] = weight;
	memcpy(lex->units + lex->nunit, unit, s.n * sizeof(uint32));
	lex->nunit += s.n;
	return true;
}

/* The slot of a beginning; a word of one unit has 0 as its second. */
static inline int
slot_of(const GgLexicon *lex, uint32 a, uint32 b)
{
	return ((a * 0x85EBCA6Bu + b) * 0x9E3779B1u) >> 8 & (lex->nslot - 1);
}

/* All words are there: build the index. */
void
gg_lexicon_end(GgLexicon *lex)
{
	int kept = 0;

	lex->nslot = 64;
	while (lex->nslot < lex->nword * 4)
		lex->nslot *= 2;
	lex->slot = palloc(sizeof(int) * lex->nslot);
	for (int i = 0; i < lex->nslot; i++)
		lex->slot[i] = -1;
	for (int i = 0; i < lex->nword; i++)
	{
		GgWord w = lex->word[i];
		const uint32 *u = lex->units + w.start;
		int *link = &lex->slot[slot_of(lex, u[0], w.len > 1 ? u[1] : 0)];

		while (*link >= 0 && lex->word[*link].len > w.len)
			link = &lex->word[*link].next;
		/* the same word for another category is one word */
		for (int j = *link; j >= 0 && lex->word[j].len == w.len; j = lex->word[j].next)
			if (memcmp(lex->units + lex->word[j].start, u, w.len * sizeof(uint32)) == 0)
			{
				for (int c = 0; c < GG_CATEGORIES; c++)
					lex->word[j].weight[c] += w.weight[c];
				w.len = 0;
				break;
			}
		if (w.len == 0)
			continue;
		w.next = *link;
		lex->word[kept] = w;
		*link = kept++;
		lex->first[u[0] >> 5] |= 1u << (u[0] & 31);
	}
	lex->nword = kept;
	for (int i = 0; i < kept; i++)
	{
		lex->word[i].silent = true;
		for (int c = 0; c < GG_CATEGORIES; c++)
			if (lex->word[i].weight[c] != 0)
				lex->word[i].silent = false;
	}
}

/* The longest word that begins at unit[i], or -1. */
int
gg_lexicon_find(const GgLexicon *lex, const uint32 *unit, int n, int i)
{
	if (!gg_lexicon_may(lex, unit[i]))
		return -1;
	for (int pass = i + 1 < n ? 0 : 1; pass < 2; pass++)
	{
		int w = lex->slot[slot_of(lex, unit[i], pass == 0 ? unit[i + 1] : 0)];

		for (; w >= 0; w = lex->word[w].next)
		{
			const GgWord *word = &lex->word[w];

			if ((pass == 0) == (word->len > 1) && word->len <= n - i &&
				memcmp(lex->units + word->start, unit + i, word->len * sizeof(uint32)) == 0)
				return w;
		}
	}
	return -1;
}

/* What the words of a normal form say for each category. */
void
gg_lexicon_points(const GgLexicon *lex, uint32 *unit, int n, float *points)
{
	for (int i = 0; i < n;)
	{
		int w = gg_lexicon_find(lex, unit, n, i);

		if (w < 0)
		{
			i++;
			continue;
		}
		for (int c = 0; c < GG_CATEGORIES; c++)
			points[c] += lex->word[w].weight[c] * gg_place_weight(i);
		if (lex->word[w].silent)
			for (int j = 0; j < lex->word[w].len; j++)
				unit[i + j] = ' ';
		i += lex->word[w].len;
	}
}
