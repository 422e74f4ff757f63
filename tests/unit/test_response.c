#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "courier/response.h"

struct rig {
	struct arena *arena;
	struct faults faults;
	struct conf *conf;
	struct response_rules rules;
	struct response_words words;
	struct wire_outcome outcome;
};

static const struct conf_entry keys[] = {
	CONF_LIST_KEY("answers", REQUIRED, rig, rules.list, rules.count, response_rule_read,
		      "the rules"),
	{ 0 },
};

static void read_rules(struct rig *rig, const char *rules)
{
	struct conf_reader reader = { 0 };
	char file[2048];

	*rig = (struct rig){ 0 };
	assert_int_equal(arena_new(&rig->arena), 0);
	reader.arena = rig->arena;
	reader.faults = &rig->faults;
	(void)snprintf(file, sizeof(file), "answers = (%s);", rules);
	assert_int_equal(conf_read_text(file, "presets/own.conf", &rig->faults, &rig->conf), 0);
	assert_int_equal(conf_read_group(&reader, conf_root(rig->conf), keys, rig), 0);
}

static void done(struct rig *rig)
{
	response_rules_done(&rig->rules);
	faults_done(&rig->faults);
	conf_free(rig->conf);
	arena_free(rig->arena);
}

static void expect_wait(struct rig *rig, int status, const char *body, long retry_after,
			enum outcome_class class, const char *id, const char *reason, hf_time wait)
{
	const struct response answer = { status, body, strlen(body), retry_after };

	response_classify(&rig->rules, &answer, &rig->words, &rig->outcome);
	assert_int_equal(rig->outcome.class, class);
	assert_string_equal(rig->outcome.gateway_id, id);
	if (reason) {
		assert_string_equal(rig->outcome.reason, reason);
	}
	assert_int_equal(rig->outcome.retry_after, wait);
}

static void expect(struct rig *rig, int status, const char *body, enum outcome_class class,
		   const char *id, const char *reason)
{
	expect_wait(rig, status, body, -1, class, id, reason, 0);
}

TEST(test_the_first_that_fits)
{
	struct rig rig;

	read_rules(&rig,
		   "{ status = [ 200, 201 ]; json = \"/id\"; class = \"accepted\"; id = \"/id\"; },"
		   "{ json = \"/code\"; is = ( 7, \"8\", true ); class = \"opted-out\"; reason = "
		   "\"opted out\"; },"
		   "{ status = 400; json = \"/code\"; class = \"refused\"; },"
		   "{ json = \"/code\"; is = [ 1 ]; class = \"deferred\"; retry_after = 9; reason "
		   "= \"slow down\"; },"
		   "{ text = \"^Success \\\"([^\\\"]+)\\\"\"; class = \"accepted\"; },"
		   "{ text = \"^Sent\"; class = \"accepted\"; }");
	assert_int_equal(rig.faults.count, 0);
	expect(&rig, 201, "{\"id\":\"SB1\"}", OUTCOME_ACCEPTED, "SB1", "");
	/* A harmless wrapper: a mark, another charset. */
	expect(&rig, 201, "\xef\xbb\xbf{\"id\":\"SB1\"}", OUTCOME_ACCEPTED, "SB1", "");
	expect(&rig, 201, "\xef\xbb\xbf\r\n {\"id\":\"SB1\",\"note\":\"envi\xf3\"}\r\n",
	       OUTCOME_ACCEPTED, "SB1", "");
	expect(&rig, 200, "\xef\xbb\xbfSent.", OUTCOME_ACCEPTED, "", "");
	expect(&rig, 200, "{\"id\":17}", OUTCOME_ACCEPTED, "17", "");
	expect(&rig, 400, "{\"code\":7}", OUTCOME_OPTED_OUT, "", "opted out (7)");
	expect(&rig, 400, "{\"code\":8}", OUTCOME_OPTED_OUT, "", "opted out (8)");
	expect(&rig, 400, "{\"code\":true}", OUTCOME_OPTED_OUT, "", "opted out (true)");
	expect(&rig, 400, "{\"code\":9}", OUTCOME_REFUSED, "", "HTTP 400");
	expect(&rig, 200, "Success \"ab-12\"", OUTCOME_ACCEPTED, "ab-12", "");
	expect(&rig, 202, "Sent.", OUTCOME_ACCEPTED, "", "");
	expect_wait(&rig, 500, "{\"code\":1}", -1, OUTCOME_DEFERRED, "", "slow down (1)",
		    9 * HF_SECOND);
	expect_wait(&rig, 500, "{\"code\":1}", 3, OUTCOME_DEFERRED, "", "slow down (1)",
		    3 * HF_SECOND);
	done(&rig);
}

/* Whose fault a refusal is stands in the rule, whatever its reason says. */
TEST(test_fault_of_a_refusal)
{
	struct rig rig;

	read_rules(
		&rig,
		"{ json = \"/code\"; is = [ 1 ]; class = \"refused\"; fault = \"number\"; "
		"reason = \"a landline\"; },"
		"{ json = \"/code\"; is = [ 2 ]; class = \"refused\"; reason = \"our number\"; },"
		"{ json = \"/code\"; is = [ 3 ]; class = \"refused\"; fault = \"none\"; },"
		"{ json = \"/code\"; is = [ 5 ]; class = \"refused\"; fault = \"text\"; },"
		"{ json = \"/code\"; is = [ 6 ]; class = \"refused\"; fault = \"account\"; },"
		"{ json = \"/code\"; is = [ 7 ]; class = \"refused\"; fault = \"gateway\"; }");
	assert_int_equal(rig.faults.count, 0);
	expect(&rig, 400, "{\"code\":5}", OUTCOME_REFUSED, "", NULL);
	assert_int_equal(rig.outcome.fault, WIRE_FAULT_TEXT);
	expect(&rig, 400, "{\"code\":6}", OUTCOME_REFUSED, "", NULL);
	assert_int_equal(rig.outcome.fault, WIRE_FAULT_ACCOUNT);
	expect(&rig, 400, "{\"code\":7}", OUTCOME_REFUSED, "", NULL);
	assert_int_equal(rig.outcome.fault, WIRE_FAULT_GATEWAY);
	expect(&rig, 400, "{\"code\":1}", OUTCOME_REFUSED, "", "a landline (1)");
	assert_int_equal(rig.outcome.fault, WIRE_FAULT_NUMBER);
	expect(&rig, 400, "{\"code\":2}", OUTCOME_REFUSED, "", "our number (2)");
	assert_int_equal(rig.outcome.fault, WIRE_FAULT_NONE);
	expect(&rig, 400, "{\"code\":1}", OUTCOME_REFUSED, "", "a landline (1)");
	expect(&rig, 400, "{\"code\":3}", OUTCOME_REFUSED, "", "HTTP 400");
	assert_int_equal(rig.outcome.fault, WIRE_FAULT_NONE);
	expect(&rig, 400, "{\"code\":1}", OUTCOME_REFUSED, "", "a landline (1)");
	expect(&rig, 400, "{\"code\":4}", OUTCOME_REFUSED, "", NULL);
	assert_int_equal(rig.outcome.fault, WIRE_FAULT_NONE);
	done(&rig);
}

TEST(test_where_none_fits)
{
	static const struct {
		int status;
		enum outcome_class class;
	} cases[] = {
		{ 100, OUTCOME_UNKNOWN },  { 200, OUTCOME_UNKNOWN }, { 201, OUTCOME_UNKNOWN },
		{ 299, OUTCOME_UNKNOWN },  { 301, OUTCOME_CONFIG },  { 307, OUTCOME_CONFIG },
		{ 400, OUTCOME_REFUSED },  { 401, OUTCOME_CONFIG },  { 402, OUTCOME_CONFIG },
		{ 403, OUTCOME_REFUSED },  { 404, OUTCOME_REFUSED }, { 408, OUTCOME_DEFERRED },
		{ 409, OUTCOME_REFUSED },  { 422, OUTCOME_REFUSED }, { 425, OUTCOME_DEFERRED },
		{ 429, OUTCOME_DEFERRED }, { 499, OUTCOME_REFUSED }, { 500, OUTCOME_UNKNOWN },
		{ 502, OUTCOME_UNKNOWN },  { 503, OUTCOME_UNKNOWN }, { 504, OUTCOME_UNKNOWN },
		{ 0, OUTCOME_UNKNOWN },    { 999, OUTCOME_UNKNOWN },
	};
	struct rig rig;

	read_rules(&rig, "");
	for (size_t i = 0; i < COUNT(cases); i++) {
		expect(&rig, cases[i].status, "{}", cases[i].class, "", NULL);
		assert_true(strlen(rig.words.reason) > 0);
	}
	expect_wait(&rig, 429, "", 30, OUTCOME_DEFERRED, "", "too many at once (HTTP 429)",
		    30 * HF_SECOND);
	expect_wait(&rig, 503, "", 12, OUTCOME_DEFERRED, "", NULL, 12 * HF_SECOND);
	expect_wait(&rig, 503, "", 0, OUTCOME_DEFERRED, "", NULL, 0);
	expect_wait(&rig, 500, "", 12, OUTCOME_UNKNOWN, "", NULL, 0);
	done(&rig);
}

/* The gateway's own code, where the rules look for theirs; nothing else of the body. */
TEST(test_the_code_of_an_unknown_refusal)
{
	static const struct {
		int status;
		const char *body, *reason;
	} cases[] = {
		{ 400, "{\"code\":21703,\"message\":\"m\"}",
		  "the request is refused (HTTP 400, code 21703)" },
		{ 422, "{\"code\":\"sender_not_ready\"}",
		  "the request is refused (HTTP 422, code sender_not_ready)" },
		{ 403, "{\"errors\":[{\"code\":\"40333\"}]}",
		  "the request is forbidden (HTTP 403, code 40333)" },
		{ 404, "{\"code\":20499}",
		  "nothing at this address; check base and account (HTTP 404, code 20499)" },
		{ 500, "{\"code\":20500}", "the gateway failed (HTTP 500, code 20500)" },
		{ 400, "{\"message\":\"m\"}", "the request is refused (HTTP 400)" },
		{ 403, "Forbidden", "the request is forbidden (HTTP 403)" },
		{ 400, "", "the request is refused (HTTP 400)" },
		/* Not what could be somebody's number or words. */
		{ 400, "{\"code\":\"+13125550142\"}", "the request is refused (HTTP 400)" },
		{ 400, "{\"code\":3125550142}", "the request is refused (HTTP 400)" },
		{ 400, "{\"code\":\"x.3125550142\"}", "the request is refused (HTTP 400)" },
		{ 400, "{\"code\":\"3125550142.x\"}", "the request is refused (HTTP 400)" },
		{ 400, "{\"code\":\"hi Jordan\"}", "the request is refused (HTTP 400)" },
		{ 400, "{\"code\":\"a\\nb\"}", "the request is refused (HTTP 400)" },
		{ 400, "{\"code\":\"\"}", "the request is refused (HTTP 400)" },
		{ 400, "{\"code\":\"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddX\"}",
		  "the request is refused (HTTP 400)" },
	};
	struct rig rig;

	read_rules(&rig, "{ status = 201; json = \"/sid\"; class = \"accepted\"; },"
			 "{ json = \"/code\"; is = [ 1 ]; class = \"config\"; },"
			 "{ json = \"/errors/0/code\"; is = [ \"2\" ]; class = \"config\"; }");
	for (size_t i = 0; i < COUNT(cases); i++) {
		expect(&rig, cases[i].status, cases[i].body,
		       cases[i].status == 500 ? OUTCOME_UNKNOWN : OUTCOME_REFUSED, "",
		       cases[i].reason);
		assert_int_equal(rig.outcome.fault, WIRE_FAULT_NONE);
	}
	done(&rig);
}

/* A 2xx that does not show an id is never accepted, and what a stranger writes is no id. */
TEST(test_bodies_of_strangers)
{
	struct rig rig;
	char longest[300], body[400];

	read_rules(&rig, "{ status = 201; json = \"/id\"; class = \"accepted\"; id = \"/id\"; }, "
			 "{ text = \"^id=(.*)$\"; class = \"accepted\"; }");
	expect(&rig, 201, "", OUTCOME_UNKNOWN, "", NULL);
	expect(&rig, 201, "{", OUTCOME_UNKNOWN, "", NULL);
	expect(&rig, 201, "<html>", OUTCOME_UNKNOWN, "", NULL);
	expect(&rig, 201, "{\"id\":null}", OUTCOME_UNKNOWN, "", NULL);
	expect(&rig, 201, "{\"id\":\"a b\"}", OUTCOME_ACCEPTED, "", "");
	expect(&rig, 201, "{\"id\":\"a\\nb\"}", OUTCOME_ACCEPTED, "", "");
	expect(&rig, 201, "{\"id\":\"\\u00e9\"}", OUTCOME_ACCEPTED, "", "");
	expect(&rig, 200, "id=a b", OUTCOME_ACCEPTED, "", "");

	memset(longest, 'x', sizeof(longest));
	longest[128] = '\0';
	(void)snprintf(body, sizeof(body), "id=%s", longest);
	expect(&rig, 200, body, OUTCOME_ACCEPTED, longest, "");
	longest[128] = 'x';
	longest[129] = '\0';
	(void)snprintf(body, sizeof(body), "id=%s", longest);
	expect(&rig, 200, body, OUTCOME_ACCEPTED, "", "");
	done(&rig);
}

TEST(test_faults)
{
	static const struct {
		const char *rule, *part;
	} cases[] = {
		{ "{ class = \"refused\"; }", "without a condition" },
		{ "{ status = 201; class = \"accepted\"; }", "a status alone" },
		{ "{ status = 201; is = [ 1 ]; class = \"refused\"; }", "write json" },
		{ "{ json = \"code\"; class = \"refused\"; }", "begins with a slash" },
		{ "{ json = \"/id\"; class = \"accepted\"; id = \"id\"; }", "begins with a slash" },
		{ "{ text = \"(\"; class = \"refused\"; }", "regular expression" },
		{ "{ status = 42; class = \"refused\"; }", "out of range" },
		{ "{ status = 400; class = \"refuse\"; }", "refused" },
		{ "{ status = 400; }", "class" },
		{ "{ status = 400; class = \"deferred\"; retry = 5; }", "retry" },
		{ "\"refused\"", "a group" },
		{ "{ status = 400; class = \"refused\"; fault = \"phone\"; }", "has no meaning" },
		{ "{ status = 400; class = \"refused\"; fault = \"opted-out\"; }",
		  "class of its own" },
		{ "{ status = 400; class = \"config\"; fault = \"number\"; }", "only a refusal" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rig rig;

		read_rules(&rig, cases[i].rule);
		assert_true(rig.faults.count > 0);
		assert_non_null(strstr(rig.faults.list[0].message, cases[i].part));
		done(&rig);
	}
}
