/*
 * Lines that are no events, or not quite, or that nobody knows who wrote.
 */
#include <stdlib.h>

#include "test_event_record.h"

enum { SEED = 20261108, FLIPPED_LINES = 400, FLIPS = 100, RANDOM_LINES = 20000 };

/* --- Sound or damaged --- */

static int read_event(const char *line, size_t n, char problem[RECORD_PROBLEM])
{
	struct buf data = {0};
	struct event e;
	problem[0] = '\0';
	errno = 0;
	/* In memory that ends where the line does, for sanitizers and valgrind to see who reads on. */
	char *copy = malloc(n + 1);
	assert_non_null(copy);
	char *start = copy + 1;
	memcpy(start, line, n);
	int result = record_read(start, n, &e, &data, problem);
	free(copy);
	if (result == -1) {
		assert_int_equal(errno, EBADMSG);
		assert_true(strlen(problem) > 0 && strlen(problem) < RECORD_PROBLEM);
		for (const char *p = problem; *p; p++)
			assert_in_range(*p, 0x20, 0x7e); /* nothing of the line is in it */
	} else { /* an event like any other: it is packed and written without complaint */
		struct buf packed = {0};
		assert_int_equal(event_pack(&e, &packed), 0);
		buf_free(&packed);
		assert_comes_back(&e);
	}
	buf_free(&data);
	return result;
}

static void assert_problem(const char *line, const char *expected)
{
	char problem[RECORD_PROBLEM];
	assert_int_equal(read_event(line, strlen(line), problem), -1);
	assert_string_equal(problem, expected);
}

static void assert_sound(const char *line)
{
	char problem[RECORD_PROBLEM];
	if (read_event(line, strlen(line), problem) == -1)
		fail_msg("%s: %s", problem, line);
}

#define START  "{\"when\":1,\"who\":\"client\",\"kind\":"
#define CALL   START "\"call\",\"op\":\"send\""
#define LOOKUP START "\"call\",\"op\":\"getaddrinfo\""
#define NOTE   START "\"note\",\"level\":\"info\""

/* Which column exactly is the parser's affair. */
static void assert_no_json(const char *line, const char *expected)
{
	char problem[RECORD_PROBLEM];
	unsigned column;
	int words = 0;
	assert_int_equal(read_event(line, strlen(line), problem), -1);
	assert_int_equal(sscanf(problem, "column %u: %n", &column, &words), 1);
	assert_in_range(column, 0, strlen(line));
	assert_string_equal(problem + words, expected);
}

static void no_json(void **state)
{
	(void)state;
	assert_problem("[1]", "it is no JSON object");
	assert_problem("{\"when\":1", "column 9: it ends too early");
	assert_no_json("", "it ends too early");
	assert_no_json(" \t ", "it ends too early");
	assert_no_json("{when:1}", "this is no JSON");
	assert_no_json("hello", "this is no JSON");
	assert_no_json("17", "this is no JSON");
	assert_no_json(NOTE "} {}", "something follows after its end");
	assert_no_json("{\"a\":1,\"a\":2}", "a name is there twice");
	assert_no_json("{\"a\":\"\xff\"}", "this is no UTF-8");
	assert_no_json(NOTE ",\"data\":\"\\u0000\"}", "a NUL is in a string");
	assert_no_json(NOTE ",\"a\\u0000\":1}", "a NUL is in a string");
	assert_no_json("{\"when\":9223372036854775808}", "this number is too large");
	assert_no_json("{\"when\":1e999}", "this number is too large");
}

static void nested_too_deeply(void **state)
{
	(void)state;
	static char line[100000];
	memset(line, '[', sizeof line - 1);
	assert_no_json(line, "it is nested too deeply");
}

static void longer_than_a_line(void **state)
{
	(void)state;
	char problem[RECORD_PROBLEM];
	char *line = calloc(1, RECORD_LINE_MAX + 1);
	assert_non_null(line);
	memset(line, ' ', RECORD_LINE_MAX + 1);
	memcpy(line, NOTE "}", sizeof NOTE);
	assert_int_equal(read_event(line, RECORD_LINE_MAX, problem), 0);
	assert_int_equal(read_event(line, RECORD_LINE_MAX + 1, problem), -1);
	assert_string_equal(problem, "it is longer than 16777216 bytes");
	free(line);
}

static void something_is_missing(void **state)
{
	(void)state;
	assert_problem("{}", "\"when\" is missing");
	assert_problem("{\"when\":1}", "\"who\" is missing");
	assert_problem("{\"when\":1,\"who\":\"client\"}", "\"kind\" is missing");
	assert_problem(START "\"call\"}", "\"op\" is missing");
	assert_problem(START "\"state\"}", "\"what\" is missing");
	assert_problem(START "\"note\"}", "\"level\" is missing");
	assert_problem(START "\"lab\"}", "\"what\" is missing");
	assert_problem(START "\"kernel\"}", "\"why\" is missing");
	assert_sound(START "\"sentence\"}");
	assert_sound(START "\"reply\"}");
	assert_sound(START "\"missing\"}");
}

static void words_not_known(void **state)
{
	(void)state;
	assert_problem(START "\"fancy\"}", "\"kind\" has a word that is not known here");
	assert_problem(START "\"\"}", "\"kind\" has a word that is not known here");
	assert_problem(START "\"Call\"}", "\"kind\" has a word that is not known here");
	assert_problem("{\"when\":1,\"who\":\"call\"}", "\"who\" has a word that is not known here");
	assert_problem(START "\"call\",\"op\":\"read\"}", "\"op\" has a word that is not known here");
	assert_problem(START "\"reply\",\"verdict\":\"\"}", "\"verdict\" has a word that is not known here");
	assert_problem(START "\"kernel\",\"why\":\"sample\",\"state\":\"established\"}",
		       "\"state\" has a word that is not known here");
	assert_problem(START "\"kernel\",\"why\":\"sample\",\"offered\":[\"tcp\",\"udp\"]}",
		       "\"offered\" has a word that is not known here");
	assert_problem(START "\"kernel\",\"why\":\"sample\",\"offered\":[2]}",
		       "\"offered\" has a word that is not known here");
	assert_problem(CALL ",\"error\":\"EWHATEVER\"}", "\"error\" has a name that is not known on this system");
	assert_problem(CALL ",\"error\":\"EAI_NONAME\"}", "\"error\" has a name that is not known on this system");
}

/* Each of these values is refused by each of the fields that are of another type. */
static void of_another_type(void **state)
{
	(void)state;
	static const struct {
		const char *line, *name;
		char type; /* of number, string, boolean, array */
	} fields[] = {
		{"{", "when", 'n'},
		{"{\"when\":1,", "who", 's'},
		{START "\"note\",\"level\":\"info\",", "number", 'n'},
		{START "\"note\",\"level\":\"info\",", "data", 's'},
		{START "\"note\",\"level\":\"info\",", "data_hex", 's'},
		{CALL ",", "fd", 'i'},
		{CALL ",", "result", 'i'},
		{CALL ",", "args", 'a'},
		{CALL ",", "address", 's'},
		{CALL ",", "error", 'e'},
		{START "\"reply\",", "verdict", 's'},
		{START "\"reply\",", "late", 'b'},
		{START "\"kernel\",\"why\":\"sample\",", "offered", 'a'},
	};
	static const struct {
		const char *value;
		const char *types; /* that it is of */
	} values[] = {{"1", "nie"}, {"1.0", ""}, {"\"1\"", "nse"}, {"true", "b"},
		      {"null", ""}, {"{}", ""},  {"[]", "a"}};
	for (size_t i = 0; i < COUNT(fields); i++)
		for (size_t j = 0; j < COUNT(values); j++) {
			char line[200], expected[RECORD_PROBLEM];
			if (strchr(values[j].types, fields[i].type))
				continue;
			snprintf(line, sizeof line, "%s\"%s\":%s}", fields[i].line, fields[i].name, values[j].value);
			snprintf(expected, sizeof expected, "\"%s\" has a value of another type than it must have",
				 fields[i].name);
			assert_problem(line, expected);
		}
}

static void assert_impossible(const char *line, const char *name)
{
	char expected[RECORD_PROBLEM];
	snprintf(expected, sizeof expected, "\"%s\" has a value that is not possible", name);
	assert_problem(line, expected);
}

static void numbers_out_of_range(void **state)
{
	(void)state;
	assert_impossible("{\"when\":-1}", "when");
	assert_impossible("{\"when\":\"18446744073709551616\"}", "when");
	assert_impossible("{\"when\":\"99999999999999999999999\"}", "when");
	assert_impossible("{\"when\":\"\"}", "when");
	assert_impossible("{\"when\":\"-1\"}", "when");
	assert_impossible("{\"when\":\" 1\"}", "when");
	assert_impossible("{\"when\":\"1x\"}", "when");
	assert_impossible(CALL ",\"asked\":-1}", "asked");
	assert_impossible(CALL ",\"fd\":2147483648}", "fd");
	assert_impossible(CALL ",\"fd\":-2147483649}", "fd");
	assert_impossible(CALL ",\"error\":2147483648}", "error");
	assert_impossible(CALL ",\"args\":[1,2,3,4]}", "args");
	assert_impossible(CALL ",\"args\":[1,2,2147483648]}", "args");
	assert_impossible(START "\"reply\",\"pieces\":4294967296}", "pieces");
	assert_impossible(START "\"reply\",\"pieces\":\"4294967296\"}", "pieces");
	assert_sound("{\"when\":\"18446744073709551615\",\"who\":\"client\",\"kind\":\"note\",\"level\":\"info\"}");
	assert_sound(CALL
		     ",\"fd\":-2147483648,\"args\":[],\"result\":-9223372036854775808,\"took\":9223372036854775807}");
	assert_sound(START "\"reply\",\"pieces\":4294967295,\"error\":-2147483648}");
}

static void assert_endpoint(const char *text, bool sound)
{
	char line[200];
	snprintf(line, sizeof line, "%s,\"address\":\"%s\"}", CALL, text);
	if (sound)
		assert_sound(line);
	else
		assert_impossible(line, "address");
}

static void endpoints(void **state)
{
	(void)state;
	static const char *const good[] = {
		"127.0.0.1:0",          "255.255.255.255:65535", "[::]:1",
		"[::1]:12000",          "[fe80::1%2]:1",         "[fe80::1%4294967295]:1",
		"[::ffff:127.0.0.1]:1", "[1:2:3:4:5:6:7:8]:1",
	};
	static const char *const bad[] = {
		"",
		":",
		":1",
		"1",
		"127.0.0.1",
		"127.0.0.1:",
		"127.0.0.1:65536",
		"127.0.0.1:-1",
		"127.0.0.1:1x",
		"127.0.0.1: 1",
		"127.0.0:1",
		"256.0.0.1:1",
		"127.0.0.1%1:1",
		"localhost:1",
		"[127.0.0.1]:1",
		"[::1]",
		"[::1]1",
		"::1:1",
		"[::1:1",
		"::1]:1",
		"[:1",
		"]:1",
		"[]:1",
		"[%1]:1",
		"[::1%]:1",
		"[::1%lo]:1",
		"[::1%1%2]:1",
		"[::1%4294967296]:1",
		"[::1%-1]:1",
		"[:::]:1",
		" 127.0.0.1:1",
		"127.0.0.1:1 ",
		"[::1]:00000000000000000000000000000000000000001x",
		"0000000000000000000000000000000000000000000000000000000000000000000000000000000000127.0.0.1:1",
	};
	for (size_t i = 0; i < COUNT(good); i++)
		assert_endpoint(good[i], true);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_endpoint(bad[i], false);
}

static void data_that_is_none(void **state)
{
	(void)state;
	assert_impossible(NOTE ",\"data_hex\":\"0\"}", "data_hex");
	assert_impossible(NOTE ",\"data_hex\":\"0g\"}", "data_hex");
	assert_impossible(NOTE ",\"data_hex\":\"00 0\"}", "data_hex");
	assert_impossible(NOTE ",\"data_hex\":\"0\xc3\xa9\"}", "data_hex");
	assert_problem(NOTE ",\"data\":\"a\",\"data_hex\":\"61\"}", "\"data\" and \"data_hex\" are both there");
	assert_sound(NOTE ",\"data\":\"\"}");
	assert_sound(NOTE ",\"data_hex\":\"\"}");
	assert_sound(NOTE ",\"data_hex\":\"0123456789abcdefABCDEF\"}");
}

/* A line whose data is so long, and whether it may be. */
static void assert_data_size(const char *start, const char *name, size_t n, bool sound)
{
	struct buf line = {0};
	char problem[RECORD_PROBLEM];
	assert_int_equal(buf_printf(&line, "%s,\"%s\":\"", start, name), 0);
	uint8_t *room = buf_reserve(&line, n);
	assert_non_null(room);
	memset(room, 'a', n);
	line.size += n;
	assert_int_equal(buf_append(&line, "\"}", 2), 0);
	assert_int_equal(read_event((char *)buf_bytes(&line), line.size, problem), sound ? 0 : -1);
	if (!sound)
		assert_non_null(strstr(problem, "that is not possible"));
	buf_free(&line);
}

static void more_data_than_there_may_be(void **state)
{
	(void)state;
	static const char *const excerpts[] = {CALL, START "\"lab\",\"what\":\"took\""};
	for (size_t i = 0; i < COUNT(excerpts); i++) {
		assert_data_size(excerpts[i], "data", EVENT_CALL_DATA, true);
		assert_data_size(excerpts[i], "data", EVENT_CALL_DATA + 1, false);
		assert_data_size(excerpts[i], "data_hex", 2 * EVENT_CALL_DATA, true);
		assert_data_size(excerpts[i], "data_hex", 2 * EVENT_CALL_DATA + 2, false);
	}
	assert_data_size(LOOKUP, "data", EVENT_LOOKUP_DATA, true);
	assert_data_size(LOOKUP, "data", EVENT_LOOKUP_DATA + 1, false);
	assert_data_size(NOTE, "data", EVENT_DATA_MAX, true);
	assert_data_size(NOTE, "data", EVENT_DATA_MAX + 1, false);
	assert_data_size(NOTE, "data_hex", 2 * EVENT_DATA_MAX, true);
	assert_data_size(NOTE, "data_hex", 2 * EVENT_DATA_MAX + 2, false);
}

/* --- What is no damage --- */

static void unknown_names_are_overlooked(void **state)
{
	(void)state;
	assert_sound(NOTE ",\"colour\":\"red\",\"more\":{\"a\":[1,2,{}]},\"nothing\":null}");
	assert_sound(NOTE ",\"op\":\"no call's\",\"fd\":{}}"); /* names of other kinds */
}

static void what_other_writers_do(void **state)
{
	(void)state;
	struct buf data = {0};
	struct event e;
	char problem[RECORD_PROBLEM];
	/* other space, another order, escapes, zeros and falses, an error's number though it has a name */
	static const char line[] =
		" { \"data\" : \"\\u0068\\u00e9\\ud834\\udd1e\\/\\u001b\" , \"late\" : false, \"error\" : 111,\r\t"
		"\"kind\" : \"repl\\u0079\", \"who\":\"server\", \"when\" : \"12\", \"number\" : 0, \"limit\":\"0\" } "
		"\r";
	assert_int_equal(record_read(line, strlen(line), &e, &data, problem), 0);
	struct event expected = {.when = 12, .who = EVENT_SERVER, .kind = EVENT_REPLY, .talk.error = 111};
	expected.data = "h\xc3\xa9\xf0\x9d\x84\x9e/\x1b";
	expected.size = 9;
	assert_same_event(&expected, &e);
	buf_free(&data);
}

/* The buffer for data serves line after line, and nothing of one is left for the next. */
static void data_of_one_line_alone(void **state)
{
	(void)state;
	struct buf data = {0};
	struct event e;
	char problem[RECORD_PROBLEM];
	static const char with[] = NOTE ",\"data\":\"hello\"}", without[] = NOTE "}";
	for (int i = 0; i < 3; i++) {
		assert_int_equal(record_read(with, strlen(with), &e, &data, problem), 0);
		assert_int_equal(e.size, 5);
		assert_memory_equal(e.data, "hello", 5);
		assert_ptr_equal(e.data, buf_bytes(&data));
		assert_int_equal(record_read(without, strlen(without), &e, &data, problem), 0);
		assert_int_equal(e.size, 0);
		assert_null(e.data);
	}
	buf_free(&data);
}

/* --- Headers --- */

static void assert_header_problem(const char *line, const char *expected)
{
	struct record_header h;
	char problem[RECORD_PROBLEM];
	errno = 0;
	assert_int_equal(record_read_header(line, strlen(line), &h, problem), -1);
	assert_int_equal(errno, EBADMSG);
	assert_string_equal(problem, expected);
}

static void damaged_headers(void **state)
{
	(void)state;
	assert_header_problem("[]", "it is no JSON object");
	assert_header_problem("{}", "\"uproar-events\" is missing");
	assert_header_problem(NOTE "}", "\"uproar-events\" is missing");
	assert_header_problem("{\"uproar-events\":1}", "\"wall\" is missing");
	assert_header_problem("{\"uproar-events\":1,\"wall\":\"1\"}",
			      "\"wall\" has a value of another type than it must have");
	assert_header_problem("{\"uproar-events\":0,\"wall\":1}", "\"uproar-events\" has a value that is not possible");
	assert_header_problem("{\"uproar-events\":-1,\"wall\":1}",
			      "\"uproar-events\" has a value that is not possible");
	assert_header_problem("{\"uproar-events\":2147483648,\"wall\":1}",
			      "\"uproar-events\" has a value that is not possible");
	assert_header_problem("{\"uproar-events\":2,\"wall\":{}}",
			      "version 2 of the format is not known here, only those up to 1 are");
}

static void headers_with_more_in_them(void **state)
{
	(void)state;
	struct record_header h;
	char problem[RECORD_PROBLEM];
	static const char line[] = "{\"title\":\"lesson 3\",\"wall\":-7,\"uproar-events\":1}";
	assert_int_equal(record_read_header(line, strlen(line), &h, problem), 0);
	assert_int_equal(h.version, 1);
	assert_int_equal(h.wall, -7);
}

/* --- Whatever else may come --- */

static struct event sample(uint64_t *random, unsigned i, uint8_t room[EVENT_CALL_DATA])
{
	return random_event(random, EVENT_CALL + i % EVENT_KERNEL, room);
}

static void test_fault_22_cut_short(void **state)
{
	(void)state;
	uint64_t random = SEED;
	struct buf line = {0};
	for (unsigned i = 0; i < 4 * EVENT_KERNEL; i++) {
		uint8_t room[EVENT_CALL_DATA];
		struct event e = sample(&random, i, room);
		char problem[RECORD_PROBLEM];
		write_line(&e, &line);
		for (size_t n = 0; n < line.size - 1; n++)
			assert_int_equal(read_event((char *)buf_bytes(&line), n, problem), -1);
		assert_int_equal(read_event((char *)buf_bytes(&line), line.size - 1, problem), 0);
	}
	buf_free(&line);
}

static void header_cut_short(void **state)
{
	(void)state;
	static const char line[] = "{\"uproar-events\":1,\"wall\":1700000000123456789}";
	struct record_header h;
	char problem[RECORD_PROBLEM];
	for (size_t n = 0; n < sizeof line - 1; n++)
		assert_int_equal(record_read_header(line, n, &h, problem), -1);
	assert_int_equal(record_read_header(line, sizeof line - 1, &h, problem), 0);
}

static void bytes_changed(void **state)
{
	(void)state;
	uint64_t random = SEED;
	struct buf line = {0};
	unsigned sound = 0;
	for (unsigned i = 0; i < FLIPPED_LINES; i++) {
		uint8_t room[EVENT_CALL_DATA];
		struct event e = sample(&random, i, room);
		char problem[RECORD_PROBLEM];
		write_line(&e, &line);
		for (int j = 0; j < FLIPS; j++) {
			uint8_t *byte = buf_bytes(&line) + random_below(&random, (unsigned)line.size - 1), was = *byte;
			*byte = random_flag(&random) ? (uint8_t)random_number(&random)
						     : (uint8_t) "0123456789-\"{}[]:,.eE\\ "[random_below(&random, 24)];
			sound += read_event((char *)buf_bytes(&line), line.size - 1, problem) == 0;
			*byte = was;
		}
	}
	assert_in_range(sound, FLIPPED_LINES * FLIPS / 50,
			FLIPPED_LINES * FLIPS / 50 * 49); /* both ways are well trodden */
	buf_free(&line);
}

/* Lines put together from pieces that a line may have. */
static void random_lines(void **state)
{
	(void)state;
	static const char *const pieces[] = {
		"{",
		"}",
		"[",
		"]",
		":",
		",",
		"\"",
		"\"when\":1",
		"\"who\":\"client\"",
		"\"kind\":\"call\"",
		"\"op\":\"recv\"",
		"\"kind\":\"kernel\"",
		"\"why\":\"drops\"",
		"\"offered\":[\"tcp\"]",
		"\"result\":0",
		"\"error\":\"EPIPE\"",
		"\"args\":[1,2]",
		"\"address\":\"[::1]:1\"",
		"\"data\":\"x\"",
		"\"data_hex\":\"00\"",
		"null",
		"-1",
		"1e9",
		"true",
		"\\",
		"\xff",
		NOTE,
		CALL,
	};
	uint64_t random = SEED;
	for (int i = 0; i < RANDOM_LINES; i++) {
		char line[1000] = "", problem[RECORD_PROBLEM];
		for (unsigned n = random_below(&random, 14); n > 0; n--)
			strcat(strcat(line, pieces[random_below(&random, COUNT(pieces))]), n % 2 ? "," : "");
		read_event(line, strlen(line), problem);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_json),
		cmocka_unit_test(nested_too_deeply),
		cmocka_unit_test(longer_than_a_line),
		cmocka_unit_test(something_is_missing),
		cmocka_unit_test(words_not_known),
		cmocka_unit_test(of_another_type),
		cmocka_unit_test(numbers_out_of_range),
		cmocka_unit_test(endpoints),
		cmocka_unit_test(data_that_is_none),
		cmocka_unit_test(more_data_than_there_may_be),
		cmocka_unit_test(unknown_names_are_overlooked),
		cmocka_unit_test(what_other_writers_do),
		cmocka_unit_test(data_of_one_line_alone),
		cmocka_unit_test(damaged_headers),
		cmocka_unit_test(headers_with_more_in_them),
		cmocka_unit_test(test_fault_22_cut_short),
		cmocka_unit_test(header_cut_short),
		cmocka_unit_test(bytes_changed),
		cmocka_unit_test(random_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
