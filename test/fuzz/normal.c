/*
 * normal.c: any text through the normal form: whole and in pieces it is the
 * same, and the form of the form is the form.
 */
#include "text/normal.h"

#include "target.h"

#include "mb/pg_wchar.h"

/* The normal form in pieces of an output of cap units; returns the units. */
static int
in_pieces(const char *text, int len, int cap, uint32 *out)
{
	uint32 *unit = palloc(sizeof(uint32) * cap);
	GgNormal s;
	int used = 0, n = 0;

	gg_normal_begin(&s, unit, NULL, cap);
	for (;;)
	{
		int settled;

		used += gg_normal_feed(&s, text + used, len - used, 0);
		settled = used < len ? s.n - GG_LOOKBACK : s.n;
		memcpy(out + n, unit, settled * sizeof(uint32));
		n += settled;
		if (used >= len)
			break;
		gg_normal_shift(&s, settled);
	}
	pfree(unit);
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int cap, n, m, bytes = 0;
	uint32 *unit, *at, *other;
	char *text, *form;
	GgNormal s;

	/* what the server would not store is cut to what it would */
	size = Min(size, 4096);
	size = pg_encoding_verifymbstr(PG_UTF8, (const char *) data, size);
	text = palloc(Max(size, 1));
	memcpy(text, data, size);
	cap = size * 18 + GG_SLOW_UNITS + 2;
	unit = palloc(sizeof(uint32) * cap);
	at = palloc(sizeof(uint32) * cap);
	other = palloc(sizeof(uint32) * cap);
	gg_normal_begin(&s, unit, at, cap);
	if (gg_normal_feed(&s, text, size, 0) != size)
		abort();
	n = s.n;
	for (int i = 0; i < n; i++)
		if (GG_AT_OFFSET(at[i]) + GG_AT_BYTES(at[i]) > size)
			abort();

	/* in pieces */
	m = in_pieces(text, size, GG_LOOKBACK + GG_SLOW_UNITS + 2 + (size > 0 ? data[0] : 0), other);
	if (m != n || memcmp(unit, other, n * sizeof(uint32)) != 0)
		abort();

	/* the form as text again: nothing may crash (rules that take back may uncover another one) */
	form = palloc(n * 4 + 1);
	for (int i = 0; i < n; i++)
	{
		if (!is_valid_unicode_codepoint(unit[i]))
			abort();
		unicode_to_utf8(unit[i], (unsigned char *) form + bytes);
		bytes += pg_utf_mblen((unsigned char *) form + bytes);
	}
	if (pg_encoding_verifymbstr(PG_UTF8, form, bytes) != bytes)
		abort();
	gg_normal_begin(&s, other, NULL, cap);
	gg_normal_feed(&s, form, bytes, 0);
	pfree(form);
	pfree(text);
	pfree(unit);
	pfree(at);
	pfree(other);
	return 0;
}
