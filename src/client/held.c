#include "held.h"

#include <stdio.h>

#include "link_private.h"

#define PATIENCE (700 * CLOCK_MS) /* a reply that comes within it needs no explanation */

enum { WORDS = 128 }; /* bytes of a note */

uint64_t held_deadline(const struct link *l)
{
	uint64_t since = l->session && !l->held.told ? session_held_since(l->session) : CLOCK_NEVER;
	return since == CLOCK_NEVER ? CLOCK_NEVER : since + PATIENCE;
}

void held_tick(struct link *l, uint64_t now)
{
	uint64_t deadline = held_deadline(l);
	if (deadline == CLOCK_NEVER || deadline > now)
		return;
	link_note(l, NOTE_INFO,
		  _("Other sentences are not sent yet: over a new connection one goes alone until it is answered, "
		    "since the server may take no more than one, as the book's does. "
		    "To let the next go without a reply: /timeout 1, or for a filter -N."));
	l->held.told = true;
}

void held_sent(struct held *h, uint64_t sentence)
{
	if (h->first == 0)
		h->first = sentence;
	h->last = sentence;
}

void held_over(struct link *l)
{
	struct held *h = &l->held;
	char words[WORDS];
	if (h->told && h->first && h->first == h->last)
		snprintf(words, sizeof words, _("Sentence %zu is sent now."), (size_t)h->first);
	else if (h->told && h->first)
		snprintf(words, sizeof words, _("Sentences %zu to %zu are sent now."), (size_t)h->first,
			 (size_t)h->last);
	if (h->told && h->first)
		link_note(l, NOTE_INFO, words);
	if (h->first || session_unsent(l->session) == 0)
		h->told = false;
	h->first = 0;
}
