/*
 * names.c: which OID has a table of the city?
 *
 * Called by every shell that reads gov. Keeps what it found until the
 * invalidation callback says that something about the table changed.
 */
#include "base/base.h"
#include "base/watch.h"

#include "catalog/namespace.h"
#include "utils/lsyscache.h"

/* The table's OID in schema gov, or WG010 (InvalidOid if missing_ok). */
Oid
gg_gov_table(const char *name, bool missing_ok)
{
	GgWatched *w = gg_watched(name);

	if (!OidIsValid(w->relid))
	{
		Oid nsp = get_namespace_oid("gov", true);

		if (OidIsValid(nsp))
			w->relid = get_relname_relid(name, nsp);
		if (!OidIsValid(w->relid) && !missing_ok)
			ereport(ERROR,
					(errcode(ERRCODE_GG_NOT_SET_UP), errmsg("table gov.%s does not exist", name),
					 errhint("Call grid_gov.setup(root, name) in this database.")));
	}
	return w->relid;
}
