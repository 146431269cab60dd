/*
 * model.c: any bytes as a model: refused, or usable without a step beyond its
 * end. The check sum is left out, else nothing would get past it.
 */
#include "text/model.h"

#include "target.h"

#include <math.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char report[] = "小区门口烧烤店油烟很大,噪音扰民 12345";
	uint32 unit[64 + GG_SLOW_UNITS + GG_WORD_HERE] = {0};
	GgModel m;
	GgNormal s;
	GgScores scores;
	GgModelHead head;
	char *bytes;
	size_t whole = size;

	/* the weights of a model are many: what is missing of them is zero, so that small inputs get that far */
	if (size >= sizeof(head))
	{
		memcpy(&head, data, sizeof(head));
		if (head.nlabel >= 1 && head.nlabel <= GG_LABELS_MAX && head.bits >= 4 && head.bits <= 16 &&
			(head.reserved & 1) == 0)
			whole = Max(size, gg_model_bytes(head.nlabel, head.bits));
	}
	bytes = palloc0(Max(whole, 1));
	memcpy(bytes, data, size);
	if (gg_model_check(bytes, whole, false) == NULL)
	{
		gg_model_view(bytes, &m);
		gg_normal_begin(&s, unit, NULL, 64 + GG_SLOW_UNITS);
		gg_normal_feed(&s, report, strlen(report), 0);
		gg_score(&m, NULL, unit, s.n, &scores);
		gg_softmax(&m, scores.score);
		(void) gg_model_crc(bytes, whole);
	}
	pfree(bytes);
	return 0;
}
