/*
 * digest.c: the bytes that the journal's hashes cover.
 *
 * Pure. The layout is part of the proof: a change of it needs a new
 * GG_DIGEST_FORMAT and both forms in verification. Every value is preceded by a
 * length or a presence byte, so that no two facts can run into each other.
 */
#include "event/event.h"
#include "event/enforce.h"

#include "common/cryptohash.h"
#include "common/sha2.h"
#include "lib/stringinfo.h"
#include "port/pg_bswap.h"

#define GG_DIGEST_FORMAT 1

StaticAssertDecl(GG_DIGEST == PG_SHA256_DIGEST_LENGTH, "digests are SHA-256");

/* SHA-256 of the buffer. */
static void
sha256(const StringInfo buf, uint8 out[GG_DIGEST])
{
	pg_cryptohash_ctx *ctx = pg_cryptohash_create(PG_SHA256);

	if (ctx == NULL || pg_cryptohash_init(ctx) < 0 ||
		pg_cryptohash_update(ctx, (const uint8 *) buf->data, buf->len) < 0 ||
		pg_cryptohash_final(ctx, out, GG_DIGEST) < 0)
		elog(ERROR, "could not compute SHA-256: %s", pg_cryptohash_error(ctx));
	pg_cryptohash_free(ctx);
}

/* Eight bytes, big-endian. */
static void
put_int8(StringInfo buf, int64 value)
{
	uint64 n = pg_hton64((uint64) value);

	appendBinaryStringInfo(buf, (char *) &n, sizeof(n));
}

/* Length and bytes; -1 for NULL. */
static void
put_bytes(StringInfo buf, const char *data, int len)
{
	uint32 n = pg_hton32((uint32) len);

	appendBinaryStringInfo(buf, (char *) &n, sizeof(n));
	if (len > 0)
		appendBinaryStringInfo(buf, data, len);
}

/* Text as bytes; NULL as -1. */
static void
put_text(StringInfo buf, const char *text)
{
	put_bytes(buf, text, text == NULL ? -1 : (int) strlen(text));
}

/* A column's value as eight bytes. */
static int64
fixed_value(GgType type, Datum v)
{
	switch (type)
	{
		case GG_I4:
		case GG_DA:
			return DatumGetInt32(v);
		case GG_I2:
			return DatumGetInt16(v);
		case GG_BO:
			return DatumGetBool(v) ? 1 : 0;
		default:
			return DatumGetInt64(v); /* int8, timestamptz, and the bits of a float8 */
	}
}

/* The digest of an event's facts. */
void
gg_facts_digest(const GgRow *row, uint8 out[GG_DIGEST])
{
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoChar(&buf, GG_DIGEST_FORMAT);
	for (int c = 0; c < EV_COUNT; c++)
	{
		GgType type = gg_column[c].type;

		if ((gg_column[c].flags & GG_FACT) == 0)
			continue;
		if (row->null[c])
			appendStringInfoChar(&buf, 0);
		else if (type == GG_TA)
		{
			/* the instants, not the array: the same on every machine */
			TimestampTz *at;
			int n = gg_times(row, c, &at);

			appendStringInfoChar(&buf, 3);
			put_int8(&buf, n);
			for (int i = 0; i < n; i++)
				put_int8(&buf, at[i]);
		}
		else if (type == GG_TX || type == GG_BY || type == GG_GE || type == GG_JS)
		{
			struct varlena *d = PG_DETOAST_DATUM_PACKED(row->v[c]);

			appendStringInfoChar(&buf, 2);
			put_bytes(&buf, VARDATA_ANY(d), VARSIZE_ANY_EXHDR(d));
			if ((Pointer) d != DatumGetPointer(row->v[c]))
				pfree(d);
		}
		else
		{
			appendStringInfoChar(&buf, 1);
			put_int8(&buf, fixed_value(type, row->v[c]));
		}
	}
	sha256(&buf, out);
	pfree(buf.data);
}

/* The hash of a journal row: its own columns, its two digests, and its predecessor's hash (NULL for the first). */
void
gg_log_hash(const GgLogRow *log, const uint8 *previous, uint8 out[GG_DIGEST])
{
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoChar(&buf, GG_DIGEST_FORMAT);
	put_bytes(&buf, (const char *) previous, previous == NULL ? -1 : GG_DIGEST);
	put_int8(&buf, log->event);
	put_int8(&buf, log->seq);
	put_int8(&buf, log->at);
	put_int8(&buf, log->recorded_at);
	put_text(&buf, log->action);
	put_text(&buf, log->from);
	put_text(&buf, log->to);
	put_text(&buf, log->actor);
	put_text(&buf, log->role);
	put_text(&buf, log->outer_role);
	put_text(&buf, log->session_role);
	put_text(&buf, log->area);
	put_text(&buf, log->unit);
	appendStringInfoChar(&buf, log->has_due ? 1 : 0);
	put_int8(&buf, log->has_due ? log->due : 0);
	appendStringInfoChar(&buf, log->has_stage_due ? 1 : 0);
	put_int8(&buf, log->has_stage_due ? log->stage_due : 0);
	appendStringInfoChar(&buf, log->backdated ? 1 : 0);
	appendStringInfoChar(&buf, log->imported ? 1 : 0);
	put_bytes(&buf, (const char *) log->note_digest, log->has_note ? GG_DIGEST : -1);
	put_bytes(&buf, (const char *) log->facts_digest, GG_DIGEST);
	sha256(&buf, out);
	pfree(buf.data);
}

/* The hash of a row of gov.own_log, likewise. */
void
gg_own_hash(const GgOwnRow *row, const uint8 *previous, uint8 out[GG_DIGEST])
{
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoChar(&buf, GG_DIGEST_FORMAT);
	put_bytes(&buf, (const char *) previous, previous == NULL ? -1 : GG_DIGEST);
	put_text(&buf, row->relation);
	put_text(&buf, row->column);
	put_text(&buf, row->key);
	put_int8(&buf, row->seq);
	put_text(&buf, row->workflow);
	put_int8(&buf, row->at);
	put_int8(&buf, row->recorded_at);
	put_text(&buf, row->action);
	put_text(&buf, row->from);
	put_text(&buf, row->to);
	put_text(&buf, row->actor);
	put_text(&buf, row->role);
	put_text(&buf, row->outer_role);
	put_text(&buf, row->session_role);
	put_text(&buf, row->area);
	put_bytes(&buf, (const char *) row->note_digest, row->has_note ? GG_DIGEST : -1);
	sha256(&buf, out);
	pfree(buf.data);
}

/* The salted digest of a note and its arguments (as jsonb prints them). */
void
gg_note_digest(const uint8 *salt, int saltlen, const char *note, const char *args,
			   uint8 out[GG_DIGEST])
{
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoChar(&buf, GG_DIGEST_FORMAT);
	put_bytes(&buf, (const char *) salt, saltlen);
	put_text(&buf, note);
	put_text(&buf, args);
	sha256(&buf, out);
	pfree(buf.data);
}
