/*
 * chain.h: inside the event room: an event's chain as it stands in the tables; what verify.c and repair.c share.
 */
#ifndef GG_EVENT_CHAIN_H
#define GG_EVENT_CHAIN_H

#include "event/event.h"

/* A row of the journal l with its note n, in the order that gg_read_link() knows. */
#define GG_CHAIN_ROWS                                                                                                                                            \
	"SELECT l.event_id::bigint, l.seq::integer, l.at, l.recorded_at, l.action, l.from_state, l.to_state, l.actor, l.role, l.outer_role, l.session_role,"         \
	" l.area, l.unit, l.due_at, l.stage_due_at, l.backdated, l.imported, l.note_digest::pg_catalog.bytea, l.facts_digest::pg_catalog.bytea,"                     \
	" l.hash::pg_catalog.bytea, n.note, n.args::pg_catalog.jsonb, n.salt::pg_catalog.bytea, n.redacted_at," /* the next is asked of the few that are redacted */ \
	" CASE WHEN n.redacted_at IS NOT NULL THEN EXISTS (SELECT FROM gov.event_log r"                                                                              \
	"  LEFT JOIN gov.event_note a ON a.event_id OPERATOR(pg_catalog.=) r.event_id AND a.seq OPERATOR(pg_catalog.=) r.seq"                                        \
	"  WHERE r.event_id OPERATOR(pg_catalog.=) l.event_id AND r.seq OPERATOR(pg_catalog.>) l.seq"                                                                \
	"  AND r.action OPERATOR(pg_catalog.=) 'redact' AND " GG_BY_OWNER                                                                                            \
	" AND a.args OPERATOR(pg_catalog.@>)"                                                                                                                        \
	"  pg_catalog.jsonb_build_object('seq', l.seq)) ELSE false END"                                                                                              \
	" FROM gov.event_log l LEFT JOIN gov.event_note n ON n.event_id OPERATOR(pg_catalog.=) l.event_id AND n.seq OPERATOR(pg_catalog.=) l.seq"

/* Is row r of the journal written as repair.c writes? gg_by_owner() asks the same. */
#define GG_BY_OWNER                                                                                \
	"(r.role OPERATOR(pg_catalog.=) 'owner' OR r.role OPERATOR(pg_catalog.=) 'system' AND r.actor OPERATOR(pg_catalog.=) 'system')"

typedef struct GgLink
{
	GgLogRow log;
	uint8 hash[GG_DIGEST]; /* as stored */
	bool noted;            /* a row of event_note stands beside it */
	const char *note;      /* NULL: none; so are the next two */
	Jsonb *args;
	bytea *salt;
	const char *fault; /* what is wrong with the note; NULL: nothing */
} GgLink;

extern void gg_read_link(HeapTuple t, TupleDesc d, GgLink *link);
extern bool gg_by_owner(const GgLogRow *log);

/* A reseal's arguments bind what it excuses: the chain before it, as it then stood. Inside SPI_connect(), as the owner. */
extern char *gg_seal(int64 event, int32 before, const bytea *head);
extern bool gg_seal_holds(int64 event, int32 before, const Jsonb *args);
extern bool gg_seal_head(const Jsonb *args, uint8 head[GG_DIGEST]);

#endif /* GG_EVENT_CHAIN_H */
