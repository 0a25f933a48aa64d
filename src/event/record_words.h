/*
 * record_words - the words that enumerations have in a recording. They stay as they are, or old recordings cannot be
 * read; uproar-events(5) lists them.
 */
#ifndef EVENT_RECORD_WORDS_H
#define EVENT_RECORD_WORDS_H

#include <stdbool.h>

enum word_set {
	WORD_WHO,
	WORD_KIND,
	WORD_PROTOCOL,
	WORD_OP,
	WORD_VERDICT,
	WORD_GUESS,
	WORD_SERIES,
	WORD_STATE,
	WORD_LEVEL,
	WORD_LAB,
	WORD_WHY,
	WORD_OFFER, /* by the number of its bit */
	WORD_TCP_STATE,
	WORD_SETS
};

const char *word_name(enum word_set set, unsigned value); /* "": there is no such value, or it is none */
bool word_value(enum word_set set, const char *word, unsigned *value);

#endif
