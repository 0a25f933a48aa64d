/* text: the choice of the character set. */
#include <dlfcn.h>
#include <langinfo.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <uproar/text.h>

/* A system that has no UTF-8: this stands before the C library's. */
static bool without_utf8;

char *setlocale(int category, const char *locale)
{
	char *(*real)(int, const char *);
	*(void **)&real = dlsym(RTLD_NEXT, "setlocale");
	if (without_utf8 && locale && strcmp(locale, "C") != 0)
		return NULL;
	return real(category, locale);
}

/* No memory is left for the environment to grow. */
static bool without_setenv;

int setenv(const char *name, const char *value, int overwrite)
{
	int (*real)(const char *, const char *, int);
	*(void **)&real = dlsym(RTLD_NEXT, "setenv");
	return without_setenv ? -1 : real(name, value, overwrite);
}

static void set_environment(const char *all, const char *ctype, const char *lang)
{
	const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"}, *const values[] = {all, ctype, lang};
	for (int i = 0; i < 3; i++)
		if (values[i])
			setenv(names[i], values[i], 1);
		else
			unsetenv(names[i]);
	setlocale(LC_ALL, "C");
}

/* What readline does later: it takes the character set from the environment again. */
static void assert_environment_says_utf8(void)
{
	assert_string_equal(nl_langinfo(CODESET), "UTF-8");
	assert_non_null(setlocale(LC_CTYPE, "C"));
	assert_non_null(setlocale(LC_CTYPE, ""));
	assert_string_equal(nl_langinfo(CODESET), "UTF-8");
}

static void takes_the_environments_when_it_is_utf8(void **state)
{
	(void)state;
	set_environment(NULL, NULL, "C.UTF-8");
	assert_true(text_locale());
	assert_true(text_is_utf8());
	assert_environment_says_utf8();
	assert_null(getenv("LC_ALL"));
	assert_null(getenv("LC_CTYPE"));
}

static void falls_back_where_it_is_not(void **state)
{
	(void)state;
	static const char *const poor[][3] = {
		{NULL, NULL, NULL},
		{NULL, NULL, "C"},
		{NULL, "C", "C.UTF-8"},
		{"C", NULL, NULL},
		{"POSIX", "C.UTF-8", "C.UTF-8"},
		{"", "C", NULL},
		{NULL, NULL, "xx_YY.not-there"},
		{"xx_YY.not-there", NULL, NULL},
	};
	for (size_t i = 0; i < sizeof poor / sizeof poor[0]; i++) {
		set_environment(poor[i][0], poor[i][1], poor[i][2]);
		assert_true(text_locale());
		assert_environment_says_utf8();
	}
}

static void is_utf8_even_if_the_environment_stays(void **state)
{
	(void)state;
	set_environment("C", NULL, NULL);
	without_setenv = true;
	assert_true(text_locale());
	without_setenv = false;
	assert_string_equal(nl_langinfo(CODESET), "UTF-8");
}

static void leaves_the_numbers_alone(void **state)
{
	(void)state;
	set_environment("C.UTF-8", NULL, NULL);
	assert_true(text_locale());
	assert_string_equal(setlocale(LC_NUMERIC, NULL), "C");
}

static void says_when_there_is_no_utf8(void **state)
{
	(void)state;
	struct text_cell cell;
	set_environment("C", NULL, NULL);
	without_utf8 = true;
	assert_false(text_locale());
	assert_string_equal(getenv("LC_ALL"), "C");
	assert_false(text_is_utf8());
	assert_int_equal(text_cell("é", 2, &cell), 2);
	assert_string_equal(cell.text, "\\u00e9");
	without_utf8 = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_the_environments_when_it_is_utf8),
		cmocka_unit_test(falls_back_where_it_is_not),
		cmocka_unit_test(is_utf8_even_if_the_environment_stays),
		cmocka_unit_test(leaves_the_numbers_alone),
		cmocka_unit_test(says_when_there_is_no_utf8),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
