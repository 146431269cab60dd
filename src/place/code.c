/*
 * code.c: what is this area code, and which area is above it?
 *
 * Called from SQL and by other rooms. Pure: it looks at digits only and cannot
 * know whether a division of this code exists.
 *
 * Form of codes (GB/T 2260 and the statistics bureau's 12 digits, trailing zero
 * groups stripped; grids and micro grids are our default): province 2, city 4,
 * county 6, town 9, village 12, grid 15, micro grid 17 digits.
 */
#include "place/place.h"

#include "utils/builtins.h"

/* digits of a code of each level; [0] is no code */
static const int level_digits[] = {0, 2, 4, 6, 9, 12, 15, 17};

#define MAX_LEVEL 7
#define VILLAGE_LEVEL 5
#define OFFICIAL_DIGITS 12

/* The level whose codes have this many digits, or 0. */
static int
level_of_length(int len)
{
	for (int level = 1; level <= MAX_LEVEL; level++)
		if (level_digits[level] == len)
			return level;
	return 0;
}

/* Are these bytes digits, the first not zero? */
static bool
all_digits(const char *code, int len)
{
	if (len == 0 || code[0] == '0')
		return false;
	for (int i = 0; i < len; i++)
		if (code[i] < '0' || code[i] > '9')
			return false;
	return true;
}

/* Is the last group of a code of this level all zeros? */
static bool
last_group_zero(const char *code, int level)
{
	for (int i = level_digits[level - 1]; i < level_digits[level]; i++)
		if (code[i] != '0')
			return false;
	return true;
}

/* Level of a code in its canonical form; 0: not one. */
int
gg_code_level(const char *code, int len)
{
	int level = level_of_length(len);

	if (level == 0 || !all_digits(code, len) || last_group_zero(code, level))
		return 0;
	return level;
}

/* The highest level at or below this one whose group is not all zeros. */
static int
strip_zero_groups(const char *code, int level)
{
	while (level > 0 && last_group_zero(code, level))
		level--;
	return level;
}

GG_FUNCTION(gg_code_level_sql);
GG_FUNCTION(gg_code_parent);
GG_FUNCTION(gg_code_ancestor);
GG_FUNCTION(gg_canonical_code);
GG_FUNCTION(gg_standard_code);

/*
 * code_level(code text) -> integer: 1-7 for province, city, county, town,
 * village, grid, micro grid; NULL: not a code in canonical form.
 */
Datum
gg_code_level_sql(PG_FUNCTION_ARGS)
{
	text *code = PG_GETARG_TEXT_PP(0);
	int level = gg_code_level(VARDATA_ANY(code), VARSIZE_ANY_EXHDR(code));

	if (level == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(level);
}

/*
 * code_parent(code text) -> text: the area directly above. A zero group on the
 * way is no area: the town 441900003 of Dongguan, a city without counties, is
 * directly below the city 4419. NULL above a province and for what is no code.
 */
Datum
gg_code_parent(PG_FUNCTION_ARGS)
{
	text *code = PG_GETARG_TEXT_PP(0);
	const char *digits = VARDATA_ANY(code);
	int level = gg_code_level(digits, VARSIZE_ANY_EXHDR(code));

	if (level > 0)
		level = strip_zero_groups(digits, level - 1);
	if (level == 0)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text_with_len(digits, level_digits[level]));
}

/*
 * code_ancestor(code text, level integer) -> text: the area of this level (1-7)
 * that contains the code, the code itself at its own level. NULL where there is
 * none: the code lies above that level, or its group there is zero (a city
 * without counties has no level 3). 22023: no such level.
 */
Datum
gg_code_ancestor(PG_FUNCTION_ARGS)
{
	text *code = PG_GETARG_TEXT_PP(0);
	int wanted = PG_GETARG_INT32(1);
	const char *digits = VARDATA_ANY(code);
	int level = gg_code_level(digits, VARSIZE_ANY_EXHDR(code));

	if (wanted < 1 || wanted > MAX_LEVEL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there is no area level %d", wanted),
				 errhint("Levels are 1 province, 2 city, 3 county, 4 town, 5 village or community, "
						 "6 grid, 7 micro grid.")));
	if (level < wanted || last_group_zero(digits, wanted))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text_with_len(digits, level_digits[wanted]));
}

/*
 * canonical_code(code text) -> text: the form of codes used here, made from an
 * official one of any length (371600000000, 371600 and 3716 are all 3716).
 * 22023: not a code; 15 and 17 digits that end in a zero group are none (our
 * default: a grid has no number 000).
 */
Datum
gg_canonical_code(PG_FUNCTION_ARGS)
{
	text *code = PG_GETARG_TEXT_PP(0);
	const char *digits = VARDATA_ANY(code);
	int len = VARSIZE_ANY_EXHDR(code);
	int level = level_of_length(len);

	if (level > 0 && all_digits(digits, len))
	{
		if (level <= VILLAGE_LEVEL)
			level = strip_zero_groups(digits, level);
		else if (last_group_zero(digits, level))
			level = 0;
	}
	else
		level = 0;
	if (level == 0)
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid area code: \"%s\"", text_to_cstring(code)),
			 errdetail("A code has 2, 4, 6, 9, 12, 15 or 17 digits, does not begin with 0, "
					   "and as a grid or micro grid does not end in a zero group."),
			 errhint(
				 "Grids of other standards (16 or 20 digits) belong into a column of their own.")));
	PG_RETURN_TEXT_P(cstring_to_text_with_len(digits, level_digits[level]));
}

/*
 * standard_code(code text) -> text: the official 12 digits of a province, city,
 * county, town or village. NULL for grids and micro grids, which have none, and
 * for what is no code.
 */
Datum
gg_standard_code(PG_FUNCTION_ARGS)
{
	text *code = PG_GETARG_TEXT_PP(0);
	const char *digits = VARDATA_ANY(code);
	int len = VARSIZE_ANY_EXHDR(code);
	int level = gg_code_level(digits, len);
	char padded[OFFICIAL_DIGITS];

	if (level == 0 || level > VILLAGE_LEVEL)
		PG_RETURN_NULL();
	memset(padded, '0', OFFICIAL_DIGITS);
	memcpy(padded, digits, len);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(padded, OFFICIAL_DIGITS));
}
