/*
 * locate.c: which grid is this point in?
 */
#include "place/place.h"

/* The grid of a point; not built yet: none. */
bool
gg_locate(double lon, double lat, char *grid, const char **how, double *distance_m)
{
	gg_check_in_china(lon, lat);
	grid[0] = '\0';
	*how = NULL;
	*distance_m = 0;
	return false;
}

/* Is the point inside the governed area; not built yet: yes. */
bool
gg_inside_root(double lon, double lat)
{
	return true;
}
