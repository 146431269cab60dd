/*
 * enforce.h: what guard, journal and verification of the city's own tables share.
 */
#ifndef GG_ENFORCE_H
#define GG_ENFORCE_H

#include "event/event.h"

#include "commands/trigger.h"

/* A step as the guard found it. */
typedef struct GgOwnStep
{
	const char *workflow;
	const char *column;
	const char *action;
	const char *from; /* NULL: new */
	const char *to;
	const char *actor;
	const char *role;
	const char *area; /* NULL: the row has none */
	const char *note; /* NULL: none */
	TimestampTz at;
} GgOwnStep;

/* enforce.c: a state as text, NULL for SQL NULL; the column's number, or 42703. */
extern char *gg_own_text(HeapTuple tuple, TupleDesc desc, int column);
extern int gg_own_column(Relation rel, const char *name, const char *function);

/* enforce_log.c */
extern void gg_own_expect(TriggerData *td, HeapTuple tuple, const GgOwnStep *step);
extern Oid gg_own_function(const char *name);
extern const Trigger *gg_own_trigger(Relation rel, Oid function, const char *workflow,
									 const char *column);
extern Oid gg_own_root(Relation rel);
extern char *gg_own_relation(Oid relid);
extern int gg_own_key_columns(Relation rel, const Trigger *journal, const char **name);
extern char *gg_own_key(HeapTuple tuple, TupleDesc desc, int n, const int *column);
extern char *gg_own_key_of(Relation rel, const Trigger *journal, HeapTuple tuple);

/* digest.c: a row of gov.own_log as its hash sees it */
typedef struct GgOwnRow
{
	char *relation;
	char *column;
	char *key; /* as jsonb prints it */
	int32 seq;
	char *workflow;
	TimestampTz at;
	TimestampTz recorded_at;
	char *action;
	char *from; /* NULL: new */
	char *to;
	char *actor;
	char *role;
	char *outer_role;
	char *session_role;
	char *area;
	bool has_note;
	uint8 note_digest[GG_DIGEST];
} GgOwnRow;
extern void gg_own_hash(const GgOwnRow *row, const uint8 *previous, uint8 out[GG_DIGEST]);

#endif /* GG_ENFORCE_H */
