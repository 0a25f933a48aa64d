/*
 * A hundred thousand events a second for ten seconds, as the views get them: a mailbox full at a time, and then a
 * frame, which is when keys are answered, too. What a frame costs, and what is kept, does not depend on how many there
 * were.
 *
 * UPROAR_COUNT=20000 takes so many events.
 */
#include <malloc.h>

#include "test_view_ladder.h"

enum {
	EVENTS = 1000000,
	KEPT = 10,    /* so small a part of them, as --events says; */
	MAILBOX = 33, /* and such a part is what the client takes at most before it draws: 8 MiB of them */
	WIDTH = 100,
	HEIGHT = 40,
	PER_ROW = 8, /* times that a line is worked out at most for a row: window, end, scrolling, drawing */
};

/* --- Views whose lines are counted --- */

enum { VIEWS = 4 };

struct counted {
	const struct pager_lines *lines;
	void *view;
	struct pager *pager;
	uint64_t asked; /* for a line */
};

static int count_update(void *view)
{
	const struct counted *c = view;
	return c->lines->update(c->view);
}

static uint64_t count_first(void *view)
{
	const struct counted *c = view;
	return c->lines->first(c->view);
}

static uint64_t count_end(void *view)
{
	const struct counted *c = view;
	return c->lines->end(c->view);
}

static void count_line(void *view, uint64_t number, unsigned width, struct view_row *row, unsigned *indent)
{
	struct counted *c = view;
	c->asked++;
	c->lines->line(c->view, number, width, row, indent);
}

static uint64_t count_event(void *view, uint64_t number)
{
	const struct counted *c = view;
	return c->lines->event(c->view, number);
}

static const struct pager_lines counting = {count_update, count_first, count_end, count_line, count_event};

/* --- The stream of events --- */

struct flood {
	struct stage *s;
	struct counted views[VIEWS];
	struct view_row rows[HEIGHT];
	uint64_t n;
	bool many; /* conversations; else one that goes on */
	uint64_t events, kept, mailbox;
};

/* A sentence and its reply over UDP, by programs that do not block. */
static void say_datagram(struct stage *s)
{
	sends_to(s, EVENT_CLIENT, 5, "hello world", SERVER_PORT);
	receives_from(s, EVENT_SERVER, 3, 65536, "hello world", CLIENT_PORT);
	sends_to(s, EVENT_SERVER, 3, "HELLO WORLD", CLIENT_PORT);
	would_block(s, EVENT_SERVER, OP_RECVFROM, 3);
	receives_from(s, EVENT_CLIENT, 5, 65536, "HELLO WORLD", SERVER_PORT);
	tell(s,
	     event_of(EVENT_REPLY, (struct event_talk){.protocol = PROTOCOL_UDP, .verdict = VERDICT_RIGHT}, "HELLO"));
}

/* A connection for each sentence, some events of which are left out. */
static void converse(struct stage *s, uint64_t n)
{
	uint16_t port = (uint16_t)(1024 + n % 60000);
	makes_socket(s, EVENT_CLIENT, 5, PROTOCOL_TCP);
	connects(s, 5, EINPROGRESS);
	asks_error(s, 5, 0);
	gets_name(s, EVENT_CLIENT, 5, port);
	accepts(s, 3, 7, port);
	s->numbers[EVENT_CLIENT] += n % 10 == 0;
	sends(s, EVENT_CLIENT, 5, "hello\n");
	begins(s, EVENT_SERVER, (struct event_call){.op = OP_RECV, .fd = 7, .asked = 1024});
	receives(s, EVENT_SERVER, 7, 1024, "hello\n");
	sends(s, EVENT_SERVER, 7, "HELLO\n");
	receives(s, EVENT_CLIENT, 5, 65536, "HELLO\n");
	tell(s,
	     event_of(EVENT_REPLY, (struct event_talk){.protocol = PROTOCOL_TCP, .verdict = VERDICT_RIGHT}, "HELLO"));
	closes(s, EVENT_CLIENT, 5);
	receives(s, EVENT_SERVER, 7, 1024, "");
	closes(s, EVENT_SERVER, 7);
}

static void fill_mailbox(struct flood *f)
{
	uint64_t end = log_end(f->s->log) + f->mailbox;
	while (log_end(f->s->log) < end) {
		if (f->many)
			converse(f->s, f->n++);
		else
			say_datagram(f->s);
	}
}

/* --- Frames --- */

/* A key that moves, and what is drawn then. */
static void draw(struct flood *f, bool scrolled)
{
	assert_int_equal(flow_update(f->s->flow), 0);
	for (size_t i = 0; i < VIEWS; i++) {
		struct counted *c = &f->views[i];
		assert_int_equal(pager_update(c->pager), 0);
		c->asked = 0;
		pager_move(c->pager, scrolled ? MOVE_PAGE_UP : MOVE_END, WIDTH, HEIGHT);
		assert_int_equal(pager_rows(c->pager, WIDTH, HEIGHT, f->rows), 0);
		assert_in_range(c->asked, 1, PER_ROW * HEIGHT);
		assert_true(c->lines->end(c->view) - c->lines->first(c->view) <= 2 * f->kept); /* a connect() has two */
		assert_true(f->rows[HEIGHT - 1].columns > 0);
	}
	assert_true(flow_sockets(f->s->flow) <= f->kept);
}

static void assert_order(const struct log *l)
{
	uint64_t last[EVENT_SERVER + 1] = {0};
	for (uint64_t i = log_first(l); i < log_end(l); i++) {
		const struct event *e = log_at(l, i);
		assert_true(e->number > last[e->who]);
		last[e->who] = e->number;
	}
}

static void open_flood(struct flood *f, struct ladder_choice choice)
{
	void *stage;
	f->kept = f->events / KEPT;
	f->mailbox = f->events / MAILBOX;
	assert_int_equal(stage_open_with(&stage, f->kept), 0);
	f->s = stage;
	choose(f->s, choice);
	f->views[0] = (struct counted){.lines = &ladder_lines, .view = f->s->ladder};
	f->views[1] = (struct counted){.lines = &calls_lines, .view = calls_new(f->s->log, 0)};
	f->views[2] = (struct counted){.lines = &transcript_lines, .view = transcript_new(f->s->log, 0)};
	f->views[3] = (struct counted){.lines = &ladder_lines, .view = ladder_new(f->s->log, f->s->flow)};
	ladder_choose(f->views[3].view, &(struct ladder_choice){.all = true});
	for (size_t i = 0; i < VIEWS; i++) {
		assert_non_null(f->views[i].view);
		f->views[i].pager = pager_new(&counting, &f->views[i]);
		assert_non_null(f->views[i].pager);
	}
}

static void close_flood(struct flood *f)
{
	for (size_t i = 0; i < VIEWS; i++)
		pager_free(f->views[i].pager);
	for (size_t y = 0; y < HEIGHT; y++)
		view_row_free(&f->rows[y]);
	calls_free(f->views[1].view);
	transcript_free(f->views[2].view);
	ladder_free(f->views[3].view);
	void *stage = f->s;
	stage_close(&stage);
}

static uint64_t events(void)
{
	const char *count = getenv("UPROAR_COUNT");
	return count ? strtoull(count, NULL, 10) : EVENTS;
}

/* Bytes that are allocated; 0 where nobody can say. */
static size_t allocated(void)
{
#if defined(__GLIBC__)
	return mallinfo2().uordblks;
#else
	return 0;
#endif
}

static void flood(bool many, struct ladder_choice choice)
{
	struct flood f = {.many = many, .events = events()};
	size_t full = 0;
	open_flood(&f, choice);
	if (many)
		welcomes(f.s);
	else
		serves_datagrams(f.s);
	for (uint64_t frame = 1; log_end(f.s->log) < f.events; frame++) {
		fill_mailbox(&f);
		draw(&f, frame % 3 == 0);
		if (!full && log_first(f.s->log) > f.kept)
			full = allocated(); /* by now whatever is kept has been forgotten once */
	}
	assert_true(!full || allocated() <= full + full / 2);
	assert_order(f.s->log);
	close_flood(&f);
}

static void test_one_conversation(void **state)
{
	(void)state;
	flood(false, (struct ladder_choice){0});
}

static void test_one_conversation_after_the_other(void **state)
{
	(void)state;
	flood(true, (struct ladder_choice){0});
}

static void test_every_call(void **state)
{
	(void)state;
	flood(true, (struct ladder_choice){.raw = true});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_conversation),
		cmocka_unit_test(test_one_conversation_after_the_other),
		cmocka_unit_test(test_every_call),
	};
	if (!text_locale())
		return EXIT_FAILURE;
	return cmocka_run_group_tests_name("view_flood", tests, NULL, NULL);
}
