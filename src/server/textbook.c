/*
 * textbook - the two server programs of Kurose & Ross, section 2.7, in C: the uppercase service with blocking calls,
 * one client at a time. Beside each call stands the book's line. A call that is named impaired_ is sock's, as long as
 * the lab is off.
 */
#include <errno.h>
#include <stdlib.h>

#include <uproar/sock.h>
#include <uproar/text.h>

#include "impaired.h"
#include "news.h"
#include "source.h"

enum { TCP_BYTES = 1024, UDP_BYTES = 2048 };

/* Errors that are one client's own: the next may have better luck. */
static bool only_this_client(int error)
{
	return error == EINTR || error == ECONNABORTED || error == EPROTO || error == ECONNREFUSED ||
	       error == ENETUNREACH || error == EHOSTUNREACH;
}

/* A client that is gone, or says nothing, gets no reply; the next one does. */
static void serve_client(struct impaired *l, int connection)
{
	char sentence[TCP_BYTES], capitals[TEXT_UPPER_ROOM(TCP_BYTES)];

	/* sentence = connectionSocket.recv(1024).decode() */
	ssize_t n = impaired_recv(l, connection, sentence, sizeof(sentence));
	if (n <= 0)
		return;
	/* capitalizedSentence = sentence.upper() */
	size_t size = text_upper_whole(sentence, (size_t)n, capitals);
	/* connectionSocket.send(capitalizedSentence.encode()) */
	impaired_send(l, connection, capitals, size);
}

static int serve_tcp(struct impaired *l, struct service *s, struct report *r)
{
	/* serverSocket = socket(AF_INET, SOCK_STREAM) */
	s->fd = sock_socket(s->local.family, PROTOCOL_TCP, BLOCKING);
	if (s->fd == -1)
		return -1;
	/* Not in the book: the port can be had again at once after the server has ended. */
	if (sock_setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, 1) == -1)
		return -1;
	/* serverSocket.bind(('', serverPort)) */
	if (impaired_bind(l, s->fd, &s->local) == -1)
		return -1;
	/* serverSocket.listen(1) */
	if (impaired_listen(l, s->fd, 1) == -1)
		return -1;
	/* print('The server is ready to receive') */
	if (sock_getsockname(s->fd, &s->local) == -1)
		return -1;
	listen_tell(s, 1, r);

	/* while True: */
	while (!news_end()) {
		/* connectionSocket, addr = serverSocket.accept() */
		struct endpoint client;
		int connection = impaired_accept(l, s->fd, &client);
		if (connection == -1 && only_this_client(errno))
			continue;
		if (connection == -1)
			return -1;
		serve_client(l, connection);
		/* connectionSocket.close() */
		sock_close(connection);
	}
	return 0;
}

static int serve_udp(struct impaired *l, struct service *s, struct report *r)
{
	char message[UDP_BYTES], modified[TEXT_UPPER_ROOM(UDP_BYTES)];

	/* serverSocket = socket(AF_INET, SOCK_DGRAM) */
	s->fd = sock_socket(s->local.family, PROTOCOL_UDP, BLOCKING);
	if (s->fd == -1)
		return -1;
	/* serverSocket.bind(('', serverPort)) */
	if (impaired_bind(l, s->fd, &s->local) == -1)
		return -1;
	/* print('The server is ready to receive') */
	if (sock_getsockname(s->fd, &s->local) == -1)
		return -1;
	listen_tell(s, 1, r);

	/* while True: */
	while (!news_end()) {
		/* message, clientAddress = serverSocket.recvfrom(2048) */
		struct endpoint client;
		ssize_t n = impaired_recvfrom(l, s->fd, message, sizeof(message), &client);
		if (n == -1 && only_this_client(errno))
			continue;
		if (n == -1)
			return -1;
		/* Not in the book: whoever forges such a source wants two servers to answer each other for ever. */
		if (datagram_refused(r, &client, s->local.port, (size_t)n))
			continue;
		/* modifiedMessage = message.decode().upper() */
		size_t size = text_upper_whole(message, (size_t)n, modified);
		/* serverSocket.sendto(modifiedMessage.encode(), clientAddress); but not again and again the same */
		if (!reply_refused(r, &client, message, (size_t)n, modified, size))
			reply_counted(impaired_sendto(l, s->fd, modified, size, &client));
	}
	datagrams_end(s->fd);
	return 0;
}

int textbook_run(const struct options *o, struct report *r, struct impair *i)
{
	struct service s = {.fd = -1, .protocol = o->tcp ? PROTOCOL_TCP : PROTOCOL_UDP};
	struct impaired l;
	if (listen_address(o, r, &s.local) == -1 || listen_opened(o, r) == -1)
		return EXIT_FAILURE;
	impaired_start(&l, i, s.protocol);
	int failed = o->tcp ? serve_tcp(&l, &s, r) : serve_udp(&l, &s, r);
	if (failed)
		listen_failed(&s, r);
	impaired_end(&l);
	if (s.fd != -1)
		sock_close(s.fd);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
