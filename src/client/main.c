#include <stdio.h>
#include <unistd.h>

#include <uproar/term.h>
#include <uproar/text.h>

#include "chat.h"
#include "options.h"
#include "pinger.h"
#include "plain.h"
#include "replay_plain.h"

int main(int argc, char **argv)
{
	open_standard_streams();
	text_locale();
	bindtextdomain("uproar", UPROAR_LOCALEDIR);
	textdomain("uproar");

	struct options options;
	int status = options_parse(&options, argc, argv);
	if (status != -1)
		return status;
	if (options.ping)
		return pinger_run(&options);
	const char *why = NULL;
	if (options.replay && (options.plain || !screen_possible(&why)))
		return replay_plain_run(&options);
	if (!options.plain && screen_possible(&why))
		return chat_run(&options);
	if (!options.plain && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		fprintf(stderr, _("uproar: %s Type a sentence a line; Ctrl-D ends.\n"), why);
	return plain_run(&options);
}
