/*
 * parse.h: inside the event room: a transition's row as text, and its parsed form.
 */
#ifndef GG_EVENT_PARSE_H
#define GG_EVENT_PARSE_H

#include "event/event.h"

#include "nodes/pg_list.h"

typedef struct GgTransitionText
{
	const char *workflow;
	const char *id;
	const char *from;
	const char *to;
	const char *action;
	const char *label;
	const char *roles;
	const char *relation;
	bool needs_note;
	const char *needs_args; /* NULL: none; so are the next two */
	const char *guards;
	const char *effects;
	List **
		faults; /* NULL: a row that makes no sense is an error; else what is wrong is appended, as text */
} GgTransitionText;

/* Parse into t, allocating in the current context; a row that makes no sense is 22023, naming workflow, step and word. */
extern void gg_parse_transition(const GgWorkflow *wf, const GgTransitionText *text,
								GgTransition *t);

#endif /* GG_EVENT_PARSE_H */
