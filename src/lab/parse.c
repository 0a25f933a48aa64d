#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "settings.h"

#define SEPARATORS ", \t\r\n"

enum { QUOTED = 40 }; /* bytes of a name that no setting has, in a problem */

/* A specification on its way: the caller's lab changes when all of it has turned out well. */
struct parsing {
	struct lab lab;
	struct lab_orders orders;
	bool named[sizeof(struct lab)]; /* whether the setting whose member has this offset was */
	size_t items;
	bool off;
	char *problem;
};

static int problem(struct parsing *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int problem(struct parsing *p, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(p->problem, LAB_PROBLEM, format, args);
	va_end(args);
	return -1;
}

/* --- Values ------------------------------------------------------------------------------------------------------ */

static bool append_digit(uint64_t *value, char digit)
{
	return !__builtin_mul_overflow(*value, 10, value) && !__builtin_add_overflow(*value, digit - '0', value);
}

/* Counts units of 10 to the power of -decimals: 2.5 with two decimals is 250. Returns what follows; NULL: no number. */
static const char *decimal(const char *text, int decimals, uint64_t *value)
{
	const char *begin = text;
	*value = 0;
	for (; isdigit((unsigned char)*text); text++)
		if (!append_digit(value, *text))
			return NULL;
	bool point = text > begin && *text == '.' && isdigit((unsigned char)text[1]);
	for (text += point; decimals > 0; decimals--)
		if (!append_digit(value, point && isdigit((unsigned char)*text) ? *text++ : '0'))
			return NULL;
	return text > begin ? text : NULL;
}

static bool parse_chance(const char *text, uint64_t *value)
{
	const char *unit = decimal(text, 2, value);
	return unit && (!*unit || strcmp(unit, "%") == 0);
}

static bool parse_time(const char *text, uint64_t *value)
{
	static const struct {
		const char *name;
		uint64_t thousandth; /* nanoseconds */
	} units[] = {{"us", 1}, {"ms", 1000}, {"", 1000}, {"s", 1000000}};

	const char *unit = decimal(text, 3, value);
	for (size_t i = 0; unit && i < COUNT(units); i++)
		if (strcmp(unit, units[i].name) == 0)
			return !__builtin_mul_overflow(*value, units[i].thousandth, value);
	return false;
}

static bool parse_number(const char *text, uint64_t *value)
{
	const char *rest = decimal(text, 0, value);
	return rest && !*rest;
}

/* text: what follows the equals sign; NULL: there is none. */
static bool parse_value(const struct setting *s, const char *text, uint64_t *value)
{
	*value = 0;
	if (s->kind >= UNDO)
		return !text;
	if (s->alone && (!text || strcmp(text, "on") == 0)) {
		*value = s->alone;
		return true;
	}
	if (!text)
		return false;
	if (strcmp(text, "off") == 0 || strcmp(text, "0") == 0 || strcmp(text, "0%") == 0)
		return true;
	bool understood = (s->kind == CHANCE && parse_chance(text, value)) ||
			  (s->kind == TIME && parse_time(text, value)) ||
			  (s->kind == NUMBER && parse_number(text, value));
	return understood && *value <= s->most;
}

static int wants(struct parsing *p, const struct setting *s)
{
	switch (s->kind) {
	case CHANCE:
		return problem(p, _("%s wants a percentage such as 30%%."), s->name);
	case TIME:
		return problem(p, _("%s wants a time such as 50ms or 1s, at most 60s."), s->name);
	case NUMBER:
		return problem(p, _("%s wants a number such as %s, at most %" PRIu64 "."), s->name, s->example,
			       s->most);
	case SWITCH:
		return problem(p, _("%s stands alone, or with =on or =off."), s->name);
	default:
		return problem(p, _("%s takes no value."), s->name);
	}
}

/* --- Names ------------------------------------------------------------------------------------------------------- */

/* NULL: none is near. */
static const struct setting *nearest(const char *name)
{
	const struct setting *found = setting_at(0), *s;
	size_t least = SIZE_MAX;
	for (size_t i = 0; (s = setting_at(i)); i++) {
		size_t d = name_distance(name, s->name);
		if (d < least) {
			least = d;
			found = s;
		}
	}
	return name_is_near(name, found->name) ? found : NULL;
}

static int unknown(struct parsing *p, const char *name)
{
	const struct setting *meant = nearest(name);
	if (meant)
		return problem(p, _("There is no setting %.*s. The nearest is %s."), QUOTED, name, meant->name);
	return problem(p, _("There is no setting %.*s. The manual of uproard has them all."), QUOTED, name);
}

static const struct setting *named(const char *name)
{
	const struct setting *s;
	for (size_t i = 0; (s = setting_at(i)); i++)
		if (strcmp(s->name, name) == 0)
			break;
	return s;
}

/* --- A specification --------------------------------------------------------------------------------------------- */

static int put(struct parsing *p, const struct setting *s, uint64_t value)
{
	for (size_t i = s->group ? 1 : 0; i <= s->group; i++) {
		if (p->named[s[i].offset])
			return problem(p, _("What %s sets was set before it: name each setting once."), s->name);
		p->named[s[i].offset] = true;
		setting_put(&p->lab, &s[i], value);
	}
	return 0;
}

static int take(struct parsing *p, char *item)
{
	char *value_text = strchr(item, '=');
	if (value_text)
		*value_text++ = '\0';
	if (!*item)
		return problem(p, _("Before \"=\" belongs the name of a setting, such as %s."), setting_at(0)->name);

	const struct setting *s = named(item);
	uint64_t value;
	if (!s)
		return unknown(p, item);
	if (!parse_value(s, value_text, &value))
		return wants(p, s);

	p->items++;
	p->off |= s->kind == OFF;
	p->orders.close |= s->kind == CLOSE || s->kind == REBIND;
	p->orders.rebind |= s->kind == REBIND;
	return s->size ? put(p, s, value) : 0;
}

static int take_all(struct parsing *p, char *spec)
{
	char *rest;
	for (char *item = strtok_r(spec, SEPARATORS, &rest); item; item = strtok_r(NULL, SEPARATORS, &rest))
		if (take(p, item) == -1)
			return -1;
	if (p->off && p->items > 1)
		return problem(p, _("off undoes all settings, and stands alone."));
	if (p->off)
		p->lab = (struct lab){0};
	return 0;
}

/* What is not printable ASCII becomes a question mark, which nothing takes, so that problems are fit to be printed. */
static int copy(struct parsing *p, char out[LAB_TEXT], const char *spec)
{
	size_t n = strnlen(spec, LAB_TEXT);
	if (n == LAB_TEXT)
		return problem(p, _("A specification has at most %d bytes."), LAB_TEXT - 1);
	memcpy(out, spec, n + 1);
	for (char *c = out; *c; c++)
		if (!strchr(SEPARATORS, *c) && (*c < ' ' || *c > '~'))
			*c = '?';
	return 0;
}

int lab_parse(struct lab *l, const char *spec, uint64_t made_up, struct lab_orders *orders, char problem[LAB_PROBLEM])
{
	struct parsing p = {.lab = *l, .problem = problem};
	char text[LAB_TEXT];
	*orders = (struct lab_orders){0};
	if (copy(&p, text, spec) == -1 || take_all(&p, text) == -1)
		return -1;

	bool random = settings_random(&p.lab);
	made_up &= INT64_MAX;
	if (random && !p.lab.seed)
		p.lab.seed = made_up ? made_up : 1;
	p.orders.restart = p.named[offsetof(struct lab, seed)] || (random && !settings_random(l));
	*orders = p.orders;
	*l = p.lab;
	return 0;
}
