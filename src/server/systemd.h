/*
 * systemd - what a service manager gives to a server, and wants to be told: sockets that are open already, so that they
 * outlive it (sd_listen_fds(3)), and when it is ready (sd_notify(3)).
 *
 * All of it is agreed on in environment variables, so it needs no library; where nobody sets them, nothing happens.
 */
#ifndef SERVER_SYSTEMD_H
#define SERVER_SYSTEMD_H

#include "server.h"

enum { SYSTEMD_FIRST = 3 }; /* the first descriptor that is given */

/*
 * Takes the variables out of the environment, and remembers whom to tell. Returns how many descriptors have been given;
 * no program that we start gets them. Before there are threads.
 */
int systemd_start(void);
/* Looks at what has been given. Fills in a service for each, and returns how many; -1: it has told what is wrong. */
int systemd_services(int given, struct report *r, struct service services[SERVER_SOCKETS_MAX]);

void systemd_ready(void);
void systemd_stopping(void);

#endif
