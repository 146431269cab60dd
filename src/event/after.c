/*
 * after.c: the AFTER trigger on gov.event: journal, tasks, effects on other events.
 *
 * Fires once for each stored row. It checks that the row is the one that the
 * guard judged, and writes as the owner of gov. It refuses nothing that the
 * guard allowed.
 */
#include "event/event.h"
#include "event/after.h"

#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "utils/builtins.h"

static bytea *
bytes(const uint8 *data, int len)
{
	bytea *b = palloc(VARHDRSZ + len);

	SET_VARSIZE(b, VARHDRSZ + len);
	memcpy(VARDATA(b), data, len);
	return b;
}

/* Append a step's row to the journal. */
static void
write_log(const GgLogRow *l, const uint8 *hash)
{
	static GgPlan plan = {
		"INSERT INTO gov.event_log (event_id, seq, at, recorded_at, action, from_state, to_state, actor, role, outer_role,"
		" session_role, area, unit, due_at, stage_due_at, backdated, imported, note_digest, facts_digest, hash)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
		20,
		{INT8OID,        INT4OID, TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID,  TEXTOID, TEXTOID,
		 TEXTOID,        TEXTOID, TEXTOID,        TEXTOID,        TEXTOID,  TEXTOID, TIMESTAMPTZOID,
		 TIMESTAMPTZOID, BOOLOID, BOOLOID,        BYTEAOID,       BYTEAOID, BYTEAOID}};
	static GgDirect direct = {"event_log",
							  20,
							  {"event_id", "seq",         "at",           "recorded_at",
							   "action",   "from_state",  "to_state",     "actor",
							   "role",     "outer_role",  "session_role", "area",
							   "unit",     "due_at",      "stage_due_at", "backdated",
							   "imported", "note_digest", "facts_digest", "hash"},
							  plan.argtypes};
	bool null[20];
	Datum v[20];
	char n[21] = "                    ";

	v[0] = Int64GetDatum(l->event);
	v[1] = Int32GetDatum(l->seq);
	v[2] = TimestampTzGetDatum(l->at);
	v[3] = TimestampTzGetDatum(l->recorded_at);
	v[4] = CStringGetTextDatum(l->action);
	v[5] = l->from ? CStringGetTextDatum(l->from) : (Datum) 0;
	v[6] = CStringGetTextDatum(l->to);
	v[7] = CStringGetTextDatum(l->actor);
	v[8] = CStringGetTextDatum(l->role);
	v[9] = CStringGetTextDatum(l->outer_role);
	v[10] = CStringGetTextDatum(l->session_role);
	v[11] = CStringGetTextDatum(l->area);
	v[12] = l->unit ? CStringGetTextDatum(l->unit) : (Datum) 0;
	v[13] = TimestampTzGetDatum(l->due);
	v[14] = TimestampTzGetDatum(l->stage_due);
	v[15] = BoolGetDatum(l->backdated);
	v[16] = BoolGetDatum(l->imported);
	v[17] = PointerGetDatum(bytes(l->note_digest, GG_DIGEST));
	v[18] = PointerGetDatum(bytes(l->facts_digest, GG_DIGEST));
	v[19] = PointerGetDatum(bytes(hash, GG_DIGEST));
	if (l->from == NULL)
		n[5] = 'n';
	if (l->unit == NULL)
		n[12] = 'n';
	if (!l->has_due)
		n[13] = 'n';
	if (!l->has_stage_due)
		n[14] = 'n';
	if (!l->has_note)
		n[17] = 'n';
	for (int i = 0; i < 20; i++)
		null[i] = n[i] == 'n';
	if (!gg_direct_insert(&direct, v, null))
		gg_execute(&plan, v, n, false, 0);
}

/* Append the note and arguments, if any, with their salt. */
static void
write_note(const GgPending *p)
{
	static GgPlan plan = {
		"INSERT INTO gov.event_note (event_id, seq, note, args, salt) VALUES ($1, $2, $3, $4, $5)",
		5,
		{INT8OID, INT4OID, TEXTOID, JSONBOID, BYTEAOID}};
	Datum v[5] = {Int64GetDatum(p->log.event), Int32GetDatum(p->log.seq),
				  p->note ? CStringGetTextDatum(p->note) : (Datum) 0,
				  p->args ? JsonbPGetDatum(p->args) : (Datum) 0,
				  PointerGetDatum(bytes(p->salt, sizeof(p->salt)))};
	static GgDirect direct = {
		"event_note", 5, {"event_id", "seq", "note", "args", "salt"}, plan.argtypes};
	char n[6] = "     ";
	bool null[5] = {false, false, p->note == NULL, p->args == NULL, false};

	if (!p->log.has_note || gg_direct_insert(&direct, v, null))
		return;
	if (p->note == NULL)
		n[2] = 'n';
	if (p->args == NULL)
		n[3] = 'n';
	gg_execute(&plan, v, n, false, 0);
}

/* A new event: the citizen's key, and the source's number. */
static void
write_intake(const GgAfter *a)
{
	static GgPlan key_plan = {
		"INSERT INTO gov.event_private (event_id, reporter_key) VALUES ($1, $2)"
		" ON CONFLICT (event_id) DO UPDATE SET reporter_key = EXCLUDED.reporter_key",
		2,
		{INT8OID, TEXTOID}};
	static GgPlan plan = {
		"INSERT INTO gov.intake (source, external_id, event_id, received_at, times) VALUES ($1, $2, $3, $4, $5)",
		5,
		{TEXTOID, TEXTOID, INT8OID, TIMESTAMPTZOID, INT4OID}};
	static GgDirect direct = {"intake",
							  5,
							  {"source", "external_id", "event_id", "received_at", "times"},
							  plan.argtypes,
							  .holds = {"event_id", "event", "id"}};
	static const bool null[5] = {false};

	if (a->p->citizen_key != NULL)
	{
		Datum v[2] = {Int64GetDatum(a->event), CStringGetTextDatum(a->p->citizen_key)};

		gg_execute(&key_plan, v, NULL, false, 0);
	}
	if (gg_has(&a->row, EV_EXTERNAL_ID))
	{
		Datum v[5] = {a->row.v[EV_SOURCE], a->row.v[EV_EXTERNAL_ID], Int64GetDatum(a->event),
					  TimestampTzGetDatum(a->p->log.recorded_at), Int32GetDatum(1)};

		if (!gg_direct_insert(&direct, v, null))
			gg_execute(&plan, v, NULL, false, 0);
	}
}

/* The steps of slaves, in order of id. wait false: those that somebody else holds are left out. */
void
gg_follow_master(int64 master, const char *state, bool forced, int64 new_master, TimestampTz at,
				 bool wait)
{
	static GgPlan plan = {"SELECT e.id FROM gov.event e WHERE e.master_id OPERATOR(pg_catalog.=) $1"
						  " AND e.state OPERATOR(pg_catalog.=) 'merged' ORDER BY e.id",
						  1,
						  {INT8OID}};
	static GgPlan free_plan = {
		"SELECT e.id FROM gov.event e WHERE e.master_id OPERATOR(pg_catalog.=) $1"
		" AND e.state OPERATOR(pg_catalog.=) 'merged' ORDER BY e.id FOR NO KEY UPDATE SKIP LOCKED",
		1,
		{INT8OID}};
	static const char *const matters[] = {"closed", "forced_closed", "cancelled", "not_accepted",
										  "merged"};
	Datum v = Int64GetDatum(master);
	int n;
	int64 *slave;
	bool any = false;

	for (int i = 0; i < lengthof(matters); i++)
		any = any || strcmp(state, matters[i]) == 0;
	if (!any)
		return;

	gg_execute(wait ? &plan : &free_plan, &v, NULL, false, 0);
	n = (int) SPI_processed;
	slave = palloc(sizeof(int64) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		bool null;

		slave[i] =
			DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &null));
	}
	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (strcmp(state, "closed") == 0 || strcmp(state, "forced_closed") == 0)
			gg_system_step(slave[i], "close_with_master", NULL,
						   forced ? "{\"forced\": true}" : NULL, at);
		else if (strcmp(state, "cancelled") == 0 || strcmp(state, "not_accepted") == 0)
			gg_system_step(slave[i], "unmerge",
						   psprintf("主案 %lld 未办理,恢复独立办理", (long long) master), NULL, at);
		else if (strcmp(state, "merged") == 0)
			gg_system_step(slave[i], "repoint", NULL,
						   psprintf("{\"master_id\": %lld}", (long long) new_master), at);
	}
}

/* Somebody wrote to a row between the guard and us. */
static void
meddled(int64 event)
{
	ereport(
		ERROR,
		(errcode(ERRCODE_GG_OWNED_COLUMN),
		 errmsg("event %lld was changed between the guard and the journal", (long long) event),
		 errhint(
			 "A trigger that sorts after zz_grid_gov_guard writes to the guard's columns; grid_gov.check_setup() names it.")));
}

/* What is no fact, and would be taken for a step or a link of the chain later. */
static bool
is_as_left(const GgRow *row, const GgPending *p)
{
	bytea *head = gg_has(row, EV_HEAD) ? DatumGetByteaPP(row->v[EV_HEAD]) : NULL;

	return !gg_has(row, EV_ACTION) && !gg_has(row, EV_ACTION_NOTE) &&
		   !gg_has(row, EV_ACTION_ARGS) && head != NULL && VARSIZE_ANY_EXHDR(head) == GG_DIGEST &&
		   memcmp(VARDATA_ANY(head), p->hash, GG_DIGEST) == 0;
}

/* Without a step no fact may differ, and nothing may be left to be taken for a step later. */
static void
refuse_meddling(const GgRow *old, const GgRow *row)
{
	for (int c = 0; c < EV_COUNT; c++)
		if (c != EV_NEXT_ALERT_AT && c != EV_NEXT_AUTO_AT && !gg_column_equal(c, old, row))
			meddled(gg_int8(old, EV_ID));
}

GG_FUNCTION(gg_journal_event);

/* journal_event(): AFTER INSERT OR UPDATE row trigger. Errors: WG005 when the row is not the one that was judged. */
Datum
gg_journal_event(PG_FUNCTION_ARGS)
{
	TriggerData *td = (TriggerData *) fcinfo->context;
	HeapTuple tuple;
	const GgMap *map;
	TupleDesc desc;
	GgAfter a;
	GgRow old;
	uint8 digest[GG_DIGEST];
	GgPending *p;
	const GgWorkflow *wf;
	const GgTransition *t;
	GgIdentity self;
	bool insert;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_AFTER(td->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(td->tg_event) || TRIGGER_FIRED_BY_DELETE(td->tg_event))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("function \"%s\" must be fired AFTER INSERT OR UPDATE, for each row",
							   "journal_event")));
	insert = TRIGGER_FIRED_BY_INSERT(td->tg_event);
	tuple = insert ? td->tg_trigtuple : td->tg_newtuple;
	map = gg_map(td->tg_relation);
	desc = RelationGetDescr(td->tg_relation);
	memset(&a, 0, sizeof(a));
	gg_row_load(map, desc, tuple, &a.row);
	a.event = gg_int8(&a.row, EV_ID);
	if (!insert)
	{
		gg_row_load(map, desc, td->tg_trigtuple, &old);
		if (gg_int4(&old, EV_SEQ) == gg_int4(&a.row, EV_SEQ))
		{
			/* no step: the city's own columns, or the sweeper's; ours are as they were */
			refuse_meddling(&old, &a.row);
			return PointerGetDatum(NULL);
		}
		a.old = &old;
		a.has_old_due_day = gg_has(&old, EV_DUE_DAY);
		a.old_due_day = old.v[EV_DUE_DAY];
		a.has_old_category = gg_has(&old, EV_CATEGORY);
		a.old_category = old.v[EV_CATEGORY];
		/* before the first dispatch there is at most the one task of a verification */
		a.had_tasks = gg_has(&old, EV_DISPATCHED_AT) || gg_bool(&old, EV_IMPORTED) ||
					  !gg_is(&old, EV_STATE, "pending_dispatch");
	}

	p = gg_pending_take(a.event, gg_int4(&a.row, EV_SEQ));
	if (p != NULL)
		gg_facts_digest(&a.row, digest);
	if (p == NULL || memcmp(digest, p->log.facts_digest, GG_DIGEST) != 0 || !is_as_left(&a.row, p))
		meddled(a.event);
	a.p = p;
	if (strncmp(p->log.actor, "staff:", 6) == 0)
		a.actor_id = strtoll(p->log.actor + 6, NULL, 10);

	wf = gg_workflow(p->workflow);
	t = gg_transition(wf, p->log.from ? gg_state_of(wf, p->log.from) : -1, p->log.action);
	gg_become_owner(RelationGetRelid(td->tg_relation), &self);
	SPI_connect();
	if (insert && p->log.imported)
	{
		uint8 chain[GG_DIGEST];

		(void) gg_import_chain(&a.row, wf, &p->log, chain, write_log);
	}
	write_log(&p->log, p->hash);
	write_note(p);
	if (insert)
		write_intake(&a);
	if (!insert)
		gg_tasks_follow(&a);
	if (strcmp(p->log.action, "reproject") == 0)
		(void) gg_tasks_reproject(a.event, true);
	if (insert && p->log.imported)
		gg_import_task(&a);
	else if (t != NULL)
	{
		gg_apply_tasks(&a, wf, t);
		if (p->log.from == NULL || strcmp(p->log.from, p->log.to) != 0)
			gg_follow_master(a.event, p->log.to, gg_bool(&a.row, EV_FORCED),
							 gg_int8(&a.row, EV_MASTER_ID), p->log.at, true);
	}
	SPI_finish();
	gg_become_self(&self);
	return PointerGetDatum(NULL);
}
