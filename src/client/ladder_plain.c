#include "ladder_plain.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

struct ladder_plain {
	struct flow *flow;
	struct ladder *ladder;
	uint64_t next; /* number of the first line that is not printed yet */
	struct view_row row;
};

struct ladder_plain *ladder_plain_new(const struct log *l)
{
	struct ladder_plain *p = calloc(1, sizeof *p);
	if (!p)
		return NULL;
	p->flow = flow_new(l);
	p->ladder = p->flow ? ladder_new(l, p->flow) : NULL;
	if (!p->ladder) {
		ladder_plain_free(p);
		return NULL;
	}
	ladder_choose(p->ladder, &(struct ladder_choice){.all = true});
	return p;
}

void ladder_plain_free(struct ladder_plain *p)
{
	if (!p)
		return;
	ladder_free(p->ladder);
	flow_free(p->flow);
	view_row_free(&p->row);
	free(p);
}

static void print(struct ladder_plain *p, uint64_t number)
{
	unsigned indent = 0;
	view_row_clear(&p->row);
	ladder_lines.line(p->ladder, number, UINT_MAX, &p->row, &indent);
	printf("%.*s\n", (int)p->row.text.size, (const char *)buf_bytes(&p->row.text));
}

int ladder_plain_print(struct ladder_plain *p, enum ladder_fix how)
{
	if (flow_update(p->flow) == -1 || ladder_lines.update(p->ladder) == -1)
		return -1;
	uint64_t first = ladder_lines.first(p->ladder), end = ladder_fix(p->ladder, how);
	p->next = p->next > first ? p->next : first;
	for (; p->next < end; p->next++)
		print(p, p->next);
	return p->row.failed ? -1 : 0;
}
