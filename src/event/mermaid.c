/*
 * mermaid.c: a workflow as a picture, in the text form of Mermaid.
 *
 * Called by workflow_mermaid(); writes nothing. The picture says what a person
 * must know: states, who leads where, by which step. A step from every open
 * state is drawn once, from a box that stands for all of them.
 */
#include "event/event.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"

#define ANY_OPEN "any_open"

/* A set of states with one member. */
#define ONE(s) (UINT64CONST(1) << (s))

/* All states that are open. */
static uint64
open_states(const GgWorkflow *wf)
{
	uint64 set = 0;

	for (int i = 0; i < wf->nstates; i++)
		if (wf->state[i].open)
			set |= ONE(i);
	return set;
}

/* Where the step leads from a state; (before) is every state that was remembered on the way there. */
static uint64
targets(const GgWorkflow *wf, const GgTransition *t, int from)
{
	uint64 set = 0;

	if (t->to == GG_TO_SAME)
		return ONE(from);
	if (t->to >= 0)
		return ONE(t->to);
	for (int i = 0; i < wf->ntransitions; i++)
		if (wf->transition[i].to == from && gg_has_effect(&wf->transition[i], GG_E_REMEMBER_STATE))
			set |= wf->transition[i].from;
	return set;
}

/* The labels of all steps from a state (-1: new) to another, separated; "" for none. */
static char *
labels(const GgWorkflow *wf, int from, int to, uint64 all)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < wf->ntransitions; i++)
	{
		const GgTransition *t = &wf->transition[i];

		if (from < 0 ? t->from_new && t->to == to
					 : t->from != all && (t->from & ONE(from)) != 0 &&
						   (targets(wf, t, from) & ONE(to)) != 0)
			appendStringInfo(&buf, "%s%s", buf.len ? "、" : "", t->label);
	}
	return buf.data;
}

/* The labels of the steps from every open state to one (-1: the same). */
static char *
labels_of_all(const GgWorkflow *wf, int to, uint64 all)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < wf->ntransitions; i++)
	{
		const GgTransition *t = &wf->transition[i];

		if (t->from == all && (to < 0 ? t->to == GG_TO_SAME : t->to == to))
			appendStringInfo(&buf, "%s%s", buf.len ? "、" : "", t->label);
	}
	return buf.data;
}

/* One arrow, unless nothing stands on it. */
static void
arrow(StringInfo buf, const char *from, const char *to, const char *label)
{
	if (*label)
		appendStringInfo(buf, "    %s --> %s : %s\n", from, to, label);
}

GG_FUNCTION(gg_workflow_mermaid);

/* workflow_mermaid(name) -> text: the workflow as a Mermaid state diagram with Chinese labels. WG010: no such workflow. */
Datum
gg_workflow_mermaid(PG_FUNCTION_ARGS)
{
	const GgWorkflow *wf = gg_workflow(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	uint64 all = open_states(wf);
	StringInfoData buf;
	bool boxed = false;

	/* one open state needs no box */
	if ((all & (all - 1)) == 0)
		all = ~UINT64CONST(0);
	initStringInfo(&buf);
	appendStringInfoString(&buf, "stateDiagram-v2\n");
	for (int i = 0; i < wf->nstates; i++)
		appendStringInfo(&buf, "    state \"%s\" as %s\n", wf->state[i].title, wf->state[i].name);
	for (int i = 0; i < wf->ntransitions; i++)
		boxed = boxed || wf->transition[i].from == all;
	if (boxed)
		appendStringInfoString(&buf, "    state \"在办的任一状态\" as " ANY_OPEN "\n");
	for (int to = 0; to < wf->nstates; to++)
		arrow(&buf, "[*]", wf->state[to].name, labels(wf, -1, to, all));
	for (int from = 0; from < wf->nstates; from++)
	{
		for (int to = 0; to < wf->nstates; to++)
			arrow(&buf, wf->state[from].name, wf->state[to].name, labels(wf, from, to, all));
		if (wf->state[from].terminal)
			appendStringInfo(&buf, "    %s --> [*]\n", wf->state[from].name);
	}
	if (boxed)
	{
		for (int to = 0; to < wf->nstates; to++)
			arrow(&buf, ANY_OPEN, wf->state[to].name, labels_of_all(wf, to, all));
		arrow(&buf, ANY_OPEN, ANY_OPEN, labels_of_all(wf, -1, all));
	}
	PG_RETURN_TEXT_P(cstring_to_text_with_len(buf.data, buf.len));
}
