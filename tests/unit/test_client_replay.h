/*
 * What the tests of recordings share: a directory of their own, and recordings made of few words.
 */
#ifndef TEST_CLIENT_REPLAY_H
#define TEST_CLIENT_REPLAY_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* cmocka.h wants these before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <uproar/record.h>

#define MS CLOCK_MS

/* --- Files --- */

static char directory[] = "/tmp/uproar-test-XXXXXX";

static inline int make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

/* The path of a file in it; valid until the next call. */
static inline const char *path_of(const char *name)
{
	static char path[128];
	snprintf(path, sizeof path, "%s/%s", directory, name);
	return path;
}

static inline int remove_directory(void **state)
{
	(void)state;
	char command[128];
	snprintf(command, sizeof command, "rm -r %s", directory);
	return system(command);
}

static inline void write_file(const char *path, const void *bytes, size_t n)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

/* All of it, with a NUL behind; the caller frees its bytes. */
static inline struct buf read_file(const char *path)
{
	struct buf b = {0};
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	for (int byte; (byte = fgetc(f)) != EOF;) {
		char c = (char)byte;
		assert_int_equal(buf_append(&b, &c, 1), 0);
	}
	fclose(f);
	assert_int_equal(buf_append(&b, "", 1), 0);
	b.size--;
	return b;
}

/* --- Recordings --- */

enum { WALL = 1000 };

static inline void begin_file(struct buf *b)
{
	buf_clear(b);
	assert_int_equal(record_write_header(&(struct record_header){RECORD_VERSION, WALL}, b), 0);
}

/* A note of one number, that is its words. */
static inline void add_note(struct buf *b, uint64_t when, unsigned number)
{
	char words[32];
	snprintf(words, sizeof words, "note %u", number);
	struct event e = event_of_note(EVENT_CLIENT, NOTE_INFO, words, strlen(words));
	e.when = when;
	assert_int_equal(record_write(&e, b), 0);
}

/* Notes 1 to count, one each time that step has passed. Returns the file's path. */
static inline const char *note_file(const char *name, unsigned count, uint64_t begin, uint64_t step)
{
	struct buf b = {0};
	begin_file(&b);
	for (unsigned i = 1; i <= count; i++)
		add_note(&b, begin + (i - 1) * step, i);
	const char *path = path_of(name);
	write_file(path, buf_bytes(&b), b.size);
	buf_free(&b);
	return path;
}

static inline unsigned number_of(const struct event *e)
{
	char words[32];
	assert_int_equal(e->kind, EVENT_NOTE);
	assert_true(e->size < sizeof words);
	memcpy(words, e->data, e->size);
	words[e->size] = '\0';
	unsigned number = 0;
	assert_int_equal(sscanf(words, "note %u", &number), 1);
	return number;
}

#endif
