/*
 * attempt.c: do something that may fail, and go on.
 *
 * Called where one bad item of many must not end the rest: batches of reports,
 * automatic steps. What failed is undone as by a savepoint.
 */
#include "base/base.h"

#include "access/xact.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

/* Run body in a subtransaction. NULL: it stands; else it is undone, and this is the error, in the caller's context. */
ErrorData *
gg_attempt(void (*body)(void *arg), void *arg)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	ErrorData *volatile error = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		body(arg);
		ReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
	}
	PG_END_TRY();
	/* it was not for this item alone */
	if (error != NULL && !gg_is_of_the_row(error->sqlerrcode))
		ReThrowError(error);
	return error;
}
