/*
 * report.h: inside the event room: what report.c and batch.c share.
 */
#ifndef GG_EVENT_REPORT_H
#define GG_EVENT_REPORT_H

#include "event/event.h"

typedef enum GgReportField
{
	R_BODY,
	R_LOCATION,
	R_SOURCE,
	R_EXTERNAL_ID,
	R_AREA,
	R_ITEM,
	R_URGENT,
	R_FRAME,
	R_NAME,
	R_PHONE,
	R_ADDRESS,
	R_ARGS,
	R_FIELDS
} GgReportField;

/* A report's values, SQL NULL as null. */
typedef struct GgReport
{
	Datum v[R_FIELDS];
	bool null[R_FIELDS];
} GgReport;

/* Take it once by (source, external_id): the event. *error is NULL on success. Inside SPI_connect(), as the owner of gov. */
extern int64 gg_take_report(GgReport *r, Oid geometry, const GgIdentity *self, ErrorData **error);
/* 09000: the row was left out. */
pg_noreturn extern void gg_report_left_out(void);
/* The type of PostGIS points. Inside SPI_connect(). */
extern Oid gg_geometry_type(void);

#endif /* GG_EVENT_REPORT_H */
