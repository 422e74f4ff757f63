/*
 * Memory that is freed all at once: a configuration snapshot is built in one.
 * Everything is zeroed and lives until arena_free().
 */
#ifndef HF_LIB_ARENA_H
#define HF_LIB_ARENA_H

#include <stddef.h>

struct arena;

int arena_new(struct arena **ret_arena);
struct arena *arena_free(struct arena *arena);

/* Zeroed memory for count things of size bytes; NULL when memory is out. */
void *arena_alloc(struct arena *arena, size_t count, size_t size);
/* A copy of text; NULL when memory is out. */
char *arena_copy(struct arena *arena, const char *text);

#endif
