/*
 * What clients wrote, a page at a time.
 */
#include "sandbox/brought.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"

struct piece {
	hf_time at; /* of this machine; the phones may have another time */
	char *id, *from, *to, *text, *said;
};

struct brought {
	struct piece list[BROUGHT_KEPT]; /* a ring */
	size_t first, count;
};

static void forget(struct piece *piece)
{
	free(piece->id);
	free(piece->from);
	free(piece->to);
	free(piece->text);
	free(piece->said);
	*piece = (struct piece){ 0 };
}

int brought_new(struct brought **ret_brought)
{
	*ret_brought = calloc(1, sizeof(**ret_brought));
	return *ret_brought ? 0 : -ENOMEM;
}

struct brought *brought_free(struct brought *brought)
{
	for (size_t i = 0; brought && i < BROUGHT_KEPT; i++) {
		forget(&brought->list[i]);
	}
	free(brought);
	return NULL;
}

int brought_add(struct brought *brought, const struct inbound *inbound, hf_time now)
{
	struct piece piece = { now,
			       strdup(inbound->id),
			       strdup(inbound->from),
			       strdup(inbound->to),
			       strdup(inbound->text),
			       strdup(inbound->at) };
	struct piece *place = &brought->list[(brought->first + brought->count) % BROUGHT_KEPT];

	if (!piece.id || !piece.from || !piece.to || !piece.text || !piece.said) {
		forget(&piece);
		return -ENOMEM;
	}

	forget(place);
	*place = piece;
	if (brought->count < BROUGHT_KEPT) {
		brought->count++;
	} else {
		brought->first = (brought->first + 1) % BROUGHT_KEPT;
	}
	return 0;
}

static json_t *one_json(const struct piece *piece)
{
	_cleanup_(json_freep) json_t *json = json_new_object();

	if (!json || json_put_text(json, "id", piece->id) < 0 ||
	    json_put_text(json, "from", piece->from) < 0 ||
	    json_put_text(json, "to", piece->to) < 0 ||
	    json_put_text(json, "text", piece->text) < 0 ||
	    json_put_text(json, "at", piece->said) < 0) {
		return NULL;
	}
	return take_ptr(json);
}

json_t *brought_page(const struct brought *brought, const char *since, unsigned page)
{
	_cleanup_(json_freep) json_t *json = json_new_object(), *list = json_new_array();
	size_t number = 0, first = (size_t)page * BROUGHT_PAGE;
	char next[128] = "";
	hf_time from = 0;

	(void)civil_parse_rfc3339(since, &from);
	for (size_t i = 0; i < brought->count; i++) {
		const struct piece *piece = &brought->list[(brought->first + i) % BROUGHT_KEPT];

		if (piece->at < from || number++ < first) {
			continue;
		}
		if (number > first + BROUGHT_PAGE) {
			(void)snprintf(next, sizeof(next), "/inbound?since=%.40s&page=%u", since,
				       page + 1);
			break;
		}
		if (!list || json_add(list, one_json(piece)) < 0) {
			return NULL;
		}
	}

	if (!json || json_put(json, "inbound", take_ptr(list)) < 0 ||
	    json_put_text(json, "next", next) < 0) {
		return NULL;
	}
	return take_ptr(json);
}
