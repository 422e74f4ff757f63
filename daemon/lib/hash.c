/*
 * FNV-1a, 32 bits (www.isthe.com/chongo/tech/comp/fnv).
 */
#include "lib/hash.h"

uint32_t hash_text(const char *text)
{
	uint32_t hash = 2166136261u;

	for (; *text; text++) {
		hash = (hash ^ (unsigned char)*text) * 16777619u;
	}
	return hash;
}
