/*
 * model.h: a linear model over the features of a normal form.
 *
 * Pure. The bytes are the type text_model; a GgModel is only a view of them.
 */
#ifndef GG_MODEL_H
#define GG_MODEL_H

#include "text/lexicon.h"

#define GG_MODEL_MAGIC 0x4D544747u /* "GGTM" on a little-endian machine */
#define GG_MODEL_VERSION 2
#define GG_LABELS_MAX 256
#define GG_LABEL_BYTES 64 /* with the terminating zero */
#define GG_FEW_LABELS 6   /* up to so many: large table, eight bytes a bucket */

/* The fixed beginning of a model, after the varlena header. */
typedef struct GgModelHead
{
	uint32 magic;
	uint32 version;
	uint32 crc; /* CRC-32C of everything after this field */
	int32 nlabel;
	int32 bits;   /* 2^bits buckets */
	int32 stride; /* bytes a bucket: nlabel weights, the mark at the end, a multiple of 8 */
	int32 rows;   /* reports it was trained on */
	float scale;  /* of the int8 weights */
	float temperature;
	float margin;  /* a smaller lead needs review */
	float lexicon; /* what a point of the lexicon counts */
	int32 reserved;
	/* float bias[stride]; char label[nlabel][GG_LABEL_BYTES]; int8 row[2^bits][stride] */
} GgModelHead;

typedef struct GgModel
{
	GgModelHead head;
	const float *bias;
	const char (*label)[GG_LABEL_BYTES];
	const int8
		*row; /* weights, and in the last two bytes the mark of the n-gram that owns the bucket */
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

/* The row of an n-gram; NULL: the model does not know it. */
static inline const int8 *
gg_model_row(const GgModel *m, uint32 hash)
{
	const int8 *row = m->row + (Size) gg_gram_bucket(hash, m->head.bits) * m->head.stride;
	uint16 mark;

	memcpy(&mark, row + m->head.stride - sizeof(mark), sizeof(mark));
	return mark == gg_gram_mark(hash) ? row : NULL;
}

/* score.c */
typedef struct GgScores
{
	int units; /* characters that are features; 0: nothing in the text, or no word among it */
	int grams; /* n-grams that the model knows */
	int words; /* words of the lexicon that speak */
	float score[GG_LABELS_MAX]; /* before the temperature */
} GgScores;
/* Score a normal form, in which silent words are blotted out; lex may be NULL. */
extern void gg_score(const GgModel *m, const GgLexicon *lex, uint32 *unit, int n, GgScores *out);
/* After that: is enough of the normal form known for an answer that nobody looks at? */
extern bool gg_score_founded(const GgModel *m, const uint32 *unit, int n, const GgScores *s);
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
	int passes;        /* over the samples */
	float cost;        /* of an error: the C of a support vector machine */
	float own;         /* how much of the weights is learnt, the rest is counted */
	float lexicon;     /* what a point of the lexicon counts */
	float temperature; /* of probabilities */
	float margin;      /* a smaller lead needs review */
} GgTraining;

extern const GgTraining gg_training_default;
/* Train on samples (already in their final order); writes gg_model_bytes() bytes. */
extern void gg_train(const GgTraining *how, const GgSample *sample, int nsample,
					 const char (*label)[GG_LABEL_BYTES], int nlabel, const GgLexicon *lex,
					 char *bytes);

#endif /* GG_MODEL_H */
