/*
 * category.c: the six categories, in their fixed order.
 *
 * Called by everybody. Pure.
 */
#include "text/text.h"

const char *const gg_category_name[GG_CATEGORIES] = {"城市管理", "社会治安", "环境保护",
													 "民生服务", "公共安全", "矛盾纠纷"};

/* The index of a category's name, or -1. */
int
gg_category_of(const char *name, int len)
{
	for (int i = 0; i < GG_CATEGORIES; i++)
		if (strlen(gg_category_name[i]) == (size_t) len &&
			memcmp(gg_category_name[i], name, len) == 0)
			return i;
	return -1;
}
