/* Any bytes: what is read and written is read again as the same, and every getter copes. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/json.h"

static void walk(const struct json *json, unsigned depth)
{
	char buffer[64];

	assert(depth <= 32);
	(void)json_point(json, "/0/a~1b", buffer, sizeof(buffer));
	(void)json_point(json, "", buffer, sizeof(buffer));
	(void)json_text(json, "a");
	(void)json_int(json, "a", 0);
	(void)json_double(json, "a", 0);
	(void)json_truth(json, "a", true);
	for (size_t i = 0; i < json_count(json); i++) {
		walk(json_at(json, i), depth + 1);
	}
	for (void *i = json_first(json); i; i = json_next(json, i)) {
		assert(json_get(json, json_member_key(i)) == json_member_value(i));
		walk(json_member_value(i), depth + 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(json_freep) struct json *json = NULL, *again = NULL;
	_cleanup_free_ char *first = NULL, *second = NULL;
	size_t first_size = 0, second_size = 0;

	if (json_read((const char *)data, size, &json) != 0) {
		assert(!json);
		return 0;
	}

	walk(json, 0);
	first = json_write(json, &first_size);
	assert(first && json_read(first, first_size, &again) == 0);
	second = json_write(again, &second_size);
	assert(second && second_size == first_size && memcmp(first, second, first_size) == 0);
	return 0;
}
