#include <uproar/event.h>

struct event event_of_note(enum event_who who, enum note_level level, const char *words, size_t n)
{
	return (struct event){
		.when = clock_now(),
		.who = who,
		.kind = EVENT_NOTE,
		.note.level = level,
		.size = (uint32_t)n,
		.data = words,
	};
}
