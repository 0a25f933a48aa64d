#include "record_words.h"

#include <string.h>

#include <uproar/event.h>

enum { WORDS_MOST = 24 }; /* values of an enumeration */

/* Those of calls and of TCP's states are in event_op_name() and kernel_state_name(). */
static const char *const words[WORD_SETS][WORDS_MOST] = {
	[WORD_WHO] =
		{
			[EVENT_CLIENT] = "client",
			[EVENT_SERVER] = "server",
		},
	[WORD_KIND] =
		{
			[EVENT_CALL] = "call",
			[EVENT_SENTENCE] = "sentence",
			[EVENT_REPLY] = "reply",
			[EVENT_MISSING] = "missing",
			[EVENT_STATE] = "state",
			[EVENT_NOTE] = "note",
			[EVENT_LAB] = "lab",
			[EVENT_KERNEL] = "kernel",
		},
	[WORD_PROTOCOL] =
		{
			[PROTOCOL_TCP] = "tcp",
			[PROTOCOL_UDP] = "udp",
		},
	[WORD_VERDICT] =
		{
			[VERDICT_RIGHT] = "right",
			[VERDICT_WRONG] = "wrong",
			[VERDICT_TRUNCATED] = "truncated",
			[VERDICT_DUPLICATE] = "duplicate",
			[VERDICT_UNASKED] = "unasked",
			[VERDICT_STRANGER] = "stranger",
			[VERDICT_TIMEOUT] = "timeout",
			[VERDICT_CUT_SHORT] = "cut_short",
			[VERDICT_UNSENT] = "unsent",
			[VERDICT_CANCELLED] = "cancelled",
			[VERDICT_REFUSED] = "refused",
		},
	[WORD_GUESS] =
		{
			[GUESS_WHICH] = "which_sentence",
			[GUESS_COPY] = "copy",
		},
	[WORD_SERIES] =
		{
			[SERIES_FILLER] = "filler",
			[SERIES_BURST] = "burst",
			[SERIES_PING] = "ping",
		},
	[WORD_STATE] =
		{
			[STATE_STARTING] = "starting",
			[STATE_LOOKUP] = "lookup",
			[STATE_CONNECTING] = "connecting",
			[STATE_CONNECTED] = "connected",
			[STATE_READY] = "ready",
			[STATE_PORT] = "port",
			[STATE_HALF_CLOSED] = "half_closed",
			[STATE_CLOSED] = "closed",
			[STATE_FAILED] = "failed",
			[STATE_LISTENING] = "listening",
		},
	[WORD_LEVEL] =
		{
			[NOTE_INFO] = "info",
			[NOTE_WARNING] = "warning",
			[NOTE_ERROR] = "error",
		},
	[WORD_LAB] =
		{
			[LAB_SETTINGS] = "settings",
			[LAB_FATE] = "fate",
			[LAB_WAITING] = "waiting",
			[LAB_TOOK] = "took",
			[LAB_RESET] = "reset",
			[LAB_CLOSED] = "closed",
		},
	[WORD_WHY] =
		{
			[KERNEL_SAMPLE] = "sample",
			[KERNEL_SILENCE] = "silence",
			[KERNEL_DROPS] = "drops",
		},
	[WORD_OFFER] = {"tcp", "unsent", "unread", "dropped"},
};

const char *word_name(enum word_set set, unsigned value)
{
	if (set == WORD_OP)
		return event_op_name(value);
	if (set == WORD_TCP_STATE)
		return kernel_state_name(value);
	return value < WORDS_MOST && words[set][value] ? words[set][value] : "";
}

bool word_value(enum word_set set, const char *word, unsigned *value)
{
	for (unsigned v = 0; v < WORDS_MOST && *word; v++)
		if (strcmp(word_name(set, v), word) == 0) {
			*value = v;
			return true;
		}
	return false;
}
