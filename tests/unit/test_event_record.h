/*
 * What the tests of the record share: random events, and a comparison of two.
 *
 * Events are compared by what event_pack() makes of them, which has every field in it and knows nothing of JSON.
 */
#ifndef TEST_EVENT_RECORD_H
#define TEST_EVENT_RECORD_H

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* cmocka.h wants these before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <uproar/record.h>
#include <uproar/text.h>

/* --- Lines --- */

static inline void write_line(const struct event *e, struct buf *out)
{
	buf_clear(out);
	assert_int_equal(record_write(e, out), 0);
	assert_int_equal(buf_bytes(out)[out->size - 1], '\n');
	assert_null(memchr(buf_bytes(out), '\n', out->size - 1));
}

static inline void assert_same_event(const struct event *a, const struct event *b)
{
	struct buf packed[2] = {{0}};
	assert_int_equal(event_pack(a, &packed[0]), 0);
	assert_int_equal(event_pack(b, &packed[1]), 0);
	assert_int_equal(packed[0].size, packed[1].size);
	assert_memory_equal(buf_bytes(&packed[0]), buf_bytes(&packed[1]), packed[0].size);
	buf_free(&packed[0]);
	buf_free(&packed[1]);
}

static inline void assert_comes_back(const struct event *e)
{
	struct buf line = {0}, data = {0};
	struct event back;
	char problem[RECORD_PROBLEM] = "";

	write_line(e, &line);
	if (record_read((const char *)buf_bytes(&line), line.size - 1, &back, &data, problem) == -1)
		fail_msg("%s: %.*s", problem, (int)line.size, buf_bytes(&line));
	assert_same_event(e, &back);
	buf_free(&line);
	buf_free(&data);
}

/* --- Random events --- */

static inline uint64_t random_number(uint64_t *random) /* splitmix64 */
{
	uint64_t z = *random += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static inline unsigned random_below(uint64_t *random, unsigned limit)
{
	return (unsigned)(random_number(random) % limit);
}

/* Often one that is near an end. */
static inline uint64_t random_size(uint64_t *random)
{
	static const uint64_t edges[] = {0, 1, INT32_MAX, UINT32_MAX, INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX};
	uint64_t number = random_number(random);
	return number % 2 ? edges[number / 2 % COUNT(edges)] : number >> number % 64;
}

static inline bool random_flag(uint64_t *random)
{
	return random_below(random, 2);
}

static inline struct endpoint random_endpoint(uint64_t *random)
{
	static const uint8_t families[] = {0, 4, 6};
	struct endpoint e = {.family = families[random_below(random, COUNT(families))]};
	if (e.family == 0)
		return e;
	for (unsigned i = 0; i < (e.family == 4 ? 4 : 16); i++) /* some with runs of zeros, which "::" stands for */
		e.address[i] = random_flag(random) ? (uint8_t)random_number(random) : 0;
	e.port = (uint16_t)random_number(random);
	if (e.family == 6 && random_flag(random))
		e.scope = (uint32_t)random_number(random);
	return e;
}

/* Some have names and some have not. */
static inline int random_error(uint64_t *random)
{
	unsigned which = random_below(random, 4);
	return which == 0 ? 0 : which == 1 ? (int)(uint32_t)random_number(random) : (int)random_below(random, 160) - 20;
}

static inline struct event_call random_call(uint64_t *random)
{
	struct event_call call = {
		.op = OP_SOCKET + random_below(random, OP_COUNT - OP_SOCKET),
		.returned = random_flag(random),
		.fd = random_flag(random) ? (int)random_below(random, 10) - 1 : (int)(uint32_t)random_number(random),
		.error = random_error(random),
		.took = random_size(random),
		.asked = random_size(random),
		.offset = random_size(random),
		.address = random_endpoint(random),
	};
	for (size_t i = 0; i < COUNT(call.args); i++)
		call.args[i] = random_flag(random) ? (int)(uint32_t)random_size(random) : 0;
	if (call.returned)
		call.result = (int64_t)random_size(random);
	return call;
}

static inline struct event_talk random_talk(uint64_t *random)
{
	return (struct event_talk){
		.protocol = random_below(random, PROTOCOL_UDP + 1),
		.verdict = random_below(random, VERDICT_REFUSED + 1),
		.guess = random_below(random, GUESS_COPY + 1),
		.late = random_flag(random),
		.out_of_order = random_flag(random),
		.joined = random_flag(random),
		.again = random_flag(random),
		.queued = random_flag(random),
		.unqueued = random_flag(random),
		.series = {random_below(random, SERIES_PING + 1), (uint32_t)random_size(random)},
		.error = random_error(random),
		.pieces = (uint32_t)random_size(random),
		.sentence = random_size(random),
		.bytes = random_size(random),
		.rtt = random_size(random),
		.limit = random_size(random),
		.from = random_endpoint(random),
	};
}

static inline struct event_state random_state(uint64_t *random)
{
	return (struct event_state){
		.what = STATE_STARTING + random_below(random, STATE_LISTENING),
		.protocol = random_below(random, PROTOCOL_UDP + 1),
		.by = random_below(random, EVENT_SERVER + 1),
		.lookup = random_flag(random),
		.own = random_flag(random),
		.bound = random_flag(random),
		.one_each = random_flag(random),
		.error = random_error(random),
		.waiting = (uint32_t)random_size(random),
		.more = (uint32_t)random_size(random),
		.local = random_endpoint(random),
		.remote = random_endpoint(random),
	};
}

static inline struct event_lab random_lab(uint64_t *random)
{
	return (struct event_lab){
		.what = LAB_SETTINGS + random_below(random, LAB_CLOSED),
		.protocol = random_below(random, PROTOCOL_UDP + 1),
		.request_dropped = random_flag(random),
		.reply_dropped = random_flag(random),
		.twice = random_flag(random),
		.held_back = random_flag(random),
		.fd = (int)random_below(random, 10) - 1,
		.datagram = random_size(random),
		.bytes = random_size(random),
		.whole = random_size(random),
		.delay = random_size(random),
		.peer = random_endpoint(random),
	};
}

static inline struct event_kernel random_kernel(uint64_t *random)
{
	return (struct event_kernel){
		.why = KERNEL_SAMPLE + random_below(random, KERNEL_DROPS),
		.protocol = random_below(random, PROTOCOL_UDP + 1),
		.fd = (int)random_below(random, 10) - 1,
		.offered = random_below(random, 2 * KERNEL_DROPPED),
		.state = random_below(random, KERNEL_STATES),
		.congestion_window = (uint32_t)random_size(random),
		.retransmissions = (uint32_t)random_size(random),
		.rtt = random_size(random),
		.rtt_variation = random_size(random),
		.unacknowledged = random_size(random),
		.unsent = random_size(random),
		.unread = random_size(random),
		.dropped = random_size(random),
		.taken = random_size(random),
		.waited = random_size(random),
		.local = random_endpoint(random),
		.remote = random_endpoint(random),
	};
}

/* A character that is none of the control characters. */
static inline uint32_t random_character(uint64_t *random)
{
	return random_flag(random) ? 0xa0 + random_below(random, 0xd800 - 0xa0)
				   : 0xe000 + random_below(random, 0x102000);
}

/* Bytes of any kind, or characters of any length, or letters with what JSON escapes between them. */
static inline uint32_t random_data(uint64_t *random, uint8_t room[EVENT_CALL_DATA])
{
	static const char letters[] = "abc \"\\/\b\f\n\r\t\x7f";
	uint32_t n = random_below(random, EVENT_CALL_DATA - 3), size = 0;
	unsigned which = random_below(random, 3);

	while (size < n) {
		if (which == 0)
			room[size++] = (uint8_t)random_number(random);
		else if (which == 1)
			size += (uint32_t)text_encode(random_character(random), (char *)room + size);
		else
			room[size++] = (uint8_t)letters[random_below(random, sizeof letters - 1)];
	}
	return size;
}

/* The data are in room. */
static inline struct event random_event(uint64_t *random, enum event_kind kind, uint8_t room[EVENT_CALL_DATA])
{
	struct event e = {
		.number = random_size(random),
		.when = random_size(random),
		.who = EVENT_CLIENT + random_below(random, EVENT_SERVER),
		.kind = kind,
		.size = random_data(random, room),
		.data = room,
	};
	switch (kind) {
	case EVENT_CALL:
		e.call = random_call(random);
		break;
	case EVENT_SENTENCE:
	case EVENT_REPLY:
	case EVENT_MISSING:
		e.talk = random_talk(random);
		break;
	case EVENT_STATE:
		e.state = random_state(random);
		break;
	case EVENT_NOTE:
		e.note.level = random_below(random, NOTE_ERROR + 1);
		break;
	case EVENT_LAB:
		e.lab = random_lab(random);
		break;
	case EVENT_KERNEL:
		e.kernel = random_kernel(random);
		break;
	}
	return e;
}

#endif
