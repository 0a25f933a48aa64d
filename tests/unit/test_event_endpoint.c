/* cmocka.h wants these before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <uproar/event.h>

static void assert_format(struct endpoint e, const char *expected)
{
	char text[ENDPOINT_TEXT];
	assert_ptr_equal(endpoint_format(&e, text), text);
	assert_string_equal(text, expected);
}

static void formats(void **state)
{
	(void)state;
	assert_format((struct endpoint){0}, "");
	assert_format((struct endpoint){.family = 4, .address = {127, 0, 0, 1}, .port = 12000}, "127.0.0.1:12000");
	assert_format((struct endpoint){.family = 4, .address = {255, 255, 255, 255}, .port = 65535},
		      "255.255.255.255:65535");
	assert_format((struct endpoint){.family = 4}, "0.0.0.0:0");
	assert_format((struct endpoint){.family = 6, .address = {[15] = 1}, .port = 12000}, "[::1]:12000");
	assert_format((struct endpoint){.family = 6}, "[::]:0");
	assert_format((struct endpoint){.family = 6, .address = {0xfe, 0x80, [15] = 1}, .port = 12000, .scope = 2},
		      "[fe80::1%2]:12000");
}

/* The longest there can be still fits. */
static void formats_the_longest(void **state)
{
	(void)state;
	struct endpoint e = {.family = 6, .port = 65535, .scope = UINT32_MAX};
	for (size_t i = 0; i < sizeof e.address; i++)
		e.address[i] = 0xff;
	assert_format(e, "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535");
}

static void longest_datagrams(void **state)
{
	(void)state;
	assert_int_equal(endpoint_datagram_max(&(struct endpoint){0}), 65507);
	assert_int_equal(endpoint_datagram_max(&(struct endpoint){.family = 4}), 65507);
	assert_int_equal(endpoint_datagram_max(&(struct endpoint){.family = 6}), 65527);
}

static void compares(void **state)
{
	(void)state;
	struct endpoint a = {.family = 4, .address = {127, 0, 0, 1}, .port = 1}, b = a;
	assert_true(endpoint_equal(&a, &b));
	b.address[4] = 9; /* no part of an IPv4 address */
	b.scope = 9;      /* nor this */
	assert_true(endpoint_equal(&a, &b));
	b.port = 2;
	assert_false(endpoint_equal(&a, &b));
	b = a;
	b.address[3] = 2;
	assert_false(endpoint_equal(&a, &b));
	b = a;
	b.family = 6;
	assert_false(endpoint_equal(&a, &b));

	a = b;
	assert_true(endpoint_equal(&a, &b));
	b.scope = 1;
	assert_false(endpoint_equal(&a, &b));
	b = a;
	b.address[15] = 1;
	assert_false(endpoint_equal(&a, &b));
	b = a;
	b.port = 2;
	assert_false(endpoint_equal(&a, &b));

	a = b = (struct endpoint){0};
	assert_true(endpoint_equal(&a, &b));
	b.family = 4;
	assert_false(endpoint_equal(&a, &b));
}

static void compares_addresses(void **state)
{
	(void)state;
	struct endpoint a = {.family = 6, .address = {0xfe, 0x80, [15] = 1}, .port = 1, .scope = 1}, b = a;
	b.port = 2;
	b.scope = 2;
	assert_true(endpoint_same_address(&a, &b));
	b.address[15] = 2;
	assert_false(endpoint_same_address(&a, &b));
	a = b = (struct endpoint){.family = 4, .address = {127, 0, 0, 1}, .port = 1};
	b.address[4] = 9; /* no part of an IPv4 address */
	assert_true(endpoint_same_address(&a, &b));
	b.family = 6;
	assert_false(endpoint_same_address(&a, &b));
}

static void knows_the_wildcard(void **state)
{
	(void)state;
	assert_true(endpoint_is_any(&(struct endpoint){.family = 4, .port = 1}));
	assert_true(endpoint_is_any(&(struct endpoint){.family = 4, .address = {[4] = 9}}));
	assert_true(endpoint_is_any(&(struct endpoint){.family = 6, .scope = 1}));
	assert_false(endpoint_is_any(&(struct endpoint){.family = 4, .address = {[3] = 1}}));
	assert_false(endpoint_is_any(&(struct endpoint){.family = 6, .address = {[15] = 1}}));
	assert_false(endpoint_is_any(&(struct endpoint){0}));
}

static void knows_loopback(void **state)
{
	(void)state;
	assert_true(endpoint_is_loopback(&(struct endpoint){.family = 4, .address = {127, 0, 0, 1}, .port = 1}));
	assert_true(endpoint_is_loopback(&(struct endpoint){.family = 4, .address = {127, 255, 255, 255}}));
	assert_true(endpoint_is_loopback(&(struct endpoint){.family = 6, .address = {[15] = 1}}));
	assert_false(endpoint_is_loopback(&(struct endpoint){.family = 4, .address = {128, 0, 0, 1}}));
	assert_false(endpoint_is_loopback(&(struct endpoint){.family = 4}));
	assert_false(endpoint_is_loopback(&(struct endpoint){.family = 6, .address = {127, [15] = 1}}));
	assert_false(endpoint_is_loopback(&(struct endpoint){.family = 6}));
	assert_false(endpoint_is_loopback(&(struct endpoint){0}));
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(protocol_name(PROTOCOL_TCP), "TCP");
	assert_string_equal(protocol_name(PROTOCOL_UDP), "UDP");
	assert_string_equal(protocol_name(PROTOCOL_NONE), "");
	assert_string_equal(protocol_name((enum protocol)77), "");

	assert_string_equal(event_op_name(OP_SOCKET), "socket");
	assert_string_equal(event_op_name(OP_RECVFROM), "recvfrom");
	assert_string_equal(event_op_name(OP_GETADDRINFO), "getaddrinfo");
	for (int op = OP_SOCKET; op < OP_COUNT; op++)
		assert_string_not_equal(event_op_name((enum event_op)op), "");
	assert_string_equal(event_op_name((enum event_op)0), "");
	assert_string_equal(event_op_name(OP_COUNT), "");
	assert_string_equal(event_op_name((enum event_op) - 1), "");
}

static void knows_which_calls_move_bytes(void **state)
{
	(void)state;
	static const enum event_op sends[] = {OP_SEND, OP_SENDTO, OP_SENDMSG};
	static const enum event_op receives[] = {OP_RECV, OP_RECVFROM, OP_RECVMSG};
	unsigned sending = 0, receiving = 0;
	for (size_t i = 0; i < COUNT(sends); i++)
		assert_true(event_op_sends(sends[i]) && event_op_receives(receives[i]));
	for (int op = 0; op <= OP_COUNT; op++) {
		sending += event_op_sends((enum event_op)op);
		receiving += event_op_receives((enum event_op)op);
	}
	assert_int_equal(sending, COUNT(sends));
	assert_int_equal(receiving, COUNT(receives));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats),
		cmocka_unit_test(formats_the_longest),
		cmocka_unit_test(longest_datagrams),
		cmocka_unit_test(compares),
		cmocka_unit_test(compares_addresses),
		cmocka_unit_test(knows_the_wildcard),
		cmocka_unit_test(knows_loopback),
		cmocka_unit_test(names),
		cmocka_unit_test(knows_which_calls_move_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
