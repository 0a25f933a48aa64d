#include "arguments.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char blanks[] = " \t";

int arguments_split(char *line, char *words[], int room, bool rest)
{
	int count = 0;
	for (line += strspn(line, blanks); *line && count < room; line += strspn(line, blanks)) {
		words[count++] = line;
		if (rest && count == room)
			break;
		line += strcspn(line, blanks);
		if (*line)
			*line++ = '\0';
	}
	return count;
}

bool arguments_switch(const char *text, bool *on)
{
	*on = strcasecmp(text, "on") == 0;
	return *on || strcasecmp(text, "off") == 0;
}

static int digit(char c)
{
	if (!isxdigit((unsigned char)c))
		return -1;
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* The byte that an escape stands for, and how long the escape is; -1: it is none. */
static int escaped(const char *escape, size_t *size)
{
	static const char letters[] = "0nrt\\", bytes[] = "\0\n\r\t\\";
	const char *letter = escape[1] ? strchr(letters, escape[1]) : NULL;
	*size = 2;
	if (letter)
		return bytes[letter - letters];
	if (escape[1] != 'x' || digit(escape[2]) == -1 || digit(escape[3]) == -1)
		return -1;
	*size = 4;
	return digit(escape[2]) * 16 + digit(escape[3]);
}

ssize_t arguments_unescape(char *text)
{
	char *out = text;
	for (const char *in = text; *in;) {
		size_t size = 1;
		int byte = *in == '\\' ? escaped(in, &size) : (uint8_t)*in;
		if (byte == -1) {
			size = strnlen(in, in[1] == 'x' ? 4 : 2);
			memmove(text, in, size);
			text[size] = '\0';
			return -1;
		}
		*out++ = (char)byte;
		in += size;
	}
	return out - text;
}
