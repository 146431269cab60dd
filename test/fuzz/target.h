/*
 * target.h: what each fuzz target is: a function that must not crash on any bytes.
 */
#ifndef GG_FUZZ_TARGET_H
#define GG_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

extern int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* GG_FUZZ_TARGET_H */
