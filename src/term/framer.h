/*
 * framer - cuts what a terminal sends into whole keys, and takes pastes out of them.
 *
 * readline must never see half a character (a search or vi's `r` would wait inside it), half an escape sequence
 * (vi's insert mode would end at the ESC) or a bracketed paste (readline 8.2 reads on for ever when fed bytewise).
 */
#ifndef TERM_FRAMER_H
#define TERM_FRAMER_H

#include <uproar/base.h>

enum {
	FRAMER_KEY_MAX = 32,         /* bytes of a key; what is longer is no key that anybody knows */
	FRAMER_PASTE_MAX = 64 << 10, /* bytes of a paste */
	FRAMER_KEY_MS = 50,          /* how long an unfinished key may take */
	FRAMER_PASTE_MS = 2000,      /* how long the rest of an unfinished paste may take */
};

enum frame {
	FRAME_CHARACTER, /* one character, or a control byte */
	FRAME_SEQUENCE,  /* begins with ESC, and may be ESC alone */
	FRAME_PASTE,     /* pasted text: valid characters and newlines inside, no other control byte */
	FRAME_LOST,      /* a byte that could not be used */
	FRAME_PASTE_CUT, /* after FRAME_PASTE, if any: some of it could not be used */
};

typedef void framer_take(enum frame kind, const char *data, size_t n);

struct framer {
	framer_take *take;
	bool utf8;         /* the terminal's characters are UTF-8, not single bytes */
	uint64_t patience; /* how long an unfinished key may take */
	uint64_t deadline; /* when framer_tick() must be called, CLOCK_NEVER: need not */
	char key[FRAMER_KEY_MAX];
	size_t size;    /* bytes of key so far */
	bool pasting;   /* between ESC[200~ and ESC[201~ */
	bool cut;       /* the paste is too long */
	size_t matched; /* bytes of ESC[201~ seen at the paste's end */
	struct buf paste;
};

void framer_init(struct framer *f, framer_take *take, bool utf8, uint64_t patience);
void framer_free(struct framer *f);
void framer_bytes(struct framer *f, const char *data, size_t n, uint64_t now);
void framer_tick(struct framer *f, uint64_t now);

#endif
