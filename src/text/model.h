/*
 * model.h: a linear model over the features of a normal form.
 *
 * Pure. The bytes are the type text_model; a GgModel is only a view of them.
 */
#ifndef GG_MODEL_H
#define GG_MODEL_H

#include "text/lexicon.h"

#define GG_MODEL_MAGIC 0x4D544747u /* "GGTM" on a little-endian machine */
#define GG_MODEL_VERSION 1
#define GG_LABELS_MAX 256
#define GG_LABEL_BYTES 64 /* with the terminating zero */
#define GG_FEW_LABELS 8   /* up to so many: large table, SIMD stride */

/* The fixed beginning of a model, after the varlena header. */
typedef struct GgModelHead
{
	uint32 magic;
	uint32 version;
	uint32 crc; /* CRC-32C of everything after this field */
	int32 nlabel;
	int32 bits;   /* 2^bits buckets */
	int32 stride; /* weights a bucket: nlabel rounded up to a multiple of 8 */
	int32 rows;   /* reports it was trained on */
	float scale;  /* of the int8 weights */
	float temperature;
	float margin;  /* a smaller lead needs review */
	float lexicon; /* what a point of the lexicon counts */
	int32 reserved;
	/* float bias[stride]; char label[nlabel][GG_LABEL_BYTES]; int8 weight[2^bits][stride] */
} GgModelHead;

typedef struct GgModel
{
	GgModelHead head;
	const float *bias;
	const char (*label)[GG_LABEL_BYTES];
	const int8 *weight;
	int category[GG_LABELS_MAX]; /* label -> category of the lexicon, or -1 */
} GgModel;

extern int gg_model_stride(int nlabel);
/* Size of the table that training chooses. */
extern int gg_model_bits(int nlabel);
extern Size gg_model_bytes(int nlabel, int bits);
/* NULL when the bytes are a model, else what is wrong with them. */
extern const char *gg_model_check(const char *bytes, Size len, bool with_crc);
extern uint32 gg_model_crc(const char *bytes, Size len);
/* A view of checked bytes. */
extern void gg_model_view(const char *bytes, GgModel *model);

/* score.c */
typedef struct GgScores
{
	int grams;                  /* features seen; 0: nothing in the text */
	float score[GG_LABELS_MAX]; /* before the temperature */
} GgScores;
/* Score a normal form, in which silent words are blotted out; lex may be NULL. */
extern void gg_score(const GgModel *m, const GgLexicon *lex, uint32 *unit, int n, GgScores *out);
/* The labels lo .. hi - 1 alone, by n-grams alone. */
extern void gg_score_some(const GgModel *m, int lo, int hi, const uint32 *unit, int n,
						  GgScores *out);
/* Scores to probabilities, in place. */
extern void gg_softmax(const GgModel *m, float *score);
/* The factor of n-gram weights in a text with so many features. */
extern double gg_gram_factor(const GgModel *m, int grams);

/* train.c */
typedef struct GgSample
{
	uint32 *unit;
	int n;
	int label;
} GgSample;

typedef struct GgTraining
{
	int epochs;
	float rate, l2, l2_many, keep, lexicon, balance;
	float temperature, margin;
} GgTraining;

extern const GgTraining gg_training_default;
/* Train on samples (already in their final order); writes gg_model_bytes() bytes. */
extern void gg_train(const GgTraining *how, const GgSample *sample, int nsample,
					 const char (*label)[GG_LABEL_BYTES], int nlabel, const GgLexicon *lex,
					 char *bytes);

#endif /* GG_MODEL_H */
