/*
 * point.c: the coordinates inside a PostGIS point, and points made from them.
 *
 * Called by locate.c, event and from SQL. It reads and writes PostGIS's stored
 * form (version 2, since PostGIS 3.0) directly, because a call into PostGIS
 * would cost more than finding the grid. It may not raise for a place that
 * merely has no grid.
 */
#include "place/place.h"

#include "utils/builtins.h"

#include <math.h>

/* Stored form: 3 bytes SRID, 1 byte flags, [8 bytes more flags], [box], then type, count, coordinates. */
#define HEADER_BYTES 4
#define FLAG_Z 0x01
#define FLAG_M 0x02
#define FLAG_BOX 0x04
#define FLAG_GEODETIC 0x08
#define FLAG_MORE 0x10
#define FLAG_VERSION_2 0x40
#define TYPE_POINT 1

#define CHINA_WEST 73.0
#define CHINA_EAST 136.0
#define CHINA_SOUTH 3.0
#define CHINA_NORTH 54.0

/* 22023 for a geometry that has no one place. */
static void
refuse_shape(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("location is %s, not a point", what),
			 errhint("Give one point with longitude and latitude in degrees, for example "
					 "ST_SetSRID(ST_MakePoint(118.02, 37.37), 4490).")));
}

/* The coordinates of a point and its SRID (0: none); always true, or raises. */
bool
gg_point_of(Datum geometry, double *lon, double *lat, int *srid)
{
	/* packed, so that a short header costs no copy: everything is read bytewise */
	struct varlena *g = PG_DETOAST_DATUM_PACKED(geometry);
	const unsigned char *p = (const unsigned char *) VARDATA_ANY(g);
	Size len = VARSIZE_ANY_EXHDR(g);
	Size at = HEADER_BYTES;
	uint32 word[2];
	double xy[2];
	int ndims;
	unsigned char flags;

	if (len < HEADER_BYTES + sizeof(word))
		elog(ERROR, "geometry of %zu bytes is too short", len);
	flags = p[3];
	if (!(flags & FLAG_VERSION_2))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("this geometry has the stored form of PostGIS 2"),
						errhint("grid_gov needs PostGIS 3.0 or later.")));
	/* 21 bits with sign */
	*srid = (int32) ((uint32) (p[0] << 16 | p[1] << 8 | p[2]) << 11) >> 11;

	ndims = 2 + ((flags & FLAG_Z) ? 1 : 0) + ((flags & FLAG_M) ? 1 : 0);
	if (flags & FLAG_MORE)
		at += 8;
	if (flags & FLAG_BOX)
		at += 2 * sizeof(float) * ((flags & FLAG_GEODETIC) ? 3 : ndims);
	if (len < at + sizeof(word))
		elog(ERROR, "geometry of %zu bytes is too short", len);
	memcpy(word, p + at, sizeof(word));
	at += sizeof(word);
	if (word[0] != TYPE_POINT)
		refuse_shape("a line, an area or a collection");
	if (word[1] == 0)
		refuse_shape("empty");
	if (len < at + sizeof(xy))
		elog(ERROR, "geometry of %zu bytes is too short", len);
	memcpy(xy, p + at, sizeof(xy));
	if (!isfinite(xy[0]) || !isfinite(xy[1]))
		refuse_shape("infinite or not a number");
	*lon = xy[0];
	*lat = xy[1];
	if ((Pointer) g != DatumGetPointer(geometry))
		pfree(g);
	return true;
}

/* Refuse coordinates outside China's box, and say so when they look swapped. */
void
gg_check_in_china(double lon, double lat)
{
	if (lon >= CHINA_WEST && lon <= CHINA_EAST && lat >= CHINA_SOUTH && lat <= CHINA_NORTH)
		return;
	if (lat >= CHINA_WEST && lat <= CHINA_EAST && lon >= CHINA_SOUTH && lon <= CHINA_NORTH)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("longitude %g and latitude %g are swapped", lon, lat),
						errhint("Longitude comes first: ST_MakePoint(longitude, latitude).")));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("longitude %g, latitude %g is outside China", lon, lat),
			 errdetail("China lies between 73 and 136 degrees east, 3 and 54 degrees north."),
			 errhint("Coordinates are degrees, not metres of a projection.")));
}

/* Refuse an SRID that does not fit the frame. */
void
gg_check_srid(int srid, GgFrame frame)
{
	bool web_map = frame == GG_FRAME_GCJ02 || frame == GG_FRAME_BD09;

	if (srid == GG_SRID_WGS84 || srid == (web_map ? 0 : GG_SRID_CGCS2000))
		return;
	if (srid == 0)
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("the point has no SRID"),
			 errhint(
				 "Use ST_SetSRID(point, 4490), or name the frame gcj02 or bd09 if it comes from a web map.")));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("SRID %d does not fit the frame of coordinates", srid),
			 errdetail(
				 "wgs84 and cgcs2000 go with SRID 4326 or 4490, gcj02 and bd09 with 4326 or none."),
			 errhint("Use ST_Transform(point, 4490) on projected coordinates.")));
}

/* A copy of a point with other coordinates and SRID; Z and M stay. */
Datum
gg_point_moved(Datum geometry, double lon, double lat, int srid)
{
	struct varlena *g = PG_DETOAST_DATUM_PACKED(geometry);
	const unsigned char *from = (const unsigned char *) VARDATA_ANY(g);
	unsigned char flags = from[3] & (FLAG_Z | FLAG_M | FLAG_VERSION_2);
	int ndims = 2 + ((flags & FLAG_Z) ? 1 : 0) + ((flags & FLAG_M) ? 1 : 0);
	Size tail = ndims * sizeof(double);
	Size size = VARHDRSZ + HEADER_BYTES + 2 * sizeof(uint32) + tail;
	struct varlena *copy = palloc0(size);
	unsigned char *to = (unsigned char *) VARDATA(copy);
	const uint32 word[2] = {TYPE_POINT, 1};
	const double xy[2] = {lon, lat};

	SET_VARSIZE(copy, size);
	to[0] = (srid >> 16) & 0x1f;
	to[1] = (srid >> 8) & 0xff;
	to[2] = srid & 0xff;
	to[3] = flags;
	to += HEADER_BYTES;
	memcpy(to, word, sizeof(word));
	/* the coordinates of one point are the last bytes of it */
	memcpy(to + sizeof(word), from + VARSIZE_ANY_EXHDR(g) - tail, tail);
	memcpy(to + sizeof(word), xy, sizeof(xy));
	return PointerGetDatum(copy);
}
