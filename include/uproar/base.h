/*
 * base - what every layer stands on: bytes, a queue, the clock, random numbers, translation, open standard streams.
 *
 * Sizes are bytes, times are nanoseconds. A function that can run out of memory says so by
 * returning -1 with errno set to ENOMEM, and leaves its object as it was.
 */
#ifndef UPROAR_BASE_H
#define UPROAR_BASE_H

#include <libintl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A message that a person sees is written _("..."); N_("...") marks one in a static table. */
#define _(message)  gettext(message)
#define N_(message) (message)

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static inline uint64_t smaller(uint64_t a, uint64_t b) /* of two numbers, whatever they count */
{
	return a < b ? a : b;
}

/*
 * Bytes that grow at the end and are used up from the front. All zero is an empty buffer. The
 * readable bytes are buf_bytes(b), b->size of them; buf_reserve() may move them.
 */
struct buf {
	uint8_t *memory;
	size_t start; /* offset of the first readable byte */
	size_t size;  /* readable bytes */
	size_t room;  /* bytes of memory */
};

static inline uint8_t *buf_bytes(const struct buf *b)
{
	return b->memory ? b->memory + b->start : NULL;
}

/* Makes place for n more bytes; returns where they go. To keep them, add to b->size. NULL: ENOMEM. */
uint8_t *buf_reserve(struct buf *b, size_t n);
int buf_append(struct buf *b, const void *data, size_t n);
int buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
int buf_vprintf(struct buf *b, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
void buf_consume(struct buf *b, size_t n); /* forgets the first n <= b->size bytes */
void buf_clear(struct buf *b);             /* forgets all, keeps the memory */
void buf_free(struct buf *b);              /* gives the memory back; b is empty again */

/* A queue of items of one size, which grows as needed and is indexed from its front. */
struct ring {
	uint8_t *memory;
	size_t item;  /* bytes an item; set before the first push */
	size_t first; /* slot of the front item */
	size_t count; /* items */
	size_t slots;
};

#define RING_OF(type) ((struct ring){.item = sizeof(type)})

void *ring_push(struct ring *r);               /* a zeroed item at the back; NULL: ENOMEM */
void *ring_at(const struct ring *r, size_t i); /* 0 is the front; i < count; valid until a push or a remove */
void ring_pop(struct ring *r);                 /* removes the front item, of count > 0 */
void ring_remove(struct ring *r, size_t i);    /* removes item i < count; the later ones move up */
void ring_cut(struct ring *r, size_t count);   /* keeps the first items, so many; no more than there are */
/* The first item of those in ascending order whose key is not less than this; r->count: none. */
size_t ring_search(const struct ring *r, uint64_t (*key)(const void *item), uint64_t least);
void ring_free(struct ring *r);

/*
 * For the beginning of main(): opens what is closed of standard input, output and error on /dev/null. Else a socket
 * would get such a number, and a message for the user would go to a peer.
 */
void open_standard_streams(void);

/*
 * How far what somebody typed is from a name in small letters: 0 when it is its beginning, else the letters to insert,
 * remove or change. The nearest name is the one to suggest.
 */
size_t name_distance(const char *typed, const char *name);
bool name_is_near(const char *typed, const char *name); /* whoever typed that may have meant it */

/*
 * The nth number, from 0, of the sequence that belongs to a seed (SplitMix64: Steele, Lea, Flood, "Fast splittable
 * pseudorandom number generators", 2014). No state: whoever knows seed and n knows the number.
 */
uint64_t random_at(uint64_t seed, uint64_t n);
uint64_t random_seed(void); /* one that nobody can guess, from the system; another each time */

/* Times. CLOCK_NEVER is later than all of them: "no deadline". */
#define CLOCK_NEVER  UINT64_MAX
#define CLOCK_SECOND UINT64_C(1000000000)
#define CLOCK_MS     UINT64_C(1000000)

uint64_t clock_now(void);  /* CLOCK_MONOTONIC: for everything that is measured or waited for */
uint64_t clock_wall(void); /* since 1970 UTC: only for showing the time of day */

static inline uint64_t clock_earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

#endif
