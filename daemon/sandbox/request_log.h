/*
 * The truth for tests: one line of JSON for each request that reached the
 * gateway, on disk before anything else happens to it.
 */
#ifndef HF_SANDBOX_REQUEST_LOG_H
#define HF_SANDBOX_REQUEST_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/civil.h"
#include "lib/json.h"

#define REQUEST_LOG_KEPT 10000 /* lines that GET /log still has; the file has them all */

struct request_log;

struct request_entry {
	const char *key, *to, *from, *text, *said_at; /* NULL where not given */
	bool repeat;                                  /* its key is known already */
	bool delivered;                               /* the phone got it */
	const char *fault;                            /* "none" */
};

/* path NULL: only in memory. */
int request_log_new(const char *path, struct request_log **ret_log);
struct request_log *request_log_free(struct request_log *log);

/* One write(2) to the end of the file.  The first line has n = 1. */
int request_log_write(struct request_log *log, const struct request_entry *entry, hf_time now);

/* The lines after line n as a JSON array, as far as they are kept.  Allocated; NULL when memory is
 * out. */
char *request_log_after(const struct request_log *log, uint64_t n, size_t *ret_size);

#endif
