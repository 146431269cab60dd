/*
 * check.h: inside the event room: what is wrong with a workflow.
 */
#ifndef GG_EVENT_CHECK_H
#define GG_EVENT_CHECK_H

#include "event/parse.h"

typedef struct GgFault
{
	const char *workflow;
	const char *step; /* a step's id, a state, or an automatic action; NULL: the whole */
	bool error;       /* else a warning: odd, but it works */
	char *text;
} GgFault;

/* faults.c: append what is wrong with this workflow. Its steps are parsed from `text` on the way. */
extern List *gg_workflow_faults(List *faults, GgWorkflow *wf, GgTransitionText *text, int n);

#endif /* GG_EVENT_CHECK_H */
