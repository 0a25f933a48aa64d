#include <string.h>

#include <uproar/lab.h>

size_t lab_stale(uint8_t *buffer, size_t room, const void *data, size_t n)
{
	if (n > room)
		n = room;
	if (n > 0)
		memcpy(buffer, data, n);
	return strnlen((const char *)buffer, room);
}
