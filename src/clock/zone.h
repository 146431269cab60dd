/*
 * zone.h: inside the clock room: wall time to instants, through PostgreSQL's zone data.
 */
#ifndef GG_ZONE_H
#define GG_ZONE_H

#include "base/compat.h"
#include "pgtime.h"

/* A stretch of one offset. */
typedef struct GgStretch
{
	int64 from;   /* first second of it, Unix time */
	int64 offset; /* seconds east of Greenwich */
} GgStretch;

/* The offsets of a zone between two instants. */
typedef struct GgOffsets
{
	int n;
	int now; /* where the last question was answered */
	GgStretch *stretch;
} GgOffsets;

/* The zone's name as the zone data spell it, NULL for what is not an IANA zone. */
extern const char *gg_zone_name(const char *name);
/* Collect the offsets in force from lo to hi (Unix seconds). */
extern void gg_offsets_collect(GgOffsets *offsets, pg_tz *tz, int64 lo, int64 hi);
/* The instant of a wall time, both in seconds. Ask in ascending order (small steps back are allowed). */
extern int64 gg_instant(GgOffsets *offsets, int64 wall);

#endif /* GG_ZONE_H */
