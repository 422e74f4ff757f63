#include "test.h"
#include "lib/cleanup.h"
#include "lib/normal.h"

static void assert_normal(const char *text, bool template, const char *expected)
{
	_cleanup_free_ char *normal = NULL;

	assert_int_equal(normal_text(text, template, &normal), 0);
	assert_string_equal(normal, expected);
}

TEST(how_texts_are_compared)
{
	assert_normal("", false, " ");
	assert_normal("!?", false, " ");
	assert_normal("a", false, " a ");
	assert_normal("12-Step\n meeting.", false, " 12 step meeting ");
	assert_normal("Reca\xc3\x8d"
		      "da, se\xc3\xb1or \xc3\x89l",
		      false, " recaida senor el ");
	assert_normal("It\xe2\x80\x99s", false, " it s ");
	assert_normal("\xc2\xbfUna?", false, " una ");
	assert_normal("ok\xf0\x9f\x8e\x89go", false, " ok go ");
	assert_normal("\xd0\xb4\xd0\xb0!", false, " \xd0\xb4\xd0\xb0 ");
	assert_normal("{name}", true, " | ");
	assert_normal("a{name}b", true, " a | b ");
	assert_normal("to {sponsor|a sober friend}", true, " to | a sober friend ");
	assert_normal("{{sober}} {", true, " sober | ");
	assert_normal("a{", true, " a | ");
	assert_normal("a{}{|{", true, " a | | | ");
	assert_normal("{name}", false, " name ");
	assert_normal("\xff", false, " ");
}
