/*
 * Arrays that grow:
 *
 *	struct names {
 *		const char **list;
 *		size_t count, room;
 *	};
 *
 *	if (array_reserve(names->list, names->count, names->room, 1) < 0) {
 *		return -ENOMEM;
 *	}
 *	names->list[names->count++] = name;
 *
 * An array begins as NULL, 0, 0 and is freed with free().  Dangerous: what grows is moved, so
 * nobody may keep a pointer into it.
 */
#ifndef HF_LIB_ARRAY_H
#define HF_LIB_ARRAY_H

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/cleanup.h"

/* Room for `more` elements behind the first `count`: 0, or -ENOMEM with the array as it was.  The
 * room doubles, so that adding one by one costs no more than twice as much.  The size is that of an
 * array of one, since clang-tidy takes the size of a pointer for a mistake. */
#define array_reserve(list, count, room, more)                                                     \
	({                                                                                         \
		__typeof__(list) grown_ = array_grow((list), (count), &(room), (more),             \
						     sizeof(__typeof__(*(list))[1]));              \
		(list) = grown_ ? grown_ : (list);                                                 \
		grown_ ? 0 : -ENOMEM;                                                              \
	})

/* The list, moved where that was needed; NULL where memory is out. */
static inline void *array_grow(void *list, size_t count, size_t *room, size_t more, size_t size)
{
	size_t wanted = *room > 0 ? *room : 16;
	void *grown;

	if (list && *room - count >= more) {
		return list;
	}
	if (more > SIZE_MAX / 4 / size) {
		return NULL;
	}
	while (wanted - count < more) {
		wanted *= 2;
	}

	grown = reallocarray(list, wanted, size);
	*room = grown ? wanted : *room;
	kept(grown);
	return grown;
}

#endif
