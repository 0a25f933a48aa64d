/*
 * Commands that make trouble, and those that change how this end behaves.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "commands_private.h"

enum {
	WORD_ROOM = 256, /* bytes of a completion, with its NUL */
	REVEAL_USUALLY = 20,
	REVEAL_MAX = 10000,
	RECV_MAX = 65536, /* bytes of room: more than any datagram has */
};

void run_lab(struct chat *c, const struct command *self, int count, char **arguments)
{
	(void)self;
	chat_lab(c, count > 0 ? arguments[0] : "");
}

void run_reveal(struct chat *c, const struct command *self, int count, char **arguments)
{
	unsigned long sentences = REVEAL_USUALLY;
	if (count == 0 || command_number(c, self, arguments[0], 1, REVEAL_MAX, &sentences))
		chat_reveal(c, sentences);
}

static void note_room(struct chat *c, unsigned long room)
{
	if (room == 0)
		chat_note(c, NOTE_INFO, _("Each recv() of this end has room for any reply again."));
	else
		chat_note(
			c, NOTE_INFO,
			ngettext(
				"Each recv() of this end takes at most %lu byte now: over TCP a longer reply comes in "
				"pieces, over UDP its rest is lost.",
				"Each recv() of this end takes at most %lu bytes now: over TCP a longer reply comes in "
				"pieces, over UDP its rest is lost.",
				room),
			room);
}

static void note_room_of_book(struct chat *c, unsigned long room)
{
	if (room == 0)
		chat_note(c, NOTE_INFO, _("The recv() of this end has the room that it has in the book again."));
	else
		chat_note(c, NOTE_INFO,
			  ngettext("The recv() of this end takes at most %lu byte now: it is called once, as in the "
				   "book, and what is more is lost.",
				   "The recv() of this end takes at most %lu bytes now: it is called once, as in the "
				   "book, and what is more is lost.",
				   room),
			  room);
}

void run_recv(struct chat *c, const struct command *self, int count, char **arguments)
{
	(void)count;
	struct network_habits habits = *chat_habits(c);
	unsigned long room = 0;
	if (strcasecmp(arguments[0], "off") != 0 && !command_number(c, self, arguments[0], 0, RECV_MAX, &room))
		return;
	habits.recv_room = room;
	chat_behave(c, &habits);
	if (chat_is_book(c))
		note_room_of_book(c, room);
	else
		note_room(c, room);
}

/* The book's client makes the book's calls alone, and it was told that this command is not for it. */
static bool refused_by_book(struct chat *c, const char *command)
{
	if (chat_is_book(c))
		chat_note(c, NOTE_ERROR,
			  _("The book's client makes the book's calls alone: say /model events first, then /%s."),
			  command);
	return chat_is_book(c);
}

static void hold(struct chat *c, bool on)
{
	struct network_habits habits = *chat_habits(c);
	bool was_on = habits.hold;
	if (on && refused_by_book(c, "hold"))
		return;
	habits.hold = on;
	chat_behave(c, &habits);
	if (on)
		chat_note(c, NOTE_INFO,
			  _("This end receives nothing now: what comes is kept by the system, until /release."));
	else if (was_on)
		chat_note(c, NOTE_INFO, _("This end receives again."));
	else
		chat_note(c, NOTE_INFO,
			  _("This end was not held, and receives. The server's hold is released by /lab release."));
}

void run_hold(struct chat *c)
{
	hold(c, true);
}

void run_release(struct chat *c)
{
	hold(c, false);
}

void run_nagle(struct chat *c, const struct command *self, int count, char **arguments)
{
	(void)count;
	struct network_habits habits = *chat_habits(c);
	bool on;
	if (!command_switch(c, self, arguments[0], &on) || refused_by_book(c, self->name))
		return;
	habits.nodelay = !on;
	chat_behave(c, &habits);
	chat_note(c, NOTE_INFO, "%s",
		  on ? _("Nagle's algorithm is on, as usual: over TCP a small piece waits while an earlier one is not "
			 "acknowledged.")
		     : _("Nagle's algorithm is off: over TCP a small piece goes at once (TCP_NODELAY)."));
}

void run_connected(struct chat *c, const struct command *self, int count, char **arguments)
{
	(void)count;
	struct network_habits habits = *chat_habits(c);
	bool on;
	if (!command_switch(c, self, arguments[0], &on) || refused_by_book(c, self->name))
		return;
	habits.bound = on;
	chat_behave(c, &habits);
	chat_note(c, NOTE_INFO, "%s",
		  on ? _("From now on UDP sockets are bound to the server by connect().")
		     : _("From now on UDP sockets are not connected, as usual."));
}

/* --- Completion --- */

/* The last of several settings between commas is completed, and the others stay. */
void command_complete_setting(size_t before, const char *word, size_t n, void (*add)(const char *word))
{
	static const char *const settings[] = {
		"drop=",    "drop-requests=", "drop-replies=", "duplicate=", "reorder=", "delay=", "jitter=",
		"seed=",    "cut=",           "slow-read",     "hold",       "release",  "accept", "no-accept",
		"backlog=", "rcvbuf=",        "reset",         "stale",      "close",    "rebind", "off",
	};
	(void)before;
	char candidate[WORD_ROOM];
	size_t kept = n;
	while (kept > 0 && word[kept - 1] != ',')
		kept--;
	for (size_t i = 0; kept < WORD_ROOM && i < COUNT(settings); i++) {
		snprintf(candidate, sizeof candidate, "%.*s%s", (int)kept, word, settings[i]);
		command_offer(candidate, word, n, add);
	}
}

void command_complete_switch(size_t before, const char *word, size_t n, void (*add)(const char *word))
{
	if (before == 0) {
		command_offer("on", word, n, add);
		command_offer("off", word, n, add);
	}
}
