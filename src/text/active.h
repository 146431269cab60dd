/*
 * active.h: inside the text room: models and words in use, and texts made ready.
 */
#ifndef GG_ACTIVE_H
#define GG_ACTIVE_H

#include "text/model.h"

typedef enum GgKind
{
	GG_KIND_CATEGORY,
	GG_KIND_ITEM
} GgKind;

/* active.c: what the city uses now; valid until the next call that may run SQL. NULL: there is no such model. */
extern const GgModel *gg_active_model(GgKind kind, int64 *id);
extern const GgLexicon *gg_active_lexicon(void);
/* Name and limit of an item of the city's catalogue (the shipped one where no city is set up); false: not in use. */
extern bool gg_item_facts(const char *code, Datum *name, Datum *allow);
/* A checked copy of a model in cxt. */
extern GgModel *gg_model_copy(Datum datum, MemoryContext cxt);

/* body.c: the normal form of a report, as far as it is looked at. */
#define GG_BODY_BYTES (1024 * 1024) /* so much of a stored text is read at all */
#define GG_BODY_SMALL 2048

typedef struct GgBody
{
	const char *text;
	int len;
	GgNormal normal;
	uint32 small[GG_BODY_SMALL + GG_SLOW_UNITS + 2 +
				 GG_WORD_HERE]; /* words are compared beyond the end */
} GgBody;

extern void gg_body_ready(GgBody *b, const char *text, int len, bool with_source);
extern void gg_body_done(GgBody *b);
/* The text argument, cut when it is longer than GG_BODY_BYTES. */
extern struct varlena *gg_body_arg(Datum datum);

#endif /* GG_ACTIVE_H */
