/*
 * What clients wrote, for a courier that asks: GET /inbound.
 */
#ifndef HF_SANDBOX_BROUGHT_H
#define HF_SANDBOX_BROUGHT_H

#include "lib/civil.h"
#include "lib/json.h"
#include "sandbox/webhook.h"

#define BROUGHT_KEPT 500
#define BROUGHT_PAGE 50

struct brought;

int brought_new(struct brought **ret_brought);
struct brought *brought_free(struct brought *brought);
/* The oldest makes room.  0 or -ENOMEM. */
int brought_add(struct brought *brought, const struct inbound *inbound, hf_time now);

/* {"inbound": [...], "next": "/inbound?since=...&page=1" or ""}: what came at `since` or later.
 * NULL when memory is out. */
json_t *brought_page(const struct brought *brought, const char *since, unsigned page);

#endif
