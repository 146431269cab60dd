/*
 * worker.c: a background worker that calls sweep() every so often.
 *
 * Registered by _PG_init when the library is in shared_preload_libraries: one
 * worker a database of grid_gov.worker_databases. It connects as
 * grid_gov.worker_role, which needs nothing but EXECUTE on sweep(), and does
 * what any scheduler would: SELECT grid_gov.sweep(). An error is logged and the
 * next round comes; it knows no rule and writes nothing itself.
 */
#include "event/event.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/varlena.h"

#define RESTART_SECONDS 10

pg_noreturn extern PGDLLEXPORT void gg_worker_main(Datum arg);

static char *worker_databases = NULL;
static char *worker_role = NULL;
static int worker_interval = 60;

/* One worker for this database. */
static void
register_worker(const char *database)
{
	BackgroundWorker worker = {0};

	worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
	worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
	worker.bgw_restart_time = RESTART_SECONDS;
	strlcpy(worker.bgw_library_name, "grid_gov", sizeof(worker.bgw_library_name));
	strlcpy(worker.bgw_function_name, "gg_worker_main", sizeof(worker.bgw_function_name));
	snprintf(worker.bgw_name, BGW_MAXLEN, "grid_gov sweeper for database \"%s\"", database);
	strlcpy(worker.bgw_type, "grid_gov sweeper", sizeof(worker.bgw_type));
	strlcpy(worker.bgw_extra, database, sizeof(worker.bgw_extra));
	RegisterBackgroundWorker(&worker);
}

#define LIST_DETAIL "It is not a comma-separated list of database names."
#define LIST_HINT                                                                                  \
	"Write the names with one comma between two, and none at the end: 'binzhou, city2'. A name with capitals stands in double quotes."

/* A stray comma would leave every city without its sweeps: refused where it is written. */
static bool
check_worker_databases(char **newval, void **extra, GucSource source)
{
	char *list = pstrdup(*newval);
	List *names;
	bool good = SplitIdentifierString(list, ',', &names);

	if (!good)
	{
		GUC_check_errdetail("%s", LIST_DETAIL);
		GUC_check_errhint("%s", LIST_HINT);
	}
	list_free(names);
	pfree(list);
	return good;
}

/*
 * A wrong list in the configuration file: a warning is all that the server makes of it when
 * it defines the setting, but one without its workers must not start unnoticed.
 */
static void
refuse_wrong_list(void)
{
	const char *given = GetConfigOption("grid_gov.worker_databases", true, false);
	List *names;

	if (given != NULL && !SplitIdentifierString(pstrdup(given), ',', &names))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("invalid value for parameter \"%s\": \"%s\"",
							   "grid_gov.worker_databases", given),
						errdetail("%s", LIST_DETAIL), errhint("%s", LIST_HINT)));
}

/* Define the settings; in the postmaster register the workers. */
void
gg_worker_init(void)
{
	bool preloading = process_shared_preload_libraries_in_progress;
	char *list;
	List *names;
	ListCell *lc;

	if (preloading)
		refuse_wrong_list();

	DefineCustomStringVariable("grid_gov.worker_databases",
							   "Databases in which a background worker calls grid_gov.sweep().",
							   "A comma-separated list, empty for none. It takes effect at server "
							   "start, with grid_gov in shared_preload_libraries.",
							   &worker_databases, "", preloading ? PGC_POSTMASTER : PGC_SIGHUP,
							   GUC_LIST_INPUT, check_worker_databases, NULL, NULL);
	DefineCustomStringVariable("grid_gov.worker_role",
							   "Role as which the background worker connects.",
							   "It must be allowed to log in and may not be a superuser; it needs "
							   "EXECUTE on grid_gov.sweep(). Empty: the worker does nothing.",
							   &worker_role, "", PGC_SIGHUP, 0, NULL, NULL, NULL);
	DefineCustomIntVariable(
		"grid_gov.worker_interval", "Seconds from the end of one sweep to the next.", NULL,
		&worker_interval, 60, 1, 86400, PGC_SIGHUP, GUC_UNIT_S, NULL, NULL, NULL);
	if (!preloading || worker_databases[0] == '\0')
		return;

	list = pstrdup(worker_databases);
	(void) SplitIdentifierString(list, ',', &names);
	foreach (lc, names)
		register_worker((char *) lfirst(lc));
	list_free(names);
	pfree(list);
}

/* Sleep for so long, or until a signal; a changed configuration is read. true: nothing disturbed the sleep. */
static bool
rest(long milliseconds)
{
	int rc = WaitLatch(MyLatch,
					   WL_LATCH_SET | WL_EXIT_ON_PM_DEATH | (milliseconds >= 0 ? WL_TIMEOUT : 0),
					   milliseconds, PG_WAIT_EXTENSION);

	ResetLatch(MyLatch);
	CHECK_FOR_INTERRUPTS();
	if (ConfigReloadPending)
	{
		ConfigReloadPending = false;
		ProcessConfigFile(PGC_SIGHUP);
	}
	return (rc & WL_LATCH_SET) == 0;
}

/* One sweep in a transaction of its own, where there is something to sweep. An error is logged and forgotten. */
static void
sweep_once(void)
{
	SetCurrentStatementStartTimestamp();
	PG_TRY();
	{
		StartTransactionCommand();
		PushActiveSnapshot(GetTransactionSnapshot());
		if (OidIsValid(get_extension_oid("grid_gov", true)) &&
			OidIsValid(gg_gov_table("event", true)))
		{
			pgstat_report_activity(STATE_RUNNING, "SELECT grid_gov.sweep()");
			SPI_connect();
			SPI_execute("SELECT grid_gov.sweep()", false, 0);
			SPI_finish();
		}
		PopActiveSnapshot();
		CommitTransactionCommand();
	}
	PG_CATCH();
	{
		HOLD_INTERRUPTS();
		EmitErrorReport();
		AbortCurrentTransaction();
		FlushErrorState();
		RESUME_INTERRUPTS();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(TopMemoryContext);
	pgstat_report_stat(true);
	pgstat_report_activity(STATE_IDLE, NULL);
}

/* May this worker's role sweep? Superusers are refused, as what it runs is the city's. */
static bool
role_is_fit(void)
{
	bool super;

	StartTransactionCommand();
	super = superuser_arg(GetSessionUserId());
	CommitTransactionCommand();
	MemoryContextSwitchTo(TopMemoryContext);
	return !super;
}

/* The worker's life. It never returns: SIGTERM ends it, the postmaster starts it again after an error that is FATAL. */
void
gg_worker_main(Datum arg)
{
	char role[NAMEDATALEN];
	bool told = false;

	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	pqsignal(SIGTERM, die);
	BackgroundWorkerUnblockSignals();

	while (worker_role == NULL || worker_role[0] == '\0')
	{
		if (!told)
			ereport(LOG, (errmsg("grid_gov sweeper for database \"%s\" does nothing",
								 MyBgworkerEntry->bgw_extra),
						  errhint("Set grid_gov.worker_role to a role that may log in and has "
								  "EXECUTE on grid_gov.sweep().")));
		told = true;
		rest(-1);
	}

	strlcpy(role, worker_role, sizeof(role));
	BackgroundWorkerInitializeConnection(MyBgworkerEntry->bgw_extra, role, 0);
	told = false;
	for (;;)
	{
		TimestampTz next;
		long left;

		if (role_is_fit())
		{
			told = false;
			sweep_once();
		}
		else if (!told)
		{
			ereport(LOG,
					(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					 errmsg("grid_gov sweeper for database \"%s\" does nothing: role \"%s\" is "
							"a superuser",
							MyBgworkerEntry->bgw_extra, role),
					 errhint("Set grid_gov.worker_role to a role that is none.")));
			told = true;
		}

		next =
			TimestampTzPlusMilliseconds(GetCurrentTimestamp(), INT64CONST(1000) * worker_interval);
		while ((left = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), next)) > 0)
		{
			int before = worker_interval;

			if (rest(left))
				break;
			if (strcmp(role, worker_role) != 0)
			{
				ereport(LOG,
						(errmsg("grid_gov sweeper for database \"%s\" starts again as role \"%s\"",
								MyBgworkerEntry->bgw_extra, worker_role)));
				proc_exit(1);
			}
			if (before != worker_interval)
				next = TimestampTzPlusMilliseconds(GetCurrentTimestamp(),
												   INT64CONST(1000) * worker_interval);
		}
	}
}
