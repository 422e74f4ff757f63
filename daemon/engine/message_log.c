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

struct lines {
	struct arena *arena; /* the texts; NULL while there are none */
	struct log_message *list;
	size_t count, room;
};

int lines_new(struct lines **ret_lines)
{
	struct lines *lines = calloc(1, sizeof(*lines));

	if (!lines) {
		return -ENOMEM;
	}

	*ret_lines = lines;
	return 0;
}

struct lines *lines_free(struct lines *lines)
{
	if (lines) {
		lines_drop(lines);
		free(lines->list);
		free(lines);
	}
	return NULL;
}

static int make_room(struct lines *lines)
{
	size_t room = lines->room ? 2 * lines->room : 64;
	struct log_message *list;
	int r;

	if (!lines->arena) {
		r = arena_new(&lines->arena);
		if (r != 0) {
			return r;
		}
	}
	if (lines->count < lines->room) {
		return 0;
	}

	list = reallocarray(lines->list, room, sizeof(*list));
	if (!list) {
		return -ENOMEM;
	}

	lines->list = list;
	lines->room = room;
	return 0;
}

static const char *keep(struct lines *lines, const char *text)
{
	return text && *text ? arena_copy(lines->arena, text) : NULL;
}

int lines_add(struct lines *lines, const struct outbox_message *row, enum outbox_state state,
	      const char *gateway, const char *reason, hf_time now)
{
	struct log_message *line;
	int r = make_room(lines);

	if (r != 0) {
		return r;
	}

	line = &lines->list[lines->count];
	*line = (struct log_message){
		.id = row->id,
		.client = keep(lines, row->client),
		.kind = kind_words[row->kind],
		.state = outbox_state_words[state],
		.gateway = keep(lines, gateway),
		.reason = keep(lines, reason),
		.attempt = row->attempts,
		.segments = row->segments,
		.delay_us = now - row->due,
	};
	if (!line->client) {
		return -ENOMEM;
	}

	lines->count++;
	return 0;
}

void lines_write(struct lines *lines)
{
	for (size_t i = 0; i < lines->count; i++) {
		log_message(&lines->list[i]);
	}
	lines_drop(lines);
}

void lines_drop(struct lines *lines)
{
	lines->arena = arena_free(lines->arena);
	lines->count = 0;
}
