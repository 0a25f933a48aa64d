/*
 * What the fuzz targets share. A target is fuzz_NAME.c with the function that libFuzzer calls for each input (`make
 * fuzz`), and driver.c for those inputs that are kept in corpus/NAME (`make check`). It checks what must be true of
 * whatever comes out, and aborts where it is not.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

#define check(condition)                                                                                               \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

/* An input that stands for choices is read a byte at a time; where it has ended, all further ones are 0. */
struct input {
	const uint8_t *bytes;
	size_t left;
};

static inline uint8_t take_byte(struct input *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->bytes++;
}

/* The next bytes, n of them if there are so many; returns where they are. */
static inline const uint8_t *take_bytes(struct input *in, size_t *n)
{
	const uint8_t *bytes = in->bytes;
	*n = *n < in->left ? *n : in->left;
	in->bytes += *n;
	in->left -= *n;
	return bytes;
}

#endif
