/* How holdfastd is, reading the configuration anew, and going on after a clock was not believed. */
#ifndef HF_STAFF_STATUS_H
#define HF_STAFF_STATUS_H

#include "staff/reply.h"

/* Routes: 0 with the reply filled, or -errno. */
int status_show(const struct api_host *host, const struct request *request, struct reply *reply);
int status_reload(const struct api_host *host, const struct request *request, struct reply *reply);
/* May take {"why": W}.  409 where nothing is held. */
int status_confirm(const struct api_host *host, const struct request *request, struct reply *reply);

#endif
