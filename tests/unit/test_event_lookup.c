/* What a look-up was asked for and told. */
#include <string.h>
#include <sys/socket.h>

/* cmocka.h wants these before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <uproar/record.h>

enum { FOUND = 16 };

static const struct endpoint v4 = {.family = 4, .address = {127, 0, 0, 1}, .port = 12000};
static const struct endpoint v6 = {.family = 6, .address = {0xfe, 0x80, [15] = 1}, .port = 12000, .scope = 2};

static struct event lookup_of(const char *host)
{
	struct event e = {.who = EVENT_CLIENT, .kind = EVENT_CALL, .when = 1};
	e.call = (struct event_call){.op = OP_GETADDRINFO, .returned = true, .fd = -1};
	e.call.asked = host ? strlen(host) : 0;
	e.size = (uint32_t)(e.call.asked < EVENT_CALL_DATA ? e.call.asked : EVENT_CALL_DATA);
	e.data = host;
	return e;
}

static void assert_text(const char *text, size_t n, const char *expected)
{
	assert_int_equal(n, strlen(expected));
	if (n)
		assert_memory_equal(text, expected, n);
}

/* The addresses, one after the other. */
static void assert_found(struct event_lookup *l, const struct endpoint *expected, size_t n)
{
	struct endpoint e;
	for (size_t i = 0; i < n; i++) {
		assert_true(event_lookup_next(l, &e));
		assert_true(endpoint_equal(&e, &expected[i]));
	}
	assert_false(event_lookup_next(l, &e));
}

static void gives_back_what_was_kept(void **state)
{
	(void)state;
	char room[EVENT_LOOKUP_DATA];
	const struct endpoint found[] = {v6, v4};
	struct event e = lookup_of("www.example");
	event_lookup_keep(&e, room, "b.example", found, 2);
	assert_text(e.data, e.size, "www.example\nb.example\n[fe80::1%2]:12000\n127.0.0.1:12000");
	struct event_lookup l = event_lookup(&e);
	assert_text(l.host, l.host_size, "www.example");
	assert_text(l.name, l.name_size, "b.example");
	assert_false(event_lookup_is_canonical(&l));
	assert_found(&l, found, 2);
}

static void without_a_host_or_a_name(void **state)
{
	(void)state;
	char room[EVENT_LOOKUP_DATA];
	struct event e = lookup_of(NULL);
	event_lookup_keep(&e, room, "", &v4, 1);
	struct event_lookup l = event_lookup(&e);
	assert_int_equal(l.host_size, 0);
	assert_int_equal(l.name_size, 0);
	assert_false(event_lookup_is_canonical(&l));
	assert_found(&l, &v4, 1);

	e = lookup_of("Example");
	event_lookup_keep(&e, room, "eXAMPLE", NULL, 0); /* names are the same in any case */
	l = event_lookup(&e);
	assert_true(event_lookup_is_canonical(&l));
	assert_found(&l, NULL, 0);
}

/* As it is before the call has returned, or when it failed. */
static void the_host_alone(void **state)
{
	(void)state;
	struct event e = lookup_of("localhost");
	struct event_lookup l = event_lookup(&e);
	assert_text(l.host, l.host_size, "localhost");
	assert_int_equal(l.name_size, 0);
	assert_found(&l, NULL, 0);
	e = lookup_of(NULL);
	l = event_lookup(&e);
	assert_int_equal(l.host_size, 0);
	assert_found(&l, NULL, 0);
}

static struct endpoint longest(void)
{
	struct endpoint e = {.family = 6, .port = 65535, .scope = UINT32_MAX};
	memset(e.address, 0xff, sizeof e.address);
	return e;
}

/* All of sixteen addresses, and the longest names, have room; of more the first do, each of them whole. */
static void leaves_out_what_has_no_room(void **state)
{
	(void)state;
	char room[EVENT_LOOKUP_DATA], name[EVENT_CALL_DATA + 1], host[2 * EVENT_CALL_DATA];
	struct endpoint found[4 * FOUND], e;
	memset(name, 'n', sizeof name);
	name[sizeof name - 1] = '\0';
	memset(host, 'h', sizeof host);
	host[sizeof host - 1] = '\0';
	for (size_t i = 0; i < COUNT(found); i++)
		found[i] = longest();
	struct event of_some = lookup_of(host);
	event_lookup_keep(&of_some, room, name, found, FOUND);
	struct event_lookup l = event_lookup(&of_some);
	assert_int_equal(l.host_size, EVENT_CALL_DATA);
	assert_text(l.name, l.name_size, name);
	assert_found(&l, found, FOUND);

	struct event of_many = lookup_of(host);
	size_t n = 0;
	event_lookup_keep(&of_many, room, name, found, COUNT(found));
	assert_in_range(of_many.size, EVENT_LOOKUP_DATA - ENDPOINT_TEXT, EVENT_LOOKUP_DATA);
	for (l = event_lookup(&of_many); event_lookup_next(&l, &e); n++)
		assert_true(endpoint_equal(&e, &found[0]));
	assert_in_range(n, FOUND, COUNT(found) - 1);
}

/* A name server may say what it likes. */
static void a_name_of_two_lines_is_none(void **state)
{
	(void)state;
	char room[EVENT_LOOKUP_DATA];
	struct event e = lookup_of("www");
	event_lookup_keep(&e, room, "b\n192.0.2.1:1", &v4, 1);
	struct event_lookup l = event_lookup(&e);
	assert_int_equal(l.name_size, 0);
	assert_found(&l, &v4, 1);
}

/* And so may another process, or a recording. */
static void reads_nothing_into_nonsense(void **state)
{
	(void)state;
	static const struct {
		const char *data;
		size_t size;
		uint64_t asked;
	} nonsense[] = {
		{"www\nname\n127.0.0.1", 18, 3},
		{"www\nname\n[::1", 13, 3},
		{"www\nname\n\n", 10, 3},
		{"www\nname\n1.2.3.4:5\0", 19, 3},
		{"www\nname\n1.2.3.4:65536", 22, 3},
		{"www", 3, UINT64_MAX},
		{"www\n", 4, 2},
		{"\n\n:", 3, 0},
		{"\n\n[]:1", 6, 0},
	};
	for (size_t i = 0; i < COUNT(nonsense); i++) {
		struct event e = lookup_of(NULL);
		e.data = nonsense[i].data;
		e.size = (uint32_t)nonsense[i].size;
		e.call.asked = nonsense[i].asked;
		struct event_lookup l = event_lookup(&e);
		assert_true(l.host_size <= e.size);
		assert_found(&l, NULL, 0);
	}
}

/* Another program can read it: the lines are lines there, too. */
static void stands_in_a_recording(void **state)
{
	(void)state;
	char room[EVENT_LOOKUP_DATA], problem[RECORD_PROBLEM];
	struct buf line = {0}, data = {0};
	struct event e = lookup_of("localhost"), back;
	event_lookup_keep(&e, room, "localhost", &v4, 1);
	assert_int_equal(record_write(&e, &line), 0);
	static const char expected[] = "\"data\":\"localhost\\nlocalhost\\n127.0.0.1:12000\"";
	assert_non_null(memmem(buf_bytes(&line), line.size, expected, sizeof expected - 1));
	assert_int_equal(record_read((char *)buf_bytes(&line), line.size - 1, &back, &data, problem), 0);
	struct event_lookup l = event_lookup(&back);
	assert_text(l.host, l.host_size, "localhost");
	assert_found(&l, &v4, 1);
	buf_free(&line);
	buf_free(&data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_back_what_was_kept),
		cmocka_unit_test(without_a_host_or_a_name),
		cmocka_unit_test(the_host_alone),
		cmocka_unit_test(leaves_out_what_has_no_room),
		cmocka_unit_test(a_name_of_two_lines_is_none),
		cmocka_unit_test(reads_nothing_into_nonsense),
		cmocka_unit_test(stands_in_a_recording),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
