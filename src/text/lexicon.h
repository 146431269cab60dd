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

#define GG_WORD_HERE 8 /* units of a word that lie in its own cache line */

/* One cache line. */
typedef struct GgWord
{
	uint32 here[GG_WORD_HERE]; /* its first units, 0 after the end */
	int rest;                  /* where the others are in units[] */
	uint16 slot;
	uint8 len;
	bool silent : 1; /* no weight for any category */
	bool last : 1;   /* of its slot */
	float weight[GG_CATEGORIES];
} GgWord;

StaticAssertDecl(sizeof(GgWord) == 64, "a word of the lexicon is one cache line");

typedef struct GgLexicon
{
	int nword, nunit;
	GgWord *word; /* by slot, longer ones first */
	uint32 *units;
	int nslot;                 /* power of two */
	int *slot;                 /* by the first two units: the first word, or one of these */
	uint32 begins[65536 / 32]; /* hashed first two units of words that have them */
	uint32 alone[65536 / 32];  /* words of one unit, by its last 16 bits */
} GgLexicon;

#define GG_SLOT_EMPTY (-1)
/* The first word of a slot of many words, marked as such; and back. */
#define GG_SLOT_LARGE(first) (-2 - (first))

/* Make a lexicon for up to nword words in the current memory context. */
extern GgLexicon *gg_lexicon_begin(int nword);
/* Add a word; false when it has no or too many units. The same word again adds to its weights, which are kept within 100. */
extern bool gg_lexicon_add(GgLexicon *lex, const char *word, int len, int category, float weight);
extern void gg_lexicon_end(GgLexicon *lex);

/* The longest word that begins at unit[i], or -1. Up to GG_WORD_HERE units after the last one are read, but do not matter. */
extern int gg_lexicon_find(const GgLexicon *lex, const uint32 *unit, int n, int i);

/*
 * What the words of a normal form say for each category; the words of the
 * opening count double. Words without any weight say nothing at all: they are
 * blotted out of the normal form, so that their n-grams do not count either.
 * Returns how many words speak.
 */
extern int gg_lexicon_points(const GgLexicon *lex, uint32 *unit, int n, float *points);

/* The hash of two units, 16 bits. */
static inline uint32
gg_lexicon_hash(uint32 a, uint32 b)
{
	return ((a * 0x85EBCA6Bu + b) * 0x9E3779B1u) >> 16;
}

/* Can this unit be a word of its own? */
static inline bool
gg_lexicon_alone(const GgLexicon *lex, uint32 a)
{
	return (lex->alone[(a & 0xFFFF) >> 5] >> (a & 31)) & 1;
}

/* Can a word begin with these two units? Most places are ruled out here. */
static inline bool
gg_lexicon_may(const GgLexicon *lex, uint32 a, uint32 b)
{
	uint32 h = gg_lexicon_hash(a, b);

	return ((lex->begins[h >> 5] >> (h & 31)) | (lex->alone[(a & 0xFFFF) >> 5] >> (a & 31))) & 1;
}

#endif /* GG_LEXICON_H */
