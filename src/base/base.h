/*
 * base.h: what every room may use: the city's tables by name, caches that follow
 * their tables, kept plans, and switching to a table's owner.
 *
 * It knows no room.
 */
#ifndef GG_BASE_H
#define GG_BASE_H

#include "base/compat.h"
#include "base/errors.h"

#include "access/parallel.h"
#include "access/xact.h"
#include "executor/spi.h"

/* names.c: OID of a table in schema gov; 0 or WG010 when it is not there. Looked up once, forgotten on invalidation. */
extern Oid gg_gov_table(const char *name, bool missing_ok);

/*
 * invalidate.c: the one relcache callback. A room names the gov tables that its
 * cache is made from; forget() runs in the callback, so it may only set flags.
 * It is called for every change of those tables that is announced by the trigger
 * grid_gov.announce_change() or by DDL. A table is watched from the first
 * gg_gov_table() of its name.
 */
typedef void (*GgForget)(void);
extern void gg_watch_table(const char *name, GgForget forget);

/*
 * What was read in a parallel operation was read by its statement's snapshot: a
 * change of meanwhile is not in it, and will not be announced again. It holds
 * inside that operation only.
 */
typedef struct GgReading
{
	bool parallel;
	TimestampTz statement;
} GgReading;

static inline GgReading
gg_reading(void)
{
	return (GgReading){IsInParallelMode(), GetCurrentStatementStartTimestamp()};
}

static inline bool
gg_reading_holds(const GgReading *r)
{
	return likely(!r->parallel) ||
		   (IsInParallelMode() && r->statement == GetCurrentStatementStartTimestamp());
}
/* The same for any relation: forget() gets its OID, InvalidOid for all. */
typedef void (*GgForgetRelation)(Oid relid);
extern void gg_watch_relations(GgForgetRelation forget);
extern void gg_base_init(void);

/* plan.c: a plan that is made once a backend. text is constant; values come as parameters. */
typedef struct GgPlan
{
	const char *text;
	int nargs;
	Oid argtypes[20];
	bool by_key; /* joins look rows up one by one */
	SPIPlanPtr plan;
} GgPlan;

/* Make the plan if needed (inside SPI_connect) and run it, writing if !read_only, with a snapshot newer than every lock that we hold. */
extern int gg_execute(GgPlan *plan, Datum *values, const char *nulls, bool read_only, long limit);

/* A column of a row that SPI found, as text; WG010 when it is NULL, which our tables do not allow unless somebody changed them. */
extern char *gg_required(HeapTuple tuple, TupleDesc desc, int n);

/* The kept plan itself, for cursors. Inside SPI_connect(). */
extern SPIPlanPtr gg_prepared(GgPlan *plan);

/* direct.c: rows without SQL, where the table allows it. column names those that values and nulls carry, in order. */
#define GG_DIRECT_COLUMNS 24
typedef struct GgDirect
{
	const char *table;
	int ncolumns;
	const char *column[GG_DIRECT_COLUMNS];
	const Oid *type; /* of the values */
	/* the one foreign key that needs no check, as what it refers to was just written; all others are the city's */
	struct
	{
		const char *column;
		const char *table;
		const char *refers; /* to this column of table */
	} holds;
	/* what was learnt of the table */
	bool listed;
	bool known;
	bool usable;
	Oid relid;
	AttrNumber attno[GG_DIRECT_COLUMNS];
	AttrNumber identity;
	Oid sequence;
	struct GgDirectState *state; /* kept while the table stays as it is */
} GgDirect;
extern bool gg_direct_insert(GgDirect *direct, const Datum *values, const bool *nulls);
/* Many rows: those of the AFTER triggers of statements that the caller runs now may wait until the end. After an error, abort. */
extern void gg_direct_bulk_begin(void);
extern void gg_direct_bulk_end(void);
extern void gg_direct_bulk_abort(void);
/* In how many triggers are we? */
extern int gg_trigger_depth(void);

/* attempt.c: run body in a subtransaction; NULL, or the error that undid it. */
extern ErrorData *gg_attempt(void (*body)(void *arg), void *arg);

/* owner.c: do what follows as the owner of this table, without its row security; then be oneself again. */
typedef struct GgIdentity
{
	Oid user;
	int context;
} GgIdentity;
extern void gg_become_owner(Oid table, GgIdentity *self);
extern void gg_become_self(const GgIdentity *self);
/* Run the plan as the owner of gov.TABLE: the first column of its one row, in the caller's memory. */
extern Datum gg_ask_as_owner(const char *table, GgPlan *plan, Datum *values, bool *isnull);

#endif /* GG_BASE_H */
