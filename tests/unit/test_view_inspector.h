/* What the tests of the inspector share. */
#ifndef TEST_VIEW_INSPECTOR_H
#define TEST_VIEW_INSPECTOR_H

#include "test_view_calls.h"

static struct inspector *view;

static inline int begin(void **state)
{
	view = begin_log(state) == 0 ? inspector_new(events, flow, WALL) : NULL;
	return view ? 0 : -1;
}

static inline int end(void **state)
{
	inspector_free(view);
	return end_log(state);
}

static inline void assert_page(uint64_t index, unsigned width, const char *expected)
{
	inspector_open(view, index);
	assert_shown(&inspector_lines, view, width, expected);
	assert_fits(&inspector_lines, view);
}

static inline void says(uint64_t index, const char *part)
{
	inspector_open(view, index);
	assert_says(&inspector_lines, view, part);
}

static inline void says_not(uint64_t index, const char *part)
{
	inspector_open(view, index);
	assert_says_not(&inspector_lines, view, part);
}

#endif
