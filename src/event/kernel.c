#include <uproar/kernel.h>

const char *kernel_state_name(unsigned state)
{
	static const char *const names[KERNEL_STATES] = {
		"",          "ESTABLISHED", "SYN-SENT",   "SYN-RECEIVED", "FIN-WAIT-1", "FIN-WAIT-2",
		"TIME-WAIT", "CLOSED",      "CLOSE-WAIT", "LAST-ACK",     "LISTEN",     "CLOSING",
	};
	return state < KERNEL_STATES ? names[state] : "";
}
