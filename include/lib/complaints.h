/*
 * Log lines about what strangers can do as often as they like: for each reason one at once, and
 * then one a minute that says how often it came.  Together they tell all.
 */
#ifndef HF_LIB_COMPLAINTS_H
#define HF_LIB_COMPLAINTS_H

#include <stdint.h>

#include "lib/loop.h"

struct complaints;

/* Writes the line. */
typedef void (*complaints_on_line)(void *userdata, uint64_t count, const char *what,
				   const char *why);

int complaints_new(struct loop *loop, complaints_on_line on_line, void *userdata,
		   struct complaints **ret_complaints);
/* What no line has told yet is told. */
struct complaints *complaints_free(struct complaints *complaints);

/* Both outlive it: literals.  Of more than 31 reasons the later ones share a line. */
void complaints_add(struct complaints *complaints, const char *what, const char *why);

#endif
