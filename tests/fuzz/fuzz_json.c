/* Any bytes: what is read and written is read again as the same, and every getter copes. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/json.h"

static void walk(json_t *json, unsigned depth)
{
	const char *key;
	json_t *value;
	char buffer[64];

	assert(depth <= 32);
	(void)json_point(json, "/0/a~1b", buffer, sizeof(buffer));
	(void)json_point(json, "", buffer, sizeof(buffer));
	(void)json_text(json, "a");
	(void)json_int(json, "a", 0);
	(void)json_double(json, "a", 0);
	(void)json_truth(json, "a", true);
	for (size_t i = 0; i < json_array_size(json); i++) {
		walk(json_array_get(json, i), depth + 1);
	}
	json_object_foreach (json, key, value) {
		assert(json_object_get(json, key) == value);
		walk(value, depth + 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(json_freep) json_t *json = NULL, *again = NULL;
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
