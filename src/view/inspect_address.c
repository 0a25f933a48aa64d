/*
 * A socket address as it lies in memory: the struct is filled in as a program would, and its bytes are shown as they
 * are on this computer, so what they are is asked of the struct itself.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "inspect.h"

/* A piece of the struct, and what it is called. The rest of a long one is shown under it, without a name. */
struct piece {
	const char *name;
	size_t offset, size;
};

#define PIECE(type, member)                                                                                            \
	{                                                                                                              \
#member, offsetof(type, member), sizeof(((type *)NULL)->member)                                        \
	}

static struct view_row *put(struct inspect *p, const void *address, const struct piece *piece)
{
	return inspect_memory(p, (const uint8_t *)address + piece->offset, (unsigned)piece->size, piece->name);
}

static void put_family(struct inspect *p, const void *address, const struct piece *piece, const char *name, int family)
{
	view_row_printf(put(p, address, piece), STYLE_TEXT, _("%s, which is %d, in this computer's byte order"), name,
			family);
}

/* Some systems keep the struct's length in it (RFC 3493, section 3.4). */
#ifdef SIN6_LEN
static void put_length(struct inspect *p, const void *address, const struct piece *piece)
{
	view_row_printf(put(p, address, piece), STYLE_TEXT, "%s", _("the length of the struct"));
}
#endif

/* What the port would be without htons() and ntohs(). */
static void put_port(struct inspect *p, const void *address, const struct piece *piece, uint16_t port)
{
	uint16_t as_it_is;
	memcpy(&as_it_is, (const uint8_t *)address + piece->offset, sizeof as_it_is);
	struct view_row *row = put(p, address, piece);
	if (as_it_is == port)
		view_row_printf(row, STYLE_TEXT, _("%u in network byte order, which looks the same in this computer's"),
				(unsigned)port);
	else
		view_row_printf(row, STYLE_TEXT, _("%u in network byte order; read without ntohs() it would be %u"),
				(unsigned)port, (unsigned)as_it_is);
}

static void put_struct(struct inspect *p, const char *name, size_t size)
{
	char bytes[WORDS_NUMBER];
	view_row_printf(inspect_field(p, 1, _("in memory")), STYLE_TEXT, _("struct %s, %s:"), name,
			words_bytes(size, bytes));
}

static void put_v4(struct inspect *p, const struct endpoint *e)
{
	typedef struct sockaddr_in v4;
	static const struct piece family = PIECE(v4, sin_family), port = PIECE(v4, sin_port),
				  number = PIECE(v4, sin_addr), zero = PIECE(v4, sin_zero);
	v4 a = {.sin_family = AF_INET, .sin_port = htons(e->port)};
	char text[INET_ADDRSTRLEN];
	memcpy(&a.sin_addr, e->address, sizeof a.sin_addr);
	inet_ntop(AF_INET, &a.sin_addr, text, sizeof text);

	put_struct(p, "sockaddr_in", sizeof a);
#ifdef SIN6_LEN
	static const struct piece length = PIECE(v4, sin_len);
	a.sin_len = sizeof a;
	put_length(p, &a, &length);
#endif
	put_family(p, &a, &family, "AF_INET", AF_INET);
	put_port(p, &a, &port, e->port);
	view_row_printf(put(p, &a, &number), STYLE_TEXT, _("%s, in network byte order"), text);
	view_row_printf(put(p, &a, &zero), STYLE_TEXT, "%s", _("padding"));
}

static void put_v6(struct inspect *p, const struct endpoint *e)
{
	typedef struct sockaddr_in6 v6;
	enum { HALF = sizeof(struct in6_addr) / 2 };
	static const struct piece family = PIECE(v6, sin6_family), port = PIECE(v6, sin6_port),
				  flow = PIECE(v6, sin6_flowinfo), scope = PIECE(v6, sin6_scope_id),
				  number = {"sin6_addr", offsetof(v6, sin6_addr), HALF},
				  rest = {"", offsetof(v6, sin6_addr) + HALF, HALF};
	v6 a = {.sin6_family = AF_INET6, .sin6_port = htons(e->port), .sin6_scope_id = e->scope};
	char text[INET6_ADDRSTRLEN];
	memcpy(&a.sin6_addr, e->address, sizeof a.sin6_addr);
	inet_ntop(AF_INET6, &a.sin6_addr, text, sizeof text);

	put_struct(p, "sockaddr_in6", sizeof a);
#ifdef SIN6_LEN
	static const struct piece length = PIECE(v6, sin6_len);
	a.sin6_len = sizeof a;
	put_length(p, &a, &length);
#endif
	put_family(p, &a, &family, "AF_INET6", AF_INET6);
	put_port(p, &a, &port, e->port);
	view_row_printf(put(p, &a, &flow), STYLE_TEXT, "%s", _("flow label, unused"));
	view_row_printf(put(p, &a, &number), STYLE_TEXT, _("%s, in network byte order"), text);
	put(p, &a, &rest);
	if (e->scope)
		view_row_printf(put(p, &a, &scope), STYLE_TEXT,
				_("interface %u of this computer, in its byte order: the address alone does not tell "
				  "on which network it is"),
				(unsigned)e->scope);
	else
		view_row_printf(put(p, &a, &scope), STYLE_TEXT, "%s", _("no interface is named; not needed here"));
}

void inspect_sockaddr(struct inspect *p, const struct endpoint *e)
{
	if (e->family == 6)
		put_v6(p, e);
	else if (e->family)
		put_v4(p, e);
}
