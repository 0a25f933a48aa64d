#include "impair.h"

#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>

#include <uproar/sock.h>

enum { SEEDS = 1000000 }; /* so many are made up: few enough to be typed again */

/* Linux gives twice the buffer that is asked for, and tells so (socket(7)). */
#ifdef __linux__
enum { BUFFER_FACTOR = 2 };
#else
enum { BUFFER_FACTOR = 1 };
#endif

/* --- Telling --- */

static void tell(const struct impair *i, struct event_lab lab, const void *data, size_t n)
{
	struct event e = {.when = clock_now(), .who = EVENT_SERVER, .kind = EVENT_LAB, .lab = lab, .data = data};
	e.size = (uint32_t)(n < EVENT_CALL_DATA ? n : EVENT_CALL_DATA);
	report_lab(i->report, &e);
}

static struct event_lab about(const struct party *p, enum event_lab_what what)
{
	struct event_lab lab = {.what = what, .protocol = p->protocol, .fd = p->fd};
	if (p->peer)
		lab.peer = *p->peer;
	return lab;
}

/* Keeps what is told now; returns whether it has to be told. */
static bool note_news(char told[LAB_TEXT], const char now[LAB_TEXT])
{
	bool news = *now && strcmp(told, now) != 0;
	memcpy(told, now, LAB_TEXT);
	return news;
}

/* What of the settings cannot happen, if that is news: in words that are right whichever protocol is talked. */
static void tell_limits(struct impair *i)
{
	char names[LAB_TEXT] = "";
	if (i->tcp && note_news(i->not_tcp, lab_not_tcp(&i->lab, names)))
		report_note(i->report,
			    _("The lab does this over UDP alone: %s. What a TCP stream carries is never lost, doubled "
			      "or out of order; it can be late, cut into pieces, or reset."),
			    names);
	if (i->udp && note_news(i->not_udp, lab_not_udp(&i->lab, names)))
		report_note(i->report,
			    _("The lab does this over TCP alone: %s. It is about connections, and UDP has none."),
			    names);
}

void impair_tell(struct impair *i)
{
	char settings[LAB_TEXT];
	struct event_lab lab = {.what = LAB_SETTINGS, .fd = -1};
	lab_format(&i->lab, settings);
	tell(i, lab, settings, strlen(settings));
	tell_limits(i);
}

/* --- Settings --- */

void impair_update(struct impair *i)
{
	bool on = lab_on(&i->lab) || i->late.count > 0 || i->emptying > 0;
	i->ever |= on;
	i->on = on;
}

/* Replies that wait already wait no longer than others will. */
static void settle(struct impair *i)
{
	late_hurry(&i->late, clock_now() + i->lab.delay + i->lab.jitter, i->lab.reorder);
	if (i->lab.stale && !i->before.stale)
		memset(i->stale, 0, sizeof(i->stale));
	impair_update(i);
}

void impair_command(struct impair *i, const char *spec, struct lab_orders *orders)
{
	char problem[LAB_PROBLEM];
	i->before = i->lab;
	if (lab_parse(&i->lab, spec, impair_seed(), orders, problem) == -1)
		report_error(i->report, "%s", problem);
	if (orders->restart)
		i->datagram = i->stream_reply = 0;
	settle(i);
}

void impair_hurry(struct impair *i)
{
	i->before = i->lab;
	i->lab.delay = i->lab.jitter = i->lab.slow_read = 0;
	i->lab.reorder = 0;
	i->lab.hold = i->lab.no_accept = false;
	settle(i);
}

void impair_buffer(struct impair *i, const struct lab *before, enum protocol protocol, int fd)
{
	int *own = &i->buffers[protocol];
	if (i->lab.rcvbuf == before->rcvbuf || (*own == 0 && sock_getsockopt(fd, SOL_SOCKET, SO_RCVBUF, own) == -1))
		return;
	sock_setsockopt(fd, SOL_SOCKET, SO_RCVBUF, i->lab.rcvbuf ? (int)i->lab.rcvbuf : *own / BUFFER_FACTOR);
}

size_t impair_room(const struct lab *lab, size_t room)
{
	return lab->cut && lab->cut < room ? lab->cut : room;
}

/* --- What waits, and what is received --- */

void impair_look(struct impair *i, struct waiting *w, const struct party *p)
{
	struct event_lab lab = about(p, LAB_WAITING);
	size_t unread = sock_unread(p->fd);
	if (unread == w->told)
		return;
	w->told = unread;
	lab.bytes = unread;
	tell(i, lab, NULL, 0);
}

void impair_release(struct impair *i, struct waiting *w, const struct party *p)
{
	impair_look(i, w, p);
	if (w->told > 0 && !w->emptying) {
		w->emptying = true;
		i->emptying++;
	}
	w->told = 0;
	impair_update(i);
}

void impair_forget(struct impair *i, struct waiting *w)
{
	i->emptying -= w->emptying;
	*w = (struct waiting){0};
	impair_update(i);
}

void impair_took(struct impair *i, struct waiting *w, const struct party *p, const void *data, size_t n, size_t whole)
{
	struct event_lab lab = about(p, LAB_TOOK);
	lab.bytes = n;
	lab.whole = whole;
	i->sums.cut += whole > n;
	if (i->lab.cut || i->lab.slow_read || w->emptying)
		tell(i, lab, data, n);
	if (w->emptying && sock_unread(p->fd) == 0)
		impair_forget(i, w);
}

void impair_ended(struct impair *i, enum event_lab_what what, const struct party *p)
{
	if (what == LAB_RESET)
		i->sums.resets++;
	else
		i->sums.closed++;
	tell(i, about(p, what), NULL, 0);
}

/* --- Datagrams and their replies --- */

/* Told for each of them, whatever is on: that a datagram came at all is a part of the truth. */
bool impair_request(struct impair *i, const struct party *p, const void *data, size_t n, size_t whole, struct fated *f)
{
	struct event_lab lab = about(p, LAB_FATE);
	const struct lab_fate *fate = &f->fate;

	i->sums.datagrams++;
	*f = (struct fated){.serial = ++i->serial, .fate = lab_fate(&i->lab, ++i->datagram)};
	i->sums.requests_dropped += fate->drop_request;
	lab.datagram = i->datagram;
	lab.bytes = whole;
	lab.delay = fate->twice ? clock_earlier(fate->delay[0], fate->delay[1]) : fate->delay[0];
	lab.request_dropped = fate->drop_request;
	lab.reply_dropped = fate->drop_reply;
	lab.twice = fate->twice;
	lab.held_back = fate->held_back;
	tell(i, lab, data, n);
	return !fate->drop_request;
}

size_t impair_stale(struct impair *i, void *data, size_t n, size_t room)
{
	if (!i->lab.stale)
		return n;
	n = lab_stale(i->stale, room, data, n);
	memcpy(data, i->stale, n);
	return n;
}

/* It waits no longer than others will, should the settings have changed since. */
static bool held_back(const struct impair *i, const struct lab_fate *fate)
{
	return fate->held_back && i->lab.reorder;
}

/* which: 0, or 1 for its copy. False: there are too many. */
static bool push(struct impair *i, const struct lab_fate *fate, struct late_reply reply, int which, const void *data,
		 size_t n)
{
	reply.ready = clock_now() + clock_earlier(fate->delay[which], i->lab.delay + i->lab.jitter);
	reply.due = reply.held_back ? reply.ready + LAB_OVERTAKE : reply.ready;
	reply.copy = fate->twice && which == (fate->delay[1] < fate->delay[0] ? 0 : 1);
	if (late_push(&i->late, &reply, data, n) == 0)
		return true;
	i->sums.no_room++;
	report_warn(i->report, WARN_LATE,
		    _("The lab has too many late replies already: a reply is dropped; make its delay shorter."));
	return false;
}

void impair_reply(struct impair *i, const struct fated *f, int fd, const void *data, size_t n,
		  const struct endpoint *client, const struct endpoint *local)
{
	const struct lab_fate *fate = &f->fate;
	struct late_reply reply = {.serial = f->serial, .fd = fd, .client = *client, .local = *local};
	reply.held_back = held_back(i, fate);
	if (fate->drop_reply) {
		i->sums.replies_dropped++;
		return;
	}
	if (push(i, fate, reply, 0, data, n) && fate->delay[0] > 0)
		i->sums.late++;
	if (fate->twice && push(i, fate, reply, 1, data, n))
		i->sums.twice++;
	late_send(&i->late, clock_now());
}

uint64_t impair_delay(struct impair *i)
{
	uint64_t delay = lab_delay(&i->lab, ++i->stream_reply);
	i->sums.late += delay > 0;
	return delay;
}

/* --- The beginning and the end --- */

uint64_t impair_seed(void)
{
	return random_seed() % SEEDS;
}

void impair_start(struct impair *i, struct report *r, const struct options *o)
{
	char settings[LAB_TEXT];
	*i = (struct impair){.report = r,
			     .lock = PTHREAD_MUTEX_INITIALIZER,
			     .telling = PTHREAD_COND_INITIALIZER,
			     .tcp = o->tcp,
			     .udp = o->udp,
			     .lab = o->lab};
	if (!lab_on(&i->lab))
		return;
	settle(i);
	if (!r->child)
		report_note(r, _("the lab is on: %s"), lab_format(&i->lab, settings));
	impair_tell(i);
}

static void add(struct buf *line, uint64_t n, const char *words)
{
	if (n > 0)
		buf_printf(line, "%s%" PRIu64 " %s", line->size ? ", " : "", n, words);
}

/* Of what did not happen only this is worth a word: that no datagram came to a server that waited for some. */
static void add_datagrams(const struct impair *i, struct buf *line)
{
	if (i->sums.datagrams > 0)
		add(line, i->sums.datagrams, ngettext("datagram", "datagrams", i->sums.datagrams));
	else if (!i->tcp)
		buf_printf(line, "%s", _("no datagram"));
}

void impair_end(struct impair *i)
{
	const struct impair_sums *s = &i->sums;
	struct buf line = {0};
	add_datagrams(i, &line);
	add(&line, s->requests_dropped, ngettext("request dropped", "requests dropped", s->requests_dropped));
	add(&line, s->replies_dropped, ngettext("reply dropped", "replies dropped", s->replies_dropped));
	add(&line, s->twice, ngettext("answered twice", "answered twice", s->twice));
	add(&line, i->late.overtaken, ngettext("out of order", "out of order", i->late.overtaken));
	add(&line, s->late, ngettext("reply delayed", "replies delayed", s->late));
	add(&line, s->no_room, ngettext("reply too many", "replies too many", s->no_room));
	add(&line, s->cut, ngettext("datagram cut", "datagrams cut", s->cut));
	add(&line, s->resets, ngettext("connection reset", "connections reset", s->resets));
	add(&line, s->closed, ngettext("connection closed", "connections closed", s->closed));
	if (i->ever && line.size > 0 && !i->report->child)
		report_note(i->report, _("lab: %.*s"), (int)line.size, (const char *)buf_bytes(&line));
	buf_free(&line);
	late_free(&i->late);
}
