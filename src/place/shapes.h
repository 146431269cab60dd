/*
 * shapes.h: inside place only: the cached areas of one table of the city.
 */
#ifndef GG_SHAPES_H
#define GG_SHAPES_H

#include "place/shape.h"

#include "datatype/timestamp.h"

/* One area. Items are numbered in the order of their codes (bytewise). */
typedef struct GgArea
{
	GgBox
		slant; /* the box on axes turned by 45 degrees: it spares a look at half the wrong shapes */
	char code[GG_CODE_MAX + 1];
	bool used;      /* asked for since the clock hand passed */
	Size bytes;     /* memory that the shape takes, or would */
	GgShape *shape; /* NULL: to be loaded on demand */
} GgArea;

typedef struct GgBuilt
{
	MemoryContext context;
	GgTree *tree;
	GgArea *areas;
	int nareas;
	Size loaded;             /* bytes of shapes in memory */
	int hand;                /* where the next search for a shape to give up begins */
	TimestampTz next_change; /* an area begins or ends to count then */
	bool one_statement;      /* built from a snapshot that may be old */
	TimestampTz statement;
} GgBuilt;

typedef struct GgShapes
{
	const char *table; /* in schema gov */
	const char *
		load_all; /* ($1 timestamptz) -> code, boundary in WKB, valid_from, valid_to, in order of code */
	GgPlan load_one; /* ($1 text) -> boundary in WKB */
	bool outermost;  /* leave out areas inside one that is kept */
	void (*watch)(void);
	bool stale;
	TimestampTz listened; /* the statement that last listened to other sessions */
	GgBuilt *built;
} GgShapes;

/* grid_gov.grid_cache_mb */
extern int gg_grid_cache_mb;

extern const GgBuilt *gg_shapes(GgShapes *s);
extern const GgShape *gg_shape_of(GgShapes *s, int item);

/* locate.c: all pairs of grids whose boxes meet. visit may not call locate. */
typedef void (*GgPairVisit)(const char *low, const char *high, void *arg);
extern void gg_neighbouring_grids(GgPairVisit visit, void *arg);

#endif /* GG_SHAPES_H */
