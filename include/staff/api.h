/*
 * The staff's door: HTTP and JSON over a Unix socket, one resource for each
 * command of holdfastctl.  SO_PEERCRED is who did it.  A malformed request is
 * answered 400 and changes nothing.
 */
#ifndef HF_STAFF_API_H
#define HF_STAFF_API_H

#include "base/clock.h"
#include "base/listener.h"
#include "flow/service.h"

struct api;

struct api_host {
	struct service *service;
	const struct clock *clock;
	const char *version;
	hf_time since;
	/* Reads the configuration anew.  0, or CONF_E_FAULT with faults filled, or -errno. */
	int (*reload)(void *userdata, struct faults *faults);
	/* Something was written that may be sent: look at the outbox. */
	void (*changed)(void *userdata);
	/* The last reload: its time (0: none since the start) and its first fault, "" when it was
	 * good. */
	void (*last_reload)(void *userdata, hf_time *ret_at, const char **ret_error);
	void *userdata;
};

/* fd listens on a Unix socket; the api's from here on, also on failure. */
int api_new(struct loop *loop, int fd, const struct api_host *host, struct api **ret_api);
struct api *api_free(struct api *api);

#endif
