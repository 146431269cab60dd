/*
 * locate.c: which grid is this point in, and is it in the governed area at all?
 *
 * Called by event and by locate_sql.c. Works on the areas that shapes.c keeps;
 * may not know what the answer is used for.
 *
 * Rules (our default, DESIGN and PEERS 4.15): an area contains its edge; where
 * several contain the point, the lowest code wins; outside all, the nearest
 * within 50 m, flagged, lowest code again.
 */
#include "place/shapes.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/guc.h"

#include <limits.h>
#include <math.h>

static void watch_grids(void);
static void watch_divisions(void);

static GgShapes grids = {
	.table = "grid",
	.load_all =
		"SELECT g.code::pg_catalog.text, grid_gov.boundary_wkb(g.boundary), g.valid_from, g.valid_to FROM gov.grid g"
		" WHERE g.boundary IS NOT NULL AND (g.valid_to IS NULL OR g.valid_to OPERATOR(pg_catalog.>) $1)"
		" ORDER BY g.code COLLATE pg_catalog.\"C\"",
	.load_one =
		{"SELECT grid_gov.boundary_wkb(g.boundary) FROM gov.grid g WHERE g.code OPERATOR(pg_catalog.=) $1",
		 1,
		 {TEXTOID}},
	.watch = watch_grids,
};

/* Of the divisions of this city the highest ones that have a boundary. */
static GgShapes divisions = {
	.table = "division",
	.load_all =
		"SELECT d.code::pg_catalog.text, grid_gov.boundary_wkb(d.boundary), d.valid_from::pg_catalog.timestamptz, d.valid_to::pg_catalog.timestamptz"
		" FROM gov.division d WHERE d.boundary IS NOT NULL"
		" AND (d.valid_to IS NULL OR d.valid_to::pg_catalog.timestamptz OPERATOR(pg_catalog.>) $1)"
		" AND pg_catalog.starts_with(d.code, COALESCE((SELECT m.value FROM gov.meta m"
		" WHERE m.kind OPERATOR(pg_catalog.=) 'setting' AND m.name OPERATOR(pg_catalog.=) 'root'), ''))"
		" ORDER BY d.code COLLATE pg_catalog.\"C\"",
	.load_one =
		{"SELECT grid_gov.boundary_wkb(d.boundary) FROM gov.division d WHERE d.code OPERATOR(pg_catalog.=) $1",
		 1,
		 {TEXTOID}},
	.outermost = true,
	.watch = watch_divisions,
};

/* Invalidation callback: it may only set a flag. */
static void
forget_grids(void)
{
	grids.stale = true;
}

/* The same for divisions. */
static void
forget_divisions(void)
{
	divisions.stale = true;
}

/* Hear of changes of the tables. */
static void
watch_grids(void)
{
	gg_watch_table("grid", forget_grids);
}

/* The same for divisions; which of them count depends on the city's root. */
static void
watch_divisions(void)
{
	gg_watch_table("division", forget_divisions);
	gg_watch_table("meta", forget_divisions);
	(void) gg_gov_table("meta", true);
}

/* The memory setting changed: build with the new one at the next use. */
static void
cache_mb_changed(int newval, void *extra)
{
	grids.stale = divisions.stale = true;
}

/* Once a backend, from _PG_init. */
void
gg_place_init(void)
{
	DefineCustomIntVariable(
		"grid_gov.grid_cache_mb", "Memory that a session may use for boundaries of grids.",
		"Beyond it boundaries are read again when needed.", &gg_grid_cache_mb, 64, 0,
		INT_MAX / 1024 / 1024, PGC_USERSET, GUC_UNIT_MB, NULL, cache_mb_changed, NULL);
}

typedef struct Search
{
	GgShapes *shapes;
	double x, y;
	GgXY turned;
	double mx, my; /* metres of a degree */
	int item;      /* best so far, or -1 */
	GgWhere where;
	double distance;
} Search;

/* Visit for containment: the lowest item whose area contains the point. */
static bool
visit_containing(int item, void *arg)
{
	Search *s = arg;
	const GgShape *shape;
	GgWhere where;

	if (s->item >= 0 && item > s->item)
		return true;
	if (!gg_box_contains(&s->shapes->built->areas[item].slant, s->turned))
		return true;
	shape = gg_shape_of(s->shapes, item);
	where = shape ? gg_shape_where(shape, s->x, s->y) : GG_OUTSIDE;
	if (where != GG_OUTSIDE)
	{
		s->item = item;
		s->where = where;
	}
	return true;
}

/* Visit for distance: the nearest, of equally near ones the lowest. */
static bool
visit_nearest(int item, void *arg)
{
	Search *s = arg;
	const GgShape *shape = gg_shape_of(s->shapes, item);
	double d = shape ? gg_shape_distance(shape, s->x, s->y, s->mx, s->my) : INFINITY;

	if (d <= GG_NEAR_M && (s->item < 0 || d < s->distance || (d == s->distance && item < s->item)))
	{
		s->item = item;
		s->distance = d;
	}
	return true;
}

/* The box of GG_NEAR_M around a point, a little wide. */
static GgBox
box_around(double x, double y, double mx, double my)
{
	double dx = GG_NEAR_M / mx * 1.001;
	double dy = GG_NEAR_M / my * 1.001;
	GgBox box = {x - dx, y - dy, x + dx, y + dy};

	return box;
}

/* Find the area of a point; how and distance as gg_locate(). -1: none. */
static int
find(GgShapes *shapes, double lon, double lat, const char **how, double *distance_m)
{
	const GgBuilt *b = gg_shapes(shapes);
	GgBox point = {lon, lat, lon, lat};
	GgBox around;
	Search s = {.shapes = shapes, .x = lon, .y = lat, .turned = gg_turned(lon, lat), .item = -1};

	gg_tree_search(b->tree, &point, visit_containing, &s);
	if (s.item >= 0)
	{
		*how = s.where == GG_ON_EDGE ? "edge" : "inside";
		*distance_m = 0;
		return s.item;
	}
	gg_metres_per_degree(lat, &s.mx, &s.my);
	around = box_around(lon, lat, s.mx, s.my);
	gg_tree_search(b->tree, &around, visit_nearest, &s);
	*how = s.item >= 0 ? "near" : NULL;
	*distance_m = s.item >= 0 ? s.distance : 0;
	return s.item;
}

/* The grid of a point in CGCS2000 or WGS84 degrees. */
bool
gg_locate(double lon, double lat, char *grid, const char **how, double *distance_m)
{
	int item;

	gg_check_in_china(lon, lat);
	item = find(&grids, lon, lat, how, distance_m);
	strlcpy(grid, item >= 0 ? grids.built->areas[item].code : "", GG_CODE_MAX + 1);
	return item >= 0;
}

/*
 * Is the point inside the governed area: within 50 m of a division of the city
 * or of a grid. Where no division has a boundary, the box around all grids
 * stands for it; where there is nothing at all, every place in China does.
 */
bool
gg_inside_root(double lon, double lat)
{
	const char *how;
	double distance_m, mx, my;
	GgBox around;
	const GgTree *tree;

	gg_check_in_china(lon, lat);
	if (find(&divisions, lon, lat, &how, &distance_m) >= 0 ||
		find(&grids, lon, lat, &how, &distance_m) >= 0)
		return true;
	if (divisions.built->nareas > 0)
		return false;
	tree = grids.built->tree;
	if (tree->nitems == 0)
		return true;
	gg_metres_per_degree(lat, &mx, &my);
	around = box_around(lon, lat, mx, my);
	return gg_boxes_meet(&around, &tree->node[tree->nlevels - 1][0]);
}

typedef struct Pairs
{
	int item;
	GgPairVisit visit;
	void *arg;
} Pairs;

/* Visit for neighbours: each pair once. */
static bool
visit_neighbour(int item, void *arg)
{
	Pairs *p = arg;

	if (item > p->item)
		p->visit(grids.built->areas[p->item].code, grids.built->areas[item].code, p->arg);
	return true;
}

/* Call visit for each pair of grids whose boxes meet, the lower code first. */
void
gg_neighbouring_grids(GgPairVisit visit, void *arg)
{
	const GgTree *tree = gg_shapes(&grids)->tree;
	Pairs p = {.visit = visit, .arg = arg};

	for (int i = 0; i < tree->nitems; i++)
	{
		GgBox box = {tree->box[i].west, tree->box[i].south, tree->box[i].east, tree->box[i].north};

		CHECK_FOR_INTERRUPTS();
		p.item = tree->item[i];
		gg_tree_search(tree, &box, visit_neighbour, &p);
	}
}
