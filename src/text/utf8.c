#include "utf8.h"

#include <uproar/text.h>

size_t text_decode(const void *s, size_t n, uint32_t *cp)
{
	int length = utf8_decode(s, n, cp);
	return length > 0 ? (size_t)length : 0;
}

size_t text_encode(uint32_t cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	size_t length = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	for (size_t i = length - 1; i > 0; i--, cp >>= 6)
		out[i] = (char)(0x80 | (cp & 0x3f));
	out[0] = (char)((0xf00 >> length & 0xf0) | cp);
	return length;
}
