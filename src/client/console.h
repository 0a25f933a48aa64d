/*
 * console - the client without a screen: what the filter and the ping have in common. The network's thread, its events
 * in order, and words on standard error.
 */
#ifndef CLIENT_CONSOLE_H
#define CLIENT_CONSOLE_H

#include <stdio.h>
#include <uv.h>

#include <uproar/view.h>

#include "network.h"
#include "options.h"
#include "order.h"

struct console_handlers {
	void (*take)(const struct event *e, void *arg); /* an event; but calls, which are printed */
	void (*advance)(void *arg);                     /* some were taken */
	void *arg;
};

struct console {
	const struct options *options;
	struct console_handlers handlers;
	struct network *network;
	uv_loop_t loop;   /* a handler stops it, or a signal */
	int signal;       /* which one, or 0 */
	int output_error; /* errno: standard output cannot be written; or 0 */
	bool output_told;
	bool failed; /* it was told why there is no use in going on */

	uv_async_t woken;
	struct order order;
	uv_timer_t order_timer;
	struct log *log; /* for these two, which are NULL unless an option asks for them: */
	struct recording *recording;
	struct ladder_plain *ladder;
	uint64_t kept;   /* the log's index up to which they have it */
	bool unrecorded; /* not all could be written */
	struct view_row row;
	size_t progress; /* columns of the line that console_progress() has left on the terminal */
};

/* The loop, and the network's thread with these timeouts; nothing is connected yet. -1: it was told why. */
int console_open(struct console *c, const struct options *options, const struct console_handlers *handlers,
		 uint64_t udp_timeout, uint64_t tcp_timeout);
/* Ends the network's thread, and prints what is still to be told of calls. */
void console_stop(struct console *c);
/* Frees all; when a look-up that nobody waits for would hold up exit(), this is the program's end. Returns status. */
int console_close(struct console *c, int status);

/* recording_console.c: begins what options ask for (-1: it was told why not); takes an event; writes and prints what
 * was taken. */
int console_keep_begin(struct console *c);
void console_keep(struct console *c, const struct event *e);
void console_keep_up(struct console *c, bool last);
void console_keep_free(struct console *c);

/* After printing: should that have failed, keeps why. */
void console_printed(struct console *c);
/* Standard output goes out. False: it cannot, and that was told. */
bool console_flush(struct console *c);

/* On standard error, a line each. */
void console_notice(struct console *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
void console_words(struct console *c, const struct event *e); /* what the views say of it, if anything */
void console_out_of_memory(struct console *c);                /* says so, fails, and stops the loop */

/* A line on standard error that the next one takes the place of; "" clears it. Nothing if that is no terminal. */
void console_progress(struct console *c, const char *line);

#endif
