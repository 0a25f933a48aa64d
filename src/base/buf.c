#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uproar/base.h>

enum { BUF_LEAST = 64 };

uint8_t *buf_reserve(struct buf *b, size_t n)
{
	if (n > SIZE_MAX / 2 - b->start - b->size) {
		errno = ENOMEM;
		return NULL;
	}
	if (b->memory && b->room - b->start - b->size >= n)
		return b->memory + b->start + b->size;

	/*
	 * Move to the front what is there, or find more memory. Either must leave as much free space as it copied, or
	 * a full queue that takes in and gives away a little at a time would copy all of it each time.
	 */
	size_t need = b->size + n;
	if (b->memory && need <= b->room / 2) {
		memmove(b->memory, b->memory + b->start, b->size);
		b->start = 0;
		return b->memory + b->size;
	}

	size_t room = b->memory ? b->room * 2 : BUF_LEAST;
	while (room < need)
		room *= 2;
	uint8_t *memory = malloc(room);
	if (!memory)
		return NULL;
	if (b->memory)
		memcpy(memory, b->memory + b->start, b->size);
	free(b->memory);
	b->memory = memory;
	b->room = room;
	b->start = 0;
	return memory + b->size;
}

int buf_append(struct buf *b, const void *data, size_t n)
{
	if (n == 0)
		return 0;
	uint8_t *to = buf_reserve(b, n);
	if (!to)
		return -1;
	memcpy(to, data, n);
	b->size += n;
	return 0;
}

int buf_vprintf(struct buf *b, const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (n < 0)
		return -1;
	char *to = (char *)buf_reserve(b, (size_t)n + 1);
	if (!to)
		return -1;
	vsnprintf(to, (size_t)n + 1, format, args);
	b->size += (size_t)n;
	return 0;
}

int buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int result = buf_vprintf(b, format, args);
	va_end(args);
	return result;
}

void buf_consume(struct buf *b, size_t n)
{
	b->start += n;
	b->size -= n;
	if (b->size == 0)
		b->start = 0;
}

void buf_clear(struct buf *b)
{
	b->start = 0;
	b->size = 0;
}

void buf_free(struct buf *b)
{
	free(b->memory);
	*b = (struct buf){0};
}
