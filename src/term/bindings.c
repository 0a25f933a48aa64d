#include "bindings.h"

#include <readline/readline.h>
#include <stdio.h>
#include <string.h>

#include "keys.h"

static bindings_run *run;

/* Each command is a function to readline, so that an inputrc can give it another key. */
#define COMMAND(name, key)                                                                                             \
	static int name(int count, int byte)                                                                           \
	{                                                                                                              \
		(void)count;                                                                                           \
		(void)byte;                                                                                            \
		run(key);                                                                                              \
		return 0;                                                                                              \
	}

COMMAND(help, INPUT_HELP)
COMMAND(protocol, INPUT_PROTOCOL)
COMMAND(calls, INPUT_CALLS)
COMMAND(ladder, INPUT_LADDER)
COMMAND(statistics, INPUT_STATISTICS)
COMMAND(sockets, INPUT_SOCKETS)
COMMAND(quit, INPUT_QUIT)
COMMAND(suspend, INPUT_SUSPEND)
COMMAND(redraw, INPUT_REDRAW)
COMMAND(cancel, INPUT_CANCEL)
COMMAND(page_up, INPUT_PAGE_UP)
COMMAND(page_down, INPUT_PAGE_DOWN)
COMMAND(top, INPUT_TOP)
COMMAND(bottom, INPUT_BOTTOM)
COMMAND(line_up, INPUT_LINE_UP)
COMMAND(line_down, INPUT_LINE_DOWN)

static int home(int count, int byte)
{
	return rl_end > 0 ? rl_beg_of_line(count, byte) : top(count, byte);
}

static int end(int count, int byte)
{
	return rl_end > 0 ? rl_end_of_line(count, byte) : bottom(count, byte);
}

static int focus(int count, int byte)
{
	if (rl_end > 0)
		return rl_complete(count, byte);
	run(INPUT_FOCUS);
	return 0;
}

static const struct command {
	const char *name;
	rl_command_func_t *function;
	enum input_key key;
	enum key_scope scope;
} commands[] = {
	{"uproar-help", help, INPUT_HELP, KEY_ALWAYS},
	{"uproar-protocol", protocol, INPUT_PROTOCOL, KEY_ALWAYS},
	{"uproar-calls", calls, INPUT_CALLS, KEY_ALWAYS},
	{"uproar-ladder", ladder, INPUT_LADDER, KEY_ALWAYS},
	{"uproar-statistics", statistics, INPUT_STATISTICS, KEY_ALWAYS},
	{"uproar-sockets", sockets, INPUT_SOCKETS, KEY_ALWAYS},
	{"uproar-quit", quit, INPUT_QUIT, KEY_ALWAYS},
	{"uproar-suspend", suspend, INPUT_SUSPEND, KEY_ALWAYS},
	{"uproar-redraw", redraw, INPUT_REDRAW, KEY_ALWAYS},
	{"uproar-cancel", cancel, INPUT_CANCEL, KEY_ALWAYS},
	{"uproar-page-up", page_up, INPUT_PAGE_UP, KEY_ALWAYS},
	{"uproar-page-down", page_down, INPUT_PAGE_DOWN, KEY_ALWAYS},
	{"uproar-top", top, INPUT_TOP, KEY_ALWAYS},
	{"uproar-bottom", bottom, INPUT_BOTTOM, KEY_ALWAYS},
	{"uproar-line-up", line_up, INPUT_LINE_UP, KEY_ALWAYS},
	{"uproar-line-down", line_down, INPUT_LINE_DOWN, KEY_ALWAYS},
	{"uproar-home", home, INPUT_TOP, KEY_EMPTY_LINE},
	{"uproar-end", end, INPUT_BOTTOM, KEY_EMPTY_LINE},
	{"uproar-focus", focus, INPUT_FOCUS, KEY_EMPTY_LINE},
};

static const struct command *command_of(const struct key *key)
{
	for (size_t i = 0; i < COUNT(commands); i++)
		if (commands[i].key == key->key && commands[i].scope == key->scope)
			return &commands[i];
	return NULL;
}

/* What ours do as well, on a line with text. */
static bool is_done_by_ours(const char *bytes, Keymap keymap)
{
	int type;
	rl_command_func_t *bound = rl_function_of_keyseq(bytes, keymap, &type);
	return bound && type == ISFUNC && (bound == rl_beg_of_line || bound == rl_end_of_line || bound == rl_complete);
}

/* Two ESC at the beginning are left to the input line: bound here, readline would wait for more after ESC ESC. */
static void bind_key(const struct key *key, Keymap keymap, bool after_inputrc)
{
	const struct command *command = command_of(key);
	if (!command || strncmp(key->bytes, "\033\033", 2) == 0)
		return;
	if (!after_inputrc || (key->scope == KEY_EMPTY_LINE && is_done_by_ours(key->bytes, keymap)))
		rl_bind_keyseq_in_map(key->bytes, command->function, keymap);
}

void bindings_bind(bool after_inputrc)
{
	static Keymap const keymaps[] = {emacs_standard_keymap, vi_insertion_keymap, vi_movement_keymap};
	const struct key *key;
	for (size_t i = 0; (key = key_at(i)); i++)
		for (size_t k = 0; k < COUNT(keymaps); k++)
			bind_key(key, keymaps[k], after_inputrc);
}

void bindings_name(bindings_run *keys_run)
{
	run = keys_run;
	for (size_t i = 0; i < COUNT(commands); i++)
		rl_add_funmap_entry(commands[i].name, commands[i].function);
}
