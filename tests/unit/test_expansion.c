#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "courier/expansion.h"

static const char *const names[] = { "to", "text", "note", "number", "bad", NULL };
static const char *const values[] = { "+13125550142", "a&b \"c\"\n\xc3\xb1\xf0\x9f\x98\x80", "",
				      "42", "\377a" };

struct rig {
	struct arena *arena;
	struct faults faults;
	struct conf *conf;
	struct expansion expansion;
};

/* Compiles the value of `x`, which stands in line 2. */
static void compile(struct rig *rig, const char *text)
{
	struct conf_reader reader = { 0 };
	const struct conf_node *node;
	char file[256];

	*rig = (struct rig){ 0 };
	assert_int_equal(arena_new(&rig->arena), 0);
	reader.arena = rig->arena;
	reader.faults = &rig->faults;
	(void)snprintf(file, sizeof(file), "\nx = \"%s\";\n", text);
	assert_int_equal(conf_read_text(file, "presets/own.conf", &rig->faults, &rig->conf), 0);
	node = conf_get(conf_root(rig->conf), "x");
	assert_int_equal(expansion_compile(&reader, node, conf_text(node), names, &rig->expansion),
			 0);
}

static void done(struct rig *rig)
{
	faults_done(&rig->faults);
	conf_free(rig->conf);
	arena_free(rig->arena);
}

static void expect(const char *text, enum expansion_place place, const char *expected)
{
	struct buffer buffer = { 0 };
	struct rig rig;
	char *written;

	compile(&rig, text);
	assert_int_equal(rig.faults.count, 0);
	expansion_write(&rig.expansion, values, place, &buffer);
	written = buffer_take(&buffer, NULL);
	assert_string_equal(written, expected);
	free(written);
	done(&rig);
}

static void expect_fault(const char *text, const char *code, const char *part)
{
	struct rig rig;

	compile(&rig, text);
	assert_int_equal(rig.faults.count, 1);
	assert_int_equal(rig.faults.list[0].line, 2);
	assert_string_equal(rig.faults.list[0].code, code);
	assert_non_null(strstr(rig.faults.list[0].message, part));
	assert_int_equal(rig.expansion.count, 0);
	done(&rig);
}

TEST(test_values_in_their_places)
{
	expect("", EXPANSION_PLAIN, "");
	expect("Bearer {number}!", EXPANSION_PLAIN, "Bearer 42!");
	expect("{to}{number}", EXPANSION_PLAIN, "+1312555014242");
	expect("{{{number}}} }}{{", EXPANSION_PLAIN, "{42} }{");
	expect("/a b/{to}", EXPANSION_URL, "/a b/%2B13125550142");
	expect("{text}", EXPANSION_URL, "a%26b%20%22c%22%0A%C3%B1%F0%9F%98%80");
	expect("{text}", EXPANSION_JSON, "\"a&b \\u0022c\\u0022\\u000a\xc3\xb1\xf0\x9f\x98\x80\"");
	expect("x\\\\{number}", EXPANSION_JSON, "\"x\\u005c42\"");
	expect("{note}", EXPANSION_JSON, "\"\"");
}

TEST(test_filters)
{
	expect("{to|digits}", EXPANSION_PLAIN, "13125550142");
	expect("{to|digits}", EXPANSION_JSON, "\"13125550142\"");
	expect("{number|int}", EXPANSION_JSON, "42");
	expect("{note|int}", EXPANSION_JSON, "\"\"");
	expect("{number|int}s", EXPANSION_JSON, "\"42s\"");
	expect("{text|utf16be_hex}", EXPANSION_URL, "0061002600620020002200630022000A00F1D83DDE00");
	expect("{bad|utf16be_hex}", EXPANSION_PLAIN, "FFFD0061");
}

TEST(test_left_out_where_empty)
{
	struct rig rig;

	compile(&rig, "x{note?}");
	assert_true(expansion_absent(&rig.expansion, values));
	assert_true(expansion_uses(&rig.expansion, 2));
	assert_false(expansion_uses(&rig.expansion, 0));
	done(&rig);
	compile(&rig, "{note}{to|digits?}");
	assert_false(expansion_absent(&rig.expansion, values));
	done(&rig);
}

TEST(test_faults)
{
	expect_fault("{txt}", "unknown-placeholder", "did you mean \"text\"");
	expect_fault("{}", "unknown-placeholder", "no such");
	expect_fault("{to|digit}", "unknown-filter", "to|digit");
	expect_fault("{to?|digits}", "unknown-filter", "to?|digits");
	expect_fault("{to", "brace", "brace");
	expect_fault("to}", "brace", "brace");
	expect_fault("{{to}", "brace", "brace");
}
