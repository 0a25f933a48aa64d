/* However the receives cut a stream of replies, what is told is the same, but for pieces and times. */
#include "test_session.h"

enum { SENTENCES = 6 };

/* Some sentences, sent; a stream, received in pieces which end where cut[] says; the end, for this errno. */
static void converse(struct talk *t, const char *const *sentences, const struct buf *stream, const bool *cut, int error)
{
	begin_talk(t, PROTOCOL_TCP, CLOCK_NEVER);
	say(t, "first");
	open_it(t);
	send_all(t);
	receive(t, "FIRST\n");
	for (; *sentences; sentences++)
		say(t, *sentences);
	send_all(t);
	size_t start = 0;
	for (size_t i = 1; i <= stream->size; i++) {
		if (i < stream->size && !cut[i])
			continue;
		receive_bytes(t, buf_bytes(stream) + start, i - start);
		start = i;
	}
	end_it(t, error);
	session_give_up(t->s, VERDICT_CANCELLED, 0, t->now);
	assert_int_equal(buf_append(&t->log, "", 1), 0);
}

static void compare_cut(const struct talk *whole, const char *const *sentences, const struct buf *stream,
			const bool *cut, int error)
{
	struct talk t;
	converse(&t, sentences, stream, cut, error);
	assert_string_equal((const char *)buf_bytes(&t.log), (const char *)buf_bytes(&whole->log));
	end_talk(&t);
}

/* Every cut into three pieces and into single bytes, and some random cuts. */
static void compare_cuts(const char *const *sentences, const struct buf *stream, int error, uint64_t *seed)
{
	struct talk whole;
	size_t n = stream->size;
	bool *cut = calloc(n + 1, sizeof *cut);
	converse(&whole, sentences, stream, cut, error);
	for (size_t i = 1; i < n; i++) {
		cut[i] = true;
		for (size_t j = i; j < n; j++) {
			cut[j] = true;
			compare_cut(&whole, sentences, stream, cut, error);
			cut[j] = j == i;
		}
		cut[i] = false;
	}
	for (int k = 0; k < 20; k++) {
		for (size_t i = 1; i < n; i++)
			cut[i] = k == 0 || chance(seed, 3) == 0;
		compare_cut(&whole, sentences, stream, cut, error);
	}
	free(cut);
	end_talk(&whole);
}

static void compare_text(const char *const *sentences, const char *text)
{
	uint64_t seed = 1;
	struct buf stream = {0};
	assert_int_equal(buf_append(&stream, text, strlen(text)), 0);
	compare_cuts(sentences, &stream, 0, &seed);
	compare_cuts(sentences, &stream, ECONNRESET, &seed);
	buf_free(&stream);
}

static void known_streams(void **state)
{
	(void)state;
	static const char *const sentences[] = {"hello",
						"",
						"stra\xc3\x9f"
						"e",
						"x\r",
						"x",
						NULL};
	static const char *const streams[] = {
		"HELLO\n\nSTRASSE\nX\r\nX\n",       "HELLO\r\n\r\nSTRASSE\r\nX\r\r\nX\r\n", "HELLO\nSTRASSEX\rX",
		"hello\n\nSTRASSE\nX\nX\n",         "> HELLO\n>\nmore\n\nand more\nand",    "HELLO!\n?\nSTRA",
		"HELLO\nSTRASSE\nX\n\r\r\n\n\rX\r",
	};
	for (size_t i = 0; i < COUNT(streams); i++)
		compare_text(sentences, streams[i]);
	compare_text((const char *const[]){"a", "\r", NULL}, "A\r\n\r\r\n");
	compare_text((const char *const[]){"a\nb", "c\n", "d", NULL}, "A\nB\nC\n\nD\n");
	compare_text((const char *const[]){"a\nb", "c\n", "d", NULL}, "A\nb\nC\nD\n");
}

/* Sentences and replies over an alphabet so small that everything that can coincide does. */
static void streams_of_few_letters(void **state)
{
	(void)state;
	uint64_t seed = 1;
	for (int round = 0; round < 1000; round++) {
		char texts[SENTENCES][4];
		const char *sentences[SENTENCES + 1] = {NULL};
		for (size_t i = 0; i < chance(&seed, SENTENCES + 1); i++) {
			size_t n = chance(&seed, 4);
			for (size_t k = 0; k < n; k++)
				texts[i][k] = "aab\r\n"[chance(&seed, 5)];
			texts[i][n] = '\0';
			sentences[i] = texts[i];
		}
		struct buf stream = {0};
		for (size_t n = 1 + chance(&seed, 16); n > 0; n--)
			assert_int_equal(buf_append(&stream, &"AAAB\r\n\n"[chance(&seed, 7)], 1), 0);
		compare_cuts(sentences, &stream, chance(&seed, 2) ? 0 : ECONNRESET, &seed);
		buf_free(&stream);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_streams),
		cmocka_unit_test(streams_of_few_letters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
