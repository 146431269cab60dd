/*
 * compat.h: what differs between PostgreSQL releases, and nothing else.
 *
 * Wrappers carry the newest signature. PG_VERSION_NUM appears in no other file.
 */
#ifndef GG_COMPAT_H
#define GG_COMPAT_H

#include "postgres.h"
#include "fmgr.h"

#if PG_VERSION_NUM < 150000
#error "grid_gov needs PostgreSQL 15 or later"
#endif

#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#include "nodes/miscnodes.h"
#else
/* Before 16 PGDLLEXPORT is empty on ELF and symbols are not hidden by default. */
#undef PGDLLEXPORT
#define PGDLLEXPORT __attribute__((visibility("default")))
/* Before 16 there are no soft errors: a parser's ereturn() throws. */
struct Node;
#define ereturn(context, dummy_value, ...)                                                         \
	do                                                                                             \
	{                                                                                              \
		(void) (context);                                                                          \
		ereport(ERROR, __VA_ARGS__);                                                               \
		return dummy_value;                                                                        \
	} while (0)
#endif

/* A function that does not come back; leads its declaration. Before 18 it was an attribute that followed. */
#ifndef pg_noreturn
#define pg_noreturn _Noreturn
#endif

/* May this role act as that one? ERROR 42501 if not (needs utils/acl.h). Before 16 membership was enough. */
#if PG_VERSION_NUM >= 160000
#define gg_check_can_set_role(member, role) check_can_set_role(member, role)
#else
#define gg_check_can_set_role(member, role) check_is_member_of_role(member, role)
#endif

/* Enter a stored row into all indexes (needs executor/executor.h). Since 16 it may be told to leave out summarizing ones. */
#if PG_VERSION_NUM >= 160000
#define gg_insert_index_tuples(target, slot, estate)                                               \
	ExecInsertIndexTuples(target, slot, estate, false, false, NULL, NIL, false)
#else
#define gg_insert_index_tuples(target, slot, estate)                                               \
	ExecInsertIndexTuples(target, slot, estate, false, false, NULL, NIL)
#endif

/* The sequence of an identity column (needs catalog/dependency.h). Since 17 it wants the open relation. */
#if PG_VERSION_NUM >= 170000
#define gg_identity_sequence(rel, attnum) getIdentitySequence(rel, attnum, false)
#else
#define gg_identity_sequence(rel, attnum) getIdentitySequence(RelationGetRelid(rel), attnum, false)
#endif

/* A range of two bounds, not empty (needs utils/rangetypes.h). Since 16 it can report softly. */
#if PG_VERSION_NUM >= 160000
#define gg_make_range(typcache, lower, upper) make_range(typcache, lower, upper, false, NULL)
#else
#define gg_make_range(typcache, lower, upper) make_range(typcache, lower, upper, false)
#endif

/* Bytes to base64 and back (needs common/base64.h). Since 18 the bytes are unsigned. */
#if PG_VERSION_NUM >= 180000
#define gg_b64_encode(src, len, dst, dst_len)                                                      \
	pg_b64_encode((const uint8 *) (src), len, dst, dst_len)
#define gg_b64_decode(src, len, dst, dst_len) pg_b64_decode(src, len, (uint8 *) (dst), dst_len)
#else
#define gg_b64_encode(src, len, dst, dst_len) pg_b64_encode(src, len, dst, dst_len)
#define gg_b64_decode(src, len, dst, dst_len) pg_b64_decode(src, len, dst, dst_len)
#endif

/* What a setting's check hook hands on (needs utils/guc.h). Since 16 settings have an allocator of their own. */
#if PG_VERSION_NUM >= 160000
#define gg_guc_malloc(size) guc_malloc(LOG, size)
#else
#define gg_guc_malloc(size) malloc(size)
#endif

/* Declare a SQL-callable function, export it, and register its call convention. */
#define GG_FUNCTION(fn)                                                                            \
	extern PGDLLEXPORT Datum fn(PG_FUNCTION_ARGS);                                                 \
	PG_FUNCTION_INFO_V1(fn)

#endif /* GG_COMPAT_H */
