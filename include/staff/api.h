/*
 * The staff's door: HTTP and JSON over a Unix socket, one resource for each
 * command of holdfastctl.  SO_PEERCRED is who did it.  A malformed request is
 * answered 400 and changes nothing.
 */
#ifndef HF_STAFF_API_H
#define HF_STAFF_API_H

#include "lib/http_server.h"
#include "staff/route.h"

struct api;

/* fd listens on a Unix socket; the api's from here on, also on failure.  What host points to
 * outlives the api; host itself is copied. */
int api_new(struct loop *loop, int fd, const struct api_host *host, struct api **ret_api);
struct api *api_free(struct api *api);

/* One request through the routes, by hand: what the fuzzer feeds.  0 with the reply filled (all
 * 4xx too), -errno where an answer could not even be made. */
int api_answer(const struct api_host *host, struct request *request, struct reply *reply);

#endif
