/* cmocka.h wants these before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <netinet/tcp.h>

#include <uproar/kernel.h>

/* The system's numbers, the standard's names. */
static void names_states(void **state)
{
	(void)state;
	assert_string_equal(kernel_state_name(TCP_ESTABLISHED), "ESTABLISHED");
	assert_string_equal(kernel_state_name(TCP_SYN_SENT), "SYN-SENT");
	assert_string_equal(kernel_state_name(TCP_SYN_RECV), "SYN-RECEIVED");
	assert_string_equal(kernel_state_name(TCP_FIN_WAIT1), "FIN-WAIT-1");
	assert_string_equal(kernel_state_name(TCP_FIN_WAIT2), "FIN-WAIT-2");
	assert_string_equal(kernel_state_name(TCP_TIME_WAIT), "TIME-WAIT");
	assert_string_equal(kernel_state_name(TCP_CLOSE), "CLOSED");
	assert_string_equal(kernel_state_name(TCP_CLOSE_WAIT), "CLOSE-WAIT");
	assert_string_equal(kernel_state_name(TCP_LAST_ACK), "LAST-ACK");
	assert_string_equal(kernel_state_name(TCP_LISTEN), "LISTEN");
	assert_string_equal(kernel_state_name(TCP_CLOSING), "CLOSING");
}

static void names_nothing_else(void **state)
{
	(void)state;
	assert_string_equal(kernel_state_name(0), "");
	assert_string_equal(kernel_state_name(KERNEL_STATES), "");
	assert_string_equal(kernel_state_name(-1U), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_states),
		cmocka_unit_test(names_nothing_else),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
