/* Files that a program carries inside; contrib/embed makes the tables, which end with a NULL name.
 */
#ifndef HF_LIB_EMBEDDED_H
#define HF_LIB_EMBEDDED_H

#include <stddef.h>

struct embedded {
	const char *name;
	const char *bytes; /* NUL-terminated */
	size_t size;
};

extern const struct embedded preset_files[];
extern const struct embedded word_files[];
extern const struct embedded page_files[];

#endif
