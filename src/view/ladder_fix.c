/*
 * Which lines are so that they will not change any more, for whoever prints them. Whatever comes later leaves alone
 * what is fixed, even if it is known better then.
 */
#include "ladder_about.h"

enum { YOUNG = 64 }; /* events; for so long a line may wait for what else is to be told in it */

/* As long as nobody has used it, it is not known what kind of socket it is, nor of which conversation. */
static bool is_unused(const struct flow_socket *s)
{
	bool may_be_any = s->protocol == PROTOCOL_TCP ? s->role != FLOW_WELCOMING : s->who == EVENT_CLIENT;
	return s->open && may_be_any && s->conversation == 0;
}

static bool is_under_way(const struct ladder *d, const struct ladder_line *l)
{
	if (l->kind != LINE_CALL)
		return false;
	const struct event_call *c = &log_at(d->log, l->index)->call;
	const struct flow_socket *s = ladder_socket(d, l->index);
	if (c->op == OP_SOCKET)
		return s && is_unused(s);
	return ladder_in_progress(c) && l->outcome == LADDER_NONE;
}

uint64_t ladder_fix(struct ladder *d, enum ladder_fix how)
{
	uint64_t number = d->fixed > d->first ? d->fixed : d->first;
	for (; number < ladder_end(d); number++) {
		const struct ladder_line *l = ladder_line(d, number);
		bool young = how != LADDER_LAST && log_end(d->log) - l->index <= YOUNG;
		if (young && (how == LADDER_MORE || is_under_way(d, l)))
			break;
	}
	return d->fixed = number;
}
