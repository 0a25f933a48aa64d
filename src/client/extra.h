/*
 * extra - further clients of the server at hand, to fill its queue or to keep it busy: TCP connections that say
 * nothing, each from a socket of its own. The conversation's own connection counts as client 1.
 */
#ifndef CLIENT_EXTRA_H
#define CLIENT_EXTRA_H

#include <uv.h>

#include "network.h"

struct extra {
	uv_loop_t *loop;
	void (*note)(enum note_level level, const char *words, void *arg);
	void *arg;
	struct extra_client *clients[NETWORK_EXTRA_MAX]; /* NULL: there is none */
};

void extra_init(struct extra *x, uv_loop_t *loop, void (*note)(enum note_level level, const char *words, void *arg),
		void *arg);
/* Of the first so many, opens those that are not there. */
void extra_open(struct extra *x, const struct endpoint *remote, unsigned count);
/* Closes all but the first so many, if there are any. */
void extra_close(struct extra *x, unsigned count);

#endif
