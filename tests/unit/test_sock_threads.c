/* Hooks that wait, and sockets that several threads use. */
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

#include "test_sock.h"

/* --- Several threads --- */

struct step {
	sem_t waiting, go;
};

static void wait_for_go(const struct event *e, void *arg)
{
	struct step *s = arg;
	if (e->call.op != OP_SEND)
		return;
	sem_post(&s->waiting);
	while (sem_wait(&s->go) == -1)
		;
}

static void *send_hello(void *fd)
{
	return sock_send(*(int *)fd, "hello", 5) == 5 ? fd : NULL;
}

static void await(sem_t *s)
{
	struct timespec deadline;
	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += PATIENCE / 1000;
	assert_int_equal(sem_timedwait(s, &deadline), 0);
}

/* A hook before that waits holds the call back: nothing is sent until it is let go. */
static void steps(void **state)
{
	(void)state;
	struct step s;
	struct pair p = connected(4);
	pthread_t thread;
	void *done;
	char data[8];
	sem_init(&s.waiting, 0, 0);
	sem_init(&s.go, 0, 0);
	sock_hooks(EVENT_CLIENT, wait_for_go, NULL, &s);

	assert_int_equal(pthread_create(&thread, NULL, send_hello, &p.client), 0);
	await(&s.waiting);
	assert_false(is_ready(p.server, POLLIN, 0));
	sem_post(&s.go);
	await_input(p.server);
	assert_int_equal(sock_recv(p.server, data, sizeof data), 5);
	assert_int_equal(pthread_join(thread, &done), 0);
	assert_ptr_equal(done, &p.client);
	disconnect(p);
	sem_destroy(&s.waiting);
	sem_destroy(&s.go);
}

enum { THREADS = 4, ROUNDS = 50 };

static _Thread_local uint64_t offset_seen;

static void note_offset(const struct event *e, void *arg)
{
	(void)arg;
	offset_seen = e->call.offset;
}

/* Connections of their own, made and closed all the time, so that the numbers go from thread to thread. */
static void *churn(void *arg)
{
	char byte;
	for (int i = 0; i < ROUNDS; i++) {
		struct pair p = connected(4);
		for (uint64_t n = 0; n < 3; n++) {
			if (sock_send(p.client, "x", 1) != 1 || offset_seen != n)
				return NULL;
			if (sock_recv(p.server, &byte, 1) != 1 || offset_seen != n)
				return NULL;
		}
		sock_close(p.client);
		sock_close(p.server);
	}
	return arg;
}

static void counts_for_several_threads(void **state)
{
	(void)state;
	pthread_t threads[THREADS];
	int unused;
	sock_hooks(EVENT_CLIENT, NULL, note_offset, NULL);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, churn, &unused), 0);
	for (int i = 0; i < THREADS; i++) {
		void *done;
		assert_int_equal(pthread_join(threads[i], &done), 0);
		assert_ptr_equal(done, &unused);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(steps, unhook),
		cmocka_unit_test_teardown(counts_for_several_threads, unhook),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
