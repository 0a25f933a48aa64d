/* What the tests of the statistics share: a conversation in one word an event. */
#ifndef TEST_VIEW_STATISTICS_H
#define TEST_VIEW_STATISTICS_H

#include <uproar/statistics.h>

#include "test_view.h"

static inline int begin(void **state)
{
	*state = statistics_new();
	return *state ? 0 : -1;
}

static inline int end(void **state)
{
	statistics_free(*state);
	return 0;
}

static inline void take(struct statistics *s, enum event_kind kind, struct event_talk talk)
{
	struct event e = event_of(kind, talk, "");
	statistics_take(s, &e);
}

/* A sentence of five bytes. */
static inline void say(struct statistics *s, uint64_t sentence)
{
	take(s, EVENT_SENTENCE, (struct event_talk){.protocol = PROTOCOL_UDP, .sentence = sentence, .bytes = 5});
}

static inline void came(struct statistics *s, uint64_t sentence, enum event_verdict verdict)
{
	take(s, EVENT_REPLY, (struct event_talk){.verdict = verdict, .sentence = sentence, .bytes = 5, .pieces = 1});
}

static inline void missed(struct statistics *s, uint64_t sentence, enum event_verdict why)
{
	take(s, EVENT_MISSING, (struct event_talk){.protocol = PROTOCOL_UDP, .verdict = why, .sentence = sentence});
}

/* Said and answered, after so many nanoseconds. */
static inline void answer(struct statistics *s, uint64_t sentence, uint64_t rtt)
{
	say(s, sentence);
	take(s, EVENT_REPLY,
	     (struct event_talk){.verdict = VERDICT_RIGHT, .sentence = sentence, .bytes = 5, .pieces = 1, .rtt = rtt});
}

static inline void ask_kernel(struct statistics *s, struct event_kernel kernel)
{
	struct event e = {.who = EVENT_CLIENT, .kind = EVENT_KERNEL, .kernel = kernel};
	statistics_take(s, &e);
}

#endif
