#include "panes.h"

#include <stdio.h>
#include <string.h>

#include "rows.h"

enum { WHEEL_ROWS = 3 };

/* --- The views --- */

static bool open_views(struct pane_views *v, const struct log *l, int64_t wall)
{
	return (v->flow = flow_new(l)) && (v->transcript = transcript_new(l, wall)) &&
	       (v->calls = calls_new(l, wall)) && (v->ladder = ladder_new(l, v->flow)) &&
	       (v->sockets = sockets_new(l, v->flow)) && (v->inspector = inspector_new(l, v->flow, wall));
}

static bool open_pagers(struct pane_views *v)
{
	const struct {
		const struct pager_lines *lines;
		void *view;
	} of[PANE_COUNT] = {
		[PANE_TRANSCRIPT] = {&transcript_lines, v->transcript},
		[PANE_CALLS] = {&calls_lines, v->calls},
		[PANE_LADDER] = {&ladder_lines, v->ladder},
		[PANE_SOCKETS] = {&sockets_lines, v->sockets},
		[PANE_INSPECTOR] = {&inspector_lines, v->inspector},
	};
	for (size_t i = 0; i < PANE_COUNT; i++)
		if (of[i].lines && !(v->pagers[i] = pager_new(of[i].lines, of[i].view)))
			return false;
	pager_from_top(v->pagers[PANE_SOCKETS]);
	return true;
}

static void close_views(struct pane_views *v)
{
	for (size_t i = 0; i < PANE_COUNT; i++)
		pager_free(v->pagers[i]);
	inspector_free(v->inspector);
	sockets_free(v->sockets);
	ladder_free(v->ladder);
	calls_free(v->calls);
	transcript_free(v->transcript);
	flow_free(v->flow);
}

static void choose(struct panes *p)
{
	ladder_choose(p->views.ladder, &p->choice);
	calls_choose(p->views.calls, &p->filter);
}

static void leave_inspector(struct panes *p);

int panes_open(struct panes *p, const struct log *l, int64_t wall)
{
	struct pane_views new = {0};
	bool first = !p->views.flow;
	if (first)
		p->statistics = statistics_new();
	if (!p->statistics || !open_views(&new, l, wall) || !open_pagers(&new)) {
		close_views(&new);
		return -1;
	}
	close_views(&p->views);
	p->views = new;
	if (first)
		p->filter.fd = -1;
	leave_inspector(p); /* its event is none of this log */
	p->choice.conversation = 0;
	choose(p);
	return 0;
}

void panes_free(struct panes *p)
{
	close_views(&p->views);
	statistics_free(p->statistics);
	for (size_t y = 0; y < PANES_ROWS; y++) {
		view_row_free(&p->rows[y]);
		view_row_free(&p->beside[y]);
	}
}

/* Short of memory a view lacks what came last, until the next time. */
void panes_update(struct panes *p)
{
	flow_update(p->views.flow);
	for (size_t i = 0; i < PANE_COUNT; i++)
		if (p->views.pagers[i])
			pager_update(p->views.pagers[i]);
}

bool panes_clock(struct panes *p, uint64_t now)
{
	return p->shown == PANE_LADDER && ladder_clock(p->views.ladder, now);
}

/* --- What is shown --- */

bool panes_visible(const struct panes *p, enum pane pane)
{
	return p->places[pane].height > 0;
}

static void leave_inspector(struct panes *p)
{
	if (p->shown != PANE_INSPECTOR)
		return;
	p->shown = p->before.shown;
	p->focus = p->before.focus;
}

void panes_show(struct panes *p, enum pane pane)
{
	p->shown = p->focus = pane;
	p->plain = false;
}

void panes_focus(struct panes *p, bool on)
{
	p->focused = on;
	p->plain = false;
	p->focus = p->shown;
}

enum pane panes_current(const struct panes *p)
{
	if (p->focused)
		return p->focus;
	return panes_visible(p, PANE_TRANSCRIPT) ? PANE_TRANSCRIPT : p->shown;
}

/* Where its rows go; before anything was drawn, some place. */
static struct pane_place place_of(const struct panes *p, enum pane pane)
{
	struct pane_place place = p->places[pane];
	place.width = place.width ? place.width : 1;
	place.height = place.height ? place.height : 1;
	return place;
}

struct pager *panes_pager(const struct panes *p, enum pane pane, unsigned *width)
{
	if (!p->views.pagers[pane])
		pane = PANE_TRANSCRIPT;
	*width = place_of(p, pane).width;
	return p->views.pagers[pane];
}

static void scroll(struct panes *p, enum pane pane, enum pager_move move)
{
	struct pane_place place = place_of(p, pane);
	if (!p->views.pagers[pane])
		return;
	pager_update(p->views.pagers[pane]);
	pager_move(p->views.pagers[pane], move, place.width, place.height);
}

bool panes_scroll(struct panes *p, enum input_key key)
{
	static const struct {
		enum input_key key;
		enum pager_move move;
	} moves[] = {
		{INPUT_PAGE_UP, MOVE_PAGE_UP}, {INPUT_PAGE_DOWN, MOVE_PAGE_DOWN}, {INPUT_TOP, MOVE_HOME},
		{INPUT_BOTTOM, MOVE_END},      {INPUT_LINE_UP, MOVE_LINE_UP},     {INPUT_LINE_DOWN, MOVE_LINE_DOWN},
	};
	for (size_t i = 0; i < COUNT(moves); i++) {
		if (moves[i].key == key) {
			scroll(p, panes_current(p), moves[i].move);
			return true;
		}
	}
	return false;
}

void panes_follow(struct panes *p)
{
	static const enum pane growing[] = {PANE_TRANSCRIPT, PANE_CALLS, PANE_LADDER};
	for (size_t i = 0; i < COUNT(growing); i++)
		scroll(p, growing[i], MOVE_END);
}

/* --- The inspector, finding, filtering --- */

/* About the event of the line that is chosen. */
static void inspect(struct panes *p)
{
	uint64_t index = p->views.pagers[p->focus] ? pager_chosen_event(p->views.pagers[p->focus]) : PAGER_NONE;
	if (index == PAGER_NONE || p->focus == PANE_INSPECTOR)
		return;
	if (p->shown != PANE_INSPECTOR) {
		p->before.shown = p->shown;
		p->before.focus = p->focus;
	}
	p->shown = p->focus = PANE_INSPECTOR;
	inspector_open(p->views.inspector, index);
	pager_choose_none(p->views.pagers[PANE_INSPECTOR]);
	scroll(p, PANE_INSPECTOR, MOVE_HOME);
}

static bool find_next(struct panes *p, bool back)
{
	struct pane_place place = place_of(p, p->focus);
	struct pager *pager = p->views.pagers[p->focus];
	return pager && pager_find_next(pager, back, place.width, place.height);
}

bool panes_find(struct panes *p, const char *text)
{
	if (!p->focused)
		p->focus = p->shown;
	if (!p->views.pagers[p->focus] && panes_visible(p, PANE_TRANSCRIPT))
		p->focus = PANE_TRANSCRIPT;
	else if (!p->views.pagers[p->focus])
		panes_show(p, PANE_TRANSCRIPT);
	struct pane_place place = place_of(p, p->focus);
	struct pager *pager = p->views.pagers[p->focus];
	pager_update(pager);
	pager_choose_none(pager);
	bool found = pager_find(pager, text, place.width, place.height);
	p->focused = *text && found;
	return found;
}

int panes_filter(struct panes *p, const char *words, char *problem, size_t room)
{
	struct calls_filter filter;
	if (calls_filter_parse(words, &filter, problem, room) == -1)
		return -1;
	p->filter = filter;
	snprintf(p->filter_words, sizeof p->filter_words, "%s", words);
	choose(p);
	scroll(p, PANE_CALLS, MOVE_END);
	return 0;
}

int panes_inspect(struct panes *p, const char *words, char *problem, size_t room)
{
	if (panes_filter(p, words, problem, room) == -1)
		return -1;
	panes_show(p, PANE_CALLS);
	p->focused = true;
	struct pane_place place = place_of(p, PANE_CALLS);
	pager_choose(p->views.pagers[PANE_CALLS], -1, place.width, place.height);
	inspect(p);
	return 0;
}

void panes_reveal(struct panes *p)
{
	p->choice.revealed = true;
	choose(p);
}

void panes_step(struct panes *p, bool (*stepped)(const struct event *call, void *arg), void *arg)
{
	p->choice.stepped = stepped;
	p->choice.arg = arg;
	choose(p);
}

/* --- Keys --- */

static bool is_one(const struct panes *p, uint32_t conversation)
{
	return flow_conversation(p->views.flow, conversation)->protocol != PROTOCOL_NONE;
}

/* The ladder's conversation before or after the one it shows; after the newest one comes whichever is the newest. */
static void change_conversation(struct panes *p, bool back)
{
	uint32_t newest = flow_conversations(p->views.flow);
	while (newest > 0 && !is_one(p, newest))
		newest--;
	uint32_t now = p->choice.conversation ? p->choice.conversation : newest;
	uint32_t next = back ? now - (now > 0) : now + 1;
	while (next > 0 && next < newest && !is_one(p, next))
		next = back ? next - 1 : next + 1;
	if (back && next == 0)
		return; /* there is none before it */
	p->choice.conversation = next >= newest ? 0 : next;
	choose(p);
	scroll(p, PANE_LADDER, MOVE_END);
}

static bool ladder_key(struct panes *p, enum input_key key, const char *text)
{
	if (key == INPUT_LEFT || key == INPUT_RIGHT) {
		change_conversation(p, key == INPUT_LEFT);
	} else if (key == INPUT_TEXT && *text == 'a') {
		p->choice.raw = !p->choice.raw;
		choose(p);
	} else {
		return false;
	}
	return true;
}

static bool letter(struct panes *p, char letter)
{
	switch (letter) {
	case 'n':
	case 'N':
		if (!find_next(p, letter == 'n'))
			screen_beep();
		return true;
	case 'f':
		scroll(p, p->focus, MOVE_END);
		return true;
	case 'p':
		p->plain = true;
		return true;
	case 'i':
		panes_focus(p, false);
		return true;
	default:
		return false;
	}
}

static bool escape(struct panes *p)
{
	if (p->shown == PANE_INSPECTOR)
		leave_inspector(p);
	else
		panes_focus(p, false);
	return true;
}

static void choose_line(struct panes *p, int by)
{
	struct pane_place place = place_of(p, p->focus);
	if (!p->views.pagers[p->focus])
		return;
	pager_update(p->views.pagers[p->focus]);
	pager_choose(p->views.pagers[p->focus], by, place.width, place.height);
}

/* Keys that are the same in every view. */
static bool any_key(struct panes *p, enum input_key key)
{
	switch (key) {
	case INPUT_UP:
	case INPUT_DOWN:
		choose_line(p, key == INPUT_UP ? -1 : 1);
		return true;
	case INPUT_ENTER:
		inspect(p);
		return true;
	case INPUT_TAB:
	case INPUT_FOCUS:
		panes_focus(p, false);
		return true;
	case INPUT_ESCAPE:
		return escape(p);
	default:
		return panes_scroll(p, key);
	}
}

bool panes_key(struct panes *p, enum input_key key, const char *text, size_t n)
{
	if (p->plain) {
		p->plain = false;
		return true;
	}
	if (p->focus == PANE_LADDER && ladder_key(p, key, text))
		return true;
	return key == INPUT_TEXT ? n == 1 && letter(p, *text) : any_key(p, key);
}

/* --- The mouse --- */

static bool is_in(const struct pane_place *place, unsigned y, unsigned x)
{
	return y >= place->top && y < place->top + place->height && x >= place->left && x < place->left + place->width;
}

void panes_mouse(struct panes *p, enum input_mouse what, unsigned y, unsigned x)
{
	enum pane pane = 0;
	while (pane < PANE_COUNT && !is_in(&p->places[pane], y, x))
		pane++;
	if (pane == PANE_COUNT || !p->views.pagers[pane])
		return;
	if (what == MOUSE_BUTTON) {
		p->focused = true;
		p->focus = pane;
		pager_choose_at(p->views.pagers[pane], y - p->places[pane].top + p->places[pane].empty,
				p->places[pane].width, p->places[pane].height);
		return;
	}
	for (int i = 0; i < WHEEL_ROWS; i++)
		scroll(p, pane, what == MOUSE_WHEEL_UP ? MOVE_LINE_UP : MOVE_LINE_DOWN);
}
