/*
 * Runs a fuzz target without libFuzzer: with each file of its corpus, and with some thousands of inputs that are made
 * from those by changing a little, always the same ones. A file as an argument is run instead: the way to play again
 * what was found.
 */
#include <dirent.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <uproar/base.h>

#include "fuzz.h"

enum { FILES_MAX = 256, FILE_MAX = 64 << 10, CORPUS_ROOM = 100, MUTATIONS = 2000, MUTATIONS_SLOW = 400 };

struct file {
	uint8_t *bytes;
	size_t size;
};

static const char *target; /* its name */
static struct file files[FILES_MAX];
static size_t count;

/* The input gets memory of just its size, so that a step beyond its end is noticed. */
static void run(const uint8_t *bytes, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);
	assert_non_null(copy);
	memcpy(copy, bytes, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static struct file read_file(const char *path)
{
	struct file f = {.bytes = malloc(FILE_MAX)};
	FILE *stream = fopen(path, "rb");
	if (!stream || !f.bytes) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	f.size = fread(f.bytes, 1, FILE_MAX, stream);
	fclose(stream);
	return f;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* In the order of their names, so that the mutations are the same everywhere. */
static int read_corpus(void **state)
{
	(void)state;
	char *names[FILES_MAX];
	char corpus[CORPUS_ROOM];
	snprintf(corpus, sizeof corpus, "tests/fuzz/corpus/%s", target);
	DIR *directory = opendir(corpus);
	if (!directory)
		return -1;
	for (const struct dirent *d; count < FILES_MAX && (d = readdir(directory));)
		if (*d->d_name != '.' && !(names[count++] = strdup(d->d_name)))
			abort();
	closedir(directory);
	qsort(names, count, sizeof *names, by_name);
	for (size_t i = 0; i < count; i++) {
		char path[2 * CORPUS_ROOM + NAME_MAX];
		snprintf(path, sizeof path, "%s/%s", corpus, names[i]);
		files[i] = read_file(path);
		free(names[i]);
	}
	return 0;
}

static int free_corpus(void **state)
{
	(void)state;
	while (count > 0)
		free(files[--count].bytes);
	return 0;
}

static void test_corpus(void **state)
{
	(void)state;
	assert_int_not_equal(count, 0);
	for (size_t i = 0; i < count; i++)
		run(files[i].bytes, files[i].size);
}

/* --- Mutations --- */

struct dice {
	uint64_t seed, thrown;
};

static size_t throw(struct dice * d, size_t sides)
{
	return (size_t)(random_at(d->seed, d->thrown++) % sides);
}

/* One change: a bit, a byte, a number at its limit, some bytes doubled, taken away, or brought from another file. */
static size_t mutate(struct dice *d, uint8_t *bytes, size_t n, size_t room)
{
	static const uint8_t limits[] = {0, 1, 0x7f, 0x80, 0xc2, 0xe2, 0xf0, 0xff, '\n', '"', '\\', '%'};
	size_t at = n ? throw(d, n) : 0, size = n ? 1 + throw(d, n - at < 16 ? n - at : 16) : 0;
	const struct file *other = &files[throw(d, count)];
	switch (n ? throw(d, 6) : 5) {
	case 0:
		bytes[at] ^= (uint8_t)(1 << throw(d, 8));
		return n;
	case 1:
		bytes[at] = (uint8_t) throw(d, 256);
		return n;
	case 2:
		bytes[at] = limits[throw(d, sizeof limits)];
		return n;
	case 3:
		if (n + size > room)
			return n;
		memmove(bytes + at + size, bytes + at, n - at);
		return n + size;
	case 4:
		memmove(bytes + at, bytes + at + size, n - at - size);
		return n - size;
	default:
		if (other->size == 0)
			return n;
		size = 1 + throw(d, other->size);
		size = size < room - at ? size : room - at;
		memcpy(bytes + at, other->bytes, size);
		return at + size > n ? at + size : n;
	}
}

static void test_mutations(void **state)
{
	(void)state;
	static uint8_t bytes[FILE_MAX];
	unsigned times = getenv("UPROAR_COUNT") ? MUTATIONS_SLOW : MUTATIONS; /* it is set where all is slow */
	assert_int_not_equal(count, 0);
	for (unsigned i = 0; i < times; i++) {
		struct dice d = {.seed = i};
		const struct file *f = &files[i % count];
		size_t n = f->size;
		memcpy(bytes, f->bytes, n);
		for (size_t changes = 1 + throw(&d, 4); changes > 0; changes--)
			n = mutate(&d, bytes, n, sizeof bytes);
		run(bytes, n);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_corpus),
		cmocka_unit_test(test_mutations),
	};
	target = strrchr(argv[0], '_') + 1; /* the program is fuzz_NAME */
	if (argc < 2)
		return cmocka_run_group_tests(tests, read_corpus, free_corpus);
	for (int i = 1; i < argc; i++) {
		struct file f = read_file(argv[i]);
		run(f.bytes, f.size);
		free(f.bytes);
	}
	return EXIT_SUCCESS;
}
