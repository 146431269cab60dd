/*
 * shape.h: inside place only: areas as rings of points, and the tree over their boxes.
 */
#ifndef GG_SHAPE_H
#define GG_SHAPE_H

#include "place/place.h"

typedef struct GgXY
{
	double x; /* longitude, degrees */
	double y; /* latitude, degrees */
} GgXY;

typedef struct GgBox
{
	double west, south, east, north;
} GgBox;

/*
 * One area: polygons with holes. If it has many points, its height is cut into
 * bands; each lists the edges that touch it (by the number of their first
 * point), so that a look at one band tells whether a point lies inside.
 */
typedef struct GgShape
{
	int32 npoints;
	int32 nrings;
	int32 nbands;
	double south;
	double bands_per_degree;
	double *y; /* of all points; these four lie behind the struct */
	double *x;
	int32 *ring_end;   /* the first point after each ring */
	int32 *band_start; /* nbands + 1: the first of each band in edges */
	int32 *edges;      /* a chunk of its own; NULL: no bands */
} GgShape;

typedef enum GgWhere
{
	GG_OUTSIDE,
	GG_INSIDE,
	GG_ON_EDGE
} GgWhere;

/* shape.c */
extern bool gg_shape_box(const char *wkb, Size len, GgBox *box, GgBox *slant);
extern GgShape *gg_shape_read(const char *wkb, Size len);
extern Size gg_shape_space(const GgShape *shape);
extern void gg_shape_free(GgShape *shape);
extern GgWhere gg_shape_where(const GgShape *shape, double x, double y);
extern void gg_metres_per_degree(double lat, double *east, double *north);
extern double gg_shape_distance(const GgShape *shape, double x, double y, double mx, double my);

/* tree.c: a packed R-tree over n boxes; visit returns false to stop. */
#define GG_TREE_LEVELS 11
typedef struct GgSmallBox
{
	float west, south, east, north;
} GgSmallBox;

typedef struct GgTree
{
	int nitems;
	int *item;                        /* boxes' numbers in the tree's order */
	GgSmallBox *box;                  /* their boxes in that order */
	int nlevels;                      /* levels of nodes above */
	GgSmallBox *node[GG_TREE_LEVELS]; /* [0] lies directly above the items */
	int nnodes[GG_TREE_LEVELS];
} GgTree;

typedef bool (*GgVisit)(int item, void *arg);
extern GgTree *gg_tree_build(const GgBox *boxes, int n);
extern void gg_tree_search(const GgTree *tree, const GgBox *query, GgVisit visit, void *arg);

/* A point on axes turned by 45 degrees. Sums round monotonically, so that a point of a shape is in the box of its turned corners. */
static inline GgXY
gg_turned(double x, double y)
{
	return (GgXY){x + y, x - y};
}

static inline void
gg_box_add(GgBox *box, GgXY at)
{
	box->west = Min(box->west, at.x);
	box->east = Max(box->east, at.x);
	box->south = Min(box->south, at.y);
	box->north = Max(box->north, at.y);
}

static inline bool
gg_box_contains(const GgBox *box, GgXY at)
{
	return box->west <= at.x && at.x <= box->east && box->south <= at.y && at.y <= box->north;
}

static inline bool
gg_boxes_meet(const GgBox *a, const GgSmallBox *b)
{
	return a->west <= b->east && b->west <= a->east && a->south <= b->north && b->south <= a->north;
}

#endif /* GG_SHAPE_H */
