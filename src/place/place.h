/*
 * place.h: what the place room answers: what is this code, which contains
 * which, which grid is this point in, frames of coordinates.
 *
 * Called by event, score and setup. It knows no events.
 */
#ifndef GG_PLACE_H
#define GG_PLACE_H

#include "base/base.h"

/* A grid code has 15 digits, a micro grid's 17. */
#define GG_CODE_MAX 17
/* A point this far outside every grid still goes to the nearest one, flagged "near" (our default), in metres. */
#define GG_NEAR_M 50.0

#define GG_SRID_WGS84 4326
#define GG_SRID_CGCS2000 4490

/*
 * Frames of coordinates. CGCS2000 and WGS84 differ by centimetres and count as
 * one here; GCJ-02 is what Amap and Tencent show, BD-09 what Baidu shows.
 */
typedef enum GgFrame
{
	GG_FRAME_WGS84,
	GG_FRAME_CGCS2000,
	GG_FRAME_GCJ02,
	GG_FRAME_BD09
} GgFrame;

/* frame.c: pure. Degrees in, degrees out; outside China's box GCJ-02 and BD-09 have no offset. */
extern bool gg_frame_parse(const char *name, int len, GgFrame *frame);
extern void gg_to_wgs84(GgFrame frame, double *lon, double *lat);
extern void gg_from_wgs84(GgFrame frame, double *lon, double *lat);

/* point.c: the coordinates of a PostGIS point, without calling PostGIS; other shapes, empty points and NaN raise 22023. */
extern bool gg_point_of(Datum geometry, double *lon, double *lat, int *srid);
/* point.c: 22023 for coordinates outside China's box (73-136 E, 3-54 N), with a hint when they are swapped. */
extern void gg_check_in_china(double lon, double lat);
/* point.c: 22023 for an SRID that does not fit the frame: 4326 and 4490 fit wgs84 and cgcs2000, 4326 and none fit gcj02 and bd09. */
extern void gg_check_srid(int srid, GgFrame frame);
/* point.c: a copy of a point with other coordinates and SRID, palloc'd. */
extern Datum gg_point_moved(Datum geometry, double lon, double lat, int srid);

/*
 * locate.c: the grid of a point given in CGCS2000 or WGS84 degrees, from
 * gov.grid. On a border the lowest code wins. grid has room for
 * GG_CODE_MAX + 1 bytes; how becomes "inside", "edge" or "near"; distance_m is
 * 0 unless near. false: no grid within GG_NEAR_M.
 */
extern bool gg_locate(double lon, double lat, char *grid, const char **how, double *distance_m);

/* locate.c: is the point inside the area that this database governs? */
extern bool gg_inside_root(double lon, double lat);

/* locate.c: settings of this room. */
extern void gg_place_init(void);

/* code.c: level of a code: 1 province, 2 city, 3 county, 4 town, 5 village or community, 6 grid, 7 micro grid; 0: not a code. */
extern int gg_code_level(const char *code, int len);

/* Does area contain code (or equal it)? An empty area contains all. */
static inline bool
gg_code_within(const char *code, int len, const char *area, int arealen)
{
	return len >= arealen && memcmp(code, area, arealen) == 0;
}

#endif /* GG_PLACE_H */
