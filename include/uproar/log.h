/*
 * log - the events so far, which every view is a function of. Part of layer event.
 */
#ifndef UPROAR_LOG_H
#define UPROAR_LOG_H

#include <uproar/event.h>

/* The log: events by index, which never changes. Beyond its limit the oldest are forgotten. */
struct log;
struct log *log_new(size_t events, size_t bytes); /* its limits; bytes of data; NULL: ENOMEM */
void log_free(struct log *l);
int log_append(struct log *l, const struct event *e);            /* keeps a copy, data too. -1: ENOMEM */
uint64_t log_first(const struct log *l);                         /* index of the oldest event it still has */
uint64_t log_end(const struct log *l);                           /* index that the next event will get */
const struct event *log_at(const struct log *l, uint64_t index); /* first <= index < end; until it is forgotten */

#endif
