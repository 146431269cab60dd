/*
 * repair.c: redact() and reseal(): what the owner may lawfully do to a record, and leaves a trace of; journal_digest().
 *
 * The first two are called by the owner of gov only, and each is itself a step in the journal.
 */
#include "event/chain.h"
#include "event/guard.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"

/* Only the owner of gov, or a superuser: himself (NULL), or the person whom grid_gov.actor names. */
static const GgActor *
owner_only(const char *function)
{
	GgIdentity self;
	Oid caller = GetUserId();
	Oid owner;
	const GgActor *actor;

	gg_become_owner(gg_gov_table("event_log", false), &self);
	owner = GetUserId();
	gg_become_self(&self);
	if (caller != owner && !superuser_arg(caller))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("only the owner of gov may call %s()", function)));
	if (gg_actor_setting == NULL || gg_actor_setting[0] == '\0')
		return NULL;
	actor = gg_actor_copy(gg_actor_now());
	if (actor->kind != GG_ACTOR_STAFF)
		ereport(ERROR, (errcode(ERRCODE_GG_NOT_ENTITLED),
						errmsg("%s may not call %s()", actor->text, function),
						errhint("RESET grid_gov.actor, or set it to a person in gov.staff.")));
	return actor;
}

/* The step that tells of it. */
static void
tell(int64 event, const char *action, const char *reason, const char *args, const GgActor *actor)
{
	gg_person_step(event, action, reason, args, GetCurrentTimestamp(), actor,
				   actor != NULL ? GG_ROLE_OWNER : GG_ROLE_SYSTEM);
}

/* A reason is needed. */
static char *
reason_of(text *reason)
{
	char *r = text_to_cstring(reason);

	if (r[strspn(r, " \t\r\n")] == '\0')
		ereport(ERROR, (errcode(ERRCODE_GG_NOTE_OR_ARG_MISSING), errmsg("a reason is needed")));
	return r;
}

GG_FUNCTION(gg_redact);

/* redact(log_id, reason): take note and arguments of a step out of the record; the chain still verifies. Owner only. Not of redactions and reseals, which are the proof. */
Datum
gg_redact(PG_FUNCTION_ARGS)
{
	static GgPlan plan = {
		"UPDATE gov.event_note n SET note = NULL, args = NULL, salt = '', redacted_at = pg_catalog.clock_timestamp(), redacted_reason = $2"
		" FROM gov.event_log l WHERE l.id OPERATOR(pg_catalog.=) $1 AND n.event_id OPERATOR(pg_catalog.=) l.event_id"
		" AND n.seq OPERATOR(pg_catalog.=) l.seq AND n.redacted_at IS NULL"
		" AND l.action OPERATOR(pg_catalog.<>) ALL (ARRAY['redact', 'reseal']) RETURNING n.event_id, n.seq",
		2,
		{INT8OID, TEXTOID}};
	char *reason = reason_of(PG_GETARG_TEXT_PP(1));
	Datum v[2] = {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)};
	GgIdentity self;
	bool null;
	int64 event;
	int32 seq;
	const GgActor *actor = owner_only("redact");

	gg_become_owner(gg_gov_table("event_log", false), &self);
	SPI_connect();
	gg_execute(&plan, v, NULL, false, 0);
	if (SPI_processed == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("step %lld of the journal has no note that could be redacted",
							   (long long) PG_GETARG_INT64(0))));
	event = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null));
	seq = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &null));
	tell(event, "redact", reason, psprintf("{\"seq\": %d}", seq), actor);
	SPI_finish();
	gg_become_self(&self);
	PG_RETURN_VOID();
}

GG_FUNCTION(gg_reseal);

/* reseal(event, reason): name a lawful repair; verification then says "resealed" instead of a break, as long as nothing before it changes again. Owner only. */
Datum
gg_reseal(PG_FUNCTION_ARGS)
{
	static GgPlan plan = {
		"SELECT e.seq::integer, e.head::pg_catalog.bytea FROM gov.event e WHERE e.id OPERATOR(pg_catalog.=) $1 FOR NO KEY UPDATE",
		1,
		{INT8OID}};
	char *reason = reason_of(PG_GETARG_TEXT_PP(1));
	int64 event = PG_GETARG_INT64(0);
	Datum v = PG_GETARG_DATUM(0);
	const GgActor *actor = owner_only("reseal");
	GgIdentity self;
	bool null;
	int32 seq;
	Datum head;

	gg_become_owner(gg_gov_table("event_log", false), &self);
	SPI_connect();
	gg_execute(&plan, &v, NULL, false, 0);
	if (SPI_processed == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("event %lld does not exist", (long long) event)));
	seq = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null));
	head = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &null);
	tell(event, "reseal", reason, gg_seal(event, seq + 1, null ? NULL : DatumGetByteaPP(head)),
		 actor);
	SPI_finish();
	gg_become_self(&self);
	PG_RETURN_VOID();
}

GG_FUNCTION(gg_journal_digest);

/* journal_digest(day) -> bytea: made once, after the day, by the owner of the journal. WG004: the day is not over, or a step of it may still come. */
Datum
gg_journal_digest(PG_FUNCTION_ARGS)
{
	static GgPlan plan = {"SELECT grid_gov.journal_digest_row($1)", 1, {DATEOID}};
	Datum v = PG_GETARG_DATUM(0);
	bool null;
	Datum result = gg_ask_as_owner("journal_digest", &plan, &v, &null);

	if (null)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(result);
}
