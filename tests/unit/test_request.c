/*
 * The group `send` of a preset: what it becomes, and its faults.  The fields
 * are tested here, too, where they stand in a request.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "courier/request.h"

static const char *const names[] = { "to", "text", "secret", "note", NULL };
static const char *const values[] = { "+13125550142", "a&b", "p w", "" };

struct rig {
	struct arena *arena;
	struct faults faults;
	struct conf *conf;
	struct request_shape shape;
};

/* Reads a send group, whose inside begins in line 1. */
static void read_send(struct rig *rig, const char *inside)
{
	struct conf_reader reader = { 0 };
	char file[1024];

	*rig = (struct rig){ 0 };
	assert_int_equal(arena_new(&rig->arena), 0);
	reader.arena = rig->arena;
	reader.faults = &rig->faults;
	reader.userdata = (void *)(uintptr_t)names;
	(void)snprintf(file, sizeof(file), "send = { %s };", inside);
	assert_int_equal(conf_read_text(file, "presets/own.conf", &rig->faults, &rig->conf), 0);
	assert_int_equal(request_read(&reader, conf_get(conf_root(rig->conf), "send"), &rig->shape),
			 0);
}

static void done(struct rig *rig)
{
	faults_done(&rig->faults);
	conf_free(rig->conf);
	arena_free(rig->arena);
}

static struct request compose(struct rig *rig, bool ucs2)
{
	struct request request = { 0 };

	assert_int_equal(rig->faults.count, 0);
	assert_int_equal(request_compose(&rig->shape, "http://127.0.0.1:1", values, ucs2, &request),
			 0);
	return request;
}

TEST(test_a_form)
{
	struct request request;
	struct rig rig;

	read_send(&rig, "url = \"{base}/a/{to}.json\"; auth = { user = \"me\"; password = "
			"\"{secret}\"; }; form = { To = \"{to}\"; Body = \"{text}\"; Note = "
			"\"{note?}\"; N = 3; T = true; R = 1.5; Empty = \"{note}\"; };");
	request = compose(&rig, false);
	assert_string_equal(request.method, "POST");
	assert_string_equal(request.url, "http://127.0.0.1:1/a/%2B13125550142.json");
	assert_string_equal(request.body, "To=%2B13125550142&Body=a%26b&N=3&T=true&R=1.5&Empty=");
	assert_int_equal(request.body_size, strlen(request.body));
	assert_string_equal(request.user, "me");
	assert_string_equal(request.password, "p w");
	assert_null(request.headers[0]);
	request_done(&request);
	request_done(&request);
	done(&rig);
}

TEST(test_json)
{
	struct request request;
	struct rig rig;

	read_send(&rig, "url = \"{base}/m\"; headers = [ \"Authorization: Bearer {secret}\" ]; "
			"json = { messages = ( { to = [ \"{to}\" ]; note = \"{note?}\"; n = 1; }, "
			"\"{note?}\", 7 ); options = { flash = false; text = \"{text}\"; }; };");
	request = compose(&rig, false);
	assert_string_equal(request.body, "{\"messages\":[{\"to\":[\"+13125550142\"],\"n\":1},7],"
					  "\"options\":{\"flash\":false,\"text\":\"a&b\"}}");
	assert_string_equal(request.headers[0], "Authorization: Bearer p w");
	assert_string_equal(request.headers[1], "Content-Type: application/json");
	assert_null(request.headers[2]);
	assert_null(request.user);
	assert_true(request_uses(&rig.shape, 0));
	assert_true(request_uses(&rig.shape, 2));
	request_done(&request);
	done(&rig);
}

TEST(test_a_query_and_ucs2)
{
	struct request request;
	struct rig rig;

	read_send(&rig, "url = \"{base}/s\"; query = { to = \"{to|digits}\"; text = \"{text}\"; }; "
			"ucs2 = { text = \"{text|utf16be_hex}\"; coding = \"2\"; };");
	request = compose(&rig, false);
	assert_string_equal(request.method, "GET");
	assert_null(request.body);
	assert_string_equal(request.url, "http://127.0.0.1:1/s?to=13125550142&text=a%26b");
	request_done(&request);
	request = compose(&rig, true);
	assert_string_equal(request.url,
			    "http://127.0.0.1:1/s?to=13125550142&text=006100260062&coding=2");
	request_done(&request);
	assert_false(request_uses(&rig.shape, 2));
	done(&rig);
}

/* A secret with a line break would begin a header of its own. */
TEST(test_no_line_break_in_a_header)
{
	static const char *const bad[] = { "", "", "a\r\nX: y", "" };
	struct request request = { 0 };
	struct rig rig;

	read_send(&rig, "url = \"{base}/m\"; headers = [ \"X-Key: {secret}\" ]; form = { a = "
			"\"1\"; };");
	assert_int_equal(request_compose(&rig.shape, "http://127.0.0.1:1", bad, false, &request),
			 -EINVAL);
	assert_null(request.url);
	done(&rig);
}

TEST(test_faults)
{
	static const struct {
		const char *inside, *code;
	} cases[] = {
		{ "form = { a = \"1\"; };", "missing-key" },
		{ "url = \"https://example.org/\"; form = { };", "base" },
		{ "url = \"{base}@example.org/\"; form = { };", "base" },
		{ "url = \"{base}/{too}\"; form = { };", "unknown-placeholder" },
		{ "url = \"{base}/\"; ", "body" },
		{ "url = \"{base}/\"; form = { }; json = { };", "body" },
		{ "url = \"{base}/\"; form = { a = { b = \"1\"; }; };", "flat" },
		{ "url = \"{base}/\"; query = { a = \"1\"; }; ucs2 = { a = [ 1 ]; };", "flat" },
		{ "url = \"{base}/\"; form = { }; headers = [ \"X-Key\" ];", "header" },
		{ "url = \"{base}/\"; form = { }; headers = [ \": x\" ];", "header" },
		{ "url = \"{base}/\"; form = { }; headers = \"X: {x}\";", "unknown-placeholder" },
		{ "url = \"{base}/\"; form = { }; auth = { user = \"x\"; };", "missing-key" },
		{ "url = \"{base}/\"; form = { }; auth = { user = \"{x}\"; password = \"\"; };",
		  "unknown-placeholder" },
		{ "url = \"{base}/\"; form = { }; method = \"PUT\";", "unknown-key" },
		{ "url = \"{base}/\"; json = { a = ((((((((( 1 ))))))))); };", "too-many" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rig rig;

		read_send(&rig, cases[i].inside);
		assert_int_equal(rig.faults.count, 1);
		assert_string_equal(rig.faults.list[0].code, cases[i].code);
		done(&rig);
	}
}
