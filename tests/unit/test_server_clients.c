/* How many clients there may be: in all, and from one address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/server/clients.h"

enum { MANY = 20000 };

static struct endpoint ipv4(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	return (struct endpoint){.family = 4, .address = {a, b, c, d}, .port = 4711};
}

/* 2001:db8:0:N::HOST */
static struct endpoint ipv6(uint8_t n, uint8_t host)
{
	return (struct endpoint){.family = 6, .address = {0x20, 0x01, 0x0d, 0xb8, [7] = n, [15] = host}, .port = 4711};
}

static void test_fault_17_as_many_as_allowed(void **state)
{
	(void)state;
	struct clients *c = clients_new(3, 2);
	struct endpoint here = ipv4(127, 0, 0, 1);
	struct origin *origin;
	for (int i = 0; i < 3; i++)
		assert_int_equal(clients_enter(c, &here, &origin), CLIENTS_ADMITTED);
	assert_null(origin); /* they are not counted by address */
	assert_int_equal(clients_enter(c, &here, &origin), CLIENTS_FULL);
	clients_leave(c, NULL);
	assert_int_equal(clients_enter(c, &here, &origin), CLIENTS_ADMITTED);
	assert_int_equal(clients_enter(c, &here, &origin), CLIENTS_FULL);
	clients_free(c);
}

static void fills(struct clients *c, const struct endpoint *first, const struct endpoint *second)
{
	struct origin *a, *b, *none;
	assert_int_equal(clients_enter(c, first, &a), CLIENTS_ADMITTED);
	assert_int_equal(clients_enter(c, second, &b), CLIENTS_ADMITTED);
	assert_ptr_equal(a, b);
	assert_int_equal(clients_enter(c, first, &none), CLIENTS_FULL_THERE);
	assert_int_equal(clients_enter(c, second, &none), CLIENTS_FULL_THERE);
	clients_leave(c, a);
	assert_int_equal(clients_enter(c, second, &a), CLIENTS_ADMITTED);
	assert_int_equal(clients_enter(c, first, &none), CLIENTS_FULL_THERE);
}

/* Whatever the port, and in IPv6 whatever the second half. */
static void test_fault_17_as_many_from_one_address(void **state)
{
	(void)state;
	struct clients *c = clients_new(100, 2);
	struct endpoint one = ipv4(192, 0, 2, 1), other_port = one, two = ipv4(192, 0, 2, 2);
	struct endpoint six = ipv6(0, 1), same_site = ipv6(0, 2), other_site = ipv6(1, 1);
	other_port.port++;
	fills(c, &one, &other_port);
	fills(c, &two, &two);
	fills(c, &six, &same_site);
	fills(c, &other_site, &other_site);
	clients_free(c);
}

/* Those that are turned away for their address leave room for others. */
static void test_fault_17_who_is_turned_away_takes_no_place(void **state)
{
	(void)state;
	struct clients *c = clients_new(2, 1);
	struct endpoint one = ipv4(192, 0, 2, 1), two = ipv4(192, 0, 2, 2);
	struct origin *origin;
	assert_int_equal(clients_enter(c, &one, &origin), CLIENTS_ADMITTED);
	for (int i = 0; i < 10; i++)
		assert_int_equal(clients_enter(c, &one, &origin), CLIENTS_FULL_THERE);
	assert_int_equal(clients_enter(c, &two, &origin), CLIENTS_ADMITTED);
	assert_int_equal(clients_enter(c, &one, &origin), CLIENTS_FULL);
	clients_free(c);
}

static void test_loopback_is_not_counted_by_address(void **state)
{
	(void)state;
	struct clients *c = clients_new(100, 1);
	struct endpoint four = ipv4(127, 1, 2, 3), six = {.family = 6, .address = {[15] = 1}};
	struct origin *origin;
	for (int i = 0; i < 10; i++) {
		assert_int_equal(clients_enter(c, &four, &origin), CLIENTS_ADMITTED);
		assert_int_equal(clients_enter(c, &six, &origin), CLIENTS_ADMITTED);
	}
	clients_free(c);
}

static void test_many_addresses(void **state)
{
	(void)state;
	static struct origin *origins[MANY];
	struct clients *c = clients_new(MANY, 1);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < MANY; i++) {
			struct endpoint e = ipv4(10, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i);
			assert_int_equal(clients_enter(c, &e, &origins[i]), CLIENTS_ADMITTED);
		}
		for (int i = 0; i < MANY; i++)
			clients_leave(c, origins[i]);
	}
	clients_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fault_17_as_many_as_allowed),
		cmocka_unit_test(test_fault_17_as_many_from_one_address),
		cmocka_unit_test(test_fault_17_who_is_turned_away_takes_no_place),
		cmocka_unit_test(test_loopback_is_not_counted_by_address),
		cmocka_unit_test(test_many_addresses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
