/*
 * symbols - the names that <sys/socket.h> and its like give to numbers.
 */
#ifndef UPROAR_EVENT_SYMBOLS_H
#define UPROAR_EVENT_SYMBOLS_H

#include <uproar/base.h>

/* Each appends a name, or the number where it knows none. -1: ENOMEM. */
int symbol_family(struct buf *out, int family);
int symbol_type(struct buf *out, int type);        /* with its flags: "SOCK_STREAM|SOCK_CLOEXEC" */
int symbol_type_flags(struct buf *out, int flags); /* accept4's */
int symbol_flags(struct buf *out, int flags);      /* MSG_... */
int symbol_how(struct buf *out, int how);
int symbol_level(struct buf *out, int level);
int symbol_option(struct buf *out, int level, int option);
int symbol_errno(struct buf *out, int error);
int symbol_lookup_error(struct buf *out, int code); /* EAI_... */

#endif
