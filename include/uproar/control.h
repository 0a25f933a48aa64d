/*
 * control - what a watcher of a server may tell it: the way down the channel on which events come up. Part of layer
 * event.
 *
 * A message is text: a command, and after a space its argument. What a server does not know it overlooks. Anything that
 * is wrong is told as a note. A watcher that comes late is first told what there is (each LISTENING, LAB_SETTINGS, a
 * sample of each socket), for itself, with the number 0; all watchers have the other events in common.
 */
#ifndef UPROAR_CONTROL_H
#define UPROAR_CONTROL_H

enum {
	CONTROL_MAX = 1024,        /* bytes of a message */
	CONTROL_SOCKETS_MAX = 256, /* told of at a time */
};

/* lab SPEC: the lab's settings, as lab_parse() takes them; answered by LAB_SETTINGS, to all watchers. */
#define CONTROL_LAB "lab"
/*
 * step on, step off, step go: each call waits before it is made, having told of itself as an EVENT_CALL that has not
 * returned; `go` lets the one go that waits (with several threads: the one that has waited longest). It ends with the
 * watcher who began it. Meanwhile all commands are heard; but a server of one thread, which is held, does what is for
 * the lab when the call has returned.
 */
#define CONTROL_STEP "step"
/* sockets: an EVENT_KERNEL, KERNEL_SAMPLE, for each of its TCP and UDP sockets: to this watcher alone, number 0. */
#define CONTROL_SOCKETS "sockets"
/* counters: what the server has done since it began, and dropped, as notes: to this watcher alone, number 0. */
#define CONTROL_COUNTERS "counters"

#endif
