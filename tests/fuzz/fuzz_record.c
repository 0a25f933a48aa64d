/*
 * Any bytes as a line of a recording: as its first, and as an event. What is taken is written as it can be read again,
 * and what is not is told in words of our own.
 */
#include <errno.h>

#include <uproar/record.h>

#include "events.h"

static void check_problem(const char problem[RECORD_PROBLEM])
{
	size_t n = strnlen(problem, RECORD_PROBLEM);
	check(errno == EBADMSG && n > 0 && n < RECORD_PROBLEM);
	for (size_t i = 0; i < n; i++)
		check(problem[i] >= ' ' && problem[i] <= '~');
}

static void check_header(const char *line, size_t n)
{
	struct record_header h, again;
	char problem[RECORD_PROBLEM] = "";
	struct buf out = {0};
	if (record_read_header(line, n, &h, problem) == -1) {
		check_problem(problem);
		return;
	}
	check(h.version >= 1 && h.version <= RECORD_VERSION);
	check(record_write_header(&h, &out) == 0);
	check(record_read_header((char *)buf_bytes(&out), out.size - 1, &again, problem) == 0);
	check(again.version == h.version && again.wall == h.wall);
	buf_free(&out);
}

/* One line, in ASCII but for what is text. */
static void check_line(const struct buf *line)
{
	const uint8_t *bytes = buf_bytes(line);
	check(line->size > 2 && bytes[0] == '{' && bytes[line->size - 2] == '}' && bytes[line->size - 1] == '\n');
	for (size_t i = 0; i < line->size - 1; i++)
		check(bytes[i] >= ' ' && bytes[i] != 0x7f);
}

static void check_event(const struct event *e)
{
	struct event again;
	struct buf line = {0}, other = {0}, data = {0};
	char problem[RECORD_PROBLEM] = "";
	check(e->size <= EVENT_DATA_MAX && (e->size == 0) == (e->data == NULL));
	check(record_write(e, &line) == 0);
	check_line(&line);
	check(record_read((char *)buf_bytes(&line), line.size - 1, &again, &data, problem) == 0);
	check_same_event(e, &again);
	check(record_write(&again, &other) == 0);
	check_same_bytes(&line, &other);
	buf_free(&line);
	buf_free(&other);
	buf_free(&data);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	struct event e;
	struct buf data = {0};
	char problem[RECORD_PROBLEM] = "";
	check(text_locale());
	check_header((const char *)input, n);
	if (record_read((const char *)input, n, &e, &data, problem) == -1) {
		check_problem(problem);
	} else {
		check_event(&e);
		check_printed(&e);
	}
	buf_free(&data);
	return 0;
}
