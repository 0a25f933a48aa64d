/*
 * The textbook's client in a conversation: which sentence it says next, and what its news mean for the session. The
 * calls are in textbook.c.
 */
#include <errno.h>

#include "link_private.h"

static void tell_ready(struct link *l)
{
	l->connected = true;
	link_server_found(l);
	link_tell(l, (struct event_state){.what = l->protocol == PROTOCOL_TCP ? STATE_CONNECTED : STATE_READY,
					  .remote = l->remote});
}

/* Nothing is to be said yet, and until then nothing is done; or the exchange that was cancelled has to end first. */
static int rest(struct link *l)
{
	l->stage = STAGE_IDLE;
	l->resting = !l->exchange.running;
	link_server_found(l);
	if (l->resting)
		link_tell(l, (struct event_state){.what = STATE_READY, .one_each = true, .remote = l->remote});
	return 0;
}

/* Takes the next sentence from the session. Returns false when there is none. */
static bool take_sentence(struct link *l)
{
	const void *data;
	size_t n;
	session_opened(l->session, &l->remote);
	if (!session_output(l->session, &data, &n))
		return false;
	l->offered = exchange_prepare(&l->exchange, data, n) == 0;
	return true;
}

int book_begin(struct link *l)
{
	bool begun = l->offered; /* to another address, which would not do */
	if (l->exchange.running || (!begun && (!link_wants_socket(l) || !take_sentence(l))))
		return rest(l);
	if (!l->offered) {
		l->next = l->nfound; /* there is no memory, nor would there be for another address */
		errno = ENOMEM;
		return -1;
	}
	l->connected = l->ended = l->overdue = false;
	l->error = 0;
	l->stage = STAGE_EXCHANGE;
	l->own.closes = false;
	if (l->protocol == PROTOCOL_TCP)
		link_tell(l, (struct event_state){.what = STATE_CONNECTING,
						  .remote = l->remote,
						  .more = (uint32_t)(l->nfound - l->next)});
	return exchange_begin(&l->exchange, l->protocol, &l->remote, l->habits.recv_room);
}

static void received(struct link *l, const struct exchange_news *n)
{
	if (l->protocol == PROTOCOL_TCP && n->bytes == 0)
		l->ended = true;
	else if (session_received(l->session, n->data, n->bytes, n->whole, &n->from, n->when) == -1)
		link_note(l, NOTE_ERROR, _("There is no memory left for this reply; it is lost."));
}

/* An interruption is this end's own doing. */
static void closed(struct link *l)
{
	int error = l->error == EINTR || l->error == EAGAIN ? 0 : l->error;
	bool by_server = l->protocol == PROTOCOL_TCP && (l->ended || error);
	struct event_state state = {.what = STATE_CLOSED,
				    .by = by_server ? EVENT_SERVER : EVENT_CLIENT,
				    .error = by_server ? error : 0,
				    .remote = l->remote};
	if (by_server) {
		state.waiting = link_awaited(l);
		state.error = link_end_own(l, state.error);
	}
	if (l->protocol == PROTOCOL_UDP && l->offered)
		session_unsendable(l->session, l->error, clock_now());
	l->offered = false;
	/* A stream goes on behind what the one recv() has taken. */
	session_ended(l->session, by_server || l->protocol == PROTOCOL_UDP ? state.error : ECANCELED, clock_now());
	l->stage = STAGE_IDLE;
	link_tell(l, state);
}

static void ended(struct link *l)
{
	if (l->stage != STAGE_EXCHANGE)
		return; /* it was cancelled, and everything said */
	if (l->connected)
		closed(l);
	else
		link_try_addresses(l, l->error ? l->error : ECONNABORTED);
}

void book_news(const struct exchange_news *n, void *arg)
{
	struct link *l = arg;
	switch (n->what) {
	case EXCHANGE_READY:
		tell_ready(l);
		return;
	case EXCHANGE_SENT:
		l->offered = false;
		session_sent(l->session, n->bytes, n->when);
		break;
	case EXCHANGE_RECEIVED:
		received(l, n);
		break;
	case EXCHANGE_FAILED:
		l->error = n->error;
		return;
	case EXCHANGE_ENDED:
		ended(l);
		break;
	}
	link_pump(l);
}

/* A reply that is overdue is waited for as long as there is nothing else to say. */
void book_pump(struct link *l)
{
	if (l->stage == STAGE_EXCHANGE && l->overdue && session_waiting(l->session) > 0)
		exchange_interrupt(&l->exchange);
}
