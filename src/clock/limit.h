/*
 * limit.h: inside the clock room: reading limits as people write them.
 */
#ifndef GG_CLOCK_LIMIT_H
#define GG_CLOCK_LIMIT_H

#include "clock/clock.h"

/* Whose 天 and 小时 is it? city management, hotline 12345, statute. */
#define GG_PROFILES 3

typedef struct GgLimitReading
{
	GgLimit limit;
	int code;            /* when it failed: SQLSTATE, */
	const char *problem; /* why, */
	const char *hint;    /* and what would be right (may be NULL) */
} GgLimitReading;

extern int gg_limit_profile(const char *name);
extern bool gg_limit_read(const char *text, int profile, GgLimitReading *result);
extern char *gg_limit_text_zh(GgLimit limit);

#endif /* GG_CLOCK_LIMIT_H */
