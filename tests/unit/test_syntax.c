#include <stdio.h>
#include <string.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/syntax.h"

TEST(what_is_right_passes)
{
	static const char *const texts[] = {
		"",
		"a = 1; b = 2\nc = -3, d = 0x1F; e = 10L; f = 1.5; g = 1e-3; h = +4; i = .5;",
		"a : true; b = FALSE;",
		"a = \"x // text\"; // comment \"\n# another (\n/* and ( \" */ b = 1;",
		"a = \"one\"\n    \"two\";",
		"a = \"\\\"\\\\\"; b = \"x\\ny\";",
		"a = ( { b = 1; }, [ 1, 2 ], ( ), \"x\", true ); c = [ ];",
		"a = { b = { c = 1; }; };\r\n",
		"a = \"{name} @include \xc3\xa9\xe2\x80\x9d\";",
		"a-b_c* = 1;",
	};

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct faults faults = { 0 };

		if (syntax_check(texts[i], "f", &faults) != 0) {
			fail_msg("%s: %s", texts[i], faults.list[0].message);
		}
		assert_int_equal(faults.count, 0);
	}
}

static const struct {
	const char *text, *code;
	unsigned line;
} wrong[] = {
	{ "a = 1;\nb = \"x;\nc = 2;", "open-quote", 2 },
	{ "a = \"x\\\";\n", "open-quote", 1 },
	{ "a = \"x\\", "open-quote", 1 },
	{ "a = 1;\n/* never\n\n", "open-comment", 2 },
	{ "a = (\n1\n", "bracket", 1 },
	{ "a = {\n b = 1;\n", "bracket", 1 },
	{ "a = (\n { b = 1; }\nc = 2;", "bracket", 1 },
	{ "a = (1];", "bracket", 1 },
	{ "a = 1;\n}", "bracket", 2 },
	{ "a = [ 1\n 2 ];", "missing-comma", 1 },
	{ "a = ( { b = 1; }\n{ b = 2; } );", "missing-comma", 1 },
	{ "a = [ \"x\"\n\"y\" ];", "missing-comma", 1 },
	{ "a = [ true false ];", "missing-comma", 1 },
	{ "a = [ 1, 2,\n];", "extra-comma", 1 },
	{ "a = ( { b = 1; }, );", "extra-comma", 1 },
	{ "a = [ 1; 2 ];", "syntax", 1 },
	{ "\na = \xe2\x80\x9cx\xe2\x80\x9d;", "curly-quote", 2 },
	{ "a = x;", "unquoted", 1 },
	{ "a = [ x ];", "unquoted", 1 },
	{ "a = 10:00;", "unquoted", 1 },
	{ "a = 2026-11-23;", "unquoted", 1 },
	{ "a = 6h;", "unquoted", 1 },
	{ "a = 1.2.x;", "unquoted", 1 },
	{ "a = 13125550142;", "number", 1 },
	{ "a = +13125550142;", "number", 1 },
	{ "a = 0xFFFFFFFFFF;", "number", 1 },
	{ "a \"x\";", "syntax", 1 },
	{ "a = \"x\" 5;", "syntax", 1 },
	{ "a = \"x\" { };", "syntax", 1 },
	{ "= 5;", "syntax", 1 },
	{ "a = \"x\" = 5;", "syntax", 1 },
	{ "a = -;", "syntax", 1 },
	{ "\n\n@include \"x\"", "include", 3 },
	{ "a = $b;", "syntax", 1 },
	{ "a = \xc3\xa9;", "syntax", 1 },
	{ "a = \"\n\xff\";", "utf-8", 2 },
	{ "a = 1;\nb = \"\xc3\";", "utf-8", 2 },
	{ "a = \"\xf0\x9f\x98", "utf-8", 1 },
};

TEST(what_is_wrong_is_named_where_it_is)
{
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct faults faults = { 0 };

		if (syntax_check(wrong[i].text, "f.conf", &faults) != SYNTAX_E_FAULT ||
		    faults.count != 1 || strcmp(faults.list[0].code, wrong[i].code) != 0 ||
		    faults.list[0].line != wrong[i].line ||
		    strcmp(faults.list[0].file, "f.conf") != 0) {
			fail_msg("%s: expected line %u: %s; got %s", wrong[i].text, wrong[i].line,
				 wrong[i].code, faults.count > 0 ? faults.list[0].code : "none");
		}
		faults_done(&faults);
	}
}

static int nested(int depth, struct faults *faults)
{
	_cleanup_free_ char *text = calloc(1, 2 * (size_t)depth + 8);

	assert_non_null(text);
	strcpy(text, "a = ");
	memset(text + 4, '(', (size_t)depth);
	memset(text + 4 + depth, ')', (size_t)depth);
	return syntax_check(text, "f", faults);
}

static int keys(int count, struct faults *faults)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	for (int i = 0; i < count; i++) {
		(void)fprintf(file, "k%d = { a = 1; };\n", i);
	}
	(void)fclose(file);
	return syntax_check(text, "f", faults);
}

TEST(limits_hold)
{
	struct faults faults = { 0 };

	assert_int_equal(nested(SYNTAX_DEPTH_MAX, &faults), 0);
	assert_int_equal(keys(SYNTAX_KEYS_MAX, &faults), 0);
	assert_int_equal(faults.count, 0);

	assert_int_equal(nested(SYNTAX_DEPTH_MAX + 1, &faults), SYNTAX_E_FAULT);
	assert_int_equal(nested(400000, &faults), SYNTAX_E_FAULT);
	assert_int_equal(keys(SYNTAX_KEYS_MAX + 1, &faults), SYNTAX_E_FAULT);
	assert_int_equal(faults.count, 3);
	assert_string_equal(faults.list[1].code, "too-deep");
	assert_string_equal(faults.list[2].code, "too-many-keys");
	assert_int_equal(faults.list[2].line, SYNTAX_KEYS_MAX + 1);
	faults_done(&faults);
}
