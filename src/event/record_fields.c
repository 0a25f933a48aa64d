#include "record_fields.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <uproar/text.h>

void fields_fail(struct fields *f, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	if (!f->error && f->problem)
		vsnprintf(f->problem, RECORD_PROBLEM, format, args);
	va_end(args);
	if (!f->error)
		f->error = EBADMSG;
}

static void no_memory(struct fields *f)
{
	fields_fail(f, _("there is no memory for it"));
	f->error = ENOMEM;
}

static void not_that_type(struct fields *f, const char *name)
{
	fields_fail(f, _("\"%s\" has a value of another type than it must have"), name);
}

static void out_of_range(struct fields *f, const char *name)
{
	fields_fail(f, _("\"%s\" has a value that is not possible"), name);
}

/* --- Objects --- */

int fields_done(struct fields *f)
{
	json_decref(f->object);
	if (!f->error)
		return 0;
	errno = f->error;
	return -1;
}

void fields_write(struct fields *f)
{
	*f = (struct fields){.object = json_object(), .writing = true};
}

static int append(const char *data, size_t n, void *out)
{
	return buf_append(out, data, n);
}

int fields_written(struct fields *f, struct buf *out)
{
	size_t before = out->size;

	if (!f->error && (json_dump_callback(f->object, append, out, JSON_COMPACT) == -1 || append("\n", 1, out) == -1))
		no_memory(f);
	if (f->error)
		out->size = before;
	return fields_done(f);
}

/* What jansson itself says quotes the line, whose bytes may be anything. */
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

int fields_read(struct fields *f, const char *line, size_t n, char problem[RECORD_PROBLEM])
{
	json_error_t error;

	*f = (struct fields){.problem = problem};
	errno = 0; /* jansson does not always tell that there was no memory */
	if (n > RECORD_LINE_MAX)
		fields_fail(f, _("it is longer than %d bytes"), RECORD_LINE_MAX);
	else if ((f->object = json_loadb(line, n, JSON_REJECT_DUPLICATES, &error)) == NULL && errno == ENOMEM)
		no_memory(f);
	else if (!f->object)
		fields_fail(f, _("column %d: %s"), error.column, in_words(json_error_code(&error)));
	else if (!json_is_object(f->object))
		fields_fail(f, _("it is no JSON object"));
	return f->error ? fields_done(f) : 0;
}

/* --- Values --- */

/* Takes the value, which is NULL when there was no memory for it. */
static void set(struct fields *f, const char *name, json_t *value)
{
	if (json_object_set_new_nocheck(f->object, name, value) == -1)
		no_memory(f);
}

static void add(struct fields *f, json_t *array, json_t *value)
{
	if (json_array_append_new(array, value) == -1)
		no_memory(f);
}

static const json_t *get(struct fields *f, const char *name)
{
	const json_t *value = json_object_get(f->object, name);
	if (!value)
		fields_fail(f, _("\"%s\" is missing"), name);
	return value;
}

static const char *get_string(struct fields *f, const char *name)
{
	const json_t *value = get(f, name);
	if (!json_is_string(value))
		not_that_type(f, name);
	return f->error ? "" : json_string_value(value);
}

static const json_t *get_array(struct fields *f, const char *name)
{
	const json_t *value = get(f, name);
	if (!json_is_array(value))
		not_that_type(f, name);
	return value;
}

bool field_there(const struct fields *f, const char *name, bool wanted)
{
	return f->writing ? wanted : json_object_get(f->object, name) != NULL;
}

/* --- Numbers --- */

static int64_t integer(struct fields *f, const char *name, const json_t *value, int64_t least, int64_t most)
{
	int64_t number = json_integer_value(value);
	if (!json_is_integer(value))
		not_that_type(f, name);
	else if (number < least || number > most)
		out_of_range(f, name);
	return f->error ? least : number;
}

int64_t field_signed(struct fields *f, const char *name, int64_t value, int64_t least, int64_t most)
{
	if (!f->writing)
		return integer(f, name, get(f, name), least, most);
	set(f, name, json_integer(value));
	return value;
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

uint64_t field_unsigned(struct fields *f, const char *name, uint64_t value, uint64_t most)
{
	const json_t *found = f->writing ? NULL : get(f, name);

	if (f->writing ? value <= INT64_MAX : !json_is_string(found))
		return (uint64_t)field_signed(f, name, (int64_t)value, 0,
					      (int64_t)(most < INT64_MAX ? most : INT64_MAX));
	if (f->writing)
		set(f, name, json_sprintf("%ju", (uintmax_t)value));
	else if (!read_digits(json_string_value(found), most, &value))
		out_of_range(f, name);
	return f->error ? 0 : value;
}

uint64_t field_count(struct fields *f, const char *name, uint64_t value, uint64_t most)
{
	return field_there(f, name, value != 0) ? field_unsigned(f, name, value, most) : 0;
}

bool field_flag(struct fields *f, const char *name, bool value)
{
	if (!field_there(f, name, value))
		return false;
	if (f->writing) {
		set(f, name, json_true());
		return true;
	}
	const json_t *found = get(f, name);
	if (!json_is_boolean(found))
		not_that_type(f, name);
	return json_is_true(found);
}

static void set_integers(struct fields *f, const char *name, const int *values, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		add(f, array, json_integer(values[i]));
	set(f, name, array);
}

static void get_integers(struct fields *f, const char *name, int *values, size_t n)
{
	const json_t *array = get_array(f, name);

	if (json_array_size(array) > n)
		out_of_range(f, name);
	for (size_t i = 0; i < json_array_size(array) && !f->error; i++)
		values[i] = (int)integer(f, name, json_array_get(array, i), INT_MIN, INT_MAX);
}

void field_integers(struct fields *f, const char *name, int *values, size_t n)
{
	size_t used = n;

	while (used > 0 && values[used - 1] == 0)
		used--;
	if (!field_there(f, name, used > 0))
		return;
	if (f->writing)
		set_integers(f, name, values, used);
	else
		get_integers(f, name, values, n);
}

/* --- Words --- */

static json_t *word_of(struct fields *f, const char *name, enum word_set words, unsigned value)
{
	const char *word = word_name(words, value);
	if (!*word)
		out_of_range(f, name);
	return json_string_nocheck(word);
}

static unsigned value_of(struct fields *f, const char *name, enum word_set words, const char *word)
{
	unsigned value = 0;
	if (!word || !word_value(words, word, &value))
		fields_fail(f, _("\"%s\" has a word that is not known here"), name);
	return value;
}

unsigned field_word(struct fields *f, const char *name, enum word_set words, unsigned value)
{
	if (!f->writing)
		return value_of(f, name, words, get_string(f, name));
	set(f, name, word_of(f, name, words, value));
	return value;
}

unsigned field_choice(struct fields *f, const char *name, enum word_set words, unsigned value)
{
	return field_there(f, name, value != 0) ? field_word(f, name, words, value) : 0;
}

static uint32_t set_choices(struct fields *f, const char *name, enum word_set words, uint32_t bits)
{
	json_t *array = json_array();

	for (unsigned bit = 0; bit < 32; bit++)
		if (bits >> bit & 1)
			add(f, array, word_of(f, name, words, bit));
	set(f, name, array);
	return bits;
}

static uint32_t get_choices(struct fields *f, const char *name, enum word_set words)
{
	const json_t *array = get_array(f, name);
	uint32_t bits = 0;

	for (size_t i = 0; i < json_array_size(array) && !f->error; i++)
		bits |= UINT32_C(1) << value_of(f, name, words, json_string_value(json_array_get(array, i)));
	return bits;
}

uint32_t field_choices(struct fields *f, const char *name, enum word_set words, uint32_t bits)
{
	if (!field_there(f, name, bits != 0))
		return 0;
	return f->writing ? set_choices(f, name, words, bits) : get_choices(f, name, words);
}

static int set_error(struct fields *f, const char *name, enum symbol_set symbols, int value)
{
	const char *symbol = symbol_name(symbols, value);
	set(f, name, symbol ? json_string_nocheck(symbol) : json_integer(value));
	return value;
}

static int get_error(struct fields *f, const char *name, enum symbol_set symbols)
{
	const json_t *found = get(f, name);
	int value = 0;

	if (!json_is_string(found))
		return (int)integer(f, name, found, INT_MIN, INT_MAX);
	if (!symbol_value(symbols, json_string_value(found), &value))
		fields_fail(f, _("\"%s\" has a name that is not known on this system"), name);
	return value;
}

int field_error(struct fields *f, const char *name, enum symbol_set symbols, int value)
{
	if (!field_there(f, name, value != 0))
		return 0;
	return f->writing ? set_error(f, name, symbols, value) : get_error(f, name, symbols);
}

/* --- Endpoints --- */

void field_endpoint(struct fields *f, const char *name, struct endpoint *e)
{
	char text[ENDPOINT_TEXT];

	if (!field_there(f, name, e->family != 0))
		return;
	if (!f->writing) {
		if (!endpoint_parse(get_string(f, name), e))
			out_of_range(f, name);
		return;
	}
	if (!*endpoint_format(e, text))
		out_of_range(f, name);
	set(f, name, json_string_nocheck(text));
}

/* --- Data --- */

/* UTF-8 that does nothing to a terminal, and needs at most two bytes for one. */
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

static json_t *hex_of(const uint8_t *s, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	struct buf hex = {0};
	char *to = (char *)buf_reserve(&hex, 2 * n);

	for (size_t i = 0; to && i < n; i++) {
		to[2 * i] = digits[s[i] >> 4];
		to[2 * i + 1] = digits[s[i] & 15];
	}
	json_t *string = to ? json_stringn_nocheck(to, 2 * n) : NULL;
	buf_free(&hex);
	return string;
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

/* What a hexadecimal digit is worth. */
static unsigned digit_of(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

static void get_hex(struct fields *f, const char *name, struct buf *room, uint32_t most)
{
	const char *s = get_string(f, name);
	size_t n = strlen(s) / 2;
	uint8_t *to = NULL;

	if (n > most || s[2 * n] || s[strspn(s, "0123456789abcdefABCDEF")])
		out_of_range(f, name);
	else if (!(to = buf_reserve(room, n)))
		no_memory(f);
	if (!to)
		return;
	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)(digit_of(s[2 * i]) << 4 | digit_of(s[2 * i + 1]));
	room->size += n;
}

static void set_data(struct fields *f, const char *text, const char *hex, const struct event *e, uint32_t most)
{
	if (e->size > most)
		out_of_range(f, text);
	else if (e->size > 0 && is_text(e->data, e->size))
		set(f, text, json_stringn_nocheck(e->data, e->size));
	else if (e->size > 0)
		set(f, hex, hex_of(e->data, e->size));
}

void field_data(struct fields *f, const char *text, const char *hex, struct event *e, struct buf *room, uint32_t most)
{
	if (f->writing) {
		set_data(f, text, hex, e, most);
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
