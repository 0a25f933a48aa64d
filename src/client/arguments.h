/*
 * arguments - what stands after the name of a command. Pure.
 */
#ifndef CLIENT_ARGUMENTS_H
#define CLIENT_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Cuts a line into words, in place, at most room of them; returns how many. The last one, number room, takes all that
 * is left, as it is, if rest says so, else its own word: then whatever follows it is not looked at.
 */
int arguments_split(char *line, char *words[], int room, bool rest);

/* "on" or "off"; false: neither. */
bool arguments_switch(const char *text, bool *on);

/*
 * Replaces the escapes \0 \n \r \t \\ \xHH by what they stand for, in place; returns how many bytes that makes. -1:
 * there is another one; it has been left at the beginning of text, as a string.
 */
ssize_t arguments_unescape(char *text);

#endif
