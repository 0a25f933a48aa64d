#include "keys.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct key keys[] = {
	{"\033OP",        INPUT_HELP,       KEY_ALWAYS}, /* xterm, vt220 */
	{"\033[P",        INPUT_HELP,       KEY_ALWAYS}, /* kitty, st */
	{"\033[11~",      INPUT_HELP,       KEY_ALWAYS}, /* rxvt, PuTTY */
	{"\033[[A",       INPUT_HELP,       KEY_ALWAYS}, /* linux */
	{"\033[28~",      INPUT_HELP,       KEY_ALWAYS}, /* vt220's Help */
	{"\033OQ",        INPUT_PROTOCOL,   KEY_ALWAYS},
	{"\033[Q",        INPUT_PROTOCOL,   KEY_ALWAYS},
	{"\033[12~",      INPUT_PROTOCOL,   KEY_ALWAYS},
	{"\033[[B",       INPUT_PROTOCOL,   KEY_ALWAYS},
	{"\033OR",        INPUT_CALLS,      KEY_ALWAYS},
	{"\033[R",        INPUT_CALLS,      KEY_ALWAYS},
	{"\033[13~",      INPUT_CALLS,      KEY_ALWAYS},
	{"\033[[C",       INPUT_CALLS,      KEY_ALWAYS},
	{"\033OS",        INPUT_LADDER,     KEY_ALWAYS},
	{"\033[S",        INPUT_LADDER,     KEY_ALWAYS},
	{"\033[14~",      INPUT_LADDER,     KEY_ALWAYS},
	{"\033[[D",       INPUT_LADDER,     KEY_ALWAYS},
	{"\033[15~",      INPUT_STATISTICS, KEY_ALWAYS},
	{"\033[[E",       INPUT_STATISTICS, KEY_ALWAYS},
	{"\033[17~",      INPUT_SOCKETS,    KEY_ALWAYS},
	{"\033[21~",      INPUT_QUIT,       KEY_ALWAYS},
	{"\032",          INPUT_SUSPEND,    KEY_ALWAYS},
	{"\014",          INPUT_REDRAW,     KEY_ALWAYS},
	{"\003",          INPUT_CANCEL,     KEY_ALWAYS},
	{"\033[5~",       INPUT_PAGE_UP,    KEY_ALWAYS},
	{"\033[6~",       INPUT_PAGE_DOWN,  KEY_ALWAYS},
	{"\033[1;5H",     INPUT_TOP,        KEY_ALWAYS}, /* Ctrl-Home */
	{"\033[7^",       INPUT_TOP,        KEY_ALWAYS}, /* rxvt's */
	{"\033<",         INPUT_TOP,        KEY_ALWAYS},
	{"\033[1;5F",     INPUT_BOTTOM,     KEY_ALWAYS},
	{"\033[8^",       INPUT_BOTTOM,     KEY_ALWAYS},
	{"\033>",         INPUT_BOTTOM,     KEY_ALWAYS},
	{"\033[1;3A",     INPUT_LINE_UP,    KEY_ALWAYS}, /* Alt-Up */
	{"\033\033[A",    INPUT_LINE_UP,    KEY_ALWAYS}, /* rxvt's, PuTTY's */
	{"\033\033OA",    INPUT_LINE_UP,    KEY_ALWAYS},
	{"\033[1;3B",     INPUT_LINE_DOWN,  KEY_ALWAYS},
	{"\033\033[B",    INPUT_LINE_DOWN,  KEY_ALWAYS},
	{"\033\033OB",    INPUT_LINE_DOWN,  KEY_ALWAYS},
	{"\033[H",        INPUT_TOP,        KEY_EMPTY_LINE}, /* Home */
	{"\033OH",        INPUT_TOP,        KEY_EMPTY_LINE},
	{"\033[1~",       INPUT_TOP,        KEY_EMPTY_LINE}, /* linux, vt220 */
	{"\033[7~",       INPUT_TOP,        KEY_EMPTY_LINE}, /* rxvt */
	{"\033[F",        INPUT_BOTTOM,     KEY_EMPTY_LINE},
	{"\033OF",        INPUT_BOTTOM,     KEY_EMPTY_LINE},
	{"\033[4~",       INPUT_BOTTOM,     KEY_EMPTY_LINE},
	{"\033[8~",       INPUT_BOTTOM,     KEY_EMPTY_LINE},
	{"\004",          INPUT_QUIT,       KEY_GRABBED},
	{"\033[A",        INPUT_UP,         KEY_GRABBED},
	{"\033OA",        INPUT_UP,         KEY_GRABBED},
	{"\020",          INPUT_UP,         KEY_GRABBED}, /* Ctrl-P */
	{"\033[B",        INPUT_DOWN,       KEY_GRABBED},
	{"\033OB",        INPUT_DOWN,       KEY_GRABBED},
	{"\016",          INPUT_DOWN,       KEY_GRABBED}, /* Ctrl-N */
	{"\033[D",        INPUT_LEFT,       KEY_GRABBED},
	{"\033OD",        INPUT_LEFT,       KEY_GRABBED},
	{"\033[C",        INPUT_RIGHT,      KEY_GRABBED},
	{"\033OC",        INPUT_RIGHT,      KEY_GRABBED},
	{"\t",            INPUT_TAB,        KEY_GRABBED},
	{"\t",            INPUT_FOCUS,      KEY_EMPTY_LINE}, /* key_find() finds the one before it */
	{"\033[Z",        INPUT_BACKTAB,    KEY_GRABBED},
	{"\r",            INPUT_ENTER,      KEY_GRABBED},
	{"\n",            INPUT_ENTER,      KEY_GRABBED},
	{"\033OM",        INPUT_ENTER,      KEY_GRABBED}, /* the number pad's */
	{"\033",          INPUT_ESCAPE,     KEY_GRABBED},
	{"\033\033",      INPUT_ESCAPE,     KEY_GRABBED},
	{"\177",          INPUT_BACKSPACE,  KEY_GRABBED},
	{"\010",          INPUT_BACKSPACE,  KEY_GRABBED},
	{"\033[3~",       INPUT_DELETE,     KEY_GRABBED},
};
/* clang-format on */

const struct key *key_at(size_t i)
{
	return i < COUNT(keys) ? &keys[i] : NULL;
}

const struct key *key_find(const char *bytes, size_t n)
{
	for (size_t i = 0; i < COUNT(keys); i++)
		if (strlen(keys[i].bytes) == n && memcmp(keys[i].bytes, bytes, n) == 0)
			return &keys[i];
	return NULL;
}

/* --- The mouse --- */

enum {
	BUTTON_LEFT = 0,
	BUTTON_WHEEL_UP = 64,
	BUTTON_WHEEL_DOWN = 65,
	BUTTON_WITH_KEYS = 4 | 8 | 16, /* Shift, Alt and Ctrl were held */
	MOUSE_ROOM = 32,
};

bool key_mouse(const char *bytes, size_t n, enum input_mouse *what, unsigned *y, unsigned *x)
{
	char text[MOUSE_ROOM], end;
	unsigned button, column, row;
	int used = 0;
	if (n >= sizeof text || n < 3 || memcmp(bytes, "\033[<", 3) != 0)
		return false;
	memcpy(text, bytes, n);
	text[n] = '\0';
	if (sscanf(text + 3, "%5u;%5u;%5u%c%n", &button, &column, &row, &end, &used) != 4 || text[3 + used] != '\0')
		return false;
	button &= ~(unsigned)BUTTON_WITH_KEYS;
	if (end != 'M' || column == 0 || row == 0)
		return false;
	if (button != BUTTON_LEFT && button != BUTTON_WHEEL_UP && button != BUTTON_WHEEL_DOWN)
		return false;
	*what = button == BUTTON_LEFT ? MOUSE_BUTTON : button == BUTTON_WHEEL_UP ? MOUSE_WHEEL_UP : MOUSE_WHEEL_DOWN;
	*y = row - 1;
	*x = column - 1;
	return true;
}
