#include "terminal.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	CHUNK = 1 << 16,
	COLUMNS_MAX = 500,
	ROW_ROOM = COLUMNS_MAX * VTERM_MAX_CHARS_PER_CELL * 4 + 1,
};

/* What the session leader tells: the program's pid first, then each wait status. */
struct news {
	pid_t pid;
	int status;
};

struct terminal {
	int master, slave; /* the slave is kept open so that the modes can be read after the program's end */
	int news;          /* from the session leader */
	pid_t leader, pid;
	bool ended, stopped, alternate;
	bool drawing; /* a frame is under way, or due: the screen is neither what it was nor what it will be */
	int status;
	VTerm *vt;
	VTermScreen *screen;
	char *raw;
	size_t raw_size, raw_room;
	int rows, columns;
	char row[ROW_ROOM];
};

/* --- The processes --- */

static void set_environment(const char *const env[])
{
	static const char *const without[] = {"LC_ALL", "LC_CTYPE", "NO_COLOR", "LINES", "COLUMNS", NULL};
	for (const char *const *name = without; *name; name++)
		unsetenv(*name);
	setenv("TERM", "xterm-256color", 1);
	setenv("LANG", "C.UTF-8", 1);
	setenv("INPUTRC", "/dev/null", 1);
	for (; env && *env; env++)
		if (strchr(*env, '='))
			putenv((char *)(uintptr_t)*env);
		else
			unsetenv(*env);
}

static void run_program(const char *const argv[], const char *const env[], int slave)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	signal(SIGTTOU, SIG_IGN);
	tcsetpgrp(slave, getpid());
	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	for (int fd = 0; fd <= 2; fd++)
		dup2(slave, fd);
	close_range(3, UINT32_MAX, 0);
	set_environment(env);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	warn("%s", argv[0]);
	_exit(127);
}

/* Stands for the shell: the program would be in an orphaned process group, which cannot be suspended, without it. */
static void lead_session(const char *const argv[], const char *const env[], int slave, int news)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid();
	ioctl(slave, TIOCSCTTY, 0);
	signal(SIGHUP, SIG_IGN);
	struct news n = {.pid = fork()};
	if (n.pid == 0)
		run_program(argv, env, slave);
	close(slave);
	do {
		if (write(news, &n, sizeof n) != sizeof n)
			_exit(1);
		while (waitpid(n.pid, &n.status, WUNTRACED | WCONTINUED) == -1 && errno == EINTR)
			;
	} while (WIFSTOPPED(n.status) || WIFCONTINUED(n.status));
	_exit(write(news, &n, sizeof n) != sizeof n);
}

static void take_news(struct terminal *t)
{
	struct news n;
	ssize_t got = read(t->news, &n, sizeof n);
	if (got == -1 && errno == EINTR)
		return;
	if (got != sizeof n || n.pid == -1)
		errx(1, "terminal: the program could not be started");
	t->pid = n.pid;
	t->stopped = WIFSTOPPED(n.status);
	t->ended = !t->stopped && !WIFCONTINUED(n.status);
	t->status = n.status;
	t->drawing = t->drawing && !t->ended && !t->stopped;
}

/* --- What is read --- */

static int on_property(VTermProp property, VTermValue *value, void *arg)
{
	struct terminal *t = arg;
	if (property == VTERM_PROP_ALTSCREEN)
		t->alternate = value->boolean;
	return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property};

static void keep_raw(struct terminal *t, const char *data, size_t n)
{
	if (t->raw_size + n > t->raw_room) {
		t->raw_room = (t->raw_size + n) * 2;
		t->raw = realloc(t->raw, t->raw_room);
		if (!t->raw)
			err(1, "terminal");
	}
	memcpy(t->raw + t->raw_size, data, n);
	t->raw_size += n;
}

/* Where frames begin and end (DEC private mode 2026), in what was read from here on; or they may have been cut. */
static void find_frames(struct terminal *t, size_t from)
{
	static const char mode[] = "\033[?2026";
	enum { MODE = sizeof mode - 1 };
	const char *end = t->raw + t->raw_size;
	const char *at = t->raw + (from > MODE ? from - MODE : 0);
	while ((at = memmem(at, (size_t)(end - at), mode, MODE)) && (at += MODE) < end)
		t->drawing = *at == 'h';
}

/* Reads what is there; false when there was nothing. */
static bool read_some(struct terminal *t)
{
	char data[CHUNK];
	ssize_t n = t->master == -1 ? -1 : read(t->master, data, sizeof data);
	if (n <= 0)
		return false;
	keep_raw(t, data, (size_t)n);
	find_frames(t, t->raw_size - (size_t)n);
	vterm_input_write(t->vt, data, (size_t)n);
	size_t answer = vterm_output_read(t->vt, data, sizeof data);
	return answer == 0 || write(t->master, data, answer) >= 0 || errno == EAGAIN;
}

static int64_t milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* Waits until the program has written, news has come, or (with POLLOUT) it takes more. False: that is over. */
static bool wait_until(struct terminal *t, short events, int64_t deadline)
{
	struct pollfd polled[] = {{t->master, events, 0}, {t->ended ? -1 : t->news, POLLIN, 0}};
	int64_t left = deadline - milliseconds();
	if (left <= 0)
		return false;
	if (poll(polled, 2, t->ended ? 0 : (int)left) == 0 && t->ended)
		return false; /* nothing will change any more */
	if (polled[1].revents)
		take_news(t);
	if (polled[0].revents & ~POLLOUT)
		read_some(t);
	return true;
}

bool terminal_wait(struct terminal *t, terminal_condition *holds, void *arg)
{
	int64_t deadline = milliseconds() + TERMINAL_PATIENCE * INT64_C(1000);
	while (t->drawing || !holds(t, arg)) {
		if (!wait_until(t, POLLIN, deadline)) {
			terminal_print(t);
			return false;
		}
	}
	return true;
}

/* --- Start and end --- */

static void start_processes(struct terminal *t, const char *const argv[], const char *const env[])
{
	int news[2];
	struct winsize size = {.ws_row = (unsigned short)t->rows, .ws_col = (unsigned short)t->columns};
	if (openpty(&t->master, &t->slave, NULL, NULL, &size) == -1 || pipe2(news, O_CLOEXEC) == -1)
		err(1, "terminal: no pty");
	fcntl(t->master, F_SETFD, FD_CLOEXEC);
	fcntl(t->slave, F_SETFD, FD_CLOEXEC);
	fcntl(t->master, F_SETFL, O_NONBLOCK);
	t->leader = fork();
	if (t->leader == 0) {
		close(t->master); /* else the terminal could not go away */
		lead_session(argv, env, t->slave, news[1]);
	}
	if (t->leader == -1)
		err(1, "terminal: fork");
	close(news[1]);
	t->news = news[0];
	while (t->pid == 0)
		take_news(t);
	t->ended = false;
}

struct terminal *terminal_start(unsigned rows, unsigned columns, const char *const argv[], const char *const env[])
{
	struct terminal *t = calloc(1, sizeof *t);
	if (!t || columns > COLUMNS_MAX)
		errx(1, "terminal: too large");
	t->rows = (int)rows;
	t->columns = (int)columns;
	t->vt = vterm_new(t->rows, t->columns);
	vterm_set_utf8(t->vt, 1);
	t->screen = vterm_obtain_screen(t->vt);
	vterm_screen_set_callbacks(t->screen, &callbacks, t);
	vterm_screen_enable_altscreen(t->screen, 1);
	vterm_screen_reset(t->screen, 1);
	start_processes(t, argv, env);
	return t;
}

void terminal_end(struct terminal *t)
{
	if (!t)
		return;
	if (!t->ended)
		kill(-t->pid, SIGKILL);
	kill(t->leader, SIGKILL);
	waitpid(t->leader, NULL, 0);
	if (t->master != -1)
		close(t->master);
	close(t->slave);
	close(t->news);
	vterm_free(t->vt);
	free(t->raw);
	free(t);
}

pid_t terminal_pid(const struct terminal *t)
{
	return t->pid;
}

static bool has_ended(struct terminal *t, void *arg)
{
	(void)arg;
	return t->ended;
}

static int status_of(const struct terminal *t)
{
	return WIFSIGNALED(t->status) ? 128 + WTERMSIG(t->status) : WEXITSTATUS(t->status);
}

int terminal_exit(struct terminal *t)
{
	if (!terminal_wait(t, has_ended, NULL))
		return -1;
	while (read_some(t))
		;
	return status_of(t);
}

static bool has_stopped(struct terminal *t, void *arg)
{
	(void)arg;
	return t->stopped;
}

bool terminal_stopped(struct terminal *t)
{
	bool stopped = terminal_wait(t, has_stopped, NULL);
	while (read_some(t))
		;
	return stopped;
}

/* --- What is sent --- */

void terminal_send(struct terminal *t, const void *data, size_t n)
{
	int64_t deadline = milliseconds() + TERMINAL_PATIENCE * INT64_C(1000);
	for (const char *at = data; n > 0;) {
		ssize_t sent = write(t->master, at, n);
		if (sent > 0) {
			at += sent;
			n -= (size_t)sent;
		} else if (!wait_until(t, POLLIN | POLLOUT, deadline)) {
			errx(1, "terminal: the program does not read its keys");
		}
	}
}

void terminal_type(struct terminal *t, const char *keys)
{
	terminal_send(t, keys, strlen(keys));
}

void terminal_paste(struct terminal *t, const char *text)
{
	terminal_type(t, "\033[200~");
	terminal_type(t, text);
	terminal_type(t, "\033[201~");
}

void terminal_resize(struct terminal *t, unsigned rows, unsigned columns)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
	if (columns > COLUMNS_MAX)
		errx(1, "terminal: too large");
	while (read_some(t))
		;
	t->rows = (int)rows;
	t->columns = (int)columns;
	vterm_set_size(t->vt, t->rows, t->columns);
	ioctl(t->master, TIOCSWINSZ, &size);
	t->drawing = true; /* what is there now is of the other size */
}

void terminal_signal(struct terminal *t, int signal)
{
	if (!t->ended)
		kill(-t->pid, signal);
	if (signal == SIGCONT)
		t->stopped = false;
}

void terminal_hangup(struct terminal *t)
{
	while (read_some(t))
		;
	close(t->master);
	t->master = -1;
}

/* --- What is seen --- */

static int from_top(const struct terminal *t, int y)
{
	return y < 0 ? t->rows + y : y;
}

static char *put_utf8(char *out, uint32_t c)
{
	if (c < 0x80) {
		*out++ = (char)c;
	} else if (c < 0x800) {
		*out++ = (char)(0xc0 | c >> 6);
		*out++ = (char)(0x80 | (c & 0x3f));
	} else {
		if (c >= 0x10000)
			*out++ = (char)(0xf0 | c >> 18);
		*out++ = c < 0x10000 ? (char)(0xe0 | c >> 12) : (char)(0x80 | (c >> 12 & 0x3f));
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
		*out++ = (char)(0x80 | (c & 0x3f));
	}
	return out;
}

VTermScreenCell terminal_cell(struct terminal *t, int y, unsigned x)
{
	VTermScreenCell cell = {0};
	vterm_screen_get_cell(t->screen, (VTermPos){.row = from_top(t, y), .col = (int)x}, &cell);
	return cell;
}

const char *terminal_row(struct terminal *t, int y)
{
	char *out = t->row, *end = t->row;
	for (int x = 0; x < t->columns; x++) {
		VTermScreenCell cell = terminal_cell(t, y, (unsigned)x);
		if (cell.chars[0] == 0) {
			*out++ = ' ';
			continue;
		}
		if (cell.chars[0] == UINT32_MAX) /* the second column of a wide character */
			continue;
		for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
			out = put_utf8(out, cell.chars[i]);
		if (cell.chars[0] != ' ')
			end = out;
	}
	*end = '\0';
	return t->row;
}

bool terminal_cursor_in(struct terminal *t, int y)
{
	VTermPos at;
	vterm_state_get_cursorpos(vterm_obtain_state(t->vt), &at);
	return at.row == from_top(t, y);
}

bool terminal_has(struct terminal *t, const char *text)
{
	for (int y = 0; y < t->rows; y++)
		if (strstr(terminal_row(t, y), text))
			return true;
	return false;
}

struct place {
	int y;
	unsigned x;
	const char *text;
};

static bool shows(struct terminal *t, void *arg)
{
	return terminal_has(t, arg);
}

static bool hides(struct terminal *t, void *arg)
{
	return !terminal_has(t, arg);
}

static bool row_shows(struct terminal *t, void *arg)
{
	struct place *p = arg;
	return strstr(terminal_row(t, p->y), p->text);
}

static bool row_is(struct terminal *t, void *arg)
{
	struct place *p = arg;
	return strcmp(terminal_row(t, p->y), p->text) == 0;
}

static bool cursor_at(struct terminal *t, void *arg)
{
	struct place *p = arg;
	VTermPos at;
	vterm_state_get_cursorpos(vterm_obtain_state(t->vt), &at);
	return at.row == from_top(t, p->y) && at.col == (int)p->x;
}

bool terminal_shows(struct terminal *t, const char *text)
{
	return terminal_wait(t, shows, (void *)(uintptr_t)text);
}

bool terminal_hides(struct terminal *t, const char *text)
{
	return terminal_wait(t, hides, (void *)(uintptr_t)text);
}

bool terminal_row_shows(struct terminal *t, int y, const char *text)
{
	return terminal_wait(t, row_shows, &(struct place){y, 0, text});
}

bool terminal_row_is(struct terminal *t, int y, const char *text)
{
	return terminal_wait(t, row_is, &(struct place){y, 0, text});
}

bool terminal_cursor_at(struct terminal *t, int y, unsigned x)
{
	return terminal_wait(t, cursor_at, &(struct place){y, x, NULL});
}

struct bytes {
	const void *data;
	size_t n;
};

static bool wrote(struct terminal *t, void *arg)
{
	struct bytes *b = arg;
	return memmem(t->raw, t->raw_size, b->data, b->n);
}

bool terminal_wrote(struct terminal *t, const void *bytes, size_t n)
{
	return terminal_wait(t, wrote, &(struct bytes){bytes, n});
}

bool terminal_alternate(const struct terminal *t)
{
	return t->alternate;
}

struct termios terminal_modes(const struct terminal *t)
{
	struct termios modes = {0};
	tcgetattr(t->slave, &modes);
	return modes;
}

const char *terminal_raw(const struct terminal *t, size_t *n)
{
	*n = t->raw_size;
	return t->raw;
}

void terminal_print(struct terminal *t)
{
	fprintf(stderr, "--- the screen, %d x %d", t->rows, t->columns);
	if (t->ended)
		fprintf(stderr, ", the program ended with %d", status_of(t));
	fputc('\n', stderr);
	for (int y = 0; y < t->rows; y++)
		fprintf(stderr, "|%s\n", terminal_row(t, y));
	fprintf(stderr, "---\n");
}
