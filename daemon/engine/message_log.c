/*
 * Log lines that wait for their commit.
 *
 * There are never more than a transaction has rows, and dispatch bounds those.
 */
#include "engine/message_log.h"

#include <errno.h>

#include "lib/log.h"
#include "lib/arena.h"
#include "lib/cleanup.h"
#include "config/model.h"

struct message_log {
	struct arena *arena; /* the texts; NULL while there are none */
	struct log_message *list;
	size_t count, room;
};

int message_log_new(struct message_log **ret_log)
{
	struct message_log *log = calloc(1, sizeof(*log));

	if (!log) {
		return -ENOMEM;
	}

	*ret_log = log;
	return 0;
}

struct message_log *message_log_free(struct message_log *log)
{
	if (log) {
		message_log_drop(log);
		free(log->list);
		free(log);
	}
	return NULL;
}

static int make_room(struct message_log *log)
{
	size_t room = log->room ? 2 * log->room : 64;
	struct log_message *list;
	int r;

	if (!log->arena) {
		r = arena_new(&log->arena);
		if (r != 0) {
			return r;
		}
	}
	if (log->count < log->room) {
		return 0;
	}

	list = reallocarray(log->list, room, sizeof(*list));
	if (!list) {
		return -ENOMEM;
	}

	log->list = list;
	log->room = room;
	return 0;
}

static const char *keep(struct message_log *log, const char *text)
{
	return text && *text ? arena_copy(log->arena, text) : NULL;
}

int message_log_add(struct message_log *log, const struct outbox_message *row,
		    enum outbox_state state, const char *gateway, const char *reason, hf_time now)
{
	struct log_message *line;
	int r = make_room(log);

	if (r != 0) {
		return r;
	}

	line = &log->list[log->count];
	*line = (struct log_message){
		.id = row->id,
		.client = keep(log, row->client),
		.kind = kind_words[row->kind],
		.state = outbox_state_words[state],
		.gateway = keep(log, gateway),
		.reason = keep(log, reason),
		.attempt = row->attempts,
		.segments = row->segments,
		.delay_us = now - row->due,
	};
	if (!line->client) {
		return -ENOMEM;
	}

	log->count++;
	return 0;
}

void message_log_write(struct message_log *log)
{
	for (size_t i = 0; i < log->count; i++) {
		log_message(&log->list[i]);
	}
	message_log_drop(log);
}

void message_log_drop(struct message_log *log)
{
	log->arena = arena_free(log->arena);
	log->count = 0;
}
