/*
 * charmap.c: the character table of the normal form, unpacked.
 *
 * The generated header is small because neighbours change alike; the hot path
 * wants one look-up a character. Built at first use, 128 kB a process.
 */
#include "text/normal.h"
#include "text/chartable.h"

static uint16 map[65536];
static bool built = false;

/* Decode one three-byte character of the pair list. */
static uint16
three(const char *p)
{
	const unsigned char *s = (const unsigned char *) p;

	return (s[0] & 0x0F) << 12 | (s[1] & 0x3F) << 6 | (s[2] & 0x3F);
}

/* The table: 0 drops the character, GG_CHAR_SLOW leaves it to ICU. */
const uint16 *
gg_char_map(void)
{
	if (built)
		return map;
	for (int c = 0; c < 65536; c++)
		map[c] = c;
	for (int r = 0; r < lengthof(gg_char_run); r++)
	{
		uint32 from = gg_char_run[r][0], count = gg_char_run[r][1];
		uint32 to = gg_char_run[r][2], step = gg_char_run[r][3];

		for (uint32 i = 0; i < count; i++)
			map[(from + i * (step == 0 ? 1 : step)) & 0xFFFF] = to + i * step;
	}
	for (int i = 0; i + 6 < sizeof(gg_char_pair); i += 6)
		map[three(gg_char_pair + i)] = three(gg_char_pair + i + 3);
	map[0] = ' ';
	built = true;
	return map;
}
