/*
 * bindings - the commands of ours that readline knows by name, so that an inputrc can give them other keys:
 *
 * uproar-help, uproar-protocol, uproar-calls, uproar-ladder, uproar-statistics, uproar-sockets, uproar-quit,
 * uproar-suspend, uproar-redraw, uproar-cancel, uproar-page-up, uproar-page-down, uproar-top, uproar-bottom,
 * uproar-line-up, uproar-line-down, and on an empty line uproar-home, uproar-end and uproar-focus.
 */
#ifndef TERM_BINDINGS_H
#define TERM_BINDINGS_H

#include <uproar/term.h>

typedef void bindings_run(enum input_key key);

/* Once, before readline reads the inputrc. run is called whenever one of the commands is to be carried out. */
void bindings_name(bindings_run *run);
/*
 * Binds their keys: before readline reads the user's inputrc, which may then say otherwise, and after it once more for
 * Home, End and Tab: a system's own inputrc (Debian's) binds them to what they do here anyway on a line with text.
 */
void bindings_bind(bool after_inputrc);

#endif
