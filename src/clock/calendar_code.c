/*
 * calendar_code.c: a calendar's rules as the bytes of a datum, and back.
 *
 * The bytes do not depend on the machine: 16 of digest (SHA-256 of the rest, cut),
 * a version, then numbers of 7 bits a byte. Nine years of holidays are about 700 bytes.
 * Only bytes that gg_rules_pack() wrote are ever read: receive goes through the text.
 */
#include "clock/calendar.h"

#include "common/cryptohash.h"
#include "common/sha2.h"
#include "lib/stringinfo.h"

#define CODE_VERSION 1

/* Distinct lists of spans and labels of one calendar. */
typedef struct Pool
{
	int nspans;
	const GgSpans **spans;
	int nlabels;
	const char **labels;
} Pool;

/* Write an unsigned number. */
static void
put(StringInfo out, uint32 v)
{
	while (v >= 0x80)
	{
		appendStringInfoCharMacro(out, (char) (v | 0x80));
		v >>= 7;
	}
	appendStringInfoCharMacro(out, (char) v);
}

/* Write a signed number. */
static void
put_signed(StringInfo out, int32 v)
{
	put(out, ((uint32) v << 1) ^ (uint32) (v >> 31));
}

/* Number of a list of spans in the pool, from 1; 0 for none. */
static int
pool_spans(Pool *pool, const GgSpans *spans)
{
	if (spans->n == 0)
		return 0;
	for (int i = 0; i < pool->nspans; i++)
		if (gg_spans_equal(pool->spans[i], spans))
			return i + 1;
	pool->spans[pool->nspans++] = spans;
	return pool->nspans;
}

/* Number of a label in the pool, from 1; 0 for none. */
static int
pool_label(Pool *pool, const char *label)
{
	if (label == NULL)
		return 0;
	for (int i = 0; i < pool->nlabels; i++)
		if (strcmp(pool->labels[i], label) == 0)
			return i + 1;
	pool->labels[pool->nlabels++] = label;
	return pool->nlabels;
}

/* Write one rule; dates are told from the end of the rule before. */
static void
put_rule(StringInfo out, Pool *pool, const GgRule *rule, DateADT *last)
{
	put_signed(out, rule->from - *last);
	put(out, (uint32) (rule->to - rule->from));
	*last = rule->to;
	put(out, rule->hours == GG_HOURS_SPANS ? 2 + pool_spans(pool, &rule->spans) - 1
										   : (uint32) rule->hours);
	put(out, pool_label(pool, rule->label));
}

/* The datum of canonical rules. */
struct varlena *
gg_rules_pack(const GgRules *rules)
{
	StringInfoData body, head;
	int n = rules->nseasons + rules->ndates;
	Pool pool = {0};
	DateADT last = 0;
	uint8 digest[PG_SHA256_DIGEST_LENGTH];
	pg_cryptohash_ctx *hash;
	struct varlena *result;
	Size size;

	pool.spans = palloc((n + 7) * sizeof(GgSpans *));
	pool.labels = palloc((n + 1) * sizeof(char *));
	initStringInfo(&body);
	for (int i = 0; i < 7; i++)
		put(&body, pool_spans(&pool, &rules->week[i]));
	put(&body, rules->nseasons);
	for (int i = 0; i < rules->nseasons; i++)
	{
		put(&body, rules->seasons[i].weekdays);
		put_rule(&body, &pool, &rules->seasons[i], &last);
	}
	put(&body, rules->ndates);
	for (int i = 0; i < rules->ndates; i++)
		put_rule(&body, &pool, &rules->dates[i], &last);
	initStringInfo(&head);
	put(&head, CODE_VERSION);
	put(&head, strlen(rules->zone));
	appendStringInfoString(&head, rules->zone);
	put(&head, rules->day_minutes);
	put(&head, rules->has_valid);
	if (rules->has_valid)
	{
		put_signed(&head, rules->valid_from);
		put(&head, (uint32) (rules->valid_to - rules->valid_from));
	}
	put(&head, pool.nspans);
	for (int i = 0; i < pool.nspans; i++)
	{
		put(&head, pool.spans[i]->n);
		for (int j = 0; j < pool.spans[i]->n; j++)
		{
			put(&head, pool.spans[i]->span[j].open);
			put(&head, pool.spans[i]->span[j].close);
		}
	}
	put(&head, pool.nlabels);
	for (int i = 0; i < pool.nlabels; i++)
	{
		put(&head, strlen(pool.labels[i]));
		appendStringInfoString(&head, pool.labels[i]);
	}
	appendBinaryStringInfo(&head, body.data, body.len);
	hash = pg_cryptohash_create(PG_SHA256);
	if (hash == NULL || pg_cryptohash_init(hash) < 0 ||
		pg_cryptohash_update(hash, (uint8 *) head.data, head.len) < 0 ||
		pg_cryptohash_final(hash, digest, sizeof(digest)) < 0)
		elog(ERROR, "could not compute the digest of a calendar");
	pg_cryptohash_free(hash);
	size = VARHDRSZ + GG_DIGEST + head.len;
	result = palloc(size);
	SET_VARSIZE(result, size);
	memcpy(VARDATA(result), digest, GG_DIGEST);
	memcpy(VARDATA(result) + GG_DIGEST, head.data, head.len);
	return result;
}

/* Bytes being read. */
typedef struct Bytes
{
	const uint8 *p;
	const uint8 *end;
} Bytes;

/* The datum is damaged. */
pg_noreturn static void
damaged(void)
{
	ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("stored work_calendar is damaged")));
}

/* Read an unsigned number not above a bound. */
static uint32
get(Bytes *b, uint32 bound)
{
	uint32 v = 0;

	for (int shift = 0; shift < 35; shift += 7)
	{
		if (b->p >= b->end)
			damaged();
		v |= (uint32) (*b->p & 0x7F) << shift;
		if (!(*b->p++ & 0x80))
		{
			if (v > bound)
				damaged();
			return v;
		}
	}
	damaged();
}

/* Read a signed number. */
static int32
get_signed(Bytes *b)
{
	uint32 v = get(b, PG_UINT32_MAX);

	return (int32) ((v >> 1) ^ -(v & 1));
}

/* Read a string of this many bytes. */
static const char *
get_string(Bytes *b)
{
	uint32 len = get(b, (uint32) (b->end - b->p));
	const char *s = pnstrdup((const char *) b->p, len);

	b->p += len;
	return s;
}

/* Read one rule. */
static void
get_rule(Bytes *b, GgRule *rule, DateADT *last, uint32 nspans, GgSpans *spans, uint32 nlabels,
		 const char **labels)
{
	uint32 v;

	rule->from = *last + get_signed(b);
	rule->to = rule->from + (int32) get(b, PG_INT32_MAX);
	*last = rule->to;
	v = get(b, nspans + 1);
	rule->hours = v < 2 ? (GgHours) v : GG_HOURS_SPANS;
	if (v >= 2)
		rule->spans = spans[v - 2];
	v = get(b, nlabels);
	rule->label = v ? labels[v - 1] : NULL;
}

/* Read a datum (any header, not compressed) into rules in the current memory context. */
void
gg_rules_unpack(struct varlena *hours, GgRules *rules)
{
	Bytes b;
	uint32 nspans, nlabels;
	GgSpans *spans;
	const char **labels;
	DateADT last = 0;

	memset(rules, 0, sizeof(*rules));
	if (VARSIZE_ANY_EXHDR(hours) < GG_DIGEST + 1)
		damaged();
	b.p = (const uint8 *) VARDATA_ANY(hours) + GG_DIGEST;
	b.end = (const uint8 *) VARDATA_ANY(hours) + VARSIZE_ANY_EXHDR(hours);
	if (get(&b, PG_UINT32_MAX) != CODE_VERSION)
		damaged();
	rules->zone = get_string(&b);
	rules->day_minutes = (int) get(&b, GG_DAY_MINUTES);
	rules->has_valid = get(&b, 1) != 0;
	if (rules->has_valid)
	{
		rules->valid_from = get_signed(&b);
		rules->valid_to = rules->valid_from + (int32) get(&b, PG_INT32_MAX);
	}
	nspans = get(&b, 2 * GG_MAX_RULES);
	spans = palloc0((nspans + 1) * sizeof(GgSpans));
	for (uint32 i = 0; i < nspans; i++)
	{
		spans[i].n = (int) get(&b, GG_MAX_SPANS);
		spans[i].span = palloc((spans[i].n + 1) * sizeof(GgSpan));
		for (int j = 0; j < spans[i].n; j++)
		{
			spans[i].span[j].open = (int16) get(&b, GG_DAY_MINUTES);
			spans[i].span[j].close = (int16) get(&b, 2 * GG_DAY_MINUTES);
		}
	}
	nlabels = get(&b, GG_MAX_RULES);
	labels = palloc((nlabels + 1) * sizeof(char *));
	for (uint32 i = 0; i < nlabels; i++)
		labels[i] = get_string(&b);
	for (int i = 0; i < 7; i++)
	{
		uint32 v = get(&b, nspans);

		if (v)
			rules->week[i] = spans[v - 1];
	}
	rules->nseasons = (int) get(&b, GG_MAX_SEASONS);
	rules->seasons = palloc0((rules->nseasons + 1) * sizeof(GgRule));
	for (int i = 0; i < rules->nseasons; i++)
	{
		rules->seasons[i].weekdays = (uint8) get(&b, 0x7F);
		get_rule(&b, &rules->seasons[i], &last, nspans, spans, nlabels, labels);
	}
	rules->ndates = (int) get(&b, GG_MAX_RULES);
	rules->dates = palloc0((rules->ndates + 1) * sizeof(GgRule));
	for (int i = 0; i < rules->ndates; i++)
		get_rule(&b, &rules->dates[i], &last, nspans, spans, nlabels, labels);
	if (b.p != b.end)
		damaged();
}
