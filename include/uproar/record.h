/*
 * record - events as JSON Lines: one object a line (RFC 8259), in UTF-8, for a file that is played back later or read
 * by other programs. uproar-events(5) describes it. Part of layer event.
 *
 * The first line is the header; each further line is an event, in the order of the log. Times are nanoseconds as
 * decimal numbers; names of enumerations are words; what is 0, false, none or empty is left out, but for the result of
 * a call that has returned. Data is text where it is UTF-8 without control characters other than tab, newline and
 * return, else hexadecimal digits: so no byte is lost, and no terminal is upset.
 */
#ifndef UPROAR_RECORD_H
#define UPROAR_RECORD_H

#include <uproar/event.h>

enum {
	RECORD_VERSION = 1,         /* of the format; a reader refuses a later one */
	RECORD_LINE_MAX = 16 << 20, /* bytes of a line; a longer one is damage */
	RECORD_PROBLEM = 200,       /* bytes of a problem in words, with its NUL */
};

struct record_header {
	int version;
	int64_t wall; /* clock_wall() - clock_now(), when it was recorded: gives the time of day of each event */
};

/*
 * Each appends a line with its newline. -1: ENOMEM, or EBADMSG for what is no event of ours, and nothing is appended.
 * Of a call that has not returned no result is written.
 */
int record_write_header(const struct record_header *h, struct buf *out);
int record_write(const struct event *e, struct buf *out);

/*
 * Reads a line of n bytes, without its newline. What it holds may be anything: names that are not known are overlooked,
 * and whatever is out of range or missing makes the line damaged, as do kinds and words that are not known: when there
 * are new ones, the version is new. On -1 errno is EBADMSG or ENOMEM, and problem says in words what is wrong, without
 * a byte of the line.
 * record_read() puts the event's data into *data, which belongs to the caller and is used again for the next line.
 */
int record_read_header(const char *line, size_t n, struct record_header *h, char problem[RECORD_PROBLEM]);
int record_read(const char *line, size_t n, struct event *e, struct buf *data, char problem[RECORD_PROBLEM]);

#endif
