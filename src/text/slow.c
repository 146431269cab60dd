/*
 * slow.c: the few characters that the table leaves to ICU.
 *
 * Combining marks, characters that become several, everything beyond the Basic
 * Multilingual Plane. Called for pieces of at most GG_SLOW_CHARS characters.
 */
#include "text/normal.h"

#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

/* NFKC_Casefold of a short piece; what ICU cannot do comes back as one blank. */
int
gg_icu_fold(const char *text, int len, uint32 *out, int cap)
{
	UErrorCode err = U_ZERO_ERROR;
	const UNormalizer2 *folder = unorm2_getNFKCCasefoldInstance(&err);
	UChar in[GG_SLOW_CHARS * 2], folded[GG_SLOW_UNITS * 2];
	int32_t inlen = 0, n = 0;
	int got = 0;

	u_strFromUTF8(in, lengthof(in), &inlen, text, len, &err);
	n = U_FAILURE(err) ? 0 : unorm2_normalize(folder, in, inlen, folded, lengthof(folded), &err);
	if (U_FAILURE(err))
	{
		out[0] = ' ';
		return 1;
	}
	for (int32_t i = 0; i < n && got < cap;)
	{
		UChar32 c;

		U16_NEXT(folded, i, n, c);
		out[got++] = c;
	}
	return got;
}
