/*
 * The shapes of load, and the messages that they carry.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uproar/text.h>

#include "bench.h"

#define SMALL 32
#define LARGE (64 << 10)

/* clang-format off */
#define NO_GOAL {0}
#define AT_LEAST(ratio) {[REQUESTS] = (ratio)}
#define KEEP_UP {[REQUESTS] = 0.97, [CPU] = 1.05}

const struct shape shapes[] = {
	{"TCP 32 B, 1 connection, one CPU",           GROUP_STREAM,      1,  1, SMALL, ASCII,         ONE_CPU,  {[MEDIAN] = 1.1}},
	{"TCP 32 B, 1 connection",                    GROUP_STREAM,      1,  1, SMALL, ASCII,         APART,    NO_GOAL},
	{"TCP 32 B, 1 connection, 16 ahead",          GROUP_STREAM,      1, 16, SMALL, ASCII,         APART,    NO_GOAL},
	{"TCP 32 B, 50 connections",                  GROUP_STREAM,     50,  1, SMALL, ASCII,         APART,    KEEP_UP},
	{"TCP 32 B, 50 connections, 16 ahead",        GROUP_STREAM,     50, 16, SMALL, ASCII,         APART,    KEEP_UP},
	{"TCP 32 B, 1000 connections",                GROUP_STREAM,   1000,  1, SMALL, ASCII,         APART,    KEEP_UP},
	{"TCP 32 B, 1000 connections, 16 ahead",      GROUP_STREAM,   1000, 16, SMALL, ASCII,         APART,    KEEP_UP},
	{"TCP 64 KiB ASCII, 4 connections",           GROUP_STREAM,      4,  1, LARGE, ASCII,         ANYWHERE, AT_LEAST(0.88)},
	{"TCP 64 KiB ASCII, 50 connections",          GROUP_STREAM,     50,  1, LARGE, ASCII,         ANYWHERE, AT_LEAST(0.88)},
	{"TCP 64 KiB Chinese, 4 connections",         GROUP_STREAM,      4,  1, LARGE, CHINESE,       ANYWHERE, AT_LEAST(0.75)},
	{"TCP 64 KiB Chinese, 50 connections",        GROUP_STREAM,     50,  1, LARGE, CHINESE,       ANYWHERE, AT_LEAST(0.75)},
	{"TCP 64 KiB French/German, 4 connections",   GROUP_STREAM,      4,  1, LARGE, FRENCH_GERMAN, ANYWHERE, AT_LEAST(0.45)},
	{"TCP 64 KiB French/German, 50 connections",  GROUP_STREAM,     50,  1, LARGE, FRENCH_GERMAN, ANYWHERE, AT_LEAST(0.45)},
	{"TCP 64 KiB Cyrillic, 4 connections",        GROUP_STREAM,      4,  1, LARGE, CYRILLIC,      ANYWHERE, AT_LEAST(0.32)},
	{"TCP 64 KiB Cyrillic, 50 connections",       GROUP_STREAM,     50,  1, LARGE, CYRILLIC,      ANYWHERE, AT_LEAST(0.32)},
	{"churn, 1 at a time",                        GROUP_CHURN,       1,  1, SMALL, ASCII,         APART,    AT_LEAST(0.9)},
	{"churn, 50 at a time",                       GROUP_CHURN,      50,  1, SMALL, ASCII,         APART,    AT_LEAST(0.9)},
	{"UDP 32 B, 16 sockets, 4 ahead, one CPU",    GROUP_DATAGRAM,   16,  4, SMALL, ASCII,         ONE_CPU,  AT_LEAST(1.05)},
	{"UDP 1400 B, 16 sockets, 4 ahead, one CPU",  GROUP_DATAGRAM,   16,  4, 1400,  ASCII,         ONE_CPU,  AT_LEAST(0.83)},
	{"UDP 32 B, 16 sockets, 4 ahead",             GROUP_DATAGRAM,   16,  4, SMALL, ASCII,         APART,    NO_GOAL},
	{"UDP 1400 B, 16 sockets, 4 ahead",           GROUP_DATAGRAM,   16,  4, 1400,  ASCII,         APART,    NO_GOAL},
	{"traced: TCP 32 B, 50 connections",          GROUP_TRACED,     50,  1, SMALL, ASCII,         APART,    NO_GOAL},
	{"workers: TCP 32 B, 50 connections",         GROUP_WORKERS,    50,  1, SMALL, ASCII,         ANYWHERE, NO_GOAL},
	{"workers: TCP 32 B, 1000 connections",       GROUP_WORKERS,  1000,  1, SMALL, ASCII,         ANYWHERE, NO_GOAL},
	{"workers: TCP 64 KiB Cyrillic, 50 connections", GROUP_WORKERS, 50,  1, LARGE, CYRILLIC,      ANYWHERE, NO_GOAL},
	{"workers: churn, 50 at a time",              GROUP_WORKERS_CHURN, 50, 1, SMALL, ASCII,       ANYWHERE, NO_GOAL},
};
/* clang-format on */
const size_t shape_count = COUNT(shapes);

/* --- Messages --- */

static void *allocate(size_t n)
{
	void *memory = malloc(n);
	if (!memory)
		err(1, "bench");
	return memory;
}

/* So many bytes: the text again and again, whole characters only, filled up with points, and a newline. */
static uint8_t *write_text(enum text text, size_t size)
{
	const char *from = prose[text].words;
	size_t length = strlen(from), n = 0;
	uint8_t *message = allocate(size);
	while (n + length < size) {
		memcpy(message + n, from, length);
		n += length;
	}
	size_t rest = size - 1 - n;
	while (rest > 0 && text_continues((uint8_t)from[rest]))
		rest--;
	memcpy(message + n, from, rest);
	memset(message + n + rest, '.', size - n - rest);
	message[size - 1] = '\n';
	return message;
}

/*
 * What stands around a message where a protocol wants more than the message: before it, and then its size and a line's
 * end; and after it. memcached has no echo: it is told to store the message, and asked for it.
 */
static const struct frame {
	const char *before_request, *after_request, *before_reply, *after_reply;
} frames[] = {
	[SPEECH_REDIS] = {"*2\r\n$4\r\nECHO\r\n$", "\r\n", "$", "\r\n"},
	[SPEECH_MEMCACHED] = {"ms k ", "\r\nmg k v\r\n", "HD\r\nVA ", "\r\n"},
};

/* Frees the text. */
static uint8_t *wrap(const char *before, uint8_t *text, const char *after, size_t *size)
{
	enum { HEAD_ROOM = 64 };
	char head[HEAD_ROOM];
	size_t n = (size_t)snprintf(head, sizeof head, "%s%zu\r\n", before, *size), rest = strlen(after);
	uint8_t *message = allocate(n + *size + rest);
	memcpy(message, head, n);
	memcpy(message + n, text, *size);
	memcpy(message + n + *size, after, rest);
	free(text);
	*size += n + rest;
	return message;
}

static void make_reply(struct message *m, enum speech speech)
{
	m->reply = allocate(TEXT_UPPER_ROOM(m->request_size));
	m->reply_size = m->request_size;
	if (speech == SPEECH_UPPER)
		m->reply_size = text_upper_whole(m->request, m->request_size, m->reply);
	else
		memcpy(m->reply, m->request, m->request_size);
}

struct message message_make(const struct shape *s, enum speech speech)
{
	struct message m = {.request = write_text(s->text, s->size), .request_size = s->size, .copies = s->depth + 1};
	make_reply(&m, speech);
	if (speech == SPEECH_REDIS || speech == SPEECH_MEMCACHED) {
		const struct frame *f = &frames[speech];
		m.request = wrap(f->before_request, m.request, f->after_request, &m.request_size);
		m.reply = wrap(f->before_reply, m.reply, f->after_reply, &m.reply_size);
	}
	uint8_t *copies = allocate(m.request_size * m.copies);
	for (unsigned i = 0; i < m.copies; i++)
		memcpy(copies + i * m.request_size, m.request, m.request_size);
	free(m.request);
	m.request = copies;
	return m;
}

void message_free(struct message *m)
{
	free(m->request);
	free(m->reply);
}
