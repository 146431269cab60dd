/*
 * lexicon.c: which words of the lexicon stand here?
 *
 * The longest word at a place wins and what is inside it is not looked at
 * again, so that a longer word is an exception to a shorter one (物业费 and
 * 物业; 安全隐患 with weight 0 and 隐患). Called by scoring, training and
 * explaining. Pure.
 */
#include "text/lexicon.h"

#include "miscadmin.h"

/* What one word may say for a category: a slip of the pen must not outshout every other word, or overflow. */
#define WEIGHT_MAX 100

/* A slot with more words than this is searched by halves instead of word by word. */
#define SLOT_WALK 32

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

	if ((lex->nword & 0xFFF) == 0)
		CHECK_FOR_INTERRUPTS();
	gg_normal_begin(&s, unit, NULL, lengthof(unit));
	if (gg_normal_feed(&s, word, len, 0) < len || s.n == 0 || s.n > GG_WORD_UNITS)
		return false;
	w = &lex->word[lex->nword++];
	w->len = s.n;
	w->weight[category] = Max(-WEIGHT_MAX, Min(weight, WEIGHT_MAX));
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

/* The order of words of one length by what they are; the other word is given by its units. */
static inline int
compare_units(const GgLexicon *lex, const GgWord *a, const uint32 *first, const uint32 *rest)
{
	int c = memcmp(a->here, first, Min(a->len, GG_WORD_HERE) * sizeof(uint32));

	if (c == 0 && a->len > GG_WORD_HERE)
		c = memcmp(lex->units + a->rest, rest, (a->len - GG_WORD_HERE) * sizeof(uint32));
	return c;
}

/* By slot, longer ones first, the same words together. */
static int
by_slot(const void *x, const void *y, void *lex)
{
	const GgWord *a = x, *b = y;

	if (a->slot != b->slot)
		return a->slot < b->slot ? -1 : 1;
	if (a->len != b->len)
		return a->len > b->len ? -1 : 1;
	return compare_units(lex, a, b->here, ((GgLexicon *) lex)->units + b->rest);
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
		lex->slot[i] = GG_SLOT_EMPTY;
	for (int i = 0; i < lex->nword; i++)
		lex->word[i].slot = hash_of(&lex->word[i]) & (lex->nslot - 1);
	qsort_interruptible(lex->word, lex->nword, sizeof(GgWord), by_slot, lex);
	for (int i = 0; i < lex->nword; i++)
	{
		GgWord *w = &lex->word[i];
		uint32 h = hash_of(w);

		/* the same word for another category is one word; sorted, they are neighbours */
		if (kept > 0 && by_slot(&lex->word[kept - 1], w, lex) == 0)
		{
			for (int c = 0; c < GG_CATEGORIES; c++)
				lex->word[kept - 1].weight[c] += w->weight[c];
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
	for (int from = 0, to; from < kept; from = to)
	{
		for (to = from + 1; !lex->word[to - 1].last;)
			to++;
		if (to - from > SLOT_WALK)
			lex->slot[lex->word[from].slot] = GG_SLOT_LARGE(from);
	}
}

/* The longest word of a large slot that stands here, of at least and at most so many units; or -1. */
static pg_noinline pg_attribute_cold int
match_large(const GgLexicon *lex, int slot, const uint32 *unit, int least, int most)
{
	int from = GG_SLOT_LARGE(lex->slot[slot]);

	while (from < lex->nword && lex->word[from].slot == slot && lex->word[from].len >= least)
	{
		int len = lex->word[from].len, lo = from, hi = lex->nword;

		/* the end of the words of this length */
		while (lo < hi)
		{
			int mid = lo + (hi - lo) / 2;
			const GgWord *w = &lex->word[mid];

			if (w->slot < slot || (w->slot == slot && w->len >= len))
				lo = mid + 1;
			else
				hi = mid;
		}
		hi = len <= most ? lo : from;
		for (int low = from, high = hi; low < high;)
		{
			int mid = low + (high - low) / 2;
			int c = compare_units(lex, &lex->word[mid], unit, unit + GG_WORD_HERE);

			if (c == 0)
				return mid;
			if (c < 0)
				low = mid + 1;
			else
				high = mid;
		}
		from = lo;
	}
	return -1;
}

/* The longest word of a slot that stands here, of at least two units; or -1. */
static inline int
match(const GgLexicon *lex, int slot, const uint32 *unit, int n)
{
	int w = lex->slot[slot];
	uint64 two;

	if (w < 0)
		return w == GG_SLOT_EMPTY ? -1 : match_large(lex, slot, unit, 2, n);
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
	int slot = gg_lexicon_hash(unit, 0) & (lex->nslot - 1);
	int w = lex->slot[slot];

	if (w < GG_SLOT_EMPTY)
		return match_large(lex, slot, &unit, 1, 1);
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

/* What the words of a normal form say for each category; returns how many words speak. */
int
gg_lexicon_points(const GgLexicon *lex, uint32 *unit, int n, float *points)
{
	Floats4 four = {0};
	Floats2 two = {0};
	int next = 0; /* what lies before it is part of a word */
	int speaking = 0;

	for (int from = 0; from < n; from += BLOCK)
	{
		int place[BLOCK + 1], places = 0, to = Min(from + BLOCK, n - 1);

		CHECK_FOR_INTERRUPTS();
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
			speaking += !word->silent;
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
	return speaking;
}
