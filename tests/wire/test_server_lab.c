/* --lab on a plain uproard: a realistic target for a client of one's own. What it tells must agree with what happened.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../support/peer.h"

enum {
	DATAGRAMS = 200,
	LINE = 256,
	TEXT = 64,
	LATE_MOST = 4096, /* replies that the lab makes wait */
	TOO_MANY = 4,
	BATCH = 50,
};

static const char *const models[] = {"events", "textbook", "threads"};
enum { MODELS = sizeof models / sizeof *models };

static struct process *start(unsigned *port, const char *model, const char *protocol, const char *lab)
{
	return peer_server(port, (const char *[]){"-4", "-v", protocol, "-m", model, "--lab", lab, NULL});
}

static void ends(struct process *p)
{
	assert_int_equal(process_stop(p), 0);
}

/* It stands at the end of what the server has printed, or nothing does. */
static const char *sums(struct process *p)
{
	static char sums[256];
	const char *line = strstr(process_err(p), "uproard: lab: ");
	assert_non_null(line);
	line += strlen("uproard: lab: ");
	snprintf(sums, sizeof sums, "%.*s", (int)strcspn(line, "\n") + 1, line);
	return sums;
}

/* The number before these words in the sums; 0: they are not there. */
static unsigned sum(struct process *p, const char *words)
{
	const char *line = sums(p), *found = strstr(line, words);
	if (!found)
		return 0;
	while (found > line && found[-1] != ',')
		found--;
	return (unsigned)strtoul(found, NULL, 10);
}

/* --- The beginning --- */

static void test_what_is_on_is_told_with_a_seed_to_use_again(void **state)
{
	(void)state;
	static const char on[] = "uproard: the lab is on: drop=30%,seed=";
	for (size_t i = 0; i < MODELS; i++) {
		char again[LINE];
		struct process *p = process_start((const char *[]){process_built("uproard"), "-4u", "-p", "0", "-m",
								   models[i], "--lab", "drop=30%", NULL},
						  NULL, NULL);
		assert_true(process_complains(p, on) && process_complains(p, "\n"));
		assert_ptr_equal(strstr(process_err(p), on), process_err(p));
		unsigned long seed = strtoul(process_err(p) + strlen(on), NULL, 10);
		snprintf(again, sizeof again, "%s%lu\n", on, seed);
		assert_string_equal(process_err(p), again);
		assert_true(process_prints(p, "listening"));
		ends(p);
		process_end(p);
	}
}

static void test_what_cannot_happen_is_told(void **state)
{
	(void)state;
	unsigned port;
	struct process *p = start(&port, "events", "-t", "drop=10%,reorder=5%,delay=1,seed=1");
	assert_true(process_complains(
		p, "uproard: The lab does this over UDP alone: drop, reorder. What a TCP stream carries"));
	ends(p);
	process_end(p);
	p = start(&port, "textbook", "-u", "no-accept,cut=4,reset");
	assert_true(process_complains(p, "uproard: The lab does this over TCP alone: no-accept, reset. It is about "
					 "connections, and UDP has none."));
	assert_null(strstr(process_err(p), "over UDP alone"));
	ends(p);
	process_end(p);
	p = start(&port, "events", "-u", "drop=10%");
	ends(p);
	assert_null(strstr(process_err(p), "alone"));
	process_end(p);
}

static void test_problems_are_wrong_usage(void **state)
{
	(void)state;
	static const struct {
		const char *options[4], *words;
	} wrong[] = {
		{{"--lab", "drop=lots"}, "uproard: drop wants a percentage"},
		{{"--lab", "drpo=1%"}, "uproard: There is no setting drpo. The nearest is drop.\n"},
		{{"--lab", "cut=4,cut=5"}, "uproard: What cut sets was set before it"},
		{{"--lab", "cut=4", "--lab", "hold"}, "uproard: --lab is given once"},
		{{"--lab", "\033[2Jdrop=1%"}, "uproard: There is no setting ?[2Jdrop."},
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		const char *argv[8] = {process_built("uproard"), "-p", "0"};
		memcpy(argv + 3, wrong[i].options, sizeof wrong[i].options);
		struct process *p = process_start(argv, NULL, NULL);
		assert_int_equal(process_exit(p), 2);
		assert_ptr_equal(strstr(process_err(p), wrong[i].words), process_err(p));
		assert_non_null(strstr(process_err(p), "Try \"uproard --help\".\n"));
		assert_string_equal(process_out(p), "");
		process_end(p);
	}
}

static void test_off_is_as_if_nothing_was_said(void **state)
{
	(void)state;
	unsigned port;
	for (size_t i = 0; i < MODELS; i++) {
		struct process *p =
			peer_server(&port, (const char *[]){"-4", "-u", "-m", models[i], "--lab", "off", NULL});
		int fd = peer_udp("127.0.0.1", port);
		assert_true(peer_answers(fd, "hello", "HELLO"));
		close(fd);
		ends(p);
		assert_string_equal(process_err(p), "");
		process_end(p);
	}
}

/* --- Datagrams --- */

/* What became of numbered datagrams: how many replies came to each, and what the server said of them all. */
struct fates {
	unsigned char replies[DATAGRAMS + 1];
	char sums[LINE];
	unsigned requests, dropped, twice;
};

/* Each is sent when the server has told of the one before, and the replies are counted when it has ended. */
static void send_numbered(struct process *p, int fd, unsigned n)
{
	char text[TEXT], told[TEXT];
	for (unsigned i = 1; i <= n; i++) {
		snprintf(text, sizeof text, "datagram no %u", i);
		snprintf(told, sizeof told, "lab: datagram %u from", i);
		assert_true(peer_send(fd, text, strlen(text)));
		assert_true(process_complains(p, told));
	}
}

static struct fates fates(const char *model, const char *lab)
{
	struct fates f = {.requests = 0};
	unsigned port, number;
	char reply[TEXT];
	ssize_t n;
	struct process *p = start(&port, model, "-u", lab);
	int fd = peer_udp("127.0.0.1", port);
	send_numbered(p, fd, DATAGRAMS);
	ends(p);
	while ((n = recv(fd, reply, sizeof reply - 1, MSG_DONTWAIT)) > 0) {
		reply[n] = '\0';
		assert_int_equal(sscanf(reply, "DATAGRAM NO %u", &number), 1);
		assert_in_range(number, 1, DATAGRAMS);
		f.replies[number]++;
	}
	snprintf(f.sums, sizeof f.sums, "%s", sums(p));
	f.requests = sum(p, " request");
	f.dropped = sum(p, " repl");
	f.twice = sum(p, " answered twice");
	process_end(p);
	close(fd);
	return f;
}

static void test_the_same_seed_does_the_same_everywhere(void **state)
{
	(void)state;
	static const char lab[] = "drop=20%,duplicate=10%,seed=42";
	const struct fates first = fates("events", lab), again = fates("events", lab), other = fates("textbook", lab),
			   seed = fates("events", "drop=20%,duplicate=10%,seed=43");
	assert_memory_equal(first.replies, again.replies, sizeof first.replies);
	assert_memory_equal(first.replies, other.replies, sizeof first.replies);
	assert_string_equal(first.sums, again.sums);
	assert_string_equal(first.sums, other.sums);
	assert_memory_not_equal(first.replies, seed.replies, sizeof first.replies);
}

static void test_the_sums_agree_with_what_happened(void **state)
{
	(void)state;
	for (size_t i = 0; i < MODELS; i++) {
		const struct fates f = fates(models[i], "drop=20%,duplicate=10%,seed=7");
		unsigned answered = 0, twice = 0;
		for (unsigned n = 1; n <= DATAGRAMS; n++) {
			answered += f.replies[n] > 0;
			twice += f.replies[n] == 2;
			assert_in_range(f.replies[n], 0, 2);
		}
		assert_int_equal(strtoul(f.sums, NULL, 10), DATAGRAMS);
		assert_int_equal(answered, DATAGRAMS - f.requests - f.dropped);
		assert_int_equal(twice, f.twice);
		assert_true(f.requests > 0 && f.dropped > 0 && twice > 0);
	}
}

static void test_requests_and_replies_are_dropped_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < MODELS; i++) {
		const struct fates requests = fates(models[i], "drop-requests=100%"),
				   replies = fates(models[i], "drop-replies=100%"),
				   nothing = fates(models[i], "drop=0.01%,seed=1");
		const unsigned char none[DATAGRAMS + 1] = {0};
		assert_memory_equal(requests.replies, none, sizeof none);
		assert_memory_equal(replies.replies, none, sizeof none);
		assert_string_equal(requests.sums, "200 datagrams, 200 requests dropped\n");
		assert_string_equal(replies.sums, "200 datagrams, 200 replies dropped\n");
		assert_string_equal(nothing.sums, "200 datagrams\n");
	}
}

/* The client sends many at a time, and counts the replies that come after one to a later datagram. */
static void comes_out_of_order(const char *model, const char *lab)
{
	unsigned port, number, latest = 0, out_of_order = 0;
	char reply[TEXT];
	bool came[DATAGRAMS + 1] = {false};
	struct process *p = start(&port, model, "-u", lab);
	int fd = peer_udp("127.0.0.1", port);
	send_numbered(p, fd, DATAGRAMS);
	for (unsigned i = 0; i < DATAGRAMS; i++) {
		ssize_t n = recv(fd, reply, sizeof reply - 1, 0);
		assert_true(n > 0);
		reply[n] = '\0';
		assert_int_equal(sscanf(reply, "DATAGRAM NO %u", &number), 1);
		assert_in_range(number, 1, DATAGRAMS);
		assert_false(came[number]);
		came[number] = true;
		out_of_order += number < latest;
		latest = number > latest ? number : latest;
	}
	ends(p);
	assert_true(out_of_order > 0);
	assert_int_equal(sum(p, " out of order"), out_of_order);
	process_end(p);
	close(fd);
}

static void test_replies_come_out_of_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < MODELS; i++) {
		comes_out_of_order(models[i], "reorder=20%,seed=3");
		comes_out_of_order(models[i], "jitter=20ms,seed=3");
		comes_out_of_order(models[i], "reorder=20%,delay=3ms,jitter=5ms,seed=3");
	}
}

/* With nobody to overtake it, it comes nevertheless. */
static void test_a_reply_that_nothing_overtakes_comes_at_last(void **state)
{
	(void)state;
	unsigned port;
	for (size_t i = 0; i < MODELS; i++) {
		struct process *p = start(&port, models[i], "-u", "reorder=100%");
		int fd = peer_udp("127.0.0.1", port);
		assert_true(peer_answers(fd, "alone", "ALONE"));
		close(fd);
		ends(p);
		assert_int_equal(sum(p, " out of order"), 0);
		process_end(p);
	}
}

static void test_each_client_gets_its_own_late_reply(void **state)
{
	(void)state;
	unsigned port;
	char bytes[TEXT];
	struct process *p = start(&port, "events", "-u", "delay=60s");
	int one = peer_udp("127.0.0.1", port), two = peer_udp("127.0.0.1", port);
	assert_true(peer_send(one, "one", 3));
	assert_true(process_complains(p, "datagram 1 from"));
	assert_true(peer_send(two, "two", 3));
	assert_true(process_complains(p, "datagram 2 from"));
	assert_int_equal(recv(one, bytes, sizeof bytes, MSG_DONTWAIT), -1);
	ends(p);
	assert_int_equal(recv(one, bytes, sizeof bytes, 0), 3);
	assert_memory_equal(bytes, "ONE", 3);
	assert_int_equal(recv(two, bytes, sizeof bytes, 0), 3);
	assert_memory_equal(bytes, "TWO", 3);
	assert_int_equal(sum(p, " replies delayed"), 2);
	process_end(p);
	close(one);
	close(two);
}

static void test_late_datagrams_go_at_the_end(void **state)
{
	(void)state;
	unsigned port;
	char bytes[TEXT];
	for (size_t i = 0; i < MODELS; i++) {
		struct process *p = start(&port, models[i], "-u", "delay=60s,duplicate=100%,seed=1");
		int fd = peer_udp("127.0.0.1", port);
		send_numbered(p, fd, 3);
		assert_int_equal(recv(fd, bytes, sizeof bytes, MSG_DONTWAIT), -1);
		ends(p);
		for (int n = 0; n < 6; n++) /* the server has gone: they are all here */
			assert_true(recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0);
		assert_int_equal(recv(fd, bytes, sizeof bytes, MSG_DONTWAIT), -1);
		assert_string_equal(sums(p), "3 datagrams, 3 answered twice, 3 replies delayed\n");
		process_end(p);
		close(fd);
	}
}

static void test_late_datagrams_are_bounded(void **state)
{
	(void)state;
	unsigned port;
	char told[TEXT];
	struct process *p = start(&port, "events", "-u", "delay=60s");
	int fd = peer_udp("127.0.0.1", port);
	for (unsigned i = 1; i <= LATE_MOST + TOO_MANY; i++) {
		assert_true(peer_send(fd, "x", 1));
		snprintf(told, sizeof told, "lab: datagram %u from", i);
		if (i % BATCH == 0 || i == LATE_MOST + TOO_MANY)
			assert_true(process_complains(p, told));
	}
	assert_true(process_complains(
		p, "The lab has too many late replies already: a reply is dropped; make its delay shorter."));
	ends(p);
	assert_string_equal(sums(p), "4100 datagrams, 4096 replies delayed, 4 replies too many\n");
	process_end(p);
	close(fd);
}

static void test_datagrams_are_cut(void **state)
{
	(void)state;
	unsigned port;
	for (size_t i = 0; i < MODELS; i++) {
		struct process *p = start(&port, models[i], "-u", "cut=4");
		int fd = peer_udp("127.0.0.1", port);
		assert_true(peer_answers(fd, "0123456789", "0123"));
		assert_true(peer_answers(fd, "abc", "ABC"));
		close(fd);
		ends(p);
		assert_non_null(strstr(process_err(p), "took 4 of 10 bytes"));
		assert_string_equal(sums(p), "2 datagrams, 1 datagram cut\n");
		process_end(p);
	}
}

static void test_a_forgotten_length_shows_what_was_there(void **state)
{
	(void)state;
	unsigned port;
	for (size_t i = 0; i < MODELS; i++) {
		struct process *p = start(&port, models[i], "-u", "stale");
		int fd = peer_udp("127.0.0.1", port);
		assert_true(peer_answers(fd, "hello world", "HELLO WORLD"));
		assert_true(peer_answers(fd, "bye", "BYELO WORLD"));
		close(fd);
		ends(p);
		process_end(p);
	}
}

/* A request that the lab drops has not come, so nothing of it is left in the buffer: with this seed the first. */
static void test_what_is_dropped_is_not_there_to_be_seen(void **state)
{
	(void)state;
	unsigned port;
	char bytes[TEXT];
	for (size_t i = 0; i < MODELS; i++) {
		struct process *p = start(&port, models[i], "-u", "drop-requests=50%,stale,seed=3");
		int fd = peer_udp("127.0.0.1", port);
		assert_true(peer_send(fd, "hello world", 11));
		assert_true(peer_send(fd, "bye", 3));
		assert_int_equal(recv(fd, bytes, sizeof bytes, 0), 3);
		assert_memory_equal(bytes, "BYE", 3);
		close(fd);
		ends(p);
		assert_string_equal(sums(p), "2 datagrams, 1 request dropped\n");
		process_end(p);
	}
}

/* What is held and finds room is answered at the end; the rest is lost, and nobody was told. */
static void test_a_small_buffer_loses_datagrams(void **state)
{
	(void)state;
	unsigned port, answered = 0;
	char bytes[TEXT];
	struct process *p = start(&port, "events", "-u", "rcvbuf=4096,hold");
	int fd = peer_udp("127.0.0.1", port);
	for (int i = 0; i < DATAGRAMS; i++)
		assert_true(peer_send(fd, "datagram", 8));
	assert_true(process_complains(p, "lab: 8 bytes wait at socket"));
	ends(p);
	while (recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
		answered++;
	assert_in_range(answered, 1, DATAGRAMS - 1);
	assert_int_equal(strtoul(sums(p), NULL, 10), answered);
	process_end(p);
	close(fd);
}

static void test_empty_datagrams_have_a_fate_too(void **state)
{
	(void)state;
	unsigned port;
	char byte;
	for (size_t i = 0; i < MODELS; i++) {
		struct process *p = start(&port, models[i], "-u", "duplicate=100%,jitter=1ms,cut=1");
		int fd = peer_udp("127.0.0.1", port);
		assert_int_equal(send(fd, "", 0, 0), 0);
		assert_int_equal(recv(fd, &byte, 1, 0), 0);
		assert_int_equal(recv(fd, &byte, 1, 0), 0);
		close(fd);
		ends(p);
		process_end(p);
	}
}

/* --- Streams --- */

static void test_streams_are_late_and_in_order(void **state)
{
	(void)state;
	unsigned port;
	struct process *p = start(&port, "events", "-t", "delay=2ms,jitter=3ms,seed=5");
	int fd = peer_tcp("127.0.0.1", port);
	char text[TEXT], reply[TEXT];
	for (int i = 0; i < 20; i++) {
		snprintf(text, sizeof text, "sentence %d", i);
		snprintf(reply, sizeof reply, "SENTENCE %d", i);
		assert_true(peer_answers(fd, text, reply));
	}
	shutdown(fd, SHUT_WR);
	assert_true(peer_ends(fd));
	close(fd);
	ends(p);
	assert_string_equal(sums(p), "20 replies delayed\n");
	process_end(p);
}

/* The book's server has one client at a time, whose reply goes although the server is told to end. */
static void test_late_streams_go_at_the_end(void **state)
{
	(void)state;
	unsigned port;
	for (size_t i = 0; i < MODELS; i++) {
		struct process *p = start(&port, models[i], "-t", "delay=60s");
		int fd = peer_tcp("127.0.0.1", port);
		char reply[5];
		assert_true(peer_send(fd, "hello", 5));
		assert_true(process_complains(p, "recv("));
		assert_int_equal(recv(fd, reply, sizeof reply, MSG_DONTWAIT), -1);
		kill(process_pid(p), SIGTERM);
		assert_int_equal(peer_recv(fd, reply, sizeof reply), sizeof reply);
		assert_memory_equal(reply, "HELLO", sizeof reply);
		assert_true(peer_ends(fd));
		close(fd);
		assert_int_equal(process_exit(p), 0);
		process_end(p);
	}
}

static void test_streams_are_cut_and_lose_nothing(void **state)
{
	(void)state;
	unsigned port;
	struct process *p = start(&port, "events", "-t", "cut=4");
	int fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(fd, "stra\303\237e 89", "STRASSE 89"));
	close(fd);
	ends(p);
	const char *first = strstr(process_err(p), ") took 4 bytes"), *last = strstr(process_err(p), ") took 2 bytes");
	assert_true(first && last && first < last);
	assert_null(strstr(process_err(p), "uproard: lab: ")); /* there is nothing to sum up */
	process_end(p);
	/* The book's receives once, and answers that. */
	p = start(&port, "textbook", "-t", "cut=4");
	fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_answers(fd, "hello", "HELL"));
	close(fd);
	ends(p);
	process_end(p);
}

static void test_connections_are_reset(void **state)
{
	(void)state;
	unsigned port;
	char byte;
	for (size_t i = 0; i < MODELS; i++) {
		struct process *p = start(&port, models[i], "-t", "reset");
		for (int n = 0; n < 3; n++) {
			int fd = peer_tcp("127.0.0.1", port);
			assert_true(peer_send(fd, "hello", 5));
			assert_int_equal(recv(fd, &byte, 1, 0), -1);
			assert_int_equal(errno, ECONNRESET);
			close(fd);
		}
		int quiet = peer_tcp("127.0.0.1", port); /* which says nothing, and ends in good order */
		shutdown(quiet, SHUT_WR);
		assert_true(peer_ends(quiet));
		close(quiet);
		ends(p);
		assert_string_equal(sums(p), "3 connections reset\n");
		process_end(p);
	}
}

/* What is held is answered at the end by the model that answers what it has received by then. */
static void test_held_streams_are_answered_at_the_end(void **state)
{
	(void)state;
	unsigned port;
	char reply[5];
	struct process *p = start(&port, "events", "-t", "hold,no-accept=off");
	int fd = peer_tcp("127.0.0.1", port);
	assert_true(peer_send(fd, "hello", 5));
	assert_true(process_complains(p, "lab: 5 bytes wait at socket"));
	kill(process_pid(p), SIGTERM);
	assert_int_equal(peer_recv(fd, reply, sizeof reply), sizeof reply);
	assert_memory_equal(reply, "HELLO", sizeof reply);
	assert_true(peer_ends(fd));
	close(fd);
	assert_int_equal(process_exit(p), 0);
	process_end(p);
}

/* With nothing to look at it neither ends by itself, nor makes itself busy, nor misses the signal. */
static void test_a_server_that_does_nothing_can_be_ended(void **state)
{
	(void)state;
	static const char *const protocols[] = {"-t", "-u"};
	unsigned port;
	for (size_t i = 0; i < 2 * MODELS; i++) {
		struct process *p = start(&port, models[i / 2], protocols[i % 2], "hold,no-accept,slow-read=60s");
		assert_int_equal(kill(process_pid(p), 0), 0);
		ends(p);
		process_end(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_on_is_told_with_a_seed_to_use_again),
		cmocka_unit_test(test_what_cannot_happen_is_told),
		cmocka_unit_test(test_problems_are_wrong_usage),
		cmocka_unit_test(test_off_is_as_if_nothing_was_said),
		cmocka_unit_test(test_the_same_seed_does_the_same_everywhere),
		cmocka_unit_test(test_the_sums_agree_with_what_happened),
		cmocka_unit_test(test_requests_and_replies_are_dropped_apart),
		cmocka_unit_test(test_replies_come_out_of_order),
		cmocka_unit_test(test_a_reply_that_nothing_overtakes_comes_at_last),
		cmocka_unit_test(test_each_client_gets_its_own_late_reply),
		cmocka_unit_test(test_late_datagrams_go_at_the_end),
		cmocka_unit_test(test_late_datagrams_are_bounded),
		cmocka_unit_test(test_datagrams_are_cut),
		cmocka_unit_test(test_a_forgotten_length_shows_what_was_there),
		cmocka_unit_test(test_what_is_dropped_is_not_there_to_be_seen),
		cmocka_unit_test(test_a_small_buffer_loses_datagrams),
		cmocka_unit_test(test_empty_datagrams_have_a_fate_too),
		cmocka_unit_test(test_streams_are_late_and_in_order),
		cmocka_unit_test(test_late_streams_go_at_the_end),
		cmocka_unit_test(test_streams_are_cut_and_lose_nothing),
		cmocka_unit_test(test_connections_are_reset),
		cmocka_unit_test(test_held_streams_are_answered_at_the_end),
		cmocka_unit_test(test_a_server_that_does_nothing_can_be_ended),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
