/*
 * plan.c: run a statement whose plan is kept for the life of the backend.
 *
 * Called by shells only. The text never holds data; a plan never depends on it.
 */
#include "base/base.h"

#include "utils/snapmgr.h"

/* The kept plan, made if needed. Inside SPI_connect(). */
SPIPlanPtr
gg_prepared(GgPlan *p)
{
	if (p->plan != NULL && !SPI_plan_is_valid(p->plan))
	{
		SPI_freeplan(p->plan);
		p->plan = NULL;
	}
	if (p->plan == NULL)
	{
		SPIPlanPtr made = SPI_prepare(p->text, p->nargs, p->argtypes);

		if (made == NULL)
			elog(ERROR, "SPI_prepare returned %s for %s", SPI_result_code_string(SPI_result),
				 p->text);
		SPI_keepplan(made);
		p->plan = made;
	}
	return p->plan;
}

/*
 * Run p with these parameters inside SPI_connect().
 *
 * Like foreign keys (ri_triggers.c), a statement that may write or that judges
 * what others commit uses the latest snapshot, taken after the row lock.
 */
int
gg_execute(GgPlan *p, Datum *values, const char *nulls, bool read_only, long limit)
{
	Snapshot snapshot;
	int rc;
	MemoryContext caller = CurrentMemoryContext; /* SPI leaves its own as current */

	gg_prepared(p);
	if (read_only)
	{
		rc = SPI_execute_plan(p->plan, values, nulls, true, limit);
		MemoryContextSwitchTo(caller);
		if (rc < 0)
			elog(ERROR, "SPI_execute_plan returned %s for %s", SPI_result_code_string(rc), p->text);
		return rc;
	}

	/* in a SERIALIZABLE or REPEATABLE READ transaction this, too, sees what was committed since */
	snapshot = GetLatestSnapshot();
	rc =
		SPI_execute_snapshot(p->plan, values, nulls, snapshot, InvalidSnapshot, false, true, limit);
	MemoryContextSwitchTo(caller);
	if (rc < 0)
		elog(ERROR, "SPI_execute_snapshot returned %s for %s", SPI_result_code_string(rc), p->text);
	return rc;
}
