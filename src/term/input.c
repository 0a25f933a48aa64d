/*
 * The input line: with bindings.c the only user of readline, which here neither reads the terminal nor writes to it.
 *
 * What the terminal sent goes through the framer, which makes whole keys of it. A key is put into a queue, from which
 * readline takes its characters (next_byte) until it is empty; so readline never waits. It draws nothing: the screen
 * asks for the row when it wants to.
 */
#include <errno.h>
#include <readline/history.h>
#include <readline/readline.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uproar/term.h>
#include <uproar/text.h>

#include "bindings.h"
#include "framer.h"
#include "histfile.h"
#include "keys.h"
#include "strip.h"

enum {
	EMACS = 1, /* of rl_editing_mode */
	SEQUENCE_ROOM = 128,
	REMEMBERED_MAX = 4096, /* bytes of a line that the history keeps */
	DELETE = 0x7f,         /* with the controls of ISO 6429 behind it, up to: */
	LAST_CONTROL = 0x9f,
};

static struct {
	bool open, grabbed;
	struct input_handlers handlers;
	struct framer framer;
	struct buf queue;   /* what readline is to read */
	size_t starved;     /* bytes that readline asked for in vain */
	FILE *nowhere;      /* what readline believes to be its terminal */
	char *history;      /* the file's path, or NULL */
	struct ring words;  /* of char *: the words that complete() adds, or those of the pop-up */
	struct strip strip; /* prompt and line, as input_row() shows them */
} in;

/* --- What a key does --- */

static void tell(enum input_key key, const char *text, size_t n)
{
	in.handlers.key(key, text, n, in.handlers.arg);
}

/* readline is in the middle of something: a search, a key sequence, an argument. */
static bool is_busy(void)
{
	return RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH | RL_STATE_MULTIKEY | RL_STATE_NUMERICARG |
			  RL_STATE_VIMOTION | RL_STATE_CHARSEARCH);
}

/* As if the line had never been begun: rl_initialize() also takes readline out of the history's past. */
static void clear_line(void)
{
	rl_callback_sigcleanup();
	rl_free_line_state();
	rl_replace_line("", 1);
	rl_initialize();
	if (rl_editing_mode != EMACS)
		rl_vi_insertion_mode(1, 0);
}

/* A key of ours: clearing the line comes before any other meaning of INPUT_CANCEL. */
static void run(enum input_key key)
{
	if (key == INPUT_CANCEL && (rl_end > 0 || is_busy()))
		clear_line();
	else
		tell(key, NULL, 0);
}

/* --- Feeding readline --- */

/*
 * readline asks for a byte. There is one, but for commands that read on by themselves until something comes: then the
 * end of a bracketed paste satisfies even the one that reads those. EOF would make readline 8.2 read past its memory.
 */
static int next_byte(FILE *stream)
{
	static const char enough[] = "\033[201~";
	(void)stream;
	if (in.queue.size == 0)
		return (unsigned char)enough[in.starved++ % (sizeof enough - 1)];
	unsigned char byte = *buf_bytes(&in.queue);
	buf_consume(&in.queue, 1);
	return byte;
}

static int has_byte(void)
{
	return in.queue.size > 0;
}

static void feed(const char *bytes, size_t n)
{
	in.starved = 0;
	if (buf_append(&in.queue, bytes, n) == -1)
		screen_beep();
	while (in.open && in.queue.size > 0)
		rl_callback_read_char();
}

static bool is_vi_command(void)
{
	return rl_editing_mode != EMACS && rl_get_keymap() == vi_movement_keymap;
}

/* What readline makes of these keys, after those that it has of a sequence so far. */
static enum meaning { NOTHING, PREFIX, FUNCTION } meaning(const char *bytes, size_t n)
{
	char all[SEQUENCE_ROOM];
	size_t before = RL_ISSTATE(RL_STATE_MULTIKEY) ? (size_t)rl_key_sequence_length : 0;
	int type;
	if (before + n > sizeof all)
		return NOTHING;
	memcpy(all, rl_executing_keyseq, before);
	memcpy(all + before, bytes, n);
	if (!rl_function_of_keyseq_len(all, before + n, NULL, &type))
		return NOTHING;
	return type == ISKMAP ? PREFIX : FUNCTION;
}

/* ESC alone: in vi's command mode it ends what was begun; readline itself would wait for another key. */
static void take_escape(void)
{
	if (is_vi_command() && RL_ISSTATE(RL_STATE_NSEARCH | RL_STATE_ISEARCH) == 0)
		rl_callback_sigcleanup();
	else
		feed("\033", 1);
}

/* A whole escape sequence. Those that mean nothing are dropped: readline would leave their ends in the line. */
static void take_sequence(const char *bytes, size_t n)
{
	const struct key *key = key_find(bytes, n);
	bool alt = bytes[1] != '[' && bytes[1] != 'O';
	if (RL_ISSTATE(RL_STATE_NSEARCH | RL_STATE_CHARSEARCH))
		return;
	if (RL_ISSTATE(RL_STATE_MULTIKEY) && meaning(bytes, n) != FUNCTION)
		rl_callback_sigcleanup();
	if (meaning(bytes, n) == FUNCTION) {
		feed(bytes, n);
	} else if (key && key->scope == KEY_ALWAYS) {
		tell(key->key, NULL, 0);
	} else if (alt && rl_editing_mode != EMACS) { /* ESC, and a key of vi's command mode */
		take_escape();
		feed(bytes + 1, n - 1);
	}
}

/*
 * A character. A key sequence that means nothing is dropped whole: readline would take the rest of a character in it
 * for characters. In a search it would also jump into a function that has returned (8.2: its `_rl_top_level` is stale
 * when keys are pushed back), so there keys that begin a sequence are dropped.
 */
static void take_character(const char *bytes, size_t n)
{
	if (RL_ISSTATE(RL_STATE_ISEARCH) && meaning(bytes, n) == PREFIX)
		return;
	if (RL_ISSTATE(RL_STATE_MULTIKEY) && meaning(bytes, n) == NOTHING)
		rl_callback_sigcleanup();
	else if (RL_ISSTATE(RL_STATE_VIMOTION) && !RL_ISSTATE(RL_STATE_CHARSEARCH) && n > 1)
		rl_callback_sigcleanup();
	else
		feed(bytes, n);
}

static void take_key(const char *bytes, size_t n)
{
	if (*bytes == '\003' && is_busy())
		run(INPUT_CANCEL);
	else if (*bytes != '\033')
		take_character(bytes, n);
	else if (n == 1)
		take_escape();
	else
		take_sequence(bytes, n);
}

/* --- Pastes, grabbed keys --- */

static void each_character(const char *text, size_t n, void (*take)(const char *character, size_t n))
{
	uint32_t cp;
	for (size_t i = 0, size; i < n; i += size) {
		size = text_decode(text + i, n - i, &cp);
		if (size == 0)
			size = 1;
		take(text + i, size);
	}
}

static void search_for(const char *character, size_t n)
{
	feed(*character == '\n' ? " " : character, n);
}

static void grab_text(const char *character, size_t n)
{
	if (*character != '\n')
		tell(INPUT_TEXT, character, n);
}

/* A paste never sends by itself: it is put into the line as a whole, or into what is being searched for. */
static void take_paste(const char *text, size_t n)
{
	if (RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH)) {
		each_character(text, n, search_for);
	} else if (!is_busy() && !is_vi_command()) {
		char *whole = strndup(text, n);
		if (whole)
			rl_insert_text(whole);
		free(whole);
	}
}

static void take_grabbed(enum frame kind, const char *data, size_t n)
{
	const struct key *key = key_find(data, n);
	if (kind == FRAME_PASTE)
		each_character(data, n, grab_text);
	else if (key)
		tell(key->key, NULL, 0);
	else if (kind == FRAME_CHARACTER && (unsigned char)*data >= ' ')
		tell(INPUT_TEXT, data, n);
}

static void tell_mouse(const char *data, size_t n)
{
	enum input_mouse what;
	unsigned y, x;
	if (in.handlers.mouse && key_mouse(data, n, &what, &y, &x))
		in.handlers.mouse(what, y, x, in.handlers.arg);
}

static void forget_words(void)
{
	for (size_t i = 0; i < in.words.count; i++)
		free(*(char **)ring_at(&in.words, i));
	ring_cut(&in.words, 0);
}

static void take_frame(enum frame kind, const char *data, size_t n)
{
	if (!in.open)
		return;
	if (kind == FRAME_SEQUENCE)
		tell_mouse(data, n); /* to readline it is a sequence that means nothing */
	forget_words();
	if (kind == FRAME_LOST || kind == FRAME_PASTE_CUT)
		screen_beep();
	if (kind == FRAME_PASTE_CUT)
		tell(INPUT_PASTE_CUT, NULL, 0);
	else if (kind == FRAME_LOST)
		return;
	else if (in.grabbed)
		take_grabbed(kind, data, n);
	else if (kind == FRAME_PASTE)
		take_paste(data, n);
	else
		take_key(data, n);
}

/* --- Completion --- */

static void add_word(const char *word)
{
	char *copy = strdup(word);
	char **place = copy ? ring_push(&in.words) : NULL;
	if (place)
		*place = copy;
	else
		free(copy);
}

/* readline asks for one word after the other, from state 0 on, until there is none. */
static char *next_match(const char *text, int state)
{
	static size_t at;
	if (state == 0)
		at = 0;
	while (at < in.words.count) {
		const char *word = *(char **)ring_at(&in.words, at++);
		if (strncmp(word, text, strlen(text)) == 0)
			return strdup(word);
	}
	return NULL;
}

static bool ends_in_equals(const char *word)
{
	return *word && word[strlen(word) - 1] == '=';
}

static char **complete(const char *text, int start, int stop)
{
	rl_attempted_completion_over = 1; /* no file names */
	if (*rl_line_buffer != '/' || !in.handlers.complete)
		return NULL;
	in.handlers.complete(rl_line_buffer, (size_t)start, (size_t)stop, add_word, in.handlers.arg);
	char **matches = rl_completion_matches(text, next_match);
	/* After "drop=" comes a value, and no space. */
	rl_completion_suppress_append = matches && !matches[1] && ends_in_equals(matches[0]);
	forget_words();
	return matches;
}

static void keep_choices(char **matches, int count, int longest)
{
	(void)longest;
	forget_words();
	for (int i = 1; i <= count; i++) /* matches[0] is what they have in common */
		add_word(matches[i]);
}

size_t input_choices(const char *const **words)
{
	*words = in.words.count ? ring_at(&in.words, 0) : NULL;
	return in.words.count;
}

/* --- The line is done --- */

/* Whether a terminal that shows the file one day would obey something in it. */
static bool has_controls(const char *line)
{
	for (size_t n = strlen(line), used; n > 0; line += used, n -= used) {
		uint32_t cp;
		used = text_decode(line, n, &cp);
		if (used == 0) {
			cp = (unsigned char)*line;
			used = 1;
		}
		if ((cp < ' ' && cp != '\n') || (cp >= DELETE && cp <= LAST_CONTROL))
			return true;
	}
	return false;
}

/* Not what is very long: vi's search through the history takes seconds over it, and meanwhile nothing else happens. */
static void remember(const char *line)
{
	HIST_ENTRY *last = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
	if (*line == '\0' || strlen(line) > REMEMBERED_MAX || (last && strcmp(last->line, line) == 0))
		return;
	add_history(line);
	if (in.history && !has_controls(line))
		histfile_append(in.history, line);
}

/* An entry of the history that was only looked at is there already. */
static bool is_old(const char *line)
{
	HIST_ENTRY *entry = current_history();
	return entry && strcmp(entry->line, line) == 0;
}

bool input_is_blank(void)
{
	return !is_busy() && (size_t)rl_end == strspn(rl_line_buffer, " ");
}

void input_keep(void)
{
	if (!is_busy() && !input_is_blank() && !is_old(rl_line_buffer))
		remember(rl_line_buffer);
	clear_line();
}

static void take_line(char *line)
{
	if (!line) {
		tell(INPUT_QUIT, NULL, 0);
		return;
	}
	remember(line);
	in.handlers.line(line, strlen(line), in.handlers.arg);
	free(line);
}

/* --- Opening and closing --- */

static void draw_nothing(void)
{
}

/* Everything that readline lets its user set, before it reads the inputrc. */
static void set_up_readline(void)
{
	rl_readline_name = "uproar";
	rl_instream = rl_outstream = in.nowhere;
	rl_catch_signals = rl_catch_sigwinch = rl_change_environment = 0;
	rl_prep_term_function = NULL;
	rl_deprep_term_function = NULL;
	rl_getc_function = next_byte;
	rl_input_available_hook = has_byte;
	rl_redisplay_function = draw_nothing;
	rl_attempted_completion_function = complete;
	rl_completion_display_matches_hook = keep_choices;
	rl_completer_word_break_characters = " \n";
	rl_basic_word_break_characters = " \n";
	rl_completer_quote_characters = "";
	rl_variable_bind("show-all-if-ambiguous", "on");
}

/* What an inputrc must not change: these would wait inside readline, or expect it to read the terminal. */
static void overrule_inputrc(void)
{
	rl_variable_bind("blink-matching-paren", "off");
	rl_variable_bind("enable-bracketed-paste", "off");
	rl_variable_bind("input-meta", "on");
	rl_variable_bind("output-meta", "on");
	rl_variable_bind("convert-meta", "off");
}

/* readline sets the locale from the environment, at each line; text_locale() has seen to it that this is the same. */
static void initialize_readline(void)
{
	static bool bound;
	if (!bound) {
		bindings_name(run);
		bindings_bind(false);
	}
	rl_initialize();
	if (!bound)
		bindings_bind(true);
	bound = true;
	overrule_inputrc();
}

/* keyseq-timeout is the user's word on how long an unfinished key may take, but nobody wants to wait for an ESC. */
static uint64_t patience(void)
{
	char *set = rl_variable_value("keyseq-timeout");
	long ms = set ? strtol(set, NULL, 10) : 0;
	return (uint64_t)(ms > 0 && ms < FRAMER_KEY_MS ? ms : FRAMER_KEY_MS) * CLOCK_MS;
}

static void remember_entry(const char *entry)
{
	if (*entry)
		add_history(entry);
}

/* The entries read, or a warning; without a file the history lasts as long as the program. */
static void open_history(const char *path, char **warning)
{
	*warning = NULL;
	stifle_history(HISTFILE_ENTRIES);
	using_history();
	if (!path)
		return;
	if (histfile_load(path, remember_entry) == -1)
		*warning = histfile_trouble(path, errno);
	else
		in.history = strdup(path);
}

int input_open(const struct input_handlers *handlers, const char *history, const char **why, char **warning)
{
	in.nowhere = fopen("/dev/null", "r+e");
	if (!in.nowhere) {
		*why = _("The device /dev/null, which the line editor needs, cannot be opened.");
		return -1;
	}
	in.handlers = *handlers;
	in.words = RING_OF(char *);
	in.grabbed = false;
	set_up_readline();
	initialize_readline();
	open_history(history, warning);
	framer_init(&in.framer, take_frame, text_is_utf8(), patience());
	rl_callback_handler_install(text_is_utf8() ? "\u203a " : "> ", take_line);
	in.open = true;
	return 0;
}

void input_close(void)
{
	if (!in.open)
		return;
	in.open = false;
	input_keep();
	rl_callback_handler_remove();
	rl_clear_history();
	add_history(""); /* for its list does not end with a NULL now (8.2) */
	clear_history();
	forget_words();
	ring_free(&in.words);
	buf_free(&in.queue);
	framer_free(&in.framer);
	strip_free(&in.strip);
	free(in.history);
	in.history = NULL;
	fclose(in.nowhere);
	rl_instream = rl_outstream = NULL;
}

void input_bytes(const void *data, size_t n)
{
	if (in.open)
		framer_bytes(&in.framer, data, n, clock_now());
}

uint64_t input_deadline(void)
{
	return in.open ? in.framer.deadline : CLOCK_NEVER;
}

void input_tick(uint64_t now)
{
	if (in.open)
		framer_tick(&in.framer, now);
}

void input_grab(bool on)
{
	in.grabbed = on;
}

/* --- Looking at the line --- */

void input_resized(unsigned rows, unsigned columns)
{
	rl_set_screen_size((int)rows, (int)columns);
}

/* The prompt may have invisible text, between \001 and \002. */
static int put_prompt(const char *prompt)
{
	while (*prompt) {
		size_t shown = strcspn(prompt, "\001\002");
		if (strip_put(&in.strip, STYLE_YOU, prompt, shown, STRIP_NO_CURSOR) == -1)
			return -1;
		prompt += shown;
		if (*prompt == '\001')
			prompt += strcspn(prompt, "\002");
		if (*prompt)
			prompt++;
	}
	return 0;
}

int input_row(unsigned width, struct view_row *row, unsigned *cursor)
{
	strip_clear(&in.strip);
	if (put_prompt(rl_display_prompt ? rl_display_prompt : "") == -1)
		return -1;
	if (strip_put(&in.strip, STYLE_TEXT, rl_line_buffer, (size_t)rl_end, rl_point) == -1)
		return -1;
	return strip_row(&in.strip, width, row, cursor);
}

const char *input_mode(void)
{
	if (rl_editing_mode == EMACS)
		return "";
	return is_vi_command() ? _("vi command") : _("vi insert");
}
