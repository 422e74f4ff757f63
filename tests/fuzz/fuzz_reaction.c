/*
 * A text that may quote one of ours: the first line is what we sent, the rest what came back.
 *
 * Without a text of ours nothing is cut; and what is left of it is never longer than it was, but
 * for the blanks where quotations stood.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/reaction.h"
#include "lib/plain.h"
#include "lib/text.h"

#define TEXT_LONG 2000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char bytes[TEXT_LONG + 1], *back, *sent = NULL;
	struct reaction reaction = { 0 };

	if (size > TEXT_LONG) {
		return 0;
	}
	memcpy(bytes, data, size);
	bytes[size] = '\0';
	back = strchr(bytes, '\n');
	if (!back || !text_is_utf8(bytes)) {
		return 0;
	}
	*back++ = '\0';

	assert(reaction_read(back, NULL, 0, &reaction) == 0);
	assert(!reaction.quotes && strcmp(reaction.own, back) == 0 && !*reaction.verb);
	reaction_done(&reaction);

	assert(normal_text(bytes, false, &sent) == 0);
	assert(reaction_read(back, &sent, 1, &reaction) == 0);
	assert(strlen(reaction.own) <= strlen(back) + 4);
	assert(reaction.quotes || strcmp(reaction.own, back) == 0);
	assert(!reaction.quotes || sent[1]);
	reaction_done(&reaction);
	free(sent);
	return 0;
}
