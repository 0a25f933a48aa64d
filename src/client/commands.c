#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "chat.h"

enum { NAME_MAX_LENGTH = 32, ARGUMENTS_MAX = 3 };

static void run_tcp(struct chat *c)
{
	chat_talk(c, PROTOCOL_TCP);
}

static void run_udp(struct chat *c)
{
	chat_talk(c, PROTOCOL_UDP);
}

static void run_connect(struct chat *c, int count, char **arguments)
{
	const char *host = count > 0 ? arguments[0] : NULL;
	const char *port = count > 1 ? arguments[1] : OPTIONS_PORT;
	const char *problem = options_address_problem(host, port);
	if (problem)
		chat_note(c, NOTE_ERROR, "%s", problem);
	else
		chat_connect(c, host, port);
}

static void run_timeout(struct chat *c, int count, char **arguments)
{
	(void)count;
	uint64_t timeout = options_seconds(arguments[0]);
	if (timeout)
		chat_timeout(c, timeout);
	else
		chat_note(c, NOTE_ERROR, _("\"%s\" is no time in seconds between 0.001 and 86400."), arguments[0]);
}

static void run_help(struct chat *c, int count, char **arguments)
{
	if (count == 0) {
		chat_help(c);
		return;
	}
	const char *name = arguments[0] + (arguments[0][0] == '/');
	const struct command *command = command_named(name);
	if (command)
		chat_note(c, NOTE_INFO, "/%s%s%s: %s", command->name, *command->arguments ? " " : "",
			  command->arguments, _(command->summary));
	else
		chat_note(c, NOTE_ERROR, _("There is no command /%s. The nearest is /%s."), name,
			  command_nearest(name)->name);
}

static void complete_name(size_t before, const char *word, size_t n, void (*add)(const char *word));
static void complete_server(size_t before, const char *word, size_t n, void (*add)(const char *word));

static const struct command commands[] = {
	{"tcp", "", N_("talk over TCP, with the same server"), .run = run_tcp},
	{"udp", "", N_("talk over UDP, with the same server"), .run = run_udp},
	{"connect", "[HOST [PORT]]", N_("talk with this server; without HOST, with a server of our own"), .most = 2,
	 .run_with = run_connect, .complete = complete_server},
	{"disconnect", "", N_("close the socket, or stop looking up or connecting"), .run = chat_disconnect},
	{"timeout", "SECONDS", N_("report a reply missing after this long"), .least = 1, .most = 1,
	 .run_with = run_timeout},
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

/* The least number of letters to insert, remove or change that makes b of a (Levenshtein); names are short. */
static size_t distance(const char *a, const char *b)
{
	size_t row[NAME_MAX_LENGTH + 1];
	size_t n = strnlen(b, NAME_MAX_LENGTH);
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; *a && i <= NAME_MAX_LENGTH; a++, i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t change = diagonal + (*a != b[j - 1]);
			diagonal = row[j];
			size_t shorter = row[j] < row[j - 1] ? row[j] : row[j - 1];
			row[j] = change < shorter + 1 ? change : shorter + 1;
		}
	}
	return row[n];
}

const struct command *command_nearest(const char *typed)
{
	const struct command *nearest = &commands[0];
	size_t least = SIZE_MAX;
	for (size_t i = 0; i < COUNT(commands); i++) {
		/* A beginning is nearer than any misspelling. */
		bool beginning = *typed && strncmp(commands[i].name, typed, strlen(typed)) == 0;
		size_t d = beginning ? 0 : distance(typed, commands[i].name);
		if (d < least) {
			least = d;
			nearest = &commands[i];
		}
	}
	return nearest;
}

static void run_with(struct chat *c, const struct command *command, int count, char **arguments)
{
	if (count < command->least || count > command->most)
		chat_note(c, NOTE_ERROR, _("It is used like this: /%s %s"), command->name, command->arguments);
	else if (command->run)
		command->run(c);
	else
		command->run_with(c, count, arguments);
}

void command_run(struct chat *c, const char *line, size_t n)
{
	char *words = strndup(line + 1, n - 1);
	if (!words)
		return;
	char *rest;
	char *name = strtok_r(words, " \t", &rest);
	char *arguments[ARGUMENTS_MAX + 1] = {NULL};
	int count = 0;
	while (count <= ARGUMENTS_MAX && (arguments[count] = strtok_r(NULL, " \t", &rest)))
		count++;

	const struct command *command = name ? command_named(name) : NULL;
	if (command)
		run_with(c, command, count, arguments);
	else if (name)
		chat_note(c, NOTE_ERROR,
			  _("There is no command /%s. The nearest is /%s. To send a sentence that begins with a slash, "
			    "begin it "
			    "with two."),
			  name, command_nearest(name)->name);
	else
		chat_note(c, NOTE_ERROR, _("A slash begins a command, such as /help. To send a slash, type two."));
	free(words);
}

static void offer(const char *candidate, const char *word, size_t n, void (*add)(const char *word))
{
	if (strncmp(candidate, word, n) == 0)
		add(candidate);
}

static void complete_name(size_t before, const char *word, size_t n, void (*add)(const char *word))
{
	for (size_t i = 0; before == 0 && i < COUNT(commands); i++)
		offer(commands[i].name, word, n, add);
}

static void complete_server(size_t before, const char *word, size_t n, void (*add)(const char *word))
{
	static const char *const hosts[] = {"localhost", "127.0.0.1", "::1"};
	for (size_t i = 0; before == 0 && i < COUNT(hosts); i++)
		offer(hosts[i], word, n, add);
	if (before == 1)
		offer(OPTIONS_PORT, word, n, add);
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
		offer(name, line + start, end - start, add);
	}
	snprintf(name, sizeof name, "%.*s", (int)strcspn(line, " "), line);
	const struct command *command = command_named(name + (*name == '/'));
	if (before > 0 && command && command->complete)
		command->complete(before - 1, line + start, end - start, add);
}
