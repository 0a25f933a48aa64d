/*
 * Programs that talk at random, and the events of both put into the log in any order that keeps each one's own: what
 * the flow says must be what really happened.
 */
#include "test_view_flow.h"

enum { SEEDS = 300, CLIENTS = 3, STEPS = 200, MOST = 40, STREAM = STEPS * MOST };

/* Numbers that a seed gives, one after the other. */
struct dice {
	uint64_t seed, thrown;
};

static unsigned throw(struct dice * d, unsigned sides)
{
	return (unsigned)(random_at(d->seed, d->thrown++) % sides);
}

/* What happened, in the order of one program. */
struct act {
	enum event_op op;
	unsigned client;
	unsigned n;       /* bytes, or which datagram */
	char truth[TEXT]; /* what a receive took, as taken() tells it */
};

struct program {
	struct act acts[8 * STEPS];
	size_t count, next;
};

static struct act *act(struct program *p, enum event_op op, unsigned client)
{
	struct act *a = &p->acts[p->count++];
	assert_true(p->count < COUNT(p->acts));
	*a = (struct act){.op = op, .client = client};
	return a;
}

static void put_piece(char truth[TEXT], unsigned send, unsigned bytes, unsigned of)
{
	size_t size = strlen(truth);
	snprintf(truth + size, TEXT - size, "%s%u:%u/%u", size ? " " : "", send, bytes, of);
}

static int client_fd(unsigned client)
{
	return (int)client + 10;
}

static int server_fd(unsigned client)
{
	return (int)client + 20;
}

static struct endpoint client_name(unsigned client)
{
	return here((uint16_t)(40000 + client));
}

/* --- Streams --- */

/* One direction of a connection: of each byte, which send it is of. */
struct pipe {
	unsigned owner[STREAM], sizes[STEPS + 1];
	unsigned written, read, sends;
};

static void write_some(struct dice *d, struct pipe *p, struct program *by, unsigned client)
{
	unsigned n = 1 + throw(d, MOST);
	act(by, OP_SEND, client)->n = n;
	p->sizes[++p->sends] = n;
	for (unsigned i = 0; i < n; i++)
		p->owner[p->written++] = p->sends;
}

static void read_some(struct dice *d, struct pipe *p, struct program *by, unsigned client)
{
	unsigned waiting = p->written - p->read;
	if (waiting == 0)
		return;
	struct act *a = act(by, OP_RECV, client);
	a->n = throw(d, 3) ? 1 + throw(d, waiting) : waiting;
	for (unsigned i = 0, run = 1; i < a->n; i++, run++, p->read++) {
		unsigned send = p->owner[p->read];
		if (i + 1 < a->n && p->owner[p->read + 1] == send)
			continue;
		put_piece(a->truth, send, run, p->sizes[send]);
		run = 0;
	}
}

static void talk_over_streams(struct dice *d, struct program *client, struct program *server)
{
	static struct pipe pipes[CLIENTS][2];
	memset(pipes, 0, sizeof pipes);
	for (unsigned i = 0; i < CLIENTS; i++)
		act(client, OP_SOCKET, i);
	for (unsigned i = 0; i < CLIENTS; i++) {
		act(client, OP_CONNECT, i);
		act(server, OP_ACCEPT, i);
	}
	for (unsigned i = 0; i < CLIENTS; i++) {
		act(client, OP_GETSOCKOPT, i);
		act(client, OP_GETSOCKNAME, i);
	}
	for (unsigned i = 0; i < STEPS; i++) {
		unsigned c = throw(d, CLIENTS), way = throw(d, 2);
		if (throw(d, 2))
			write_some(d, &pipes[c][way], way == 0 ? client : server, c);
		else
			read_some(d, &pipes[c][way], way == 0 ? server : client, c);
	}
}

static uint64_t stream_event(struct scene *s, enum event_who who, const struct act *a)
{
	static const char bytes[STREAM];
	int fd = who == CLIENT ? client_fd(a->client) : server_fd(a->client);
	switch (a->op) {
	case OP_SOCKET:
		return opened(s, who, fd, SOCK_STREAM);
	case OP_CONNECT:
		return connecting(s, fd, here(PORT));
	case OP_ACCEPT:
		return accepted(s, 3, fd, client_name(a->client));
	case OP_GETSOCKOPT:
		return so_error(s, fd, 0);
	case OP_GETSOCKNAME:
		return named(s, who, fd, client_name(a->client));
	default:
		return streamed(s, who, fd, a->op == OP_SEND ? OUT : IN, bytes, a->n);
	}
}

/* --- Datagrams, each with other bytes --- */

struct wire {
	unsigned waiting[STEPS], count, sends;
};

static size_t datagram(char text[TEXT], enum event_who from, unsigned client, unsigned n)
{
	static const char padding[] = "..........";
	return (size_t)snprintf(text, TEXT, "%d-%u-%u%.*s", (int)from, client, n, (int)(n % 7), padding);
}

static void send_one(struct dice *d, struct wire *w, struct program *by, unsigned client)
{
	unsigned n = ++w->sends;
	act(by, OP_SENDTO, client)->n = n;
	if (throw(d, 4)) /* or else it is lost */
		w->waiting[w->count++] = n;
}

static void receive_one(struct dice *d, struct wire *w, struct program *by, enum event_who from, unsigned client)
{
	char text[TEXT];
	if (w->count == 0)
		return;
	unsigned i = throw(d, 4) ? 0 : throw(d, w->count), n = w->waiting[i];
	memmove(&w->waiting[i], &w->waiting[i + 1], (--w->count - i) * sizeof w->waiting[0]);
	struct act *a = act(by, OP_RECVFROM, client);
	unsigned size = (unsigned)datagram(text, from, client, n);
	a->n = n;
	put_piece(a->truth, n, size, size);
}

static void talk_in_datagrams(struct dice *d, struct program *client, struct program *server)
{
	static struct wire wires[CLIENTS][2];
	memset(wires, 0, sizeof wires);
	for (unsigned i = 0; i < CLIENTS; i++)
		act(client, OP_SOCKET, i);
	for (unsigned i = 0; i < CLIENTS; i++) {
		send_one(d, &wires[i][0], client, i);
		act(client, OP_GETSOCKNAME, i);
	}
	for (unsigned i = 0; i < STEPS; i++) {
		unsigned c = throw(d, CLIENTS), way = throw(d, 2);
		bool heard =
			way == 0 || server->count > 0; /* before it heard of nobody, the server has nobody to send to */
		if (heard && throw(d, 2))
			send_one(d, &wires[c][way], way == 0 ? client : server, c);
		else
			receive_one(d, &wires[c][way], way == 0 ? server : client, way == 0 ? CLIENT : SERVER, c);
	}
}

static uint64_t datagram_event(struct scene *s, enum event_who who, const struct act *a)
{
	char text[TEXT];
	int fd = who == CLIENT ? client_fd(a->client) : 3;
	struct endpoint peer = who == CLIENT ? here(PORT) : client_name(a->client);
	switch (a->op) {
	case OP_SOCKET:
		return opened(s, who, fd, SOCK_DGRAM);
	case OP_GETSOCKNAME:
		return named(s, who, fd, anywhere(client_name(a->client).port));
	case OP_SENDTO:
		datagram(text, who, a->client, a->n);
		return sends_to(s, who, fd, text, peer);
	default:
		datagram(text, who == CLIENT ? SERVER : CLIENT, a->client, a->n);
		return receives_from(s, who, fd, text, peer);
	}
}

/* --- Both --- */

/* All sockets are opened before anything comes, and accept() returns after connect() began. */
static bool must_wait(const struct program *client, const struct act *server)
{
	if (client->next < CLIENTS)
		return true;
	return server->op == OP_ACCEPT && client->next <= CLIENTS + server->client;
}

struct told {
	uint64_t index;
	const struct act *act;
};

static size_t write_log(struct dice *d, struct scene *s, struct program programs[2],
			uint64_t (*write)(struct scene *, enum event_who, const struct act *), struct told *told)
{
	size_t n = 0;
	while (programs[0].next < programs[0].count || programs[1].next < programs[1].count) {
		struct program *p = &programs[throw(d, 2)];
		if (p->next == p->count || (p == &programs[1] && must_wait(&programs[0], &p->acts[p->next])))
			continue;
		const struct act *a = &p->acts[p->next++];
		told[n++] = (struct told){write(s, p == &programs[0] ? CLIENT : SERVER, a), a};
	}
	return n;
}

static uint64_t sum_of_pieces(const struct flow *f, uint64_t index)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < flow_call(f, index).pieces; i++)
		sum += flow_piece(f, index, i).bytes;
	return sum;
}

static void check(struct scene *s, const struct told *told, size_t n)
{
	uint32_t of_client[CLIENTS] = {0};
	for (size_t i = 0; i < n; i++) {
		const struct act *a = told[i].act;
		uint32_t conversation = about(s, told[i].index);
		assert_int_not_equal(conversation, 0);
		if (of_client[a->client] == 0)
			of_client[a->client] = conversation;
		assert_int_equal(conversation, of_client[a->client]);
		assert_string_equal(taken(s, told[i].index), a->truth);
		if (*a->truth)
			assert_int_equal(sum_of_pieces(s->flow, told[i].index),
					 log_at(s->log, told[i].index)->call.result);
	}
	assert_int_not_equal(of_client[0], of_client[1]);
	assert_int_not_equal(of_client[0], of_client[2]);
	assert_int_not_equal(of_client[1], of_client[2]);
}

/* It makes no difference whether the events are taken in one by one, as they were, or all at once. */
static void check_at_once(const struct scene *s)
{
	struct flow *f = flow_new(s->log);
	assert_int_equal(flow_update(f), 0);
	for (uint64_t i = 0; i < log_end(s->log); i++) {
		struct flow_call one = flow_call(s->flow, i), all = flow_call(f, i);
		assert_int_equal(one.conversation, all.conversation);
		assert_int_equal(one.socket, all.socket);
		assert_int_equal(one.send, all.send);
		assert_int_equal(one.pieces, all.pieces);
	}
	flow_free(f);
}

static void try_seed(uint64_t seed, bool streams)
{
	static struct program programs[2];
	static struct told told[2 * COUNT(programs[0].acts)];
	struct dice d = {.seed = seed};
	void *state;
	begin(&state);
	struct scene *s = state;
	memset(programs, 0, sizeof programs);
	if (streams)
		welcomes(s);
	else
		serves_datagrams(s);
	(streams ? talk_over_streams : talk_in_datagrams)(&d, &programs[0], &programs[1]);
	size_t n = write_log(&d, s, programs, streams ? stream_event : datagram_event, told);
	check(s, told, n);
	check_at_once(s);
	end(&state);
}

static void streams_are_told_as_they_were(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < SEEDS; seed++)
		try_seed(seed, true);
}

static void datagrams_are_told_as_they_were(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < SEEDS; seed++)
		try_seed(seed, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams_are_told_as_they_were),
		cmocka_unit_test(datagrams_are_told_as_they_were),
	};
	return cmocka_run_group_tests_name("flow at random", tests, NULL, NULL);
}
