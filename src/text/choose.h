/*
 * choose.h: inside the text room: the n-grams that a model knows.
 */
#ifndef GG_CHOOSE_H
#define GG_CHOOSE_H

#include "text/model.h"

typedef struct GgChoice
{
	int nowned;
	bool *owned;  /* by bucket: it belongs to an n-gram, */
	uint16 *mark; /* which this tells from others of the bucket */
	float *prior; /* [label][bucket]: what counting says */
} GgChoice;

/* Choose from samples in their final order; labels lo[k] .. hi[k] - 1 compete with label k. */
extern GgChoice *gg_choose(const GgSample *sample, int nsample, int nlabel, const int *lo,
						   const int *hi, int bits);
/* The hashes of all n-grams; title: so many of them stand in the opening. Returns how many, at most 2 n. */
extern int gg_grams_of(const uint32 *unit, int n, uint32 *hash, int *title);

#endif /* GG_CHOOSE_H */
