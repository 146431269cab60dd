/*
 * grid_gov.c: the library's door: loads, and lets each room prepare itself.
 */
#include "base/base.h"
#include "event/event.h"
#include "place/place.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/guc.h"

#ifdef PG_MODULE_MAGIC_EXT
PG_MODULE_MAGIC_EXT(.name = "grid_gov", .version = GRID_GOV_VERSION);
#else
PG_MODULE_MAGIC;
#endif

extern PGDLLEXPORT void _PG_init(void);

/* Prepare every room. */
void
_PG_init(void)
{
	gg_base_init();
	gg_place_init();
	gg_actor_init();
	gg_sweep_init();
	gg_worker_init();
	gg_enforce_init();
	MarkGUCPrefixReserved("grid_gov");
}

GG_FUNCTION(gg_library_version);

/* library_version() -> text: the version that the library was built from. */
Datum
gg_library_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(GRID_GOV_VERSION));
}
