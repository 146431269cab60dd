/*
 * run_as.c: run a command with the rights of another role, and with no way back.
 *
 * Called by setup() and grant_access(), which a superuser may run over tables
 * of a city: under plain SET ROLE, a trigger of that city could RESET ROLE and
 * be superuser. It gives nobody a right: one must be allowed to SET ROLE.
 */
#include "base/base.h"

#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/jsonb.h"

GG_FUNCTION(gg_run_as);

/*
 * run_as(role regrole, command text) -> jsonb: the first column of the command's one row.
 * The command runs as the role in a security-restricted operation: it can neither change the role nor leave
 * work for the end of the transaction. Settings that it makes are undone. Errors: 42501 unless the caller may SET ROLE.
 */
Datum
gg_run_as(PG_FUNCTION_ARGS)
{
	Oid role = PG_GETARG_OID(0);
	char *command = text_to_cstring(PG_GETARG_TEXT_PP(1));
	MemoryContext caller = CurrentMemoryContext;
	Jsonb *result = NULL;
	Oid self;
	int context;
	int level;

	gg_check_can_set_role(GetUserId(), role);

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	GetUserIdAndSecContext(&self, &context);
	SetUserIdAndSecContext(role,
						   context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
	level = NewGUCNestLevel();

	if (SPI_execute(command, false, 1) != SPI_OK_SELECT || SPI_processed != 1 ||
		SPI_gettypeid(SPI_tuptable->tupdesc, 1) != JSONBOID)
		elog(ERROR, "run_as() expects a command that returns one jsonb");
	else
	{
		bool isnull;
		Datum d = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);

		if (!isnull)
		{
			MemoryContext spi = MemoryContextSwitchTo(caller);

			result = DatumGetJsonbPCopy(d);
			MemoryContextSwitchTo(spi);
		}
	}

	AtEOXact_GUC(false, level);
	SetUserIdAndSecContext(self, context);
	SPI_finish();
	if (result == NULL)
		PG_RETURN_NULL();
	PG_RETURN_JSONB_P(result);
}
