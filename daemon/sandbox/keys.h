/*
 * The idempotency keys that the pretend gateway has seen, as real gateways keep
 * them: for 24 hours, and no more than a million.  The oldest go first.
 */
#ifndef HF_SANDBOX_KEYS_H
#define HF_SANDBOX_KEYS_H

#include <stdint.h>

#include "lib/civil.h"

#define KEYS_MOST 1000000
#define KEYS_KEPT HF_DAY
#define KEY_MAX   256 /* bytes, with the NUL */

struct keys;

struct key_answer {
	uint64_t id;
	int segments;
};

enum {
	KEYS_E_UNKNOWN = 1, /* keys_find: never seen, or forgotten */
};

int keys_new(struct keys **ret_keys);
struct keys *keys_free(struct keys *keys);
void keys_clear(struct keys *keys);

int keys_find(struct keys *keys, const char *key, hf_time now, struct key_answer *ret_answer);
/* Of a key that keys_find does not know. */
int keys_add(struct keys *keys, const char *key, const struct key_answer *answer, hf_time now);

#endif
