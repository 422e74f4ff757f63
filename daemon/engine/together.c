/*
 * Which texts may be one, and its words.
 */
#include "engine/together.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool together_may(const struct outbox_message *row)
{
	bool fresh = row->attempts == 0 && !row->pinned && !row->text && !row->message;

	return fresh && (row->kind == KIND_MEETING || row->kind == KIND_APPOINTMENT ||
			 row->kind == KIND_COPING);
}

/* Behind "Riverside: ", where both begin so. */
static const char *without_site(const struct model *model, const char *first, const char *second)
{
	size_t length = strlen(model->site.name);

	return strncmp(first, model->site.name, length) == 0 &&
			       strncmp(second, model->site.name, length) == 0 &&
			       strncmp(second + length, ": ", 2) == 0
		       ? second + length + 2
		       : second;
}

int together_join(const struct model *model, const struct composed *first,
		  const struct composed *second, struct composed *ret_both)
{
	_cleanup_(composed_done) struct composed both = { .message = first->message };
	int r;

	if (asprintf(&both.text, "%s\n%s", first->text,
		     without_site(model, first->text, second->text)) < 0) {
		both.text = NULL;
		return -ENOMEM;
	}

	r = text_cost(both.text, &both.cost);
	if (r != 0) {
		return r < 0 ? r : TOGETHER_E_LONG;
	}
	if (both.cost.segments > model->texting.max_segments) {
		return TOGETHER_E_LONG;
	}

	*ret_both = both;
	both = (struct composed){ 0 };
	return 0;
}
