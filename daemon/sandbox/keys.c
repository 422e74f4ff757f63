/*
 * A hash table whose entries also stand in a queue by age.
 *
 * The table has its full size from the start: untouched pages cost nothing,
 * and it never stops the world to grow.  The hash is FNV-1a, seeded, since keys
 * come from outside.
 */
#include "sandbox/keys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/random.h>

#include "lib/cleanup.h"

#define BUCKETS (1u << 20)

struct entry {
	LIST_ENTRY(entry) chain;
	STAILQ_ENTRY(entry) age;
	struct key_answer answer;
	hf_time at;
	char key[];
};

LIST_HEAD(bucket, entry);

struct keys {
	uint64_t seed;
	size_t count;
	STAILQ_HEAD(, entry) by_age;
	struct bucket *buckets;
};

DEFINE_CLEANUP(struct keys *, keys_free);

int keys_new(struct keys **ret_keys)
{
	_cleanup_(keys_freep) struct keys *keys = calloc(1, sizeof(*keys));

	if (!keys) {
		return -ENOMEM;
	}
	STAILQ_INIT(&keys->by_age);

	keys->buckets = calloc(BUCKETS, sizeof(*keys->buckets));
	if (!keys->buckets) {
		return -ENOMEM;
	}

	if (getrandom(&keys->seed, sizeof(keys->seed), 0) != sizeof(keys->seed)) {
		return -EIO;
	}

	*ret_keys = take_ptr(keys);
	return 0;
}

static void forget_oldest(struct keys *keys)
{
	struct entry *oldest = STAILQ_FIRST(&keys->by_age);

	STAILQ_REMOVE_HEAD(&keys->by_age, age);
	LIST_REMOVE(oldest, chain);
	keys->count--;
	free(oldest);
}

void keys_clear(struct keys *keys)
{
	while (keys->count > 0) {
		forget_oldest(keys);
	}
}

struct keys *keys_free(struct keys *keys)
{
	if (keys) {
		keys_clear(keys);
		free(keys->buckets);
		free(keys);
	}
	return NULL;
}

static struct bucket *bucket_of(struct keys *keys, const char *key)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ keys->seed;

	for (; *key; key++) {
		hash = (hash ^ (unsigned char)*key) * UINT64_C(0x100000001b3);
	}

	return &keys->buckets[(hash ^ hash >> 32) % BUCKETS];
}

int keys_find(struct keys *keys, const char *key, hf_time now, struct key_answer *ret_answer)
{
	struct entry *entry;

	while (keys->count > 0 && STAILQ_FIRST(&keys->by_age)->at + KEYS_KEPT <= now) {
		forget_oldest(keys);
	}

	LIST_FOREACH(entry, bucket_of(keys, key), chain)
	{
		if (strcmp(entry->key, key) == 0) {
			*ret_answer = entry->answer;
			return 0;
		}
	}

	return KEYS_E_UNKNOWN;
}

int keys_add(struct keys *keys, const char *key, const struct key_answer *answer, hf_time now)
{
	size_t size = strlen(key) + 1;
	struct entry *entry = malloc(sizeof(*entry) + size);

	if (!entry) {
		return -ENOMEM;
	}

	if (keys->count >= KEYS_MOST) {
		forget_oldest(keys);
	}

	entry->answer = *answer;
	entry->at = now;
	memcpy(entry->key, key, size);
	LIST_INSERT_HEAD(bucket_of(keys, key), entry, chain);
	STAILQ_INSERT_TAIL(&keys->by_age, entry, age);
	keys->count++;
	return 0;
}
