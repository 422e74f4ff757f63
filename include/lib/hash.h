/*
 * A text as a number that spreads well, and the same everywhere: FNV-1a
 * (www.isthe.com/chongo/tech/comp/fnv).  Only for what anybody's texts may fill
 * up without harm; it is no secret.
 */
#ifndef HF_LIB_HASH_H
#define HF_LIB_HASH_H

#include <stdint.h>

static inline uint32_t hash_text(const char *text)
{
	uint32_t hash = 2166136261u;

	for (; *text; text++) {
		hash = (hash ^ (unsigned char)*text) * 16777619u;
	}
	return hash;
}

/* The same in 64 bits, and of several texts: hash_add(hash_add(HASH_EMPTY, one), other). */
#define HASH_EMPTY UINT64_C(14695981039346656037)
static inline uint64_t hash_add(uint64_t hash, const char *text)
{
	for (; *text; text++) {
		hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
	}
	return hash;
}

#endif
