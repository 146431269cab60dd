/*
 * errors.h: the SQLSTATEs of grid_gov. doc/errors.md is the same table for users.
 *
 * Class WG is ours (the standard reserves classes beginning with 0-4 and A-H).
 */
#ifndef GG_ERRORS_H
#define GG_ERRORS_H

#include "postgres.h"
#include "utils/elog.h"

#define ERRCODE_GG_ILLEGAL_TRANSITION MAKE_SQLSTATE('W', 'G', '0', '0', '1')
#define ERRCODE_GG_NOT_ENTITLED MAKE_SQLSTATE('W', 'G', '0', '0', '2')
#define ERRCODE_GG_NOTE_OR_ARG_MISSING MAKE_SQLSTATE('W', 'G', '0', '0', '3')
#define ERRCODE_GG_GUARD_REFUSED MAKE_SQLSTATE('W', 'G', '0', '0', '4')
#define ERRCODE_GG_OWNED_COLUMN MAKE_SQLSTATE('W', 'G', '0', '0', '5')
#define ERRCODE_GG_JOURNAL_APPEND_ONLY MAKE_SQLSTATE('W', 'G', '0', '0', '6')
#define ERRCODE_GG_OUTSIDE_CALENDAR MAKE_SQLSTATE('W', 'G', '0', '0', '7')
#define ERRCODE_GG_NO_GRID_HERE MAKE_SQLSTATE('W', 'G', '0', '0', '8')
#define ERRCODE_GG_NOT_ADMITTED MAKE_SQLSTATE('W', 'G', '0', '0', '9')
#define ERRCODE_GG_NOT_SET_UP MAKE_SQLSTATE('W', 'G', '0', '1', '0')

/*
 * May a subtransaction go on after this error? Not when it speaks of the session or
 * the server and not of the one row: cancelled, out of resources, serialization,
 * deadlock, a lock not to be had, a table that is gone.
 */
static inline bool
gg_is_of_the_row(int sqlstate)
{
	int class = ERRCODE_TO_CATEGORY(sqlstate);

	return class != ERRCODE_TO_CATEGORY(ERRCODE_QUERY_CANCELED) &&
		   class != ERRCODE_TO_CATEGORY(ERRCODE_INSUFFICIENT_RESOURCES) &&
		   class != ERRCODE_TO_CATEGORY(ERRCODE_TRANSACTION_ROLLBACK) &&
		   class != ERRCODE_TO_CATEGORY(ERRCODE_SYSTEM_ERROR) &&
		   sqlstate != ERRCODE_LOCK_NOT_AVAILABLE && sqlstate != ERRCODE_UNDEFINED_TABLE;
}

#endif /* GG_ERRORS_H */
