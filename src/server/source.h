/*
 * source - what datagrams a server does not answer, whichever model serves: since nobody who asks sends such; or since
 * there are too many (limiter.h). Every datagram is counted (counters.h), and those without a reply are told of. On any
 * thread.
 */
#ifndef SERVER_SOURCE_H
#define SERVER_SOURCE_H

#include <sys/types.h>

#include "report.h"

void source_start(unsigned rate); /* datagrams a second that one network beyond this machine may send; 0: any number */

/*
 * A datagram with a forged source makes two servers answer each other for ever (CVE-1999-0103, CVE-2024-2169). No
 * client has one of these: a system service's port or our own, no port, a group, or everybody.
 */
bool source_refused(const struct endpoint *source, uint16_t own_port);

/* A datagram of n bytes has come. True: it is not answered. */
bool datagram_refused(struct report *r, const struct endpoint *source, uint16_t own_port, size_t n);
/* Its reply is ready. True: it is not sent. */
bool reply_refused(struct report *r, const struct endpoint *client, const void *datagram, size_t n, const void *reply,
		   size_t size);
/* What became of the reply, as the call that sent it has returned; with errno. */
void reply_counted(ssize_t sent);
/* Before a socket of datagrams is closed: counts those that the system had no room for. */
void datagrams_end(int fd);

#endif
