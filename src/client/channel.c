#include "channel.h"

#include <errno.h>
#include <unistd.h>

enum {
	MESSAGE_ROOM = 64 << 10, /* an event's message is far smaller */
	MESSAGES_A_TURN = 256,   /* so that a busy server does not keep the loop from our own sockets */
};

enum channel_news channel_take(int fd, session_tell *each, void *arg)
{
	static char message[MESSAGE_ROOM];
	for (int i = 0; i < MESSAGES_A_TURN; i++) {
		ssize_t n = read(fd, message, sizeof message);
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return CHANNEL_EMPTY;
		if (n <= 0)
			return CHANNEL_ENDED;
		struct event e;
		if (event_unpack(&e, message, (size_t)n) == 0)
			each(&e, arg);
	}
	return CHANNEL_MORE;
}

int channel_tell(int fd, const char *command, const char *argument)
{
	struct buf message = {0};
	int result = buf_printf(&message, "%s%s%s", command, *argument ? " " : "", argument);
	if (result == 0 && write(fd, buf_bytes(&message), message.size) == -1)
		result = -1;
	int error = errno;
	buf_free(&message);
	errno = error;
	return result;
}
