/*
 * Any line as what stands after a command's name: words, escapes, numbers, times, a host and a port, a filter of calls.
 * Input: a byte that says how many words there may be, and the line.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include <uproar/views.h>

#include "../../src/client/arguments.h"
#include "../../src/client/options.h"
#include "../../src/client/series.h"
#include "shown.h"

enum { WORDS_MAX = 16, PROBLEM = 400 };

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The words stand in the line in their order, without blanks, and between them is nothing else. */
static void check_split(const char *line, int room, bool rest)
{
	char *copy = strdup(line), *words[WORDS_MAX];
	int count = arguments_split(copy, words, room, rest);
	check(count >= 0 && count <= room);
	const char *at = line;
	for (int i = 0; i < count; i++) {
		while (is_blank(*at))
			at++;
		size_t n = strlen(words[i]);
		check(words[i] - copy == at - line && n > 0 && strncmp(at, words[i], n) == 0);
		at += n;
		bool takes_all = rest && i == room - 1;
		check(takes_all ? *at == '\0' : strcspn(words[i], " \t") == n && (*at == '\0' || is_blank(*at)));
	}
	while (count < room && is_blank(*at))
		at++;
	check(count == room || *at == '\0');
	free(copy);
}

/* Any bytes written with escapes are those bytes again. */
static void check_escaped(const char *bytes, size_t n)
{
	char *text = malloc(4 * n + 1), *end = text;
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == '\\')
			end = stpcpy(end, "\\\\");
		else if (bytes[i] == '\0')
			end = stpcpy(end, "\\0");
		else if (bytes[i] == '\n')
			end = stpcpy(end, "\\n");
		else if (isdigit((unsigned char)bytes[i]))
			end += sprintf(end, "\\x%02x", (unsigned char)bytes[i]);
		else
			*end++ = bytes[i];
	}
	*end = '\0';
	check(arguments_unescape(text) == (ssize_t)n);
	check(memcmp(text, bytes, n) == 0);
	free(text);
}

static void check_unescape(const char *line)
{
	char *text = strdup(line);
	ssize_t n = arguments_unescape(text);
	if (n == -1)
		check(*text == '\\' && strlen(text) <= 4 && strstr(line, text));
	else
		check_escaped(text, (size_t)n);
	free(text);
}

static void check_numbers(const char *text)
{
	unsigned long number = 0;
	if (options_number(text, 3, 70000, &number)) {
		check(number >= 3 && number <= 70000);
		check(text[strspn(text, "0123456789")] == '\0');
	}
	uint64_t time = options_seconds(text);
	check(time == 0 || (time >= CLOCK_MS - 1 && time <= 86400 * CLOCK_SECOND));
	if (options_interval(text, &time))
		check(time == 0 || (time >= SERIES_INTERVAL_MIN - 1 && time <= SERIES_INTERVAL_MAX));
	bool on = false;
	check(!arguments_switch(text, &on) || on == (text[1] == 'n' || text[1] == 'N'));
}

/* A problem is a sentence; without one a look-up has something to look for. */
static void check_address(const char *host, const char *port)
{
	const char *problem = options_address_problem(host, port);
	if (problem) {
		check(*problem);
		return;
	}
	check(!host || (*host && host[strspn(host, "0123456789")] != '\0'));
	check(isalpha((unsigned char)*port) || (atoi(port) >= 1 && atoi(port) <= 65535 && strlen(port) <= 5));
}

static void check_filter(const char *text)
{
	struct calls_filter before = {EVENT_SERVER, OP_LISTEN, 77}, f = before;
	char problem[PROBLEM] = "";
	if (calls_filter_parse(text, &f, problem, sizeof problem) == -1) {
		check(*problem);
		check_shown(problem, strlen(problem));
		check(f.who == before.who && f.op == before.op && f.fd == before.fd);
		return;
	}
	check(f.who == 0 || f.who == EVENT_CLIENT || f.who == EVENT_SERVER);
	check((unsigned)f.op < OP_COUNT && f.fd >= -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	if (n < 1)
		return 0;
	check(text_locale());
	char *line = malloc(n);
	memcpy(line, input + 1, n - 1);
	line[n - 1] = '\0';
	check_split(line, input[0] % WORDS_MAX, input[0] & 0x80);
	check_unescape(line);
	check_escaped(line, n - 1);
	check_filter(line);
	check_address(NULL, line);
	check_address(line, "12000");
	char *words[2] = {line, line};
	int count = arguments_split(line, words, 2, false);
	check_numbers(words[0]);
	check_address(count > 0 ? words[0] : NULL, count > 1 ? words[1] : "12000");
	free(line);
	return 0;
}
