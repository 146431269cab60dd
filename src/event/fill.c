/*
 * fill.c: what a new event says before its report is judged: place, category, item, urgency.
 *
 * Called by the guard at INSERT. What the writer gave is checked and stands;
 * what he left out is found. Writes to the row in hand only.
 */
#include "event/event.h"
#include "event/guard.h"

#include "catalog/pg_type.h"

/* A writer's INSERT may name only what the guard does not own. */
static void
refuse_owned(const GgRow *row)
{
	for (int c = 0; c < EV_COUNT; c++)
	{
		const GgColumnInfo *info = &gg_column[c];

		if (row->null[c] || (info->flags & (GG_WRITER | GG_INPUT)) != 0)
			continue;
		if ((info->type == GG_BO || info->type == GG_I4 || info->type == GG_I2 ||
			 info->type == GG_I8) &&
			row->v[c] == (Datum) 0)
			continue; /* a default */
		if (gg_importing() && gg_importable(info->name))
			continue;
		if (c == EV_STATE && gg_is(row, EV_STATE, "reported"))
			continue;
		ereport(
			ERROR,
			(errcode(ERRCODE_GG_OWNED_COLUMN),
			 errmsg("column \"%s\" of a new event is filled by the guard", info->name),
			 errhint(
				 "Give body, and where known source, external_id, location, grid, area, category, item, urgent.")));
	}
}

/* What the table wants is looked at here already: the limits of a new event follow from it. */
static void
refuse_missing(const GgRow *row)
{
	static const GgColumn needed[] = {EV_SOURCE, EV_BODY};

	for (int i = 0; i < lengthof(needed); i++)
		if (!gg_has(row, needed[i]))
			ereport(
				ERROR,
				(errcode(ERRCODE_NOT_NULL_VIOLATION),
				 errmsg("column \"%s\" of a new event is null", gg_column[needed[i]].name),
				 errhint("Without a source the event is the grid's own: leave the column out.")));
}

/* Is the table's CHECK on source as we made it? A city may allow sources of its own. */
static bool
sources_are_ours(void)
{
	static GgPlan plan = {
		"SELECT true FROM pg_catalog.pg_constraint c WHERE c.conrelid OPERATOR(pg_catalog.=) $1"
		" AND c.conname OPERATOR(pg_catalog.=) 'event_source_check' AND pg_catalog.strpos(pg_catalog.pg_get_constraintdef(c.oid),"
		" '{grid,citizen,12345,110,department,iot,app,letter}') OPERATOR(pg_catalog.>) 0",
		1,
		{OIDOID}};
	Datum v = ObjectIdGetDatum(gg_gov_table("event", false));
	bool ours;

	SPI_connect();
	gg_execute(&plan, &v, NULL, false, 1);
	ours = SPI_processed == 1;
	SPI_finish();
	return ours;
}

/* A writer's words are looked at before the table's CHECKs: those could not say what is allowed. Old events are as they were. */
static void
refuse_unknown(const GgRow *row)
{
	static const char *const source[] = {"grid",       "citizen", "12345", "110",
										 "department", "iot",     "app",   "letter"};
	char *body = gg_text(row, EV_BODY);
	char *category = gg_text(row, EV_CATEGORY);
	bool known = false;

	if (!gg_importing() && body[strspn(body, " \t\r\n")] == '\0')
		ereport(ERROR, (errcode(ERRCODE_GG_NOTE_OR_ARG_MISSING), errmsg("a report needs a body"),
						errhint("Give the text of the report.")));
	for (int i = 0; i < lengthof(source); i++)
		known = known || gg_is(row, EV_SOURCE, source[i]);
	if (!known && sources_are_ours())
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("source \"%s\" is not known", gg_text(row, EV_SOURCE)),
				 errhint("Sources are grid, citizen, 12345, 110, department, iot, app, letter.")));
	if (category != NULL && gg_category_of(category, strlen(category)) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("category \"%s\" is not one of the six", category),
				 errhint("They are 城市管理, 社会治安, 环境保护, 民生服务, 公共安全, 矛盾纠纷; "
						 "left out, the text decides.")));
}

/* May a writer say this of a new event? */
void
gg_refuse_unfit_new(const GgRow *row)
{
	refuse_owned(row);
	refuse_missing(row);
	refuse_unknown(row);
}

/* The area where a staff member's report belongs when nothing else says it: that of the post that may report. */
static const char *
area_of_actor(const GgActor *a, TimestampTz at)
{
	if (a->kind == GG_ACTOR_CITIZEN)
		return a->proxy[0].area;
	for (int i = 0; i < a->nposts; i++)
		if (a->post[i].from <= at && at < a->post[i].to)
			return a->post[i].area;
	return gg_root();
}

/* Grid and area of a new event. */
void
gg_fill_place(GgRow *row, const GgActor *actor, TimestampTz at)
{
	char *grid = gg_text(row, EV_GRID);
	char *area = gg_text(row, EV_AREA);
	char found[18];
	const char *how;
	double lon;
	double lat;
	double metres;
	int srid;

	if (gg_has(row, EV_LOCATION))
	{
		gg_point_of(row->v[EV_LOCATION], &lon, &lat, &srid);
		if (gg_locate(lon, lat, found, &how, &metres))
			grid = pstrdup(found);
		else if (!gg_inside_root(lon, lat))
			ereport(
				ERROR,
				(errcode(ERRCODE_GG_NO_GRID_HERE),
				 errmsg("point (%.6f %.6f) lies in no grid and outside the city", lon, lat),
				 errhint(
					 "Longitude comes first; frames other than CGCS2000 are converted by grid_gov.report(..., frame => 'gcj02').")));
	}
	if (grid != NULL)
	{
		if (gg_code_level(grid, strlen(grid)) < 6)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("\"%s\" is not a grid code", grid)));
		area = grid;
	}
	if (area == NULL)
		area = (char *) area_of_actor(actor, at);
	if (strncmp(area, gg_root(), strlen(gg_root())) != 0 || gg_area_level(area) == 0)
		ereport(ERROR, (errcode(ERRCODE_GG_NO_GRID_HERE),
						errmsg("area \"%s\" is not inside the city %s", area, gg_root())));
	if (!gg_acts_in(actor, area, NULL))
		ereport(ERROR,
				(errcode(ERRCODE_GG_NOT_ENTITLED),
				 errmsg("this session may not report for others in area %s", area),
				 errhint("Rows of gov.actor_proxy say in which areas a session role may act.")));
	gg_set_text(row, EV_GRID, grid);
	gg_set_text(row, EV_AREA, area);
}

/* Category, item, urgency and level of a new event: the writer's, else the classifier's. */
void
gg_fill_category(GgRow *row)
{
	char *item = gg_text(row, EV_ITEM);
	char *category = gg_text(row, EV_CATEGORY);
	char *body = gg_text(row, EV_BODY);
	bool sure = true;
	const GgItem *it;

	if (item != NULL)
	{
		it = gg_item(item);
		if (it == NULL || (category != NULL && strcmp(category, it->category) != 0))
			ereport(
				ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 it == NULL
					 ? errmsg("item \"%s\" is not an active item of gov.catalogue", item)
					 : errmsg("item \"%s\" belongs to %s, not to %s", item, it->category, category),
				 errhint(
					 "Items are named by their code, 0101 for example; left out, the text decides.")));
		category = it->category;
	}
	else
	{
		char best[5];
		int n = category ? gg_category_of(category, strlen(category)) : -1;

		if (category == NULL && body != NULL)
		{
			GgVerdict v;

			gg_text_verdict(body, strlen(body), &v);
			n = v.category;
			sure = n >= 0 && !v.needs_review;
			if (n >= 0)
			{
				category = (char *) gg_category_name[n];
				gg_set(row, EV_PROBABILITY, Float8GetDatum(v.probability));
				gg_set(row, EV_MARGIN, Float8GetDatum(v.margin));
			}
			gg_set(row, EV_MODEL, Int64GetDatum(v.model));
		}
		if (n >= 0 && body != NULL && gg_text_item(body, strlen(body), n, best) &&
			gg_item(best) != NULL)
			item = pstrdup(best);
	}
	gg_set_text(row, EV_CATEGORY, category);
	gg_set_text(row, EV_ITEM, item);
	gg_set(row, EV_NEEDS_REVIEW, BoolGetDatum(!sure));
	it = item ? gg_item(item) : NULL;
	if (!gg_has(row, EV_URGENT))
		gg_set(row, EV_URGENT, BoolGetDatum(sure && it != NULL && it->urgent));
	gg_set_text(row, EV_LEVEL, it != NULL ? it->first_level : "town");
}
