#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/conf_file.h"

TEST(walks)
{
	static const char text[] = "\xef\xbb\xbf"
				   "a = 1;\n"
				   "b = { c = \"x\"; d = [ 1, 2, 3 ]; };\n"
				   "e = (\n { f = 1.5; }, true );\r\n";
	struct faults faults = { 0 };
	struct conf *conf = NULL;
	const struct conf_node *root, *node;
	long long number;
	double real;
	bool truth;

	assert_int_equal(conf_read_text(text, "x.conf", &faults, &conf), 0);
	root = conf_root(conf);
	assert_true(conf_is_group(root));
	assert_int_equal(conf_count(root), 3);
	assert_string_equal(conf_file(root), "x.conf");
	assert_int_equal(conf_line(root), 1);
	assert_null(conf_key(root));
	assert_null(conf_get(root, "c"));
	assert_null(conf_get(NULL, "c"));

	node = conf_get(root, "a");
	assert_true(conf_int(node, &number) && number == 1);
	assert_true(conf_real(node, &real) && real == 1.0);
	assert_false(conf_bool(node, &truth));
	assert_null(conf_text(node));
	assert_null(conf_text(NULL));
	assert_int_equal(conf_count(node), 0);
	assert_null(conf_get(node, "a"));

	node = conf_get(conf_get(root, "b"), "c");
	assert_string_equal(conf_text(node), "x");
	assert_string_equal(conf_file(node), "x.conf");
	assert_int_equal(conf_line(node), 2);
	assert_false(conf_int(node, &number));
	assert_false(conf_real(node, &real));

	node = conf_at(root, 2);
	assert_string_equal(conf_key(node), "e");
	assert_true(conf_is_list(node) && !conf_is_group(node));
	assert_int_equal(conf_line(conf_at(node, 0)), 4);
	assert_null(conf_key(conf_at(node, 0)));
	assert_true(conf_real(conf_get(conf_at(node, 0), "f"), &real) && real == 1.5);
	assert_true(conf_bool(conf_at(node, 1), &truth) && truth);
	assert_null(conf_at(node, 2));

	assert_null(conf_free(conf));
	assert_null(conf_free(NULL));
	assert_int_equal(faults.count, 0);
}

static void expect_fault(const char *text, const char *code, unsigned line)
{
	struct faults faults = { 0 };
	struct conf *conf = NULL;

	assert_int_equal(conf_read_text(text, "x.conf", &faults, &conf), CONF_E_FAULT);
	assert_null(conf);
	assert_int_equal(faults.count, 1);
	assert_string_equal(faults.list[0].code, code);
	assert_string_equal(faults.list[0].file, "x.conf");
	assert_int_equal(faults.list[0].line, line);
	faults_done(&faults);
}

TEST(what_the_parser_refuses)
{
	expect_fault("a = 1;\nb = 2;\na = 3;\n", "duplicate-key", 3);
	expect_fault("a = [ 1,\n \"x\" ];", "mixed-list", 2);
	expect_fault("a = 1;\nb = ;", "syntax", 2);
	expect_fault("a = [ ( 1 ) ];", "syntax", 1);
	expect_fault("a b c = 1;", "syntax", 1);
}

TEST(the_last_line_may_lack_its_end)
{
	static const char *const texts[] = { "a = 1; // end", "a = 1; # end", "a = 1",
					     "a = 1; /**/" };

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct faults faults = { 0 };
		struct conf *conf = NULL;

		assert_int_equal(conf_read_text(texts[i], "x.conf", &faults, &conf), 0);
		assert_int_equal(conf_count(conf_root(conf)), 1);
		(void)conf_free(conf);
	}
}

static void write_file(const char *path, const void *bytes, size_t size)
{
	_cleanup_fclose_ FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
}

static void expect_unread(const char *path, const char *code)
{
	struct faults faults = { 0 };
	struct conf *conf = NULL;

	assert_int_equal(conf_read(path, "shown.conf", &faults, &conf), CONF_E_FAULT);
	assert_null(conf);
	assert_int_equal(faults.count, 1);
	assert_string_equal(faults.list[0].code, code);
	assert_string_equal(faults.list[0].file, "shown.conf");
	assert_null(strstr(faults.list[0].message, "/tmp"));
	faults_done(&faults);
}

TEST(files)
{
	char dir[] = "/tmp/holdfast-XXXXXX", path[64];
	_cleanup_free_ char *large = malloc(CONF_FILE_MAX + 1);
	struct faults faults = { 0 };
	struct conf *conf = NULL;

	assert_non_null(large);
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/x.conf", dir);

	expect_unread(path, "unreadable");
	expect_unread(dir, "unreadable");
	assert_int_equal(mkfifo(path, 0600), 0);
	expect_unread(path, "unreadable");
	assert_int_equal(unlink(path), 0);
	write_file(path, "a = 1;\0b = 2;", 13);
	expect_unread(path, "utf-8");

	/* The largest file there may be is one comment. */
	memset(large, '#', CONF_FILE_MAX + 1);
	write_file(path, large, CONF_FILE_MAX + 1);
	expect_unread(path, "too-large");
	write_file(path, large, CONF_FILE_MAX);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(conf_read(path, "shown.conf", &faults, &conf), 0);
		assert_int_equal(conf_count(conf_root(conf)), 0);
		conf = conf_free(conf);
	}
	assert_int_equal(faults.count, 0);

	assert_int_equal(chmod(path, 0646), 0);
	expect_unread(path, "writable");

	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

/* --- the first pass ----------------------------------------------------------- */

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

		struct conf *conf = NULL;

		if (conf_read_text(texts[i], "f", &faults, &conf) != 0) {
			fail_msg("%s: %s", texts[i], faults.list[0].message);
		}
		assert_int_equal(faults.count, 0);
		assert_null(conf_free(conf));
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
		struct conf *conf = NULL;

		if (conf_read_text(wrong[i].text, "f.conf", &faults, &conf) != CONF_E_FAULT ||
		    faults.count != 1 || strcmp(faults.list[0].code, wrong[i].code) != 0 ||
		    faults.list[0].line != wrong[i].line ||
		    strcmp(faults.list[0].file, "f.conf") != 0) {
			fail_msg("%s: expected line %u: %s; got %s", wrong[i].text, wrong[i].line,
				 wrong[i].code, faults.count > 0 ? faults.list[0].code : "none");
		}
		faults_done(&faults);
	}
}

static int read_and_free(const char *text, struct faults *faults)
{
	struct conf *conf = NULL;
	int r = conf_read_text(text, "f", faults, &conf);

	(void)conf_free(conf);
	return r;
}

static int nested(int depth, struct faults *faults)
{
	_cleanup_free_ char *text = calloc(1, 2 * (size_t)depth + 8);

	assert_non_null(text);
	strcpy(text, "a = ");
	memset(text + 4, '(', (size_t)depth);
	memset(text + 4 + depth, ')', (size_t)depth);
	return read_and_free(text, faults);
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
	return read_and_free(text, faults);
}

#define DEPTH_MAX 32
#define KEYS_MAX  1000

TEST(limits_hold)
{
	struct faults faults = { 0 };

	assert_int_equal(nested(DEPTH_MAX, &faults), 0);
	assert_int_equal(keys(KEYS_MAX, &faults), 0);
	assert_int_equal(faults.count, 0);

	assert_int_equal(nested(DEPTH_MAX + 1, &faults), CONF_E_FAULT);
	assert_int_equal(nested(400000, &faults), CONF_E_FAULT);
	assert_int_equal(keys(KEYS_MAX + 1, &faults), CONF_E_FAULT);
	assert_int_equal(faults.count, 3);
	assert_string_equal(faults.list[1].code, "too-deep");
	assert_string_equal(faults.list[2].code, "too-many-keys");
	assert_int_equal(faults.list[2].line, KEYS_MAX + 1);
	faults_done(&faults);
}
