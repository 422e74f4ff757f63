/* Which texts a person asks for: ids, a page at a time, so that years of texts fit in no answer. */
#ifndef HF_STORE_SEARCH_H
#define HF_STORE_SEARCH_H

#include "store/outbox.h"

#define OUTBOX_PAGE_MAX 1000

struct outbox_search {
	const char *client; /* NULL: all */
	int state;          /* -1: all */
	hf_time since;      /* due at or after it */
};

/* The ids greater than `after`, rising, at most `most` (up to OUTBOX_PAGE_MAX).  0 or -errno. */
int outbox_page(struct db *db, const struct outbox_search *search, int64_t after, size_t most,
		int64_t *ret_ids, size_t *ret_count);
/* The last ones there are, rising. */
int outbox_latest(struct db *db, const struct outbox_search *search, size_t most, int64_t *ret_ids,
		  size_t *ret_count);

#endif
