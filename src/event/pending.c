/*
 * pending.c: what the BEFORE trigger tells the AFTER trigger about a step.
 *
 * Kept for the transaction, by event and step number. A step that is rolled
 * back by a savepoint leaves its entry behind; the same number overwrites it.
 */
#include "event/event.h"

#include "utils/hsearch.h"
#include "utils/memutils.h"

static MemoryContext context = NULL;
static HTAB *pending = NULL;

/* Strings that are mostly the same from row to row of a bulk statement. */
static const char *shared[GG_SHARED];
static Jsonb *shared_args;

/* The transaction ends: the memory goes with it. */
static void
forget_pending(void *arg)
{
	context = NULL;
	pending = NULL;
	memset(shared, 0, sizeof(shared));
	shared_args = NULL;
}

/* A copy of the string for an entry; the last copy in this place serves again where it is equal. */
const char *
gg_pending_share(GgShared place, const char *text)
{
	if (text == NULL)
		return NULL;
	if (shared[place] == NULL || strcmp(shared[place], text) != 0)
		shared[place] = MemoryContextStrdup(gg_pending_context(), text);
	return shared[place];
}

/* Where the strings of entries live. */
MemoryContext
gg_pending_context(void)
{
	if (context == NULL)
	{
		MemoryContextCallback *cb;
		HASHCTL ctl = {0};

		context = AllocSetContextCreate(TopTransactionContext, "grid_gov pending steps",
										ALLOCSET_DEFAULT_SIZES);
		cb = MemoryContextAlloc(context, sizeof(MemoryContextCallback));
		cb->func = forget_pending;
		cb->arg = NULL;
		MemoryContextRegisterResetCallback(context, cb);
		ctl.keysize = sizeof(int64) * 2;
		ctl.entrysize = sizeof(GgPending);
		ctl.hcxt = context;
		pending =
			hash_create("grid_gov pending steps", 128, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	return context;
}

/* The same for arguments; NULL for none. */
Jsonb *
gg_pending_args(Jsonb *args)
{
	if (args == NULL)
		return NULL;
	if (shared_args == NULL || VARSIZE(shared_args) != VARSIZE(args) ||
		memcmp(shared_args, args, VARSIZE(args)) != 0)
	{
		shared_args = MemoryContextAlloc(gg_pending_context(), VARSIZE(args));
		memcpy(shared_args, args, VARSIZE(args));
	}
	return shared_args;
}

/* The entry's key: no padding may be undefined. */
static void
make_key(int64 event, int32 seq, int64 key[2])
{
	GgPending p;

	memset(&p, 0, offsetof(GgPending, log));
	p.event = event;
	p.seq = seq;
	memcpy(key, &p, sizeof(int64) * 2);
}

/* A new entry, empty but for its key. */
GgPending *
gg_pending_add(int64 event, int32 seq)
{
	int64 key[2];
	GgPending *p;

	(void) gg_pending_context();
	make_key(event, seq, key);
	p = hash_search(pending, key, HASH_ENTER, NULL);
	memset((char *) p + sizeof(int64) * 2, 0, sizeof(GgPending) - sizeof(int64) * 2);
	return p;
}

/*
 * The action of this step of the event where its tasks and requests are not
 * written yet, else NULL. head tells it from one that a savepoint took back.
 */
static const char *
pending_step(int64 event, int32 seq, const bytea *head)
{
	int64 key[2];
	GgPending *found;

	if (pending == NULL || head == NULL || VARSIZE_ANY_EXHDR(head) != GG_DIGEST)
		return NULL;
	make_key(event, seq, key);
	found = hash_search(pending, key, HASH_FIND, NULL);
	return found != NULL && found->touches_tasks &&
				   memcmp(found->hash, VARDATA_ANY(head), GG_DIGEST) == 0
			   ? found->log.action
			   : NULL;
}

/*
 * The AFTER trigger of the step before may be still to come: in RETURNING, or in
 * a city's AFTER trigger that sorts before ours. Its tasks and requests would be
 * opened and closed after those of this step: that is refused.
 */
void
gg_refuse_overtaking(const GgRow *old, const char *action)
{
	const char *before =
		pending_step(gg_int8(old, EV_ID), gg_int4(old, EV_SEQ),
					 gg_has(old, EV_HEAD) ? DatumGetByteaPP(old->v[EV_HEAD]) : NULL);

	if (before != NULL)
		ereport(
			ERROR,
			(errcode(ERRCODE_GG_GUARD_REFUSED),
			 errmsg(
				 "step \"%s\" on event %lld would overtake step \"%s\", whose tasks are not written yet",
				 action, (long long) gg_int8(old, EV_ID), before),
			 errhint(
				 "Take one step a statement. An AFTER trigger on gov.event that takes steps must have a name that sorts after zz_grid_gov_journal.")));
}

/* Does the step open or close tasks or requests? */
bool
gg_touches_tasks(const GgStep *step)
{
	const GgTransition *t = step->t;

	if (t == NULL)
		return false;
	for (int i = 0; i < t->neffects; i++)
		switch (t->effect[i].kind)
		{
			case GG_E_OPEN_TASK:
			case GG_E_SIGN_TASK:
			case GG_E_CLOSE_TASK:
			case GG_E_REOPEN_TASK:
			case GG_E_OPEN_REQUEST:
			case GG_E_ENDORSE_REQUEST:
			case GG_E_CLOSE_REQUEST:
			case GG_E_VOID_REQUESTS:
			case GG_E_EXEMPT_OVERDUE:
				return true;
			default:
				break;
		}
	return step->to != step->from && !step->wf->state[step->to].open;
}

/* The entry, or NULL. The caller is done with it at the end of its trigger call. */
GgPending *
gg_pending_take(int64 event, int32 seq)
{
	int64 key[2];
	GgPending *found;
	GgPending *copy;

	if (pending == NULL)
		return NULL;
	make_key(event, seq, key);
	found = hash_search(pending, key, HASH_FIND, NULL);
	if (found == NULL)
		return NULL;
	copy = palloc(sizeof(GgPending));
	memcpy(copy, found, sizeof(GgPending));
	hash_search(pending, key, HASH_REMOVE, NULL);
	return copy;
}
