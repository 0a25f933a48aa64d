#include <netdb.h>
#include <string.h>

#include "test_sock.h"

/* Only what needs no name server: addresses, the loopback, the hosts file. */

enum { ROOM = 8 };

static int resolve(const char *host, const char *service, int family, struct endpoint *found)
{
	int code = -1234;
	int n = sock_resolve(host, service, family, PROTOCOL_TCP, found, ROOM, &code);
	if (n != -1)
		assert_int_equal(code, 0);
	else
		assert_int_not_equal(code, 0);
	return n;
}

static void reads_addresses(void **state)
{
	(void)state;
	struct endpoint found[ROOM];
	assert_int_equal(resolve("127.0.0.1", "12000", 0, found), 1);
	assert_endpoint(&found[0], "127.0.0.1:12000");
	assert_int_equal(resolve("192.0.2.7", "1", 4, found), 1);
	assert_endpoint(&found[0], "192.0.2.7:1");
	assert_int_equal(resolve("::1", "65535", 0, found), 1);
	assert_endpoint(&found[0], "[::1]:65535");
	assert_int_equal(resolve("2001:db8::7", "12000", 6, found), 1);
	assert_endpoint(&found[0], "[2001:db8::7]:12000");
	assert_int_equal(resolve("::ffff:127.0.0.1", "12000", 0, found), 1);
	assert_endpoint(&found[0], "127.0.0.1:12000");
}

static bool is_among(const char *expected, const struct endpoint *found, int n)
{
	char text[ENDPOINT_TEXT];
	for (int i = 0; i < n; i++)
		if (strcmp(endpoint_format(&found[i], text), expected) == 0)
			return true;
	return false;
}

static void without_a_host_it_is_loopback(void **state)
{
	(void)state;
	struct endpoint found[ROOM];
	assert_int_equal(resolve(NULL, "12000", 4, found), 1);
	assert_endpoint(&found[0], "127.0.0.1:12000");
	assert_int_equal(resolve(NULL, "12000", 6, found), 1);
	assert_endpoint(&found[0], "[::1]:12000");
	int n = resolve(NULL, "12000", 0, found);
	assert_true(is_among("127.0.0.1:12000", found, n));
}

static void finds_nothing_twice(void **state)
{
	(void)state;
	struct endpoint found[ROOM];
	int n = resolve("localhost", "12000", 0, found);
	if (n == -1)
		skip(); /* without /etc/hosts */
	assert_true(n >= 1);
	for (int i = 0; i < n; i++)
		for (int j = 0; j < i; j++)
			assert_false(endpoint_equal(&found[i], &found[j]));
}

static void fills_no_more_than_the_room(void **state)
{
	(void)state;
	struct endpoint found[2] = {{0}, {.port = 7}};
	int code;
	assert_int_equal(sock_resolve(NULL, "12000", 0, PROTOCOL_UDP, found, 1, &code), 1);
	assert_int_equal(found[0].port, 12000);
	assert_int_equal(found[1].port, 7);
	assert_int_equal(sock_resolve(NULL, "12000", 0, PROTOCOL_UDP, found, 0, &code), 0);
}

static void knows_services(void **state)
{
	(void)state;
	struct endpoint found[ROOM];
	int n = resolve("127.0.0.1", "echo", 0, found);
	if (n == -1)
		skip(); /* without /etc/services */
	assert_endpoint(&found[0], "127.0.0.1:7");
}

static void says_why_not(void **state)
{
	(void)state;
	struct endpoint found[ROOM];
	int code = 0;
	assert_int_equal(sock_resolve("127.0.0.1", "no such service", 0, PROTOCOL_TCP, found, ROOM, &code), -1);
	assert_int_equal(code, EAI_SERVICE);
	assert_int_equal(resolve("127.0.0.1", "12000", 6, found), -1);
	assert_int_equal(resolve("::1", "12000", 4, found), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		both(reads_addresses),     both(without_a_host_it_is_loopback),
		both(finds_nothing_twice), both(fills_no_more_than_the_room),
		both(knows_services),      both(says_why_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
