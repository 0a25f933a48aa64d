/*
 * keys - the bytes that terminals send for the keys that are not text: xterm, linux, rxvt, vt220 and their kin.
 */
#ifndef TERM_KEYS_H
#define TERM_KEYS_H

#include <uproar/term.h>

enum key_scope {
	KEY_ALWAYS,     /* readline runs the command of this key */
	KEY_EMPTY_LINE, /* the same while the line is empty; else it moves in the line */
	KEY_GRABBED,    /* only while keys are grabbed; else readline knows it by itself */
};

struct key {
	const char *bytes;
	enum input_key key;
	enum key_scope scope;
};

/*
 * What a terminal sends for its mouse (xterm's "SGR mouse mode", 1006): ESC [ < button ; column ; row, and M when
 * pressed or turned, m when released. False: that is something else, or a button that does nothing.
 */
bool key_mouse(const char *bytes, size_t n, enum input_mouse *what, unsigned *y, unsigned *x);

const struct key *key_at(size_t i);                      /* NULL: there are no more */
const struct key *key_find(const char *bytes, size_t n); /* NULL: not known */

#endif
