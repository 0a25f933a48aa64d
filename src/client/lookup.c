#include "lookup.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include <uproar/sock.h>

struct lookup {
	uv_work_t work;
	char *host, *port;
	int family;
	enum protocol protocol;
	struct lookup_result result;
	void (*done)(const struct lookup_result *result, void *arg); /* NULL: nobody waits for it any more */
	void *arg;
};

/* Some resolvers say that there is no such name where it has only addresses of another family. */
static bool is_of_another_family(const char *host, const char *port, int family, enum protocol protocol, int code)
{
	struct endpoint found;
	return family != 0 && code == EAI_NONAME && sock_resolve(host, port, 0, protocol, &found, 1, &code) > 0;
}

void lookup_now(const char *host, const char *port, int family, enum protocol protocol, struct lookup_result *result)
{
	int code = 0;
	int count = sock_resolve(host, port, family, protocol, result->found, LOOKUP_ADDRESSES, &code);
	if (count <= 0 && is_of_another_family(host, port, family, protocol, code))
		code = EAI_FAMILY;
	result->count = count > 0 ? (size_t)count : 0;
	result->resolver = code != EAI_SYSTEM;
	result->error = code == EAI_SYSTEM ? errno : code == 0 ? EAI_NONAME : code;
}

static void resolve(uv_work_t *work)
{
	struct lookup *k = work->data;
	lookup_now(k->host, k->port, k->family, k->protocol, &k->result);
}

static void lookup_free(struct lookup *k)
{
	free(k->host);
	free(k->port);
	free(k);
}

static void resolved(uv_work_t *work, int status)
{
	struct lookup *k = work->data;
	if (k->done && status == 0)
		k->done(&k->result, k->arg);
	lookup_free(k);
}

struct lookup *lookup_start(uv_loop_t *loop, const char *host, const char *port, int family, enum protocol protocol,
			    void (*done)(const struct lookup_result *result, void *arg), void *arg)
{
	struct lookup *k = calloc(1, sizeof *k);
	if (!k)
		return NULL;
	k->work.data = k;
	k->host = strdup(host);
	k->port = strdup(port);
	k->family = family;
	k->protocol = protocol;
	k->done = done;
	k->arg = arg;
	if (k->host && k->port && uv_queue_work(loop, &k->work, resolve, resolved) == 0)
		return k;
	lookup_free(k);
	errno = ENOMEM;
	return NULL;
}

void lookup_cancel(struct lookup *k)
{
	k->done = NULL;
	uv_cancel((uv_req_t *)&k->work);
}
