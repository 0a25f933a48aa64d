/*
 * What is written is put together here; what is read goes through jansson, which knows all that can be wrong with a
 * text in JSON, and gives a tree.
 */
#include "record_fields.h"

#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <uproar/text.h>

void fields_fail(struct fields *f, const char *format, ...)
{
	if (f->error)
		return;
	f->error = EBADMSG;
	if (f->problem) {
		va_list args;
		va_start(args, format);
		vsnprintf(f->problem, RECORD_PROBLEM, format, args);
		va_end(args);
	}
}

static void not_that_type(struct fields *f, const char *name)
{
	fields_fail(f, _("\"%s\" has a value of another type than it must have"), name);
}

static void out_of_range(struct fields *f, const char *name)
{
	fields_fail(f, _("\"%s\" has a value that is not possible"), name);
}

static void no_memory(struct fields *f)
{
	fields_fail(f, _("there is no memory for it"));
}

/* --- Writing --- */

static void put(struct fields *f, const void *data, size_t n)
{
	if (!f->error && buf_append(f->out, data, n) == -1)
		f->error = ENOMEM;
}

static void put_words(struct fields *f, const char *words)
{
	put(f, words, strlen(words));
}

void fields_write(struct fields *f, struct buf *out)
{
	*f = (struct fields){.out = out, .before = out->size};
	put_words(f, "{");
}

int fields_written(struct fields *f)
{
	put_words(f, "}\n");
	if (!f->error)
		return 0;
	f->out->size = f->before;
	errno = f->error;
	return -1;
}

/* A name that is ours, as all are, needs no escapes. */
static void put_name(struct fields *f, const char *name)
{
	put_words(f, f->out->size == f->before + 1 ? "\"" : ",\"");
	put_words(f, name);
	put_words(f, "\":");
}

static void put_word(struct fields *f, const char *word)
{
	put_words(f, "\"");
	put_words(f, word);
	put_words(f, "\"");
}

static void put_signed(struct fields *f, int64_t value)
{
	char digits[24];
	snprintf(digits, sizeof digits, "%jd", (intmax_t)value);
	put_words(f, digits);
}

static void put_unsigned(struct fields *f, uint64_t value)
{
	char digits[24];
	snprintf(digits, sizeof digits, value > INT64_MAX ? "\"%ju\"" : "%ju", (uintmax_t)value);
	put_words(f, digits);
}

/* A string of UTF-8 without control characters other than these three. */
static void put_text(struct fields *f, const char *s, size_t n)
{
	static const char special[] = "\"\\\n\r\t", escape[] = "\"\\nrt";

	put_words(f, "\"");
	for (size_t i = 0, start = 0; i <= n; i++) {
		const char *at = i < n ? memchr(special, s[i], sizeof special - 1) : NULL;
		if (at || i == n)
			put(f, s + start, i - start);
		if (at) {
			put(f, (char[]){'\\', escape[at - special]}, 2);
			start = i + 1;
		}
	}
	put_words(f, "\"");
}

static void put_hex(struct fields *f, const uint8_t *s, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	put_words(f, "\"");
	for (size_t i = 0; i < n; i++)
		put(f, (char[]){digits[s[i] >> 4], digits[s[i] & 15]}, 2);
	put_words(f, "\"");
}

/* --- Reading --- */

/* What jansson says of an error has some of the input in it, which is nobody's business but a debugger's. */
static const char *in_words(enum json_error_code code)
{
	switch (code) {
	case json_error_premature_end_of_input:
		return _("it ends too early");
	case json_error_end_of_input_expected:
		return _("something follows after its end");
	case json_error_invalid_utf8:
		return _("this is no UTF-8");
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return _("a NUL is in a string");
	case json_error_duplicate_key:
		return _("a name is there twice");
	case json_error_stack_overflow:
		return _("it is nested too deeply");
	case json_error_numeric_overflow:
		return _("this number is too large");
	default:
		return _("this is no JSON");
	}
}

static int fail_reading(struct fields *f)
{
	json_decref(f->in);
	errno = f->error;
	return -1;
}

int fields_read(struct fields *f, const char *line, size_t n, char problem[RECORD_PROBLEM])
{
	json_error_t error;

	*f = (struct fields){.problem = problem};
	if (n > RECORD_LINE_MAX) {
		fields_fail(f, _("it is longer than %d bytes"), RECORD_LINE_MAX);
		return fail_reading(f);
	}
	f->in = json_loadb(line, n, JSON_REJECT_DUPLICATES, &error);
	if (!f->in && json_error_code(&error) == json_error_out_of_memory)
		no_memory(f);
	else if (!f->in)
		fields_fail(f, _("column %d: %s"), error.column, in_words(json_error_code(&error)));
	else if (!json_is_object(f->in))
		fields_fail(f, _("it is no JSON object"));
	return f->error ? fail_reading(f) : 0;
}

int fields_done(struct fields *f)
{
	if (f->error)
		return fail_reading(f);
	json_decref(f->in);
	return 0;
}

static const json_t *get(struct fields *f, const char *name)
{
	const json_t *value = json_object_get(f->in, name);
	if (!value)
		fields_fail(f, _("\"%s\" is missing"), name);
	return value;
}

static const char *get_string(struct fields *f, const char *name)
{
	const json_t *value = get(f, name);
	if (value && !json_is_string(value))
		not_that_type(f, name);
	return json_is_string(value) ? json_string_value(value) : "";
}

static int64_t signed_of(struct fields *f, const char *name, const json_t *value, int64_t least, int64_t most)
{
	int64_t number = json_integer_value(value);
	if (value && !json_is_integer(value))
		not_that_type(f, name);
	else if (number < least || number > most)
		out_of_range(f, name);
	return f->error ? least : number;
}

/* Decimal digits and nothing else. */
static bool read_digits(const char *s, uint64_t most, uint64_t *value)
{
	*value = 0;
	if (!*s)
		return false;
	for (; *s; s++) {
		unsigned digit = (unsigned)*s - '0';
		if (digit > 9 || *value > most / 10 || digit > most - *value * 10)
			return false;
		*value = *value * 10 + digit;
	}
	return true;
}

static uint64_t get_unsigned(struct fields *f, const char *name, uint64_t most)
{
	const json_t *value = get(f, name);
	uint64_t number = 0;

	if (!json_is_string(value))
		return (uint64_t)signed_of(f, name, value, 0, most < INT64_MAX ? (int64_t)most : INT64_MAX);
	if (!read_digits(json_string_value(value), most, &number))
		out_of_range(f, name);
	return f->error ? 0 : number;
}

/* What endpoint_format() writes. */
static bool read_endpoint(char *s, struct endpoint *e)
{
	uint64_t port, scope = 0;
	char *colon = strrchr(s, ':');

	if (!colon || !read_digits(colon + 1, UINT16_MAX, &port))
		return false;
	*colon = '\0';
	bool v6 = *s == '[' && colon[-1] == ']';
	if (v6) {
		char *percent = strchr(++s, '%');
		colon[-1] = '\0';
		if (percent && !read_digits(percent + 1, UINT32_MAX, &scope))
			return false;
		if (percent)
			*percent = '\0';
	}
	*e = (struct endpoint){.family = v6 ? 6 : 4, .port = (uint16_t)port, .scope = (uint32_t)scope};
	return inet_pton(v6 ? AF_INET6 : AF_INET, s, e->address) == 1;
}

static void get_endpoint(struct fields *f, const char *name, struct endpoint *e)
{
	char text[ENDPOINT_TEXT];
	const char *value = get_string(f, name);

	*e = (struct endpoint){0};
	if (f->error)
		return;
	if (strlen(value) >= sizeof text || !read_endpoint(strcpy(text, value), e)) {
		*e = (struct endpoint){0};
		out_of_range(f, name);
	}
}

/* --- Fields --- */

bool field_there(struct fields *f, const char *name, bool wanted)
{
	return f->out ? wanted : json_object_get(f->in, name) != NULL;
}

uint64_t field_unsigned(struct fields *f, const char *name, uint64_t value, uint64_t most)
{
	if (!f->out)
		return get_unsigned(f, name, most);
	put_name(f, name);
	put_unsigned(f, value);
	return value;
}

int64_t field_signed(struct fields *f, const char *name, int64_t value, int64_t least, int64_t most)
{
	if (!f->out)
		return signed_of(f, name, get(f, name), least, most);
	put_name(f, name);
	put_signed(f, value);
	return value;
}

/* The word of a value, or the value of a word, once the name has been dealt with. */
static unsigned word(struct fields *f, const char *name, enum word_set set, unsigned value, const char *found)
{
	if (f->out) {
		if (!*word_name(set, value))
			out_of_range(f, name);
		put_word(f, word_name(set, value));
	} else if (!f->error && !word_value(set, found, &value)) {
		fields_fail(f, _("\"%s\" has a word that is not known here"), name);
	}
	return value;
}

unsigned field_word(struct fields *f, const char *name, enum word_set set, unsigned value)
{
	if (!f->out)
		return word(f, name, set, value, get_string(f, name));
	put_name(f, name);
	return word(f, name, set, value, NULL);
}

uint64_t field_count(struct fields *f, const char *name, uint64_t value, uint64_t most)
{
	return field_there(f, name, value != 0) ? field_unsigned(f, name, value, most) : 0;
}

unsigned field_choice(struct fields *f, const char *name, enum word_set set, unsigned value)
{
	return field_there(f, name, value != 0) ? field_word(f, name, set, value) : 0;
}

static uint32_t put_choices(struct fields *f, const char *name, enum word_set set, uint32_t bits)
{
	const char *between = "[";

	put_name(f, name);
	for (unsigned bit = 0; bit < 32; bit++)
		if (bits >> bit & 1) {
			put_words(f, between);
			word(f, name, set, bit, NULL);
			between = ",";
		}
	put_words(f, "]");
	return bits;
}

static uint32_t get_choices(struct fields *f, const char *name, enum word_set set)
{
	const json_t *found = get(f, name);
	uint32_t bits = 0;

	if (!json_is_array(found))
		not_that_type(f, name);
	for (size_t i = 0; i < json_array_size(found) && !f->error; i++) {
		const char *text = json_string_value(json_array_get(found, i));
		bits |= UINT32_C(1) << word(f, name, set, 0, text ? text : "");
	}
	return bits;
}

uint32_t field_choices(struct fields *f, const char *name, enum word_set set, uint32_t bits)
{
	if (!field_there(f, name, bits != 0))
		return 0;
	return f->out ? put_choices(f, name, set, bits) : get_choices(f, name, set);
}

bool field_flag(struct fields *f, const char *name, bool value)
{
	if (!field_there(f, name, value))
		return false;
	if (f->out) {
		put_name(f, name);
		put_words(f, "true");
		return true;
	}
	const json_t *found = get(f, name);
	if (!json_is_boolean(found))
		not_that_type(f, name);
	return json_is_true(found);
}

static int put_error(struct fields *f, const char *name, enum symbol_set set, int value)
{
	const char *symbol = symbol_name(set, value);

	put_name(f, name);
	if (symbol)
		put_word(f, symbol);
	else
		put_signed(f, value);
	return value;
}

static int get_error(struct fields *f, const char *name, enum symbol_set set)
{
	const json_t *found = get(f, name);
	int value = 0;

	if (!json_is_string(found))
		return (int)signed_of(f, name, found, INT_MIN, INT_MAX);
	if (!symbol_value(set, json_string_value(found), &value))
		fields_fail(f, _("\"%s\" has a name that is not known on this system"), name);
	return value;
}

int field_error(struct fields *f, const char *name, enum symbol_set set, int value)
{
	if (!field_there(f, name, value != 0))
		return 0;
	return f->out ? put_error(f, name, set, value) : get_error(f, name, set);
}

void field_endpoint(struct fields *f, const char *name, struct endpoint *e)
{
	char text[ENDPOINT_TEXT];

	if (!field_there(f, name, e->family != 0))
		return;
	if (!f->out) {
		get_endpoint(f, name, e);
		return;
	}
	if (!*endpoint_format(e, text))
		out_of_range(f, name);
	put_name(f, name);
	put_word(f, text);
}

static void put_integers(struct fields *f, const char *name, const int *values, size_t n)
{
	put_name(f, name);
	for (size_t i = 0; i < n; i++) {
		put_words(f, i == 0 ? "[" : ",");
		put_signed(f, values[i]);
	}
	put_words(f, "]");
}

static void get_integers(struct fields *f, const char *name, int *values, size_t n)
{
	const json_t *found = get(f, name);

	if (!json_is_array(found))
		not_that_type(f, name);
	else if (json_array_size(found) > n)
		out_of_range(f, name);
	for (size_t i = 0; i < json_array_size(found) && !f->error; i++)
		values[i] = (int)signed_of(f, name, json_array_get(found, i), INT_MIN, INT_MAX);
}

void field_integers(struct fields *f, const char *name, int *values, size_t n)
{
	size_t used = n;

	while (f->out && used > 0 && values[used - 1] == 0)
		used--;
	if (!field_there(f, name, used > 0))
		return;
	if (f->out)
		put_integers(f, name, values, used);
	else
		get_integers(f, name, values, n);
}

/* UTF-8 that needs no escapes of six bytes, and does nothing to a terminal. */
static bool is_text(const uint8_t *s, size_t n)
{
	for (size_t i = 0, used; i < n; i += used) {
		uint32_t cp = s[i];
		used = cp < 0x80 ? 1 : text_decode(s + i, n - i, &cp);
		if (used == 0 || (cp < 0x20 && cp != '\t' && cp != '\n' && cp != '\r') || (cp >= 0x7f && cp < 0xa0))
			return false;
	}
	return true;
}

static void put_data(struct fields *f, const char *text, const char *hex, const struct event *e)
{
	if (is_text(e->data, e->size)) {
		put_name(f, text);
		put_text(f, e->data, e->size);
	} else {
		put_name(f, hex);
		put_hex(f, e->data, e->size);
	}
}

/* What a hexadecimal digit is worth. */
static unsigned digit_of(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

static void get_text(struct fields *f, const char *name, struct buf *room, uint32_t most)
{
	const char *s = get_string(f, name);
	size_t n = strlen(s);

	if (n > most)
		out_of_range(f, name);
	else if (buf_append(room, s, n) == -1)
		no_memory(f);
}

static void get_hex(struct fields *f, const char *name, struct buf *room, uint32_t most)
{
	const char *s = get_string(f, name);
	size_t n = strlen(s) / 2;

	if (n > most || s[2 * n] || s[strspn(s, "0123456789abcdefABCDEF")]) {
		out_of_range(f, name);
		return;
	}
	uint8_t *to = buf_reserve(room, n);
	if (!to) {
		no_memory(f);
		return;
	}
	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)(digit_of(s[2 * i]) << 4 | digit_of(s[2 * i + 1]));
	room->size += n;
}

void field_data(struct fields *f, const char *text, const char *hex, struct event *e, struct buf *room, uint32_t most)
{
	if (f->out) {
		if (e->size > most)
			out_of_range(f, text);
		else if (e->size > 0)
			put_data(f, text, hex, e);
		return;
	}
	buf_clear(room);
	if (field_there(f, text, false) && field_there(f, hex, false))
		fields_fail(f, _("\"%s\" and \"%s\" are both there"), text, hex);
	else if (field_there(f, text, false))
		get_text(f, text, room, most);
	else if (field_there(f, hex, false))
		get_hex(f, hex, room, most);
	e->size = (uint32_t)room->size;
	e->data = e->size ? buf_bytes(room) : NULL;
}
