/*
 * verdict.c: the text room's answers for C callers.
 *
 * Called by the event room and by the SQL functions of this room. Reads models,
 * writes nothing.
 */
#include "text/text.h"

const char *const gg_category_name[GG_CATEGORIES] = {"城市管理", "社会治安", "环境保护",
													 "民生服务", "公共安全", "矛盾纠纷"};

/* The index of a category's name, or -1. */
int
gg_category_of(const char *name, int len)
{
	for (int i = 0; i < GG_CATEGORIES; i++)
		if (strlen(gg_category_name[i]) == (size_t) len && memcmp(gg_category_name[i], name, len) == 0)
			return i;
	return -1;
}

/* Sort a report. */
void
gg_text_verdict(const char *body, int len, GgVerdict *out)
{
	out->category = -1;
	out->probability = 0;
	out->margin = 0;
	out->needs_review = true;
	out->model = 0;
}

/* The best catalogue item inside the category. */
bool
gg_text_item(const char *body, int len, int category, char item[5])
{
	return false;
}
