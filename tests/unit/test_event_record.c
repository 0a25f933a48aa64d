/*
 * Events as lines, and back.
 */
#include "test_event_record.h"

#include <jansson.h>
#include <netdb.h>

enum { SEED = 20261107, RANDOM_EVENTS = 2000 };

/* --- What a line looks like --- */

static void assert_line(struct event e, const char *expected)
{
	struct buf line = {0};
	write_line(&e, &line);
	assert_int_equal(buf_append(&line, "", 1), 0);
	assert_string_equal((char *)buf_bytes(&line), expected);
	buf_free(&line);
	assert_comes_back(&e);
}

static const struct endpoint server = {.family = 4, .address = {127, 0, 0, 1}, .port = 12000};

static void header(void **state)
{
	(void)state;
	struct record_header h = {RECORD_VERSION, -5}, back;
	struct buf line = {0};
	char problem[RECORD_PROBLEM];
	assert_int_equal(record_write_header(&h, &line), 0);
	assert_int_equal(record_read_header((char *)buf_bytes(&line), line.size - 1, &back, problem), 0);
	assert_int_equal(back.version, RECORD_VERSION);
	assert_int_equal(back.wall, -5);
	assert_int_equal(buf_append(&line, "", 1), 0);
	assert_string_equal((char *)buf_bytes(&line), "{\"uproar-events\":1,\"wall\":-5}\n");
	buf_free(&line);
}

static void header_of_any_time(void **state)
{
	(void)state;
	static const int64_t walls[] = {INT64_MIN, -1, 0, 1, INT64_C(1700000000123456789), INT64_MAX};
	char problem[RECORD_PROBLEM];
	for (size_t i = 0; i < COUNT(walls); i++) {
		struct record_header h = {RECORD_VERSION, walls[i]}, back;
		struct buf line = {0};
		assert_int_equal(record_write_header(&h, &line), 0);
		assert_int_equal(record_read_header((char *)buf_bytes(&line), line.size, &back, problem), 0);
		assert_true(back.wall == walls[i]);
		buf_free(&line);
	}
}

static void calls(void **state)
{
	(void)state;
	struct event e = {.number = 7, .when = 1000, .who = EVENT_CLIENT, .kind = EVENT_CALL};
	e.call = (struct event_call){.op = OP_CONNECT, .fd = 5, .address = server};
	assert_line(e, "{\"number\":7,\"when\":1000,\"who\":\"client\",\"kind\":\"call\",\"op\":\"connect\",\"fd\":5,"
		       "\"address\":\"127.0.0.1:12000\"}\n");
	e.call.returned = true;
	e.call.result = -1;
	e.call.error = ECONNREFUSED;
	e.call.took = 90;
	assert_line(e, "{\"number\":7,\"when\":1000,\"who\":\"client\",\"kind\":\"call\",\"op\":\"connect\",\"fd\":5,"
		       "\"address\":\"127.0.0.1:12000\",\"result\":-1,\"error\":\"ECONNREFUSED\",\"took\":90}\n");
	e.call = (struct event_call){
		.op = OP_RECV, .fd = 0, .args = {0, 32}, .returned = true, .asked = 1024, .offset = 6};
	assert_line(e, "{\"number\":7,\"when\":1000,\"who\":\"client\",\"kind\":\"call\",\"op\":\"recv\",\"fd\":0,"
		       "\"args\":[0,32],\"asked\":1024,\"offset\":6,\"result\":0}\n");
	e.call = (struct event_call){.op = OP_GETADDRINFO, .fd = -1, .returned = true, .error = EAI_NONAME};
	e.data = "no.such.host";
	e.size = 12;
	assert_line(e, "{\"number\":7,\"when\":1000,\"who\":\"client\",\"kind\":\"call\",\"op\":\"getaddrinfo\","
		       "\"result\":0,\"error\":\"EAI_NONAME\",\"data\":\"no.such.host\"}\n");
}

static void talk(void **state)
{
	(void)state;
	struct event e = {.when = 1, .who = EVENT_CLIENT, .kind = EVENT_SENTENCE, .size = 5, .data = "hello"};
	e.talk = (struct event_talk){.protocol = PROTOCOL_TCP, .sentence = 3, .bytes = 6};
	assert_line(e, "{\"when\":1,\"who\":\"client\",\"kind\":\"sentence\",\"protocol\":\"tcp\",\"sentence\":3,"
		       "\"bytes\":6,\"data\":\"hello\"}\n");
	e.kind = EVENT_REPLY;
	e.talk = (struct event_talk){.protocol = PROTOCOL_UDP,
				     .verdict = VERDICT_DUPLICATE,
				     .guess = GUESS_COPY,
				     .late = true,
				     .out_of_order = true,
				     .joined = true,
				     .again = true,
				     .amends = VERDICT_WRONG,
				     .series = {SERIES_PING, 2},
				     .sentence = 3,
				     .rtt = 12,
				     .limit = CLOCK_NEVER,
				     .from = server};
	assert_line(e,
		    "{\"when\":1,\"who\":\"client\",\"kind\":\"reply\",\"protocol\":\"udp\",\"sentence\":3,"
		    "\"verdict\":\"duplicate\",\"guess\":\"copy\",\"late\":true,\"out_of_order\":true,\"joined\":true,"
		    "\"again\":true,\"amends\":\"wrong\",\"series\":\"ping\",\"place\":2,\"rtt\":12,\"limit\":"
		    "\"18446744073709551615\","
		    "\"from\":\"127.0.0.1:12000\",\"data\":\"hello\"}\n");
}

static void the_rest(void **state)
{
	(void)state;
	struct event e = {.when = 1, .who = EVENT_SERVER, .kind = EVENT_NOTE, .note = {NOTE_INFO}};
	assert_line(e, "{\"when\":1,\"who\":\"server\",\"kind\":\"note\",\"level\":\"info\"}\n");
	e.kind = EVENT_STATE;
	e.state = (struct event_state){.what = STATE_FAILED, .lookup = true, .error = EAI_AGAIN, .more = 1};
	assert_line(e, "{\"when\":1,\"who\":\"server\",\"kind\":\"state\",\"what\":\"failed\",\"lookup\":true,"
		       "\"error\":\"EAI_AGAIN\",\"more\":1}\n");
	e.kind = EVENT_LAB;
	e.lab = (struct event_lab){.what = LAB_FATE, .fd = -1, .reply_dropped = true, .datagram = 4, .peer = server};
	assert_line(e, "{\"when\":1,\"who\":\"server\",\"kind\":\"lab\",\"what\":\"fate\",\"datagram\":4,"
		       "\"reply_dropped\":true,\"peer\":\"127.0.0.1:12000\"}\n");
	e.kind = EVENT_KERNEL;
	e.kernel = (struct event_kernel){
		.why = KERNEL_SILENCE, .fd = -1, .offered = KERNEL_TCP | KERNEL_UNREAD, .state = 8};
	assert_line(e, "{\"when\":1,\"who\":\"server\",\"kind\":\"kernel\",\"why\":\"silence\","
		       "\"offered\":[\"tcp\",\"unread\"],\"state\":\"CLOSE-WAIT\"}\n");
}

/* --- Data --- */

static struct event of_data(const void *data, size_t n)
{
	return (struct event){.when = 1, .who = EVENT_CLIENT, .kind = EVENT_NOTE, .size = (uint32_t)n, .data = data};
}

/* The value of a field of the line, which the caller frees with the buffer. */
static const char *json_of(struct event e, const char *name, json_t **line)
{
	struct buf b = {0};
	write_line(&e, &b);
	*line = json_loadb((char *)buf_bytes(&b), b.size, 0, NULL);
	buf_free(&b);
	assert_non_null(*line);
	return json_string_value(json_object_get(*line, name));
}

static void assert_data(const char *bytes, size_t n, const char *text, const char *hex)
{
	json_t *line;
	struct event e = of_data(bytes, n);
	const char *found = json_of(e, text ? "data" : "data_hex", &line);
	assert_non_null(found);
	assert_string_equal(found, text ? text : hex);
	assert_null(json_object_get(line, text ? "data_hex" : "data"));
	json_decref(line);
	assert_comes_back(&e);
}

#define TEXT(text)       assert_data(text, sizeof(text) - 1, text, NULL)
#define HEX(bytes, text) assert_data(bytes, sizeof(bytes) - 1, NULL, text)

static void text_is_text(void **state)
{
	(void)state;
	TEXT("hello");
	TEXT("a\tb\nc\rd \"quoted\" \\ / {}[]:,");
	TEXT("straße, Ελλάδα, \xf0\x9d\x84\x9e \xf0\x9f\x98\x80, \xef\xbf\xbf \xf4\x8f\xbf\xbf");
	TEXT("\xc2\xa0"); /* the first character after the control characters */
}

static void what_is_no_text_is_hex(void **state)
{
	(void)state;
	HEX("\xff\xfe", "fffe");
	HEX("a\xc3", "61c3");                /* the character's second byte is lost */
	HEX("\xed\xa0\x80", "eda080");       /* a surrogate */
	HEX("\xc0\xaf", "c0af");             /* overlong */
	HEX("\xf4\x90\x80\x80", "f4908080"); /* beyond Unicode */
	HEX("a\0b", "610062");               /* NUL */
	HEX("\x1b[2J", "1b5b324a");          /* what a terminal obeys */
	HEX("\x7f", "7f");                   /* DEL */
	HEX("\xc2\x9b", "c29b");             /* another CSI */
	HEX("\x01\x23\x45\x67\x89\xab\xcd\xef", "0123456789abcdef");
}

/* Each of them alone, and each of the first characters in UTF-8. */
static void every_byte_comes_back(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 0x400; i++) {
		char data[4];
		size_t n = 1;
		if (i < 0x100)
			data[0] = (char)i;
		else
			n = text_encode(i - 0x100, data);
		struct event e = of_data(data, n);
		assert_comes_back(&e);
	}
}

static void no_data(void **state)
{
	(void)state;
	json_t *line;
	assert_null(json_of(of_data(NULL, 0), "data", &line));
	assert_null(json_object_get(line, "data_hex"));
	json_decref(line);
}

/* No data that an event may have makes a line that is too long. */
static void the_most_data(void **state)
{
	(void)state;
	static uint8_t data[EVENT_DATA_MAX];
	static const uint8_t fillers[] = {'u', '"', '\\', '\n', 1, 0xff};
	for (size_t i = 0; i < COUNT(fillers); i++) {
		memset(data, fillers[i], sizeof data);
		struct event e = of_data(data, sizeof data);
		assert_comes_back(&e);
	}
}

/* --- All of it --- */

static void random_events_come_back(void **state)
{
	(void)state;
	uint64_t random = SEED;
	for (enum event_kind kind = EVENT_CALL; kind <= EVENT_KERNEL; kind++)
		for (int i = 0; i < RANDOM_EVENTS; i++) {
			uint8_t room[EVENT_CALL_DATA];
			struct event e = random_event(&random, kind, room);
			assert_comes_back(&e);
		}
}

/* Each line is JSON for anybody, and has no character in it that a terminal could obey. */
static void test_fault_22_lines_are_for_everybody(void **state)
{
	(void)state;
	uint64_t random = SEED;
	struct buf line = {0};
	for (int i = 0; i < RANDOM_EVENTS; i++) {
		uint8_t room[EVENT_CALL_DATA];
		struct event e = random_event(&random, EVENT_CALL + (unsigned)i % EVENT_KERNEL, room);
		write_line(&e, &line);
		uint32_t cp;
		for (size_t at = 0, used; at < line.size - 1; at += used) {
			used = text_decode(buf_bytes(&line) + at, line.size - at, &cp);
			assert_true(used > 0 && cp >= 0x20 && (cp < 0x7f || cp >= 0xa0));
		}
		json_t *object = json_loadb((char *)buf_bytes(&line), line.size, JSON_REJECT_DUPLICATES, NULL);
		assert_true(json_is_object(object));
		json_decref(object);
	}
	buf_free(&line);
}

/* What has no result yet has none in the file, whatever the field holds. */
static void no_result_before_the_return(void **state)
{
	(void)state;
	json_t *line;
	struct event e = {.when = 1, .who = EVENT_CLIENT, .kind = EVENT_CALL};
	e.call = (struct event_call){.op = OP_RECV, .fd = 3, .result = 5};
	json_of(e, "", &line);
	assert_null(json_object_get(line, "result"));
	json_decref(line);
}

static void assert_not_written(struct event e)
{
	struct buf out = {0};
	assert_int_equal(buf_append(&out, "kept", 4), 0);
	errno = 0;
	assert_int_equal(record_write(&e, &out), -1);
	assert_int_equal(errno, EBADMSG);
	assert_int_equal(out.size, 4);
	buf_free(&out);
}

#define EVENT(of, ...) ((struct event){.who = EVENT_CLIENT, .kind = of, __VA_ARGS__})

static void writes_no_nonsense(void **state)
{
	(void)state;
	static const uint8_t data[EVENT_DATA_MAX + 1];
	assert_not_written((struct event){0});
	assert_not_written((struct event){.who = (enum event_who)3, .kind = EVENT_NOTE});
	assert_not_written(EVENT((enum event_kind)(EVENT_KERNEL + 1), .number = 1));
	assert_not_written(EVENT(EVENT_CALL, .call.op = OP_COUNT));
	assert_not_written(EVENT(EVENT_CALL, .call = {.op = OP_BIND, .address = {.family = 5}}));
	assert_not_written(EVENT(EVENT_CALL, .call.op = OP_SEND, .size = EVENT_CALL_DATA + 1, .data = data));
	assert_not_written(EVENT(EVENT_REPLY, .talk.verdict = (enum event_verdict)(VERDICT_REFUSED + 1)));
	assert_not_written(EVENT(EVENT_REPLY, .talk.protocol = (enum protocol)1000));
	assert_not_written(EVENT(EVENT_REPLY, .size = EVENT_DATA_MAX + 1, .data = data));
	assert_not_written(EVENT(EVENT_STATE, .state.what = (enum event_state_what)0));
	assert_not_written(EVENT(EVENT_NOTE, .note.level = (enum note_level)(NOTE_ERROR + 1)));
	assert_not_written(EVENT(EVENT_LAB, .lab.what = LAB_TOOK, .size = EVENT_CALL_DATA + 1, .data = data));
	assert_not_written(EVENT(EVENT_KERNEL, .kernel = {.why = KERNEL_SAMPLE, .state = KERNEL_STATES}));
	assert_not_written(EVENT(EVENT_KERNEL, .kernel = {.why = KERNEL_SAMPLE, .offered = 2 * KERNEL_DROPPED}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header),
		cmocka_unit_test(header_of_any_time),
		cmocka_unit_test(calls),
		cmocka_unit_test(talk),
		cmocka_unit_test(the_rest),
		cmocka_unit_test(text_is_text),
		cmocka_unit_test(what_is_no_text_is_hex),
		cmocka_unit_test(every_byte_comes_back),
		cmocka_unit_test(no_data),
		cmocka_unit_test(the_most_data),
		cmocka_unit_test(random_events_come_back),
		cmocka_unit_test(test_fault_22_lines_are_for_everybody),
		cmocka_unit_test(no_result_before_the_return),
		cmocka_unit_test(writes_no_nonsense),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
