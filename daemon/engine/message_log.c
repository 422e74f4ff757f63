/*
 * There are never more lines than a transaction has rows, and dispatch bounds those.
 */
#include "engine/message_log.h"

#include "lib/arena.h"
#include "lib/array.h"
#include "lib/log.h"
#include "config/model.h"

void message_log_done(struct message_log *log)
{
	message_log_end(log, -ECANCELED);
	free(log->list);
	*log = (struct message_log){ 0 };
}

static const char *keep(struct message_log *log, const char *text)
{
	return text && *text ? arena_copy(log->texts, text) : NULL;
}

int message_log_add(struct message_log *log, const struct outbox_message *row,
		    enum outbox_state state, const char *gateway, const char *reason, hf_time now)
{
	struct log_message line = {
		.id = row->id,
		.kind = kind_words[row->kind],
		.state = outbox_state_words[state],
		.attempt = row->attempts,
		.segments = row->segments,
		.delay_us = now - row->due,
	};

	if ((!log->texts && arena_new(&log->texts) != 0) ||
	    array_reserve(log->list, log->count, log->room, 1) != 0) {
		return -ENOMEM;
	}

	line.client = keep(log, row->client);
	line.gateway = keep(log, gateway);
	line.reason = keep(log, reason);
	if (!line.client) {
		return -ENOMEM;
	}

	log->list[log->count++] = line;
	return 0;
}

void message_log_end(struct message_log *log, int r)
{
	for (size_t i = 0; r == 0 && i < log->count; i++) {
		log_message(&log->list[i]);
	}
	log->texts = arena_free(log->texts);
	log->count = 0;
}
