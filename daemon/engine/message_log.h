/* The log lines of a transaction: kept until it is committed, so that the journal never says what
 * did not happen. */
#ifndef HF_ENGINE_MESSAGE_LOG_H
#define HF_ENGINE_MESSAGE_LOG_H

#include "store/outbox.h"

struct message_log;

int message_log_new(struct message_log **ret_log);
struct message_log *message_log_free(struct message_log *log);

/* What became of a row; everything is copied.  gateway and reason may be NULL. */
int message_log_add(struct message_log *log, const struct outbox_message *row,
		    enum outbox_state state, const char *gateway, const char *reason, hf_time now);

void message_log_write(struct message_log *log); /* and forget them */
void message_log_drop(struct message_log *log);

#endif
