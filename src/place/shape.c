/*
 * shape.c: is this point inside this area, on its edge, or how far away?
 *
 * Called by shapes.c and locate.c. Pure. Sides of a line are judged exactly: a
 * point that lies on an edge in the coordinates as stored is on the edge, for
 * both areas that share it.
 */
#include "place/shape.h"

#include "utils/memutils.h"

#include <math.h>

/* WKB, little-endian, two dimensions: what grid_gov.boundary_wkb() gives */
#define WKB_POLYGON 3
#define WKB_MULTIPOLYGON 6
#define WKB_NDR 1

/* CGCS2000 ellipsoid, metres */
#define EARTH_A 6378137.0
#define EARTH_E2 0.0066943800229
#define RADIANS (M_PI / 180.0)

/* up to so many points a look at all edges is quicker than finding the right ones */
#define POINTS_WITHOUT_BANDS 128
#define POINTS_A_BAND 16

typedef struct Reader
{
	const char *at;
	const char *end;
} Reader;

/* Take n bytes from the reader. */
static const char *
take(Reader *r, Size n)
{
	const char *p = r->at;

	if (n > (Size) (r->end - r->at))
		elog(ERROR, "boundary in WKB ends early");
	r->at += n;
	return p;
}

/* Take a count or a type. */
static uint32
take_word(Reader *r)
{
	uint32 w;

	memcpy(&w, take(r, sizeof(w)), sizeof(w));
#ifdef WORDS_BIGENDIAN
	w = pg_bswap32(w);
#endif
	return w;
}

/* Take the header of a geometry: its type. */
static uint32
take_type(Reader *r)
{
	if (*take(r, 1) != WKB_NDR)
		elog(ERROR, "boundary in WKB is not little-endian");
	return take_word(r);
}

/*
 * Walk over the rings of a polygon or multipolygon. With a shape, fill its
 * points and rings; without, count, and find both boxes.
 */
static void
walk(const char *wkb, Size len, GgShape *shape, int32 *nrings, int32 *npoints, GgBox *box,
	 GgBox *slant)
{
	Reader r = {wkb, wkb + len};
	uint32 type = take_type(&r);
	uint32 npolygons = 1;
	int32 rings = 0;
	int32 points = 0;

	if (type == WKB_MULTIPOLYGON)
		npolygons = take_word(&r);
	else if (type != WKB_POLYGON)
		elog(ERROR, "boundary in WKB has type %u", type);
	for (uint32 p = 0; p < npolygons; p++)
	{
		uint32 n;

		if (type == WKB_MULTIPOLYGON && take_type(&r) != WKB_POLYGON)
			elog(ERROR, "boundary in WKB has a part that is no polygon");
		n = take_word(&r);
		for (uint32 i = 0; i < n; i++)
		{
			uint32 count = take_word(&r);
			const char *xy = take(&r, mul_size(count, sizeof(GgXY)));

			for (uint32 k = 0; k < count; k++)
			{
				GgXY at;

				memcpy(&at, xy + k * sizeof(GgXY), sizeof(GgXY));
				if (shape != NULL)
				{
					shape->x[points + k] = at.x;
					shape->y[points + k] = at.y;
				}
				else
				{
					gg_box_add(box, at);
					gg_box_add(slant, gg_turned(at.x, at.y));
				}
			}
			points += count;
			if (shape != NULL)
				shape->ring_end[rings] = points;
			rings++;
		}
	}
	*nrings = rings;
	*npoints = points;
}

static const GgBox empty_box = {INFINITY, INFINITY, -INFINITY, -INFINITY};

/* The boxes of the area in this WKB, upright and turned; false: it is empty. */
bool
gg_shape_box(const char *wkb, Size len, GgBox *box, GgBox *slant)
{
	int32 nrings, npoints;

	*box = *slant = empty_box;
	walk(wkb, len, NULL, &nrings, &npoints, box, slant);
	return npoints > 0;
}

/* The band of a latitude; monotonic, so that an edge is in every band where it may be met. */
static inline int32
band_of(const GgShape *shape, double y)
{
	double band = floor((y - shape->south) * shape->bands_per_degree);

	/* not a number goes to the lowest */
	if (!(band > 0))
		return 0;
	return band >= shape->nbands ? shape->nbands - 1 : (int32) band;
}

/* List every edge in each band that it touches; the list is a chunk of its own. */
static void
fill_bands(GgShape *shape)
{
	int64 total = 0;
	int32 *next = shape->band_start + 1;

	/* first count, in band_start shifted by one; then fill, which moves each start to the next one's */
	memset(shape->band_start, 0, (shape->nbands + 2) * sizeof(int32));
	for (int pass = 0; pass < 2; pass++)
	{
		int32 i = 0;

		for (int32 r = 0; r < shape->nrings; i = shape->ring_end[r++])
		{
			for (; i + 1 < shape->ring_end[r]; i++)
			{
				double y0 = shape->y[i];
				double y1 = shape->y[i + 1];
				int32 last = band_of(shape, Max(y0, y1));

				for (int32 band = band_of(shape, Min(y0, y1)); band <= last; band++)
				{
					if (pass == 0)
						next[band + 1]++, total++;
					else
						shape->edges[next[band]++] = i;
				}
			}
		}
		if (pass == 0)
		{
			if (total > PG_INT32_MAX)
				elog(ERROR, "boundary has too many points");
			for (int32 band = 0; band < shape->nbands; band++)
				next[band + 1] += next[band];
			shape->edges = palloc_extended(mul_size(Max(total, 1), sizeof(int32)), MCXT_ALLOC_HUGE);
		}
	}
}

/* The shape in this WKB, in the current memory context. */
GgShape *
gg_shape_read(const char *wkb, Size len)
{
	GgBox box = empty_box;
	GgBox slant = empty_box;
	int32 nrings, npoints, nbands;
	Size ints, size;
	GgShape *shape;

	walk(wkb, len, NULL, &nrings, &npoints, &box, &slant);
	nbands = npoints > POINTS_WITHOUT_BANDS ? npoints / POINTS_A_BAND : 0;
	ints = mul_size(add_size(nrings, nbands > 0 ? nbands + 2 : 0), sizeof(int32));
	size = add_size(MAXALIGN(sizeof(GgShape)),
					add_size(MAXALIGN(ints), mul_size(npoints, 2 * sizeof(double))));

	shape = palloc_extended(size, MCXT_ALLOC_HUGE);
	shape->npoints = npoints;
	shape->nrings = nrings;
	shape->nbands = nbands;
	shape->south = npoints > 0 ? box.south : 0;
	shape->bands_per_degree = box.north > box.south ? nbands / (box.north - box.south) : 0;
	/* the small arrays first: they share the cache lines of the struct */
	shape->ring_end = (int32 *) ((char *) shape + MAXALIGN(sizeof(GgShape)));
	shape->band_start = shape->ring_end + nrings;
	shape->y = (double *) ((char *) shape->ring_end + MAXALIGN(ints));
	shape->x = shape->y + npoints;
	walk(wkb, len, shape, &nrings, &npoints, NULL, NULL);
	shape->edges = NULL;
	if (nbands > 0)
		fill_bands(shape);
	return shape;
}

/* Memory that a shape takes. */
Size
gg_shape_space(const GgShape *shape)
{
	return GetMemoryChunkSpace((void *) shape) +
		   (shape->edges ? GetMemoryChunkSpace(shape->edges) : 0);
}

/* Give a shape's memory back. */
void
gg_shape_free(GgShape *shape)
{
	if (shape->edges != NULL)
		pfree(shape->edges);
	pfree(shape);
}

/* Add b to an exact sum of n non-overlapping doubles, smallest first. */
static int
grow_sum(double *sum, int n, double b)
{
	double q = b;

	for (int i = 0; i < n; i++)
	{
		double s = q + sum[i];
		double v = s - q;

		sum[i] = (q - (s - v)) + (sum[i] - v);
		q = s;
	}
	sum[n] = q;
	return n + 1;
}

/* Sign of the cross product (b - a) x (p - a), exactly: all six products kept whole. */
static int
exact_side(GgXY a, GgXY b, GgXY p)
{
	const double factor[6][2] = {{a.x, b.y},  {-a.y, b.x}, {b.x, p.y},
								 {-b.y, p.x}, {p.x, a.y},  {-p.y, a.x}};
	double sum[12];
	int n = 0;

	for (int i = 0; i < 6; i++)
	{
		double product = factor[i][0] * factor[i][1];

		n = grow_sum(sum, n, fma(factor[i][0], factor[i][1], -product));
		n = grow_sum(sum, n, product);
	}
	while (n-- > 0)
		if (sum[n] != 0)
			return sum[n] > 0 ? 1 : -1;
	return 0;
}

/* On which side of the line from a to b is p: 1 left, -1 right, 0 on it. */
static inline int
side_of(GgXY a, GgXY b, GgXY p)
{
	double left = (a.x - p.x) * (b.y - p.y);
	double right = (a.y - p.y) * (b.x - p.x);
	double cross = left - right;
	/* bound of the rounding error of the two products and differences: (3 + 16u)u, u = 2^-53 */
	double bound = 3.3306690738754716e-16 * (fabs(left) + fabs(right));

	if (cross > bound)
		return 1;
	if (cross < -bound)
		return -1;
	return exact_side(a, b, p);
}

/* The edge from point i to the next: is (x, y) on it, else does it change whether that is inside? */
static pg_attribute_always_inline bool
meets_edge(const GgShape *shape, int32 i, double x, double y, bool *inside)
{
	double ay = shape->y[i];
	double by = shape->y[i + 1];
	double ax, bx;
	int side;

	/* wholly above or below, as most are */
	if ((ay > y && by > y) || (ay < y && by < y))
		return false;
	ax = shape->x[i];
	bx = shape->x[i + 1];
	/* wholly to the west: the ray to the east misses it */
	if (ax < x && bx < x)
		return false;
	if (ax > x && bx > x)
	{
		/* wholly to the east: no need to know the side */
		*inside ^= (ay > y) != (by > y);
		return false;
	}
	side = side_of((GgXY){ax, ay}, (GgXY){bx, by}, (GgXY){x, y});
	if (side == 0)
		return true;
	if ((ay > y) != (by > y) && (side > 0) == (by > ay))
		*inside = !*inside;
	return false;
}

/* Is the point inside, outside, or exactly on an edge? Even-odd over all rings. */
GgWhere
gg_shape_where(const GgShape *shape, double x, double y)
{
	bool inside = false;

	if (shape->edges != NULL)
	{
		const int32 *start = &shape->band_start[band_of(shape, y)];

		for (int32 e = start[0]; e < start[1]; e++)
			if (meets_edge(shape, shape->edges[e], x, y, &inside))
				return GG_ON_EDGE;
	}
	else
	{
		int32 i = 0;

		for (int32 r = 0; r < shape->nrings; i = shape->ring_end[r++])
			for (; i + 1 < shape->ring_end[r]; i++)
				if (meets_edge(shape, i, x, y, &inside))
					return GG_ON_EDGE;
	}
	return inside ? GG_INSIDE : GG_OUTSIDE;
}

/* Metres of one degree at this latitude, to the east and to the north. */
void
gg_metres_per_degree(double lat, double *east, double *north)
{
	double s = sin(lat * RADIANS);
	double w = 1.0 - EARTH_E2 * s * s;

	*east = EARTH_A / sqrt(w) * cos(lat * RADIANS) * RADIANS;
	*north = EARTH_A * (1.0 - EARTH_E2) / (w * sqrt(w)) * RADIANS;
}

/*
 * Metres from a point outside to the nearest edge, on the plane that touches
 * the ellipsoid there: right to millimetres within some hundred metres. An edge
 * that two areas share gives the same number from both.
 */
double
gg_shape_distance(const GgShape *shape, double x, double y, double mx, double my)
{
	double best = INFINITY;
	int32 start = 0;

	for (int32 r = 0; r < shape->nrings; r++)
	{
		int32 end = shape->ring_end[r];

		for (int32 i = start; i + 1 < end; i++)
		{
			/* one direction for both neighbours */
			bool turn = shape->x[i] > shape->x[i + 1] ||
						(shape->x[i] == shape->x[i + 1] && shape->y[i] > shape->y[i + 1]);
			int32 a = turn ? i + 1 : i;
			int32 b = turn ? i : i + 1;
			double ax = (shape->x[a] - x) * mx;
			double ay = (shape->y[a] - y) * my;
			double dx = (shape->x[b] - shape->x[a]) * mx;
			double dy = (shape->y[b] - shape->y[a]) * my;
			double len2, t, ex, ey;

			len2 = dx * dx + dy * dy;
			t = len2 > 0 ? -(ax * dx + ay * dy) / len2 : 0;
			t = Max(0.0, Min(1.0, t));
			ex = ax + t * dx;
			ey = ay + t * dy;
			best = Min(best, ex * ex + ey * ey);
		}
		start = end;
	}
	return sqrt(best);
}
