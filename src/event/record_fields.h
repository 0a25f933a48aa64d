/*
 * record_fields - the fields of a JSON object, each of which a function either writes or reads. So a list of such calls
 * describes an object, and its writer and its reader cannot differ.
 *
 * A function is given a value and returns one: when writing the same, when reading the one that it found, which is
 * always in range. Once something has failed, nothing more is looked at, and what is returned does not matter.
 */
#ifndef EVENT_RECORD_FIELDS_H
#define EVENT_RECORD_FIELDS_H

#include <uproar/record.h>

#include "record_words.h"
#include "symbols.h"

struct fields {
	struct json_t *object;
	bool writing;
	char *problem; /* reading: RECORD_PROBLEM bytes */
	int error;     /* 0, ENOMEM, or EBADMSG: a value that must not be */
};

/* Between fields_write() and fields_written() an object is put together, which is then appended as a line to out. */
void fields_write(struct fields *f);
int fields_written(struct fields *f, struct buf *out);

/* Between fields_read() and fields_done() an object is looked at. If the first fails the second is not called. */
int fields_read(struct fields *f, const char *line, size_t n, char problem[RECORD_PROBLEM]);
int fields_done(struct fields *f);
void fields_fail(struct fields *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Whether a field is there: written if so wanted, or found. For what may be left out. */
bool field_there(const struct fields *f, const char *name, bool wanted);

/* These have to be there. A number above INT64_MAX, for which many readers have no room, is a string of its digits. */
uint64_t field_unsigned(struct fields *f, const char *name, uint64_t value, uint64_t most);
int64_t field_signed(struct fields *f, const char *name, int64_t value, int64_t least, int64_t most);
unsigned field_word(struct fields *f, const char *name, enum word_set words, unsigned value);

/* These are left out when they are 0, false or none. */
uint64_t field_count(struct fields *f, const char *name, uint64_t value, uint64_t most);
unsigned field_choice(struct fields *f, const char *name, enum word_set words, unsigned value);
uint32_t field_choices(struct fields *f, const char *name, enum word_set words, uint32_t bits);
bool field_flag(struct fields *f, const char *name, bool value);
int field_error(struct fields *f, const char *name, enum symbol_set symbols, int value);
void field_endpoint(struct fields *f, const char *name, struct endpoint *e);
void field_integers(struct fields *f, const char *name, int *values, size_t n); /* without the zeros at the end */

/*
 * An event's data, at most so many bytes, under one of two names: as text, or as hexadecimal digits. Left out when
 * there is none. When reading they are put into room.
 */
void field_data(struct fields *f, const char *text, const char *hex, struct event *e, struct buf *room, uint32_t most);

#endif
