/*
 * text.h: what is this report about, and how sure is that?
 *
 * The door of the text room for other rooms. Both functions read the active
 * model of the city (gov.model) or the shipped one, through a cache of the
 * backend; they never write.
 */
#ifndef GG_TEXT_H
#define GG_TEXT_H

#include "base/base.h"

#define GG_CATEGORIES 6

typedef struct GgVerdict
{
	int category; /* index into gg_category_name; -1: nothing in the text */
	double probability;
	double margin; /* over the runner-up */
	bool needs_review;
	int64 model; /* gov.model.id; 0: the shipped model */
} GgVerdict;

/* 城市管理 社会治安 环境保护 民生服务 公共安全 矛盾纠纷 */
extern const char *const gg_category_name[GG_CATEGORIES];

/* The index of a category's name, or -1. */
extern int gg_category_of(const char *name, int len);

/* Sort a report. */
extern void gg_text_verdict(const char *body, int len, GgVerdict *out);

/* The best catalogue item inside the category (-1: the likeliest one); false: none. */
extern bool gg_text_item(const char *body, int len, int category, char item[5]);

#endif /* GG_TEXT_H */
