/* The log lines of a transaction: kept until it is committed, so that the journal never says what
 * did not happen. */
#ifndef HF_ENGINE_LINES_H
#define HF_ENGINE_LINES_H

#include "store/outbox.h"

struct lines;

int lines_new(struct lines **ret_lines);
struct lines *lines_free(struct lines *lines);

/* What became of a row; everything is copied.  gateway and reason may be NULL. */
int lines_add(struct lines *lines, const struct outbox_message *row, enum outbox_state state,
	      const char *gateway, const char *reason, hf_time now);

void lines_write(struct lines *lines); /* and forget them */
void lines_drop(struct lines *lines);

#endif
