/* Events that were left out: the ladder says so, and claims nothing of what it cannot know then. */
#include "test_view_ladder.h"

/* The next event of this program is not told; so many bytes went with it. */
static void skip_event(struct stage *s, enum event_who who, int fd, int way, uint64_t bytes)
{
	s->numbers[who]++;
	s->offsets[who][fd][way] += bytes;
}

static int setup(void **state)
{
	int result = stage_open(state);
	choose(*state, (struct ladder_choice){.plain = true});
	return result;
}

/* The lines behind the first ones, so many. */
static void assert_then(struct stage *s, unsigned skipped, const char *expected)
{
	char *text = screen(s, 80), *at = text;
	while (skipped-- > 0)
		at = strchr(at, '\n') + 1;
	assert_string_equal(at, expected);
	free(text);
}

static void test_a_send_that_was_not_seen(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	meets(s);
	sends(s, EVENT_CLIENT, 5, "one");
	skip_event(s, EVENT_CLIENT, 5, 0, 3);
	sends(s, EVENT_CLIENT, 5, "three");
	receives(s, EVENT_SERVER, 7, 1024, "onetwoth");
	receives(s, EVENT_SERVER, 7, 1024, "ree");
	sends(s, EVENT_SERVER, 7, "ONE");
	receives(s, EVENT_CLIENT, 5, 1024, "ONE");
	assert_then(s, 6,
		    "client send(5, \"one\") = 3 (1)\n"
		    "... 1 event of the client was left out here\n"
		    "client send(5, \"three\") = 5 (?2)\n"
		    "server recv(7, 1024) = 8 \"onetwoth\" (1, 2 of ?2)\n"
		    "server recv(7, 1024) = 3 \"ree\" (3 of ?2)\n"
		    "server send(7, \"ONE\") = 3 (1)\n"
		    "client recv(5, 1024) = 3 \"ONE\" (1)\n");
	choose(s, (struct ladder_choice){0});
	assert_then(s, 7,
		    "send(5, \"one\") → 3               ①─────\n"
		    "… 1 event of the client was left out here\n"
		    "send(5, \"three\") → 5             ?2────\n"
		    "                                   ─►① 2 of ?2 recv(7, 1024) → 8 \"onetwoth\"\n"
		    "                                     ─►3 of ?2 recv(7, 1024) → 3 \"ree\"\n"
		    "                                        ─────① send(7, \"ONE\") → 3\n"
		    "recv(5, 1024) → 3 \"ONE\"          ①◄─────\n");
}

/* The offsets tell that no byte was missed. */
static void test_nothing_was_sent_meanwhile(void **state)
{
	struct stage *s = *state;
	welcomes(s);
	meets(s);
	skip_event(s, EVENT_CLIENT, 5, 0, 0);
	sends(s, EVENT_CLIENT, 5, "one");
	skip_event(s, EVENT_SERVER, 7, 1, 0);
	receives(s, EVENT_SERVER, 7, 1024, "one");
	assert_then(s, 6,
		    "... 1 event of the client was left out here\n"
		    "client send(5, \"one\") = 3 (1)\n"
		    "... 1 event of the server was left out here\n"
		    "server recv(7, 1024) = 3 \"one\" (1)\n");
}

/* Over UDP nothing tells that. A socket that was opened afterwards begins anew. */
static void test_datagrams(void **state)
{
	struct stage *s = *state;
	serves_datagrams(s);
	sends_to(s, EVENT_CLIENT, 5, "x", SERVER_PORT);
	gets_name(s, EVENT_CLIENT, 5, CLIENT_PORT);
	receives_from(s, EVENT_SERVER, 3, 2048, "x", CLIENT_PORT);
	skip_event(s, EVENT_CLIENT, 5, 0, 0);
	sends_to(s, EVENT_CLIENT, 5, "x", SERVER_PORT);
	receives_from(s, EVENT_SERVER, 3, 2048, "x", CLIENT_PORT);
	sends_to(s, EVENT_SERVER, 3, "X", CLIENT_PORT);
	assert_then(s, 3,
		    "client sendto(5, \"x\", 127.0.0.1:12000) = 1 (1)\n"
		    "server recvfrom(3, 2048, 127.0.0.1:53422) = 1 \"x\" (1)\n"
		    "... 1 event of the client was left out here\n"
		    "client sendto(5, \"x\", 127.0.0.1:12000) = 1 (?2)\n"
		    "server recvfrom(3, 2048, 127.0.0.1:53422) = 1 \"x\" (?2)\n"
		    "server sendto(3, \"X\", 127.0.0.1:53422) = 1 (1)\n");
	makes_socket(s, EVENT_CLIENT, 6, PROTOCOL_UDP);
	sends_to(s, EVENT_CLIENT, 6, "y", SERVER_PORT);
	receives_from(s, EVENT_SERVER, 3, 2048, "y", CLIENT_PORT + 1);
	assert_then(s, 3,
		    "client sendto(6, \"y\", 127.0.0.1:12000) = 1 (1)\n"
		    "server recvfrom(3, 2048, 127.0.0.1:53423) = 1 \"y\" (1)\n");
}

/* Threads report in no order: then all is known after all. */
static void test_what_comes_late(void **state)
{
	struct stage *s = *state;
	serves_datagrams(s);
	skip_event(s, EVENT_CLIENT, 5, 0, 0);
	sends_to(s, EVENT_CLIENT, 5, "x", SERVER_PORT);
	assert_then(s, 2,
		    "client socket() = 5 UDP socket\n"
		    "... 1 event of the client was left out here\n"
		    "client sendto(5, \"x\", 127.0.0.1:12000) = 1 (?1)\n");
	s->numbers[EVENT_CLIENT] -= 2;
	tell(s, (struct event){.who = EVENT_CLIENT, .kind = EVENT_NOTE});
	assert_then(s, 2,
		    "client socket() = 5 UDP socket\n"
		    "client sendto(5, \"x\", 127.0.0.1:12000) = 1 (1)\n");
}

/* --- Whatever is left out, what is claimed without a question mark is true --- */

enum { STEPS = 300, QUEUE = 512 };

/* What was sent and not received: of each byte, or of each datagram, by which send. */
struct line {
	uint64_t sends;
	size_t head, tail;
	uint64_t number[QUEUE], index[QUEUE];
	char data[QUEUE];
};

/* The truth of each event of the log that received something: the sends of its first and its last byte. */
struct truth {
	uint64_t first, last, first_index, last_index;
};

struct play {
	struct stage *s;
	uint64_t seed, n;
	bool stream;
	struct line way[EVENT_SERVER + 1]; /* by the sender */
	struct truth truth[4 * STEPS];
	uint64_t sent[4 * STEPS]; /* the send's true number, by index */
};

static uint64_t draw(struct play *p, uint64_t most)
{
	return random_at(p->seed, p->n++) % most;
}

/* Whether this one is told. In some plays nearly all are. */
static bool is_told(struct play *p)
{
	return draw(p, 5 + p->seed) != 0;
}

static void play_send(struct play *p, enum event_who who)
{
	struct line *w = &p->way[who];
	int fd = who == EVENT_CLIENT ? 5 : p->stream ? 7 : 3;
	char data[4] = {0};
	size_t size = p->stream ? 1 + (size_t)draw(p, 3) : 1;
	bool told = is_told(p);
	uint64_t index = told ? log_end(p->s->log) : UINT64_MAX;
	if (w->tail + size > QUEUE)
		return;
	w->sends++;
	for (size_t i = 0; i < size; i++) {
		data[i] = (char)('a' + draw(p, 2));
		w->data[w->tail] = data[i];
		w->index[w->tail] = index;
		w->number[w->tail++] = w->sends;
	}
	if (!told)
		skip_event(p->s, who, fd, 0, size);
	else if (p->stream)
		sends(p->s, who, fd, data);
	else
		sends_to(p->s, who, fd, data, who == EVENT_CLIENT ? SERVER_PORT : CLIENT_PORT);
	if (told)
		p->sent[index] = w->sends;
}

static void play_receive(struct play *p, enum event_who who)
{
	struct line *w = &p->way[who == EVENT_CLIENT ? EVENT_SERVER : EVENT_CLIENT];
	int fd = who == EVENT_CLIENT ? 5 : p->stream ? 7 : 3;
	char data[8] = {0};
	size_t there = w->tail - w->head, size = p->stream ? 1 + (size_t)draw(p, 5) : 1;
	size = size < there ? size : there;
	if (size == 0)
		return;
	memcpy(data, w->data + w->head, size);
	struct truth t = {w->number[w->head], w->number[w->head + size - 1], w->index[w->head],
			  w->index[w->head + size - 1]};
	w->head += size;
	if (!is_told(p)) {
		skip_event(p->s, who, fd, 1, size);
		return;
	}
	p->truth[log_end(p->s->log)] = t;
	if (p->stream)
		receives(p->s, who, fd, 1024, data);
	else
		receives_from(p->s, who, fd, 1024, data, who == EVENT_CLIENT ? SERVER_PORT : CLIENT_PORT);
}

static unsigned check(const struct play *p)
{
	unsigned sure = 0;
	for (uint64_t i = 0; i < log_end(p->s->log); i++) {
		struct flow_call c = flow_call(p->s->flow, i);
		if (c.send && !c.unsure)
			assert_int_equal(c.send, p->sent[i]);
		for (size_t k = 0; k < c.pieces; k++) {
			struct flow_piece piece = flow_piece(p->s->flow, i, k);
			if (piece.unsure)
				continue;
			sure++;
			assert_in_range(piece.send, p->truth[i].first, p->truth[i].last);
			assert_int_equal(p->sent[piece.index], piece.send);
		}
	}
	return sure;
}

static void test_no_claim_is_wrong(void **state)
{
	unsigned sure = 0;
	(void)state;
	for (uint64_t seed = 0; seed < 200; seed++) {
		struct play *p = calloc(1, sizeof *p);
		void *stage;
		stage_open(&stage);
		*p = (struct play){.s = stage, .seed = seed, .stream = seed % 2};
		if (p->stream) {
			welcomes(p->s);
			meets(p->s);
		} else {
			serves_datagrams(p->s);
		}
		for (int i = 0; i < STEPS; i++) {
			enum event_who who = draw(p, 2) ? EVENT_CLIENT : EVENT_SERVER;
			if (draw(p, 2))
				play_send(p, who);
			else
				play_receive(p, who);
			if (draw(p, 8) == 0)
				update(p->s);
		}
		update(p->s);
		sure += check(p);
		stage_close(&stage);
		free(p);
	}
	assert_true(sure > 1000); /* of what is known it is not silent */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, stage_close)
	const struct CMUnitTest tests[] = {
		TEST(test_a_send_that_was_not_seen), TEST(test_nothing_was_sent_meanwhile),    TEST(test_datagrams),
		TEST(test_what_comes_late),          cmocka_unit_test(test_no_claim_is_wrong),
	};
	if (!text_locale())
		return EXIT_FAILURE;
	return cmocka_run_group_tests_name("view_ladder_gaps", tests, NULL, NULL);
}
