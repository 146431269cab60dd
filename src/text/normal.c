/*
 * normal.c: what does a report look like when spelling does not matter?
 *
 * One pass: NFKC_Casefold and traditional to simplified by table, blanks beside
 * Han characters dropped, and three rules that take back what they have
 * written: a pinyin note after a Han character, a system tag (#非警务#…#), a
 * digit run of six or more. Used for features only; stored text stays as it is.
 * Called by the shells of this room and by training. Pure.
 */
#include "text/normal.h"

#include "miscadmin.h"

#define NOTE_MAX 40  /* units of a pinyin note */
#define TAG_MAX 20   /* units of one part of a system tag */
#define DIGITS_MAX 5 /* longer runs are telephone, identity, case numbers: our default */

/* Start a normal form in the caller's memory. */
void
gg_normal_begin(GgNormal *s, uint32 *unit, uint32 *at, int cap)
{
	memset(s, 0, sizeof(*s));
	s->unit = unit;
	s->at = at;
	s->cap = cap;
	s->bracket = -1;
	s->tag = -1;
}

/* Forget the first units: they have been used. */
void
gg_normal_shift(GgNormal *s, int units)
{
	s->n -= units;
	memmove(s->unit, s->unit + units, s->n * sizeof(uint32));
	if (s->at != NULL)
		memmove(s->at, s->at + units, s->n * sizeof(uint32));
	if (s->bracket >= 0)
		s->bracket -= units;
	if (s->tag >= 0)
		s->tag -= units;
}

/* A vowel (or m, n) with a tone mark, after folding. */
static bool
has_tone(uint32 c)
{
	switch (c)
	{
		case 0xE0: /* à á è é ì í ò ó ù ú */
		case 0xE1:
		case 0xE8:
		case 0xE9:
		case 0xEC:
		case 0xED:
		case 0xF2:
		case 0xF3:
		case 0xF9:
		case 0xFA:
		case 0x101: /* ā ē ě ī ń ň ō ū */
		case 0x113:
		case 0x11B:
		case 0x12B:
		case 0x144:
		case 0x148:
		case 0x14D:
		case 0x16B:
		case 0x1CE: /* ǎ ǐ ǒ ǔ ǖ ǘ ǚ ǜ ǹ ḿ ế ề */
		case 0x1D0:
		case 0x1D2:
		case 0x1D4:
		case 0x1D6:
		case 0x1D8:
		case 0x1DA:
		case 0x1DC:
		case 0x1F9:
		case 0x1E3F:
		case 0x1EBF:
		case 0x1EC1:
			return true;
		default:
			return false;
	}
}

/* A letter that pinyin is written with. */
static bool
is_latin(uint32 c)
{
	return (c >= 'a' && c <= 'z') || (c >= 0xE0 && c < 0x250) || (c >= 0x1E00 && c < 0x1F00) ||
		   c == 0x251;
}

/* Write one unit. */
static inline void
put(GgNormal *s, uint32 c, uint32 at)
{
	s->unit[s->n] = c;
	if (s->at != NULL)
		s->at[s->n] = at;
	s->n++;
}

/* Write one unit that is no plain Han character at rest: all the rules. */
static void
push(GgNormal *s, uint32 c, uint32 at)
{
	uint32 last = s->n > 0 ? s->unit[s->n - 1] : 0;

	if (c >= '0' && c <= '9' && s->digits > DIGITS_MAX)
		return;
	if (c == ' ')
	{
		s->digits = 0;
		if (s->n > 0 && gg_is_alnum(last))
			s->space = s->special = true;
		return;
	}
	if (s->space)
	{
		s->space = false;
		if (gg_is_alnum(c))
		{
			s->digits = 0;
			put(s, ' ', GG_AT(GG_AT_OFFSET(at), 0));
		}
	}

	if (c >= '0' && c <= '9')
	{
		if (++s->digits > DIGITS_MAX)
		{
			s->n -= DIGITS_MAX;
			/* a blank before the run waits for what follows it */
			if (s->n > 0 && s->unit[s->n - 1] == ' ')
			{
				s->n--;
				s->space = true;
			}
			return;
		}
	}
	else
		s->digits = 0;

	if (s->bracket >= 0)
	{
		if (c == ')' && s->tone)
		{
			s->n = s->bracket;
			s->bracket = -1;
			s->special = s->tag >= 0;
			return;
		}
		/* it was no note; a tag that it stands in is none either */
		if ((!is_latin(c) && c != '\'' && c != 0x2019 && c != '-') || s->n - s->bracket >= NOTE_MAX)
			s->bracket = s->tag = -1;
		else if (has_tone(c))
			s->tone = true;
	}
	else if (c == '(' && s->n > 0 && gg_is_han(last))
	{
		s->bracket = s->n;
		s->tone = false;
	}

	if (c == '#')
	{
		if (s->tag >= 0 && s->n - s->tag >= (s->tag_closed ? 1 : 2))
		{
			s->n = s->tag;
			/* one more part may follow, then the tag is over */
			if (s->tag_closed)
				s->tag = -1;
			s->tag_closed = !s->tag_closed;
			s->bracket = -1;
			s->special = true;
			return;
		}
		s->tag = s->n > 0 && last >= '0' && last <= '9' ? -1 : s->n;
		s->tag_closed = false;
	}
	else if (s->tag >= 0 && (s->bracket < 0 || c == '('))
	{
		/* a bracket may be a note; what it holds does not count until that is known */
		bool inside = gg_is_han(c) || (!s->tag_closed && gg_is_alnum(c)) || s->bracket >= 0;

		/* a tag opens with a Han character and has no punctuation */
		if (!inside || s->n - s->tag > TAG_MAX ||
			(!s->tag_closed && s->n == s->tag + 1 && !gg_is_han(c)))
			s->tag = -1;
	}
	put(s, c, at);
	s->special = s->digits > 0 || s->bracket >= 0 || s->tag >= 0;
}

/* Decode one character at p; the text is valid UTF-8, but never read past its end. */
static inline uint32
decode(const unsigned char *p, const unsigned char *end, int *len)
{
	if (p[0] < 0x80)
	{
		*len = 1;
		return p[0];
	}
	if (p[0] >= 0xE0 && p[0] < 0xF0 && end - p >= 3)
	{
		*len = 3;
		return (p[0] & 0x0F) << 12 | (p[1] & 0x3F) << 6 | (p[2] & 0x3F);
	}
	if (p[0] < 0xE0 && end - p >= 2)
	{
		*len = 2;
		return (p[0] & 0x1F) << 6 | (p[1] & 0x3F);
	}
	if (p[0] >= 0xF0 && end - p >= 4)
	{
		*len = 4;
		return (p[0] & 0x07) << 18 | (p[1] & 0x3F) << 12 | (p[2] & 0x3F) << 6 | (p[3] & 0x3F);
	}
	*len = 1;
	return ' ';
}

/* What the table says; beyond the plane ICU is asked. */
static inline uint32
look_up(const uint16 *map, uint32 c)
{
	return c < 0x10000 ? map[c] : GG_CHAR_SLOW;
}

/* Take text until it ends or the output is full; returns the bytes taken. */
int
gg_normal_feed(GgNormal *s, const char *text, int len, int base)
{
	const uint16 *map = gg_char_map();
	const unsigned char *p = (const unsigned char *) text, *end = p + len;
	int clen = 0, nlen = 0, seen = 0;
	uint32 m = 0, next;

	if (len <= 0)
		return 0;
	m = look_up(map, decode(p, end, &clen));
	while (p < end)
	{
		const unsigned char *q = p + clen;

		/* plain Han after plain Han, which is most of a report: U+4000 to U+9FFF never leans on what is before it */
		if (m >= 0x4E00 && m <= 0x9FFF && !s->special)
			while (end - q >= 3 && q[0] >= 0xE4 && q[0] <= 0xE9 && s->n + 2 <= s->cap)
			{
				put(s, m, GG_AT(base + (p - (const unsigned char *) text), q - p));
				m = map[(q[0] & 0x0F) << 12 | (q[1] & 0x3F) << 6 | (q[2] & 0x3F)];
				p = q;
				q += 3;
				clen = 3;
				if (unlikely(m < 0x4E00 || m > 0x9FFF))
					break;
			}

		if (s->n + 2 > s->cap)
			break;
		if ((++seen & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		next = q < end ? look_up(map, decode(q, end, &nlen)) : 0;
		if (m != GG_CHAR_SLOW && next != GG_CHAR_SLOW)
		{
			uint32 at = GG_AT(base + (p - (const unsigned char *) text), clen);

			if (m >= 0x4E00 && m <= 0x9FFF && !s->special)
				put(s, m, at);
			else if (m != 0)
				push(s, m, at);
		}
		else
		{
			/* this character and all that lean on it */
			uint32 folded[GG_SLOW_UNITS];
			int n, chars = 1;

			if (s->n + GG_SLOW_UNITS + 2 > s->cap)
				break;
			while (q < end && next == GG_CHAR_SLOW && chars < GG_SLOW_CHARS)
			{
				q += nlen;
				chars++;
				next = q < end ? look_up(map, decode(q, end, &nlen)) : 0;
			}
			n = gg_icu_fold((const char *) p, q - p, folded, lengthof(folded));
			for (int i = 0; i < n; i++)
			{
				uint32 c = look_up(map, folded[i]);

				if (c == GG_CHAR_SLOW)
					c = folded[i];
				if (c != 0)
					push(s, c, GG_AT(base + (p - (const unsigned char *) text), q - p));
			}
		}
		p = q;
		m = next;
		clen = nlen;
	}
	return p - (const unsigned char *) text;
}
