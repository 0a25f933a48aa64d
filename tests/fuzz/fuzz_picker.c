/*
 * Any keys on the first screen, of any size. Input: the width, the height, and keys: a byte below 0x20 is one of the
 * keys that are not text, the others are characters that are typed.
 */
#include "../../src/client/options.h"
#include "../../src/client/picker.h"
#include "shown.h"

enum { ROWS_MAX = 40, DRAWN = 8 }; /* DRAWN: one key of so many */

static void check_text(const struct picker_text *t)
{
	check(t->size < PICKER_TEXT && t->cursor <= t->size && t->bytes[t->size] == '\0');
	check(strlen(t->bytes) == t->size);
	check(u8_check((const uint8_t *)t->bytes, t->size) == NULL);
	check(!text_continues((uint8_t)t->bytes[t->cursor]));
}

static void check_picker(const struct picker *p)
{
	check(p->field < PICK_FIELDS);
	check(p->protocol == PROTOCOL_TCP || p->protocol == PROTOCOL_UDP);
	check(p->field != PICK_TCP || p->protocol == PROTOCOL_TCP);
	check(p->field != PICK_UDP || p->protocol == PROTOCOL_UDP);
	check_text(&p->host);
	check_text(&p->port);
	check(picker_port(p) && *picker_port(p));
}

static void check_rows(const struct picker *p, unsigned width, unsigned height)
{
	struct view_row rows[ROWS_MAX] = {0};
	unsigned y, x;
	check(picker_rows(p, width, height, rows, &y, &x) == 0);
	check(y < height && x < width);
	for (unsigned i = 0; i < ROWS_MAX; i++) {
		check_row(&rows[i]);
		check(i < height || rows[i].text.size == 0);
		view_row_free(&rows[i]);
	}
}

/* The character that the terminal's thread would give; 0: no such key. */
static size_t typed(struct input *in, char out[4])
{
	ucs4_t cp;
	int size = u8_mbtoucr(&cp, in->bytes, in->left);
	if (size <= 0 || cp == 0x7f) {
		take_byte(in);
		return 0;
	}
	memcpy(out, take_bytes(in, &(size_t){(size_t)size}), (size_t)size);
	return (size_t)size;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	struct input in = {input, n};
	struct picker p;
	check(text_locale());
	unsigned width = 1 + take_byte(&in) % 100U, height = 1 + take_byte(&in) % (unsigned)ROWS_MAX;
	bool given = width % 2;
	picker_init(&p, given ? "host.example" : NULL, given ? "7" : NULL);
	for (unsigned keys = 0; in.left > 0; keys++) {
		char text[4] = "";
		enum input_key key = INPUT_TEXT;
		size_t size = 0;
		if (*in.bytes < ' ')
			key = take_byte(&in) % (INPUT_DELETE + 1);
		else if ((size = typed(&in, text)) == 0)
			continue;
		if (key == INPUT_TEXT && size == 0)
			continue;
		enum picker_result result = picker_key(&p, key, text, size);
		check_picker(&p);
		check(result != PICKER_STARTS || !options_address_problem(picker_host(&p), picker_port(&p)));
		if (result != PICKER_GOES_ON)
			break;
		if (keys % DRAWN == 0)
			check_rows(&p, width, height);
	}
	check_rows(&p, width, height);
	return 0;
}
