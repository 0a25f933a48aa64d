/*
 * Any events, in any order, and all views of them, as when a recording of unknown origin is played: whatever is drawn
 * is harmless, and as wide as it should be. Input: a byte that says how many events the log keeps, then deeds: a byte
 * that says which, and what that deed needs.
 */
#include <netdb.h>
#include <sys/socket.h>

#include <uproar/statistics.h>
#include <uproar/views.h>

#include "events.h"

enum {
	WIDTH_MAX = 200,
	HEIGHT_MAX = 30,
	DATA_MAX = 100,
	WALL = 1700000000, /* seconds */
};

enum pane { TRANSCRIPT, LADDER, CALLS, SOCKETS, INSPECTOR, PANES };

struct world {
	struct input in;
	uint64_t now, numbers[3];
	struct log *log;
	struct flow *flow;
	struct transcript *transcript;
	struct ladder *ladder;
	struct calls *calls;
	struct sockets *sockets;
	struct inspector *inspector;
	struct pager *pagers[PANES];
	struct statistics *statistics;
	struct view_status status;
	unsigned width, height;
};

/* --- Events --- */

static uint8_t byte(struct world *w)
{
	return take_byte(&w->in);
}

static unsigned below(struct world *w, unsigned n)
{
	return byte(w) % n;
}

static bool flag(struct world *w)
{
	return byte(w) & 1;
}

/* Mostly small, now and then as large as can be. */
static uint64_t number(struct world *w)
{
	uint8_t size = byte(w);
	if (size < 0xc0)
		return size % 0x30;
	if (size < 0xf0)
		return (uint64_t)byte(w) << (size & 63);
	return UINT64_MAX - byte(w);
}

static struct endpoint endpoint(struct world *w)
{
	static const struct endpoint some[] = {
		{0},
		{.family = 4, .address = {127, 0, 0, 1}, .port = 12000},
		{.family = 4, .address = {127, 0, 0, 1}, .port = 40000},
		{.family = 4, .address = {127, 0, 0, 2}, .port = 40001},
		{.family = 4, .port = 12000},
		{.family = 6, .address = {[15] = 1}, .port = 12000},
		{.family = 6, .address = {0xfe, 0x80, [15] = 9}, .port = 40000, .scope = 2},
		{.family = 6},
	};
	return some[below(w, COUNT(some))];
}

static int error(struct world *w)
{
	uint8_t n = byte(w);
	return n < 0x80 ? 0 : n < 0xf0 ? n - 0x80 : -(int)(n - 0xf0);
}

static int argument(struct world *w)
{
	static const int some[] = {0,          1,         2,      AF_INET6, SOL_SOCKET,  SO_ERROR,
				   SO_RCVBUF,  MSG_TRUNC, 0x8000, -1,       IPPROTO_TCP, SOCK_STREAM | SOCK_CLOEXEC,
				   SOCK_DGRAM, INT32_MAX, 100};
	return some[below(w, COUNT(some))];
}

static struct event_call call(struct world *w)
{
	struct event_call c = {.op = OP_SOCKET + below(w, OP_COUNT - OP_SOCKET), .returned = byte(w) < 0xc0};
	c.fd = (int)below(w, 8) - 1;
	for (size_t i = 0; i < COUNT(c.args); i++)
		c.args[i] = argument(w);
	c.error = error(w);
	c.result = c.error ? -1 : (int64_t)number(w);
	c.took = number(w);
	c.asked = number(w);
	c.offset = number(w);
	c.address = endpoint(w);
	return c;
}

static struct event_talk talk(struct world *w)
{
	struct event_talk t = {.protocol = PROTOCOL_TCP + below(w, 2), .verdict = below(w, VERDICT_REFUSED + 1)};
	uint8_t flags = byte(w);
	t.late = flags & 1;
	t.out_of_order = flags & 2;
	t.joined = flags & 4;
	t.again = flags & 8;
	t.queued = flags & 64;
	t.unqueued = flags & 128;
	t.guess = below(w, GUESS_COPY + 1);
	t.amends = flags & 16 ? below(w, VERDICT_REFUSED + 1) : 0;
	t.series = (struct series){flags & 32 ? below(w, SERIES_PING + 1) : 0, flags & 32 ? byte(w) : 0};
	t.error = error(w);
	t.pieces = (uint32_t)number(w);
	t.sentence = number(w);
	t.bytes = number(w);
	t.rtt = number(w);
	t.limit = number(w);
	t.from = endpoint(w);
	return t;
}

static struct event_state state(struct world *w)
{
	struct event_state s = {.what = STATE_STARTING + below(w, STATE_LISTENING), .protocol = 1 + below(w, 2)};
	uint8_t flags = byte(w);
	s.by = below(w, EVENT_SERVER + 1);
	s.lookup = flags & 1;
	s.own = flags & 2;
	s.bound = flags & 4;
	s.one_each = flags & 8;
	s.error = s.lookup ? -(int)below(w, 12) : error(w);
	s.waiting = (uint32_t)number(w);
	s.more = (uint32_t)number(w);
	s.local = endpoint(w);
	s.remote = endpoint(w);
	return s;
}

static struct event_lab lab(struct world *w)
{
	struct event_lab l = {.what = LAB_SETTINGS + below(w, LAB_CLOSED), .protocol = 1 + below(w, 2)};
	uint8_t flags = byte(w);
	l.request_dropped = flags & 1;
	l.reply_dropped = flags & 2;
	l.twice = flags & 4;
	l.held_back = flags & 8;
	l.fd = (int)below(w, 8) - 1;
	l.datagram = number(w);
	l.bytes = number(w);
	l.whole = number(w);
	l.delay = number(w);
	l.peer = endpoint(w);
	return l;
}

static struct event_kernel kernel(struct world *w)
{
	struct event_kernel k = {.why = KERNEL_SAMPLE + below(w, KERNEL_DROPS), .protocol = 1 + below(w, 2)};
	k.fd = (int)below(w, 8) - 1;
	k.offered = byte(w);
	k.state = below(w, KERNEL_STATES);
	k.congestion_window = (uint32_t)number(w);
	k.retransmissions = (uint32_t)number(w);
	k.rtt = number(w);
	k.rtt_variation = number(w);
	k.unacknowledged = number(w);
	k.unsent = number(w);
	k.unread = number(w);
	k.dropped = number(w);
	k.taken = number(w);
	k.waited = number(w);
	k.local = endpoint(w);
	k.remote = endpoint(w);
	return k;
}

static void happen(struct world *w)
{
	struct event e = {.who = EVENT_CLIENT + below(w, 2), .kind = EVENT_CALL + below(w, EVENT_KERNEL)};
	e.when = w->now += number(w);
	e.number = w->numbers[e.who] += number(w);
	switch (e.kind) {
	case EVENT_CALL:
		e.call = call(w);
		break;
	case EVENT_STATE:
		e.state = state(w);
		break;
	case EVENT_NOTE:
		e.note.level = below(w, NOTE_ERROR + 1);
		break;
	case EVENT_LAB:
		e.lab = lab(w);
		break;
	case EVENT_KERNEL:
		e.kernel = kernel(w);
		break;
	default:
		e.talk = talk(w);
	}
	size_t size = below(w, DATA_MAX);
	e.data = take_bytes(&w->in, &size);
	e.size = (uint32_t)size;
	check(log_append(w->log, &e) == 0);
	statistics_take(w->statistics, &e);
	view_status_take(&w->status, &e);
	check_printed(&e);
}

/* --- Views --- */

static void check_rows(struct view_row *rows, unsigned width)
{
	for (unsigned i = 0; i < HEIGHT_MAX; i++) {
		check_row(&rows[i]);
		check(rows[i].columns <= width);
		view_row_free(&rows[i]);
	}
}

static void update(struct world *w)
{
	check(flow_update(w->flow) == 0);
	for (size_t i = 0; i < PANES; i++)
		check(pager_update(w->pagers[i]) == 0);
}

static void check_flow(const struct world *w)
{
	for (size_t i = 0; i < flow_sockets(w->flow); i++)
		check(flow_socket(w->flow, i)->role >= FLOW_NEW && flow_socket(w->flow, i)->role <= FLOW_CHANNEL);
	for (uint64_t i = log_first(w->log); i < log_end(w->log); i++) {
		if (log_at(w->log, i)->kind != EVENT_CALL)
			continue;
		struct flow_call c = flow_call(w->flow, i);
		check(c.conversation <= flow_conversations(w->flow));
		check(c.socket == SIZE_MAX || c.socket < flow_sockets(w->flow));
		for (size_t p = 0; p < c.pieces; p++)
			check(flow_piece(w->flow, i, p).bytes <= flow_piece(w->flow, i, p).of);
	}
}

static void draw(struct world *w, enum pane pane)
{
	struct view_row rows[HEIGHT_MAX] = {0};
	check(pager_rows(w->pagers[pane], w->width, w->height, rows) == 0);
	check_rows(rows, w->width);
}

static void draw_rest(struct world *w)
{
	struct view_row rows[HEIGHT_MAX] = {0};
	check(ladder_header(w->ladder, w->width, &rows[0]) == 0);
	check(rows[0].columns == w->width);
	check(view_status_row(&w->status, w->width, &rows[1]) == 0);
	check_rows(rows, w->width);
	check(statistics_rows(w->statistics, w->width, w->height, rows) == 0);
	check_rows(rows, w->width);
}

static bool check_saved(const struct view_row *row, void *arg)
{
	const struct world *w = arg;
	check_row(row);
	check(row->columns <= w->width);
	return true;
}

/* Lines for a terminal or a file. */
static void check_line(const char *line, size_t n, void *arg)
{
	(void)arg;
	check_shown(line, n);
}

static void save(struct world *w, enum pane pane)
{
	struct buf out = {0};
	check(pager_all(w->pagers[pane], w->width, check_saved, w) == 0);
	check(save_svg(w->pagers[pane], "<&\033\"", w->width, &out) == 0);
	const char *line = (char *)buf_bytes(&out), *end = line + out.size;
	for (const char *next; line < end; line = next + 1) {
		next = memchr(line, '\n', (size_t)(end - line));
		check(next);
		check_shown(line, (size_t)(next - line));
	}
	buf_free(&out);
	check(view_reveal(w->log, DATA_MAX, check_line, NULL) >= 0);
	check(statistics_summary(w->statistics, "somebody", w->now, check_line, NULL) == 0);
}

/* --- What a user does --- */

static void resize(struct world *w)
{
	w->width = 1 + below(w, WIDTH_MAX);
	w->height = 1 + below(w, HEIGHT_MAX);
}

static void move(struct world *w, enum pane pane)
{
	struct pager *p = w->pagers[pane];
	switch (below(w, 4)) {
	case 0:
		pager_move(p, MOVE_LINE_UP + below(w, MOVE_END + 1), w->width, w->height);
		break;
	case 1:
		pager_choose(p, flag(w) ? 1 : -1, w->width, w->height);
		break;
	case 2:
		pager_choose_at(p, below(w, HEIGHT_MAX), w->width, w->height);
		break;
	default:
		pager_clear(p);
	}
	uint64_t event = pager_chosen_event(p);
	if (event != PAGER_NONE && event >= log_first(w->log) && pane != INSPECTOR)
		inspector_open(w->inspector, event);
}

static void find(struct world *w, enum pane pane)
{
	char text[8] = "";
	size_t n = below(w, sizeof text);
	const uint8_t *bytes = take_bytes(&w->in, &n);
	if (n)
		memcpy(text, bytes, n);
	pager_find(w->pagers[pane], text, w->width, w->height);
	pager_find_next(w->pagers[pane], flag(w), w->width, w->height);
}

static void choose(struct world *w)
{
	uint8_t b = byte(w);
	struct ladder_choice c = {
		.conversation = b % 4, .raw = b & 4, .revealed = b & 8, .plain = b & 16, .all = b & 32};
	ladder_choose(w->ladder, &c);
	ladder_clock(w->ladder, w->now + number(w));
	if (c.all)
		ladder_fix(w->ladder, b & 64 ? LADDER_MORE : LADDER_NOW);
	struct calls_filter f = {below(w, EVENT_SERVER + 1), below(w, OP_COUNT), (int)below(w, 8) - 1};
	calls_choose(w->calls, &f);
}

static void act(struct world *w)
{
	uint8_t deed = byte(w);
	enum pane pane = deed / 16U % PANES;
	if (deed % 16 < 10) {
		happen(w);
		return;
	}
	update(w);
	switch (deed % 16) {
	case 10:
		resize(w);
		break;
	case 11:
		move(w, pane);
		break;
	case 12:
		find(w, pane);
		break;
	case 13:
		choose(w);
		break;
	case 14:
		draw_rest(w);
		break;
	default:
		check_flow(w);
	}
	draw(w, pane);
}

/* --- --- */

static void open_world(struct world *w)
{
	const int64_t wall = WALL * (int64_t)CLOCK_SECOND;
	w->log = log_new(2 + byte(w), 1 << 14);
	w->flow = flow_new(w->log);
	w->transcript = transcript_new(w->log, wall);
	w->ladder = ladder_new(w->log, w->flow);
	w->calls = calls_new(w->log, wall);
	w->sockets = sockets_new(w->log, w->flow);
	w->inspector = inspector_new(w->log, w->flow, wall);
	w->statistics = statistics_new();
	w->pagers[TRANSCRIPT] = pager_new(&transcript_lines, w->transcript);
	w->pagers[LADDER] = pager_new(&ladder_lines, w->ladder);
	w->pagers[CALLS] = pager_new(&calls_lines, w->calls);
	w->pagers[SOCKETS] = pager_new(&sockets_lines, w->sockets);
	w->pagers[INSPECTOR] = pager_new(&inspector_lines, w->inspector);
}

static void close_world(struct world *w)
{
	for (size_t i = 0; i < PANES; i++)
		pager_free(w->pagers[i]);
	transcript_free(w->transcript);
	ladder_free(w->ladder);
	calls_free(w->calls);
	sockets_free(w->sockets);
	inspector_free(w->inspector);
	statistics_free(w->statistics);
	flow_free(w->flow);
	log_free(w->log);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	struct world w = {.in = {input, n}, .now = CLOCK_SECOND, .width = 80, .height = 24};
	check(text_locale());
	open_world(&w);
	while (w.in.left > 0)
		act(&w);
	update(&w);
	check_flow(&w);
	for (enum pane pane = 0; pane < PANES; pane++)
		draw(&w, pane);
	draw_rest(&w);
	save(&w, w.width % PANES); /* one is enough: it takes the longest */
	close_world(&w);
	return 0;
}
