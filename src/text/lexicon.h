/*
 * lexicon.h: words that speak for a category, found in a normal form.
 *
 * Pure. A lexicon lives in one memory context and is never changed once built.
 */
#ifndef GG_LEXICON_H
#define GG_LEXICON_H

#include "text/text.h"
#include "text/grams.h"

#define GG_WORD_UNITS 32 /* the longest word, in units of normal form */

typedef struct GgWord
{
	int start; /* in units[] */
	int len;
	bool silent;
	int next; /* the next word (not longer) with the same beginning, or -1 */
	float weight[GG_CATEGORIES];
} GgWord;

typedef struct GgLexicon
{
	int nword, nunit;
	GgWord *word;
	uint32 *units;
	int nslot; /* power of two */
	int *slot; /* by the first two units: the longest word with them, or -1 */
	uint32 first[65536 / 32];
} GgLexicon;

/* Make a lexicon for up to nword words in the current memory context. */
extern GgLexicon *gg_lexicon_begin(int nword);
/* Add a word; false when it has no or too many units. The same word again adds to its weights. */
extern bool gg_lexicon_add(GgLexicon *lex, const char *word, int len, int category, float weight);
extern void gg_lexicon_end(GgLexicon *lex);

/* The longest word that begins at unit[i], or -1. */
extern int gg_lexicon_find(const GgLexicon *lex, const uint32 *unit, int n, int i);

/*
 * What the words of a normal form say for each category; the words of the
 * opening count double. Words without any weight say nothing at all: they are
 * blotted out of the normal form, so that their n-grams do not count either.
 */
extern void gg_lexicon_points(const GgLexicon *lex, uint32 *unit, int n, float *points);

/* Can a word begin with this unit? */
static inline bool
gg_lexicon_may(const GgLexicon *lex, uint32 c)
{
	return c < 65536 && (lex->first[c >> 5] & (1u << (c & 31))) != 0;
}

#endif /* GG_LEXICON_H */
