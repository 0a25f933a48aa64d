#include <stdio.h>
#include <string.h>

#include <uproar/text.h>

#include "words.h"

const char *words_sign(const char *utf8, const char *ascii)
{
	struct text_cell cell;
	text_cell(utf8, strlen(utf8), &cell);
	return cell.escaped ? ascii : utf8;
}

const char *words_bytes(uint64_t n, char out[WORDS_NUMBER])
{
	snprintf(out, WORDS_NUMBER, ngettext("%zu byte", "%zu bytes", n), (size_t)n);
	return out;
}

/* Three digits or so, cut rather than rounded, so that 999.99 ms never becomes 1000 ms. */
const char *words_duration(uint64_t ns, char out[WORDS_NUMBER])
{
	const char *unit = ns < CLOCK_SECOND ? "ms" : "s";
	uint64_t hundredths = ns / ((ns < CLOCK_SECOND ? CLOCK_MS : CLOCK_SECOND) / 100);
	unsigned long whole = hundredths / 100, part = hundredths % 100;

	if (ns < CLOCK_MS / 10)
		snprintf(out, WORDS_NUMBER, "0.%03u ms", (unsigned)(ns / 1000));
	else if (whole < 10 && part > 0)
		snprintf(out, WORDS_NUMBER, "%lu.%02lu %s", whole, part, unit);
	else if (whole < 100 && part >= 10)
		snprintf(out, WORDS_NUMBER, "%lu.%lu %s", whole, part / 10, unit);
	else
		snprintf(out, WORDS_NUMBER, "%lu %s", whole, unit);
	return out;
}

const char *words_ellipsis(void)
{
	return words_sign("…", "...");
}
