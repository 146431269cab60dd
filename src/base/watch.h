/*
 * watch.h: inside base only: the list of watched tables.
 */
#ifndef GG_WATCH_H
#define GG_WATCH_H

#include "base/base.h"

#define GG_MAX_FORGET 8

typedef struct GgWatched
{
	char name[NAMEDATALEN]; /* hash key: table name in schema gov */
	Oid relid;              /* InvalidOid: to be looked up */
	int nforget;
	GgForget forget[GG_MAX_FORGET];
} GgWatched;

extern GgWatched *gg_watched(const char *name);

#endif /* GG_WATCH_H */
