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

typedef struct GgRing
{
	int32 end;  /* index of the first point after this ring */
	bool outer; /* the first ring of a polygon */
} GgRing;

/* One area: polygons with holes. rings and points lie behind it in one chunk. */
typedef struct GgShape
{
	int32 nrings;
	int32 npoints;
	GgRing *rings;
	GgXY *points;
} GgShape;

typedef enum GgWhere
{
	GG_OUTSIDE,
	GG_INSIDE,
	GG_ON_EDGE
} GgWhere;

/* shape.c */
extern Size gg_shape_measure(const char *wkb, Size len, GgBox *box);
extern void gg_shape_read(const char *wkb, Size len, GgShape *shape);
extern GgWhere gg_shape_where(const GgShape *shape, double x, double y);
extern void gg_metres_per_degree(double lat, double *east, double *north);
extern double gg_shape_distance(const GgShape *shape, double x, double y, double mx, double my);

/* tree.c: a packed R-tree over n boxes; visit returns false to stop. */
#define GG_TREE_LEVELS 8
typedef struct GgTree
{
	int nitems;
	int *item;                   /* boxes' numbers in the tree's order */
	GgBox *box;                  /* their boxes in that order */
	int nlevels;                 /* levels of nodes above */
	GgBox *node[GG_TREE_LEVELS]; /* [0] lies directly above the items */
	int nnodes[GG_TREE_LEVELS];
} GgTree;

typedef bool (*GgVisit)(int item, void *arg);
extern GgTree *gg_tree_build(const GgBox *boxes, int n);
extern void gg_tree_search(const GgTree *tree, const GgBox *query, GgVisit visit, void *arg);

static inline bool
gg_boxes_meet(const GgBox *a, const GgBox *b)
{
	return a->west <= b->east && b->west <= a->east && a->south <= b->north && b->south <= a->north;
}

#endif /* GG_SHAPE_H */
