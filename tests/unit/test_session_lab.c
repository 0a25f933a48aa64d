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
	COUNT_EACH = 63000,
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
};

static const struct network networks[] = {
	{"nothing wrong", "", 1000, 300, 32, UNIQUE, 0, 0, 0},
	{"loss", "drop=30%", 100, 300, 4096, UNIQUE, 0, 0, 0},
	{"one at a time", "drop=10%,duplicate=30%,delay=1ms,jitter=40ms", 30, 20000, 1, UNIQUE, 0, 10, 0},
	{"all together", "drop=20%,duplicate=20%,reorder=10%,delay=20ms,jitter=30ms", 40, 1500, 32, UNIQUE, 0, 10, 0},
	{"patience", "drop=10%,duplicate=20%,reorder=20%,delay=5ms,jitter=90ms", 500, 1000, 500, UNIQUE, 0, 0, 0},
	{"impatience", "drop=5%,duplicate=20%,reorder=1%,delay=30ms,jitter=20ms", 10, 1000, 32, UNIQUE, 0, 10, 0},
	{"a flood", "drop-replies=1%,jitter=50ms", 200, 8, 4096, UNIQUE, 0, 1, 0},
	{"three words", "drop=20%,duplicate=20%,reorder=10%,delay=20ms,jitter=30ms", 40, 1500, 32, 3, 0, 10, 0},
	{"three words, copied", "duplicate=30%,reorder=5%,delay=1ms,jitter=9ms", 300, 4000, 4, 3, 0, 10, 0},
	{"many words", "drop=5%,duplicate=5%,reorder=5%,delay=1ms,jitter=9ms", 8, 4000, 32, 10000, 0, 10, 0},
	{"garbage", "drop=10%,duplicate=20%,reorder=10%,delay=1ms,jitter=30ms", 25, 1500, 32, UNIQUE, 0, 5, 50},
	{"words and garbage", "drop=10%,duplicate=10%,delay=1ms,jitter=9ms", 8, 4000, 4, 10000, 0, 5, 20},
	{"little room", "drop=20%,duplicate=20%,reorder=10%,delay=20ms,jitter=30ms", 40, 1500, 32, UNIQUE, 9, 5, 0},
	{"little room, words", "drop=5%,duplicate=10%,delay=1ms,jitter=9ms", 8, 4000, 32, 10000, 6, 5, 0},
	{"a server that cuts", "drop=20%,duplicate=20%,delay=20ms,jitter=30ms,cut=9", 40, 1500, 32, UNIQUE, 0, 5, 0},
	{"one that cuts, words", "drop=5%,duplicate=10%,delay=1ms,jitter=9ms,cut=6", 8, 4000, 32, 10000, 0, 5, 0},
};

/* What the session has said of a sentence so far. */
enum state { WAITING, IN_FLIGHT, LATE, ANSWERED, FORGOTTEN };

struct sentence {
	uint64_t sent;
	uint32_t number; /* of its text */
	uint32_t key;
	enum state state;
	bool missing; /* it was reported so */
	bool blamed;  /* for something that is nobody's reply */
	bool replied; /* the truth: its reply came */
};

struct packet {
	uint64_t arrives;
	uint32_t sentence;
	bool held_back;
};

/* By key: of sentences without an answer, in flight or late; of answered ones that are remembered. */
struct tally {
	uint32_t unanswered, answered;
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
	bool guessed;           /* there was a guess before */
	struct event_talk talk; /* what was told of the last datagram */
	size_t told;            /* events, of that */
	uint64_t right, wrong, late_ones, copies, unasked, strangers, missing; /* that were told */
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

/* By this the sentence is known. */
static uint32_t key_of(const struct world *w, size_t number)
{
	size_t other = number - number % 2;
	bool alike = w->network->words != UNIQUE && look_alike(w, other, number);
	return (uint32_t)(alike ? other : number);
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

/* The front one is forgotten when there are so many. */
static void make_room(struct world *w, struct ring *r, size_t most)
{
	if (r->count < most)
		return;
	uint32_t id = *(uint32_t *)ring_at(r, 0);
	ring_pop(r);
	struct sentence *x = sentence(w, id);
	if (x->state == LATE)
		tally(w, id)->unanswered--;
	else
		tally(w, id)->answered--;
	x->state = FORGOTTEN;
}

static void note_missing(struct world *w, const struct event_talk *talk)
{
	uint32_t id = (uint32_t)talk->sentence;
	struct sentence *x = sentence(w, id);
	check(w, talk->verdict == VERDICT_TIMEOUT && talk->limit == w->network->timeout * CLOCK_MS);
	check(w, x->state == IN_FLIGHT && id == w->oldest && x->sent + w->network->timeout * CLOCK_MS <= w->now);
	make_room(w, &w->late, SESSION_UDP_LATE);
	push_id(&w->late, id);
	x->state = LATE;
	x->missing = true;
	w->in_flight--;
	w->missing++;
}

static void note_answered(struct world *w, uint32_t id)
{
	struct sentence *x = sentence(w, id);
	check(w, x->state == IN_FLIGHT || x->state == LATE);
	if (x->state == LATE)
		remove_id(&w->late, id);
	else
		w->in_flight--;
	make_room(w, &w->answered, SESSION_UDP_ANSWERED);
	push_id(&w->answered, id);
	x->state = ANSWERED;
	tally(w, id)->unanswered--;
	tally(w, id)->answered++;
}

/* No sentence before it is in flight. */
static void find_oldest(struct world *w)
{
	while (w->oldest <= w->sent && w->sentences[w->oldest].state != IN_FLIGHT)
		w->oldest++;
}

static void count_verdict(struct world *w, const struct event_talk *talk)
{
	w->late_ones += talk->late;
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
	const uint64_t facts[] = {e->kind,       e->when,     e->talk.sentence, e->talk.verdict,
				  e->talk.guess, e->talk.rtt, e->talk.late,     e->talk.out_of_order};
	for (size_t i = 0; i < COUNT(facts); i++)
		w->digest = random_at(w->digest, facts[i]);
	check(w, e->when == w->now && e->talk.again == false);
	check(w, e->talk.series.place == (uint32_t)e->talk.sentence);
	if (e->kind == EVENT_MISSING) {
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
		tally(w, id)->unanswered++;
		session_sent(w->session, n, w->now);
		struct lab_fate fate = lab_fate(&w->lab, id);
		for (int i = 0; !fate.drop_request && !fate.drop_reply && i <= fate.twice; i++)
			launch(w, (struct packet){w->now + PATH_TIME + fate.delay[i], id, fate.held_back});
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
	check(w, talk->guess == (w->in_flight > 1 ? GUESS_WHICH : GUESS_NONE));
	check(w, talk->sentence == (w->in_flight ? w->oldest : 0));
	if (w->in_flight == 0)
		return;
	sentence(w, w->oldest)->blamed = true;
	if (talk->guess == GUESS_NONE && w->oldest > w->newest)
		w->newest = w->oldest;
	note_answered(w, w->oldest);
}

static void check_stranger(struct world *w)
{
	check(w, w->talk.verdict == VERDICT_STRANGER && w->talk.sentence == 0 && w->talk.guess == GUESS_NONE);
}

/* Of several sentences that it could be to, the session takes the oldest in flight, or else the oldest of the late. */
static void check_choice(const struct world *w, const struct sentence *truth)
{
	const struct sentence *chosen = sentence(w, w->talk.sentence);
	check(w, chosen->key == truth->key);
	if (w->talk.verdict == VERDICT_DUPLICATE) {
		check(w, chosen->state == ANSWERED);
		return;
	}
	for (uint32_t i = w->oldest; i <= w->sent && w->in_flight; i++) {
		if (w->sentences[i].state == IN_FLIGHT && w->sentences[i].key == truth->key) {
			check(w, i == w->talk.sentence);
			return;
		}
	}
	size_t i = 0;
	while (sentence(w, *(uint32_t *)ring_at(&w->late, i))->key != truth->key)
		i++;
	check(w, *(uint32_t *)ring_at(&w->late, i) == w->talk.sentence);
}

/* What can be known is the truth. */
static void check_truth(const struct world *w, uint32_t id)
{
	const struct event_talk *talk = &w->talk;
	const struct sentence *x = sentence(w, id);
	bool copy = x->replied || x->blamed;
	check(w, talk->sentence == id);
	check(w, talk->rtt == w->now - x->sent);
	check(w, (talk->verdict == VERDICT_DUPLICATE) == copy);
	check(w, talk->late == (x->missing && !copy));
	bool behind = id < w->newest && !copy;
	check(w, !talk->out_of_order || behind);
	check(w, talk->out_of_order == behind || w->guessed);
}

/* Which verdict and guess it must be, since so many sentences could be meant. */
static void check_verdict(const struct world *w, const struct tally *t, bool cut)
{
	enum event_verdict verdict = cut ? VERDICT_TRUNCATED : VERDICT_RIGHT;
	enum guess guess = t->unanswered > 1 ? GUESS_WHICH : t->answered ? GUESS_COPY : GUESS_NONE;
	if (t->unanswered == 0) {
		verdict = VERDICT_DUPLICATE;
		guess = t->answered > 1 ? GUESS_WHICH : GUESS_NONE;
	}
	check(w, w->talk.verdict == verdict);
	check(w, w->talk.guess == guess);
	check(w, w->network->words != UNIQUE || guess == GUESS_NONE);
}

static void deliver(struct world *w, uint32_t id)
{
	char reply[TEXT_UPPER_ROOM(64)];
	struct sentence *x = sentence(w, id);
	struct tally t = *tally(w, id);
	size_t n = write_reply(w, x->number, reply);
	receive_from(w, reply, n, &here);
	if (x->replied)
		w->further_replies++;
	else
		w->first_replies++;
	if (t.unanswered + t.answered == 0) {
		check(w, x->state == FORGOTTEN);
		check_garbage(w);
	} else {
		check_verdict(w, &t, w->network->room || w->lab.cut);
		check(w, w->talk.limit == (w->network->room ? n : 0));
		if (w->talk.guess == GUESS_NONE)
			check_truth(w, id);
		else
			check_choice(w, x);
		if (w->talk.verdict != VERDICT_DUPLICATE)
			note_answered(w, (uint32_t)w->talk.sentence);
	}
	w->guessed = w->guessed || w->talk.guess != GUESS_NONE;
	if (!x->replied && id > w->newest)
		w->newest = id;
	x->replied = true;
}

/* --- Time --- */

static void disturb(struct world *w)
{
	char text[64];
	size_t dice = chance(&w->random, PER_MILLE);
	if (dice < w->network->garbage) {
		receive_from(w, text, (size_t)snprintf(text, sizeof text, "?%llu", (unsigned long long)w->came), &here);
		check_garbage(w);
		w->guessed = w->guessed || w->talk.guess != GUESS_NONE;
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
	if (p.held_back) {
		struct packet *held = ring_push(&w->held);
		assert_non_null(held);
		*held = (struct packet){w->now + LAB_OVERTAKE, p.sentence, true};
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
	check(w, w->said == answered - w->late_ones + w->missing);
	check(w, w->came == answered + w->copies + w->unasked + w->strangers);
	bool plain = w->network->words == UNIQUE && w->network->garbage == 0 && w->unasked + w->wrong == 0;
	check(w, !plain || (w->right == w->first_replies && w->copies == w->further_replies && w->guesses == 0));
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
	w->tallies = calloc(w->most_said + 1 + n->words, sizeof *w->tallies);
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
		print_message("%s: %llu sentences, %llu datagrams: %llu right, %llu late, %llu copies, %llu wrong, "
			      "%llu unasked, %llu guesses\n",
			      n->name, (unsigned long long)w->said, (unsigned long long)w->came,
			      (unsigned long long)w->right, (unsigned long long)w->late_ones,
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
