/*
 * invalidate.c: which caches does a changed table make stale?
 *
 * A backend has room for ten relcache callbacks over all extensions together,
 * so this library registers one and routes. The callback sets flags only: it
 * may run where no catalog can be read.
 */
#include "base/base.h"
#include "base/watch.h"

#include "commands/trigger.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/rel.h"

static HTAB *watched = NULL;
static GgForgetRelation forget_relation[GG_MAX_FORGET];
static int nforget_relation = 0;

/* The entry of a table's name, made at need. */
GgWatched *
gg_watched(const char *name)
{
	bool found;
	GgWatched *w;
	char key[NAMEDATALEN];

	if (watched == NULL)
	{
		HASHCTL ctl = {0};

		ctl.keysize = NAMEDATALEN;
		ctl.entrysize = sizeof(GgWatched);
		ctl.hcxt = CacheMemoryContext;
		watched = hash_create("grid_gov watched tables", 64, &ctl,
							  HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	}
	strlcpy(key, name, NAMEDATALEN);
	w = hash_search(watched, key, HASH_ENTER, &found);
	if (!found)
	{
		w->relid = InvalidOid;
		w->nforget = 0;
	}
	return w;
}

/* Call forget whenever the named gov table may have changed. */
void
gg_watch_table(const char *name, GgForget forget)
{
	GgWatched *w = gg_watched(name);

	for (int i = 0; i < w->nforget; i++)
		if (w->forget[i] == forget)
			return;
	if (w->nforget >= GG_MAX_FORGET)
		elog(ERROR, "too many caches watch table gov.%s", name);
	w->forget[w->nforget++] = forget;
}

/* Call forget with the OID of every relation that may have changed. */
void
gg_watch_relations(GgForgetRelation forget)
{
	if (nforget_relation >= GG_MAX_FORGET)
		elog(ERROR, "too many caches watch relations");
	forget_relation[nforget_relation++] = forget;
}

/* Relcache callback: route to the caches made from this table (InvalidOid: from any). */
static void
relation_changed(Datum arg, Oid relid)
{
	HASH_SEQ_STATUS seq;
	GgWatched *w;

	for (int i = 0; i < nforget_relation; i++)
		forget_relation[i](relid);
	if (watched == NULL)
		return;
	hash_seq_init(&seq, watched);
	while ((w = hash_seq_search(&seq)) != NULL)
	{
		/* a table not looked up yet may be the one that was just created */
		if (OidIsValid(relid) && OidIsValid(w->relid) && w->relid != relid)
			continue;
		w->relid = InvalidOid;
		for (int i = 0; i < w->nforget; i++)
			w->forget[i]();
	}
}

/* Once a backend, from _PG_init. */
void
gg_base_init(void)
{
	CacheRegisterRelcacheCallback(relation_changed, (Datum) 0);
}

GG_FUNCTION(gg_announce_change);

/* announce_change(): statement trigger; tells all sessions, at commit, that the table's rows changed. */
Datum
gg_announce_change(PG_FUNCTION_ARGS)
{
	TriggerData *td = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by trigger manager", "announce_change")));
	CacheInvalidateRelcache(td->tg_relation);
	return PointerGetDatum(NULL);
}
