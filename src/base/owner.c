/*
 * owner.c: act as the owner of a table, as foreign keys do.
 *
 * A SECURITY DEFINER function would hand the installer's superuser to whoever
 * can plant a trigger on a city's table; switching to that table's own owner
 * gives nobody more than they have.
 */
#include "base/base.h"

#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* Become the table's owner until gg_become_self(); an error restores the identity by itself. */
void
gg_become_owner(Oid table, GgIdentity *self)
{
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
	Oid owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", table);
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);

	GetUserIdAndSecContext(&self->user, &self->context);
	SetUserIdAndSecContext(owner,
						   self->context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
}

/* Be again who one was. */
void
gg_become_self(const GgIdentity *self)
{
	SetUserIdAndSecContext(self->user, self->context);
}

/* One value, found or made by the owner of the table. */
Datum
gg_ask_as_owner(const char *table, GgPlan *plan, Datum *values, bool *isnull)
{
	MemoryContext caller = CurrentMemoryContext;
	GgIdentity self;
	Datum result;

	gg_become_owner(gg_gov_table(table, false), &self);
	SPI_connect();
	gg_execute(plan, values, NULL, false, 0);
	if (SPI_processed != 1)
		elog(ERROR, "one row was expected of %s", plan->text);
	result = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, isnull);
	if (!*isnull)
	{
		int16 len;
		bool byval;

		get_typlenbyval(SPI_gettypeid(SPI_tuptable->tupdesc, 1), &len, &byval);
		MemoryContextSwitchTo(caller);
		result = datumCopy(result, byval, len);
	}
	SPI_finish();
	gg_become_self(&self);
	return result;
}
