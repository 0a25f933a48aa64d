/*
 * A recording on the screen: the chat without a network. Its keys, and how the log is begun anew.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chat_private.h"
#include "replay_words.h"

enum { BACK_EVENTS = 10 };

static void take(const struct event *e, void *arg)
{
	chat_take(arg, e);
}

static void again(void *arg)
{
	struct chat *c = arg;
	if (chat_open_log(c) == -1)
		chat_out_of_memory(c);
}

static void damaged(const char *problem, void *arg)
{
	chat_note(arg, NOTE_ERROR, "%s", problem);
}

int chat_replay_open(struct chat *c)
{
	const struct options *o = c->options;
	char problem[REPLAY_PROBLEM];
	struct replay_handlers handlers = {again, take, damaged, c};
	c->replay = replay_open(o->replay, o->speed, o->events, &handlers, problem);
	if (!c->replay) {
		fprintf(stderr, "uproar: %s\n", problem);
		return -1;
	}
	c->wall = replay_wall(c->replay);
	return 0;
}

void chat_replay_advance(struct chat *c, uint64_t now)
{
	if (c->replay && replay_deadline(c->replay) <= now) {
		replay_advance(c->replay, now);
		c->dirty = true;
	}
}

uint64_t chat_replay_deadline(const struct chat *c)
{
	return c->replay ? replay_deadline(c->replay) : CLOCK_NEVER;
}

uint64_t chat_now(const struct chat *c)
{
	return c->replay ? replay_clock(c->replay, clock_now()) : clock_now();
}

/* --- Keys --- */

/* A command is typed as anywhere else. */
static void type_command(struct chat *c)
{
	c->typing = true;
	chat_set_grab(c);
	input_bytes("/", 1);
}

static bool pressed_text(struct chat *c, char key)
{
	uint64_t now = clock_now();
	switch (key) {
	case ' ':
		replay_pause(c->replay, now);
		return true;
	case '.':
		replay_step(c->replay, now);
		return true;
	case 'j':
		replay_back(c->replay, BACK_EVENTS);
		return true;
	case '+':
		replay_speed(c->replay, 2, now);
		return true;
	case '-':
		replay_speed(c->replay, 0.5, now);
		return true;
	case '/':
		type_command(c);
		return true;
	case 'q':
		chat_quit(c);
		return true;
	default:
		if (key >= '0' && key <= '9')
			replay_go(c->replay, (unsigned)(key - '0'));
		return key >= '0' && key <= '9';
	}
}

bool chat_replay_key(struct chat *c, enum input_key key, const char *text, size_t n)
{
	if (!c->replay)
		return false;
	if (c->typing && key == INPUT_CANCEL) {
		c->typing = false;
		chat_set_grab(c);
		return true;
	}
	if (c->typing)
		return false;
	switch (key) {
	case INPUT_TEXT:
		return n == 1 && pressed_text(c, *text);
	case INPUT_RIGHT:
		replay_step(c->replay, clock_now());
		return true;
	case INPUT_LEFT:
		replay_back(c->replay, BACK_EVENTS);
		return true;
	case INPUT_TOP:
		replay_go(c->replay, 0);
		return true;
	case INPUT_BOTTOM:
		replay_go(c->replay, 10);
		return true;
	default:
		return false;
	}
}
