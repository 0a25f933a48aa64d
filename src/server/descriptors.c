#include "descriptors.h"

#include <fcntl.h>
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

/* The list's own is counted, too: a look at it needs one. */
int descriptors_left(void)
{
	struct descriptors d;
	int fd;
	descriptors_begin(&d);
	int left = d.limit;
	while ((fd = descriptors_next(&d)) != -1)
		left -= fcntl(fd, F_GETFD) != -1;
	descriptors_end(&d);
	return left;
}
