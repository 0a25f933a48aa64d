/*
 * threads - between the book's servers and the event-driven one: the calls block, as in textbook.c, but each client has
 * a thread that waits for it, so that none waits for another.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <uproar/sock.h>
#include <uproar/text.h>

#include "server.h"

enum { BYTES = 64 << 10 };

static void *serve_client(void *arg)
{
	int connection = (int)(intptr_t)arg;
	char sentence[BYTES], capitals[TEXT_UPPER_ROOM(BYTES)];
	struct text_upper upper = {0};
	ssize_t n;
	while ((n = sock_recv(connection, sentence, sizeof sentence)) > 0) {
		size_t size = text_upper(&upper, sentence, (size_t)n, capitals);
		if (size > 0 && sock_send(connection, capitals, size) == -1)
			break;
	}
	size_t rest = text_upper_end(&upper, capitals);
	if (n == 0 && rest > 0)
		sock_send(connection, capitals, rest);
	sock_close(connection);
	return NULL;
}

static void *serve_tcp(void *arg)
{
	const struct service *s = arg;
	for (;;) {
		pthread_t thread;
		int connection = sock_accept(s->fd, NULL, BLOCKING);
		if (connection == -1)
			continue;
		if (pthread_create(&thread, NULL, serve_client, (void *)(intptr_t)connection) == 0)
			pthread_detach(thread);
		else
			sock_close(connection);
	}
	return NULL;
}

static void *serve_udp(void *arg)
{
	const struct service *s = arg;
	char message[BYTES], modified[TEXT_UPPER_ROOM(BYTES)];
	for (;;) {
		struct endpoint client;
		ssize_t n = sock_recvfrom(s->fd, message, sizeof message, &client, NULL);
		if (n == -1 || source_refused(&client, s->local.port))
			continue;
		size_t size = text_upper_whole(message, (size_t)n, modified);
		sock_sendto(s->fd, modified, size, &client);
	}
	return NULL;
}

int threads_run(const struct options *o, struct report *r, struct impair *i)
{
	struct service services[SERVER_SOCKETS_MAX];
	pthread_t thread;
	sigset_t signals;
	int number;
	(void)i;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	int n = listen_open(o, r, services);
	if (n == -1)
		return EXIT_FAILURE;
	for (int k = 0; k < n; k++)
		if (pthread_create(&thread, NULL, services[k].protocol == PROTOCOL_TCP ? serve_tcp : serve_udp,
				   &services[k]) != 0)
			return EXIT_FAILURE;
	for (int k = 0; k < n; k++)
		listen_tell(&services[k], r);
	sigwait(&signals, &number);
	_exit(EXIT_SUCCESS);
}
