/*
 * descriptors - which this process has open, from the lowest up; those that are opened meanwhile may be missing.
 *
 * Linux has a list of them (proc(5)). Where that is not to be had, every number that there can be is given, up to a
 * limit.
 */
#ifndef SERVER_DESCRIPTORS_H
#define SERVER_DESCRIPTORS_H

#include <dirent.h>

struct descriptors {
	DIR *list; /* or NULL */
	int next, limit;
};

void descriptors_begin(struct descriptors *d);
int descriptors_next(struct descriptors *d); /* -1: there are no more */
void descriptors_end(struct descriptors *d);

int descriptors_left(void); /* how many more there may be */

#endif
