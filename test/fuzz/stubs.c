/*
 * stubs.c: what the pure files of src/text/ need of a server, for programs outside of one.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/palloc.h"

volatile sig_atomic_t InterruptPending = 0;
MemoryContext CurrentMemoryContext = NULL;

void
ProcessInterrupts(void)
{
}

/* Memory: exact sizes, so that the sanitizer sees the first byte that is too far. */
void *
palloc(Size size)
{
	void *p = malloc(size);

	if (p == NULL)
		abort();
	return p;
}

void *
palloc0(Size size)
{
	void *p = calloc(1, size);

	if (p == NULL)
		abort();
	return p;
}

void *
repalloc(void *pointer, Size size)
{
	void *p = realloc(pointer, size);

	if (p == NULL)
		abort();
	return p;
}

void
pfree(void *pointer)
{
	free(pointer);
}

/* Nobody interrupts. */
void
qsort_interruptible(void *base, size_t nel, size_t elsize, qsort_arg_comparator cmp, void *arg)
{
	qsort_arg(base, nel, elsize, cmp, arg);
}

/* Is this UTF-8? */
bool
pg_verify_mbstr(int encoding, const char *mbstr, int len, bool noError)
{
	return pg_encoding_verifymbstr(encoding, mbstr, len) == len;
}
