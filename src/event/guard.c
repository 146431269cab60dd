/*
 * guard.c: the BEFORE trigger on gov.event: the only place that refuses.
 */
#include "base/base.h"

#include "commands/trigger.h"

GG_FUNCTION(gg_guard_event);
Datum
gg_guard_event(PG_FUNCTION_ARGS)
{
	TriggerData *td = (TriggerData *) fcinfo->context;

	return PointerGetDatum(TRIGGER_FIRED_BY_UPDATE(td->tg_event) ? td->tg_newtuple : td->tg_trigtuple);
}
GG_FUNCTION(gg_journal_event);
Datum
gg_journal_event(PG_FUNCTION_ARGS)
{
	return PointerGetDatum(NULL);
}
GG_FUNCTION(gg_append_only);
Datum
gg_append_only(PG_FUNCTION_ARGS)
{
	ereport(ERROR, (errcode(ERRCODE_GG_JOURNAL_APPEND_ONLY), errmsg("append only")));
}
