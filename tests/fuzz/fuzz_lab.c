/*
 * Any text as settings of the lab. What is taken is written as it is taken again, and what is not changes nothing.
 */
#include <string.h>

#include "../support/lab.h"
#include "fuzz.h"

enum { MADE_UP = 7, DATAGRAMS = 20 };

static void check_limits(const struct lab *l)
{
	check(l->drop_requests <= LAB_CERTAIN && l->drop_replies <= LAB_CERTAIN);
	check(l->duplicate <= LAB_CERTAIN && l->reorder <= LAB_CERTAIN);
	check(l->delay <= LAB_TIME_MAX && l->jitter <= LAB_TIME_MAX && l->slow_read <= LAB_TIME_MAX);
	check(l->cut <= LAB_BYTES_MAX && l->rcvbuf <= LAB_BYTES_MAX && l->backlog <= LAB_BACKLOG_MAX);
	check(l->seed <= INT64_MAX);
}

static void check_sentence(const char *problem)
{
	size_t n = strnlen(problem, LAB_PROBLEM);
	check(n > 1 && n < LAB_PROBLEM && problem[n - 1] == '.');
	for (size_t i = 0; i < n; i++)
		check(problem[i] >= ' ' && problem[i] <= '~');
}

static bool random_at_all(const struct lab *l)
{
	return l->drop_requests || l->drop_replies || l->duplicate || l->reorder || l->jitter;
}

/* As text and back. A seed that decides nothing is not written. */
static void check_written(const struct lab *l)
{
	char text[LAB_TEXT], other[LAB_TEXT], problem[LAB_PROBLEM];
	struct lab again = {0}, expected = *l;
	struct lab_orders orders;
	if (!random_at_all(l))
		expected.seed = 0;
	check(lab_format(l, text) == text && strnlen(text, LAB_TEXT) < LAB_TEXT);
	check(lab_on(l) == (*text != '\0'));
	check(lab_parse(&again, text, MADE_UP, &orders, problem) == 0);
	check(lab_same(&again, &expected));
	check(!orders.close && !orders.rebind && orders.restart == random_at_all(l));
	check(strcmp(lab_format(&again, other), text) == 0);
	check(strnlen(lab_not_tcp(l, other), LAB_TEXT) < LAB_TEXT);
	check(strnlen(lab_not_udp(l, other), LAB_TEXT) < LAB_TEXT);
}

static void check_chance(uint32_t chance, bool happened)
{
	check(chance != 0 || !happened);
	check(chance != LAB_CERTAIN || happened);
}

static void check_fates(const struct lab *l)
{
	for (uint64_t n = 1; n <= DATAGRAMS; n++) {
		struct lab_fate f = lab_fate(l, n);
		check_chance(l->drop_requests, f.drop_request);
		check_chance(l->drop_replies, f.drop_reply);
		check_chance(l->duplicate, f.twice);
		check_chance(l->reorder, f.held_back);
		for (int i = 0; i < 2; i++)
			check(f.delay[i] >= l->delay && f.delay[i] - l->delay <= l->jitter);
		uint64_t delay = lab_delay(l, n);
		check(delay >= l->delay && delay - l->delay <= l->jitter);
	}
}

static void try_on(struct lab *l, const char *spec)
{
	struct lab before = *l;
	struct lab_orders orders;
	char problem[LAB_PROBLEM] = "";
	if (lab_parse(l, spec, MADE_UP, &orders, problem) == -1) {
		check_sentence(problem);
		check(lab_same(l, &before));
		check(!orders.restart && !orders.close && !orders.rebind);
		return;
	}
	check_limits(l);
	check(!random_at_all(l) || l->seed != 0);
	check(orders.close || !orders.rebind);
	check_written(l);
	check_fates(l);
}

/* Specifications between newlines, one changing what the one before left. */
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	struct lab l = {0};
	char *text = malloc(n + 1), *rest = text;
	memcpy(text, input, n);
	text[n] = '\0';
	for (char *spec; (spec = strsep(&rest, "\n"));)
		try_on(&l, spec);
	free(text);
	return 0;
}
