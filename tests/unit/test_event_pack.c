#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* cmocka.h wants these before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <uproar/event.h>

enum { SEED = 20240229, RANDOM_MESSAGES = 100000, MUTATIONS = 100000 };

/* One of each kind, with every field set. */
static const struct event samples[] = {
	{.number = 1,
	 .when = 123456789012345,
	 .who = EVENT_SERVER,
	 .kind = EVENT_CALL,
	 .call = {.op = OP_RECVFROM,
		  .returned = true,
		  .fd = 7,
		  .args = {1, -2, 3},
		  .error = -4,
		  .result = -5,
		  .took = 6,
		  .asked = 7,
		  .offset = UINT64_MAX,
		  .address = {.family = 4, .address = {127, 0, 0, 1}, .port = 12000}},
	 .size = 4,
	 .data = "data"},
	{.number = 2,
	 .who = EVENT_CLIENT,
	 .kind = EVENT_SENTENCE,
	 .talk = {.protocol = PROTOCOL_TCP,
		  .again = true,
		  .queued = true,
		  .unqueued = true,
		  .amends = VERDICT_TRUNCATED,
		  .series = {.kind = SERIES_FILLER, .place = 1},
		  .sentence = 9,
		  .bytes = 6},
	 .size = 5,
	 .data = "hello"},
	{.number = 3,
	 .who = EVENT_CLIENT,
	 .kind = EVENT_REPLY,
	 .talk = {.protocol = PROTOCOL_UDP,
		  .verdict = VERDICT_STRANGER,
		  .guess = GUESS_COPY,
		  .late = true,
		  .out_of_order = true,
		  .joined = true,
		  .again = true,
		  .queued = true,
		  .unqueued = true,
		  .series = {.kind = SERIES_PING, .place = UINT32_MAX},
		  .error = -1,
		  .pieces = 2,
		  .sentence = 9,
		  .bytes = 6,
		  .rtt = 7,
		  .limit = 8,
		  .from = {.family = 4, .address = {127, 0, 0, 1}, .port = 12000}},
	 .size = 5,
	 .data = "HELLO"},
	{.number = 4,
	 .who = EVENT_CLIENT,
	 .kind = EVENT_MISSING,
	 .talk = {.protocol = PROTOCOL_UDP, .verdict = VERDICT_REFUSED, .guess = GUESS_WHICH, .error = 111}},
	{.number = 5,
	 .who = EVENT_CLIENT,
	 .kind = EVENT_STATE,
	 .state = {.what = STATE_LISTENING,
		   .protocol = PROTOCOL_TCP,
		   .by = EVENT_SERVER,
		   .lookup = true,
		   .own = true,
		   .bound = true,
		   .one_each = true,
		   .error = 111,
		   .waiting = 3,
		   .more = 4,
		   .local = {.family = 4, .address = {127, 0, 0, 1}, .port = 12000},
		   .remote = {.family = 6, .address = {0xfe, 0x80, [15] = 1}, .port = 53422, .scope = 2}}},
	{.number = 6,
	 .who = EVENT_SERVER,
	 .kind = EVENT_LAB,
	 .lab = {.what = LAB_FATE,
		 .protocol = PROTOCOL_UDP,
		 .request_dropped = true,
		 .reply_dropped = true,
		 .twice = true,
		 .held_back = true,
		 .fd = -2,
		 .datagram = 3,
		 .bytes = 4,
		 .whole = 5,
		 .delay = UINT64_MAX,
		 .peer = {.family = 6, .address = {[15] = 1}, .port = 4711}},
	 .size = 4,
	 .data = "data"},
	{.number = 7,
	 .who = EVENT_CLIENT,
	 .kind = EVENT_KERNEL,
	 .kernel = {.why = KERNEL_DROPS,
		    .protocol = PROTOCOL_UDP,
		    .offered = KERNEL_TCP | KERNEL_DROPPED,
		    .state = 1,
		    .congestion_window = 2,
		    .retransmissions = 3,
		    .rtt = 4,
		    .rtt_variation = 5,
		    .unacknowledged = 6,
		    .unsent = 7,
		    .unread = 8,
		    .dropped = 9,
		    .taken = 10,
		    .waited = UINT64_MAX,
		    .local = {.family = 4, .address = {127, 0, 0, 1}, .port = 4711},
		    .remote = {.family = 6, .address = {[15] = 1}, .port = 12000}}},
	{.number = UINT64_MAX,
	 .when = UINT64_MAX,
	 .who = EVENT_SERVER,
	 .kind = EVENT_NOTE,
	 .note = {NOTE_ERROR},
	 .size = 1,
	 .data = ""},
};

static struct buf packed(const struct event *e)
{
	struct buf b = {0};
	assert_int_equal(event_pack(e, &b), 0);
	return b;
}

static void assert_call_equal(const struct event_call *a, const struct event_call *b)
{
	assert_int_equal(a->op, b->op);
	assert_int_equal(a->returned, b->returned);
	assert_int_equal(a->fd, b->fd);
	assert_memory_equal(a->args, b->args, sizeof a->args);
	assert_int_equal(a->error, b->error);
	assert_int_equal(a->result, b->result);
	assert_int_equal(a->took, b->took);
	assert_int_equal(a->asked, b->asked);
	assert_int_equal(a->offset, b->offset);
	assert_true(endpoint_equal(&a->address, &b->address));
}

static void assert_talk_equal(const struct event_talk *a, const struct event_talk *b)
{
	assert_int_equal(a->protocol, b->protocol);
	assert_int_equal(a->verdict, b->verdict);
	assert_int_equal(a->guess, b->guess);
	assert_int_equal(a->late, b->late);
	assert_int_equal(a->out_of_order, b->out_of_order);
	assert_int_equal(a->joined, b->joined);
	assert_int_equal(a->again, b->again);
	assert_int_equal(a->queued, b->queued);
	assert_int_equal(a->unqueued, b->unqueued);
	assert_int_equal(a->amends, b->amends);
	assert_int_equal(a->series.kind, b->series.kind);
	assert_int_equal(a->series.place, b->series.place);
	assert_int_equal(a->error, b->error);
	assert_int_equal(a->pieces, b->pieces);
	assert_int_equal(a->sentence, b->sentence);
	assert_int_equal(a->bytes, b->bytes);
	assert_int_equal(a->rtt, b->rtt);
	assert_int_equal(a->limit, b->limit);
	assert_true(endpoint_equal(&a->from, &b->from));
}

static void assert_state_equal(const struct event_state *a, const struct event_state *b)
{
	assert_int_equal(a->what, b->what);
	assert_int_equal(a->protocol, b->protocol);
	assert_int_equal(a->by, b->by);
	assert_int_equal(a->lookup, b->lookup);
	assert_int_equal(a->own, b->own);
	assert_int_equal(a->bound, b->bound);
	assert_int_equal(a->one_each, b->one_each);
	assert_int_equal(a->error, b->error);
	assert_int_equal(a->waiting, b->waiting);
	assert_int_equal(a->more, b->more);
	assert_true(endpoint_equal(&a->local, &b->local));
	assert_true(endpoint_equal(&a->remote, &b->remote));
}

static void assert_lab_equal(const struct event_lab *a, const struct event_lab *b)
{
	assert_int_equal(a->what, b->what);
	assert_int_equal(a->protocol, b->protocol);
	assert_int_equal(a->request_dropped, b->request_dropped);
	assert_int_equal(a->reply_dropped, b->reply_dropped);
	assert_int_equal(a->twice, b->twice);
	assert_int_equal(a->held_back, b->held_back);
	assert_int_equal(a->fd, b->fd);
	assert_int_equal(a->datagram, b->datagram);
	assert_int_equal(a->bytes, b->bytes);
	assert_int_equal(a->whole, b->whole);
	assert_int_equal(a->delay, b->delay);
	assert_true(endpoint_equal(&a->peer, &b->peer));
}

static void assert_kernel_equal(const struct event_kernel *a, const struct event_kernel *b)
{
	assert_int_equal(a->why, b->why);
	assert_int_equal(a->protocol, b->protocol);
	assert_int_equal(a->offered, b->offered);
	assert_int_equal(a->state, b->state);
	assert_int_equal(a->congestion_window, b->congestion_window);
	assert_int_equal(a->retransmissions, b->retransmissions);
	assert_int_equal(a->rtt, b->rtt);
	assert_int_equal(a->rtt_variation, b->rtt_variation);
	assert_int_equal(a->unacknowledged, b->unacknowledged);
	assert_int_equal(a->unsent, b->unsent);
	assert_int_equal(a->unread, b->unread);
	assert_int_equal(a->dropped, b->dropped);
	assert_int_equal(a->taken, b->taken);
	assert_int_equal(a->waited, b->waited);
	assert_true(endpoint_equal(&a->local, &b->local));
	assert_true(endpoint_equal(&a->remote, &b->remote));
}

static void assert_event_equal(const struct event *a, const struct event *b)
{
	assert_int_equal(a->number, b->number);
	assert_int_equal(a->when, b->when);
	assert_int_equal(a->who, b->who);
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->size, b->size);
	if (a->size)
		assert_memory_equal(a->data, b->data, a->size);
	switch (a->kind) {
	case EVENT_CALL:
		assert_call_equal(&a->call, &b->call);
		break;
	case EVENT_STATE:
		assert_state_equal(&a->state, &b->state);
		break;
	case EVENT_NOTE:
		assert_int_equal(a->note.level, b->note.level);
		break;
	case EVENT_LAB:
		assert_lab_equal(&a->lab, &b->lab);
		break;
	case EVENT_KERNEL:
		assert_kernel_equal(&a->kernel, &b->kernel);
		break;
	default:
		assert_talk_equal(&a->talk, &b->talk);
	}
}

static void comes_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		struct buf message = packed(&samples[i]);
		struct event e;
		assert_int_equal(event_unpack(&e, buf_bytes(&message), message.size), 0);
		assert_event_equal(&samples[i], &e);
		if (e.size) { /* the data are those in the message */
			assert_true((const uint8_t *)e.data >= buf_bytes(&message));
			assert_ptr_equal((const uint8_t *)e.data + e.size, buf_bytes(&message) + message.size);
		}
		buf_free(&message);
	}
}

static void carries_the_most(void **state)
{
	(void)state;
	static uint8_t data[EVENT_DATA_MAX];
	memset(data, 'u', sizeof data);
	struct event e = {.who = EVENT_CLIENT, .kind = EVENT_SENTENCE, .size = sizeof data, .data = data}, back;
	struct buf message = packed(&e);
	assert_int_equal(event_unpack(&back, buf_bytes(&message), message.size), 0);
	assert_event_equal(&e, &back);
	buf_free(&message);
}

/* A message may lie anywhere: the fields in it are not aligned. */
static void unpacks_unaligned(void **state)
{
	(void)state;
	struct buf message = {0};
	struct event e;
	assert_int_equal(buf_append(&message, "x", 1), 0);
	assert_int_equal(event_pack(&samples[0], &message), 0); /* appends */
	assert_memory_equal(buf_bytes(&message), "x", 1);
	assert_int_equal(event_unpack(&e, buf_bytes(&message) + 1, message.size - 1), 0);
	assert_event_equal(&samples[0], &e);
	buf_free(&message);
}

static void assert_refused(const void *message, size_t n)
{
	struct event e;
	errno = 0;
	assert_int_equal(event_unpack(&e, message, n), -1);
	assert_int_equal(errno, EBADMSG);
}

static void refuses_other_lengths(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		struct buf message = packed(&samples[i]);
		for (size_t n = 0; n < message.size; n++)
			assert_refused(buf_bytes(&message), n);
		assert_int_equal(buf_append(&message, "", 1), 0);
		assert_refused(buf_bytes(&message), message.size);
		buf_free(&message);
	}
	assert_refused(NULL, 0);
}

static void assert_not_packed(struct event e)
{
	struct buf out = {0};
	assert_int_equal(buf_append(&out, "kept", 4), 0);
	errno = 0;
	assert_int_equal(event_pack(&e, &out), -1);
	assert_int_equal(errno, EBADMSG);
	assert_int_equal(out.size, 4);
	assert_memory_equal(buf_bytes(&out), "kept", 4);
	buf_free(&out);
}

/* Whatever it is about otherwise, such an event is of the client's. */
#define EVENT(of, ...) ((struct event){.who = EVENT_CLIENT, .kind = of, __VA_ARGS__})

static void packs_no_nonsense(void **state)
{
	(void)state;
	assert_not_packed((struct event){0});
	assert_not_packed((struct event){.who = (enum event_who)3, .kind = EVENT_NOTE});
	assert_not_packed(EVENT((enum event_kind)0, .number = 1));
	assert_not_packed(EVENT((enum event_kind)(EVENT_KERNEL + 1), .number = 1));
	assert_not_packed(EVENT(EVENT_CALL, .call.op = OP_COUNT));
	assert_not_packed(EVENT(EVENT_CALL, .call = {.op = OP_BIND, .address = {.family = 5}}));
	assert_not_packed(EVENT(EVENT_REPLY, .talk.protocol = PROTOCOL_COUNT));
	assert_not_packed(EVENT(EVENT_REPLY, .talk.verdict = (enum event_verdict)(VERDICT_REFUSED + 1)));
	assert_not_packed(EVENT(EVENT_REPLY, .talk.guess = (enum guess)(GUESS_COPY + 1)));
	assert_not_packed(EVENT(EVENT_SENTENCE, .talk.series.kind = (enum series_kind)(SERIES_PING + 1)));
	assert_not_packed(EVENT(EVENT_STATE, .state.what = (enum event_state_what)0));
	assert_not_packed(EVENT(EVENT_STATE, .state.what = (enum event_state_what)(STATE_LISTENING + 1)));
	assert_not_packed(EVENT(EVENT_NOTE, .note.level = (enum note_level)(NOTE_ERROR + 1)));
	assert_not_packed(EVENT(EVENT_LAB, .lab.what = (enum event_lab_what)0));
	assert_not_packed(EVENT(EVENT_LAB, .lab.what = (enum event_lab_what)(LAB_CLOSED + 1)));
	assert_not_packed(EVENT(EVENT_LAB, .lab = {.what = LAB_TOOK, .protocol = PROTOCOL_COUNT}));
	assert_not_packed(EVENT(EVENT_LAB, .lab = {.what = LAB_TOOK, .peer = {.family = 5}}));
	assert_not_packed(EVENT(EVENT_KERNEL, .kernel.why = (enum kernel_why)0));
	assert_not_packed(EVENT(EVENT_KERNEL, .kernel.why = (enum kernel_why)(KERNEL_DROPS + 1)));
	assert_not_packed(EVENT(EVENT_KERNEL, .kernel = {.why = KERNEL_SAMPLE, .remote = {.family = 5}}));
	assert_not_packed(EVENT(EVENT_KERNEL, .kernel = {.why = KERNEL_SAMPLE, .state = KERNEL_STATES}));
	assert_not_packed(EVENT(EVENT_KERNEL, .kernel = {.why = KERNEL_SAMPLE, .offered = KERNEL_OFFERS + 1}));
}

/* Of what was moved there is an excerpt, of what was said all. */
static void packs_no_more_data_than_there_may_be(void **state)
{
	(void)state;
	static const uint8_t data[EVENT_DATA_MAX + 1];
	struct event call = EVENT(EVENT_CALL, .call.op = OP_SEND, .size = EVENT_CALL_DATA, .data = data), back;
	struct event lab = EVENT(EVENT_LAB, .lab.what = LAB_TOOK, .size = EVENT_CALL_DATA, .data = data);
	struct buf message = packed(&call);
	buf_free(&message);
	message = packed(&lab);
	assert_int_equal(event_unpack(&back, buf_bytes(&message), message.size), 0);
	assert_event_equal(&lab, &back);
	buf_free(&message);

	struct event lookup = EVENT(EVENT_CALL, .call.op = OP_GETADDRINFO, .size = EVENT_LOOKUP_DATA, .data = data);
	message = packed(&lookup);
	buf_free(&message);
	lookup.size++;
	assert_not_packed(lookup);

	call.size = lab.size = EVENT_CALL_DATA + 1;
	assert_not_packed(call);
	assert_not_packed(lab);
	assert_not_packed(EVENT(EVENT_REPLY, .size = EVENT_DATA_MAX + 1, .data = data));
}

/* --- What another process may send --- */

static uint64_t random_state = SEED;

static uint32_t random_number(void) /* splitmix64 */
{
	uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)(z >> 32);
}

static void assert_endpoint_sane(const struct endpoint *e)
{
	char text[ENDPOINT_TEXT];
	assert_true(e->family == 0 || e->family == 4 || e->family == 6);
	assert_true(strlen(endpoint_format(e, text)) < ENDPOINT_TEXT);
}

/* UBSan would tell of a bool that is neither; without it the bytes do. */
static void assert_bool(const bool *b)
{
	uint8_t byte;
	memcpy(&byte, b, 1);
	assert_in_range(byte, 0, 1);
}

typedef int printer(const struct event *e, struct buf *out);

static void assert_prints(printer *print, const struct event *e)
{
	struct buf line = {0};
	assert_int_equal(print(e, &line), 0);
	for (size_t i = 0; i < line.size; i++)
		assert_true(buf_bytes(&line)[i] >= 0x20 && buf_bytes(&line)[i] != 0x7f);
	buf_free(&line);
}

static void assert_call_sane(const struct event *e)
{
	assert_in_range(e->call.op, OP_SOCKET, OP_COUNT - 1);
	assert_bool(&e->call.returned);
	assert_endpoint_sane(&e->call.address);
	assert_in_range(e->size, 0, event_data_max(e));
	assert_prints(event_print_call, e);
}

static void assert_talk_sane(const struct event_talk *talk)
{
	assert_in_range(talk->protocol, PROTOCOL_NONE, PROTOCOL_UDP);
	assert_in_range(talk->verdict, 0, VERDICT_REFUSED);
	assert_in_range(talk->guess, GUESS_NONE, GUESS_COPY);
	assert_bool(&talk->late);
	assert_bool(&talk->out_of_order);
	assert_bool(&talk->joined);
	assert_bool(&talk->again);
	assert_bool(&talk->queued);
	assert_bool(&talk->unqueued);
	assert_in_range(talk->series.kind, SERIES_NONE, SERIES_PING);
	assert_endpoint_sane(&talk->from);
}

static void assert_state_sane(const struct event_state *state)
{
	assert_in_range(state->what, STATE_STARTING, STATE_LISTENING);
	assert_in_range(state->protocol, PROTOCOL_NONE, PROTOCOL_UDP);
	assert_in_range(state->by, 0, EVENT_SERVER);
	assert_bool(&state->lookup);
	assert_bool(&state->own);
	assert_bool(&state->bound);
	assert_bool(&state->one_each);
	assert_endpoint_sane(&state->local);
	assert_endpoint_sane(&state->remote);
}

static void assert_lab_sane(const struct event *e)
{
	assert_in_range(e->lab.what, LAB_SETTINGS, LAB_CLOSED);
	assert_in_range(e->lab.protocol, PROTOCOL_NONE, PROTOCOL_UDP);
	assert_bool(&e->lab.request_dropped);
	assert_bool(&e->lab.reply_dropped);
	assert_bool(&e->lab.twice);
	assert_bool(&e->lab.held_back);
	assert_endpoint_sane(&e->lab.peer);
	assert_in_range(e->size, 0, EVENT_CALL_DATA);
	assert_prints(event_print_lab, e);
}

static void assert_kernel_sane(const struct event_kernel *k)
{
	assert_in_range(k->why, KERNEL_SAMPLE, KERNEL_DROPS);
	assert_in_range(k->protocol, PROTOCOL_NONE, PROTOCOL_UDP);
	assert_in_range(k->state, 0, KERNEL_STATES - 1);
	assert_in_range(k->offered, 0, KERNEL_OFFERS);
	assert_endpoint_sane(&k->local);
	assert_endpoint_sane(&k->remote);
}

static void assert_sane(const struct event *e)
{
	assert_in_range(e->who, EVENT_CLIENT, EVENT_SERVER);
	assert_in_range(e->size, 0, EVENT_DATA_MAX);
	switch (e->kind) {
	case EVENT_CALL:
		assert_call_sane(e);
		break;
	case EVENT_SENTENCE:
	case EVENT_REPLY:
	case EVENT_MISSING:
		assert_talk_sane(&e->talk);
		break;
	case EVENT_STATE:
		assert_state_sane(&e->state);
		break;
	case EVENT_NOTE:
		assert_in_range(e->note.level, NOTE_INFO, NOTE_ERROR);
		break;
	case EVENT_LAB:
		assert_lab_sane(e);
		break;
	case EVENT_KERNEL:
		assert_kernel_sane(&e->kernel);
		break;
	default:
		fail_msg("kind %u", e->kind);
	}
}

/* Either it is refused, or it is an event like any other, and packs into the same message. */
static bool try_message(const void *message, size_t n)
{
	struct event e;
	if (event_unpack(&e, message, n) == -1) {
		assert_int_equal(errno, EBADMSG);
		return false;
	}
	assert_sane(&e);
	struct buf again = packed(&e);
	assert_int_equal(again.size, n);
	assert_memory_equal(buf_bytes(&again), message, n);
	buf_free(&again);
	return true;
}

static void survives_random_bytes(void **state)
{
	(void)state;
	for (int i = 0; i < RANDOM_MESSAGES; i++) {
		uint8_t message[512];
		size_t n = random_number() % sizeof message;
		for (size_t j = 0; j < n; j++)
			message[j] = (uint8_t)random_number();
		assert_false(try_message(message, n)); /* the mark alone makes it all but impossible */
	}
}

static void survives_mutations(void **state)
{
	(void)state;
	struct buf messages[COUNT(samples)];
	unsigned accepted = 0;
	for (size_t i = 0; i < COUNT(samples); i++)
		messages[i] = packed(&samples[i]);
	for (int i = 0; i < MUTATIONS; i++) {
		uint8_t message[1024];
		const struct buf *from = &messages[random_number() % COUNT(samples)];
		size_t n = from->size;
		assert_true(n <= sizeof message);
		memcpy(message, buf_bytes(from), n);
		for (unsigned changes = random_number() % 4 + 1; changes > 0; changes--)
			message[random_number() % n] =
				(uint8_t)(random_number() % 3 ? random_number() : random_number() % 9);
		accepted += try_message(message, n);
	}
	assert_in_range(accepted, MUTATIONS / 10, MUTATIONS - MUTATIONS / 10); /* both ways are well trodden */
	for (size_t i = 0; i < COUNT(samples); i++)
		buf_free(&messages[i]);
}

/* Every byte of every sample takes every value: no flag or choice is forgotten. */
static void survives_each_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		struct buf message = packed(&samples[i]);
		uint8_t *bytes = buf_bytes(&message);
		for (size_t j = 0; j < message.size; j++) {
			uint8_t was = bytes[j];
			for (int value = 0; value < 256; value++) {
				bytes[j] = (uint8_t)value;
				try_message(bytes, message.size);
			}
			bytes[j] = was;
		}
		buf_free(&message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back),
		cmocka_unit_test(carries_the_most),
		cmocka_unit_test(unpacks_unaligned),
		cmocka_unit_test(refuses_other_lengths),
		cmocka_unit_test(packs_no_nonsense),
		cmocka_unit_test(packs_no_more_data_than_there_may_be),
		cmocka_unit_test(survives_random_bytes),
		cmocka_unit_test(survives_mutations),
		cmocka_unit_test(survives_each_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
