/*
 * zone.c: wall time to instants, through PostgreSQL's own zone data.
 *
 * A wall time that a change of the clocks skips moves forward by the gap; one that
 * comes twice is the first of the two. Called when a calendar is read or built.
 */
#include "clock/zone.h"

#include "miscadmin.h"

/*
 * The IANA names with digits. Any other would be read as a POSIX rule, whose sign is a trap,
 * and so would one of these that the machine's data lack: it would come back in capitals.
 */
static const char *const with_digits[] = {
	"EST5EDT",   "CST6CDT",    "MST7MDT",    "PST8PDT",    "GMT0",       "GMT+0",
	"GMT-0",     "Etc/GMT0",   "Etc/GMT+0",  "Etc/GMT-0",  "Etc/GMT+1",  "Etc/GMT+2",
	"Etc/GMT+3", "Etc/GMT+4",  "Etc/GMT+5",  "Etc/GMT+6",  "Etc/GMT+7",  "Etc/GMT+8",
	"Etc/GMT+9", "Etc/GMT+10", "Etc/GMT+11", "Etc/GMT+12", "Etc/GMT-1",  "Etc/GMT-2",
	"Etc/GMT-3", "Etc/GMT-4",  "Etc/GMT-5",  "Etc/GMT-6",  "Etc/GMT-7",  "Etc/GMT-8",
	"Etc/GMT-9", "Etc/GMT-10", "Etc/GMT-11", "Etc/GMT-12", "Etc/GMT-13", "Etc/GMT-14"};

/* What stands beside the zones in their directory: not the same everywhere, or no zone at all. */
static const char *const not_zones[] = {"localtime", "posixrules", "Factory", "posix/", "right/"};

/* The zone's name as the zone data spell it, NULL for what is not an IANA zone. */
const char *
gg_zone_name(const char *name)
{
	const char *digits = strpbrk(name, "0123456789<>,");
	const char *known = NULL;
	const char *spelt;
	pg_tz *tz;

	for (int i = 0; i < (int) lengthof(not_zones); i++)
	{
		size_t len = strlen(not_zones[i]);

		/* A directory stands for all that is in it. */
		if (pg_strncasecmp(name, not_zones[i], len) == 0 &&
			(name[len] == '\0' || not_zones[i][len - 1] == '/'))
			return NULL;
	}
	for (int i = 0; digits != NULL && known == NULL && i < (int) lengthof(with_digits); i++)
		if (pg_strcasecmp(name, with_digits[i]) == 0)
			known = with_digits[i];
	if (digits != NULL && known == NULL)
		return NULL;
	tz = pg_tzset(name);
	if (tz == NULL || !pg_tz_acceptable(tz))
		return NULL;
	spelt = pg_get_timezone_name(tz);
	if (known != NULL && strcmp(spelt, known) != 0)
		return NULL;
	return pstrdup(spelt);
}

/* Collect the offsets in force from lo to hi (Unix seconds). */
void
gg_offsets_collect(GgOffsets *offsets, pg_tz *tz, int64 lo, int64 hi)
{
	int max = 64;
	pg_time_t t = (pg_time_t) lo;

	offsets->n = 0;
	offsets->now = 0;
	offsets->stretch = palloc(max * sizeof(GgStretch));
	for (;;)
	{
		long before, after;
		int before_dst, after_dst;
		pg_time_t boundary;
		int res = pg_next_dst_boundary(&t, &before, &before_dst, &boundary, &after, &after_dst, tz);

		CHECK_FOR_INTERRUPTS();
		if (res < 0)
			ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
							errmsg("time zone \"%s\" has no data for this time",
								   pg_get_timezone_name(tz))));
		if (offsets->n == 0)
		{
			offsets->stretch[0].from = lo;
			offsets->stretch[0].offset = before;
			offsets->n = 1;
		}
		if (res == 0 || boundary > hi)
			break;
		if (after != offsets->stretch[offsets->n - 1].offset)
		{
			if (offsets->n == max)
			{
				max *= 2;
				offsets->stretch = repalloc(offsets->stretch, max * sizeof(GgStretch));
			}
			offsets->stretch[offsets->n].from = boundary;
			offsets->stretch[offsets->n].offset = after;
			offsets->n++;
		}
		t = boundary;
	}
}

/* The instant of a wall time, both in seconds. Ask in ascending order (small steps back are allowed). */
int64
gg_instant(GgOffsets *offsets, int64 wall)
{
	const GgStretch *s = offsets->stretch;
	int i = offsets->now;

	while (i > 0 && wall - s[i - 1].offset < s[i].from)
		i--;
	while (i + 1 < offsets->n && wall - s[i].offset >= s[i + 1].from)
		i++;
	offsets->now = i;
	/* Skipped by the change that begins this stretch: by the old clock it is that much later. */
	if (i > 0 && wall - s[i].offset < s[i].from)
		return wall - s[i - 1].offset;
	return wall - s[i].offset;
}
