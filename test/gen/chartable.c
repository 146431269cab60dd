/*
 * chartable.c: write src/text/chartable.h from ICU's data.
 *
 * Run by hand when the table should follow a newer Unicode (see doc/text.md):
 *   cc -o build/chartable test/gen/chartable.c $(pkg-config --cflags --libs icu-uc icu-i18n)
 *   build/chartable > src/text/chartable.h
 *
 * For every code unit of the BMP: NFKC_Casefold, then traditional to simplified
 * Chinese. What needs more than one unit, or may join with the character before
 * it, is left to ICU at run time (GG_SLOW).
 */
#include <stdio.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utrans.h>
#include <unicode/utf8.h>
#include <unicode/uversion.h>

#define SLOW 0xFFFF

static unsigned short map[65536];

/* One unit as UTF-8 into buf. */
static const char *
utf8(unsigned c, char *buf)
{
	int n = 0;

	U8_APPEND_UNSAFE(buf, n, c);
	buf[n] = 0;
	return buf;
}

int
main(void)
{
	UErrorCode err = U_ZERO_ERROR;
	const UNormalizer2 *n = unorm2_getNFKCCasefoldInstance(&err);
	UChar id[] = u"Traditional-Simplified";
	UTransliterator *t = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &err);
	char a[8], b[8];
	int col;

	if (U_FAILURE(err))
	{
		fprintf(stderr, "ICU: %s\n", u_errorName(err));
		return 1;
	}
	for (unsigned c = 1; c < 65536; c++)
	{
		UChar in[1] = {c}, out[64];
		int32_t len, limit;

		map[c] = c;
		if (c >= 0xD800 && c <= 0xDFFF)
		{
			map[c] = SLOW;
			continue;
		}
		if (u_isUWhiteSpace(c) || c < 0x20 || (c >= 0x7F && c < 0xA0))
		{
			map[c] = ' ';
			continue;
		}
		err = U_ZERO_ERROR;
		len = unorm2_normalize(n, in, 1, out, 64, &err);
		if (U_FAILURE(err) || len > 1 || !unorm2_hasBoundaryBefore(n, c))
			map[c] = len == 0 ? 0 : SLOW;
		else if (len == 0)
			map[c] = 0;
		else
		{
			limit = 1;
			len = 1;
			utrans_transUChars(t, out, &len, 64, 0, &limit, &err);
			if (U_FAILURE(err) || len != 1)
				map[c] = out[0];
			else
				map[c] = out[0];
		}
	}
	/* ICU exchanges a few pairs: keep the one that comes first, so that the form of the form is the form */
	for (unsigned c = 1; c < 65536; c++)
		if (map[c] != c && map[c] != SLOW && map[map[c]] == c)
			map[c < map[c] ? c : map[c]] = c < map[c] ? c : map[c];
	for (unsigned c = 1; c < 65536; c++)
		if (map[c] != SLOW && map[c] != 0 && map[map[c]] != SLOW)
			map[c] = map[map[c]];
	map[0xFFFE] = map[0xFFFF] = ' ';
	printf("/*\n * chartable.h: what each character becomes in the normal form. Made by\n"
		   " * test/gen/chartable.c from ICU %s (Unicode %s); do not edit.\n */\n",
		   U_ICU_VERSION, U_UNICODE_VERSION);
	printf("#ifndef GG_CHARTABLE_H\n#define GG_CHARTABLE_H\n\n#include \"postgres.h\"\n\n");
	printf("/* from, count, to, step: the i-th of every step-th unit becomes to + i * step; step 0: all become to */\n");
	printf("static const uint16 gg_char_run[][4] = {\n");
	col = 0;
	/* everything outside the two big Han blocks goes as runs */
	for (unsigned c = 1; c < 65536;)
	{
		unsigned k, from = c, step, to = map[c];

		if (map[c] == c || (c >= 0x3400 && c <= 0x9FFF))
		{
			c++;
			continue;
		}
		/* the longest of three readings */
		{
			unsigned k0 = 1, k1 = 1, k2 = 1;

			while (c + k0 < 0x10000 && map[c + k0] == to && !(c + k0 >= 0x3400 && c + k0 <= 0x9FFF))
				k0++;
			if (to != SLOW && to != 0 && to != ' ')
			{
				while (c + k1 < 0x10000 && map[c + k1] == to + k1 && map[c + k1] != c + k1)
					k1++;
				while (c + 2 * k2 < 0x10000 && map[c + 2 * k2] == to + 2 * k2 && map[c + 2 * k2] != c + 2 * k2 &&
					   map[c + 2 * k2 - 1] == c + 2 * k2 - 1)
					k2++;
			}
			if (k0 >= k1 && k0 >= k2)
				k = k0, step = 0;
			else if (k1 >= k2)
				k = k1, step = 1;
			else
				k = k2, step = 2;
		}
		col += printf("%s{0x%X, %u, 0x%X, %u},", col == 0 ? "\t" : " ", from, k, to, step);
		if (col > 88)
			printf("\n"), col = 0;
		c += step == 2 ? 2 * (k - 1) + 1 : k;
	}
	printf("%s};\n\n/* pairs: this character becomes the next one */\nstatic const char gg_char_pair[] =\n", col ? "\n" : "");
	col = 0;
	for (unsigned c = 0x3400; c <= 0x9FFF; c++)
	{
		if (map[c] == c)
			continue;
		if (map[c] == SLOW || map[c] == 0 || map[c] == ' ')
		{
			fprintf(stderr, "U+%04X: unexpected\n", c);
			return 1;
		}
		if (col == 0)
			printf("\t\"");
		printf("%s%s", utf8(c, a), utf8(map[c], b));
		if (++col == 22)
			printf("\"\n"), col = 0;
	}
	printf("%s;\n\n#endif /* GG_CHARTABLE_H */\n", col ? "\"" : "\t\"\"");
	return 0;
}
