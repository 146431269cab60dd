/*
 * tree.c: which of these boxes meet this box?
 *
 * Called by shapes.c. Pure. A static R-tree, packed by sort-tile-recursive
 * (Leutenegger, Lopez and Edgington 1997): sorted into strips by longitude, each
 * strip by latitude, eight to a node, without pointers, boxes rounded outwards to
 * single precision: a node is two cache lines.
 */
#include "place/shape.h"

#include "miscadmin.h"

#include <math.h>

#define FANOUT 8

/* Compare numbers; equal ones keep the order of the items. */
#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

typedef struct Centre
{
	double x;
	double y;
	int item;
} Centre;

/* Sort centres by longitude. */
static int
by_x(const void *p, const void *q)
{
	const Centre *a = p, *b = q;
	int c = ORDER(a->x, b->x);

	return c ? c : ORDER(a->item, b->item);
}

/* Sort centres by latitude. */
static int
by_y(const void *p, const void *q)
{
	const Centre *a = p, *b = q;
	int c = ORDER(a->y, b->y);

	return c ? c : ORDER(a->item, b->item);
}

/* A box in single precision that contains this one. */
static GgSmallBox
rounded_outwards(const GgBox *box)
{
	GgSmallBox small = {(float) box->west, (float) box->south, (float) box->east,
						(float) box->north};

	if (small.west > box->west)
		small.west = nextafterf(small.west, -INFINITY);
	if (small.south > box->south)
		small.south = nextafterf(small.south, -INFINITY);
	if (small.east < box->east)
		small.east = nextafterf(small.east, INFINITY);
	if (small.north < box->north)
		small.north = nextafterf(small.north, INFINITY);
	return small;
}

/* Boxes of the nodes above n boxes. */
static GgSmallBox *
cover(const GgSmallBox *below, int n, int *nnodes)
{
	GgSmallBox *nodes;

	*nnodes = (n + FANOUT - 1) / FANOUT;
	nodes = palloc(mul_size(*nnodes, sizeof(GgSmallBox)));
	for (int i = 0; i < *nnodes; i++)
	{
		nodes[i] = below[i * FANOUT];
		for (int k = i * FANOUT + 1; k < Min(n, (i + 1) * FANOUT); k++)
		{
			nodes[i].west = Min(nodes[i].west, below[k].west);
			nodes[i].south = Min(nodes[i].south, below[k].south);
			nodes[i].east = Max(nodes[i].east, below[k].east);
			nodes[i].north = Max(nodes[i].north, below[k].north);
		}
	}
	return nodes;
}

/* Build the tree in the current memory context. */
GgTree *
gg_tree_build(const GgBox *boxes, int n)
{
	GgTree *t = palloc0(sizeof(GgTree));
	Centre *centre = palloc(mul_size(n, sizeof(Centre)) + 1);
	int nstrips = (int) ceil(sqrt((double) n / FANOUT));
	int strip = nstrips > 0 ? (n + nstrips - 1) / nstrips : 0;

	/* whole nodes in each strip */
	strip = (strip + FANOUT - 1) / FANOUT * FANOUT;
	for (int i = 0; i < n; i++)
	{
		centre[i].x = (boxes[i].west + boxes[i].east) / 2;
		centre[i].y = (boxes[i].south + boxes[i].north) / 2;
		centre[i].item = i;
	}
	qsort(centre, n, sizeof(Centre), by_x);
	for (int i = 0; i < n; i += strip)
	{
		CHECK_FOR_INTERRUPTS();
		qsort(centre + i, Min(strip, n - i), sizeof(Centre), by_y);
	}

	t->nitems = n;
	t->item = palloc(mul_size(n, sizeof(int)) + 1);
	t->box = palloc(mul_size(n, sizeof(GgSmallBox)) + 1);
	for (int i = 0; i < n; i++)
	{
		t->item[i] = centre[i].item;
		t->box[i] = rounded_outwards(&boxes[centre[i].item]);
	}
	pfree(centre);
	if (n == 0)
		return t;
	t->node[0] = cover(t->box, n, &t->nnodes[0]);
	/* 8^11 boxes are more than an int counts */
	for (t->nlevels = 1; t->nnodes[t->nlevels - 1] > 1; t->nlevels++)
		t->node[t->nlevels] =
			cover(t->node[t->nlevels - 1], t->nnodes[t->nlevels - 1], &t->nnodes[t->nlevels]);
	return t;
}

/* Search below one node; false: stopped. */
static bool
search_node(const GgTree *t, int level, int node, const GgBox *query, GgVisit visit, void *arg)
{
	int first = node * FANOUT;
	int n = level == 0 ? t->nitems : t->nnodes[level - 1];
	const GgSmallBox *boxes = level == 0 ? t->box : t->node[level - 1];

	for (int i = first; i < Min(n, first + FANOUT); i++)
	{
		if (!gg_boxes_meet(query, &boxes[i]))
			continue;
		if (level == 0)
		{
			if (!visit(t->item[i], arg))
				return false;
		}
		else if (!search_node(t, level - 1, i, query, visit, arg))
			return false;
	}
	return true;
}

/* Call visit for each box that meets the query (or all but does), in no special order, until it returns false. */
void
gg_tree_search(const GgTree *t, const GgBox *query, GgVisit visit, void *arg)
{
	if (t->nlevels > 0)
		(void) search_node(t, t->nlevels - 1, 0, query, visit, arg);
}
