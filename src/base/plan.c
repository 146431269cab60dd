/*
 * plan.c: run a statement whose plan is kept for the life of the backend.
 *
 * Called by shells only. The text never holds data; a plan never depends on it.
 */
#include "base/base.h"

#include "utils/guc.h"
#include "utils/plancache.h"
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
		SPIPlanPtr made =
			SPI_prepare_cursor(p->text, p->nargs, p->argtypes, CURSOR_OPT_GENERIC_PLAN);

		if (made == NULL)
			elog(ERROR, "SPI_prepare returned %s for %s", SPI_result_code_string(SPI_result),
				 p->text);
		SPI_keepplan(made);
		p->plan = made;
	}
	return p->plan;
}

/* A column's value as text, which must be there. */
char *
gg_required(HeapTuple tuple, TupleDesc desc, int n)
{
	char *value = SPI_getvalue(tuple, desc, n);

	if (value == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_GG_NOT_SET_UP),
				 errmsg("column \"%s\" of a table in schema gov is NULL where a value is needed",
						NameStr(TupleDescAttr(desc, n - 1)->attname)),
				 errhint("Give the row a value, and put the column's NOT NULL back.")));
	return value;
}

/* Has every statement of the plan its generic plan ready? */
static bool
is_planned(SPIPlanPtr plan)
{
	ListCell *lc;

	foreach (lc, SPI_plan_get_plan_sources(plan))
	{
		CachedPlanSource *source = lfirst(lc);

		if (!source->is_valid || source->gplan == NULL || !source->gplan->is_valid)
			return false;
	}
	return true;
}

/*
 * Run p with these parameters inside SPI_connect().
 *
 * All our statements look rows up by key. A plan that is made while a table is
 * empty would scan it, and go on doing so as the table grows: planning is done
 * with sequential scans discouraged.
 *
 * Like foreign keys (ri_triggers.c), a statement that may write or that judges
 * what others commit uses the latest snapshot, taken after the row lock.
 */
int
gg_execute(GgPlan *p, Datum *values, const char *nulls, bool read_only, long limit)
{
	int rc;
	MemoryContext caller = CurrentMemoryContext; /* SPI leaves its own as current */
	int nest = 0;

	if (!is_planned(gg_prepared(p)))
	{
		nest = NewGUCNestLevel();
		(void) set_config_option("enable_seqscan", "off", PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
		if (p->by_key)
		{
			(void) set_config_option("enable_hashjoin", "off", PGC_USERSET, PGC_S_SESSION,
									 GUC_ACTION_SAVE, true, 0, false);
			(void) set_config_option("enable_mergejoin", "off", PGC_USERSET, PGC_S_SESSION,
									 GUC_ACTION_SAVE, true, 0, false);
		}
		/* what scans being discouraged adds to the cost must not look like work for the compiler */
		(void) set_config_option("jit", "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
								 false);
	}
	/* in a SERIALIZABLE or REPEATABLE READ transaction what writes sees what was committed since, too */
	if (read_only)
		rc = SPI_execute_plan(p->plan, values, nulls, true, limit);
	else
		rc = SPI_execute_snapshot(p->plan, values, nulls, GetLatestSnapshot(), InvalidSnapshot,
								  false, true, limit);
	if (nest != 0)
		AtEOXact_GUC(true, nest);
	MemoryContextSwitchTo(caller);
	if (rc < 0)
		elog(ERROR, "%s returned %s for %s",
			 read_only ? "SPI_execute_plan" : "SPI_execute_snapshot", SPI_result_code_string(rc),
			 p->text);
	return rc;
}
