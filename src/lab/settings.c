#include "settings.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MEMBER(member) .offset = offsetof(struct lab, member), .size = sizeof((struct lab *)NULL)->member

/* In the order in which they are written. */
static const struct setting settings[] = {
	{"drop", CHANCE, MEMBER(drop_requests), .over = UDP_ONLY, .most = LAB_CERTAIN, .group = 2},
	{"drop-requests", CHANCE, MEMBER(drop_requests), .over = UDP_ONLY, .most = LAB_CERTAIN},
	{"drop-replies", CHANCE, MEMBER(drop_replies), .over = UDP_ONLY, .most = LAB_CERTAIN},
	{"duplicate", CHANCE, MEMBER(duplicate), .over = UDP_ONLY, .most = LAB_CERTAIN},
	{"reorder", CHANCE, MEMBER(reorder), .over = UDP_ONLY, .most = LAB_CERTAIN},
	{"delay", TIME, MEMBER(delay), .most = LAB_TIME_MAX},
	{"jitter", TIME, MEMBER(jitter), .most = LAB_TIME_MAX},
	{"seed", NUMBER, MEMBER(seed), .most = INT64_MAX, .example = "42"},
	{"cut", NUMBER, MEMBER(cut), .most = LAB_BYTES_MAX, .example = "4"},
	{"slow-read", TIME, MEMBER(slow_read), .most = LAB_TIME_MAX, .alone = LAB_SLOW_READ},
	{"hold", SWITCH, MEMBER(hold), .alone = true},
	{"release", UNDO, MEMBER(hold)},
	{"no-accept", SWITCH, MEMBER(no_accept), .over = TCP_ONLY, .alone = true},
	{"accept", UNDO, MEMBER(no_accept)},
	{"backlog", NUMBER, MEMBER(backlog), .over = TCP_ONLY, .most = LAB_BACKLOG_MAX, .example = "1"},
	{"rcvbuf", NUMBER, MEMBER(rcvbuf), .most = LAB_BYTES_MAX, .example = "4096"},
	{"reset", SWITCH, MEMBER(reset), .over = TCP_ONLY, .alone = true},
	{"stale", SWITCH, MEMBER(stale), .over = UDP_ONLY, .alone = true},
	{"close", .kind = CLOSE},
	{"rebind", .kind = REBIND},
	{"off", .kind = OFF},
};

const struct setting *setting_at(size_t i)
{
	return i < COUNT(settings) ? &settings[i] : NULL;
}

uint64_t setting_get(const struct lab *l, const struct setting *s)
{
	const void *member = (const char *)l + s->offset;
	switch (s->size) {
	case sizeof(bool):
		return *(const bool *)member;
	case sizeof(uint32_t):
		return *(const uint32_t *)member;
	default:
		return *(const uint64_t *)member;
	}
}

void setting_put(struct lab *l, const struct setting *s, uint64_t value)
{
	void *member = (char *)l + s->offset;
	switch (s->size) {
	case sizeof(bool):
		*(bool *)member = value;
		break;
	case sizeof(uint32_t):
		*(uint32_t *)member = (uint32_t)value;
		break;
	default:
		*(uint64_t *)member = value;
	}
}

bool settings_random(const struct lab *l)
{
	return l->drop_requests || l->drop_replies || l->duplicate || l->reorder || l->jitter;
}

/* A group's name is right only if all of it is set to the same. */
static bool is_one(const struct lab *l, const struct setting *group)
{
	for (size_t i = 1; i <= group->group; i++)
		if (setting_get(l, group + i) != setting_get(l, group))
			return false;
	return true;
}

/* The next setting that is on, from row *i; NULL: no more. A seed that decides nothing is not. */
static const struct setting *next_on(const struct lab *l, size_t *i)
{
	while (*i < COUNT(settings)) {
		const struct setting *s = &settings[(*i)++];
		if (s->kind >= UNDO || !is_one(l, s))
			continue;
		*i += s->group;
		if (setting_get(l, s) && (s->offset != offsetof(struct lab, seed) || settings_random(l)))
			return s;
	}
	return NULL;
}

bool lab_on(const struct lab *l)
{
	return next_on(l, &(size_t){0}) != NULL;
}

static void add(char out[LAB_TEXT], const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(char out[LAB_TEXT], const char *format, ...)
{
	size_t used = strlen(out);
	va_list args;
	va_start(args, format);
	vsnprintf(out + used, LAB_TEXT - used, format, args);
	va_end(args);
}

/* A value that was counted in units of 10 to the power of -decimals, without zeros at its end: 250 is 2.5 with two. */
static void add_decimal(char out[LAB_TEXT], uint64_t value, int decimals, const char *unit)
{
	uint64_t one = 1;
	for (; decimals > 0 && value % 10 == 0; decimals--)
		value /= 10;
	for (int i = 0; i < decimals; i++)
		one *= 10;
	add(out, "%" PRIu64, value / one);
	if (decimals > 0)
		add(out, ".%0*" PRIu64, decimals, value % one);
	add(out, "%s", unit);
}

/* In the largest unit of which there is a whole one, and of which three decimals are exact. */
static void add_time(char out[LAB_TEXT], uint64_t ns)
{
	if (ns >= CLOCK_SECOND && ns % CLOCK_MS == 0)
		add_decimal(out, ns / CLOCK_MS, 3, "s");
	else if (ns >= CLOCK_MS && ns % 1000 == 0)
		add_decimal(out, ns / 1000, 3, "ms");
	else
		add_decimal(out, ns, 3, "us");
}

static void add_setting(char out[LAB_TEXT], const struct setting *s, uint64_t value)
{
	add(out, s->kind == SWITCH ? "%s%s" : "%s%s=", *out ? "," : "", s->name);
	if (s->kind == CHANCE)
		add_decimal(out, value, 2, "%");
	else if (s->kind == TIME)
		add_time(out, value);
	else if (s->kind == NUMBER)
		add(out, "%" PRIu64, value);
}

const char *lab_format(const struct lab *l, char out[LAB_TEXT])
{
	const struct setting *s;
	*out = '\0';
	for (size_t i = 0; (s = next_on(l, &i));)
		add_setting(out, s, setting_get(l, s));
	return out;
}

static const char *names_of(const struct lab *l, enum over over, char out[LAB_TEXT])
{
	const struct setting *s;
	*out = '\0';
	for (size_t i = 0; (s = next_on(l, &i));)
		if (s->over == over)
			add(out, "%s%s", *out ? ", " : "", s->name);
	return out;
}

const char *lab_not_tcp(const struct lab *l, char out[LAB_TEXT])
{
	return names_of(l, UDP_ONLY, out);
}

const char *lab_not_udp(const struct lab *l, char out[LAB_TEXT])
{
	return names_of(l, TCP_ONLY, out);
}
