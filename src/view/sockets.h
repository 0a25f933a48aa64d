/*
 * sockets - the table of the sockets that both processes have open: its cells, and which of them have room. Private to
 * view.
 */
#ifndef VIEW_SOCKETS_H
#define VIEW_SOCKETS_H

#include <uproar/views.h>

#include "words.h"

/* A socket, and what the system said of it last; or a client that a datagram socket serves. */
struct sockets_entry {
	struct flow_socket socket; /* a client: that socket, but for its remote endpoint */
	bool client;
	struct event_kernel kernel; /* why is 0: nobody has looked at it yet */
};

/* Its local endpoint, as the system told, who knows best, or its calls did. */
const struct endpoint *sockets_local(const struct sockets_entry *s);

enum sockets_column {
	SOCKETS_FD,
	SOCKETS_KIND,
	SOCKETS_ROLE,
	SOCKETS_LOCAL,
	SOCKETS_REMOTE,
	SOCKETS_STATE,
	SOCKETS_RECV_Q,
	SOCKETS_SEND_Q,
	SOCKETS_UNSENT,
	SOCKETS_RECEIVED,
	SOCKETS_SENT,
	SOCKETS_COLUMNS
};

/* Columns that each takes; begins with those of its title. */
struct sockets_widths {
	unsigned columns[SOCKETS_COLUMNS];
	unsigned brief_role;  /* of the role in one word */
	bool unseen, unknown; /* whether any cell says that it was not looked at, or is not offered */
	bool failed;          /* short of memory, some cells were not measured */
};
void sockets_measure_titles(struct sockets_widths *w);
void sockets_measure(struct sockets_widths *w, const struct sockets_entry *s);

/* A line of the table, or two rows of a line where it is narrow; the titles; what they mean. */
void sockets_put(const struct sockets_widths *w, const struct sockets_entry *s, unsigned width, struct view_row *row);
void sockets_put_titles(const struct sockets_widths *w, unsigned width, struct view_row *row);
void sockets_put_legend(const struct sockets_widths *w, struct view_row *row);

#endif
