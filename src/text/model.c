/*
 * model.c: are these bytes a model?
 *
 * The layout of a text_model and the check of bytes that come from outside.
 * Called by the type's functions, by training and by the cache. Pure.
 */
#include "text/model.h"

#include "mb/pg_wchar.h"
#include "port/pg_crc32c.h"

#include <math.h>

/* Bytes a bucket: a weight for each label and the mark, a multiple of 8. */
int
gg_model_stride(int nlabel)
{
	return (nlabel + (int) sizeof(uint16) + 7) / 8 * 8;
}

/* Size of the table that training chooses: the model stays under 1 MB. */
int
gg_model_bits(int nlabel)
{
	int bits = nlabel <= GG_FEW_LABELS ? 16 : 13;

	while (gg_model_bytes(nlabel, bits) > 1024 * 1024)
		bits--;
	return bits;
}

/* The length of a model's bytes. */
Size
gg_model_bytes(int nlabel, int bits)
{
	Size stride = gg_model_stride(nlabel);

	return sizeof(GgModelHead) + stride * sizeof(float) + (Size) nlabel * GG_LABEL_BYTES +
		   (stride << bits);
}

/* The check sum over everything after the field that holds it. */
uint32
gg_model_crc(const char *bytes, Size len)
{
	pg_crc32c crc;
	Size from = offsetof(GgModelHead, crc) + sizeof(uint32);

	INIT_CRC32C(crc);
	COMP_CRC32C(crc, bytes + from, len - from);
	FIN_CRC32C(crc);
	return crc;
}

/* NULL when the bytes are a model, else what is wrong with them. */
const char *
gg_model_check(const char *bytes, Size len, bool with_crc)
{
	GgModelHead head;
	float b;

	if (len < sizeof(head))
		return "it is too short";
	memcpy(&head, bytes, sizeof(head));
	if (head.magic != GG_MODEL_MAGIC)
		return "it does not begin as a text model of this machine's byte order";
	if (head.version != GG_MODEL_VERSION)
		return "it has another version";
	if (head.nlabel < 1 || head.nlabel > GG_LABELS_MAX || head.bits < 4 || head.bits > 16 ||
		head.stride != gg_model_stride(head.nlabel) || head.rows < 0)
		return "its sizes are out of range";
	if (len != gg_model_bytes(head.nlabel, head.bits))
		return "its length does not match its sizes";
	if (with_crc && head.crc != gg_model_crc(bytes, len))
		return "its check sum is wrong";
	if (!isfinite(head.scale) || head.scale < 0 || !isfinite(head.temperature) ||
		head.temperature <= 0 || !isfinite(head.margin) || !isfinite(head.lexicon))
		return "its settings are not finite numbers";
	for (int k = 0; k < head.stride; k++)
	{
		memcpy(&b, bytes + sizeof(head) + k * sizeof(float), sizeof(b));
		if (!isfinite(b))
			return "its settings are not finite numbers";
	}
	for (int k = 0; k < head.nlabel; k++)
	{
		const char *label = bytes + sizeof(head) + head.stride * sizeof(float) + k * GG_LABEL_BYTES;

		if (memchr(label, 0, GG_LABEL_BYTES) == NULL || label[0] == 0)
			return "a label is empty or too long";
		if (!pg_verify_mbstr(PG_UTF8, label, strlen(label), true))
			return "a label is not UTF-8";
	}
	return NULL;
}

/* A view of checked bytes, which must be aligned and outlive it. */
void
gg_model_view(const char *bytes, GgModel *m)
{
	memcpy(&m->head, bytes, sizeof(m->head));
	m->bias = (const float *) (bytes + sizeof(m->head));
	m->label = (const char(*)[GG_LABEL_BYTES])(m->bias + m->head.stride);
	m->row = (const int8 *) (m->label + m->head.nlabel);
	for (int k = 0; k < m->head.nlabel; k++)
		m->category[k] = gg_category_of(m->label[k], strlen(m->label[k]));
}
