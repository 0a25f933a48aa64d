/* The settings of the lab in a table: parsing, formatting and the rest of the layer go by it. */
#ifndef LAB_SETTINGS_H
#define LAB_SETTINGS_H

#include <uproar/lab.h>

enum kind { CHANCE, TIME, NUMBER, SWITCH, UNDO, CLOSE, REBIND, OFF };
enum over { BOTH, UDP_ONLY, TCP_ONLY };

struct setting {
	const char *name;
	enum kind kind;
	enum over over;      /* the protocols that it can happen to */
	size_t offset, size; /* of its member of struct lab; no size: it has none */
	uint64_t most;
	uint64_t alone;      /* what the name alone means; 0: it wants a value */
	const char *example; /* of a NUMBER */
	size_t group;        /* it is a name for so many rows below it together; 0: for itself */
};

const struct setting *setting_at(size_t i); /* NULL: there are no more */

uint64_t setting_get(const struct lab *l, const struct setting *s);
void setting_put(struct lab *l, const struct setting *s, uint64_t value);

/* Whether anything is on that a seed decides. */
bool settings_random(const struct lab *l);

#endif
