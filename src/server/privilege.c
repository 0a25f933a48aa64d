#include "privilege.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

enum { NAME_ROOM = 256 };

void privilege_limit(void)
{
#ifdef __linux__
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#endif
}

static int find_group(struct account *a, const char *name)
{
	/* cppcheck-suppress getgrnamCalled ; there are no threads yet */
	const struct group *group = getgrnam(name);
	if (!group)
		return -1;
	a->group = group->gr_gid;
	return 0;
}

int privilege_account(struct account *a, const char *name)
{
	char user[NAME_ROOM];
	size_t n = strcspn(name, ":");
	if (n >= sizeof user)
		return -1;
	memcpy(user, name, n);
	user[n] = '\0';
	/* cppcheck-suppress getpwnamCalled ; there are no threads yet */
	const struct passwd *entry = getpwnam(user);
	if (!entry || entry->pw_uid == 0)
		return -1;
	*a = (struct account){.name = name, .user = entry->pw_uid, .group = entry->pw_gid};
	if (name[n] == ':' && find_group(a, name + n + 1) == -1)
		return -1;
	return a->group == 0 ? -1 : 0; /* root's own group would be a part of what is to be dropped */
}

/* That each call succeeded is not taken for granted: a way back means that something was forgotten. */
static bool is_final(const struct account *a)
{
	gid_t groups[1];
	int others = getgroups(1, groups);
	return getuid() == a->user && geteuid() == a->user && getgid() == a->group && getegid() == a->group &&
	       (others == 0 || (others == 1 && groups[0] == a->group)) && setuid(0) == -1 && seteuid(0) == -1;
}

/* The user last: whoever is not root any more may change nothing else. */
int privilege_drop(const struct account *a)
{
	if (!a->name)
		return 0;
	if (geteuid() != 0) {
		errno = EPERM;
		return -1;
	}
	if (setgroups(1, &a->group) == -1 || setgid(a->group) == -1 || setuid(a->user) == -1)
		return -1;
	if (is_final(a))
		return 0;
	errno = EACCES;
	return -1;
}
