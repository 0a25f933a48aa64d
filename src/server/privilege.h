/*
 * privilege - what the server need not be able to do it gives up, lest somebody who gets hold of it can: to gain rights
 * from programs that it starts, and to be root.
 */
#ifndef SERVER_PRIVILEGE_H
#define SERVER_PRIVILEGE_H

#include <stdbool.h>
#include <sys/types.h>

/* No program that is started from here on gains rights by its owner or its file's capabilities (Linux; elsewhere none
 * of this, and it has to be done without). Before there are threads. */
void privilege_limit(void);

struct account {
	const char *name; /* as it was given; NULL: stay who we are */
	uid_t user;
	gid_t group;
};

/* "NAME", or "NAME:GROUP"; without a group, the user's own. Before there are threads. -1: there is no such user or
 * group, or the user is root. */
int privilege_account(struct account *a, const char *name);
/* Becomes that user, of that group alone, with no way back. -1: errno; EPERM: we are not root. */
int privilege_drop(const struct account *a);

#endif
