/*
 * line.c: what share of its weight a figure earns.
 *
 * Called by score_sql.c. Pure: no table, no time. Whether a figure exists at all
 * (a denominator of zero) is the caller's question; nothing here turns "no data"
 * into points.
 */
#include "postgres.h"

#include "score/line.h"

/*
 * The piecewise-linear score: 0 at zero_at and beyond, 1 at full_at and beyond,
 * a straight line between. full_at may be the smaller one (a rate that should be
 * low). Equal lines make a step: the line itself earns everything, and the side
 * that counts is the higher one.
 */
double
gg_line(double value, double full_at, double zero_at)
{
	double share;

	if (full_at == zero_at)
		return value >= full_at ? 1.0 : 0.0;
	share = (value - zero_at) / (full_at - zero_at);
	if (share <= 0.0)
		return 0.0;
	return share >= 1.0 ? 1.0 : share;
}
