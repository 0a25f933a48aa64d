/*
 * What the programs recorded when they really talked: calls of the sockets that were used, as uproar --record wrote
 * them, but with ' for \" and times that begin near 0, and without what all have in common.
 */
#include <uproar/record.h>

#include "test_view_flow.h"

/* clang-format off */

/* "hello" and "world, 0123456789" over TCP, while the server's recv() had room for 8 bytes. */
static const char *const tcp[] = {
	"'when':12277,'who':'server','op':'socket','args':[2,526337],'result':11,'took':11277}",
	"'when':136683,'who':'server','op':'bind','fd':11,'address':'127.0.0.1:0','result':0,'took':51728}",
	"'when':141059,'who':'server','op':'listen','fd':11,'args':[4096],'result':0,'took':2754}",
	"'when':143683,'who':'server','op':'getsockname','fd':11,'address':'127.0.0.1:39167','result':0"
	 ",'took':1412}",
	"'when':709547,'who':'client','op':'socket','args':[2,526337],'result':18,'took':6740}",
	"'when':836347,'who':'client','op':'connect','fd':18,'address':'127.0.0.1:39167','result':-1"
	 ",'error':'EINPROGRESS','took':119769}",
	"'when':842085,'who':'client','op':'getsockopt','fd':18,'args':[1,4],'result':0,'took':1662}",
	"'when':842977,'who':'client','op':'getsockname','fd':18,'address':'127.0.0.1:38518','result':0,'took':631}",
	"'when':859732,'who':'client','op':'send','fd':18,'args':[16384],'asked':6,'result':6"
	 ",'took':15964,'data':'hello\\n'}",
	"'when':868364,'who':'client','op':'send','fd':18,'args':[16384],'asked':18,'offset':6"
	 ",'result':18,'took':7751,'data':'world, 0123456789\\n'}",
	"'when':899100,'who':'server','op':'accept','fd':11,'args':[526336],'address':'127.0.0.1:38518'"
	 ",'result':15,'took':4486}",
	"'when':924829,'who':'server','op':'accept','fd':11,'args':[526336],'result':-1,'error':'EAGAIN'"
	 ",'took':5088}",
	"'when':946471,'who':'server','op':'recv','fd':15,'asked':8,'result':8,'took':1813,'data':'hello\\nwo'}",
	"'when':1001323,'who':'server','op':'send','fd':15,'args':[16384],'asked':8,'result':8"
	 ",'took':22324,'data':'HELLO\\nWO'}",
	"'when':991358,'who':'client','op':'recv','fd':18,'asked':65536,'result':8,'took':1342,'data':'HELLO\\nWO'}",
	"'when':1017457,'who':'server','op':'recv','fd':15,'asked':8,'offset':8,'result':8,'took':631"
	 ",'data':'rld, 012'}",
	"'when':1065378,'who':'server','op':'send','fd':15,'args':[16384],'asked':8,'offset':8,'result':8"
	 ",'took':18748,'data':'RLD, 012'}",
	"'when':1056986,'who':'client','op':'recv','fd':18,'asked':65536,'offset':8,'result':8,'took':811"
	 ",'data':'RLD, 012'}",
	"'when':1081392,'who':'server','op':'recv','fd':15,'asked':8,'offset':16,'result':8,'took':801"
	 ",'data':'3456789\\n'}",
	"'when':1131016,'who':'server','op':'send','fd':15,'args':[16384],'asked':8,'offset':16"
	 ",'result':8,'took':20660,'data':'3456789\\n'}",
	"'when':1120320,'who':'client','op':'recv','fd':18,'asked':65536,'offset':16,'result':8"
	 ",'took':781,'data':'3456789\\n'}",
	"'when':42880053,'who':'client','op':'close','fd':18,'result':0,'took':141481}",
	"'when':42815166,'who':'server','op':'recv','fd':15,'asked':8,'offset':24,'result':0,'took':4256}",
	"'when':42858641,'who':'server','op':'shutdown','fd':15,'args':[1],'result':0,'took':30716}",
	"'when':42869627,'who':'server','op':'close','fd':15,'result':0,'took':5778}",
	"'when':43018009,'who':'server','op':'accept','fd':11,'args':[526336],'result':-1"
	 ",'error':'EAGAIN','took':3886}",
	"'when':43025320,'who':'server','op':'close','fd':11,'result':0,'took':3956}",
};

/* "one", "two" and "three" over UDP; the lab held "ONE" back, and sent "TWO" twice. */
static const char *const udp[] = {
	"'when':4886,'who':'server','op':'socket','args':[2,526338],'result':12,'took':3886}",
	"'when':8581,'who':'server','op':'bind','fd':12,'address':'127.0.0.1:42425','result':0,'took':2514}",
	"'when':10113,'who':'server','op':'getsockname','fd':12,'address':'127.0.0.1:42425','result':0,'took':430}",
	"'when':364392,'who':'client','op':'socket','args':[2,526338],'result':18,'took':4527}",
	"'when':414287,'who':'client','op':'sendto','fd':18,'args':[16384],'address':'127.0.0.1:42425'"
	 ",'asked':3,'result':3,'took':44938,'data':'one'}",
	"'when':416890,'who':'client','op':'getsockname','fd':18,'address':'0.0.0.0:38494','result':0,'took':821}",
	"'when':421177,'who':'client','op':'sendto','fd':18,'args':[16384],'address':'127.0.0.1:42425'"
	 ",'asked':3,'result':3,'took':3816,'data':'two'}",
	"'when':425754,'who':'client','op':'sendto','fd':18,'args':[16384],'address':'127.0.0.1:42425'"
	 ",'asked':5,'result':5,'took':3225,'data':'three'}",
	"'when':455388,'who':'server','op':'recvfrom','fd':12,'args':[32],'address':'127.0.0.1:38494'"
	 ",'asked':65536,'result':3,'took':2915,'data':'one'}",
	"'when':494807,'who':'server','op':'recvfrom','fd':12,'args':[32],'address':'127.0.0.1:38494'"
	 ",'asked':65536,'result':3,'took':751,'data':'two'}",
	"'when':546584,'who':'server','op':'sendto','fd':12,'args':[16384],'address':'127.0.0.1:38494'"
	 ",'asked':3,'result':3,'took':22494,'data':'TWO'}",
	"'when':534426,'who':'client','op':'recvfrom','fd':18,'args':[32],'address':'127.0.0.1:42425'"
	 ",'asked':65536,'result':3,'took':2274,'data':'TWO'}",
	"'when':539093,'who':'client','op':'recvfrom','fd':18,'args':[32],'asked':65536,'result':-1"
	 ",'error':'EAGAIN','took':571}",
	"'when':608506,'who':'server','op':'sendto','fd':12,'args':[16384],'address':'127.0.0.1:38494'"
	 ",'asked':3,'result':3,'took':19248,'data':'ONE'}",
	"'when':596559,'who':'client','op':'recvfrom','fd':18,'args':[32],'address':'127.0.0.1:42425'"
	 ",'asked':65536,'result':3,'took':752,'data':'ONE'}",
	"'when':599353,'who':'client','op':'recvfrom','fd':18,'args':[32],'asked':65536,'result':-1"
	 ",'error':'EAGAIN','took':401}",
	"'when':639693,'who':'server','op':'sendto','fd':12,'args':[16384],'address':'127.0.0.1:38494'"
	 ",'asked':3,'result':3,'took':16815,'data':'TWO'}",
	"'when':629978,'who':'client','op':'recvfrom','fd':18,'args':[32],'address':'127.0.0.1:42425'"
	 ",'asked':65536,'result':3,'took':751,'data':'TWO'}",
	"'when':632662,'who':'client','op':'recvfrom','fd':18,'args':[32],'asked':65536,'result':-1"
	 ",'error':'EAGAIN','took':350}",
	"'when':655707,'who':'server','op':'recvfrom','fd':12,'args':[32],'address':'127.0.0.1:38494'"
	 ",'asked':65536,'result':5,'took':791,'data':'three'}",
	"'when':685151,'who':'server','op':'recvfrom','fd':12,'args':[32],'asked':65536,'result':-1"
	 ",'error':'EAGAIN','took':391}",
	"'when':251071952,'who':'server','op':'sendto','fd':12,'args':[16384],'address':'127.0.0.1:38494'"
	 ",'asked':5,'result':5,'took':50365,'data':'THREE'}",
	"'when':251126534,'who':'client','op':'recvfrom','fd':18,'args':[32],'address':'127.0.0.1:42425'"
	 ",'asked':65536,'result':5,'took':5348,'data':'THREE'}",
	"'when':251182597,'who':'client','op':'recvfrom','fd':18,'args':[32],'asked':65536,'result':-1"
	 ",'error':'EAGAIN','took':530}",
	"'when':271519145,'who':'client','op':'close','fd':18,'result':0,'took':20240}",
	"'when':271718512,'who':'server','op':'recvfrom','fd':12,'args':[32],'asked':65536,'result':-1"
	 ",'error':'EAGAIN','took':1652}",
	"'when':271731482,'who':'server','op':'close','fd':12,'result':0,'took':2073}",
};

/* clang-format on */

static void play(struct scene *s, const char *const *lines, size_t n)
{
	struct buf data = {0};
	for (size_t i = 0; i < n; i++) {
		char line[TEXT], problem[RECORD_PROBLEM];
		struct event e;
		snprintf(line, sizeof line, "{'kind':'call',%s", lines[i]);
		for (char *quote = line; (quote = strchr(quote, '\''));)
			*quote = '"';
		if (record_read(line, strlen(line), &e, &data, problem) == -1)
			fail_msg("%s: %s", problem, line);
		add(s, e);
	}
	buf_free(&data);
}

/* What each receive that took something is said to have taken, each on a line with who it was. */
static void assert_receives(struct scene *s, const char *expected)
{
	char told[TEXT] = "";
	size_t size = 0;
	for (uint64_t i = 0; i < log_end(s->log); i++)
		if (flow_call(s->flow, i).pieces)
			size += (size_t)snprintf(told + size, TEXT - size, "%s %s\n",
						 log_at(s->log, i)->who == CLIENT ? "client" : "server", taken(s, i));
	assert_string_equal(told, expected);
}

static void assert_one_conversation(const struct scene *s, enum protocol protocol)
{
	assert_int_equal(flow_conversations(s->flow), 1);
	const struct flow_conversation *c = flow_conversation(s->flow, 1);
	assert_int_equal(c->protocol, protocol);
	for (uint64_t i = 0; i < log_end(s->log); i++) {
		const struct event *e = log_at(s->log, i);
		size_t socket = flow_call(s->flow, i).socket;
		bool ours = socket == c->client_socket || (socket == c->server_socket && protocol == PROTOCOL_TCP);
		bool moved_some = e->call.result > 0 && e->call.asked > 0;
		if (ours || moved_some)
			assert_int_equal(about(s, i), 1);
		assert_int_not_equal(socket, SIZE_MAX);
	}
}

static void a_stream_in_pieces(void **state)
{
	struct scene *s = *state;
	play(s, tcp, COUNT(tcp));
	assert_one_conversation(s, PROTOCOL_TCP);
	assert_receives(s, "server 1:6/6 2:2/18\n"
			   "client 1:8/8\n"
			   "server 2:8/18\n"
			   "client 2:8/8\n"
			   "server 2:8/18\n"
			   "client 3:8/8\n");
	assert_int_equal(flow_sockets(s->flow), 3);
	for (size_t i = 0; i < 3; i++)
		assert_false(flow_socket(s->flow, i)->open);
}

static void datagrams_overtaken_and_doubled(void **state)
{
	struct scene *s = *state;
	play(s, udp, COUNT(udp));
	assert_one_conversation(s, PROTOCOL_UDP);
	assert_receives(s, "server 1:3/3\n"
			   "server 2:3/3\n"
			   "client 1:3/3\n"
			   "client 2:3/3\n"
			   "client 3:3/3\n"
			   "server 3:5/5\n"
			   "client 4:5/5\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_stream_in_pieces, begin, end),
		cmocka_unit_test_setup_teardown(datagrams_overtaken_and_doubled, begin, end),
	};
	return cmocka_run_group_tests_name("flow of recordings", tests, NULL, NULL);
}
