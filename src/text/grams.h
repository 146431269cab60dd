/*
 * grams.h: the features of a normal form: hashed runs of one to three characters.
 *
 * Inline, because classifying is little else. Digits count as one character
 * (0), punctuation and blanks end a run.
 */
#ifndef GG_GRAMS_H
#define GG_GRAMS_H

#include "text/normal.h"

/* First 64 kB of normal form, in Han characters: what is looked at. */
#define GG_FEATURE_UNITS 21845
/* The opening of a report says most; its features count this many times. */
#define GG_TITLE_UNITS 30
#define GG_TITLE_TIMES 2

/* How many times what stands here counts. */
static inline int
gg_place_weight(int i)
{
	return i < GG_TITLE_UNITS ? GG_TITLE_TIMES : 1;
}

/* The character as a feature, 0: ends a run. */
static inline uint32
gg_gram_unit(uint32 c)
{
	if (c >= 0x3400 && c <= 0x9FFF)
		return c;
	if (c >= '0' && c <= '9')
		return '0';
	return gg_is_alnum(c) || gg_is_han(c) ? c : 0;
}

static inline uint32
gg_gram1(uint32 c, int bits)
{
	return (c * 0x9E3779B1u) >> (32 - bits);
}

static inline uint32
gg_gram2(uint32 b, uint32 c, int bits)
{
	return ((b * 0x85EBCA6Bu + c) * 0x9E3779B1u) >> (32 - bits);
}

static inline uint32
gg_gram3(uint32 a, uint32 b, uint32 c, int bits)
{
	return (((a * 0x85EBCA6Bu + b) * 0xC2B2AE35u + c) * 0x9E3779B1u) >> (32 - bits);
}

#endif /* GG_GRAMS_H */
