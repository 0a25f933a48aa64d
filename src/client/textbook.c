/*
 * textbook - the two client programs of Kurose & Ross, section 2.7, in C. Beside each call stands the book's line. Each
 * run is one sentence, from socket() to close(); all calls block.
 *
 * Three things are not the book's. Over TCP the sentence ends with a newline: servers that read lines, our own
 * among them, would wait for it, and the book's is not troubled by it. A recvfrom() that waits for a reply that never
 * comes would wait for ever: it is interrupted (EINTR) when the user goes elsewhere, and when the reply is overdue and
 * there is another sentence to be said. And what happens is not printed but told.
 */
#include "textbook.h"

#include <errno.h>

#include <uproar/sock.h>

enum { TCP_BYTES = 1024, UDP_BYTES = 2048 };

/* --- What the program's user hears --- */

static void tell_ready(struct exchange *x)
{
	exchange_tell(x, &(struct exchange_news){.what = EXCHANGE_READY});
}

static void tell_sent(struct exchange *x, ssize_t n, uint64_t when)
{
	exchange_tell(x, &(struct exchange_news){.what = EXCHANGE_SENT, .when = when, .bytes = (size_t)n});
}

static void tell_received(struct exchange *x, const char *data, ssize_t n, size_t whole, struct endpoint from)
{
	exchange_tell(x, &(struct exchange_news){.what = EXCHANGE_RECEIVED,
						 .when = clock_now(),
						 .bytes = (size_t)n,
						 .whole = whole,
						 .from = from,
						 .data = data});
}

static void tell_failed(struct exchange *x)
{
	exchange_tell(x, &(struct exchange_news){.what = EXCHANGE_FAILED, .when = clock_now(), .error = errno});
}

/* Of the book's room, unless the user wants less. */
static size_t room(const struct exchange *x, size_t book)
{
	return x->room > 0 && x->room < book ? x->room : book;
}

/* --- The programs --- */

/* With a socket. -1: a call has failed. */
static int talk_tcp(struct exchange *x, int client_socket)
{
	char modified_sentence[TCP_BYTES];

	/* clientSocket.connect((serverName, serverPort)) */
	if (sock_connect(client_socket, &x->server) == -1)
		return -1;
	tell_ready(x);
	/* clientSocket.send(sentence.encode()) */
	uint64_t now = clock_now();
	ssize_t sent = sock_send(client_socket, buf_bytes(&x->sentence), x->sentence.size);
	if (sent == -1)
		return -1;
	tell_sent(x, sent, now);
	/* modifiedSentence = clientSocket.recv(1024) */
	ssize_t n = sock_recv(client_socket, modified_sentence, room(x, TCP_BYTES));
	if (n == -1)
		return -1;
	/* print('From Server: ', modifiedSentence.decode()) */
	tell_received(x, modified_sentence, n, (size_t)n, x->server);
	return 0;
}

void textbook_tcp(struct exchange *x)
{
	/* clientSocket = socket(AF_INET, SOCK_STREAM) */
	int client_socket = sock_socket(x->server.family, PROTOCOL_TCP, BLOCKING);
	exchange_uses(x, client_socket);
	if (client_socket == -1 || talk_tcp(x, client_socket) == -1)
		tell_failed(x);
	/* clientSocket.close() */
	exchange_uses(x, -1);
	if (client_socket != -1)
		sock_close(client_socket);
}

static int talk_udp(struct exchange *x, int client_socket)
{
	char modified_message[UDP_BYTES];
	struct endpoint server_address;
	size_t whole;

	/* clientSocket.sendto(message.encode(), (serverName, serverPort)) */
	uint64_t now = clock_now();
	ssize_t sent = sock_sendto(client_socket, buf_bytes(&x->sentence), x->sentence.size, &x->server);
	if (sent == -1)
		return -1;
	tell_sent(x, sent, now);
	/* modifiedMessage, serverAddress = clientSocket.recvfrom(2048) */
	ssize_t n = sock_recvfrom(client_socket, modified_message, room(x, UDP_BYTES), &server_address, &whole);
	if (n == -1)
		return -1;
	/* print(modifiedMessage.decode()) */
	tell_received(x, modified_message, n, whole, server_address);
	return 0;
}

void textbook_udp(struct exchange *x)
{
	/* clientSocket = socket(AF_INET, SOCK_DGRAM) */
	int client_socket = sock_socket(x->server.family, PROTOCOL_UDP, BLOCKING);
	exchange_uses(x, client_socket);
	if (client_socket != -1)
		tell_ready(x);
	if (client_socket == -1 || talk_udp(x, client_socket) == -1)
		tell_failed(x);
	/* clientSocket.close() */
	exchange_uses(x, -1);
	if (client_socket != -1)
		sock_close(client_socket);
}
