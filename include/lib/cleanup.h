/*
 * Ownership on the stack: a _cleanup_ local is freed on every way out of its
 * block; take_ptr() hands it over.
 */
#ifndef HF_LIB_CLEANUP_H
#define HF_LIB_CLEANUP_H

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

/*
 * Tells gcc's -fanalyzer that a pointer has found its owner.  Version 12 takes what is stored two
 * pointers away, as in a->b->c, for leaked; LeakSanitizer watches over it in the unit tests.
 */
#ifdef HF_ANALYSED
void kept(void *pointer);
#else
#define kept(pointer) ((void)0)
#endif

/*
 * DEFINE_CLEANUP(struct db *, db_close) makes db_closep for _cleanup_(db_closep).  A type in a
 * declaration cannot stand in parentheses.
 */
#define DEFINE_CLEANUP(type, function)                                                             \
	static inline void function##p(type *object) /* NOLINT(bugprone-macro-parentheses) */      \
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
