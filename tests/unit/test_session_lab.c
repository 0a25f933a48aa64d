/*
 * A million datagrams through a network whose every misdeed we know, and what the session says of each.
 *
 * The lab decides their fates from a seed; time is a number. Nothing but the content says which sentence a reply is
 * to, so sentences whose replies are the same datagram have one `key` here. With that, two things are known besides
 * what the session says: the truth (whose reply it is, and whether it is the first), and whether the truth could be
 * known. Where it could, the session says it; where not, the session says that it guesses.
 *
 * UPROAR_SEED and UPROAR_COUNT (datagrams of each network) in the environment change what is run.
 */
#include <uproar/lab.h>

#include "test_session.h"

enum {
	COUNT_EACH = 48000,
	UNIQUE = 0, /* as the number of words: no two sentences are equal */
	PER_MILLE = 1000,
};
#define PATH_TIME (100 * UINT64_C(1000)) /* both ways, without the lab's delay */

struct network {
	const char *name;
	const char *lab;
	uint64_t timeout; /* ms */
	uint64_t pace;    /* a sentence in so many microseconds, on average */
	size_t ahead;
	size_t words;                /* different sentences, or UNIQUE */
	size_t room;                 /* bytes that this end has for a datagram; 0: enough */
	unsigned strangers, garbage; /* per mille of the datagrams */
	unsigned refusals;           /* per mille of the sentences: of those in place of a reply */
};

static const struct network networks[] = {
	{"nothing wrong", "", 1000, 300, 32, UNIQUE, 0, 0, 0, 0},
	{"loss", "drop=30%", 100, 300, 4096, UNIQUE, 0, 0, 0, 0},
	{"one at a time", "drop=10%,duplicate=30%,delay=1ms,jitter=40ms", 30, 20000, 1, UNIQUE, 0, 10, 0, 0},
	{"all together", "drop=20%,duplicate=20%,reorder=10%,delay=20ms,jitter=30ms", 40, 1500, 32, UNIQUE, 0, 10, 0,
	 0},
	{"patience", "drop=10%,duplicate=20%,reorder=20%,delay=5ms,jitter=90ms", 500, 1000, 500, UNIQUE, 0, 0, 0, 0},
	{"impatience", "drop=5%,duplicate=20%,reorder=1%,delay=30ms,jitter=20ms", 10, 1000, 32, UNIQUE, 0, 10, 0, 0},
	{"a flood", "drop-replies=1%,jitter=50ms", 200, 8, 4096, UNIQUE, 0, 1, 0, 0},
	{"three words", "drop=20%,duplicate=20%,reorder=10%,delay=20ms,jitter=30ms", 40, 1500, 32, 3, 0, 10, 0, 0},
	{"three words, copied", "duplicate=30%,reorder=5%,delay=1ms,jitter=9ms", 300, 4000, 4, 3, 0, 10, 0, 0},
	{"many words", "drop=5%,duplicate=5%,reorder=5%,delay=1ms,jitter=9ms", 8, 4000, 32, 10000, 0, 10, 0, 0},
	{"garbage", "drop=10%,duplicate=20%,reorder=10%,delay=1ms,jitter=30ms", 25, 1500, 32, UNIQUE, 0, 5, 50, 0},
	{"words and garbage", "drop=10%,duplicate=10%,delay=1ms,jitter=9ms", 8, 4000, 4, 10000, 0, 5, 20, 0},
	{"little room", "drop=20%,duplicate=20%,reorder=10%,delay=20ms,jitter=30ms", 40, 1500, 32, UNIQUE, 9, 5, 0, 0},
	{"little room, words", "drop=5%,duplicate=10%,delay=1ms,jitter=9ms", 8, 4000, 32, 10000, 6, 5, 0, 0},
	{"a server that cuts", "drop=20%,duplicate=20%,delay=20ms,jitter=30ms,cut=9", 40, 1500, 32, UNIQUE, 0, 5, 0, 0},
	{"one that cuts, words", "drop=5%,duplicate=10%,delay=1ms,jitter=9ms,cut=6", 8, 4000, 32, 10000, 0, 5, 0, 0},
	{"beginnings", "drop=5%,duplicate=20%,reorder=5%,delay=1ms,jitter=9ms", 8, 1000, 32, 200, 0, 5, 20, 0},
	{"beginnings, patience", "drop=5%,duplicate=20%,delay=1ms,jitter=9ms", 90, 300, 100, 2000, 0, 5, 5, 5},
	{"refusals", "drop=5%,duplicate=10%,delay=1ms,jitter=9ms", 8, 4000, 32, UNIQUE, 0, 5, 10, 50},
	{"refusals, one at a time", "duplicate=10%,delay=1ms,jitter=9ms", 90, 9000, 1, UNIQUE, 0, 5, 0, 100},
	{"refusals, words", "drop=1%,duplicate=10%,delay=1ms,jitter=9ms", 30, 9000, 2, 20, 0, 5, 5, 100},
};

/* What the session has said of a sentence so far. */
enum state {
	WAITING,
	IN_FLIGHT,
	LATE,
	ANSWERED,
	BLAMED,  /* with a wrong reply, or a refusal that may be another one's */
	BEGUN,   /* its beginning came, or what was taken for it */
	REFUSED, /* and certainly so */
	FORGOTTEN,
	STATES,
};

struct sentence {
	uint64_t sent;
	uint32_t number; /* of its text */
	uint32_t key;
	enum state state;
	enum event_verdict verdict; /* that may be taken back */
	uint32_t came;              /* whose reply it was answered with, by key; 0 if not that of any */
	bool missing;               /* it was reported so */
	bool refused;               /* the truth: so it was */
	bool replied;               /* the truth: its reply came... */
	bool certain;               /* ...and that was told without a guess */
};

struct packet {
	uint64_t arrives;
	uint32_t sentence;
	bool held_back;
	bool refusal;
};

/* By key: of the sentences in each state, and of those that were answered with the reply to this key. */
struct tally {
	uint32_t in[STATES], brought;
};

struct world {
	const struct network *network;
	uint64_t seed; /* it began with that */
	uint64_t random;
	uint64_t came; /* datagrams */
	uint64_t now;
	struct lab lab;
	struct session *session;

	struct sentence *sentences; /* from 1 */
	uint64_t enough;            /* datagrams are to come */
	uint64_t most_said;
	uint64_t said, sent;
	uint64_t next_said;
	struct tally *tallies;
	struct ring late, answered; /* of uint32_t, sentences in the order in which they came there */
	size_t in_flight;
	uint32_t oldest; /* no sentence before it is in flight */

	struct packet *packets; /* on their way: a heap, the next to arrive first */
	size_t on_their_way, packets_room;
	struct ring held; /* of struct packet: until another one has overtaken them */

	uint32_t newest;        /* the last sentence whose reply came: the truth */
	uint32_t newest_known;  /* the last of those of which that is certain */
	struct event_talk talk; /* what was told of the last datagram */
	size_t told;            /* events, of that */
	uint64_t right, wrong, firsts, copies, unasked, strangers, missing; /* that were told */
	uint64_t first_replies, further_replies, guesses;
	uint64_t digest; /* of all that was told */
};

static void check_at(const struct world *w, bool holds, const char *what, int line)
{
	if (holds)
		return;
	print_error("line %d: %s\nnetwork \"%s\", UPROAR_SEED=%llu UPROAR_COUNT=%llu, datagram %llu: sentence %llu, "
		    "verdict %d, guess %d\n",
		    line, what, w->network->name, (unsigned long long)w->seed, (unsigned long long)w->enough,
		    (unsigned long long)w->came, (unsigned long long)w->talk.sentence, w->talk.verdict, w->talk.guess);
	fail();
}

#define check(w, condition) check_at(w, condition, #condition, __LINE__)

/* --- Sentences --- */

/*
 * The text of a sentence, which begins differently for each number, or of a word. Words come in pairs, which differ
 * only in their last bytes. Where nothing is cut there is a letter whose uppercase is longer. Returns its bytes.
 */
static size_t write_text(const struct network *n, size_t number, char out[64])
{
	if (n->words == UNIQUE)
		return (size_t)snprintf(out, 64, "%08zu sentence", number);
	const char *sharp_s = n->room || strstr(n->lab, "cut") ? "" : "\xc3\x9f";
	return (size_t)snprintf(out, 64, "%05zu %sword%.*s", number / 2, sharp_s, 1 + (int)(number % 3), "...");
}

/* The reply to it, as the server sends it. */
static size_t write_reply(const struct world *w, size_t number, char out[TEXT_UPPER_ROOM(64)])
{
	char text[64];
	size_t n = write_text(w->network, number, text);
	if (w->lab.cut && n > w->lab.cut)
		n = w->lab.cut;
	return text_upper_whole(text, n, out);
}

/* Whether the replies to two words are the same to this end. */
static bool look_alike(const struct world *w, size_t a, size_t b)
{
	char first[TEXT_UPPER_ROOM(64)], second[TEXT_UPPER_ROOM(64)];
	size_t n = write_reply(w, a, first), m = write_reply(w, b, second);
	return n == m && memcmp(first, second, w->network->room && w->network->room < n ? w->network->room : n) == 0;
}

/* By this the sentence is known; it is not 0. */
static uint32_t key_of(const struct world *w, size_t number)
{
	size_t other = number - number % 2;
	bool alike = w->network->words != UNIQUE && look_alike(w, other, number);
	return (uint32_t)(alike ? other : number) + 1;
}

static struct sentence *sentence(const struct world *w, uint64_t id)
{
	check(w, id >= 1 && id <= w->said);
	return &w->sentences[id];
}

static struct tally *tally(const struct world *w, uint64_t id)
{
	return &w->tallies[sentence(w, id)->key];
}

/* --- What the session says, kept in order --- */

static void push_id(struct ring *r, uint32_t id)
{
	uint32_t *kept = ring_push(r);
	assert_non_null(kept);
	*kept = id;
}

static void remove_id(struct ring *r, uint32_t id)
{
	size_t i = 0;
	while (*(uint32_t *)ring_at(r, i) != id)
		i++;
	ring_remove(r, i);
}

/* Counts the sentence in or out. */
static void count(struct world *w, uint32_t id, uint32_t one)
{
	const struct sentence *x = sentence(w, id);
	tally(w, id)->in[x->state] += one;
	if (x->came && x->state != FORGOTTEN)
		w->tallies[x->came].brought += one;
}

/* The front one is forgotten when there are so many. */
static void make_room(struct world *w, struct ring *r, size_t most)
{
	if (r->count < most)
		return;
	uint32_t id = *(uint32_t *)ring_at(r, 0);
	ring_pop(r);
	count(w, id, UINT32_MAX);
	sentence(w, id)->state = FORGOTTEN;
}

/* The sentence is now in that state. */
static void move_to(struct world *w, uint32_t id, enum state state, uint32_t came)
{
	struct sentence *x = sentence(w, id);
	struct ring *to = state == LATE ? &w->late : &w->answered;
	check(w, x->state != WAITING && x->state != ANSWERED && x->state != FORGOTTEN);
	count(w, id, UINT32_MAX);
	if (x->state == IN_FLIGHT)
		w->in_flight--;
	else
		remove_id(x->state == LATE ? &w->late : &w->answered, id);
	size_t most[] = {SESSION_UDP_ANSWERED, SESSION_UDP_LATE};
	make_room(w, to, most[state == LATE]);
	push_id(to, id);
	x->state = state;
	x->came = came;
	count(w, id, 1);
}

static void note_missing(struct world *w, const struct event_talk *talk)
{
	uint32_t id = (uint32_t)talk->sentence;
	struct sentence *x = sentence(w, id);
	check(w, x->state == IN_FLIGHT && id == w->oldest);
	x->missing = true;
	w->missing++;
	if (talk->verdict == VERDICT_REFUSED) {
		x->verdict = VERDICT_REFUSED;
		move_to(w, id, talk->guess ? BLAMED : REFUSED, 0);
		return;
	}
	check(w, talk->verdict == VERDICT_TIMEOUT && talk->limit == w->network->timeout * CLOCK_MS);
	check(w, x->sent + w->network->timeout * CLOCK_MS <= w->now);
	move_to(w, id, LATE, 0);
}

/* No sentence before it is in flight. */
static void find_oldest(struct world *w)
{
	while (w->oldest <= w->sent && w->sentences[w->oldest].state != IN_FLIGHT)
		w->oldest++;
}

static bool is_answer(const struct event_talk *talk)
{
	return talk->verdict == VERDICT_RIGHT || talk->verdict == VERDICT_WRONG || talk->verdict == VERDICT_TRUNCATED;
}

static void count_verdict(struct world *w, const struct event_talk *talk)
{
	w->firsts += is_answer(talk) && !talk->late && !talk->amends;
	w->right += talk->verdict == VERDICT_RIGHT || talk->verdict == VERDICT_TRUNCATED;
	w->wrong += talk->verdict == VERDICT_WRONG;
	w->copies += talk->verdict == VERDICT_DUPLICATE;
	w->unasked += talk->verdict == VERDICT_UNASKED;
	w->strangers += talk->verdict == VERDICT_STRANGER;
	w->guesses += talk->guess != GUESS_NONE;
}

static void hear_talk(const struct event *e, void *arg)
{
	struct world *w = arg;
	const uint64_t facts[] = {e->kind,     e->when,      e->talk.sentence,     e->talk.verdict, e->talk.guess,
				  e->talk.rtt, e->talk.late, e->talk.out_of_order, e->talk.amends};
	for (size_t i = 0; i < COUNT(facts); i++)
		w->digest = random_at(w->digest, facts[i]);
	check(w, e->when == w->now && e->talk.again == false);
	check(w, e->talk.series.place == (uint32_t)e->talk.sentence);
	if (e->kind == EVENT_MISSING) {
		w->talk = e->talk;
		note_missing(w, &e->talk);
		find_oldest(w);
	} else if (e->kind == EVENT_REPLY) {
		w->talk = e->talk;
		w->told++;
		count_verdict(w, &e->talk);
	}
}

/* --- The network --- */

static bool before(const struct packet *a, const struct packet *b)
{
	return a->arrives < b->arrives;
}

static void swap(struct packet *a, struct packet *b)
{
	struct packet c = *a;
	*a = *b;
	*b = c;
}

static void launch(struct world *w, struct packet p)
{
	if (w->on_their_way == w->packets_room) {
		w->packets_room = w->packets_room ? 2 * w->packets_room : 1024;
		w->packets = realloc(w->packets, w->packets_room * sizeof p);
		assert_non_null(w->packets);
	}
	size_t i = w->on_their_way++;
	w->packets[i] = p;
	for (; i > 0 && before(&w->packets[i], &w->packets[(i - 1) / 2]); i = (i - 1) / 2)
		swap(&w->packets[i], &w->packets[(i - 1) / 2]);
}

static struct packet land(struct world *w)
{
	struct packet first = w->packets[0], *p = w->packets;
	p[0] = p[--w->on_their_way];
	for (size_t i = 0, next; (next = 2 * i + 1) < w->on_their_way; i = next) {
		if (next + 1 < w->on_their_way && before(&p[next + 1], &p[next]))
			next++;
		if (!before(&p[next], &p[i]))
			break;
		swap(&p[next], &p[i]);
	}
	return first;
}

static void transmit(struct world *w)
{
	const void *data;
	size_t n;
	while (session_output(w->session, &data, &n)) {
		uint32_t id = (uint32_t)++w->sent;
		struct sentence *x = sentence(w, id);
		x->sent = w->now;
		x->state = IN_FLIGHT;
		w->in_flight++;
		tally(w, id)->in[IN_FLIGHT]++;
		session_sent(w->session, n, w->now);
		struct lab_fate fate = lab_fate(&w->lab, id);
		if (chance(&w->random, PER_MILLE) < w->network->refusals) {
			launch(w, (struct packet){w->now + PATH_TIME + fate.delay[0], id, false, true});
			continue;
		}
		for (int i = 0; !fate.drop_request && !fate.drop_reply && i <= fate.twice; i++)
			launch(w, (struct packet){w->now + PATH_TIME + fate.delay[i], id, fate.held_back, false});
	}
	check(w, w->in_flight <= w->network->ahead && (w->in_flight == w->network->ahead || w->sent == w->said));
	find_oldest(w);
}

/* --- Judging the judge --- */

static void receive_from(struct world *w, const char *data, size_t n, const struct endpoint *from)
{
	size_t room = w->network->room ? w->network->room : n;
	w->told = 0;
	w->came++;
	assert_int_equal(session_received(w->session, data, n < room ? n : room, n, from, w->now), 0);
	check(w, w->told == 1 && endpoint_equal(&w->talk.from, from));
}

/* Something that no sentence expects. */
static void check_garbage(struct world *w)
{
	const struct event_talk *talk = &w->talk;
	check(w, talk->verdict == (w->in_flight ? VERDICT_WRONG : VERDICT_UNASKED));
	check(w, talk->guess == (w->in_flight && w->in_flight + w->late.count > 1 ? GUESS_WHICH : GUESS_NONE));
	check(w, talk->sentence == (w->in_flight ? w->oldest : 0) && !talk->amends && !talk->late);
	if (w->in_flight == 0)
		return;
	sentence(w, w->oldest)->verdict = VERDICT_WRONG;
	move_to(w, w->oldest, BLAMED, 0);
}

/* This sentence's datagram found nobody. What is said of it is true, unless that is a guess, or the error late. */
static void refuse(struct world *w, uint32_t id)
{
	find_oldest(w);
	bool was = w->in_flight > 0;
	size_t others = w->in_flight;
	for (size_t i = 0; i < w->answered.count; i++) {
		const struct sentence *x = sentence(w, *(uint32_t *)ring_at(&w->answered, i));
		others += (x->state == BLAMED && x->verdict != VERDICT_REFUSED) || x->state == BEGUN;
	}
	sentence(w, id)->refused = true;
	check(w, session_refused(w->session, ECONNREFUSED, w->now) == was);
	if (!was)
		return;
	check(w, w->talk.guess == (others > 1 ? GUESS_WHICH : GUESS_NONE));
	check(w, w->talk.guess || w->late.count || sentence(w, w->talk.sentence)->refused);
}

static void check_stranger(struct world *w)
{
	check(w, w->talk.verdict == VERDICT_STRANGER && w->talk.sentence == 0 && w->talk.guess == GUESS_NONE);
}

/* Of several sentences in that state the session takes the oldest. */
static void check_oldest(const struct world *w, uint32_t key)
{
	uint32_t id = (uint32_t)w->talk.sentence;
	const struct sentence *chosen = sentence(w, id);
	check(w, chosen->key == key);
	if (chosen->state == IN_FLIGHT) {
		for (uint32_t i = w->oldest; i < id; i++)
			check(w, w->sentences[i].state != IN_FLIGHT || w->sentences[i].key != key);
		return;
	}
	const struct ring *r = chosen->state == LATE ? &w->late : &w->answered;
	for (size_t i = 0; *(uint32_t *)ring_at(r, i) != id; i++) {
		const struct sentence *x = sentence(w, *(uint32_t *)ring_at(r, i));
		check(w, x->state != chosen->state || x->key != key);
	}
}

/* What can be known is the truth: which sentence it is to, when that was sent, and whether its reply had come. */
static void check_truth(const struct world *w, uint32_t id)
{
	const struct event_talk *talk = &w->talk;
	const struct sentence *x = sentence(w, id);
	bool copy = x->replied;
	check(w, talk->sentence == id);
	check(w, talk->rtt == w->now - x->sent);
	check(w, (talk->verdict == VERDICT_DUPLICATE) == copy);
	check(w, talk->late == (x->missing && !copy));
	bool behind = id < w->newest && !copy;
	check(w, talk->out_of_order == behind || !sentence(w, w->newest)->certain);
	check(w, talk->out_of_order == (id < w->newest_known && !copy));
}

/* Sentences of a kind whose reply may still come, if it is such a one or the beginning of it. */
static uint32_t open_ones(const struct tally *t, bool begins)
{
	return t->in[IN_FLIGHT] + t->in[LATE] + t->in[BLAMED] + (begins ? 0 : t->in[BEGUN]);
}

/* The word that begins with this one; NULL: there is none, or all are cut to the same length anyway. */
static const struct tally *longer(const struct world *w, const struct sentence *x)
{
	char first[TEXT_UPPER_ROOM(64)], second[TEXT_UPPER_ROOM(64)];
	if (w->network->words == UNIQUE || w->network->room || w->lab.cut)
		return NULL;
	size_t n = write_reply(w, x->number, first), m = write_reply(w, x->number ^ 1, second);
	return m > n && memcmp(first, second, n) == 0 ? &w->tallies[key_of(w, x->number ^ 1)] : NULL;
}

struct judgement {
	enum event_verdict verdict; /* WRONG: nothing is known of such a sentence */
	enum guess guess;
	uint32_t key; /* of the sentence */
};

/* Which verdict and guess it must be, since so many sentences could be meant. */
static struct judgement judge(const struct world *w, const struct sentence *x)
{
	const struct tally *t = &w->tallies[x->key], nothing = {0}, *more = longer(w, x);
	bool cut = w->network->room || w->lab.cut;
	uint32_t open = open_ones(t, cut), answered = t->in[ANSWERED], other = key_of(w, x->number ^ 1);
	more = more ? more : &nothing;
	uint32_t begun = open_ones(more, true);
	enum guess copy = t->brought ? GUESS_COPY : GUESS_NONE;
	if (open + t->in[REFUSED])
		return (struct judgement){cut ? VERDICT_TRUNCATED : VERDICT_RIGHT, open > 1 ? GUESS_WHICH : copy,
					  x->key};
	if (answered)
		return (struct judgement){VERDICT_DUPLICATE, t->brought + begun > 1 ? GUESS_WHICH : GUESS_NONE, x->key};
	if (begun + more->in[REFUSED])
		return (struct judgement){VERDICT_TRUNCATED, begun > 1 ? GUESS_WHICH : copy, other};
	if (t->brought)
		return (struct judgement){VERDICT_DUPLICATE, t->brought > 1 ? GUESS_WHICH : GUESS_NONE, other};
	return (struct judgement){VERDICT_WRONG, GUESS_NONE, 0};
}

/* What it was said to be, it is from now on. */
static void note_answered(struct world *w, const struct judgement *j, uint32_t came)
{
	uint32_t id = (uint32_t)w->talk.sentence;
	struct sentence *x = sentence(w, id);
	bool amends = x->state == BLAMED || x->state == BEGUN || x->state == REFUSED;
	check(w, w->talk.amends == (amends ? x->verdict : 0));
	check(w, w->talk.late == x->missing);
	x->verdict = j->verdict;
	move_to(w, id, j->key == came ? ANSWERED : BEGUN, came);
}

static void check_reply(struct world *w, uint32_t id, const struct judgement *j)
{
	const struct sentence *x = sentence(w, id);
	check(w, w->talk.verdict == j->verdict);
	check(w, w->talk.guess == j->guess);
	check(w, w->network->words != UNIQUE || j->guess == GUESS_NONE);
	check_oldest(w, j->key);
	if (j->guess == GUESS_NONE && x->state != FORGOTTEN)
		check_truth(w, id);
	if (j->verdict != VERDICT_DUPLICATE)
		note_answered(w, j, x->key);
}

static void deliver(struct world *w, uint32_t id)
{
	char reply[TEXT_UPPER_ROOM(64)];
	struct sentence *x = sentence(w, id);
	struct judgement j = judge(w, x);
	size_t n = write_reply(w, x->number, reply);
	receive_from(w, reply, n, &here);
	*(x->replied ? &w->further_replies : &w->first_replies) += 1;
	check(w, w->talk.limit == (w->network->room ? n : 0));
	if (j.verdict == VERDICT_WRONG) {
		check(w, x->state == FORGOTTEN);
		check_garbage(w);
	} else {
		check_reply(w, id, &j);
	}
	if (x->replied)
		return;
	x->replied = true;
	x->certain = j.verdict != VERDICT_WRONG && j.guess == GUESS_NONE;
	w->newest = id > w->newest ? id : w->newest;
	if (x->certain && id > w->newest_known)
		w->newest_known = id;
}

/* --- Time --- */

static void disturb(struct world *w)
{
	char text[64];
	size_t dice = chance(&w->random, PER_MILLE);
	if (dice < w->network->garbage) {
		receive_from(w, text, (size_t)snprintf(text, sizeof text, "?%llu", (unsigned long long)w->came), &here);
		check_garbage(w);
	} else if (dice < w->network->garbage + w->network->strangers) {
		struct endpoint other = here;
		other.port++;
		receive_from(w, text,
			     (size_t)snprintf(text, sizeof text, "%08llu SENTENCE", (unsigned long long)w->sent),
			     &other);
		check_stranger(w);
	}
}

static void release(struct world *w, uint32_t number)
{
	for (; number && w->held.count; number--) {
		uint32_t id = ((struct packet *)ring_at(&w->held, 0))->sentence;
		ring_pop(&w->held);
		deliver(w, id);
	}
}

/* Those that are held back follow the next that is not. */
static void arrive(struct world *w)
{
	struct packet p = land(w);
	disturb(w);
	if (p.refusal) {
		refuse(w, p.sentence);
	} else if (p.held_back) {
		struct packet *held = ring_push(&w->held);
		assert_non_null(held);
		*held = (struct packet){w->now + LAB_OVERTAKE, p.sentence, true, false};
	} else {
		deliver(w, p.sentence);
		release(w, UINT32_MAX);
	}
}

static void say_next(struct world *w)
{
	char text[64];
	struct sentence *x = &w->sentences[++w->said];
	x->number = (uint32_t)(w->network->words == UNIQUE ? w->said : chance(&w->random, w->network->words));
	x->key = key_of(w, x->number);
	size_t n = write_text(w->network, x->number, text);
	struct series series = {SERIES_PING, (uint32_t)w->said};
	assert_int_equal(session_say(w->session, text, n, series, w->now), 0);
	w->next_said = w->now + (w->network->pace ? chance(&w->random, 2000 * w->network->pace) : 0);
}

/* Whatever comes next. False: nothing does. */
static bool step(struct world *w)
{
	uint64_t deadline = w->in_flight ? w->sentences[w->oldest].sent + w->network->timeout * CLOCK_MS : CLOCK_NEVER;
	check(w, session_deadline(w->session) == deadline);
	check(w, session_waiting(w->session) == w->said - w->sent + w->in_flight);
	uint64_t arrival = w->on_their_way ? w->packets[0].arrives : CLOCK_NEVER;
	uint64_t held = w->held.count ? ((struct packet *)ring_at(&w->held, 0))->arrives : CLOCK_NEVER;
	uint64_t next_said = w->came < w->enough && w->said < w->most_said ? w->next_said : CLOCK_NEVER;
	uint64_t next = deadline;
	next = arrival < next ? arrival : next;
	next = held < next ? held : next;
	next = next_said < next ? next_said : next;
	if (next == CLOCK_NEVER)
		return false;
	w->now = next > w->now ? next : w->now;
	if (next == next_said)
		say_next(w);
	else if (next == arrival)
		arrive(w);
	else if (next == held)
		release(w, 1);
	else
		session_tick(w->session, w->now);
	find_oldest(w);
	transmit(w);
	return true;
}

/* Each sentence has one verdict, each datagram too, and all was lost that did not come. */
static void check_sums(struct world *w)
{
	uint64_t answered = w->right + w->wrong;
	check(w, w->came >= w->enough || w->said == w->most_said);
	check(w, w->said == w->sent && w->in_flight == 0 && session_waiting(w->session) == 0);
	check(w, w->said == w->firsts + w->missing);
	check(w, w->came == answered + w->copies + w->unasked + w->strangers);
	if (w->network->words == UNIQUE)
		check(w, w->right == w->first_replies && w->copies == w->further_replies);
	if (w->network->words == UNIQUE && w->network->garbage == 0)
		check(w, w->unasked + w->wrong + w->guesses == 0);
}

static struct world *begin(const struct network *n, uint64_t seed, uint64_t count)
{
	char problem[LAB_PROBLEM];
	struct lab_orders orders;
	struct world *w = calloc(1, sizeof *w);
	*w = (struct world){
		.network = n, .seed = seed, .random = seed, .now = CLOCK_SECOND, .enough = count, .oldest = 1};
	assert_int_equal(lab_parse(&w->lab, n->lab, seed, &orders, problem), 0);
	w->lab.seed = seed;
	w->late = w->answered = RING_OF(uint32_t);
	w->held = RING_OF(struct packet);
	w->most_said = 2 * count;
	w->sentences = calloc(w->most_said + 1, sizeof *w->sentences);
	w->tallies = calloc(w->most_said + 3 + n->words, sizeof *w->tallies);
	w->session = session_new(PROTOCOL_UDP, n->timeout * CLOCK_MS, hear_talk, w);
	session_set_ahead(w->session, n->ahead);
	session_opened(w->session, &here);
	return w;
}

/* Returns what is the same if all that was told is. */
static uint64_t run(const struct network *n, uint64_t seed, uint64_t count)
{
	struct world *w = begin(n, seed, count);
	while (step(w))
		;
	check_sums(w);
	if (getenv("UPROAR_SEED"))
		print_message("%s: %llu sentences, %llu datagrams: %llu right, %llu first, %llu copies, %llu wrong, "
			      "%llu unasked, %llu guesses\n",
			      n->name, (unsigned long long)w->said, (unsigned long long)w->came,
			      (unsigned long long)w->right, (unsigned long long)w->firsts,
			      (unsigned long long)w->copies, (unsigned long long)w->wrong,
			      (unsigned long long)w->unasked, (unsigned long long)w->guesses);
	uint64_t digest = w->digest;
	session_free(w->session);
	ring_free(&w->late);
	ring_free(&w->answered);
	ring_free(&w->held);
	free(w->packets);
	free(w->sentences);
	free(w->tallies);
	free(w);
	return digest;
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
	const char *value = getenv(name);
	return value ? strtoull(value, NULL, 10) : otherwise;
}

static void a_million_datagrams(void **state)
{
	(void)state;
	uint64_t seed = from_environment("UPROAR_SEED", 1), count = from_environment("UPROAR_COUNT", COUNT_EACH);
	for (size_t i = 0; i < COUNT(networks); i++)
		run(&networks[i], seed, count);
}

static void same_seed_same_verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(networks); i++) {
		uint64_t digest = run(&networks[i], 5, 500);
		assert_true(run(&networks[i], 5, 500) == digest);
		assert_true(run(&networks[i], 6, 500) != digest);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_million_datagrams),
		cmocka_unit_test(same_seed_same_verdicts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
