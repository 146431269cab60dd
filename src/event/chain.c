/*
 * chain.c: how does an event's chain stand in the tables, and what does a reseal bind of it?
 *
 * Called by verify_journal() and reseal(). A seal covers every row of the journal
 * before the reseal, with its hash and its note's digest as stored, and those notes
 * that are not what their step says. What is sound is left out of the latter: the
 * row's own digest covers it, and it may still be redacted. Reads only.
 */
#include "event/chain.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"

/* A digest column: false when it is NULL or of a wrong length. */
static bool
digest(HeapTuple t, TupleDesc d, int n, uint8 out[GG_DIGEST])
{
	bool null;
	Datum v = SPI_getbinval(t, d, n, &null);
	bytea *b;

	memset(out, 0, GG_DIGEST);
	if (null)
		return false;
	b = DatumGetByteaPP(v);
	if (VARSIZE_ANY_EXHDR(b) != GG_DIGEST)
		return false;
	memcpy(out, VARDATA_ANY(b), GG_DIGEST);
	return true;
}

/* A row of the journal as the digest sees it. */
static void
read_log(HeapTuple t, TupleDesc d, GgLogRow *l, uint8 hash[GG_DIGEST])
{
	bool null;

	memset(l, 0, sizeof(GgLogRow));
	l->event = DatumGetInt64(SPI_getbinval(t, d, 1, &null));
	l->seq = DatumGetInt32(SPI_getbinval(t, d, 2, &null));
	l->at = DatumGetTimestampTz(SPI_getbinval(t, d, 3, &null));
	l->recorded_at = DatumGetTimestampTz(SPI_getbinval(t, d, 4, &null));
	l->action = gg_required(t, d, 5);
	l->from = SPI_getvalue(t, d, 6);
	l->to = SPI_getvalue(t, d, 7);
	l->actor = SPI_getvalue(t, d, 8);
	l->role = SPI_getvalue(t, d, 9);
	l->outer_role = SPI_getvalue(t, d, 10);
	l->session_role = SPI_getvalue(t, d, 11);
	l->area = SPI_getvalue(t, d, 12);
	l->unit = SPI_getvalue(t, d, 13);
	l->due = DatumGetTimestampTz(SPI_getbinval(t, d, 14, &null));
	l->has_due = !null;
	l->stage_due = DatumGetTimestampTz(SPI_getbinval(t, d, 15, &null));
	l->has_stage_due = !null;
	l->backdated = DatumGetBool(SPI_getbinval(t, d, 16, &null));
	l->imported = DatumGetBool(SPI_getbinval(t, d, 17, &null));
	l->has_note = digest(t, d, 18, l->note_digest);
	digest(t, d, 19, l->facts_digest);
	digest(t, d, 20, hash);
}

/* The digest that this note gives with its salt. */
static void
digest_of(const char *note, Jsonb *args, bytea *salt, uint8 out[GG_DIGEST])
{
	gg_note_digest(salt ? (uint8 *) VARDATA_ANY(salt) : NULL, salt ? VARSIZE_ANY_EXHDR(salt) : -1,
				   note, args ? JsonbToCString(NULL, &args->root, VARSIZE(args)) : NULL, out);
}

/* Does the note that is stored beside the row still give its digest? Redacted notes have none to give. */
static const char *
note_fault(const GgLink *k, bool redacted, bool told)
{
	uint8 expected[GG_DIGEST];

	if (!k->log.has_note)
		return k->noted ? "a note stands beside a step that had none" : NULL;
	if (!k->noted)
		return "the note is missing";
	if (redacted)
	{
		/* a redaction is a step of its own, and leaves nothing behind by which the text could be guessed */
		if (k->note != NULL)
			return "the note is marked as redacted and is not empty";
		if (k->args != NULL)
			return "the arguments are marked as redacted and are not empty";
		if (VARSIZE_ANY_EXHDR(k->salt) != 0)
			return "the note is marked as redacted, and its salt is still there";
		if (!told)
			return "the note is marked as redacted, and no later step says so";
		return NULL;
	}
	digest_of(k->note, k->args, k->salt, expected);
	return memcmp(expected, k->log.note_digest, GG_DIGEST) == 0
			   ? NULL
			   : "the note is not the one that was written";
}

/* The note's columns, from the n-th on: note, args, salt. */
static void
read_note(HeapTuple t, TupleDesc d, int n, GgLink *k)
{
	bool null;
	Datum v;

	k->note = SPI_getvalue(t, d, n);
	v = SPI_getbinval(t, d, n + 1, &null);
	k->args = null ? NULL : DatumGetJsonbP(v);
	v = SPI_getbinval(t, d, n + 2, &null);
	k->noted = !null;
	k->salt = null ? NULL : DatumGetByteaPP(v);
}

/* A row of GG_CHAIN_ROWS. */
void
gg_read_link(HeapTuple t, TupleDesc d, GgLink *k)
{
	bool null;
	bool redacted;

	read_log(t, d, &k->log, k->hash);
	read_note(t, d, 21, k);
	(void) SPI_getbinval(t, d, 24, &null);
	redacted = !null;
	k->fault = note_fault(k, redacted, DatumGetBool(SPI_getbinval(t, d, 25, &null)));
}

/* A digest as an argument holds it. */
static char *
hex(const uint8 in[GG_DIGEST])
{
	char *out = palloc(GG_DIGEST * 2 + 1);

	out[hex_encode((const char *) in, GG_DIGEST, out)] = '\0';
	return out;
}

/* The digest of the rows so far goes on by this one, with the hash that is stored in it. */
static void
add_row(uint8 chain[GG_DIGEST], const GgLink *k)
{
	uint8 row[GG_DIGEST];

	gg_log_hash(&k->log, k->hash, row);
	gg_note_digest(chain, GG_DIGEST, hex(row), NULL, chain);
}

/* Is the row written as repair.c writes? GG_BY_OWNER asks the same. */
bool
gg_by_owner(const GgLogRow *l)
{
	return l->role != NULL &&
		   (strcmp(l->role, "owner") == 0 || (strcmp(l->role, "system") == 0 && l->actor != NULL &&
											  strcmp(l->actor, "system") == 0));
}

/* Has the argument this digest? */
static bool
says(const Jsonb *args, const char *name, const uint8 digest[GG_DIGEST])
{
	char *text = gg_arg(args, name);

	return text != NULL && strcmp(text, hex(digest)) == 0;
}

/* The argument's name for the note of a step. */
static char *
note_name(int32 seq)
{
	return psprintf("note_%d", seq);
}

/*
 * Walk the rows before `before` and the notes among them that have no row. out:
 * their digest and the odd notes become arguments. Else: are they those in args?
 */
static bool
walk(int64 event, int32 before, StringInfo out, const Jsonb *args)
{
	static GgPlan plan = {
		GG_CHAIN_ROWS
		" WHERE l.event_id OPERATOR(pg_catalog.=) $1 AND l.seq OPERATOR(pg_catalog.<) $2 ORDER BY l.seq",
		2,
		{INT8OID, INT4OID}};
	static GgPlan stray_plan = {
		"SELECT n.seq::integer, n.note, n.args::pg_catalog.jsonb, n.salt::pg_catalog.bytea FROM gov.event_note n"
		" WHERE n.event_id OPERATOR(pg_catalog.=) $1 AND n.seq OPERATOR(pg_catalog.<) $2"
		" AND NOT EXISTS (SELECT FROM gov.event_log l WHERE l.event_id OPERATOR(pg_catalog.=) n.event_id"
		"  AND l.seq OPERATOR(pg_catalog.=) n.seq) ORDER BY n.seq",
		2,
		{INT8OID, INT4OID}};
	Datum v[2] = {Int64GetDatum(event), Int32GetDatum(before)};
	uint8 chain[GG_DIGEST] = {0};
	bool same = true;

	for (int stray = 0; stray < 2; stray++)
	{
		SPITupleTable *found;
		uint64 n;

		/* to verify, the caller's snapshot; to seal, what stands now that the event is locked */
		gg_execute(stray ? &stray_plan : &plan, v, NULL, out == NULL, 0);
		found = SPI_tuptable;
		n = SPI_processed;
		for (uint64 i = 0; i < n; i++)
		{
			GgLink k = {0};
			uint8 noted[GG_DIGEST];

			CHECK_FOR_INTERRUPTS();
			if (stray)
			{
				bool null;

				k.log.seq = DatumGetInt32(SPI_getbinval(found->vals[i], found->tupdesc, 1, &null));
				read_note(found->vals[i], found->tupdesc, 2, &k);
			}
			else
			{
				gg_read_link(found->vals[i], found->tupdesc, &k);
				add_row(chain, &k);
				if (k.fault == NULL)
					continue;
			}
			digest_of(k.note, k.args, k.salt, noted);
			if (out != NULL)
				appendStringInfo(out, "\"%s\": \"%s\", ", note_name(k.log.seq), hex(noted));
			else
				same = same && says(args, note_name(k.log.seq), noted);
		}
		SPI_freetuptable(found);
	}
	if (out != NULL)
		appendStringInfo(out, "\"chain\": \"%s\"", hex(chain));
	return same && (out != NULL || says(args, "chain", chain));
}

/* What a reseal says of the chain before it and of the head that it follows; the event is locked. */
char *
gg_seal(int64 event, int32 before, const bytea *head)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	if (head != NULL && VARSIZE_ANY_EXHDR(head) == GG_DIGEST)
		appendStringInfo(&out, "\"head\": \"%s\", ", hex((const uint8 *) VARDATA_ANY(head)));
	(void) walk(event, before, &out, NULL);
	appendStringInfoChar(&out, '}');
	return out.data;
}

/* Does the chain before the reseal still stand as it found it? */
bool
gg_seal_holds(int64 event, int32 before, const Jsonb *args)
{
	return walk(event, before, NULL, args);
}

/* The head that the reseal followed; false: none. */
bool
gg_seal_head(const Jsonb *args, uint8 head[GG_DIGEST])
{
	char *text = gg_arg(args, "head");

	if (text == NULL || strlen(text) != GG_DIGEST * 2 ||
		strspn(text, "0123456789abcdef") != GG_DIGEST * 2)
		return false;
	hex_decode(text, GG_DIGEST * 2, (char *) head);
	return true;
}
