/*
 * Anything that may happen to a pager, in any order: what it shows is always a piece of the whole.
 */
#include <uproar/base.h>

#include "test_view_pager.h"

enum { STEPS = 6000, LINES_MAX = 60, WIDTH_MAX = 50, HEIGHT_MAX = 12 };

static uint64_t drawn_numbers, seed = 1;

static unsigned below(unsigned n)
{
	return (unsigned)(random_at(seed, drawn_numbers++) % n);
}

/* Line n has as many words as its seed and its version say; it begins with its number. */
struct words {
	struct toy toy; /* its lines, so that the functions of the toy do for those */
	unsigned version[LINES_MAX];
	bool restless; /* every call gives another line */
	unsigned calls;
};

static void words_line(void *view, uint64_t number, unsigned width, struct view_row *line, unsigned *indent)
{
	static const char *const words[] = {"a",
					    "hello",
					    "Hello",
					    "straße",
					    "中文字中文",
					    "e\u0301e",
					    "\001",
					    "\x85\xff",
					    "",
					    "x      x",
					    "looooooooooooooooooooooooooooooooong"};
	struct words *w = view;
	assert_true(number >= w->toy.first && number < w->toy.end && width > 0);
	uint64_t variant = number * 1000 + w->version[number % LINES_MAX] + (w->restless ? w->calls++ * 100000 : 0);
	unsigned count = (unsigned)(random_at(7, variant) % 12);
	view_row_printf(line, STYLE_NOTE, "%u:", (unsigned)number);
	for (unsigned i = 0; i < count; i++) {
		const char *word = words[random_at(variant, i) % COUNT(words)];
		view_row_printf(line, STYLE_TEXT, " %s", word);
	}
	*indent = (unsigned)(random_at(8, variant) % 20);
}

static const struct pager_lines words_lines = {toy_update, toy_first, toy_end, words_line, toy_event};

struct trial {
	struct words words;
	struct pager *pager;
	unsigned width, height;
	struct view_row rows[HEIGHT_MAX];
};

/* --- What it shows is a piece of all rows --- */

struct whole {
	char *rows[10000];
	size_t count;
};

static bool collect(const struct view_row *row, void *arg)
{
	struct whole *w = arg;
	assert_true(w->count < COUNT(w->rows));
	w->rows[w->count++] = text_of(row);
	return true;
}

static void trim(char *text)
{
	size_t n = strlen(text);
	while (n > 0 && text[n - 1] == ' ')
		text[--n] = '\0';
}

/* Whether these rows are those that begin with the one at i; the chosen ones may have spaces at their ends. */
static bool piece_at(char *const *shown, size_t n, const struct whole *w, size_t i)
{
	for (size_t y = 0; y < n; y++) {
		char *other = strdup(w->rows[i + y]);
		trim(other);
		int differs = strcmp(shown[y], other);
		free(other);
		if (differs)
			return false;
	}
	return true;
}

static void check_piece(const struct trial *t, char *const *shown)
{
	static struct whole w;
	w.count = 0;
	assert_int_equal(pager_all(t->pager, t->width, collect, &w), 0);
	size_t blank = w.count < t->height ? t->height - w.count : 0, n = t->height - blank, at = 0;
	for (size_t y = 0; y < blank; y++)
		assert_int_equal(t->rows[y].text.size, 0);
	while (at + n < w.count && !piece_at(shown + blank, n, &w, at))
		at++;
	assert_true(piece_at(shown + blank, n, &w, at));
	if (pager_follows(t->pager))
		assert_true(piece_at(shown + blank, n, &w, w.count - n));
	for (size_t i = 0; i < w.count; i++)
		free(w.rows[i]);
}

static bool has_style(const struct view_row *row, enum view_style style)
{
	for (size_t i = 0; i < row->spans.count; i++) {
		if (((struct view_span *)ring_at(&row->spans, i))->style == style)
			return true;
	}
	return false;
}

static void check_choice(const struct trial *t)
{
	bool any = false;
	for (unsigned y = 0; y < t->height; y++)
		any = any || has_style(&t->rows[y], STYLE_CHOSEN) || has_style(&t->rows[y], STYLE_FOUND) ||
		      has_style(&t->rows[y], STYLE_ESCAPE); /* of a row of nothing else */
	uint64_t chosen = pager_chosen(t->pager);
	if (chosen == PAGER_NONE)
		return;
	assert_true(any);
	assert_true(chosen >= t->words.toy.first && chosen < t->words.toy.end);
}

static void check(struct trial *t)
{
	char *shown[HEIGHT_MAX] = {0};
	assert_int_equal(pager_rows(t->pager, t->width, t->height, t->rows), 0);
	for (unsigned y = 0; y < t->height; y++) {
		assert_true(t->rows[y].columns <= t->width);
		shown[y] = text_of(&t->rows[y]);
		trim(shown[y]);
	}
	assert_true(pager_below(t->pager) <= t->words.toy.end - t->words.toy.first);
	if (pager_follows(t->pager))
		assert_int_equal(pager_below(t->pager), 0);
	if (!t->words.restless && t->width > 0 && t->height > 0) {
		check_piece(t, shown);
		check_choice(t);
	}
	for (unsigned y = 0; y < t->height; y++)
		free(shown[y]);
}

/* --- What may happen --- */

static void find_something(struct trial *t)
{
	static const char *const texts[] = {"", "hello", "SS", "文", "o", "1:", "^a", "nowhere", " x", "e\u0301"};
	if (below(2)) {
		uint64_t before = pager_chosen(t->pager);
		bool back = below(2);
		if (pager_find_next(t->pager, back, t->width, t->height) && before != PAGER_NONE)
			assert_true(back ? pager_chosen(t->pager) < before : pager_chosen(t->pager) > before);
		return;
	}
	const char *text = texts[below(COUNT(texts))];
	bool found = pager_find(t->pager, text, t->width, t->height);
	if (!found && *text)
		return;
	assert_string_equal(pager_found(t->pager), text);
	if (!found || t->words.restless)
		return;
	bool marked = false;
	check(t);
	for (unsigned y = 0; y < t->height; y++)
		marked = marked || has_style(&t->rows[y], STYLE_FOUND);
	assert_true(marked);
}

static void lines_come_and_go(struct trial *t)
{
	struct toy *toy = &t->words.toy;
	toy->gained = below(6);
	if (toy->end + toy->gained - toy->first > LINES_MAX)
		toy->first = toy->end + toy->gained - LINES_MAX;
	if (below(10) == 0)
		toy->first += below((unsigned)(toy->end - toy->first) + 1);
	if (below(10) == 0)
		toy->end -= below((unsigned)(toy->end - toy->first) + 1);
	assert_int_equal(pager_update(t->pager), 0);
}

static void something_happens(struct trial *t)
{
	switch (below(12)) {
	case 0:
		t->width = below(WIDTH_MAX);
		break;
	case 1:
		t->height = below(HEIGHT_MAX);
		break;
	case 2:
	case 3:
		lines_come_and_go(t);
		break;
	case 4:
		t->words.version[below(LINES_MAX)]++;
		break;
	case 5:
	case 6:
		pager_choose(t->pager, (int)below(7) - 3, t->width, t->height);
		break;
	case 7:
		pager_choose_none(t->pager);
		break;
	case 8:
		find_something(t);
		break;
	case 9:
		if (below(20) == 0)
			pager_clear(t->pager);
		break;
	default:
		pager_move(t->pager, (enum pager_move)below(MOVE_END + 1), t->width, t->height);
		break;
	}
}

static void run(bool restless)
{
	static struct trial t;
	t = (struct trial){.words.restless = restless, .width = 20, .height = 5};
	t.pager = pager_new(&words_lines, &t.words);
	assert_non_null(t.pager);
	for (int i = 0; i < STEPS; i++) {
		something_happens(&t);
		if (below(3))
			check(&t);
	}
	pager_free(t.pager);
	for (size_t i = 0; i < HEIGHT_MAX; i++)
		view_row_free(&t.rows[i]);
}

static void test_what_is_shown_is_a_piece_of_the_whole(void **state)
{
	(void)state;
	run(false);
}

static void test_lines_that_are_never_the_same(void **state)
{
	(void)state;
	run(true);
}

/* Scrolled to any place, any width and back: the same rows; and in each width the first one has the same place. */
static void test_the_place_stays(void **state)
{
	(void)state;
	static struct trial t;
	t = (struct trial){.words.toy.end = LINES_MAX, .height = 4};
	t.pager = pager_new(&words_lines, &t.words);
	for (int i = 0; i < 300; i++) {
		unsigned width = t.width = 30 + below(20);
		pager_move(t.pager, MOVE_HOME, width, t.height);
		for (unsigned steps = below(150); steps > 0; steps--)
			pager_move(t.pager, MOVE_LINE_DOWN, width, t.height);
		check(&t);
		char *before = text_of(&t.rows[0]);
		if (pager_follows(t.pager)) {
			free(before);
			continue;
		}
		t.width = 2 + below(60);
		check(&t);
		if (!pager_follows(t.pager)) {
			t.width = width;
			check(&t);
			assert_row(&t.rows[0], before);
		}
		free(before);
	}
	pager_free(t.pager);
	for (size_t i = 0; i < HEIGHT_MAX; i++)
		view_row_free(&t.rows[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_shown_is_a_piece_of_the_whole),
		cmocka_unit_test(test_lines_that_are_never_the_same),
		cmocka_unit_test(test_the_place_stays),
	};
	return cmocka_run_group_tests(tests, use_utf8_and_utc, NULL);
}
