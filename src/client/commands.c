#include "commands.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <uproar/session.h>

#include "arguments.h"
#include "commands_private.h"

enum {
	NAME_MAX_LENGTH = 32,
	ARGUMENTS_MAX = 3,
	CLIENTS_MAX = NETWORK_EXTRA_MAX + 1,
};

void command_refuse(struct chat *c, const struct command *self, const char *format, ...)
{
	char problem[512];
	va_list args;
	va_start(args, format);
	vsnprintf(problem, sizeof problem, format, args);
	va_end(args);
	chat_note(c, NOTE_ERROR, _("%s It is used like this: /%s %s"), problem, self->name, self->arguments);
}

bool command_number(struct chat *c, const struct command *self, const char *text, unsigned long least,
		    unsigned long most, unsigned long *number)
{
	bool good = options_number(text, least, most, number);
	if (!good)
		command_refuse(c, self, _("\"%s\" is no number from %lu to %lu."), text, least, most);
	return good;
}

bool command_switch(struct chat *c, const struct command *self, const char *text, bool *on)
{
	bool good = arguments_switch(text, on);
	if (!good)
		command_refuse(c, self, _("\"%s\" is neither on nor off."), text);
	return good;
}

/* --- With whom --- */

static void run_tcp(struct chat *c)
{
	chat_talk(c, PROTOCOL_TCP);
}

static void run_udp(struct chat *c)
{
	chat_talk(c, PROTOCOL_UDP);
}

static void run_connect(struct chat *c, const struct command *self, int count, char **arguments)
{
	(void)self;
	const char *host = count > 0 ? arguments[0] : NULL;
	const char *port = count > 1 ? arguments[1] : OPTIONS_PORT;
	const char *problem = options_address_problem(host, port);
	if (problem)
		chat_note(c, NOTE_ERROR, "%s", problem);
	else
		chat_connect(c, host, port);
}

static void run_timeout(struct chat *c, const struct command *self, int count, char **arguments)
{
	(void)count;
	uint64_t timeout = options_seconds(arguments[0]);
	if (timeout)
		chat_timeout(c, timeout);
	else
		command_refuse(c, self, _("\"%s\" is no time in seconds between 0.001 and 86400."), arguments[0]);
}

static void run_clients(struct chat *c, const struct command *self, int count, char **arguments)
{
	(void)count;
	unsigned long clients;
	if (command_number(c, self, arguments[0], 1, CLIENTS_MAX, &clients))
		chat_clients(c, (unsigned)clients);
}

/* --- Sentences --- */

static void say_few(struct chat *c, unsigned long count, const char *text)
{
	struct buf sentence = {0};
	for (unsigned long i = 1; i <= count; i++) {
		buf_clear(&sentence);
		if (buf_printf(&sentence, "%s %lu", text, i) == 0)
			chat_say(c, buf_bytes(&sentence), sentence.size, (struct series){SERIES_NONE, 0});
	}
	buf_free(&sentence);
}

static void run_burst(struct chat *c, const struct command *self, int count, char **arguments)
{
	const char *text = count > 1 ? arguments[1] : "burst";
	unsigned long sentences;
	if (!command_number(c, self, arguments[0], 1, SERIES_BURST_MAX, &sentences))
		return;
	if (sentences <= CHAT_BURST_ROWS)
		say_few(c, sentences, text);
	else
		chat_series(c, &(struct series_plan){SERIES_BURST, (uint32_t)sentences, .text = text});
}

static void run_ping(struct chat *c, const struct command *self, int count, char **arguments)
{
	struct series_plan plan = {.kind = SERIES_PING, .interval = SERIES_INTERVAL};
	unsigned long sentences;
	if (!command_number(c, self, arguments[0], 1, SERIES_PINGS_MAX, &sentences))
		return;
	if (count > 1 && !options_interval(arguments[1], &plan.interval)) {
		command_refuse(c, self,
			       _("\"%s\" is no interval: give 0, or a time in seconds between 0.002 and 3600."),
			       arguments[1]);
		return;
	}
	plan.count = (uint32_t)sentences;
	chat_series(c, &plan);
}

static void run_size(struct chat *c, const struct command *self, int count, char **arguments)
{
	(void)count;
	unsigned long n;
	if (!command_number(c, self, arguments[0], 0, SESSION_SENTENCE_MAX, &n))
		return;
	char *text = malloc(n + 1);
	for (unsigned long i = 0; text && i < n; i++)
		text[i] = (char)('a' + i % 26);
	if (text)
		chat_say(c, text, n, (struct series){SERIES_FILLER, 0});
	else
		chat_note(c, NOTE_ERROR, _("There is no memory left."));
	free(text);
}

static void run_send(struct chat *c, const struct command *self, int count, char **arguments)
{
	(void)count;
	ssize_t n = arguments_unescape(arguments[0]);
	if (n == -1)
		command_refuse(
			c, self,
			_("\"%s\" is no escape that /send knows: there are \\0 \\n \\r \\t \\\\ and \\xHH, with two "
			  "hexadecimal digits."),
			arguments[0]);
	else
		chat_say(c, arguments[0], (size_t)n, (struct series){SERIES_NONE, 0});
}

/* --- Files --- */

static void run_save(struct chat *c, const struct command *self, int count, char **arguments)
{
	(void)self;
	(void)count;
	chat_save(c, arguments[0]);
}

static void run_record(struct chat *c, const struct command *self, int count, char **arguments)
{
	(void)self;
	if (count == 0)
		chat_record_tell(c);
	else if (strcmp(arguments[0], "off") == 0)
		chat_record_off(c);
	else
		chat_record(c, arguments[0]);
}

/* --- Help --- */

static void run_help(struct chat *c, const struct command *self, int count, char **arguments)
{
	(void)self;
	if (count == 0) {
		chat_help(c);
		return;
	}
	const char *name = arguments[0] + (arguments[0][0] == '/');
	const struct command *command = command_named(name), *meant = command_nearest(name);
	if (command)
		chat_note(c, NOTE_INFO, "/%s%s%s: %s", command->name, *command->arguments ? " " : "",
			  command->arguments, _(command->summary));
	else if (meant)
		chat_note(c, NOTE_ERROR, _("There is no command /%s. The nearest is /%s."), name, meant->name);
	else
		chat_note(c, NOTE_ERROR, _("There is no command /%s. /help alone shows them all."), name);
}

static void complete_name(size_t before, const char *word, size_t n, void (*add)(const char *word));
static void complete_server(size_t before, const char *word, size_t n, void (*add)(const char *word));

static const struct command commands[] = {
	{"tcp", "", N_("talk over TCP, with the same server"), .run = run_tcp, .needs = CHAT_CONVERSATION},
	{"udp", "", N_("talk over UDP, with the same server"), .run = run_udp, .needs = CHAT_CONVERSATION},
	{"connect", "[HOST [PORT]]", N_("talk with this server; without HOST, with a server of our own"), .most = 2,
	 .run_with = run_connect, .complete = complete_server, .needs = CHAT_CONVERSATION},
	{"disconnect", "", N_("close the socket, or stop looking up or connecting"), .run = chat_disconnect,
	 .needs = CHAT_CONVERSATION},
	{"shutdown", "", N_("TCP: send this end's end of the stream; replies still come"), .run = chat_shutdown,
	 .needs = CHAT_CONVERSATION},
	{"clients", "N", N_("TCP: have so many connections to the server; all but the chat's say nothing"), .least = 1,
	 .most = 1, .run_with = run_clients, .needs = CHAT_CONVERSATION},
	{"timeout", "SECONDS", N_("report a reply missing after this long"), .least = 1, .most = 1,
	 .run_with = run_timeout, .needs = CHAT_CONVERSATION},
	{"ping", "N [INTERVAL]", N_("measure N round trips, one every INTERVAL seconds (1)"), .least = 1, .most = 2,
	 .run_with = run_ping, .needs = CHAT_CONVERSATION},
	{"burst", "N [TEXT]", N_("send N sentences at once"), .least = 1, .most = 2, .rest = true,
	 .run_with = run_burst, .needs = CHAT_CONVERSATION},
	{"size", "N", N_("send a sentence of N bytes"), .least = 1, .most = 1, .run_with = run_size,
	 .needs = CHAT_CONVERSATION},
	{"send", "TEXT", N_("send TEXT, in which \\0 \\n \\r \\t \\\\ \\xHH stand for bytes"), .least = 1, .most = 1,
	 .rest = true, .run_with = run_send, .needs = CHAT_CONVERSATION},
	{"lab", "[SETTING...]", N_("make trouble in our own server, or tell what is on; off ends it"), .most = 1,
	 .rest = true, .run_with = run_lab, .complete = command_complete_setting, .needs = CHAT_SERVER},
	{"reveal", "[N]", N_("tell what the lab did to the last N sentences (20)"), .most = 1, .run_with = run_reveal},
	{"recv", "BYTES", N_("receive so many bytes at a time; off: as usual"), .least = 1, .most = 1,
	 .run_with = run_recv, .needs = CHAT_CONVERSATION},
	{"hold", "", N_("receive nothing, and leave what comes to the system"), .run = run_hold,
	 .needs = CHAT_CONVERSATION},
	{"release", "", N_("receive again"), .run = run_release, .needs = CHAT_CONVERSATION},
	{"nagle", "on|off", N_("TCP: let small pieces wait for acknowledgements, as usual, or not"), .least = 1,
	 .most = 1, .run_with = run_nagle, .complete = command_complete_switch, .needs = CHAT_CONVERSATION},
	{"connected", "on|off", N_("UDP: bind the socket to the server with connect(), or as usual not"), .least = 1,
	 .most = 1, .run_with = run_connected, .complete = command_complete_switch, .needs = CHAT_CONVERSATION},
	{"calls", "[FILTER...]", N_("show the calls, or hide them again; of client, server, a call, a socket"),
	 .most = 1, .rest = true, .run_with = run_calls, .complete = command_complete_calls},
	{"inspect", "[FILTER...]", N_("all about the newest call, or the newest of these; Esc leaves it"), .most = 1,
	 .rest = true, .run_with = run_inspect, .complete = command_complete_calls},
	{"ladder", "", N_("show the ladder, or hide it again"), .run = run_ladder},
	{"statistics", "", N_("show the statistics, or hide them again"), .run = run_statistics},
	{"sockets", "", N_("show the sockets of both programs, or hide them again"), .run = run_sockets},
	{"find", "[TEXT]", N_("find TEXT in what is shown, then n and N; without TEXT, end finding"), .most = 1,
	 .rest = true, .run_with = run_find},
	{"step", "[on|client|server|off]", N_("let each call wait for you, of both programs or of one"), .most = 1,
	 .run_with = run_step, .complete = command_complete_step, .needs = CHAT_CONVERSATION},
	{"model", "textbook|events", N_("the client: a socket for each sentence and calls that block, or as usual"),
	 .least = 1, .most = 1, .run_with = run_model, .complete = command_complete_model, .needs = CHAT_CONVERSATION},
	{"server", "MODEL [ADDRESS]", N_("start our own server anew, serving as textbook, threads or events does"),
	 .least = 1, .most = 2, .run_with = run_server, .complete = command_complete_server,
	 .needs = CHAT_CONVERSATION},
	{"save", "FILE", N_("save what is shown, whole: as text, .svg or .jsonl"), .least = 1, .most = 1, .rest = true,
	 .run_with = run_save},
	{"record", "[FILE|off]", N_("write every event to FILE, or tell of it, or end it"), .most = 1, .rest = true,
	 .run_with = run_record},
	{"clear", "", N_("empty the transcript"), .run = chat_clear},
	{"help", "[COMMAND]", N_("show the help page, or what a command does"), .most = 1, .run_with = run_help,
	 .complete = complete_name},
	{"quit", "", N_("leave uproar"), .run = chat_quit},
};

const struct command *command_at(size_t i)
{
	return i < COUNT(commands) ? &commands[i] : NULL;
}

const struct command *command_named(const char *name)
{
	for (size_t i = 0; i < COUNT(commands); i++)
		if (strcasecmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

const struct command *command_nearest(const char *typed)
{
	const struct command *nearest = &commands[0];
	size_t least = SIZE_MAX;
	for (size_t i = 0; i < COUNT(commands); i++) {
		size_t d = name_distance(typed, commands[i].name);
		if (d < least) {
			least = d;
			nearest = &commands[i];
		}
	}
	return name_is_near(typed, nearest->name) ? nearest : NULL;
}

static void refuse_name(struct chat *c, const char *name)
{
	const struct command *meant = command_nearest(name);
	if (meant)
		chat_note(c, NOTE_ERROR,
			  _("There is no command /%s. The nearest is /%s. To send a sentence that begins with a slash, "
			    "begin it with two."),
			  name, meant->name);
	else
		chat_note(c, NOTE_ERROR,
			  _("There is no command /%s. /help shows them all. To send a sentence that begins with a "
			    "slash, begin it with two."),
			  name);
}

static void run(struct chat *c, const struct command *command, char *line)
{
	char *arguments[ARGUMENTS_MAX + 1] = {NULL};
	int room = command->rest ? command->most : ARGUMENTS_MAX;
	int count = arguments_split(line, arguments, room, command->rest);
	if (count < command->least || count > command->most)
		chat_note(c, NOTE_ERROR, _("It is used like this: /%s %s"), command->name, command->arguments);
	else if (!chat_requires(c, command->needs))
		return;
	else if (command->run)
		command->run(c);
	else
		command->run_with(c, command, count, arguments);
}

void command_run(struct chat *c, const char *line, size_t n)
{
	char *words = strndup(line + 1, n - 1);
	if (!words)
		return;
	char *rest = words + strcspn(words, " \t");
	if (*rest)
		*rest++ = '\0';
	const char *name = words;
	const struct command *command = command_named(name);
	if (command)
		run(c, command, rest);
	else if (*name)
		refuse_name(c, name);
	else
		chat_note(c, NOTE_ERROR, _("A slash begins a command, such as /help. To send a slash, type two."));
	free(words);
}

void command_offer(const char *candidate, const char *word, size_t n, void (*add)(const char *word))
{
	if (strncmp(candidate, word, n) == 0)
		add(candidate);
}

static void complete_name(size_t before, const char *word, size_t n, void (*add)(const char *word))
{
	for (size_t i = 0; before == 0 && i < COUNT(commands); i++)
		command_offer(commands[i].name, word, n, add);
}

static void complete_server(size_t before, const char *word, size_t n, void (*add)(const char *word))
{
	static const char *const hosts[] = {"localhost", "127.0.0.1", "::1"};
	for (size_t i = 0; before == 0 && i < COUNT(hosts); i++)
		command_offer(hosts[i], word, n, add);
	if (before == 1)
		command_offer(OPTIONS_PORT, word, n, add);
}

/* How many words stand before this place in the line. */
static size_t words_before(const char *line, size_t place)
{
	size_t count = 0;
	for (size_t i = 0; i < place; i++)
		count += line[i] != ' ' && (i + 1 == place || line[i + 1] == ' ');
	return count;
}

void command_complete(const char *line, size_t start, size_t end, void (*add)(const char *word), void *arg)
{
	(void)arg;
	char name[NAME_MAX_LENGTH + 2];
	size_t before = words_before(line, start);
	for (size_t i = 0; before == 0 && i < COUNT(commands); i++) {
		snprintf(name, sizeof name, "/%s", commands[i].name);
		command_offer(name, line + start, end - start, add);
	}
	snprintf(name, sizeof name, "%.*s", (int)strcspn(line, " "), line);
	const struct command *command = command_named(name + (*name == '/'));
	if (before > 0 && command && command->complete)
		command->complete(before - 1, line + start, end - start, add);
}
