/*
 * The truth for tests: one line of JSON for each request that reached the
 * gateway, on disk before anything else happens to it.
 */
#ifndef HF_SANDBOX_LEDGER_H
#define HF_SANDBOX_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/civil.h"
#include "lib/json.h"

#define LEDGER_KEPT 10000 /* lines that GET /log still has; the file has them all */

struct ledger;

struct ledger_entry {
	const char *key, *to, *from, *text, *said_at; /* NULL where not given */
	bool repeat;                                  /* its key is known already */
	bool delivered;                               /* the phone got it */
	const char *fault;                            /* "none" */
};

/* path NULL: only in memory. */
int ledger_new(const char *path, struct ledger **ret_ledger);
struct ledger *ledger_free(struct ledger *ledger);

/* One write(2) to the end of the file.  The first line has n = 1. */
int ledger_write(struct ledger *ledger, const struct ledger_entry *entry, hf_time now);

/* The lines after line n as a JSON array, as far as they are kept.  Allocated; NULL when memory is
 * out. */
char *ledger_after(const struct ledger *ledger, uint64_t n, size_t *ret_size);

#endif
