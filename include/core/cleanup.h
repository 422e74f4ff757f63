/*
 * Ownership on the stack: a _cleanup_ local is freed on every way out of its
 * block; take_ptr() hands it over.
 */
#ifndef HF_CORE_CLEANUP_H
#define HF_CORE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(function) __attribute__((cleanup(function)))

#define take_ptr(pointer)                                                                          \
	({                                                                                         \
		__typeof__(pointer) taken_ = (pointer);                                            \
		(pointer) = NULL;                                                                  \
		taken_;                                                                            \
	})

#define take_fd(fd)                                                                                \
	({                                                                                         \
		int taken_ = (fd);                                                                 \
		(fd) = -1;                                                                         \
		taken_;                                                                            \
	})

/* DEFINE_CLEANUP(struct db *, db_close) makes db_closep for _cleanup_(db_closep). */
#define DEFINE_CLEANUP(type, function)                                                             \
	static inline void function##p(type *object)                                               \
	{                                                                                          \
		if (*object) {                                                                     \
			(void)function(*object);                                                   \
		}                                                                                  \
	}                                                                                          \
	struct cleanup_needs_a_semicolon

static inline void freep(void *pointer)
{
	free(*(void **)pointer);
}

static inline void closep(int *fd)
{
	if (*fd >= 0) {
		(void)close(*fd);
	}
}

static inline void fclosep(FILE **file)
{
	if (*file) {
		(void)fclose(*file);
	}
}

#define _cleanup_free_   _cleanup_(freep)
#define _cleanup_close_  _cleanup_(closep)
#define _cleanup_fclose_ _cleanup_(fclosep)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
