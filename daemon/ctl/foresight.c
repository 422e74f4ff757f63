/*
 * What holdfastd foresees, as compare takes it.
 */
#include "ctl/foresight.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int texts_add(struct texts *texts, const struct foreseen *text)
{
	if (texts->count == texts->room) {
		size_t room = texts->room ? 2 * texts->room : 16;
		struct foreseen *list = reallocarray(texts->list, room, sizeof(*list));

		if (!list) {
			return -ENOMEM;
		}

		texts->list = list;
		texts->room = room;
	}

	texts->list[texts->count++] = *text;
	return 0;
}

void texts_done(struct texts *texts)
{
	free(texts->list);
	*texts = (struct texts){ 0 };
}

bool texts_read_time(const json_t *row, const char *key, hf_time *ret_at)
{
	const char *text = json_text(row, key);

	*ret_at = 0;
	return !text || civil_parse_rfc3339(text, ret_at) == 0;
}

/* Borrows from the row. */
static bool read_row(const json_t *row, const struct zone *zone, struct foreseen *ret_text)
{
	struct foreseen text = {
		.kind = json_text(row, "kind"),
		.reminder = json_text(row, "reminder"),
		.lead = json_text(row, "lead"),
		.message = json_text(row, "message"),
		.text = json_text(row, "text"),
		.reason = json_text(row, "reason"),
		.zone = zone,
		.segments = (int)json_int(row, "segments", 0),
		.send = json_truth(row, "send", false),
	};

	if (!text.kind || !text.reminder || !text.lead || (text.send && !text.text) ||
	    !texts_read_time(row, "occurrence", &text.occurrence) ||
	    !texts_read_time(row, "planned", &text.planned) ||
	    !texts_read_time(row, "due", &text.goes)) {
		return false;
	}

	*ret_text = text;
	return true;
}

int texts_read(const json_t *client, const char *key, struct texts *texts)
{
	const json_t *rows = json_get(client, key);
	const char *name = json_text(client, "timezone");
	const struct zone *zone = zone_utc();
	int r = 0;

	if (!name || zone_get(name, &zone) != 0) {
		return -EPROTO;
	}

	for (size_t i = 0; r == 0 && i < json_count(rows); i++) {
		struct foreseen text;

		if (!read_row(json_at(rows, i), zone, &text)) {
			return -EPROTO;
		}
		text.gone = strcmp(key, "gone") == 0;
		r = texts_add(texts, &text);
	}
	return r;
}
