/* The page about a sentence, its reply, or the reply that did not come. */
#include <inttypes.h>

#include "inspect.h"

static const char *const verdicts[] = {
	[VERDICT_RIGHT] = N_("right: the uppercase of the sentence"),
	[VERDICT_WRONG] = N_("wrong: not the uppercase of the sentence"),
	[VERDICT_TRUNCATED] =
		N_("truncated: the uppercase of the sentence's beginning alone; one of the two ends cut a "
		   "datagram"),
	[VERDICT_DUPLICATE] = N_("duplicate: the sentence had been answered before"),
	[VERDICT_UNASKED] = N_("unasked: no sentence was waiting for it"),
	[VERDICT_STRANGER] = N_("a stranger's: from another endpoint than the server's"),
	[VERDICT_TIMEOUT] = N_("timeout: no reply came in time; if it comes late, that is its answer after all"),
	[VERDICT_CUT_SHORT] = N_("cut short: the connection ended before the reply was complete"),
	[VERDICT_UNSENT] = N_("unsent: the sentence could not be sent"),
	[VERDICT_CANCELLED] = N_("cancelled: you went on, and nobody waits for the reply any more"),
	[VERDICT_REFUSED] = N_("refused: this connected UDP socket was told that nobody listens there"),
};

static const char *guess(const struct event *e)
{
	switch (e->talk.guess) {
	case GUESS_WHICH:
		return e->kind == EVENT_MISSING
			       ? _("it may be another datagram that was refused: the error does not tell which")
			       : _("other sentences could be meant as well, since nothing but the sentence is on the "
				   "wire; "
				   "the oldest was taken");
	case GUESS_COPY:
		return _("it may be a copy of the reply to an equal sentence that was answered before");
	default:
		return NULL;
	}
}

static const char *series(const struct event_talk *t)
{
	switch (t->series.kind) {
	case SERIES_FILLER:
		return _("none; only the length of this sentence matters");
	case SERIES_BURST:
		return _("a burst: many sentences at once");
	case SERIES_PING:
		return _("a measurement (/ping)");
	default:
		return NULL;
	}
}

static const char *about(enum event_kind kind)
{
	switch (kind) {
	case EVENT_SENTENCE:
		return _("What the user typed. On the wire it is its bytes and nothing else, over TCP with a newline "
			 "at the "
			 "end.");
	case EVENT_REPLY:
		return _(
			"What came back. Nothing on the wire tells which sentence it answers: over TCP the order does, "
			"over UDP it is compared with all that wait.");
	default:
		return _("What became of a sentence that has no reply.");
	}
}

/* What the limit is, depends on the verdict. */
static void put_limit(struct inspect *p)
{
	const struct event_talk *t = &p->event.talk;
	if (t->limit == 0)
		return;
	if (t->verdict == VERDICT_TIMEOUT)
		inspect_time(p, 0, _("Waited"), t->limit);
	else if (t->verdict == VERDICT_CUT_SHORT)
		inspect_bytes(p, 0, _("Whole reply"), t->limit);
	else if (t->verdict == VERDICT_UNSENT)
		inspect_bytes(p, 0, _("Limit"), t->limit);
	else
		inspect_bytes(p, 0, _("Whole datagram"), t->limit);
}

static void put_how(struct inspect *p)
{
	const struct event_talk *t = &p->event.talk;
	if (t->late)
		inspect_say(p, 0, _("Late"), _("yes: the sentence had been reported missing before"));
	if (t->out_of_order)
		inspect_say(p, 0, _("Out of order"), _("yes: after the reply to a later sentence"));
	if (t->amends)
		inspect_say(p, 0, _("Takes back"), _(verdicts[t->amends]));
	if (t->joined)
		inspect_say(p, 0, _("Joined"),
			    _("yes: the receive that brought its end had also brought the reply before it"));
	if (t->again)
		inspect_say(p, 0, _("Again"), _("yes: sent a second time, over a new connection"));
	if (t->queued)
		inspect_say(p, 0, _("Queued"), _("yes: nothing of it was sent yet"));
	if (t->pieces)
		view_row_printf(inspect_field(p, 0, _("Pieces")), STYLE_TEXT,
				ngettext("%u: it came in one receive", "%u: it came in so many receives", t->pieces),
				t->pieces);
}

static void put_series(struct inspect *p)
{
	const struct event_talk *t = &p->event.talk;
	inspect_say(p, 0, _("Series"), series(t));
	if (t->series.place)
		inspect_number(p, 1, _("place"), t->series.place);
}

static void put_error(struct inspect *p)
{
	const struct event_talk *t = &p->event.talk;
	bool ended = t->verdict == VERDICT_CUT_SHORT;
	inspect_error(p, 0, "errno", t->error);
	if (t->error || ended)
		inspect_say(p, 1, _("means"), ended ? words_cut_short(t) : words_cause(t->error));
	if (t->error)
		inspect_say(p, 1, _("behind it"), words_why(t->error));
}

/* Over UDP the reply's own time is told even where it came too late to count. */
static bool has_time(const struct event *e)
{
	enum event_verdict v = e->talk.verdict;
	return e->kind == EVENT_REPLY && v != VERDICT_UNASKED && v != VERDICT_STRANGER;
}

void inspect_talk(struct inspect *p)
{
	const struct event_talk *t = &p->event.talk;
	inspect_space(p);
	inspect_say(p, 0, _("What it is"), about(p->event.kind));
	if (t->sentence)
		inspect_number(p, 0, _("Sentence"), t->sentence);
	inspect_say(p, 0, _("Protocol"), t->protocol ? protocol_name(t->protocol) : NULL);
	if (t->verdict)
		inspect_say(p, 0, _("Verdict"), _(verdicts[t->verdict]));
	inspect_say(p, 0, _("Guess"), guess(&p->event));
	put_how(p);
	put_series(p);
	put_error(p);
	put_limit(p);
	if (has_time(&p->event))
		inspect_time(p, 0, _("Round trip"), t->rtt);
	inspect_endpoint(p, 0, _("From"), &t->from);
	if (t->bytes || p->event.kind != EVENT_MISSING)
		inspect_bytes(p, 0, _("On the wire"), t->bytes);
	inspect_data(p, p->event.kind == EVENT_MISSING ? _("What came") : _("Text"), p->size);
}
