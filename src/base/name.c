#include <ctype.h>
#include <string.h>
#include <strings.h>

#include <uproar/base.h>

enum { NAME_ROOM = 64 }; /* names are short: of longer ones the beginning counts */

/* Levenshtein's distance, row by row of its table. */
static size_t edits(const char *typed, const char *name)
{
	size_t row[NAME_ROOM];
	size_t n = strnlen(name, NAME_ROOM - 1);
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; *typed; typed++, i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t change = diagonal + (tolower((unsigned char)*typed) != name[j - 1]);
			diagonal = row[j];
			size_t shorter = row[j] < row[j - 1] ? row[j] : row[j - 1];
			row[j] = change < shorter + 1 ? change : shorter + 1;
		}
	}
	return row[n];
}

size_t name_distance(const char *typed, const char *name)
{
	size_t n = strlen(typed);
	return n > 0 && strncasecmp(typed, name, n) == 0 ? 0 : edits(typed, name);
}

/* Two letters that have changed places are two changes, even in a short name. */
bool name_is_near(const char *typed, const char *name)
{
	return 2 * name_distance(typed, name) <= strlen(typed);
}
