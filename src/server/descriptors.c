#include "descriptors.h"

#include <stdlib.h>
#include <unistd.h>

enum { LIMIT = 65536 };

void descriptors_begin(struct descriptors *d)
{
	long limit = sysconf(_SC_OPEN_MAX);
	*d = (struct descriptors){.limit = limit < LIMIT ? (int)limit : LIMIT};
#ifdef __linux__
	d->list = opendir("/proc/self/fd");
#endif
}

int descriptors_next(struct descriptors *d)
{
	const struct dirent *entry;
	if (!d->list)
		return d->next < d->limit ? d->next++ : -1;
	/* cppcheck-suppress readdirCalled ; nobody else reads this list */
	while ((entry = readdir(d->list)) && entry->d_name[0] == '.')
		continue;
	return entry ? atoi(entry->d_name) : -1;
}

void descriptors_end(struct descriptors *d)
{
	if (d->list)
		closedir(d->list);
}
