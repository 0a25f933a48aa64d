/* Sources that no client has. Faults have the numbers of tests/FAULTS.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../src/server/source.h"

enum { OWN = 12000 };

static bool refused(struct endpoint source, uint16_t port)
{
	source.port = port;
	return source_refused(&source, OWN);
}

static const struct endpoint clients[] = {
	{.family = 4, .address = {127, 0, 0, 1}},
	{.family = 4, .address = {192, 0, 2, 1}},
	{.family = 4, .address = {223, 255, 255, 255}},
	{.family = 6, .address = {[15] = 1}},
	{.family = 6, .address = {0xfe, 0x80, [15] = 1}, .scope = 2},
	{.family = 6, .address = {0x20, 0x01, 0x0d, 0xb8, [15] = 1}},
};

static void test_fault_1_ports_of_servers_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(clients); i++) {
		for (uint32_t port = 0; port <= UINT16_MAX; port++)
			assert_int_equal(refused(clients[i], (uint16_t)port),
					 port < 1024 || port == 2049 || port == OWN);
	}
}

/* Nor everybody's: 255.255.255.255. */
static void test_fault_1_groups_are_refused(void **state)
{
	(void)state;
	static const struct endpoint groups[] = {
		{.family = 4, .address = {224, 0, 0, 1}},         {.family = 4, .address = {239, 255, 255, 255}},
		{.family = 4, .address = {255, 255, 255, 255}},   {.family = 6, .address = {0xff, 0x02, [15] = 1}},
		{.family = 6, .address = {0xff, 0x0e, [15] = 1}},
	};
	for (size_t i = 0; i < COUNT(groups); i++)
		assert_true(refused(groups[i], 50000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fault_1_ports_of_servers_are_refused),
		cmocka_unit_test(test_fault_1_groups_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
