/*
 * Any bytes as an event from another process. What is taken is packed as the same bytes again, and all that a recording
 * can hold of it comes back from there.
 */
#include <errno.h>

#include <uproar/record.h>

#include "events.h"

/* What a recording leaves out: the address beyond its family's length, and what a call gives that has not returned. */
static void normalise_endpoint(struct endpoint *e)
{
	size_t used = e->family == 6 ? 16 : e->family;
	memset(e->address + used, 0, sizeof e->address - used);
	if (e->family != 6)
		e->scope = 0;
	if (e->family == 0)
		e->port = 0;
}

static void normalise(struct event *e)
{
	switch (e->kind) {
	case EVENT_CALL:
		normalise_endpoint(&e->call.address);
		if (!e->call.returned)
			e->call.result = 0;
		break;
	case EVENT_SENTENCE:
	case EVENT_REPLY:
	case EVENT_MISSING:
		normalise_endpoint(&e->talk.from);
		break;
	case EVENT_STATE:
		normalise_endpoint(&e->state.local);
		normalise_endpoint(&e->state.remote);
		break;
	case EVENT_LAB:
		normalise_endpoint(&e->lab.peer);
		break;
	case EVENT_KERNEL:
		normalise_endpoint(&e->kernel.local);
		normalise_endpoint(&e->kernel.remote);
		break;
	default:
		break;
	}
}

static void check_recorded(const struct event *e)
{
	struct event again;
	struct buf line = {0}, data = {0};
	char problem[RECORD_PROBLEM];
	if (record_write(e, &line) == -1) {
		check(errno == EBADMSG && line.size == 0);
		return;
	}
	check(record_read((char *)buf_bytes(&line), line.size - 1, &again, &data, problem) == 0);
	struct event copy = *e;
	normalise(&copy);
	check_same_event(&copy, &again);
	buf_free(&line);
	buf_free(&data);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	struct event e;
	struct buf out = {0};
	check(text_locale());
	if (event_unpack(&e, input, n) == -1) {
		check(errno == EBADMSG);
		return 0;
	}
	check(event_pack(&e, &out) == 0);
	check(out.size == n && memcmp(buf_bytes(&out), input, n) == 0);
	buf_free(&out);
	check_recorded(&e);
	check_printed(&e);
	return 0;
}
