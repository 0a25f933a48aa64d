#include "inspect_words.h"

/* What is said where the protocol is not known, or it makes no difference, and what is said of UDP. */
struct words {
	const char *does, *does_udp;
	const char *waits, *waits_udp;
	const char *until, *until_udp;
	const char *manual;
};

static const struct words calls[OP_COUNT] = {
	[OP_SOCKET] =
		{
			.does = N_(
				"Asks the system for a socket, one end of a conversation, and gives back its number. "
				"It has no address yet, and nobody to talk with."),
			.manual = "man 2 socket",
		},
	[OP_BIND] =
		{
			.does = N_("Gives the socket an address and a port of this computer, so that others can find "
				   "it. With port 0 the system chooses one that is free."),
			.manual = "man 2 bind",
		},
	[OP_LISTEN] =
		{
			.does = N_("Makes this a welcoming socket: from now on the system itself makes connections "
				   "with whoever asks, and they wait in a queue for accept()."),
			.manual = "man 2 listen",
		},
	[OP_ACCEPT] =
		{
			.does = N_("Takes the oldest connection from the welcoming socket's queue, and gives back the "
				   "number of a new socket for it, the connection socket. The welcoming socket stays "
				   "as it is, for the next client."),
			.waits = N_("a connection"),
			.until = N_("It returns as soon as a client's connect() has made one."),
			.manual = "man 2 accept",
		},
	[OP_CONNECT] =
		{
			.does = N_("Asks the other end for a connection: SYN goes there, SYN+ACK comes back, and "
				   "ACK goes there. The other program need not have called accept() for that. Without "
				   "bind() the system now chooses this end's port."),
			.does_udp =
				N_("Sends nothing: it only notes down the other end. From now on send() goes there, "
				   "only datagrams from there are received, and refusals are told."),
			.waits = N_("the other end's answer"),
			.waits_udp = "",
			.until =
				N_("It returns when SYN+ACK, or a refusal, has come back, or when the system has asked "
				   "in vain for a minute or two."),
			.manual = "man 2 connect",
		},
	[OP_SEND] =
		{
			.does = N_("Gives bytes to the system, which sends them in its own time and its own pieces. It "
				   "returns how many it took. Taken is not delivered."),
			.does_udp = N_("Sends one datagram to the end that connect() noted down. Nobody tells whether "
				       "it arrives."),
			.waits = N_("room in the send buffer"),
			.until = N_("It returns as soon as the other end has acknowledged earlier bytes, which makes "
				    "room, or the connection has ended."),
			.until_udp = N_("It returns as soon as earlier datagrams have left this computer."),
			.manual = "man 2 send",
		},
	[OP_RECV] =
		{
			.does = N_("Takes bytes that have come, as many as there are and have room, however many "
				   "sends they came from. 0 means that the other end has ended its stream."),
			.does_udp =
				N_("Takes one datagram that has come. What has no room is lost. 0 bytes is an empty "
				   "datagram, and ends nothing."),
			.waits = N_("bytes, or the end of the stream"),
			.waits_udp = N_("a datagram"),
			.until = N_("It returns as soon as the other end sends something, closes or resets the "
				    "connection."),
			.until_udp = N_("It returns as soon as a datagram comes. If none comes, it waits for ever: UDP "
					"does not tell of losses."),
			.manual = "man 2 recv",
		},
	[OP_SENDTO] =
		{
			.does = N_("Sends one datagram to this endpoint. There is no connection, and nobody tells "
				   "whether it arrives. Without bind() the system now chooses this end's port."),
			.waits = N_("room in the send buffer"),
			.until = N_("It returns as soon as earlier datagrams have left this computer."),
			.manual = "man 2 sendto",
		},
	[OP_RECVFROM] =
		{
			.does = N_(
				"Takes one datagram that has come, from anybody, and tells whom it is from. What has "
				"no room is lost. 0 bytes is an empty datagram, and ends nothing."),
			.waits = N_("a datagram"),
			.until =
				N_("It returns as soon as a datagram comes. If none comes, it waits for ever: UDP does "
				   "not tell of losses."),
			.manual = "man 2 recvfrom",
		},
	[OP_SENDMSG] =
		{
			.does = N_("Like sendto(): one datagram to this endpoint. Besides, it can say which of this "
				   "computer's addresses the datagram is from, so that a reply comes from where the "
				   "request went."),
			.waits = N_("room in the send buffer"),
			.until = N_("It returns as soon as earlier datagrams have left this computer."),
			.manual = "man 2 sendmsg",
		},
	[OP_RECVMSG] =
		{
			.does = N_("Like recvfrom(): one datagram, and whom it is from. Besides, it can tell which of "
				   "this computer's addresses the datagram was sent to."),
			.waits = N_("a datagram"),
			.until =
				N_("It returns as soon as a datagram comes. If none comes, it waits for ever: UDP does "
				   "not tell of losses."),
			.manual = "man 2 recvmsg",
		},
	[OP_SHUTDOWN] =
		{
			.does = N_("Ends one direction of the connection and keeps the socket. With SHUT_WR the other "
				   "end's recv() returns 0 after all that was sent before, and its replies can "
				   "still come."),
			.manual = "man 2 shutdown",
		},
	[OP_CLOSE] =
		{
			.does = N_("Gives the socket up; its number is free for the next one. The system still sends "
				   "what it took, and then the end of the stream (FIN); but if bytes had come that "
				   "nobody received, it resets the connection (RST)."),
			.does_udp = N_("Gives the socket up; its number is free for the next one. Over UDP the other "
				       "end is not told."),
			.manual = "man 2 close",
		},
	[OP_SETSOCKOPT] =
		{
			.does = N_("Changes how the socket, or the protocol under it, behaves."),
			.manual = "man 2 setsockopt",
		},
	[OP_GETSOCKOPT] =
		{
			.does = N_("Asks how the socket, or the protocol under it, behaves, or what happened to it."),
			.manual = "man 2 getsockopt",
		},
	[OP_GETSOCKNAME] =
		{
			.does = N_("Asks for the address and port of this end, which the system chose where the "
				   "program did not."),
			.manual = "man 2 getsockname",
		},
	[OP_SOCKETPAIR] =
		{
			.does = N_(
				"Makes two sockets that are connected to each other: a channel between two processes "
				"of one computer. No network has to do with it."),
			.manual = "man 2 socketpair",
		},
	[OP_GETADDRINFO] =
		{
			.does = N_("Finds the addresses of a name, in the order in which they should be tried. No call "
				   "of the kernel: the C library reads the file hosts, and asks name servers."),
			.waits = N_("the answer of a name server, unless the name is an address or in the file hosts"),
			.until = N_("It returns when a name server has answered, or none has for some seconds."),
			.manual = "man 3 getaddrinfo",
		},
};

/* "" in the table is nothing, where the other protocol has something. */
static const char *choose(const char *any, const char *udp, enum protocol protocol)
{
	const char *words = protocol == PROTOCOL_UDP && udp ? udp : any;
	return words && *words ? _(words) : NULL;
}

struct inspect_words inspect_words(enum event_op op, enum protocol protocol)
{
	const struct words *w = &calls[op];
	struct inspect_words words = {
		.does = choose(w->does, w->does_udp, protocol),
		.waits = choose(w->waits, w->waits_udp, protocol),
		.until = choose(w->until, w->until_udp, protocol),
		.manual = w->manual,
	};
	if (!words.waits)
		words.until = NULL;
	return words;
}
