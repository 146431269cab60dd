/*
 * args.c: what stands in a step's jsonb arguments?
 *
 * Called by every part of a step. Pure: reads the value that it is given.
 */
#include "event/event.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

/* A scalar as text; NULL for JSON null and for anything that is no scalar. */
static char *
scalar_text(const JsonbValue *v)
{
	switch (v->type)
	{
		case jbvString:
			return pnstrdup(v->val.string.val, v->val.string.len);
		case jbvNumeric:
			return DatumGetCString(
				DirectFunctionCall1(numeric_out, NumericGetDatum(v->val.numeric)));
		case jbvBool:
			return pstrdup(v->val.boolean ? "true" : "false");
		default:
			return NULL;
	}
}

/* The member's value, or NULL. */
static JsonbValue *
member(const Jsonb *args, const char *name)
{
	JsonbValue key;

	if (args == NULL || !JB_ROOT_IS_OBJECT(args))
		return NULL;
	key.type = jbvString;
	key.val.string.val = (char *) name;
	key.val.string.len = strlen(name);
	return findJsonbValueFromContainer((JsonbContainer *) &args->root, JB_FOBJECT, &key);
}

/* An argument as text; NULL when absent, null or empty. Arrays and objects count as present: "[]" is not. */
char *
gg_arg(const Jsonb *args, const char *name)
{
	JsonbValue *v = member(args, name);
	char *text;

	if (v == NULL)
		return NULL;
	if (v->type == jbvBinary)
	{
		if (JsonContainerSize(v->val.binary.data) == 0)
			return NULL;
		return JsonbToCString(NULL, v->val.binary.data, v->val.binary.len);
	}
	text = scalar_text(v);
	return text != NULL && *text != '\0' ? text : NULL;
}

/* Is the text in the list? */
static bool
listed(char **list, int n, const char *text)
{
	CHECK_FOR_INTERRUPTS();
	for (int i = 0; i < n; i++)
		if (strcmp(list[i], text) == 0)
			return true;
	return false;
}

/* An argument that is an array of scalars, or one scalar, as a list of texts, each once. */
int
gg_arg_list(const Jsonb *args, const char *name, char ***list)
{
	JsonbValue *v = member(args, name);
	int n = 0;

	*list = NULL;
	if (v == NULL)
		return 0;
	if (v->type == jbvBinary && JsonContainerIsArray(v->val.binary.data))
	{
		int size = JsonContainerSize(v->val.binary.data);

		*list = palloc(sizeof(char *) * Max(size, 1));
		for (int i = 0; i < size; i++)
		{
			char *text = scalar_text(getIthJsonbValueFromContainer(v->val.binary.data, i));

			if (text != NULL && *text != '\0' && !listed(*list, n, text))
				(*list)[n++] = text;
		}
		return n;
	}
	if (v->type != jbvBinary)
	{
		char *text = scalar_text(v);

		if (text != NULL && *text != '\0')
		{
			*list = palloc(sizeof(char *));
			(*list)[n++] = text;
		}
	}
	return n;
}

/* An argument that is a whole number; 22P02 when it is something else. */
bool
gg_arg_int8(const Jsonb *args, const char *name, int64 *value)
{
	char *text = gg_arg(args, name);

	if (text == NULL)
		return false;
	if (text[strspn(text, "-0123456789")] != '\0')
		ereport(ERROR, (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("argument \"%s\" is \"%s\": it is not a whole number", name, text)));
	*value = DatumGetInt64(DirectFunctionCall1(int8in, CStringGetDatum(text)));
	return true;
}

/* An argument that is an instant, in any form that timestamptz reads; 22007 when it is something else. */
bool
gg_arg_time(const Jsonb *args, const char *name, TimestampTz *value)
{
	char *text = gg_arg(args, name);

	if (text == NULL)
		return false;
	*value = DatumGetTimestampTz(DirectFunctionCall3(
		timestamptz_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
	return true;
}
