/* cmocka.h wants these before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <uproar/event.h>

static void note_is_made_now(void **state)
{
	(void)state;
	const char *words = "not all of this";
	uint64_t before = clock_now();
	struct event e = event_of_note(EVENT_SERVER, NOTE_WARNING, words, 7);
	assert_in_range(e.when, before, clock_now());
	assert_int_equal(e.number, 0);
	assert_int_equal(e.who, EVENT_SERVER);
	assert_int_equal(e.kind, EVENT_NOTE);
	assert_int_equal(e.note.level, NOTE_WARNING);
	assert_int_equal(e.size, 7);
	assert_ptr_equal(e.data, words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(note_is_made_now),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
