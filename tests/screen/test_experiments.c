/*
 * The experiments of uproar(1): each types the very lines that the manual gives, and sees what is said of them there.
 * The numbers are those of the manual's comments.
 */
#include "chat.h"

enum { MANUAL_ROOM = 256 << 10, BLOCK_ROOM = 1024, SEES = 5, ROWS = 45, COLUMNS = 150 };

/*
 * A line that is typed, and what the screen then shows, in any order; "2*" before a text: in so many places, or more;
 * "0*": in none; "!": among the calls.
 */
struct step {
	const char *type;
	const char *sees[SEES];
};

/* --- The manual --- */

/* What mandoc makes of the escapes in these blocks. */
static const struct {
	const char *roff, *text;
} escapes[] = {{"\\e", "\\"}, {"\\('e", "é"}};

static void append_unescaped(char *block, const char *line, size_t n)
{
	size_t size = strlen(block);
	for (size_t i = 0; i < n;) {
		const char *text = NULL;
		for (size_t k = 0; k < 2; k++) {
			if (strncmp(line + i, escapes[k].roff, strlen(escapes[k].roff)) == 0) {
				text = escapes[k].text;
				i += strlen(escapes[k].roff);
				break;
			}
		}
		size += (size_t)snprintf(block + size, BLOCK_ROOM - size, "%.*s", text ? 8 : 1,
					 text ? text : line + i++);
	}
}

/* The lines of experiment n in the manual, between .Bd and .Ed. */
static void read_block(int n, char block[BLOCK_ROOM])
{
	static char manual[MANUAL_ROOM];
	FILE *file = fopen("man/uproar.1", "r");
	assert_non_null(file);
	manual[fread(manual, 1, sizeof manual - 1, file)] = '\0';
	fclose(file);
	char mark[64];
	snprintf(mark, sizeof mark, "\n.\\\" experiment %d\n", n);
	const char *at = strstr(manual, mark);
	assert_non_null(at);
	at = strstr(at, "\n.Bd ");
	assert_non_null(at);
	at = strchr(at + 1, '\n') + 1;
	const char *end = strstr(at, ".Ed\n");
	assert_non_null(end);
	block[0] = '\0';
	append_unescaped(block, at, (size_t)(end - at));
}

static void assert_in_manual(int n, const struct step *steps)
{
	char expected[BLOCK_ROOM] = "", block[BLOCK_ROOM];
	size_t size = 0;
	for (; steps->type; steps++)
		size += (size_t)snprintf(expected + size, sizeof expected - size, "%s\n", steps->type);
	read_block(n, block);
	assert_string_equal(block, expected);
}

/* --- On the screen --- */

struct expected {
	const char *text;
	int places;
};

static bool is_shown(struct terminal *t, void *arg)
{
	const struct expected *e = arg;
	int found = 0;
	for (int y = 0; y < ROWS; y++)
		for (const char *at = terminal_row(t, y); (at = strstr(at, e->text)); at++)
			found++;
	return e->places == 0 ? found == 0 : found >= e->places;
}

static bool sees(struct terminal *t, const char *text)
{
	if (text[0] == '!') {
		chat_called(t, text + 1);
		return true;
	}
	bool many = text[0] >= '0' && text[0] <= '9' && text[1] == '*';
	struct expected e = {many ? text + 2 : text, many ? text[0] - '0' : 1};
	return terminal_wait(t, is_shown, &e);
}

/* As a newcomer does it: start, Enter for TCP, type. */
static void perform(int n, const struct step *steps)
{
	assert_in_manual(n, steps);
	struct terminal *t = chat_start(ROWS, COLUMNS, NULL, NULL);
	assert_true(terminal_shows(t, "(*) TCP"));
	terminal_type(t, "\r");
	assert_true(terminal_shows(t, "connected to 127.0.0.1:"));
	for (; steps->type; steps++) {
		terminal_type(t, steps->type);
		terminal_type(t, "\r");
		for (size_t i = 0; i < SEES && steps->sees[i]; i++)
			assert_true(sees(t, steps->sees[i]));
	}
	chat_leave(t);
}

static void test_1_one_send_is_not_one_recv(void **state)
{
	(void)state;
	perform(1, (struct step[]){
			   {"/lab hold", {"◆ lab: hold"}},
			   {"hello", {"6 bytes wait"}},
			   {"world", {"12 bytes wait"}},
			   {"/lab release", {"recv() took 12 bytes: hello", "◂ HELLO", "◂ WORLD"}},
			   {0},
		   });
}

static void test_2_recv_may_return_a_part(void **state)
{
	(void)state;
	perform(2, (struct step[]){
			   {"/lab cut=4", {"◆ lab: cut=4"}},
			   {"abcdefghi",
			    {"recv() took 4 bytes: abcd", "recv() took 4 bytes: efgh", "recv() took 2 bytes: i",
			     "◂ ABCDEFGHI"}},
			   {0},
		   });
}

static void test_3_udp_keeps_boundaries(void **state)
{
	(void)state;
	perform(3, (struct step[]){
			   {"/udp", {"is ready"}},
			   {"/lab hold", {"◆ lab: hold"}},
			   {"hello", {"5 bytes wait"}},
			   {"world", {"▸ world"}},
			   {"/lab release",
			    {"recvfrom() took 5 bytes: hello", "recvfrom() took 5 bytes: world", "◂ HELLO", "◂ WORLD"}},
			   {0},
		   });
}

static void test_4_truncation_is_silent_loss(void **state)
{
	(void)state;
	perform(4, (struct step[]){
			   {"/udp", {"is ready"}},
			   {"/lab cut=4", {"◆ lab: cut=4"}},
			   {"0123456789", {"recvfrom() took 4 of 10 bytes: 0123", "MSG_TRUNC", "◂ 0123  4 bytes"}},
			   {"abc", {"recvfrom() took 3 bytes: abc", "◂ ABC"}},
			   {0},
		   });
}

static void test_5_welcoming_and_connection_sockets(void **state)
{
	(void)state;
	perform(5, (struct step[]){
			   {"hello", {"◂ HELLO"}},
			   {"/clients 2", {"Client 2 is connected"}},
			   {"/sockets",
			    {"1*TCP welcoming", "4*TCP connection", "3 TCP sockets of the server are on port"}},
			   {"/udp", {"is ready"}},
			   {"hello", {"2*UDP datagram"}},
			   {0},
		   });
}

static void test_6_the_client_before_the_server(void **state)
{
	(void)state;
	perform(6, (struct step[]){
			   {"/connect 127.0.0.1 12999", {"nothing listens on 127.0.0.1:12999", "ECONNREFUSED"}},
			   {"anybody there?", {"sentence 1 was not sent"}},
			   {"/udp", {"is ready"}},
			   {"anybody there?", {"no reply to sentence 2 within 2 s"}},
			   {0},
		   });
}

static void test_7_loss(void **state)
{
	(void)state;
	perform(7, (struct step[]){
			   {"/udp", {"is ready"}},
			   {"/lab drop=30%,seed=42", {"◆ lab: drop=30%,seed=42"}},
			   {"/ping 10 0.2", {"seq=10", "10 sent, ", "rtt min/avg/max/mdev"}},
			   {"/reveal", {"dropped the request", "dropped the reply"}},
			   {0},
		   });
}

static void test_8_connect_on_a_udp_socket(void **state)
{
	(void)state;
	perform(8, (struct step[]){
			   {"/udp", {"is ready"}},
			   {"/connect 127.0.0.1 12999", {"127.0.0.1:12999"}},
			   {"hello", {"no reply to sentence 1 within 2 s"}},
			   {"/connected on", {"connect()", "UDP  ready (connected)  127.0.0.1:"}},
			   {"hello", {"was refused", "ECONNREFUSED"}},
			   {0},
		   });
}

static void test_9_time_wait(void **state)
{
	(void)state;
	perform(9, (struct step[]){
			   {"hello", {"◂ HELLO"}},
			   {"/disconnect", {"this end closed the connection"}},
			   {"/lab rebind", {"SO_REUSEADDR succeeded: no connection that the server"}},
			   {"hello", {"▸ hello  #2", "2*◂ HELLO"}},
			   {"/lab rebind", {"EADDRINUSE", "the server closed first", "with SO_REUSEADDR"}},
			   {0},
		   });
}

static void test_10_the_end_of_a_stream(void **state)
{
	(void)state;
	perform(10, (struct step[]){
			    {"/lab delay=1s", {"◆ lab: delay=1s"}},
			    {"hello", {"▸ hello"}},
			    {"/shutdown", {"sent its end", "◂ HELLO", "recv() returned 0"}},
			    {"/udp", {"is ready"}},
			    {"/size 0", {"▸ (empty)", "◂ (empty)"}},
			    {0},
		    });
}

static void test_11_where_a_program_is_blocked(void **state)
{
	(void)state;
	perform(11, (struct step[]){
			    {"/server textbook", {"2*connected to 127.0.0.1:"}},
			    {"/ladder", {"… waiting for the client's bytes"}},
			    {"hello", {"\"HELLO", "… waiting for a connection"}},
			    {0},
		    });
}

static void test_12_connect_succeeds_before_accept(void **state)
{
	(void)state;
	perform(12,
		(struct step[]){
			{"/lab no-accept,backlog=1", {"◆ lab: no-accept"}},
			{"/clients 4",
			 {"Client 2 is connected", "Client 3 is connected", "Client 4 has waited 3 s for connect()"}},
			{0},
		});
}

static void test_13_sent_is_not_delivered(void **state)
{
	(void)state;
	perform(13, (struct step[]){
			    {"/lab hold", {"◆ lab: hold"}},
			    {"/size 1000000", {"no reply yet", "1000001 bytes"}},
			    {"/lab off", {"◂ ABCDEFGHIJ"}},
			    {"/hold", {"This end receives nothing now"}},
			    {"/lab close", {"in good order", "!" CHAT_LEFT}},
			    {"one", {"▸ one"}},
			    {"two", {"EPIPE"}},
			    {0},
		    });
}

static void test_14_four_numbers_name_a_connection(void **state)
{
	(void)state;
	perform(14, (struct step[]){
			    {"hello", {"◂ HELLO"}},
			    {"/disconnect", {"this end closed the connection"}},
			    {"hello", {"▸ hello  #2"}},
			    {"/udp", {"is ready"}},
			    {"hello", {"▸ hello  #3"}},
			    {"/sockets", {"4*TCP connection", "2*UDP datagram", "1*TCP welcoming"}},
			    {0},
		    });
}

static void test_15_one_address_or_all(void **state)
{
	(void)state;
	perform(15, (struct step[]){
			    {"/connect 127.0.0.2 own", {"nothing listens on 127.0.0.2:", "ECONNREFUSED"}},
			    {"/server events 0.0.0.0", {"how your own server will serve"}},
			    {"/connect", {"  your own server"}},
			    {"/connect 127.0.0.2 own", {"connected to 127.0.0.2:"}},
			    {"hello", {"◂ HELLO"}},
			    {0},
		    });
}

static void test_17_the_order_of_bytes(void **state)
{
	(void)state;
	perform(17,
		(struct step[]){
			{"/inspect connect", /* one port in 256 looks the same without ntohs(), which is said then */
			 {"struct sockaddr_in, 16 bytes", "02 00 ", "sin_port", "network byte order", "7f 00 00 01 "}},
			{0},
		});
}

static void test_16_loss_without_a_network(void **state)
{
	(void)state;
	perform(16, (struct step[]){
			    {"/udp", {"is ready"}},
			    {"/lab rcvbuf=4096,hold", {"◆ lab: hold,rcvbuf=4096"}},
			    {"/burst 200", {"bytes wait"}},
			    {"/lab release", {"200 sent, ", " answered, ", " lost"}},
			    {0},
		    });
}

static void test_18_bytes_not_strings(void **state)
{
	(void)state;
	perform(18, (struct step[]){
			    {"/send one\\0two", {"▸ one^@two", "◂ ONE^@TWO"}},
			    {"/udp", {"is ready"}},
			    {"/lab cut=4", {"◆ lab: cut=4"}},
			    {"abcé", {"recvfrom() took 4 of 5 bytes: abc\\xc3", "◂ ABC\\xc3"}},
			    {"/lab cut=off,stale", {"◆ lab: stale"}},
			    {"hello world", {"◂ HELLO WORLD"}},
			    {"bye", {"◂ BYELO WORLD"}},
			    {0},
		    });
}

static void test_19_fin_and_rst(void **state)
{
	(void)state;
	perform(19, (struct step[]){
			    {"/lab close", {"recv() returned 0"}},
			    {"hello", {"◂ HELLO"}},
			    {"/lab reset", {"◆ lab: reset"}},
			    {"hello", {"ECONNRESET"}},
			    {0},
		    });
}

static void test_20_how_long_a_datagram_may_be(void **state)
{
	(void)state;
	perform(20, (struct step[]){
			    {"/udp", {"is ready"}},
			    {"/size 65507", {"◂ ABCDEFGHIJ", "65507 bytes"}},
			    {"/size 70000", {"70000 bytes", "at most 65507 bytes", "EMSGSIZE"}},
			    {0},
		    });
}

static void test_21_one_at_a_time_threads_or_events(void **state)
{
	(void)state;
	perform(21, (struct step[]){
			    {"/server textbook", {"2*connected to 127.0.0.1:"}},
			    {"/clients 3", {"Client 2 is connected", "Client 3 is connected"}},
			    {"/sockets", {"2 TCP sockets of the server are on port"}},
			    {"/calls server", {", 1024) … waiting"}},
			    {"/server threads", {"3*connected to 127.0.0.1:"}},
			    {"/clients 3", {"accept4(4, SOCK_CLOEXEC) … waiting", "3*, 16384) … waiting"}},
			    {"/server events", {"4*connected to 127.0.0.1:"}},
			    {"/clients 3", {"SOCK_CLOEXEC|SOCK_NONBLOCK) = -1", "0*… waiting"}},
			    {0},
		    });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_1_one_send_is_not_one_recv),
		cmocka_unit_test(test_2_recv_may_return_a_part),
		cmocka_unit_test(test_3_udp_keeps_boundaries),
		cmocka_unit_test(test_4_truncation_is_silent_loss),
		cmocka_unit_test(test_5_welcoming_and_connection_sockets),
		cmocka_unit_test(test_6_the_client_before_the_server),
		cmocka_unit_test(test_7_loss),
		cmocka_unit_test(test_8_connect_on_a_udp_socket),
		cmocka_unit_test(test_9_time_wait),
		cmocka_unit_test(test_10_the_end_of_a_stream),
		cmocka_unit_test(test_11_where_a_program_is_blocked),
		cmocka_unit_test(test_12_connect_succeeds_before_accept),
		cmocka_unit_test(test_13_sent_is_not_delivered),
		cmocka_unit_test(test_14_four_numbers_name_a_connection),
		cmocka_unit_test(test_15_one_address_or_all),
		cmocka_unit_test(test_16_loss_without_a_network),
		cmocka_unit_test(test_17_the_order_of_bytes),
		cmocka_unit_test(test_18_bytes_not_strings),
		cmocka_unit_test(test_19_fin_and_rst),
		cmocka_unit_test(test_20_how_long_a_datagram_may_be),
		cmocka_unit_test(test_21_one_at_a_time_threads_or_events),
	};
	return cmocka_run_group_tests_name("experiments", tests, chat_open, chat_close);
}
