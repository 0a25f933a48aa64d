/*
 * What is remembered of datagrams that are no longer waited for, so that a reply is known when it comes late, or
 * again. Nothing on the wire says which sentence a reply is to, so it is known by its content.
 */
#ifndef SESSION_TRACE_H
#define SESSION_TRACE_H

#include <uproar/session.h>

enum {
	TRACE_HEAD = 64,        /* bytes of an expected reply that are kept as they are */
	MEMORY_SLOTS = 1 << 14, /* a power of 2 */
};

/* A content, well enough to tell it from others. */
struct digest {
	uint64_t hash; /* of the bytes that are here */
	size_t size;   /* of the datagram, which may have had more */
};

struct digest digest_of(const void *data, size_t n, size_t whole);

static inline bool digest_equal(struct digest a, struct digest b)
{
	return a.hash == b.hash && a.size == b.size;
}

/* A sentence that was reported missing, or answered. */
struct trace {
	uint64_t id;
	uint64_t sent_at;
	struct series series;
	struct digest expected;
	uint8_t head[TRACE_HEAD];   /* the beginning of the expected, by which a part of it is known */
	bool missing;               /* it was reported so */
	enum event_verdict verdict; /* once it is answered, or refused */
	bool guess;                 /* that it was this sentence */
	bool cut;                   /* there was more of the answer than this end had room for */
	struct digest came;         /* the answer */
};

/*
 * The crowd counts, slot by slot, the contents that are remembered or in flight: a Bloom filter that counts (Fan, Cao,
 * Almeida, Broder, "Summary cache", 2000), with one hash. Where a slot is empty there is nothing to search for; and
 * that is so for nearly every question whether a reply could be to another sentence, too.
 */
struct memory {
	struct ring late;     /* of struct trace: reported missing, the oldest first */
	struct ring answered; /* of struct trace: the one that was answered first in front */
	uint32_t crowd[MEMORY_SLOTS];
};

void memory_init(struct memory *m);
void memory_clear(struct memory *m); /* forgets all, what is in flight too */
void memory_free(struct memory *m);

/* A sentence is in flight, and is no longer. */
void memory_enter(struct memory *m, struct digest expected);
void memory_leave(struct memory *m, struct digest expected);
/* How many contents there may be like this one; 0 is certain. */
size_t memory_crowd(const struct memory *m, struct digest d);

/* Both forget the oldest when there are too many. Short of memory it is forgotten at once. */
void memory_keep_late(struct memory *m, const struct trace *t);
void memory_keep_answered(struct memory *m, const struct trace *t);
const struct trace *memory_late(const struct memory *m, size_t i);
const struct trace *memory_answered(const struct memory *m, size_t i);
struct trace memory_take_late(struct memory *m, size_t i);     /* it is late no longer */
struct trace memory_take_answered(struct memory *m, size_t i); /* and that was not the answer */

#endif
