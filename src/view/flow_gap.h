/*
 * flow_gap - events that were left out, by the numbers that each program gives its own. Private to view.
 */
#ifndef VIEW_FLOW_GAP_H
#define VIEW_FLOW_GAP_H

#include <uproar/flow.h>

/* Before the event at this index of the log those numbered from..to - 1 were left out, but for what came since. */
struct gap {
	uint64_t index;
	uint64_t from, to;
	uint64_t missing;
};

/* A program's events by their own numbers. */
struct numbering {
	uint64_t next;      /* 0: any */
	struct ring gaps;   /* of struct gap, oldest first */
	uint64_t forgotten; /* index of the newest gap that the log has forgotten; 0: there is none */
};

int flow_number(struct flow *f, uint64_t index); /* an event; as flow_take() */
void flow_forget_gaps(struct flow *f);           /* the log has forgotten what is before flow.first */
/* Whether events of this program were left out before one of those at after + 1..upto. */
bool flow_gap_between(const struct flow *f, enum event_who who, uint64_t after, uint64_t upto);

#endif
