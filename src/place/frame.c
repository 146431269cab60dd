/*
 * frame.c: where is a point of a Chinese web map on the earth?
 *
 * Called by locate.c, point.c and other rooms. Pure. GCJ-02 and BD-09 are
 * offset by published approximations (Krasovsky's ellipsoid for GCJ-02); the
 * forward formulas are taken as the definition and inverted by iteration, so
 * that there and back again is the same point to better than a millimetre.
 */
#include "place/place.h"

#include <math.h>

#define RADIANS (M_PI / 180.0)
#define KRASOVSKY_A 6378245.0
#define KRASOVSKY_E2 0.00669342162296594323
/* BD-09 counts the turns of its disturbance in these */
#define BAIDU_TURN (M_PI * 3000.0 / 180.0)
/* stop iterating below this many degrees: about 0.01 mm */
#define CLOSE_ENOUGH 1e-10
#define MAX_ROUNDS 30

/* The frame of this name (wgs84, cgcs2000, gcj02, bd09; any case). */
bool
gg_frame_parse(const char *name, int len, GgFrame *frame)
{
	static const char *const names[] = {"wgs84", "cgcs2000", "gcj02", "bd09"};

	for (int i = 0; i < lengthof(names); i++)
	{
		if (len == strlen(names[i]) && pg_strncasecmp(name, names[i], len) == 0)
		{
			*frame = (GgFrame) i;
			return true;
		}
	}
	return false;
}

/* Does the published formula shift points here? Elsewhere GCJ-02 is WGS84. */
static bool
shifted_here(double lon, double lat)
{
	return lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271;
}

/* The wave that both offsets share, in degrees of the argument. */
static double
common_wave(double lon)
{
	return (20.0 * sin(6.0 * lon * M_PI) + 20.0 * sin(2.0 * lon * M_PI)) * 2.0 / 3.0;
}

/* WGS84 to GCJ-02, in place. */
static void
wgs84_to_gcj02(double *lon, double *lat)
{
	double x = *lon - 105.0;
	double y = *lat - 35.0;
	double east, north, s, w;

	if (!shifted_here(*lon, *lat))
		return;
	north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(fabs(x));
	north += common_wave(x);
	north += (20.0 * sin(y * M_PI) + 40.0 * sin(y / 3.0 * M_PI)) * 2.0 / 3.0;
	north += (160.0 * sin(y / 12.0 * M_PI) + 320.0 * sin(y * M_PI / 30.0)) * 2.0 / 3.0;
	east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(fabs(x));
	east += common_wave(x);
	east += (20.0 * sin(x * M_PI) + 40.0 * sin(x / 3.0 * M_PI)) * 2.0 / 3.0;
	east += (150.0 * sin(x / 12.0 * M_PI) + 300.0 * sin(x / 30.0 * M_PI)) * 2.0 / 3.0;

	/* metres to degrees on the ellipsoid */
	s = sin(*lat * RADIANS);
	w = 1.0 - KRASOVSKY_E2 * s * s;
	*lon += east / (KRASOVSKY_A / sqrt(w) * cos(*lat * RADIANS) * RADIANS);
	*lat += north / (KRASOVSKY_A * (1.0 - KRASOVSKY_E2) / (w * sqrt(w)) * RADIANS);
}

/* GCJ-02 to BD-09, in place. */
static void
gcj02_to_bd09(double *lon, double *lat)
{
	double r = sqrt(*lon * *lon + *lat * *lat) + 0.00002 * sin(*lat * BAIDU_TURN);
	double angle = atan2(*lat, *lon) + 0.000003 * cos(*lon * BAIDU_TURN);

	*lon = r * cos(angle) + 0.0065;
	*lat = r * sin(angle) + 0.006;
}

/* WGS84 to this frame, in place. */
void
gg_from_wgs84(GgFrame frame, double *lon, double *lat)
{
	if (frame != GG_FRAME_GCJ02 && frame != GG_FRAME_BD09)
		return;
	if (!shifted_here(*lon, *lat))
		return;
	wgs84_to_gcj02(lon, lat);
	if (frame == GG_FRAME_BD09)
		gcj02_to_bd09(lon, lat);
}

/* This frame to WGS84, in place: walk back by the error of the forward formula until it is gone. */
void
gg_to_wgs84(GgFrame frame, double *lon, double *lat)
{
	double goal_lon = *lon;
	double goal_lat = *lat;

	if (frame != GG_FRAME_GCJ02 && frame != GG_FRAME_BD09)
		return;
	for (int i = 0; i < MAX_ROUNDS; i++)
	{
		double x = *lon;
		double y = *lat;

		gg_from_wgs84(frame, &x, &y);
		*lon += goal_lon - x;
		*lat += goal_lat - y;
		if (fabs(goal_lon - x) < CLOSE_ENOUGH && fabs(goal_lat - y) < CLOSE_ENOUGH)
			break;
	}
}
