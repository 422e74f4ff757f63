/*
 * A list of blocks, each filled from its front.  A thing that is too large
 * for a block gets one of its own, put behind the block in use so that what
 * is left of that one is not lost.  Nothing here is thread-safe, and what was
 * given out is never moved: pointers hold until arena_free().
 */
#include "lib/arena.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"

/* Together with malloc's own header, just under one page and just under sixteen pages.  Each file of
 * the configuration has an arena of its own, and there may be thousands of small files. */
#define FIRST_BYTES (4L * 1024 - 64)
#define BLOCK_BYTES (64L * 1024 - 64)

struct block {
	struct block *next;
	size_t used, size;
	_Alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct block *head; /* the block in use; those behind it are full or of odd size */
};

static struct block *block_new(size_t size)
{
	struct block *block;

	if (size > SIZE_MAX - sizeof(*block)) {
		return NULL;
	}

	block = calloc(1, sizeof(*block) + size);
	if (block) {
		block->size = size;
	}
	return block;
}

int arena_new(struct arena **ret_arena)
{
	_cleanup_free_ struct arena *arena = calloc(1, sizeof(*arena));

	if (!arena) {
		return -ENOMEM;
	}

	arena->head = block_new(FIRST_BYTES);
	if (!arena->head) {
		return -ENOMEM;
	}

	*ret_arena = take_ptr(arena);
	return 0;
}

struct arena *arena_free(struct arena *arena)
{
	while (arena && arena->head) {
		struct block *next = arena->head->next;

		free(arena->head);
		arena->head = next;
	}
	free(arena);
	return NULL;
}

static void *alloc_apart(struct arena *arena, size_t bytes)
{
	struct block *block = block_new(bytes);

	if (!block) {
		return NULL;
	}

	block->used = bytes;
	block->next = arena->head->next;
	kept(block);
	arena->head->next = block;
	return block->bytes;
}

static void *alloc_bytes(struct arena *arena, size_t bytes, size_t align)
{
	size_t at = (arena->head->used + align - 1) & ~(align - 1);

	if (bytes > BLOCK_BYTES / 4) {
		return alloc_apart(arena, bytes);
	}
	if (bytes > arena->head->size || at > arena->head->size - bytes) {
		struct block *block = block_new(BLOCK_BYTES);

		if (!block) {
			return NULL;
		}

		block->next = arena->head;
		arena->head = block;
		at = 0;
	}

	arena->head->used = at + bytes;
	return arena->head->bytes + at;
}

void *arena_alloc(struct arena *arena, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		return NULL;
	}

	return alloc_bytes(arena, bytes, _Alignof(max_align_t));
}

char *arena_copy(struct arena *arena, const char *text)
{
	size_t bytes = strlen(text) + 1;
	char *copy = alloc_bytes(arena, bytes, 1);

	if (copy) {
		memcpy(copy, text, bytes);
	}
	return copy;
}
