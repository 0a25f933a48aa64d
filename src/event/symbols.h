/*
 * symbols - the names that <sys/socket.h> and its like give to numbers. NULL is what has no name here.
 */
#ifndef EVENT_SYMBOLS_H
#define EVENT_SYMBOLS_H

#include <stdbool.h>

enum symbol_set {
	SYMBOL_FAMILY,       /* AF_ */
	SYMBOL_TYPE,         /* SOCK_ */
	SYMBOL_TYPE_FLAG,    /* SOCK_CLOEXEC and its like */
	SYMBOL_MESSAGE_FLAG, /* MSG_ */
	SYMBOL_HOW,          /* SHUT_ */
	SYMBOL_LEVEL,        /* SOL_SOCKET, IPPROTO_ */
	SYMBOL_ERRNO,        /* E */
	SYMBOL_LOOKUP_ERROR, /* EAI_ */
};

const char *symbol_name(enum symbol_set set, int value);
bool symbol_value(enum symbol_set set, const char *name, int *value); /* false: this system has no such name */
const char *symbol_option(int level, int option);                     /* SO_, IP_, IPV6_, TCP_ */

/* Takes a flag that has a name out of *flags, until only such are left as have none. */
const char *symbol_take_flag(enum symbol_set set, int *flags);

#endif
