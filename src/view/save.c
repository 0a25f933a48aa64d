#include <uproar/views.h>

/* Lines of text, and whether there was memory for all of them. */
struct text {
	struct buf *out;
	bool failed;
};

static bool put_row(const struct view_row *row, void *arg)
{
	struct text *t = arg;
	const uint8_t *bytes = buf_bytes(&row->text);
	size_t n = row->text.size;
	while (n > 0 && bytes[n - 1] == ' ')
		n--;
	t->failed = buf_append(t->out, bytes, n) == -1 || buf_append(t->out, "\n", 1) == -1;
	return !t->failed;
}

int save_text(struct pager *p, unsigned width, struct buf *out)
{
	struct text t = {.out = out};
	size_t before = out->size;
	if (pager_all(p, width, put_row, &t) == 0 && !t.failed)
		return 0;
	out->size = before;
	return -1;
}
