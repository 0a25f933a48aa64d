#include <string.h>

#include <uproar/lab.h>

size_t lab_stale(uint8_t *buffer, size_t room, const void *data, size_t n)
{
	n = n < room ? n : room;
	if (n)
		memcpy(buffer, data, n);
	const uint8_t *nul = memchr(buffer, 0, room);
	return nul ? (size_t)(nul - buffer) : room;
}
