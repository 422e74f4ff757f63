/*
 * What a transaction made of messages, as log lines: kept until it is committed, so that the
 * journal never says what did not happen.
 */
#ifndef HF_ENGINE_MESSAGE_LOG_H
#define HF_ENGINE_MESSAGE_LOG_H

#include "store/outbox.h"

struct message_log {
	struct arena *texts; /* NULL while there are none */
	struct log_message *list;
	size_t count, room;
};

void message_log_done(struct message_log *log);

/* What became of a row; everything is copied.  gateway and reason may be NULL. */
int message_log_add(struct message_log *log, const struct outbox_message *row,
		    enum outbox_state state, const char *gateway, const char *reason, hf_time now);
/* The transaction has ended, with r: the lines are written where that is 0, and forgotten. */
void message_log_end(struct message_log *log, int r);

#endif
