/*
 * guard.c: the BEFORE trigger on gov.event: the only place that refuses.
 *
 * Fires for every writer. It fills what is NULL in a new event, judges a step,
 * carries it out on its own row, and tells the AFTER trigger about it. It
 * writes to no other table and no other row.
 */
#include "event/event.h"
#include "event/guard.h"

#include "access/table.h"
#include "catalog/dependency.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

static HeapTuple guard_insert(TriggerData *td);
static HeapTuple guard_update(TriggerData *td);

GG_FUNCTION(gg_guard_event);

/* guard_event(): BEFORE INSERT OR UPDATE OR DELETE row trigger. Errors: WG001-WG005, WG007-WG010. */
Datum
gg_guard_event(PG_FUNCTION_ARGS)
{
	TriggerData *td = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(td->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(td->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired BEFORE, for each row", "guard_event")));
	if (TRIGGER_FIRED_BY_INSERT(td->tg_event))
		return PointerGetDatum(guard_insert(td));
	if (TRIGGER_FIRED_BY_UPDATE(td->tg_event))
		return PointerGetDatum(guard_update(td));
	ereport(ERROR,
			(errcode(ERRCODE_GG_JOURNAL_APPEND_ONLY), errmsg("events cannot be deleted"),
			 errdetail("An event and its journal are the record of what was done."),
			 errhint("Use step \"void\" or \"withdraw\"; a test database is dropped as a whole.")));
}

/* May the step take effect when it says, in the area of its event? */
static void
check_backdating(const GgStep *step, const GgRow *row)
{
	int minutes;

	if (!step->backdated)
		return;
	(void) gg_acts_in(step->actor, gg_has(row, EV_AREA) ? gg_text(row, EV_AREA) : "", &minutes);
	if (minutes <= 0)
		ereport(
			ERROR,
			(errcode(ERRCODE_GG_GUARD_REFUSED), errmsg("this session may not give a step's time"),
			 errhint(
				 "gov.actor_proxy.backdate_minutes allows it to a session role that acts for others in the event's area.")));
	if (step->at > step->recorded_at ||
		step->at < step->recorded_at - minutes * INT64CONST(60000000))
		ereport(ERROR,
				(errcode(ERRCODE_GG_GUARD_REFUSED),
				 errmsg("a step cannot take effect at %s", timestamptz_to_str(step->at)),
				 errdetail("It may lie at most %d minutes back, and not in the future.", minutes)));
}

/* Who acts and when: the true clock, or args.at where that is allowed. */
void
gg_step_time(GgStep *step, const GgRow *row)
{
	TimestampTz at;

	step->recorded_at = GetCurrentTimestamp();
	step->at = step->recorded_at;
	if (row != NULL && gg_has(row, EV_LAST_AT) && step->at < gg_time(row, EV_LAST_AT))
		step->at = gg_time(row, EV_LAST_AT);
	if (!gg_arg_time(step->args, "at", &at))
		return;
	step->at = at;
	step->backdated = true;
	if (row == NULL)
		return; /* the place of a new event comes first */
	check_backdating(step, row);
	if (gg_has(row, EV_LAST_AT) && at < gg_time(row, EV_LAST_AT))
		ereport(ERROR, (errcode(ERRCODE_GG_GUARD_REFUSED),
						errmsg("a step cannot take effect at %s", timestamptz_to_str(at)),
						errdetail("The previous step took effect later.")));
}

/* What every step writes at its end: trace, hash, and the message to the AFTER trigger. */
static void
finish(GgStep *step, GgRow *row, const GgRow *old, const char *action)
{
	GgPending *p;
	int32 seq = old == NULL ? 1 : gg_int4(old, EV_SEQ) + 1;
	int64 event = gg_int8(row, EV_ID);
	char *args =
		step->args != NULL ? JsonbToCString(NULL, &step->args->root, VARSIZE(step->args)) : NULL;
	const uint8 *previous = NULL;
	const char *from = step->from < 0 ? NULL : step->wf->state[step->from].name;
	uint8 chain[GG_DIGEST];
	bool import = old == NULL && gg_importing();
	bytea *head;

	if (import)
		gg_import_last(row, step->wf, &action, &seq, &from);
	gg_set_null(row, EV_ACTION);
	gg_set_null(row, EV_ACTION_NOTE);
	gg_set_null(row, EV_ACTION_ARGS);
	gg_set(row, EV_SEQ, Int32GetDatum(seq));
	gg_set_text(row, EV_LAST_ACTION, action);
	gg_set(row, EV_LAST_AT, TimestampTzGetDatum(step->at));
	gg_plan_alert(row, step->at, old);
	gg_plan_auto(row, step->wf);

	p = gg_pending_add(event, seq);
	p->touches_tasks = gg_touches_tasks(step);
	p->step = *step;
	p->step.wf = NULL;
	p->step.t = NULL;
	p->step.actor = NULL;
	p->step.note = NULL;
	p->step.args = NULL;
	p->step.actor_unit = gg_pending_share(GG_SHARED_ACTOR_UNIT, step->actor_unit);
	p->note = gg_pending_share(GG_SHARED_NOTE, step->note && *step->note ? step->note : NULL);
	p->args = gg_pending_args(step->args);
	p->workflow = gg_pending_share(GG_SHARED_WORKFLOW, step->wf->name);
	if (step->actor->kind == GG_ACTOR_CITIZEN)
		p->citizen_key = gg_pending_share(GG_SHARED_KEY, step->actor->key);
	p->log.event = event;
	p->log.seq = seq;
	p->log.at = step->at;
	p->log.recorded_at = step->recorded_at;
	p->log.action = gg_pending_share(GG_SHARED_ACTION, action);
	p->log.from = gg_pending_share(GG_SHARED_FROM, from);
	p->log.to = gg_pending_share(GG_SHARED_TO, step->wf->state[step->to].name);
	p->log.actor = gg_pending_share(GG_SHARED_ACTOR, step->actor->text);
	p->log.role = gg_role_name[step->role];
	p->log.outer_role =
		gg_pending_share(GG_SHARED_OUTER, GetUserNameFromId(GetOuterUserId(), false));
	p->log.session_role =
		gg_pending_share(GG_SHARED_SESSION, GetUserNameFromId(GetSessionUserId(), false));
	p->log.area = gg_pending_share(GG_SHARED_AREA, gg_text(row, EV_AREA));
	p->log.unit = gg_pending_share(GG_SHARED_UNIT, gg_text(row, EV_UNIT));
	p->log.has_due = gg_has(row, EV_DUE_AT);
	p->log.due = p->log.has_due ? gg_time(row, EV_DUE_AT) : 0;
	p->log.has_stage_due = gg_has(row, EV_STAGE_DUE_AT);
	p->log.stage_due = p->log.has_stage_due ? gg_time(row, EV_STAGE_DUE_AT) : 0;
	p->log.backdated = step->backdated;
	p->log.imported = gg_bool(row, EV_IMPORTED);

	if (p->note != NULL || args != NULL)
	{
		if (!pg_strong_random(p->salt, sizeof(p->salt)))
			ereport(ERROR,
					(errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not generate random values")));
		p->log.has_note = true;
		gg_note_digest(p->salt, sizeof(p->salt), p->note, args, p->log.note_digest);
	}
	gg_facts_digest(row, p->log.facts_digest);
	if (old != NULL && gg_has(old, EV_HEAD))
	{
		bytea *b = DatumGetByteaPP(old->v[EV_HEAD]);

		if (VARSIZE_ANY_EXHDR(b) == GG_DIGEST)
			previous = (const uint8 *) VARDATA_ANY(b);
	}
	if (import && gg_import_chain(row, step->wf, &p->log, chain, NULL))
		previous = chain;
	gg_log_hash(&p->log, previous, p->hash);
	head = palloc(VARHDRSZ + GG_DIGEST);
	SET_VARSIZE(head, VARHDRSZ + GG_DIGEST);
	memcpy(VARDATA(head), p->hash, GG_DIGEST);
	gg_set(row, EV_HEAD, PointerGetDatum(head));
}

/* Reason and arguments as they come with the statement. */
static void
take_words(GgStep *step, const GgRow *row)
{
	step->note = gg_text(row, EV_ACTION_NOTE);
	step->args = gg_has(row, EV_ACTION_ARGS) ? DatumGetJsonbP(row->v[EV_ACTION_ARGS]) : NULL;
	if (step->args != NULL && !JB_ROOT_IS_OBJECT(step->args))
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the arguments of a step are a JSON object, not %s",
					JsonbToCString(NULL, &step->args->root, VARSIZE(step->args))),
			 errhint("For example {\"unit\": \"cg\"}; doc/event.md lists what each step takes.")));
}

/* The master that a step names is one that the writer sees: what another area knows is not told to him. */
static void
check_master(const GgStep *step)
{
	int64 master;

	if (!gg_arg_int8(step->args, "master_id", &master))
		return;
	SPI_connect();
	if (!gg_visible(master))
		gg_not_visible(master);
	SPI_finish();
}

/* Numbers come from the sequence: one that was not given out yet would stand in somebody else's way. */
static void
check_number(const GgRow *row)
{
	LOCAL_FCINFO(fcinfo, 1);
	Oid events = gg_gov_table("event", false);
	AttrNumber id = get_attnum(events, "id");
	Relation rel = table_open(events, NoLock);
	bool has_sequence = TupleDescAttr(RelationGetDescr(rel), id - 1)->attidentity != '\0';
	Datum given_out = (Datum) 0;

	InitFunctionCallInfoData(*fcinfo, NULL, 1, InvalidOid, NULL, NULL);
	if (has_sequence)
	{
		fcinfo->args[0].value = ObjectIdGetDatum(gg_identity_sequence(rel, id));
		fcinfo->args[0].isnull = false;
		given_out = pg_sequence_last_value(fcinfo);
	}
	table_close(rel, NoLock);
	if (has_sequence && (fcinfo->isnull || gg_int8(row, EV_ID) > DatumGetInt64(given_out)))
		ereport(ERROR, (errcode(ERRCODE_GG_OWNED_COLUMN),
						errmsg("event number %lld was not given out by the table's sequence",
							   (long long) gg_int8(row, EV_ID)),
						errhint("Leave out column \"id\"; the sequence is raised by its owner.")));
}

/* INSERT: a report. */
static HeapTuple
guard_insert(TriggerData *td)
{
	TupleDesc desc = RelationGetDescr(td->tg_relation);
	const GgMap *map = gg_map(td->tg_relation);
	GgRow row;
	GgStep step = {0};
	GgIdentity self;
	GgRefusal *refusal;
	HeapTuple result;
	MemoryContext caller = CurrentMemoryContext;

	gg_row_load(map, desc, td->tg_trigtuple, &row);
	gg_refuse_unfit_new(&row);
	if (gg_has(&row, EV_ACTION) && !gg_is(&row, EV_ACTION, "report"))
		ereport(ERROR, (errcode(ERRCODE_GG_ILLEGAL_TRANSITION),
						errmsg("a new event begins with step \"report\", not \"%s\"",
							   gg_text(&row, EV_ACTION))));
	take_words(&step, &row);
	step.actor = gg_importing() ? &gg_actor_owner : gg_actor_now();
	step.from = -1;
	gg_step_time(&step, NULL);
	gg_hold_calendars(false);

	gg_fill_place(&row, step.actor, step.at);
	check_backdating(&step, &row);
	gg_fill_category(&row);
	step.wf = gg_workflow_for_area(gg_text(&row, EV_AREA));
	step.t = gg_transition(step.wf, -1, "report");
	if (step.t == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_GG_NOT_SET_UP),
				 errmsg("workflow \"%s\" has no step \"report\" from (new)", step.wf->name)));
	gg_set_text(&row, EV_WORKFLOW, step.wf->name);
	if (!gg_importing())
		gg_set(&row, EV_REPORTED_AT, TimestampTzGetDatum(step.at));
	if (step.actor->kind == GG_ACTOR_STAFF)
		gg_set(&row, EV_REPORTER, Int64GetDatum(step.actor->id));

	gg_become_owner(RelationGetRelid(td->tg_relation), &self);
	SPI_connect();
	if (self.user != GetUserId() && !superuser_arg(self.user))
		check_number(&row);
	refusal = gg_importing() ? NULL : gg_legal(&step, &row, &gg_ask_world, true);
	if (gg_importing())
		gg_import_row(&step, &row);
	else if (refusal == NULL)
		refusal = gg_change(&step, &row, &gg_ask_world);
	if (refusal != NULL)
		gg_raise(refusal);

	if (!gg_has(&row, EV_CASE_NO))
	{
		const GgCalendar *c = gg_calendar_by_id(gg_calendar_for_area(gg_text(&row, EV_AREA)));
		TimestampTz reported = gg_time(&row, EV_REPORTED_AT);
		DateADT day =
			c != NULL ? gg_due_day(reported + 1, c) : (DateADT) (reported / USECS_PER_DAY);
		int y, m, d;

		j2date(day + POSTGRES_EPOCH_JDATE, &y, &m, &d);
		gg_set_text(&row, EV_CASE_NO,
					psprintf("%.6s-%04d%02d%02d-%08lld", gg_text(&row, EV_AREA), y, m, d,
							 (long long) gg_int8(&row, EV_ID)));
	}
	gg_set_limits(&row);
	for (int c = 0; c < EV_COUNT; c++)
		if (row.null[c] && gg_column[c].flags != GG_INPUT &&
			(gg_column[c].type == GG_BO || gg_column[c].type == GG_I4 ||
			 gg_column[c].type == GG_I2) &&
			c != EV_SEQ)
			gg_set(&row, c, (Datum) 0);
	finish(&step, &row, NULL, "report");
	MemoryContextSwitchTo(caller); /* the result outlives SPI_finish() */
	result = gg_row_store(map, desc, td->tg_trigtuple, &row);
	SPI_finish();
	gg_become_self(&self);
	return result;
}

/* The step that SET state means: the only one to that state that is open to this actor. */
static const GgTransition *
step_to_state(GgStep *step, const GgRow *row, const char *to)
{
	int target = gg_state_of(step->wf, to);
	const GgTransition *found = NULL;
	int n = 0;
	char *before = gg_text(row, EV_BEFORE_STATE);

	for (int i = 0; i < step->wf->ntransitions && target >= 0; i++)
	{
		const GgTransition *t = &step->wf->transition[i];

		if ((t->from & (UINT64CONST(1) << step->from)) == 0)
			continue;
		if (t->to != target &&
			!(t->to == GG_TO_BEFORE && before != NULL && strcmp(before, to) == 0))
			continue;
		step->t = t;
		if (gg_legal(step, row, &gg_ask_world, false) != NULL)
			continue;
		found = t;
		n++;
	}
	if (n != 1)
		ereport(
			ERROR,
			(errcode(ERRCODE_GG_ILLEGAL_TRANSITION),
			 errmsg("cannot move event %lld from state \"%s\" to \"%s\"",
					(long long) gg_int8(row, EV_ID), step->wf->state[step->from].name, to),
			 n == 0
				 ? errdetail(
					   "No step from here to there is open to %s. State \"%s\" knows the steps: %s.",
					   step->actor->text, step->wf->state[step->from].name,
					   gg_actions_from(step->wf, step->from))
				 : errdetail("%d steps lead there and are open to %s.", n, step->actor->text),
			 errhint(
				 "Name the step: UPDATE gov.event SET action = ..., or grid_gov.act(). grid_gov.allowed_actions(event) lists them.")));
	return found;
}

/* UPDATE: a step, or a change of columns that are not ours. */
static HeapTuple
guard_update(TriggerData *td)
{
	TupleDesc desc = RelationGetDescr(td->tg_relation);
	const GgMap *map = gg_map(td->tg_relation);
	GgRow old;
	GgRow row;
	GgStep step = {0};
	GgIdentity self;
	GgRefusal *refusal;
	char *action;
	char *to_state = NULL;
	bool quiet = false;
	bool system;
	bool own;
	HeapTuple result;
	MemoryContext caller = CurrentMemoryContext;

	gg_row_load(map, desc, td->tg_trigtuple, &old);
	gg_row_load(map, desc, td->tg_newtuple, &row);

	system = gg_system_pass(gg_int8(&old, EV_ID), &step.at, &quiet);
	if (system && quiet)
	{
		bool forget_auto = gg_has(&old, EV_NEXT_AUTO_AT) && !gg_has(&row, EV_NEXT_AUTO_AT);

		row = old;
		if (forget_auto)
		{
			/* what is due already was tried; what is due later, because rows or a calendar changed, is planned */
			gg_plan_auto(&row, gg_workflow(gg_text(&row, EV_WORKFLOW)));
			if (gg_has(&row, EV_NEXT_AUTO_AT) && gg_time(&row, EV_NEXT_AUTO_AT) <= step.at)
				gg_set_null(&row, EV_NEXT_AUTO_AT);
		}
		else
			gg_plan_alert(&row, step.at, NULL);
		return gg_row_store(map, desc, td->tg_newtuple, &row);
	}

	action = gg_text(&row, EV_ACTION);
	for (int c = 0; c < EV_COUNT; c++)
	{
		if ((gg_column[c].flags & GG_INPUT) != 0 || gg_column_equal(c, &old, &row))
			continue;
		if (c == EV_STATE && !row.null[c])
		{
			to_state = gg_text(&row, EV_STATE);
			continue;
		}
		ereport(
			ERROR,
			(errcode(ERRCODE_GG_OWNED_COLUMN),
			 errmsg("column \"%s\" of event %lld is written by the guard only", gg_column[c].name,
					(long long) gg_int8(&old, EV_ID)),
			 errhint(
				 "Place and item are corrected by the steps \"hand_over\" and \"correct_category\"; states move by SET action.")));
	}
	take_words(&step, &row);
	if (action == NULL && to_state == NULL)
	{
		if (step.note != NULL || step.args != NULL)
			ereport(ERROR,
					(errcode(ERRCODE_GG_NOTE_OR_ARG_MISSING),
					 errmsg("action_note and action_args belong to a step, and there is none"),
					 errhint("Set action in the same UPDATE.")));
		return td->tg_newtuple; /* columns of the city's own */
	}

	gg_hold_calendars(false);

	/* the row's own facts are what is judged */
	row = old;
	gg_row_check(&row);
	gg_refuse_overtaking(&old, action != NULL ? action : to_state);
	step.wf = gg_workflow(gg_text(&old, EV_WORKFLOW));
	step.from = gg_state_of(step.wf, gg_text(&old, EV_STATE));
	if (step.from < 0)
		ereport(ERROR,
				(errcode(ERRCODE_GG_NOT_SET_UP),
				 errmsg("state \"%s\" of event %lld does not exist in workflow \"%s\"",
						gg_text(&old, EV_STATE), (long long) gg_int8(&old, EV_ID), step.wf->name)));
	if (system)
	{
		step.actor = gg_pass_actor(&step.role);
		step.recorded_at = GetCurrentTimestamp();
		if (gg_has(&old, EV_LAST_AT) && step.at < gg_time(&old, EV_LAST_AT))
			step.at = gg_time(&old, EV_LAST_AT);
		if (step.at > step.recorded_at)
			step.recorded_at = step.at;
	}
	else
	{
		step.actor = gg_actor_now();
		gg_step_time(&step, &old);
		check_master(&step);
	}

	gg_become_owner(RelationGetRelid(td->tg_relation), &self);
	SPI_connect();
	own = system && gg_own_step(&step, &row, action);
	if (own)
		; /* judged and done */
	else if (action == NULL)
		step.t = step_to_state(&step, &row, to_state);
	else
	{
		step.t = gg_transition(step.wf, step.from, action);
		if (step.t == NULL)
			ereport(
				ERROR,
				(errcode(ERRCODE_GG_ILLEGAL_TRANSITION),
				 errmsg("cannot take step \"%s\" on event %lld in state \"%s\"", action,
						(long long) gg_int8(&old, EV_ID), step.wf->state[step.from].name),
				 errdetail("State \"%s\" (%s) allows: %s.", step.wf->state[step.from].name,
						   step.wf->state[step.from].title, gg_actions_from(step.wf, step.from)),
				 errhint(
					 "grid_gov.allowed_actions(event) lists what is open to you and why the rest is not.")));
	}
	refusal = own ? NULL : gg_legal(&step, &row, &gg_ask_world, true);
	if (refusal == NULL && !own)
		refusal = gg_change(&step, &row, &gg_ask_world);
	if (refusal != NULL)
		gg_raise(refusal);
	if (action != NULL && to_state != NULL && strcmp(to_state, step.wf->state[step.to].name) != 0)
		ereport(ERROR, (errcode(ERRCODE_GG_OWNED_COLUMN),
						errmsg("step \"%s\" leads to state \"%s\", not to \"%s\"", action,
							   step.wf->state[step.to].name, to_state)));
	finish(&step, &row, &old, own ? action : step.t->action);
	MemoryContextSwitchTo(caller); /* the result outlives SPI_finish() */
	result = gg_row_store(map, desc, td->tg_newtuple, &row);
	SPI_finish();
	gg_become_self(&self);
	return result;
}

GG_FUNCTION(gg_guard_truncate);

/* guard_truncate(): BEFORE TRUNCATE statement trigger: events cannot be emptied (WG006). */
Datum
gg_guard_truncate(PG_FUNCTION_ARGS)
{
	ereport(ERROR, (errcode(ERRCODE_GG_JOURNAL_APPEND_ONLY), errmsg("events cannot be truncated"),
					errdetail("Events and their journal are the record of what was done.")));
}

GG_FUNCTION(gg_append_only);

/* append_only(), guard_truncate(): refuse changes to the journal (WG006) by all but superusers and the table's owner. */
Datum
gg_append_only(PG_FUNCTION_ARGS)
{
	TriggerData *td = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by trigger manager", "append_only")));
	if (!superuser() && td->tg_relation->rd_rel->relowner != GetUserId())
		ereport(
			ERROR,
			(errcode(ERRCODE_GG_JOURNAL_APPEND_ONLY),
			 errmsg("table \"%s\" is append-only", RelationGetRelationName(td->tg_relation)),
			 errhint(
				 "A text is taken out by grid_gov.redact(), a lawful repair is named by grid_gov.reseal().")));
	if (TRIGGER_FIRED_BY_UPDATE(td->tg_event))
		return PointerGetDatum(td->tg_newtuple);
	return PointerGetDatum(td->tg_trigtuple);
}
