/*
 * normal.h: the normal form of a report, as a stream of Unicode code points.
 *
 * Pure: no SPI, no catalog. Memory is the caller's; nothing here grows with the
 * length of the text.
 */
#ifndef GG_NORMAL_H
#define GG_NORMAL_H

#include "postgres.h"

/* How far back a rule may take away what was already written. */
#define GG_LOOKBACK 64

typedef struct GgNormal
{
	/* the output, in memory of the caller; at may be NULL */
	uint32 *unit; /* code points of the normal form */
	uint32 *at;   /* where each began in the source: byte offset (24 bits), bytes (8 bits) */
	int n, cap;
	/* rules under way */
	bool special;    /* one of the following is not at rest */
	int digits;      /* length of the digit run before here */
	bool space;      /* a blank waits for what follows it */
	int bracket;     /* where a possible pinyin note began, or -1 */
	bool tone;       /* the note has a tone mark */
	int tag;         /* where a possible system tag began, or -1 */
	bool tag_closed; /* ... and it has been dropped once: one more part may follow */
} GgNormal;

#define GG_AT(offset, bytes) ((uint32) (offset) | (uint32) (bytes) << 24)
#define GG_AT_OFFSET(at) ((at) &0xFFFFFF)
#define GG_AT_BYTES(at) ((at) >> 24)

/* cap: at least GG_SLOW_UNITS + 2, and GG_LOOKBACK more if the output is shifted and fed on. */
extern void gg_normal_begin(GgNormal *s, uint32 *unit, uint32 *at, int cap);

/* Take text until it ends or the output is full (room for one worst-case character is kept); returns the bytes taken. */
extern int gg_normal_feed(GgNormal *s, const char *text, int len, int base);

/* Forget the first units of the output: they have been used. At most n - GG_LOOKBACK. */
extern void gg_normal_shift(GgNormal *s, int units);

/* charmap.c: the table for the Basic Multilingual Plane; built once a process. */
#define GG_CHAR_SLOW 0xFFFF
extern const uint16 *gg_char_map(void);

/* slow.c: a short piece of UTF-8 through ICU's NFKC_Casefold; returns the number of code points, at most cap. */
extern int gg_icu_fold(const char *text, int len, uint32 *out, int cap);
#define GG_SLOW_CHARS 32
#define GG_SLOW_UNITS (GG_SLOW_CHARS * 18)

/* Is this a Han character? */
static inline bool
gg_is_han(uint32 c)
{
	return (c >= 0x3400 && c <= 0x9FFF) || c == 0x3007 || (c >= 0xF900 && c <= 0xFAFF) ||
		   c >= 0x20000;
}

/* Is this a letter or digit other than Han, as far as the rules must know? */
static inline bool
gg_is_alnum(uint32 c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 0xC0 && c < 0x2000) ||
		   (c >= 0x3040 && c < 0x3100) || (c >= 0xAC00 && c < 0xD7B0);
}

#endif /* GG_NORMAL_H */
