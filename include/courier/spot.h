/*
 * Where a preset finds a value in what a gateway says: a place of a webhook
 * ("field From", "query from"; courier/place.h) or, beginning with a slash, a
 * pointer into its JSON body ("/payload/message").
 *
 * Whatever a person wrote survives: what is not UTF-8 is taken as Latin-1, a NUL
 * and half a surrogate pair become U+FFFD.
 */
#ifndef HF_COURIER_SPOT_H
#define HF_COURIER_SPOT_H

#include "lib/json.h"
#include "courier/place.h"

struct spot {
	char *pointer; /* NULL: a place */
	struct place place;
};

/* NULL text: nowhere.  A fault at the node's line; 0 or -ENOMEM. */
int spot_read(struct conf_reader *reader, const struct conf_node *node, const char *text,
	      struct spot *ret_spot);

/* One message of a gateway, taken apart. */
struct view {
	struct arena *arena;     /* the caller's: what is found lives there */
	const struct hook *hook; /* NULL for the answer to a poll */
	struct hook_params params;
	json_t *json;       /* of the body; NULL for none */
	const json_t *item; /* what pointers begin at */
	char *room;         /* as long as any text of the body */
	size_t room_size;
	bool failed; /* memory is out */
};

enum { VIEW_E_MALFORMED = 1 };

/* hook may be NULL; the body is JSON then.  0, VIEW_E_MALFORMED, -errno. */
int view_open(struct view *view, struct arena *arena, const struct hook *hook, const char *body,
	      size_t size);
void view_done(struct view *view);

/* "/results": a list in the body; NULL where there is none. */
const json_t *view_list(const struct view *view, const char *pointer);

/* NULL where nothing is. */
const char *spot_find(const struct spot *spot, struct view *view);

#endif
