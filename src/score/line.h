/*
 * line.h: inside the score room: what a figure is worth. Pure.
 */
#ifndef GG_LINE_H
#define GG_LINE_H

/* Share of a weight, 0..1, that a value earns between the line of nothing and the line of everything. */
extern double gg_line(double value, double full_at, double zero_at);

#endif /* GG_LINE_H */
