/*
 * Texts that came and may not go yet, in the order of coming.
 */
#include "courier/backlog.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *copy_after(char **at, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copied = memcpy(*at, text, size);

	*at += size;
	return copied;
}

int backlog_add(struct backlog *backlog, const struct wire_text *text, hf_time now)
{
	const char *local_time = text->at ? text->at : "";
	size_t size =
		strlen(text->key) + strlen(text->to) + strlen(text->body) + strlen(local_time) + 4;
	struct queued *queued = malloc(sizeof(*queued) + size), **last = &backlog->first;
	char *at;

	if (!queued) {
		return -ENOMEM;
	}

	at = (char *)(queued + 1);
	*queued = (struct queued){ .text = *text, .expires = now + text->valid_for };
	queued->text.key = copy_after(&at, text->key);
	queued->text.to = copy_after(&at, text->to);
	queued->text.body = copy_after(&at, text->body);
	queued->text.at = copy_after(&at, local_time);
	while (*last) {
		last = &(*last)->next;
	}
	*last = queued;
	backlog->count++;
	return 0;
}

void backlog_drop(struct backlog *backlog, struct queued **place)
{
	struct queued *queued = *place;

	*place = queued->next;
	free(queued);
	backlog->count--;
}

void backlog_done(struct backlog *backlog)
{
	while (backlog->first) {
		backlog_drop(backlog, &backlog->first);
	}
}
