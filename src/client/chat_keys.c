/*
 * What the user types, presses and points at.
 */
#include <string.h>

#include "chat_private.h"
#include "commands.h"

void chat_set_grab(struct chat *c)
{
	bool typing = c->typing || (!c->replay && !c->frame.panes.focused);
	input_grab(c->frame.picking || c->frame.help.shown || !typing);
	c->dirty = true;
}

void chat_help(struct chat *c)
{
	c->frame.help = (struct help){.shown = true, .first = c->frame.picking, .replaying = c->replay};
	chat_set_grab(c);
}

static void pick(struct chat *c, enum input_key key, const char *text, size_t n)
{
	struct picker *p = &c->frame.picker;
	switch (picker_key(p, key, text, n)) {
	case PICKER_GOES_ON:
		break;
	case PICKER_LEAVES:
		chat_quit(c);
		break;
	case PICKER_STARTS:
		c->frame.picking = false;
		c->protocol = p->protocol;
		if (p->step)
			chat_step(c, NETWORK_CLIENT | NETWORK_SERVER);
		chat_connect(c, picker_host(p), picker_port(p));
		break;
	}
	chat_set_grab(c);
}

/* --- Lines --- */

/* One line is a sentence; several, from a paste, are several. */
static void say(struct chat *c, const char *line, size_t n)
{
	static const struct series single = {SERIES_NONE, 0};
	const char *end;
	while ((end = memchr(line, '\n', n))) {
		size_t sentence = (size_t)(end - line);
		chat_say(c, line, sentence, single);
		line += sentence + 1;
		n -= sentence + 1;
	}
	chat_say(c, line, n, single);
	panes_follow(&c->frame.panes);
	chat_step_on(c);
}

/* A paste of several lines has no command. */
void chat_entered(const char *line, size_t n, void *arg)
{
	struct chat *c = arg;
	bool slash = n > 0 && line[0] == '/' && !memchr(line, '\n', n);
	c->typing = false;
	frame_acted(&c->frame);
	chat_set_grab(c);
	pager_move(c->frame.panes.views.pagers[PANE_TRANSCRIPT], MOVE_END, 1, 1);
	if (slash && (n == 1 || line[1] != '/')) {
		chat_settle(c, CLOCK_NEVER);
		command_run(c, line, n);
	} else if (!(n == 0 && c->replay) && chat_requires(c, CHAT_CONVERSATION)) {
		say(c, line + slash, n - slash);
	}
}

/* --- Keys --- */

static bool under_way(enum event_state_what what)
{
	return what == STATE_STARTING || what == STATE_LOOKUP || what == STATE_CONNECTING;
}

static void pressed_key(struct chat *c, enum input_key key)
{
	switch (key) {
	case INPUT_HELP:
		chat_help(c);
		break;
	case INPUT_PROTOCOL:
		if (chat_requires(c, CHAT_CONVERSATION))
			chat_talk(c, c->protocol == PROTOCOL_TCP ? PROTOCOL_UDP : PROTOCOL_TCP);
		break;
	case INPUT_CALLS:
		chat_show(c, PANE_CALLS);
		break;
	case INPUT_LADDER:
		chat_show(c, PANE_LADDER);
		break;
	case INPUT_STATISTICS:
		chat_show(c, PANE_STATISTICS);
		break;
	case INPUT_SOCKETS:
		chat_show(c, PANE_SOCKETS);
		break;
	case INPUT_FOCUS:
	case INPUT_TAB: /* grabbed, for a recording */
		chat_focus(c, true);
		break;
	case INPUT_QUIT:
		chat_quit(c);
		break;
	case INPUT_CANCEL:
		if (c->run.running)
			chat_break(c);
		else if (c->network && under_way(c->frame.status.state.what))
			chat_disconnect(c);
		else
			chat_note(c, NOTE_INFO, _("To leave, press F10, or Ctrl-D on an empty line."));
		break;
	case INPUT_PASTE_CUT:
		chat_note(c, NOTE_WARNING,
			  _("Some of the paste was left out: it may have 64 KiB, and must be text in UTF-8."));
		break;
	default:
		panes_scroll(&c->frame.panes, key);
		break;
	}
}

void chat_pressed(enum input_key key, const char *text, size_t n, void *arg)
{
	struct chat *c = arg;
	unsigned height, width;
	screen_size(&height, &width);
	frame_acted(&c->frame);
	if (key == INPUT_SUSPEND) {
		chat_suspend(c);
	} else if (key == INPUT_REDRAW) {
		screen_redraw();
	} else if (c->frame.help.shown) {
		help_key(&c->frame.help, key, text, height);
		chat_set_grab(c);
	} else if (c->frame.picking && key == INPUT_HELP) {
		chat_help(c);
	} else if (c->frame.picking) {
		pick(c, key, text, n);
	} else if (!chat_pane_key(c, key, text, n) && !chat_replay_key(c, key, text, n)) {
		pressed_key(c, key);
	}
	c->dirty = true;
}

void chat_pointed(enum input_mouse what, unsigned y, unsigned x, void *arg)
{
	struct chat *c = arg;
	if (c->frame.picking || c->frame.help.shown)
		return;
	panes_mouse(&c->frame.panes, what, y, x);
	c->leading = c->leading && what != MOUSE_BUTTON;
	chat_set_grab(c);
}
