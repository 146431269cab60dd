/*
 * grams.h: the features of a normal form: hashed single characters and pairs.
 *
 * Measured on real reports: runs of three say nothing that their words and pairs do not, and cost a third more.
 *
 * Inline, because classifying is little else. Digits count as one character
 * (0), punctuation and blanks part a pair.
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

/* The hash of an n-gram: its first bits are the bucket, the last 16 tell it from others in there. */
static inline uint32
gg_gram1(uint32 c)
{
	return c * 0x9E3779B1u;
}

static inline uint32
gg_gram2(uint32 b, uint32 c)
{
	return (b * 0x85EBCA6Bu + c) * 0x9E3779B1u;
}

static inline uint32
gg_gram_bucket(uint32 hash, int bits)
{
	return hash >> (32 - bits);
}

static inline uint16
gg_gram_mark(uint32 hash)
{
	return (uint16) hash;
}

#endif /* GG_GRAMS_H */
