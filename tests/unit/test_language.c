/* How files name a message. */
#include <string.h>

#include "test.h"
#include "config/language.h"

TEST(test_choice)
{
	char longer[2 * TEMPLATE_NAME_MAX + 1] = "";

	assert_string_equal(template_choice("coping").first, "coping");
	assert_null(template_choice("coping").other);
	assert_string_equal(template_choice("coping|walk").first, "coping");
	assert_string_equal(template_choice("coping|walk").other, "walk");
	assert_string_equal(template_choice("|").first, "");
	assert_string_equal(template_choice("|").other, "");

	memset(longer, 'x', sizeof(longer) - 1);
	assert_int_equal(strlen(template_choice(longer).first), TEMPLATE_NAME_MAX + 1);
	memcpy(longer + TEMPLATE_NAME_MAX, "|y", 3);
	assert_int_equal(strlen(template_choice(longer).first), TEMPLATE_NAME_MAX);
}
