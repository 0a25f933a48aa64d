/*
 * What keys and commands do to the panes, and single-stepping, which is watched in one of them.
 */
#include <stdio.h>
#include <string.h>

#include "chat_private.h"

/* --- Which is shown --- */

/* What the network has to look at is what somebody looks at. First what ends: it is one watch for both. */
static void change(struct chat *c, enum pane before)
{
	enum pane now = c->frame.panes.shown;
	if (c->network && now != before) {
		if (before == PANE_STATISTICS)
			chat_requested(c, network_watch(c->network, false));
		if (before == PANE_SOCKETS)
			chat_requested(c, network_watch_all(c->network, false));
		if (now == PANE_STATISTICS)
			chat_requested(c, network_watch(c->network, true));
		if (now == PANE_SOCKETS)
			chat_requested(c, network_watch_all(c->network, true));
	}
	chat_set_grab(c);
}

void chat_show(struct chat *c, enum pane pane)
{
	struct panes *p = &c->frame.panes;
	enum pane before = p->shown;
	panes_show(p, before == pane ? PANE_TRANSCRIPT : pane);
	change(c, before);
}

void chat_focus(struct chat *c, bool on)
{
	panes_focus(&c->frame.panes, on);
	chat_set_grab(c);
}

struct pager *chat_pager(struct chat *c, unsigned *width)
{
	return panes_pager(&c->frame.panes, c->frame.panes.shown, width);
}

void chat_clear(struct chat *c)
{
	pager_clear(c->frame.panes.views.pagers[PANE_TRANSCRIPT]);
	c->dirty = true;
}

void chat_calls(struct chat *c, const char *filter)
{
	struct panes *p = &c->frame.panes;
	char problem[256];
	bool all = !*filter && !*p->filter_words;
	if (panes_filter(p, filter, problem, sizeof problem) == -1)
		chat_note(c, NOTE_ERROR, "%s", problem);
	else if (p->shown != PANE_CALLS || all)
		chat_show(c, PANE_CALLS);
	c->dirty = true;
}

void chat_inspect(struct chat *c, const char *filter)
{
	enum pane before = c->frame.panes.shown;
	char problem[256];
	if (panes_inspect(&c->frame.panes, filter, problem, sizeof problem) == -1)
		chat_note(c, NOTE_ERROR, "%s", problem);
	else
		c->leading = false;
	change(c, before);
}

void chat_find(struct chat *c, const char *text)
{
	enum pane before = c->frame.panes.shown;
	bool found = panes_find(&c->frame.panes, text);
	c->leading = c->leading && !found;
	change(c, before);
	if (*text && !found)
		chat_note(c, NOTE_INFO, _("\"%s\" is nowhere in this view."), text);
}

/* --- Stepping --- */

enum { LEAD_BACK_MS = 200 }; /* so that the keys stay from one call to the next */

/*
 * A call that waits has the keys, and when none does the next sentence has, unless the user has given them away
 * himself. Who types already keeps them.
 */
void chat_lead(struct chat *c)
{
	bool focused = c->frame.panes.focused;
	uint64_t now = clock_now(), back = c->leads_back;
	c->leads_back = CLOCK_NEVER;
	if (!c->leading || !c->stepper.sides)
		return;
	if (stepper_waiting(&c->stepper, ~0u) && !focused && input_is_blank()) {
		input_keep();
		chat_focus(c, true);
	} else if (!stepper_waiting(&c->stepper, ~0u) && focused) {
		c->leads_back = back == CLOCK_NEVER ? now + LEAD_BACK_MS * CLOCK_MS : back;
		if (now >= c->leads_back)
			chat_focus(c, false);
	}
}

static void lead_to_calls(struct chat *c, bool now)
{
	c->leading = true;
	c->leads_back = CLOCK_NEVER;
	chat_focus(c, now);
}

static void note_stepping(struct chat *c, unsigned sides)
{
	const char *what = sides == NETWORK_CLIENT   ? _("Each call of the client waits for you now.")
			   : sides == NETWORK_SERVER ? _("Each call of the server waits for you now.")
						     : _("Each call of both programs waits for you now.");
	chat_note(c, NOTE_INFO, "%s %s", what,
		  _("Space makes the one that has waited longest; b runs on to the next that may block; r ends it."));
}

static bool waits_for_user(const struct event *call, void *arg)
{
	return stepper_holds(arg, call);
}

void chat_step(struct chat *c, unsigned sides)
{
	struct panes *p = &c->frame.panes;
	if (c->host && (sides & NETWORK_SERVER)) {
		chat_note(c, NOTE_INFO,
			  _("Only the calls of your own server can be made to wait; this one is elsewhere."));
		sides &= NETWORK_CLIENT;
	}
	bool ends = c->stepper.sides && !sides;
	stepper_set(&c->stepper, sides);
	chat_requested(c, network_step(c->network, sides));
	if (ends)
		chat_note(c, NOTE_INFO, _("No call waits for you any more."));
	if (!sides)
		return;
	note_stepping(c, sides);
	panes_step(p, waits_for_user, &c->stepper);
	if (p->shown != PANE_LADDER)
		chat_show(c, PANE_LADDER);
	/* A conversation that begins has calls that wait already; else first comes a sentence, which is to be typed. */
	lead_to_calls(c, c->frame.status.state.what < STATE_CONNECTED);
}

void chat_step_on(struct chat *c)
{
	if (!c->stepper.sides)
		return;
	stepper_set(&c->stepper, c->stepper.sides);
	lead_to_calls(c, true);
}

void chat_let_go(struct chat *c)
{
	unsigned side;
	while ((side = stepper_due(&c->stepper)))
		chat_requested(c, network_step_go(c->network, side));
}

static bool step_letter(struct chat *c, char letter)
{
	switch (letter) {
	case ' ':
		stepper_go(&c->stepper, NETWORK_CLIENT | NETWORK_SERVER);
		break;
	case 'c':
		stepper_go(&c->stepper, NETWORK_CLIENT);
		break;
	case 's':
		stepper_go(&c->stepper, NETWORK_SERVER);
		break;
	case 'b':
		stepper_run(&c->stepper);
		break;
	case 'r':
		chat_step(c, 0);
		chat_focus(c, false);
		break;
	default:
		return false;
	}
	c->leading = true;
	chat_let_go(c);
	return true;
}

/* A slash begins a command wherever the keys go; in a recording it does so with or without the focus. */
static bool begins_command(const struct chat *c, enum input_key key, const char *text)
{
	return !c->replay && !c->frame.panes.plain && key == INPUT_TEXT && *text == '/';
}

static void type_command(struct chat *c)
{
	c->leading = false;
	chat_focus(c, false);
	input_keep();
	input_bytes("/", 1);
}

static bool scrolls(enum input_key key)
{
	return key >= INPUT_PAGE_UP && key <= INPUT_LINE_DOWN;
}

bool chat_pane_key(struct chat *c, enum input_key key, const char *text, size_t n)
{
	struct panes *p = &c->frame.panes;
	enum pane before = p->shown;
	if (!p->focused)
		return false;
	if (begins_command(c, key, text)) {
		type_command(c);
		return true;
	}
	if (!p->plain && c->stepper.sides && key == INPUT_TEXT && n == 1 && step_letter(c, *text))
		return true;
	bool taken = panes_key(p, key, text, n);
	if (taken && !scrolls(key))
		c->leading = false;
	change(c, before);
	return taken;
}

/* --- Models --- */

void chat_model(struct chat *c, bool textbook)
{
	c->textbook = textbook;
	chat_requested(c, network_textbook(c->network, textbook));
	chat_show_habits(c);
}

void chat_server(struct chat *c, const char *model, const char *address)
{
	chat_requested(c, network_server_model(c->network, model, address));
	if (!c->host && address)
		chat_note(c, NOTE_INFO, _("Your own server begins anew on %s, and serves as the model \"%s\" does."),
			  address, model);
	else if (!c->host)
		chat_note(c, NOTE_INFO, _("Your own server begins anew, and serves as the model \"%s\" does."), model);
}
