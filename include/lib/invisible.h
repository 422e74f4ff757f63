/*
 * Characters that nobody sees, or that look like another: what comes along when
 * a value is copied from a contact, a web page or a word processor.
 */
#ifndef HF_LIB_INVISIBLE_H
#define HF_LIB_INVISIBLE_H

#include <stdbool.h>

struct invisible {
	const char *what;   /* "a no-break space" */
	unsigned character; /* U+ */
	int at;             /* after so many bytes */
	int length;         /* bytes */
};
/* The first of them; false where there is none. */
bool invisible_find(const char *text, struct invisible *ret_invisible);
/* The text without them, with plain blanks and hyphens for those that look so, and without blanks at
 * its ends.  Allocated; NULL when memory is out. */
char *invisible_drop(const char *text);

#endif
