/* What the server writes of what comes from outside, and when: nobody can forge its lines, flood them, or be favoured
 * or harmed when the clock is set. Faults have the numbers of tests/FAULTS.md. */
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

#include <uproar/base.h>

#include "../support/peer.h"

enum { NFS_PORT = 2049, FLOOD = 500, REPEATS = 64, ENOUGH = 100 * REPEATS, SENTENCES = 20 };

static unsigned port;

#define START(...) peer_server(&port, (const char *[]){"-4", __VA_ARGS__, NULL})

static unsigned count(const char *text, const char *what)
{
	unsigned n = 0;
	for (; (text = strstr(text, what)); text += strlen(what))
		n++;
	return n;
}

/* --- Lines --- */

/* A newline and a line of the server's own, a carriage return, escape sequences (of two bytes and of one), bidi. */
static const char forged[] = "\r\033[2J\302\233\342\200\256\177\nuproard: udp: 7";

static void assert_printable(const char *text)
{
	for (; *text; text++)
		assert_true(*text == '\n' || (*text >= ' ' && *text < 0x7f));
}

static void writes_no_forged_line(const char *model)
{
	struct process *p = START("-v", "-m", model);
	int fds[] = {peer_tcp("127.0.0.1", port), peer_udp("127.0.0.1", port)};
	char reply[sizeof forged];
	for (size_t i = 0; i < 2; i++) {
		assert_true(peer_send(fds[i], forged, strlen(forged)));
		assert_int_equal(peer_recv(fds[i], reply, strlen(forged)), strlen(forged));
		close(fds[i]);
	}
	assert_int_equal(process_stop(p), 0);
	const char *log = process_err(p);
	assert_printable(log);
	assert_int_equal(count(log, "\\r\\x1b[2J\\u009b\\u202e\\x7f\\nuproard: udp: 7"), 2);
	assert_int_equal(count(log, "\nuproard: udp: "), 1); /* its own, at the end */
	process_end(p);
}

static void test_fault_21_no_line_is_forged(void **state)
{
	(void)state;
	writes_no_forged_line("events");
	writes_no_forged_line("threads");
}

/* What somebody outside can cause is told once a second at most, and counted. */
static void warns_once_a_second(const char *model)
{
	uint64_t begun = clock_now();
	struct process *p = START("-u", "-m", model);
	int flood = peer_udp_from(peer_own_address(), NFS_PORT, "127.0.0.1", port), fd = peer_udp("127.0.0.1", port);
	char counters[64];
	for (int i = 0; i < FLOOD; i += SENTENCES) {
		for (int k = 0; k < SENTENCES; k++)
			assert_true(peer_send(flood, "flood", 5));
		assert_true(peer_answers(fd, "Heard", "HEARD")); /* before that all the others have been received */
	}
	kill(process_pid(p), SIGUSR1);
	snprintf(counters, sizeof counters, "source %d, rate 0", FLOOD);
	assert_true(process_complains(p, counters));
	assert_int_equal(process_stop(p), 0);
	uint64_t seconds = (clock_now() - begun) / CLOCK_SECOND;
	assert_in_range(count(process_err(p), "is not answered"), 1, 1 + seconds);
	close(flood);
	close(fd);
	process_end(p);
}

static void test_fault_21_warnings_come_once_a_second(void **state)
{
	(void)state;
	warns_once_a_second("events");
	warns_once_a_second("threads");
	warns_once_a_second("textbook");
}

/* --- The clock --- */

#define JUMPING_CLOCK "tests/preload/jumping_clock.so"

static void jump(void *arg)
{
	(void)arg;
	setenv("LD_PRELOAD", process_built(JUMPING_CLOCK), 1);
	setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
}

/* What comes again within a second is dropped after a while, as a loop. With the jumps taken for time none ever was. */
static void measures_no_jumps(const char *model)
{
	char reply[1];
	unsigned times = 0;
	assert_int_equal(access(process_built(JUMPING_CLOCK), R_OK), 0);
	struct process *p = peer_server_with(&port, (const char *[]){"-4", "-u", "-m", model, NULL}, jump, NULL);
	int fd = peer_udp("127.0.0.1", port), other = peer_udp("127.0.0.1", port);
	do {
		assert_true(peer_send(fd, "X", 1));
		assert_true(peer_answers(other, "After it", "AFTER IT"));
	} while (++times < ENOUGH && recv(fd, reply, 1, MSG_DONTWAIT) == 1);
	assert_in_range(times, REPEATS, ENOUGH - 1);
	close(fd);
	close(other);
	assert_int_equal(process_stop(p), 0);
	process_end(p);
}

static void test_fault_21_a_jump_of_the_clock_is_no_time(void **state)
{
	(void)state;
	measures_no_jumps("events");
	measures_no_jumps("threads");
	measures_no_jumps("textbook");
}

/* Round-trip times, which uproar prints in milliseconds, and the patience for a reply: a year is more than either. */
static void test_fault_21_nor_for_the_client(void **state)
{
	(void)state;
	struct process *server = START("-u");
	char number[16];
	snprintf(number, sizeof number, "%u", port);
	struct process *p = process_start((const char *[]){process_built("uproar"), "-u", "-w", "20", "--ping", "20",
							   "--interval", "0", "127.0.0.1", number, NULL},
					  jump, NULL);
	assert_int_equal(process_exit(p), 0);
	const char *times = process_out(p);
	for (int i = 0; i < SENTENCES; i++) {
		times = strstr(times, "time=");
		assert_non_null(times);
		times += strlen("time=");
		assert_true(strtod(times, NULL) < 365 * 86400e3);
	}
	process_end(p);
	assert_int_equal(process_stop(server), 0);
	process_end(server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fault_21_no_line_is_forged),
		cmocka_unit_test(test_fault_21_warnings_come_once_a_second),
		cmocka_unit_test(test_fault_21_a_jump_of_the_clock_is_no_time),
		cmocka_unit_test(test_fault_21_nor_for_the_client),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
