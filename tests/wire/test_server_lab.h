/* The lab of a server at the other end of a channel: commands, and the events that answer them. */
#ifndef TEST_SERVER_LAB_H
#define TEST_SERVER_LAB_H

#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include <uproar/kernel.h>

#include "test_server.h"

enum { PINGS = 40, NUMBERS = 64, GARBAGE = 300, FLOOD = 2000, SYN_SENT = 2 };

static const char *const models[] = {"events", "textbook", "threads"};
enum { MODELS = sizeof models / sizeof *models };

/* --- Commands, and events --- */

static inline void send_down(const void *bytes, size_t n)
{
	assert_int_equal(write(channel[0], bytes, n), n);
}

static inline void command(const char *words)
{
	send_down(words, strlen(words));
}

static inline void await_kind(struct event *e, enum event_kind kind)
{
	do
		assert_true(next(e));
	while (e->kind != kind);
}

static inline void await_lab(struct event *e, enum event_lab_what what)
{
	do
		await_kind(e, EVENT_LAB);
	while (e->lab.what != what);
	assert_int_equal(e->who, EVENT_SERVER);
}

static inline bool data_is(const struct event *e, const char *text)
{
	return e->size == strlen(text) && (e->size == 0 || memcmp(e->data, text, e->size) == 0);
}

static inline void is_set_to(const char *settings)
{
	struct event e;
	await_lab(&e, LAB_SETTINGS);
	if (!data_is(&e, settings))
		fail_msg("the settings are \"%.*s\", and not \"%s\"", (int)e.size, (const char *)e.data, settings);
}

static inline void begin(const char *model, const char *protocol, const char *lab)
{
	struct event e;
	start(model, protocol, lab);
	if (lab)
		await_lab(&e, LAB_SETTINGS);
}

/* A command, and that it has been carried out. */
static inline void set(const char *words, const char *settings)
{
	command(words);
	is_set_to(settings);
}

static inline void await_took(const char *bytes, uint64_t whole)
{
	struct event e;
	await_lab(&e, LAB_TOOK);
	if (!data_is(&e, bytes))
		fail_msg("it took \"%.*s\", and not \"%s\"", (int)e.size, (const char *)e.data, bytes);
	assert_int_equal(e.lab.bytes, strlen(bytes));
	assert_int_equal(e.lab.whole, whole);
}

static inline void await_waiting(uint64_t bytes)
{
	struct event e;
	do
		await_lab(&e, LAB_WAITING);
	while (e.lab.bytes != bytes);
}

static inline void await_call(struct event *e, enum event_op op)
{
	do
		await_kind(e, EVENT_CALL);
	while (e->call.op != op || !e->call.returned);
}

#endif
