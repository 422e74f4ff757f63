/* Fields by their names; what each becomes is in the texts of test_compose. */
#include "test.h"
#include "lib/text.h"
#include "engine/values.h"

/* What templates may name is what can be filled. */
TEST(the_same_names_everywhere)
{
	size_t count = 0;

	for (; message_fields[count]; count++) {
		enum field field = field_named(message_fields[count]);

		assert_true(field < FIELD_COUNT);
		assert_string_equal(field_word(field), message_fields[count]);
	}
	assert_int_equal(count, FIELD_COUNT);
	assert_int_equal(field_named("nam"), FIELD_COUNT);
	assert_int_equal(field_named(""), FIELD_COUNT);
}

TEST(known_unknown_and_without_a_value)
{
	const struct client client = { .name = (char *)"Kim" };
	const struct outbox_message row = { 0 };
	struct values values = { .client = &client, .row = &row };
	const char *value = NULL;

	assert_int_equal(values_look_up(&values, "name", &value), 0);
	assert_string_equal(value, "Kim");
	assert_null(values_get(&values, FIELD_SPONSOR));
	assert_int_equal(values_look_up(&values, "sponsor", &value), 0);
	assert_string_equal(value, "");
	assert_int_equal(values_look_up(&values, "sponsors", &value), TEXT_E_FIELD);
	assert_string_equal(value, "");
}
